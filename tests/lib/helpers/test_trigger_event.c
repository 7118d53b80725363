/* SPDX-License-Identifier: Apache-2.0 */
/* The trigger `event`: types, data and contexts that match. */
#include "support/triggers.h"

#define ATTACH(config) triggers_attach(test_hass(), "{'trigger': 'event', " config "}")

static void fire(const char *type, const char *data)
{
    hass__assert_loop();
    ck_assert_int_eq(
        hass_bus_async_fire(test_hass(), type, data ? test_json(data) : NULL, NULL, NULL), 0);
}

START_TEST(it_fires_for_its_types_alone)
{
    struct fired *fired = ATTACH("'event_type': ['e_a', 'e_b'], 'id': 'two'");

    fire("e_a", NULL);
    fire("e_b", "{'z': null}");
    fire("e_c", NULL);
    ck_assert_uint_eq(fired_count(fired), 2);
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "alias,description,event,id,idx,platform");
    free(keys);
    ck_assert_str_eq(fired_text(fired, 1, "id"), "two");
    ck_assert_str_eq(fired_text(fired, 1, "description"), "event 'e_b'");
    ck_assert_json(fired_field(fired, 1, "event.data"), "{'z': null}");
}
END_TEST

START_TEST(data_of_one_level_must_be_equal)
{
    struct fired *fired = ATTACH("'event_type': 'btn', 'event_data': {'id': 'kitchen', 'n': 2}");

    fire("btn", "{'id': 'kitchen', 'n': 2}");
    fire("btn", "{'id': 'kitchen', 'n': '2'}");
    fire("btn", "{'id': 'kitchen', 'n': 2, 'extra': [1]}");
    fire("btn", "{'id': 'kitchen'}");
    fire("btn", "{'id': 'kitchen', 'n': 2.0}");
    ck_assert_uint_eq(fired_count(fired), 3);
}
END_TEST

START_TEST(lists_are_equal_as_a_whole)
{
    struct fired *fired =
        ATTACH("'event_type': 'rf', 'event_data': {'code': [1, 2, 3], 'ok': true}");

    fire("rf", "{'code': [1, 2, 3], 'ok': true}");
    fire("rf", "{'code': [1, 2], 'ok': true}");
    fire("rf", "{'code': [1, 2, 3], 'ok': false}");
    fire("rf", "{'code': [1, 2, 3], 'ok': 1}");
    ck_assert_uint_eq(fired_count(fired), 2);
}
END_TEST

START_TEST(keys_of_maps_within_are_wanted_only_where_they_are)
{
    struct fired *fired =
        ATTACH("'event_type': 'btn', 'event_data': {'meta': {'room': 'a', 'floor': 1}}");

    fire("btn", "{'meta': {'room': 'a', 'floor': 1}}");
    fire("btn", "{'meta': {'room': 'a', 'floor': 2}}");
    fire("btn", "{'meta': {'room': 'a', 'floor': 1, 'more': 1}}");
    fire("btn", "{'meta': {'room': 'a'}}");
    fire("btn", "{'x': 1}");
    fire("btn", "{'meta': {}, 'z': 1}");
    fire("btn", "{'meta': 5}");
    ck_assert_uint_eq(fired_count(fired), 4);
}
END_TEST

START_TEST(types_and_data_are_rendered_when_it_is_attached)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    hass_variables_set(outer, "n", json_integer(7));
    struct fired *fired = triggers_attach_with(
        test_hass(),
        "{'trigger': 'event', 'event_type': 'evt_{{ 3 * n }}', 'event_data': {'v': '{{ [1, 2] | "
        "sum }}'}}",
        HASS_TRIGGERS_OPTIONS(.variables = outer));

    fire("evt_21", "{'v': 3}");
    fire("evt_21", "{'v': '3'}");
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(templates_of_it_may_not_look_at_states)
{
    struct logs *logs = test_logs();
    struct fired *fired = ATTACH("'event_type': '{{ states.sensor.a.state }}'");

    fire("x", NULL);
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "test.owner: trigger 1 (event) does not work: "));
}
END_TEST

START_TEST(state_events_have_states)
{
    struct hass *hass = test_hass();
    struct fired *fired =
        ATTACH("'event_type': 'state_changed', 'event_data': {'entity_id': 'sensor.q'}");

    set_state(hass, "sensor.q", "a", NULL);
    set_state(hass, "sensor.z", "b", NULL);
    hass_states_async_remove(hass, "sensor.q", NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert_str_eq(fired_text(fired, 0, "event.data.new_state.state"), "a");
    ck_assert(json_is_null(fired_field(fired, 1, "event.data.new_state")));
}
END_TEST

START_TEST(contexts_are_matched_by_user_and_parent)
{
    struct hass *hass = test_hass();
    autounref(hass_context) const *ann = hass_context_new(hass, "ann", NULL);
    autounref(hass_context) const *bob = hass_context_new(hass, "bob", "parent");
    struct fired *user = ATTACH("'event_type': 'e', 'context': {'user_id': ['ann', 'eve']}");
    struct fired *parent = ATTACH("'event_type': 'e', 'context': {'parent_id': 'parent'}");
    struct fired *nobody = ATTACH("'event_type': 'e', 'context': {'name': 'ann'}");

    hass_bus_async_fire(hass, "e", NULL, ann, NULL);
    hass_bus_async_fire(hass, "e", NULL, bob, NULL);
    hass_bus_async_fire(hass, "e", NULL, NULL, NULL);
    ck_assert_uint_eq(fired_count(user), 1);
    ck_assert_uint_eq(fired_count(parent), 1);
    ck_assert_uint_eq(fired_count(nobody), 0);
    ck_assert(hass_context_equal(user->context, ann));
}
END_TEST

START_TEST(bad_configurations_are_refused)
{
    ck_assert_refused("[{'trigger': 'event'}]", "0: required key 'event_type' is missing");
    ck_assert_refused("[{'trigger': 'event', 'event_type': []}]",
                      "0->event_type: expected a type of event");
    ck_assert_refused("[{'trigger': 'event', 'event_type': 'x', 'event_data': [1]}]",
                      "0->event_data: expected a map");
    ck_assert_refused("[{'trigger': 'event', 'event_type': 'state_reported'}]",
                      "0->event_type: state_reported comes with each report of each entity; use "
                      "state_changed");
}
END_TEST

TEST_MAIN("trigger event", it_fires_for_its_types_alone, data_of_one_level_must_be_equal,
          lists_are_equal_as_a_whole, keys_of_maps_within_are_wanted_only_where_they_are,
          types_and_data_are_rendered_when_it_is_attached, templates_of_it_may_not_look_at_states,
          state_events_have_states, contexts_are_matched_by_user_and_parent,
          bad_configurations_are_refused)
