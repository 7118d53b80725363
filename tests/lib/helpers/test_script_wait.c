/* SPDX-License-Identifier: Apache-2.0 */
/* wait_template and wait_for_trigger: what ends them, and what `wait` says afterwards. */
#include <string.h>

#include <hass/dt.h>

#include "run/clock.h"
#include "run/timer.h"
#include "support/script.h"

#define REC(data) "{'action':'test.rec','data':" data "}"
#define WAIT      REC("{'w':'{{ wait }}'}")

static HASS_CALLBACK struct hass_script *start(const char *sequence)
{
    struct hass_script *script = script_make(sequence, HASS_SCRIPT_SINGLE);

    script_start(script, NULL);
    return script;
}

START_TEST(a_template_that_is_true_is_not_waited_for)
{
    script_home();
    struct hass_script *script = start("[{'wait_template':'{{ true }}'}," WAIT
                                       ",{'wait_template':'{{ true }}','timeout':5}," WAIT "]");
    ck_assert_calls("0 rec {'w':{'completed':true,'remaining':null}}; "
                    "0 rec {'w':{'completed':true,'remaining':5.0}}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_template_is_waited_for)
{
    struct hass *hass = script_home();
    struct hass_script *script = start(
        "[{'wait_template':'{{ is_state(\\'light.a\\', \\'on\\') }}','timeout':10}," WAIT "]");

    test_advance(hass, 4);
    ck_assert_calls("");
    hass_states_async_set(hass, "light.a", "on", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_calls("4 rec {'w':{'completed':true,'remaining':6.0}}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(what_ends_a_wait_need_not_be_exactly_true)
{
    struct hass *hass = script_home();

    hass_states_async_set(hass, "light.a", "on", NULL, NULL, NULL);
    struct hass_script *script =
        start("[{'wait_template':'{{ states(\\'light.a\\') }}'}," REC("{}") "]");
    ck_assert_calls(""); /* "on" is not "true" */
    hass_states_async_set(hass, "light.a", "yes", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_calls("0 rec");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_wait_goes_on_when_its_time_is_over)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        start("[{'wait_template':'{{ false }}','timeout':'{{ 2 }}'}," WAIT "]");

    test_advance(hass, 2);
    ck_assert_calls("2 rec {'w':{'completed':false,'remaining':0.0}}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_wait_may_end_the_run_when_its_time_is_over)
{
    script_home();
    struct hass_script *script = script_make(
        "[{'wait_template':'{{ false }}','timeout':2,'continue_on_timeout':false}," REC("{}") "]",
        HASS_SCRIPT_SINGLE);

    ck_assert_int_eq(script_run(script, NULL, NULL, NULL), 0);
    ck_assert_calls("");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(no_time_at_all_is_over_at_once)
{
    script_home();
    struct hass_script *script =
        start("[{'wait_template':'{{ false }}','timeout':0}," WAIT
              ",{'wait_for_trigger':{'trigger':'event','event_type':'go'},'timeout':0}," WAIT "]");

    ck_assert_calls("0 rec {'w':{'completed':false,'remaining':0.0}}; "
                    "0 rec {'w':{'completed':false,'remaining':0.0,'trigger':null}}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_trigger_is_waited_for_and_told)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        start("[{'wait_for_trigger':[{'trigger':'event','event_type':'no','id':'n'},"
              "{'trigger':'event','event_type':'go','id':'g'}],'timeout':9}," REC(
                  "{'id':'{{ wait.trigger.id }}','x':'{{ wait.trigger.event.data.x }}',"
                  "'left':'{{ wait.remaining }}','done':'{{ wait.completed }}'}") "]");

    test_advance(hass, 3);
    hass_bus_async_fire(hass, "go", test_json("{'x':7}"), NULL, NULL);
    hass_bus_async_fire(hass, "go", test_json("{'x':8}"), NULL, NULL);
    test_settle(hass);
    ck_assert_calls("3 rec {'id':'g','x':7,'left':6.0,'done':true}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(states_of_the_trigger_stay_states)
{
    struct hass *hass = script_home();

    hass_states_async_set(hass, "light.a", "off", NULL, NULL, NULL);
    struct hass_script *script =
        start("[{'wait_for_trigger':{'trigger':'state','entity_id':'light.a'}}," REC(
            "{'s':'{{ wait.trigger.to_state.state }}','n':'{{ wait.trigger.to_state.name "
            "}}'}") "]");
    hass_states_async_set(hass, "light.a", "on", test_json("{'friendly_name':'Lamp'}"), NULL, NULL);
    test_settle(hass);
    ck_assert_calls("0 rec {'s':'on','n':'Lamp'}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(no_trigger_in_time_is_null)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        start("[{'wait_for_trigger':{'trigger':'event','event_type':'go'},'timeout':2}," WAIT "]");

    test_advance(hass, 2);
    ck_assert_calls("2 rec {'w':{'completed':false,'remaining':0.0,'trigger':null}}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(triggers_see_the_variables_of_the_run)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        start("[{'variables':{'what':'go'}},{'wait_for_trigger':{'trigger':'event','event_type':"
              "'{{ what }}'}}," REC("{}") "]");

    hass_bus_async_fire(hass, "go", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_calls("0 rec");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(what_is_waited_for_in_a_branch_is_the_branchs)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        start("[{'wait_template':'{{ true }}'},{'parallel':[[{'wait_template':'{{ false }}',"
              "'timeout':2}," WAIT "],[{'delay':3}," WAIT "]]}," WAIT "]");

    test_advance(hass, 5);
    ck_assert_calls("2 rec {'w':{'completed':false,'remaining':0.0}}; "
                    "3 rec {'w':{'completed':true,'remaining':null}}; "
                    "3 rec {'w':{'completed':true,'remaining':null}}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_stopped_wait_leaves_nothing_behind)
{
    struct hass *hass = script_home();
    struct hass_script *script = start(
        "[{'parallel':[[{'wait_for_trigger':{'trigger':'event','event_type':'go'},'timeout':5}],"
        "[{'wait_template':'{{ is_state(\\'light.a\\', \\'on\\') }}','timeout':5}]]}," REC(
            "{}") "]");

    hass_script_async_stop(script);
    ck_assert_uint_eq(hass_script_async_current(script), 0);
    hass_bus_async_fire(hass, "go", NULL, NULL, NULL);
    hass_states_async_set(hass, "light.a", "on", NULL, NULL, NULL);
    test_advance(hass, 9);
    ck_assert_calls("");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_wait_whose_time_cannot_be_told_aborts)
{
    script_home();
    struct hass_script *script =
        script_make("[{'wait_template':'{{ false }}','timeout':'{{ \\'soon\\' }}'}," REC("{}") "]",
                    HASS_SCRIPT_SINGLE);

    ck_assert_int_eq(script_run(script, NULL, NULL, NULL), 0);
    ck_assert_calls("");
    hass_script_async_destroy(script);
}
END_TEST

static HASS_CALLBACK void set_clock(struct hass *hass, int64_t seconds)
{
    struct runtime *runtime = runtime_of(hass);

    clock_set_wall(runtime->clock, clock_wall(runtime->clock) + seconds * HASS_USEC_PER_SEC);
    timers_clock_set(runtime->timers);
}

/* The first of `hassctl runs`: until when it waits, in seconds from now. */
static HASS_CALLBACK int64_t waits_for(struct hass *hass)
{
    autojson *runs = hass_script_runs_async_list(hass);
    int64_t until = 0;

    (void)hass_dt_parse(hass_json_get_string(json_array_get(runs, 0), "until", ""), NULL, &until,
                        NULL);
    return (until - hass_now(hass)) / HASS_USEC_PER_SEC;
}

START_TEST(a_clock_that_is_set_changes_no_wait)
{
    struct hass *hass = script_home();
    struct hass_script *script = start("[{'delay':10}," REC(
        "{}") ",{'wait_for_trigger':{'trigger':'event','event_type':'go'"
              "},'timeout':10}," REC("{'r':'{{ wait.remaining }}'}") ",{'wait_template':'{{ false "
                                                                     "}}','timeout':10}," REC(
                                                                         "{'r':'{{ wait.remaining "
                                                                         "}}'}") "]");

    test_advance(hass, 4);
    set_clock(hass, -4 * 365 * 86400);
    ck_assert_int_eq(waits_for(hass), 6);
    test_advance(hass, 5.5);
    ck_assert_uint_eq(recorded.count, 0);
    test_advance(hass, 2.5);
    ck_assert_uint_eq(recorded.count, 1);
    set_clock(hass, 8 * 365 * 86400);
    test_advance(hass, 4);
    hass_bus_async_fire(hass, "go", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert(hass_json_get_number(recorded.calls[1].data, "r", 0) == 4);
    set_clock(hass, 86400);
    test_advance(hass, 9.5);
    ck_assert_uint_eq(recorded.count, 2);
    test_advance(hass, 1);
    ck_assert_uint_eq(recorded.count, 3);
    hass_script_async_destroy(script);
}
END_TEST

TEST_MAIN("script_wait", a_clock_that_is_set_changes_no_wait,
          a_template_that_is_true_is_not_waited_for, a_template_is_waited_for,
          what_ends_a_wait_need_not_be_exactly_true, a_wait_goes_on_when_its_time_is_over,
          a_wait_may_end_the_run_when_its_time_is_over, no_time_at_all_is_over_at_once,
          a_trigger_is_waited_for_and_told, states_of_the_trigger_stay_states,
          no_trigger_in_time_is_null, triggers_see_the_variables_of_the_run,
          what_is_waited_for_in_a_branch_is_the_branchs, a_stopped_wait_leaves_nothing_behind,
          a_wait_whose_time_cannot_be_told_aborts)
