/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain number fills in. Device class and (native) unit are those of the entity's description.
 *
 * Model: components.number
 */
#pragma once

#include <hass/entity.h>

enum number_mode {
    NUMBER_AUTO = 0,
    NUMBER_BOX,
    NUMBER_SLIDER,
};

/** What a number may be, in the native unit. */
struct number_limits {
    uint32_t size;
    double min, max; /* both 0: 0 to 100 */
    double step;     /* 0: 1, or less where the range is that small */
    enum number_mode mode;
};

struct number_ops {
    uint32_t size;
    /** INT or DOUBLE; HASS_NONE shows "unknown". Loop thread, from the published values. */
    struct hass_value (*native_value)(struct hass_entity *entity);
    /** NULL, or what it gives is NULL: 0 to 100 by 1. Loop thread. */
    const struct number_limits *(*limits)(struct hass_entity *entity);
    /** Coroutine. @value is in the native unit, and within the limits. The state is written afterwards. */
    int (*async_set_native_value)(struct hass_entity *entity, double value, struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*set_native_value)(struct hass_worker *worker, struct hass_entity *entity, double value,
                            void *values, struct hass_error *err);
};

#define NUMBER_LIMITS(...)                                                                         \
    {                                                                                              \
        .size = sizeof(struct number_limits), __VA_ARGS__                                          \
    }
#define NUMBER_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct number_ops), __VA_ARGS__                                             \
    }
