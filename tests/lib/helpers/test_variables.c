/* SPDX-License-Identifier: Apache-2.0 */
/* <hass/variables.h>: scopes within scopes, what templates see of them, and what is saved. */
#include <hass/context.h>
#include <hass/dt.h>
#include <hass/loop.h>
#include <hass/variables.h>

#include "support/cases.h"
#include "support/render.h"
#include "support/test.h"

#define NOON INT64_C(1717236000000000) /* 2024-06-01T10:00:00Z */

/* scopes */

START_TEST(an_inner_name_hides_the_outer_one)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *inner = hass_variables_new(outer);

    hass_variables_set(outer, "a", json_integer(1));
    hass_variables_set(outer, "b", json_integer(2));
    hass_variables_set(inner, "a", json_integer(3));
    ck_assert_json(hass_variables_get(inner, "a"), "3");
    ck_assert_json(hass_variables_get(inner, "b"), "2");
    ck_assert_json(hass_variables_get(outer, "a"), "1");
    ck_assert_ptr_null(hass_variables_get(inner, "c"));
}
END_TEST

START_TEST(a_name_set_anew_means_the_new_value_alone)
{
    autounref(hass_variables) *scope = hass_variables_new(NULL);

    hass_variables_set_all(scope, test_json("{'a': {'x': 1}, 'b': 2}"));
    hass_variables_set(scope, "a", NULL);
    ck_assert_json(hass_variables_get(scope, "a"), "null");
    ck_assert_json(hass_variables_get(scope, "b"), "2");
}
END_TEST

START_TEST(assigning_sets_the_name_where_it_is_defined)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *middle = hass_variables_new(outer);
    autounref(hass_variables) *inner = hass_variables_new(middle);

    hass_variables_set(middle, "a", json_integer(1));
    hass_variables_set(outer, "a", json_integer(0));
    hass_variables_assign(inner, "a", json_integer(5));
    ck_assert_json(hass_variables_get(middle, "a"), "5");
    ck_assert_json(hass_variables_get(outer, "a"), "0");
}
END_TEST

START_TEST(assigning_a_new_name_sets_it_in_the_outermost_scope)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *inner = hass_variables_new(outer);

    hass_variables_assign(inner, "a", json_integer(5));
    ck_assert_json(hass_variables_get(outer, "a"), "5");
}
END_TEST

START_TEST(assigning_leaves_a_frozen_scope_as_it_is)
{
    autounref(hass_variables) *shared = hass_variables_new(NULL);
    autounref(hass_variables) *run = hass_variables_new(shared);
    autounref(hass_variables) *inner = hass_variables_new(run);

    hass_variables_set(shared, "a", json_integer(1));
    hass_variables_freeze(shared);
    hass_variables_assign(inner, "a", json_integer(2));
    hass_variables_assign(inner, "b", json_integer(3));
    ck_assert_json(hass_variables_get(shared, "a"), "1");
    ck_assert_ptr_null(hass_variables_get(shared, "b"));
    ck_assert_json(hass_variables_get(run, "a"), "2");
    ck_assert_json(hass_variables_get(run, "b"), "3");
}
END_TEST

START_TEST(an_inner_scope_keeps_the_outer_one)
{
    struct hass_variables *outer = hass_variables_new(NULL);
    autounref(hass_variables) *inner = hass_variables_new(outer);

    hass_variables_set(outer, "a", json_string("x"));
    hass_variables_unref(outer);
    ck_assert_json(hass_variables_get(inner, "a"), "'x'");
}
END_TEST

START_TEST(everything_visible_is_told_with_inner_values)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *inner = hass_variables_new(outer);

    hass_variables_set_all(outer, test_json("{'a': 1, 'b': [2]}"));
    hass_variables_set_all(inner, test_json("{'b': 3, 'c': null}"));
    autojson *all = hass_variables_as_json(inner);
    ck_assert_json(all, "{'a': 1, 'b': 3, 'c': null}");
}
END_TEST

/* templates */

static const char *render_in(struct hass *hass, struct hass_variables *scope, const char *template)
{
    hass__assert_loop();
    return render_with(hass, template, HASS_TEMPLATE_OPTIONS(.scope = scope));
}

START_TEST(a_template_sees_the_names_of_all_scopes)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *inner = hass_variables_new(outer);

    hass_variables_set_all(outer, test_json("{'a': {'x': [1, 2]}, 'b': 'text'}"));
    hass_variables_set(inner, "b", json_real(0.5));
    ck_assert_str_eq(render_in(test_hass(), inner, "{{ a.x[1] }} {{ b }} {{ c is defined }}"),
                     "2 0.5 False");
}
END_TEST

