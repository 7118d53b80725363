/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain select fills in.
 *
 * Model: components.select
 */
#pragma once

#include <hass/entity.h>

struct select_ops {
    uint32_t size;
    /** What can be selected, NULL-terminated; the texts live as long as the entity. Loop thread. */
    const char *const *(*options)(struct hass_entity *entity);
    /** What is selected; NULL or none of the options shows "unknown". Loop thread, from the published values. */
    const char *(*current_option)(struct hass_entity *entity);
    /** Coroutine. @option is one of the options. The state is written afterwards. */
    int (*async_select_option)(struct hass_entity *entity, const char *option,
                               struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*select_option)(struct hass_worker *worker, struct hass_entity *entity, const char *option,
                         void *values, struct hass_error *err);
};

#define SELECT_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct select_ops), __VA_ARGS__                                             \
    }
