/* SPDX-License-Identifier: Apache-2.0 */
/* The triggers of time: `time`, `time_pattern`, `sun`, `homeassistant`; daylight saving, and a clock that is set. */
#include <math.h>
#include <stdio.h>

#include <hass/dt.h>

#include "run/clock.h"
#include "run/timer.h"
#include "support/cases.h"
#include "support/triggers.h"

#define SECOND INT64_C(1000000)

/* A home in @zone, at @start. */
static struct hass *home_at(const char *zone, const char *start)
    HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *home_at(const char *zone, const char *start)
{
    int64_t time = 0;

    ck_assert_int_eq(hass_dt_parse(start, NULL, &time, NULL), 0);
    struct hass *hass = test_hass_at(time);
    ck_assert_int_eq(hass_config_async_update(hass, json_pack("{s:s}", "time_zone", zone), NULL),
                     0);
    return hass;
}

static const char *now_of(const struct fired *fired, size_t index)
{
    return fired_text(fired, index, "now");
}

/* times of day */

START_TEST(a_time_of_day_fires_each_day)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:30+00:00");
    struct fired *fired = triggers_attach(hass, "{'trigger': 'time', 'at': '10:02'}");

    test_advance(hass, 86500);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert(fired_at(fired, 0) == 90);
    ck_assert_str_eq(now_of(fired, 0), "2024-03-05T10:02:00+00:00");
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "alias,description,entity_id,id,idx,now,platform");
    free(keys);
    ck_assert_str_eq(fired_text(fired, 0, "description"), "time");
    ck_assert_ptr_null(fired->context);
}
END_TEST

START_TEST(all_times_of_a_list_fire)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:30+00:00");
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'time', 'at': ['10:01', '10:01:30', '09:00:00']}");

    test_advance(hass, 83000);
    ck_assert_uint_eq(fired_count(fired), 3);
    ck_assert(fired_at(fired, 1) == 60);
    ck_assert(fired_at(fired, 2) == 82770);
}
END_TEST

START_TEST(only_on_the_days_that_are_wanted)
{
    struct hass *hass = home_at("Europe/Berlin", "2024-03-05T10:00:30+00:00"); // a Tuesday
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'time', 'at': '00:30', 'weekday': ['wed', 'fri']}");

    test_advance(hass, 7 * 86400);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert_str_eq(now_of(fired, 0), "2024-03-06T00:30:00+01:00");
    ck_assert_str_eq(now_of(fired, 1), "2024-03-08T00:30:00+01:00");
    ck_assert_str_eq(fired_nearly(fired, 0), "it was time, but not on that weekday");
}
END_TEST

START_TEST(a_time_may_be_a_limited_template)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:30+00:00");
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    hass_variables_set(outer, "hour", json_integer(11));
    struct fired *fired =
        triggers_attach_with(hass, "{'trigger': 'time', 'at': '{{ hour }}:15:00'}",
                             HASS_TRIGGERS_OPTIONS(.variables = outer));

    test_advance(hass, 86400);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(now_of(fired, 0), "2024-03-05T11:15:00+00:00");
}
END_TEST

START_TEST(a_template_of_no_time_is_logged)
{
    struct logs *logs = test_logs();

    (void)triggers_attach(test_hass(), "{'trigger': 'time', 'at': '{{ 5 }}'}");
    ck_assert_ptr_nonnull(
        logs_find(logs, "test.owner: trigger 1 (time) does not work: at->0: expected a time"));
}
END_TEST

START_TEST(a_time_in_the_gap_is_skipped)
{
    struct hass *hass = home_at("Europe/Berlin", "2024-03-30T22:00:30+00:00");
    struct fired *fired = triggers_attach(hass, "{'trigger': 'time', 'at': '02:30:00'}");

    test_advance(hass, 180000);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(now_of(fired, 0), "2024-04-01T02:30:00+02:00");
}
END_TEST

START_TEST(a_time_in_the_fold_comes_twice)
{
    struct hass *hass = home_at("Europe/Berlin", "2024-10-26T22:00:30+00:00");
    struct fired *fired = triggers_attach(hass, "{'trigger': 'time', 'at': '02:30:00'}");

    test_advance(hass, 120000);
    ck_assert_uint_eq(fired_count(fired), 3);
    ck_assert_str_eq(now_of(fired, 0), "2024-10-27T02:30:00+02:00");
    ck_assert_str_eq(now_of(fired, 1), "2024-10-27T02:30:00+01:00");
    ck_assert_str_eq(now_of(fired, 2), "2024-10-28T02:30:00+01:00");
}
END_TEST

