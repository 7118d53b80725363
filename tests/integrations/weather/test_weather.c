/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weather: the report and forecasts in the units of the home.
 */
#include <errno.h>
#include <string.h>

#include <hass/entity_registry.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"
#include "weather/weather.h"

/* The weather of a test. It outlives the test function, as the home does. */
static struct weather_report report;
static const char *forecast; /* JSON with ' for "; or NULL */
static int forecast_result;
static enum weather_feature asked;

static const struct weather_report *get_report(struct hass_entity *entity)
{
    return &report;
}

static HASS_COROUTINE int get_forecast(struct hass_entity *entity, enum weather_feature kind,
                                       json_t **ret_forecast, struct hass_error *err)
{
    asked = kind;
    if (forecast_result < 0)
        return hass_fail(err, forecast_result, "clouds in the way");
    *ret_forecast = forecast ? test_json(forecast) : NULL;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
static const struct weather_ops kinds[] = {
    WEATHER_OPS(.report = get_report, .async_forecast = get_forecast),
    WEATHER_OPS(.report = get_report),
    WEATHER_OPS(.report = get_report),
};
static const struct hass_entity_description descriptions[] = {
    HASS_ENTITY_DESCRIPTION(.name = "Home", .unique_id = "home", .has_supported_features = true,
                            .supported_features =
                                WEATHER_FORECAST_DAILY | WEATHER_FORECAST_TWICE_DAILY),
    HASS_ENTITY_DESCRIPTION(.name = "Here"),
    HASS_ENTITY_DESCRIPTION(.name = "Liar", .supported_features = WEATHER_FORECAST_DAILY),
};

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entities[3];

    for (size_t i = 0; i < 3; i++)
        entities[i] = hass_entity_new(hass, &ops, &descriptions[i], &kinds[i], NULL, NULL);
    return hass_component_async_add_entities(hass_component_async_get(hass, "weather"), entities, 3,
                                             err);
}

