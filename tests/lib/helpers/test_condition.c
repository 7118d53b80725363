/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of conditions, what is refused, lists within lists, and what becomes of those that fail. */
#include <stdio.h>
#include <string.h>

#include <hass/trace.h>

#include "run/runtime.h"
#include "support/cases.h"
#include "support/conditions.h"

/* forms */

static const struct {
    const char *written, *checked;
} forms[] = {
    { "null", "[]" },
    { "[]", "[]" },
    { "'{{ true }}'", "[{'condition':'template','value_template':'{{ true }}'}]" },
    { "{'condition':'{{ 1 }}','alias':'one'}",
      "[{'condition':'template','alias':'one','value_template':'{{ 1 }}'}]" },
    { "{'and':'{{ 1 }}'}",
      "[{'condition':'and','conditions':[{'condition':'template','value_template':'{{ 1 }}'}]}]" },
    { "{'or':['{{ 1 }}'],'enabled':'off'}",
      "[{'condition':'or','enabled':false,'conditions':[{'condition':'template','value_template':"
      "'{{ 1 }}'}]}]" },
    { "[{'not':[]}]", "[{'condition':'not','conditions':[]}]" },
    { "{'condition':['{{ 1 }}']}",
      "[{'condition':'and','conditions':[{'condition':'template','value_template':'{{ 1 }}'}]}]" },
    { "{'condition':'state','entity_id':'Light.A, light.b','state':'on'}",
      "[{'condition':'state','entity_id':['light.a','light.b'],'state':['on'],'match':'all'}]" },
    { "{'condition':'state','entity_id':'0123456789abcdef0123456789abcdef','state':'on'}",
      "[{'condition':'state','entity_id':['0123456789abcdef0123456789abcdef'],'state':['on'],"
      "'match':'all'}]" },
    { "{'condition':'numeric_state','options':{'entity_id':'sensor.a','above':1}}",
      "[{'condition':'numeric_state','entity_id':['sensor.a'],'above':1}]" },
    { "{'condition':'trigger','id':5,'enabled':'{{ x }}'}",
      "[{'condition':'trigger','id':['5'],'enabled':'{{ x }}'}]" },
};

START_TEST(short_forms_become_long_ones)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *checked = test_check_conditions(test_hass(), forms[_i].written, &err);

    ck_assert_str_eq(err.message, "");
    ck_assert_json(checked, forms[_i].checked);
}
END_TEST

static const struct {
    const char *written, *message;
} refused[] = {
    { "'text'", "expected a condition: a map with the key 'condition', or a template, got 'text'" },
    { "['{{ 1 }}', 5]", "1: expected a condition" },
    { "{}", "required key 'condition' is missing" },
    { "[{'condition':'stat'}]", "0->condition: unknown condition 'stat'; did you mean 'state'?" },
    { "{'condition':'qwertz'}", "condition: unknown condition 'qwertz'" },
    { "{'condition':5}", "condition: expected text" },
    { "'{{ x'", "value_template: " },
    { "{'or':['{{ 1 }}',{'not':{'condition':'state','entity_id':'x','state':'on'}}]}",
      "or->1->not->entity_id: expected an entity id such as light.kitchen, or a list of them, "
      "got 'x'" },
    { "[{'condition':'and','conditions':[{'condition':'zone'}]}]",
      "0->conditions->0->condition: unknown condition 'zone'" },
    { "{'condition':'or'}", "required key 'conditions' is missing" },
    { "{'and':[],'or':[]}", "unknown key 'or'" },
    { "{'condition':'trigger','id':'a','enabled':'maybe'}", "enabled: expected true or false" },
    { "{'condition':'state','entity_id':[],'state':'on'}", "entity_id: expected an entity id" },
    { "{'condition':'state','entity_id':'a.b','state':true}",
      "state: expected text, got true; put it in quotes: \"on\"" },
    { "{'condition':'state','entity_id':'a.b','state':['a',5]}",
      "state: expected text, got 5; put it in quotes: \"5\"" },
    { "{'condition':'state','entity_id':'a.b','state':'on','fro':5}", "unknown key 'fro'" },
    { "{'condition':'state','entity_id':'a.b','state':'on','for':-5}",
      "for: expected a duration of 0 or more" },
    { "{'condition':'state','entity_id':'a.b','state':'on','for':'soon'}", "for: expected a" },
    { "{'condition':'state','entity_id':'a.b','state':'on','match':'some'}",
      "match: expected one" },
    { "{'condition':'numeric_state','entity_id':'a.b'}", "expected 'above', 'below', or both" },
    { "{'condition':'numeric_state','entity_id':'a.b','above':'x'}",
      "above: expected a number or" },
    { "{'condition':'time'}", "expected 'after', 'before' or 'weekday'" },
    { "{'condition':'time','after':'25:00'}", "after: expected a time" },
    { "{'condition':'time','after':'light.x'}", "after: expected a time such as \"07:30\", or" },
    { "{'condition':'time','weekday':'monday'}", "weekday: expected one of mon, tue" },
    { "{'condition':'sun'}", "expected 'after' or 'before'" },
    { "{'condition':'sun','after':'noon'}", "after: expected" },
};

