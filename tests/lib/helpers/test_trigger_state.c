/* SPDX-License-Identifier: Apache-2.0 */
/* The trigger `state`: which changes fire, which last, and what it tells. */
#include "support/triggers.h"

#define ATTACH(config) triggers_attach(test_hass(), "{'trigger': 'state', " config "}")

static void set(const char *entity_id, const char *state)
{
    hass__assert_loop();
    set_state(test_hass(), entity_id, state, NULL);
}

START_TEST(without_conditions_every_change_fires)
{
    struct hass *hass = test_hass();
    struct fired *fired = ATTACH("'entity_id': 'sensor.tank'");

    set("sensor.tank", "5");
    set_state(hass, "sensor.tank", "5", "{'unit': 'l'}");
    set_state(hass, "sensor.tank", "5", "{'unit': 'l'}");
    hass_states_async_remove(hass, "sensor.tank", NULL, NULL);
    ck_assert_uint_eq(fired_count(fired), 3);
    ck_assert(json_is_null(fired_field(fired, 0, "from_state")));
    ck_assert_str_eq(fired_text(fired, 0, "to_state.state"), "5");
    ck_assert(json_is_null(fired_field(fired, 2, "to_state")));
}
END_TEST

START_TEST(trigger_says_all_that_templates_may_ask)
{
    struct fired *fired = triggers_attach(
        test_hass(), "[{'platform': 'event', 'event_type': 'x'}, {'platform': 'state', "
                     "'entity_id': 'sensor.a', 'alias': 'Al'}]");

    set("sensor.a", "on");
    ck_assert_uint_eq(fired_count(fired), 1);
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "alias,attribute,description,entity_id,for,from_state,id,idx,platform,"
                           "to_state");
    free(keys);
    ck_assert_str_eq(fired_text(fired, 0, "id"), "1");
    ck_assert_str_eq(fired_text(fired, 0, "idx"), "1");
    ck_assert_str_eq(fired_text(fired, 0, "alias"), "Al");
    ck_assert_str_eq(fired_text(fired, 0, "platform"), "state");
    ck_assert_str_eq(fired_text(fired, 0, "description"), "state of sensor.a");
    ck_assert(json_is_null(fired_field(fired, 0, "for")));
    ck_assert(json_is_null(fired_field(fired, 0, "attribute")));
}
END_TEST

START_TEST(it_fires_with_the_context_of_the_change)
{
    struct hass *hass = test_hass();
    struct fired *fired = ATTACH("'entity_id': 'sensor.a', 'for': 5");
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);

    hass_states_async_set(
        hass, "sensor.a", "on", NULL,
        &(struct hass_set_options){ .size = sizeof(struct hass_set_options), .context = context },
        NULL);
    test_advance(hass, 6);
    ck_assert(hass_context_equal(fired->context, context));
}
END_TEST

START_TEST(with_a_null_to_attributes_do_not_count)
{
    struct hass *hass = test_hass();
    set("sensor.tank", "1");
    struct fired *fired = ATTACH("'entity_id': 'sensor.tank', 'to': null");

    set_state(hass, "sensor.tank", "1", "{'a': 1}");
    ck_assert_uint_eq(fired_count(fired), 0);
    set("sensor.tank", "2");
    hass_states_async_remove(hass, "sensor.tank", NULL, NULL);
    set("sensor.tank", "9");
    ck_assert_uint_eq(fired_count(fired), 3);
}
END_TEST

