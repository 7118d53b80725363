/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs that stand at breakpoints: who is told, how they go on, what becomes of them when who listens has gone, when hassd ends, and in each
 * mode. The automation "a" fires "done" with n: 0, 1, 2.
 */
#include "tests/integrations/trace/debug.h"

/* standing and going on */

START_TEST(nothing_is_set_unless_somebody_listens)
{
    hass__assert_loop();
    hass = test_home(SIMPLE);
    client = client_open(hass, NULL, true);

    const json_t *answer = ask_by(client, "breakpoint/set", ",'node':'action/1'");
    ck_assert_str_eq(client_error(answer), "home_assistant_error");
    ck_assert_ptr_nonnull(
        strstr(hass_json_get_string(hass_json_get(answer, "error"), "message", ""), "subscribe"));
    ck_assert_json(result_of(LIST), "[]");
}
END_TEST

START_TEST(a_run_stands_before_the_step_and_is_told)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    ck_assert_done("0");
    ck_assert_hit("action/1");
    ck_assert_str_eq(run, of_trace("run_id"));
    ck_assert_str_eq(of_trace("state"), "running");
    ck_assert_str_eq(of_trace("last_step"), "action/1");
    const json_t *row = json_array_get(result_of(RUNS), 0);
    ck_assert_str_eq(hass_json_get_string(row, "state", ""), "stopped");
    ck_assert_str_eq(hass_json_get_string(row, "path", ""), "action/1");
    ck_assert_ptr_null(hass_json_get(row, "until"));
    test_advance(hass, 100000);
    ck_assert_done("0");
    ck_assert_no_hit();
}
END_TEST

START_TEST(what_is_set_is_listed_once)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    tell("breakpoint/set", ",'node':'action/1','run_id':'*'");
    tell("breakpoint/set", ",'node':'*','run_id':'x'");
    ck_assert_json(result_of(LIST),
                   "[{'domain':'automation','item_id':'a','run_id':'*','node':'action/1'},"
                   "{'domain':'automation','item_id':'a','run_id':'x','node':'*'}]");
    tell("breakpoint/clear", ",'node':'*'");
    tell("breakpoint/clear", ",'node':'action/1','run_id':'x'");
    tell("breakpoint/clear", ",'node':'action/1'");
    ck_assert_json(result_of(LIST),
                   "[{'domain':'automation','item_id':'a','run_id':'x','node':'*'}]");
}
END_TEST

START_TEST(what_is_cleared_is_passed)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    tell("breakpoint/set", ",'node':'action/2'");
    tell("breakpoint/clear", ",'node':'action/1'");
    fire("go");
    ck_assert_hit("action/2");
    tell("breakpoint/clear", ",'node':'action/2'");
    ck_assert_done("0 1"); // it stands still
    let("continue");
    ck_assert_done("0 1 2");
    fire("go");
    ck_assert_done("0 1 2 0 1 2");
}
END_TEST

START_TEST(a_step_is_done_and_the_run_stands_at_the_next)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/0'");
    fire("go");
    ck_assert_hit("action/0");
    ck_assert_done("");
    let("step");
    ck_assert_hit("action/1");
    ck_assert_done("0");
    ck_assert_uint_eq(json_array_size(result_of(LIST)), 2);
    let("step");
    ck_assert_hit("action/2");
    ck_assert_done("0 1");
    let("step");
    ck_assert_no_hit();
    ck_assert_done("0 1 2");
    ck_assert_str_eq(of_trace("script_execution"), "finished");
    ck_assert_uint_eq(json_array_size(result_of(LIST)), 1); // its own went with the run
}
END_TEST

START_TEST(a_run_that_was_let_go_stands_no_more)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/0'");
    fire("go");
    ck_assert_hit("action/0");
    ck_assert_int_eq(
        hass_script_runs_async_debug(hass, "automation", "a", run, HASS_SCRIPT_DEBUG_STEP, NULL),
        0);
    autojson *runs = hass_script_runs_async_list(hass); // before the loop turns
    ck_assert_str_eq(hass_json_get_string(json_array_get(runs, 0), "state", ""), "running");
    ck_assert_hit("action/1");
}
END_TEST

