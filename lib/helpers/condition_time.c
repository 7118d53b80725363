/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conditions that look at the clock, in the home's time: `time` at that on the wall, `sun` at where today's sunrise and sunset are.
 */
#include <stdio.h>
#include <string.h>

#include <hass/config.h>
#include <hass/const.h>
#include <hass/dt.h>
#include <hass/event_helpers.h>
#include <hass/loop.h>
#include <hass/states.h>

#include "helpers/condition.h"
#include "helpers/sun.h"

#define USEC_PER_MINUTE (60 * HASS_USEC_PER_SEC)
#define USEC_PER_HOUR   (60 * USEC_PER_MINUTE)
#define USEC_PER_DAY    (24 * USEC_PER_HOUR)

static HASS_CALLBACK void detail(struct hass_trace *trace, const char *key, json_t *value)
{
    if (trace)
        hass_trace_async_detail(trace, NULL, key, value);
    else
        json_decref(value);
}

static void local_now(struct hass *hass, int64_t time, struct hass_dt *ret_local)
{
    struct hass_zone *zone = hass_config_zone(hass);

    hass_dt_local(time, zone, ret_local);
    hass_zone_unref(zone);
}

static int64_t time_of_day(const struct hass_dt *local)
{
    return local->hour * USEC_PER_HOUR + local->minute * USEC_PER_MINUTE +
           local->second * HASS_USEC_PER_SEC + local->microsecond;
}

/* time */

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };

static bool is_source(const char *id)
{
    static const char *const domains[] = { "input_datetime.", "sensor.", "time." };

    for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
        if (strncmp(id, domains[i], strlen(domains[i])) == 0)
            return true;
    }
    return false;
}

/* A time of day, or an entity that has one. */
static int check_time_bound(const struct hass_field *field, const json_t *value, json_t **ret_value,
                            struct hass_error *err)
{
    autojson *id = NULL;

    if (hass_type_entity_id.check(field, value, &id, NULL) < 0)
        return hass_type_time.check(field, value, ret_value, err);
    if (!is_source(json_string_value(id)))
        return hass_fail(err, HASS_E_INVALID,
                         "expected a time such as \"07:30\", or an entity of input_datetime, "
                         "time or sensor, got '%s'",
                         json_string_value(id));
    *ret_value = steal(id);
    return 0;
}

static const struct hass_field_type type_time_bound = {
    .size = sizeof(struct hass_field_type),
    .name = "a time or an entity",
    .check = check_time_bound,
    .selector = "time",
};

static int check_time(const json_t *config, struct hass_error *err)
{
    if (json_object_get(config, "after") || json_object_get(config, "before") ||
        json_object_get(config, "weekday"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "expected 'after', 'before' or 'weekday'");
}

HASS_SCHEMA(time_schema, HASS_FIELD("after", &type_time_bound, .doc = "It is this time, or later"),
            HASS_FIELD("before", &type_time_bound, .doc = "It is earlier than this time"),
            HASS_FIELD("weekday", &hass_type_enum, .words = days, .list = true,
                       .doc = "Days of the week, one of which is today"));

/* "07:30" or "07:30:15.5" */
static bool read_clock(const char *text, int64_t *ret_time)
{
    unsigned hour, minute;
    double second = 0;
    int fields = sscanf(text, "%2u:%2u:%lf", &hour, &minute, &second);

    if (fields < 2 || hour > 23 || minute > 59 || !(second >= 0 && second < 60))
        return false;
    *ret_time =
        hour * USEC_PER_HOUR + minute * USEC_PER_MINUTE + (int64_t)(second * HASS_USEC_PER_SEC);
    return true;
}

static int64_t part(const struct hass_state *state, const char *key, int64_t otherwise)
{
    struct hass_value value;

    return hass_state_attr(state, key, &value) && value.type == HASS_VALUE_INT ? value.integer
                                                                               : otherwise;
}

static bool is_timestamp(const struct hass_state *state)
{
    struct hass_value value;

    return hass_state_attr(state, "device_class", &value) && value.type == HASS_VALUE_STRING &&
           strcmp(value.text.data, "timestamp") == 0;
}

/* The time of day that an entity has; false: it has none at the moment. */
static bool read_entity(struct hass *hass, const struct hass_state *state, int64_t *ret_time)
{
    struct hass_dt local = { .size = sizeof(local) };
    char domain[65];
    int64_t time;

    hass_state_domain(state, domain);
    if (strcmp(domain, "input_datetime") == 0) {
        *ret_time = part(state, "hour", 23) * USEC_PER_HOUR +
                    part(state, "minute", 59) * USEC_PER_MINUTE +
                    part(state, "second", 59) * HASS_USEC_PER_SEC;
        return true;
    }
    if (strcmp(domain, "time") == 0)
        return read_clock(hass_state_state(state), ret_time);
    if (!is_timestamp(state) || hass_dt_parse(hass_state_state(state), NULL, &time, NULL) < 0)
        return false;
    local_now(hass, time, &local);
    *ret_time = time_of_day(&local);
    return true;
}

/* 1 with the time of the bound @key, which stays as it is when there is none; 0: its entity has none at the moment. */
static HASS_CALLBACK int read_bound(struct hass *hass, const json_t *config, const char *key,
                                    int64_t *time, struct hass_error *err)
{
    const char *text = hass_json_get_string(config, key, NULL);

    if (!text || read_clock(text, time))
        return 1;
    const struct hass_state *state = hass_states_async_get(hass, text);
    if (!state)
        return hass_fail(err, HASS_E_CONDITION, "there is no entity %s, which is '%s'", text, key);
    return read_entity(hass, state, time);
}

static HASS_CALLBACK void detail_clock(struct hass_trace *trace, const char *key, int64_t time)
{
    char text[32];

    if (!trace)
        return;
    int fraction = (int)(time % HASS_USEC_PER_SEC);
    snprintf(text, sizeof(text), "%02d:%02d:%02d", (int)(time / USEC_PER_HOUR),
             (int)(time / USEC_PER_MINUTE % 60), (int)(time / HASS_USEC_PER_SEC % 60));
    detail(trace, key, fraction ? json_sprintf("%s.%06d", text, fraction) : json_string(text));
}

static bool is_day(const json_t *config, int weekday, struct hass_trace *trace)
{
    const json_t *wanted = json_object_get(config, "weekday");

    hass__assert_loop();
    if (!wanted)
        return true;
    detail(trace, "weekday", hass_json_ref(wanted));
    detail(trace, "now_weekday", json_string(days[weekday]));
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        if (strcmp(json_string_value(json_array_get(wanted, i)), days[weekday]) == 0)
            return true;
    }
    return false;
}

