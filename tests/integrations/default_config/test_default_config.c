/* SPDX-License-Identifier: Apache-2.0 */
/* What a home usually has, in one line. */
#include <hass/collection.h>

#include "support/items.h"

static const char *const domains[] = { "counter",        "input_boolean", "input_button",
                                       "input_datetime", "input_number",  "input_select",
                                       "input_text",     "person",        "schedule",
                                       "timer",          "zone" };

START_TEST(helpers_are_set_up_without_sections)
{
    hass__assert_loop();
    struct hass *hass = test_home("default_config:\n");

    ck_assert(hass_collection_async_has(hass, domains[_i]));
    ck_assert(hass_services_async_is_admin(hass, domains[_i], "reload"));
}
END_TEST

START_TEST(what_was_made_at_run_time_is_left_alone_by_sections_that_come_and_go)
{
    hass__assert_loop();
    struct hass *hass = test_home("default_config:\ncounter:\n  one:\n");

    json_decref(items_change(hass, "counter", NULL, "{'name':'Two'}", NULL));
    loader_configure("default_config:\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", "reload_all", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "counter.one"), "(none)");
    ck_assert_str_eq(home_state(hass, "counter.two"), "0");
    loader_configure("default_config:\ncounter:\n  three:\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", "reload_all", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "counter.two"), "0");
    ck_assert_str_eq(home_state(hass, "counter.three"), "0");
}
END_TEST

CASES_MAIN("default_config", ROWS(helpers_are_set_up_without_sections, domains),
           ONCE(what_was_made_at_run_time_is_left_alone_by_sections_that_come_and_go))
