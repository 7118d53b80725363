/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template sensors and binary sensors, in both styles, and what all template entities share.
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include <hass/entity_registry.h>

#include "support/cases.h"
#include "support/home.h"

static HASS_CALLBACK void set(struct hass *hass, const char *entity_id, const char *state)
{
    ck_assert_int_eq(hass_states_async_set(hass, entity_id, state, NULL, NULL, NULL), 0);
    test_settle(hass);
}

static HASS_CALLBACK void assert_attribute(struct hass *hass, const char *entity_id,
                                           const char *key, const char *expected)
{
    autojson *value = home_attribute(hass, entity_id, key);

    if (!expected)
        ck_assert_ptr_null(value);
    else
        ck_assert_json(value, expected);
}

static const char sum[] =
    "template:\n"
    "  - binary_sensor:\n"
    "      - name: Big\n"
    "        delay_on: 5\n"
    "        delay_off: {seconds: 2}\n"
    "        state: \"{{ states('sensor.sum') | float(0) > 10 }}\"\n"
    "    sensor:\n"
    "      - name: Sum\n"
    "        unique_id: u1\n"
    "        unit_of_measurement: W\n"
    "        availability: \"{{ has_value('sensor.a') }}\"\n"
    "        attributes:\n"
    "          x: \"{{ states('sensor.a') }}\"\n"
    "        state: \"{{ states('sensor.a') | float(0) + states('sensor.b') | float(0) }}\"\n";

START_TEST(a_sensor_follows_what_its_templates_look_at)
{
    hass__assert_loop();
    struct hass *hass = test_home(sum);

    ck_assert_str_eq(home_state(hass, "sensor.sum"), "unavailable");
    set(hass, "sensor.a", "1");
    set(hass, "sensor.b", "2");
    ck_assert_str_eq(home_state(hass, "sensor.sum"), "3.0");
    assert_attribute(hass, "sensor.sum", "x", "1");
    assert_attribute(hass, "sensor.sum", "unit_of_measurement", "'W'");
    assert_attribute(hass, "sensor.sum", "friendly_name", "'Sum'");
    set(hass, "sensor.a", "unavailable");
    ck_assert_str_eq(home_state(hass, "sensor.sum"), "unavailable");
    assert_attribute(hass, "sensor.sum", "x", NULL);
}
END_TEST

/* Nothing of a state is kept once the next one has been written. */
START_TEST(a_sensor_takes_no_more_memory_the_more_it_has_changed)
{
    hass__assert_loop();
    struct hass *hass = test_home(sum);
    size_t before = 0;

    for (int i = 0; i < 3000; i++) {
        char state[12];
        snprintf(state, sizeof(state), "%d", 1000 + i);
        set(hass, "sensor.a", state);
        before = i < 1000 ? mallinfo2().uordblks : before;
    }
    ck_assert_str_eq(home_state(hass, "sensor.sum"), "3999.0");
    ck_assert_uint_lt(mallinfo2().uordblks, before + 65536);
}
END_TEST

START_TEST(a_binary_sensor_waits_for_its_delays)
{
    hass__assert_loop();
    struct hass *hass = test_home(sum);

    ck_assert_str_eq(home_state(hass, "binary_sensor.big"), "unknown");
    test_advance(hass, 2.1);
    ck_assert_str_eq(home_state(hass, "binary_sensor.big"), "off");
    set(hass, "sensor.a", "20");
    test_advance(hass, 4.9);
    ck_assert_str_eq(home_state(hass, "binary_sensor.big"), "off");
    test_advance(hass, 0.2);
    ck_assert_str_eq(home_state(hass, "binary_sensor.big"), "on");
    set(hass, "sensor.a", "1");
    test_advance(hass, 1);
    set(hass, "sensor.a", "20");
    test_advance(hass, 10);
    ck_assert_str_eq(home_state(hass, "binary_sensor.big"), "on");
}
END_TEST

START_TEST(a_delay_is_a_template_where_it_is_one)
{
    hass__assert_loop();
    struct hass *hass = test_home("template:\n"
                                  "  binary_sensor:\n"
                                  "    - name: Slow\n"
                                  "      delay_on: \"{{ 2 + 1 }}\"\n"
                                  "      state: \"{{ is_state('sensor.a', 'on') }}\"\n");

    set(hass, "sensor.a", "on");
    test_advance(hass, 2.9);
    ck_assert_str_eq(home_state(hass, "binary_sensor.slow"), "off");
    test_advance(hass, 0.2);
    ck_assert_str_eq(home_state(hass, "binary_sensor.slow"), "on");
}
END_TEST

