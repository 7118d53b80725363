/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Units of measurement: which convert into each other, which a device class is measured in, and which a home shows.
 *
 * A unit is its text ("°C", "kWh"); NULL and "" are no unit. "μ" is the Greek letter (U+03BC); the micro sign (U+00B5) is
 * understood as the same. Everything here is constant; any thread.
 * Model: util.unit_conversion, util.unit_system, components.sensor.const
 */
#pragma once

#include <hass/error.h>

/* conversion */

/** Units of one kind, which convert into each other. */
struct hass_unit_class;

/** The class of that name ("temperature", "distance", "energy_distance", …), or NULL. */
HASS_API const struct hass_unit_class *hass_unit_class_get(const char *name);
HASS_API const char *hass_unit_class_name(const struct hass_unit_class *units);
HASS_API bool hass_unit_class_has(const struct hass_unit_class *units, const char *unit);
/** Walks the units; no unit is "": `for (size_t pos = 0; hass_unit_class_next(units, &pos, &unit);)`. */
HASS_API bool hass_unit_class_next(const struct hass_unit_class *units, size_t *pos,
                                   const char **ret_unit);
/** Shape: [str or null], in alphabetical order without case; NULL is []. Owned by the caller. */
HASS_API json_t *hass_unit_class_as_json(const struct hass_unit_class *units);
/**
 * Converts @value. The same unit gives the same value, whatever the unit is.
 *
 * Returns: 0; HASS_E_INVALID for a unit that the class lacks, and for a value without a counterpart (0 km/kWh).
 */
HASS_API int hass_unit_convert(const struct hass_unit_class *units, double value, const char *from,
                               const char *to, double *ret_value, struct hass_error *err);
/** How many @from are one @to: 1000 for "Wh" and "kWh". Offsets do not count. HASS_E_INVALID for a unit that the class lacks. */
HASS_API int hass_unit_ratio(const struct hass_unit_class *units, const char *from, const char *to,
                             double *ret_ratio, struct hass_error *err);
/** True when both are the same unit, or none. */
HASS_API bool hass_unit_equal(const char *a, const char *b);
/** @unit with the Greek letter for the micro sign, in @text when it had to be replaced. NULL stays NULL. */
#define HASS_UNIT_TEXT 256
HASS_API const char *hass_unit_canonical(const char *unit, char text[HASS_UNIT_TEXT]);

/* device classes of sensors and numbers */

enum hass_state_class {
    HASS_STATE_CLASS_MEASUREMENT = 1,
    HASS_STATE_CLASS_MEASUREMENT_ANGLE = 2,
    HASS_STATE_CLASS_TOTAL = 4,
    HASS_STATE_CLASS_TOTAL_INCREASING = 8,
};

/** What a device class measures, and how. */
struct hass_quantity {
    uint32_t size;
    const char *device_class;
    const char *const *units; /* good ones, NULL-terminated, "": none; NULL: any */
    const char *unit_class;   /* of the converter; NULL: not converted */
    uint32_t state_classes;   /* good ones: bits of enum hass_state_class */
    bool text;                /* date, timestamp, uptime, enum: no number */
};

/** The quantity of a device class, or NULL. */
HASS_API const struct hass_quantity *hass_quantity_get(const char *device_class);
/** Walks all: `for (size_t pos = 0; hass_quantity_next(&pos, &quantity);)`. */
HASS_API bool hass_quantity_next(size_t *pos, const struct hass_quantity **ret_quantity);
HASS_API bool hass_quantity_has_unit(const struct hass_quantity *quantity, const char *unit);
/** The bit of a state class's name; 0 for NULL and unknown ones. */
HASS_API uint32_t hass_state_class_bit(const char *state_class);

/* unit systems */

/**
 * The unit a home of @system ("metric", "us_customary") prefers for a sensor of @device_class measured in @unit, or NULL: it is
 * shown as it is. Temperatures are not listed: they follow hass_unit_system_unit.
 */
HASS_API const char *hass_unit_system_converted(const char *system, const char *device_class,
                                                const char *unit);
/** The unit of a home for "temperature", "length", "accumulated_precipitation", "wind_speed", "pressure", "volume", "mass", "area". */
HASS_API const char *hass_unit_system_unit(const char *system, const char *measure);