START_TEST(a_run_goes_on_to_the_next_breakpoint)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/0'");
    tell("breakpoint/set", ",'node':'action/2'");
    fire("go");
    ck_assert_hit("action/0");
    let("step");
    ck_assert_hit("action/1");
    let("continue");
    ck_assert_hit("action/2");
    ck_assert_done("0 1");
    ck_assert_uint_eq(json_array_size(result_of(LIST)), 2); // nothing of stepping is left
    let("continue");
    ck_assert_no_hit();
    ck_assert_done("0 1 2");
    ck_assert_json(result_of(RUNS), "[]");
}
END_TEST

START_TEST(a_run_is_ended)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    ck_assert_hit("action/1");
    let("stop");
    ck_assert_done("0");
    ck_assert_str_eq(of_trace("state"), "stopped");
    ck_assert_str_eq(of_trace("script_execution"), "cancelled");
    ck_assert_json(result_of(RUNS), "[]");
}
END_TEST

START_TEST(a_run_that_waits_stands_afterwards_when_it_is_stepped)
{
    home(HOME("single", "{delay: 5}, " DONE("0")));
    hass__assert_loop();

    fire("go");
    snprintf(run, sizeof(run), "%s", of_trace("run_id"));
    let("step");
    ck_assert_no_hit();
    test_advance(hass, 5);
    ck_assert_hit("action/1");
    ck_assert_done("");
    let("continue");
    ck_assert_done("0");
}
END_TEST

START_TEST(a_breakpoint_is_of_one_run)
{
    home(HOME("parallel", "{delay: 5}, " THREE));
    hass__assert_loop();
    char more[128];

    fire("go");
    snprintf(more, sizeof(more), ",'node':'action/2','run_id':'%s'", of_trace("run_id"));
    fire("go");
    tell("breakpoint/set", more);
    test_advance(hass, 5);
    ck_assert_done("0 0 1 2");
    ck_assert_hit("action/2");
    ck_assert_no_hit();
    ck_assert_ptr_nonnull(strstr(more, run));
}
END_TEST

START_TEST(a_breakpoint_is_of_one_item)
{
    home("automation:\n  - id: a\n    triggers: {trigger: event, event_type: go}\n"
         "    actions: [" THREE "]\n  - id: b\n    triggers: {trigger: event, event_type: go_b}\n"
         "    actions: [" THREE "]\nscript:\n  a: {sequence: [" THREE "]}\n");
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'*'");
    fire("go_b");
    ck_assert_int_eq(home_call(hass, "script", "a", "{}", NULL), 0);
    ck_assert_done("0 1 2 0 1 2");
    ck_assert_no_hit();
}
END_TEST

START_TEST(a_breakpoint_waits_for_its_item)
{
    home("automation:\n");
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    loader_configure(SIMPLE);
    ck_assert_int_eq(home_call(hass, "automation", "reload", "{}", NULL), 0);
    fire("go");
    ck_assert_hit("action/1");
    ck_assert_done("0");
}
END_TEST

/* Where a run stands that is stepped through all of it. */
static const struct {
    const char *actions, *nodes;
} shapes[] = {
    { "{if: '{{ true }}', then: [{choose: [{conditions: '{{ true }}', sequence: " DONE("1") "}]}]}",
      "action/0 action/0/then/0 action/0/then/0/choose/0/sequence/0" },
    { "{repeat: {count: 2, sequence: [" DONE("1") ", " DONE("2") "]}}",
      "action/0 action/0/repeat/sequence/0 action/0/repeat/sequence/1 "
      "action/0/repeat/sequence/0 action/0/repeat/sequence/1" },
    { "{sequence: [" DONE("1") "]}, {enabled: false, event: x}, {stop: Done}, " DONE("2"),
      "action/0 action/0/sequence/0 action/1 action/2" },
    { "{condition: template, value_template: '{{ false }}'}, " DONE("1"), "action/0" },
    { "{event: x}, {variables: {x: 1}}, {delay: 0}", "action/0 action/1 action/2" },
};

START_TEST(each_step_is_stood_at)
{
    char yaml[1024];
    autobuf nodes = HASS_BUF_INIT;

    snprintf(yaml, sizeof(yaml), HOME("single", "%s"), shapes[_i].actions);
    home(yaml);
    hass__assert_loop();
    tell("breakpoint/set", ",'node':'*'");
    fire("go");
    for (const char *node; strcmp(node = hit_of(client, "automation", "a"), "(none)") != 0;) {
        hass_buf_printf(&nodes, nodes.length ? " %s" : "%s", node);
        let("continue"); // to the next one, as each is a breakpoint
    }
    ck_assert_str_eq(hass_buf_string(&nodes), shapes[_i].nodes);
    ck_assert_json(result_of(RUNS), "[]");
}
END_TEST

