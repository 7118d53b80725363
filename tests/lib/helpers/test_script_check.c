/* SPDX-License-Identifier: Apache-2.0 */
/* hass_script_check: every kind of action in every spelling, and what is wrong where. */
#include <hass/script.h>

#include "support/cases.h"
#include "support/test.h"

/* what becomes of a sequence */

static const struct {
    const char *written, *checked;
} good[] = {
    { "null", "[]" },
    { "[]", "[]" },
    /* calls */
    { "{'service': 'Light.Turn_On'}", "[{'action': 'light.turn_on'}]" },
    { "[{'action': 'a.b', 'data': {'x': 5, 'y': '{{ 1 }}'}}]",
      "[{'action': 'a.b', 'data': {'x': 5, 'y': '{{ 1 }}'}}]" },
    { "{'service_template': '{{ s }}', 'data_template': {'a': 1}, 'data': ' {{ d }} '}",
      "[{'action': '{{ s }}', 'data_template': {'a': 1}, 'data': '{{ d }}'}]" },
    { "{'service': 'a.b', 'target': {'entity_id': 'Light.A, light.b', 'area_id': 'hall'}}",
      "[{'action': 'a.b', 'target': {'entity_id': ['light.a', 'light.b'], 'area_id': ['hall']}}]" },
    { "{'service': 'a.b', 'target': {'entity_id': '{{ e }}', 'label_id': ['x', '{{ y }}']}}",
      "[{'action': 'a.b', 'target': {'entity_id': '{{ e }}', 'label_id': ['x', '{{ y }}']}}]" },
    { "{'service': 'a.b', 'target': {'entity_id': ['light.a', '{{ e }}']}}",
      "[{'action': 'a.b', 'target': {'entity_id': ['light.a', '{{ e }}']}}]" },
    { "{'service': 'a.b', 'target': {'entity_id': ['0123456789abcdef0123456789abcdef']}}",
      "[{'action': 'a.b', 'target': {'entity_id': ['0123456789abcdef0123456789abcdef']}}]" },
    { "{'service': 'a.b', 'target': '{{ t }}', 'entity_id': 'ALL'}",
      "[{'action': 'a.b', 'target': '{{ t }}', 'entity_id': 'all'}]" },
    { "{'action': 'a.b', 'response_variable': 'r', 'metadata': {}, 'alias': 5}",
      "[{'action': 'a.b', 'response_variable': 'r', 'metadata': {}, 'alias': '5'}]" },
    { "{'action': 'a.b', 'enabled': 'no', 'continue_on_error': 'yes'}",
      "[{'action': 'a.b', 'enabled': false, 'continue_on_error': true}]" },
    { "{'action': 'a.b', 'enabled': '{{ 1 == 1 }}'}",
      "[{'action': 'a.b', 'enabled': '{{ 1 == 1 }}'}]" },
    /* waiting */
    { "{'delay': 5}", "[{'delay': 5.0}]" },
    { "{'delay': '+00:00:05'}", "[{'delay': 5.0}]" },
    { "{'delay': {'hours': '1', 'minutes': 2}}", "[{'delay': 3720.0}]" },
    { "{'delay': '{{ d }}'}", "[{'delay': '{{ d }}'}]" },
    { "{'delay': {'seconds': '{{ d }}'}}", "[{'delay': {'seconds': '{{ d }}'}}]" },
    { "{'wait_template': '{{ true }}', 'timeout': '00:01', 'continue_on_timeout': 'false'}",
      "[{'wait_template': '{{ true }}', 'timeout': 60.0, 'continue_on_timeout': false}]" },
    /* events, scenes, devices, variables, ends */
    { "{'event': 'go', 'event_data': {'a': '{{ 1 }}'}, 'event_data_template': {'b': 2}}",
      "[{'event': 'go', 'event_data': {'a': '{{ 1 }}'}, 'event_data_template': {'b': 2}}]" },
    { "{'scene': 'Scene.Movie'}", "[{'scene': 'scene.movie'}]" },
    { "{'device_id': 'abc', 'domain': 'light', 'type': 'turn_on', 'whatever': 5}",
      "[{'device_id': 'abc', 'domain': 'light', 'type': 'turn_on', 'whatever': 5}]" },
    { "{'variables': {'a': 1, 'b': '{{ a }}'}}", "[{'variables': {'a': 1, 'b': '{{ a }}'}}]" },
    { "{'stop': null}", "[{'stop': null}]" },
    { "{'stop': 'x', 'error': 'true'}", "[{'stop': 'x', 'error': true}]" },
    { "{'stop': 'x', 'response_variable': 'r'}", "[{'stop': 'x', 'response_variable': 'r'}]" },
    { "{'set_conversation_response': null}", "[{'set_conversation_response': null}]" },
    { "{'set_conversation_response': 'fine'}", "[{'set_conversation_response': 'fine'}]" },
    /* sequences within steps */
    { "{'sequence': {'delay': 1}}", "[{'sequence': [{'delay': 1.0}]}]" },
    { "{'parallel': [{'sequence': {'delay': 1}, 'alias': 'x'}, [{'delay': 2}], {'delay': 3}]}",
      "[{'parallel': [{'sequence': [{'delay': 1.0}], 'alias': 'x'}, {'sequence': [{'delay': "
      "2.0}]}, "
      "{'sequence': [{'delay': 3.0}]}]}]" },
    { "{'parallel': {'delay': 3}}", "[{'parallel': [{'sequence': [{'delay': 3.0}]}]}]" },
    { "{'repeat': {'count': '3', 'sequence': {'delay': 1}}}",
      "[{'repeat': {'count': 3, 'sequence': [{'delay': 1.0}]}}]" },
    { "{'repeat': {'count': '{{ n }}', 'sequence': []}}",
      "[{'repeat': {'count': '{{ n }}', 'sequence': []}}]" },
    { "{'repeat': {'for_each': ['a', {'b': '{{ c }}'}], 'sequence': []}}",
      "[{'repeat': {'for_each': ['a', {'b': '{{ c }}'}], 'sequence': []}}]" },
    { "{'repeat': {'for_each': '{{ l }}', 'sequence': []}}",
      "[{'repeat': {'for_each': '{{ l }}', 'sequence': []}}]" },
    { "{'choose': [], 'default': {'delay': 1}}", "[{'choose': [], 'default': [{'delay': 1.0}]}]" },
    { "{'choose': null}", "[{'choose': []}]" },
};

