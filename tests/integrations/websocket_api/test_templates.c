/* SPDX-License-Identifier: Apache-2.0 */
/* render_template and its stream; hassd/template/explain and what it says of a householder's mistakes. */
#include <stdio.h>
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

static HASS_CALLBACK struct client *client(void)
{
    return client_open(test_home(NULL), "user", false);
}

static HASS_CALLBACK void set(struct client *client, const char *entity_id, const char *state)
{
    ck_assert_int_eq(hass_states_async_set(client_hass(client), entity_id, state, NULL, NULL, NULL),
                     0);
}

static HASS_CALLBACK void expect_event(struct client *client, const char *event)
{
    const json_t *message = client_next(client);

    ck_assert_msg(message != NULL, "no event arrived");
    ck_assert_str_eq(hass_json_get_string(message, "type", ""), "event");
    ck_assert_json(hass_json_get(message, "event"), event);
}

/* render_template */

START_TEST(a_template_is_answered_then_its_result_and_each_new_one)
{
    hass__assert_loop();
    struct client *c = client();

    set(c, "sensor.a", "1");
    ck_assert_json(client_ask(c, "{'type': 'render_template',"
                                 " 'template': '{{ states(\\'sensor.a\\') | int + n }}',"
                                 " 'variables': {'n': 10}}"),
                   "{'id': 1, 'type': 'result', 'success': true, 'result': null}");
    expect_event(c, "{'result': 11, 'listeners': {'all': false, 'domains': [],"
                    " 'entities': ['sensor.a'], 'time': false}}");
    set(c, "sensor.a", "1.0");
    ck_assert_ptr_null(client_next(c));
    set(c, "sensor.a", "2");
    expect_event(c, "{'result': 12, 'listeners': {'all': false, 'domains': [],"
                    " 'entities': ['sensor.a'], 'time': false}}");
    client_ask(c, "{'type': 'unsubscribe_events', 'subscription': 1}");
    set(c, "sensor.a", "3");
    ck_assert_ptr_null(client_next(c));
}
END_TEST

START_TEST(what_is_no_template_is_a_template_error)
{
    hass__assert_loop();
    const json_t *answer = client_ask(client(), "{'type': 'render_template',"
                                                " 'template': '{{ 1 | nosuch }}'}");

    ck_assert_str_eq(client_error(answer), "template_error");
}
END_TEST

START_TEST(with_a_timeout_an_error_at_once_is_the_answer)
{
    hass__assert_loop();
    const json_t *answer = client_ask(
        client(), "{'type': 'render_template', 'template': '{{ 1 / 0 }}', 'timeout': 3}");

    ck_assert_str_eq(client_error(answer), "template_error");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(answer, "error"), "message", ""),
                     "ZeroDivisionError: division by zero");
}
END_TEST

START_TEST(errors_and_warnings_are_reported_to_whom_asks)
{
    hass__assert_loop();
    struct client *c = client();

    set(c, "sensor.a", "0");
    client_ask(c, "{'type': 'render_template', 'report_errors': true,"
                  " 'template': '{{ nope }}{{ 1 / (states(\\'sensor.a\\') | int) }}'}");
    expect_event(c, "{'error': '\\u0027nope\\u0027 is undefined', 'level': 'WARNING'}");
    expect_event(c, "{'error': 'ZeroDivisionError: division by zero', 'level': 'ERROR'}");
    set(c, "sensor.a", "2");
    expect_event(c, "{'error': '\\u0027nope\\u0027 is undefined', 'level': 'WARNING'}");
    expect_event(c, "{'result': 0.5, 'listeners': {'all': false, 'domains': [],"
                    " 'entities': ['sensor.a'], 'time': false}}");
}
END_TEST

START_TEST(errors_are_not_sent_to_others)
{
    hass__assert_loop();
    struct client *c = client();

    client_ask(c, "{'type': 'render_template', 'template': '{{ 1 / 0 }}'}");
    ck_assert_ptr_null(client_next(c));
}
END_TEST

START_TEST(a_strict_template_fails_for_what_is_undefined)
{
    hass__assert_loop();
    const json_t *answer =
        client_ask(client(), "{'type': 'render_template', 'template': '{{ nope }}',"
                             " 'strict': true, 'timeout': 1}");

    ck_assert_str_eq(client_error(answer), "template_error");
}
END_TEST

START_TEST(what_the_frontend_sends_is_understood)
{
    hass__assert_loop();
    struct client *c = client();

    client_ask(c, "{'type': 'render_template', 'template': '## Welcome {{ user }}',"
                  " 'variables': {'config': {'type': 'markdown', 'text_only': true},"
                  " 'user': 'Admin'}, 'strict': true, 'report_errors': false}");
    expect_event(c, "{'result': '## Welcome Admin', 'listeners': {'all': false, 'domains': [],"
                    " 'entities': [], 'time': false}}");
}
END_TEST

