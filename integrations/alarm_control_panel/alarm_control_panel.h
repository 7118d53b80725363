/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain alarm_control_panel fills in: how an alarm system is, and how it is armed and disarmed.
 *
 * Model: components.alarm_control_panel
 */
#pragma once

#include <hass/domain.h>

enum alarm_feature {
    ALARM_ARM_HOME = 1,
    ALARM_ARM_AWAY = 2,
    ALARM_ARM_NIGHT = 4,
    ALARM_TRIGGER = 8,
    ALARM_ARM_CUSTOM_BYPASS = 16,
    ALARM_ARM_VACATION = 32,
};

struct alarm_state {
    uint32_t size;
    /**
     * "disarmed", "armed_home", "armed_away", "armed_night", "armed_vacation", "armed_custom_bypass", "pending", "arming",
     * "disarming", "triggered"; NULL: unknown.
     */
    const char *state;
    const char *code_format; /* "number", "text"; NULL: there are no codes */
    bool code_arm_required;
    const char *changed_by; /* or NULL */
};

enum alarm_action {
    ALARM_ACTION_DISARM,
    ALARM_ACTION_ARM_HOME,
    ALARM_ACTION_ARM_AWAY,
    ALARM_ACTION_ARM_NIGHT,
    ALARM_ACTION_ARM_VACATION,
    ALARM_ACTION_ARM_CUSTOM_BYPASS,
    ALARM_ACTION_TRIGGER,
};

struct alarm_command {
    uint32_t size;
    enum alarm_action action;
    const char *code; /* or NULL; whether it is right is the system's to say */
};

struct alarm_ops {
    uint32_t size;
    const struct alarm_state *(*state)(struct hass_entity *entity);
    /** Coroutine. */
    int (*async_command)(struct hass_entity *entity, const struct alarm_command *command,
                         struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct alarm_command *command, void *values, struct hass_error *err);
};

#define ALARM_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct alarm_ops), __VA_ARGS__                                              \
    }
