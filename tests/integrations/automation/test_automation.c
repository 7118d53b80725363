/* SPDX-License-Identifier: Apache-2.0 */
/* Automations as a home has them: set off, refused, turned on and off, asked about. Virtual time begins on 1 January 2024, 00:00. */
#include <string.h>

#include <hass/trace.h>

#include "support/items.h"

#define GO                                                                                         \
    "  - id: go\n    alias: Go\n    triggers: {trigger: event, event_type: go}\n"                  \
    "    actions: {event: done, event_data: {n: '{{ trigger.event.data.n }}'}}\n"

static HASS_CALLBACK void fire(struct hass *hass, const char *type, const char *data)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, data ? test_json(data) : NULL, NULL, NULL), 0);
    test_settle(hass);
}

START_TEST(a_trigger_runs_the_actions)
{
    hass__assert_loop();
    struct hass *hass = test_home("automation:\n" GO);
    struct capture *done = test_capture(hass, "done");
    struct capture *told = test_capture(hass, "automation_triggered");

    items_check_attributes(hass, "automation.go",
                           "{'id':'go','last_triggered':null,'mode':'single','current':0,"
                           "'friendly_name':'Go'}");
    test_advance(hass, 60);
    fire(hass, "go", "{'n':5}");
    ck_assert_uint_eq(capture_count(done), 1);
    ck_assert_json(hass_event_data(capture_event(done, 0)), "{'n':5}");
    const json_t *data = hass_event_data(capture_event(told, 0));
    ck_assert_str_eq(hass_json_get_string(data, "name", ""), "Go");
    ck_assert_str_eq(hass_json_get_string(data, "entity_id", ""), "automation.go");
    ck_assert_str_eq(hass_json_get_string(data, "source", ""), "event 'go'");
    autojson *last = home_attribute(hass, "automation.go", "last_triggered");
    ck_assert_str_eq(json_string_value(last), "2024-01-01T00:01:00+00:00");
}
END_TEST

TEST_MAIN("automation", a_trigger_runs_the_actions)