START_TEST(mistakes_are_told_with_their_place)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_ptr_null(test_check_conditions(test_hass(), refused[_i].written, &err));
    ck_assert_int_eq(err.code, HASS_E_INVALID);
    ck_assert_msg(strncmp(err.message, refused[_i].message, strlen(refused[_i].message)) == 0,
                  "'%s' does not begin with '%s'", err.message, refused[_i].message);
}
END_TEST

START_TEST(without_a_hass_kinds_that_are_not_built_in_are_taken_as_they_are)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *checked =
        test_check_conditions(NULL, "{'condition':'light.is_on','target':{}}", &err);

    ck_assert_json(checked, "[{'condition':'light.is_on','target':{}}]");
    ck_assert_ptr_null(test_check_conditions(NULL, "{'condition':'sun'}", &err));
}
END_TEST

/* lists */

#define YES     "'{{ true }}'"
#define NO      "'{{ false }}'"
#define BAD     "{'condition':'state','entity_id':'a.none','state':'on'}"
#define OFF_NO  "{'condition':'template','value_template':'{{ false }}','enabled':false}"
#define OFF_YES "{'condition':'template','value_template':'{{ true }}','enabled':false}"

static const struct {
    const char *conditions;
    int answer;
} lists[] = {
    { "[]", 1 },
    { "[" YES "," YES "]", 1 },
    { "[" YES "," NO "," BAD "]", 0 },
    { "[" BAD "," NO "]", HASS_E_CONDITION },
    { "[" OFF_NO "]", 1 },
    { "{'and':[]}", 1 },
    { "{'and':[" YES "," NO "]}", 0 },
    { "{'and':[" BAD "," NO "]}", 0 }, /* a false one hides the failure */
    { "{'and':[" BAD "," YES "]}", HASS_E_CONDITION },
    { "{'and':[" OFF_NO "," YES "]}", 1 },
    { "{'or':[]}", 0 },
    { "{'or':[" NO "," YES "]}", 1 },
    { "{'or':[" NO "," NO "]}", 0 },
    { "{'or':[" BAD "," YES "]}", 1 },
    { "{'or':[" BAD "," NO "]}", HASS_E_CONDITION },
    { "{'or':[" OFF_YES "]}", 0 },
    { "{'not':[]}", 1 },
    { "{'not':[" NO "," NO "]}", 1 },
    { "{'not':[" NO "," YES "]}", 0 },
    { "{'not':[" BAD "," YES "]}", 0 },
    { "{'not':[" BAD "," NO "]}", HASS_E_CONDITION },
    { "{'not':[" OFF_YES "]}", 1 },
    { "{'not':{'or':[" NO ",{'not':" YES "}]}}", 1 },
    { "{'condition':'template','value_template':'{{ 1 / 0 }}'}", HASS_E_CONDITION },
};

START_TEST(lists_of_conditions_answer_as_their_members_do)
{
    hass__assert_loop();
    ck_assert_int_eq(test_conditions(test_hass(), lists[_i].conditions, NULL, NULL),
                     lists[_i].answer);
}
END_TEST

START_TEST(failures_within_lists_are_told_together)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;

    test_conditions(test_hass(), "{'or':[" BAD "," NO "," BAD "]}", NULL, &err);
    ck_assert_str_eq(err.message, "item 1 of 3: state: there is no entity a.none; "
                                  "item 3 of 3: state: there is no entity a.none");
}
END_TEST