static HASS_CALLBACK struct hass *home(const char *system)
{
    struct hass_buf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "homeassistant:\n  unit_system: %s\nwebsocket_api:\nweather:\n", system);
    struct hass *hass = test_home(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    report.size = sizeof(report);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static HASS_CALLBACK json_t *attributes(struct hass *hass)
{
    return hass_state_attributes(hass_states_async_get(hass, "weather.home"));
}

START_TEST(what_is_not_known_is_not_shown)
{
    hass__assert_loop();
    struct hass *hass = home("metric");
    autojson *all = attributes(hass);

    ck_assert_str_eq(home_state(hass, "weather.home"), "unknown");
    ck_assert_json(all, "{'temperature_unit':'°C','pressure_unit':'hPa','wind_speed_unit':'km/h',"
                        "'visibility_unit':'km','precipitation_unit':'mm',"
                        "'friendly_name':'Home','supported_features':5}");
}
END_TEST

static const struct weather_report metric =
    WEATHER_REPORT(.condition = "sunny", .temperature = { HASS_VALUE_DOUBLE, .number = 21.66 },
                   .apparent_temperature = { HASS_VALUE_INT, .integer = 20 },
                   .dew_point = { HASS_VALUE_DOUBLE, .number = 12.34 },
                   .humidity = { HASS_VALUE_DOUBLE, .number = 55.5 },
                   .cloud_coverage = { HASS_VALUE_INT, .integer = 75 },
                   .ozone = { HASS_VALUE_DOUBLE, .number = 310.25 },
                   .uv_index = { HASS_VALUE_DOUBLE, .number = 2.5 },
                   .pressure = { HASS_VALUE_DOUBLE, .number = 1013.256 },
                   .wind_bearing = { HASS_VALUE_INT, .integer = 270 },
                   .wind_gust_speed = { HASS_VALUE_INT, .integer = 15 },
                   .wind_speed = { HASS_VALUE_INT, .integer = 10 },
                   .visibility = { HASS_VALUE_INT, .integer = 9 }, .temperature_unit = "°C",
                   .pressure_unit = "hPa", .wind_speed_unit = "m/s", .visibility_unit = "km",
                   .precipitation_unit = "mm");

START_TEST(a_report_is_shown_in_metric_units)
{
    hass__assert_loop();
    report = metric;
    struct hass *hass = home("metric");
    autojson *all = attributes(hass);

    ck_assert_str_eq(home_state(hass, "weather.home"), "sunny");
    ck_assert_json(all, "{'temperature':21.7,'apparent_temperature':20.0,'dew_point':12.3,"
                        "'temperature_unit':'°C','humidity':56,'ozone':310.25,"
                        "'cloud_coverage':75,'uv_index':2.5,'pressure':1013.26,"
                        "'pressure_unit':'hPa','wind_bearing':270,'wind_gust_speed':54.0,"
                        "'wind_speed':36.0,'wind_speed_unit':'km/h','visibility':9.0,"
                        "'visibility_unit':'km','precipitation_unit':'mm',"
                        "'friendly_name':'Home','supported_features':5}");
}
END_TEST

START_TEST(a_report_is_shown_in_us_customary_units)
{
    hass__assert_loop();
    report = metric;
    report.wind_bearing = hass_value_string("SW");
    struct hass *hass = home("us_customary");
    autojson *all = attributes(hass);

    ck_assert_json(all, "{'temperature':71.0,'apparent_temperature':68.0,'dew_point':54.0,"
                        "'temperature_unit':'°F','humidity':56,'ozone':310.25,"
                        "'cloud_coverage':75,'uv_index':2.5,'pressure':29.92,"
                        "'pressure_unit':'inHg','wind_bearing':'SW','wind_gust_speed':33.55,"
                        "'wind_speed':22.37,'wind_speed_unit':'mph','visibility':5.59,"
                        "'visibility_unit':'mi','precipitation_unit':'in',"
                        "'friendly_name':'Home','supported_features':5}");
}
END_TEST

START_TEST(a_unit_that_does_not_convert_leaves_the_value)
{
    hass__assert_loop();
    report = (struct weather_report){ .temperature = HASS_DOUBLE(7.25), .temperature_unit = "hot" };
    struct hass *hass = home("metric");
    autojson *temperature = home_attribute(hass, "weather.home", "temperature");

    ck_assert_json(temperature, "7.2");
}
END_TEST

START_TEST(its_user_chooses_units)
{
    hass__assert_loop();
    report = metric;
    struct hass *hass = home("metric");
    json_t *changes =
        test_json("{'options':{'weather':{'wind_speed_unit':'m/s','pressure_unit':'mmHg',"
                  "'temperature_unit':'°F','visibility_unit':'m','precipitation_unit':7}}}");

    ck_assert_int_eq(hass_entity_registry_async_update(hass, "weather.home", changes, NULL, NULL),
                     0);
    test_settle(hass);
    autojson *all = attributes(hass);
    ck_assert_json(all, "{'temperature':71.0,'apparent_temperature':68.0,'dew_point':54.0,"
                        "'temperature_unit':'°F','humidity':56,'ozone':310.25,"
                        "'cloud_coverage':75,'uv_index':2.5,'pressure':760.0,"
                        "'pressure_unit':'mmHg','wind_bearing':270,'wind_gust_speed':15.0,"
                        "'wind_speed':10.0,'wind_speed_unit':'m/s','visibility':9.0,"
                        "'visibility_unit':'km','precipitation_unit':'mm',"
                        "'friendly_name':'Home','supported_features':5}");
}
END_TEST

START_TEST(clients_are_told_which_units_there_are)
{
    struct hass *hass = test_home("websocket_api:\nweather:\n");
    const json_t *answer =
        client_ask(client_open(hass, NULL, true), "{'type':'weather/convertible_units'}");

    ck_assert_json(json_object_get(json_object_get(answer, "result"), "units"),
                   "{'temperature_unit':['°C','°F'],'pressure_unit':['hPa','inHg','mbar','mmHg'],"
                   "'wind_speed_unit':['ft/s','km/h','kn','m/s','mph'],"
                   "'visibility_unit':['km','mi'],'precipitation_unit':['in','mm']}");
}
END_TEST

/* forecasts */

struct request {
    const char *data;
    json_t *response;
};

static HASS_COROUTINE int request_forecasts(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    struct request *request = userdata;
    const struct hass_call_options options = { .size = sizeof(options),
                                               .blocking = true,
                                               .return_response = true };

    return hass_services_async_call(hass, "weather", "get_forecasts", test_json(request->data),
                                    &options, &request->response, err);
}

static const struct {
    const char *system, *native, *shown;
} forecasts[] = {
    { "metric", NULL, "[]" },
    { "metric", "[]", "[]" },
    { "metric", "[7,null,{}]", "[{'temperature':null}]" },
    { "metric",
      "[{'datetime':'2024-01-01T12:00:00Z','condition':'rainy','native_temperature':10.26,"
      "'native_templow':4,'native_precipitation':1.234,'humidity':80.4,'native_wind_speed':10,"
      "'native_wind_gust_speed':null,'native_pressure':1000,'wind_bearing':90,"
      "'precipitation_probability':70,'is_daytime':true}]",
      "[{'datetime':'2024-01-01T12:00:00Z','condition':'rainy','temperature':10.3,'templow':4.0,"
      "'precipitation':1.23,'humidity':80,'wind_speed':36.0,'wind_gust_speed':null,"
      "'pressure':1000.0,'wind_bearing':90,'precipitation_probability':70,'is_daytime':true}]" },
    { "us_customary",
      "[{'native_temperature':10.26,'native_apparent_temperature':9,'native_dew_point':0,"
      "'native_precipitation':25.4,'pressure':1000,'wind_speed':10}]",
      "[{'temperature':50.0,'apparent_temperature':48.0,'dew_point':32.0,'precipitation':1.0,"
      "'pressure':29.53,'wind_speed':22.37}]" },
    { "metric", "[{'temperature':'warm'}]", "[{'temperature':'warm'}]" },
};

START_TEST(forecasts_are_in_the_units_of_the_home)
{
    hass__assert_loop();
    report = metric;
    forecast = forecasts[_i].native;
    struct hass *hass = home(forecasts[_i].system);
    struct request request = { "{'entity_id':'weather.home','type':'twice_daily'}", NULL };
    autojson *shown = NULL;

    ck_assert_int_eq(test_run_coroutine(hass, request_forecasts, &request), 0);
    ck_assert_uint_eq(asked, WEATHER_FORECAST_TWICE_DAILY);
    shown =
        json_incref(json_object_get(json_object_get(request.response, "weather.home"), "forecast"));
    ck_assert_json(shown, forecasts[_i].shown);
    json_decref(request.response);
}
END_TEST

static const struct {
    const char *data;
    int result, code;
    const char *message;
} bad[] = {
    { "{'entity_id':'weather.home'}", 0, HASS_E_INVALID, "type" },
    { "{'entity_id':'weather.home','type':'weekly'}", 0, HASS_E_INVALID, "type" },
    { "{'entity_id':'weather.home','type':'hourly'}", 0, HASS_E_GENERAL,
      "Weather entity 'weather.home' does not support 'hourly' forecast" },
    { "{'entity_id':'weather.liar','type':'daily'}", 0, HASS_E_GENERAL, "does not support" },
    { "{'entity_id':'weather.here','type':'daily'}", 0, HASS_E_UNSUPPORTED, "weather.here" },
    { "{'entity_id':'weather.home','type':'daily'}", -EIO, -EIO, "clouds in the way" },
};

START_TEST(a_wrong_request_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home("metric");
    struct request request = { bad[_i].data, NULL };
    struct hass_error err = HASS_ERROR_INIT;

    forecast_result = bad[_i].result;
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(request_forecasts, &request), &err),
                     bad[_i].code);
    ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s", err.message);
    ck_assert_ptr_null(request.response);
}
END_TEST

