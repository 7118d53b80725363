/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain button fills in: async_press (on the loop) or press (on a pool thread, may block).
 *
 * Model: components.button
 */
#pragma once

#include <hass/entity.h>

struct button_ops {
    uint32_t size;
    /** Coroutine. The state, the time of this press, has been written already. */
    int (*async_press)(struct hass_entity *entity, struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*press)(struct hass_worker *worker, struct hass_entity *entity, void *values,
                 struct hass_error *err);
};

#define BUTTON_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct button_ops), __VA_ARGS__                                             \
    }
