/* SPDX-License-Identifier: Apache-2.0 */
/* The sun's times and angles against what the modelled system computed for twelve places in six seasons. */
#include <math.h>

#include <check.h>

#include <hass/dt.h>

#include "golden.h"
#include "helpers/sun.h"

#define USEC_PER_DAY (INT64_C(86400) * HASS_USEC_PER_SEC)

static const struct {
    const char *key;
    enum hass_sun_event event;
} events[] = {
    { "next_rising", HASS_SUNRISE },  { "next_setting", HASS_SUNSET },
    { "next_dawn", HASS_DAWN },       { "next_dusk", HASS_DUSK },
    { "next_noon", HASS_SOLAR_NOON }, { "next_midnight", HASS_SOLAR_MIDNIGHT },
};
#define EVENTS (sizeof(events) / sizeof(events[0]))

static json_t *cases;

static int64_t parse_time(const json_t *text)
{
    int64_t time = 0;

    ck_assert_int_eq(hass_dt_parse(json_string_value(text), NULL, &time, NULL), 0);
    return time;
}

static struct sun_place place_of(const json_t *item)
{
    const json_t *args = json_object_get(item, "args");

    return (struct sun_place){
        .latitude = json_number_value(json_object_get(args, "latitude")),
        .longitude = json_number_value(json_object_get(args, "longitude")),
        .elevation = json_number_value(json_object_get(args, "elevation_m")),
    };
}

static int64_t local_day(int64_t time, const char *zone_name)
{
    struct hass_zone *zone = NULL;

    ck_assert_int_eq(hass_zone_new(zone_name, &zone, NULL), 0);
    struct hass_dt local = { .size = sizeof(local) };
    hass_dt_local(time, zone, &local);
    hass_zone_unref(zone);
    return (time + local.offset * HASS_USEC_PER_SEC) / USEC_PER_DAY;
}

START_TEST(next_events_are_those_of_the_model)
{
    const json_t *item = json_array_get(cases, _i);
    const char *id = json_string_value(json_object_get(item, "id"));
    const json_t *expected = json_object_get(item, "expected");
    struct sun_place place = place_of(item);
    int64_t now = parse_time(json_object_get(item, "now"));
    int64_t day = local_day(now, json_string_value(json_object_get(item, "time_zone")));

    for (size_t i = 0; i < EVENTS; i++) {
        int64_t time = 0;
        ck_assert_msg(sun_next(&place, events[i].event, day, now, 0, &time), "%s: no %s", id,
                      events[i].key);
        int64_t off = time - parse_time(json_object_get(expected, events[i].key));
        ck_assert_msg(llabs(off) <= 60 * HASS_USEC_PER_SEC, "%s: %s is %lld s off", id,
                      events[i].key, (long long)(off / HASS_USEC_PER_SEC));
    }
}
END_TEST

START_TEST(angles_are_those_of_the_model)
{
    const json_t *item = json_array_get(cases, _i);
    const json_t *expected = json_object_get(item, "expected");
    struct sun_place place = place_of(item);
    double elevation, azimuth;

    sun_position(&place, parse_time(json_object_get(item, "now")), &elevation, &azimuth);
    ck_assert_double_le(fabs(elevation - json_number_value(json_object_get(expected, "elevation"))),
                        0.1);
    ck_assert_double_le(fabs(azimuth - json_number_value(json_object_get(expected, "azimuth"))),
                        0.1);
}
END_TEST

START_TEST(an_offset_moves_the_event_and_the_search)
{
    struct sun_place berlin = { 52.52, 13.405, 34 };
    int64_t noon = 19737 * USEC_PER_DAY + USEC_PER_DAY / 2;
    int64_t hour = 3600 * HASS_USEC_PER_SEC;
    int64_t plain, later, earlier;

    ck_assert(sun_next(&berlin, HASS_SUNSET, 19737, noon, 0, &plain));
    ck_assert(sun_next(&berlin, HASS_SUNSET, 19737, noon, hour, &later));
    ck_assert_int_eq(later, plain + hour);
    ck_assert(sun_next(&berlin, HASS_SUNSET, 19737, noon, -6 * hour, &earlier));
    ck_assert_int_gt(earlier, plain); /* today's has passed: it is tomorrow's */
}
END_TEST