/* rules of owners */

static HASS_CALLBACK int test_by(const char *text, enum hass_conditions_rule rule)
{
    struct hass_conditions *conditions = test_compile_conditions(test_hass(), text);
    int r = hass_conditions_async_test(conditions, rule, NULL, NULL, NULL, "automation.hall", NULL);

    hass_conditions_destroy(conditions);
    return r;
}

static const struct {
    enum hass_conditions_rule rule;
    const char *conditions;
    int answer;
    size_t warnings;
} rules[] = {
    { HASS_CONDITIONS_ALL, "[" BAD "," YES "," BAD "]", 0, 1 },
    { HASS_CONDITIONS_ALL, "[" BAD "," NO "]", 0, 0 },
    { HASS_CONDITIONS_ALL, "[" OFF_NO "," YES "]", 1, 0 },
    { HASS_CONDITIONS_FIRST, "[" BAD "," NO "]", 0, 1 },
    { HASS_CONDITIONS_FIRST, "[" NO "," BAD "]", 0, 0 },
    { HASS_CONDITIONS_FIRST, "[" YES "," OFF_NO "]", 1, 0 },
    { HASS_CONDITIONS_RAISE, "[" YES "," BAD "]", HASS_E_CONDITION, 0 },
    { HASS_CONDITIONS_STEP, BAD, 0, 1 },
    { HASS_CONDITIONS_STEP, YES, 1, 0 },
    { HASS_CONDITIONS_STEP, OFF_NO, 1, 0 },
};

START_TEST(owners_say_what_becomes_of_failures)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    ck_assert_int_eq(test_by(rules[_i].conditions, rules[_i].rule), rules[_i].answer);
    ck_assert_uint_eq(logs_matching(logs, "automation.hall"), rules[_i].warnings);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), rules[_i].warnings);
}
END_TEST

START_TEST(a_warning_tells_which_condition_failed)
{
    hass__assert_loop();
    struct logs *logs = test_logs();

    test_by("[" YES "," BAD "]", HASS_CONDITIONS_ALL);
    ck_assert_ptr_nonnull(logs_find(logs, "automation.hall: conditions cannot be tested: "
                                          "item 2 of 2: state: there is no entity a.none"));
}
END_TEST

/* enabled */

static HASS_CALLBACK int create(const char *text, struct hass_error *err)
{
    autojson *checked = test_check_conditions(test_hass(), text, err);
    struct hass_conditions *conditions = NULL;
    int r = hass_conditions_async_create(test_hass(), checked, &conditions, err);

    hass_conditions_destroy(conditions);
    return r;
}

START_TEST(enabled_may_be_a_template_that_looks_at_nothing)
{
    hass__assert_loop();
    ck_assert_int_eq(test_conditions(test_hass(),
                                     "{'condition':'template','value_template':'{{ false }}',"
                                     "'enabled':'{{ 1 == 2 }}'}",
                                     NULL, NULL),
                     1);
    ck_assert_int_eq(test_conditions(test_hass(),
                                     "{'condition':'template','value_template':'{{ false }}',"
                                     "'enabled':'{{ 1 == 1 }}'}",
                                     NULL, NULL),
                     0);
}
END_TEST

START_TEST(a_failing_template_of_enabled_is_an_error_when_it_is_set_up)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_lt(
        create("[{'condition':'trigger','id':'a','enabled':'{{ states(\\\"a.b\\\") }}'}]", &err),
        0);
    ck_assert_msg(strncmp(err.message, "condition 1: enabled: ", 22) == 0, "%s", err.message);
}
END_TEST

/* template, trigger */

static const struct {
    const char *template;
    int answer;
} templates[] = {
    { "{{ true }}", 1 },
    { "{{ \\\"TRUE\\\" }}", 1 },
    { " {{ \\\" true \\\" }} ", 1 },
    { "{{ \\\"on\\\" }}", 0 },
    { "{{ 1 }}", 0 },
    { "{{ \\\"yes\\\" }}", 0 },
    { "{{ [true] }}", 0 },
    { "{{ none }}", 0 },
    { "true", 1 },
    { "{{ x > limit }}", 1 },
    { "{{ limit > x }}", 0 },
};

