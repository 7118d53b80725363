/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain humidifier fills in. Whether it makes the air wetter or drier is its device class:
 * "humidifier" or "dehumidifier".
 *
 * Model: components.humidifier
 */
#pragma once

#include <hass/entity.h>

/** Bits of supported_features. */
enum {
    HUMIDIFIER_MODES = 1,
};

/** What it does while it is on. */
enum humidifier_action {
    HUMIDIFIER_ACTION_NONE = 0, /* it does not say */
    HUMIDIFIER_HUMIDIFYING,
    HUMIDIFIER_DRYING,
    HUMIDIFIER_IDLE,
    HUMIDIFIER_OFF,
};

/** What is shown; lent until the loop turns. Humidities are percent. */
struct humidifier_info {
    uint32_t size;
    struct hass_value is_on;            /* HASS_BOOL; HASS_NONE: unknown */
    struct hass_value humidity;         /* what is wanted */
    struct hass_value current_humidity; /* what is measured */
    enum humidifier_action action;
    const char *mode;                   /* or NULL */
    const char *const *available_modes; /* NULL-terminated; with HUMIDIFIER_MODES */
    double min_humidity;                /* 0 */
    struct hass_value max_humidity;     /* HASS_NONE: 100 */
    double target_humidity_step;        /* 0: none is told */
};

enum humidifier_what {
    HUMIDIFIER_TURN_ON,
    HUMIDIFIER_TURN_OFF,
    HUMIDIFIER_SET_HUMIDITY, /* humidity */
    HUMIDIFIER_SET_MODE,     /* mode */
};

/** Lent until the command has been done. */
struct humidifier_command {
    uint32_t size;
    enum humidifier_what what;
    int humidity;
    const char *mode;
};

struct humidifier_ops {
    uint32_t size;
    /** Loop thread, from the published values. */
    const struct humidifier_info *(*info)(struct hass_entity *entity);
    /** Coroutine. The state is written afterwards. */
    int (*async_command)(struct hass_entity *entity, const struct humidifier_command *command,
                         struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct humidifier_command *command, void *values, struct hass_error *err);
};

#define HUMIDIFIER_OPS(...)                                                                        \
    {                                                                                              \
        .size = sizeof(struct humidifier_ops), __VA_ARGS__                                         \
    }
