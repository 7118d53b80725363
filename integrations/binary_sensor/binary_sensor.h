/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain binary_sensor fills in.
 *
 * Model: components.binary_sensor
 */
#pragma once

#include <hass/entity.h>

struct binary_sensor_ops {
    uint32_t size;
    /** HASS_BOOL shows on or off, HASS_NONE "unknown". Loop thread, from the published values. */
    struct hass_value (*is_on)(struct hass_entity *entity);
};

#define BINARY_SENSOR_OPS(...)                                                                     \
    {                                                                                              \
        .size = sizeof(struct binary_sensor_ops), __VA_ARGS__                                      \
    }
