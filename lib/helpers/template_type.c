/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates in field tables: what is written in a configuration is compiled when it is read, so that a mistake is told with the file, line
 * and column where it stands, and not when the template is first needed.
 */
#include <stdio.h>
#include <string.h>

#include <hass/template.h>

#include "base/utf8.h"
#include "data/schema_check.h"
#include "data/schema_text.h"

static int check_template(const struct hass_field *field, const json_t *value, json_t **ret_value,
                          struct hass_error *err)
{
    char buffer[SCHEMA_SCALAR_TEXT];
    const char *text = schema_scalar_text(value, buffer);

    if (!text)
        return schema_fail("a template", value, err);
    if (hass_template_check(text, NULL, err) < 0)
        return HASS_E_INVALID;
    size_t length = json_is_string(value) ? json_string_length(value) : strlen(text);
    while (length > 0 && ascii_is_space(text[length - 1]))
        length--;
    for (; length > 0 && ascii_is_space(*text); length--)
        text++;
    *ret_value = json_stringn(text, length);
    return 0;
}

static bool locate(const char *text, struct hass_text_problem *ret_problem)
{
    struct hass_template_error error = HASS_TEMPLATE_ERROR_INIT;

    if (hass_template_check(text, &error, NULL) == 0 || !error.line)
        return false;
    ret_problem->line = error.line;
    ret_problem->column = error.column;
    snprintf(ret_problem->message, sizeof(ret_problem->message), "%s", error.message);
    snprintf(ret_problem->hint, sizeof(ret_problem->hint), "%s", error.hint);
    return true;
}

const struct hass_field_type hass_type_template = {
    .size = sizeof(struct hass_field_type),
    .name = "a template",
    .check = check_template,
    .json_type = "string",
    .selector = "template",
    .locate = locate,
};

/* templates within lists and maps */

static int check_text(const char *text, struct hass_error *err)
{
    if (!hass_is_template_string(text))
        return 0;
    return hass_template_check(text, NULL, err) < 0 ? HASS_E_INVALID : 0;
}

/* Values of a configuration are at most HASS_JSON_MAX_DEPTH deep. */
static int check_within(const json_t *value, struct hass_error *err)
{
    const char *key;
    json_t *member;
    size_t index;
    int r = json_is_string(value) ? check_text(json_string_value(value), err) : 0;

    json_array_foreach((json_t *)value, index, member) {
        if (r == 0 && (r = check_within(member, err)) < 0)
            hass_error_prefix(err, "item %zu", index + 1);
    }
    json_object_foreach((json_t *)value, key, member) {
        if (r == 0 && (r = check_text(key, err)) == 0)
            r = check_within(member, err);
        if (r < 0) {
            hass_error_prefix(err, "%s", key);
            break;
        }
    }
    return r;
}

static int check_complex(const struct hass_field *field, const json_t *value, json_t **ret_value,
                         struct hass_error *err)
{
    int r = check_within(value, err);

    if (r == 0)
        *ret_value = hass_json_ref(value);
    return r;
}

const struct hass_field_type hass_type_template_complex = {
    .size = sizeof(struct hass_field_type),
    .name = "values or templates",
    .check = check_complex,
    .selector = "object",
    .locate = locate,
};
