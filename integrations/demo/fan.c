/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ceiling fan of three speeds with a preset for the night.
 */
#include "fan/fan.h"

#include "parts.h"

struct values {
    struct fan_state fan;
};

static HASS_CALLBACK const struct fan_state *state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->fan;
}

static const struct fan_capabilities *capabilities(struct hass_entity *entity)
{
    static const char *const presets[] = { "breeze", "sleep", NULL };
    static const struct fan_capabilities can = { .size = sizeof(can),
                                                 .speed_count = 3,
                                                 .preset_modes = presets };

    return &can;
}

static void run_at(struct fan_state *fan, int64_t percentage)
{
    fan->is_on = HASS_BOOL(percentage > 0);
    fan->percentage = HASS_INT(percentage);
    fan->preset_mode = NULL;
}

static HASS_COROUTINE int command(struct hass_entity *entity, const struct fan_command *command,
                                  struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    bool asked = command->percentage.type == HASS_VALUE_INT;

    if (command->action == FAN_ACTION_TURN_OFF)
        run_at(&values->fan, 0);
    else
        run_at(&values->fan, asked ? command->percentage.integer : 33);
    values->fan.preset_mode = command->preset_mode;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct fan_ops fan_ops =
    FAN_OPS(.state = state, .capabilities = capabilities, .async_command = command);
static const struct hass_entity_description ceiling =
    HASS_ENTITY_DESCRIPTION(.name = "Bedroom Ceiling", .unique_id = "fan1",
                            .device_info = &demo_ceiling_fan,
                            .supported_features =
                                FAN_SET_SPEED | FAN_PRESET_MODE | FAN_TURN_ON | FAN_TURN_OFF);

int demo_add_fan(struct hass_platform *platform, struct hass_error *err)
{
    const struct values off = {
        .fan = { .size = sizeof(off.fan), .is_on = HASS_BOOL(false), .percentage = HASS_INT(0) },
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &ceiling, &fan_ops, &off, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
