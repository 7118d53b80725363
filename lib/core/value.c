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

/*
 * A float as the model writes states: at most 15 significant digits, always with a fraction or an exponent ("5.0"), and an
 * exponent from 1e14 on, one digit earlier than printf's %g has it.
 */
static void write_double(double number, struct hass_buf *buf)
{
    char text[32];

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
        hass_buf_printf(buf, "%lld", (long long)value.integer);
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