START_TEST(a_far_horizon_raises_the_sun_earlier)
{
    struct sun_place sea = { 0.0, -78.5, 0 }, quito = { 0.0, -78.5, 2850 };
    int64_t low, high;

    ck_assert(sun_event_of_day(&sea, HASS_SUNRISE, 19737, &low));
    ck_assert(sun_event_of_day(&quito, HASS_SUNRISE, 19737, &high));
    ck_assert_int_lt(high, low);
}
END_TEST

START_TEST(polar_night_has_no_sunrise_that_day)
{
    struct sun_place longyearbyen = { 78.22, 15.63, 0 };
    int64_t time = 7;

    ck_assert(!sun_event_of_day(&longyearbyen, HASS_SUNRISE, 19737, &time));
    ck_assert_int_eq(time, 7);
    ck_assert(sun_event_of_day(&longyearbyen, HASS_SOLAR_NOON, 19737, &time));
}
END_TEST

/* The times of a day are those at which the sun stands at the angle, seen without the air. */
START_TEST(twilights_and_the_low_sun_are_at_their_angles)
{
    static const struct {
        enum hass_sun_event event;
        double angle;
        bool morning;
    } moments[] = {
        { HASS_ASTRONOMICAL_DAWN, -18, true },
        { HASS_ASTRONOMICAL_DUSK, -18, false },
        { HASS_NAUTICAL_DAWN, -12, true },
        { HASS_NAUTICAL_DUSK, -12, false },
        { HASS_DAWN, -6, true },
        { HASS_DUSK, -6, false },
        { HASS_SUN_GETS_HIGH, 10, true },
        { HASS_SUN_GETS_LOW, 10, false },
    };
    struct sun_place rome = { 41.9, 12.5, 0 };
    int64_t noon, time;

    ck_assert(sun_event_of_day(&rome, HASS_SOLAR_NOON, 19802, &noon));
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        double elevation, azimuth;
        ck_assert(sun_event_of_day(&rome, moments[i].event, 19802, &time));
        ck_assert_int_eq(time < noon, moments[i].morning);
        sun_position(&rome, time, &elevation, &azimuth);
        ck_assert_msg(fabs(elevation - moments[i].angle) < 0.3, "%zu: %g", i, elevation);
    }
}
END_TEST

START_TEST(an_event_that_does_not_exist_is_on_no_day)
{
    struct sun_place rome = { 41.9, 12.5, 0 };
    int64_t time = 7;

    ck_assert(!sun_event_of_day(&rome, HASS_SUN_GETS_LOW + 1, 19802, &time));
    ck_assert_int_eq(time, 7);
}
END_TEST

int main(void)
{
    cases = golden_load("helpers/sun.jsonl");
    Suite *suite = suite_create("sun");
    TCase *tcase = tcase_create("sun");
    tcase_add_loop_test(tcase, next_events_are_those_of_the_model, 0, (int)json_array_size(cases));
    tcase_add_loop_test(tcase, angles_are_those_of_the_model, 0, (int)json_array_size(cases));
    tcase_add_test(tcase, an_offset_moves_the_event_and_the_search);
    tcase_add_test(tcase, a_far_horizon_raises_the_sun_earlier);
    tcase_add_test(tcase, polar_night_has_no_sunrise_that_day);
    tcase_add_test(tcase, twilights_and_the_low_sun_are_at_their_angles);
    tcase_add_test(tcase, an_event_that_does_not_exist_is_on_no_day);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    json_decref(cases);
    return failed ? 1 : 0;
}
