/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels.
 */
#include "registry/label.h"

#include <hass/label_registry.h>

#include "core/core.h"
#include "registry/area.h"
#include "registry/device.h"
#include "registry/entities.h"
#include "registry/table.h"

#define MAX_DESCRIPTION 2048

struct label_values {
    struct hass_label label;
    const char *rest;
};

#define FIELD(member, kind, uses, ...)                                                             \
    ROW_FIELD(label_values, #member, label.member, kind, uses, __VA_ARGS__)

static const struct row_field row_fields[] = {
    FIELD(color, ROW_TEXT, TABLE_ALWAYS),
    FIELD(created_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    FIELD(description, ROW_TEXT, TABLE_ALWAYS),
    FIELD(icon, ROW_TEXT, TABLE_ALWAYS),
    FIELD(label_id, ROW_TEXT, TABLE_ALWAYS, .required = true),
    FIELD(modified_at, ROW_TIME, TABLE_ALWAYS | TABLE_STAMP),
    FIELD(name, ROW_TEXT, TABLE_ALWAYS, .required = true),
    ROW_REST(label_values),
};
static const struct row_type row_type = ROW_TYPE(label_values, label, row_fields);
static const struct row_format row_format = TABLE_FORMAT(label_values, &row_type);

HASS_SCHEMA(change_fields,
            HASS_FIELD("name", &hass_type_string, .max = TABLE_MAX_NAME,
                       .doc = "What the label is called"),
            HASS_FIELD("color", &hass_type_string, .max = TABLE_MAX_NAME, .nullable = true,
                       .doc = "A colour's name, or #rrggbb"),
            HASS_FIELD("icon", &hass_type_string, .max = TABLE_MAX_NAME, .nullable = true,
                       .doc = "Icon"),
            HASS_FIELD("description", &hass_type_string, .max = MAX_DESCRIPTION, .nullable = true,
                       .doc = "What it is for"));

static HASS_CALLBACK void clear_label(struct hass *hass, const char *group, const char *label_id)
{
    areas_async_clear_label(hass, label_id);
    devices_async_clear_label(hass, label_id);
    entities_async_clear_label(hass, label_id);
}

static const struct table_kind label_kind = {
    .what = "label",
    .event = "label_registry_updated",
    .slot = REGISTRY_LABELS,
    .file = TABLE_FILE("core.label_registry", 2, &row_format, "labels", .add = table_file_add),
    .id = offsetof(struct hass_label, label_id),
    .name = offsetof(struct hass_label, name),
    .changes = &change_fields,
    .after_remove = clear_label,
};

const struct hass_label *hass_label_ref(const struct hass_label *label)
{
    return row_ref(label);
}

const struct hass_label *hass_label_unref(const struct hass_label *label)
{
    return row_unref(label);
}

json_t *hass_label_as_json(const struct hass_label *label)
{
    return table_row_json(&label_kind, label);
}

int labels_async_load(struct hass *hass, struct hass_error *err)
{
    return table_load(hass, &label_kind, err);
}

/* on the loop */

int hass_label_registry_async_create(struct hass *hass, const char *name, json_t *fields,
                                     const struct hass_label **ret_label, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.label_registry.async_create", err);
    return table_create(hass, &label_kind, NULL, name, fields, (const void **)ret_label, err);
}

int hass_label_registry_async_update(struct hass *hass, const char *label_id, json_t *changes,
                                     const struct hass_label **ret_label, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.label_registry.async_update", err);
    return table_update(hass, &label_kind, NULL, label_id, changes, (const void **)ret_label, err);
}

int hass_label_registry_async_delete(struct hass *hass, const char *label_id,
                                     struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.label_registry.async_delete", err);
    return table_delete(hass, &label_kind, NULL, label_id, err);
}

const struct hass_label *hass_label_registry_async_get(struct hass *hass, const char *label_id)
{
    VERIFY_LOOP_OR(hass, "hass.label_registry.async_get", NULL);
    return table_get(hass, &label_kind, NULL, label_id);
}

const struct hass_label *hass_label_registry_async_get_by_name(struct hass *hass, const char *name)
{
    VERIFY_LOOP_OR(hass, "hass.label_registry.async_get_by_name", NULL);
    return table_get_by_name(hass, &label_kind, NULL, name);
}

bool hass_label_registry_async_next(struct hass *hass, size_t *pos,
                                    const struct hass_label **ret_label)
{
    VERIFY_LOOP_OR(hass, "hass.label_registry.async_next", false);
    return table_next(hass, &label_kind, pos, (const void **)ret_label);
}

/* from other threads */

int hass_label_registry_create(struct hass *hass, const char *name, json_t *fields,
                               struct hass_error *err)
{
    return table_post(hass, &label_kind, "hass.label_registry.create", TABLE_CREATE, NULL, name,
                      fields, err);
}

int hass_label_registry_update(struct hass *hass, const char *label_id, json_t *changes,
                               struct hass_error *err)
{
    return table_post(hass, &label_kind, "hass.label_registry.update", TABLE_UPDATE, NULL, label_id,
                      changes, err);
}

int hass_label_registry_delete(struct hass *hass, const char *label_id, struct hass_error *err)
{
    return table_post(hass, &label_kind, "hass.label_registry.delete", TABLE_DELETE, NULL, label_id,
                      NULL, err);
}

const struct hass_label *hass_label_registry_get(struct hass *hass, const char *label_id)
{
    return table_fetch(hass, &label_kind, "hass.label_registry.get", NULL, label_id);
}
