/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template weather: a report, a template for each value, and forecasts, which are lists of maps.
 */
#include "weather/weather.h"

#include <stdio.h>
#include <stdlib.h>

#include "parts.h"

TEMPLATE_SCHEMA(template_weather_schema, TEMPLATE_COMMON_FIELDS,
                HASS_FIELD("condition", &template_type_template, .required = true,
                           .doc = "sunny, cloudy, rainy, …"),
                HASS_FIELD("temperature", &template_type_template, .required = true,
                           .doc = "Temperature"),
                HASS_FIELD("humidity", &template_type_template, .required = true, .doc = "%"),
                TEMPLATE_FIELD("apparent_temperature", "How warm it feels"),
                TEMPLATE_FIELD("dew_point", "Dew point"), TEMPLATE_FIELD("cloud_coverage", "%"),
                TEMPLATE_FIELD("ozone", "Ozone"), TEMPLATE_FIELD("uv_index", "UV index"),
                TEMPLATE_FIELD("pressure", "Pressure"),
                TEMPLATE_FIELD("wind_bearing", "Degrees, or a text such as SW"),
                TEMPLATE_FIELD("wind_speed", "Wind"), TEMPLATE_FIELD("wind_gust_speed", "Gusts"),
                TEMPLATE_FIELD("visibility", "Visibility"),
                TEMPLATE_FIELD("attribution", "Where it comes from"),
                TEMPLATE_FIELD("forecast_daily", "A list of maps"),
                TEMPLATE_FIELD("forecast_hourly", "A list of maps"),
                TEMPLATE_FIELD("forecast_twice_daily", "A list of maps, each with is_daytime"),
                HASS_FIELD("temperature_unit", &hass_type_temperature_unit, .doc = "C or F"),
                HASS_FIELD("pressure_unit", &hass_type_string, .doc = "Unit of pressure"),
                HASS_FIELD("wind_speed_unit", &hass_type_string, .doc = "Unit of winds"),
                HASS_FIELD("visibility_unit", &hass_type_string, .doc = "Unit of visibility"),
                HASS_FIELD("precipitation_unit", &hass_type_string, .doc = "Unit of rain"));

static const struct template_rename renames[] = {
    { "condition_template", "condition" },
    { "temperature_template", "temperature" },
    { "humidity_template", "humidity" },
    { "apparent_temperature_template", "apparent_temperature" },
    { "dew_point_template", "dew_point" },
    { "cloud_coverage_template", "cloud_coverage" },
    { "ozone_template", "ozone" },
    { "uv_index_template", "uv_index" },
    { "pressure_template", "pressure" },
    { "wind_bearing_template", "wind_bearing" },
    { "wind_speed_template", "wind_speed" },
    { "wind_gust_speed_template", "wind_gust_speed" },
    { "visibility_template", "visibility" },
    { "attribution_template", "attribution" },
    { "forecast_daily_template", "forecast_daily" },
    { "forecast_hourly_template", "forecast_hourly" },
    { "forecast_twice_daily_template", "forecast_twice_daily" },
    { NULL, NULL },
};

/* kinds of forecasts; the place of one is that of its bit */
static const char *const forecast_keys[] = { "forecast_daily", "forecast_hourly",
                                             "forecast_twice_daily" };
#define FORECAST_COUNT (sizeof(forecast_keys) / sizeof(forecast_keys[0]))

struct report {
    struct template_entity item;
    struct weather_report report;
    char *bearing, *attribution;
    json_t *forecasts[FORECAST_COUNT];
};

static const char *const conditions[] = {
    "clear-night",     "cloudy",       "exceptional",   "fog",   "hail",  "lightning",
    "lightning-rainy", "partlycloudy", "pouring",       "rainy", "snowy", "snowy-rainy",
    "sunny",           "windy",        "windy-variant", NULL,
};

static HASS_CALLBACK void set_condition(struct template_entity *item, const json_t *result)
{
    int place = template_word(result, conditions);

    template_entity_judge(item, result);
    if (place < 0 && !template_is_unknown(result))
        template_entity_complain(item, "condition", result, "a condition such as sunny or rainy");
    ((struct report *)item)->report.condition = place < 0 ? NULL : conditions[place];
}

