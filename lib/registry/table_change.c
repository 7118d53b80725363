/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a table: a new row is made of the old one's stored form and takes its place, when the registry's field table and
 * the rules of names have nothing against it.
 */
#include <string.h>

#include <hass/dt.h>

#include "base/mem.h"
#include "base/ulid.h"
#include "base/utf8.h"
#include "core/core.h"
#include "registry/table_rows.h"

/* checks */

static int check_lists(const json_t *changes, struct hass_error *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)changes, key, value)
        if (json_array_size(value) > TABLE_MAX_TEXTS)
            return hass_fail(err, HASS_E_LIMIT, "%s: %zu items, the limit is %d", key,
                             json_array_size(value), TABLE_MAX_TEXTS);
    return 0;
}

/* By the registry's field table. */
static HASS_CALLBACK int check_changes(struct table *table, const json_t *changes,
                                       json_t **ret_checked, struct hass_error *err)
{
    const struct table_kind *kind = table->kind;
    int r = check_lists(changes, err);

    if (r == 0)
        r = hass_schema_check(kind->changes, changes, ret_checked, err);
    if (r == 0 && kind->check) {
        r = kind->check(table->hass, *ret_checked, err);
        if (r < 0) {
            json_decref(*ret_checked);
            *ret_checked = NULL;
        }
    }
    return r;
}

/* The name must be no other row's than @self's (NULL: nobody's). */
static int check_name(const struct table *table, const char *group, const char *name,
                      const void *self, struct hass_error *err)
{
    const struct table_kind *kind = table->kind;
    autobuf key = HASS_BUF_INIT;

    if (!table_normalise(kind, group, name, &key))
        return hass_fail(err, HASS_E_INVALID, "the name must not be empty");
    const void *other = hass_strmap_get(table->names, hass_buf_string(&key));
    if (!other || other == self)
        return 0;
    return hass_fail(err, HASS_E_EXISTS, "the name %s is already in use by %s '%s'", name,
                     kind->what, table_id_of(kind, other));
}

/* The slug of @name, with _2, _3 … when it is taken. Owned by the caller. */
static char *make_slug_id(struct table *table, const char *group, const char *name)
{
    autobuf slug = HASS_BUF_INIT;
    autobuf id = HASS_BUF_INIT;

    hass_slugify(name, "_", &slug);
    hass_buf_add_string(&id, hass_buf_string(&slug));
    uintptr_t number = (uintptr_t)hass_strmap_get(table->ends, hass_buf_string(&slug));
    while (table_find_row(table, group, hass_buf_string(&id))) {
        number = number < 2 ? 2 : number + 1;
        hass_buf_clear(&id);
        hass_buf_printf(&id, "%s_%ju", hass_buf_string(&slug), (uintmax_t)number);
    }
    if (number)
        hass_strmap_set(table->ends, hass_buf_string(&slug), (void *)number);
    return hass_buf_steal(&id);
}

static char *make_id(struct table *table, const char *group, const char *name)
{
    struct ulid ulid;
    char *text;

    if (!table->kind->makes_ulids)
        return make_slug_id(table, group, name);
    text = mem_alloc(ULID_TEXT);
    ulid_make(hass_now(table->hass), &ulid);
    ulid_encode(&ulid, text);
    return text;
}

static const char *stored_key(const struct table_field *field)
{
    return field->stored ? field->stored : field->key;
}

static void set_text(const struct table_kind *kind, json_t *stored, size_t offset, const char *text)
{
    json_object_set_new(stored, stored_key(table_field_at(kind, offset)), json_string(text));
}

static json_t *time_now(const struct hass *hass)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(hass_now(hass), NULL, text);
    return json_string(text);
}

static int check_texts(const char *group, const char *name, struct hass_error *err)
{
    if (!utf8_valid(name, strlen(name)) || (group && !utf8_valid(group, strlen(group))))
        return hass_fail(err, HASS_E_INVALID, "the name is no UTF-8");
    if (group &&
        (!group[0] || strchr(group, '\x1f') || utf8_count(group, strlen(group)) > TABLE_MAX_NAME))
        return hass_fail(err, HASS_E_INVALID, "the scope has 1 to %d characters", TABLE_MAX_NAME);
    return 0;
}

