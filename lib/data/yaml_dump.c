/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block style by recursion; beyond the depth that can be loaded again, and for empty containers, JSON, which is YAML too.
 * Text stands without quotes only where it cannot be taken for anything else.
 */
#include "data/yaml_dump.h"

#include <string.h>

#include <hass/cleanup.h>
#include <hass/json.h>

#include "base/utf8.h"
#include "data/json_write.h"
#include "data/yaml_scalar.h"

static bool is_safe_character(char c)
{
    return ascii_is_lower(ascii_to_lower(c)) || ascii_is_digit(c) || strchr("_./ -", c);
}

/** Letters, digits and what is harmless between them, and not read as a number or a word of YAML. */
static bool is_plain(const char *text, size_t length)
{
    if (length == 0 || !(ascii_is_lower(ascii_to_lower(*text)) || *text == '_'))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_safe_character(text[i]) || !text[i])
            return false;
    }
    if (text[length - 1] == ' ')
        return false;
    autojson *read = yaml_resolve_scalar(text, length);
    return json_is_string(read);
}

static void dump_text(const char *text, size_t length, struct hass_buf *buf)
{
    if (is_plain(text, length))
        hass_buf_add(buf, text, length);
    else
        hass_json_write_string(text, length, buf);
}

static bool is_block(const json_t *json, size_t depth)
{
    return depth < HASS_JSON_MAX_DEPTH && (json_object_size(json) > 0 || json_array_size(json) > 0);
}

static void indent(size_t depth, struct hass_buf *buf)
{
    for (size_t i = 0; i < depth; i++)
        hass_buf_add(buf, "  ", 2);
}

static void dump_block(const json_t *json, size_t depth, bool in_line, struct hass_buf *buf);

/** YAML 1.1 wants a point in a real number: "1e+16" would be text. */
static void dump_real(double number, struct hass_buf *buf)
{
    char text[JSON_NUMBER_TEXT];
    json_format_number(number, text);
    size_t mantissa = strcspn(text, "e");
    hass_buf_add(buf, text, mantissa);
    if (!memchr(text, '.', mantissa))
        hass_buf_add_string(buf, ".0");
    hass_buf_add_string(buf, text + mantissa);
}

static void dump_scalar(const json_t *json, struct hass_buf *buf)
{
    if (json_is_string(json))
        dump_text(json_string_value(json), json_string_length(json), buf);
    else if (json_is_real(json))
        dump_real(json_real_value(json), buf);
    else
        hass_json_write(json, buf);
}

/** Scalars follow the key or the dash in the same line; so does the first member of a map in a list. */
static void dump_value(const json_t *json, size_t depth, bool in_list, struct hass_buf *buf)
{
    if (is_block(json, depth)) {
        bool in_line = in_list && json_is_object(json);
        hass_buf_add_char(buf, in_line ? ' ' : '\n');
        dump_block(json, depth, in_line, buf);
        return;
    }
    hass_buf_add_char(buf, ' ');
    dump_scalar(json, buf);
    hass_buf_add_char(buf, '\n');
}

static void dump_block(const json_t *json, size_t depth, bool in_line, struct hass_buf *buf)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value) {
        if (!in_line)
            indent(depth, buf);
        in_line = false;
        dump_text(key, strlen(key), buf);
        hass_buf_add_char(buf, ':');
        dump_value(value, depth + 1, false, buf);
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        indent(depth, buf);
        hass_buf_add_char(buf, '-');
        dump_value(json_array_get(json, i), depth + 1, true, buf);
    }
}

void yaml_dump(const json_t *json, struct hass_buf *buf)
{
    if (is_block(json, 0)) {
        dump_block(json, 0, false, buf);
        return;
    }
    dump_scalar(json, buf);
    hass_buf_add_char(buf, '\n');
}
