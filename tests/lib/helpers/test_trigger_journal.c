/* SPDX-License-Identifier: Apache-2.0 */
/* Triggers over a restart: `for:` that was pending, and times that have passed. Each test has a first hassd that is killed, and a second one. */
#include <stdio.h>

#include <hass/dt.h>

#include "helpers/journal.h"
#include "run/clock.h"
#include "run/timer.h"
#include "support/cases.h"
#include "support/triggers.h"

#define RUNS    ".storage/hassd.runs"
#define JOURNAL HASS_TRIGGERS_OPTIONS(.journal = "automation.a")

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return journal_async_load(hass, err);
}

static HASS_CALLBACK struct hass *begin(int64_t at)
{
    struct hass *hass = at ? test_hass_at(at) : test_hass();

    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    return hass;
}

/* Kills it three seconds later, and begins again after @away seconds. */
static HASS_CALLBACK struct hass *restart(struct hass *hass, struct fired *fired, double away)
{
    autofree char *path = NULL;

    test_advance(hass, 3);
    int64_t now = hass_now(hass);
    ck_assert(asprintf(&path, "%s/" RUNS, test_dir()) > 0);
    autofree char *runs = test_read_file(path);
    triggers_detach(fired);
    test_destroy(hass);
    test_file(RUNS, runs);
    return begin(now + (int64_t)(away * HASS_USEC_PER_SEC));
}

#define DOOR "{'trigger': 'state', 'entity_id': 'binary_sensor.door', 'to': 'on', 'for': 30}"

/* A door that has been open for three seconds when hassd is killed. */
static HASS_CALLBACK struct hass *door_over_a_restart(double away)
{
    struct hass *hass = begin(0);
    struct fired *fired = triggers_attach_with(hass, DOOR, JOURNAL);

    set_state(hass, "binary_sensor.door", "off", "{'n': 1}");
    set_state(hass, "binary_sensor.door", "on", "{'n': 2}");
    return restart(hass, fired, away);
}

START_TEST(what_still_holds_fires_when_it_would_have)
{
    hass__assert_loop();
    struct hass *hass = door_over_a_restart(5);
    set_state(hass, "binary_sensor.door", "on", NULL);
    struct fired *fired = triggers_attach_with(hass, DOOR, JOURNAL);

    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 22);
    ck_assert_str_eq(fired_text(fired, 0, "from_state.state"), "off");
    ck_assert_json(fired_field(fired, 0, "to_state.attributes"), "{'n': 2}");
    ck_assert_str_eq(fired_text(fired, 0, "description"), "state of binary_sensor.door");
    ck_assert_ptr_nonnull(fired->context);
}
END_TEST

START_TEST(what_fell_due_meanwhile_fires_at_once)
{
    hass__assert_loop();
    struct hass *hass = door_over_a_restart(500);
    set_state(hass, "binary_sensor.door", "on", NULL);
    struct fired *fired = triggers_attach_with(hass, DOOR, JOURNAL);

    ck_assert_uint_eq(fired_count(fired), 0);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), 1);
    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(what_does_not_hold_any_more_ends)
{
    hass__assert_loop();
    struct hass *hass = door_over_a_restart(5);
    set_state(hass, "binary_sensor.door", "off", NULL);
    struct fired *fired = triggers_attach_with(hass, DOOR, JOURNAL);

    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_str_eq(fired_nearly(fired, 0),
                     "binary_sensor.door lasted 8 s of 30 s, then it became 'off'");
}
END_TEST

START_TEST(an_entity_that_is_not_back_yet_is_waited_for)
{
    hass__assert_loop();
    struct hass *hass = door_over_a_restart(5);
    set_state(hass, "binary_sensor.door", "unavailable", NULL);
    struct fired *fired = triggers_attach_with(hass, DOOR, JOURNAL);

    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 0);
    set_state(hass, "binary_sensor.door", "on", NULL);
    test_settle(hass);
    // It goes on where it was, and its coming back is a change that waits for itself.
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "from_state.state"), "off");
}
END_TEST

START_TEST(but_not_for_ever)
{
    hass__assert_loop();
    struct hass *hass = door_over_a_restart(5);
    struct fired *fired = triggers_attach_with(hass, DOOR, JOURNAL);

    test_advance(hass, 1000);
    ck_assert_uint_eq(fired_pending(fired), 0);
    ck_assert_str_eq(fired_nearly(fired, 0),
                     "binary_sensor.door has not come back since the restart");
}
END_TEST

