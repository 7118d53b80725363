/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON writer: iterative, so that no value can overflow a coroutine's stack, and straight into the buffer.
 * Texts without anything to escape, which is nearly all of them, are copied eight bytes a step.
 */
#include "data/json_write.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"

/* text */

#define BYTES(b) (UINT64_C(0x0101010101010101) * (b))

static inline uint64_t zero_bytes(uint64_t word)
{
    return (word - BYTES(0x01)) & ~word & BYTES(0x80);
}

/* Nonzero when one of eight bytes is a control character, a quote or a backslash. */
static inline uint64_t special_bytes(uint64_t word)
{
    uint64_t control = (word - BYTES(0x20)) & ~word & BYTES(0x80);

    return control | zero_bytes(word ^ BYTES('"')) | zero_bytes(word ^ BYTES('\\'));
}

static inline bool is_special(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* Copies eight bytes. False, and nothing copied, when one of them may not stand as it is. */
static inline bool copy_eight(char *to, const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof(word));
    if (special_bytes(word))
        return false;
    memcpy(to, &word, sizeof(word));
    return true;
}

/*
 * Copies bytes as long as they may stand as they are. Returns how many; there is room for @length. Looking and copying in
 * one go saves a second walk over what is mostly a dozen bytes.
 */
static inline size_t copy_plain(char *to, const char *text, size_t length)
{
    size_t i = 0;

    while (i + 8 <= length && copy_eight(to + i, text + i))
        i += 8;
    // Fewer than eight are left: once more eight, some of which are there already.
    if (length >= 8 && i + 8 > length && copy_eight(to + length - 8, text + length - 8))
        return length;
    for (; i < length && !is_special((unsigned char)text[i]); i++)
        to[i] = text[i];
    return i;
}

static void write_escape(unsigned char c, struct hass_buf *buf)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (size_t i = 0; i < sizeof(letters) - 1; i += 2) {
        if (letters[i] == (char)c) {
            hass_buf_add(buf, (const char[]){ '\\', letters[i + 1] }, 2);
            return;
        }
    }
    hass_buf_printf(buf, "\\u%04x", c);
}

/* Room for @more bytes and a NUL: where they go. */
static inline char *room_for(struct hass_buf *buf, size_t more)
{
    if (buf->capacity - buf->length <= more)
        hass_buf_reserve(buf, more);
    return buf->data + buf->length;
}

/* Takes the bytes up to @end, which have been written into the room, into the buffer. */
static inline void commit(struct hass_buf *buf, char *end)
{
    *end = 0;
    buf->length = (size_t)(end - buf->data);
}

static inline void put(struct hass_buf *buf, const char *text, size_t length)
{
    commit(buf, (char *)memcpy(room_for(buf, length), text, length) + length);
}

static inline void put_char(struct hass_buf *buf, char c)
{
    char *at = room_for(buf, 1);

    *at++ = c;
    commit(buf, at);
}

void hass_json_write_string(const char *text, size_t length, struct hass_buf *buf)
{
    char *at = room_for(buf, length + 2);

    *at++ = '"';
    for (;;) {
        size_t plain = copy_plain(at, text, length);
        at += plain;
        if (plain == length)
            break;
        commit(buf, at);
        write_escape((unsigned char)text[plain], buf);
        text += plain + 1;
        length -= plain + 1;
        at = room_for(buf, length + 1);
    }
    *at++ = '"';
    commit(buf, at);
}

/* numbers */

/* Writes the decimal digits of @value so that they end before @end; returns where they begin. */
static char *digits_before(uint64_t value, char *end)
{
    do
        *--end = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    return end;
}

static void write_int(int64_t value, struct hass_buf *buf)
{
    char text[24];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char *start = digits_before(magnitude, text + sizeof(text));

    if (value < 0)
        *--start = '-';
    put(buf, start, (size_t)(text + sizeof(text) - start));
}

