/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, clocks, durations, ages, time patterns and the sun. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/age.h"
#include "base/civil.h"
#include "base/dt_parse.h"
#include "base/duration.h"
#include "helpers/sun.h"
#include "helpers/time_pattern.h"
#include "vectors/utilities.h"

/* What has not the form is null. */
static int parse_datetime(const json_t *vector, const json_t *args, json_t **ret_value,
                          struct hass_error *err)
{
    struct hass_dt f;
    bool has_offset;
    autobuf text = HASS_BUF_INIT;
    int r = dt_parse_fields(utility_text(args, "text"), &f, &has_offset, err);

    if (r < 0)
        return r == HASS_E_PARSE ? 0 : r;
    hass_buf_printf(&text, "%04d-%02d-%02dT%02d:%02d:%02d", f.year, f.month, f.day, f.hour,
                    f.minute, f.second);
    if (f.microsecond)
        hass_buf_printf(&text, ".%06d", f.microsecond);
    if (has_offset)
        hass_buf_printf(&text, "%c%02d:%02d", f.offset < 0 ? '-' : '+', abs(f.offset) / 3600,
                        abs(f.offset) / 60 % 60);
    *ret_value = json_pack("{s:s}", "$datetime", hass_buf_string(&text));
    return 0;
}

static int parse_date(const json_t *vector, const json_t *args, json_t **ret_value,
                      struct hass_error *err)
{
    struct hass_dt f;
    autobuf text = HASS_BUF_INIT;

    if (!dt_parse_date(utility_text(args, "text"), &f))
        return 0;
    hass_buf_printf(&text, "%04d-%02d-%02d", f.year, f.month, f.day);
    *ret_value = json_pack("{s:s}", "$date", hass_buf_string(&text));
    return 0;
}

static int parse_time(const json_t *vector, const json_t *args, json_t **ret_value,
                      struct hass_error *err)
{
    struct hass_dt f;
    autobuf text = HASS_BUF_INIT;

    if (!dt_parse_time(utility_text(args, "text"), &f))
        return 0;
    hass_buf_printf(&text, "%02d:%02d:%02d", f.hour, f.minute, f.second);
    *ret_value = json_pack("{s:s}", "$time", hass_buf_string(&text));
    return 0;
}

static int parse_duration(const json_t *vector, const json_t *args, json_t **ret_value,
                          struct hass_error *err)
{
    int64_t usec;
    const int64_t day = SECONDS_PER_DAY * HASS_USEC_PER_SEC;

    if (!duration_read(utility_text(args, "text"), &usec))
        return 0;
    int64_t rest = floor_mod(usec, day);
    *ret_value =
        json_pack("{s:[I,I,I]}", "$timedelta", (json_int_t)floor_div(usec, day),
                  (json_int_t)(rest / HASS_USEC_PER_SEC), (json_int_t)(rest % HASS_USEC_PER_SEC));
    return 0;
}

static int get_age(const json_t *vector, const json_t *args, json_t **ret_value,
                   struct hass_error *err)
{
    char text[AGE_TEXT];

    age_format(hass_json_get_number(args, "seconds_ago", 0), text);
    *ret_value = json_string(text);
    return 0;
}

static int start_of_local_day(const json_t *vector, const json_t *args, json_t **ret_value,
                              struct hass_error *err)
{
    struct hass_zone *zone = utility_zone(vector);
    struct hass_dt local;
    char text[HASS_DT_TEXT];
    int64_t start = 0;

    hass_dt_local(utility_now(vector), zone, &local);
    local.hour = local.minute = local.second = local.microsecond = local.fold = 0;
    hass_dt_utc(&local, zone, &start);
    hass_zone_unref(zone);
    // A midnight that does not exist is printed as it is, with the offset before the gap.
    int64_t midnight = civil_to_days(local.year, local.month, local.day) * SECONDS_PER_DAY;
    int offset = (int)(midnight - start / HASS_USEC_PER_SEC) / 60;
    snprintf(text, sizeof(text), "%04d-%02d-%02dT00:00:00%c%02d:%02d", local.year, local.month,
             local.day, offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
    *ret_value = json_pack("[s,f]", text, (double)start / 1e6);
    return 0;
}

/* patterns */

#define FIELD_TEXT 64

/* A field as the configuration gives it: a number, text, or a list of them; NULL when absent. */
static const char *field_text(const json_t *value, char text[FIELD_TEXT])
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    int length = 0;

    if (!value || json_is_null(value))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
        const char *comma = i ? "," : "";
        size_t room = FIELD_TEXT - (size_t)length;
        if (json_is_integer(item))
            length +=
                snprintf(text + length, room, "%s%lld", comma, (long long)json_integer_value(item));
        else
            length += snprintf(text + length, room, "%s%s", comma, json_string_value(item));
    }
    return text;
}

static int parse_time_expression(const json_t *vector, const json_t *args, json_t **ret_value,
                                 struct hass_error *err)
{
    char text[FIELD_TEXT];
    uint64_t bits;
    int r = time_pattern_parse_field(field_text(hass_json_get(args, "value"), text),
                                     (unsigned)hass_json_get_int(args, "max", 0), &bits, err);

    if (r < 0)
        return r;
    *ret_value = json_array();
    for (int i = 0; i < 64; i++)
        if (bits >> i & 1)
            json_array_append_new(*ret_value, json_integer(i));
    return 0;
}

/* One field of a trigger; a number is one in the result. */
static int check_field(const json_t *args, unsigned max, json_t **ret_value, struct hass_error *err)
{
    char text[FIELD_TEXT];
    const char *field = field_text(hass_json_get(args, "value"), text);
    int r = time_pattern_check_field(field, max, err);

    if (r >= 0)
        *ret_value =
            strchr("*/", *field) ? json_string(field) : json_integer(strtol(field, NULL, 10));
    return r;
}

