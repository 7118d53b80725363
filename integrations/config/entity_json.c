/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the entity registry as text: members in the model's order; texts that are JSON already are copied. */
#include "entity_json.h"

#include <string.h>

#include <hass/json.h>

/* members */

static void write_key(const char *key, struct hass_buf *buf)
{
    char last = buf->data[buf->length - 1];

    if (last != '{')
        hass_buf_add_char(buf, ',');
    hass_buf_add_char(buf, '"');
    hass_buf_add_string(buf, key);
    hass_buf_add_string(buf, "\":");
}

/* Text that needs no quotes, or null. */
static void write_raw(const char *key, const char *json, struct hass_buf *buf)
{
    write_key(key, buf);
    hass_buf_add_string(buf, json ? json : "null");
}

static void write_text(const char *key, const char *text, struct hass_buf *buf)
{
    write_key(key, buf);
    if (text)
        hass_json_write_string(text, strlen(text), buf);
    else
        hass_buf_add_string(buf, "null");
}

static void write_bool(const char *key, bool value, struct hass_buf *buf)
{
    write_raw(key, value ? "true" : "false", buf);
}

static void write_list(const char *key, const char *const *list, struct hass_buf *buf)
{
    write_key(key, buf);
    hass_buf_add_char(buf, '[');
    for (size_t i = 0; list[i]; i++) {
        if (i)
            hass_buf_add_char(buf, ',');
        hass_json_write_string(list[i], strlen(list[i]), buf);
    }
    hass_buf_add_char(buf, ']');
}

/* Seconds with their microseconds, without the zeros at the end: what a number's general form takes long to find. */
static void write_time(const char *key, int64_t time, struct hass_buf *buf)
{
    char digits[] = ".000000";
    size_t last = sizeof(digits) - 2;
    uint32_t fraction = (uint32_t)(time % 1000000);

    for (size_t i = last; i > 0; i--, fraction /= 10)
        digits[i] = (char)('0' + fraction % 10);
    while (last > 1 && digits[last] == '0')
        last--;
    write_key(key, buf);
    hass_buf_printf(buf, "%lld", (long long)(time / 1000000));
    hass_buf_add(buf, digits, last + 1);
}

/* words */

static const char *const disablers[] = {
    [HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY] = "config_entry",
    [HASS_ENTITY_DISABLED_BY_DEVICE] = "device",
    [HASS_ENTITY_DISABLED_BY_HASS] = "hass",
    [HASS_ENTITY_DISABLED_BY_INTEGRATION] = "integration",
    [HASS_ENTITY_DISABLED_BY_USER] = "user",
};

static const char *const hiders[] = {
    [HASS_ENTITY_HIDDEN_BY_INTEGRATION] = "integration",
    [HASS_ENTITY_HIDDEN_BY_USER] = "user",
};

static const char *const categories[] = {
    [HASS_ENTITY_CATEGORY_CONFIG] = "config",
    [HASS_ENTITY_CATEGORY_DIAGNOSTIC] = "diagnostic",
};

#define WORD(words, value) ((value) < sizeof(words) / sizeof((words)[0]) ? (words)[value] : NULL)

/* rows */

static void write_extension(const struct hass_entity_entry *entry, struct hass_buf *buf)
{
    write_list("aliases", entry->aliases, buf);
    write_raw("capabilities", entry->capabilities, buf);
    write_text("device_class", entry->device_class, buf);
    write_text("original_device_class", entry->original_device_class, buf);
    write_text("original_icon", entry->original_icon, buf);
}

void entity_json_write(const struct hass_entity_entry *entry, bool extended, struct hass_buf *buf)
{
    hass_buf_add_char(buf, '{');
    write_text("area_id", entry->area_id, buf);
    write_raw("categories", entry->categories, buf);
    write_text("config_entry_id", entry->config_entry_id, buf);
    write_text("config_subentry_id", entry->config_subentry_id, buf);
    write_time("created_at", entry->created_at, buf);
    write_text("device_id", entry->device_id, buf);
    write_text("disabled_by", WORD(disablers, entry->disabled_by), buf);
    write_text("entity_category", WORD(categories, entry->entity_category), buf);
    write_text("entity_id", entry->entity_id, buf);
    write_bool("has_entity_name", entry->has_entity_name, buf);
    write_text("hidden_by", WORD(hiders, entry->hidden_by), buf);
    write_text("icon", entry->icon, buf);
    write_text("id", entry->id, buf);
    write_list("labels", entry->labels, buf);
    write_time("modified_at", entry->modified_at, buf);
    write_text("name", entry->name, buf);
    write_raw("options", entry->options, buf);
    write_text("original_name", entry->original_name, buf);
    write_text("platform", entry->platform, buf);
    write_text("translation_key", entry->translation_key, buf);
    write_text("unique_id", entry->unique_id, buf);
    if (extended)
        write_extension(entry, buf);
    hass_buf_add_char(buf, '}');
}

static void write_if_set(const char *key, const char *text, struct hass_buf *buf)
{
    if (text)
        write_text(key, text, buf);
}

/* How many decimals a sensor shows: what its user wants, else what its integration suggests. */
static void write_precision(const char *options, struct hass_buf *buf)
{
    autojson *json = NULL;

    if (!strstr(options, "display_precision") ||
        hass_json_parse(options, strlen(options), SIZE_MAX, &json, NULL) < 0)
        return;
    const json_t *sensor = hass_json_get(json, "sensor");
    const json_t *precision = hass_json_get(sensor, "display_precision");
    if (!json_is_integer(precision))
        precision = hass_json_get(sensor, "suggested_display_precision");
    if (json_is_integer(precision)) {
        write_key("dp", buf);
        hass_json_write(precision, buf);
    }
}

void entity_json_write_display(const struct hass_entity_entry *entry, struct hass_buf *buf)
{
    hass_buf_add_char(buf, '{');
    write_text("ei", entry->entity_id, buf);
    write_text("pl", entry->platform, buf);
    write_list("lb", entry->labels, buf);
    write_if_set("ai", entry->area_id, buf);
    write_if_set("di", entry->device_id, buf);
    write_if_set("ic", entry->icon, buf);
    write_if_set("tk", entry->translation_key, buf);
    if (entry->entity_category != HASS_ENTITY_CATEGORY_NONE)
        write_raw("ec", entry->entity_category == HASS_ENTITY_CATEGORY_CONFIG ? "0" : "1", buf);
    if (entry->hidden_by != HASS_ENTITY_VISIBLE)
        write_bool("hb", true, buf);
    if (entry->has_entity_name)
        write_bool("hn", true, buf);
    write_if_set("en", entry->name ? entry->name : entry->original_name, buf);
    if (strcmp(entry->domain, "sensor") == 0)
        write_precision(entry->options, buf);
    hass_buf_add_char(buf, '}');
}
