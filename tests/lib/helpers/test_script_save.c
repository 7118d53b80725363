/* SPDX-License-Identifier: Apache-2.0 */
/* Runs over a restart: each test has a first hassd that is killed or stopped, and a second one with what that left behind. */
#include <string.h>

#include <hass/dt.h>

#include "run/clock.h"
#include "run/timer.h"
#include "support/script.h"

#define REC(data) "{'action':'test.rec','data':" data "}"
#define RUNS      ".storage/hassd.runs"

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_script_async_load_journal(hass, err);
}

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, false, err);
}

static HASS__ANALYSIS(assert_capability(hass_loop)) struct hass *home(void)
{
    struct hass *hass = script_home();

    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    return hass;
}

static HASS_CALLBACK struct hass_script *make(const char *sequence, enum hass_script_mode mode)
{
    return script_make_with(sequence, (struct hass_script_options){ .key = "k", .mode = mode });
}

static char *path_of_runs(void)
{
    char *path = NULL;

    ck_assert_int_gt(asprintf(&path, "%s/" RUNS, test_dir()), 0);
    return path;
}

/* Kills hassd three seconds later and starts it again after @away seconds. */
static HASS_CALLBACK struct hass *restart(struct hass_script *script, double away)
{
    struct hass *hass = test_hass();
    autofree char *path = path_of_runs();

    test_advance(hass, 3);
    int64_t now = hass_now(hass);
    autofree char *runs = test_read_file(path);
    hass_script_async_destroy(script);
    test_destroy(hass);
    test_file(RUNS, runs);
    test_hass_at(now + (int64_t)(away * HASS_USEC_PER_SEC));
    return home();
}

/* The whole of it: starts @sequence, restarts hassd, and lets it go on for a minute. */
static HASS__ANALYSIS(assert_capability(hass_loop)) void over_a_restart(const char *sequence,
                                                                        const char *variables,
                                                                        double away)
{
    home();
    struct hass_script *script = make(sequence, HASS_SCRIPT_SINGLE);
    script_start(script, variables);
    struct hass *hass = restart(script, away);
    script = make(sequence, HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 1);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 0);
    test_advance(hass, 60);
    ck_assert_uint_eq(hass_script_async_current(script), 0);
    hass_script_async_destroy(script);
}

START_TEST(a_delay_takes_as_long_as_it_would_have)
{
    over_a_restart("[" REC("{'n':1}") ",{'delay':10}," REC("{'n':'{{ n }}'}") "]", "{'n':2}", 2);
    ck_assert_calls("5 rec {'n':2}");
}
END_TEST

START_TEST(a_delay_that_was_over_meanwhile_is_over)
{
    over_a_restart("[{'delay':10}," REC("{'n':1}") ",{'delay':1}," REC("{'n':2}") "]", NULL, 100);
    ck_assert_calls("0 rec {'n':1}; 1 rec {'n':2}");
}
END_TEST

START_TEST(loops_and_branches_go_on_where_they_were)
{
    over_a_restart(
        "[{'repeat':{'for_each':['a','b'],'sequence':[{'choose':[],'default':["
        "{'delay':5}]}," REC(
            "{'i':'{{ repeat.item }}','n':'{{ repeat.index }}'}") "]}},"
                                                                  "{'parallel':[{'delay':2},[{'"
                                                                  "wait_template':'{{ false "
                                                                  "}}','timeout':1}," REC(
                                                                      "{'w':'{{ wait.completed "
                                                                      "}}'}") "]]}," REC("{'v':'{{ "
                                                                                         "wait is "
                                                                                         "defined "
                                                                                         "}}'}") "]",
        NULL, 0);
    ck_assert_calls("2 rec {'i':'a','n':1}; 7 rec {'i':'b','n':2}; 8 rec {'w':false}; "
                    "9 rec {'v':false}");
}
END_TEST

START_TEST(branches_that_wait_go_on_beside_each_other)
{
    over_a_restart("[{'parallel':[[{'delay':5}," REC("{'n':1}") "]," REC(
                       "{'n':2}") ",[{'delay':4}," REC("{'n':3}") "]]}," REC("{'n':4}") "]",
                   NULL, 0);
    ck_assert_calls("1 rec {'n':3}; 2 rec {'n':1}; 2 rec {'n':4}");
}
END_TEST

