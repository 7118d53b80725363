/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template vacuums, alarm panels, weather and images.
 */
#include <string.h>

#include "base/mem.h"
#include "calls.h"

static const char old_style[] =
    "vacuum:\n"
    "  - platform: template\n"
    "    vacuums:\n"
    "      robot:\n"
    "        value_template: \"{{ states('t.robot') }}\"\n"
    "        battery_level_template: \"{{ states('t.battery') }}\"\n"
    "        fan_speed_template: \"{{ states('t.speed') }}\"\n"
    "        fan_speeds: [low, high]\n"
    "        start: " REC(
        "start",
        "") "\n"
            "        return_to_base: " REC(
                "home",
                "") "\n"
                    "        set_fan_speed: " REC(
                        "speed",
                        ", s: '{{ fan_speed }}'") "\n"
                                                  "alarm_control_panel:\n"
                                                  "  - platform: template\n"
                                                  "    panels:\n"
                                                  "      house:\n"
                                                  "        value_template: \"{{ "
                                                  "states('t.alarm') }}\"\n"
                                                  "        code_arm_required: false\n"
                                                  "        arm_away: " REC(
                                                      "away",
                                                      ", c: '{{ code }}'") "\n"
                                                                           "        "
                                                                           "disarm: " REC(
                                                                               "disarm",
                                                                               ", c: '{{ code "
                                                                               "}}'") "\n"
                                                                                      "weather:"
                                                                                      "\n"
                                                                                      "  - "
                                                                                      "platform"
                                                                                      ": "
                                                                                      "template"
                                                                                      "\n"
                                                                                      "    "
                                                                                      "name: "
                                                                                      "Garden\n"
                                                                                      "    "
                                                                                      "conditio"
                                                                                      "n_"
                                                                                      "template"
                                                                                      ": \"{{ "
                                                                                      "states('"
                                                                                      "t."
                                                                                      "conditio"
                                                                                      "n') "
                                                                                      "}}\"\n"
                                                                                      "    "
                                                                                      "temperat"
                                                                                      "ure_"
                                                                                      "template"
                                                                                      ": \"{{ "
                                                                                      "states('"
                                                                                      "t."
                                                                                      "temperat"
                                                                                      "ure') "
                                                                                      "}}\"\n"
                                                                                      "    "
                                                                                      "humidity"
                                                                                      "_templat"
                                                                                      "e: \"{{ "
                                                                                      "states('"
                                                                                      "t."
                                                                                      "humidity"
                                                                                      "') "
                                                                                      "}}\"\n"
                                                                                      "    "
                                                                                      "wind_"
                                                                                      "bearing_"
                                                                                      "template"
                                                                                      ": \"{{ "
                                                                                      "states('"
                                                                                      "t."
                                                                                      "bearing'"
                                                                                      ") }}\"\n"
                                                                                      "    "
                                                                                      "attribut"
                                                                                      "ion_"
                                                                                      "template"
                                                                                      ": "
                                                                                      "\"From "
                                                                                      "{{ "
                                                                                      "states('"
                                                                                      "t."
                                                                                      "source')"
                                                                                      " }}\"\n"
                                                                                      "    "
                                                                                      "forecast"
                                                                                      "_daily_"
                                                                                      "template"
                                                                                      ": \"{{ "
                                                                                      "state_"
                                                                                      "attr('t."
                                                                                      "forecast"
                                                                                      "', "
                                                                                      "'list') "
                                                                                      "}}\"\n"
                                                                                      "template"
                                                                                      ":\n"
                                                                                      "  - "
                                                                                      "image: "
                                                                                      "{name: "
                                                                                      "Door, "
                                                                                      "url: "
                                                                                      "\"http:/"
                                                                                      "/127.0."
                                                                                      "0.1/{{ "
                                                                                      "states('"
                                                                                      "t."
                                                                                      "picture'"
                                                                                      ") "
                                                                                      "}}."
                                                                                      "jpg\"}\n"
                                                                                      "    "
                                                                                      "weather:"
                                                                                      " {name: "
                                                                                      "Roof, "
                                                                                      "conditio"
                                                                                      "n: "
                                                                                      "sunny, "
                                                                                      "temperat"
                                                                                      "ure_"
                                                                                      "template"
                                                                                      ": '5', "
                                                                                      "humidity"
                                                                                      ": 1}\n";

/* key: NULL is the state; shown: NULL is nothing, with a line in the log */
static const struct {
    const char *of, *is, *entity_id, *key, *shown;
} views[] = {
    { "t.robot", "cleaning", "vacuum.robot", NULL, "cleaning" },
    { "t.robot", "error", "vacuum.robot", NULL, "error" },
    { "t.robot", "dancing", "vacuum.robot", NULL, "unknown" },
    { "t.battery", "55", "vacuum.robot", "battery_level", "55" },
    { "t.battery", "101", "vacuum.robot", "battery_level", NULL },
    { "t.speed", "high", "vacuum.robot", "fan_speed", "'high'" },
    { "t.speed", "warp", "vacuum.robot", "fan_speed", NULL },
    { "t.alarm", "armed_away", "alarm_control_panel.house", NULL, "armed_away" },
    { "t.alarm", "triggered", "alarm_control_panel.house", NULL, "triggered" },
    { "t.alarm", "open", "alarm_control_panel.house", NULL, "unknown" },
    { "t.condition", "rainy", "weather.garden", NULL, "rainy" },
    { "t.condition", "nice", "weather.garden", NULL, "unknown" },
    { "t.temperature", "21.5", "weather.garden", "temperature", "21.5" },
    { "t.temperature", "warm", "weather.garden", "temperature", NULL },
    { "t.humidity", "101", "weather.garden", "humidity", NULL },
    { "t.bearing", "SW", "weather.garden", "wind_bearing", "'SW'" },
    { "t.bearing", "90", "weather.garden", "wind_bearing", "90" },
    { "t.source", "afar", "weather.garden", "attribution", "'From afar'" },
    { "t.source", "x", "weather.roof", NULL, "sunny" },
    { "t.source", "x", "weather.roof", "temperature", "5" },
};

