/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: an ordered map of rows by "group/id", an index of names, and the file.
 */
#include <errno.h>
#include <string.h>

#include <hass/log.h>

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

const struct row_type *table_type(const struct table_kind *kind)
{
    return kind->file.format->type;
}

const struct row_field *table_field_at(const struct table_kind *kind, size_t offset)
{
    const struct row_field *field = table_type(kind)->fields;

    while (field->offset != offset)
        field++;
    return field;
}

json_t *table_row_json(const struct table_kind *kind, const void *row)
{
    json_t *object = json_object();

    row_add_json(table_type(kind), TABLE_SHOWN, row, object);
    return object;
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
    row_unref(row);
}

static void table_destroy(void *object)
{
    struct table *table = object;

    hass__assert_loop();
    table->file = row_file_async_close(table->file);
    hass_strmap_destroy(table->ends);
    hass_strmap_destroy(table->names);
    hass_strmap_destroy(table->rows);
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
        row_unref(row);
        return r;
    }
    row_ref(row); // who hears of it may change it
    table_place(table, row);
    table_save(table);
    table_tell(table, former ? "update" : "create", table_group_of(kind, row),
               table_id_of(kind, row));
    row_unref(row);
    return 1;
}

int table_put(struct hass *hass, const struct table_kind *kind, const void *draft,
              const void **ret_row, struct hass_error *err)
{
    const struct row_type *type = table_type(kind);
    struct table *table = table_of(hass, kind);
    int r = row_check(type, draft, err);

    if (r < 0)
        return r;
    const void *row = table_find_row(table, table_group_of(kind, draft), table_id_of(kind, draft));
    if (!row || row_differs(type, TABLE_STAMP, row, draft)) {
        const void *former = row;
        row = row_new(type, draft);
        r = put_row(table, row, former, err);
    }
    if (r >= 0 && ret_row)
        *ret_row = row;
    return r;
}

/* the file */

int table_file_add(void *registry, enum row_list list, const void *row, struct hass_error *err)
{
    struct table *table = registry;
    const struct table_kind *kind = table->kind;
    int r = table_check_room(table, err);

    if (r == 0 && table_find_row(table, table_group_of(kind, row), table_id_of(kind, row)))
        r = hass_fail(err, HASS_E_EXISTS, "its id is another row's");
    if (r == 0)
        table_place(table, row);
    else
        row_unref(row);
    return r;
}

const void *table_file_next(void *registry, enum row_list list, size_t *pos)
{
    const struct table *table = registry;
    const char *key;
    void *row;

    return hass_strmap_next(table->rows, pos, &key, &row) ? row : NULL;
}

void table_file_clear(void *registry)
{
    struct table *table = registry;

    hass_strmap_clear(table->names);
    hass_strmap_clear(table->rows);
}

static HASS_CALLBACK int open_file(struct table *table, struct hass_error *err)
{
    if (table->file)
        return 0;
    return row_file_async_open(table->hass, &table->kind->file, table, &table->file, err);
}

void table_save(struct table *table)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (open_file(table, &err) < 0)
        hass_error("The %s registry is not saved: %s", table->kind->what, err.message);
    else
        row_file_async_save(table->file);
}

int table_load(struct hass *hass, const struct table_kind *kind, struct hass_error *err)
{
    struct table *table = table_of(hass, kind);
    struct hass_error failure = HASS_ERROR_INIT;
    int r = open_file(table, &failure);

    if (r == 0)
        r = row_file_async_read(table->file, &failure);
    if (r == -ECANCELED)
        return hass_fail(err, r, "loading was cancelled");
    if (r < 0)
        hass_error("The %s registry is empty, and its changes are not saved: %s", kind->what,
                   failure.message);
    return 0;
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
