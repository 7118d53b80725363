/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons that exist in software only. */
#include <hass/dt.h>

#include "support/items.h"

#define YAML "input_button:\n  bell:\n    name: Bell\n    icon: mdi:bell\n  plain:\n"

START_TEST(a_button_says_when_it_was_last_pressed)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    char now[HASS_DT_TEXT];

    ck_assert_str_eq(home_state(hass, "input_button.bell"), "unknown");
    items_check_attributes(hass, "input_button.bell",
                           "{'editable':false,'icon':'mdi:bell','friendly_name':'Bell'}");
    test_advance(hass, 12.5);
    hass_dt_iso(hass_now(hass), NULL, now);
    ck_assert_int_eq(
        home_call(hass, "input_button", "press", "{'entity_id':'input_button.bell'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "input_button.bell"), now);
    ck_assert_str_eq(home_state(hass, "input_button.plain"), "unknown");
}
END_TEST

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("input_button", "{'name':'x','icon':'bell'}", "icon");
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("input_button", "  bad:\n    initial: 7\n", "initial");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass =
        items_check_restart("input_button", "{'name':'Far'}", "[{'id':'far','name':'Far'}]");

    ck_assert_str_eq(home_state(hass, "input_button.far"), "unknown");
}
END_TEST

static const struct item_call before[] = {
    { "press", "{'entity_id':'input_button.bell'}", "2024-01-01T00:00:00+00:00", 0 },
    { "press", "{'entity_id':'input_button.plain'}", "unknown", 0 },
};

START_TEST(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise)
{
    hass__assert_loop();
    items_check_restored(YAML, "input_button.bell", &before[_i]);
}
END_TEST

CASES_MAIN("input_button", ONCE(a_button_says_when_it_was_last_pressed),
           ONCE(a_wrong_item_is_refused), ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(over_a_restart_it_is_as_it_was_unless_it_is_told_otherwise, before))