START_TEST(a_star_matches_anything_that_changes)
{
    set("sensor.mode", "a");
    struct fired *fired = ATTACH("'entity_id': 'sensor.mode', 'to': '*'");

    set("sensor.mode", "b");
    set_state(test_hass(), "sensor.mode", "b", "{'x': 1}");
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(texts_match_exactly)
{
    struct fired *fired = ATTACH("'entity_id': 'sensor.b', 'to': ['true', 'True', 'on']");

    set("sensor.b", "true");
    set("sensor.b", "True");
    set("sensor.b", "TRUE");
    set("sensor.b", "on");
    ck_assert_uint_eq(fired_count(fired), 3);
}
END_TEST

START_TEST(both_from_and_to_must_match)
{
    set("lock.front", "locked");
    struct fired *fired = ATTACH("'entity_id': 'lock.front', 'from': 'locked', 'to': 'unlocked'");

    set("lock.front", "unlocking");
    set("lock.front", "unlocked");
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_str_eq(fired_nearly(fired, 0), "lock.front went from 'locked' to 'unlocking': from "
                                             "matched, to did not");
    ck_assert_str_eq(fired_nearly(fired, 1), "lock.front went from 'unlocking' to 'unlocked': to "
                                             "matched, from did not");
    set("lock.front", "locked");
    set("lock.front", "unlocked");
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(not_from_and_not_to_exclude)
{
    set("sensor.n", "unavailable");
    struct fired *from = ATTACH("'entity_id': 'sensor.n', 'not_from': ['unknown', 'unavailable']");
    struct fired *to = ATTACH("'entity_id': 'sensor.n', 'not_to': ['2', 'unavailable']");

    set("sensor.n", "1");
    ck_assert_uint_eq(fired_count(from), 0);
    ck_assert_uint_eq(fired_count(to), 1);
    set("sensor.n", "2");
    ck_assert_uint_eq(fired_count(from), 1);
    ck_assert_uint_eq(fired_count(to), 1);
}
END_TEST

START_TEST(attributes_are_compared_with_their_type)
{
    struct hass *hass = test_hass();
    set_state(hass, "light.l", "on", "{'level': 1}");
    struct fired *number = ATTACH("'entity_id': 'light.l', 'attribute': 'level', 'to': 5");
    struct fired *text = ATTACH("'entity_id': 'light.l', 'attribute': 'level', 'to': '5'");
    struct fired *list =
        ATTACH("'entity_id': 'light.l', 'attribute': 'level', 'from': 5, 'to': [7, true]");

    set_state(hass, "light.l", "on", "{'level': 5}");
    set_state(hass, "light.l", "on", "{'level': 7}");
    set_state(hass, "light.l", "on", "{'level': '5'}");
    set_state(hass, "light.l", "on", "{'level': 5.0}");
    set_state(hass, "light.l", "on", "{'level': true}");
    set_state(hass, "light.l", "on", "{'level': 1}");
    ck_assert_uint_eq(fired_count(number), 2);
    ck_assert_uint_eq(fired_count(text), 1);
    ck_assert_uint_eq(fired_count(list), 2);
}
END_TEST

START_TEST(only_the_attribute_counts)
{
    struct hass *hass = test_hass();
    set_state(hass, "climate.z", "heat", "{'t': 20}");
    struct fired *fired = ATTACH("'entity_id': 'climate.z', 'attribute': 't'");

    set_state(hass, "climate.z", "off", "{'t': 20}");
    set_state(hass, "climate.z", "off", "{'t': 20.5}");
    set_state(hass, "climate.z", "off", "{'t': 20.5, 'x': 2}");
    set_state(hass, "climate.z", "off", "{'x': 2}");
    set_state(hass, "climate.z", "off", "{'x': 2, 't': null}");
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert_str_eq(fired_text(fired, 0, "attribute"), "t");
}
END_TEST

/* for */

START_TEST(what_lasts_fires_with_the_states_of_the_change)
{
    struct hass *hass = test_hass();
    set("binary_sensor.door", "off");
    struct fired *fired = ATTACH("'entity_id': 'binary_sensor.door', 'to': 'on', 'for': 30");

    test_advance(hass, 1);
    set("binary_sensor.door", "on");
    test_advance(hass, 19);
    set_state(hass, "binary_sensor.door", "on", "{'bat': 3}");
    test_advance(hass, 100);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 31);
    ck_assert_str_eq(fired_text(fired, 0, "from_state.state"), "off");
    ck_assert_json(fired_field(fired, 0, "to_state.attributes"), "{}");
    ck_assert(json_number_value(fired_field(fired, 0, "for.total_seconds")) == 30);
}
END_TEST

START_TEST(what_does_not_last_says_how_long_it_did)
{
    struct hass *hass = test_hass();
    struct fired *fired =
        ATTACH("'entity_id': 'binary_sensor.door', 'to': 'on', 'for': '00:00:30'");

    set("binary_sensor.door", "on");
    test_advance(hass, 20);
    set("binary_sensor.door", "off");
    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_str_eq(fired_nearly(fired, 0),
                     "binary_sensor.door lasted 20 s of 30 s, then it became 'off'");
}
END_TEST

START_TEST(each_entity_waits_for_itself)
{
    struct hass *hass = test_hass();
    struct fired *fired =
        ATTACH("'entity_id': 'sensor.a, sensor.b', 'to': 'on', 'for': {'seconds': 10}");

    set("sensor.a", "on");
    test_advance(hass, 3);
    set("sensor.b", "on");
    test_advance(hass, 4);
    set("sensor.a", "off");
    test_advance(hass, 20);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "entity_id"), "sensor.b");
    ck_assert(fired_at(fired, 0) == 13);
}
END_TEST

