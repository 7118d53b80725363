/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain lawn_mower fills in: what the mower does, and what it can be told.
 *
 * Model: components.lawn_mower
 */
#pragma once

#include <hass/entity.h>

/** Bits of supported_features. */
enum {
    LAWN_MOWER_START_MOWING = 1,
    LAWN_MOWER_PAUSE = 2,
    LAWN_MOWER_DOCK = 4,
};

enum lawn_mower_activity {
    LAWN_MOWER_UNKNOWN = 0,
    LAWN_MOWER_ERROR,
    LAWN_MOWER_PAUSED,
    LAWN_MOWER_MOWING,
    LAWN_MOWER_DOCKED,
    LAWN_MOWER_RETURNING,
};

enum lawn_mower_command {
    LAWN_MOWER_DO_START,
    LAWN_MOWER_DO_PAUSE,
    LAWN_MOWER_DO_DOCK,
};

struct lawn_mower_ops {
    uint32_t size;
    /** Loop thread, from the published values. */
    enum lawn_mower_activity (*activity)(struct hass_entity *entity);
    /** Coroutine. The state is written afterwards. */
    int (*async_command)(struct hass_entity *entity, enum lawn_mower_command command,
                         struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   enum lawn_mower_command command, void *values, struct hass_error *err);
};

#define LAWN_MOWER_OPS(...)                                                                        \
    {                                                                                              \
        .size = sizeof(struct lawn_mower_ops), __VA_ARGS__                                         \
    }
