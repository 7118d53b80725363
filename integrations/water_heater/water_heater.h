/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain water_heater fills in: what the heater does, and what it can be told. Temperatures are in the
 * unit that the platform says; the domain shows them in the home's.
 *
 * Model: components.water_heater
 */
#pragma once

#include <hass/entity.h>

/** Bits of supported_features. */
enum {
    WATER_HEATER_TARGET_TEMPERATURE = 1,
    WATER_HEATER_OPERATION_MODE = 2,
    WATER_HEATER_AWAY_MODE = 4,
    WATER_HEATER_ON_OFF = 8,
};

/** The model's words for operations; a platform may have others. */
#define WATER_HEATER_ECO         "eco"
#define WATER_HEATER_ELECTRIC    "electric"
#define WATER_HEATER_PERFORMANCE "performance"
#define WATER_HEATER_HIGH_DEMAND "high_demand"
#define WATER_HEATER_HEAT_PUMP   "heat_pump"
#define WATER_HEATER_GAS         "gas"

/** What is shown; lent until the loop turns. Values may be HASS_NONE. */
struct water_heater_info {
    uint32_t size;
    bool fahrenheit;                   /* unit of all temperatures; otherwise °C */
    const char *operation;             /* the state: one of operation_list, "off"; NULL: unknown */
    const char *const *operation_list; /* NULL-terminated; with WATER_HEATER_OPERATION_MODE */
    struct hass_value current_temperature;
    struct hass_value temperature; /* wanted */
    struct hass_value target_temp_high, target_temp_low;
    struct hass_value min_temp, max_temp; /* HASS_NONE: 110 and 140 °F */
    struct hass_value precision;          /* 0.1, 0.5 or 1; HASS_NONE: 0.1 in °C, 1 in °F */
    bool is_away;                         /* with WATER_HEATER_AWAY_MODE */
};

enum water_heater_what {
    WATER_HEATER_TURN_ON,
    WATER_HEATER_TURN_OFF,
    WATER_HEATER_SET_TEMPERATURE, /* temperature, and operation unless NULL */
    WATER_HEATER_SET_OPERATION,   /* operation */
    WATER_HEATER_SET_AWAY,        /* away */
};

/** Lent until the command has been done. */
struct water_heater_command {
    uint32_t size;
    enum water_heater_what what;
    double temperature; /* in the platform's unit */
    const char *operation;
    bool away;
};

struct water_heater_ops {
    uint32_t size;
    /** Loop thread, from the published values. */
    const struct water_heater_info *(*info)(struct hass_entity *entity);
    /** Coroutine. The state is written afterwards. */
    int (*async_command)(struct hass_entity *entity, const struct water_heater_command *command,
                         struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct water_heater_command *command, void *values,
                   struct hass_error *err);
};

#define WATER_HEATER_OPS(...)                                                                      \
    {                                                                                              \
        .size = sizeof(struct water_heater_ops), __VA_ARGS__                                       \
    }
