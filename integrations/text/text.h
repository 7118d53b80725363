/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain text fills in.
 *
 * Model: components.text
 */
#pragma once

#include <hass/entity.h>

/** What a text may be. */
struct text_limits {
    uint32_t size;
    uint32_t min, max; /* characters; both 0: 0 to 255; at most 255 */
    const char
        *pattern;  /* POSIX extended regular expression, also \d; from the beginning; NULL: none */
    bool password; /* mode "password" */
};

struct text_ops {
    uint32_t size;
    /** The text; NULL shows "unknown". Loop thread, from the published values. */
    const char *(*native_value)(struct hass_entity *entity);
    /** NULL, or what it gives is NULL: any text. Loop thread. */
    const struct text_limits *(*limits)(struct hass_entity *entity);
    /** Coroutine. @value keeps the limits. The state is written afterwards. */
    int (*async_set_value)(struct hass_entity *entity, const char *value, struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*set_value)(struct hass_worker *worker, struct hass_entity *entity, const char *value,
                     void *values, struct hass_error *err);
};

#define TEXT_LIMITS(...)                                                                           \
    {                                                                                              \
        .size = sizeof(struct text_limits), __VA_ARGS__                                            \
    }
#define TEXT_OPS(...)                                                                              \
    {                                                                                              \
        .size = sizeof(struct text_ops), __VA_ARGS__                                               \
    }