START_TEST(an_edited_trigger_begins_anew)
{
    hass__assert_loop();
    struct hass *hass = door_over_a_restart(5);
    set_state(hass, "binary_sensor.door", "on", NULL);
    struct fired *fired = triggers_attach_with(
        hass, "{'trigger': 'state', 'entity_id': 'binary_sensor.door', 'to': 'on', 'for': 31}",
        JOURNAL);

    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(numbers_go_on_while_they_are_within_the_bounds)
{
    hass__assert_loop();
    const char *config =
        "{'trigger': 'numeric_state', 'entity_id': 'sensor.t', 'above': 20, 'for': 30}";
    struct hass *hass = begin(0);
    set_state(hass, "sensor.t", "10", NULL);
    struct fired *fired = triggers_attach_with(hass, config, JOURNAL);
    set_state(hass, "sensor.t", "25", NULL);
    hass = restart(hass, fired, 5);
    set_state(hass, "sensor.t", "26", NULL);
    fired = triggers_attach_with(hass, config, JOURNAL);

    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 22);
}
END_TEST

START_TEST(templates_go_on_while_they_are_true)
{
    hass__assert_loop();
    const char *config = "{'trigger': 'template', 'value_template': '{{ states.sensor.t.state | "
                         "bool }}', 'for': 30}";
    struct hass *hass = begin(0);
    set_state(hass, "sensor.t", "off", NULL);
    struct fired *fired = triggers_attach_with(hass, config, JOURNAL);
    set_state(hass, "sensor.t", "on", NULL);
    hass = restart(hass, fired, 5);
    set_state(hass, "sensor.t", "on", NULL);
    fired = triggers_attach_with(hass, config, JOURNAL);

    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 22);
    ck_assert_str_eq(fired_text(fired, 0, "entity_id"), "sensor.t");
}
END_TEST

/* times */

#define MISSED HASS_TRIGGERS_OPTIONS(.journal = "automation.a", .run_missed = true)

static HASS_CALLBACK struct fired *time_over_a_restart(const char *config, double away)
{
    struct hass *hass = begin(0); // 2024-01-01, a Monday, midnight
    struct fired *fired = triggers_attach_with(hass, config, MISSED);

    hass = restart(hass, fired, away);
    fired = triggers_attach_with(hass, config, MISSED);
    test_settle(hass);
    return fired;
}

START_TEST(a_time_that_was_missed_fires_once)
{
    hass__assert_loop();
    struct fired *fired =
        time_over_a_restart("{'trigger': 'time', 'at': ['07:00', '08:00']}", 3 * 86400);

    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "now"), "2024-01-04T00:00:03+00:00");
    test_advance(test_hass(), 8 * 3600);
    ck_assert_uint_eq(fired_count(fired), 3);
}
END_TEST

