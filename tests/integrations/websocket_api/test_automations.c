/* SPDX-License-Identifier: Apache-2.0 */
/* What an editor of automations asks. */
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/items.h"

START_TEST(parts_are_checked)
{
    hass__assert_loop();
    struct client *client = client_open(test_home(NULL), NULL, true);

    const json_t *answer =
        client_ask(client, "{'type':'validate_config','triggers':{'trigger':'state'},"
                           "'conditions':[],'actions':[{'delay':1}],'trigger':{'platform':'event',"
                           "'event_type':'x'}}");
    const json_t *result = hass_json_get(answer, "result");
    ck_assert(!hass_json_get_bool(hass_json_get(result, "triggers"), "valid", true));
    ck_assert_ptr_nonnull(
        strstr(hass_json_get_string(hass_json_get(result, "triggers"), "error", ""), "entity_id"));
    ck_assert_json(hass_json_get(result, "conditions"), "{'valid':true,'error':null}");
    ck_assert_json(hass_json_get(result, "actions"), "{'valid':true,'error':null}");
    ck_assert_json(hass_json_get(result, "trigger"), "{'valid':true,'error':null}");
    ck_assert_ptr_null(hass_json_get(result, "action"));
}
END_TEST

START_TEST(a_trigger_tells_until_the_subscription_ends)
{
    hass__assert_loop();
    struct hass *hass = test_home(NULL);
    struct client *client = client_open(hass, NULL, true);

    const json_t *answer =
        client_ask(client, "{'type':'subscribe_trigger','trigger':{'trigger':'event',"
                           "'event_type':'go','id':'{{ x }}'},'variables':{'x':5}}");
    ck_assert(hass_json_get_bool(answer, "success", false));
    int64_t id = hass_json_get_int(answer, "id", 0);
    hass_bus_async_fire(hass, "go", NULL, NULL, NULL);
    const json_t *event = hass_json_get(client_next(client), "event");
    const json_t *trigger = hass_json_get(hass_json_get(event, "variables"), "trigger");
    ck_assert_str_eq(hass_json_get_string(trigger, "platform", ""), "event");
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(event, "context"), "id"));
    autobuf end = HASS_BUF_INIT;
    hass_buf_printf(&end, "{'type':'unsubscribe_events','subscription':%lld}", (long long)id);
    (void)client_ask(client, hass_buf_string(&end));
    hass_bus_async_fire(hass, "go", NULL, NULL, NULL);
    ck_assert_ptr_null(client_next(client));
    ck_assert_str_eq(client_error(client_ask(client, "{'type':'subscribe_trigger','trigger':{}}")),
                     "invalid_format");
}
END_TEST

START_TEST(a_condition_tells_what_it_says_now_and_when_that_changes)
{
    hass__assert_loop();
    struct hass *hass = test_home(NULL);
    struct client *client = client_open(hass, NULL, true);

    hass_states_async_set(hass, "a.b", "on", NULL, NULL, NULL);
    (void)client_ask(client, "{'type':'subscribe_condition','condition':{'condition':'state',"
                             "'entity_id':'a.b','state':'on'}}");
    ck_assert_json(hass_json_get(client_next(client), "event"), "{'result':true}");
    hass_states_async_set(hass, "a.b", "off", NULL, NULL, NULL);
    ck_assert_ptr_null(client_next(client));
    test_advance(hass, 1.1);
    ck_assert_json(hass_json_get(client_next(client), "event"), "{'result':false}");
    test_advance(hass, 5);
    ck_assert_ptr_null(client_next(client));
    hass_states_async_remove(hass, "a.b", NULL, NULL);
    test_advance(hass, 1.1);
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(client_next(client), "event"), "error"));
}
END_TEST

START_TEST(a_condition_is_tested_once)
{
    hass__assert_loop();
    struct client *client = client_open(test_home(NULL), NULL, true);

    ck_assert_json(hass_json_get(client_ask(client, "{'type':'test_condition','condition':"
                                                    "'{{ x == 1 }}','variables':{'x':1}}"),
                                 "result"),
                   "{'result':true}");
    ck_assert_json(hass_json_get(client_ask(client, "{'type':'test_condition','condition':"
                                                    "[{'not':['{{ true }}']}]}"),
                                 "result"),
                   "{'result':false}");
    ck_assert_ptr_nonnull(client_error(client_ask(
        client, "{'type':'test_condition','condition':{'condition':'state','entity_id':'no.ne',"
                "'state':'x'}}")));
}
END_TEST