static HASS_CALLBACK int test_time(struct hass *hass, const json_t *config, void *data,
                                   struct hass_variables *variables, struct hass_trace *trace,
                                   struct hass_error *err)
{
    struct hass_dt local = { .size = sizeof(local) };
    int64_t after = 0, before = USEC_PER_DAY - 1;
    int r = read_bound(hass, config, "after", &after, err);

    if (r > 0)
        r = read_bound(hass, config, "before", &before, err);
    if (r <= 0)
        return r;
    local_now(hass, hass_now(hass), &local);
    int64_t now = time_of_day(&local);
    detail_clock(trace, "after", after);
    detail_clock(trace, "before", before);
    detail_clock(trace, "now_time", now);
    // A window that ends before it begins is round midnight.
    bool within = after < before ? after <= now && now < before : !(before <= now && now < after);
    return within && is_day(config, local.weekday, trace);
}

const struct hass_condition_kind condition_time =
    HASS_CONDITION_KIND(.name = "time", .schema = &time_schema, .check = check_time,
                        .async_test = test_time);

/* sun */

static int check_sun(const json_t *config, struct hass_error *err)
{
    if (json_object_get(config, "after") || json_object_get(config, "before"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "expected 'after' or 'before'");
}

HASS_SCHEMA(sun_schema,
            HASS_FIELD("after", &hass_type_sun_event, .doc = "The event has been today"),
            HASS_FIELD("before", &hass_type_sun_event, .doc = "The event is still to come today"),
            HASS_FIELD("after_offset", &hass_type_duration, .fallback = "0",
                       .doc = "How much later than `after`; negative: earlier"),
            HASS_FIELD("before_offset", &hass_type_duration, .fallback = "0",
                       .doc = "How much later than `before`; negative: earlier"));

static bool is_sunrise(const json_t *config, const char *key)
{
    return strcmp(hass_json_get_string(config, key, ""), "sunrise") == 0;
}

static bool is_sunset(const json_t *config, const char *key)
{
    return strcmp(hass_json_get_string(config, key, ""), "sunset") == 0;
}

/* The time of today's event @key with its offset: 1; 0: there is none today. */
static int event_of(struct hass *hass, const json_t *config, const char *key, int64_t now,
                    int64_t *ret_time)
{
    enum hass_sun_event event = is_sunrise(config, key) ? HASS_SUNRISE : HASS_SUNSET;
    char offset[24];

    if (!sun_event_today(hass, event, now, ret_time))
        return 0;
    snprintf(offset, sizeof(offset), "%s_offset", key);
    *ret_time += (int64_t)(hass_json_get_number(config, offset, 0) * HASS_USEC_PER_SEC);
    return 1;
}

static HASS_CALLBACK void detail_wanted(struct hass *hass, struct hass_trace *trace,
                                        const char *key, int64_t time)
{
    struct hass_zone *zone = hass_config_zone(hass);
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, zone, text);
    hass_zone_unref(zone);
    detail(trace, key, json_string(text));
}

static HASS_CALLBACK int test_sun(struct hass *hass, const json_t *config, void *data,
                                  struct hass_variables *variables, struct hass_trace *trace,
                                  struct hass_error *err)
{
    bool has_after = json_object_get(config, "after"),
         has_before = json_object_get(config, "before");
    int64_t now = hass_now(hass), after = INT64_MIN, before = INT64_MAX;

    if ((has_after && !event_of(hass, config, "after", now, &after)) ||
        (has_before && !event_of(hass, config, "before", now, &before))) {
        detail(trace, "message", json_string("no such event of the sun today"));
        return 0;
    }
    if (has_before)
        detail_wanted(hass, trace, "wanted_time_before", before);
    if (has_after)
        detail_wanted(hass, trace, "wanted_time_after", after);
    // The night is after one of today's events or before the other.
    if (is_sunrise(config, "before") && is_sunset(config, "after"))
        return now < before || now > after;
    return now <= before && now >= after;
}

const struct hass_condition_kind condition_sun =
    HASS_CONDITION_KIND(.name = "sun", .schema = &sun_schema, .check = check_sun,
                        .async_test = test_sun);
