/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: what steps do, what becomes of errors, and where sequences end. */
#include <errno.h>
#include <string.h>

#include "support/script.h"

#define REC(data) "{'action':'test.rec','data':" data "}"

static HASS_CALLBACK int run(const char *sequence, const char *variables)
{
    struct hass_script *script = script_make(sequence, HASS_SCRIPT_SINGLE);
    int r = script_run(script, variables, NULL, NULL);

    hass_script_async_destroy(script);
    return r;
}

START_TEST(steps_run_in_order)
{
    script_home();
    ck_assert_int_eq(run("[" REC("{'n':1}") "," REC("{'n':'{{ a + 1 }}'}") "]", "{'a':1}"), 0);
    ck_assert_calls("0 rec {'n':1}; 0 rec {'n':2}");
}
END_TEST

START_TEST(a_call_has_name_data_and_target_from_templates)
{
    script_home();
    run("[{'action':'test.{{ what }}','data':{'a':1,'k{{ 1 }}':['x{{ 2 }}',5]},"
        "'target':{'entity_id':'{{ who }}'}}]",
        "{'what':'rec','who':'light.a, light.b'}");
    ck_assert_calls("0 rec {'a':1,'k1':['x2',5],'entity_id':['light.a','light.b']}");
}
END_TEST

START_TEST(legacy_keys_of_a_call_are_merged)
{
    script_home();
    run("[{'service_template':'test.rec','data':{'a':1,'b':2},'data_template':{'b':'{{ 3 }}'},"
        "'entity_id':'light.x'}]",
        NULL);
    ck_assert_calls("0 rec {'a':1,'b':3,'entity_id':['light.x']}");
}
END_TEST

START_TEST(data_may_be_one_template)
{
    script_home();
    run("[{'action':'test.rec','data':'{{ {\\'x\\': 1} }}'}]", NULL);
    ck_assert_calls("0 rec {'x':1}");
}
END_TEST

START_TEST(a_delay_lets_time_pass)
{
    script_home();
    run("[{'delay':2}," REC("{}") ",{'delay':'00:01:00'},{'delay':{'seconds':'{{ s }}'}}," REC(
            "{}") "]",
        "{'s':3}");
    ck_assert_calls("2 rec; 65 rec");
}
END_TEST

START_TEST(a_delay_that_is_none_aborts_without_an_error)
{
    struct logs *logs = test_logs();

    script_home();
    ck_assert_int_eq(run("[{'delay':'{{ -5 }}'}," REC("{}") "]", NULL), 0);
    ck_assert_calls("");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 1);
}
END_TEST

START_TEST(a_slow_call_is_waited_for)
{
    script_home();
    run("[{'action':'test.slow'}," REC("{}") "]", NULL);
    ck_assert_calls("0 slow; 4 rec");
}
END_TEST

START_TEST(an_answer_is_kept_in_its_variable)
{
    script_home();
    run("[{'action':'test.ask','response_variable':'r'}," REC("{'v':'{{ r.answer }}'}") "]", NULL);
    ck_assert_calls("0 ask; 0 rec {'v':42}");
}
END_TEST

START_TEST(an_answer_needs_a_variable)
{
    script_home();
    ck_assert_int_eq(run("[{'action':'test.ask','continue_on_error':true}]", NULL), HASS_E_INVALID);
    ck_assert_int_eq(run("[{'action':'test.rec','response_variable':'r'}]", NULL), HASS_E_INVALID);
    ck_assert_calls("");
}
END_TEST

