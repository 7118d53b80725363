/* SPDX-License-Identifier: Apache-2.0 */
/* Time trackers: when they fire, what they pass, how they are armed again, and how they end. */
#include <hass/dt.h>
#include <hass/loop.h>

#include "helpers/helpers.h"
#include "run/clock.h"
#include "run/scope.h"
#include "run/timer.h"
#include "support/test.h"

#define SECOND INT64_C(1000000)

struct ticks {
    unsigned count;
    int64_t now[64], scheduled[64], at[64];
    struct hass_sub *remove; /* inside the call */
    int64_t jump;            /* the clock goes on by so much inside the call */
};

static HASS_CALLBACK int on_tick(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    struct ticks *ticks = userdata;

    if (ticks->count < 64) {
        ticks->now[ticks->count] = tick->now;
        ticks->scheduled[ticks->count] = tick->scheduled;
        ticks->at[ticks->count] = hass_now(tick->hass);
    }
    ticks->count++;
    ticks->remove = hass_sub_async_remove(ticks->remove);
    if (ticks->jump) {
        struct clock *clock = runtime_of(tick->hass)->clock;
        clock_advance_to(clock, clock_monotonic(clock) + ticks->jump);
    }
    return 0;
}

static int64_t at(const char *text)
{
    int64_t time = 0;

    ck_assert_int_eq(hass_dt_parse(text, NULL, &time, NULL), 0);
    return time;
}

static HASS_CALLBACK void use_home(struct hass *hass, const char *json)
{
    ck_assert_int_eq(hass_config_async_update(hass, test_json(json), NULL), 0);
}

/* once */

START_TEST(a_point_in_time_fires_once_with_the_scheduled_time)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };
    int64_t when = hass_now(hass) + 90 * SECOND + 5;

    hass_async_track_point_in_time(hass, when, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    test_advance(hass, 90);
    ck_assert_uint_eq(ticks.count, 0);
    test_advance(hass, 1000);
    ck_assert_uint_eq(ticks.count, 1);
    ck_assert_int_eq(ticks.now[0], when);
    ck_assert_int_eq(ticks.scheduled[0], when);
}
END_TEST

START_TEST(a_point_in_the_past_fires_at_once)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };
    int64_t when = hass_now(hass) - 5 * SECOND;

    hass_async_track_point_in_utc_time(hass, when, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    ck_assert_uint_eq(ticks.count, 0);
    test_settle(hass);
    ck_assert_uint_eq(ticks.count, 1);
    ck_assert_int_eq(ticks.now[0], when);
    ck_assert_int_eq(ticks.at[0], when + 5 * SECOND);
}
END_TEST

START_TEST(a_point_in_time_follows_the_wall_clock)
{
    struct hass *hass = test_hass();
    struct runtime *runtime = runtime_of(hass);
    struct ticks point = { 0 }, later = { 0 };

    hass_async_track_point_in_time(hass, hass_now(hass) + 3600 * SECOND,
                                   HASS_JOB_CALLBACK(on_tick, &point), NULL, NULL);
    hass_async_call_later(hass, 3600, HASS_JOB_CALLBACK(on_tick, &later), NULL, NULL);
    clock_set_wall(runtime->clock, clock_wall(runtime->clock) + 3590 * SECOND);
    timers_clock_set(runtime->timers);
    test_advance(hass, 10);
    ck_assert_uint_eq(point.count, 1);
    ck_assert_uint_eq(later.count, 0);
}
END_TEST

START_TEST(call_later_passes_the_actual_time)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };
    int64_t began = hass_now(hass);

    hass_async_call_later(hass, 2.5, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    test_advance(hass, 10);
    ck_assert_uint_eq(ticks.count, 1);
    ck_assert_int_eq(ticks.now[0], began + 2500000);
}
END_TEST

START_TEST(a_negative_delay_is_none)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };

    hass_async_call_later(hass, -5, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    test_settle(hass);
    ck_assert_uint_eq(ticks.count, 1);
}
END_TEST

