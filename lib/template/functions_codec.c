/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, base64, hexadecimal, digests, and names: slugify, ordinal, ord. */
#include <stdio.h>

#include "base/slug.h"
#include "base/utf8.h"
#include "template/builtins.h"
#include "template/characters.h"
#include "template/digest.h"
#include "template/json_text.h"

/* --- JSON --------------------------------------------------------------------------------------------- */

/* "value ?ensure_ascii ?pretty_print ?sort_keys" */
static int filter_to_json(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct json_style style = { .python = false };
    bool pretty;

    if (read_flag(vm, &call->args[1], false, &style.ascii) < 0 ||
        read_flag(vm, &call->args[2], false, &pretty) < 0 ||
        read_flag(vm, &call->args[3], false, &style.sort) < 0)
        return -1;
    style.python = style.ascii; /* orjson knows no ASCII */
    style.indent = pretty ? "  " : NULL;
    if (json_text_write(vm, &call->args[0], &style, &buf) < 0)
        return -1;
    return return_buf(vm, &buf, ret_value);
}

/* "value ?default" */
static int filter_from_json(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    char problem[128];
    bool ok = false;

    if (value->kind != TMPL_STRING && value->kind != TMPL_BYTES)
        snprintf(problem, sizeof(problem),
                 "Input must be bytes, bytearray, memoryview, or str: line 1 column 1 (char 0)");
    else if (tmpl_spend(vm, value->length / 16) < 0 ||
             tmpl_reserve(vm, (size_t)value->length * 2) < 0)
        return -1;
    else
        ok = json_text_read(&vm->heap, value->text, value->length, ret_value, problem);
    if (ok)
        return 0;
    if (is_given(&call->args[1])) {
        *ret_value = call->args[1];
        return 0;
    }
    return tmpl_raise(vm, TMPL_JSON_ERROR, "%s", problem);
}

/* --- bytes as text ------------------------------------------------------------------------------------- */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Texts and bytes; anything else cannot be encoded. */
static int want_encodable(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    if (value->kind == TMPL_STRING || value->kind == TMPL_BYTES)
        return 0;
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    return tmpl_raise(vm, TMPL_ATTRIBUTE_ERROR, "'%s' object has no attribute 'encode'",
                      tmpl_class_name(value));
}

static int filter_base64_encode(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];

    if (want_encodable(vm, value) < 0)
        return -1;
    size_t length = ((size_t)value->length + 2) / 3 * 4;
    if (tmpl_reserve(vm, length) < 0 || tmpl_spend(vm, length / 16) < 0)
        return -1;
    char *text = tmpl_alloc(&vm->heap, length), *to = text;
    for (size_t i = 0; i < value->length; i += 3) {
        size_t left = value->length - i;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < left ? (unsigned char)value->text[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            *to++ = k <= left ? base64_digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    *ret_value = tmpl_string_view(text, length);
    ret_value->flags = TMPL_ASCII;
    return 0;
}

/* Characters outside of the alphabet are passed over, as Python does. Returns the bytes, or -1 raised. */
static ssize_t decode_base64(struct tmpl_vm *vm, const struct tmpl_value *value, char *to)
{
    uint32_t bits = 0;
    size_t digits = 0, padding = 0, length = 0;

    for (uint32_t i = 0; i < value->length; i++) {
        char c = value->text[i];
        if (c == '=') {
            if (digits % 4 >= 2 && ++padding + digits % 4 >= 4)
                return (ssize_t)length;
            continue;
        }
        const char *found = c ? strchr(base64_digits, c) : NULL;
        if (!found)
            continue;
        padding = 0;
        bits = bits << 6 | (uint32_t)(found - base64_digits);
        if (++digits % 4 != 1)
            to[length++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)));
    }
    if (digits % 4 == 1)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "Invalid base64-encoded string: number of data characters (%zu) cannot "
                          "be 1 more than a multiple of 4",
                          digits);
    if (digits % 4)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "Incorrect padding");
    return (ssize_t)length;
}

