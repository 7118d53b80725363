/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain fan fills in: how it runs, what it can, and how it is told.
 *
 * Model: components.fan
 */
#pragma once

#include <hass/domain.h>

enum fan_feature {
    FAN_SET_SPEED = 1,
    FAN_OSCILLATE = 2,
    FAN_DIRECTION = 4,
    FAN_PRESET_MODE = 8,
    FAN_TURN_OFF = 16,
    FAN_TURN_ON = 32,
};

struct fan_state {
    uint32_t size;
    struct hass_value is_on;       /* HASS_BOOL; HASS_NONE: unknown */
    struct hass_value percentage;  /* HASS_INT 0..100; HASS_NONE: unknown */
    const char *preset_mode;       /* or NULL */
    struct hass_value oscillating; /* HASS_BOOL; HASS_NONE: unknown */
    const char *direction;         /* "forward", "reverse", or NULL */
};

struct fan_capabilities {
    uint32_t size;
    unsigned speed_count;            /* 0: 100 */
    const char *const *preset_modes; /* NULL-terminated; or NULL */
};

enum fan_action {
    FAN_ACTION_TURN_ON, /* with percentage and preset_mode where said */
    FAN_ACTION_TURN_OFF,
    FAN_ACTION_SET_PERCENTAGE, /* 0 means off */
    FAN_ACTION_SET_PRESET_MODE,
    FAN_ACTION_OSCILLATE,
    FAN_ACTION_SET_DIRECTION,
};

struct fan_command {
    uint32_t size;
    enum fan_action action;
    struct hass_value percentage; /* HASS_INT 0..100; HASS_NONE: not said */
    const char *preset_mode;      /* one of preset_modes; or NULL */
    bool oscillating;
    const char *direction; /* "forward", "reverse" */
};

struct fan_ops {
    uint32_t size;
    const struct fan_state *(*state)(struct hass_entity *entity);
    /** NULL: 100 speeds, no presets. */
    const struct fan_capabilities *(*capabilities)(struct hass_entity *entity);
    /** Coroutine. */
    int (*async_command)(struct hass_entity *entity, const struct fan_command *command,
                         struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct fan_command *command, void *values, struct hass_error *err);
};

#define FAN_OPS(...)                                                                               \
    {                                                                                              \
        .size = sizeof(struct fan_ops), __VA_ARGS__                                                \
    }