START_TEST(forecasts_are_given_only_to_who_wants_a_response)
{
    hass__assert_loop();
    struct hass *hass = home("metric");

    ck_assert_int_lt(home_call(hass, "weather", "get_forecasts",
                               "{'entity_id':'weather.home','type':'daily'}", NULL),
                     0);
}
END_TEST

START_TEST(clients_follow_a_forecast)
{
    hass__assert_loop();
    report = metric;
    forecast = "[{'native_temperature':10}]";
    struct hass *hass = home("metric");
    struct hass_entity *entity = hass_async_get_entity(hass, "weather.home");
    struct client *client = client_open(hass, NULL, true);
    const json_t *answer = client_ask(client, "{'type':'weather/subscribe_forecast','entity_id':"
                                              "'weather.home','forecast_type':'daily'}");

    ck_assert_json(json_object_get(answer, "success"), "true");
    ck_assert_json(json_object_get(client_next(client), "event"),
                   "{'type':'daily','forecast':[{'temperature':10.0}]}");
    forecast = "[{'native_temperature':11}]";
    ck_assert_int_eq(weather_async_forecast_changed(entity, WEATHER_FORECAST_HOURLY, NULL), 0);
    ck_assert_ptr_null(client_next(client));
    ck_assert_int_eq(weather_async_forecast_changed(entity, WEATHER_FORECAST_DAILY, NULL), 0);
    ck_assert_json(json_object_get(client_next(client), "event"),
                   "{'type':'daily','forecast':[{'temperature':11.0}]}");
    forecast_result = -EIO;
    ck_assert_int_eq(weather_async_forecast_changed(entity, WEATHER_FORECAST_DAILY, NULL), 0);
    ck_assert_json(json_object_get(client_next(client), "event"),
                   "{'type':'daily','forecast':null}");
}
END_TEST

