/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain time fills in.
 *
 * Model: components.time
 */
#pragma once

#include <hass/dt.h>
#include <hass/entity.h>

/** Of a struct hass_dt only hour, minute and second count. */
struct time_ops {
    uint32_t size;
    /** Fills @ret_value; false shows "unknown". Loop thread, from the published values. */
    bool (*native_value)(struct hass_entity *entity, struct hass_dt *ret_value);
    /** Coroutine. The state is written afterwards. */
    int (*async_set_value)(struct hass_entity *entity, const struct hass_dt *value,
                           struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*set_value)(struct hass_worker *worker, struct hass_entity *entity,
                     const struct hass_dt *value, void *values, struct hass_error *err);
};

#define TIME_OPS(...)                                                                              \
    {                                                                                              \
        .size = sizeof(struct time_ops), __VA_ARGS__                                               \
    }