static HASS_CALLBACK struct hass_variables *variables_of(const char *text)
{
    struct hass_variables *variables = hass_variables_new(NULL);

    hass_variables_set_all(variables, test_json(text));
    return variables;
}

START_TEST(a_template_must_render_to_true)
{
    hass__assert_loop();
    char text[128];

    snprintf(text, sizeof(text), "{'condition':'template','value_template':'%s'}",
             templates[_i].template);
    ck_assert_int_eq(test_conditions(test_hass(), text, variables_of("{'x':5,'limit':3}"), NULL),
                     templates[_i].answer);
}
END_TEST

static const struct {
    const char *variables, *id;
    int answer;
} triggers[] = {
    { "{'trigger':{'id':'bee'}}", "'bee'", 1 },
    { "{'trigger':{'id':'bee'}}", "['cee','bee']", 1 },
    { "{'trigger':{'id':'bee'}}", "'cee'", 0 },
    { "{'trigger':{'id':'0'}}", "0", 1 },
    { "{'trigger':{'platform':null}}", "'0'", 0 },
    { "{'trigger':null}", "'0'", 0 },
    { "{}", "'0'", 0 },
};

START_TEST(a_trigger_is_known_by_its_id)
{
    hass__assert_loop();
    char text[64];

    snprintf(text, sizeof(text), "{'condition':'trigger','id':%s}", triggers[_i].id);
    ck_assert_int_eq(test_conditions(test_hass(), text, variables_of(triggers[_i].variables), NULL),
                     triggers[_i].answer);
}
END_TEST

/* kinds of others */

HASS_SCHEMA(answer_schema, HASS_FIELD("answer", &hass_type_int, .required = true));

static HASS_CALLBACK int answer(struct hass *hass, const json_t *config, void *data,
                                struct hass_variables *variables, struct hass_trace *trace,
                                struct hass_error *err)
{
    int64_t number = hass_json_get_int(config, "answer", 0);

    return number < 0 ? hass_fail(err, HASS_E_GENERAL, "no answer") : (int)number;
}

static HASS_CALLBACK int to_template(struct hass *hass, const json_t *config, json_t **ret_config,
                                     struct hass_error *err)
{
    int64_t number = hass_json_get_int(config, "answer", 0);

    if (number < 0)
        return hass_fail(err, HASS_E_INVALID, "no such device");
    *ret_config = json_string(number ? "{{ true }}" : "{{ false }}");
    return 0;
}

static const struct hass_condition_kind answer_kind =
    HASS_CONDITION_KIND(.name = "answer", .schema = &answer_schema, .async_test = answer);
static const struct hass_condition_kind mapped_kind =
    HASS_CONDITION_KIND(.name = "mapped", .schema = &answer_schema, .async_map = to_template);
static const struct hass_condition_kind taken_kind =
    HASS_CONDITION_KIND(.name = "state", .schema = &answer_schema, .async_test = answer);

static HASS_CALLBACK struct hass *hass_with_kinds(void)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_condition_async_register(hass, &answer_kind, NULL), 0);
    ck_assert_int_eq(hass_condition_async_register(hass, &mapped_kind, NULL), 0);
    return hass;
}

START_TEST(kinds_of_others_are_tested_as_the_built_in_ones)
{
    hass__assert_loop();
    struct hass *hass = hass_with_kinds();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(test_conditions(hass, "{'condition':'answer','answer':7}", NULL, NULL), 1);
    ck_assert_int_eq(test_conditions(hass, "{'condition':'answer','answer':0}", NULL, NULL), 0);
    ck_assert_int_eq(test_conditions(hass, "{'condition':'answer','answer':-1}", NULL, &err),
                     HASS_E_CONDITION);
    ck_assert_str_eq(err.message, "answer: no answer");
}
END_TEST

START_TEST(a_kind_may_stand_for_another_condition)
{
    hass__assert_loop();
    struct hass *hass = hass_with_kinds();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(test_conditions(hass, "{'condition':'mapped','answer':1}", NULL, NULL), 1);
    ck_assert_int_eq(test_conditions(hass, "{'condition':'mapped','answer':0}", NULL, NULL), 0);
    ck_assert_int_eq(create("{'condition':'mapped','answer':-1}", &err), HASS_E_INVALID);
    ck_assert_str_eq(err.message, "condition 1: no such device");
}
END_TEST

