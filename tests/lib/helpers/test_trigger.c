/* SPDX-License-Identifier: Apache-2.0 */
/* What all triggers have in common: both spellings, nested lists, enabled, variables of their own, and kinds that come and go. */
#include "core/core.h"
#include "helpers/trigger.h"
#include "run/scope.h"
#include "support/triggers.h"

static json_t *check(struct hass *hass, const char *config)
{
    autojson *written = test_json(config);
    json_t *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(hass_triggers_check(hass, written, &checked, &err) == 0, "%s", err.message);
    return checked;
}

START_TEST(one_is_a_list_of_one_and_nothing_an_empty_one)
{
    autojson *one = check(NULL, "{'platform': 'event', 'event_type': 'x'}");
    autojson *none = check(NULL, "null");

    ck_assert_json(one, "[{'trigger': 'event', 'event_type': ['x']}]");
    ck_assert_json(none, "[]");
}
END_TEST

START_TEST(nested_lists_are_flattened_by_one_level)
{
    autojson *flat = check(
        NULL, "[{'triggers': [{'trigger': 'event', 'event_type': 'a'}]}, {'triggers': {'trigger': "
              "'event', 'event_type': 'b'}}, {'trigger': 'event', 'event_type': 'c'}]");

    ck_assert_uint_eq(json_array_size(flat), 3);
    ck_assert_refused("[{'triggers': [{'triggers': []}]}]",
                      "0->triggers->0: required key 'trigger' is missing");
    ck_assert_refused("[{'triggers': [{'trigger': 'event'}]}]",
                      "0->triggers->0: required key 'event_type' is missing");
}
END_TEST

START_TEST(options_belong_to_the_trigger_itself)
{
    autojson *checked =
        check(NULL, "{'trigger': 'state', 'options': {'entity_id': 'a.b', 'to': 'on'}, 'id': 'x'}");

    ck_assert_json(checked, "[{'trigger': 'state', 'entity_id': ['a.b'], 'to': 'on', 'id': 'x'}]");
    ck_assert_refused("{'trigger': 'state', 'entity_id': 'a.b', 'options': {'entity_id': 'a.c'}}",
                      "'entity_id' is given twice, also in 'options'");
    ck_assert_refused("{'trigger': 'state', 'entity_id': 'a.b', 'options': {'id': 5}}",
                      "id: expected text, got 5; put it in quotes: \"5\"");
}
END_TEST

START_TEST(two_names_for_the_kind_are_refused)
{
    ck_assert_refused("[{'trigger': 'event', 'platform': 'event', 'event_type': 'x'}]",
                      "0: 'trigger' and 'platform' are two names of one key; keep 'trigger' only");
}
END_TEST

START_TEST(an_id_is_a_text)
{
    ck_assert_refused("[{'trigger': 'event', 'event_type': 'x', 'id': 7}]",
                      "0->id: expected text, got 7; put it in quotes: \"7\"");
}
END_TEST

START_TEST(what_is_no_map_is_refused)
{
    ck_assert_refused("['state']",
                      "0: expected a trigger, a map such as {trigger: state, …}, got 'state'");
}
END_TEST

START_TEST(an_unknown_kind_is_good_without_a_hass_only)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *checked = check(NULL, "{'platform': 'stat', 'x': 1}"), *refused = NULL;
    autojson *written = test_json("[{'platform': 'stat'}]");

    ck_assert_json(checked, "[{'trigger': 'stat', 'x': 1}]");
    ck_assert_int_eq(hass_triggers_check(test_hass(), written, &refused, &err), HASS_E_INVALID);
    ck_assert_str_eq(err.message, "0->trigger: there is no trigger 'stat'; did you mean 'state'?");
}
END_TEST

START_TEST(a_template_that_does_not_compile_is_refused)
{
    autojson *written =
        test_json("{'trigger': 'event', 'event_type': 'x', 'variables': {'a': '{{ }'}}");
    autojson *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_triggers_check(NULL, written, &checked, &err), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "variables: a: "));
}
END_TEST

/* enabled */

START_TEST(what_is_disabled_is_not_attached)
{
    struct hass *hass = test_hass();
    struct fired *fired = triggers_attach(
        hass, "[{'trigger': 'event', 'event_type': 'x', 'enabled': 'off'}, {'trigger': 'event', "
              "'event_type': 'x', 'enabled': '{{ 1 > 2 }}'}, {'trigger': 'event', 'event_type': "
              "'x', 'enabled': '{{ 1 < 2 }}'}]");

    hass_bus_async_fire(hass, "x", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "idx"), "2");
}
END_TEST

