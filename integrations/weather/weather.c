/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain weather: what it is like, and what it will be. Service get_forecasts.
 *
 *     units.c     which units it is shown in
 *     forecast.c  forecasts in these units
 *     websocket.c what clients ask
 *
 * Configuration: a list of platforms (`weather: [{platform: …}]`); the domain has no options of its own.
 */
#include "weather.h"

#include <stdlib.h>

#include <hass/domain.h>
#include <hass/integration.h>

#include "forecast.h"
#include "units.h"
#include "websocket.h"

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "weather", .name = "Weather", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"));

static struct hass_value state(struct hass_entity *entity)
{
    return hass_value_string(weather_report_of(entity).condition);
}

/* attributes */

/* A value that there is; numbers in the unit that is shown. */
static void set_measured(struct hass_attrs_writer *writer, const char *key,
                         const struct weather_unit *unit, struct hass_value value)
{
    double number;

    if (value.type == HASS_VALUE_NONE)
        return;
    if (unit && value.type != HASS_VALUE_BOOL && hass_value_number(value, &number))
        value = HASS_DOUBLE(weather_convert(unit, number));
    hass_attrs_set(writer, key, value);
}

static void set_unit(struct hass_attrs_writer *writer, const struct weather_unit *units,
                     enum weather_measure measure)
{
    hass_attrs_set_string(writer, weather_unit_key(measure), units[measure].shown);
}

static void set_humidity(struct hass_attrs_writer *writer, struct hass_value value)
{
    double number;

    if (hass_value_number(value, &number))
        value = HASS_INT((int64_t)weather_round(number, 0));
    set_measured(writer, "humidity", NULL, value);
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    struct weather_report report = weather_report_of(entity);
    struct weather_unit units[MEASURES];

    weather_units(entity, &report, units);
    const struct weather_unit *degrees = &units[MEASURE_TEMPERATURE];
    const struct weather_unit *speed = &units[MEASURE_WIND_SPEED];
    set_measured(writer, "temperature", degrees, report.temperature);
    set_measured(writer, "apparent_temperature", degrees, report.apparent_temperature);
    set_measured(writer, "dew_point", degrees, report.dew_point);
    set_unit(writer, units, MEASURE_TEMPERATURE);
    set_humidity(writer, report.humidity);
    set_measured(writer, "ozone", NULL, report.ozone);
    set_measured(writer, "cloud_coverage", NULL, report.cloud_coverage);
    set_measured(writer, "uv_index", NULL, report.uv_index);
    set_measured(writer, "pressure", &units[MEASURE_PRESSURE], report.pressure);
    set_unit(writer, units, MEASURE_PRESSURE);
    set_measured(writer, "wind_bearing", NULL, report.wind_bearing);
    set_measured(writer, "wind_gust_speed", speed, report.wind_gust_speed);
    set_measured(writer, "wind_speed", speed, report.wind_speed);
    set_unit(writer, units, MEASURE_WIND_SPEED);
    set_measured(writer, "visibility", &units[MEASURE_VISIBILITY], report.visibility);
    set_unit(writer, units, MEASURE_VISIBILITY);
    set_unit(writer, units, MEASURE_PRECIPITATION);
}

static HASS_COROUTINE int added_to_hass(struct hass_entity *entity, struct hass_error *err)
{
    weather_read_registry(entity);
    return 0;
}

static HASS_CALLBACK void registry_entry_updated(struct hass_entity *entity,
                                                 const struct hass_entity_entry *old)
{
    weather_read_registry(entity);
}

static void data_destroy(void *object)
{
    struct weather_data *data = object;

    for (int i = 0; i < MEASURES; i++)
        free(data->chosen[i]);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .has_supported_features = true,
    .data_size = sizeof(struct weather_data),
    .data_destroy = data_destroy,
    .async_added_to_hass = added_to_hass,
    .registry_entry_updated = registry_entry_updated,
};

/* forecasts */

static HASS_COROUTINE int get_forecasts(struct hass_entity *entity,
                                        const struct hass_service_call *call,
                                        struct hass_error *err)
{
    const char *type = hass_json_get_string(hass_service_call_data(call), "type", "");
    json_t *forecast = NULL;

    if (!forecast_is_supported(entity, forecast_kind(type)))
        return hass_fail(err, HASS_E_GENERAL, "Weather entity '%s' does not support '%s' forecast",
                         hass_entity_async_entity_id(entity), type);
    int r = forecast_async_get(entity, forecast_kind(type), &forecast, err);
    return r < 0 ? r : hass_service_call_respond(call, json_pack("{s:o}", "forecast", forecast));
}

HASS_SCHEMA(forecasts_schema,
            HASS_FIELD("type", &hass_type_enum, .words = forecast_kinds, .required = true,
                       .doc = "For each day, hour or half day"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("get_forecasts", "Gives forecasts", .schema = &forecasts_schema,
                        .feature_sets =
                            HASS_FEATURE_SETS(WEATHER_FORECAST_DAILY, WEATHER_FORECAST_HOURLY,
                                              WEATHER_FORECAST_TWICE_DAILY),
                        .supports_response = HASS_RESPONSE_ONLY, .async_handler = get_forecasts),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "weather",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    if (r >= 0)
        r = weather_add_commands(hass, err);
    if (r >= 0)
        r = hass_async_provide_api(hass, "weather", &weather_api, err);
    return r < 0 ? r : HASS_REGISTER_SERVICES(component, services, err);
}
