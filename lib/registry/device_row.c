/* SPDX-License-Identifier: Apache-2.0 */
/* What a device consists of, and what is checked of it alone. */
#include <string.h>

#include <hass/json.h>
#include <hass/schema.h>

#include "base/utf8.h"
#include "registry/device.h"

static const char *const disablers[] = {
    [HASS_DEVICE_ENABLED] = NULL,
    [HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY] = "config_entry",
    [HASS_DEVICE_DISABLED_BY_INTEGRATION] = "integration",
    [HASS_DEVICE_DISABLED_BY_USER] = "user",
    NULL,
};

#define FIELD(key, member, kind, uses, ...)                                                        \
    ROW_FIELD(device_values, key, member, kind, uses, __VA_ARGS__)
#define SHOWN  DEVICE_SHOWN
#define STORED (DEVICE_SHOWN | DEVICE_STORED)
#define ALWAYS (DEVICE_SHOWN | DEVICE_STORED | DEVICE_STORED_LATE)
#define CHANGE DEVICE_CHANGE
#define SETTER (DEVICE_CHANGE | DEVICE_SETTABLE)

static const struct row_field fields[] = {
    FIELD("area_id", device.area_id, ROW_TEXT, ALWAYS | SETTER),
    FIELD("config_entries", device.config_entries, ROW_TEXTS, ALWAYS | CHANGE),
    FIELD("config_entries_subentries", subentries, ROW_TREE, ALWAYS),
    FIELD("configuration_url", device.configuration_url, ROW_TEXT, STORED | SETTER),
    FIELD("connections", device.connections, ROW_PAIRS, ALWAYS | CHANGE),
    FIELD("created_at", device.created_at, ROW_TIME, ALWAYS),
    FIELD("disabled_by", device.disabled_by, ROW_WORD, ALWAYS | SETTER, .words = disablers),
    FIELD("disabled_by_undefined", disabled_by_undefined, ROW_FLAG, DEVICE_STORED_LATE),
    FIELD("entry_type", device.entry_type, ROW_TEXT, STORED | CHANGE),
    FIELD("hw_version", device.hw_version, ROW_TEXT, STORED | SETTER),
    FIELD("id", device.id, ROW_TEXT, ALWAYS),
    FIELD("identifiers", device.identifiers, ROW_PAIRS, ALWAYS | CHANGE),
    FIELD("labels", device.labels, ROW_TEXTS, ALWAYS | SETTER),
    FIELD("manufacturer", device.manufacturer, ROW_TEXT, STORED | SETTER),
    FIELD("model", device.model, ROW_TEXT, STORED | SETTER),
    FIELD("model_id", device.model_id, ROW_TEXT, STORED | SETTER),
    FIELD("modified_at", device.modified_at, ROW_TIME, ALWAYS | DEVICE_STAMP),
    FIELD("name", device.name, ROW_TEXT, STORED | SETTER),
    FIELD("name_by_user", device.name_by_user, ROW_TEXT, ALWAYS | SETTER),
    FIELD("orphaned_timestamp", orphaned, ROW_SECONDS, DEVICE_STORED_LATE),
    FIELD("primary_config_entry", device.primary_config_entry, ROW_TEXT, STORED),
    FIELD("serial_number", device.serial_number, ROW_TEXT, STORED | SETTER),
    FIELD("sw_version", device.sw_version, ROW_TEXT, STORED | SETTER),
    FIELD("via_device_id", device.via_device_id, ROW_TEXT, STORED | SETTER),
    ROW_REST(device_values),
};

const struct row_type device_type = ROW_TYPE(device_values, device, fields);

/* changes */

static int check_pair(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    if (json_array_size(value) != 2 || !json_is_string(json_array_get(value, 0)) ||
        !json_is_string(json_array_get(value, 1)))
        return hass_fail(err, HASS_E_INVALID, "expected a pair of texts");
    *ret_value = hass_json_ref(value);
    return 0;
}

static const struct hass_field_type type_pair = {
    .size = sizeof(struct hass_field_type),
    .name = "a pair of texts",
    .check = check_pair,
    .json_type = "array",
};

#define TEXT(key)  HASS_FIELD(key, &hass_type_string, .nullable = true)
#define PAIRS(key) HASS_FIELD(key, &type_pair, .list = true)

