/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How registry/ reaches integrations for their config entries and flows: the layer above, which opens them, registers this
 * table.
 *
 * The order of calls for an entry: `prepare`; then, in its scope, `migrate` if its version asks for it, `setup`, from which
 * `forward` may be asked for; at the end `remove_platforms` and `unload`; `remove` when it has been deleted.
 *
 * The other way round, the loader tells when an integration has been set up, has failed, or is about to be unloaded:
 * entries_async_setup_domain and its kin.
 */
#pragma once

#include <hass/entry.h>
#include <hass/integration.h>

struct scope;

struct entry_loader {
    /** The manifest of an integration whose file is open; else NULL. Lent, for the life of the daemon. On the loop. */
    const struct hass_manifest *(*manifest)(struct hass *hass, const char *domain);
    /** The scope in which an open integration runs, lent. On the loop. */
    struct scope *(*scope)(struct hass *hass, const char *domain);
    /** Opens integration @domain, and sets up what it depends on. A coroutine. HASS_E_NOT_FOUND when there is none. */
    int (*open)(struct hass *hass, const char *domain, const struct hass_manifest **ret_manifest,
                struct hass_error *err);
    /** Sets up integration @domain unless it is set up, which sets up its entries, too. A coroutine. */
    int (*prepare)(struct hass *hass, const char *domain, struct hass_error *err);
    /** The entry points of the same names; coroutines, to be run in the entry's scope. HASS_E_UNSUPPORTED without a set-up. */
    int (*setup)(struct hass_entry *entry, struct hass_error *err);
    int (*unload)(struct hass_entry *entry, struct hass_error *err);
    /** Returns 1 when the integration has no such function. */
    int (*migrate)(struct hass_entry *entry, struct hass_error *err);
    /** Runs in the integration's own scope. A coroutine. */
    int (*remove)(struct hass_entry *entry, struct hass_error *err);
    /** The integration has async_remove_config_entry_device. On the loop. */
    bool (*can_remove_device)(const struct hass_entry *entry);
    /** What that says, 1 or 0; in the integration's own scope. A coroutine. HASS_E_UNSUPPORTED when there is none. */
    int (*remove_device)(struct hass_entry *entry, const struct hass_device *device,
                         struct hass_error *err);
    /** Sets up the integration's platform in @domain for @entry, in the entry's scope. A coroutine. */
    int (*forward)(struct hass_entry *entry, const char *domain, struct hass_error *err);
    /** Removes the entry's platforms with the hooks of their entities. A coroutine. */
    int (*remove_platforms)(struct hass_entry *entry, struct hass_error *err);
    /** An entry was "added", "updated" or "removed". On the loop, never suspends. */
    void (*changed)(struct hass_entry *entry, const char *change);
    /** A config flow was added or removed: {"type", "flow_id", "flow"}, taken. On the loop, never suspends. */
    void (*flow_changed)(struct hass *hass, json_t *change);
};

/** Registers the one loader of @hass; the table must live as long as @hass. */
void entry_loader_set(struct hass *hass, const struct entry_loader *loader) HASS_CALLBACK;

/** The scope in which an entry's platforms are set up; NULL unless it is being set up or is loaded. Lent. */
struct scope *entry_scope(const struct hass_entry *entry) HASS_CALLBACK;

/** Its user wants no polling. */
bool entry_disables_polling(const struct hass_entry *entry) HASS_CALLBACK;
/** Sets up all entries of an integration that has just been set up, and waits for them; failures are in the entries. */
void entries_async_setup_domain(struct hass *hass, const char *domain) HASS_COROUTINE;
/** Unloads all entries of an integration that is about to be unloaded. */
void entries_async_unload_domain(struct hass *hass, const char *domain) HASS_COROUTINE;
/** Its set-up has failed: so have its entries. */
void entries_async_fail_domain(struct hass *hass, const char *domain,
                               const struct hass_error *failure) HASS_CALLBACK;
/** Reads the file of the entries, before anything is set up. HASS_E_UNSUPPORTED for a newer one, which is left alone. */
int entries_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** Shape: {domain: true} of all that have entries to be set up. Owned by the caller. */
json_t *entries_async_domains(struct hass *hass) HASS_CALLBACK;
