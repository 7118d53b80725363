/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printed forms of dates and times: Python's str, repr and isoformat.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/civil.h"
#include "moment_parts.h"

void moment_print_date(int64_t days, struct hass_buf *buf)
{
    int64_t year;
    int month, day;

    civil_from_days(days, &year, &month, &day);
    hass_buf_printf(buf, "%04d-%02d-%02d", (int)year, month, day);
}

static void print_clock(int64_t usec, enum moment_timespec spec, struct hass_buf *buf)
{
    int second = (int)(usec / HASS_USEC_PER_SEC);
    int fraction = (int)(usec % HASS_USEC_PER_SEC);

    if (spec == TIMESPEC_AUTO)
        spec = fraction ? TIMESPEC_MICROSECONDS : TIMESPEC_SECONDS;
    hass_buf_printf(buf, "%02d", second / 3600);
    if (spec >= TIMESPEC_MINUTES)
        hass_buf_printf(buf, ":%02d", second / 60 % 60);
    if (spec >= TIMESPEC_SECONDS)
        hass_buf_printf(buf, ":%02d", second % 60);
    if (spec == TIMESPEC_MILLISECONDS)
        hass_buf_printf(buf, ".%03d", fraction / 1000);
    else if (spec == TIMESPEC_MICROSECONDS)
        hass_buf_printf(buf, ".%06d", fraction);
}

void moment_print_offset(int offset, const char *colon, struct hass_buf *buf)
{
    int size = abs(offset);

    hass_buf_printf(buf, "%c%02d%s%02d", offset < 0 ? '-' : '+', size / 3600, colon,
                    size / 60 % 60);
    if (size % 60)
        hass_buf_printf(buf, "%s%02d", colon, size % 60);
}

void moment_print_iso(const struct tmpl_moment *moment, const char *separator, size_t length,
                      enum moment_timespec spec, struct hass_buf *buf)
{
    int offset;

    moment_print_date(floor_div(moment->local, USEC_PER_DAY), buf);
    hass_buf_add(buf, separator, length);
    print_clock(floor_mod(moment->local, USEC_PER_DAY), spec, buf);
    if (tmpl_moment_offset(moment, &offset))
        moment_print_offset(offset, ":", buf);
}

void moment_print_time(const struct tmpl_moment *time, enum moment_timespec spec,
                       struct hass_buf *buf)
{
    int offset;

    print_clock(time->local, spec, buf);
    if (moment_time_offset(time, &offset))
        moment_print_offset(offset, ":", buf);
}

static void print_timedelta(int64_t usec, struct hass_buf *buf)
{
    int64_t days = floor_div(usec, USEC_PER_DAY);
    int64_t rest = floor_mod(usec, USEC_PER_DAY);
    int second = (int)(rest / HASS_USEC_PER_SEC);

    if (days)
        hass_buf_printf(buf, "%" PRId64 " day%s, ", days, days == 1 || days == -1 ? "" : "s");
    hass_buf_printf(buf, "%d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
    if (rest % HASS_USEC_PER_SEC)
        hass_buf_printf(buf, ".%06d", (int)(rest % HASS_USEC_PER_SEC));
}

void tmpl_date_print(const struct tmpl_value *value, struct hass_buf *buf)
{
    if (value->kind == TMPL_DATE)
        moment_print_date(value->integer, buf);
    else if (value->kind == TMPL_TIMEDELTA)
        print_timedelta(value->integer, buf);
    else if (value->kind == TMPL_TIME)
        moment_print_time(value->moment, TIMESPEC_AUTO, buf);
    else
        moment_print_iso(value->moment, " ", 1, TIMESPEC_AUTO, buf);
}

/* repr */

void moment_repr_timedelta(int64_t usec, struct hass_buf *buf)
{
    int64_t rest = floor_mod(usec, USEC_PER_DAY);
    const struct {
        const char *name;
        int64_t number;
    } parts[] = {
        { "days", floor_div(usec, USEC_PER_DAY) },
        { "seconds", rest / HASS_USEC_PER_SEC },
        { "microseconds", rest % HASS_USEC_PER_SEC },
    };
    const char *comma = "";

    hass_buf_add_string(buf, "datetime.timedelta(");
    for (size_t i = 0; i < 3; i++) {
        if (!parts[i].number)
            continue;
        hass_buf_printf(buf, "%s%s=%" PRId64, comma, parts[i].name, parts[i].number);
        comma = ", ";
    }
    hass_buf_add_string(buf, usec ? ")" : "0)");
}

/* "13, 30", then what is not zero of seconds and microseconds. */
static void repr_clock(const struct hass_dt *fields, struct hass_buf *buf)
{
    hass_buf_printf(buf, "%d, %d", fields->hour, fields->minute);
    if (fields->second || fields->microsecond)
        hass_buf_printf(buf, ", %d", fields->second);
    if (fields->microsecond)
        hass_buf_printf(buf, ", %d", fields->microsecond);
}

static void repr_fold(const struct tmpl_moment *moment, struct hass_buf *buf)
{
    if (moment->fold)
        hass_buf_add_string(buf, ", fold=1");
}

/* A datetime has its fold before its zone, a time behind it. */
static void repr_moment(const struct tmpl_value *value, struct hass_buf *buf)
{
    const struct tmpl_moment *moment = value->moment;
    struct hass_dt fields = moment_fields(moment->local);

    hass_buf_printf(buf, "%s(", moment_class(value));
    if (value->kind == TMPL_DATETIME)
        hass_buf_printf(buf, "%d, %d, %d, ", fields.year, fields.month, fields.day);
    repr_clock(&fields, buf);
    if (value->kind == TMPL_DATETIME)
        repr_fold(moment, buf);
    if (!tmpl_moment_is_naive(moment)) {
        hass_buf_add_string(buf, ", tzinfo=");
        moment_repr_zone(moment, buf);
    }
    if (value->kind == TMPL_TIME)
        repr_fold(moment, buf);
    hass_buf_add_char(buf, ')');
}

void tmpl_date_repr(const struct tmpl_value *value, struct hass_buf *buf)
{
    int64_t year;
    int month, day;

    if (value->kind == TMPL_TIMEDELTA) {
        moment_repr_timedelta(value->integer, buf);
    } else if (value->kind == TMPL_DATE) {
        civil_from_days(value->integer, &year, &month, &day);
        hass_buf_printf(buf, "datetime.date(%d, %d, %d)", (int)year, month, day);
    } else {
        repr_moment(value, buf);
    }
}