START_TEST(a_name_of_a_scope_hides_a_function)
{
    autounref(hass_variables) *scope = hass_variables_new(NULL);

    hass_variables_set(scope, "now", json_string("mine"));
    ck_assert_str_eq(render_in(test_hass(), scope, "{{ now }}"), "mine");
}
END_TEST

START_TEST(a_variable_of_the_render_hides_one_of_its_scope)
{
    autounref(hass_variables) *scope = hass_variables_new(NULL);
    autounref(hass_template_variables) *own = hass_template_variables_create();

    hass_variables_set_all(scope, test_json("{'a': 1, 'b': 2}"));
    hass_template_variables_set(own, "a", json_integer(3));
    ck_assert_str_eq(render_with(test_hass(), "{{ a }}{{ b }}",
                                 HASS_TEMPLATE_OPTIONS(.variables = own, .scope = scope)),
                     "32");
}
END_TEST

START_TEST(a_template_sees_what_was_set_since_it_was_rendered_last)
{
    autounref(hass_variables) *scope = hass_variables_new(NULL);

    for (int i = 0; i < 3; i++) {
        char expected[8];
        snprintf(expected, sizeof(expected), "[%d]", i);
        hass_variables_set(scope, "list", json_pack("[i]", i));
        ck_assert_str_eq(render_in(test_hass(), scope, "{{ list }}"), expected);
    }
}
END_TEST

START_TEST(variables_render_in_order_each_seeing_those_before)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *scope = hass_variables_new(outer);
    autojson *templates =
        test_json("{'b': '{{ a + 1 }}', 'c': ['{{ b * 2 }}', 'plain', 5], 'd': {'{{ a }}': '5'}}");

    hass_variables_set(outer, "a", json_integer(1));
    ck_assert_int_eq(hass_variables_async_render(scope, test_hass(), templates, false, false, NULL),
                     0);
    ck_assert_json(hass_variables_get(scope, "b"), "2");
    ck_assert_json(hass_variables_get(scope, "c"), "[4, 'plain', 5]");
    ck_assert_json(hass_variables_get(scope, "d"), "{'1': '5'}");
    ck_assert_ptr_null(hass_variables_get(outer, "b"));
}
END_TEST

START_TEST(rendering_keeps_names_that_are_there_when_asked)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *scope = hass_variables_new(outer);
    autojson *templates = test_json("{'a': 'default', 'b': 'default'}");

    hass_variables_set(outer, "b", json_string("outer"));
    hass_variables_set(scope, "a", json_string("given"));
    ck_assert_int_eq(hass_variables_async_render(scope, test_hass(), templates, true, false, NULL),
                     0);
    ck_assert_json(hass_variables_get(scope, "a"), "'given'");
    ck_assert_json(hass_variables_get(scope, "b"), "'default'");
}
END_TEST

START_TEST(a_failing_variable_is_named_and_those_before_stay)
{
    autounref(hass_variables) *scope = hass_variables_new(NULL);
    autojson *templates = test_json("{'a': 1, 'b': '{{ 1 / 0 }}', 'c': 3}");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_variables_async_render(scope, test_hass(), templates, false, false, &err),
                     HASS_E_TEMPLATE);
    ck_assert_str_eq(err.message, "variables->b: ZeroDivisionError: division by zero");
    ck_assert_json(hass_variables_get(scope, "a"), "1");
    ck_assert_ptr_null(hass_variables_get(scope, "c"));
}
END_TEST

START_TEST(limited_variables_cannot_look_at_states)
{
    autounref(hass_variables) *scope = hass_variables_new(NULL);
    autojson *templates = json_pack("{ss}", "a", "{{ states('light.a') }}");

    ck_assert_int_eq(hass_variables_async_render(scope, test_hass(), templates, false, true, NULL),
                     HASS_E_TEMPLATE);
}
END_TEST

/* what JSON has no form for */

/* trigger: {to_state, from_state, for, now, event}, context, at. */
static struct hass_variables *typed(struct hass *hass)
{
    hass__assert_loop();
    struct hass_template_variables *more = hass_template_variables_create();
    struct hass_variables *scope = hass_variables_new(NULL);
    struct hass_zone *zone;
    autounref(hass_context) const *context = hass_context_new_id("ctx", "user", NULL);

