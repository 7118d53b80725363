/* SPDX-License-Identifier: Apache-2.0 */
/* The sun over homes everywhere, in virtual time, against what the modelled system recorded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/config.h>
#include <hass/dt.h>

#include "lib/helpers/golden.h"
#include "support/cases.h"
#include "support/home.h"

#define MINUTE (60 * HASS_USEC_PER_SEC)
#define HOUR   3600.0

#define AMSTERDAM                                                                                  \
    "homeassistant:\n  latitude: 52.1\n  longitude: 5.2\n  elevation: 10\n  time_zone: "           \
    "UTC\nsun:\n"
#define LONGYEARBYEN                                                                               \
    "homeassistant:\n  latitude: 78.2232\n  longitude: 15.6267\n  elevation: 0\n"                  \
    "  time_zone: Arctic/Longyearbyen\nsun:\n"

static json_t *recorded;

static int64_t parse_time(const char *text)
{
    int64_t time = 0;

    ck_assert_ptr_nonnull(text);
    ck_assert_msg(hass_dt_parse(text, NULL, &time, NULL) == 0, "%s", text);
    return time;
}

/* Boots a home over @yaml at @start. */
static struct hass *home_at(const char *yaml, int64_t start)
    HASS__ANALYSIS(assert_capability(hass_loop))
{
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    struct hass_options options = loader_options();

    options.plugin_dirs = folders;
    options.virtual_start = start;
    loader_configure(yaml);
    struct hass *hass = loader_hass_with(&options);
    loader_boot(hass);
    test_settle(hass);
    return hass;
}

static HASS_CALLBACK json_t *sun_attributes(struct hass *hass)
{
    const struct hass_state *state = hass_states_async_get(hass, "sun.sun");

    ck_assert_ptr_nonnull(state);
    return hass_state_attributes(state);
}

static HASS_CALLBACK double sun_number(struct hass *hass, const char *key)
{
    autojson *value = home_attribute(hass, "sun.sun", key);

    ck_assert_msg(json_is_real(value), "%s", key);
    return json_real_value(value);
}

static HASS_CALLBACK int64_t sun_time(struct hass *hass, const char *key)
{
    autojson *value = home_attribute(hass, "sun.sun", key);

    return parse_time(json_string_value(value));
}

static void assert_near(const json_t *case_, const char *key, const json_t *ours)
{
    const json_t *theirs = json_object_get(json_object_get(case_, "expected"), key);
    const char *id = json_string_value(json_object_get(case_, "id"));

    ck_assert_msg(json_typeof(ours) == json_typeof(theirs), "%s: %s", id, key);
    if (json_is_real(theirs))
        ck_assert_msg(fabs(json_real_value(ours) - json_real_value(theirs)) <= 0.1, "%s: %s is %g",
                      id, key, json_real_value(ours));
    else if (json_is_string(theirs) && !strncmp(key, "next_", strlen("next_")))
        ck_assert_msg(llabs(parse_time(json_string_value(ours)) -
                            parse_time(json_string_value(theirs))) <= MINUTE,
                      "%s: %s is %s", id, key, json_string_value(ours));
    else
        ck_assert_msg(json_equal(ours, theirs), "%s: %s", id, key);
}

START_TEST(state_and_attributes_are_those_that_the_model_recorded)
{
    hass__assert_loop();
    const json_t *case_ = json_array_get(recorded, _i);
    const json_t *args = json_object_get(case_, "args");
    char yaml[512];

    snprintf(yaml, sizeof(yaml),
             "homeassistant:\n  latitude: %.4f\n  longitude: %.4f\n  elevation: %d\n"
             "  time_zone: %s\nsun:\n",
             json_number_value(json_object_get(args, "latitude")),
             json_number_value(json_object_get(args, "longitude")),
             (int)json_number_value(json_object_get(args, "elevation_m")),
             json_string_value(json_object_get(case_, "time_zone")));
    struct hass *hass = home_at(yaml, parse_time(json_string_value(json_object_get(case_, "now"))));
    autojson *attributes = sun_attributes(hass);
    ck_assert_str_eq(json_string_value(json_object_get(attributes, "friendly_name")), "Sun");
    json_object_del(attributes, "friendly_name");
    json_object_set_new(attributes, "state", json_string(home_state(hass, "sun.sun")));
    ck_assert_uint_eq(json_object_size(attributes),
                      json_object_size(json_object_get(case_, "expected")));
    const char *key;
    json_t *value;
    json_object_foreach(attributes, key, value)
        assert_near(case_, key, value);
}
END_TEST