START_TEST(a_time_that_has_not_come_was_not_missed)
{
    hass__assert_loop();
    struct fired *fired = time_over_a_restart("{'trigger': 'time', 'at': '07:00'}", 3600);

    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(a_day_that_is_not_wanted_was_not_missed)
{
    hass__assert_loop();
    struct fired *fired =
        time_over_a_restart("{'trigger': 'time', 'at': '07:00', 'weekday': 'fri'}", 2 * 86400);

    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(who_does_not_want_missed_times_gets_none)
{
    hass__assert_loop();
    const char *config = "{'trigger': 'time', 'at': '07:00'}";
    struct hass *hass = begin(0);
    struct fired *fired = triggers_attach_with(hass, config, MISSED);

    hass = restart(hass, fired, 86400);
    fired = triggers_attach_with(hass, config, JOURNAL);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(what_has_fired_was_not_missed)
{
    hass__assert_loop();
    const char *config = "{'trigger': 'time', 'at': '07:00'}";
    struct hass *hass = begin(0);
    struct fired *fired = triggers_attach_with(hass, config, MISSED);

    test_advance(hass, 8 * 3600);
    ck_assert_uint_eq(fired_count(fired), 1);
    hass = restart(hass, fired, 3600);
    fired = triggers_attach_with(hass, config, MISSED);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(a_sunrise_may_be_missed_too)
{
    hass__assert_loop();
    struct fired *fired = time_over_a_restart("{'trigger': 'sun', 'event': 'sunrise'}", 86400);

    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

/* `missed: run_once` of a pattern: what came while hassd was away, all of it at once. */
static const struct {
    const char *config;
    double away;
    size_t fired;
} patterns[] = {
    { "{'trigger': 'time_pattern', 'hours': '/6'}", 20 * 3600, 1 },
    { "{'trigger': 'time_pattern', 'hours': 5, 'minutes': 30}", 5 * 3600, 0 },
    { "{'trigger': 'time_pattern', 'hours': 5, 'minutes': 30}", 6 * 3600, 1 },
    { "{'trigger': 'time_pattern', 'minutes': '/5'}", 200, 0 },
    { "{'trigger': 'time_pattern', 'minutes': '/5'}", 3600, 1 },
    { "{'trigger': 'time_pattern', 'seconds': '/10'}", 3600, 1 },
};

START_TEST(a_pattern_that_was_missed_fires_once)
{
    hass__assert_loop();
    struct hass *hass = begin(10 * HASS_USEC_PER_SEC); // not at the very time of any
    struct fired *fired = triggers_attach_with(hass, patterns[_i].config, MISSED);

    test_advance(hass, 1);
    hass = restart(hass, fired, patterns[_i].away);
    fired = triggers_attach_with(hass, patterns[_i].config, MISSED);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), patterns[_i].fired);
}
END_TEST

START_TEST(a_pattern_that_has_fired_was_not_missed)
{
    hass__assert_loop();
    const char *config = "{'trigger': 'time_pattern', 'minutes': '/5'}";
    struct hass *hass = begin(0);
    struct fired *fired = triggers_attach_with(hass, config, MISSED);

    test_advance(hass, 3600 + 30);
    hass = restart(hass, fired, 60);
    fired = triggers_attach_with(hass, config, MISSED);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

/* The minute after what was noted: a restart that takes less is not seen. */
START_TEST(a_pattern_of_seconds_is_written_down_once_a_minute)
{
    hass__assert_loop();
    const char *config = "{'trigger': 'time_pattern', 'seconds': '/10'}";
    struct hass *hass = begin(0);
    struct fired *fired = triggers_attach_with(hass, config, MISSED);

    test_advance(hass, 25);
    hass = restart(hass, fired, 20);
    fired = triggers_attach_with(hass, config, MISSED);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

/* Fired at seven, or with the sun; then the clock is put back by ten minutes, and hassd is away when it is that time again. */
static const char *const corrected[] = {
    "{'trigger': 'time', 'at': '07:00'}",
    "{'trigger': 'time_pattern', 'hours': 7}",
    "{'trigger': 'sun', 'event': 'sunrise'}",
};

START_TEST(what_has_fired_is_not_missed_when_the_clock_is_corrected)
{
    hass__assert_loop();
    struct hass *hass = begin(0);
    struct runtime *runtime = runtime_of(hass);
    struct fired *fired = triggers_attach_with(hass, corrected[_i], MISSED);

    while (fired_count(fired) == 0)
        test_advance(hass, 60);
    clock_set_wall(runtime->clock, hass_now(hass) - 600 * HASS_USEC_PER_SEC);
    timers_clock_set(runtime->timers);
    hass = restart(hass, fired, 1800);
    fired = triggers_attach_with(hass, corrected[_i], MISSED);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

/* A minute or more before it is due. */
static const struct {
    const char *config, *today;
} dues[] = {
    { "{'trigger': 'time_pattern', 'hours': 7}", "2026-02-01T06:59:00+00:00" },
    { "{'trigger': 'time', 'at': '07:00'}", "2026-02-01T06:59:00+00:00" },
    { "{'trigger': 'sun', 'event': 'sunrise'}", "2026-02-01T00:00:00+00:00" },
};

START_TEST(what_is_due_is_noted_anew_when_the_clock_is_set)
{
    hass__assert_loop();
    int64_t today = 0, then = 0;
    ck_assert_int_eq(hass_dt_parse(dues[_i].today, NULL, &today, NULL), 0);
    ck_assert_int_eq(hass_dt_parse("2030-06-01T10:00:00+00:00", NULL, &then, NULL), 0);
    struct hass *hass = begin(then);
    struct runtime *runtime = runtime_of(hass);
    struct fired *fired = triggers_attach_with(hass, dues[_i].config, MISSED);

    test_advance(hass, 3);
    clock_set_wall(runtime->clock, today);
    timers_clock_set(runtime->timers);
    hass = restart(hass, fired, 86000);
    fired = triggers_attach_with(hass, dues[_i].config, MISSED);
    test_settle(hass);
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

CASES_MAIN("triggers over a restart", ONCE(what_still_holds_fires_when_it_would_have),
           ONCE(what_fell_due_meanwhile_fires_at_once), ONCE(what_does_not_hold_any_more_ends),
           ONCE(an_entity_that_is_not_back_yet_is_waited_for), ONCE(but_not_for_ever),
           ONCE(an_edited_trigger_begins_anew),
           ONCE(numbers_go_on_while_they_are_within_the_bounds),
           ONCE(templates_go_on_while_they_are_true), ONCE(a_time_that_was_missed_fires_once),
           ONCE(a_time_that_has_not_come_was_not_missed),
           ONCE(a_day_that_is_not_wanted_was_not_missed),
           ONCE(who_does_not_want_missed_times_gets_none), ONCE(what_has_fired_was_not_missed),
           ONCE(a_sunrise_may_be_missed_too), ROWS(a_pattern_that_was_missed_fires_once, patterns),
           ONCE(a_pattern_that_has_fired_was_not_missed),
           ONCE(a_pattern_of_seconds_is_written_down_once_a_minute),
           ROWS(what_has_fired_is_not_missed_when_the_clock_is_corrected, corrected),
           ROWS(what_is_due_is_noted_anew_when_the_clock_is_set, dues))
