/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Areas. What a floor or label that is removed leaves behind in them is cleared here.
 */
#include "registry/area.h"

#include <string.h>

#include <hass/area_registry.h>
#include <hass/vec.h>

#include "core/core.h"
#include "registry/device.h"
#include "registry/entities.h"
#include "registry/table.h"

#define MAX_PICTURE 2048

struct area_values {
    struct hass_area area;
    const char *rest;
};

#define FIELD(member, kind, uses, ...)                                                             \
    ROW_FIELD(area_values, #member, area.member, kind, uses, __VA_ARGS__)

static const struct row_field row_fields[] = {
    FIELD(aliases, ROW_TEXTS, TABLE_ALWAYS),
    FIELD(area_id, ROW_TEXT, TABLE_ALWAYS, .stored = "id", .required = true),
    FIELD(floor_id, ROW_TEXT, TABLE_ALWAYS),
    FIELD(humidity_entity_id, ROW_TEXT, TABLE_ALWAYS),
    FIELD(icon, ROW_TEXT, TABLE_ALWAYS),
    FIELD(labels, ROW_TEXTS, TABLE_ALWAYS),
    FIELD(name, ROW_TEXT, TABLE_ALWAYS, .required = true),
    FIELD(picture, ROW_TEXT, TABLE_ALWAYS),
    FIELD(temperature_entity_id, ROW_TEXT, TABLE_ALWAYS),
    FIELD(created_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    FIELD(modified_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    ROW_REST(area_values),
};
static const struct row_type row_type = ROW_TYPE(area_values, area, row_fields);
static const struct row_format row_format = TABLE_FORMAT(area_values, &row_type);

HASS_SCHEMA(change_fields,
            HASS_FIELD("name", &hass_type_string, .max = TABLE_MAX_NAME,
                       .doc = "What the area is called"),
            HASS_FIELD("aliases", &hass_type_string, .max = TABLE_MAX_NAME, .list = true,
                       .nullable = true, .doc = "Other names of it"),
            HASS_FIELD("floor_id", &hass_type_string, .max = TABLE_MAX_NAME, .nullable = true,
                       .doc = "The floor it is on"),
            HASS_FIELD("icon", &hass_type_string, .max = TABLE_MAX_NAME, .nullable = true,
                       .doc = "Icon"),
            HASS_FIELD("labels", &hass_type_string, .max = TABLE_MAX_NAME, .list = true,
                       .nullable = true, .doc = "Ids of labels"),
            HASS_FIELD("picture", &hass_type_string, .max = MAX_PICTURE, .nullable = true,
                       .doc = "URL of a picture"),
            HASS_FIELD("humidity_entity_id", &hass_type_entity_id, .nullable = true,
                       .doc = "Sensor of humidity"),
            HASS_FIELD("temperature_entity_id", &hass_type_entity_id, .nullable = true,
                       .doc = "Sensor of temperature"));

/* The entity of @changes' @key must be a sensor of @device_class. */
static HASS_CALLBACK int check_sensor(struct hass *hass, const json_t *changes, const char *key,
                                      const char *device_class, struct hass_error *err)
{
    const char *entity_id = hass_json_get_string(changes, key, NULL);
    struct hass_value value;

    if (!entity_id)
        return 0;
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    if (!state)
        return hass_fail(err, HASS_E_INVALID, "%s: entity %s does not exist", key, entity_id);
    if (strncmp(entity_id, "sensor.", 7) != 0 ||
        !hass_state_attr(state, HASS_ATTR_DEVICE_CLASS, &value) ||
        value.type != HASS_VALUE_STRING || strcmp(value.text.data, device_class) != 0)
        return hass_fail(err, HASS_E_INVALID, "%s: entity %s is no sensor of device class %s", key,
                         entity_id, device_class);
    return 0;
}

static HASS_CALLBACK int check_sensors(struct hass *hass, const json_t *changes,
                                       struct hass_error *err)
{
    int r = check_sensor(hass, changes, "humidity_entity_id", "humidity", err);

    return r < 0 ? r : check_sensor(hass, changes, "temperature_entity_id", "temperature", err);
}

/* Before the event: who hears it finds nothing in the area any more. */
static HASS_CALLBACK void clear_area(struct hass *hass, const char *group, const char *area_id)
{
    devices_async_clear_area(hass, area_id);
    entities_async_clear_area(hass, area_id);
}

static const struct table_kind area_kind = {
    .what = "area",
    .event = "area_registry_updated",
    .slot = REGISTRY_AREAS,
    .file = TABLE_FILE("core.area_registry", 8, &row_format, "areas", .add = table_file_add),
    .id = offsetof(struct hass_area, area_id),
    .name = offsetof(struct hass_area, name),
    .changes = &change_fields,
    .tells_always = true,
    .check = check_sensors,
    .before_remove = clear_area,
};

const struct hass_area *hass_area_ref(const struct hass_area *area)
{
    return row_ref(area);
}

const struct hass_area *hass_area_unref(const struct hass_area *area)
{
    return row_unref(area);
}

json_t *hass_area_as_json(const struct hass_area *area)
{
    return table_row_json(&area_kind, area);
}

int areas_async_load(struct hass *hass, struct hass_error *err)
{
    return table_load(hass, &area_kind, err);
}

/* floors and labels that go */

typedef bool has_fn(const struct hass_area *area, const char *id);

static bool has_floor(const struct hass_area *area, const char *floor_id)
{
    return area->floor_id && strcmp(area->floor_id, floor_id) == 0;
}

static bool has_label(const struct hass_area *area, const char *label_id)
{
    return row_has_text(area->labels, label_id);
}

static json_t *without_floor(const struct hass_area *area, const char *floor_id)
{
    return json_pack("{s:n}", "floor_id");
}

static json_t *without_label(const struct hass_area *area, const char *label_id)
{
    json_t *left = json_array();

    for (const char *const *label = area->labels; *label; label++)
        if (strcmp(*label, label_id) != 0)
            json_array_append_new(left, json_string(*label));
    return json_pack("{s:o}", "labels", left);
}

/* Listeners may change areas meanwhile: they are collected first. */
static HASS_CALLBACK void clear(struct hass *hass, const char *id, has_fn *has,
                                json_t *(*without)(const struct hass_area *area, const char *id))
{
    HASS_VEC(const struct hass_area *) areas = { 0 };
    const void *row;

    for (size_t pos = 0; table_next(hass, &area_kind, &pos, &row);)
        if (has(row, id))
            vec_push(&areas, row_ref(row));
    vec_foreach(&areas, area) {
        struct hass_error err = HASS_ERROR_INIT;
        if (table_update(hass, &area_kind, NULL, (*area)->area_id, without(*area, id), NULL, &err) <
            0)
            hass_warning("Area %s keeps %s: %s", (*area)->area_id, id, err.message);
        row_unref(*area);
    }
    vec_fini(&areas);
}

void areas_async_clear_floor(struct hass *hass, const char *floor_id)
{
    clear(hass, floor_id, has_floor, without_floor);
}

void areas_async_clear_label(struct hass *hass, const char *label_id)
{
    clear(hass, label_id, has_label, without_label);
}

/* on the loop */

int hass_area_registry_async_create(struct hass *hass, const char *name, json_t *fields,
                                    const struct hass_area **ret_area, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.area_registry.async_create", err);
    return table_create(hass, &area_kind, NULL, name, fields, (const void **)ret_area, err);
}

int hass_area_registry_async_get_or_create(struct hass *hass, const char *name,
                                           const struct hass_area **ret_area,
                                           struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.area_registry.async_get_or_create", err);
    const struct hass_area *area = table_get_by_name(hass, &area_kind, NULL, name);

    if (!area)
        return table_create(hass, &area_kind, NULL, name, NULL, (const void **)ret_area, err);
    if (ret_area)
        *ret_area = area;
    return 0;
}

int hass_area_registry_async_update(struct hass *hass, const char *area_id, json_t *changes,
                                    const struct hass_area **ret_area, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.area_registry.async_update", err);
    return table_update(hass, &area_kind, NULL, area_id, changes, (const void **)ret_area, err);
}

int hass_area_registry_async_delete(struct hass *hass, const char *area_id, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.area_registry.async_delete", err);
    return table_delete(hass, &area_kind, NULL, area_id, err);
}

int hass_area_registry_async_reorder(struct hass *hass, const json_t *area_ids,
                                     struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.area_registry.async_reorder", err);
    return table_reorder(hass, &area_kind, area_ids, err);
}

const struct hass_area *hass_area_registry_async_get(struct hass *hass, const char *area_id)
{
    VERIFY_LOOP_OR(hass, "hass.area_registry.async_get", NULL);
    return table_get(hass, &area_kind, NULL, area_id);
}

const struct hass_area *hass_area_registry_async_get_by_name(struct hass *hass, const char *name)
{
    VERIFY_LOOP_OR(hass, "hass.area_registry.async_get_by_name", NULL);
    return table_get_by_name(hass, &area_kind, NULL, name);
}

bool hass_area_registry_async_next(struct hass *hass, size_t *pos,
                                   const struct hass_area **ret_area)
{
    VERIFY_LOOP_OR(hass, "hass.area_registry.async_next", false);
    return table_next(hass, &area_kind, pos, (const void **)ret_area);
}

/* from other threads */

int hass_area_registry_create(struct hass *hass, const char *name, json_t *fields,
                              struct hass_error *err)
{
    return table_post(hass, &area_kind, "hass.area_registry.create", TABLE_CREATE, NULL, name,
                      fields, err);
}

int hass_area_registry_update(struct hass *hass, const char *area_id, json_t *changes,
                              struct hass_error *err)
{
    return table_post(hass, &area_kind, "hass.area_registry.update", TABLE_UPDATE, NULL, area_id,
                      changes, err);
}

int hass_area_registry_delete(struct hass *hass, const char *area_id, struct hass_error *err)
{
    return table_post(hass, &area_kind, "hass.area_registry.delete", TABLE_DELETE, NULL, area_id,
                      NULL, err);
}

const struct hass_area *hass_area_registry_get(struct hass *hass, const char *area_id)
{
    return table_fetch(hass, &area_kind, "hass.area_registry.get", NULL, area_id);
}