static HASS_CALLBACK void set_clock(struct hass *hass, int64_t by)
{
    struct runtime *runtime = runtime_of(hass);

    clock_set_wall(runtime->clock, clock_wall(runtime->clock) + by);
    timers_clock_set(runtime->timers);
    test_settle(hass);
}

START_TEST(a_clock_that_is_set_forward_loses_nothing)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:00+00:00");
    struct fired *fired = triggers_attach(hass, "{'trigger': 'time', 'at': '11:00'}");

    set_clock(hass, 2 * 3600 * SECOND);
    ck_assert_uint_eq(fired_count(fired), 1);
    test_advance(hass, 82800); // to 11:00 of the next day
    ck_assert_uint_eq(fired_count(fired), 2);
}
END_TEST

START_TEST(a_clock_that_is_set_back_doubles_nothing)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:59:00+00:00");
    struct fired *fired = triggers_attach(hass, "{'trigger': 'time', 'at': '11:00'}");

    test_advance(hass, 61);
    set_clock(hass, -10 * SECOND);
    test_advance(hass, 3600);
    ck_assert_uint_eq(fired_count(fired), 1);
    test_advance(hass, 86400);
    ck_assert_uint_eq(fired_count(fired), 2);
}
END_TEST

/* A clock that is set, after @before seconds to @to; when the trigger fires, up to @after seconds later, as the clock shows it then. */
static const struct step_case {
    const char *config, *zone, *start;
    double before;
    const char *to;
    double after;
    const char *at[4]; /* where the home is, or its beginning */
} steps[] = {
    { "'trigger': 'time', 'at': '07:00'",
      "Europe/Amsterdam",
      "2030-06-01T10:00:00+00:00",
      60,
      "2026-02-01T10:00:00+00:00",
      2 * 86400,
      { "2026-02-02T07:00:00+01:00", "2026-02-03T07:00:00+01:00" } },
    { "'trigger': 'time', 'at': '07:00'", // what has fired in 2030 does not count
      "UTC",
      "2030-06-01T06:59:00+00:00",
      60.5,
      "2026-02-01T07:00:00+00:00",
      86400,
      { "2030-06-01T07:00:00+00:00", "2026-02-01T07:00:00+00:00", "2026-02-02T07:00:00+00:00" } },
    { "'trigger': 'time', 'at': '07:00', 'weekday': 'mon'", // to a Sunday
      "UTC",
      "2030-06-01T10:00:00+00:00",
      60,
      "2026-02-01T10:00:00+00:00",
      2 * 86400,
      { "2026-02-02T07:00:00+00:00" } },
    { "'trigger': 'time', 'at': '07:00'", // an hour before what has fired: corrected
      "UTC",
      "2026-02-01T06:59:00+00:00",
      61,
      "2026-02-01T06:00:00+00:00",
      86000,
      { "2026-02-01T07:00:00+00:00" } },
    { "'trigger': 'time', 'at': '07:00'", // a second more: it was wrong
      "UTC",
      "2026-02-01T06:59:00+00:00",
      61,
      "2026-02-01T05:59:59+00:00",
      86000,
      { "2026-02-01T07:00:00+00:00", "2026-02-01T07:00:00+00:00" } },
    { "'trigger': 'time', 'at': '07:00'", // within the second that has fired
      "UTC",
      "2026-02-01T06:59:59+00:00",
      1.2,
      "2026-02-01T07:00:00.05+00:00",
      3600,
      { "2026-02-01T07:00:00+00:00" } },
    { "'trigger': 'time', 'at': '07:00'", // back, and nothing has fired yet
      "UTC",
      "2026-02-01T07:30:00+00:00",
      60,
      "2026-02-01T06:59:50+00:00",
      3600,
      { "2026-02-01T07:00:00+00:00" } },
    { "'trigger': 'time', 'at': '07:00'", // over many: once
      "UTC",
      "2026-02-01T06:00:00+00:00",
      60,
      "2030-06-01T10:00:00+00:00",
      86400,
      { "2030-06-01T10:00:00+00:00", "2030-06-02T07:00:00+00:00" } },
    { "'trigger': 'time', 'at': '07:00'", // to the very moment
      "UTC",
      "2026-02-01T06:00:00+00:00",
      60,
      "2026-02-01T07:00:00+00:00",
      3600,
      { "2026-02-01T07:00:00+00:00" } },
    { "'trigger': 'time_pattern', 'minutes': '/30'",
      "UTC",
      "2030-06-01T10:10:00+00:00",
      60,
      "2026-02-01T10:10:00+00:00",
      3600,
      { "2026-02-01T10:30:00+00:00", "2026-02-01T11:00:00+00:00" } },
    { "'trigger': 'time_pattern', 'minutes': '/30'", // 10:00 has fired
      "UTC",
      "2026-02-01T09:59:00+00:00",
      120,
      "2026-02-01T09:20:00+00:00",
      5000,
      { "2026-02-01T10:00:00+00:00", "2026-02-01T10:30:00+00:00" } },
    { "'trigger': 'time_pattern', 'hours': '/1'", // four hours are one firing
      "UTC",
      "2026-02-01T09:30:00+00:00",
      120,
      "2026-02-01T13:30:00+00:00",
      3600,
      { "2026-02-01T13:30:00+00:00", "2026-02-01T14:00:00+00:00" } },
    { "'trigger': 'sun', 'event': 'sunset'",
      "Europe/Amsterdam",
      "2030-06-01T10:00:00+00:00",
      60,
      "2026-02-01T10:00:00+00:00",
      2 * 86400,
      { "2026-02-01T17:2", "2026-02-02T17:2" } },
    { "'trigger': 'sun', 'event': 'sunset'", // it has set, and does not set again
      "Europe/Amsterdam",
      "2026-02-01T16:00:00+00:00",
      3600,
      "2026-02-01T16:10:00+00:00",
      90000,
      { "2026-02-01T17:2", "2026-02-02T17:2" } },
    { "'trigger': 'sun', 'event': 'sunset'", // over two days: once
      "Europe/Amsterdam",
      "2026-02-01T10:00:00+00:00",
      60,
      "2026-02-03T10:00:00+00:00",
      43200,
      { "2026-02-03T11:00:00+01:00", "2026-02-03T17:" } },
};