START_TEST(the_old_style_is_understood)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("sensor:\n"
                  "  - platform: template\n"
                  "    sensors:\n"
                  "      kitchen_kelvin:\n"
                  "        friendly_name: Kelvin\n"
                  "        unit_of_measurement: K\n"
                  "        unique_id: k\n"
                  "        icon_template: \"mdi:{{ states('sensor.a') }}\"\n"
                  "        entity_picture_template: /local/{{ states('sensor.a') }}.png\n"
                  "        attribute_templates: {twice: \"{{ states('sensor.a') | int * 2 }}\"}\n"
                  "        availability_template: \"{{ has_value('sensor.a') }}\"\n"
                  "        value_template: \"{{ states('sensor.a') | int + 273 }}\"\n"
                  "binary_sensor:\n"
                  "  - platform: template\n"
                  "    sensors:\n"
                  "      warm: {value_template: \"{{ states('sensor.a') | int(0) > 20 }}\"}\n");

    set(hass, "sensor.a", "21");
    ck_assert_str_eq(home_state(hass, "sensor.kitchen_kelvin"), "294");
    assert_attribute(hass, "sensor.kitchen_kelvin", "friendly_name", "'Kelvin'");
    assert_attribute(hass, "sensor.kitchen_kelvin", "icon", "'mdi:21'");
    assert_attribute(hass, "sensor.kitchen_kelvin", "entity_picture", "'/local/21.png'");
    assert_attribute(hass, "sensor.kitchen_kelvin", "twice", "42");
    ck_assert_str_eq(home_state(hass, "binary_sensor.warm"), "on");
    assert_attribute(hass, "binary_sensor.warm", "friendly_name", "'warm'");
}
END_TEST

static const struct {
    const char *state, *availability, *shown;
} shown[] = {
    { "{{ 1 / 0 }}", NULL, "unavailable" }, { "{{ 1 / 0 }}", "true", "unknown" },
    { "{{ 1 }}", "{{ 1 / 0 }}", "1" },      { "{{ 1 }}", "{{ 'nonsense' }}", "unavailable" },
    { "{{ 1 }}", "{{ 'yes' }}", "1" },      { "{{ none }}", NULL, "unknown" },
    { "{{ true }}", NULL, "True" },         { "007", NULL, "007" },
    { "{{ [1, 2] }}", NULL, "[1,2]" },
};

START_TEST(the_state_is_what_the_template_gives)
{
    hass__assert_loop();
    char yaml[300];

    (void)test_logs();
    snprintf(yaml, sizeof(yaml),
             "template:\n  - sensor:\n      - name: S\n        state: \"%s\"\n%s%s%s",
             shown[_i].state, shown[_i].availability ? "        availability: \"" : "",
             shown[_i].availability ? shown[_i].availability : "",
             shown[_i].availability ? "\"\n" : "");
    struct hass *hass = test_home(yaml);
    ck_assert_str_eq(home_state(hass, "sensor.s"), shown[_i].shown);
}
END_TEST

/* what is refused, and what is said */
static const struct {
    const char *yaml, *said, *left; /* what is left of it */
} refused[] = {
    { "{name: Bad, state: \"{{ 1 + }}\"}", "configuration.yaml:3:", "(none)" },
    { "{name: Bad, state: 1, colour: red}", "colour", "(none)" },
    { "{name: Bad}", "state", "(none)" },
    { "{name: Bad, state: 1, attributes: {x: \"{{ x | nofilter }}\"}}", "nofilter", "1" },
    { "{name: Bad, state: 1, attributes: [1]}", "attributes", "(none)" },
};

START_TEST(a_bad_item_is_named_and_its_neighbours_go_on)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    char yaml[300];

    snprintf(yaml, sizeof(yaml),
             "template:\n  - sensor:\n      - %s\n      - {name: Good, state: 5}\n",
             refused[_i].yaml);
    struct hass *hass = test_home(yaml);
    ck_assert_str_eq(home_state(hass, "sensor.good"), "5");
    ck_assert_str_eq(home_state(hass, "sensor.bad"), refused[_i].left);
    ck_assert_ptr_nonnull(logs_find(logs, refused[_i].said));
}
END_TEST

START_TEST(an_error_is_told_once_and_the_sensor_comes_back)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = test_home(
        "template:\n  - sensor: {name: S, state: \"{{ 8 / states('sensor.a') | int }}\"}\n");

    set(hass, "sensor.a", "0");
    set(hass, "sensor.a", "00");
    ck_assert_str_eq(home_state(hass, "sensor.s"), "unavailable");
    ck_assert_uint_eq(logs_matching(logs, "sensor.s: the template of 'state' failed"), 1);
    set(hass, "sensor.a", "2");
    ck_assert_str_eq(home_state(hass, "sensor.s"), "4.0");
}
END_TEST

START_TEST(this_is_the_entity_itself)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "template:\n"
        "  - sensor:\n"
        "      - name: S\n"
        "        state: \"{{ states('sensor.a') }}{{ this.state if this is defined else '' }}\"\n");

    set(hass, "sensor.a", "x");
    set(hass, "sensor.a", "y");
    ck_assert_ptr_nonnull(strstr(home_state(hass, "sensor.s"), "yx"));
}
END_TEST

