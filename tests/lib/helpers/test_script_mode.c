/* SPDX-License-Identifier: Apache-2.0 */
/* Modes: which runs may be beside each other, and what becomes of those that may not; stopping, and the end of hassd. */
#include <string.h>

#include "support/script.h"

#define REC(data) "{'action':'test.rec','data':" data "}"
#define LATER     "[{'delay':2}," REC("{'n':'{{ n }}'}") "]"

struct counts {
    unsigned started;
    unsigned changed;
};

static void on_started(struct hass_script *script, void *userdata)
{
    ((struct counts *)userdata)->started++;
}

static void on_changed(struct hass_script *script, void *userdata)
{
    ((struct counts *)userdata)->changed++;
}

static HASS_CALLBACK struct hass_script *make(enum hass_script_mode mode, unsigned max,
                                              const char *max_exceeded)
{
    return script_make_with(LATER, (struct hass_script_options){
                                       .mode = mode, .max = max, .max_exceeded = max_exceeded });
}

START_TEST(a_single_script_refuses_a_second_run)
{
    struct logs *logs = test_logs();
    struct hass *hass = script_home();
    struct hass_script *script = make(HASS_SCRIPT_SINGLE, 0, NULL);

    script_start(script, "{'n':1}");
    script_start(script, "{'n':2}");
    ck_assert_uint_eq(hass_script_async_current(script), 1);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    test_advance(hass, 2);
    script_start(script, "{'n':3}");
    test_advance(hass, 2);
    ck_assert_calls("2 rec {'n':1}; 4 rec {'n':3}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_refused_run_is_logged_as_its_script_wants)
{
    struct logs *logs = test_logs();

    script_home();
    struct hass_script *silent = make(HASS_SCRIPT_SINGLE, 0, "silent");
    struct hass_script *loud = make(HASS_SCRIPT_SINGLE, 0, "ERROR");
    script_start(silent, NULL);
    script_start(silent, NULL);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_DEBUG), 0);
    script_start(loud, NULL);
    script_start(loud, NULL);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 1);
    hass_script_async_destroy(silent);
    hass_script_async_destroy(loud);
}
END_TEST

