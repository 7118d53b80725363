/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floors.
 */
#include "registry/floor.h"

#include <hass/floor_registry.h>

#include "core/core.h"
#include "registry/area.h"
#include "registry/table.h"

struct floor_values {
    struct hass_floor floor;
    const char *rest;
};

#define FIELD(member, kind, uses, ...)                                                             \
    ROW_FIELD(floor_values, #member, floor.member, kind, uses, __VA_ARGS__)

static const struct row_field row_fields[] = {
    FIELD(aliases, ROW_TEXTS, TABLE_ALWAYS),
    FIELD(created_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    FIELD(floor_id, ROW_TEXT, TABLE_ALWAYS, .required = true),
    FIELD(icon, ROW_TEXT, TABLE_ALWAYS),
    FIELD(level, ROW_INT, TABLE_ALWAYS, .has = offsetof(struct floor_values, floor.has_level)),
    FIELD(modified_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    FIELD(name, ROW_TEXT, TABLE_ALWAYS, .required = true),
    ROW_REST(floor_values),
};
static const struct row_type row_type = ROW_TYPE(floor_values, floor, row_fields);
static const struct row_format row_format = TABLE_FORMAT(floor_values, &row_type);

HASS_SCHEMA(change_fields,
            HASS_FIELD("name", &hass_type_string, .max = TABLE_MAX_NAME,
                       .doc = "What the floor is called"),
            HASS_FIELD("aliases", &hass_type_string, .max = TABLE_MAX_NAME, .list = true,
                       .nullable = true, .doc = "Other names of it"),
            HASS_FIELD("icon", &hass_type_string, .max = TABLE_MAX_NAME, .nullable = true,
                       .doc = "Icon"),
            HASS_FIELD("level", &hass_type_int, .min = -1000, .max = 1000, .nullable = true,
                       .doc = "Number of the floor; 0 is the ground"));

static HASS_CALLBACK void clear_floor(struct hass *hass, const char *group, const char *floor_id)
{
    areas_async_clear_floor(hass, floor_id);
}

static const struct table_kind floor_kind = {
    .what = "floor",
    .event = "floor_registry_updated",
    .slot = REGISTRY_FLOORS,
    .file = TABLE_FILE("core.floor_registry", 2, &row_format, "floors", .add = table_file_add),
    .id = offsetof(struct hass_floor, floor_id),
    .name = offsetof(struct hass_floor, name),
    .changes = &change_fields,
    .after_remove = clear_floor,
};

const struct hass_floor *hass_floor_ref(const struct hass_floor *floor)
{
    return row_ref(floor);
}

const struct hass_floor *hass_floor_unref(const struct hass_floor *floor)
{
    return row_unref(floor);
}

json_t *hass_floor_as_json(const struct hass_floor *floor)
{
    return table_row_json(&floor_kind, floor);
}

int floors_async_load(struct hass *hass, struct hass_error *err)
{
    return table_load(hass, &floor_kind, err);
}

/* on the loop */

int hass_floor_registry_async_create(struct hass *hass, const char *name, json_t *fields,
                                     const struct hass_floor **ret_floor, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.floor_registry.async_create", err);
    return table_create(hass, &floor_kind, NULL, name, fields, (const void **)ret_floor, err);
}

int hass_floor_registry_async_update(struct hass *hass, const char *floor_id, json_t *changes,
                                     const struct hass_floor **ret_floor, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.floor_registry.async_update", err);
    return table_update(hass, &floor_kind, NULL, floor_id, changes, (const void **)ret_floor, err);
}

int hass_floor_registry_async_delete(struct hass *hass, const char *floor_id,
                                     struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.floor_registry.async_delete", err);
    return table_delete(hass, &floor_kind, NULL, floor_id, err);
}

int hass_floor_registry_async_reorder(struct hass *hass, const json_t *floor_ids,
                                      struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.floor_registry.async_reorder", err);
    return table_reorder(hass, &floor_kind, floor_ids, err);
}

const struct hass_floor *hass_floor_registry_async_get(struct hass *hass, const char *floor_id)
{
    VERIFY_LOOP_OR(hass, "hass.floor_registry.async_get", NULL);
    return table_get(hass, &floor_kind, NULL, floor_id);
}

const struct hass_floor *hass_floor_registry_async_get_by_name(struct hass *hass, const char *name)
{
    VERIFY_LOOP_OR(hass, "hass.floor_registry.async_get_by_name", NULL);
    return table_get_by_name(hass, &floor_kind, NULL, name);
}

bool hass_floor_registry_async_next(struct hass *hass, size_t *pos,
                                    const struct hass_floor **ret_floor)
{
    VERIFY_LOOP_OR(hass, "hass.floor_registry.async_next", false);
    return table_next(hass, &floor_kind, pos, (const void **)ret_floor);
}

/* from other threads */

int hass_floor_registry_create(struct hass *hass, const char *name, json_t *fields,
                               struct hass_error *err)
{
    return table_post(hass, &floor_kind, "hass.floor_registry.create", TABLE_CREATE, NULL, name,
                      fields, err);
}

int hass_floor_registry_update(struct hass *hass, const char *floor_id, json_t *changes,
                               struct hass_error *err)
{
    return table_post(hass, &floor_kind, "hass.floor_registry.update", TABLE_UPDATE, NULL, floor_id,
                      changes, err);
}

int hass_floor_registry_delete(struct hass *hass, const char *floor_id, struct hass_error *err)
{
    return table_post(hass, &floor_kind, "hass.floor_registry.delete", TABLE_DELETE, NULL, floor_id,
                      NULL, err);
}

const struct hass_floor *hass_floor_registry_get(struct hass *hass, const char *floor_id)
{
    return table_fetch(hass, &floor_kind, "hass.floor_registry.get", NULL, floor_id);
}
