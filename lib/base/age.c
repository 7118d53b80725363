/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ages in words. There are two rules because the model has changed its own: relative_time keeps to the old one.
 */
#include "age.h"

#include <math.h>
#include <stdio.h>

void age_format(double seconds, char text[AGE_TEXT])
{
    static const struct {
        const char *name;
        double count; /* how many make the next unit */
    } units[] = {
        { "second", 60 }, { "minute", 60 }, { "hour", 24 },
        { "day", 30 },    { "month", 12 },  { "year", INFINITY },
    };
    size_t i = 0;

    while (rint(seconds) >= units[i].count)
        seconds /= units[i++].count;
    snprintf(text, AGE_TEXT, "%.0f %s%s", rint(seconds), units[i].name,
             rint(seconds) == 1 ? "" : "s");
}

void age_format_precise(double seconds, int precision, char text[AGE_TEXT])
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {
        { "year", 365 * 86400.0 }, { "month", 30 * 86400.0 }, { "day", 86400 },
        { "hour", 3600 },          { "minute", 60 },          { "second", 1 },
    };
    size_t length = 0;

    snprintf(text, AGE_TEXT, "%s", seconds == 0 ? "0 seconds" : "");
    for (size_t i = 0; i < sizeof(units) / sizeof(*units) && precision > 0; i++) {
        if (seconds < units[i].seconds)
            continue;
        double number = seconds / units[i].seconds;
        number = --precision ? floor(number) : rint(number);
        length +=
            (size_t)snprintf(text + length, AGE_TEXT - length, "%s%.0f %s%s", length ? " " : "",
                             number, units[i].name, number == 1 ? "" : "s");
        seconds -= number * units[i].seconds;
    }
}