START_TEST(a_restarting_script_ends_its_older_run)
{
    struct hass *hass = script_home();
    struct hass_script *script = make(HASS_SCRIPT_RESTART, 0, NULL);

    script_start(script, "{'n':1}");
    test_advance(hass, 1);
    script_start(script, "{'n':2}");
    ck_assert_uint_eq(hass_script_async_current(script), 1);
    script_start(script, "{'n':3}");
    test_advance(hass, 9);
    ck_assert_calls("3 rec {'n':3}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_restarting_script_waits_until_the_older_call_has_ended)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        script_make("[{'action':'test.slow'}," REC("{'n':'{{ n }}'}") "]", HASS_SCRIPT_RESTART);

    script_start(script, "{'n':1}");
    test_advance(hass, 1);
    script_start(script, "{'n':2}");
    test_advance(hass, 9);
    ck_assert_calls("0 slow; 1 c; 1 slow; 5 rec {'n':2}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(queued_runs_come_one_after_the_other)
{
    struct hass *hass = script_home();
    struct hass_script *script = make(HASS_SCRIPT_QUEUED, 3, NULL);
    struct logs *logs = test_logs();

    for (int i = 1; i <= 4; i++) {
        char variables[20];
        snprintf(variables, sizeof(variables), "{'n':%d}", i);
        script_start(script, variables);
    }
    ck_assert_uint_eq(hass_script_async_current(script), 3);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    test_advance(hass, 20);
    ck_assert_calls("2 rec {'n':1}; 4 rec {'n':2}; 6 rec {'n':3}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(an_error_of_a_queued_run_does_not_stop_the_next)
{
    struct hass *hass = script_home();
    struct hass_script *script = script_make(
        "[{'delay':1},{'if':'{{ n == 1 }}','then':{'action':'test.boom'}}," REC("{}") "]",
        HASS_SCRIPT_QUEUED);

    script_start(script, "{'n':1}");
    script_start(script, "{'n':2}");
    test_advance(hass, 9);
    ck_assert_calls("1 boom; 2 rec");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_queued_script_forgets_its_response)
{
    autojson *response = NULL;

    script_home();
    struct hass_script *script = script_make(
        "[{'variables':{'r':{}}},{'stop':'','response_variable':'r'}]", HASS_SCRIPT_QUEUED);
    ck_assert_int_eq(script_run(script, NULL, &response, NULL), 0);
    ck_assert_ptr_null(response);
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(parallel_runs_are_beside_each_other_up_to_max)
{
    struct hass *hass = script_home();
    struct hass_script *script = make(HASS_SCRIPT_PARALLEL, 2, "silent");

    script_start(script, "{'n':1}");
    test_advance(hass, 1);
    script_start(script, "{'n':2}");
    script_start(script, "{'n':3}");
    test_advance(hass, 9);
    ck_assert_calls("2 rec {'n':1}; 3 rec {'n':2}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(stopping_ends_those_in_the_queue_too)
{
    struct hass *hass = script_home();
    struct hass_script *script = make(HASS_SCRIPT_QUEUED, 0, NULL);

    script_start(script, "{'n':1}");
    script_start(script, "{'n':2}");
    hass_script_async_stop(script);
    ck_assert_uint_eq(hass_script_async_current(script), 0);
    test_advance(hass, 9);
    ck_assert_calls("");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(whoever_lets_runs_in_is_told_before_anything_is_done)
{
    struct hass *hass = script_home();
    struct counts counts = { 0 };
    struct hass_script *script = script_make_with(
        LATER, (struct hass_script_options){
                   .mode = HASS_SCRIPT_SINGLE, .async_changed = on_changed, .userdata = &counts });
    const struct hass_script_start *start =
        HASS_SCRIPT_START(.async_started = on_started, .userdata = &counts);

    hass_script_async_start(script, start, NULL);
    hass_script_async_start(script, start, NULL);
    ck_assert_uint_eq(counts.started, 1);
    ck_assert_uint_eq(counts.changed, 2); /* it runs, and it waits */
    test_advance(hass, 3);
    ck_assert_uint_eq(counts.changed, 3);
    hass_script_async_destroy(script);
}
END_TEST

/* scripts that call scripts */

static HASS_COROUTINE int call_script(const struct hass_service_call *call, void *userdata,
                                      struct hass_error *err)
{
    return hass_script_async_run(*(struct hass_script **)userdata,
                                 HASS_SCRIPT_START(.context = hass_service_call_context(call)),
                                 NULL, err);
}

static struct hass_script *called;

static HASS_CALLBACK void offer_script(struct hass *hass, const char *name,
                                       struct hass_script **script)
{
    int r = hass_services_async_register(hass, "script", name, NULL,
                                         HASS_JOB_COROUTINE(call_script, script), NULL);

    ck_assert_int_eq(r, 0);
}

static HASS__ANALYSIS(assert_capability(hass_loop)) int run_recursive(enum hass_script_mode mode)
{
    struct hass *hass = script_home();

    offer_script(hass, "again", &called);
    called =
        script_make_with("[" REC("{}") ",{'action':'script.again'}]",
                         (struct hass_script_options){
                             .mode = mode, .key = "again", .max = 3, .max_exceeded = "silent" });
    int r = script_run(called, NULL, NULL, NULL);
    test_advance(hass, 1);
    ck_assert_uint_eq(hass_script_async_current(called), 0);
    hass_script_async_destroy(called);
    return r;
}

START_TEST(a_queued_script_that_calls_itself_is_refused)
{
    struct logs *logs = test_logs();

    ck_assert_int_eq(run_recursive(HASS_SCRIPT_QUEUED), 0);
    ck_assert_calls("0 rec");
    ck_assert_ptr_nonnull(logs_find(logs, "it would wait for itself: called by test"));
}
END_TEST

START_TEST(a_restarting_script_that_calls_itself_is_refused)
{
    ck_assert_int_eq(run_recursive(HASS_SCRIPT_RESTART), 0);
    ck_assert_calls("0 rec");
}
END_TEST

START_TEST(a_parallel_script_may_call_itself_up_to_max)
{
    ck_assert_int_eq(run_recursive(HASS_SCRIPT_PARALLEL), 0);
    ck_assert_calls("0 rec; 0 rec; 0 rec");
}
END_TEST

START_TEST(the_caller_of_a_stopped_script_goes_on)
{
    struct hass *hass = script_home();

    offer_script(hass, "long", &called);
    called = script_make_with("[{'delay':100}]", (struct hass_script_options){ .key = "long" });
    struct hass_script *caller =
        script_make("[{'action':'script.long'}," REC("{}") "]", HASS_SCRIPT_SINGLE);
    script_start(caller, NULL);
    test_advance(hass, 5);
    hass_script_async_stop(called);
    test_settle(hass);
    ck_assert_calls("5 rec");
    hass_script_async_destroy(caller);
    hass_script_async_destroy(called);
}
END_TEST

START_TEST(stopping_the_caller_stops_the_script_that_it_waits_for)
{
    struct hass *hass = script_home();

    offer_script(hass, "long", &called);
    called = script_make_with("[{'delay':100}]", (struct hass_script_options){ .key = "long" });
    struct hass_script *caller = script_make("[{'action':'script.long'}]", HASS_SCRIPT_SINGLE);
    script_start(caller, NULL);
    test_advance(hass, 5);
    hass_script_async_stop(caller);
    test_settle(hass);
    ck_assert_uint_eq(hass_script_async_current(caller), 0);
    ck_assert_uint_eq(hass_script_async_current(called), 0);
    hass_script_async_destroy(caller);
    hass_script_async_destroy(called);
}
END_TEST

static HASS_CALLBACK int stop_called(const struct hass_service_call *call, void *userdata,
                                     struct hass_error *err)
{
    hass_script_async_stop(called);
    return 0;
}

START_TEST(a_script_may_stop_itself)
{
    struct hass *hass = script_home();

    hass_services_async_register(hass, "test", "stop", NULL, HASS_JOB_CALLBACK(stop_called, NULL),
                                 NULL);
    called = script_make("[{'action':'test.stop'}," REC("{}") "]", HASS_SCRIPT_SINGLE);
    script_start(called, NULL);
    test_settle(hass);
    ck_assert_uint_eq(hass_script_async_current(called), 0);
    ck_assert_calls("");
    hass_script_async_destroy(called);
}
END_TEST

START_TEST(a_script_that_is_destroyed_ends_with_its_last_call)
{
    struct hass *hass = script_home();
    struct hass_script *script =
        script_make("[{'action':'test.slow'}," REC("{}") "]", HASS_SCRIPT_SINGLE);

    script_start(script, NULL);
    ck_assert_ptr_null(hass_script_async_destroy(script));
    test_advance(hass, 9);
    ck_assert_calls("0 slow; 0 c");
}
END_TEST

/* what can be seen of it */

START_TEST(runs_can_be_listed_and_stopped)
{
    struct hass *hass = script_home();
    struct hass_script *script = script_make_with(
        "[{'sequence':[{'alias':'A pause','delay':5}]}]",
        (struct hass_script_options){ .key = "k", .mode = HASS_SCRIPT_QUEUED, .name = "Hall" });

    script_start(script, NULL);
    script_start(script, NULL);
    autojson *runs = hass_script_runs_async_list(hass);
    const json_t *run = json_array_get(runs, 0);
    ck_assert_uint_eq(json_array_size(runs), 2);
    ck_assert_str_eq(hass_json_get_string(run, "path", ""), "sequence/0/sequence/0");
    ck_assert_str_eq(hass_json_get_string(run, "step", ""), "A pause");
    ck_assert_str_eq(hass_json_get_string(run, "state", ""), "waiting");
    ck_assert_str_eq(hass_json_get_string(run, "since", ""), "2024-01-01T00:00:00+00:00");
    ck_assert_str_eq(hass_json_get_string(run, "until", ""), "2024-01-01T00:00:05+00:00");
    ck_assert_str_eq(hass_json_get_string(json_array_get(runs, 1), "state", ""), "queued");
    ck_assert_str_eq(hass_script_async_last_action(script), "A pause");
    ck_assert_int_ne(strncmp(hass_json_get_string(run, "run_id", ""),
                             hass_json_get_string(json_array_get(runs, 1), "run_id", ""), 8),
                     0);

    ck_assert_int_eq(
        hass_script_runs_async_stop(hass, hass_json_get_string(run, "run_id", ""), NULL), 0);
    ck_assert_uint_eq(hass_script_async_current(script), 1);
    ck_assert_int_eq(hass_script_runs_async_stop(hass, "nobody", NULL), HASS_E_NOT_FOUND);
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(the_last_action_is_an_alias_or_what_the_step_does)
{
    struct hass *hass = script_home();
    struct hass_script *script = script_make(
        "[{'delay':2},{'action':'test.slow'},{'delay':1,'alias':'A'}]", HASS_SCRIPT_SINGLE);

    ck_assert_ptr_null(hass_script_async_last_action(script));
    script_start(script, NULL);
    ck_assert_str_eq(hass_script_async_last_action(script), "delay 0:00:02");
    test_advance(hass, 2);
    ck_assert_str_eq(hass_script_async_last_action(script), "call service");
    test_advance(hass, 4);
    ck_assert_str_eq(hass_script_async_last_action(script), "A");
    test_advance(hass, 1);
    ck_assert_ptr_null(hass_script_async_last_action(script));
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(what_a_script_refers_to_is_found)
{
    script_home();
    struct hass_script *script = script_make(
        "[{'action':'test.rec','target':{'entity_id':['light.a','light.b'],'area_id':'hall'}},"
        "{'if':[],'then':{'scene':'scene.x'},'else':[{'action':'test.rec','target':{'device_id':"
        "'d','entity_id':'{{ x }}'}}]},{'action':'test.rec','data':{'entity_id':'light.a'}}]",
        HASS_SCRIPT_SINGLE);
    autojson *found = hass_script_async_referenced(script);

    ck_assert_json(found, "{'entities':['light.a','light.b','scene.x'],'devices':['d'],"
                          "'areas':['hall'],'floors':[],'labels':[]}");
    hass_script_async_destroy(script);
}
END_TEST

/* the end of hassd */

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, false, err);
}

START_TEST(stopping_hassd_ends_what_began_before)
{
    struct hass *hass = script_home();
    struct hass_script *early = make(HASS_SCRIPT_SINGLE, 0, NULL);

    script_start(early, "{'n':1}");
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    ck_assert_uint_eq(hass_script_async_current(early), 0);
    ck_assert_calls("");
    hass_script_async_destroy(early);
}
END_TEST

static HASS_CALLBACK int start_late(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    script_start(called, "{'n':2}");
    return 0;
}

START_TEST(what_begins_while_hassd_stops_has_a_minute)
{
    struct logs *logs = test_logs();
    struct hass *hass = script_home();

    called = script_make("[{'delay':100}]", HASS_SCRIPT_SINGLE);
    hass_bus_async_listen(hass, HASS_EVENT_FINAL_WRITE, NULL, HASS_JOB_CALLBACK(start_late, NULL),
                          NULL, NULL);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    test_advance(hass, 59);
    ck_assert_uint_eq(hass_script_async_current(called), 1);
    test_advance(hass, 1);
    ck_assert_uint_eq(hass_script_async_current(called), 0);
    script_start(called, NULL);
    ck_assert_uint_eq(hass_script_async_current(called), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "is not run, as hassd is stopping"));
    hass_script_async_destroy(called);
}
END_TEST

TEST_MAIN("script_mode", a_single_script_refuses_a_second_run,
          a_refused_run_is_logged_as_its_script_wants, a_restarting_script_ends_its_older_run,
          a_restarting_script_waits_until_the_older_call_has_ended,
          queued_runs_come_one_after_the_other, an_error_of_a_queued_run_does_not_stop_the_next,
          a_queued_script_forgets_its_response, parallel_runs_are_beside_each_other_up_to_max,
          stopping_ends_those_in_the_queue_too,
          whoever_lets_runs_in_is_told_before_anything_is_done,
          a_queued_script_that_calls_itself_is_refused,
          a_restarting_script_that_calls_itself_is_refused,
          a_parallel_script_may_call_itself_up_to_max, the_caller_of_a_stopped_script_goes_on,
          stopping_the_caller_stops_the_script_that_it_waits_for, a_script_may_stop_itself,
          a_script_that_is_destroyed_ends_with_its_last_call, runs_can_be_listed_and_stopped,
          the_last_action_is_an_alias_or_what_the_step_does, what_a_script_refers_to_is_found,
          stopping_hassd_ends_what_began_before, what_begins_while_hassd_stops_has_a_minute)
