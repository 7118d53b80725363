/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain vacuum fills in: what the cleaner does, and what it can be told.
 *
 * Model: components.vacuum
 */
#pragma once

#include <hass/entity.h>

/** Bits of supported_features. */
enum {
    VACUUM_TURN_ON = 1, /* no longer used, like the next one */
    VACUUM_TURN_OFF = 2,
    VACUUM_PAUSE = 4,
    VACUUM_STOP = 8,
    VACUUM_RETURN_HOME = 16,
    VACUUM_FAN_SPEED = 32,
    VACUUM_BATTERY = 64, /* battery_level and battery_icon; a sensor is better */
    VACUUM_STATUS = 128,
    VACUUM_SEND_COMMAND = 256,
    VACUUM_LOCATE = 512,
    VACUUM_CLEAN_SPOT = 1024,
    VACUUM_MAP = 2048,
    VACUUM_STATE = 4096,
    VACUUM_START = 8192,
    VACUUM_CLEAN_AREA = 16384,
};

enum vacuum_activity {
    VACUUM_UNKNOWN = 0,
    VACUUM_CLEANING,
    VACUUM_DOCKED,
    VACUUM_IDLE,
    VACUUM_PAUSED,
    VACUUM_RETURNING,
    VACUUM_ERROR,
};

/** What is shown; lent until the loop turns. */
struct vacuum_info {
    uint32_t size;
    enum vacuum_activity activity;
    const char *fan_speed;             /* or NULL */
    const char *const *fan_speed_list; /* NULL-terminated; with VACUUM_FAN_SPEED */
    struct hass_value battery_level;   /* percent; with VACUUM_BATTERY */
};

enum vacuum_action {
    VACUUM_DO_START,
    VACUUM_DO_PAUSE,
    VACUUM_DO_STOP,
    VACUUM_DO_RETURN_HOME,
    VACUUM_DO_CLEAN_SPOT,
    VACUUM_DO_LOCATE,
    VACUUM_DO_SET_FAN_SPEED, /* text */
    VACUUM_DO_SEND,          /* text, params */
    VACUUM_DO_CLEAN_AREA,    /* params: a list of area ids */
};

/** Lent until the command has been done. */
struct vacuum_command {
    uint32_t size;
    enum vacuum_action action;
    const char *text;
    const json_t *params; /* or NULL */
};

struct vacuum_ops {
    uint32_t size;
    /** Loop thread, from the published values. */
    const struct vacuum_info *(*info)(struct hass_entity *entity);
    /** Coroutine. The state is written afterwards. */
    int (*async_command)(struct hass_entity *entity, const struct vacuum_command *command,
                         struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct vacuum_command *command, void *values, struct hass_error *err);
};

#define VACUUM_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct vacuum_ops), __VA_ARGS__                                             \
    }
