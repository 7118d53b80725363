/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain scene fills in: async_activate (on the loop) or activate (on a pool thread, may block).
 *
 * Model: components.scene
 */
#pragma once

#include <hass/platform.h>

#define SCENE_MAX_TRANSITION 6553 /* seconds; the model's */

/** How a scene is activated. */
struct scene_activation {
    uint32_t size;
    bool has_transition; /* the caller named one */
    double transition;   /* seconds */
};

struct scene_ops {
    uint32_t size;
    /** Coroutine. The state, the time of this activation, has been written already. */
    int (*async_activate)(struct hass_entity *entity, const struct scene_activation *activation,
                          struct hass_error *err);
    /** Pool thread. @values is a private copy, published when this returns 0. */
    int (*activate)(struct hass_worker *worker, struct hass_entity *entity,
                    const struct scene_activation *activation, void *values,
                    struct hass_error *err);
};

#define SCENE_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct scene_ops), __VA_ARGS__                                              \
    }

/** What homeassistant, whose platform scenes of the section belong to, calls when that is set up. */
#define SCENE_WRITTEN_API "scene.written"
struct scene_written_api {
    uint32_t size;
    /** Coroutine. @config: {"states"?: items as in the section}. */
    int (*async_setup_platform)(struct hass_platform *platform, const json_t *config,
                                struct hass_error *err);
};