START_TEST(branches_stand_beside_each_other)
{
    home(HOME("single",
              "{parallel: [[" DONE("0") ", " DONE("1") "], [" DONE("2") "], {delay: 9}]}"));
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/0/parallel/1/sequence/0'");
    tell("breakpoint/set", ",'node':'action/0/parallel/0/sequence/1'");
    fire("go");
    ck_assert_hit("action/0/parallel/0/sequence/1");
    ck_assert_hit("action/0/parallel/1/sequence/0");
    ck_assert_done("0");
    const json_t *row = json_array_get(result_of(RUNS), 0);
    ck_assert_str_eq(hass_json_get_string(row, "path", ""), "action/0/parallel/0/sequence/1");
    let("continue"); // all that stands
    ck_assert_done("0 1 2");
    row = json_array_get(result_of(RUNS), 0);
    ck_assert_str_eq(hass_json_get_string(row, "state", ""), "waiting");
}
END_TEST

START_TEST(a_branch_that_stands_shows_before_one_that_waits)
{
    home(HOME("single", "{parallel: [{delay: 9}, " DONE("1") "]}"));
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/0/parallel/1/sequence/0'");
    fire("go");
    ck_assert_hit("action/0/parallel/1/sequence/0");
    const json_t *row = json_array_get(result_of(RUNS), 0);
    ck_assert_str_eq(hass_json_get_string(row, "state", ""), "stopped");
    let("stop");
    ck_assert_json(result_of(RUNS), "[]");
    ck_assert_str_eq(of_trace("script_execution"), "cancelled");
}
END_TEST

START_TEST(a_script_stands_and_so_does_who_waits_for_it)
{
    home("script:\n  s: {sequence: [" THREE
         "]}\n" HOME("single", "{action: script.s}, " DONE("3")));
    hass__assert_loop();

    ck_assert(hass_json_get_bool(
        client_ask(client, "{'type':'trace/debug/breakpoint/set','domain':'script','item_id':'s',"
                           "'node':'sequence/1'}"),
        "success", false));
    fire("go");
    ck_assert_str_eq(hit_of(client, "script", "s"), "sequence/1");
    ck_assert_done("0");
    char text[192];
    snprintf(text, sizeof(text),
             "{'type':'trace/debug/continue','domain':'script','item_id':'s','run_id':'%s'}", run);
    ck_assert(hass_json_get_bool(client_ask(client, text), "success", false));
    ck_assert_done("0 1 2 3");
}
END_TEST

START_TEST(an_item_without_traces_stands_too)
{
    home("automation:\n  - id: a\n    trace: {stored_traces: 0}\n"
         "    triggers: {trigger: event, event_type: go}\n    actions: [" THREE "]\n");
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/0'");
    fire("go");
    ck_assert_hit("action/0");
    let("step");
    ck_assert_hit("action/1");
    let("continue");
    ck_assert_done("0 1 2");
}
END_TEST

START_TEST(an_automation_without_an_id_goes_by_its_entity_id)
{
    home("automation:\n  - alias: B\n    triggers: {trigger: event, event_type: go}\n"
         "    actions: [" THREE "]\n");
    hass__assert_loop();

    ck_assert(hass_json_get_bool(
        client_ask(client, "{'type':'trace/debug/breakpoint/set','domain':'automation',"
                           "'item_id':'automation.b','node':'action/1'}"),
        "success", false));
    fire("go");
    ck_assert_str_eq(hit_of(client, "automation", "automation.b"), "action/1");
    ck_assert_done("0");
}
END_TEST

START_TEST(of_a_run_that_is_not_there_nothing_is_said)
{
    static const char *const words[] = { "step", "continue", "stop" };

    home(SIMPLE);
    hass__assert_loop();
    for (size_t i = 0; i < 3; i++)
        tell(words[i], ",'run_id':'x'");
    ck_assert_json(result_of(LIST), "[]");
}
END_TEST

