/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files about config entries share.
 *
 * The cast: `entry` is one of them; `entries` keeps all and changes them; `entries_setup` leads one through its life, by one
 * operation at a time; `entries_retry` tries again later; `entries_store` is the file. Calling integrations is the loader's
 * (entry_loader.h). All on the loop thread, unless said otherwise.
 */
#pragma once

#include <hass/entry.h>
#include <hass/hass.h>
#include <hass/list.h>
#include <hass/strmap.h>
#include <hass/vec.h>

#include "core/lock.h"
#include "registry/entry_loader.h"
#include "registry/layer.h"

#define ENTRIES_MAX    10000
#define ENTRY_MAX_TEXT 255       /* characters of a title or a unique id */
#define ENTRY_DATA_MAX (1 << 20) /* bytes of data and options as JSON, each */
#define SUBENTRIES_MAX 1000      /* of an entry */

struct hass_store;

struct hass_entry {
    struct hass *hass;
    _Atomic uint32_t refs;
    char *id, *domain, *source; /* constant */

    /* What is stored. */
    char *title;
    char *unique_id; /* or NULL */
    int version, minor_version;
    struct lock lock; /* of the three pointers that follow, for readers on other threads */
    json_t *data, *options;
    json_t *subentries;     /* [{"subentry_id", …}], never changed in place */
    json_t *discovery_keys; /* {domain: [key]} */
    json_t *unknown;        /* members of the file that we do not know; or NULL */
    bool pref_disable_new_entities, pref_disable_polling;
    enum hass_entry_disabler disabled_by;
    int64_t created_at, modified_at; /* microseconds UTC */

    /* Its life. */
    enum hass_entry_state state;
    struct hass_error reason; /* why it is not loaded; code 0: for no reason */
    bool removed;             /* not listed any more */
    unsigned tries;           /* set-ups in a row that were not ready */
    struct hass_sub *retry;   /* timer, or listener for the start */
    struct hass_mutex *mutex; /* one operation at a time */
    struct scope *scope;      /* open while anything of it may run; else NULL */
    struct hass_task *call;   /* of the integration's function that runs now; or NULL */
    bool calling;             /* one runs, perhaps in its first steps, before there is a task */
    void *runtime_data;
    hass_destroy_fn *destroy_runtime_data;
    HASS_VEC(struct hass_job) unload_jobs;
    struct sub_list update_listeners;
};

/* All entries of a hass. */
struct entries {
    struct hass *hass;
    const struct entry_loader *loader; /* NULL in tests without one */
    struct hass_strmap *by_id;         /* struct hass_entry, the table's reference */
    struct hass_store *store;          /* NULL before they are loaded */
    json_t *to_reload;                 /* {id: true}: an entity of theirs was enabled */
    struct hass_sub *reload_timer;     /* NULL: none is to be reloaded */
    json_t *unusable;                  /* rows of the file that are no entries */
    json_t *unknown;                   /* what the file has beside rows; or NULL */
};

/* entry.c */

/** A new one of @domain with an id of its own; the reference is the caller's. */
struct hass_entry *entry_new(struct hass *hass, const char *domain, const char *source,
                             const char *id) HASS_CALLBACK;
/** Sets data, options, seen by other threads at once. Takes @value. */
void entry_set_json(struct hass_entry *entry, json_t **member, json_t *value) HASS_CALLBACK;
void entry_set_text(char **member, const char *text);
/** "Config entry 'Demo' of demo", owned by the caller. */
char *entry_label(const struct hass_entry *entry);
/** True where setting up, unloading and reloading are allowed at all. */
bool entry_is_recoverable(const struct hass_entry *entry);

/* entries.c */

/** Made at first use. */
struct entries *entries_of(struct hass *hass) HASS_CALLBACK;
/** Adds an entry; the table takes its own reference. HASS_E_EXISTS for an id or unique id that is there, HASS_E_LIMIT. */
int entries_async_add(struct hass_entry *entry, struct hass_error *err) HASS_CALLBACK;
/** Takes it off the list. */
void entries_delist(struct hass_entry *entry) HASS_CALLBACK;
/** The entry of an integration with that unique id, or NULL. Lent. */
struct hass_entry *entries_find_unique_id(struct hass *hass, const char *domain,
                                          const char *unique_id) HASS_CALLBACK;
/** Tells who listens that an entry was "added", "updated" or "removed". */
void entry_tell(struct hass_entry *entry, const char *change) HASS_CALLBACK;
/** Something that is stored has changed: a new time of modification, a save, and the news. */
void entry_touch(struct hass_entry *entry) HASS_CALLBACK;
/** Fails when @value (NULL: none) is larger than an entry may hold. */
int entry_check_size(const json_t *value, const char *what, struct hass_error *err);
/** An entry by id, a reference. HASS_E_NOT_FOUND. */
int entries_async_find(struct hass *hass, const char *entry_id, struct hass_entry **ret_entry,
                       struct hass_error *err) HASS_CALLBACK;
/** The ids of an integration's entries as an array of references, NULL-terminated, to be freed by entries_row_free. */
struct hass_entry **entries_of_domain(struct hass *hass, const char *domain) HASS_CALLBACK;
void entries_row_free(struct hass_entry **row) HASS_CALLBACK;

/* entries_setup.c */

void entry_set_state(struct hass_entry *entry, enum hass_entry_state state,
                     const struct hass_error *reason) HASS_CALLBACK;
/** Ends what its scope holds, at most 10 s, then its runtime data. */
void entry_async_close_scope(struct hass_entry *entry) HASS_COROUTINE;
/** Begins the try that is due, unless its state has changed meanwhile. */
int entry_async_try_again(struct hass_entry *entry, struct hass_error *err) HASS_CALLBACK;

/* entries_retry.c */

/** Its set-up was not ready: arms the timer of the next try. */
void entry_retry_later(struct hass_entry *entry) HASS_CALLBACK;
void entry_cancel_retry(struct hass_entry *entry) HASS_CALLBACK;

/* entries_registry.c */

/** From now on entries know of entities that are enabled. */
void entries_join_registries(struct entries *entries) HASS_CALLBACK;
/** Its devices and entities go with it. */
void entry_clear_registries(const struct hass_entry *entry) HASS_CALLBACK;
void entry_clear_subentry(const struct hass_entry *entry, const char *subentry_id) HASS_CALLBACK;
/** Its devices and entities are disabled, or enabled, as it is. */
void entry_disable_in_registries(const struct hass_entry *entry) HASS_CALLBACK;

/* entries_store.c */

void entries_save(struct entries *entries) HASS_CALLBACK;
