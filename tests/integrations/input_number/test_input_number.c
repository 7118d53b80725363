/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that exist in software only. */
#include "support/items.h"

#define YAML                                                                                       \
    "input_number:\n"                                                                              \
    "  n:\n    min: -5\n    max: 5\n    step: 0.5\n    initial: 4\n    mode: box\n"                \
    "    unit_of_measurement: V\n"                                                                 \
    "  plain:\n    name: Plain\n    min: 10\n    max: 20\n"

START_TEST(items_have_values_within_their_range)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_str_eq(home_state(hass, "input_number.n"), "4.0");
    items_check_attributes(hass, "input_number.n",
                           "{'editable':false,'initial':4,'min':-5,'max':5,'step':0.5,"
                           "'mode':'box','unit_of_measurement':'V'}");
    ck_assert_str_eq(home_state(hass, "input_number.plain"), "10.0");
    items_check_attributes(hass, "input_number.plain",
                           "{'editable':false,'initial':null,'min':10,'max':20,'step':1,"
                           "'mode':'slider','friendly_name':'Plain'}");
}
END_TEST

static const struct item_call calls[] = {
    { "set_value", "{'entity_id':'input_number.n','value':-4.75}", "-4.75", 0 },
    { "set_value", "{'entity_id':'input_number.n','value':'5'}", "5.0", 0 },
    { "set_value", "{'entity_id':'input_number.n','value':5.01}", "4.0",
      HASS_E_SERVICE_VALIDATION },
    { "set_value", "{'entity_id':'input_number.n','value':-5.01}", "4.0",
      HASS_E_SERVICE_VALIDATION },
    { "set_value", "{'entity_id':'input_number.n','value':'much'}", "4.0", HASS_E_INVALID },
    { "set_value", "{'entity_id':'input_number.n'}", "4.0", HASS_E_INVALID },
    { "increment", "{'entity_id':'input_number.n'}", "4.5", 0 },
    { "decrement", "{'entity_id':'all'}", "3.5", 0 },
};

START_TEST(services_set_and_step_within_the_range)
{
    hass__assert_loop();
    items_check_call(YAML, "input_number.n", &calls[_i]);
}
END_TEST

START_TEST(steps_end_at_the_ends)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    for (int i = 0; i < 3; i++)
        home_call(hass, "input_number", "increment", "{'entity_id':'input_number.n'}", NULL);
    ck_assert_str_eq(home_state(hass, "input_number.n"), "5.0");
    home_call(hass, "input_number", "decrement", "{'entity_id':'input_number.plain'}", NULL);
    ck_assert_str_eq(home_state(hass, "input_number.plain"), "10.0");
}
END_TEST

START_TEST(a_changed_range_takes_the_value_along)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    loader_configure("input_number:\n  n:\n    min: 0\n    max: 3\n");
    ck_assert_int_eq(home_call(hass, "input_number", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_number.n"), "3.0");
    ck_assert_str_eq(home_state(hass, "input_number.plain"), "(none)");
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x','min':0}", "max" },
    { "{'name':'x','min':5,'max':5}", "max 5 is not greater than min 5" },
    { "{'name':'x','min':0,'max':5,'initial':6}", "initial 6 is not from 0 to 5" },
    { "{'name':'x','min':0,'max':5,'step':0}", "step" },
    { "{'name':'x','min':0,'max':5,'mode':'knob'}", "mode" },
    { "{'min':0,'max':5}", "name" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("input_number", refused[_i].fields, refused[_i].said);
}
END_TEST

static const struct {
    const char *section, *said;
} sections[] = {
    { "  bad:\n", "min" },
    { "  bad:\n    min: 3\n    max: 2\n", "max 2 is not greater than min 3" },
    { "  bad:\n    min: low\n    max: 2\n", "low" },
    { "  bad: 7\n", "bad" },
};

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("input_number", sections[_i].section, sections[_i].said);
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass = items_check_restart(
        "input_number", "{'name':'Far','min':0,'max':9,'initial':2}",
        "[{'id':'far','name':'Far','min':0,'max':9,'initial':2,'step':1,'mode':'slider'}]");

    ck_assert_str_eq(home_state(hass, "input_number.far"), "2.0");
}
END_TEST

START_TEST(a_value_outside_of_a_new_range_is_forgotten)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    home_call(hass, "input_number", "set_value", "{'entity_id':'input_number.plain','value':12}",
              NULL);
    loader_configure("input_number:\n  plain:\n    min: 13\n    max: 20\n");
    hass = home_restart(hass, 60);
    ck_assert_str_eq(home_state(hass, "input_number.plain"), "13.0");
}
END_TEST

static const struct item_call before[] = {
    { "set_value", "{'entity_id':'input_number.plain','value':12.5}", "12.5", 0 },
};

START_TEST(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise)
{
    hass__assert_loop();
    items_check_restored(YAML, "input_number.plain", &before[_i]);
}
END_TEST

CASES_MAIN("input_number", ONCE(items_have_values_within_their_range),
           ROWS(services_set_and_step_within_the_range, calls), ONCE(steps_end_at_the_ends),
           ONCE(a_changed_range_takes_the_value_along), ROWS(a_wrong_item_is_refused, refused),
           ROWS(a_wrong_section_is_reported, sections),
           ONCE(a_value_outside_of_a_new_range_is_forgotten),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise, before))