static int check_name(const json_t *config, struct hass_error *err)
{
    return hass_fail(err, HASS_E_INVALID, "%s has %d",
                     hass_json_get_string(config, "condition", ""),
                     (int)hass_json_get_int(config, "answer", 0));
}

static const struct hass_condition_kind checked_kind =
    HASS_CONDITION_KIND(.name = "checked", .schema = &answer_schema, .check = check_name,
                        .async_test = answer);

START_TEST(a_check_sees_the_name_and_the_checked_keys)
{
    hass__assert_loop();
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_condition_async_register(hass, &checked_kind, NULL), 0);
    ck_assert_ptr_null(test_check_conditions(hass, "[{'condition':'checked','answer':'7'}]", &err));
    ck_assert_str_eq(err.message, "0: checked has 7");
}
END_TEST

START_TEST(a_name_that_is_taken_is_refused)
{
    hass__assert_loop();
    struct hass *hass = hass_with_kinds();

    ck_assert_int_eq(hass_condition_async_register(hass, &answer_kind, NULL), HASS_E_EXISTS);
    ck_assert_int_eq(hass_condition_async_register(hass, &taken_kind, NULL), HASS_E_EXISTS);
}
END_TEST

static HASS_CALLBACK int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass__assert_coroutine();
    return scope_async_close(userdata, 1, err);
}

/* A scope, as that of an integration, that has added @kind. */
static HASS_CALLBACK struct scope *scope_with(struct hass *hass,
                                              const struct hass_condition_kind *kind)
{
    struct scope *scope = scope_new(hass, "test"), *former = scope_enter(scope);

    ck_assert_int_eq(hass_condition_async_register(hass, kind, NULL), 0);
    scope_leave(former);
    return scope;
}

START_TEST(a_condition_outlives_the_integration_of_its_kind)
{
    hass__assert_loop();
    struct hass *hass = test_hass();
    struct scope *scope = scope_with(hass, &answer_kind);
    struct hass_conditions *conditions =
        test_compile_conditions(hass, "{'condition':'answer','answer':1}");
    struct hass_error err = HASS_ERROR_INIT;

    test_run_coroutine(hass, close_scope, scope);
    scope_unref(scope);
    ck_assert_int_eq(
        hass_conditions_async_test(conditions, HASS_CONDITIONS_RAISE, NULL, NULL, NULL, NULL, &err),
        HASS_E_CONDITION);
    ck_assert_str_eq(err.message, "there is no condition 'answer' (any more)");
    scope_unref(scope_with(hass, &answer_kind));
    ck_assert_int_eq(
        hass_conditions_async_test(conditions, HASS_CONDITIONS_RAISE, NULL, NULL, NULL, NULL, NULL),
        1);
    hass_conditions_destroy(conditions);
}
END_TEST

static int check_on_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    autojson *given = test_json("{'condition':'answer','answer':'7'}");

    return hass_conditions_check(hass, given, userdata, err);
}

START_TEST(pool_threads_may_check)
{
    hass__assert_loop();
    autojson *checked = NULL;

    ck_assert_int_eq(test_on_pool(hass_with_kinds(), check_on_pool, (void *)&checked), 0);
    ck_assert_json(checked, "[{'condition':'answer','answer':7}]");
}
END_TEST

/* traces */

static HASS_CALLBACK json_t *trace_of(const char *text, enum hass_conditions_rule rule,
                                      const char *path)
{
    struct hass *hass = test_hass();
    autounref(hass_trace) *trace = hass_trace_async_new(
        hass, HASS_TRACE_OPTIONS(.domain = "automation", .item_id = "1", .stored = 5));
    struct hass_conditions *conditions = test_compile_conditions(hass, text);

    if (rule == HASS_CONDITIONS_STEP)
        hass_trace_async_step(trace, path, NULL);
    hass_conditions_async_test(conditions, rule, NULL, trace, path, "test", NULL);
    hass_conditions_destroy(conditions);
    autojson *json = hass_trace_async_as_json(trace);
    return hass_json_ref(json_object_get(json, "trace"));
}

