/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain sensor fills in. Device class and unit are those of the entity's description.
 *
 * Model: components.sensor
 */
#pragma once

#include <hass/entity.h>

struct sensor_ops {
    uint32_t size;
    /** The measurement; HASS_NONE shows "unknown". Loop thread, from the published values. */
    struct hass_value (*native_value)(struct hass_entity *entity);
    const char *state_class;    /* "measurement", "total", "total_increasing"; NULL: none */
    const char *const *options; /* of device class enum, NULL-terminated */
    /** When a "total" began, microseconds UTC, 0: unknown; NULL: none. */
    int64_t (*last_reset)(struct hass_entity *entity);
    /** As state_class, where entities of one table differ. */
    const char *(*state_class_of)(struct hass_entity *entity);
};

#define SENSOR_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct sensor_ops), __VA_ARGS__                                             \
    }