    hass_states_async_set(
        hass, "light.a", "on", test_json("{'x': 1.5, 'l': [1]}"),
        &(struct hass_set_options){ .size = sizeof(struct hass_set_options), .context = context },
        NULL);
    ck_assert_int_eq(hass_zone_new("Europe/Berlin", &zone, NULL), 0);
    hass_template_variables_set(more, "trigger", test_json("{'id': '0', 'a.b': {'c': 1}}"));
    hass_template_variables_set_state(more, "trigger.to_state",
                                      hass_states_async_get(hass, "light.a"));
    hass_template_variables_set_state(more, "trigger.from_state", NULL);
    hass_template_variables_set_duration(more, "trigger.for", 90.000001);
    hass_template_variables_set_time(more, "trigger.now", NOON, zone);
    hass_template_variables_set_context(more, "context", context);
    hass_template_variables_set_time(more, "at", NOON + 1, NULL);
    hass_zone_unref(zone);
    hass_variables_set(scope, "first", json_integer(1));
    hass_variables_add(scope, more);
    hass_variables_set_all(scope, test_json("{'last': {'d': [true]}, 'x.y': 2, 'tri': 3}"));
    return scope;
}

static const struct rendered typed_uses[] = {
    { "{{ trigger.to_state.state }} {{ trigger.to_state.attributes.x + 1 }}", "on 2.5" },
    { "{{ trigger.to_state.last_changed }}", "2024-01-01 00:00:00+00:00" },
    { "{{ trigger.to_state.context.id }} {{ trigger.to_state.context.user_id }}", "ctx user" },
    { "{{ trigger.from_state }}", "None" },
    { "{{ trigger.for }} {{ trigger.for.seconds }}", "0:01:30.000001 90" },
    { "{{ trigger.now }}", "2024-06-01 12:00:00+02:00" },
    { "{{ trigger.now.hour }}", "12" },
    { "{{ at }}", "2024-06-01 10:00:00.000001+00:00" },
    { "{{ context.id }} {{ context.user_id }} {{ context.parent_id }}", "ctx user None" },
    { "{{ trigger.id }} {{ trigger['a.b'].c }} {{ last.d[0] }}", "0 1 True" },
};

START_TEST(templates_see_states_times_and_durations_as_such)
{
    autounref(hass_variables) *scope = typed(test_hass());

    ck_assert_str_eq(render_in(test_hass(), scope, typed_uses[_i].template),
                     typed_uses[_i].expected);
}
END_TEST

START_TEST(states_times_and_durations_survive_being_saved)
{
    autounref(hass_variables) *scope = typed(test_hass());
    autounref(hass_variables) *restored = hass_variables_new(NULL);
    autojson *saved = hass_variables_save(scope);
    autofree char *text = json_dumps(saved, JSON_COMPACT);
    autojson *read = json_loads(text, 0, NULL);

    hass_variables_restore(restored, test_hass(), read);
    ck_assert_str_eq(render_in(test_hass(), restored, typed_uses[_i].template),
                     typed_uses[_i].expected);
    autojson *again = hass_variables_save(restored);
    autofree char *text_again = json_dumps(again, JSON_COMPACT);
    ck_assert_str_eq(text_again, text);
}
END_TEST

START_TEST(typed_values_are_told_as_json)
{
    autounref(hass_variables) *scope = typed(test_hass());

    ck_assert_json(hass_variables_get(scope, "at"), "'2024-06-01T10:00:00.000001+00:00'");
    ck_assert_json(hass_variables_get(scope, "context"),
                   "{'id': 'ctx', 'user_id': 'user', 'parent_id': null}");
    const json_t *trigger = hass_variables_get(scope, "trigger");
    const json_t *duration = hass_json_get(trigger, "for");
    ck_assert_str_eq(hass_json_get_string(duration, "__type", ""), "<class 'datetime.timedelta'>");
    ck_assert_double_eq_tol(hass_json_get_number(duration, "total_seconds", 0), 90.000001, 1e-9);
    ck_assert_json(hass_json_get(trigger, "now"), "'2024-06-01T12:00:00+02:00'");
    ck_assert_json(hass_json_get(trigger, "from_state"), "null");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(trigger, "to_state"), "entity_id", ""),
                     "light.a");
}
END_TEST

START_TEST(saving_keeps_the_names_of_the_scope_alone)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    autounref(hass_variables) *inner = hass_variables_new(outer);

    hass_variables_set(outer, "a", json_integer(1));
    hass_variables_set(inner, "b", json_integer(2));
    autojson *saved = hass_variables_save(inner);
    ck_assert_json(saved, "{'values': {'b': 2}}");
}
END_TEST

static const char *const unreadable[] = {
    "null",
    "[]",
    "{'values': 5}",
    "{'values': {'a': 1}, 'typed': 5}",
    "{'values': {'a': 1}, 'typed': [5, [], ['a'], ['a', 'nosuch', 1], [1, 2, 3]]}",
    "{'values': {'a': null}, 'typed': [['a', 'state', {'entity_id': 'x'}]]}",
    "{'values': {'a': null}, 'typed': [['a', 'context', 3], ['b', 'duration', 'x']]}",
    "{'values': {'a': null}, 'typed': [['a', 'time', [1, 'Nowhere/City']], ['a.b.c', 'time', 7]]}",
};