START_TEST(times_are_whole_seconds_in_utc_and_angles_have_two_digits)
{
    hass__assert_loop();
    struct hass *hass = test_home("homeassistant:\n  latitude: 52.1\n  longitude: 5.2\n"
                                  "  time_zone: Europe/Amsterdam\nsun:\n");
    static const char *const angles[] = { "elevation", "azimuth" };
    autojson *rising = home_attribute(hass, "sun.sun", "next_rising");
    const char *text = json_string_value(rising);

    ck_assert_uint_eq(strlen(text), strlen("2024-01-01T07:47:00+00:00"));
    ck_assert_str_eq(text + strlen("2024-01-01T07:47:00"), "+00:00");
    for (size_t i = 0; i < 2; i++) {
        char digits[32];
        snprintf(digits, sizeof(digits), "%.2f", sun_number(hass, angles[i]));
        ck_assert(sun_number(hass, angles[i]) == strtod(digits, NULL));
    }
}
END_TEST

/* The states from now on until @seconds have passed, each at its time. */
static HASS_CALLBACK struct capture *watch(struct hass *hass, double seconds)
{
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);

    test_advance(hass, seconds);
    return seen;
}

static const struct hass_state *state_of(const struct capture *seen, size_t i)
{
    const struct hass_state *former, *state;

    ck_assert(hass_event_states(capture_event(seen, i), &former, &state));
    return state;
}

static double elevation_of(const struct hass_state *state)
{
    struct hass_value value;
    double number = NAN;

    ck_assert(hass_state_attr(state, "elevation", &value));
    ck_assert(hass_value_number(value, &number));
    return number;
}

START_TEST(a_day_has_one_above_and_one_below)
{
    hass__assert_loop();
    struct hass *hass = test_home(AMSTERDAM);
    int64_t rising = sun_time(hass, "next_rising"), setting = sun_time(hass, "next_setting");
    int64_t changes[4];
    size_t count = 0;

    ck_assert_str_eq(home_state(hass, "sun.sun"), "below_horizon");
    struct capture *seen = watch(hass, 24 * HOUR);
    const char *last = "below_horizon";
    for (size_t i = 0; i < capture_count(seen); i++) {
        const struct hass_state *state = state_of(seen, i);
        ck_assert_str_eq(hass_state_state(state),
                         elevation_of(state) > -0.833 ? "above_horizon" : "below_horizon");
        if (!strcmp(hass_state_state(state), last))
            continue;
        last = hass_state_state(state);
        ck_assert_uint_lt(count, 2);
        changes[count++] = hass_state_last_changed(state);
    }
    ck_assert_uint_eq(count, 2);
    ck_assert_int_le(llabs(changes[0] - rising), 8 * MINUTE); /* the air lifts it */
    ck_assert_int_le(llabs(changes[1] - setting), 8 * MINUTE);
    ck_assert_int_gt(sun_time(hass, "next_rising"), rising);
}
END_TEST

/* What stands between the @i-th state and the next one, in the middle of a phase: well away from its moments. */
static const struct {
    double low, high; /* degrees that both states must be between */
    int64_t interval;
} phases[] = {
    { -90, -19, 20 * MINUTE },  { -17.5, -12.5, 8 * MINUTE }, { -11.5, -6.5, 4 * MINUTE },
    { -5.5, -1.5, 2 * MINUTE }, { 1, 9.5, 2 * MINUTE },       { 10.5, 90, 4 * MINUTE },
};

START_TEST(positions_are_as_far_apart_as_the_phase_says)
{
    hass__assert_loop();
    struct hass *hass = home_at(AMSTERDAM, parse_time("2024-03-20T00:00:00+00:00"));
    struct capture *seen = watch(hass, 24 * HOUR);
    size_t pairs = 0, exact = 0;

    for (size_t i = 0; i + 1 < capture_count(seen); i++) {
        const struct hass_state *first = state_of(seen, i), *second = state_of(seen, i + 1);
        double a = elevation_of(first), b = elevation_of(second);
        if (fmin(a, b) < phases[_i].low || fmax(a, b) > phases[_i].high)
            continue;
        int64_t apart = hass_state_last_updated(second) - hass_state_last_updated(first);
        /* The last one before a moment is left out when that follows soon. */
        ck_assert_msg(apart <= phases[_i].interval * 5 / 4 + HASS_USEC_PER_SEC, "%g to %g: %g s", a,
                      b, (double)apart / HASS_USEC_PER_SEC);
        pairs++;
        exact += llabs(apart - phases[_i].interval) < HASS_USEC_PER_SEC;
    }
    ck_assert_uint_gt(pairs, 4);
    ck_assert_uint_ge(exact + 3, pairs);
}
END_TEST