static const struct hass_field change_fields[] = {
    TEXT("area_id"),
    TEXT("name_by_user"),
    HASS_FIELD("disabled_by", &hass_type_enum, .words = disablers + 1, .nullable = true),
    HASS_FIELD("labels", &hass_type_string, .list = true),
    TEXT("name"),
    TEXT("manufacturer"),
    TEXT("model"),
    TEXT("model_id"),
    TEXT("sw_version"),
    TEXT("hw_version"),
    TEXT("serial_number"),
    TEXT("configuration_url"),
    TEXT("via_device_id"),
    PAIRS("merge_identifiers"),
    PAIRS("new_identifiers"),
    PAIRS("merge_connections"),
    PAIRS("new_connections"),
    HASS_FIELD("add_config_entry_id", &hass_type_string),
    HASS_FIELD("remove_config_entry_id", &hass_type_string),
};

const struct hass_schema hass_device_changes = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(change_fields) / sizeof(*change_fields),
    .fields = change_fields,
};

/* rows */

const struct hass_device *hass_device_ref(const struct hass_device *device)
{
    return row_ref(device);
}

const struct hass_device *hass_device_unref(const struct hass_device *device)
{
    return row_unref(device);
}

json_t *hass_device_as_json(const struct hass_device *device)
{
    json_t *object = json_object();

    row_add_json(&device_type, DEVICE_SHOWN, device, object);
    return object;
}

/* what is checked of one device alone */

static size_t count_char(const char *text, char c)
{
    size_t count = 0;

    for (; *text; text++)
        count += *text == c;
    return count;
}

/* Twelve digits without anything between them, or 0. */
static size_t bare_mac(const char *mac, char digits[13])
{
    size_t length = strlen(mac), count = 0;
    char between = length == 17 && count_char(mac, '-') == 5   ? '-'
                   : length == 14 && count_char(mac, '.') == 2 ? '.'
                                                               : '\0';

    for (; *mac; mac++) {
        if (*mac == between)
            continue;
        if (count == 12)
            return 0;
        digits[count++] = ascii_to_lower(*mac);
    }
    return count == 12 ? count : 0;
}

const char *device_normalise_mac(const char *mac, struct arena *arena)
{
    char digits[13];

    if (strlen(mac) == 17 && count_char(mac, ':') == 5) {
        char *lower = arena_strndup(arena, mac, 17);
        ascii_lower(lower);
        return lower;
    }
    if (!bare_mac(mac, digits))
        return mac;
    char *pairs = arena_alloc(arena, 18);
    for (size_t i = 0; i < 6; i++) {
        pairs[i * 3] = digits[i * 2];
        pairs[i * 3 + 1] = digits[i * 2 + 1];
        pairs[i * 3 + 2] = i < 5 ? ':' : '\0';
    }
    return pairs;
}

const struct hass_device_pair *device_normalise_connections(const struct hass_device_pair *pairs,
                                                            struct arena *arena)
{
    if (!pairs)
        return row_no_pairs;
    struct hass_device_pair *copy =
        arena_alloc(arena, (row_count_pairs(pairs) + 1) * sizeof(*copy));
    size_t count = 0;
    copy[0] = (struct hass_device_pair){ NULL, NULL };
    for (; pairs->first; pairs++) {
        struct hass_device_pair pair = *pairs;
        if (strcmp(pair.first, "mac") == 0)
            pair.second = device_normalise_mac(pair.second, arena);
        if (row_has_pair(copy, pair))
            continue;
        copy[count++] = pair;
        copy[count] = (struct hass_device_pair){ NULL, NULL };
    }
    return copy;
}

int device_check_url(const char *url, struct hass_error *err)
{
    static const char *const schemes[] = { "http://", "https://", "homeassistant://" };

    for (size_t i = 0; url && i < sizeof(schemes) / sizeof(*schemes); i++) {
        size_t length = strlen(schemes[i]);
        if (strncasecmp(url, schemes[i], length) == 0 && !strchr("/?#:", url[length]))
            return 0;
    }
    return url ? hass_fail(err, HASS_E_INVALID,
                           "configuration_url '%.80s' is no http, https or homeassistant URL", url)
               : 0;
}
