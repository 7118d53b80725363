/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ISO 8601 as the model reads it: "2024-03-05T10:20:30.5+01:00", "20240305T102030Z", "2024-3-5 7:08", "2024-03-05",
 * "2024-03". Shape first, then ranges.
 */
#include "dt_parse.h"

#include <string.h>

#include "civil.h"
#include "utf8.h"

/* Reads @min to @max digits. */
static bool digits(const char **at, int min, int max, int *ret_number)
{
    int number = 0, count = 0;

    for (; count < max && ascii_is_digit(**at); count++, (*at)++)
        number = number * 10 + (**at - '0');
    *ret_number = number;
    return count >= min;
}

static bool skip(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

/* After the year and its dash: "03-05", "3-5", or a whole month "03". */
static bool read_extended_date(const char **at, struct hass_dt *fields)
{
    const char *start = *at;

    if (!digits(at, 1, 2, &fields->month))
        return false;
    if (skip(at, '-'))
        return digits(at, 1, 2, &fields->day);
    fields->day = 1;
    return !**at && *at - start == 2;
}

static bool read_date(const char **at, struct hass_dt *fields)
{
    if (!digits(at, 4, 4, &fields->year))
        return false;
    if (skip(at, '-'))
        return read_extended_date(at, fields);
    return digits(at, 2, 2, &fields->month) && digits(at, 2, 2, &fields->day);
}

/* Digits beyond the sixth are dropped, as the model does. */
static bool read_fraction(const char **at, struct hass_dt *fields)
{
    int count = 0;

    if (!skip(at, '.') && !skip(at, ','))
        return true;
    for (; ascii_is_digit(**at); count++, (*at)++)
        if (count < 6)
            fields->microsecond = fields->microsecond * 10 + (**at - '0');
    for (int i = count; i < 6; i++)
        fields->microsecond *= 10;
    return count > 0;
}

static bool read_time(const char **at, struct hass_dt *fields)
{
    const char *start = *at;

    if (!digits(at, 1, 2, &fields->hour))
        return false;
    if (skip(at, ':'))
        return digits(at, 1, 2, &fields->minute) &&
               (!skip(at, ':') || (digits(at, 1, 2, &fields->second) && read_fraction(at, fields)));
    if (*at - start != 2)
        return false;
    if (!ascii_is_digit(**at))
        return true;
    return digits(at, 2, 2, &fields->minute) &&
           (!ascii_is_digit(**at) ||
            (digits(at, 2, 2, &fields->second) && read_fraction(at, fields)));
}

/* "Z", "+01", "+0100", "+01:00" or nothing. */
static bool read_offset(const char **at, struct hass_dt *fields, bool *ret_has_offset)
{
    int hour, minute = 0;
    int sign = **at == '-' ? -1 : 1;

    *ret_has_offset = **at != '\0';
    if (!**at || skip(at, 'Z') || skip(at, 'z'))
        return true;
    if (!skip(at, '-') && !skip(at, '+'))
        return false;
    if (!digits(at, 2, 2, &hour))
        return false;
    if ((skip(at, ':') || ascii_is_digit(**at)) && !digits(at, 2, 2, &minute))
        return false;
    fields->offset = hour > 23 || minute > 59 ? INT32_MAX : sign * (hour * 3600 + minute * 60);
    return true;
}

static bool read_shape(const char *text, struct hass_dt *fields, bool *ret_has_offset)
{
    if (!read_date(&text, fields))
        return false;
    if (!*text)
        return true;
    if (!skip(&text, 'T') && !skip(&text, ' ') && !skip(&text, 't'))
        return false;
    return read_time(&text, fields) && read_offset(&text, fields, ret_has_offset) && !*text;
}

static int check_ranges(const struct hass_dt *f, struct hass_error *err)
{
    bool midnight = f->hour == 24 && !f->minute && !f->second && !f->microsecond;

    if (f->year < 1)
        return hass_fail(err, HASS_E_INVALID, "year %d is not 1..9999", f->year);
    if (f->month < 1 || f->month > 12)
        return hass_fail(err, HASS_E_INVALID, "month %d is not 1..12", f->month);
    if (f->day < 1 || f->day > civil_days_in_month(f->year, f->month))
        return hass_fail(err, HASS_E_INVALID, "day %d is not in month %04d-%02d", f->day, f->year,
                         f->month);
    if (f->hour > 23 && !midnight)
        return hass_fail(err, HASS_E_INVALID, "hour %d is not 0..23", f->hour);
    if (f->minute > 59)
        return hass_fail(err, HASS_E_INVALID, "minute %d is not 0..59", f->minute);
    if (f->second > 59)
        return hass_fail(err, HASS_E_INVALID, "second %d is not 0..59", f->second);
    if (f->offset == INT32_MAX)
        return hass_fail(err, HASS_E_INVALID, "offset from UTC is not -23:59..+23:59");
    return 0;
}

/* Sets the weekday, and turns 24:00 into 00:00 of the next day. */
static void finish_fields(struct hass_dt *fields)
{
    int64_t days = civil_to_days(fields->year, fields->month, fields->day);
    int64_t year;

    if (fields->hour == 24) {
        fields->hour = 0;
        civil_from_days(++days, &year, &fields->month, &fields->day);
        fields->year = (int)year;
    }
    fields->weekday = civil_weekday(days);
}

int dt_parse_fields(const char *text, struct hass_dt *ret_fields, bool *ret_has_offset,
                    struct hass_error *err)
{
    struct hass_dt fields = { .size = sizeof(fields) };
    bool has_offset = false;

    if (!read_shape(text, &fields, &has_offset))
        return hass_fail(err, HASS_E_PARSE, "\"%.40s\" is not an ISO 8601 date and time", text);
    int error = check_ranges(&fields, err);
    if (error < 0)
        return error;
    finish_fields(&fields);
    *ret_fields = fields;
    *ret_has_offset = has_offset;
    return 0;
}

bool dt_parse_date(const char *text, struct hass_dt *ret_fields)
{
    struct hass_dt fields = { .size = sizeof(fields) };

    if (!digits(&text, 4, 4, &fields.year) || !skip(&text, '-') ||
        !digits(&text, 1, 2, &fields.month) || !skip(&text, '-') ||
        !digits(&text, 1, 2, &fields.day) || *text || check_ranges(&fields, NULL) < 0)
        return false;
    finish_fields(&fields);
    *ret_fields = fields;
    return true;
}

/* A number of a clock as Python's int() reads it, up to a colon or the end. */
static bool read_part(const char **at, int *ret_number)
{
    while (ascii_is_space(**at))
        (*at)++;
    bool negative = skip(at, '-');
    if (!negative)
        skip(at, '+');
    while ((*at)[0] == '0' && ascii_is_digit((*at)[1]))
        (*at)++;
    if (!digits(at, 1, 4, ret_number) || (negative && *ret_number))
        return false;
    while (ascii_is_space(**at))
        (*at)++;
    return !**at || **at == ':';
}

bool dt_parse_time(const char *text, struct hass_dt *ret_fields)
{
    struct hass_dt fields = { .size = sizeof(fields) };

    if (!read_part(&text, &fields.hour) || !skip(&text, ':') || !read_part(&text, &fields.minute) ||
        (skip(&text, ':') && !read_part(&text, &fields.second)))
        return false;
    if (fields.hour > 23 || fields.minute > 59 || fields.second > 59)
        return false;
    *ret_fields = fields;
    return true;
}
