/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a table share: `table.c` keeps the rows and their file, `table_change.c` changes them by the rules of names
 * and ids, `table_remote.c` serves other threads.
 */
#pragma once

#include <hass/hass.h>
#include <hass/strmap.h>

#include "registry/table.h"

struct table {
    struct hass *hass;
    const struct table_kind *kind;
    struct hass_strmap *rows;  /* references, by key */
    struct hass_strmap *names; /* rows, lent, by normalised name */
    struct hass_strmap *ends;  /* by slug: the number behind the last id made of it */
    struct row_file *file;     /* NULL until something is loaded or saved */
};

/** Made at first use. */
struct table *table_of(struct hass *hass, const struct table_kind *kind) HASS_CALLBACK;

/* a row's members */

const char *table_text_at(const void *row, size_t offset);
const char *table_group_of(const struct table_kind *kind, const void *row);
const char *table_id_of(const struct table_kind *kind, const void *row);
const struct row_type *table_type(const struct table_kind *kind);
const struct row_field *table_field_at(const struct table_kind *kind, size_t offset);

/* the maps */

/** Appends the key of a row. */
void table_key(const char *group, const char *id, struct hass_buf *key);
/** Appends the key of a name. False when nothing is left of the name. */
bool table_normalise(const struct table_kind *kind, const char *group, const char *name,
                     struct hass_buf *key);
const void *table_find_row(const struct table *table, const char *group, const char *id);
/** Puts a row in place of its namesake, or at the end; the reference is taken. */
void table_place(struct table *table, const void *row);
/** Before a row goes: its name is free. */
void table_forget_name(struct table *table, const void *row);
/** HASS_E_LIMIT when there can be no further row. */
int table_check_room(const struct table *table, struct hass_error *err);
void table_release_row(void *row);

/* the world */

/** Fires the registry's event; @id is NULL where it is about all. */
void table_tell(struct table *table, const char *action, const char *group, const char *id)
    HASS_CALLBACK;
void table_save(struct table *table) HASS_CALLBACK;
