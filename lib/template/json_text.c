/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON out of template values. */
#include "template/json_text.h"

#include <math.h>
#include <stdio.h>

#include "template/builtins.h"
#include "template/characters.h"

struct writer {
    struct tmpl_vm *vm;
    const struct json_style *style;
    struct hass_buf *buf;
    unsigned depth;
};

static int write_value(struct writer *writer, const struct tmpl_value *value);

/* --- texts and numbers -------------------------------------------------------------------------------- */

static void write_unit(struct writer *writer, unsigned unit)
{
    hass_buf_printf(writer->buf, "\\u%04x", unit);
}

static void write_character(struct writer *writer, uint32_t c)
{
    static const char short_from[] = "\"\\\b\f\n\r\t", short_to[] = "\"\\bfnrt";
    const char *found = c && c < 0x80 ? strchr(short_from, (int)c) : NULL;

    if (found) {
        hass_buf_add_char(writer->buf, '\\');
        hass_buf_add_char(writer->buf, short_to[found - short_from]);
    } else if (c < 0x20 || (writer->style->ascii && c >= 0x7f && c < 0x10000) ||
               (writer->style->html && c < 0x80 && strchr("<>&'", (int)c))) {
        write_unit(writer, c);
    } else if (writer->style->ascii && c >= 0x10000) {
        write_unit(writer, 0xd800 + ((c - 0x10000) >> 10));
        write_unit(writer, 0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
        char_add(c, writer->buf);
    }
}

static int write_string(struct writer *writer, const struct tmpl_value *text)
{
    const char *at = text->text, *end = at + text->length;
    size_t plain;

    hass_buf_add_char(writer->buf, '"');
    while (at < end) {
        uint32_t c;
        for (plain = 0; at + plain < end; plain++) {
            unsigned char byte = (unsigned char)at[plain];
            if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\' ||
                (writer->style->html && strchr("<>&'", byte)))
                break;
        }
        hass_buf_add(writer->buf, at, plain);
        at += plain;
        if (at == end)
            break;
        at += char_decode(at, (size_t)(end - at), &c);
        if (c >= 0xd800 && c < 0xe000 && !writer->style->ascii)
            return tmpl_raise(writer->vm, TMPL_TYPE_ERROR,
                              "str is not valid UTF-8: surrogates not allowed");
        write_character(writer, c);
    }
    hass_buf_add_char(writer->buf, '"');
    return 0;
}

/* Significant digits and exponent of Python's shortest text, in orjson's notation: 1e16, 1e-7, 0.00001. */
static void write_short_float(double number, struct hass_buf *buf)
{
    autobuf text = HASS_BUF_INIT;
    char digits[32];
    int count = 0, point = 0, exponent = 0;
    bool behind = false;

    tmpl_print_float(fabs(number), &text);
    const char *at = hass_buf_string(&text);
    for (; *at && *at != 'e'; at++) {
        if (*at == '.')
            behind = true;
        else if (count || *at != '0') {
            if (count < 31)
                digits[count++] = *at;
            point += !behind;
        } else {
            point -= behind;
        }
    }
    if (*at == 'e')
        exponent = (int)strtol(at + 1, NULL, 10);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    digits[count] = '\0';
    point += exponent; /* how many digits stand before the point */
    if (signbit(number))
        hass_buf_add_char(buf, '-');
    if (count == 0)
        hass_buf_add_string(buf, "0.0");
    else if (point > 16 || point <= -5)
        hass_buf_printf(buf, "%c%s%se%d", digits[0], count > 1 ? "." : "", digits + 1, point - 1);
    else if (point <= 0)
        hass_buf_printf(buf, "0.%.*s%s", -point, "00000", digits);
    else if (count > point)
        hass_buf_printf(buf, "%.*s.%s", point, digits, digits + point);
    else
        hass_buf_printf(buf, "%s%.*s.0", digits, point - count, "0000000000000000");
}

static void write_float(struct writer *writer, double number)
{
    if (isfinite(number))
        writer->style->python ? tmpl_print_float(number, writer->buf)
                              : write_short_float(number, writer->buf);
    else if (!writer->style->python)
        hass_buf_add_string(writer->buf, "null");
    else
        hass_buf_add_string(writer->buf, isnan(number) ? "NaN"
                                         : number < 0  ? "-Infinity"
                                                       : "Infinity");
}

