/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every feature of the living template.
 */
#include <string.h>

#include "demo/parts.h"
#include "support/cases.h"
#include "support/home.h"

START_TEST(its_entities_are_there)
{
    struct hass *hass = test_home("demo:\n");
    static const char *const states[][2] = {
        { "sensor.outside_temperature", "15.6" },
        { "binary_sensor.warm_outside", "off" },
        { "switch.decorative_lights", "on" },
        { "switch.ac", "off" },
        { "button.ring_the_bell", "unknown" },
        { "light.kitchen_table", "on" },
        { "event.doorbell", "unknown" },
        { "scene.movie_night", "unknown" },
        { "select.dishwasher_programme", "eco" },
        { "text.door_sign", "Welcome" },
        { "date.bulky_waste_collection", "2024-04-19" },
        { "time.alarm_clock", "06:45:00" },
        { "datetime.heating_service", "2024-04-19T07:00:00+00:00" },
        { "number.garden_watering", "12.5" },
        { "update.bridge_firmware", "on" },
        { "weather.weather_at_home", "partlycloudy" },
        { "media_player.kitchen_radio", "playing" },
    };

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        ck_assert_str_eq(home_state(hass, states[i][0]), states[i][1]);
    autojson *outside =
        hass_state_attributes(hass_states_async_get(hass, "sensor.outside_temperature"));
    autojson *lights =
        hass_state_attributes(hass_states_async_get(hass, "switch.decorative_lights"));
    ck_assert_json(outside, "{'state_class':'measurement','unit_of_measurement':'°C',"
                            "'device_class':'temperature','friendly_name':'Outside Temperature'}");
    ck_assert_json(lights, "{'assumed_state':true,'friendly_name':'Decorative Lights'}");
}
END_TEST

START_TEST(a_pool_update_fills_a_sensor_before_it_is_added)
{
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_gt(atoi(home_state(hass, "sensor.kernel_entropy")), 0);
}
END_TEST

START_TEST(the_timer_makes_weather)
{
    struct hass *hass = test_home("demo:\n  interval: 3600\n");

    test_advance(hass, 3600);
    ck_assert_str_eq(home_state(hass, "sensor.outside_temperature"), "11.9");
    ck_assert_str_eq(home_state(hass, "binary_sensor.warm_outside"), "off");
    test_advance(hass, 13 * 3600);
    ck_assert_str_eq(home_state(hass, "sensor.outside_temperature"), "19.6");
    ck_assert_str_eq(home_state(hass, "binary_sensor.warm_outside"), "on");
}
END_TEST

START_TEST(a_signal_pushes_the_sensor_and_the_tracker_follows)
{
    struct hass *hass = test_home("demo:\n");

    hass_async_dispatcher_send(hass, DEMO_SIGNAL_WEATHER, json_real(18.5), NULL);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.outside_temperature"), "18.5");
    ck_assert_str_eq(home_state(hass, "binary_sensor.warm_outside"), "on");
    hass_states_async_set(hass, "sensor.outside_temperature", "unknown", NULL, NULL, NULL);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "binary_sensor.warm_outside"), "unknown");
}
END_TEST

START_TEST(a_listener_on_the_pool_answers_with_the_same_context)
{
    struct hass *hass = test_home("demo:\n");
    struct capture *pongs = test_capture(hass, "demo_pong");
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);

    hass_bus_async_fire(hass, "demo_ping", test_json("{'n':7}"), context, NULL);
    test_settle(hass);
    ck_assert_uint_eq(capture_count(pongs), 1);
    ck_assert_json(hass_event_data(capture_event(pongs, 0)), "{'n':7}");
    ck_assert(hass_context_equal(hass_event_context(capture_event(pongs, 0)), context));
}
END_TEST

START_TEST(the_button_rings_the_bell)
{
    struct hass *hass = test_home("demo:\n");

    home_call(hass, "button", "press", "{'entity_id':'button.ring_the_bell'}", NULL);
    ck_assert_str_eq(home_state(hass, "event.doorbell"), "2024-01-01T00:00:00.000+00:00");
    autojson *type = home_attribute(hass, "event.doorbell", "event_type");
    ck_assert_json(type, "'ring'");
}
END_TEST