START_TEST(no_position_is_taken_just_before_a_moment)
{
    static const struct {
        double above;
        int64_t interval;
    } intervals[] = {
        { 10, 4 * MINUTE },  { -6, 2 * MINUTE },   { -12, 4 * MINUTE },
        { -18, 8 * MINUTE }, { -90, 20 * MINUTE },
    };
    hass__assert_loop();
    struct hass *hass = home_at(AMSTERDAM, parse_time("2024-03-20T00:00:00+00:00"));
    struct capture *seen = watch(hass, 48 * HOUR);

    for (size_t i = 0; i + 1 < capture_count(seen); i++) {
        const struct hass_state *first = state_of(seen, i), *second = state_of(seen, i + 1);
        size_t phase = 0;
        while (elevation_of(first) < intervals[phase].above)
            phase++;
        int64_t apart = hass_state_last_updated(second) - hass_state_last_updated(first);
        ck_assert_msg(apart >= intervals[phase].interval / 4 - HASS_USEC_PER_SEC, "%g: %g s",
                      elevation_of(first), (double)apart / HASS_USEC_PER_SEC);
    }
}
END_TEST

static const char *const moments[] = { "next_dawn", "next_dusk",   "next_midnight",
                                       "next_noon", "next_rising", "next_setting" };

START_TEST(a_moment_is_followed_by_the_next_one_at_once)
{
    hass__assert_loop();
    struct hass *hass = test_home(AMSTERDAM);
    int64_t time = sun_time(hass, moments[_i]);

    test_advance(hass, (double)(time - hass_now(hass)) / HASS_USEC_PER_SEC - 1);
    ck_assert_int_eq(sun_time(hass, moments[_i]), time);
    test_advance(hass, 1.5);
    ck_assert_int_gt(sun_time(hass, moments[_i]), time + 23 * 60 * MINUTE);
    const struct hass_state *state = hass_states_async_get(hass, "sun.sun");
    ck_assert_int_le(llabs(hass_state_last_updated(state) - time), HASS_USEC_PER_SEC / 2);
}
END_TEST

START_TEST(it_rises_from_midnight_to_noon)
{
    hass__assert_loop();
    struct hass *hass = test_home(AMSTERDAM);
    int64_t noon = sun_time(hass, "next_noon");
    struct capture *seen = watch(hass, 23 * HOUR);
    struct hass_value rising;

    for (size_t i = 0; i < capture_count(seen); i++) {
        const struct hass_state *state = state_of(seen, i);
        ck_assert(hass_state_attr(state, "rising", &rising));
        if (hass_state_last_updated(state) > sun_time(hass, "next_midnight") - 24 * 60 * MINUTE &&
            hass_state_last_updated(state) < noon - MINUTE)
            ck_assert(rising.boolean);
        if (hass_state_last_updated(state) > noon + MINUTE)
            ck_assert(!rising.boolean);
    }
}
END_TEST

static HASS_CALLBACK void move_home(struct hass *hass, const char *values)
{
    ck_assert_int_eq(hass_config_async_update(hass, test_json(values), NULL), 0);
    test_settle(hass);
}

START_TEST(a_home_that_moves_has_another_sun)
{
    hass__assert_loop();
    struct hass *hass = home_at(AMSTERDAM, parse_time("2024-06-20T19:00:00+00:00"));
    int64_t setting = sun_time(hass, "next_setting"); /* the next moment of all */

    ck_assert_str_eq(home_state(hass, "sun.sun"), "above_horizon");
    move_home(hass, "{'latitude':-33.8688,'longitude':151.2093}");
    ck_assert_str_eq(home_state(hass, "sun.sun"), "below_horizon");
    int64_t rising = sun_time(hass, "next_rising");
    ck_assert_int_gt(rising, parse_time("2024-06-20T20:50:00+00:00"));
    ck_assert_int_lt(rising, parse_time("2024-06-20T21:10:00+00:00"));
    /* And is followed there, no longer where it was. */
    struct capture *seen = watch(hass, 3 * HOUR);
    ck_assert_uint_gt(capture_count(seen), 20);
    for (size_t i = 0; i < capture_count(seen); i++)
        ck_assert_int_gt(llabs(hass_state_last_updated(state_of(seen, i)) - setting),
                         HASS_USEC_PER_SEC);
}
END_TEST