START_TEST(a_loop_past_its_first_round_goes_on_with_the_next)
{
    const char *sequence = "[{'repeat':{'count':4,'sequence':[{'delay':2}," REC(
        "{'n':'{{ repeat.index }}','f':'{{ repeat.first }}','l':'{{ repeat.last }}'}") "]}}]";
    struct hass *hass = home();
    struct hass_script *script = make(sequence, HASS_SCRIPT_SINGLE);

    script_start(script, NULL);
    test_advance(hass, 4);
    ck_assert_uint_eq(recorded.count, 2);
    hass = restart(script, 0); // a second into the fourth
    script = make(sequence, HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 1);
    test_advance(hass, 60);
    ck_assert_calls("1 rec {'n':4,'f':false,'l':true}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(loops_of_each_kind_count_on)
{
    static const char *const loops[] = {
        "'while':'{{ repeat.index <= 3 }}'",
        "'until':'{{ repeat.index == 3 }}'",
        "'for_each':['a','b','c']",
    };

    for (size_t i = 0; i < sizeof(loops) / sizeof(*loops); i++) {
        autofree char *sequence = NULL;
        ck_assert_int_gt(asprintf(&sequence,
                                  "[{'repeat':{%s,'sequence':[{'delay':4}," REC(
                                      "{'n':'{{ repeat.index }}'}") "]}}]",
                                  loops[i]),
                         0);
        struct hass *hass = home();
        struct hass_script *script = make(sequence, HASS_SCRIPT_SINGLE);
        script_start(script, NULL);
        test_advance(hass, 3);
        hass = restart(script, 0); // two seconds into the second
        script = make(sequence, HASS_SCRIPT_SINGLE);
        ck_assert_int_eq(hass_script_async_resume(script, NULL), 1);
        test_advance(hass, 60);
        ck_assert_calls("2 rec {'n':2}; 6 rec {'n':3}");
        hass_script_async_destroy(script);
        test_destroy(hass);
    }
}
END_TEST

START_TEST(a_clock_that_is_set_is_heeded_by_what_is_kept)
{
    const char *sequence = "[{'delay':60}," REC("{'n':1}") "]";
    struct hass *hass = home();
    struct runtime *runtime = runtime_of(hass);
    struct hass_script *script = make(sequence, HASS_SCRIPT_SINGLE);

    script_start(script, NULL);
    test_advance(hass, 7);
    clock_set_wall(runtime->clock, clock_wall(runtime->clock) - INT64_C(100000) * 1000000);
    timers_clock_set(runtime->timers);
    hass = restart(script, 5);
    script = make(sequence, HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 1);
    test_advance(hass, 100);
    ck_assert_calls("45 rec {'n':1}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_call_is_not_made_twice)
{
    over_a_restart("[{'action':'test.slow'}," REC("{'n':1}") "]", NULL, 0);
    ck_assert_calls("0 rec {'n':1}");
}
END_TEST

START_TEST(a_wait_has_what_is_left_of_its_time)
{
    over_a_restart("[{'wait_for_trigger':{'trigger':'event','event_type':'go'},'timeout':8}," REC(
                       "{'t':'{{ wait.trigger }}'}") "]",
                   NULL, 1);
    ck_assert_calls("4 rec {'t':null}");
}
END_TEST

START_TEST(states_are_states_afterwards)
{
    struct hass *hass = home();
    const char *sequence = "[{'wait_for_trigger':{'trigger':'state','entity_id':'light.a'}},"
                           "{'delay':9}," REC("{'s':'{{ wait.trigger.to_state.state }}'}") "]";
    struct hass_script *script = make(sequence, HASS_SCRIPT_SINGLE);

    hass_states_async_set(hass, "light.a", "off", NULL, NULL, NULL);
    script_start(script, NULL);
    hass_states_async_set(hass, "light.a", "on", NULL, NULL, NULL);
    test_settle(hass);
    hass = restart(script, 0);
    script = make(sequence, HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 1);
    test_advance(hass, 9);
    ck_assert_calls("6 rec {'s':'on'}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(the_queue_is_kept)
{
    const char *sequence = "[{'delay':4}," REC("{'n':'{{ n }}'}") "]";

    home();
    struct hass_script *script = make(sequence, HASS_SCRIPT_QUEUED);
    script_start(script, "{'n':1}");
    script_start(script, "{'n':2}");
    struct hass *hass = restart(script, 0);
    script = make(sequence, HASS_SCRIPT_QUEUED);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 2);
    ck_assert_uint_eq(hass_script_async_current(script), 2);
    test_advance(hass, 20);
    ck_assert_calls("1 rec {'n':1}; 5 rec {'n':2}");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(runs_of_a_sequence_that_has_been_edited_are_dropped)
{
    struct logs *logs = test_logs();

    home();
    struct hass_script *script = make("[{'delay':9}," REC("{'n':1}") "]", HASS_SCRIPT_SINGLE);
    script_start(script, NULL);
    struct hass *hass = restart(script, 0);
    script = make("[{'delay':9}," REC("{'n':2}") "]", HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "has been changed since it ran"));
    test_advance(hass, 20);
    ck_assert_calls("");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_stop_of_hassd_keeps_what_waits)
{
    const char *sequence = "[{'delay':10}," REC("{}") "]";
    struct hass *hass = home();
    struct hass_script *script = make(sequence, HASS_SCRIPT_SINGLE);
    script_start(script, NULL);
    test_advance(hass, 4);
    ck_assert_int_eq(test_run_coroutine(hass, stop, NULL), 0);
    ck_assert_uint_eq(hass_script_async_current(script), 0);
    int64_t now = hass_now(hass);
    hass_script_async_destroy(script);
    test_destroy(hass);
    test_hass_at(now);
    hass = home();
    script = make(sequence, HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(hass_script_async_resume(script, NULL), 1);
    test_advance(hass, 10);
    ck_assert_calls("6 rec");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(who_wants_its_runs_dropped_has_them_dropped)
{
    autofree char *path = path_of_runs();
    struct hass *hass = home();
    struct hass_script *script = script_make_with(
        "[{'delay':10}]", (struct hass_script_options){ .key = "k", .drop_at_restart = true });

    script_start(script, NULL);
    test_advance(hass, 5);
    ck_assert_int_ne(access(path, F_OK), 0);
    hass_script_async_destroy(script);
}
END_TEST

/* The runs file with other frames in its only run, to be freed. */
static char *with_frames(const char *runs, const char *frames)
{
    autojson *file = json_loads(runs, 0, NULL);
    json_t *scripts = json_object_get(json_object_get(file, "data"), "runs");
    json_t *saved =
        json_array_get(json_object_get(json_object_get(scripts, "script.k"), "runs"), 0);

    ck_assert_ptr_nonnull(saved);
    json_object_set_new(saved, "frames", test_json(frames));
    return json_dumps(file, 0);
}

START_TEST(what_was_kept_and_cannot_be_is_left_out)
{
    static const char *const frames[] = {
        "[]",
        "[{'index':7,'branch':0}]",
        "[{'index':-1,'branch':0},{'index':0,'branch':3}]",
        "[{'index':0,'branch':0},{'index':0,'branch':0}]",
        "[{'index':'x'},5,null]",
        "{'x':1}",
    };
    const char *sequence = "[{'delay':9}]";
    autofree char *path = path_of_runs();
    struct hass *hass = home();
    struct hass_script *script = make(sequence, HASS_SCRIPT_SINGLE);

    script_start(script, NULL);
    test_advance(hass, 3);
    autofree char *runs = test_read_file(path);
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        hass_script_async_destroy(script);
        test_destroy(hass);
        autofree char *broken = with_frames(runs, frames[i]);
        test_file(RUNS, broken);
        hass = home();
        script = make(sequence, HASS_SCRIPT_SINGLE);
        ck_assert_int_eq(hass_script_async_resume(script, NULL), 0);
        ck_assert_uint_eq(hass_script_async_current(script), 0);
    }
    hass_script_async_destroy(script);
}
END_TEST

TEST_MAIN("script_save", a_delay_takes_as_long_as_it_would_have,
          a_delay_that_was_over_meanwhile_is_over, loops_and_branches_go_on_where_they_were,
          a_loop_past_its_first_round_goes_on_with_the_next, loops_of_each_kind_count_on,
          a_clock_that_is_set_is_heeded_by_what_is_kept, branches_that_wait_go_on_beside_each_other,
          a_call_is_not_made_twice, a_wait_has_what_is_left_of_its_time,
          states_are_states_afterwards, the_queue_is_kept,
          runs_of_a_sequence_that_has_been_edited_are_dropped, a_stop_of_hassd_keeps_what_waits,
          who_wants_its_runs_dropped_has_them_dropped, what_was_kept_and_cannot_be_is_left_out)