START_TEST(what_cannot_be_read_is_left_out)
{
    autounref(hass_variables) *scope = hass_variables_new(NULL);
    autojson *saved = test_json(unreadable[_i]);

    hass_variables_restore(scope, test_hass(), saved);
    autojson *all = hass_variables_as_json(scope);
    ck_assert(json_is_object(all));
}
END_TEST

START_TEST(an_event_is_a_map_with_its_time_and_context)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, "go");
    autounref(hass_template_variables) *variables = hass_template_variables_create();
    autounref(hass_context) const *context = hass_context_new_id("ctx", NULL, NULL);

    hass_bus_async_fire(hass, "go", test_json("{'n': 1}"), context, NULL);
    hass_template_variables_set_event(variables, "trigger.event", capture_event(seen, 0));
    ck_assert_str_eq(render_with(hass,
                                 "{{ trigger.event.event_type }} {{ trigger.event.data.n }} {{ "
                                 "trigger.event.origin }} {{ trigger.event.time_fired.year }} {{ "
                                 "trigger.event.context.id }}",
                                 HASS_TEMPLATE_OPTIONS(.variables = variables)),
                     "go 1 LOCAL 2024 ctx");
}
END_TEST

START_TEST(states_in_a_state_event_are_states)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
    autounref(hass_template_variables) *variables = hass_template_variables_create();

    hass_states_async_set(hass, "light.a", "on", test_json("{'b': 3}"), NULL, NULL);
    hass_template_variables_set_event(variables, "event", capture_event(seen, 0));
    ck_assert_str_eq(
        render_with(hass,
                    "{{ event.data.entity_id }} {{ event.data.new_state.state }} "
                    "{{ event.data.new_state.last_changed.year }} "
                    "{{ event.data.new_state.attributes.b }} {{ event.data.old_state }}",
                    HASS_TEMPLATE_OPTIONS(.variables = variables)),
        "light.a on 2024 3 None");
}
END_TEST

/* tracking */

static HASS_CALLBACK int on_result(const struct hass_template_updates *updates, void *userdata,
                                   struct hass_error *err)
{
    *(json_t **)userdata = json_deep_copy(updates->updates[0].result);
    return 0;
}

START_TEST(a_tracked_template_keeps_its_scope)
{
    struct hass *hass = test_hass();
    struct hass_variables *scope = hass_variables_new(NULL);
    autounref(hass_template) *template = NULL;
    struct hass_sub *sub;
    json_t *result = NULL;

    hass_variables_set(scope, "id", json_string("light.a"));
    ck_assert_int_eq(hass_template_new(hass, "{{ states(id) }}", &template, NULL), 0);
    const struct hass_track_template one = { .template = template, .scope = scope };
    ck_assert_int_eq(
        hass_async_track_template_result(hass, HASS_TRACK_TEMPLATES(.templates = &one, .count = 1),
                                         HASS_JOB_CALLBACK(on_result, &result), &sub, NULL),
        0);
    hass_variables_unref(scope);
    hass_states_async_set(hass, "light.a", "on", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_json(result, "'on'");
    json_decref(result);
    hass_sub_async_remove(sub);
}
END_TEST

CASES_MAIN("variables", ONCE(an_inner_name_hides_the_outer_one),
           ONCE(a_name_set_anew_means_the_new_value_alone),
           ONCE(assigning_sets_the_name_where_it_is_defined),
           ONCE(assigning_a_new_name_sets_it_in_the_outermost_scope),
           ONCE(assigning_leaves_a_frozen_scope_as_it_is), ONCE(an_inner_scope_keeps_the_outer_one),
           ONCE(everything_visible_is_told_with_inner_values),
           ONCE(a_template_sees_the_names_of_all_scopes), ONCE(a_name_of_a_scope_hides_a_function),
           ONCE(a_variable_of_the_render_hides_one_of_its_scope),
           ONCE(a_template_sees_what_was_set_since_it_was_rendered_last),
           ONCE(variables_render_in_order_each_seeing_those_before),
           ONCE(rendering_keeps_names_that_are_there_when_asked),
           ONCE(a_failing_variable_is_named_and_those_before_stay),
           ONCE(limited_variables_cannot_look_at_states), ONCE(typed_values_are_told_as_json),
           ONCE(saving_keeps_the_names_of_the_scope_alone),
           ONCE(an_event_is_a_map_with_its_time_and_context),
           ONCE(states_in_a_state_event_are_states), ONCE(a_tracked_template_keeps_its_scope),
           ROWS(templates_see_states_times_and_durations_as_such, typed_uses),
           ROWS(states_times_and_durations_survive_being_saved, typed_uses),
           ROWS(what_cannot_be_read_is_left_out, unreadable))
