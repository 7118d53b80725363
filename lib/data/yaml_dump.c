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

/* Of a key: escaped, it must stay below YAML's 1,024 characters. */
#define SIMPLE_KEY 128

static bool is_safe_character(char c)
{
    return ascii_is_lower(ascii_to_lower(c)) || ascii_is_digit(c) || strchr("_./ -", c);
}

/* Letters, digits and what is harmless between them, and not read as a number or a word of YAML. */
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

/* What YAML does not allow as it is, or takes for the end of a line. */
static bool needs_escape(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
           c == 0xFFFE || c == 0xFFFF;
}

static void dump_quoted(const char *text, size_t length, struct hass_buf *buf)
{
    hass_buf_add_char(buf, '"');
    for (size_t i = 0, step; i < length; i += step) {
        uint32_t c = 0xFFFD;
        step = utf8_decode(text + i, length - i, &c);
        step = step ? step : 1;
        if (c == '"' || c == '\\')
            hass_buf_printf(buf, "\\%c", (char)c);
        else if (c == '\n')
            hass_buf_add_string(buf, "\\n");
        else if (needs_escape(c))
            hass_buf_printf(buf, "\\u%04X", c);
        else
            hass_buf_add(buf, text + i, step);
    }
    hass_buf_add_char(buf, '"');
}

static void dump_text(const char *text, size_t length, struct hass_buf *buf)
{
    if (is_plain(text, length))
        hass_buf_add(buf, text, length);
    else
        dump_quoted(text, length, buf);
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

/* YAML 1.1 wants a point in a real number: "1e+16" would be text. */
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

/* Scalars follow the key or the dash in the same line; so does the first member of a map in a list. */
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

/* YAML wants a question mark before a long key. */
static void dump_key(const char *key, size_t depth, struct hass_buf *buf)
{
    size_t length = strlen(key);

    if (length > SIMPLE_KEY)
        hass_buf_add(buf, "? ", 2);
    dump_text(key, length, buf);
    if (length > SIMPLE_KEY) {
        hass_buf_add_char(buf, '\n');
        indent(depth, buf);
    }
    hass_buf_add_char(buf, ':');
}

static void dump_block(const json_t *json, size_t depth, bool in_line, struct hass_buf *buf)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)json, key, value) {
        if (!in_line)
            indent(depth, buf);
        in_line = false;
        dump_key(key, depth, buf);
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