START_TEST(when_the_clock_is_set_times_are_computed_anew)
{
    const struct step_case *c = &steps[_i];
    struct hass *hass = home_at(c->zone, c->start);
    struct hass_zone *zone = hass_config_zone(hass);
    autofree char *config = NULL;
    int64_t to = 0;
    size_t count = 0;

    ck_assert_int_eq(hass_dt_parse(c->to, NULL, &to, NULL), 0);
    ck_assert_int_eq(
        hass_config_async_update(hass, test_json("{'latitude': 52.37, 'longitude': 4.89}"), NULL),
        0);
    ck_assert(asprintf(&config, "{%s}", c->config) > 0);
    struct fired *fired = triggers_attach(hass, config);
    test_advance(hass, c->before);
    set_clock(hass, to - hass_now(hass));
    test_advance(hass, c->after);
    for (; count < 4 && c->at[count]; count++) {
        char text[HASS_DT_TEXT] = "";
        int64_t at = fired->began + llround(fired_at(fired, count) * 1e6);
        hass_dt_iso(at, zone, text);
        ck_assert_msg(strncmp(text, c->at[count], strlen(c->at[count])) == 0,
                      "row %d: firing %zu at %s instead of %s", _i, count, text, c->at[count]);
    }
    hass_zone_unref(zone);
    ck_assert_msg(fired_count(fired) == count, "row %d: fired %zu times", _i, fired_count(fired));
}
END_TEST

static const int steps_by[] = { -4 * 365 * 86400, -10, 10, 4 * 365 * 86400 };

