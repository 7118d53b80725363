/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Switches that exist in software only: their configuration, states and services.
 */
#include <hass/entity_registry.h>

#include "support/cases.h"
#include "support/home.h"
#include "support/items.h"

#define YAML                                                                                       \
    "input_boolean:\n"                                                                             \
    "  busy:\n    name: Very busy\n    icon: mdi:fire\n    initial: true\n"                        \
    "  plain:\n"

START_TEST(each_key_is_a_switch)
{
    struct hass *hass = test_home(YAML);
    autojson *busy = hass_state_attributes(hass_states_async_get(hass, "input_boolean.busy"));
    autojson *plain = hass_state_attributes(hass_states_async_get(hass, "input_boolean.plain"));

    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), "on");
    ck_assert_json(busy, "{'editable':false,'icon':'mdi:fire','friendly_name':'Very busy'}");
    ck_assert_str_eq(home_state(hass, "input_boolean.plain"), "off");
    ck_assert_json(plain, "{'editable':false}");
    ck_assert_uint_eq(hass_states_async_count(hass, "input_boolean"), 2);
}
END_TEST

static const struct {
    const char *service, *data, *busy, *plain;
} calls[] = {
    { "turn_on", "{'entity_id':'input_boolean.plain'}", "on", "on" },
    { "turn_off", "{'entity_id':['input_boolean.busy']}", "off", "off" },
    { "toggle", "{'entity_id':'all'}", "off", "on" },
    { "toggle", "{'entity_id':'none'}", "on", "off" },
    { "toggle", "{'entity_id':'input_boolean.busy, input_boolean.plain'}", "off", "on" },
    { "turn_off", "{'entity_id':'input_boolean.nowhere'}", "on", "off" },
};

START_TEST(services_switch_what_they_name)
{
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "input_boolean", calls[_i].service, calls[_i].data, NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), calls[_i].busy);
    ck_assert_str_eq(home_state(hass, "input_boolean.plain"), calls[_i].plain);
}
END_TEST

static const char *const bad_calls[] = { "{}", "{'entity_id':7}", "{'entity_id':'no id'}",
                                         "{'entity_id':'input_boolean.busy','to':1}" };

START_TEST(a_wrong_call_switches_nothing)
{
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "input_boolean", "toggle", bad_calls[_i], NULL),
                     HASS_E_INVALID);
    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), "on");
    ck_assert_str_eq(home_state(hass, "input_boolean.plain"), "off");
}
END_TEST

static const struct {
    const char *yaml, *said;
} bad_sections[] = {
    { "input_boolean:\n  Busy Bee:\n", "Busy Bee" },
    { "input_boolean:\n  bad:\n    icon: fire\n", "icon" },
    { "input_boolean:\n  bad:\n    initial: perhaps\n", "initial" },
    { "input_boolean:\n  bad:\n    nmae: x\n", "name" },
    { "input_boolean:\n  bad: 7\n", "bad" },
};

START_TEST(a_wrong_item_is_reported_and_takes_the_section_down_only)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_home(bad_sections[_i].yaml);

    ck_assert_uint_ge(logs_count(logs, HASS_LOG_WARNING), 1);
    ck_assert_msg(logs_find(logs, bad_sections[_i].said) != NULL, "'%s' is not in the log",
                  bad_sections[_i].said);
    ck_assert_str_eq(home_state(hass, "input_boolean.bad"), "(none)");
    ck_assert(hass_component_loaded(hass, "homeassistant"));
}
END_TEST

START_TEST(reloading_it_takes_what_the_configuration_says_now)
{
    struct hass *hass = test_home(YAML);

    loader_configure("input_boolean:\n  other:\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", "reload_all", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), "(none)");
    ck_assert_str_eq(home_state(hass, "input_boolean.other"), "off");
    ck_assert_int_eq(home_call(hass, "input_boolean", "turn_on", "{'entity_id':'all'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_boolean.other"), "on");
}
END_TEST

START_TEST(its_own_reload_leaves_alone_what_is_the_same)
{
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "input_boolean", "toggle", "{'entity_id':'all'}", NULL), 0);
    loader_configure("input_boolean:\n  busy:\n    name: Calm\n  other:\n  plain:\n");
    ck_assert_int_eq(home_call(hass, "input_boolean", "reload", "{}", NULL), 0);
    autojson *busy = hass_state_attributes(hass_states_async_get(hass, "input_boolean.busy"));
    ck_assert_json(busy, "{'editable':false,'friendly_name':'Calm'}");
    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), "off");
    ck_assert_str_eq(home_state(hass, "input_boolean.plain"), "on");
    ck_assert_str_eq(home_state(hass, "input_boolean.other"), "off");
}
END_TEST

START_TEST(over_a_restart_it_is_as_it_was_unless_it_has_an_initial_state)
{
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "input_boolean", "toggle", "{'entity_id':'all'}", NULL), 0);
    hass = home_restart(hass, 60);
    ck_assert_str_eq(home_state(hass, "input_boolean.plain"), "on");
    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), "on");
}
END_TEST

START_TEST(another_entity_id_changes_nothing_else)
{
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(home_call(hass, "input_boolean", "toggle", "{'entity_id':'all'}", NULL), 0);
    ck_assert_int_eq(hass_entity_registry_async_update(
                         hass, "input_boolean.busy",
                         test_json("{'new_entity_id': 'input_boolean.calm'}"), NULL, NULL),
                     0);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "input_boolean.calm"), "off");
    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), "(none)");
}
END_TEST

CASES_MAIN("input_boolean", ONCE(each_key_is_a_switch), ROWS(services_switch_what_they_name, calls),
           ROWS(a_wrong_call_switches_nothing, bad_calls),
           ROWS(a_wrong_item_is_reported_and_takes_the_section_down_only, bad_sections),
           ONCE(reloading_it_takes_what_the_configuration_says_now),
           ONCE(its_own_reload_leaves_alone_what_is_the_same),
           ONCE(over_a_restart_it_is_as_it_was_unless_it_has_an_initial_state),
           ONCE(another_entity_id_changes_nothing_else))
