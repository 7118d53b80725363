/* SPDX-License-Identifier: Apache-2.0 */
/* Why things are as they are, and why automations have not run. Virtual time begins on 1 January 2024, 00:00. */
#include <string.h>

#include "base/mem.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

/* A lamp that anybody may switch: input_boolean.lamp. */
#define HOUSE                                                                                      \
    "input_boolean:\n  lamp: {name: Lamp}\n  other: {name: Other}\n"                               \
    "script:\n"                                                                                    \
    "  shine:\n"                                                                                   \
    "    alias: Shine\n"                                                                           \
    "    sequence:\n"                                                                              \
    "      - delay: 1\n"                                                                           \
    "      - action: input_boolean.turn_on\n"                                                      \
    "        target: {entity_id: input_boolean.lamp}\n"                                            \
    "automation:\n"                                                                                \
    "  - id: motion\n"                                                                             \
    "    alias: Motion\n"                                                                          \
    "    triggers: {trigger: state, entity_id: binary_sensor.hall, to: 'on', for: 5}\n"            \
    "    conditions:\n"                                                                            \
    "      - {condition: state, entity_id: input_boolean.other, state: 'off'}\n"                   \
    "    actions:\n"                                                                               \
    "      - action: script.shine\n"

static HASS_CALLBACK void set(struct hass *hass, const char *entity_id, const char *state)
{
    ck_assert_int_eq(hass_states_async_set(hass, entity_id, state, NULL, NULL, NULL), 0);
    test_settle(hass);
}

/* Its result, owned by the caller; fails the test when it is refused. */
static HASS_CALLBACK json_t *ask(struct hass *hass, const char *message)
{
    struct client *client = client_open(hass, NULL, true);
    json_t *result = hass_json_ref(hass_json_get(client_ask(client, message), "result"));

    client_close(client);
    ck_assert_ptr_nonnull(result);
    return result;
}

static HASS_CALLBACK void assert_refused(struct hass *hass, const char *message, const char *code)
{
    struct client *client = client_open(hass, NULL, true);

    ck_assert_str_eq(client_error(client_ask(client, message)), code);
    client_close(client);
}

/* The chain as lines "kind what [place]", separated by "|"; to be freed. */
static HASS_CALLBACK char *chain(struct hass *hass, const char *entity_id)
{
    autofree char *message = mem_printf("{'type':'hassd/why','entity_id':'%s'}", entity_id);
    autojson *answer = ask(hass, message);
    autobuf text = HASS_BUF_INIT;
    json_t *link;
    size_t i;

    json_array_foreach((json_t *)hass_json_get(answer, "chain"), i, link) {
        static const char *const keys[] = { "service", "name",  "entity_id", "event_type",
                                            "text",    "place", NULL };
        hass_buf_printf(&text, "%s%s", i ? "|" : "", hass_json_get_string(link, "kind", ""));
        for (size_t k = 0; keys[k]; k++)
            if (json_is_string(hass_json_get(link, keys[k])))
                hass_buf_printf(&text, " %s", hass_json_get_string(link, keys[k], ""));
    }
    return hass_buf_steal(&text);
}

START_TEST(the_chain_goes_from_the_lamp_through_script_and_automation_to_the_sensor)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);

    set(hass, "binary_sensor.hall", "off");
    set(hass, "binary_sensor.hall", "on");
    test_advance(hass, 7);
    ck_assert_str_eq(home_state(hass, "input_boolean.lamp"), "on");
    autofree char *found = chain(hass, "input_boolean.lamp");
    ck_assert_str_eq(found, "call input_boolean.turn_on configuration.yaml:9"
                            "|run Shine script.shine configuration.yaml:6"
                            "|call script.shine configuration.yaml:18"
                            "|run Motion automation.motion configuration.yaml:12"
                            "|state binary_sensor.hall"
                            "|root somebody set the state of binary_sensor.hall");
}
END_TEST

/* So many automations, each set off by the event of the one before; the last one turns the lamp on. */
static HASS_CALLBACK size_t length_of_chain(int count, bool cut)
{
    autobuf yaml = HASS_BUF_INIT;

    hass_buf_add_string(&yaml, "input_boolean:\n  lamp:\nautomation:\n");
    for (int i = 0; i < count; i++) {
        hass_buf_printf(&yaml,
                        "  - alias: A%d\n    triggers: {trigger: event, event_type: e%d}\n"
                        "    actions: ",
                        i, i);
        if (i + 1 < count)
            hass_buf_printf(&yaml, "{event: e%d}\n", i + 1);
        else
            hass_buf_add_string(&yaml, "{action: input_boolean.turn_on, target: {entity_id: "
                                       "input_boolean.lamp}}\n");
    }
    struct hass *hass = test_home(hass_buf_string(&yaml));
    ck_assert_int_eq(hass_bus_async_fire(hass, "e0", NULL, NULL, NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "input_boolean.lamp"), "on");
    autofree char *found = chain(hass, "input_boolean.lamp");
    size_t length = 1;
    ck_assert_int_eq(strstr(found, "|root what led to this is not told") != NULL, cut);
    for (const char *at = found; (at = strchr(at, '|')); at++)
        length++;
    return length;
}