START_TEST(what_waits_takes_no_heed_of_a_clock_that_is_set)
{
    struct hass *hass = home_at("UTC", "2026-02-01T10:00:00+00:00");
    struct fired *fired = triggers_attach(
        hass, "{'trigger': 'state', 'entity_id': 'binary_sensor.door', 'to': 'on', 'for': 30}");

    set_state(hass, "binary_sensor.door", "off", NULL);
    set_state(hass, "binary_sensor.door", "on", NULL);
    test_advance(hass, 20);
    set_clock(hass, steps_by[_i] * SECOND);
    test_advance(hass, 9);
    ck_assert_uint_eq(fired_count(fired), 0);
    test_advance(hass, 2);
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

/* helpers and sensors */

static HASS_CALLBACK void set_helper(struct hass *hass, bool has_date, int hour, int minute)
{
    autofree char *attributes = NULL;

    ck_assert(asprintf(&attributes,
                       "{'has_date': %s, 'has_time': true, 'year': 2024, 'month': 3, 'day': 5, "
                       "'hour': %d, 'minute': %d, 'second': 0}",
                       has_date ? "true" : "false", hour, minute) > 0);
    set_state(hass, "input_datetime.alarm", "x", attributes);
}

START_TEST(a_helper_of_a_time_fires_daily_and_is_followed)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:30+00:00");
    set_helper(hass, false, 10, 5);
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'time', 'at': 'input_datetime.alarm'}");

    test_advance(hass, 100);
    set_helper(hass, false, 10, 3);
    test_advance(hass, 86900);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert(fired_at(fired, 0) == 150);
    ck_assert_str_eq(fired_text(fired, 0, "entity_id"), "input_datetime.alarm");
    ck_assert_str_eq(fired_text(fired, 0, "description"), "time set in input_datetime.alarm");
}
END_TEST

START_TEST(a_helper_of_a_date_fires_once_unless_it_is_over)
{
    struct hass *hass = home_at("Europe/Berlin", "2024-03-05T10:00:30+00:00");
    set_helper(hass, true, 10, 10);
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'time', 'at': 'input_datetime.alarm'}");

    test_advance(hass, 100);
    ck_assert_uint_eq(fired_count(fired), 0);
    set_helper(hass, true, 11, 20);
    test_advance(hass, 2000);
    set_helper(hass, true, 11, 0);
    test_advance(hass, 200000);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(now_of(fired, 0), "2024-03-05T11:20:00+01:00");
}
END_TEST

START_TEST(a_sensor_of_a_timestamp_fires_once_each_time_it_is_set)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:00+00:00");
    const char *timestamp = "{'device_class': 'timestamp'}";
    set_state(hass, "sensor.next", "2024-03-05T10:03:00+00:00", timestamp);
    set_state(hass, "sensor.plain", "2024-03-05T10:03:00+00:00", NULL);
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'time', 'at': ['sensor.next', 'sensor.plain']}");

    test_advance(hass, 210);
    set_state(hass, "sensor.next", "2024-03-05T12:05:00+02:00", timestamp);
    test_advance(hass, 190);
    set_state(hass, "sensor.next", "unavailable", timestamp);
    test_advance(hass, 100);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert(fired_at(fired, 0) == 180);
    ck_assert(fired_at(fired, 1) == 300);
    ck_assert_str_eq(now_of(fired, 1), "2024-03-05T10:05:00+00:00");
}
END_TEST

START_TEST(an_offset_moves_the_time_of_an_entity)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:00+00:00");
    const char *timestamp = "{'device_class': 'timestamp'}";
    set_state(hass, "sensor.next", "2024-03-05T10:30:00+00:00", timestamp);
    set_helper(hass, false, 0, 10);
    struct fired *fired = triggers_attach(
        hass, "{'trigger': 'time', 'at': [{'entity_id': 'sensor.next', 'offset': '-00:05'}, "
              "{'entity_id': 'input_datetime.alarm', 'offset': '-00:20'}]}");

    test_advance(hass, 1499);
    ck_assert_uint_eq(fired_count(fired), 0);
    test_advance(hass, 2);
    ck_assert_uint_eq(fired_count(fired), 1);
    test_advance(hass, 86400);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert_str_eq(now_of(fired, 1), "2024-03-05T23:50:00+00:00");
}
END_TEST