static int write_big(struct writer *writer, const struct tmpl_value *value)
{
    bool fits = !value->big->negative && value->big->count <= 2;

    if (!writer->style->python && !fits)
        return tmpl_raise(writer->vm, TMPL_TYPE_ERROR, "Integer exceeds 64-bit range");
    return tmpl_repr(writer->vm, value, writer->buf);
}

/* --- containers --------------------------------------------------------------------------------------- */

static int enter(struct writer *writer)
{
    if (++writer->depth > HASS_JSON_MAX_DEPTH)
        return tmpl_raise(writer->vm, TMPL_RECURSION_ERROR,
                          "more than %d lists and dicts in each other", HASS_JSON_MAX_DEPTH);
    return tmpl_reserve(writer->vm, writer->buf->length);
}

static void write_break(struct writer *writer)
{
    if (!writer->style->indent)
        return;
    hass_buf_add_char(writer->buf, '\n');
    for (unsigned i = 0; i < writer->depth; i++)
        hass_buf_add_string(writer->buf, writer->style->indent);
}

static void write_comma(struct writer *writer, bool first)
{
    if (!first)
        hass_buf_add_string(writer->buf,
                            writer->style->python && !writer->style->indent ? ", " : ",");
    write_break(writer);
}

static int write_list(struct writer *writer, const struct tmpl_value *items, size_t count)
{
    if (enter(writer) < 0 || tmpl_spend(writer->vm, count) < 0)
        return -1;
    hass_buf_add_char(writer->buf, '[');
    for (size_t i = 0; i < count; i++) {
        write_comma(writer, i == 0);
        if (write_value(writer, &items[i]) < 0)
            return -1;
    }
    writer->depth--;
    if (count)
        write_break(writer);
    hass_buf_add_char(writer->buf, ']');
    return 0;
}

/* A key as the text that it becomes. */
static int make_key(struct writer *writer, const struct tmpl_value *key, struct tmpl_value *ret_key)
{
    autobuf text = HASS_BUF_INIT;
    struct writer inner = { writer->vm, writer->style, &text, 0 };

    switch (key->kind) {
    case TMPL_STRING:
        *ret_key = *key;
        return 0;
    case TMPL_NONE:
    case TMPL_BOOL:
    case TMPL_INT:
    case TMPL_BIG:
    case TMPL_FLOAT:
        if (write_value(&inner, key) < 0)
            return -1;
        *ret_key = tmpl_string_of(&writer->vm->heap, &text);
        return 0;
    default:
        return tmpl_raise(writer->vm, TMPL_TYPE_ERROR,
                          writer->style->python
                              ? "keys must be str, int, float, bool or None, not %s"
                              : "Dict key must a type serializable with OPT_NON_STR_KEYS, not %s",
                          tmpl_class_name(key));
    }
}

/* The entries in the order in which they are written: keys as texts. Python sorts what the keys are, orjson their texts. */
static struct keyed *order_entries(struct writer *writer, const struct tmpl_dict *dict,
                                   struct tmpl_value *keys)
{
    struct tmpl_vm *vm = writer->vm;
    bool python = writer->style->python;

    if (tmpl_reserve(vm, dict->count * sizeof(struct keyed)) < 0)
        return NULL;
    struct keyed *entries = tmpl_alloc(&vm->heap, dict->count * sizeof(*entries));
    for (uint32_t i = 0; i < dict->count; i++) {
        if (make_key(writer, &dict->entries[i].key, &keys[i]) < 0)
            return NULL;
        entries[i].key = python ? dict->entries[i].key : keys[i];
        entries[i].value = tmpl_int(i);
    }
    return sort_keyed(vm, entries, dict->count, 0) < 0 ? NULL : entries;
}

static int write_entry(struct writer *writer, const struct tmpl_value *key,
                       const struct tmpl_value *value, bool first)
{
    write_comma(writer, first);
    if (write_string(writer, key) < 0)
        return -1;
    hass_buf_add_string(writer->buf, writer->style->python || writer->style->indent ? ": " : ":");
    return write_value(writer, value);
}

static int write_sorted(struct writer *writer, const struct tmpl_dict *dict)
{
    struct tmpl_value *keys = new_items(writer->vm, dict->count);
    struct keyed *entries = keys ? order_entries(writer, dict, keys) : NULL;

    if (!entries)
        return -1;
    for (uint32_t i = 0; i < dict->count; i++) {
        size_t at = (size_t)entries[i].value.integer;
        if (write_entry(writer, &keys[at], &dict->entries[at].value, i == 0) < 0)
            return -1;
    }
    return 0;
}