/* What the only step at @path has of @key; "null" when there is none. */
static void check_step(const json_t *trace, const char *path, const char *key, const char *expected)
{
    const json_t *step = json_array_get(hass_json_get(trace, path), 0);
    const json_t *found = hass_json_get(step, key);
    autojson *null = json_null();

    ck_assert_msg(step, "there is no step %s", path);
    ck_assert_json(found ? found : null, expected);
}

static void check_error(const json_t *trace, const char *path, const char *message)
{
    const json_t *step = json_array_get(hass_json_get(trace, path), 0);

    ck_assert_str_eq(hass_json_get_string(step, "error", ""), message);
}

START_TEST(a_trace_has_a_step_for_each_condition_and_entity)
{
    hass__assert_loop();
    test_set(test_hass(), "light.a", "on", NULL);
    autojson *trace = trace_of("[{'condition':'state','entity_id':'light.a','state':'on'},"
                               "{'or':[" NO ",{'condition':'numeric_state','entity_id':'light.a',"
                               "'above':1}," YES "]}," OFF_NO "," NO "," YES "]",
                               HASS_CONDITIONS_ALL, "condition");

    ck_assert_uint_eq(json_object_size(trace), 9);
    check_step(trace, "condition/0", "result", "{'result':true}");
    check_step(trace, "condition/0/entity_id/0", "result",
               "{'result':true,'state':'on','wanted_state':'on'}");
    check_step(trace, "condition/1", "result", "{'result':true}");
    check_step(trace, "condition/1/conditions/0", "result", "{'result':false,'entities':[]}");
    check_error(trace, "condition/1/conditions/1", "numeric_state: light.a: 'on' is no number");
    check_error(trace, "condition/1/conditions/1/entity_id/0", "light.a: 'on' is no number");
    check_step(trace, "condition/1/conditions/2", "result", "{'result':true,'entities':[]}");
    check_step(trace, "condition/2", "result", "{'result':null}");
    check_step(trace, "condition/3", "result", "{'result':false,'entities':[]}");
}
END_TEST

START_TEST(a_condition_that_is_a_step_has_no_list_in_its_path)
{
    hass__assert_loop();
    autojson *trace = trace_of("{'and':[" BAD "]}", HASS_CONDITIONS_STEP, "action/0");

    ck_assert_uint_eq(json_object_size(trace), 3);
    check_error(trace, "action/0", "");
    check_error(trace, "action/0/conditions/0", "state: there is no entity a.none");
    check_error(trace, "action/0/conditions/0/entity_id/0", "there is no entity a.none");
    json_decref(trace);
    trace = trace_of("'{{ 1 / 0 }}'", HASS_CONDITIONS_STEP, "action/0");
    check_error(trace, "action/0", "template: ZeroDivisionError: division by zero");
}
END_TEST

CASES_MAIN("condition", ONCE(a_check_sees_the_name_and_the_checked_keys),
           ONCE(a_trace_has_a_step_for_each_condition_and_entity),
           ONCE(a_condition_that_is_a_step_has_no_list_in_its_path),
           ONCE(a_condition_outlives_the_integration_of_its_kind),
           ROWS(short_forms_become_long_ones, forms),
           ROWS(mistakes_are_told_with_their_place, refused),
           ONCE(without_a_hass_kinds_that_are_not_built_in_are_taken_as_they_are),
           ROWS(lists_of_conditions_answer_as_their_members_do, lists),
           ONCE(failures_within_lists_are_told_together),
           ROWS(owners_say_what_becomes_of_failures, rules),
           ONCE(a_warning_tells_which_condition_failed),
           ONCE(enabled_may_be_a_template_that_looks_at_nothing),
           ONCE(a_failing_template_of_enabled_is_an_error_when_it_is_set_up),
           ROWS(a_template_must_render_to_true, templates),
           ROWS(a_trigger_is_known_by_its_id, triggers),
           ONCE(kinds_of_others_are_tested_as_the_built_in_ones),
           ONCE(a_kind_may_stand_for_another_condition), ONCE(a_name_that_is_taken_is_refused),
           ONCE(pool_threads_may_check))
