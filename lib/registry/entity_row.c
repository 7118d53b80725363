/* SPDX-License-Identifier: Apache-2.0 */
/* What a registered entity consists of, and what is checked of changes. */
#include <string.h>

#include <hass/json.h>
#include <hass/schema.h>

#include "registry/entities.h"

static const char *const disablers[] = {
    [HASS_ENTITY_ENABLED] = NULL,
    [HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY] = "config_entry",
    [HASS_ENTITY_DISABLED_BY_DEVICE] = "device",
    [HASS_ENTITY_DISABLED_BY_HASS] = "hass",
    [HASS_ENTITY_DISABLED_BY_INTEGRATION] = "integration",
    [HASS_ENTITY_DISABLED_BY_USER] = "user",
    NULL,
};
static const char *const hiders[] = {
    [HASS_ENTITY_VISIBLE] = NULL,
    [HASS_ENTITY_HIDDEN_BY_INTEGRATION] = "integration",
    [HASS_ENTITY_HIDDEN_BY_USER] = "user",
    NULL,
};
static const char *const categories[] = {
    [HASS_ENTITY_CATEGORY_NONE] = NULL,
    [HASS_ENTITY_CATEGORY_CONFIG] = "config",
    [HASS_ENTITY_CATEGORY_DIAGNOSTIC] = "diagnostic",
    NULL,
};

#define FIELD(key, member, kind, uses, ...)                                                        \
    ROW_FIELD(entity_values, key, member, kind, uses, __VA_ARGS__)
#define LISTED   (ENTITY_LISTED | ENTITY_EXTENDED | ENTITY_STORED)
#define EXTENDED (ENTITY_EXTENDED | ENTITY_STORED)
#define KEPT     ENTITY_STORED_LATE
#define CHANGE   ENTITY_CHANGE
#define SETTER   (ENTITY_CHANGE | ENTITY_SETTABLE)

static const struct row_field fields[] = {
    FIELD("aliases", entry.aliases, ROW_TEXTS, EXTENDED | KEPT | SETTER),
    FIELD("area_id", entry.area_id, ROW_TEXT, LISTED | KEPT | SETTER),
    FIELD("capabilities", entry.capabilities, ROW_JSON, EXTENDED | SETTER),
    FIELD("categories", entry.categories, ROW_JSON, LISTED | KEPT | CHANGE),
    FIELD("config_entry_id", entry.config_entry_id, ROW_TEXT, LISTED | KEPT | SETTER),
    FIELD("config_subentry_id", entry.config_subentry_id, ROW_TEXT, LISTED | KEPT | CHANGE),
    FIELD("created_at", entry.created_at, ROW_TIME, LISTED | KEPT),
    FIELD("device_class", entry.device_class, ROW_TEXT, EXTENDED | KEPT | SETTER),
    FIELD("device_id", entry.device_id, ROW_TEXT, LISTED | SETTER),
    FIELD("disabled_by", entry.disabled_by, ROW_WORD, LISTED | KEPT | SETTER, .words = disablers),
    FIELD("disabled_by_undefined", disabled_by_undefined, ROW_FLAG, KEPT),
    FIELD("domain", entry.domain, ROW_TEXT, 0),
    FIELD("entity_category", entry.entity_category, ROW_WORD, LISTED | SETTER, .words = categories),
    FIELD("entity_id", entry.entity_id, ROW_TEXT, LISTED | KEPT | CHANGE),
    FIELD("has_entity_name", entry.has_entity_name, ROW_FLAG, LISTED | SETTER),
    FIELD("hidden_by", entry.hidden_by, ROW_WORD, LISTED | KEPT | SETTER, .words = hiders),
    FIELD("hidden_by_undefined", hidden_by_undefined, ROW_FLAG, KEPT),
    FIELD("icon", entry.icon, ROW_TEXT, LISTED | KEPT | SETTER),
    FIELD("id", entry.id, ROW_TEXT, LISTED | KEPT),
    FIELD("labels", entry.labels, ROW_TEXTS, LISTED | KEPT | SETTER),
    FIELD("modified_at", entry.modified_at, ROW_TIME, LISTED | KEPT | ENTITY_STAMP),
    FIELD("name", entry.name, ROW_TEXT, LISTED | KEPT | SETTER),
    FIELD("options", entry.options, ROW_JSON, LISTED | KEPT | CHANGE),
    FIELD("options_undefined", options_undefined, ROW_FLAG, KEPT),
    FIELD("original_device_class", entry.original_device_class, ROW_TEXT, EXTENDED | SETTER),
    FIELD("original_icon", entry.original_icon, ROW_TEXT, EXTENDED | SETTER),
    FIELD("original_name", entry.original_name, ROW_TEXT, LISTED | SETTER),
    FIELD("orphaned_timestamp", orphaned, ROW_SECONDS, KEPT),
    FIELD("platform", entry.platform, ROW_TEXT, LISTED | KEPT | SETTER),
    FIELD("previous_unique_id", entry.previous_unique_id, ROW_TEXT, ENTITY_STORED),
    FIELD("suggested_object_id", entry.suggested_object_id, ROW_TEXT, ENTITY_STORED),
    FIELD("supported_features", entry.supported_features, ROW_NUMBER, ENTITY_STORED | SETTER),
    FIELD("translation_key", entry.translation_key, ROW_TEXT, LISTED | SETTER),
    FIELD("unique_id", entry.unique_id, ROW_TEXT, LISTED | KEPT | CHANGE),
    FIELD("unit_of_measurement", entry.unit_of_measurement, ROW_TEXT, ENTITY_STORED | SETTER),
    ROW_REST(entity_values),
};

