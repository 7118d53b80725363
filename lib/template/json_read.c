/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON into template values: strictly RFC 8259; what orjson says is in the messages. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <hass/json.h>

#include "base/utf8.h"
#include "template/big.h"
#include "template/json_text.h"

struct reader {
    struct tmpl_heap *heap;
    const char *start;
    const char *at;
    const char *end;
    unsigned depth;
    const char *problem; /* NULL as long as all is well */
};

static bool fail(struct reader *reader, const char *at, const char *problem)
{
    reader->at = at;
    reader->problem = problem;
    return false;
}

static bool unexpected(struct reader *reader)
{
    return fail(reader, reader->at,
                reader->at < reader->end ? "unexpected character" : "unexpected end of data");
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && memchr(" \t\n\r", *reader->at, 4))
        reader->at++;
}

static bool skip(struct reader *reader, char c)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

/* Room that doubles; what is left behind dies with the heap, so that large ones look at its limit. */
static bool has_room(struct reader *reader, size_t size)
{
    if (size < 65536 || reader->heap->limit == 0 ||
        arena_size(&reader->heap->arena) + size <= reader->heap->limit)
        return true;
    return fail(reader, reader->at, "too much memory is needed");
}

/* --- strings ------------------------------------------------------------------------------------------ */

static bool read_unit(struct reader *reader, const char *at, uint32_t *ret_unit)
{
    uint32_t unit = 0;

    if (reader->end - at < 4)
        return fail(reader, reader->end, "unexpected end of data");
    for (int i = 0; i < 4; i++) {
        char c = ascii_to_lower(at[i]);
        if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
            return fail(reader, at, "invalid escaped sequence in string");
        unit = unit << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *ret_unit = unit;
    return true;
}

/* What stands behind "\u" at reader->at; a pair of surrogates is one character. */
static bool read_unicode(struct reader *reader, char **to)
{
    uint32_t c, low;

    if (!read_unit(reader, reader->at, &c))
        return false;
    reader->at += 4;
    if (c >= 0xdc00 && c < 0xe000)
        return fail(reader, reader->at, "invalid high surrogate in string");
    if (c >= 0xd800 && c < 0xdc00) {
        if (reader->end - reader->at < 2 || reader->at[0] != '\\' || reader->at[1] != 'u')
            return fail(reader, reader->at, "no matched low surrogate in string");
        if (!read_unit(reader, reader->at + 2, &low))
            return false;
        if (low < 0xdc00 || low >= 0xe000)
            return fail(reader, reader->at, "invalid low surrogate in string");
        reader->at += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    *to += utf8_encode(c, *to);
    return true;
}

static bool read_escape(struct reader *reader, char **to)
{
    static const char from[] = "\"\\/bfnrt", what[] = "\"\\/\b\f\n\r\t";
    char c = reader->at < reader->end ? *reader->at++ : '\0';
    const char *found = c ? strchr(from, c) : NULL;

    if (c == 'u')
        return read_unicode(reader, to);
    if (!found)
        return fail(reader, reader->at, "invalid escaped character in string");
    *(*to)++ = what[found - from];
    return true;
}

/* Behind the opening quote. A text without escapes is a view. */
static bool read_string(struct reader *reader, struct tmpl_value *ret_value)
{
    const char *from = reader->at, *at = from;

    while (at < reader->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    if (at < reader->end && *at == '"') {
        *ret_value = tmpl_string_view(from, (size_t)(at - from));
        reader->at = at + 1;
        return true;
    }
    while (at < reader->end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    size_t size = (size_t)((at < reader->end ? at : reader->end) - from);
    if (!has_room(reader, size))
        return false;
    char *text = tmpl_alloc(reader->heap, size), *to = text;
    while (reader->at < reader->end && *reader->at != '"') {
        char c = *reader->at++;
        if ((unsigned char)c < 0x20)
            return fail(reader, reader->at - 1, "unexpected control character in string");
        if (c != '\\')
            *to++ = c;
        else if (!read_escape(reader, &to))
            return false;
    }
    if (reader->at == reader->end)
        return fail(reader, reader->end, "unexpected end of data");
    reader->at++;
    *ret_value = tmpl_string_view(text, (size_t)(to - text));
    return true;
}

/* --- numbers ------------------------------------------------------------------------------------------ */

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && ascii_is_digit(*at))
        at++;
    return at;
}

static bool read_float(struct reader *reader, const char *from, struct tmpl_value *ret_value)
{
    char *text = arena_strndup(&reader->heap->arena, from, (size_t)(reader->at - from));
    double number = strtod(text, NULL);

    if (isinf(number))
        return fail(reader, from, "number is infinity when parsed as double");
    *ret_value = tmpl_float(number);
    return true;
}

/* Integers of 64 bits, signed or not; larger ones are floats. */
static bool read_integer(struct reader *reader, const char *from, struct tmpl_value *ret_value)
{
    bool negative = *from == '-';
    uint64_t size = 0;

    for (const char *at = from + negative; at < reader->at; at++)
        if (__builtin_mul_overflow(size, 10, &size) ||
            __builtin_add_overflow(size, (uint64_t)(*at - '0'), &size))
            return read_float(reader, from, ret_value);
    if (negative ? size > (uint64_t)INT64_MAX + 1 : size > INT64_MAX) {
        if (negative)
            return read_float(reader, from, ret_value);
        uint32_t limbs[2] = { (uint32_t)size, (uint32_t)(size >> 32) };
        *ret_value = big_value(reader->heap, false, limbs, 2);
        return true;
    }
    *ret_value = tmpl_int((int64_t)(negative ? 0 - size : size));
    return true;
}

static bool read_number(struct reader *reader, struct tmpl_value *ret_value)
{
    const char *from = reader->at, *end = reader->end;
    const char *at = from + (*from == '-'), *digits = at;
    bool whole = true;

    at = skip_digits(at, end);
    if (at == digits) {
        reader->at = at;
        return fail(reader, at, "no digit after minus sign");
    }
    if (*digits == '0' && at > digits + 1)
        return fail(reader, digits, "number with leading zero is not allowed");
    if (at < end && *at == '.') {
        whole = false;
        digits = at + 1;
        at = skip_digits(digits, end);
        if (at == digits)
            return fail(reader, at, "no digit after decimal point");
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        whole = false;
        digits = at + 1;
        digits += digits < end && (*digits == '+' || *digits == '-');
        at = skip_digits(digits, end);
        if (at == digits)
            return fail(reader, at, "no digit after exponent sign");
    }
    reader->at = at;
    return whole ? read_integer(reader, from, ret_value) : read_float(reader, from, ret_value);
}

/* --- values ------------------------------------------------------------------------------------------- */

static bool read_value(struct reader *reader, struct tmpl_value *ret_value);

static bool read_word(struct reader *reader, const char *word, struct tmpl_value value,
                      struct tmpl_value *ret_value)
{
    size_t length = strlen(word);

    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return unexpected(reader);
    reader->at += length;
    *ret_value = value;
    return true;
}

static bool read_array(struct reader *reader, struct tmpl_value *ret_value)
{
    struct tmpl_value *items = NULL;
    size_t count = 0, room = 0;

    if (skip(reader, ']')) {
        *ret_value = tmpl_list_view(NULL, 0);
        return true;
    }
    do {
        if (count == room) {
            size_t larger = room ? room * 2 : 4;
            if (!has_room(reader, larger * sizeof(*items)))
                return false;
            struct tmpl_value *moved = tmpl_alloc(reader->heap, larger * sizeof(*items));
            if (count)
                memcpy(moved, items, count * sizeof(*items));
            items = moved;
            room = larger;
        }
        if (!read_value(reader, &items[count++]))
            return false;
    } while (skip(reader, ','));
    if (!skip(reader, ']'))
        return unexpected(reader);
    *ret_value = tmpl_list_view(items, count);
    return true;
}

static bool read_object(struct reader *reader, struct tmpl_value *ret_value)
{
    struct tmpl_dict *dict = tmpl_dict_new(reader->heap, 4);
    struct tmpl_value key, value;

    if (skip(reader, '}')) {
        *ret_value = tmpl_dict_value(dict);
        return true;
    }
    do {
        if (!skip(reader, '"'))
            return unexpected(reader);
        if (!read_string(reader, &key))
            return false;
        if (!skip(reader, ':'))
            return unexpected(reader);
        if (!read_value(reader, &value) ||
            !has_room(reader, dict->count * 2 * sizeof(struct tmpl_entry)))
            return false;
        tmpl_dict_set_text(reader->heap, dict, key.text, key.length, value);
    } while (skip(reader, ','));
    if (!skip(reader, '}'))
        return unexpected(reader);
    *ret_value = tmpl_dict_value(dict);
    return true;
}

static bool read_container(struct reader *reader, struct tmpl_value *ret_value)
{
    bool object = *reader->at == '{';

    if (++reader->depth > HASS_JSON_MAX_DEPTH)
        return fail(reader, reader->at, "more than 64 levels");
    reader->at++;
    if (!(object ? read_object(reader, ret_value) : read_array(reader, ret_value)))
        return false;
    reader->depth--;
    return true;
}

static bool read_value(struct reader *reader, struct tmpl_value *ret_value)
{
    skip_blanks(reader);
    if (reader->at == reader->end)
        return unexpected(reader);
    switch (*reader->at) {
    case '{':
    case '[':
        return read_container(reader, ret_value);
    case '"':
        reader->at++;
        return read_string(reader, ret_value);
    case 't':
        return read_word(reader, "true", tmpl_bool(true), ret_value);
    case 'f':
        return read_word(reader, "false", tmpl_bool(false), ret_value);
    case 'n':
        return read_word(reader, "null", tmpl_none(), ret_value);
    default:
        if (*reader->at == '-' || ascii_is_digit(*reader->at))
            return read_number(reader, ret_value);
        return unexpected(reader);
    }
}

static bool read_document(struct reader *reader, struct tmpl_value *ret_value)
{
    if (reader->start == reader->end)
        return fail(reader, reader->start, "input length is 0");
    if (!utf8_valid(reader->start, (size_t)(reader->end - reader->start)))
        return fail(reader, reader->start, "str is not valid UTF-8: surrogates not allowed");
    if (!read_value(reader, ret_value))
        return false;
    skip_blanks(reader);
    return reader->at == reader->end ||
           fail(reader, reader->at, "unexpected content after document");
}

bool json_text_read(struct tmpl_heap *heap, const char *text, size_t length,
                    struct tmpl_value *ret_value, char problem[128])
{
    struct reader reader = { heap, text, text, text + length, 0, NULL };
    size_t line = 1, column = 1;

    if (read_document(&reader, ret_value))
        return true;
    for (const char *at = text; at < reader.at; at++) {
        bool newline = *at == '\n', inner = ((unsigned char)*at & 0xc0) == 0x80;
        line += newline;
        column = newline ? 1 : column + !inner;
    }
    snprintf(problem, 128, "%s: line %zu column %zu (char %zu)", reader.problem, line, column,
             utf8_count(text, (size_t)(reader.at - text)));
    return false;
}
