/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table of encodings, each with how a character is written and read. What cannot be goes to the handler of errors.
 */
#include "template/codec.h"

#include "base/utf8.h"
#include "template/characters.h"
#include "template/methods_string.h"

#define MAX_CHAR    0x10ffff
#define REPLACEMENT 0xfffd

enum errors { STRICT, IGNORE, REPLACE, BACKSLASH, XML, SURROGATES };

struct encoding;

struct codec {
    struct tmpl_vm *vm;
    const struct encoding *encoding;
    enum errors errors;
    struct hass_buf *buf;
};

struct encoding {
    const char *name;
    const char *message; /* as errors call it */
    uint32_t last;       /* character that it can write */
    unsigned unit;       /* bytes of a unit */
    bool big;            /* the first byte of a unit is the highest */
    bool mark;           /* begins with U+FEFF */
};

/* Names without anything but letters and digits. */
static const struct encoding encodings[] = {
    { "utf8", "utf-8", MAX_CHAR, 0, false, false },
    { "u8", "utf-8", MAX_CHAR, 0, false, false },
    { "ascii", "ascii", 0x7f, 1, false, false },
    { "usascii", "ascii", 0x7f, 1, false, false },
    { "latin1", "latin-1", 0xff, 1, false, false },
    { "latin", "latin-1", 0xff, 1, false, false },
    { "iso88591", "latin-1", 0xff, 1, false, false },
    { "l1", "latin-1", 0xff, 1, false, false },
    { "utf16", "utf-16", MAX_CHAR, 2, false, true },
    { "utf16le", "utf-16-le", MAX_CHAR, 2, false, false },
    { "utf16be", "utf-16-be", MAX_CHAR, 2, true, false },
    { "utf32", "utf-32", MAX_CHAR, 4, false, true },
    { "utf32le", "utf-32-le", MAX_CHAR, 4, false, false },
    { "utf32be", "utf-32-be", MAX_CHAR, 4, true, false },
};

