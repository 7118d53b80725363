/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resolver of YAML 1.1 as PyYAML implements it, which is what people's files have been written against: 010 is eight,
 * 1:30 is ninety, 1e3 is text because the exponent lacks its sign and the number its point.
 */
#include "data/yaml_scalar.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Longer ones are no number anybody means. */
#define NUMBER_MAX 128

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

static json_t *resolve_word(const char *text)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
    static const char *const trues[] = { "yes",  "Yes", "YES", "true", "True",
                                         "TRUE", "on",  "On",  "ON",   NULL };
    static const char *const falses[] = { "no",    "No",  "NO",  "false", "False",
                                          "FALSE", "off", "Off", "OFF",   NULL };

    if (is_one_of(text, nulls))
        return json_null();
    if (is_one_of(text, trues))
        return json_true();
    if (is_one_of(text, falses))
        return json_false();
    return NULL;
}

static int digit_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Digits of @base with underscores anywhere among them. */
static bool are_digits(const char *text, size_t length, int base)
{
    bool any = false;

    for (size_t i = 0; i < length; i++) {
        if (text[i] != '_' && digit_value(text[i]) >= base)
            return false;
        any = any || text[i] != '_';
    }
    return any;
}

/* Copies @text without underscores. */
static void strip_underscores(const char *text, char *copy)
{
    for (; *text; text++) {
        if (*text != '_')
            *copy++ = *text;
    }
    *copy = 0;
}

/* An integer while it fits, else the nearest real number. */
static json_t *make_integer(const char *text, int base, bool negative)
{
    char digits[NUMBER_MAX + 1];

    strip_underscores(text, digits);
    errno = 0;
    unsigned long long value = strtoull(digits, NULL, base);
    if (errno || value > (uint64_t)INT64_MAX + negative) {
        // Hexadecimal and the like: 2^64 and above is a bit pattern nobody asked for; decimals are worth their digits.
        double real = base == 10 ? strtod(digits, NULL) : (double)value;
        return json_real(negative ? -real : real);
    }
    return json_integer(negative ? (json_int_t)(0 - value) : (json_int_t)value);
}

/* [-+]? 0b…, 0x…, 0…, or decimal digits. */
static json_t *resolve_integer(const char *text, size_t length, bool negative)
{
    if (length > 2 && text[0] == '0' && text[1] == 'b' && are_digits(text + 2, length - 2, 2))
        return make_integer(text + 2, 2, negative);
    if (length > 2 && text[0] == '0' && text[1] == 'x' && are_digits(text + 2, length - 2, 16))
        return make_integer(text + 2, 16, negative);
    if (length > 1 && text[0] == '0')
        return are_digits(text, length, 8) ? make_integer(text, 8, negative) : NULL;
    if (length > 0 && ascii_is_digit(text[0]) && are_digits(text, length, 10))
        return make_integer(text, 10, negative);
    return NULL;
}

/* [1-9][0-9_]*(:[0-5]?[0-9])+ with an optional fraction, for which a leading zero is good too. */
static json_t *resolve_sexagesimal(const char *text, size_t length, bool negative)
{
    const char *end = text + length, *point = memchr(text, '.', length);
    size_t digits = strspn(text, "0123456789_");

    if (!ascii_is_digit(text[0]) || (text[0] == '0' && !point) || text[digits] != ':')
        return NULL;
    double value = 0;
    for (size_t i = 0; i < digits; i++)
        value = text[i] == '_' ? value : value * 10 + (text[i] - '0');
    for (text += digits; *text == ':'; text += digits) {
        digits = strspn(++text, "0123456789");
        if (digits < 1 || digits > 2 || (digits == 2 && text[0] > '5'))
            return NULL;
        value = value * 60 + (digits == 2 ? 10 * (text[0] - '0') + (text[1] - '0') : text[0] - '0');
    }
    if (point && text == point) {
        double unit = 0.1;
        for (text++; ascii_is_digit(*text) || *text == '_'; text++) {
            if (*text == '_')
                continue;
            value += unit * (*text - '0');
            unit /= 10;
        }
    }
    if (text != end)
        return NULL;
    if (negative)
        value = -value;
    return point || fabs(value) >= 0x1p53 ? json_real(value) : json_integer((json_int_t)value);
}

/* [0-9][0-9_]*.[0-9_]*([eE][-+][0-9]+)?, or without a digit before the point, then also without a sign. */
static json_t *resolve_real(const char *text, bool has_sign, bool negative)
{
    const char *at = text;

    if (*at == '.' && has_sign)
        return NULL;
    if (*at != '.' && !ascii_is_digit(*at))
        return NULL;
    at += strspn(at, "0123456789_");
    if (*at++ != '.' || (*text == '.' && !ascii_is_digit(*at)))
        return NULL;
    at += strspn(at, "0123456789_");
    if (*at == 'e' || *at == 'E') {
        if (at[1] != '-' && at[1] != '+')
            return NULL;
        size_t digits = strspn(at + 2, "0123456789");
        at = digits ? at + 2 + digits : at;
    }
    if (*at)
        return NULL;
    char copy[NUMBER_MAX + 1];
    strip_underscores(text, copy);
    double value = strtod(copy, NULL);
    return isfinite(value) ? json_real(negative ? -value : value) : NULL;
}

static json_t *resolve_number(const char *text, size_t length)
{
    bool negative = *text == '-', has_sign = negative || *text == '+';

    text += has_sign;
    length -= has_sign;
    json_t *value = resolve_integer(text, length, negative);
    if (!value)
        value = resolve_sexagesimal(text, length, negative);
    return value ? value : resolve_real(text, has_sign, negative);
}

json_t *yaml_resolve_scalar(const char *text, size_t length)
{
    json_t *value = resolve_word(text);

    if (!value && length <= NUMBER_MAX && strchr("-+.0123456789", *text))
        value = resolve_number(text, length);
    return value ? value : json_stringn(text, length);
}
