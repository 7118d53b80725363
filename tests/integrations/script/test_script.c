/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts as a home has them: services of their own, on while they run, reloaded, wrong. Virtual time begins on 1 January 2024, 00:00. */
#include <string.h>

#include <hass/issue_registry.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/items.h"

#define SLOW                                                                                       \
    "script:\n  slow:\n    alias: Slow\n    sequence:\n      - delay: 5\n      - event: done\n"

START_TEST(calling_one_waits_for_its_end)
{
    hass__assert_loop();
    struct hass *hass = test_home(SLOW);
    struct capture *done = test_capture(hass, "done");
    struct capture *told = test_capture(hass, "script_started");
    int64_t before = hass_now(hass);

    ck_assert_int_eq(home_call(hass, "script", "slow", "{}", NULL), 0);
    ck_assert_int_eq(hass_now(hass) - before, 5000000);
    ck_assert_uint_eq(capture_count(done), 1);
    ck_assert_json(hass_event_data(capture_event(told, 0)),
                   "{'name':'Slow','entity_id':'script.slow'}");
}
END_TEST

/* What get_services says about a script. */
static HASS_CALLBACK const json_t *description_of(struct client *client, const char *name)
{
    const json_t *answer = client_ask(client, "{'type':'get_services'}");

    return hass_json_get(hass_json_get(hass_json_get(answer, "result"), "script"), name);
}

START_TEST(its_service_is_described_as_it_is_written)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "script:\n  good_night:\n    alias: Good night!\n    description: Puts the house to bed\n"
        "    fields:\n      minutes:\n        name: Minutes\n        description: How long\n"
        "        required: true\n        example: 5\n        default: 3\n"
        "        selector: {number: {min: 1, max: 9}}\n      who: {}\n"
        "    sequence: []\n  plain_one:\n    sequence: []\n");
    struct client *client = client_open(hass, NULL, true);

    ck_assert_json(description_of(client, "good_night"),
                   "{'name':'Good night!','description':'Puts the house to bed','fields':{"
                   "'minutes':{'name':'Minutes','description':'How long','required':true,"
                   "'advanced':false,'example':5,'default':3,'selector':{'number':{'min':1,"
                   "'max':9}}},'who':{'required':false,'advanced':false}},"
                   "'response':{'optional':true}}");
    ck_assert_json(
        description_of(client, "plain_one"),
        "{'name':'plain_one','description':'','fields':{},'response':{'optional':true}}");
    loader_configure("script:\n  good_night:\n    alias: Nighty\n    fields: {a: {name: A}}\n"
                     "    sequence: []\n");
    ck_assert_int_eq(home_call(hass, "script", "reload", "{}", NULL), 0);
    const json_t *other = description_of(client, "good_night");
    ck_assert_str_eq(hass_json_get_string(other, "name", ""), "Nighty");
    ck_assert_uint_eq(json_object_size(hass_json_get(other, "fields")), 1);
    ck_assert_ptr_null(description_of(client, "plain_one"));
}
END_TEST

