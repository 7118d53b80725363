/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time, their fields in a zone and back, and their texts. The calendar is civil.c, zones are zone.c, reading
 * is dt_parse.c.
 */
#include <stdio.h>

#include <hass/dt.h>

#include "civil.h"
#include "dt_parse.h"
#include "zone.h"

enum {
    LARGEST_OFFSET = 26 * 3600, /* of any zone file, in seconds */
};

void hass_dt_local(int64_t time, const struct hass_zone *zone, struct hass_dt *ret_local)
{
    int64_t utc = floor_div(time, HASS_USEC_PER_SEC);
    struct zone_span span = zone_span_at(zone, utc);
    int64_t local = utc + span.offset;
    int64_t days = floor_div(local, SECONDS_PER_DAY);
    int second = (int)floor_mod(local, SECONDS_PER_DAY);
    int64_t year;

    *ret_local = (struct hass_dt){
        .size = sizeof(*ret_local),
        .hour = second / 3600,
        .minute = second / 60 % 60,
        .second = second % 60,
        .microsecond = (int)floor_mod(time, HASS_USEC_PER_SEC),
        .weekday = civil_weekday(days),
        .offset = span.offset,
    };
    civil_from_days(days, &year, &ret_local->month, &ret_local->day);
    ret_local->year = (int)year;
    // The second pass: the same fields were read from the wall before the last change.
    if (span.start > INT64_MIN)
        ret_local->fold = local < span.start + zone_span_at(zone, span.start - 1).offset;
}

/*
 * Looks for @local (seconds on the wall) in every span it could lie in. Returns how many have it, @ret_first and
 * @ret_last; when none has, both are what the offset before the gap gives.
 */
static int find_spans(int64_t local, const struct hass_zone *zone, int64_t *ret_first,
                      int64_t *ret_last)
{
    int found = 0;
    struct zone_span span = zone_span_at(zone, local - LARGEST_OFFSET);

    for (;;) {
        int64_t utc = local - span.offset;
        if (utc >= span.start && utc < span.end) {
            *ret_last = utc;
            if (found++ == 0)
                *ret_first = utc;
        } else if (!found && utc >= span.end) {
            *ret_first = *ret_last = utc;
        }
        if (span.end > local + LARGEST_OFFSET)
            return found;
        span = zone_span_at(zone, span.end);
    }
}

int hass_dt_utc(const struct hass_dt *local, const struct hass_zone *zone, int64_t *ret_time)
{
    int64_t first = 0, last = 0;
    int64_t seconds = civil_to_days(local->year, local->month, local->day) * SECONDS_PER_DAY +
                      local->hour * INT64_C(3600) + local->minute * INT64_C(60) + local->second;
    int found = find_spans(seconds, zone, &first, &last);

    *ret_time = (local->fold ? last : first) * HASS_USEC_PER_SEC + local->microsecond;
    return found == 0;
}

/* texts */

/* Two digits. Dates are written for every state, so not by snprintf. */
static char *put_2(char *at, int number)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    return at + 2;
}

static char *put_year(char *at, int year)
{
    if (year < 0 || year > 9999)
        return at + snprintf(at, 8, "%05d", year);
    return put_2(put_2(at, year / 100), year % 100);
}

static char *put_3(char *at, char separator, int a, int b, int c)
{
    at = put_2(at, a);
    *at++ = separator;
    at = put_2(at, b);
    *at++ = separator;
    return put_2(at, c);
}

static char *put_fraction(char *at, int microsecond)
{
    if (!microsecond)
        return at;
    *at++ = '.';
    at = put_2(at, microsecond / 10000);
    at = put_2(at, microsecond / 100 % 100);
    return put_2(at, microsecond % 100);
}

static char *put_offset(char *at, int offset)
{
    *at++ = offset < 0 ? '-' : '+';
    if (offset < 0)
        offset = -offset;
    at = put_2(at, offset / 3600);
    *at++ = ':';
    at = put_2(at, offset / 60 % 60);
    if (offset % 60) {
        *at++ = ':';
        at = put_2(at, offset % 60);
    }
    return at;
}

void hass_dt_iso(int64_t time, const struct hass_zone *zone, char text[HASS_DT_TEXT])
{
    struct hass_dt local;

    hass_dt_local(time, zone, &local);
    char *at = put_year(text, local.year);
    *at++ = '-';
    at = put_2(at, local.month);
    *at++ = '-';
    at = put_2(at, local.day);
    *at++ = 'T';
    at = put_3(at, ':', local.hour, local.minute, local.second);
    at = put_fraction(at, local.microsecond);
    at = put_offset(at, local.offset);
    *at = '\0';
}

int hass_dt_parse(const char *text, const struct hass_zone *zone, int64_t *ret_time,
                  struct hass_error *err)
{
    struct hass_dt fields;
    bool has_offset;

    if (dt_parse_fields(text, &fields, &has_offset, err) < 0) {
        if (err && err->code == HASS_E_PARSE)
            err->code = HASS_E_INVALID;
        return HASS_E_INVALID;
    }
    hass_dt_utc(&fields, has_offset ? NULL : zone, ret_time);
    if (has_offset)
        *ret_time -= fields.offset * HASS_USEC_PER_SEC;
    return 0;
}
