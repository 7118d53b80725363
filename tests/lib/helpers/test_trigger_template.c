/* SPDX-License-Identifier: Apache-2.0 */
/* The trigger `template`: when it has become true, and how long. */
#include "support/triggers.h"

#define ATTACH(config) triggers_attach(test_hass(), "{'trigger': 'template', " config "}")

static void set(const char *entity_id, const char *state)
{
    hass__assert_loop();
    set_state(test_hass(), entity_id, state, NULL);
    test_settle(test_hass());
}

START_TEST(it_fires_when_it_becomes_true)
{
    set("sensor.t", "1");
    struct fired *fired = ATTACH("'value_template': '{{ states.sensor.t.state | float > 5 }}'");

    set("sensor.t", "6");
    set("sensor.t", "7");
    ck_assert_uint_eq(fired_count(fired), 1);
    set("sensor.t", "1");
    set("sensor.t", "9");
    ck_assert_uint_eq(fired_count(fired), 2);
    char *keys = fired_keys(fired, 0);
    ck_assert_str_eq(keys, "alias,description,entity_id,for,from_state,id,idx,platform,to_state");
    free(keys);
    ck_assert_str_eq(fired_text(fired, 0, "description"), "sensor.t via template");
    ck_assert_str_eq(fired_text(fired, 0, "to_state.state"), "6");
    ck_assert_ptr_nonnull(fired->context);
}
END_TEST

START_TEST(what_is_true_at_the_beginning_does_not_fire)
{
    set("sensor.t", "on");
    struct fired *fired = ATTACH("'value_template': '{{ states.sensor.t.state }}'");

    set("sensor.t", "yes");
    ck_assert_uint_eq(fired_count(fired), 0);
    ck_assert_str_eq(fired_nearly(fired, 0), "the template is true, but was so before");
}
END_TEST

START_TEST(words_are_as_true_as_people_mean_them)
{
    static const char *const states[] = {
        "on", "yes", "maybe", "ENABLE", "0", "7", "false", "True"
    };
    set("sensor.t", "x");
    struct fired *fired = ATTACH("'value_template': '{{ states.sensor.t.state }}'");

    for (size_t i = 0; i < 8; i++)
        set("sensor.t", states[i]);
    ck_assert_uint_eq(fired_count(fired), 4);
}
END_TEST

START_TEST(time_makes_it_true_without_an_entity)
{
    struct hass *hass = test_hass();
    struct fired *fired = ATTACH("'value_template': '{{ now().minute == 2 }}'");

    test_advance(hass, 200);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 120);
    ck_assert(json_is_null(fired_field(fired, 0, "entity_id")));
    ck_assert(json_is_null(fired_field(fired, 0, "to_state")));
    ck_assert_str_eq(fired_text(fired, 0, "description"),
                     "time change or manual update via template");
}
END_TEST

START_TEST(an_error_is_logged_and_changes_nothing)
{
    struct logs *logs = test_logs();
    set("sensor.t", "1");
    struct fired *fired = ATTACH("'value_template': '{{ states.sensor.t.state | int > 5 }}'");

    set("sensor.t", "bad");
    set("sensor.t", "9");
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert_uint_eq(logs_matching(logs, "test.owner: trigger 1 (template): ValueError"), 1);
}
END_TEST

START_TEST(variables_around_it_are_seen)
{
    autounref(hass_variables) *outer = hass_variables_new(NULL);
    hass_variables_set(outer, "limit", json_integer(3));
    set("sensor.t", "1");
    struct fired *fired = triggers_attach_with(
        test_hass(),
        "{'trigger': 'template', 'value_template': '{{ states.sensor.t.state | int > limit }}'}",
        HASS_TRIGGERS_OPTIONS(.variables = outer));

    set("sensor.t", "4");
    ck_assert_uint_eq(fired_count(fired), 1);
}
END_TEST

START_TEST(it_must_stay_true)
{
    struct hass *hass = test_hass();
    set("sensor.t", "off");
    struct fired *fired =
        ATTACH("'value_template': '{{ states.sensor.t.state | bool }}', 'for': 5");

    test_advance(hass, 1);
    set("sensor.t", "on");
    test_advance(hass, 3);
    set("sensor.t", "off");
    test_advance(hass, 3);
    set("sensor.t", "on");
    test_advance(hass, 3);
    set_state(hass, "sensor.t", "on", "{'c': 1}");
    test_advance(hass, 20);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 12);
    ck_assert_str_eq(fired_nearly(fired, 0), "the template did not stay as it was for 5 s");
    ck_assert(json_number_value(fired_field(fired, 0, "for.total_seconds")) == 5);
}
END_TEST

START_TEST(another_true_result_ends_the_wait_for_good)
{
    struct hass *hass = test_hass();
    set("sensor.t", "off");
    struct fired *fired = ATTACH("'value_template': '{{ states.sensor.t.state }}', 'for': 5");

    set("sensor.t", "yes");
    test_advance(hass, 3);
    set("sensor.t", "on");
    test_advance(hass, 20);
    ck_assert_uint_eq(fired_count(fired), 0);
}
END_TEST

START_TEST(bad_templates_are_refused)
{
    ck_assert_refused("[{'trigger': 'template'}]", "0: required key 'value_template' is missing");
}
END_TEST

TEST_MAIN("trigger template", it_fires_when_it_becomes_true,
          what_is_true_at_the_beginning_does_not_fire, words_are_as_true_as_people_mean_them,
          time_makes_it_true_without_an_entity, an_error_is_logged_and_changes_nothing,
          variables_around_it_are_seen, it_must_stay_true,
          another_true_result_ends_the_wait_for_good, bad_templates_are_refused)
