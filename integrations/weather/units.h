/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The units that weather is shown in.
 */
#pragma once

#include "weather.h"

enum weather_measure {
    MEASURE_TEMPERATURE,
    MEASURE_PRESSURE,
    MEASURE_WIND_SPEED,
    MEASURE_VISIBILITY,
    MEASURE_PRECIPITATION,
    MEASURES,
};

/* How values of one measure are shown. */
struct weather_unit {
    const struct hass_unit_class *units;
    const char *native; /* what the platform measures in */
    const char *shown;
    int digits; /* behind the point */
};

static inline struct weather_report weather_report_of(struct hass_entity *entity)
{
    const struct weather_ops *ops = hass_entity_domain_ops(entity);
    struct weather_report report;

    HASS_READ(&report, ops->report(entity));
    return report;
}

/* What the domain keeps of an entity. */
struct weather_data {
    char *chosen[MEASURES]; /* units that its user has chosen; or NULL */
};

/* Reads what its user has chosen in the entity registry. */
void weather_read_registry(struct hass_entity *entity) HASS_CALLBACK;
/* The unit of each measure, for the report of an entity. */
void weather_units(struct hass_entity *entity, const struct weather_report *report,
                   struct weather_unit units[MEASURES]) HASS_CALLBACK;
/* The name of the attribute that says the unit: "temperature_unit". */
const char *weather_unit_key(enum weather_measure measure);
/* What users may choose: {"temperature_unit": [str], …}, owned by the caller. */
json_t *weather_units_as_json(void);
/* The value as it is shown. */
double weather_convert(const struct weather_unit *unit, double value);
/* Rounds to @digits behind the point, halves to the even digit. */
double weather_round(double value, int digits);