static const struct {
    int automations;
    size_t links;
    bool cut;
} chains[] = { { 30, 62 }, { 31, 64 }, { 32, 64, true } };

START_TEST(a_chain_has_at_most_64_links)
{
    hass__assert_loop();
    size_t links = length_of_chain(chains[_i].automations, chains[_i].cut);
    ck_assert_uint_eq(links, chains[_i].links);
}
END_TEST

START_TEST(a_call_that_nobody_made_for_it_is_a_clients)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);

    ck_assert_int_eq(
        home_call(hass, "input_boolean", "turn_on", "{'entity_id':'input_boolean.lamp'}", NULL), 0);
    autofree char *found = chain(hass, "input_boolean.lamp");
    ck_assert_str_eq(found, "call input_boolean.turn_on"
                            "|root a client asked for it, or an integration did");
}
END_TEST

START_TEST(what_follows_another_thing_names_it)
{
    hass__assert_loop();
    struct hass *hass = test_home("default_config:\ntemplate:\n  - sensor: {name: Twice, state: "
                                  "\"{{ states('sensor.a') | int(0) * 2 }}\"}\n"
                                  "automation: []\n");

    set(hass, "sensor.a", "4");
    ck_assert_str_eq(home_state(hass, "sensor.twice"), "8");
    autofree char *found = chain(hass, "sensor.twice");
    ck_assert_str_eq(found, "state sensor.a|root somebody set the state of sensor.a");
}
END_TEST

START_TEST(an_event_and_a_run_by_hand_are_roots)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        HOUSE
        "  - alias: Knock\n"
        "    triggers: {trigger: event, event_type: knock}\n"
        "    actions: {action: input_boolean.turn_on, target: {entity_id: input_boolean.other}}\n");

    ck_assert_int_eq(hass_bus_async_fire(hass, "knock", NULL, NULL, NULL), 0);
    test_settle(hass);
    autofree char *found = chain(hass, "input_boolean.other");
    ck_assert_ptr_nonnull(
        strstr(found, "|run Knock automation.knock configuration.yaml:19|event knock|root "));
    ck_assert_int_eq(
        home_call(hass, "input_boolean", "turn_off", "{'entity_id':'input_boolean.other'}", NULL),
        0);
    ck_assert_int_eq(
        home_call(hass, "automation", "trigger", "{'entity_id':'automation.knock'}", NULL), 0);
    autofree char *by_hand = chain(hass, "input_boolean.other");
    ck_assert_ptr_nonnull(strstr(by_hand, "|run Knock automation.knock configuration.yaml:19"
                                          "|call automation.trigger|root a client asked"));
}
END_TEST

START_TEST(of_what_there_is_not_nothing_is_told)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);

    assert_refused(hass, "{'type':'hassd/why','entity_id':'light.none'}", "not_found");
    assert_refused(hass, "{'type':'hassd/why_not','entity_id':'automation.none'}", "not_found");
    assert_refused(hass, "{'type':'hassd/why_not','entity_id':'automation.motion','since':'soon'}",
                   "invalid_format");
}
END_TEST

/* Three switches; lines count from the first of @actions, which is 11. */
#define SWITCHES(actions)                                                                          \
    "input_boolean:\n  lamp:\n  other:\n  third:\n"                                                \
    "automation:\n"                                                                                \
    "  - id: go\n"                                                                                 \
    "    alias: Go\n"                                                                              \
    "    mode: queued\n"                                                                           \
    "    triggers: {trigger: event, event_type: go}\n"                                             \
    "    actions:\n" actions

static HASS_CALLBACK struct hass *gone(const char *yaml, double seconds)
{
    struct hass *hass = test_home(yaml);

    ck_assert_int_eq(hass_bus_async_fire(hass, "go", test_json("{'n': 0}"), NULL, NULL), 0);
    test_advance(hass, seconds);
    return hass;
}

