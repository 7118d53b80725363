/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain cover fills in: where a cover is, and how it is moved. Positions are 0 (closed) to 100.
 *
 * Model: components.cover
 */
#pragma once

#include <hass/domain.h>

enum cover_feature {
    COVER_OPEN = 1,
    COVER_CLOSE = 2,
    COVER_SET_POSITION = 4,
    COVER_STOP = 8,
    COVER_OPEN_TILT = 16,
    COVER_CLOSE_TILT = 32,
    COVER_STOP_TILT = 64,
    COVER_SET_TILT_POSITION = 128,
};

struct cover_state {
    uint32_t size;
    struct hass_value is_closed; /* HASS_BOOL; HASS_NONE: unknown */
    bool is_opening, is_closing;
    struct hass_value position;      /* HASS_INT; HASS_NONE: not reported */
    struct hass_value tilt_position; /* likewise */
};

enum cover_action {
    COVER_ACTION_OPEN,
    COVER_ACTION_CLOSE,
    COVER_ACTION_STOP,
    COVER_ACTION_SET_POSITION,
    COVER_ACTION_OPEN_TILT,
    COVER_ACTION_CLOSE_TILT,
    COVER_ACTION_STOP_TILT,
    COVER_ACTION_SET_TILT_POSITION,
};

struct cover_command {
    uint32_t size;
    enum cover_action action;
    int position; /* of SET_POSITION and SET_TILT_POSITION */
};

struct cover_ops {
    uint32_t size;
    const struct cover_state *(*state)(struct hass_entity *entity);
    /** Coroutine. Only actions that its features have. */
    int (*async_command)(struct hass_entity *entity, const struct cover_command *command,
                         struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct cover_command *command, void *values, struct hass_error *err);
};

#define COVER_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct cover_ops), __VA_ARGS__                                              \
    }