START_TEST(removing_before_the_time_prevents_the_call_and_after_it_is_harmless)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };
    struct hass_sub *early = NULL, *late = NULL;

    hass_async_call_later(hass, 5, HASS_JOB_CALLBACK(on_tick, &ticks), &early, NULL);
    hass_async_call_later(hass, 6, HASS_JOB_CALLBACK(on_tick, &ticks), &late, NULL);
    hass_sub_async_remove(early);
    test_advance(hass, 10);
    ck_assert_uint_eq(ticks.count, 1);
    hass_sub_async_remove(late);
}
END_TEST

/* intervals */

START_TEST(an_interval_goes_on_until_it_is_removed)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };
    struct hass_sub *sub = NULL;
    int64_t began = hass_now(hass);

    hass_async_track_time_interval(hass, 10, HASS_JOB_CALLBACK(on_tick, &ticks), &sub, NULL);
    test_advance(hass, 35);
    ck_assert_uint_eq(ticks.count, 3);
    ck_assert_int_eq(ticks.now[2], began + 30 * SECOND);
    hass_sub_async_remove(sub);
    test_advance(hass, 35);
    ck_assert_uint_eq(ticks.count, 3);
}
END_TEST

START_TEST(an_interval_is_armed_from_the_time_of_firing_before_the_job_runs)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { .jump = 4 * SECOND };
    int64_t began = hass_now(hass);

    hass_async_track_time_interval(hass, 10, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    test_advance(hass, 25);
    ck_assert_uint_eq(ticks.count, 2);
    ck_assert_int_eq(ticks.at[1],
                     began + 20 * SECOND); /* not 24: the job's own time is not added */
}
END_TEST

START_TEST(an_interval_may_end_itself)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };

    hass_async_track_time_interval(hass, 1, HASS_JOB_CALLBACK(on_tick, &ticks), &ticks.remove,
                                   NULL);
    test_advance(hass, 10);
    ck_assert_uint_eq(ticks.count, 1);
}
END_TEST

static HASS_COROUTINE int sleep_long(const struct hass_tick *tick, void *userdata,
                                     struct hass_error *err)
{
    (*(unsigned *)userdata)++;
    return hass_async_sleep(tick->hass, 25, err);
}

static HASS_COROUTINE int block_till_done(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_block_till_done(hass, false, err);
}

START_TEST(coroutines_of_an_interval_overlap_in_the_background)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;

    hass_async_track_time_interval(hass, 10, HASS_JOB_COROUTINE(sleep_long, &calls), NULL, NULL);
    test_advance(hass, 20);
    ck_assert_uint_eq(calls, 2);
    int64_t began = hass_now(hass);
    test_run_coroutine(hass, block_till_done, NULL);
    ck_assert_int_eq(hass_now(hass), began); /* nobody waits for them */
}
END_TEST

START_TEST(an_interval_of_nothing_is_refused)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };

    ck_assert_int_eq(
        hass_async_track_time_interval(hass, 0, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL),
        HASS_E_INVALID);
    ck_assert_int_eq(
        hass_async_track_time_interval(hass, -1, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL),
        HASS_E_INVALID);
}
END_TEST

START_TEST(cancel_on_shutdown_ends_a_tracker_in_stage_2)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 }, other = { 0 };
    struct hass_job job = HASS_JOB_CALLBACK(on_tick, &ticks, .cancel_on_shutdown = true);

    hass_async_track_time_interval(hass, 1, job, NULL, NULL);
    hass_async_track_time_interval(hass, 1, HASS_JOB_CALLBACK(on_tick, &other), NULL, NULL);
    sub_remove_on_shutdown(hass);
    test_advance(hass, 3);
    ck_assert_uint_eq(ticks.count, 0);
    ck_assert_uint_eq(other.count, 3);
}
END_TEST

/* patterns */

START_TEST(a_pattern_fires_at_each_match)
{
    struct hass *hass = test_hass_at(at("2024-03-05T10:00:01+00:00"));
    struct ticks ticks = { 0 };
    struct hass_track_time pattern = { .size = sizeof(pattern), .minute = "/20", .second = "0" };

    hass_async_track_utc_time_change(hass, &pattern, HASS_JOB_CALLBACK(on_tick, &ticks), NULL,
                                     NULL);
    test_advance(hass, 3600);
    ck_assert_uint_eq(ticks.count, 3);
    ck_assert_int_eq(ticks.at[0], at("2024-03-05T10:20:00+00:00"));
    ck_assert_int_eq(ticks.at[2], at("2024-03-05T11:00:00+00:00"));
    ck_assert_int_eq(ticks.now[0], ticks.at[0]);
}
END_TEST