START_TEST(it_shows_what_its_templates_give)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass *hass = home(old_style);

    logs_clear(logs);
    set(hass, views[_i].of, views[_i].is);
    if (!views[_i].key) {
        ck_assert_str_eq(home_state(hass, views[_i].entity_id), views[_i].shown);
        return;
    }
    autojson *value = home_attribute(hass, views[_i].entity_id, views[_i].key);
    if (views[_i].shown) {
        ck_assert_json(value, views[_i].shown);
        return;
    }
    ck_assert(!value || json_is_null(value));
    ck_assert_ptr_nonnull(logs_find(logs, "expected"));
}
END_TEST

static const struct {
    const char *domain, *service, *data, *called;
} told[] = {
    { "vacuum", "start", "{'entity_id':'vacuum.robot'}", "[{'name':'start'}]" },
    { "vacuum", "return_to_base", "{'entity_id':'vacuum.robot'}", "[{'name':'home'}]" },
    { "vacuum", "set_fan_speed", "{'entity_id':'vacuum.robot','fan_speed':'low'}",
      "[{'name':'speed','s':'low'}]" },
    { "alarm_control_panel", "alarm_arm_away", "{'entity_id':'alarm_control_panel.house'}",
      "[{'name':'away','c':null}]" },
    { "alarm_control_panel", "alarm_disarm",
      "{'entity_id':'alarm_control_panel.house','code':'0815'}", "[{'name':'disarm','c':'0815'}]" },
};

START_TEST(it_calls_the_service_of_its_action)
{
    hass__assert_loop();
    (void)test_logs();
    struct hass *hass = home(old_style);

    ck_assert_int_eq(home_call(hass, told[_i].domain, told[_i].service, told[_i].data, NULL), 0);
    ck_assert_json(calls, told[_i].called);
}
END_TEST

static const char without_templates[] =
    "template:\n"
    "  - vacuum: {name: V, start: [], pause: []}\n"
    "    alarm_control_panel: {name: A, code_format: no_code, arm_night: [], disarm: []}\n";

START_TEST(without_a_template_it_is_what_it_was_told)
{
    hass__assert_loop();
    struct hass *hass = home(without_templates);

    ck_assert_str_eq(home_state(hass, "vacuum.v"), "unknown");
    ck_assert_int_eq(home_call(hass, "vacuum", "start", "{'entity_id':'vacuum.v'}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "vacuum.v"), "cleaning");
    ck_assert_int_eq(home_call(hass, "alarm_control_panel", "alarm_arm_night",
                               "{'entity_id':'alarm_control_panel.a'}", NULL),
                     0);
    ck_assert_str_eq(home_state(hass, "alarm_control_panel.a"), "armed_night");
}
END_TEST

static HASS_COROUTINE int ask_forecast(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct hass_call_options options = { .size = sizeof(options),
                                               .blocking = true,
                                               .return_response = true };

    return hass_services_async_call(hass, "weather", "get_forecasts",
                                    test_json("{'entity_id':'weather.garden','type':'daily'}"),
                                    &options, userdata, err);
}

static const struct {
    const char *list, *forecast;
} forecasts[] = {
    { "[{'datetime':'2024-01-02T00:00:00+00:00','condition':'rainy','temperature':3}]",
      "[{'datetime':'2024-01-02T00:00:00+00:00','condition':'rainy','temperature':3}]" },
    { "[{'condition':'rainy'}]", "[]" },
    { "[{'datetime':'2024-01-02T00:00:00+00:00','mood':'good'}]", "[]" },
    { "['rainy']", "[]" },
    { "5", "[]" },
};

START_TEST(a_forecast_is_a_list_of_maps)
{
    hass__assert_loop();
    (void)test_logs();
    struct hass *hass = home(old_style);
    json_t *attributes = json_object(), *response = NULL;

    json_object_set_new(attributes, "list", test_json(forecasts[_i].list));
    ck_assert_int_eq(hass_states_async_set(hass, "t.forecast", "x", attributes, NULL, NULL), 0);
    test_settle(hass);
    ck_assert_int_eq(test_run_coroutine(hass, ask_forecast, &response), 0);
    ck_assert_json(hass_json_get(hass_json_get(response, "weather.garden"), "forecast"),
                   forecasts[_i].forecast);
    json_decref(response);
}
END_TEST

START_TEST(a_picture_is_as_old_as_its_address)
{
    hass__assert_loop();
    struct hass *hass = home(old_style);

    set(hass, "t.picture", "a");
    autofree char *first = strdup(home_state(hass, "image.door"));
    test_advance(hass, 60);
    set(hass, "t.picture", "a");
    ck_assert_str_eq(home_state(hass, "image.door"), first);
    set(hass, "t.picture", "b");
    ck_assert_str_ne(home_state(hass, "image.door"), first);
}
END_TEST

CASES_MAIN("template devices", ROWS(it_shows_what_its_templates_give, views),
           ROWS(it_calls_the_service_of_its_action, told),
           ONCE(without_a_template_it_is_what_it_was_told),
           ROWS(a_forecast_is_a_list_of_maps, forecasts), ONCE(a_picture_is_as_old_as_its_address))