START_TEST(the_steps_of_an_item_are_told)
{
    home("script:\n  s:\n    sequence:\n      - alias: Either\n        if: '{{ true }}'\n"
         "        then: [{delay: 1}]\n        else: [{stop: x}]\n      - event: y\n");
    hass__assert_loop();

    ck_assert_json(
        result_of("{'type':'hassd/debug/steps','domain':'script','item_id':'s'}"),
        "[{'path':'sequence/0','step':'Either','config':{'alias':'Either','if':[{'condition':"
        "'template','value_template':'{{ true }}'}],'then':[{'delay':1}],'else':[{'stop':'x'}]}},"
        "{'path':'sequence/0/then/0','step':'delay','config':{'delay':1}},"
        "{'path':'sequence/0/else/0','step':'stop','config':{'stop':'x'}},"
        "{'path':'sequence/1','step':'y','config':{'event':'y'}}]");
    ck_assert_str_eq(client_error(client_ask(
                         client, "{'type':'hassd/debug/steps','domain':'script','item_id':'x'}")),
                     "not_found");
}
END_TEST

/* who listens */

START_TEST(when_the_connection_has_gone_runs_go_on)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'*'");
    fire("go");
    ck_assert_hit("action/0");
    client_close(client);
    test_settle(hass);
    ck_assert_done("0 1 2");
    client = client_open(hass, NULL, true);
    ck_assert_json(result_of(LIST), "[]");
}
END_TEST

START_TEST(when_branches_stand_and_the_subscription_ends_they_go_on)
{
    hass__assert_loop();
    hass = test_home(HOME("single", "{parallel: [" DONE("0") ", " DONE("1") "]}, " DONE("2")));
    client = client_open(hass, NULL, true);
    done = test_capture(hass, "done");
    int64_t id = listen_by(client);
    char text[96];

    tell("breakpoint/set", ",'node':'action/0/parallel/0/sequence/0'");
    tell("breakpoint/set", ",'node':'action/0/parallel/1/sequence/0'");
    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    ck_assert_hit("action/0/parallel/0/sequence/0");
    ck_assert_hit("action/0/parallel/1/sequence/0");
    snprintf(text, sizeof(text), "{'type':'unsubscribe_events','subscription':%lld}",
             (long long)id);
    (void)client_ask(client, text);
    ck_assert_done("0 1 2");
    ck_assert_str_eq(client_error(ask_by(client, "breakpoint/set", ",'node':'*'")),
                     "home_assistant_error");
}
END_TEST

START_TEST(all_who_listen_are_told_and_the_last_one_counts)
{
    home(SIMPLE);
    hass__assert_loop();
    struct client *other = client_open(hass, NULL, true);

    (void)listen_by(other);
    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    ck_assert_hit("action/1");
    ck_assert_str_eq(hit_of(other, "automation", "a"), "action/1");
    client_close(client);
    test_settle(hass);
    ck_assert_done("0");
    client_close(other);
    test_settle(hass);
    ck_assert_done("0 1 2");
}
END_TEST

/* modes and ends */

START_TEST(a_single_one_that_stands_runs)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    fire("go");
    ck_assert_hit("action/1");
    ck_assert_no_hit();
    ck_assert_str_eq(of_trace("script_execution"), "failed_single");
    ck_assert_done("0");
}
END_TEST

START_TEST(a_restart_ends_the_one_that_stands)
{
    home(HOME("restart", THREE));
    hass__assert_loop();
    char first[64];

    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    ck_assert_hit("action/1");
    memcpy(first, run, sizeof(first));
    fire("go");
    ck_assert_hit("action/1");
    ck_assert_str_ne(first, run);
    ck_assert_uint_eq(json_array_size(result_of(RUNS)), 1);
    let("continue");
    ck_assert_done("0 0 1 2");
}
END_TEST

START_TEST(the_next_in_the_queue_waits_for_one_that_stands)
{
    home(HOME("queued", THREE));
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    fire("go");
    ck_assert_hit("action/1");
    ck_assert_no_hit();
    ck_assert_done("0");
    let("continue");
    ck_assert_hit("action/1");
    ck_assert_done("0 1 2 0");
}
END_TEST

static const char *const ends[][3] = {
    { "turn_off", "{'entity_id':'automation.a'}", SIMPLE },
    { "reload", "{}", HOME("single", DONE("7")) },
};

