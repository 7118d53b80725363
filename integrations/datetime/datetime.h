/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain datetime fills in.
 *
 * Model: components.datetime
 */
#pragma once

#include <hass/entity.h>

/** Times are microseconds UTC; fractions of a second are not shown. */
struct datetime_ops {
    uint32_t size;
    /** Fills @ret_value; false shows "unknown". Loop thread, from the published values. */
    bool (*native_value)(struct hass_entity *entity, int64_t *ret_value);
    /** Coroutine. The state is written afterwards. */
    int (*async_set_value)(struct hass_entity *entity, int64_t value, struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*set_value)(struct hass_worker *worker, struct hass_entity *entity, int64_t value,
                     void *values, struct hass_error *err);
};

#define DATETIME_OPS(...)                                                                          \
    {                                                                                              \
        .size = sizeof(struct datetime_ops), __VA_ARGS__                                           \
    }