START_TEST(without_to_an_attribute_begins_a_second_wait)
{
    struct hass *hass = test_hass();
    set("sensor.m", "a");
    struct fired *fired = ATTACH("'entity_id': 'sensor.m', 'for': 10");

    test_advance(hass, 1);
    set("sensor.m", "b");
    test_advance(hass, 4);
    set_state(hass, "sensor.m", "b", "{'q': 1}");
    test_advance(hass, 15);
    set("sensor.m", "c");
    test_advance(hass, 5);
    set("sensor.m", "d");
    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 3);
    ck_assert(fired_at(fired, 0) == 11);
    ck_assert(fired_at(fired, 1) == 15);
    ck_assert(fired_at(fired, 2) == 35);
}
END_TEST

START_TEST(with_from_alone_it_lasts_while_it_is_not_what_it_was)
{
    struct hass *hass = test_hass();
    set("sensor.m", "a");
    struct fired *fired = ATTACH("'entity_id': 'sensor.m', 'from': 'a', 'for': 10");

    test_advance(hass, 1);
    set("sensor.m", "b");
    test_advance(hass, 4);
    set("sensor.m", "c");
    test_advance(hass, 15);
    set("sensor.m", "a");
    test_advance(hass, 5);
    set("sensor.m", "b");
    test_advance(hass, 5);
    set("sensor.m", "a");
    test_advance(hass, 20);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 11);
    ck_assert_str_eq(fired_text(fired, 0, "to_state.state"), "b");
}
END_TEST

START_TEST(from_one_value_of_a_list_to_the_next_it_waits_anew)
{
    struct hass *hass = test_hass();
    struct fired *fired = ATTACH("'entity_id': 'sensor.m', 'to': ['b', 'c'], 'for': 10");

    set("sensor.m", "b");
    test_advance(hass, 5);
    set("sensor.m", "c");
    test_advance(hass, 60);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 15);
}
END_TEST

START_TEST(an_entity_that_goes_ends_the_wait)
{
    struct hass *hass = test_hass();
    struct fired *fired = ATTACH("'entity_id': 'sensor.m', 'to': 'b', 'for': 10");

    set("sensor.m", "b");
    test_advance(hass, 5);
    hass_states_async_remove(hass, "sensor.m", NULL, NULL);
    test_advance(hass, 20);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(the_period_is_rendered_when_it_begins)
{
    struct hass *hass = test_hass();
    set("sensor.wait", "10");
    struct fired *fired = ATTACH(
        "'entity_id': 'sensor.m', 'to': 'go', 'for': '{{ states.sensor.wait.state | int }}'");

    set("sensor.m", "go");
    set("sensor.wait", "100");
    test_advance(hass, 20);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 10);
}
END_TEST

START_TEST(a_template_of_a_period_sees_the_change)
{
    struct hass *hass = test_hass();
    struct fired *fired = ATTACH("'entity_id': 'sensor.m', 'to': 'go', 'for': {'minutes': "
                                 "'{{ trigger.to_state.attributes.min }}', 'seconds': 3}");

    set_state(hass, "sensor.m", "go", "{'min': 2}");
    test_advance(hass, 200);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 123);
}
END_TEST

START_TEST(a_period_that_cannot_be_rendered_is_logged_and_nothing_fires)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct fired *fired =
        ATTACH("'entity_id': 'sensor.m', 'to': 'go', 'for': '{{ trigger.nope.x }}'");
    struct fired *negative = ATTACH("'entity_id': 'sensor.m', 'to': 'go', 'for': '{{ 0 - 5 }}'");

    set("sensor.m", "go");
    test_advance(hass, 200);
    ck_assert_uint_eq(fired_count(fired) + fired_count(negative), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "test.owner: trigger 1 (state): for: UndefinedError"));
    ck_assert_ptr_nonnull(logs_find(logs, "got -5"));
}
END_TEST