START_TEST(a_client_that_has_gone_is_sent_nothing)
{
    hass__assert_loop();
    struct hass *hass = home("metric");
    struct hass_entity *entity = hass_async_get_entity(hass, "weather.home");
    struct client *client = client_open(hass, NULL, true);

    client_ask(client, "{'type':'weather/subscribe_forecast','entity_id':'weather.home',"
                       "'forecast_type':'daily'}");
    ck_assert_int_eq(weather_async_forecast_changed(entity, WEATHER_FORECAST_DAILY, NULL), 0);
    client_close(client);
    test_settle(hass);
    ck_assert_int_eq(weather_async_forecast_changed(entity, WEATHER_FORECAST_DAILY, NULL), 0);
    test_settle(hass);
}
END_TEST

static const struct {
    const char *message, *code;
} refused[] = {
    { "'entity_id':'weather.other','forecast_type':'daily'", "invalid_entity_id" },
    { "'entity_id':'weather.home','forecast_type':'hourly'", "forecast_not_supported" },
    { "'entity_id':'weather.home','forecast_type':'weekly'", "invalid_format" },
    { "'entity_id':'weather.home'", "invalid_format" },
};

START_TEST(what_cannot_be_followed_is_refused)
{
    hass__assert_loop();
    struct hass *hass = home("metric");
    struct hass_buf message = HASS_BUF_INIT;

    hass_buf_printf(&message, "{'type':'weather/subscribe_forecast',%s}", refused[_i].message);
    ck_assert_str_eq(
        client_error(client_ask(client_open(hass, NULL, true), hass_buf_string(&message))),
        refused[_i].code);
    hass_buf_fini(&message);
}
END_TEST

CASES_MAIN("weather", ONCE(what_is_not_known_is_not_shown), ONCE(a_report_is_shown_in_metric_units),
           ONCE(a_report_is_shown_in_us_customary_units), ONCE(its_user_chooses_units),
           ONCE(clients_are_told_which_units_there_are),
           ONCE(a_unit_that_does_not_convert_leaves_the_value),
           ROWS(forecasts_are_in_the_units_of_the_home, forecasts),
           ROWS(a_wrong_request_is_refused, bad), ONCE(clients_follow_a_forecast),
           ONCE(a_client_that_has_gone_is_sent_nothing),
           ROWS(what_cannot_be_followed_is_refused, refused),
           ONCE(forecasts_are_given_only_to_who_wants_a_response))
