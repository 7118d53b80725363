/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table's file. It is written of an array of references on the pool, and read with patience: a bad row is left out and told,
 * and the file that it was in is kept.
 */
#include <errno.h>

#include <hass/log.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/table_rows.h"

#define MAX_REPORTS 10 /* bad rows of a file that are told one by one */

/* saving */

struct snapshot {
    const struct table_kind *kind;
    json_t *beside;
    size_t count;
    const void *rows[];
};

static void *take_snapshot(void *userdata)
{
    const struct table *table = userdata;
    size_t count = hass_strmap_count(table->rows);
    struct snapshot *snapshot = mem_alloc(sizeof(*snapshot) + count * sizeof(void *));
    const char *key;
    const void *row;

    *snapshot = (struct snapshot){ .kind = table->kind, .beside = json_incref(table->beside) };
    strmap_foreach(table->rows, key, row)
        snapshot->rows[snapshot->count++] = table_row_ref(row);
    return snapshot;
}

static json_t *snapshot_as_json(const void *object)
{
    const struct snapshot *snapshot = object;
    const struct table_kind *kind = snapshot->kind;
    json_t *rows = json_array();
    json_t *data = json_object();

    for (size_t i = 0; i < snapshot->count; i++)
        json_array_append_new(rows, table_row_as_json(snapshot->rows[i], TABLE_STORED));
    json_object_set_new(data, kind->rows, kind->to_file ? kind->to_file(rows) : rows);
    json_object_update(data, snapshot->beside);
    return data;
}

static void release_snapshot(void *object)
{
    struct snapshot *snapshot = object;

    for (size_t i = 0; i < snapshot->count; i++)
        table_row_unref(snapshot->rows[i]);
    json_decref(snapshot->beside);
    free(snapshot);
}

static const struct store_writer writer = {
    .snapshot = take_snapshot,
    .as_json = snapshot_as_json,
    .release = release_snapshot,
};

int table_open_store(struct table *table, struct hass_error *err)
{
    const struct hass_store_options options = {
        .size = sizeof(options),
        .key = table->kind->store_key,
        .version = 1,
        .minor_version = table->kind->minor_version,
        .userdata = table,
    };

    return table->store ? 0
                        : store_async_create(table->hass, &options, &writer, &table->store, err);
}

void table_save(struct table *table)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (table_open_store(table, &err) < 0)
        hass_error("The %s registry is not saved: %s", table->kind->what, err.message);
    else
        store_async_save_registry(table->store);
}

/* loading */

struct reading {
    struct table *table;
    size_t bad; /* rows and fields that were not understood */
};

static void report(struct reading *reading, size_t number, const char *what, const char *outcome)
{
    if (reading->bad++ < MAX_REPORTS)
        hass_warning("%s, row %zu: %s; %s", reading->table->kind->store_key, number, what, outcome);
}

static void read_row(struct reading *reading, size_t number, const json_t *stored)
{
    struct table *table = reading->table;
    struct hass_error err = HASS_ERROR_INIT;
    autobuf problems = HASS_BUF_INIT;
    const void *row;

    if (table_row_new(table->kind->layout, stored, &problems, &row, &err) < 0) {
        report(reading, number, err.message, "the row is left out");
        return;
    }
    if (problems.length) {
        autofree char *what = mem_printf("cannot understand %s", problems.data);
        report(reading, number, what, "the default is used");
    }
    if (!table_find_row(table, table_group_of(table->kind, row), table_id_of(table->kind, row)) &&
        table_check_room(table, NULL) == 0) {
        table_place(table, row);
        return;
    }
    report(reading, number, "its id is another row's, or there are too many",
           "the row is left out");
    table_row_unref(row);
}

/* @data is taken. */
static HASS_CALLBACK void read_data(struct table *table, json_t *data)
{
    const struct table_kind *kind = table->kind;
    struct reading reading = { .table = table };
    autojson *rest = data;
    autojson *value = json_incref(json_object_get(rest, kind->rows));
    autojson *rows = value && kind->from_file ? kind->from_file(steal(value)) : steal(value);

    if (!json_is_array(rows))
        report(&reading, 0, "there is no list of rows", "the registry is empty");
    for (size_t i = 0; i < json_array_size(rows); i++)
        read_row(&reading, i, json_array_get(rows, i));
    json_object_del(rest, kind->rows);
    if (json_object_size(rest) > 0)
        table->beside = steal(rest);
    if (!reading.bad)
        return;
    store_async_keep_copy(table->store);
    hass_warning("%s: %zu problems; the file is kept under another name when it is next written",
                 kind->store_key, reading.bad);
}

int table_load(struct hass *hass, const struct table_kind *kind, struct hass_error *err)
{
    struct table *table = table_of(hass, kind);
    struct hass_error failure = HASS_ERROR_INIT;
    json_t *data = NULL;
    int r = table_open_store(table, &failure);

    if (r == 0)
        r = hass_store_async_load(table->store, &data, &failure);
    if (r == -ECANCELED)
        return hass_fail(err, r, "loading was cancelled");
    if (r < 0)
        hass_error("The %s registry is empty: %s", kind->what, failure.message);
    else if (data)
        read_data(table, data);
    return 0;
}