/*
 * The everyday numbers: few decimals, fewer than 16 digits. A quotient of two exact integers is correctly rounded, so the
 * first power of ten that gives @number back has found its shortest text. Returns the length, or 0 for the slow way.
 */
static size_t format_short_decimal(double number, char text[JSON_NUMBER_TEXT])
{
    static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
    double magnitude = fabs(number);

    if (!(magnitude < 1e9) || (magnitude < 1e-4 && magnitude != 0))
        return 0;
    for (size_t decimals = 0; decimals < sizeof(powers) / sizeof(powers[0]); decimals++) {
        double scaled = nearbyint(magnitude * powers[decimals]);
        if (scaled / powers[decimals] != magnitude)
            continue;
        char digits[32], *end = digits + sizeof(digits);
        char *start = digits_before((uint64_t)scaled, end);
        size_t wanted = decimals == 0 ? 1 : decimals + 1;
        while ((size_t)(end - start) < wanted)
            *--start = '0';
        size_t whole = (size_t)(end - start) - decimals, length = 0;
        if (signbit(number))
            text[length++] = '-';
        memcpy(text + length, start, whole);
        length += whole;
        text[length++] = '.';
        memcpy(text + length, decimals ? start + whole : "0", decimals ? decimals : 1);
        length += decimals ? decimals : 1;
        text[length] = 0;
        return length;
    }
    return 0;
}

/* The shortest "d.ddde±xx" that reads back as @number: 15 digits always hold what people write, 17 hold everything. */
static void format_scientific(double number, char text[JSON_NUMBER_TEXT])
{
    // Subnormal numbers have fewer digits to begin with.
    int precision = fabs(number) < DBL_MIN ? 0 : 14;
    for (; precision <= 16; precision++) {
        snprintf(text, JSON_NUMBER_TEXT, "%.*e", precision, number);
        if (strtod(text, NULL) == number)
            return;
    }
}

size_t json_format_number(double number, char text[JSON_NUMBER_TEXT])
{
    size_t length = format_short_decimal(number, text);

    if (length)
        return length;
    char scientific[JSON_NUMBER_TEXT];
    format_scientific(number, scientific);
    char *mark = strchr(scientific, 'e');
    int exponent = (int)strtol(mark + 1, NULL, 10);

    char digits[JSON_NUMBER_TEXT];
    int count = 0;
    for (const char *c = scientific; c < mark; c++) {
        if (*c >= '0' && *c <= '9')
            digits[count++] = *c;
    }
    while (count > 1 && digits[count - 1] == '0')
        count--;
    const char *sign = signbit(number) ? "-" : "";
    int written;
    if (exponent < -4 || exponent >= 16) {
        written = snprintf(text, JSON_NUMBER_TEXT, "%s%c%s%.*se%c%02d", sign, digits[0],
                           count > 1 ? "." : "", count - 1, digits + 1, exponent < 0 ? '-' : '+',
                           abs(exponent));
    } else if (exponent < 0) {
        written = snprintf(text, JSON_NUMBER_TEXT, "%s0.%.*s%.*s", sign, -exponent - 1, "0000",
                           count, digits);
    } else if (count <= exponent + 1) {
        written = snprintf(text, JSON_NUMBER_TEXT, "%s%.*s%.*s.0", sign, count, digits,
                           exponent + 1 - count, "0000000000000000");
    } else {
        written = snprintf(text, JSON_NUMBER_TEXT, "%s%.*s.%.*s", sign, exponent + 1, digits,
                           count - exponent - 1, digits + exponent + 1);
    }
    return (size_t)written;
}

void hass_json_write_number(double number, struct hass_buf *buf)
{
    if (!isfinite(number)) {
        put(buf, "null", 4);
        return;
    }
    char text[JSON_NUMBER_TEXT];
    put(buf, text, json_format_number(number, text));
}

/* values */

/* A container that is being written, and how far. */
struct frame {
    const json_t *container;
    void *member; /* object: the next member; NULL at the end */
    size_t index; /* array: the next item */
};