START_TEST(only_an_hour_is_every_second_of_it)
{
    struct hass *hass = test_hass_at(at("2024-03-05T10:59:58+00:00"));
    struct ticks ticks = { 0 };
    struct hass_track_time pattern = { .size = sizeof(pattern), .hour = "11" };

    hass_async_track_utc_time_change(hass, &pattern, HASS_JOB_CALLBACK(on_tick, &ticks), NULL,
                                     NULL);
    test_advance(hass, 10);
    ck_assert_uint_eq(ticks.count, 9);
}
END_TEST

START_TEST(three_wildcards_are_an_interval_of_a_second)
{
    struct hass *hass = test_hass_at(at("2024-03-05T10:00:00.25+00:00"));
    struct ticks ticks = { 0 };
    struct hass_track_time pattern = { .size = sizeof(pattern), .hour = "*", .minute = "*" };

    hass_async_track_time_change(hass, &pattern, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    test_advance(hass, 3);
    ck_assert_uint_eq(ticks.count, 3);
    ck_assert_int_eq(ticks.at[0], at("2024-03-05T10:00:01.25+00:00"));
}
END_TEST

START_TEST(a_pattern_is_local_unless_it_says_utc)
{
    struct hass *hass = test_hass_at(at("2024-07-05T10:30:00+00:00"));

    use_home(hass, "{'time_zone': 'Europe/Berlin'}");
    struct ticks local = { 0 }, utc = { 0 };
    struct hass_track_time pattern = {
        .size = sizeof(pattern), .hour = "13", .minute = "0", .second = "0"
    };
    hass_async_track_time_change(hass, &pattern, HASS_JOB_CALLBACK(on_tick, &local), NULL, NULL);
    pattern.utc = true;
    hass_async_track_time_change(hass, &pattern, HASS_JOB_CALLBACK(on_tick, &utc), NULL, NULL);
    test_advance(hass, 3600);
    ck_assert_uint_eq(local.count, 1);
    ck_assert_int_eq(local.at[0], at("2024-07-05T11:00:00+00:00"));
    ck_assert_uint_eq(utc.count, 0);
}
END_TEST

static void track_half_past_two(struct hass *hass, struct ticks *ticks)
{
    struct hass_track_time pattern = {
        .size = sizeof(pattern), .hour = "2", .minute = "30", .second = "0"
    };

    hass__assert_loop();
    use_home(hass, "{'time_zone': 'Europe/Berlin'}");
    hass_async_track_time_change(hass, &pattern, HASS_JOB_CALLBACK(on_tick, ticks), NULL, NULL);
}

START_TEST(a_time_in_the_gap_fires_the_next_day)
{
    struct hass *hass = test_hass_at(at("2026-03-28T12:00:00+00:00"));
    struct ticks ticks = { 0 };

    track_half_past_two(hass, &ticks);
    test_advance(hass, 36 * 3600);
    ck_assert_uint_eq(ticks.count, 0);
    test_advance(hass, 24 * 3600);
    ck_assert_uint_eq(ticks.count, 1);
    ck_assert_int_eq(ticks.at[0], at("2026-03-30T02:30:00+02:00"));
}
END_TEST

START_TEST(a_time_in_the_fold_fires_twice)
{
    struct hass *hass = test_hass_at(at("2026-10-24T12:00:00+00:00"));
    struct ticks ticks = { 0 };

    track_half_past_two(hass, &ticks);
    test_advance(hass, 24 * 3600);
    ck_assert_uint_eq(ticks.count, 2);
    ck_assert_int_eq(ticks.at[0], at("2026-10-25T02:30:00+02:00"));
    ck_assert_int_eq(ticks.at[1], at("2026-10-25T02:30:00+01:00"));
}
END_TEST

START_TEST(a_bad_pattern_is_refused_with_the_value)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_track_time pattern = { .size = sizeof(pattern), .minute = "60" };

    ck_assert_int_eq(hass_async_track_time_change(hass, &pattern,
                                                  HASS_JOB_CALLBACK(on_tick, &ticks), NULL, &err),
                     HASS_E_INVALID);
    ck_assert_str_eq(err.message, "time expression '60': '60' is not a number from 0 to 59");
}
END_TEST

