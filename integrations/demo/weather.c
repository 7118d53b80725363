/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The weather, with the temperature of the signal and a forecast for each of the next days.
 */
#include "weather/weather.h"

#include <hass/dt.h>

#include "parts.h"

#define DAYS 5
#define DAY  (INT64_C(86400) * HASS_USEC_PER_SEC)

struct values {
    struct weather_report report;
};

static HASS_CALLBACK const struct weather_report *report(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->report;
}

static HASS_COROUTINE int forecast(struct hass_entity *entity, enum weather_feature kind,
                                   json_t **ret_forecast, struct hass_error *err)
{
    static const char *const conditions[DAYS] = { "rainy", "cloudy", "partlycloudy", "sunny",
                                                  "sunny" };
    int64_t now = hass_now(hass_entity_hass(entity));
    json_t *list = json_array();

    for (int i = 0; i < DAYS; i++) {
        char text[HASS_DT_TEXT];
        hass_dt_iso(now - now % DAY + i * DAY, NULL, text);
        json_array_append_new(list, json_pack("{s:s, s:s, s:f, s:f, s:i}", "datetime", text,
                                              "condition", conditions[i], "native_temperature",
                                              14.0 + i, "native_templow", 6.5 + i,
                                              "precipitation_probability", 90 - 20 * i));
    }
    *ret_forecast = list;
    return 0;
}

static HASS_CALLBACK int on_weather(const struct hass_signal *signal, void *userdata,
                                    struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    struct values *values = hass_entity_async_values(entity);

    values->report.temperature = HASS_DOUBLE(json_number_value(signal->data));
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int subscribe(struct hass_entity *entity, struct hass_error *err)
{
    struct hass_sub *sub;
    int r = hass_async_dispatcher_connect(hass_entity_hass(entity), DEMO_SIGNAL_WEATHER,
                                          HASS_JOB_CALLBACK(on_weather, entity), &sub, err);

    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = subscribe);
static const struct weather_ops weather = WEATHER_OPS(.report = report, .async_forecast = forecast);
static const struct hass_entity_description home =
    HASS_ENTITY_DESCRIPTION(.name = "Weather at Home", .unique_id = "weather_1",
                            .device_info = &demo_weather_station, .attribution = "Made up by demo",
                            .supported_features = WEATHER_FORECAST_DAILY,
                            .has_supported_features = true);

int demo_add_weather(struct hass_platform *platform, struct hass_error *err)
{
    const struct values values = {
        .report = WEATHER_REPORT(.condition = "partlycloudy", .temperature = HASS_DOUBLE(15.6),
                                 .humidity = HASS_INT(72), .pressure = HASS_DOUBLE(1013.2),
                                 .wind_bearing = HASS_INT(230), .wind_speed = HASS_DOUBLE(3.4),
                                 .temperature_unit = "°C", .pressure_unit = "hPa",
                                 .wind_speed_unit = "m/s"),
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &home, &weather, &values, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
