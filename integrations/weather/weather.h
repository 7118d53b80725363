/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain weather fills in. Set supported_features of the description to bits of enum
 * weather_feature.
 *
 * Model: components.weather
 */
#pragma once

#include <hass/entity.h>
#include <hass/integration.h>

enum weather_feature {
    WEATHER_FORECAST_DAILY = 1,
    WEATHER_FORECAST_HOURLY = 2,
    WEATHER_FORECAST_TWICE_DAILY = 4,
};

/** The weather now. Values that are HASS_NONE are not shown. */
struct weather_report {
    uint32_t size;
    /**
     * "clear-night", "cloudy", "exceptional", "fog", "hail", "lightning", "lightning-rainy", "partlycloudy", "pouring", "rainy",
     * "snowy", "snowy-rainy", "sunny", "windy", "windy-variant"; NULL shows "unknown".
     */
    const char *condition;
    struct hass_value temperature, apparent_temperature, dew_point;
    struct hass_value humidity, cloud_coverage; /* % */
    struct hass_value ozone, uv_index;
    struct hass_value pressure;
    struct hass_value wind_bearing; /* degrees, or text: "SW" */
    struct hass_value wind_gust_speed, wind_speed;
    struct hass_value visibility;
    /** Of this report and of forecasts; NULL: those of the home. */
    const char *temperature_unit, *pressure_unit, *wind_speed_unit, *visibility_unit,
        *precipitation_unit;
};

struct weather_ops {
    uint32_t size;
    /** Lends the report, from the published values. Loop thread. */
    const struct weather_report *(*report)(struct hass_entity *entity);
    /**
     * A forecast of one kind; a coroutine.
     *
     * Shape: @ret_forecast, owned by the caller; NULL is []: [{"datetime": ISO text, "is_daytime"?: bool, "condition"?: str,
     *        "native_temperature", "native_templow"?, "native_apparent_temperature"?, "native_dew_point"?,
     *        "native_pressure"?, "native_wind_speed"?, "native_wind_gust_speed"?, "native_precipitation"?, "humidity"?,
     *        "precipitation_probability"?, "cloud_coverage"?, "uv_index"?, "wind_bearing"?}]
     */
    int (*async_forecast)(struct hass_entity *entity, enum weather_feature kind,
                          json_t **ret_forecast, struct hass_error *err);
};

/** Offered as the API "weather" for as long as the domain is set up. */
struct weather_api {
    uint32_t size;
    int (*async_forecast_changed)(struct hass_entity *entity, uint32_t kinds,
                                  struct hass_error *err);
};

/**
 * There are new forecasts of these kinds (bits of enum weather_feature): whoever follows them is sent them.
 *
 * Model: WeatherEntity.async_update_listeners
 */
static inline HASS_CALLBACK int
weather_async_forecast_changed(struct hass_entity *entity, uint32_t kinds, struct hass_error *err)
{
    const struct weather_api *api = hass_async_get_api(hass_entity_hass(entity), "weather");

    return api ? api->async_forecast_changed(entity, kinds, err)
               : hass_fail(err, HASS_E_NOT_FOUND, "the domain weather is not set up");
}

#define WEATHER_REPORT(...)                                                                        \
    {                                                                                              \
        .size = sizeof(struct weather_report), __VA_ARGS__                                         \
    }
#define WEATHER_OPS(...)                                                                           \
    {                                                                                              \
        .size = sizeof(struct weather_ops), __VA_ARGS__                                            \
    }