/* "value ?encoding": none gives the bytes. */
static int filter_base64_decode(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_value utf8 = tmpl_string_static("utf-8");
    struct tmpl_call encoding = { .args = &utf8, .count = 1 };

    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind != TMPL_STRING && value->kind != TMPL_BYTES)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "argument should be a bytes-like object or ASCII string, not '%s'",
                          tmpl_class_name(value));
    for (uint32_t i = 0; value->kind == TMPL_STRING && i < value->length; i++)
        if ((unsigned char)value->text[i] >= 0x80)
            return tmpl_raise(vm, TMPL_VALUE_ERROR,
                              "string argument should contain only ASCII characters");
    if (tmpl_reserve(vm, value->length) < 0 || tmpl_spend(vm, value->length / 16) < 0)
        return -1;
    char *bytes = tmpl_alloc(&vm->heap, value->length);
    ssize_t length = decode_base64(vm, value, bytes);
    if (length < 0)
        return -1;
    *ret_value = tmpl_bytes_view(bytes, (size_t)length);
    if (call->args[1].kind == TMPL_NONE)
        return 0;
    if (is_given(&call->args[1]))
        encoding.args = &call->args[1];
    struct tmpl_value decoded = *ret_value;
    return tmpl_call_method(vm, &decoded, "decode", 6, &encoding, ret_value) < 0 ? -1 : 0;
}

static int hex_digit(char c)
{
    c = ascii_to_lower(c);
    return ascii_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Blanks may stand between bytes. */
static int filter_from_hex(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    size_t length = 0;

    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "fromhex() argument must be str, not %s",
                          tmpl_class_name(value));
    if (tmpl_reserve(vm, value->length) < 0)
        return -1;
    char *bytes = tmpl_alloc(&vm->heap, value->length);
    for (uint32_t i = 0; i < value->length; i++) {
        if (ascii_is_space(value->text[i]))
            continue;
        int high = hex_digit(value->text[i]);
        int low = i + 1 < value->length ? hex_digit(value->text[i + 1]) : -1;
        if (high < 0 || low < 0)
            return tmpl_raise(vm, TMPL_VALUE_ERROR,
                              "non-hexadecimal number found in fromhex() arg at position %u",
                              high < 0 ? i : i + 1);
        bytes[length++] = (char)(high << 4 | low);
        i++;
    }
    *ret_value = tmpl_bytes_view(bytes, length);
    return 0;
}

static int by_digest(struct tmpl_vm *vm, const struct tmpl_call *call, enum digest_kind kind,
                     struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    unsigned char bytes[DIGEST_MAX];

    if (want_encodable(vm, value) < 0 || tmpl_spend(vm, value->length / 16) < 0)
        return -1;
    size_t length = digest(kind, value->text, value->length, bytes);
    char *text = tmpl_alloc(&vm->heap, 2 * length + 1);
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    *ret_value = tmpl_string_view(text, 2 * length);
    ret_value->flags = TMPL_ASCII;
    return 0;
}

#define DIGEST_FUNCTION(name, kind)                                                                \
    static int function_##name(struct tmpl_vm *vm, const struct tmpl_call *call,                   \
                               struct tmpl_value *ret_value)                                       \
    {                                                                                              \
        return by_digest(vm, call, kind, ret_value);                                               \
    }

DIGEST_FUNCTION(md5, DIGEST_MD5)
DIGEST_FUNCTION(sha1, DIGEST_SHA1)
DIGEST_FUNCTION(sha256, DIGEST_SHA256)
DIGEST_FUNCTION(sha512, DIGEST_SHA512)

/* --- names --------------------------------------------------------------------------------------------- */