START_TEST(a_template_of_enabled_that_fails_is_logged_and_skipped)
{
    struct logs *logs = test_logs();
    struct fired *fired = triggers_attach(
        test_hass(), "[{'trigger': 'event', 'event_type': 'x', 'enabled': '{{ 1 / 0 }}'}, "
                     "{'trigger': 'event', 'event_type': 'x'}]");

    hass_bus_async_fire(test_hass(), "x", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_ptr_nonnull(
        logs_find(logs, "test.owner: trigger 1 (event) does not work: enabled: ZeroDivisionError"));
}
END_TEST

/* variables */

START_TEST(own_variables_see_trigger_and_nothing_around_it)
{
    struct hass *hass = test_hass();
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    hass_variables_set(outer, "n", json_integer(3));
    struct fired *fired = triggers_attach_with(
        hass,
        "{'trigger': 'event', 'event_type': 'x', 'variables': {'extra': '{{ trigger.idx }}-{{ n "
        "}}', 'more': '{{ extra }}!'}}",
        HASS_TRIGGERS_OPTIONS(.variables = outer));

    hass_bus_async_fire(hass, "x", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 1);
    const json_t *seen = json_array_get(fired->seen, 0);
    ck_assert_str_eq(hass_json_get_string(seen, "extra", ""), "0-");
    ck_assert_str_eq(hass_json_get_string(seen, "more", ""), "0-!");
    ck_assert_int_eq(hass_json_get_int(seen, "n", 0), 3);
}
END_TEST

START_TEST(own_variables_that_fail_keep_it_from_firing)
{
    struct logs *logs = test_logs();
    struct fired *fired = triggers_attach(
        test_hass(), "{'trigger': 'event', 'event_type': 'x', 'variables': {'a': '{{ 1 / 0 }}'}}");

    hass_bus_async_fire(test_hass(), "x", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "test.owner: trigger 1 (event): "));
}
END_TEST

/* kinds */

HASS_SCHEMA(knock_schema, HASS_FIELD("door", &hass_type_string, .required = true));

static HASS_CALLBACK int on_knock(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    return hass_trigger_async_fire(userdata, HASS_TRIGGER_FIRE(.description = "knock"), err);
}

static int attach_knock(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    int r = hass_bus_async_listen(hass_trigger_hass(trigger), "knock", NULL,
                                  HASS_JOB_CALLBACK(on_knock, trigger), &sub, err);
    hass_trigger_async_own(trigger, sub);
    return r;
}

static const struct hass_trigger_kind knock =
    HASS_TRIGGER_KIND(.name = "knock", .schema = &knock_schema, .async_attach = attach_knock);

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}

static HASS_CALLBACK struct scope *register_in_scope(struct hass *hass)
{
    struct scope *scope = scope_new(hass, "knocker");
    struct scope *former = scope_enter(scope);

    ck_assert_int_eq(hass_trigger_async_register(hass, &knock, NULL), 0);
    scope_leave(former);
    return scope;
}

START_TEST(a_trigger_rests_while_its_integration_is_away)
{
    struct hass *hass = test_hass();
    struct scope *scope = register_in_scope(hass);
    struct fired *fired = triggers_attach(hass, "{'trigger': 'knock', 'door': 'front'}");

    ck_assert_int_eq(test_run_coroutine(hass, close_scope, scope), 0);
    hass_bus_async_fire(hass, "knock", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 0);
    struct scope *next = register_in_scope(hass);
    hass_bus_async_fire(hass, "knock", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 1);
    scope_unref(scope);
    scope_unref(next);
}
END_TEST

START_TEST(a_registered_kind_works_like_those_that_are_built_in)
{
    struct hass *hass = test_hass();
    struct hass_error err = HASS_ERROR_INIT;
    autojson *written = test_json("[{'trigger': 'knock'}]"), *checked = NULL;

    ck_assert_int_eq(hass_trigger_async_register(hass, &knock, NULL), 0);
    ck_assert_int_eq(hass_trigger_async_register(hass, &knock, NULL), HASS_E_EXISTS);
    ck_assert_int_eq(hass_triggers_check(hass, written, &checked, &err), HASS_E_INVALID);
    ck_assert_str_eq(err.message, "0: required key 'door' is missing");
    struct fired *fired = triggers_attach(hass, "{'trigger': 'knock', 'door': 'front'}");
    hass_bus_async_fire(hass, "knock", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "platform"), "knock");
}
END_TEST