static HASS_CALLBACK void assert_begins(struct hass *hass, const char *entity_id,
                                        const char *wanted)
{
    autofree char *found = chain(hass, entity_id);

    ck_assert_msg(strncmp(found, wanted, strlen(wanted)) == 0, "%s: %s", entity_id, found);
}

START_TEST(of_the_calls_of_a_run_that_is_told_which_names_the_thing)
{
    hass__assert_loop();
    struct hass *hass = gone(
        SWITCHES(
            "    - {action: input_boolean.turn_on, target: {entity_id: [input_boolean.other, "
            "input_boolean.lamp]}}\n"
            "    - {action: input_boolean.turn_off, target: {entity_id: input_boolean.third}}\n"
            "    - {action: automation.turn_on, target: {entity_id: automation.go}}\n"),
        1);

    assert_begins(hass, "input_boolean.lamp",
                  "call input_boolean.turn_on configuration.yaml:11|run Go");
    assert_begins(hass, "input_boolean.other",
                  "call input_boolean.turn_on configuration.yaml:11|run");
}
END_TEST

START_TEST(a_call_for_all_names_everything)
{
    hass__assert_loop();
    struct hass *hass = gone(
        SWITCHES(
            "    - {action: input_boolean.turn_on, target: {entity_id: all}}\n"
            "    - {action: input_boolean.turn_off, target: {entity_id: [input_boolean.third]}}\n"),
        1);

    assert_begins(hass, "input_boolean.lamp",
                  "call input_boolean.turn_on configuration.yaml:11|run Go");
    assert_begins(hass, "input_boolean.third",
                  "call input_boolean.turn_off configuration.yaml:12|run");
}
END_TEST

START_TEST(of_steps_that_call_the_same_that_is_told_which_was_the_last_until_then)
{
    hass__assert_loop();
    struct hass *hass = gone(
        SWITCHES(
            "    - {action: input_boolean.turn_on, target: {entity_id: input_boolean.other}}\n"
            "    - delay: 5\n"
            "    - {action: input_boolean.turn_on, target: {entity_id: input_boolean.lamp}}\n"
            "    - delay: 5\n"
            "    - {action: input_boolean.turn_on, target: {entity_id: input_boolean.third}}\n"),
        20);

    assert_begins(hass, "input_boolean.other", "call input_boolean.turn_on configuration.yaml:11|");
    assert_begins(hass, "input_boolean.lamp", "call input_boolean.turn_on configuration.yaml:13|");
    assert_begins(hass, "input_boolean.third", "call input_boolean.turn_on configuration.yaml:15|");
}
END_TEST

START_TEST(a_long_chain_is_cut_off_after_64_links_and_says_so)
{
    hass__assert_loop();
    struct hass *hass = gone(
        SWITCHES("    - {if: '{{ trigger.event.data.n > 99 }}', then: {action: "
                 "input_boolean.turn_on, target: {entity_id: input_boolean.lamp}}, else: {event: "
                 "go, event_data: {n: '{{ trigger.event.data.n + 1 }}'}}}\n"),
        5);
    autojson *answer = ask(hass, "{'type':'hassd/why','entity_id':'input_boolean.lamp'}");

    const json_t *links = hass_json_get(answer, "chain");
    size_t count = json_array_size(links);
    ck_assert_uint_eq(count, 64);
    ck_assert_str_eq(hass_json_get_string(json_array_get(links, count - 1), "text", ""),
                     "what led to this is not told: the chain is long");
}
END_TEST

static HASS_CALLBACK void call_often(struct hass *hass, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(hass_services_async_call_later(
                             hass, "input_boolean", "turn_off",
                             test_json("{'entity_id':'input_boolean.other'}"), NULL, NULL),
                         0);
    test_settle(hass);
}

START_TEST(the_last_1024_calls_are_remembered)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);

    ck_assert_int_eq(
        home_call(hass, "input_boolean", "turn_on", "{'entity_id':'input_boolean.lamp'}", NULL), 0);
    call_often(hass, 1023);
    autofree char *known = chain(hass, "input_boolean.lamp");
    ck_assert_ptr_nonnull(strstr(known, "call input_boolean.turn_on"));
    call_often(hass, 1);
    autofree char *forgotten = chain(hass, "input_boolean.lamp");
    ck_assert_str_eq(forgotten, "root input_boolean.lamp reported it by itself");
}
END_TEST

/* @count runs of the automation, each of its own event. */
static HASS_CALLBACK void knock(struct hass *hass, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(hass_bus_async_fire(hass, "other", NULL, NULL, NULL), 0);
        test_settle(hass);
    }
}

