/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Categories. Their file has an object of lists, one a scope.
 */
#include "registry/category.h"

#include <hass/category_registry.h>

#include "core/core.h"
#include "registry/entities.h"
#include "registry/table.h"

struct category_values {
    struct hass_category category;
    const char *rest;
};

#define FIELD(member, kind, uses, ...)                                                             \
    ROW_FIELD(category_values, #member, category.member, kind, uses, __VA_ARGS__)

static const struct row_field row_fields[] = {
    FIELD(category_id, ROW_TEXT, TABLE_ALWAYS, .required = true),
    FIELD(created_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    FIELD(icon, ROW_TEXT, TABLE_ALWAYS),
    FIELD(modified_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    FIELD(name, ROW_TEXT, TABLE_ALWAYS, .required = true),
    FIELD(scope, ROW_TEXT, 0, .required = true),
    ROW_REST(category_values),
};
static const struct row_type row_type = ROW_TYPE(category_values, category, row_fields);
static const struct row_format row_format = TABLE_FORMAT(category_values, &row_type);

HASS_SCHEMA(change_fields,
            HASS_FIELD("name", &hass_type_string, .max = TABLE_MAX_NAME,
                       .doc = "What the category is called"),
            HASS_FIELD("icon", &hass_type_string, .max = TABLE_MAX_NAME, .nullable = true,
                       .doc = "Icon"));

static HASS_CALLBACK void clear_category(struct hass *hass, const char *scope,
                                         const char *category_id)
{
    entities_async_clear_category(hass, scope, category_id);
}

static const struct table_kind category_kind = {
    .what = "category",
    .event = "category_registry_updated",
    .slot = REGISTRY_CATEGORIES,
    .file =
        TABLE_FILE("core.category_registry", 2, &row_format, "categories", .add = table_file_add,
                   .group = offsetof(struct category_values, category.scope)),
    .id = offsetof(struct hass_category, category_id),
    .name = offsetof(struct hass_category, name),
    .changes = &change_fields,
    .group = offsetof(struct hass_category, scope),
    .keeps_blanks = true,
    .makes_ulids = true,
    .after_remove = clear_category,
};

const struct hass_category *hass_category_ref(const struct hass_category *category)
{
    return row_ref(category);
}

const struct hass_category *hass_category_unref(const struct hass_category *category)
{
    return row_unref(category);
}

json_t *hass_category_as_json(const struct hass_category *category)
{
    return table_row_json(&category_kind, category);
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