/* the sun */

#define BERLIN                                                                                     \
    "{'latitude': 52.52, 'longitude': 13.405, 'elevation': 34, 'time_zone': 'Europe/Berlin'}"

static void ck_assert_near(int64_t actual, const char *expected)
{
    ck_assert_int_le(llabs(actual - at(expected)), 60 * SECOND);
}

START_TEST(sunrise_and_sunset_fire_each_day)
{
    struct hass *hass = test_hass_at(at("2024-01-15T12:00:00+00:00"));
    struct ticks rise = { 0 }, set = { 0 };

    use_home(hass, BERLIN);
    hass_async_track_sunrise(hass, 0, HASS_JOB_CALLBACK(on_tick, &rise), NULL, NULL);
    hass_async_track_sunset(hass, -3600, HASS_JOB_CALLBACK(on_tick, &set), NULL, NULL);
    test_advance(hass, 48 * 3600);
    ck_assert_uint_eq(rise.count, 2);
    ck_assert_uint_eq(set.count, 2);
    ck_assert_near(rise.at[0], "2024-01-16T07:08:02+00:00");
    ck_assert_near(set.at[0], "2024-01-15T14:22:40+00:00");
}
END_TEST

START_TEST(the_sun_is_computed_anew_when_the_home_moves)
{
    struct hass *hass = test_hass_at(at("2024-01-15T12:00:00+00:00"));
    struct ticks set = { 0 };

    use_home(hass, BERLIN);
    hass_async_track_sunset(hass, 0, HASS_JOB_CALLBACK(on_tick, &set), NULL, NULL);
    use_home(hass, "{'longitude': 28.405}"); /* an hour further east */
    test_advance(hass, 24 * 3600);
    ck_assert_uint_eq(set.count, 1);
    ck_assert_near(set.at[0], "2024-01-15T14:22:40+00:00");
}
END_TEST

START_TEST(the_sun_is_up_by_day)
{
    struct hass *hass = test_hass();

    use_home(hass, BERLIN);
    double elevation, azimuth;
    ck_assert(hass_sun_is_up(hass, at("2024-01-15T12:00:00+00:00")));
    ck_assert(!hass_sun_is_up(hass, at("2024-01-15T20:00:00+00:00")));
    hass_sun_position(hass, at("2024-01-15T12:00:00+00:00"), &elevation, &azimuth);
    ck_assert_double_eq_tol(elevation, 15.74, 0.1);
    ck_assert_double_eq_tol(azimuth, 190.75, 0.1);
}
END_TEST

START_TEST(an_unknown_event_of_the_sun_is_refused)
{
    struct hass *hass = test_hass();
    int64_t time = 7;

    ck_assert_int_eq(hass_sun_next(hass, (enum hass_sun_event)99, 0, 0, &time, NULL),
                     HASS_E_INVALID);
    ck_assert_int_eq(time, 7);
}
END_TEST

/* scopes and threads */

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}

START_TEST(trackers_go_with_their_scope)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };
    struct scope *scope = scope_new(hass, "blink");
    struct scope *former = scope_enter(scope);
    struct hass_sub *kept = NULL;

    hass_async_track_time_interval(hass, 1, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    hass_async_call_later(hass, 1, HASS_JOB_CALLBACK(on_tick, &ticks), &kept, NULL);
    hass_async_track_sunset(hass, 1, HASS_JOB_CALLBACK(on_tick, &ticks), NULL, NULL);
    scope_leave(former);
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, scope), 0);
    test_advance(hass, 2 * 24 * 3600);
    ck_assert_uint_eq(ticks.count, 0);
    scope_unref(scope);
}
END_TEST

static HASS_BLOCKING int track_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_job job = HASS_JOB_CALLBACK(on_tick, userdata);
    struct hass_track_time pattern = { .size = sizeof(pattern), .minute = "30", .second = "0" };
    int64_t now = hass_now(hass);
    int r = hass_track_point_in_time(hass, now, job, NULL, err);

    r = r < 0 ? r : hass_track_point_in_utc_time(hass, now, job, NULL, err);
    r = r < 0 ? r : hass_call_later(hass, 0, job, NULL, err);
    r = r < 0 ? r : hass_track_time_interval(hass, 2000, job, NULL, err);
    r = r < 0 ? r : hass_track_time_change(hass, &pattern, job, NULL, err);
    r = r < 0 ? r : hass_track_utc_time_change(hass, &pattern, job, NULL, err);
    r = r < 0 ? r : hass_track_sunrise(hass, 0, job, NULL, err);
    r = r < 0 ? r : hass_track_sunset(hass, 0, job, NULL, err);
    pattern.minute = "nonsense";
    return r < 0 ? r : hass_track_time_change(hass, &pattern, job, NULL, err);
}