START_TEST(a_source_that_changes_drops_what_was_pending)
{
    struct hass *hass = home_at("UTC", "2024-03-05T10:00:00+00:00");
    const char *timestamp = "{'device_class': 'timestamp'}";
    set_state(hass, "sensor.next", "2024-03-05T10:03:00+00:00", timestamp);
    struct fired *fired = triggers_attach(hass, "{'trigger': 'time', 'at': 'sensor.next'}");

    test_advance(hass, 60);
    hass_states_async_remove(hass, "sensor.next", NULL, NULL);
    test_advance(hass, 600);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(bad_times_are_refused)
{
    ck_assert_refused("[{'trigger': 'time', 'at': ['25:00']}]",
                      "0->at->0: expected a time in quotes such as \"07:30:00\", an entity such as "
                      "input_datetime.alarm, or a template, got '25:00'");
    ck_assert_refused("[{'trigger': 'time', 'at': 27000}]",
                      "0->at: expected a time in quotes such as \"07:30:00\", an entity such as "
                      "input_datetime.alarm, or a template, got 27000");
    ck_assert_refused("[{'trigger': 'time', 'at': 'light.x'}]",
                      "0->at: expected a time in quotes such as \"07:30:00\", an entity such as "
                      "input_datetime.alarm, or a template, got 'light.x'");
    ck_assert_refused("[{'trigger': 'time', 'at': '7:05', 'weekday': 'funday'}]",
                      "0->weekday: expected one of mon, tue, wed, thu, fri, sat, sun, got "
                      "'funday'");
}
END_TEST

/* patterns */

static const struct pattern_case {
    const char *config, *zone, *start;
    double last; /* seconds */
    double at[8];
} patterns[] = {
    { "'minutes': '/2'", "UTC", "2024-03-05T10:00:30+00:00", 400, { 90, 210, 330 } },
    { "'seconds': '/25'", "UTC", "2024-03-05T10:00:30+00:00", 85, { 20, 30, 55, 80 } },
    { "'hours': 17", "Asia/Kolkata", "2024-03-05T10:00:30+00:00", 90000, { 5370 } },
    { "'minutes': 1, 'seconds': '*'", "UTC", "2024-03-05T10:00:57+00:00", 5.5, { 3, 4, 5 } },
    { "'hours': '*', 'minutes': '*', 'seconds': '*'",
      "UTC",
      "2024-03-05T10:00:30+00:00",
      3.5,
      { 1, 2, 3 } },
    { "'hours': '*', 'minutes': 0, 'seconds': 15",
      "UTC",
      "2024-03-05T10:58:30+00:00",
      4000,
      { 105, 3705 } },
    { "'hours': '/1', 'minutes': 30",
      "America/New_York",
      "2024-03-10T05:50:30+00:00",
      12000,
      { 2370, 5970, 9570 } },
    { "'minutes': '/30'",
      "America/New_York",
      "2024-11-03T03:50:30+00:00",
      12000,
      { 570, 2370, 4170, 5970, 7770, 9570, 11370 } },
};

START_TEST(a_pattern_fires_whenever_it_matches)
{
    const struct pattern_case *c = &patterns[_i];
    struct hass *hass = home_at(c->zone, c->start);
    autofree char *config = NULL;

    ck_assert(asprintf(&config, "{'platform': 'time_pattern', %s}", c->config) > 0);
    struct fired *fired = triggers_attach(hass, config);
    test_advance(hass, c->last);
    size_t count = 0;
    for (; count < 8 && c->at[count] > 0; count++)
        ck_assert_msg(fired_at(fired, count) == c->at[count], "%s: %g instead of %g", c->config,
                      fired_at(fired, count), c->at[count]);
    ck_assert_uint_eq(fired_count(fired), count);
    ck_assert_str_eq(fired_text(fired, 0, "description"), "time pattern");
}
END_TEST

START_TEST(bad_patterns_are_refused)
{
    ck_assert_refused("[{'trigger': 'time_pattern'}]",
                      "0: 'hours', 'minutes' or 'seconds' is needed");
    ck_assert_refused("[{'trigger': 'time_pattern', 'hours': 24}]",
                      "0->hours: time pattern '24' is not *, a number from 0 to 23, or / and such "
                      "a number");
    ck_assert_refused("[{'trigger': 'time_pattern', 'minutes': true}]",
                      "0->minutes: expected *, a number, or / and a number, got true");
}
END_TEST

/* the sun */

START_TEST(the_sun_sets_with_and_without_an_offset)
{
    struct hass *hass = home_at("Europe/Amsterdam", "2024-01-10T00:00:00+00:00");
    ck_assert_int_eq(
        hass_config_async_update(hass, test_json("{'latitude': 52.37, 'longitude': 4.89}"), NULL),
        0);
    struct fired *fired = triggers_attach(
        hass, "[{'trigger': 'sun', 'event': 'sunrise', 'offset': '-00:45:00'}, {'trigger': "
              "'sun', 'event': 'sunset', 'offset': {'hours': 1}}, {'trigger': 'sun', 'event': "
              "'sunset'}]");

    test_advance(hass, 86400);
    ck_assert_uint_eq(fired_count(fired), 3);
    ck_assert_str_eq(fired_text(fired, 0, "event"), "sunrise");
    ck_assert_str_eq(fired_text(fired, 0, "description"), "sunrise with offset");
    ck_assert(json_number_value(fired_field(fired, 0, "offset.total_seconds")) == -2700);
    ck_assert_str_eq(fired_text(fired, 1, "description"), "sunset");
    ck_assert(fabs(fired_at(fired, 2) - fired_at(fired, 1) - 3600) < 0.001);
}
END_TEST

START_TEST(only_sunrise_and_sunset_are_events)
{
    ck_assert_refused("[{'trigger': 'sun', 'event': 'noon'}]",
                      "0->event: expected sunrise or sunset, got 'noon'");
}
END_TEST

/* the home */

START_TEST(start_fires_for_who_is_there_at_the_start)
{
    struct hass *hass = test_hass();
    const char *config = "{'trigger': 'homeassistant', 'event': 'start'}";
    struct fired *early =
        triggers_attach_with(hass, config, HASS_TRIGGERS_OPTIONS(.at_start = true));
    struct fired *late = triggers_attach(hass, config);

    ck_assert_uint_eq(fired_count(early), 0); // its owner does not even have it yet
    test_settle(hass);
    ck_assert_uint_eq(fired_count(early), 1);
    ck_assert_uint_eq(fired_count(late), 0);
    ck_assert_str_eq(fired_text(early, 0, "event"), "start");
    ck_assert_str_eq(fired_text(early, 0, "description"), "Home Assistant starting");
}
END_TEST

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, false, err);
}