START_TEST(the_scene_switches_the_lights_off)
{
    struct hass *hass = test_home("demo:\n");

    home_call(hass, "scene", "turn_on", "{'entity_id':'scene.movie_night'}", NULL);
    ck_assert_str_eq(home_state(hass, "switch.decorative_lights"), "off");
}
END_TEST

static const struct {
    const char *domain, *service, *data, *entity_id, *state;
} settings[] = {
    { "select", "select_next", "{'entity_id':'all'}", "select.dishwasher_programme", "auto" },
    { "text", "set_value", "{'entity_id':'all','value':'Out'}", "text.door_sign", "Out" },
    { "date", "set_value", "{'entity_id':'all','date':'2024-05-17'}", "date.bulky_waste_collection",
      "2024-05-17" },
    { "time", "set_value", "{'entity_id':'all','time':'07:00'}", "time.alarm_clock", "07:00:00" },
    { "datetime", "set_value", "{'entity_id':'all','datetime':'2025-01-02 03:04:05Z'}",
      "datetime.heating_service", "2025-01-02T03:04:05+00:00" },
    { "number", "set_value", "{'entity_id':'all','value':30}", "number.garden_watering", "30.0" },
    { "update", "install", "{'entity_id':'all'}", "update.bridge_firmware", "off" },
    { "media_player", "media_pause", "{'entity_id':'all'}", "media_player.kitchen_radio",
      "paused" },
    { "media_player", "turn_off", "{'entity_id':'all'}", "media_player.kitchen_radio", "off" },
};

START_TEST(values_are_set)
{
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_eq(
        home_call(hass, settings[_i].domain, settings[_i].service, settings[_i].data, NULL), 0);
    ck_assert_str_eq(home_state(hass, settings[_i].entity_id), settings[_i].state);
}
END_TEST

/* A call of a service that answers. */
struct request {
    const char *domain, *service, *data;
    json_t *response;
};

static HASS_COROUTINE int ask(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct request *request = userdata;
    const struct hass_call_options options = { .size = sizeof(options),
                                               .blocking = true,
                                               .return_response = true };

    return hass_services_async_call(hass, request->domain, request->service,
                                    test_json(request->data), &options, &request->response, err);
}

START_TEST(the_weather_follows_the_signal_and_has_a_forecast)
{
    struct hass *hass = test_home("demo:\n");
    autojson *forecast = NULL;
    struct request request = { "weather", "get_forecasts",
                               "{'entity_id':'weather.weather_at_home','type':'daily'}", NULL };

    hass_async_dispatcher_send(hass, DEMO_SIGNAL_WEATHER, json_real(18.5), NULL);
    autojson *temperature = home_attribute(hass, "weather.weather_at_home", "temperature");
    ck_assert_json(temperature, "18.5");
    ck_assert_int_eq(test_run_coroutine(hass, ask, &request), 0);
    forecast = json_incref(
        json_object_get(json_object_get(request.response, "weather.weather_at_home"), "forecast"));
    ck_assert_uint_eq(json_array_size(forecast), 5);
    ck_assert_json(json_array_get(forecast, 0),
                   "{'datetime':'2024-01-01T00:00:00+00:00','condition':'rainy',"
                   "'temperature':14.0,'templow':6.5,'precipitation_probability':90}");
    json_decref(request.response);
}
END_TEST

START_TEST(the_radio_knows_its_stations)
{
    struct hass *hass = test_home("demo:\n");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(home_call(hass, "media_player", "select_source",
                               "{'entity_id':'media_player.kitchen_radio','source':'News'}", NULL),
                     0);
    autojson *title = home_attribute(hass, "media_player.kitchen_radio", "media_title");
    ck_assert_json(title, "'News'");
    ck_assert_int_eq(home_call(hass, "media_player", "select_source",
                               "{'entity_id':'media_player.kitchen_radio','source':'x'}", &err),
                     HASS_E_SERVICE_VALIDATION);
    ck_assert_str_eq(err.key, "invalid_source");
}
END_TEST