START_TEST(the_last_256_runs_are_remembered)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "input_boolean:\n  lamp:\n"
        "automation:\n"
        "  - alias: One\n"
        "    triggers: {trigger: event, event_type: one}\n"
        "    actions: {action: input_boolean.turn_on, target: {entity_id: input_boolean.lamp}}\n"
        "  - alias: Other\n"
        "    triggers: {trigger: event, event_type: other}\n"
        "    actions: []\n");

    ck_assert_int_eq(hass_bus_async_fire(hass, "one", NULL, NULL, NULL), 0);
    test_settle(hass);
    knock(hass, 255);
    autofree char *known = chain(hass, "input_boolean.lamp");
    ck_assert_ptr_nonnull(strstr(known, "run One automation.one"));
    knock(hass, 1);
    autofree char *forgotten = chain(hass, "input_boolean.lamp");
    ck_assert_ptr_null(strstr(forgotten, "run One automation.one"));
}
END_TEST

/* A state that somebody has written for the run, at @time; the chain to be freed. */
static HASS_CALLBACK char *chain_at(struct hass *hass, const struct hass_event *run, int64_t time)
{
    const struct hass_set_options options = {
        .size = sizeof(options),
        .context = hass_event_context(run),
        .timestamp = time,
        .force_update = true,
    };

    ck_assert_int_eq(hass_states_async_set(hass, "sensor.trail", "1", NULL, &options, NULL), 0);
    test_settle(hass);
    return chain(hass, "sensor.trail");
}

START_TEST(what_began_later_is_no_cause)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n"
                                  "  - alias: One\n"
                                  "    triggers: {trigger: event, event_type: one}\n"
                                  "    actions: []\n");
    struct capture *runs = test_capture(hass, "automation_triggered");

    ck_assert_int_eq(hass_bus_async_fire(hass, "one", NULL, NULL, NULL), 0);
    test_settle(hass);
    const struct hass_event *run = capture_event(runs, 0);
    autofree char *at_once = chain_at(hass, run, hass_event_time_fired(run));
    ck_assert_ptr_nonnull(strstr(at_once, "run One automation.one"));
    autofree char *before = chain_at(hass, run, hass_event_time_fired(run) - 1);
    ck_assert_ptr_null(strstr(before, "run One automation.one"));
}
END_TEST

/* why not */

static HASS_CALLBACK json_t *why_not(struct hass *hass, const char *more)
{
    autofree char *message =
        mem_printf("{'type':'hassd/why_not','entity_id':'automation.motion'%s}", more);

    return ask(hass, message);
}

static void assert_attempt(const json_t *answer, size_t index, const char *text, const char *place)
{
    const json_t *attempt = json_array_get(hass_json_get(answer, "attempts"), index);

    ck_assert_str_eq(hass_json_get_string(attempt, "text", "(none)"), text);
    ck_assert_str_eq(hass_json_get_string(attempt, "place", "(none)"), place);
}

START_TEST(a_condition_that_was_not_true_is_told_with_its_values)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);

    ck_assert_int_eq(
        home_call(hass, "input_boolean", "turn_on", "{'entity_id':'input_boolean.other'}", NULL),
        0);
    set(hass, "binary_sensor.hall", "on");
    test_advance(hass, 6);
    autojson *answer = why_not(hass, "");
    ck_assert_uint_eq(json_array_size(hass_json_get(answer, "attempts")), 1);
    assert_attempt(answer, 0, "a condition was not true: the state is 'on', wanted 'off'",
                   "configuration.yaml:16");
    ck_assert_json(hass_json_get(answer, "last_triggered"), "null");
    const json_t *now = json_array_get(hass_json_get(answer, "conditions"), 0);
    ck_assert(json_is_false(hass_json_get(now, "result")));
    autojson *later = why_not(hass, ",'since':'2024-01-01T00:01:00+00:00'");
    ck_assert_uint_eq(json_array_size(hass_json_get(later, "attempts")), 0);
}
END_TEST

START_TEST(a_trigger_that_did_not_last_is_told_and_one_that_waits_is_pending)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);

    set(hass, "binary_sensor.hall", "on");
    test_advance(hass, 2);
    autojson *waits = why_not(hass, "");
    ck_assert_uint_eq(json_array_size(hass_json_get(waits, "pending")), 1);
    set(hass, "binary_sensor.hall", "off");
    autojson *answer = why_not(hass, "");
    const json_t *attempt = json_array_get(hass_json_get(answer, "attempts"), 0);
    ck_assert_str_eq(
        hass_json_get_string(json_array_get(hass_json_get(waits, "pending"), 0), "due", ""),
        "2024-01-01T00:00:05+00:00");
    ck_assert_ptr_nonnull(
        strstr(hass_json_get_string(attempt, "text", ""), "a trigger nearly fired: "));
    ck_assert_str_eq(hass_json_get_string(attempt, "place", ""), "configuration.yaml:14");
    ck_assert_uint_eq(json_array_size(hass_json_get(answer, "pending")), 0);
}
END_TEST