START_TEST(an_error_ends_the_run_and_is_logged_once)
{
    struct logs *logs = test_logs();
    struct hass_error err = HASS_ERROR_INIT;

    script_home();
    struct hass_script *script = script_make(
        "[" REC("{}") ",{'sequence':[{'action':'test.boom'}]}," REC("{}") "]", HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(script_run(script, NULL, NULL, &err), HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "the device did not answer");
    ck_assert_calls("0 rec; 0 boom");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 1);
    ck_assert_ptr_nonnull(
        logs_find(logs, "test: error in step 1 (call_service): the device did not answer"));
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(a_step_may_go_on_after_an_error)
{
    script_home();
    ck_assert_int_eq(run("[{'action':'test.boom','continue_on_error':true}," REC("{}") "]", NULL),
                     0);
    ck_assert_calls("0 boom; 0 rec");
}
END_TEST

START_TEST(a_step_around_it_may_go_on_after_an_error)
{
    script_home();
    ck_assert_int_eq(run("[{'sequence':[{'action':'test.boom'}," REC(
                             "{'n':1}") "],'continue_on_error':true}," REC("{'n':2}") "]",
                         NULL),
                     0);
    ck_assert_calls("0 boom; 0 rec {'n':2}");
}
END_TEST

START_TEST(what_is_wrong_in_the_script_or_the_program_is_not_passed_over)
{
    script_home();
    ck_assert_int_eq(run("[{'action':'test.bug','continue_on_error':true}]", NULL), -EIO);
    ck_assert_int_eq(run("[{'action':'no.such','continue_on_error':true}]", NULL),
                     HASS_E_SERVICE_NOT_FOUND);
    ck_assert_int_eq(run("[{'variables':{'x':'{{ 1 / 0 }}'},'continue_on_error':true}]", NULL),
                     HASS_E_TEMPLATE);
}
END_TEST

START_TEST(the_data_of_a_call_that_does_not_render_may_be_passed_over)
{
    script_home();
    ck_assert_int_eq(
        run("[{'action':'test.rec','data':{'x':'{{ 1 / 0 }}'},'continue_on_error':true}]", NULL),
        0);
    ck_assert_calls("");
}
END_TEST

START_TEST(disabled_steps_are_skipped)
{
    script_home();
    run("[{'stop':'x','enabled':false},{'stop':'x','enabled':'{{ 1 == 2 }}'}," REC("{}") "]", NULL);
    ck_assert_calls("0 rec");
}
END_TEST

START_TEST(variables_see_those_before_them)
{
    script_home();
    run("[{'variables':{'a':1,'b':'{{ a + 1 }}'}}," REC("{'b':'{{ b }}'}") "]", NULL);
    ck_assert_calls("0 rec {'b':2}");
}
END_TEST

START_TEST(variables_of_a_nested_sequence_are_those_of_the_run)
{
    script_home();
    run("[{'variables':{'a':1}},{'sequence':[{'variables':{'a':2,'c':3}}]}," REC(
            "{'a':'{{ a }}','c':'{{ c }}'}") "]",
        NULL);
    ck_assert_calls("0 rec {'a':2,'c':3}");
}
END_TEST

START_TEST(stop_ends_all_and_gives_the_response)
{
    autojson *response = NULL;

    script_home();
    struct hass_script *script =
        script_make("[{'variables':{'r':{'x':1}}},{'repeat':{'count':5,'sequence':[{'sequence':["
                    "{'stop':'done','response_variable':'r'}]}]}}," REC("{}") "]",
                    HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(script_run(script, NULL, &response, NULL), 0);
    ck_assert_json(response, "{'x':1}");
    ck_assert_calls("");
    hass_script_async_destroy(script);
}
END_TEST

START_TEST(stop_with_error_is_none_for_the_caller)
{
    script_home();
    ck_assert_int_eq(run("[{'stop':'bad','error':true}," REC("{}") "]", NULL), 0);
    ck_assert_int_eq(run("[{'stop':'bad','response_variable':'nope'}," REC("{}") "]", NULL), 0);
    ck_assert_calls("");
}
END_TEST

START_TEST(an_event_is_fired_though_its_data_fails)
{
    struct hass *hass = script_home();
    struct capture *seen = test_capture(hass, "told");

    run("[{'event':'told','event_data':{'a':1,'b':'{{ 1 / 0 }}'}}," REC("{}") "]", NULL);
    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)), "{'a':1}");
    ck_assert_calls("0 rec");
}
END_TEST

