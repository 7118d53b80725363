/* SPDX-License-Identifier: Apache-2.0 */
/* The trigger `numeric_state`: numbers that come between bounds. */
#include "support/triggers.h"

#define ATTACH(config) triggers_attach(test_hass(), "{'trigger': 'numeric_state', " config "}")

static void set(const char *entity_id, const char *state)
{
    hass__assert_loop();
    set_state(test_hass(), entity_id, state, NULL);
}

START_TEST(bounds_are_exclusive)
{
    set("sensor.t", "15");
    struct fired *fired = ATTACH("'entity_id': 'sensor.t', 'above': 20");

    set("sensor.t", "20");
    ck_assert_uint_eq(fired_count(fired), 0);
    set("sensor.t", "20.1");
    set("sensor.t", "25");
    set("sensor.t", "20");
    set("sensor.t", "21");
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert_str_eq(fired_nearly(fired, 0),
                     "sensor.t is 25, within the bounds, but was so before");
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "above,alias,below,description,entity_id,for,from_state,id,idx,"
                           "platform,to_state");
    free(keys);
    ck_assert(json_is_real(fired_field(fired, 0, "above")));
    ck_assert(json_is_null(fired_field(fired, 0, "below")));
    ck_assert_str_eq(fired_text(fired, 0, "description"), "numeric state of sensor.t");
}
END_TEST

START_TEST(each_entity_is_armed_for_itself)
{
    set("sensor.t", "5");
    set("sensor.u", "15");
    struct fired *fired = ATTACH("'entity_id': ['sensor.t', 'sensor.u'], 'above': 10, 'below': 20");

    set("sensor.t", "25");
    set("sensor.t", "15");
    set("sensor.u", "16");
    ck_assert_uint_eq(fired_count(fired), 1);
    set("sensor.u", "9");
    set("sensor.u", "19.99");
    ck_assert_uint_eq(fired_count(fired), 2);
}
END_TEST

START_TEST(what_is_inside_at_the_beginning_does_not_fire)
{
    set("sensor.t", "9");
    struct fired *fired = ATTACH("'entity_id': 'sensor.t', 'above': 5");

    set("sensor.t", "10");
    ck_assert_uint_eq(fired_count(fired), 0);
    set("sensor.t", "4");
    set("sensor.t", "6");
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(a_new_entity_is_not_armed)
{
    struct logs *logs = test_logs();
    struct fired *fired = ATTACH("'entity_id': 'sensor.new', 'above': 5");

    set("sensor.new", "10");
    hass_states_async_remove(test_hass(), "sensor.new", NULL, NULL);
    set("sensor.new", "11");
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 2);
}
END_TEST

START_TEST(unknown_arms_and_what_is_no_number_does_not)
{
    struct logs *logs = test_logs();
    set("sensor.t", "9");
    struct fired *fired = ATTACH("'entity_id': 'sensor.t', 'above': 5");

    set("sensor.t", "unknown");
    set("sensor.t", "9");
    set("sensor.t", "unavailable");
    set("sensor.t", "8");
    set("sensor.t", "hello");
    set("sensor.t", "7");
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert_ptr_nonnull(
        logs_find(logs, "test.owner: trigger 1 (numeric_state): sensor.t: 'hello' is no number"));
}
END_TEST

START_TEST(an_attribute_that_is_not_there_arms)
{
    struct hass *hass = test_hass();
    set_state(hass, "sensor.t", "x", "{'battery': 50}");
    struct fired *fired = ATTACH("'entity_id': 'sensor.t', 'attribute': 'battery', 'below': '20'");

    set_state(hass, "sensor.t", "x", "{'battery': 19}");
    set_state(hass, "sensor.t", "y", "{'battery': 10}");
    set_state(hass, "sensor.t", "y", "{}");
    set_state(hass, "sensor.t", "y", "{'battery': '12'}");
    ck_assert_uint_eq(fired_count(fired), 2);
}
END_TEST