START_TEST(what_keeps_it_from_running_at_all_is_a_remark)
{
    hass__assert_loop();
    struct hass *hass = test_home(HOUSE);

    ck_assert_int_eq(
        home_call(hass, "automation", "turn_off", "{'entity_id':'automation.motion'}", NULL), 0);
    autojson *answer = why_not(hass, "");
    ck_assert_ptr_nonnull(
        strstr(json_string_value(json_array_get(hass_json_get(answer, "remarks"), 0)),
               "it is turned off"));
}
END_TEST

/* A step within a step, which fails; one that cannot be done; and a script with one. */
#define WRONG                                                                                      \
    "automation:\n"                                                                                \
    "  - alias: Motion\n"                                                                          \
    "    triggers: {trigger: event, event_type: go}\n"                                             \
    "    actions:\n"                                                                               \
    "      - if: '{{ trigger.event.data.delay }}'\n"                                               \
    "        then:\n"                                                                              \
    "          - delay: '{{ -1 }}'\n"                                                              \
    "      - parallel:\n"                                                                          \
    "          - sequence:\n"                                                                      \
    "              - action: no.such\n"                                                            \
    "script:\n"                                                                                    \
    "  shine:\n"                                                                                   \
    "    sequence:\n"                                                                              \
    "      - sequence:\n"                                                                          \
    "          - action: no.such\n"

START_TEST(a_step_that_failed_is_told_with_what_set_it_off_and_where_it_is_written)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(WRONG);

    hass_bus_async_fire(hass, "go", test_json("{'delay': false}"), NULL, NULL);
    test_settle(hass);
    hass_bus_async_fire(hass, "go", test_json("{'delay': true}"), NULL, NULL);
    test_settle(hass);
    autojson *answer = why_not(hass, "");
    assert_attempt(answer, 0, "it failed: service no.such not found", "configuration.yaml:10");
    assert_attempt(answer, 1, "it failed: expected a duration of 0 or more, got -0:00:01",
                   "configuration.yaml:7");
    ck_assert_str_eq(
        hass_json_get_string(json_array_get(hass_json_get(answer, "attempts"), 0), "trigger", ""),
        "event 'go'");
    ck_assert_ptr_nonnull(logs_find(logs, "no.such not found [configuration.yaml:10]"));
    ck_assert_ptr_nonnull(logs_find(logs, "[configuration.yaml:7]"));
}
END_TEST

START_TEST(a_step_of_a_script_that_failed_is_logged_with_its_place)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(WRONG);

    ck_assert_int_eq(home_call(hass, "script", "shine", "{}", NULL), HASS_E_SERVICE_NOT_FOUND);
    ck_assert_ptr_nonnull(logs_find(logs, "no.such not found [configuration.yaml:15]"));
}
END_TEST

CASES_MAIN("why", ONCE(the_chain_goes_from_the_lamp_through_script_and_automation_to_the_sensor),
           ROWS(a_chain_has_at_most_64_links, chains),
           ONCE(a_call_that_nobody_made_for_it_is_a_clients),
           ONCE(what_follows_another_thing_names_it), ONCE(an_event_and_a_run_by_hand_are_roots),
           ONCE(of_what_there_is_not_nothing_is_told), ONCE(the_last_1024_calls_are_remembered),
           ONCE(the_last_256_runs_are_remembered), ONCE(what_began_later_is_no_cause),
           ONCE(a_condition_that_was_not_true_is_told_with_its_values),
           ONCE(a_trigger_that_did_not_last_is_told_and_one_that_waits_is_pending),
           ONCE(what_keeps_it_from_running_at_all_is_a_remark),
           ONCE(of_the_calls_of_a_run_that_is_told_which_names_the_thing),
           ONCE(a_call_for_all_names_everything),
           ONCE(of_steps_that_call_the_same_that_is_told_which_was_the_last_until_then),
           ONCE(a_long_chain_is_cut_off_after_64_links_and_says_so),
           ONCE(a_step_that_failed_is_told_with_what_set_it_off_and_where_it_is_written),
           ONCE(a_step_of_a_script_that_failed_is_logged_with_its_place))