static int pattern_value_59(const json_t *vector, const json_t *args, json_t **ret_value,
                            struct hass_error *err)
{
    return check_field(args, 59, ret_value, err);
}

static int pattern_value_23(const json_t *vector, const json_t *args, json_t **ret_value,
                            struct hass_error *err)
{
    return check_field(args, 23, ret_value, err);
}

/* A smaller unit that is missing is 0, a larger one any. */
static struct hass_track_time pattern_of(const json_t *pattern, char texts[3][FIELD_TEXT])
{
    struct hass_track_time track = { .size = sizeof(track) };

    track.hour = field_text(hass_json_get(pattern, "hours"), texts[0]);
    track.minute = field_text(hass_json_get(pattern, "minutes"), texts[1]);
    track.second = field_text(hass_json_get(pattern, "seconds"), texts[2]);
    if (track.hour && !track.minute)
        track.minute = "0";
    if (track.minute && !track.second)
        track.second = "0";
    return track;
}

static int pattern_next(const json_t *vector, const json_t *args, json_t **ret_value,
                        struct hass_error *err)
{
    char texts[3][FIELD_TEXT], text[HASS_DT_TEXT];
    struct hass_track_time track = pattern_of(hass_json_get(args, "pattern"), texts);
    struct time_pattern pattern;
    int64_t from = 0;
    int r = time_pattern_parse(&track, &pattern, err);

    if (r < 0)
        return r;
    struct hass_zone *zone = utility_zone(vector);
    hass_dt_parse(utility_text(args, "after"), zone, &from, NULL);
    *ret_value = json_array();
    for (int64_t i = 0; i < hass_json_get_int(args, "count", 0); i++) {
        int64_t match = time_pattern_next(&pattern, from, zone);
        hass_dt_iso(match, zone, text);
        json_array_append_new(*ret_value, json_string(text));
        from = match + HASS_USEC_PER_SEC;
    }
    hass_zone_unref(zone);
    return 0;
}

/* the sun */

static const struct {
    const char *key;
    enum hass_sun_event event;
} sun_events[] = {
    { "next_rising", HASS_SUNRISE },  { "next_setting", HASS_SUNSET },
    { "next_dawn", HASS_DAWN },       { "next_dusk", HASS_DUSK },
    { "next_noon", HASS_SOLAR_NOON }, { "next_midnight", HASS_SOLAR_MIDNIGHT },
};

/* The recorded number or time where ours is within the tolerance of it, so that what is compared is equal. */
static json_t *within_degrees(const json_t *vector, const char *key, double ours)
{
    double theirs = hass_json_get_number(hass_json_get(vector, "expected"), key, 0);
    double tolerance = hass_json_get_number(hass_json_get(vector, "tolerance"), "degrees", 0);

    return json_real(fabs(ours - theirs) <= tolerance ? theirs : ours);
}

static json_t *within_seconds(const json_t *vector, const char *key, int64_t ours)
{
    const char *theirs = hass_json_get_string(hass_json_get(vector, "expected"), key, "");
    double tolerance = hass_json_get_number(hass_json_get(vector, "tolerance"), "seconds", 0);
    char text[HASS_DT_TEXT];
    int64_t time = 0;

    hass_dt_parse(theirs, NULL, &time, NULL);
    hass_dt_iso(hass_dt_second(ours), NULL, text);
    return json_string(fabs((double)(ours - time)) <= tolerance * 1e6 ? theirs : text);
}

static int64_t local_day(const json_t *vector)
{
    struct hass_zone *zone = utility_zone(vector);
    struct hass_dt local;

    hass_dt_local(utility_now(vector), zone, &local);
    hass_zone_unref(zone);
    return civil_to_days(local.year, local.month, local.day);
}

static int sun(const json_t *vector, const json_t *args, json_t **ret_value, struct hass_error *err)
{
    const struct sun_place place = { .latitude = hass_json_get_number(args, "latitude", 0),
                                     .longitude = hass_json_get_number(args, "longitude", 0),
                                     .elevation = hass_json_get_number(args, "elevation_m", 0) };
    int64_t now = utility_now(vector), times[6] = { 0 };
    double elevation, azimuth;

    *ret_value = json_object();
    for (size_t i = 0; i < sizeof(sun_events) / sizeof(*sun_events); i++) {
        if (!sun_next(&place, sun_events[i].event, local_day(vector), now, 0, &times[i]))
            continue;
        json_object_set_new(*ret_value, sun_events[i].key,
                            within_seconds(vector, sun_events[i].key, times[i]));
    }
    sun_position(&place, now, &elevation, &azimuth);
    json_object_set_new(*ret_value, "elevation", within_degrees(vector, "elevation", elevation));
    json_object_set_new(*ret_value, "azimuth", within_degrees(vector, "azimuth", azimuth));
    json_object_set_new(*ret_value, "rising", json_boolean(times[4] < times[5]));
    json_object_set_new(*ret_value, "state",
                        json_string(elevation > -0.833 ? "above_horizon" : "below_horizon"));
    return 0;
}

const struct utility time_utilities[] = {
    { "parse_datetime", parse_datetime },
    { "parse_date", parse_date },
    { "parse_time", parse_time },
    { "parse_duration", parse_duration },
    { "get_age", get_age },
    { "start_of_local_day", start_of_local_day },
    { "parse_time_expression", parse_time_expression },
    { "time_pattern_value_59", pattern_value_59 },
    { "time_pattern_value_23", pattern_value_23 },
    { "time_pattern_next", pattern_next },
    { "sun", sun },
    { NULL, NULL },
};