START_TEST(detaching_ends_what_waits)
{
    struct hass *hass = test_hass();
    struct fired *fired = ATTACH("'entity_id': 'sensor.m', 'to': 'b', 'for': 10");

    set("sensor.m", "b");
    ck_assert_uint_eq(fired_pending(fired), 1);
    triggers_detach(fired);
    test_advance(hass, 20);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(its_owner_may_detach_it_while_it_fires)
{
    struct fired *fired = triggers_attach(
        test_hass(), "[{'trigger': 'state', 'entity_id': 'sensor.m'}, {'trigger': 'state', "
                     "'entity_id': 'sensor.m', 'for': 1}]");

    fired->detach = true;
    set("sensor.m", "b");
    set("sensor.m", "c");
    test_advance(test_hass(), 5);
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(no_more_than_a_thousand_changes_wait)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct fired *fired = ATTACH("'entity_id': 'sensor.m', 'for': 10");

    set("sensor.m", "b");
    for (int i = 0; i < 1000; i++) {
        char text[32];
        snprintf(text, sizeof(text), "{'q': %d}", i);
        if (i == 999)
            ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 0);
        set_state(hass, "sensor.m", "b", text);
    }
    ck_assert_uint_eq(fired_pending(fired), 1000);
    ck_assert_ptr_nonnull(
        logs_find(logs, "1000 changes of sensor.m wait for their `for:` already"));
}
END_TEST

/* configuration */

START_TEST(mistakes_are_told_with_their_place)
{
    ck_assert_refused("[{'trigger': 'state'}]", "0: required key 'entity_id' is missing");
    ck_assert_refused("[{'trigger': 'state', 'entity_id': 'a.b', 'to': true}]",
                      "0->to: expected text, got true; put it in quotes: \"on\"");
    ck_assert_refused("[{'trigger': 'state', 'entity_id': 'a.b', 'not_to': ['x', 5]}]",
                      "0->not_to->1: expected text, got 5; put it in quotes: \"5\"");
    ck_assert_refused("{'trigger': 'state', 'entity_id': 'a.b', 'from': 'x', 'not_from': 'y'}",
                      "'from' and 'not_from' exclude each other");
    ck_assert_refused("{'trigger': 'state', 'entity_id': 'a.b', 'too': 'x'}",
                      "unknown key 'too'; did you mean 'to'?");
}
END_TEST

START_TEST(an_attribute_may_become_anything)
{
    autojson *config = NULL;
    autojson *written =
        test_json("{'platform': 'state', 'entity_id': 'A.B', 'attribute': 'c', 'to': true}");

    ck_assert_int_eq(hass_triggers_check(NULL, written, &config, NULL), 0);
    ck_assert_json(config, "[{'trigger': 'state', 'entity_id': ['a.b'], 'attribute': 'c', 'to': "
                           "true}]");
}
END_TEST

TEST_MAIN("trigger state", without_conditions_every_change_fires,
          trigger_says_all_that_templates_may_ask, it_fires_with_the_context_of_the_change,
          with_a_null_to_attributes_do_not_count, a_star_matches_anything_that_changes,
          texts_match_exactly, both_from_and_to_must_match, not_from_and_not_to_exclude,
          attributes_are_compared_with_their_type, only_the_attribute_counts,
          what_lasts_fires_with_the_states_of_the_change, what_does_not_last_says_how_long_it_did,
          each_entity_waits_for_itself, without_to_an_attribute_begins_a_second_wait,
          with_from_alone_it_lasts_while_it_is_not_what_it_was,
          from_one_value_of_a_list_to_the_next_it_waits_anew, an_entity_that_goes_ends_the_wait,
          the_period_is_rendered_when_it_begins, a_template_of_a_period_sees_the_change,
          a_period_that_cannot_be_rendered_is_logged_and_nothing_fires, detaching_ends_what_waits,
          its_owner_may_detach_it_while_it_fires, no_more_than_a_thousand_changes_wait,
          mistakes_are_told_with_their_place, an_attribute_may_become_anything)