START_TEST(shutdown_fires_when_the_home_goes_down)
{
    struct hass *hass = test_hass();
    struct fired *fired =
        triggers_attach(hass, "{'trigger': 'homeassistant', 'event': 'shutdown'}");

    test_start(hass);
    ck_assert_uint_eq(fired_count(fired), 0);
    test_run_coroutine(hass, stop, NULL);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "description"), "Home Assistant stopping");
}
END_TEST

CASES_MAIN("triggers of time", ONCE(a_time_of_day_fires_each_day), ONCE(all_times_of_a_list_fire),
           ONCE(only_on_the_days_that_are_wanted), ONCE(a_time_may_be_a_limited_template),
           ONCE(a_template_of_no_time_is_logged), ONCE(a_time_in_the_gap_is_skipped),
           ONCE(a_time_in_the_fold_comes_twice), ONCE(a_clock_that_is_set_forward_loses_nothing),
           ONCE(a_clock_that_is_set_back_doubles_nothing),
           ROWS(when_the_clock_is_set_times_are_computed_anew, steps),
           ROWS(what_waits_takes_no_heed_of_a_clock_that_is_set, steps_by),
           ONCE(a_helper_of_a_time_fires_daily_and_is_followed),
           ONCE(a_helper_of_a_date_fires_once_unless_it_is_over),
           ONCE(a_sensor_of_a_timestamp_fires_once_each_time_it_is_set),
           ONCE(an_offset_moves_the_time_of_an_entity),
           ONCE(a_source_that_changes_drops_what_was_pending), ONCE(bad_times_are_refused),
           ROWS(a_pattern_fires_whenever_it_matches, patterns), ONCE(bad_patterns_are_refused),
           ONCE(the_sun_sets_with_and_without_an_offset), ONCE(only_sunrise_and_sunset_are_events),
           ONCE(start_fires_for_who_is_there_at_the_start),
           ONCE(shutdown_fires_when_the_home_goes_down))