START_TEST(all_that_a_run_does_has_its_context)
{
    struct hass *hass = script_home();
    struct capture *seen = test_capture(hass, "told");

    run("[{'event':'told','event_data':{'id':'{{ context.id }}'}}," REC("{}") "]", NULL);
    const struct hass_event *event = capture_event(seen, 0);
    ck_assert(hass_context_equal(hass_event_context(event), recorded.calls[0].context));
    ck_assert_str_eq(hass_json_get_string(hass_event_data(event), "id", ""),
                     hass_context_id(recorded.calls[0].context));
}
END_TEST

START_TEST(what_no_action_is_does_not_compile)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_script *script = NULL;
    autojson *sequence = test_json("[{'sequence':[{'device_id':'d','domain':'x','type':'fly'}]}]");
    struct hass *hass = script_home();

    int r =
        hass_script_async_create(hass, HASS_SCRIPT_OPTIONS(.sequence = sequence), &script, &err);
    ck_assert_int_eq(r, HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "type fly of domain x"));
}
END_TEST

START_TEST(a_device_action_is_a_call)
{
    struct hass_error err = HASS_ERROR_INIT;

    script_home();
    struct hass_script *script =
        script_make("[{'device_id':'d','domain':'test','type':'toggle','entity_id':'test.a'}]",
                    HASS_SCRIPT_SINGLE);
    ck_assert_int_eq(script_run(script, NULL, NULL, &err), HASS_E_SERVICE_NOT_FOUND);
    ck_assert_str_eq(err.message, "service test.toggle not found");
    hass_script_async_destroy(script);
}
END_TEST

/* Writes down which step makes the call. */
static HASS_CALLBACK int note_step(struct hass *hass, const struct hass_intercepted_call *call,
                                   void *userdata, json_t **ret_response, struct hass_error *err)
{
    struct hass_script_calling calling;

    if (hass_script_async_calling(hass, &calling))
        hass_buf_printf(userdata, "%s %s; ", calling.domain, calling.path);
    else
        hass_buf_add_string(userdata, "nobody; ");
    return 0;
}

START_TEST(who_intercepts_a_call_can_ask_which_step_makes_it)
{
    struct hass *hass = script_home();
    autobuf steps = HASS_BUF_INIT;
    struct hass_script_calling calling;

    ck_assert_int_eq(hass_services_async_intercept(hass, note_step, &steps, NULL), 0);
    run("[" REC("{}") ",{'if':'{{ true }}','then':[" REC("{}") "]},{'action':'test.slow'}," REC(
            "{}") "]",
        NULL);
    ck_assert(!hass_script_async_calling(hass, &calling));
    hass_services_async_call_later(hass, "test", "rec", json_object(), NULL, NULL);
    ck_assert_str_eq(hass_buf_string(&steps),
                     "script sequence/0; script sequence/1/then/0; script sequence/2; "
                     "script sequence/3; nobody; ");
}
END_TEST

TEST_MAIN("script_run", steps_run_in_order, a_call_has_name_data_and_target_from_templates,
          legacy_keys_of_a_call_are_merged, data_may_be_one_template, a_delay_lets_time_pass,
          a_delay_that_is_none_aborts_without_an_error, a_slow_call_is_waited_for,
          an_answer_is_kept_in_its_variable, an_answer_needs_a_variable,
          an_error_ends_the_run_and_is_logged_once, a_step_may_go_on_after_an_error,
          a_step_around_it_may_go_on_after_an_error,
          what_is_wrong_in_the_script_or_the_program_is_not_passed_over,
          the_data_of_a_call_that_does_not_render_may_be_passed_over, disabled_steps_are_skipped,
          variables_see_those_before_them, variables_of_a_nested_sequence_are_those_of_the_run,
          stop_ends_all_and_gives_the_response, stop_with_error_is_none_for_the_caller,
          an_event_is_fired_though_its_data_fails, all_that_a_run_does_has_its_context,
          what_no_action_is_does_not_compile, a_device_action_is_a_call,
          who_intercepts_a_call_can_ask_which_step_makes_it)
