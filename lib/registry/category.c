/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Categories. Their file has an object of lists, one a scope.
 */
#include "registry/category.h"

#include <hass/category_registry.h>

#include "core/core.h"
#include "registry/entities.h"
#include "registry/table.h"

static const struct table_field row_fields[] = {
    TABLE_FIELD(hass_category, TABLE_TEXT, category_id, .required = true),
    TABLE_FIELD(hass_category, TABLE_TIME, created_at),
    TABLE_FIELD(hass_category, TABLE_TEXT, icon),
    TABLE_FIELD(hass_category, TABLE_TIME, modified_at),
    TABLE_FIELD(hass_category, TABLE_TEXT, name, .required = true),
    TABLE_FIELD(hass_category, TABLE_TEXT, scope, .required = true, .hidden = true),
};
static const struct table_layout layout = TABLE_LAYOUT(hass_category, row_fields);

HASS_SCHEMA(change_fields,
            HASS_FIELD("name", &hass_type_string, .max = TABLE_MAX_NAME,
                       .doc = "What the category is called"),
            HASS_FIELD("icon", &hass_type_string, .max = TABLE_MAX_NAME, .nullable = true,
                       .doc = "Icon"));

/* {scope: [row]} becomes a list of rows that know their scope. */
static json_t *from_scopes(json_t *scopes)
{
    json_t *rows = json_is_object(scopes) ? json_array() : NULL;
    const char *scope;
    json_t *list;

    json_object_foreach(scopes, scope, list) {
        if (!json_is_array(list))
            json_array_append(rows, list); // to be told as a bad row
        for (size_t i = 0; i < json_array_size(list); i++) {
            json_t *row = json_copy(json_array_get(list, i));
            if (json_is_object(row))
                json_object_set_new(row, "scope", json_string(scope));
            json_array_append_new(rows, row);
        }
    }
    json_decref(scopes);
    return rows;
}

static json_t *to_scopes(json_t *rows)
{
    json_t *scopes = json_object();

    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        const char *scope = hass_json_get_string(row, "scope", "");
        json_t *list = json_object_get(scopes, scope);
        if (!list) {
            list = json_array();
            json_object_set_new(scopes, scope, list);
        }
        json_array_append(list, row);
        json_object_del(row, "scope");
    }
    json_decref(rows);
    return scopes;
}

static HASS_CALLBACK void clear_category(struct hass *hass, const char *scope,
                                         const char *category_id)
{
    entities_async_clear_category(hass, scope, category_id);
}

static const struct table_kind category_kind = {
    .what = "category",
    .store_key = "core.category_registry",
    .minor_version = 2,
    .rows = "categories",
    .event = "category_registry_updated",
    .slot = REGISTRY_CATEGORIES,
    .layout = &layout,
    .id = offsetof(struct hass_category, category_id),
    .name = offsetof(struct hass_category, name),
    .changes = &change_fields,
    .group = offsetof(struct hass_category, scope),
    .keeps_blanks = true,
    .makes_ulids = true,
    .after_remove = clear_category,
    .from_file = from_scopes,
    .to_file = to_scopes,
};

const struct hass_category *hass_category_ref(const struct hass_category *category)
{
    return table_row_ref(category);
}

const struct hass_category *hass_category_unref(const struct hass_category *category)
{
    return table_row_unref(category);
}

json_t *hass_category_as_json(const struct hass_category *category)
{
    return table_row_as_json(category, TABLE_SHOWN);
}

int categories_async_load(struct hass *hass, struct hass_error *err)
{
    return table_load(hass, &category_kind, err);
}

/* on the loop */

int hass_category_registry_async_create(struct hass *hass, const char *scope, const char *name,
                                        json_t *fields, const struct hass_category **ret_category,
                                        struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.category_registry.async_create", err);
    return table_create(hass, &category_kind, scope, name, fields, (const void **)ret_category,
                        err);
}

int hass_category_registry_async_update(struct hass *hass, const char *scope,
                                        const char *category_id, json_t *changes,
                                        const struct hass_category **ret_category,
                                        struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.category_registry.async_update", err);
    return table_update(hass, &category_kind, scope, category_id, changes,
                        (const void **)ret_category, err);
}

int hass_category_registry_async_delete(struct hass *hass, const char *scope,
                                        const char *category_id, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.category_registry.async_delete", err);
    return table_delete(hass, &category_kind, scope, category_id, err);
}

const struct hass_category *hass_category_registry_async_get(struct hass *hass, const char *scope,
                                                             const char *category_id)
{
    VERIFY_LOOP_OR(hass, "hass.category_registry.async_get", NULL);
    return table_get(hass, &category_kind, scope, category_id);
}

const struct hass_category *
hass_category_registry_async_get_by_name(struct hass *hass, const char *scope, const char *name)
{
    VERIFY_LOOP_OR(hass, "hass.category_registry.async_get_by_name", NULL);
    return table_get_by_name(hass, &category_kind, scope, name);
}

bool hass_category_registry_async_next(struct hass *hass, size_t *pos,
                                       const struct hass_category **ret_category)
{
    VERIFY_LOOP_OR(hass, "hass.category_registry.async_next", false);
    return table_next(hass, &category_kind, pos, (const void **)ret_category);
}

/* from other threads */

int hass_category_registry_create(struct hass *hass, const char *scope, const char *name,
                                  json_t *fields, struct hass_error *err)
{
    return table_post(hass, &category_kind, "hass.category_registry.create", TABLE_CREATE, scope,
                      name, fields, err);
}

int hass_category_registry_update(struct hass *hass, const char *scope, const char *category_id,
                                  json_t *changes, struct hass_error *err)
{
    return table_post(hass, &category_kind, "hass.category_registry.update", TABLE_UPDATE, scope,
                      category_id, changes, err);
}

int hass_category_registry_delete(struct hass *hass, const char *scope, const char *category_id,
                                  struct hass_error *err)
{
    return table_post(hass, &category_kind, "hass.category_registry.delete", TABLE_DELETE, scope,
                      category_id, NULL, err);
}

const struct hass_category *hass_category_registry_get(struct hass *hass, const char *scope,
                                                       const char *category_id)
{
    return table_fetch(hass, &category_kind, "hass.category_registry.get", scope, category_id);
}
