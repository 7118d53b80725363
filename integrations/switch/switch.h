/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain switch fills in: is_on, and async_turn (on the loop) or turn (on a pool thread, may block).
 *
 * Model: components.switch
 */
#pragma once

#include <hass/entity.h>

struct switch_ops {
    uint32_t size;
    /** HASS_BOOL shows on or off, HASS_NONE "unknown". Loop thread, from the published values. */
    struct hass_value (*is_on)(struct hass_entity *entity);
    /** Coroutine. Switches, and changes the values if it knows the outcome; the state is written afterwards. */
    int (*async_turn)(struct hass_entity *entity, bool on, struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*turn)(struct hass_worker *worker, struct hass_entity *entity, bool on, void *values,
                struct hass_error *err);
};

#define SWITCH_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct switch_ops), __VA_ARGS__                                             \
    }