START_TEST(one_that_looks_at_the_time_follows_the_minutes)
{
    hass__assert_loop();
    struct hass *hass = test_home(
        "template:\n  - sensor: {name: Clk, state: \"{{ utcnow().strftime('%H:%M') }}\"}\n");

    ck_assert_str_eq(home_state(hass, "sensor.clk"), "00:00");
    test_advance(hass, 59);
    ck_assert_str_eq(home_state(hass, "sensor.clk"), "00:00");
    test_advance(hass, 2);
    ck_assert_str_eq(home_state(hass, "sensor.clk"), "00:01");
}
END_TEST

START_TEST(what_it_shows_has_the_context_of_what_caused_it)
{
    hass__assert_loop();
    struct hass *hass =
        test_home("template:\n  - sensor: {name: S, state: \"{{ states('sensor.a') }}\"}\n");

    set(hass, "sensor.a", "x");
    ck_assert_ptr_eq(hass_state_context(hass_states_async_get(hass, "sensor.s")),
                     hass_state_context(hass_states_async_get(hass, "sensor.a")));
}
END_TEST

START_TEST(names_and_ids_are_chosen)
{
    hass__assert_loop();
    struct hass *hass = test_home("template:\n"
                                  "  - unique_id: block\n"
                                  "    sensor:\n"
                                  "      - name: \"{{ 'A' ~ 'B' }}\"\n"
                                  "        default_entity_id: sensor.chosen\n"
                                  "        unique_id: one\n"
                                  "        state: 1\n"
                                  "      - state: 2\n");

    ck_assert_str_eq(home_state(hass, "sensor.chosen"), "1");
    assert_attribute(hass, "sensor.chosen", "friendly_name", "'AB'");
    ck_assert_str_eq(home_state(hass, "sensor.template_sensor"), "2");
    const struct hass_entity_entry *row = hass_entity_registry_async_get(hass, "sensor.chosen");
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row->unique_id, "block-one");
}
END_TEST

START_TEST(of_two_that_are_the_same_a_reload_takes_one)
{
    hass__assert_loop();
    struct hass *hass = test_home("template:\n"
                                  "  - sensor:\n"
                                  "      - {name: Twin, state: 1}\n"
                                  "      - {name: Twin, state: 1}\n");

    ck_assert_str_eq(home_state(hass, "sensor.twin_2"), "1");
    test_file("configuration.yaml", "template:\n"
                                    "  - sensor:\n"
                                    "      - {name: Twin, state: 1}\n");
    ck_assert_int_eq(home_call(hass, "template", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "sensor.twin"), "1");
    ck_assert_str_eq(home_state(hass, "sensor.twin_2"), "(none)");
}
END_TEST

START_TEST(a_reload_keeps_what_has_not_changed)
{
    hass__assert_loop();
    struct hass *hass = test_home("template:\n"
                                  "  - sensor:\n"
                                  "      - {name: Same, state: \"{{ states('sensor.a') }}\"}\n"
                                  "      - {name: Other, state: 1}\n"
                                  "      - {name: Gone, state: 1}\n");
    const struct hass_state *before = hass_state_ref(hass_states_async_get(hass, "sensor.same"));

    test_file("configuration.yaml", "template:\n"
                                    "  - sensor:\n"
                                    "      - {name: Same, state: \"{{ states('sensor.a') }}\"}\n"
                                    "      - {name: Other, state: 2}\n"
                                    "      - {name: New, state: 3}\n");
    ck_assert_int_eq(home_call(hass, "template", "reload", "{}", NULL), 0);
    ck_assert_ptr_eq(hass_states_async_get(hass, "sensor.same"), before);
    ck_assert_str_eq(home_state(hass, "sensor.other"), "2");
    ck_assert_str_eq(home_state(hass, "sensor.new"), "3");
    ck_assert_str_eq(home_state(hass, "sensor.gone"), "(none)");
    set(hass, "sensor.a", "moved");
    ck_assert_str_eq(home_state(hass, "sensor.same"), "moved");
    before = hass_state_unref(before);
}
END_TEST

CASES_MAIN("template sensors", ONCE(a_sensor_follows_what_its_templates_look_at),
           ONCE(a_sensor_takes_no_more_memory_the_more_it_has_changed),
           ONCE(a_binary_sensor_waits_for_its_delays), ONCE(a_delay_is_a_template_where_it_is_one),
           ONCE(the_old_style_is_understood), ROWS(the_state_is_what_the_template_gives, shown),
           ROWS(a_bad_item_is_named_and_its_neighbours_go_on, refused),
           ONCE(an_error_is_told_once_and_the_sensor_comes_back), ONCE(this_is_the_entity_itself),
           ONCE(one_that_looks_at_the_time_follows_the_minutes),
           ONCE(what_it_shows_has_the_context_of_what_caused_it), ONCE(names_and_ids_are_chosen),
           ONCE(of_two_that_are_the_same_a_reload_takes_one),
           ONCE(a_reload_keeps_what_has_not_changed))
