/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the entity registry keeps of a sensor, in the options of its row: under "sensor" its user's unit and digits and the
 * digits that are suggested; under "sensor.private" the unit that was suggested when it was new. So a home keeps showing what
 * it began with when an integration changes its mind.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/config.h>
#include <hass/domain.h>

#include "parts.h"

#define OWN     "sensor"
#define PRIVATE "sensor.private"
#define NEW     (10 * HASS_USEC_PER_SEC)

/* Takes the unit of an option when the sensor's own converts to it; null is no unit. */
static HASS_CALLBACK bool take_unit(struct hass_entity *entity, const json_t *options,
                                    const char *key)
{
    struct sensor_data *data = sensor_data_of(entity);
    const json_t *value = hass_json_get(options, key);
    const char *unit = json_is_string(value) ? json_string_value(value) : "";

    if (!value || !sensor_converts(entity, sensor_native_unit(entity), unit))
        return false;
    data->chosen_unit = strdup(unit);
    return true;
}

void sensor_read_registry(struct hass_entity *entity)
{
    struct sensor_data *data = sensor_data_of(entity);
    autojson *own = hass_entity_registry_options(entity, OWN);
    autojson *suggested = hass_entity_registry_options(entity, PRIVATE);

    free(data->chosen_unit);
    data->chosen_unit = NULL;
    data->has_precision = json_is_integer(hass_json_get(own, "display_precision"));
    if (!take_unit(entity, own, "unit_of_measurement"))
        (void)take_unit(entity, suggested, "suggested_unit_of_measurement");
}

/* what is suggested */

static HASS_CALLBACK bool is_new(struct hass_entity *entity)
{
    const struct hass_entity_entry *entry = hass_entity_async_registry_entry(entity);

    return entry && hass_now(hass_entity_hass(entity)) - entry->created_at < NEW;
}

/* The unit for a new sensor: the integration's, or what the home's unit system prefers. */
static HASS_CALLBACK const char *unit_for_new(struct hass_entity *entity)
{
    const char *native = sensor_native_unit(entity);
    const char *unit = sensor_suggestion(entity).unit_of_measurement;
    struct hass_home home = { .size = sizeof(home) };

    if (!unit) {
        hass_config_home(hass_entity_hass(entity), &home);
        unit = hass_unit_system_converted(home.unit_system, sensor_device_class(entity), native);
    }
    return unit && sensor_converts(entity, native, unit) ? unit : NULL;
}

/* The digits that are suggested, more where the shown unit is larger than the sensor's own. */
static HASS_CALLBACK int suggested_digits(struct hass_entity *entity)
{
    const struct sensor_data *data = sensor_data_of(entity);
    int digits = sensor_suggestion(entity).display_precision;
    const char *native = sensor_native_unit(entity), *shown = sensor_shown_unit(entity);
    double ratio;

    if (hass_unit_equal(native, shown) || !sensor_converts(entity, native, shown) ||
        hass_unit_ratio(data->units, native, shown, &ratio, NULL) < 0 || ratio <= 1)
        return digits;
    return digits + (int)floor(log10(ratio));
}

static HASS_CALLBACK void update_options(struct hass_entity *entity, const char *domain,
                                         json_t *options)
{
    json_t *changes = json_pack("{s:{s:o}}", "options", domain, options);
    struct hass_error err = HASS_ERROR_INIT;

    if (hass_entity_registry_async_update(
            hass_entity_hass(entity), hass_entity_async_entity_id(entity), changes, NULL, &err) < 0)
        hass_warning("%s: what its integration suggests is not kept: %s",
                     hass_entity_async_entity_id(entity), err.message);
}

static HASS_CALLBACK void write_unit(struct hass_entity *entity)
{
    autojson *before = hass_entity_registry_options(entity, PRIVATE);
    const char *unit = unit_for_new(entity);

    if (unit && is_new(entity) && !before)
        update_options(entity, PRIVATE, json_pack("{s:s}", "suggested_unit_of_measurement", unit));
}

static HASS_CALLBACK void write_digits(struct hass_entity *entity)
{
    autojson *own = hass_entity_registry_options(entity, OWN);
    int digits = suggested_digits(entity);

    if (!sensor_suggestion(entity).has_display_precision ||
        hass_json_get_int(own, "suggested_display_precision", -1) == digits)
        return;
    json_t *changed = own ? json_copy(own) : json_object();
    json_object_set_new(changed, "suggested_display_precision", json_integer(digits));
    update_options(entity, OWN, changed);
}

void sensor_write_registry(struct hass_entity *entity)
{
    if (!hass_entity_async_registry_entry(entity))
        return;
    write_unit(entity);
    sensor_read_registry(entity);
    write_digits(entity);
}