START_TEST(greetings_are_counted)
{
    struct hass *hass = test_home("demo:\n");
    struct request first = { "demo", "greet", "{'name':'Ada'}", NULL };
    struct request second = { "demo", "greet", "{}", NULL };

    ck_assert_int_eq(test_run_coroutine(hass, ask, &first), 0);
    ck_assert_json(first.response, "{'greeting':'Hello, Ada','count':1}");
    ck_assert_int_eq(home_call(hass, "demo", "greet", "{'name':'nobody listens'}", NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, ask, &second), 0);
    ck_assert_json(second.response, "{'greeting':'Hello, you','count':3}");
    json_decref(first.response);
    json_decref(second.response);
}
END_TEST

static const char *const bad_calls[] = { "{'name':''}", "{'name':['Ada']}", "{'nmae':'Ada'}" };

START_TEST(a_wrong_greeting_is_refused)
{
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_eq(home_call(hass, "demo", "greet", bad_calls[_i], NULL), HASS_E_INVALID);
}
END_TEST

static const char *const bad_sections[] = { "demo:\n  interval: 0\n", "demo:\n  interval: soon\n",
                                            "demo:\n  intervall: 60\n", "demo: 7\n" };

START_TEST(a_wrong_section_is_reported)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_home(bad_sections[_i]);

    ck_assert(!hass_component_loaded(hass, "demo"));
    ck_assert_ptr_nonnull(logs_find(logs, "demo"));
    ck_assert(!hass_services_async_has(hass, "demo", "greet"));
}
END_TEST

/* Registered entities that are gone keep their places; the home's zone stays, on which trackers depend. */
static HASS_CALLBACK bool all_are_placeholders(struct hass *hass)
{
    struct hass_state_list states = { 0 };
    struct hass_value restored;
    bool all = true;

    ck_assert_int_eq(hass_states_async_all(hass, NULL, &states, NULL), 0);
    for (size_t i = 0; i < states.count; i++)
        all = all && (strncmp(hass_state_entity_id(states.items[i]), "zone.", 5) == 0 ||
                      hass_state_attr(states.items[i], "restored", &restored));
    hass_state_list_fini(&states);
    return all;
}

START_TEST(nothing_is_left_of_it_when_it_is_unloaded)
{
    struct hass *hass = test_home("demo:\n");

    ck_assert_int_eq(loader_unload(hass, "demo", NULL), 0);
    ck_assert(all_are_placeholders(hass));
    ck_assert(!hass_services_async_has(hass, "demo", "greet"));
    autojson *listeners = hass_bus_async_listeners(hass);
    ck_assert_ptr_null(hass_json_get(listeners, "demo_ping"));
    test_advance(hass, 120);
    ck_assert_int_eq(loader_set_up(hass, "demo", NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.outside_temperature"), "15.6");
}
END_TEST

START_TEST(it_can_be_reloaded_again_and_again)
{
    struct hass *hass = test_home("demo:\n");
    struct logs *logs = test_logs();
    size_t states = hass_states_async_count(hass, NULL);

    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(loader_reload(hass, "demo", NULL), 0);
        test_settle(hass);
        ck_assert_uint_eq(hass_states_async_count(hass, NULL), states);
    }
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

CASES_MAIN("demo", ONCE(its_entities_are_there),
           ONCE(a_pool_update_fills_a_sensor_before_it_is_added), ONCE(the_timer_makes_weather),
           ONCE(a_signal_pushes_the_sensor_and_the_tracker_follows),
           ONCE(a_listener_on_the_pool_answers_with_the_same_context), ONCE(greetings_are_counted),
           ONCE(the_button_rings_the_bell), ONCE(the_scene_switches_the_lights_off),
           ROWS(values_are_set, settings), ONCE(the_weather_follows_the_signal_and_has_a_forecast),
           ONCE(the_radio_knows_its_stations), ROWS(a_wrong_greeting_is_refused, bad_calls),
           ROWS(a_wrong_section_is_reported, bad_sections),
           ONCE(nothing_is_left_of_it_when_it_is_unloaded),
           ONCE(it_can_be_reloaded_again_and_again))