/* Deeper values than foreign ones may be go to the heap. */
struct writer {
    struct hass_buf *buf;
    struct frame *frames;
    size_t depth, capacity;
    bool pretty;
    struct frame first[HASS_JSON_MAX_DEPTH];
};

static void push_frame(struct writer *writer, const json_t *container)
{
    if (writer->depth == writer->capacity) {
        size_t size = writer->capacity * sizeof(struct frame);
        struct frame *grown =
            mem_realloc(writer->frames == writer->first ? NULL : writer->frames, 2 * size);
        if (writer->frames == writer->first)
            memcpy(grown, writer->first, size);
        writer->frames = grown;
        writer->capacity *= 2;
    }
    writer->frames[writer->depth++] = (struct frame){
        .container = container,
        .member = json_is_object(container) ? json_object_iter((json_t *)container) : NULL,
    };
}

static void break_line(const struct writer *writer)
{
    if (!writer->pretty)
        return;
    put_char(writer->buf, '\n');
    for (size_t i = 0; i < writer->depth; i++)
        put(writer->buf, "  ", 2);
}

static bool is_empty(const json_t *json)
{
    return json_is_object(json) ? json_object_size(json) == 0 : json_array_size(json) == 0;
}

/* Writes a scalar or an empty container; opens any other. */
static void write_value(struct writer *writer, const json_t *json)
{
    struct hass_buf *buf = writer->buf;

    switch (json_typeof(json)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        if (is_empty(json)) {
            put(buf, json_is_object(json) ? "{}" : "[]", 2);
            break;
        }
        put_char(buf, json_is_object(json) ? '{' : '[');
        push_frame(writer, json);
        break;
    case JSON_STRING:
        hass_json_write_string(json_string_value(json), json_string_length(json), buf);
        break;
    case JSON_INTEGER:
        write_int(json_integer_value(json), buf);
        break;
    case JSON_REAL:
        hass_json_write_number(json_real_value(json), buf);
        break;
    case JSON_TRUE:
        put(buf, "true", 4);
        break;
    case JSON_FALSE:
        put(buf, "false", 5);
        break;
    case JSON_NULL:
        put(buf, "null", 4);
        break;
    }
}

/* Writes the next part of the innermost container: a member, an item, or its end. */
static void write_step(struct writer *writer)
{
    struct frame *frame = &writer->frames[writer->depth - 1];
    struct hass_buf *buf = writer->buf;
    bool object = json_is_object(frame->container);

    if (object ? !frame->member : frame->index == json_array_size(frame->container)) {
        writer->depth--;
        break_line(writer);
        put_char(buf, object ? '}' : ']');
        return;
    }
    if (frame->index++ > 0)
        put_char(buf, ',');
    break_line(writer);
    if (!object) {
        write_value(writer, json_array_get(frame->container, frame->index - 1));
        return;
    }
    void *member = frame->member;
    frame->member = json_object_iter_next((json_t *)frame->container, member);
    hass_json_write_string(json_object_iter_key(member), json_object_iter_key_len(member), buf);
    put(buf, ": ", writer->pretty ? 2 : 1);
    write_value(writer, json_object_iter_value(member));
}

static void write_tree(const json_t *json, struct hass_buf *buf, bool pretty)
{
    struct writer
        writer; // not initialised as a whole: clearing the frames would cost more than a small value does

    writer.buf = buf;
    writer.frames = writer.first;
    writer.depth = 0;
    writer.capacity = HASS_JSON_MAX_DEPTH;
    writer.pretty = pretty;
    write_value(&writer, json);
    while (writer.depth > 0)
        write_step(&writer);
    if (writer.frames != writer.first)
        free(writer.frames);
}

void hass_json_write(const json_t *json, struct hass_buf *buf)
{
    write_tree(json, buf, false);
}

void hass_json_write_pretty(const json_t *json, struct hass_buf *buf)
{
    write_tree(json, buf, true);
}
