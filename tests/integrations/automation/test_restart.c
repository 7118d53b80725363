/* SPDX-License-Identifier: Apache-2.0 */
/* Automations over a restart: runs that go on or are dropped, and times that were missed. Virtual time begins on 1 January 2024, 00:00. */
#include <hass/trace.h>

#include "support/items.h"

static HASS_CALLBACK void fire(struct hass *hass, const char *type, const char *data)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, data ? test_json(data) : NULL, NULL, NULL), 0);
    test_settle(hass);
}

START_TEST(a_run_that_goes_on_was_the_last_one)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "automation:\n  - id: a\n    alias: A\n    triggers: {trigger: event, event_type: "
        "go}\n    actions: [{delay: 60}, {event: done}]\n"
        "script:\n  s:\n    sequence: [{delay: 60}]\n");

    test_advance(hass, 3600);
    fire(hass, "go", NULL);
    ck_assert_int_eq(home_call(hass, "script", "turn_on", "{'entity_id':'script.s'}", NULL), 0);
    test_advance(hass, 5);
    hass = home_killed(hass, 5);
    items_check_attributes(hass, "automation.a",
                           "{'id':'a','last_triggered':'2024-01-01T01:00:00+00:00','mode':"
                           "'single','current':1,'friendly_name':'A'}");
    autojson *last = home_attribute(hass, "script.s", "last_triggered");
    ck_assert_str_eq(json_string_value(last), "2024-01-01T01:00:00+00:00");
    const char *const items[][2] = { { "automation", "a" }, { "script", "s" } };
    for (size_t i = 0; i < 2; i++) {
        autojson *traces = hass_traces_async_list(hass, items[i][0], items[i][1]);
        const json_t *trace = json_array_get(traces, json_array_size(traces) - 1);
        ck_assert_str_eq(hass_json_get_string(hass_json_get(trace, "timestamp"), "start", ""),
                         "2024-01-01T01:00:00+00:00");
    }
    struct capture *done = test_capture(hass, "done");
    test_advance(hass, 49);
    ck_assert_uint_eq(capture_count(done), 0);
    test_advance(hass, 2);
    ck_assert_uint_eq(capture_count(done), 1);
}
END_TEST

START_TEST(a_later_run_stays_the_last_one)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "automation:\n  - id: a\n    alias: A\n    mode: parallel\n    triggers: {trigger: event, "
        "event_type: go}\n    actions: [{delay: '{{ trigger.event.data.n }}'}]\n");

    fire(hass, "go", "{'n':600}");
    test_advance(hass, 60);
    fire(hass, "go", "{'n':1}");
    test_advance(hass, 10);
    hass = home_restart(hass, 5);
    autojson *last = home_attribute(hass, "automation.a", "last_triggered");
    ck_assert_str_eq(json_string_value(last), "2024-01-01T00:01:00+00:00");
    autojson *current = home_attribute(hass, "automation.a", "current");
    ck_assert_int_eq(json_integer_value(current), 1);
}
END_TEST

START_TEST(who_drops_its_runs_at_a_restart_has_none_afterwards)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "automation:\n  - id: a\n    alias: A\n    restart: drop\n    triggers: {trigger: "
        "event, event_type: go}\n    actions: [{delay: 60}, {event: done}]\n"
        "  - id: b\n    alias: B\n    restart: resume\n    triggers: {trigger: "
        "event, event_type: go}\n    actions: [{delay: 60}, {event: done_b}]\n");

    fire(hass, "go", NULL);
    test_advance(hass, 5);
    hass = home_killed(hass, 5);
    struct capture *done = test_capture(hass, "done"), *done_b = test_capture(hass, "done_b");
    test_advance(hass, 100);
    ck_assert_uint_eq(capture_count(done), 0);
    ck_assert_uint_eq(capture_count(done_b), 1);
}
END_TEST

#define ALARM(more)                                                                                \
    "automation:\n  - id: a\n    alias: A\n    triggers: {trigger: time, at: '07:00'}\n" more      \
    "    actions: {event: done, event_data: {now: '{{ trigger.now }}'}}\n"

/* Down from midnight, after a minute, for @away hours; how often and when it had run an hour after it was up again. */
static const struct {
    const char *yaml;
    double away;
    size_t count;
} missed[] = {
    { ALARM("    missed: run_once\n"), 8, 1 },
    { ALARM("    missed: run_once\n"), 80, 1 },
    { ALARM("    missed: run_once\n"), 5, 0 },
    { ALARM("    missed: skip\n"), 8, 0 },
    { ALARM(""), 8, 0 },
    { ALARM("    missed: skip\n"), 6.5, 1 },
    { ALARM("    missed: run_once\n"), 6.5, 1 },
};

/* @killed: no stop has written anything. */
static HASS_CALLBACK void miss(size_t row, bool killed)
{
    struct hass *hass = test_home(missed[row].yaml);

    test_advance(hass, 60);
    hass = killed ? home_killed(hass, missed[row].away * 3600)
                  : home_restart(hass, missed[row].away * 3600);
    autojson *last = home_attribute(hass, "automation.a", "last_triggered");
    bool at_once = missed[row].count && missed[row].away > 7;
    ck_assert_int_eq(json_is_string(last), at_once);
    test_advance(hass, 3600);
    autojson *later = home_attribute(hass, "automation.a", "last_triggered");
    ck_assert_int_eq(json_is_string(later), missed[row].count > 0);
    if (at_once)
        ck_assert_str_eq(json_string_value(later), json_string_value(last));
}

START_TEST(a_time_that_was_missed_runs_once_for_who_wants_it)
{
    hass__assert_loop();
    miss((size_t)_i, false);
}
END_TEST

START_TEST(a_time_that_was_missed_by_one_that_was_killed_is_no_other)
{
    hass__assert_loop();
    miss((size_t)_i, true);
}
END_TEST

START_TEST(what_ran_as_missed_is_not_missed_again)
{
    hass__assert_loop();
    struct hass *hass = test_home(ALARM("    missed: run_once\n"));

    test_advance(hass, 60);
    hass = home_killed(hass, 8 * 3600.0);
    test_advance(hass, 60);
    hass = home_killed(hass, 3600);
    autojson *last = home_attribute(hass, "automation.a", "last_triggered");
    ck_assert(json_is_null(last)); // the second one was killed, too, before it kept what it showed
    struct capture *done = test_capture(hass, "done");
    test_advance(hass, 86400);
    ck_assert_uint_eq(capture_count(done), 1);
}
END_TEST

CASES_MAIN("automations over a restart", ONCE(a_run_that_goes_on_was_the_last_one),
           ONCE(a_later_run_stays_the_last_one),
           ONCE(who_drops_its_runs_at_a_restart_has_none_afterwards),
           ROWS(a_time_that_was_missed_runs_once_for_who_wants_it, missed),
           ROWS(a_time_that_was_missed_by_one_that_was_killed_is_no_other, missed),
           ONCE(what_ran_as_missed_is_not_missed_again))
