/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a table: a draft is made of the old row and of what is given, and takes its place, when the registry's field table
 * and the rules of names have nothing against it.
 */
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "base/ulid.h"
#include "base/utf8.h"
#include "core/core.h"
#include "registry/row_member.h"
#include "registry/table_rows.h"

/* checks */

static int check_lists(const json_t *changes, struct hass_error *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)changes, key, value)
        if (json_array_size(value) > ROW_MAX_ITEMS)
            return hass_fail(err, HASS_E_LIMIT, "%s: %zu items, the limit is %d", key,
                             json_array_size(value), ROW_MAX_ITEMS);
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

/* drafts */

struct draft {
    const struct row_type *type;
    void *values;
    struct arena arena; /* its lists */
};

/* @row: what it begins with; NULL: nothing. */
static void draft_begin(struct draft *draft, const struct table_kind *kind, const void *row)
{
    *draft = (struct draft){ .type = table_type(kind) };
    draft->values = mem_zalloc(draft->type->size);
    if (row)
        memcpy(draft->values, row, draft->type->size);
}

static void draft_fini(struct draft *draft)
{
    free(draft->values);
    arena_fini(&draft->arena);
}
#define autodraft HASS__CLEANUP(draft_fini) struct draft

/* @given: checked; its texts are borrowed. */
static void set_members(struct draft *draft, const json_t *given)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)given, key, value)
        row_field_set(row_find_field(draft->type, key), draft->values, value, &draft->arena);
}

static void set_text(struct draft *draft, size_t offset, const char *text)
{
    *(const char **)(void *)((char *)draft->values + offset) = text;
}

static void set_time(struct draft *draft, const char *key, int64_t time)
{
    *ROW_MEMBER(int64_t, row_find_field(draft->type, key), draft->values) = time;
}

/* creating */

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
    autojson *checked = NULL;
    int r = check_texts(group, name, err);

    if (r < 0)
        return r;
    json_object_set_new(given, "name", json_string(name));
    r = check_changes(table, given, &checked, err);
    if (r == 0)
        r = check_name(table, group, name, NULL, err);
    if (r < 0)
        return r;
    autofree char *id = make_id(table, group, name);
    autodraft draft;
    draft_begin(&draft, kind, NULL);
    set_members(&draft, checked);
    set_text(&draft, kind->id, id);
    if (group)
        set_text(&draft, kind->group, group);
    set_time(&draft, "created_at", hass_now(hass));
    set_time(&draft, "modified_at", hass_now(hass));
    r = table_put(hass, kind, draft.values, ret_row, err);
    return r < 0 ? r : 0;
}

/* changing */

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
    autodraft draft;
    draft_begin(&draft, kind, row);
    set_members(&draft, checked);
    set_time(&draft, "modified_at", hass_now(hass));
    r = table_put(hass, kind, draft.values, ret_row, err);
    if (r == 0 && kind->tells_always)
        table_tell(table, "update", group, id);
    return r < 0 ? r : 0;
}

int table_delete(struct hass *hass, const struct table_kind *kind, const char *group,
                 const char *id, struct hass_error *err)
{
    struct table *table = table_of(hass, kind);
    const void *row = row_ref(table_find_row(table, group, id));
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
    row_unref(row);
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
            hass_strmap_set(rows, id, (void *)(uintptr_t)row_ref(row));
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
