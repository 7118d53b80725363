/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A binary sensor that follows another entity: a tracker on its state.
 */
#include "binary_sensor/binary_sensor.h"

#include <stdlib.h>

#include "parts.h"

#define WARM 18.0 /* °C */

struct values {
    bool known, warm;
};

static HASS_CALLBACK struct hass_value is_on(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->known ? HASS_BOOL(values->warm) : HASS_NONE;
}

static void look_at(struct values *values, const struct hass_state *state)
{
    const char *text = state ? hass_state_state(state) : "";
    char *end;
    double temperature = strtod(text, &end);

    values->known = end != text;
    values->warm = values->known && temperature >= WARM;
}

static HASS_CALLBACK int on_temperature(const struct hass_event *event, void *userdata,
                                        struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    const struct hass_state *old_state, *new_state;

    if (!hass_event_states(event, &old_state, &new_state))
        return 0;
    look_at(hass_entity_async_values(entity), new_state);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int follow(struct hass_entity *entity, struct hass_error *err)
{
    static const char *const ids[] = { "sensor.outside_temperature", NULL };
    struct hass *hass = hass_entity_hass(entity);
    struct hass_sub *sub;

    look_at(hass_entity_async_values(entity), hass_states_async_get(hass, ids[0]));
    int r = hass_async_track_state_change_event(
        hass, ids, HASS_JOB_CALLBACK(on_temperature, entity), &sub, err);
    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .async_added_to_hass = follow);
static const struct binary_sensor_ops binary_sensor = BINARY_SENSOR_OPS(.is_on = is_on);
static const struct hass_entity_description warm =
    HASS_ENTITY_DESCRIPTION(.name = "Warm Outside", .unique_id = "binary_1",
                            .device_info = &demo_weather_station, .device_class = "heat");

int demo_add_binary_sensor(struct hass_platform *platform, struct hass_error *err)
{
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &warm, &binary_sensor, NULL, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
