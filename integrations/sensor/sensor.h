/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain sensor fills in. Device class and (native) unit are those of the entity's description.
 *
 * Model: components.sensor
 */
#pragma once

#include <hass/entity.h>
#include <hass/unit.h>

/** How an integration would like its sensor to be shown. The user's choice wins. */
struct sensor_suggestion {
    uint32_t size;
    const char *unit_of_measurement; /* one that the device class's units convert to; NULL: none */
    bool has_display_precision;
    int display_precision; /* digits behind the point; frontends round, states are not rounded */
};

struct sensor_ops {
    uint32_t size;
    /**
     * The measurement; HASS_NONE shows "unknown". Class date: "2024-01-31"; timestamp, uptime: ISO 8601 with an offset. Loop
     * thread, from the published values.
     */
    struct hass_value (*native_value)(struct hass_entity *entity);
    const char *
        state_class; /* "measurement", "measurement_angle", "total", "total_increasing"; NULL: none */
    const char *const *options; /* of device class enum, NULL-terminated */
    /** When a "total" began, microseconds UTC, 0: unknown; NULL: none. */
    int64_t (*last_reset)(struct hass_entity *entity);
    /** As state_class, where entities of one table differ. */
    const char *(*state_class_of)(struct hass_entity *entity);
    /** As options, where entities of one table differ. */
    const char *const *(*options_of)(struct hass_entity *entity);
    /** NULL, or what it gives is NULL: no suggestion. Loop thread. */
    const struct sensor_suggestion *(*suggestion)(struct hass_entity *entity);
};

#define SENSOR_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct sensor_ops), __VA_ARGS__                                             \
    }
#define SENSOR_SUGGESTION(...)                                                                     \
    {                                                                                              \
        .size = sizeof(struct sensor_suggestion), __VA_ARGS__                                      \
    }

/* statistics */

/** A sensor of which statistics are made: it has a state class. Strings are lent for the call. */
struct sensor_statistics {
    uint32_t size;
    const struct hass_state *state; /* the current one */
    const char *state_class;
    const char *unit_of_measurement; /* NULL: none */
    const char *unit_class;          /* for hass_unit_class_get; NULL: its unit does not convert */
    bool has_mean, has_sum;
    int64_t last_reset; /* microseconds UTC; 0: none */
};
typedef void sensor_statistics_fn(const struct sensor_statistics *sensor, void *userdata);

/** Offered as the API "sensor" for as long as the domain is set up. For the recorder. */
struct sensor_api {
    uint32_t size;
    /** Calls @each for every sensor of which statistics are made. Loop thread, never suspends. */
    int (*async_statistics)(struct hass *hass, sensor_statistics_fn *each, void *userdata,
                            struct hass_error *err);
};
