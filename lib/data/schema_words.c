/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of values that are one of few words, and of lists written as text.
 */
#include <string.h>
#include <strings.h>

#include <hass/schema.h>

#include "base/utf8.h"
#include "data/schema_text.h"

static int check_sun_event(const struct hass_field *field, const json_t *value, json_t **ret_value,
                           struct hass_error *err)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "";

    if (strcasecmp(text, "sunrise") != 0 && strcasecmp(text, "sunset") != 0)
        return schema_fail("sunrise or sunset", value, err);
    *ret_value = json_string(strcasecmp(text, "sunset") == 0 ? "sunset" : "sunrise");
    return 0;
}

const struct hass_field_type hass_type_sun_event = {
    .size = sizeof(struct hass_field_type),
    .name = "sunrise or sunset",
    .check = check_sun_event,
    .json_type = "string",
    .selector = "text",
};

static int check_temperature_unit(const struct hass_field *field, const json_t *value,
                                  json_t **ret_value, struct hass_error *err)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "";

    if (strcasecmp(text, "C") != 0 && strcasecmp(text, "F") != 0)
        return schema_fail("a unit of temperature, C or F", value, err);
    *ret_value = json_string(strcasecmp(text, "C") == 0 ? "°C" : "°F");
    return 0;
}

const struct hass_field_type hass_type_temperature_unit = {
    .size = sizeof(struct hass_field_type),
    .name = "a unit of temperature",
    .check = check_temperature_unit,
    .json_type = "string",
    .selector = "text",
};

/* "<b>", "</b>", "<br/>": a letter or a slash behind the bracket, and a bracket that closes it. */
static bool has_tag(const char *text)
{
    for (; (text = strchr(text, '<')) != NULL; text++) {
        const char *name = text + (text[1] == '/' ? 2 : 1);
        bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
        if (letter && strchr(name, '>'))
            return true;
    }
    return false;
}

static int check_plain_text(const struct hass_field *field, const json_t *value, json_t **ret_value,
                            struct hass_error *err)
{
    json_t *text = NULL;
    int r = hass_type_string.check(field, value, &text, err);

    if (r < 0)
        return r;
    if (has_tag(json_string_value(text))) {
        json_decref(text);
        return schema_fail("text without HTML", value, err);
    }
    *ret_value = text;
    return 0;
}

const struct hass_field_type hass_type_plain_text = {
    .size = sizeof(struct hass_field_type),
    .name = "text without HTML",
    .check = check_plain_text,
    .json_type = "string",
    .selector = "text",
};

static json_t *split(const char *text)
{
    json_t *list = json_array();

    for (;; text++) {
        size_t length = strcspn(text, ","), blanks = 0;
        while (blanks < length && ascii_is_space(text[blanks]))
            blanks++;
        const char *end = text + length;
        while (end > text + blanks && ascii_is_space(end[-1]))
            end--;
        json_array_append_new(list, json_stringn(text + blanks, (size_t)(end - text) - blanks));
        text += length;
        if (!*text)
            return list;
    }
}

static int check_list(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    if (json_is_string(value))
        *ret_value = split(json_string_value(value));
    else if (json_is_array(value))
        *ret_value = hass_json_ref(value);
    else if (json_is_null(value))
        *ret_value = json_array();
    else
        *ret_value = json_pack("[O]", value);
    return 0;
}

const struct hass_field_type hass_type_list = {
    .size = sizeof(struct hass_field_type),
    .name = "a list",
    .check = check_list,
    .json_type = "array",
    .selector = "object",
};
