/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forecasts: from what the platform measures in to what is shown. A native_ key becomes the one without; a key that has no
 * native_ before it is taken to be measured in the same unit.
 */
#include "forecast.h"

#include <stdio.h>

#include <hass/domain.h>
#include <hass/json.h>

#include "units.h"

static const struct {
    const char *key;
    enum weather_measure measure;
} measured[] = {
    { "temperature", MEASURE_TEMPERATURE }, { "apparent_temperature", MEASURE_TEMPERATURE },
    { "templow", MEASURE_TEMPERATURE },     { "dew_point", MEASURE_TEMPERATURE },
    { "pressure", MEASURE_PRESSURE },       { "wind_gust_speed", MEASURE_WIND_SPEED },
    { "wind_speed", MEASURE_WIND_SPEED },   { "precipitation", MEASURE_PRECIPITATION },
};

static json_t *shown_value(const struct weather_unit *unit, const json_t *value)
{
    return json_is_number(value) ? json_real(weather_convert(unit, json_number_value(value)))
                                 : hass_json_ref(value);
}

static json_t *convert_item(const struct weather_unit units[MEASURES], const json_t *native)
{
    json_t *item = json_copy((json_t *)native);
    const json_t *humidity = json_object_get(native, "humidity");

    for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
        char key[64];
        snprintf(key, sizeof(key), "native_%s", measured[i].key);
        const json_t *value = json_object_get(native, key);
        if (!value)
            value = json_object_get(native, measured[i].key);
        json_object_del(item, key);
        if (value)
            json_object_set_new(item, measured[i].key,
                                shown_value(&units[measured[i].measure], value));
    }
    if (!json_object_get(item, "temperature"))
        json_object_set_new(item, "temperature", json_null());
    if (json_is_number(humidity))
        json_object_set_new(
            item, "humidity",
            json_integer((json_int_t)weather_round(json_number_value(humidity), 0)));
    return item;
}

/* @native is taken, NULL is []. Owned by the caller. */
static json_t *convert(const struct weather_unit units[MEASURES], json_t *native)
{
    autojson *owned = native;
    json_t *list = json_array();
    size_t i;
    json_t *item;

    json_array_foreach(owned, i, item) {
        if (json_is_object(item))
            json_array_append_new(list, convert_item(units, item));
    }
    return list;
}

const char *const forecast_kinds[] = { "daily", "hourly", "twice_daily", NULL };

enum weather_feature forecast_kind(const char *name)
{
    return 1U << hass_words_find(forecast_kinds, name);
}

bool forecast_is_supported(struct hass_entity *entity, enum weather_feature kind)
{
    const struct weather_ops *ops = hass_entity_domain_ops(entity);

    return ops->async_forecast && hass_entity_description(entity)->supported_features & kind;
}

int forecast_async_get(struct hass_entity *entity, enum weather_feature kind, json_t **ret_forecast,
                       struct hass_error *err)
{
    const struct weather_ops *ops = hass_entity_domain_ops(entity);
    struct weather_unit units[MEASURES];
    json_t *native = NULL;
    int r = ops->async_forecast(entity, kind, &native, err);

    if (r < 0)
        return r;
    struct weather_report report = weather_report_of(entity);
    weather_units(entity, &report, units);
    *ret_forecast = convert(units, native);
    return 0;
}
