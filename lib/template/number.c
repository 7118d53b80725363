/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as texts and arguments. Digits and blanks of all scripts are read, as by Python; short decimals are exact without strtod.
 */
#include "template/number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/json_write.h"
#include "template/big.h"
#include "template/characters.h"
#include "template/unicode.h"
#include "template/vm.h"

void tmpl_print_float(double number, struct hass_buf *buf)
{
    char text[JSON_NUMBER_TEXT];

    if (isfinite(number))
        hass_buf_add(buf, text, json_format_number(number, text));
    else
        hass_buf_add_string(buf, isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
}

/* --- reading -------------------------------------------------------------------------------------- */

static void strip(const char **text, size_t *length)
{
    uint32_t c;
    size_t size;

    while (*length) {
        size = char_decode(*text, *length, &c);
        if (!unicode_is(c, UNICODE_SPACE))
            break;
        *text += size;
        *length -= size;
    }
    while (*length) {
        size = char_decode_last(*text, *length, &c);
        if (!unicode_is(c, UNICODE_SPACE))
            break;
        *length -= size;
    }
}

/* The text in ASCII, digits of other scripts too, in @to of @length + 1 bytes; false when there is something else in it. */
static bool to_ascii(const char *text, size_t length, char *to)
{
    size_t size;

    for (size_t i = 0; i < length; i += size) {
        uint32_t c;
        size = char_decode(text + i, length - i, &c);
        int digit = c < 128 ? 0 : unicode_decimal(c);
        if (!c || digit < 0)
            return false;
        *to++ = c < 128 ? (char)c : (char)('0' + digit);
    }
    *to = '\0';
    return true;
}

/* Digits with single underscores between them; moves them together. Returns false when there is none. */
static bool take_digits(const char **from, char **to)
{
    const char *at = *from;

    if (!ascii_is_digit(*at))
        return false;
    while (ascii_is_digit(*at) || (*at == '_' && ascii_is_digit(at[1]))) {
        if (*at != '_')
            *(*to)++ = *at;
        at++;
    }
    *from = at;
    return true;
}

/* Checks a decimal by Python's grammar, which is narrower than strtod's, and takes the underscores out of it, in place. */
static bool clean_decimal(char *text)
{
    const char *from = text;
    char *to = text;

    if (*from == '-' || *from == '+')
        *to++ = *from++;
    bool digits = take_digits(&from, &to);
    if (*from == '.') {
        *to++ = *from++;
        digits |= take_digits(&from, &to);
    }
    if (!digits)
        return false;
    if (*from == 'e' || *from == 'E') {
        *to++ = *from++;
        if (*from == '-' || *from == '+')
            *to++ = *from++;
        if (!take_digits(&from, &to))
            return false;
    }
    bool whole = !*from;
    *to = '\0';
    return whole;
}

static bool named_number(const char *text, double *ret_number)
{
    bool negative = *text == '-';
    const char *word = text + (negative || *text == '+');

    if (strcasecmp(word, "nan") == 0)
        *ret_number = NAN;
    else if (strcasecmp(word, "inf") == 0 || strcasecmp(word, "infinity") == 0)
        *ret_number = negative ? -HUGE_VAL : HUGE_VAL;
    else
        return false;
    return true;
}

/* "-21.5": up to 15 digits with a point make one exact division. */
static bool short_decimal(const char *text, size_t length, double *ret_number)
{
    static const double powers[] = { 1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    bool negative = length && *text == '-';
    int64_t digits = 0;
    size_t count = 0, point = SIZE_MAX;

    for (size_t i = negative; i < length; i++) {
        if (text[i] == '.' && point == SIZE_MAX) {
            point = count;
        } else if (ascii_is_digit(text[i]) && count < 15) {
            digits = digits * 10 + (text[i] - '0');
            count++;
        } else {
            return false;
        }
    }
    if (!count)
        return false;
    double number = (double)digits / powers[point == SIZE_MAX ? 0 : count - point];
    *ret_number = negative ? -number : number;
    return true;
}

bool tmpl_parse_float(const char *text, size_t length, double *ret_number)
{
    char small[64];
    autofree char *large = NULL;
    char *copy = small;

    if (short_decimal(text, length, ret_number))
        return true;
    strip(&text, &length);
    if (!length)
        return false;
    if (length >= sizeof(small))
        copy = large = mem_alloc(length + 1);
    if (!to_ascii(text, length, copy))
        return false;
    if (named_number(copy, ret_number))
        return true;
    if (!clean_decimal(copy))
        return false;
    *ret_number = strtod(copy, NULL);
    return true;
}

static int digit_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_to_lower(c);
    return ascii_is_lower(c) ? c - 'a' + 10 : 99;
}

/* The base that a prefix names, or 0. */
static int prefix_base(const char *text)
{
    if (text[0] != '0')
        return 0;
    switch (text[1]) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
    case 'O':
        return 8;
    case 'b':
    case 'B':
        return 2;
    default:
        return 0;
    }
}

/* Digits of @base as their values, in place; returns how many, or 0 when it is no number. */
static size_t take_values(const char *from, int base, uint8_t *to)
{
    size_t count = 0;

    for (; *from; from++) {
        if (*from == '_' && digit_value(from[1]) < base && from[1])
            from++;
        int digit = digit_value(*from);
        if (digit >= base)
            return 0;
        to[count++] = (uint8_t)digit;
    }
    return count;
}