START_TEST(a_sequence_is_made_uniform)
{
    autojson *written = test_json(good[_i].written), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_script_check(NULL, written, &checked, &err);

    ck_assert_msg(r == 0, "%s: %s", good[_i].written, err.message);
    ck_assert_json(checked, good[_i].checked);
}
END_TEST

START_TEST(what_was_written_stays_as_it_is)
{
    autojson *written = test_json("[{'service': 'A.B', 'enabled': 'no'}]");
    autojson *checked = NULL;

    ck_assert_int_eq(hass_script_check(NULL, written, &checked, NULL), 0);
    ck_assert_json(written, "[{'service': 'A.B', 'enabled': 'no'}]");
}
END_TEST

START_TEST(a_checked_sequence_checks_to_itself)
{
    autojson *written = test_json(good[_i].written), *checked = NULL, *again = NULL;

    ck_assert_int_eq(hass_script_check(NULL, written, &checked, NULL), 0);
    ck_assert_int_eq(hass_script_check(NULL, checked, &again, NULL), 0);
    ck_assert(json_equal(checked, again));
}
END_TEST

/* conditions and triggers within */

static const struct {
    const char *written, *path; /* of what must be a list of checked ones */
    const char *key;
} nested[] = {
    { "{'if': '{{ true }}', 'then': {'delay': 1}, 'else': []}", "if", "condition" },
    { "{'choose': {'conditions': ['{{ a }}'], 'sequence': []}}", "choose/0/conditions",
      "condition" },
    { "{'repeat': {'while': '{{ a }}', 'sequence': []}}", "repeat/while", "condition" },
    { "{'repeat': {'until': ['{{ a }}'], 'sequence': []}}", "repeat/until", "condition" },
    { "{'wait_for_trigger': {'platform': 'event', 'event_type': 'x'}}", "wait_for_trigger",
      "trigger" },
};

static const json_t *walk(const json_t *value, const char *path)
{
    char *at = strdup(path), *rest = at;

    for (char *word; (word = strsep(&rest, "/"));)
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(word))
                                     : hass_json_get(value, word);
    free(at);
    return value;
}

START_TEST(conditions_and_triggers_within_are_checked_lists)
{
    autojson *written = test_json(nested[_i].written), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_script_check(test_hass(), written, &checked, &err);

    ck_assert_msg(r == 0, "%s: %s", nested[_i].written, err.message);
    const json_t *list = walk(json_array_get(checked, 0), nested[_i].path);
    ck_assert_uint_eq(json_array_size(list), 1);
    ck_assert_ptr_nonnull(hass_json_get_string(json_array_get(list, 0), nested[_i].key, NULL));
}
END_TEST

