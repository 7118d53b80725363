/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An alarm system that knows its code: 1234.
 */
#include "alarm_control_panel/alarm_control_panel.h"

#include <string.h>

#include "parts.h"

#define CODE "1234"

struct values {
    struct alarm_state alarm;
};

static HASS_CALLBACK const struct alarm_state *state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->alarm;
}

static const char *const outcomes[] = {
    [ALARM_ACTION_DISARM] = "disarmed",
    [ALARM_ACTION_ARM_HOME] = "armed_home",
    [ALARM_ACTION_ARM_AWAY] = "armed_away",
    [ALARM_ACTION_ARM_NIGHT] = "armed_night",
    [ALARM_ACTION_ARM_VACATION] = "armed_vacation",
    [ALARM_ACTION_ARM_CUSTOM_BYPASS] = "armed_custom_bypass",
    [ALARM_ACTION_TRIGGER] = "triggered",
};

static HASS_COROUTINE int command(struct hass_entity *entity, const struct alarm_command *command,
                                  struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    bool needs_code = command->action != ALARM_ACTION_TRIGGER;

    if (needs_code && (!command->code || strcmp(command->code, CODE) != 0))
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "wrong code");
    values->alarm.state = outcomes[command->action];
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct alarm_ops alarm_ops = ALARM_OPS(.state = state, .async_command = command);
static const struct hass_entity_description house =
    HASS_ENTITY_DESCRIPTION(.name = "House", .unique_id = "alarm1", .device_info = &demo_alarm,
                            .supported_features =
                                ALARM_ARM_HOME | ALARM_ARM_AWAY | ALARM_ARM_NIGHT | ALARM_TRIGGER);

int demo_add_alarm_control_panel(struct hass_platform *platform, struct hass_error *err)
{
    const struct values disarmed = {
        .alarm = { .size = sizeof(disarmed.alarm),
                   .state = "disarmed",
                   .code_format = "number",
                   .code_arm_required = true },
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &house, &alarm_ops, &disarmed, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