static size_t skip_zeros(const uint8_t *digits, size_t count)
{
    size_t zeros = 0;

    while (zeros + 1 < count && !digits[zeros])
        zeros++;
    return zeros;
}

static int make_int(struct tmpl_heap *heap, bool negative, const uint8_t *digits, size_t count,
                    int base, struct tmpl_value *ret_value)
{
    uint64_t number = 0;
    bool large = false;

    for (size_t i = 0; i < count && !large; i++) {
        large = __builtin_mul_overflow(number, (uint64_t)base, &number) ||
                __builtin_add_overflow(number, (uint64_t)digits[i], &number);
    }
    if (!large && number <= (uint64_t)INT64_MAX + negative) {
        *ret_value = tmpl_int((int64_t)(negative ? 0 - number : number));
        return 1;
    }
    bool bits = (base & (base - 1)) == 0;
    if (count > (bits ? TMPL_BIG_BITS / 5 : BIG_MAX_DIGITS))
        return 0;
    *ret_value = big_parse(heap, negative, digits, count, (unsigned)base);
    return 1;
}

/* @text is ASCII, without blanks around it. Base 0: as literals, prefixes or no zeros before it. */
static int parse_ascii(struct tmpl_heap *heap, char *text, int base, struct tmpl_value *ret_value)
{
    bool negative = *text == '-';
    char *at = text + (negative || *text == '+');
    int prefix = prefix_base(at);
    bool literal = base == 0;

    if (prefix && (literal || base == prefix)) {
        base = prefix;
        at += 2;
    } else {
        prefix = 0;
        base = literal ? 10 : base;
        if (*at == '_')
            return 0;
    }
    uint8_t *digits = (uint8_t *)text;
    size_t count = take_values(at, base, digits);
    if (!count)
        return 0;
    size_t zeros = skip_zeros(digits, count);
    if (literal && !prefix && zeros && digits[zeros])
        return 0;
    return make_int(heap, negative, digits + zeros, count - zeros, base, ret_value);
}

/* "42", "-7": up to 18 digits. */
static bool short_int(const char *text, size_t length, int64_t *ret_integer)
{
    bool negative = length && *text == '-';
    int64_t number = 0;

    if (length - negative > 18 || length == negative)
        return false;
    for (size_t i = negative; i < length; i++) {
        if (!ascii_is_digit(text[i]))
            return false;
        number = number * 10 + (text[i] - '0');
    }
    *ret_integer = negative ? -number : number;
    return true;
}

int number_parse_int(struct tmpl_heap *heap, const char *text, size_t length, int base,
                     struct tmpl_value *ret_value)
{
    char small[64];
    autofree char *large = NULL;
    char *copy = small;
    int64_t integer;

    if (base == 10 && short_int(text, length, &integer)) {
        *ret_value = tmpl_int(integer);
        return 1;
    }
    strip(&text, &length);
    if (!length)
        return 0;
    if (length >= sizeof(small))
        copy = large = mem_alloc(length + 1);
    return to_ascii(text, length, copy) ? parse_ascii(heap, copy, base, ret_value) : 0;
}

int tmpl_parse_int(struct tmpl_vm *vm, const char *text, size_t length, int base,
                   struct tmpl_value *ret_value)
{
    return number_parse_int(&vm->heap, text, length, base, ret_value);
}

/* --- arguments ------------------------------------------------------------------------------------- */

int tmpl_to_double(struct tmpl_vm *vm, const struct tmpl_value *value, double *ret_number)
{
    uint32_t store[2];

    if (value->kind == TMPL_FLOAT) {
        *ret_number = value->number;
    } else if (value->kind != TMPL_BIG) {
        *ret_number = (double)value->integer;
    } else if (!big_to_double(big_view_of(value, store), ret_number)) {
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "int too large to convert to float");
    }
    return 0;
}

int tmpl_to_int64(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t *ret_integer)
{
    if (value->kind == TMPL_INT || value->kind == TMPL_BOOL) {
        *ret_integer = value->integer;
        return 0;
    }
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind == TMPL_BIG)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "Python int too large to convert to C ssize_t");
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object cannot be interpreted as an integer",
                      tmpl_class_path(value));
}

int tmpl_want_string(struct tmpl_vm *vm, const struct tmpl_value *value, const char **ret_text,
                     size_t *ret_length)
{
    if (value->kind == TMPL_STRING) {
        *ret_text = value->text;
        *ret_length = value->length;
        return 0;
    }
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() argument must be str, not %s",
                      vm->function ? vm->function : "function", tmpl_class_path(value));
}

int tmpl_int_of_double(struct tmpl_vm *vm, double number, struct tmpl_value *ret_value)
{
    if (isnan(number))
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "cannot convert float NaN to integer");
    if (isinf(number))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "cannot convert float infinity to integer");
    if (number >= -0x1p63 && number < 0x1p63)
        *ret_value = tmpl_int((int64_t)number);
    else
        *ret_value = big_of_double(&vm->heap, number);
    return 0;
}
