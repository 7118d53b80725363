/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which unit a sensor is shown in: the one of its row in the registry, else, where it has no row, its integration's suggestion,
 * else the home's for temperatures, else its own. A converted value is not rounded: how many digits people see is the
 * frontend's.
 */
#include <string.h>

#include <hass/config.h>

#include "parts.h"

struct sensor_data *sensor_data_of(struct hass_entity *entity)
{
    struct sensor_data *data = hass_entity_async_domain_data(entity);

    if (data->ready)
        return data;
    data->ready = true;
    data->quantity = hass_quantity_get(sensor_device_class(entity));
    data->units = data->quantity ? hass_unit_class_get(data->quantity->unit_class) : NULL;
    return data;
}

struct sensor_suggestion sensor_suggestion(struct hass_entity *entity)
{
    const struct sensor_ops *ops = sensor_ops_of(entity);
    struct sensor_suggestion suggestion;

    HASS_READ(&suggestion, ops->suggestion ? ops->suggestion(entity) : NULL);
    return suggestion;
}

const char *sensor_native_unit(struct hass_entity *entity)
{
    struct sensor_data *data = sensor_data_of(entity);

    return hass_unit_canonical(hass_entity_description(entity)->unit_of_measurement,
                               data->native_unit);
}

static bool is_temperature(struct hass_entity *entity, const char *native)
{
    const char *device_class = sensor_device_class(entity);

    return device_class && !strcmp(device_class, "temperature") &&
           (hass_unit_equal(native, "°C") || hass_unit_equal(native, "°F"));
}

/* The home's unit for a temperature that is not in kelvins; NULL for anything else. */
static HASS_CALLBACK const char *home_unit(struct hass_entity *entity, const char *native)
{
    struct sensor_data *data = sensor_data_of(entity);
    struct hass_home home = { .size = sizeof(home) };

    if (data->home_unit || !is_temperature(entity, native))
        return data->home_unit;
    hass_config_home(hass_entity_hass(entity), &home);
    data->home_unit = hass_unit_system_unit(home.unit_system, "temperature");
    return data->home_unit;
}

void sensor_follow_home(struct hass *hass)
{
    struct hass_state_list list = { 0 };

    (void)hass_states_async_all(hass, "sensor", &list, NULL);
    for (size_t i = 0; i < list.count; i++) {
        struct hass_entity *entity =
            hass_async_get_entity(hass, hass_state_entity_id(list.items[i]));
        struct sensor_data *data = entity ? hass_entity_async_domain_data(entity) : NULL;
        if (!data || !data->home_unit)
            continue;
        data->home_unit = NULL;
        (void)hass_entity_async_write_ha_state(entity, NULL);
    }
    hass_state_list_fini(&list);
}

bool sensor_converts(struct hass_entity *entity, const char *from, const char *to)
{
    const struct sensor_data *data = sensor_data_of(entity);

    return data->units && hass_unit_class_has(data->units, from) &&
           hass_unit_class_has(data->units, to);
}

static HASS_CALLBACK const char *suggested_unit(struct hass_entity *entity, const char *native)
{
    struct sensor_data *data = sensor_data_of(entity);
    const char *unit = sensor_suggestion(entity).unit_of_measurement;

    if (!unit || sensor_converts(entity, native, unit))
        return unit;
    const char *entity_id = hass_entity_async_entity_id(entity);
    if (entity_id && !(data->warned & WARNED_SUGGESTION)) {
        data->warned |= WARNED_SUGGESTION;
        hass_entity_log(HASS_LOG_WARNING, entity_id,
                        "%s suggests the unit '%s', into which '%s' cannot be converted", entity_id,
                        unit, native ? native : "none");
    }
    return NULL;
}

const char *sensor_shown_unit(struct hass_entity *entity)
{
    const struct sensor_data *data = sensor_data_of(entity);
    const char *native = sensor_native_unit(entity);
    const char *unit = data->chosen_unit;

    if (!unit && !hass_entity_async_registry_entry(entity))
        unit = suggested_unit(entity, native);
    if (!unit)
        unit = home_unit(entity, native);
    unit = unit ? unit : native;
    return unit && *unit ? unit : NULL;
}

struct hass_value sensor_convert(struct hass_entity *entity, struct hass_value value)
{
    const struct sensor_data *data = sensor_data_of(entity);
    const char *native = sensor_native_unit(entity), *shown = sensor_shown_unit(entity);
    double number;

    if (hass_unit_equal(native, shown) || !sensor_converts(entity, native, shown) ||
        !sensor_read_number(value, &number) ||
        hass_unit_convert(data->units, number, native, shown, &number, NULL) < 0)
        return value;
    return HASS_DOUBLE(number);
}