START_TEST(a_value_template_sees_state_and_trigger)
{
    struct hass *hass = test_hass();
    set_state(hass, "sensor.t", "0", "{'a': 1}");
    struct fired *fired =
        ATTACH("'entity_id': 'sensor.t', 'above': 10, 'value_template': '{{ state.attributes.a * "
               "2 + state.state | int + (0 if trigger.above == 10 else 100) }}'");

    set_state(hass, "sensor.t", "0", "{'a': 5}");
    ck_assert_uint_eq(fired_count(fired), 0);
    set_state(hass, "sensor.t", "1", "{'a': 5}");
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(a_bound_may_be_an_entity_whose_change_alone_does_not_fire)
{
    set("input_number.limit", "50");
    set("sensor.t", "40");
    struct fired *fired = ATTACH("'entity_id': 'sensor.t', 'above': 'input_number.limit'");

    set("sensor.t", "60");
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_str_eq(fired_text(fired, 0, "above"), "input_number.limit");
    set("input_number.limit", "70");
    set("sensor.t", "65");
    set("input_number.limit", "10");
    ck_assert_uint_eq(fired_count(fired), 1);
    set("sensor.t", "66");
    ck_assert_uint_eq(fired_count(fired), 2);
}
END_TEST

START_TEST(a_bound_without_an_entity_changes_nothing)
{
    struct logs *logs = test_logs();
    set("sensor.t", "40");
    struct fired *fired = ATTACH("'entity_id': 'sensor.t', 'above': 'input_number.gone'");

    set("sensor.t", "60");
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "above: there is no entity input_number.gone"));
}
END_TEST

START_TEST(it_must_last_within_the_bounds)
{
    struct hass *hass = test_hass();
    set("sensor.t", "1");
    struct fired *fired = ATTACH("'entity_id': 'sensor.t', 'above': 5, 'for': 10");

    test_advance(hass, 1);
    set("sensor.t", "6");
    test_advance(hass, 5);
    set("sensor.t", "7");
    test_advance(hass, 9);
    set("sensor.t", "1");
    test_advance(hass, 1);
    set("sensor.t", "9");
    test_advance(hass, 4);
    set("sensor.t", "unknown");
    test_advance(hass, 5);
    set("sensor.t", "8");
    test_advance(hass, 50);
    ck_assert_uint_eq(fired_count(fired), 2);
    ck_assert(fired_at(fired, 0) == 11);
    ck_assert(fired_at(fired, 1) == 35);
    ck_assert_str_eq(fired_nearly(fired, 1),
                     "sensor.t lasted 4 s of 10 s, then it became 'unknown'");
}
END_TEST

START_TEST(the_template_of_a_period_does_not_see_states)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    set("sensor.t", "1");
    struct fired *good =
        ATTACH("'entity_id': 'sensor.t', 'above': 5, 'for': '{{ trigger.above }}'");
    struct fired *bad =
        ATTACH("'entity_id': 'sensor.t', 'above': 5, 'for': '{{ trigger.to_state.attributes.x }}'");

    set("sensor.t", "6");
    test_advance(hass, 10);
    ck_assert_uint_eq(fired_count(good), 1);
    ck_assert(fired_at(good, 0) == 5);
    ck_assert_uint_eq(fired_count(bad), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "for: UndefinedError"));
}
END_TEST

START_TEST(bad_bounds_are_refused)
{
    ck_assert_refused("[{'trigger': 'numeric_state', 'entity_id': 'a.b'}]",
                      "0: 'above' or 'below' is needed, or both");
    ck_assert_refused("[{'trigger': 'numeric_state', 'entity_id': 'a.b', 'above': 5, 'below': 3}]",
                      "0: no number is above 5 and below 3; use two triggers or conditions");
    ck_assert_refused("[{'trigger': 'numeric_state', 'entity_id': 'a.b', 'above': 'warm'}]",
                      "0->above: expected a number or an entity id such as input_number.limit, got "
                      "'warm'");
}
END_TEST

TEST_MAIN("trigger numeric_state", bounds_are_exclusive, each_entity_is_armed_for_itself,
          what_is_inside_at_the_beginning_does_not_fire, a_new_entity_is_not_armed,
          unknown_arms_and_what_is_no_number_does_not, an_attribute_that_is_not_there_arms,
          a_value_template_sees_state_and_trigger,
          a_bound_may_be_an_entity_whose_change_alone_does_not_fire,
          a_bound_without_an_entity_changes_nothing, it_must_last_within_the_bounds,
          the_template_of_a_period_does_not_see_states, bad_bounds_are_refused)