START_TEST(who_ends_an_automation_ends_what_stands)
{
    home(SIMPLE);
    hass__assert_loop();

    tell("breakpoint/set", ",'node':'action/1'");
    fire("go");
    ck_assert_hit("action/1");
    loader_configure(ends[_i][2]);
    ck_assert_int_eq(home_call(hass, "automation", ends[_i][0], ends[_i][1], NULL), 0);
    ck_assert_json(result_of(RUNS), "[]");
    ck_assert_done("0");
}
END_TEST

typedef struct hass *end_fn(struct hass *hass, double seconds);
static end_fn *const hassd_ends[] = { home_killed, home_restart };

/* What the newest trace has of a step; lent until the next question. */
static HASS_CALLBACK const json_t *records_of(const char *path)
{
    autobuf get = HASS_BUF_INIT;

    hass_buf_printf(&get, "{'type':'trace/get'," OF_A ",'run_id':'%s'}", of_trace("run_id"));
    return hass_json_get(hass_json_get(result_of(hass_buf_string(&get)), "trace"), path);
}

START_TEST(after_a_restart_a_run_goes_on_with_its_step_and_without_the_breakpoint)
{
    hass__assert_loop();
    hass = test_home(HOME("single", DONE("0") ", " DONE("1") ", {delay: 60}, " DONE("2")));
    client = client_connect(hass); // a socket: its end is the daemon's business
    ck_assert_ptr_nonnull(client_next(client));
    (void)listen_by(client);

    tell("breakpoint/set", ",'node':'action/1'");
    tell("breakpoint/set", ",'node':'action/2'");
    fire("go");
    ck_assert_hit("action/1");
    test_advance(hass, 5);
    hass = hassd_ends[_i](hass, 5);
    watch();
    ck_assert_json(result_of(LIST), "[]");
    const json_t *row = json_array_get(result_of(RUNS), 0);
    ck_assert_str_eq(hass_json_get_string(row, "state", ""), "waiting");
    ck_assert_str_eq(hass_json_get_string(row, "path", ""), "action/2");
    ck_assert_ptr_null(records_of("action/0"));
    const json_t *records = records_of("action/1");
    ck_assert_uint_eq(json_array_size(records), 1);
    const json_t *found = hass_json_get(json_array_get(records, 0), "result");
    ck_assert_str_eq(hass_json_get_string(found, "event", "(not fired)"), "done");
    test_advance(hass, 61);
    ck_assert_done("2");
    ck_assert_str_eq(of_trace("script_execution"), "finished");
}
END_TEST

CASES_MAIN("debug", ONCE(nothing_is_set_unless_somebody_listens),
           ONCE(a_run_stands_before_the_step_and_is_told), ONCE(what_is_set_is_listed_once),
           ONCE(what_is_cleared_is_passed), ONCE(a_step_is_done_and_the_run_stands_at_the_next),
           ONCE(a_run_that_was_let_go_stands_no_more), ONCE(a_run_goes_on_to_the_next_breakpoint),
           ONCE(a_run_is_ended), ONCE(a_run_that_waits_stands_afterwards_when_it_is_stepped),
           ONCE(a_breakpoint_is_of_one_run), ONCE(a_breakpoint_is_of_one_item),
           ONCE(a_breakpoint_waits_for_its_item), ROWS(each_step_is_stood_at, shapes),
           ONCE(branches_stand_beside_each_other),
           ONCE(a_branch_that_stands_shows_before_one_that_waits),
           ONCE(a_script_stands_and_so_does_who_waits_for_it),
           ONCE(an_item_without_traces_stands_too),
           ONCE(an_automation_without_an_id_goes_by_its_entity_id),
           ONCE(of_a_run_that_is_not_there_nothing_is_said), ONCE(the_steps_of_an_item_are_told),
           ONCE(when_the_connection_has_gone_runs_go_on),
           ONCE(when_branches_stand_and_the_subscription_ends_they_go_on),
           ONCE(all_who_listen_are_told_and_the_last_one_counts),
           ONCE(a_single_one_that_stands_runs), ONCE(a_restart_ends_the_one_that_stands),
           ONCE(the_next_in_the_queue_waits_for_one_that_stands),
           ROWS(who_ends_an_automation_ends_what_stands, ends),
           ROWS(after_a_restart_a_run_goes_on_with_its_step_and_without_the_breakpoint, hassd_ends))