static const struct {
    const char *name;
    enum errors errors;
} handlers[] = {
    { "strict", STRICT },         { "ignore", IGNORE },
    { "replace", REPLACE },       { "backslashreplace", BACKSLASH },
    { "xmlcharrefreplace", XML }, { "surrogateescape", SURROGATES },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int find_encoding(struct tmpl_vm *vm, const struct tmpl_value *name, struct codec *codec)
{
    char plain[16];
    size_t length = 0;

    codec->encoding = &encodings[0];
    if (name->kind == TMPL_ABSENT)
        return 0;
    if (name->kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() argument 'encoding' must be str, not %s",
                          vm->function ? vm->function : "encode", argument_class(name));
    for (uint32_t i = 0; i < name->length && length < sizeof(plain) - 1; i++) {
        char c = ascii_to_lower(name->text[i]);
        if (ascii_is_digit(c) || ascii_is_lower(c))
            plain[length++] = c;
    }
    plain[length] = '\0';
    for (size_t i = 0; i < COUNT(encodings); i++) {
        codec->encoding = &encodings[i];
        if (strcmp(encodings[i].name, plain) == 0)
            return 0;
    }
    return tmpl_raise(vm, TMPL_VALUE_ERROR, "unknown encoding: %.*s", (int)name->length,
                      name->text);
}

static int find_handler(struct tmpl_vm *vm, const struct tmpl_value *name, struct codec *codec)
{
    codec->errors = STRICT;
    if (name->kind == TMPL_ABSENT)
        return 0;
    if (name->kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() argument 'errors' must be str, not %s",
                          vm->function ? vm->function : "encode", argument_class(name));
    for (size_t i = 0; i < COUNT(handlers); i++) {
        codec->errors = handlers[i].errors;
        if (tmpl_is_text(name, handlers[i].name))
            return 0;
    }
    return tmpl_raise(vm, TMPL_VALUE_ERROR, "unknown error handler name '%.*s'", (int)name->length,
                      name->text);
}

/* --- writing -------------------------------------------------------------------------------------------------- */

static void put_unit(const struct encoding *encoding, uint32_t unit, struct hass_buf *buf)
{
    for (unsigned i = 0; i < encoding->unit; i++) {
        unsigned shift = 8 * (encoding->big ? encoding->unit - 1 - i : i);
        hass_buf_add_char(buf, (char)(unit >> shift));
    }
}

static void put(const struct encoding *encoding, uint32_t c, struct hass_buf *buf)
{
    if (!encoding->unit) {
        char_add(c, buf);
    } else if (encoding->unit == 2 && c > 0xffff) {
        put_unit(encoding, 0xd800 + ((c - 0x10000) >> 10), buf);
        put_unit(encoding, 0xdc00 + ((c - 0x10000) & 0x3ff), buf);
    } else {
        put_unit(encoding, c, buf);
    }
}

static void put_text(const struct encoding *encoding, const char *text, struct hass_buf *buf)
{
    for (; *text; text++)
        put(encoding, (unsigned char)*text, buf);
}

static bool is_surrogate(uint32_t c)
{
    return c >= 0xd800 && c <= 0xdfff;
}

static bool can_encode(const struct encoding *encoding, uint32_t c)
{
    return c <= encoding->last && !is_surrogate(c);
}

/* The character that is being encoded: its place in the text. */
struct place {
    const char *text;
    size_t length; /* left, itself included */
    size_t position;
    uint32_t c;
};

static void add_escape(uint32_t c, char text[16])
{
    snprintf(text, 16, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

/* Python names all characters in a row that it cannot encode. */
static int cannot_encode(struct codec *codec, const struct place *place)
{
    const struct encoding *encoding = codec->encoding;
    const char *reason = encoding->last == MAX_CHAR ? "surrogates not allowed"
                         : encoding->last == 0xff   ? "ordinal not in range(256)"
                                                    : "ordinal not in range(128)";
    size_t last = place->position;
    char escaped[16];
    uint32_t c;

    for (size_t at = char_decode(place->text, place->length, &c); at < place->length; last++) {
        at += char_decode(place->text + at, place->length - at, &c);
        if (can_encode(encoding, c))
            break;
    }
    if (last > place->position)
        return tmpl_raise(codec->vm, TMPL_UNICODE_ERROR,
                          "'%s' codec can't encode characters in position %zu-%zu: %s",
                          encoding->message, place->position, last, reason);
    add_escape(place->c, escaped);
    return tmpl_raise(codec->vm, TMPL_UNICODE_ERROR,
                      "'%s' codec can't encode character '%s' in position %zu: %s",
                      encoding->message, escaped, place->position, reason);
}

static int encode_bad(struct codec *codec, const struct place *place)
{
    uint32_t c = place->c;
    char text[16] = "";

    switch (codec->errors) {
    case REPLACE:
        memcpy(text, "?", 2);
        break;
    case BACKSLASH:
        add_escape(c, text);
        break;
    case XML:
        snprintf(text, sizeof(text), "&#%u;", c);
        break;
    case IGNORE:
        break;
    case SURROGATES:
        if (c < 0xdc80 || c > 0xdcff || codec->encoding->unit > 1)
            return cannot_encode(codec, place);
        hass_buf_add_char(codec->buf, (char)(c - 0xdc00));
        return 0;
    default:
        return cannot_encode(codec, place);
    }
    put_text(codec->encoding, text, codec->buf);
    return 0;
}

int codec_encode(struct tmpl_vm *vm, const struct tmpl_value *text,
                 const struct tmpl_value *encoding, const struct tmpl_value *errors,
                 struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct codec codec = { .vm = vm, .buf = &buf };

    if (find_encoding(vm, encoding, &codec) < 0 || find_handler(vm, errors, &codec) < 0)
        return -1;
    if (codec.encoding->unit < 2 && chars_are_ascii(text->text, text->length)) {
        *ret_value = tmpl_bytes_view(text->text, text->length);
        return 0;
    }
    if (tmpl_reserve(vm, (size_t)text->length * 4) < 0)
        return -1;
    if (codec.encoding->mark)
        put(codec.encoding, 0xfeff, &buf);
    struct place place = { .text = text->text, .length = text->length };
    for (size_t size; place.length; place.position++, place.text += size, place.length -= size) {
        size = char_decode(place.text, place.length, &place.c);
        if (can_encode(codec.encoding, place.c))
            put(codec.encoding, place.c, &buf);
        else if (encode_bad(&codec, &place) < 0)
            return -1;
    }
    *ret_value = tmpl_bytes_copy(&vm->heap, buf.data, buf.length);
    return 0;
}

/* --- reading -------------------------------------------------------------------------------------------------- */

/* A stretch of bytes that is no character, and why. */
struct fault {
    size_t length;
    const char *reason;
};

static int decode_bad(struct codec *codec, const struct tmpl_value *bytes, size_t at,
                      const struct fault *fault)
{
    const unsigned char *data = (const unsigned char *)bytes->text + at;

    switch (codec->errors) {
    case IGNORE:
        return 0;
    case REPLACE:
        char_add(REPLACEMENT, codec->buf);
        return 0;
    case BACKSLASH:
        for (size_t i = 0; i < fault->length; i++)
            hass_buf_printf(codec->buf, "\\x%02x", data[i]);
        return 0;
    case SURROGATES:
        for (size_t i = 0; i < fault->length; i++)
            char_add(0xdc00u + data[i], codec->buf);
        return 0;
    default:
        break;
    }
    if (fault->length == 1)
        return tmpl_raise(codec->vm, TMPL_UNICODE_ERROR,
                          "'%s' codec can't decode byte 0x%02x in position %zu: %s",
                          codec->encoding->message, *data, at, fault->reason);
    return tmpl_raise(codec->vm, TMPL_UNICODE_ERROR,
                      "'%s' codec can't decode bytes in position %zu-%zu: %s",
                      codec->encoding->message, at, at + fault->length - 1, fault->reason);
}

/* Whether @byte may be the second one behind @first. */
static bool may_follow(unsigned char first, unsigned char byte)
{
    unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

    return byte >= least && byte <= most;
}

/* Why @data does not begin with a character. */
static struct fault utf8_fault(const unsigned char *data, size_t length)
{
    size_t size = *data < 0xe0 ? 2 : *data < 0xf0 ? 3 : 4, good = 1;

    if (*data < 0xc2 || *data > 0xf4)
        return (struct fault){ 1, "invalid start byte" };
    if (length > 1 && may_follow(*data, data[1]))
        for (good = 2; good < length && good < size && (data[good] & 0xc0) == 0x80;)
            good++;
    if (good == length)
        return (struct fault){ good, "unexpected end of data" };
    return (struct fault){ good, "invalid continuation byte" };
}

/* How many bytes the character at @at takes; 0 with @fault when there is none. */
static size_t read_utf8(const struct tmpl_value *bytes, size_t at, uint32_t *ret_char,
                        struct fault *fault)
{
    size_t size = utf8_decode(bytes->text + at, bytes->length - at, ret_char);

    if (!size)
        *fault = utf8_fault((const unsigned char *)bytes->text + at, bytes->length - at);
    return size;
}

static uint32_t read_unit(const struct encoding *encoding, const unsigned char *data)
{
    uint32_t unit = 0;

    for (unsigned i = 0; i < encoding->unit; i++)
        unit |= (uint32_t)data[i] << 8 * (encoding->big ? encoding->unit - 1 - i : i);
    return unit;
}

static size_t read_units(const struct encoding *encoding, const struct tmpl_value *bytes, size_t at,
                         uint32_t *ret_char, struct fault *fault)
{
    const unsigned char *data = (const unsigned char *)bytes->text + at;
    size_t left = bytes->length - at, unit = encoding->unit;

    *fault = (struct fault){ left, "truncated data" };
    if (left < unit)
        return 0;
    uint32_t c = read_unit(encoding, data);
    *ret_char = c;
    *fault = (struct fault){ unit, unit == 1   ? "ordinal not in range(128)"
                                   : unit == 2 ? "illegal encoding"
                                               : "code point not in range(0x110000)" };
    if (unit != 2 || !is_surrogate(c))
        return c <= encoding->last && !is_surrogate(c) ? unit : 0;
    if (left < 2 * unit) {
        *fault = (struct fault){ left, "unexpected end of data" };
        return 0;
    }
    uint32_t low = read_unit(encoding, data + unit);
    if (c >= 0xdc00 || low < 0xdc00 || low > 0xdfff)
        return 0;
    *ret_char = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    return 2 * unit;
}

/* A mark at the beginning tells the order of bytes. Returns its length. */
static size_t take_mark(const struct tmpl_value *bytes, struct encoding *encoding)
{
    if (!encoding->mark || bytes->length < encoding->unit)
        return 0;
    for (int big = 0; big < 2; big++) {
        struct encoding tried = *encoding;
        tried.big = big;
        if (read_unit(&tried, (const unsigned char *)bytes->text) == 0xfeff) {
            encoding->big = big;
            return encoding->unit;
        }
    }
    return 0;
}

int codec_decode(struct tmpl_vm *vm, const struct tmpl_value *bytes,
                 const struct tmpl_value *encoding, const struct tmpl_value *errors,
                 struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct codec codec = { .vm = vm, .buf = &buf };

    if (find_encoding(vm, encoding, &codec) < 0 || find_handler(vm, errors, &codec) < 0)
        return -1;
    if (codec.encoding->unit < 2 && chars_are_ascii(bytes->text, bytes->length)) {
        *ret_value = tmpl_string_view(bytes->text, bytes->length);
        ret_value->flags = TMPL_ASCII;
        return 0;
    }
    if (tmpl_reserve(vm, (size_t)bytes->length * 4) < 0)
        return -1;
    struct encoding actual = *codec.encoding;
    for (size_t at = take_mark(bytes, &actual), size; at < bytes->length; at += size) {
        struct fault fault;
        uint32_t c;
        size = actual.unit ? read_units(&actual, bytes, at, &c, &fault)
                           : read_utf8(bytes, at, &c, &fault);
        if (size) {
            char_add(c, &buf);
            continue;
        }
        if (decode_bad(&codec, bytes, at, &fault) < 0)
            return -1;
        size = fault.length;
    }
    *ret_value = tmpl_string_of(&vm->heap, &buf);
    return 0;
}

int string_encode(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return codec_encode(vm, &call->args[0], &call->args[1], &call->args[2], ret_value);
}

int bytes_decode(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return codec_decode(vm, &call->args[0], &call->args[1], &call->args[2], ret_value);
}