const struct row_type entity_type = ROW_TYPE(entity_values, entry, fields);

/* changes */

#define TEXT(key) HASS_FIELD(key, &hass_type_string, .nullable = true)

static const struct hass_field category_id = TEXT(NULL);
static const struct hass_field domain_options = HASS_FIELD(NULL, &hass_type_map, .nullable = true);

static const struct hass_field change_fields[] = {
    HASS_FIELD("new_entity_id", &hass_type_string),
    HASS_FIELD("new_unique_id", &hass_type_string, .min = 1, .max = ROW_MAX_TEXT),
    TEXT("name"),
    TEXT("icon"),
    TEXT("area_id"),
    TEXT("device_id"),
    TEXT("device_class"),
    HASS_FIELD("aliases", &hass_type_string, .list = true),
    HASS_FIELD("labels", &hass_type_string, .list = true),
    HASS_FIELD("categories", &hass_type_map, .item = &category_id),
    HASS_FIELD("disabled_by", &hass_type_enum, .words = disablers + 1, .nullable = true),
    HASS_FIELD("hidden_by", &hass_type_enum, .words = hiders + 1, .nullable = true),
    HASS_FIELD("entity_category", &hass_type_enum, .words = categories + 1, .nullable = true),
    HASS_FIELD("options", &hass_type_map, .item = &domain_options),
    TEXT("config_entry_id"),
    TEXT("original_name"),
    TEXT("original_icon"),
    TEXT("original_device_class"),
    TEXT("unit_of_measurement"),
    HASS_FIELD("capabilities", &hass_type_map, .nullable = true),
    HASS_FIELD("supported_features", &hass_type_int, .min = 0, .max = UINT32_MAX),
    TEXT("translation_key"),
    HASS_FIELD("has_entity_name", &hass_type_bool),
    HASS_FIELD("platform", &hass_type_string, .min = 1, .max = ROW_MAX_TEXT),
};

const struct hass_schema hass_entity_entry_changes = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(change_fields) / sizeof(*change_fields),
    .fields = change_fields,
};

/* rows */

const struct hass_entity_entry *hass_entity_entry_ref(const struct hass_entity_entry *entry)
{
    return row_ref(entry);
}

const struct hass_entity_entry *hass_entity_entry_unref(const struct hass_entity_entry *entry)
{
    return row_unref(entry);
}

json_t *hass_entity_entry_as_json(const struct hass_entity_entry *entry, bool extended)
{
    json_t *object = json_object();

    row_add_json(&entity_type, extended ? ENTITY_EXTENDED : ENTITY_LISTED, entry, object);
    return object;
}