static const char *const conditions[] = {
    "'{{ true }}'",
    "{'condition': 'state', 'entity_id': 'a.b', 'state': 'on'}",
    "{'or': ['{{ a }}', '{{ b }}']}",
    "{'not': ['{{ a }}'], 'alias': 'x', 'enabled': false}",
    "{'condition': 'template', 'value_template': '{{ a }}', 'continue_on_error': true}",
};

START_TEST(a_condition_is_a_step)
{
    autojson *written = test_json(conditions[_i]), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_script_check(test_hass(), written, &checked, &err);

    ck_assert_msg(r == 0, "%s: %s", conditions[_i], err.message);
    ck_assert_uint_eq(json_array_size(checked), 1);
    ck_assert_ptr_nonnull(hass_json_get_string(json_array_get(checked, 0), "condition", NULL));
}
END_TEST

/* mistakes */

static const struct {
    const char *written, *message; /* begins so */
} bad[] = {
    { "5", "expected an action such as {action: light.turn_on}, got 5" },
    { "['text']", "0: expected an action such as {action: light.turn_on}, got 'text'" },
    { "[[{'delay': 1}]]", "0: expected an action such as {action: light.turn_on}, got a list" },
    { "[{'delay': 1}, {}]", "1: expected an action with a key that says what it does" },
    { "{'servce': 'a.b'}",
      "expected an action with a key that says what it does, such as action, delay, choose or if; "
      "did you mean 'service'?" },
    { "{'service': 'nodot'}", "service: expected an action such as light.turn_on, got 'nodot'" },
    { "{'service': 'a.b', 'action': 'a.b'}", "'action' and 'service' exclude each other" },
    { "{'service': 'a.b', 'data': 5}",
      "data: expected a map, or a template that gives one, got 5" },
    { "{'service': 'a.b', 'data': {'x': '{{ 1 + }}'}}", "data: x: line 1, column 8: " },
    { "{'service': 'a.b', 'target': {'entity_id': 'nodot'}}", "target->entity_id: expected " },
    { "{'service': 'a.b', 'target': {'entity': 'a.b'}}", "target: unknown key 'entity'" },
    { "{'service': 'a.b', 'target': {'area_id': [5]}}",
      "target->area_id: expected an id or a list of ids, got 5" },
    { "{'service': 'a.b', 'brightness': 5}",
      "unknown key 'brightness'; did you mean 'data: {brightness: …}'?" },
    { "{'service': 'a.b', 'entity_ids': 5}",
      "unknown key 'entity_ids'; did you mean 'entity_id'?" },
    { "{'service': 'a.b', 'delay': 5}",
      "unknown key 'service' beside 'delay': these are two actions, and each begins with a dash" },
    { "{'action': 'a.b', 'entity_id': 5, 'stop': ''}", "unknown key 'stop' beside 'action'" },
    { "[{'if': [], 'then': [], 'actions': 5}]", "0: unknown key 'actions'; known keys are alias" },
    { "{'delay': {'minute': 5}}", "delay: unknown key 'minute'; did you mean 'minutes'?" },
    { "{'delay': {'weeks': 5}}", "delay: unknown key 'weeks'; known keys are days, hours" },
    { "{'delay': 'soon'}", "delay: expected a duration " },
    { "{'delay': -3}", "delay: expected a duration of 0 or more" },
    { "{'delay': null}", "delay: expected " },
    { "{'delay': 1, 'enabled': 'perhaps'}", "enabled: expected " },
    { "[{'wait_template': '{{ true }}', 'timout': 3}]",
      "0: unknown key 'timout'; did you mean 'timeout'?" },
    { "{'wait_template': '{{ 1 | nosuch }}'}", "wait_template: line 1, column 8: " },
    { "{'event': ['a']}", "event: expected text, got a list" },
    { "{'event': 'a', 'event_data': []}",
      "event_data: expected a map of names and values, got a list" },
    { "{'scene': 'light.a'}", "scene: expected a scene such as scene.evening, got 'light.a'" },
    { "{'device_id': 'a'}", "required key 'domain' is missing" },
    { "{'variables': ['a']}", "variables: expected a map of names and values, got a list" },
    { "{'stop': 'x', 'error': true, 'response_variable': 'r'}",
      "'error' and 'response_variable' exclude each other" },
    { "{'repeat': {'sequence': []}}",
      "repeat: expected one of count, for_each, while and until beside the sequence" },
    { "{'repeat': {'count': 2}}", "repeat: required key 'sequence' is missing" },
    { "{'repeat': {'count': 2, 'for_each': [1], 'sequence': []}}",
      "repeat: 'count' and 'for_each' exclude each other" },
    { "{'repeat': {'count': 'x', 'sequence': []}}",
      "repeat->count: expected a whole number, got 'x'" },
    { "{'repeat': {'for_each': 'x', 'sequence': []}}",
      "repeat->for_each: expected a list, or a template that gives one, got 'x'" },
    { "{'repeat': {'for_each': {}, 'sequence': []}}", "repeat->for_each: expected a list" },
    { "{'repeat': 5}", "repeat: expected a map, got 5" },
    { "{'choose': [{'sequence': []}]}", "choose->0: required key 'conditions' is missing" },
    { "{'choose': [5]}", "choose->0: expected a map, got 5" },
    { "{'choose': [], 'default': [{'delay': 'x'}]}", "default->0->delay: expected a duration " },
    { "{'if': '{{ true }}'}", "required key 'then' is missing" },
    { "[{'delay': 1}, {'parallel': [{'delay': 1}, [{'delay': 1}, {'delay': 'x'}]]}]",
      "1->parallel->1->1->delay: expected a duration " },
    { "{'parallel': ['x']}", "parallel->0: expected an action " },
    { "{'sequence': [{'sequence': [{'delay': 'x'}]}]}",
      "sequence->0->sequence->0->delay: expected a duration " },
};