START_TEST(a_message_without_a_template_is_refused)
{
    hass__assert_loop();
    struct client *c = client();

    ck_assert_str_eq(client_error(client_ask(c, "{'type': 'render_template'}")), "invalid_format");
    ck_assert_str_eq(client_error(client_ask(c, "{'type': 'render_template', 'template': [1]}")),
                     "invalid_format");
    ck_assert_str_eq(client_error(client_ask(c, "{'type': 'render_template', 'template': '1',"
                                                " 'timeout': 'soon'}")),
                     "invalid_format");
}
END_TEST

/* explain */

static HASS_CALLBACK const json_t *explain(struct client *client, const char *text)
{
    autofree char *message = NULL;

    ck_assert_int_gt(
        asprintf(&message, "{'type': 'hassd/template/explain', 'template': '%s'}", text), 0);
    return hass_json_get(client_ask(client, message), "result");
}

START_TEST(a_template_is_explained)
{
    hass__assert_loop();
    struct client *c = client();

    set(c, "sensor.a", "1");
    const json_t *answer = explain(c, "{{ states(\\'sensor.a\\') | int + states.light | length }}");
    ck_assert_json(hass_json_get(answer, "result"), "1");
    ck_assert_str_eq(hass_json_get_string(answer, "type", ""), "a whole number");
    const json_t *looked_at = hass_json_get(answer, "looked_at");
    ck_assert_json(hass_json_get(looked_at, "entities"), "['sensor.a']");
    ck_assert_json(hass_json_get(looked_at, "domains_lifecycle"), "['light']");
    ck_assert_json(hass_json_get(looked_at, "rate_limit"), "1");
    ck_assert_int_gt(hass_json_get_int(answer, "bytes", 0), 0);
    ck_assert_ptr_nonnull(strstr(hass_json_get_string(answer, "code", ""), "CALL"));
}
END_TEST

static const struct {
    const char *text, *where, *remark;
} mistakes[] = {
    { "{{ 1 | flaot }}", "No filter named 'flaot'", "did you mean 'float'?" },
    { "{{ states(\\'light.a) }}", "line 1, column 11", "closing quote" },
    { "{{ states(\\'light.a\\') > 5 }}", "not supported between", "| float(0) to compare" },
    { "{{ states(\\'light.a\\') + 5 }}", "concatenate", "| float(0) to add" },
    { "{{ states(\\'light.a\\') * 1.5 }}", "TypeError", "| float(0)" },
    { "{{ states(\\'light.a\\') | float }}", "no default was specified", "| float(0)" },
    { "{{ states.light.nope.attributes.x }}", "has no attribute", "there is no such entity" },
    { "{{ 1 / 0 }}", "division by zero", "if b != 0" },
};

START_TEST(a_mistake_is_shown_with_what_to_write_instead)
{
    hass__assert_loop();
    struct client *c = client();

    set(c, "light.a", "on");
    const char *text = hass_json_get_string(explain(c, mistakes[_i].text), "text", "");
    ck_assert_msg(strstr(text, mistakes[_i].where) != NULL, "%s", text);
    ck_assert_msg(strstr(text, mistakes[_i].remark) != NULL, "%s", text);
    ck_assert_msg(strstr(text, "^\n") != NULL, "%s", text);
}
END_TEST

START_TEST(a_state_that_is_not_there_is_warned_of)
{
    hass__assert_loop();
    struct client *c = client();

    const json_t *answer = explain(c, "{{ states.light.nope.state }}");
    ck_assert_json(hass_json_get(answer, "result"), "''");
    ck_assert_uint_eq(json_array_size(hass_json_get(answer, "warnings")), 1);
    const char *warning = json_string_value(json_array_get(hass_json_get(answer, "warnings"), 0));
    ck_assert_ptr_nonnull(strstr(warning, "there is no such entity"));
}
END_TEST

CASES_MAIN("websocket_api templates", ONCE(a_template_is_answered_then_its_result_and_each_new_one),
           ONCE(what_is_no_template_is_a_template_error),
           ONCE(with_a_timeout_an_error_at_once_is_the_answer),
           ONCE(errors_and_warnings_are_reported_to_whom_asks), ONCE(errors_are_not_sent_to_others),
           ONCE(a_strict_template_fails_for_what_is_undefined),
           ONCE(what_the_frontend_sends_is_understood),
           ONCE(a_message_without_a_template_is_refused), ONCE(a_template_is_explained),
           ROWS(a_mistake_is_shown_with_what_to_write_instead, mistakes),
           ONCE(a_state_that_is_not_there_is_warned_of))