START_TEST(a_home_that_is_lifted_sees_the_sun_earlier)
{
    hass__assert_loop();
    struct hass *hass = test_home(AMSTERDAM);
    int64_t low = sun_time(hass, "next_rising");

    move_home(hass, "{'elevation':2850}");
    ck_assert_int_lt(sun_time(hass, "next_rising"), low);
}
END_TEST

START_TEST(a_home_that_is_renamed_keeps_its_sun)
{
    hass__assert_loop();
    struct hass *hass = test_home(AMSTERDAM);

    test_advance(hass, 90);
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    move_home(hass, "{'currency':'EUR'}");
    for (size_t i = 0; i < capture_count(seen); i++)
        ck_assert_str_ne(hass_event_entity_id(capture_event(seen, i)), "sun.sun");
}
END_TEST

static const struct {
    const char *name, *now, *state;
    double low, high;                /* degrees that it stays between for a day */
    const char *next, *first, *last; /* an event that is months away: the days it is between */
} seasons[] = {
    { "day", "2024-06-20T12:00:00+00:00", "above_horizon", 10, 37, "next_setting",
      "2024-08-20T00:00:00+00:00", "2024-08-28T00:00:00+00:00" },
    { "night", "2024-12-21T12:00:00+00:00", "below_horizon", -37, -10, "next_rising",
      "2025-02-12T00:00:00+00:00", "2025-02-20T00:00:00+00:00" },
};

START_TEST(a_polar_day_or_night_is_followed_from_noon_to_midnight)
{
    hass__assert_loop();
    struct hass *hass = home_at(LONGYEARBYEN, parse_time(seasons[_i].now));
    int64_t next = sun_time(hass, seasons[_i].next);

    ck_assert_int_gt(next, parse_time(seasons[_i].first));
    ck_assert_int_lt(next, parse_time(seasons[_i].last));
    struct capture *seen = watch(hass, 24 * HOUR);
    ck_assert_uint_gt(capture_count(seen), 24);
    for (size_t i = 0; i < capture_count(seen); i++) {
        ck_assert_str_eq(hass_state_state(state_of(seen, i)), seasons[_i].state);
        ck_assert_double_ge(elevation_of(state_of(seen, i)), seasons[_i].low);
        ck_assert_double_le(elevation_of(state_of(seen, i)), seasons[_i].high);
    }
    ck_assert_int_eq(sun_time(hass, seasons[_i].next), next);
    ck_assert_int_gt(sun_time(hass, "next_noon"), hass_now(hass));
    ck_assert_int_gt(sun_time(hass, "next_midnight"), hass_now(hass));
}
END_TEST

START_TEST(nothing_is_left_of_it_when_it_is_unloaded)
{
    hass__assert_loop();
    struct hass *hass = test_home(AMSTERDAM);

    ck_assert_int_eq(loader_unload(hass, "sun", NULL), 0);
    ck_assert_str_eq(home_state(hass, "sun.sun"), "(none)");
    struct logs *logs = test_logs();
    struct capture *seen = watch(hass, 24 * HOUR);
    ck_assert_uint_eq(capture_count(seen), 0);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
    ck_assert_int_eq(loader_set_up(hass, "sun", NULL), 0);
    ck_assert_str_eq(home_state(hass, "sun.sun"), "below_horizon");
}
END_TEST

int main(void)
{
    recorded = golden_load("helpers/sun.jsonl");
    const struct test_case cases[] = {
        { state_and_attributes_are_those_that_the_model_recorded, json_array_size(recorded) },
        ROWS(positions_are_as_far_apart_as_the_phase_says, phases),
        ROWS(a_moment_is_followed_by_the_next_one_at_once, moments),
        ROWS(a_polar_day_or_night_is_followed_from_noon_to_midnight, seasons),
        ONCE(times_are_whole_seconds_in_utc_and_angles_have_two_digits),
        ONCE(no_position_is_taken_just_before_a_moment),
        ONCE(a_day_has_one_above_and_one_below),
        ONCE(it_rises_from_midnight_to_noon),
        ONCE(a_home_that_moves_has_another_sun),
        ONCE(a_home_that_is_lifted_sees_the_sun_earlier),
        ONCE(a_home_that_is_renamed_keeps_its_sun),
        ONCE(nothing_is_left_of_it_when_it_is_unloaded),
    };

    int failed = test_main_cases("sun", cases, sizeof(cases) / sizeof(cases[0]));
    json_decref(recorded);
    return failed;
}