START_TEST(a_mistake_is_told_with_its_place)
{
    autojson *written = test_json(bad[_i].written), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_script_check(NULL, written, &checked, &err), HASS_E_INVALID);
    ck_assert_ptr_null(checked);
    ck_assert_msg(strncmp(err.message, bad[_i].message, strlen(bad[_i].message)) == 0,
                  "%s: %s instead of %s", bad[_i].written, err.message, bad[_i].message);
    ck_assert_uint_gt(strlen(err.message), 5);
}
END_TEST

static const struct {
    const char *written, *message;
} bad_nested[] = {
    { "{'if': {'condition': 'state', 'entity_id': 'a.b'}, 'then': []}",
      "if: required key 'state' is missing" },
    { "{'choose': [{'conditions': ['{{ a }}', {'condition': 'nosuch'}], 'sequence': []}]}",
      "choose->0->conditions->1->condition: " },
    { "[{'wait_for_trigger': [{'platform': 'event', 'event_type': 'x'}, {'platform': 'event'}]}]",
      "0->wait_for_trigger->1: " },
    { "[{'delay': 1}, {'condition': 'state', 'state': 'on'}]",
      "1: required key 'entity_id' is missing" },
    { "[{'or': [{'condition': 'state', 'state': 'on'}]}]", "0->or->0: " },
};

START_TEST(a_mistake_within_conditions_and_triggers_has_its_place)
{
    autojson *written = test_json(bad_nested[_i].written), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_script_check(test_hass(), written, &checked, &err), HASS_E_INVALID);
    ck_assert_msg(strncmp(err.message, bad_nested[_i].message, strlen(bad_nested[_i].message)) == 0,
                  "%s: %s instead of %s", bad_nested[_i].written, err.message,
                  bad_nested[_i].message);
}
END_TEST

/* @depth sequences within each other. */
static json_t *deep(unsigned depth)
{
    json_t *value = test_json("[{'delay': 1}]");

    while (--depth)
        value = json_pack("[{so}]", "sequence", value);
    return value;
}

START_TEST(sequences_within_each_other_have_a_limit)
{
    autojson *most = deep(64), *beyond = deep(65), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_script_check(NULL, most, &checked, NULL), 0);
    ck_assert_int_eq(hass_script_check(NULL, beyond, NULL, &err), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "too many sequences within each other"));
}
END_TEST

START_TEST(sequences_beside_each_other_have_none)
{
    autojson *many = json_array(), *checked = NULL;

    for (int i = 0; i < 100; i++)
        json_array_append_new(many, json_pack("{s:[]}", "sequence"));
    ck_assert_int_eq(hass_script_check(NULL, many, &checked, NULL), 0);
}
END_TEST

CASES_MAIN("script_check", ROWS(a_sequence_is_made_uniform, good),
           ONCE(what_was_written_stays_as_it_is), ROWS(a_checked_sequence_checks_to_itself, good),
           ROWS(conditions_and_triggers_within_are_checked_lists, nested),
           ROWS(a_condition_is_a_step, conditions), ROWS(a_mistake_is_told_with_its_place, bad),
           ROWS(a_mistake_within_conditions_and_triggers_has_its_place, bad_nested),
           ONCE(sequences_within_each_other_have_a_limit),
           ONCE(sequences_beside_each_other_have_none))
