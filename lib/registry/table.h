/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What areas, floors, labels, categories and issues have in common: rows in order, found by id and by name, saved, told by
 * events. A registry is a constant description of itself over this.
 *
 * Where rows belong to groups (a category's scope, an issue's domain), ids and names are their group's; elsewhere the group
 * is NULL. All on the loop, but table_post.
 */
#pragma once

#include <hass/schema.h>
#include <hass/thread_safety.h>

#include "registry/layer.h"
#include "registry/row_file.h"

#define TABLE_MAX_ROWS 100000
#define TABLE_MAX_NAME 255 /* characters, of names and other texts */

/* Where a field of a row appears. */
enum table_field_use {
    TABLE_SHOWN = 1,  /* to clients */
    TABLE_STORED = 2, /* in files */
    TABLE_STAMP = 4,  /* is no difference */
    TABLE_ALWAYS = TABLE_SHOWN | TABLE_STORED,
    TABLE_OWN = 8, /* the first bit of a registry's own */
};

struct table_kind {
    const char *what; /* "area": in messages */
    const char *event;
    enum registry_slot slot;
    struct row_file_type file;         /* of a struct table; with TABLE_FILE */
    size_t id, name, group;            /* where rows have them; 0: they have none */
    const struct hass_schema *changes; /* what create and update take, the name among it */
    bool keeps_blanks;                 /* names that differ in blanks are different */
    bool makes_ulids;                  /* ids are not made of names */
    bool tells_always;                 /* an update is told also when it changes nothing */
    /** Further checks of changes; or NULL. */
    int (*check)(struct hass *hass, const json_t *changes, struct hass_error *err);
    /** What has to be told before and after a row's end; or NULL. */
    void (*before_remove)(struct hass *hass, const char *group, const char *id);
    void (*after_remove)(struct hass *hass, const char *group, const char *id);
};

int table_file_add(void *registry, enum row_list list, const void *row, struct hass_error *err);
const void *table_file_next(void *registry, enum row_list list, size_t *pos);
void table_file_clear(void *registry);

/* What the files of tables have in common. */
#define TABLE_FILE(key_, minor_version_, format_, rows_, ...)                                      \
    {                                                                                              \
        .key = (key_), .minor_version = (minor_version_), .format = (format_),                     \
        .lists = { (rows_) }, .uses = { TABLE_STORED }, .next = table_file_next,                   \
        .clear = table_file_clear, __VA_ARGS__                                                     \
    }

/* The format of the rows of @type_. */
#define TABLE_FORMAT(owner, type_)                                                                 \
    {                                                                                              \
        .type = (type_), .uses = TABLE_STORED, .size = sizeof(struct owner)                        \
    }

/** A row as clients get it. Owned by the caller; any thread. */
json_t *table_row_json(const struct table_kind *kind, const void *row);

const void *table_get(struct hass *hass, const struct table_kind *kind, const char *group,
                      const char *id) HASS_CALLBACK;
const void *table_get_by_name(struct hass *hass, const struct table_kind *kind, const char *group,
                              const char *name) HASS_CALLBACK;
bool table_next(struct hass *hass, const struct table_kind *kind, size_t *pos, const void **ret_row)
    HASS_CALLBACK;

/** @fields: as kind->changes has it, taken; NULL is {}. @ret_row (may be NULL) is lent. */
int table_create(struct hass *hass, const struct table_kind *kind, const char *group,
                 const char *name, json_t *fields, const void **ret_row, struct hass_error *err)
    HASS_CALLBACK;
int table_update(struct hass *hass, const struct table_kind *kind, const char *group,
                 const char *id, json_t *changes, const void **ret_row, struct hass_error *err)
    HASS_CALLBACK;
int table_delete(struct hass *hass, const struct table_kind *kind, const char *group,
                 const char *id, struct hass_error *err) HASS_CALLBACK;
int table_reorder(struct hass *hass, const struct table_kind *kind, const json_t *ids,
                  struct hass_error *err) HASS_CALLBACK;

/**
 * What creating and updating end in, for registries with rules of their own: puts a row of @draft in place of its namesake, or
 * at the end, saves, and tells. A row that does not differ from its namesake changes nothing.
 *
 * Returns: 1 when something has changed, else 0, with the row lent in @ret_row (may be NULL); HASS_E_LIMIT; as row_check.
 */
int table_put(struct hass *hass, const struct table_kind *kind, const void *draft,
              const void **ret_row, struct hass_error *err) HASS_CALLBACK;

/** Reads the file. What is wrong with it is logged; rows that are there already stay. Fails only when cancelled. */
int table_load(struct hass *hass, const struct table_kind *kind, struct hass_error *err)
    HASS_COROUTINE;

/* from other threads */

enum table_verb {
    TABLE_CREATE,
    TABLE_UPDATE,
    TABLE_DELETE,
};

/** Queues a verb; @text is a name or an id, @fields is taken. What goes wrong then is logged. */
int table_post(struct hass *hass, const struct table_kind *kind, const char *operation,
               enum table_verb verb, const char *group, const char *text, json_t *fields,
               struct hass_error *err);
/** A reference to a row; waits for the loop. */
#define table_fetch(hass, kind, operation, group, id)                                              \
    table_fetch_from((hass), (kind), (operation), (group), (id), __builtin_return_address(0))
const void *table_fetch_from(struct hass *hass, const struct table_kind *kind,
                             const char *operation, const char *group, const char *id,
                             const void *site) HASS_BLOCKING;
