/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs that stand at breakpoints: who is told, how they go on, what becomes of them when who listens has gone, when hassd ends, and in each
 * mode. The automation "a" fires "done" with n: 0, 1, 2.
 */
#include <string.h>

#include <hass/script.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/items.h"

#define OF_A    "'domain':'automation','item_id':'a'"
#define DONE(n) "{event: done, event_data: {n: " n "}}"
#define HOME(mode, actions)                                                                        \
    "automation:\n  - id: a\n    alias: A\n    mode: " mode                                        \
    "\n    triggers: {trigger: event, event_type: go}\n    actions: [" actions "]\n"
#define THREE  DONE("0") ", " DONE("1") ", " DONE("2")
#define SIMPLE HOME("single", THREE)

static struct hass *hass;
static struct client *client;
static struct capture *done;
static char run[64]; /* that was told of last */

/* What was done, "0 1"; lent until the next call. */
static const char *what_is_done(void)
{
    static char text[128];
    size_t length = 0;

    hass__assert_loop();
    text[0] = '\0';
    for (size_t i = 0; i < capture_count(done); i++)
        length += (size_t)snprintf(
            text + length, sizeof(text) - length, i ? " %lld" : "%lld",
            (long long)hass_json_get_int(hass_event_data(capture_event(done, i)), "n", -1));
    return text;
}
#define ck_assert_done(wanted) ck_assert_str_eq(what_is_done(), (wanted))

static HASS_CALLBACK const json_t *ask_by(struct client *who, const char *what, const char *more)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text, "{'type':'trace/debug/%s','domain':'automation','item_id':'a'%s}", what,
                    more);
    return client_ask(who, hass_buf_string(&text));
}

static HASS_CALLBACK void tell(const char *what, const char *more)
{
    const json_t *answer = ask_by(client, what, more);

    ck_assert(hass_json_get_bool(answer, "success", false));
    ck_assert(json_is_null(hass_json_get(answer, "result")));
}

/* Of the run that was told of last. */
static HASS_CALLBACK void let(const char *what)
{
    char more[96];

    snprintf(more, sizeof(more), ",'run_id':'%s'", run);
    tell(what, more);
}

static HASS_CALLBACK int64_t listen_by(struct client *who)
{
    const json_t *answer = client_ask(who, "{'type':'trace/debug/breakpoint/subscribe'}");

    ck_assert(hass_json_get_bool(answer, "success", false));
    return hass_json_get_int(answer, "id", 0);
}

static HASS_CALLBACK void watch(void)
{
    client = client_open(hass, NULL, true);
    done = test_capture(hass, "done");
    (void)listen_by(client);
}

static HASS__ANALYSIS(assert_capability(hass_loop)) void home(const char *yaml)
{
    hass = test_home(yaml);
    watch();
}

static HASS_CALLBACK void fire(const char *type)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, NULL, NULL, NULL), 0);
    test_settle(hass);
}

/* The node that is told of next, "(none)" when none is. */
static HASS_CALLBACK const char *hit_of(struct client *who, const char *domain, const char *item)
{
    const json_t *event = hass_json_get(client_next(who), "event");

    if (!event)
        return "(none)";
    ck_assert_uint_eq(json_object_size(event), 4);
    ck_assert_str_eq(hass_json_get_string(event, "domain", ""), domain);
    ck_assert_str_eq(hass_json_get_string(event, "item_id", ""), item);
    snprintf(run, sizeof(run), "%s", hass_json_get_string(event, "run_id", ""));
    return hass_json_get_string(event, "node", "");
}
#define ck_assert_hit(node) ck_assert_str_eq(hit_of(client, "automation", "a"), (node))
#define ck_assert_no_hit()  ck_assert_hit("(none)")

static HASS_CALLBACK const json_t *result_of(const char *message)
{
    return hass_json_get(client_ask(client, message), "result");
}

#define LIST "{'type':'trace/debug/breakpoint/list'}"
#define RUNS "{'type':'hassd/runs/list'}"

/* Of the newest trace of the automation. */
static HASS_CALLBACK const char *of_trace(const char *key)
{
    const json_t *all = result_of("{'type':'trace/list','domain':'automation','item_id':'a'}");

    return hass_json_get_string(json_array_get(all, json_array_size(all) - 1), key, "");
}

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

/* bad input */

static const char *const wrong[] = {
    "{'type':'trace/debug/breakpoint/set'," OF_A "}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':''}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':[]}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':'*','run_id':{}}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':'*','other':1}",
    "{'type':'trace/debug/breakpoint/set','domain':'light','item_id':'a','node':'*'}",
    "{'type':'trace/debug/breakpoint/set','domain':'script','node':'*'}",
    "{'type':'trace/debug/breakpoint/clear'," OF_A "}",
    "{'type':'trace/debug/step'," OF_A "}",
    "{'type':'hassd/debug/steps','domain':'script'}",
    "{'type':'trace/debug/continue','domain':'automation','run_id':'x'}",
    "{'type':'trace/debug/stop','item_id':'a','run_id':'x'}",
    "{'type':'trace/debug/stop'," OF_A ",'run_id':null}",
};

START_TEST(what_is_wrong_is_refused)
{
    home(SIMPLE);
    hass__assert_loop();

    ck_assert_str_eq(client_error(client_ask(client, wrong[_i])), "invalid_format");
    ck_assert_json(result_of(LIST), "[]");
}
END_TEST

