/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The units that weather is shown in: those that its user has chosen, else those of the home's unit system.
 */
#include "units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/config.h>
#include <hass/domain.h>
#include <hass/unit.h>

#define DIGITS 2 /* of everything but temperatures; the model's */

#define UNITS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct {
    const char *key, *unit_class, *metric, *us_customary;
    const char *const *choice; /* what its user may choose */
} measures[MEASURES] = {
    [MEASURE_TEMPERATURE] = { "temperature_unit", "temperature", "°C", "°F", UNITS("°C", "°F") },
    [MEASURE_PRESSURE] = { "pressure_unit", "pressure", "hPa", "inHg",
                           UNITS("hPa", "inHg", "mbar", "mmHg") },
    [MEASURE_WIND_SPEED] = { "wind_speed_unit", "speed", "km/h", "mph",
                             UNITS("ft/s", "km/h", "kn", "m/s", "mph") },
    [MEASURE_VISIBILITY] = { "visibility_unit", "distance", "km", "mi", UNITS("km", "mi") },
    [MEASURE_PRECIPITATION] = { "precipitation_unit", "distance", "mm", "in", UNITS("in", "mm") },
};

const char *weather_unit_key(enum weather_measure measure)
{
    return measures[measure].key;
}

json_t *weather_units_as_json(void)
{
    json_t *units = json_object();

    for (int i = 0; i < MEASURES; i++) {
        json_t *choice = json_array();
        for (const char *const *unit = measures[i].choice; *unit; unit++)
            json_array_append_new(choice, json_string(*unit));
        json_object_set_new(units, measures[i].key, choice);
    }
    return units;
}

double weather_round(double value, int digits)
{
    double scale = pow(10, digits);

    return rint(value * scale) / scale;
}

double weather_convert(const struct weather_unit *unit, double value)
{
    (void)hass_unit_convert(unit->units, value, unit->native, unit->shown, &value, NULL);
    return weather_round(value, unit->digits);
}

void weather_read_registry(struct hass_entity *entity)
{
    struct weather_data *data = hass_entity_async_domain_data(entity);
    autojson *options = hass_entity_registry_options(entity, "weather");

    for (int i = 0; i < MEASURES; i++) {
        const char *unit = hass_json_get_string(options, measures[i].key, NULL);
        free(data->chosen[i]);
        data->chosen[i] = NULL;
        if (hass_words_find(measures[i].choice, unit) >= 0)
            data->chosen[i] = strdup(unit);
    }
}

void weather_units(struct hass_entity *entity, const struct weather_report *report,
                   struct weather_unit units[MEASURES])
{
    const char *const native[MEASURES] = {
        report->temperature_unit, report->pressure_unit,      report->wind_speed_unit,
        report->visibility_unit,  report->precipitation_unit,
    };
    const struct weather_data *data = hass_entity_async_domain_data(entity);
    struct hass_home home = { .size = sizeof(home) };

    hass_config_home(hass_entity_hass(entity), &home);
    bool metric = strcmp(home.unit_system, "us_customary") != 0;
    for (int i = 0; i < MEASURES; i++) {
        const char *own = metric ? measures[i].metric : measures[i].us_customary;
        units[i] = (struct weather_unit){
            .units = hass_unit_class_get(measures[i].unit_class),
            .native = native[i] ? native[i] : own,
            .shown = data->chosen[i] ? data->chosen[i] : own,
            .digits = DIGITS,
        };
    }
    // A tenth of a degree Celsius is a fifth of a degree Fahrenheit.
    units[MEASURE_TEMPERATURE].digits = !strcmp(units[MEASURE_TEMPERATURE].shown, "°C");
}
