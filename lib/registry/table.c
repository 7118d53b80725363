/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: an ordered map of rows by "group/id" and an index of names.
 */
#include <string.h>

#include "base/casefold.h"
#include "base/mem.h"
#include "core/core.h"
#include "registry/table_rows.h"

/* members of a row */

const char *table_text_at(const void *row, size_t offset)
{
    return offset ? *(char *const *)(const void *)((const char *)row + offset) : NULL;
}

const char *table_group_of(const struct table_kind *kind, const void *row)
{
    return table_text_at(row, kind->group);
}

const char *table_id_of(const struct table_kind *kind, const void *row)
{
    return table_text_at(row, kind->id);
}

const struct table_field *table_field_at(const struct table_kind *kind, size_t offset)
{
    const struct table_field *field = kind->layout->fields;

    while (field->offset != offset)
        field++;
    return field;
}

/* keys and names */

/* A unit separator is in no group, so that no two pairs are alike. */
static void add_group(const char *group, struct hass_buf *key)
{
    if (group)
        hass_buf_printf(key, "%s\x1f", group);
}

void table_key(const char *group, const char *id, struct hass_buf *key)
{
    add_group(group, key);
    hass_buf_add_string(key, id);
}

/* Returns false when nothing is left of the name. */
bool table_normalise(const struct table_kind *kind, const char *group, const char *name,
                     struct hass_buf *key)
{
    autobuf folded = HASS_BUF_INIT;
    size_t before;

    add_group(group, key);
    before = key->length;
    casefold(name, &folded);
    for (size_t i = 0; i < folded.length; i++)
        if (kind->keeps_blanks || folded.data[i] != ' ')
            hass_buf_add_char(key, folded.data[i]);
    return key->length > before && strspn(name, " ") < strlen(name);
}

/* tables */

void table_release_row(void *row)
{
    table_row_unref(row);
}

static void table_destroy(void *object)
{
    struct table *table = object;

    hass_strmap_destroy(table->ends);
    hass_strmap_destroy(table->names);
    hass_strmap_destroy(table->rows);
    json_decref(table->beside);
    free(table);
}

struct table *table_of(struct hass *hass, const struct table_kind *kind)
{
    struct table *table = registry_get(hass, kind->slot);

    if (table)
        return table;
    table = mem_zalloc(sizeof(*table));
    table->hass = hass;
    table->kind = kind;
    table->rows = hass_strmap_create(table_release_row);
    table->names = hass_strmap_create(NULL);
    table->ends = hass_strmap_create(NULL);
    registry_set(hass, kind->slot, table, table_destroy);
    return table;
}

/* events */

/* @id: NULL where the event is about all. */
void table_tell(struct table *table, const char *action, const char *group, const char *id)
{
    const struct table_kind *kind = table->kind;
    struct hass_error err = HASS_ERROR_INIT;
    json_t *data = json_pack("{s:s}", "action", action);

    if (kind->group)
        json_object_set_new(data, table_field_at(kind, kind->group)->key, json_string(group));
    json_object_set_new(data, table_field_at(kind, kind->id)->key,
                        id ? json_string(id) : json_null());
    if (bus_fire(table->hass, kind->event, data, &(struct event_options){ 0 }, &err) < 0)
        hass_warning("%s was not fired: %s", kind->event, err.message);
}

/* rows */

static void index_name(struct table *table, const void *row)
{
    autobuf key = HASS_BUF_INIT;

    if (!table->kind->name)
        return;
    table_normalise(table->kind, table_group_of(table->kind, row),
                    table_text_at(row, table->kind->name), &key);
    if (!hass_strmap_get(table->names, hass_buf_string(&key)))
        hass_strmap_set(table->names, hass_buf_string(&key), (void *)(uintptr_t)row);
}

void table_forget_name(struct table *table, const void *row)
{
    autobuf key = HASS_BUF_INIT;

    if (!table->kind->name)
        return;
    table_normalise(table->kind, table_group_of(table->kind, row),
                    table_text_at(row, table->kind->name), &key);
    if (hass_strmap_get(table->names, hass_buf_string(&key)) == row)
        hass_strmap_remove(table->names, hass_buf_string(&key));
}

const void *table_find_row(const struct table *table, const char *group, const char *id)
{
    autobuf key = HASS_BUF_INIT;

    table_key(group, id, &key);
    return hass_strmap_get(table->rows, hass_buf_string(&key));
}

/* The reference is taken. */
void table_place(struct table *table, const void *row)
{
    const struct table_kind *kind = table->kind;
    autobuf key = HASS_BUF_INIT;

    table_key(table_group_of(kind, row), table_id_of(kind, row), &key);
    const void *former = hass_strmap_get(table->rows, hass_buf_string(&key));
    if (former)
        table_forget_name(table, former);
    hass_strmap_set(table->rows, hass_buf_string(&key), (void *)(uintptr_t)row);
    index_name(table, row);
}

int table_check_room(const struct table *table, struct hass_error *err)
{
    if (hass_strmap_count(table->rows) >= TABLE_MAX_ROWS)
        return hass_fail(err, HASS_E_LIMIT,
                         "there are %d rows in the %s registry, which is the limit", TABLE_MAX_ROWS,
                         table->kind->what);
    return 0;
}

/* The reference is taken. */
static HASS_CALLBACK int put_row(struct table *table, const void *row, const void *former,
                                 struct hass_error *err)
{
    const struct table_kind *kind = table->kind;
    int r = bus_check_room(table->hass, err);

    if (r == 0 && !former)
        r = table_check_room(table, err);
    if (r < 0) {
        table_row_unref(row);
        return r;
    }
    table_row_ref(row); // who hears of it may change it
    table_place(table, row);
    table_save(table);
    table_tell(table, former ? "update" : "create", table_group_of(kind, row),
               table_id_of(kind, row));
    table_row_unref(row);
    return 1;
}

int table_put(struct hass *hass, const struct table_kind *kind, json_t *stored,
              const void **ret_row, struct hass_error *err)
{
    autojson *taken = stored;
    struct table *table = table_of(hass, kind);
    const void *row;
    int r = table_row_new(kind->layout, taken, NULL, &row, err);

    if (r < 0)
        return r;
    const void *former = table_find_row(table, table_group_of(kind, row), table_id_of(kind, row));
    if (former && !table_row_differs(former, row)) {
        table_row_unref(row);
        row = former;
    } else {
        r = put_row(table, row, former, err);
    }
    if (r >= 0 && ret_row)
        *ret_row = row;
    return r;
}

void table_clear(struct hass *hass, const struct table_kind *kind)
{
    struct table *table = table_of(hass, kind);

    hass_strmap_clear(table->names);
    hass_strmap_clear(table->rows);
}

/* what is asked */

const void *table_get(struct hass *hass, const struct table_kind *kind, const char *group,
                      const char *id)
{
    return table_find_row(table_of(hass, kind), group, id);
}

const void *table_get_by_name(struct hass *hass, const struct table_kind *kind, const char *group,
                              const char *name)
{
    autobuf key = HASS_BUF_INIT;

    table_normalise(kind, group, name, &key);
    return hass_strmap_get(table_of(hass, kind)->names, hass_buf_string(&key));
}

bool table_next(struct hass *hass, const struct table_kind *kind, size_t *pos, const void **ret_row)
{
    const char *key;
    void *row;

    if (!hass_strmap_next(table_of(hass, kind)->rows, pos, &key, &row))
        return false;
    *ret_row = row;
    return true;
}
