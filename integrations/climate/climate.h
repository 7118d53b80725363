/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain climate fills in: what a heating or cooling device does, what it can, and how it is told.
 *
 * Temperatures are in the device's unit; the domain converts between it and the home's.
 *
 * Model: components.climate
 */
#pragma once

#include <hass/domain.h>

enum climate_feature {
    CLIMATE_TARGET_TEMPERATURE = 1,
    CLIMATE_TARGET_TEMPERATURE_RANGE = 2,
    CLIMATE_TARGET_HUMIDITY = 4,
    CLIMATE_FAN_MODE = 8,
    CLIMATE_PRESET_MODE = 16,
    CLIMATE_SWING_MODE = 32,
    CLIMATE_TURN_OFF = 128,
    CLIMATE_TURN_ON = 256,
    CLIMATE_SWING_HORIZONTAL_MODE = 512,
};

/** Texts may be NULL and numbers HASS_NONE: unknown. */
struct climate_state {
    uint32_t size;
    const char *hvac_mode; /* "off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only" */
    const char *
        hvac_action; /* "off", "heating", "cooling", "drying", "idle", "fan", "preheating", "defrosting" */
    struct hass_value current_temperature, temperature, target_temp_high, target_temp_low;
    struct hass_value current_humidity, humidity; /* percent */
    const char *fan_mode, *preset_mode, *swing_mode, *swing_horizontal_mode;
};

/** Lists are NULL-terminated, or NULL. */
struct climate_capabilities {
    uint32_t size;
    const char *const *hvac_modes;
    const char *const *fan_modes, *const *preset_modes, *const *swing_modes,
                                                            *const *swing_horizontal_modes;
    bool fahrenheit;                   /* else °C */
    double min_temp, max_temp;         /* both 0: 7 °C, 35 °C */
    double target_temp_step;           /* 0: none is shown */
    double precision;                  /* 0.1, 0.5, 1; 0: 0.1, in homes with °F 1 */
    double min_humidity, max_humidity; /* both 0: 30, 99 */
    bool has_power; /* is told TURN_ON and TURN_OFF; others are turned on and off by their modes */
};

enum climate_action {
    CLIMATE_ACTION_SET_HVAC_MODE,
    CLIMATE_ACTION_SET_TEMPERATURE,
    CLIMATE_ACTION_SET_HUMIDITY,
    CLIMATE_ACTION_SET_FAN_MODE,
    CLIMATE_ACTION_SET_PRESET_MODE,
    CLIMATE_ACTION_SET_SWING_MODE,
    CLIMATE_ACTION_SET_SWING_HORIZONTAL_MODE,
    CLIMATE_ACTION_TURN_ON,
    CLIMATE_ACTION_TURN_OFF,
};

struct climate_command {
    uint32_t size;
    enum climate_action action;
    const char
        *mode; /* of the capabilities' list; with SET_TEMPERATURE a mode of hvac_modes, or NULL */
    struct hass_value temperature, target_temp_high,
        target_temp_low; /* HASS_DOUBLE; HASS_NONE: not said */
    int humidity;
};

struct climate_ops {
    uint32_t size;
    const struct climate_state *(*state)(struct hass_entity *entity);
    const struct climate_capabilities *(*capabilities)(struct hass_entity *entity);
    /** Coroutine. */
    int (*async_command)(struct hass_entity *entity, const struct climate_command *command,
                         struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct climate_command *command, void *values, struct hass_error *err);
};

#define CLIMATE_OPS(...)                                                                           \
    {                                                                                              \
        .size = sizeof(struct climate_ops), __VA_ARGS__                                            \
    }
