/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A radiator thermostat with two presets.
 */
#include "climate/climate.h"

#include "parts.h"

struct values {
    struct climate_state climate;
};

static HASS_CALLBACK const struct climate_state *state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->climate;
}

static const struct climate_capabilities *capabilities(struct hass_entity *entity)
{
    static const char *const modes[] = { "off", "heat", NULL };
    static const char *const presets[] = { "none", "eco", NULL };
    static const struct climate_capabilities can = {
        .size = sizeof(can),
        .hvac_modes = modes,
        .preset_modes = presets,
        .min_temp = 5,
        .max_temp = 30,
        .target_temp_step = 0.5,
    };

    return &can;
}

static HASS_COROUTINE int command(struct hass_entity *entity, const struct climate_command *command,
                                  struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    struct climate_state *climate = &values->climate;

    if (command->action == CLIMATE_ACTION_SET_PRESET_MODE)
        climate->preset_mode = command->mode;
    else if (command->mode)
        climate->hvac_mode = command->mode;
    if (command->temperature.type == HASS_VALUE_DOUBLE)
        climate->temperature = command->temperature;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct climate_ops climate_ops =
    CLIMATE_OPS(.state = state, .capabilities = capabilities, .async_command = command);
static const struct hass_entity_description living_room =
    HASS_ENTITY_DESCRIPTION(.name = "Living Room", .unique_id = "climate1",
                            .device_info = &demo_thermostat,
                            .supported_features = CLIMATE_TARGET_TEMPERATURE | CLIMATE_PRESET_MODE |
                                                  CLIMATE_TURN_ON | CLIMATE_TURN_OFF);

int demo_add_climate(struct hass_platform *platform, struct hass_error *err)
{
    const struct values cosy = {
        .climate = { .size = sizeof(cosy.climate),
                     .hvac_mode = "heat",
                     .hvac_action = "idle",
                     .preset_mode = "none",
                     .current_temperature = HASS_DOUBLE(21.2),
                     .temperature = HASS_DOUBLE(21) },
    };
    struct hass_entity *entity = hass_entity_new(hass_platform_hass(platform), &ops, &living_room,
                                                 &climate_ops, &cosy, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