int table_create(struct hass *hass, const struct table_kind *kind, const char *group,
                 const char *name, json_t *fields, const void **ret_row, struct hass_error *err)
{
    struct table *table = table_of(hass, kind);
    autojson *given = fields ? fields : json_object();
    autojson *stored = NULL;
    int r = check_texts(group, name, err);

    if (r < 0)
        return r;
    json_object_set_new(given, "name", json_string(name));
    r = check_changes(table, given, &stored, err);
    if (r == 0)
        r = check_name(table, group, name, NULL, err);
    if (r < 0)
        return r;
    autofree char *id = make_id(table, group, name);
    set_text(kind, stored, kind->id, id);
    if (group)
        set_text(kind, stored, kind->group, group);
    json_object_set_new(stored, "created_at", time_now(hass));
    json_object_set_new(stored, "modified_at", time_now(hass));
    r = table_put(hass, kind, steal(stored), ret_row, err);
    return r < 0 ? r : 0;
}

/* What @row is after @checked changes, in its stored form. */
static json_t *changed_form(const struct table *table, const void *row, json_t *checked)
{
    json_t *stored = table_row_as_json(row, TABLE_STORED);

    json_object_update(stored, checked);
    json_object_set_new(stored, "modified_at", time_now(table->hass));
    return stored;
}

static int fail_unknown(const struct table_kind *kind, const char *id, struct hass_error *err)
{
    return hass_fail(err, HASS_E_NOT_FOUND, "there is no %s '%.64s'", kind->what, id);
}

int table_update(struct hass *hass, const struct table_kind *kind, const char *group,
                 const char *id, json_t *changes, const void **ret_row, struct hass_error *err)
{
    autojson *given = changes ? changes : json_object();
    autojson *checked = NULL;
    struct table *table = table_of(hass, kind);
    const void *row = table_find_row(table, group, id);

    if (!row)
        return fail_unknown(kind, id, err);
    int r = check_changes(table, given, &checked, err);
    const char *name = hass_json_get_string(checked, "name", NULL);
    if (r == 0 && name)
        r = check_name(table, group, name, row, err);
    if (r < 0)
        return r;
    r = table_put(hass, kind, changed_form(table, row, checked), ret_row, err);
    if (r == 0 && kind->tells_always)
        table_tell(table, "update", group, id);
    return r < 0 ? r : 0;
}

int table_delete(struct hass *hass, const struct table_kind *kind, const char *group,
                 const char *id, struct hass_error *err)
{
    struct table *table = table_of(hass, kind);
    const void *row = table_row_ref(table_find_row(table, group, id));
    autobuf key = HASS_BUF_INIT;

    if (!row)
        return fail_unknown(kind, id, err);
    int r = bus_check_room(hass, err);
    if (r == 0 && kind->before_remove)
        kind->before_remove(hass, group, table_id_of(kind, row));
    table_key(group, id, &key);
    if (r == 0 && table_find_row(table, group, id)) {
        table_forget_name(table, table_find_row(table, group, id));
        hass_strmap_remove(table->rows, hass_buf_string(&key));
        hass_strmap_clear(table->ends); // a number has become free
        table_save(table);
        table_tell(table, "remove", group, table_id_of(kind, row));
        if (kind->after_remove)
            kind->after_remove(hass, group, table_id_of(kind, row));
    }
    table_row_unref(row);
    return r;
}

/* The rows in the order of @ids; NULL unless these are all of them. */
static struct hass_strmap *in_order(const struct table *table, const json_t *ids)
{
    struct hass_strmap *rows = hass_strmap_create(table_release_row);

    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        const void *row = id ? table_find_row(table, NULL, id) : NULL;
        if (row && !hass_strmap_get(rows, id))
            hass_strmap_set(rows, id, (void *)(uintptr_t)table_row_ref(row));
    }
    if (hass_strmap_count(rows) == hass_strmap_count(table->rows) &&
        json_array_size(ids) == hass_strmap_count(rows))
        return rows;
    return hass_strmap_destroy(rows);
}

int table_reorder(struct hass *hass, const struct table_kind *kind, const json_t *ids,
                  struct hass_error *err)
{
    struct table *table = table_of(hass, kind);
    struct hass_strmap *rows = in_order(table, ids);

    if (!rows)
        return hass_fail(err, HASS_E_INVALID, "expected the ids of all %zu rows, each once",
                         hass_strmap_count(table->rows));
    int r = bus_check_room(hass, err);
    if (r < 0) {
        hass_strmap_destroy(rows);
        return r;
    }
    hass_strmap_destroy(table->rows);
    table->rows = rows;
    table_save(table);
    table_tell(table, "reorder", NULL, NULL);
    return 0;
}