#define NUMBER(name, min, max)                                                                     \
    static HASS_CALLBACK void set_##name(struct template_entity *item, const json_t *result)       \
    {                                                                                              \
        double number;                                                                             \
                                                                                                   \
        ((struct report *)item)->report.name =                                                     \
            template_number_within(item, #name, result, min, max, &number) ? exact(result)         \
                                                                           : HASS_NONE;            \
    }

/* As the template gave it: 21 stays a whole number. */
static struct hass_value exact(const json_t *result)
{
    double number = 0;

    if (json_is_integer(result))
        return HASS_INT(json_integer_value(result));
    (void)template_as_number(result, &number);
    return HASS_DOUBLE(number);
}

NUMBER(temperature, -1e6, 1e6)
NUMBER(apparent_temperature, -1e6, 1e6)
NUMBER(dew_point, -1e6, 1e6)
NUMBER(humidity, 0, 100)
NUMBER(cloud_coverage, 0, 100)
NUMBER(ozone, 0, 1e6)
NUMBER(uv_index, 0, 1e3)
NUMBER(pressure, 0, 1e7)
NUMBER(wind_speed, 0, 1e6)
NUMBER(wind_gust_speed, 0, 1e6)
NUMBER(visibility, 0, 1e9)

static void keep(char **text, const json_t *result)
{
    char *fresh = json_is_string(result) ? strdup(json_string_value(result)) : NULL;

    free(*text);
    *text = fresh;
}

static void set_wind_bearing(struct template_entity *item, const json_t *result)
{
    struct report *report = (struct report *)item;
    const json_t *known = template_is_unknown(result) ? NULL : result;

    keep(&report->bearing, known);
    report->report.wind_bearing = json_is_string(known)   ? hass_value_string(report->bearing)
                                  : json_is_number(known) ? exact(known)
                                                          : HASS_NONE;
}

static void set_attribution(struct template_entity *item, const json_t *result)
{
    struct report *report = (struct report *)item;

    item->description.attribution = NULL;
    keep(&report->attribution, template_is_unknown(result) ? NULL : result);
    item->description.attribution = report->attribution;
}

/* forecasts */

/* What the domain converts has the units of the report; everything else is passed on. */
static const char *const native[] = {
    "temperature", "templow",         "apparent_temperature", "dew_point", "pressure",
    "wind_speed",  "wind_gust_speed", "precipitation",        NULL,
};
static const char *const plain[] = {
    "datetime",       "is_daytime", "condition",    "humidity", "precipitation_probability",
    "cloud_coverage", "uv_index",   "wind_bearing", NULL,
};

/* One entry as the domain takes it; NULL when it is none. */
static json_t *read_entry(const json_t *entry)
{
    autojson *read = json_object();
    const char *key;
    json_t *value;

    if (!json_is_string(hass_json_get(entry, "datetime")))
        return NULL;
    json_object_foreach((json_t *)entry, key, value) {
        char name[64];
        bool converts = hass_words_find(native, key) >= 0;
        if (!converts && hass_words_find(plain, key) < 0 && strncmp(key, "native_", 7) != 0)
            return NULL;
        snprintf(name, sizeof(name), "%s%s", converts ? "native_" : "", key);
        json_object_set_new(read, name, json_deep_copy(value));
    }
    return steal(read);
}

static HASS_CALLBACK void set_forecast(struct template_entity *item, size_t kind,
                                       const json_t *result)
{
    struct report *report = (struct report *)item;
    json_t *list = json_array(), *entry;
    size_t index;
    bool good = json_is_array(result) || template_is_unknown(result);

    json_array_foreach((json_t *)result, index, entry) {
        json_t *read = good ? read_entry(entry) : NULL;
        good = read && json_array_append_new(list, read) == 0;
    }
    if (!good) {
        template_entity_complain(item, forecast_keys[kind], result,
                                 "a list of maps with datetime, condition, temperature, …");
        json_array_clear(list);
    }
    json_decref(report->forecasts[kind]);
    report->forecasts[kind] = list;
    if (item->added)
        (void)weather_async_forecast_changed(item->entity, 1U << kind, NULL);
}

static HASS_CALLBACK void set_daily(struct template_entity *item, const json_t *result)
{
    set_forecast(item, 0, result);
}

static HASS_CALLBACK void set_hourly(struct template_entity *item, const json_t *result)
{
    set_forecast(item, 1, result);
}

static HASS_CALLBACK void set_twice_daily(struct template_entity *item, const json_t *result)
{
    set_forecast(item, 2, result);
}

static const struct template_option options[] = {
    { "condition", set_condition },
    { "temperature", set_temperature },
    { "humidity", set_humidity },
    { "apparent_temperature", set_apparent_temperature },
    { "dew_point", set_dew_point },
    { "cloud_coverage", set_cloud_coverage },
    { "ozone", set_ozone },
    { "uv_index", set_uv_index },
    { "pressure", set_pressure },
    { "wind_bearing", set_wind_bearing },
    { "wind_speed", set_wind_speed },
    { "wind_gust_speed", set_wind_gust_speed },
    { "visibility", set_visibility },
    { "attribution", set_attribution },
    { "forecast_daily", set_daily },
    { "forecast_hourly", set_hourly },
    { "forecast_twice_daily", set_twice_daily },
    { NULL, NULL },
};

static const struct weather_report *report_of(struct hass_entity *entity)
{
    const struct report *report = template_entity_of(entity);

    return &report->report;
}

static HASS_COROUTINE int forecast(struct hass_entity *entity, enum weather_feature kind,
                                   json_t **ret_forecast, struct hass_error *err)
{
    const struct report *report = template_entity_of(entity);
    const json_t *list = report->forecasts[__builtin_ctz(kind)];

    *ret_forecast = list ? json_deep_copy(list) : NULL;
    return 0;
}

static const struct weather_ops ops = WEATHER_OPS(.report = report_of, .async_forecast = forecast);

static void init(struct template_entity *item)
{
    const json_t *config = item->config;

    ((struct report *)item)->report = (struct weather_report)
        WEATHER_REPORT(.temperature_unit = hass_json_get_string(config, "temperature_unit", NULL),
                       .pressure_unit = hass_json_get_string(config, "pressure_unit", NULL),
                       .wind_speed_unit = hass_json_get_string(config, "wind_speed_unit", NULL),
                       .visibility_unit = hass_json_get_string(config, "visibility_unit", NULL),
                       .precipitation_unit =
                           hass_json_get_string(config, "precipitation_unit", NULL));
    for (size_t i = 0; i < FORECAST_COUNT; i++)
        if (template_entity_has(item, forecast_keys[i]))
            item->description.supported_features |= 1U << i;
}

static void fini(struct template_entity *item)
{
    struct report *report = (struct report *)item;

    for (size_t i = 0; i < FORECAST_COUNT; i++)
        json_decref(report->forecasts[i]);
    free(report->bearing);
    free(report->attribution);
}

const struct template_kind template_weather = {
    .domain = "weather",
    .default_name = "Template Weather",
    .size = sizeof(struct report),
    .schema = &template_weather_schema,
    .options = options,
    .ops = &ops,
    .renames = renames,
    .flat = true,
    .init = init,
    .fini = fini,
};