START_TEST(twins_register_from_a_pool_thread_and_return_errors)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };

    ck_assert_int_eq(test_on_pool(hass, track_from_pool, &ticks), HASS_E_INVALID);
    test_advance(hass, 2100);
    ck_assert_uint_eq(ticks.count, 6);
}
END_TEST

static void count_destroyed(void *userdata)
{
    (*(int *)userdata)++;
}

struct closed_caller {
    struct scope *scope;
    int destroyed;
};

/* What its thread still does after an integration has been closed. */
static HASS_BLOCKING int track_after_the_end(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    struct closed_caller *caller = userdata;
    struct scope *former = scope_enter(caller->scope);
    int r = hass_call_later(
        hass, 1, HASS_JOB_CALLBACK(on_tick, &caller->destroyed, .destroy = count_destroyed), NULL,
        err);

    scope_leave(former);
    return r;
}

START_TEST(a_twin_takes_its_job_also_when_nothing_can_be_registered)
{
    struct hass *hass = test_hass();
    struct closed_caller caller = { .scope = scope_new(hass, "blink") };

    scope_set_closed(caller.scope);
    ck_assert_int_eq(test_on_pool(hass, track_after_the_end, &caller), HASS_E_CLOSED);
    ck_assert_int_eq(caller.destroyed, 1);
    scope_unref(caller.scope);
}
END_TEST

static int track_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    struct hass_job job = HASS_JOB_CALLBACK(on_tick, userdata);
    struct hass_track_time pattern = { .size = sizeof(pattern) };
    int wrong = 0;

    wrong += hass_async_track_point_in_time(hass, 0, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_point_in_utc_time(hass, 0, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_call_later(hass, 0, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_time_interval(hass, 1, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_time_change(hass, &pattern, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_utc_time_change(hass, &pattern, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_sunrise(hass, 0, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_sunset(hass, 0, job, NULL, NULL) == HASS_E_THREAD;
    return wrong;
}

START_TEST(async_forms_are_refused_elsewhere)
{
    struct hass *hass = test_hass();
    struct ticks ticks = { 0 };

    test_logs();
    ck_assert_int_eq(test_on_pool(hass, track_wrongly, &ticks), 8);
    test_advance(hass, 10);
    ck_assert_uint_eq(ticks.count, 0);
}
END_TEST

TEST_MAIN("track_time", a_point_in_time_fires_once_with_the_scheduled_time,
          a_point_in_the_past_fires_at_once, a_point_in_time_follows_the_wall_clock,
          call_later_passes_the_actual_time, a_negative_delay_is_none,
          removing_before_the_time_prevents_the_call_and_after_it_is_harmless,
          an_interval_goes_on_until_it_is_removed,
          an_interval_is_armed_from_the_time_of_firing_before_the_job_runs,
          an_interval_may_end_itself, coroutines_of_an_interval_overlap_in_the_background,
          an_interval_of_nothing_is_refused, cancel_on_shutdown_ends_a_tracker_in_stage_2,
          a_pattern_fires_at_each_match, only_an_hour_is_every_second_of_it,
          three_wildcards_are_an_interval_of_a_second, a_pattern_is_local_unless_it_says_utc,
          a_time_in_the_gap_fires_the_next_day, a_time_in_the_fold_fires_twice,
          a_bad_pattern_is_refused_with_the_value, sunrise_and_sunset_fire_each_day,
          the_sun_is_computed_anew_when_the_home_moves, the_sun_is_up_by_day,
          an_unknown_event_of_the_sun_is_refused, trackers_go_with_their_scope,
          twins_register_from_a_pool_thread_and_return_errors,
          a_twin_takes_its_job_also_when_nothing_can_be_registered,
          async_forms_are_refused_elsewhere)