START_TEST(turning_one_on_does_not_wait_and_off_stops_it)
{
    hass__assert_loop();
    struct hass *hass = test_home(SLOW);
    struct capture *done = test_capture(hass, "done");
    int64_t before = hass_now(hass);

    ck_assert_int_eq(home_call(hass, "script", "turn_on", "{'entity_id':'script.slow'}", NULL), 0);
    ck_assert_int_eq(hass_now(hass), before);
    ck_assert_str_eq(home_state(hass, "script.slow"), "on");
    items_check_attributes(hass, "script.slow",
                           "{'last_triggered':'2024-01-01T00:00:00+00:00','mode':'single',"
                           "'current':1,'last_action':'delay 0:00:05','friendly_name':'Slow'}");
    ck_assert_int_eq(home_call(hass, "script", "turn_off", "{'entity_id':'script.slow'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "script.slow"), "off");
    test_advance(hass, 10);
    ck_assert_uint_eq(capture_count(done), 0);
    ck_assert_int_eq(home_call(hass, "script", "toggle", "{'entity_id':'script.slow'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "script.slow"), "on");
    ck_assert_int_eq(home_call(hass, "script", "toggle", "{'entity_id':'script.slow'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "script.slow"), "off");
}
END_TEST

START_TEST(what_is_given_wins_over_its_own_variables_and_stop_answers)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "script:\n  s:\n    variables: {a: 1, b: '{{ a + 1 }}'}\n    fields: {c: {default: 9}}\n"
        "    sequence:\n      - variables: {r: {a: '{{ a }}', b: '{{ b }}', c: '{{ c is defined "
        "}}'}}\n"
        "      - {stop: x, response_variable: r}\n");
    struct client *client = client_open(hass, NULL, true);

    const json_t *answer =
        client_ask(client, "{'type':'call_service','domain':'script','service':'s',"
                           "'service_data':{'a':5},'return_response':true}");
    ck_assert_json(hass_json_get(hass_json_get(answer, "result"), "response"),
                   "{'a':5,'b':6,'c':false}");
}
END_TEST

START_TEST(the_error_of_a_step_reaches_the_caller)
{
    hass__assert_loop();
    struct hass *hass = test_home("script:\n  s:\n    sequence:\n      - action: no.such\n");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "script", "s", "{}", &err), HASS_E_SERVICE_NOT_FOUND);
    ck_assert_str_eq(home_state(hass, "script.s"), "off");
}
END_TEST

START_TEST(the_time_of_the_last_run_survives_a_restart_and_the_run_does_not_when_it_is_told_so)
{
    hass__assert_loop();
    struct hass *hass = test_home("script:\n  keep:\n    sequence:\n      - delay: 100\n"
                                  "      - event: kept\n  drop:\n    restart: drop\n"
                                  "    sequence:\n      - delay: 100\n      - event: dropped\n");

    ck_assert_int_eq(
        home_call(hass, "script", "turn_on", "{'entity_id':['script.keep','script.drop']}", NULL),
        0);
    test_advance(hass, 10);
    hass = home_restart(hass, 20);
    ck_assert_str_eq(home_state(hass, "script.keep"), "on");
    ck_assert_str_eq(home_state(hass, "script.drop"), "off");
    autojson *last = home_attribute(hass, "script.drop", "last_triggered");
    ck_assert_str_eq(json_string_value(last), "2024-01-01T00:00:00+00:00");
    struct capture *kept = test_capture(hass, "kept"), *dropped = test_capture(hass, "dropped");
    test_advance(hass, 69);
    ck_assert_uint_eq(capture_count(kept), 0);
    test_advance(hass, 2);
    ck_assert_uint_eq(capture_count(kept), 1);
    ck_assert_uint_eq(capture_count(dropped), 0);
}
END_TEST

static const struct {
    const char *item, *place, *said, *state;
} wrong[] = {
    { "  w:\n    seq: []\n    sequence: []\n", ":3:5", "unknown key 'seq'", "unavailable" },
    { "  w:\n    alias: W\n", ":3:5", "required key 'sequence'", "unavailable" },
    { "  w:\n    sequence:\n      - delay: soon\n", ":4:16", "soon", "unavailable" },
    { "  w:\n    icon: 5\n    sequence: []\n", ":3:11", "left out", "(none)" },
    { "  turn_on:\n    sequence: []\n", ":3:5", "a service of all scripts", "(none)" },
    { "  w: text\n", ":2:6", "expected a map", "(none)" },
};

START_TEST(one_that_is_wrong_is_told_with_its_place_and_the_others_run)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autobuf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "script:\n%s  good: {sequence: []}\n", wrong[_i].item);
    struct hass *hass = test_home(yaml.data);
    const char *line = logs_find(logs, wrong[_i].said);
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strstr(line, wrong[_i].place) != NULL, "%s", line);
    ck_assert_str_eq(home_state(hass, "script.w"), wrong[_i].state);
    ck_assert(!hass_services_async_has(hass, "script", "w"));
    ck_assert(hass_services_async_has(hass, "script", "good"));
    ck_assert_uint_eq(hass_issue_async_get(hass, "script", "script.w_validation_failed_schema") !=
                          NULL,
                      strcmp(wrong[_i].state, "unavailable") == 0);
}
END_TEST

START_TEST(reload_leaves_what_is_unchanged_running)
{
    hass__assert_loop();
    struct hass *hass = test_home(SLOW "  gone: {sequence: []}\n");
    struct capture *done = test_capture(hass, "done");

    ck_assert_int_eq(home_call(hass, "script", "turn_on", "{'entity_id':'script.slow'}", NULL), 0);
    loader_configure(SLOW "  fresh: {sequence: []}\n");
    ck_assert_int_eq(home_call(hass, "script", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "script.slow"), "on");
    ck_assert_str_eq(home_state(hass, "script.fresh"), "off");
    ck_assert(!hass_services_async_has(hass, "script", "gone"));
    test_advance(hass, 10);
    ck_assert_uint_eq(capture_count(done), 1);
    loader_configure("script:\n  slow: {sequence: []}\n");
    ck_assert_int_eq(home_call(hass, "script", "turn_on", "{'entity_id':'script.slow'}", NULL), 0);
    ck_assert_int_eq(home_call(hass, "script", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "script.slow"), "off");
    test_advance(hass, 10);
    ck_assert_uint_eq(capture_count(done), 1);
}
END_TEST

CASES_MAIN(
    "script", ONCE(calling_one_waits_for_its_end), ONCE(its_service_is_described_as_it_is_written),
    ONCE(turning_one_on_does_not_wait_and_off_stops_it),
    ONCE(what_is_given_wins_over_its_own_variables_and_stop_answers),
    ONCE(the_error_of_a_step_reaches_the_caller),
    ONCE(the_time_of_the_last_run_survives_a_restart_and_the_run_does_not_when_it_is_told_so),
    ROWS(one_that_is_wrong_is_told_with_its_place_and_the_others_run, wrong),
    ONCE(reload_leaves_what_is_unchanged_running))
