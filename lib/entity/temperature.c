/* SPDX-License-Identifier: Apache-2.0 */
/* Temperatures of things that are set, between their unit and the home's. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/config.h>
#include <hass/domain.h>

static double convert(double temperature, bool from_fahrenheit, bool to_fahrenheit)
{
    if (from_fahrenheit == to_fahrenheit)
        return temperature;
    return to_fahrenheit ? temperature * 1.8 + 32 : (temperature - 32) / 1.8;
}

/* To one digit by what the number is exactly: times ten it would be another, and 0.35 is less than it looks. */
static double tenths(double value)
{
    char text[DBL_MAX_10_EXP + 8];

    snprintf(text, sizeof(text), "%.1f", value);
    return strtod(text, NULL);
}

/* Ties go to the even number, as in the model. */
static double rounded(double value, double precision)
{
    if (precision == 0.1)
        return tenths(value);
    if (precision == 0.5)
        return rint(value * 2) / 2;
    return rint(value);
}

bool hass_home_fahrenheit(struct hass *hass)
{
    struct hass_home home = { .size = sizeof(home) };

    hass_config_home(hass, &home);
    return strcmp(home.unit_system, "metric") != 0;
}

struct hass_value hass_display_temperature(struct hass *hass, struct hass_value value,
                                           bool fahrenheit, double precision)
{
    double number;

    if (value.type == HASS_VALUE_BOOL || !hass_value_number(value, &number) || !isfinite(number))
        return HASS_NONE;
    number = rounded(convert(number, fahrenheit, hass_home_fahrenheit(hass)), precision);
    return precision == 0.1 || precision == 0.5 ? HASS_DOUBLE(number) : HASS_INT((int64_t)number);
}

double hass_thing_temperature(struct hass *hass, double temperature, bool fahrenheit)
{
    return convert(temperature, hass_home_fahrenheit(hass), fahrenheit);
}
