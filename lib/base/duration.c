/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durations. Sums are made in double, whose 53 bits hold 285 years to the microsecond; more is refused.
 */
#include "duration.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/dt.h>

#include "utf8.h"

#define BLANKS " \t\n\v\f\r"

/* A decimal number among blanks; strtod alone would take hex, inf and nan too. */
static bool read_number(const char *text, double *ret_number)
{
    char *end;

    text += strspn(text, BLANKS);
    size_t used = strspn(text, "0123456789+-.eE");
    if (!used || text[used + strspn(text + used, BLANKS)])
        return false;
    *ret_number = strtod(text, &end); // setlocale is never called: the point is "."
    return end == text + used && isfinite(*ret_number);
}

static int finish(double seconds, int64_t *ret_usec, struct hass_error *err)
{
    double usec = seconds * 1e6;

    if (!(fabs(usec) < 0x1p53))
        return hass_fail(err, HASS_E_INVALID, "duration of %g seconds is beyond 285 years",
                         seconds);
    *ret_usec = llrint(usec);
    return 0;
}

static bool read_whole(const char **at, double *ret_number)
{
    const char *start = *at;

    for (*ret_number = 0; ascii_is_digit(**at); (*at)++)
        *ret_number = *ret_number * 10 + (**at - '0');
    return *at > start;
}

/* "HH:MM[:SS[.f]]" without its sign. */
static bool read_clock(const char *at, double *ret_seconds)
{
    double hours, minutes, seconds = 0;

    if (!read_whole(&at, &hours) || *at++ != ':' || !read_whole(&at, &minutes))
        return false;
    if (*at && (*at++ != ':' || !ascii_is_digit(*at) || !read_number(at, &seconds)))
        return false;
    *ret_seconds = hours * 3600 + minutes * 60 + seconds;
    return true;
}

int duration_parse(const char *text, int64_t *ret_usec, struct hass_error *err)
{
    double seconds;

    text += strspn(text, BLANKS);
    bool negative = *text == '-';
    if (!read_clock(text + (negative || *text == '+'), &seconds))
        return hass_fail(err, HASS_E_INVALID,
                         "duration \"%.40s\" is not HH:MM, HH:MM:SS or HH:MM:SS.F", text);
    return finish(negative ? -seconds : seconds, ret_usec, err);
}

static bool number_of(const json_t *value, double *ret_number)
{
    if (json_is_string(value))
        return read_number(json_string_value(value), ret_number);
    *ret_number = json_is_true(value) ? 1 : json_number_value(value);
    return json_is_number(value) || json_is_boolean(value);
}

static int from_object(const json_t *object, int64_t *ret_usec, struct hass_error *err)
{
    static const struct {
        const char *key;
        double seconds;
    } units[] = {
        { "days", 86400 }, { "hours", 3600 },         { "minutes", 60 },
        { "seconds", 1 },  { "milliseconds", 0.001 },
    };
    size_t known = 0;
    double sum = 0, number;

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        const json_t *value = json_object_get(object, units[i].key);
        if (!value)
            continue;
        if (!number_of(value, &number))
            return hass_fail(err, HASS_E_INVALID, "%s of a duration is not a number", units[i].key);
        sum += number * units[i].seconds;
        known++;
    }
    if (known == 0 || known != json_object_size(object))
        return hass_fail(err, HASS_E_INVALID,
                         "duration has other keys than days, hours, minutes, seconds, milliseconds"
                         " or none of them");
    return finish(sum, ret_usec, err);
}

int duration_from_json(const json_t *value, int64_t *ret_usec, struct hass_error *err)
{
    double seconds;

    if (json_is_object(value))
        return from_object(value, ret_usec, err);
    if (number_of(value, &seconds))
        return finish(seconds, ret_usec, err);
    if (json_is_string(value))
        return duration_parse(json_string_value(value), ret_usec, err);
    return hass_fail(err, HASS_E_INVALID, "duration is not a text, a number or a map");
}

void duration_format(int64_t usec, char text[DURATION_TEXT])
{
    uint64_t left = usec < 0 ? -(uint64_t)usec : (uint64_t)usec;
    uint64_t seconds = left / (uint64_t)HASS_USEC_PER_SEC;
    unsigned fraction = (unsigned)(left % (uint64_t)HASS_USEC_PER_SEC);
    int length = snprintf(text, DURATION_TEXT, "%s%" PRIu64 ":%02u:%02u", usec < 0 ? "-" : "",
                          seconds / 3600, (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));

    if (fraction)
        snprintf(text + length, DURATION_TEXT - (size_t)length, ".%06u", fraction);
}