static int write_unsorted(struct writer *writer, const struct tmpl_dict *dict)
{
    for (uint32_t i = 0; i < dict->count; i++) {
        struct tmpl_value key;
        if (make_key(writer, &dict->entries[i].key, &key) < 0 ||
            write_entry(writer, &key, &dict->entries[i].value, i == 0) < 0)
            return -1;
    }
    return 0;
}

static int write_dict(struct writer *writer, const struct tmpl_dict *dict)
{
    if (enter(writer) < 0 || tmpl_spend(writer->vm, dict->count) < 0)
        return -1;
    hass_buf_add_char(writer->buf, '{');
    if ((writer->style->sort ? write_sorted : write_unsorted)(writer, dict) < 0)
        return -1;
    writer->depth--;
    if (dict->count)
        write_break(writer);
    hass_buf_add_char(writer->buf, '}');
    return 0;
}

/* Tuples with names are lists to Python's library; versions are texts to both. */
static int write_object(struct writer *writer, const struct tmpl_value *value)
{
    const struct tmpl_type *type = value->object->type;
    const struct tmpl_value *items;
    struct tmpl_value text;
    size_t count;

    if (is_version(value)) {
        if (read_text(writer->vm, value, &text) < 0)
            return -1;
        return write_string(writer, &text);
    }
    if (writer->style->python && type->sequence && type->iterate && !type->mapping) {
        if (tmpl_iterate(writer->vm, value, &items, &count) < 0)
            return -1;
        return write_list(writer, items, count);
    }
    return tmpl_raise(writer->vm, TMPL_TYPE_ERROR,
                      writer->style->python ? "Object of type %s is not JSON serializable"
                                            : "Type is not JSON serializable: %s",
                      type->name);
}

static int write_value(struct writer *writer, const struct tmpl_value *value)
{
    switch (value->kind) {
    case TMPL_NONE:
        hass_buf_add_string(writer->buf, "null");
        return 0;
    case TMPL_BOOL:
        hass_buf_add_string(writer->buf, value->integer ? "true" : "false");
        return 0;
    case TMPL_INT:
        hass_buf_printf(writer->buf, "%lld", (long long)value->integer);
        return 0;
    case TMPL_BIG:
        return write_big(writer, value);
    case TMPL_FLOAT:
        write_float(writer, value->number);
        return 0;
    case TMPL_STRING:
        return write_string(writer, value);
    case TMPL_LIST:
    case TMPL_TUPLE:
        return write_list(writer, value->items, value->length);
    case TMPL_DICT:
        return write_dict(writer, value->dict);
    case TMPL_OBJECT:
        return write_object(writer, value);
    default:
        return tmpl_raise(writer->vm, TMPL_TYPE_ERROR,
                          writer->style->python ? "Object of type %s is not JSON serializable"
                                                : "Type is not JSON serializable: %s",
                          value->kind == TMPL_UNDEFINED ? "LoggingUndefined"
                                                        : tmpl_class_name(value));
    }
}

int json_text_write(struct tmpl_vm *vm, const struct tmpl_value *value,
                    const struct json_style *style, struct hass_buf *buf)
{
    struct writer writer = { vm, style, buf, 0 };

    return write_value(&writer, value);
}

/* "value ?indent" */
int filter_tojson(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct json_style style = { .python = true, .ascii = true, .html = true, .sort = true };
    const struct tmpl_value *indent = &call->args[1];
    char blanks[81];

    if (indent->kind == TMPL_STRING) {
        style.indent = c_string(vm, indent);
    } else if (is_set(indent)) {
        int64_t width;
        if (tmpl_to_int64(vm, indent, &width) < 0)
            return -1;
        if (width > 80)
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "an indent of %lld exceeds 80",
                              (long long)width);
        snprintf(blanks, sizeof(blanks), "%*s", width > 0 ? (int)width : 0, "");
        style.indent = blanks;
    }
    if (json_text_write(vm, &call->args[0], &style, &buf) < 0 ||
        return_buf(vm, &buf, ret_value) < 0)
        return -1;
    ret_value->flags |= TMPL_MARKUP;
    return 0;
}
