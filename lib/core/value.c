/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of attributes: as text, as numbers.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/states.h>

struct hass_value hass_value_string(const char *text)
{
    if (!text)
        return HASS_NONE;
    return (struct hass_value){ .type = HASS_VALUE_STRING, .text = { text, strlen(text) } };
}

bool hass_value_number(struct hass_value value, double *ret_number)
{
    switch (value.type) {
    case HASS_VALUE_BOOL:
        *ret_number = value.boolean;
        return true;
    case HASS_VALUE_INT:
        *ret_number = (double)value.integer;
        return true;
    case HASS_VALUE_DOUBLE:
        *ret_number = value.number;
        return true;
    default:
        return false;
    }
}

/* Writes a number, the last @decimals digits of which are decimals. */
static void write_decimal(bool negative, uint64_t number, int decimals, struct hass_buf *buf)
{
    char text[32];
    char *at = text + sizeof(text);

    for (int i = 0; number || i <= decimals; i++, number /= 10) {
        if (i == decimals && decimals > 0)
            *--at = '.';
        *--at = (char)('0' + number % 10);
    }
    if (negative)
        *--at = '-';
    hass_buf_add(buf, at, (size_t)(text + sizeof(text) - at));
}

/*
 * What is measured has few decimals, and printf takes ten times as long. A decimal of at most 15 digits that reads back as the
 * number is the one that printf would find. False when there is none with so few.
 */
static bool write_short_double(double number, struct hass_buf *buf)
{
    static const double scales[] = { 10, 100, 1000, 10000 };
    double size = fabs(number);

    if (!(size < 1e10) || (size == 0 && signbit(number)))
        return false;
    for (int i = 0; i < 4; i++) {
        double digits = nearbyint(size * scales[i]);
        if (digits / scales[i] != size)
            continue;
        write_decimal(number < 0, (uint64_t)digits, i + 1, buf);
        return true;
    }
    return false;
}

/*
 * A float as the model writes states: at most 15 significant digits, always with a fraction or an exponent ("5.0"), and an
 * exponent from 1e14 on, one digit earlier than printf's %g has it.
 */
static void write_double(double number, struct hass_buf *buf)
{
    char text[32];

    if (write_short_double(number, buf))
        return;
    if (isnan(number)) {
        hass_buf_add_string(buf, "nan");
        return;
    }
    snprintf(text, sizeof(text), "%.14e", number);
    const char *exponent = strchr(text, 'e');
    if (!exponent || atol(exponent + 1) != 14) {
        snprintf(text, sizeof(text), "%.15g", number);
        hass_buf_add_string(buf, text);
        if (!strpbrk(text, ".einf"))
            hass_buf_add_string(buf, ".0");
        return;
    }
    size_t digits = (size_t)(exponent - text);
    while (text[digits - 1] == '0')
        digits--;
    digits -= text[digits - 1] == '.';
    hass_buf_add(buf, text, digits);
    hass_buf_add_string(buf, "e+14");
}

void hass_value_write_text(struct hass_value value, struct hass_buf *buf)
{
    switch (value.type) {
    case HASS_VALUE_BOOL:
        hass_buf_add_string(buf, value.boolean ? "True" : "False");
        break;
    case HASS_VALUE_INT:
        write_decimal(value.integer < 0,
                      value.integer < 0 ? 0 - (uint64_t)value.integer : (uint64_t)value.integer, 0,
                      buf);
        break;
    case HASS_VALUE_DOUBLE:
        write_double(value.number, buf);
        break;
    case HASS_VALUE_STRING:
    case HASS_VALUE_JSON:
        hass_buf_add(buf, value.text.data, value.text.length);
        break;
    default:
        hass_buf_add_string(buf, HASS_STATE_UNKNOWN);
    }
}