static const char *const for_administrators[] = {
    "{'type':'trace/debug/breakpoint/subscribe'}",
    "{'type':'trace/debug/breakpoint/set'," OF_A ",'node':'*'}",
    "{'type':'trace/debug/breakpoint/clear'," OF_A ",'node':'*'}",
    "{'type':'trace/debug/breakpoint/list'}",
    "{'type':'hassd/debug/steps'," OF_A "}",
    "{'type':'trace/debug/step'," OF_A ",'run_id':'x'}",
    "{'type':'trace/debug/continue'," OF_A ",'run_id':'x'}",
    "{'type':'trace/debug/stop'," OF_A ",'run_id':'x'}",
};

START_TEST(others_are_refused)
{
    home(SIMPLE);
    hass__assert_loop();
    struct client *somebody = client_open(hass, "somebody", false);

    ck_assert_str_eq(client_error(client_ask(somebody, for_administrators[_i])), "unauthorized");
}
END_TEST

/* limits */

static HASS_CALLBACK const char *set_number(int i)
{
    char more[64];

    snprintf(more, sizeof(more), ",'node':'action/%d'", i);
    const json_t *answer = ask_by(client, "breakpoint/set", more);
    if (hass_json_get_bool(answer, "success", false))
        return "";
    ck_assert_str_eq(client_error(answer), "home_assistant_error");
    return hass_json_get_string(hass_json_get(answer, "error"), "message", "");
}

START_TEST(a_hundred_breakpoints_are_set_and_no_more)
{
    home(SIMPLE);
    hass__assert_loop();

    for (int i = 0; i < 100; i++)
        ck_assert_str_eq(set_number(i), "");
    ck_assert_str_eq(set_number(99), ""); // it is there
    ck_assert_ptr_nonnull(strstr(set_number(100), "100 breakpoints"));
    tell("breakpoint/clear", ",'node':'action/50'");
    ck_assert_str_eq(set_number(100), "");
    fire("go");
    ck_assert_hit("action/0");
    let("step"); // its breakpoint is beside those
    ck_assert_hit("action/1");
    ck_assert_uint_eq(json_array_size(result_of(LIST)), 101);
}
END_TEST

static const struct {
    const char *key;
    int most;
} lengths[] = { { "item_id", 255 }, { "run_id", 255 }, { "node", 1024 } };

static HASS_CALLBACK const json_t *set_long(const char *key, int length)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "{'type':'trace/debug/breakpoint/set','domain':'script'");
    for (size_t i = 0; i < 3; i++)
        hass_buf_printf(&text, ",'%s':'%0*d'", lengths[i].key,
                        strcmp(key, lengths[i].key) == 0 ? length : 1, 0);
    hass_buf_add_string(&text, "}");
    return client_ask(client, hass_buf_string(&text));
}

START_TEST(names_are_so_long_and_no_longer)
{
    home(SIMPLE);
    hass__assert_loop();

    const json_t *answer = set_long(lengths[_i].key, lengths[_i].most);
    ck_assert(hass_json_get_bool(answer, "success", false));
    answer = set_long(lengths[_i].key, lengths[_i].most + 1);
    ck_assert_str_eq(client_error(answer), "invalid_format");
}
END_TEST

CASES_MAIN(
    "debug", ONCE(nothing_is_set_unless_somebody_listens),
    ONCE(a_run_stands_before_the_step_and_is_told), ONCE(what_is_set_is_listed_once),
    ONCE(what_is_cleared_is_passed), ONCE(a_step_is_done_and_the_run_stands_at_the_next),
    ONCE(a_run_that_was_let_go_stands_no_more), ONCE(a_run_goes_on_to_the_next_breakpoint),
    ONCE(a_run_is_ended), ONCE(a_run_that_waits_stands_afterwards_when_it_is_stepped),
    ONCE(a_breakpoint_is_of_one_run), ONCE(a_breakpoint_is_of_one_item),
    ONCE(a_breakpoint_waits_for_its_item), ROWS(each_step_is_stood_at, shapes),
    ONCE(branches_stand_beside_each_other), ONCE(a_branch_that_stands_shows_before_one_that_waits),
    ONCE(a_script_stands_and_so_does_who_waits_for_it), ONCE(an_item_without_traces_stands_too),
    ONCE(an_automation_without_an_id_goes_by_its_entity_id),
    ONCE(of_a_run_that_is_not_there_nothing_is_said), ONCE(the_steps_of_an_item_are_told),
    ONCE(when_the_connection_has_gone_runs_go_on),
    ONCE(when_branches_stand_and_the_subscription_ends_they_go_on),
    ONCE(all_who_listen_are_told_and_the_last_one_counts), ONCE(a_single_one_that_stands_runs),
    ONCE(a_restart_ends_the_one_that_stands), ONCE(the_next_in_the_queue_waits_for_one_that_stands),
    ROWS(who_ends_an_automation_ends_what_stands, ends),
    ROWS(after_a_restart_a_run_goes_on_with_its_step_and_without_the_breakpoint, hassd_ends),
    ROWS(what_is_wrong_is_refused, wrong), ROWS(others_are_refused, for_administrators),
    ONCE(a_hundred_breakpoints_are_set_and_no_more), ROWS(names_are_so_long_and_no_longer, lengths))