static HASS_CALLBACK int keep(struct hass *hass, struct hass_variables *variables,
                              const struct hass_context *context, void *userdata,
                              struct hass_error *err)
{
    *(struct hass_variables **)userdata = hass_variables_ref(variables);
    return 0;
}

/* The variables of a run that @trigger sets off as light.a goes from on to off, and is then gone with its configuration. */
static HASS_CALLBACK struct hass_variables *run_of(struct hass *hass, const char *trigger)
{
    struct hass_variables *run = NULL;
    struct hass_triggers *triggers = NULL;
    autojson *written = test_json(trigger);
    json_t *checked = NULL;

    set_state(hass, "light.a", "on", NULL);
    ck_assert_int_eq(hass_triggers_check(hass, written, &checked, NULL), 0);
    ck_assert_int_eq(hass_triggers_async_attach(
                         hass,
                         HASS_TRIGGERS_OPTIONS(.config = checked, .fired = keep, .userdata = &run),
                         &triggers, NULL),
                     1);
    json_decref(checked);
    set_state(hass, "light.a", "off", NULL);
    hass_triggers_async_detach(triggers);
    hass_states_async_remove(hass, "light.a", NULL, NULL);
    test_settle(hass);
    ck_assert_ptr_nonnull(run);
    return run;
}

START_TEST(what_a_run_knows_of_its_trigger_outlives_that)
{
    struct hass *hass = test_hass();
    autounref(hass_variables) *run =
        run_of(hass, "{'trigger': 'state', 'entity_id': 'light.a', 'id': 'lamp'}");

    ck_assert_str_eq(hass_variables_get_text(run, "trigger", "idx"), "0");
    ck_assert_str_eq(hass_variables_get_text(run, "trigger", "id"), "lamp");
    const char *description = hass_variables_get_text(run, "trigger", "description");
    ck_assert_ptr_null(hass_variables_get_text(run, "trigger", "nothing"));
    autojson *trigger = hass_json_ref(hass_variables_get(run, "trigger"));
    json_object_del(trigger, "from_state");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(trigger, "to_state"), "state", ""), "off");
    json_object_del(trigger, "to_state");
    ck_assert_json(trigger, "{'entity_id':'light.a','for':null,'attribute':null,'id':'lamp',"
                            "'idx':'0','alias':null,'platform':'state',"
                            "'description':'state of light.a'}");
    ck_assert_str_eq(description, "state of light.a");
}
END_TEST

START_TEST(a_trigger_without_an_id_has_its_index_for_one)
{
    struct hass *hass = test_hass();
    autounref(hass_variables) *run = run_of(
        hass,
        "{'trigger': 'template', 'value_template': '{{ states.light.a.state | length > 2 }}'}");

    ck_assert_str_eq(hass_variables_get_text(run, "trigger", "id"), "0");
    ck_assert_str_eq(hass_variables_get_text(run, "trigger", "entity_id"), "light.a");
    ck_assert_str_eq(hass_variables_get_text(run, "trigger", "description"),
                     "light.a via template");
}
END_TEST

START_TEST(a_kind_that_is_built_in_cannot_be_registered)
{
    static const struct hass_trigger_kind state =
        HASS_TRIGGER_KIND(.name = "state", .async_attach = attach_knock);

    ck_assert_int_eq(hass_trigger_async_register(test_hass(), &state, NULL), HASS_E_EXISTS);
}
END_TEST

TEST_MAIN("triggers", one_is_a_list_of_one_and_nothing_an_empty_one,
          nested_lists_are_flattened_by_one_level, options_belong_to_the_trigger_itself,
          two_names_for_the_kind_are_refused, an_id_is_a_text, what_is_no_map_is_refused,
          an_unknown_kind_is_good_without_a_hass_only, a_template_that_does_not_compile_is_refused,
          what_is_disabled_is_not_attached, a_template_of_enabled_that_fails_is_logged_and_skipped,
          own_variables_see_trigger_and_nothing_around_it,
          own_variables_that_fail_keep_it_from_firing,
          a_trigger_rests_while_its_integration_is_away,
          a_registered_kind_works_like_those_that_are_built_in,
          what_a_run_knows_of_its_trigger_outlives_that,
          a_trigger_without_an_id_has_its_index_for_one,
          a_kind_that_is_built_in_cannot_be_registered)