/* "value ?separator" */
static int function_slugify(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_value separator;

    if (read_text_or(vm, &call->args[1], "_", &separator) < 0)
        return -1;
    *ret_value = tmpl_string_static("");
    if (value->kind == TMPL_NONE)
        return 0;
    if (value->kind != TMPL_STRING && value->kind != TMPL_BYTES)
        return tmpl_raise(
            vm, TMPL_TYPE_ERROR, "decoding to str: need a bytes-like object, %s found",
            value->kind == TMPL_UNDEFINED ? "LoggingUndefined" : tmpl_class_name(value));
    if (tmpl_reserve(vm, (size_t)value->length * 4) < 0 || tmpl_spend(vm, value->length) < 0)
        return -1;
    slug_add(c_string(vm, value), c_string(vm, &separator), &buf);
    return return_buf(vm, &buf, ret_value);
}

/* The last digits decide, but for those of 11 to 13. */
static int filter_ordinal(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    static const char *const endings[] = { "th", "st", "nd", "rd" };
    autobuf buf = HASS_BUF_INIT;
    struct tmpl_value text, last, tail;

    if (read_text(vm, &call->args[0], &text) < 0)
        return -1;
    size_t length = text.length, from = length < 2 ? 0 : length - 2;
    int r = length ? tmpl_parse_int(vm, text.text + length - 1, 1, 10, &last) : 0;
    if (r > 0)
        r = tmpl_parse_int(vm, text.text + from, length - from, 10, &tail);
    if (r < 0)
        return r;
    if (r == 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "invalid literal for int() with base 10: '%.*s'",
                          (int)length, text.text);
    bool teen = tail.integer >= 11 && tail.integer <= 13;
    hass_buf_add(&buf, text.text, length);
    hass_buf_add_string(&buf, last.integer > 3 || teen ? "th" : endings[last.integer]);
    return return_buf(vm, &buf, ret_value);
}

static int filter_ord(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    uint32_t c;

    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind != TMPL_STRING && value->kind != TMPL_BYTES)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "ord() expected string of length 1, but %s found",
                          tmpl_class_name(value));
    int64_t length = tmpl_length(value);
    if (length != 1)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "ord() expected a character, but string of length %lld found",
                          (long long)length);
    if (value->kind == TMPL_BYTES)
        c = (unsigned char)value->text[0];
    else
        char_decode(value->text, value->length, &c);
    *ret_value = tmpl_int(c);
    return 0;
}

static const struct tmpl_function table[] = {
    { "to_json", filter_to_json, "value ?ensure_ascii ?pretty_print ?sort_keys", AS_FILTER },
    { "from_json", filter_from_json, "value ?default", AS_FILTER },
    { "base64_encode", filter_base64_encode, "value", AS_FILTER | TMPL_ABSENT_LIMITED },
    { "base64_decode", filter_base64_decode, "value ?encoding", AS_FILTER | TMPL_ABSENT_LIMITED },
    { "from_hex", filter_from_hex, "value", AS_FILTER },
    { "md5", function_md5, "value", AS_GLOBAL | AS_FILTER | TMPL_ABSENT_LIMITED },
    { "sha1", function_sha1, "value", AS_GLOBAL | AS_FILTER | TMPL_ABSENT_LIMITED },
    { "sha256", function_sha256, "value", AS_GLOBAL | AS_FILTER | TMPL_ABSENT_LIMITED },
    { "sha512", function_sha512, "value", AS_GLOBAL | AS_FILTER | TMPL_ABSENT_LIMITED },
    { "pack", function_pack, "value format_string", AS_GLOBAL | AS_FILTER },
    { "unpack", function_unpack, "value format_string ?offset", AS_GLOBAL | AS_FILTER },
    { "slugify", function_slugify, "value ?separator", AS_GLOBAL | AS_FILTER },
    { "ordinal", filter_ordinal, "value", AS_FILTER },
    { "ord", filter_ord, "value", AS_FILTER },
    { "urlencode", function_urlencode, "value", AS_GLOBAL },
};

const struct tmpl_functions tmpl_codec_functions = { table, sizeof(table) / sizeof(*table) };