START_TEST(actions_run_and_answer)
{
    hass__assert_loop();
    struct hass *hass = test_home(NULL);
    struct client *client = client_open(hass, NULL, true);
    struct capture *done = test_capture(hass, "done");

    const json_t *answer =
        client_ask(client, "{'type':'execute_script','sequence':[{'event':'done'},"
                           "{'variables':{'r':{'a':'{{ x }}'}}},"
                           "{'stop':'','response_variable':'r'}],'variables':{'x':5}}");
    const json_t *result = hass_json_get(answer, "result");
    ck_assert_json(hass_json_get(result, "response"), "{'a':5}");
    ck_assert_uint_eq(capture_count(done), 1);
    ck_assert_str_eq(hass_context_id(hass_event_context(capture_event(done, 0))),
                     hass_json_get_string(hass_json_get(result, "context"), "id", ""));
    answer = client_ask(client, "{'type':'execute_script','sequence':{'action':'no.such'}}");
    ck_assert_str_eq(client_error(answer), "not_found");
    answer = client_ask(client, "{'type':'execute_script','sequence':{'delay':'soon'}}");
    ck_assert_str_eq(client_error(answer), "invalid_format");
}
END_TEST

START_TEST(runs_are_listed_and_stopped)
{
    hass__assert_loop();
    struct hass *hass = test_home("script:\n  s: {sequence: [{delay: 60}]}\n");
    struct client *client = client_open(hass, NULL, true);
    autobuf stop = HASS_BUF_INIT;

    ck_assert_int_eq(home_call(hass, "script", "turn_on", "{'entity_id':'script.s'}", NULL), 0);
    const json_t *answer = client_ask(client, "{'type':'hassd/runs/list'}");
    const json_t *run = json_array_get(hass_json_get(answer, "result"), 0);
    ck_assert_str_eq(hass_json_get_string(run, "key", ""), "s");
    hass_buf_printf(&stop, "{'type':'hassd/runs/stop','run_id':'%s'}",
                    hass_json_get_string(run, "run_id", ""));
    ck_assert(hass_json_get_bool(client_ask(client, hass_buf_string(&stop)), "success", false));
    ck_assert_str_eq(home_state(hass, "script.s"), "off");
    ck_assert_str_eq(client_error(client_ask(client, hass_buf_string(&stop))), "not_found");
}
END_TEST

static const char *const for_administrators[] = {
    "{'type':'subscribe_trigger','trigger':[]}",     "{'type':'test_condition','condition':[]}",
    "{'type':'subscribe_condition','condition':[]}", "{'type':'execute_script','sequence':[]}",
    "{'type':'hassd/runs/stop','run_id':'x'}",
};

START_TEST(others_are_refused)
{
    hass__assert_loop();
    struct client *client = client_open(test_home(NULL), "somebody", false);

    ck_assert_str_eq(client_error(client_ask(client, for_administrators[_i])), "unauthorized");
}
END_TEST

START_TEST(traces_are_told)
{
    hass__assert_loop();
    struct hass *hass = test_home("script:\n  s: {sequence: [{event: x}]}\n");
    struct client *client = client_open(hass, NULL, true);
    autobuf get = HASS_BUF_INIT;

    ck_assert_int_eq(home_call(hass, "script", "s", "{}", NULL), 0);
    const json_t *answer = client_ask(client, "{'type':'trace/list','domain':'script'}");
    const json_t *first = json_array_get(hass_json_get(answer, "result"), 0);
    ck_assert_str_eq(hass_json_get_string(first, "item_id", ""), "s");
    ck_assert_str_eq(hass_json_get_string(first, "script_execution", ""), "finished");
    hass_buf_printf(&get, "{'type':'trace/get','domain':'script','item_id':'s','run_id':'%s'}",
                    hass_json_get_string(first, "run_id", ""));
    const json_t *trace = hass_json_get(client_ask(client, hass_buf_string(&get)), "result");
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(trace, "trace"), "sequence/0"));
    ck_assert_json(hass_json_get(trace, "config"), "{'sequence':[{'event':'x'}]}");
    answer = client_ask(client, "{'type':'trace/contexts'}");
    ck_assert_uint_eq(json_object_size(hass_json_get(answer, "result")), 1);
    answer =
        client_ask(client, "{'type':'trace/get','domain':'script','item_id':'s','run_id':'x'}");
    ck_assert_str_eq(client_error(answer), "not_found");
}
END_TEST

CASES_MAIN("automations", ONCE(parts_are_checked),
           ONCE(a_trigger_tells_until_the_subscription_ends),
           ONCE(a_condition_tells_what_it_says_now_and_when_that_changes),
           ONCE(a_condition_is_tested_once), ONCE(actions_run_and_answer),
           ONCE(runs_are_listed_and_stopped), ROWS(others_are_refused, for_administrators),
           ONCE(traces_are_told))
