/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain valve fills in: where a valve is, and how it is moved. Positions are 0 (closed) to 100.
 *
 * Model: components.valve
 */
#pragma once

#include <hass/domain.h>

enum valve_feature {
    VALVE_OPEN = 1,
    VALVE_CLOSE = 2,
    VALVE_SET_POSITION = 4,
    VALVE_STOP = 8,
};

struct valve_state {
    uint32_t size;
    struct hass_value
        is_closed; /* HASS_BOOL; HASS_NONE: unknown; not asked of one that reports positions */
    bool is_opening, is_closing;
    bool reports_position;
    struct hass_value position; /* HASS_INT; HASS_NONE: unknown */
};

enum valve_action {
    VALVE_ACTION_OPEN,
    VALVE_ACTION_CLOSE,
    VALVE_ACTION_STOP,
    VALVE_ACTION_SET_POSITION,
};

struct valve_command {
    uint32_t size;
    enum valve_action action;
    int position; /* of SET_POSITION */
};

struct valve_ops {
    uint32_t size;
    const struct valve_state *(*state)(struct hass_entity *entity);
    /** Coroutine. A valve with SET_POSITION is never told to open or close, but to go to 100 or 0. */
    int (*async_command)(struct hass_entity *entity, const struct valve_command *command,
                         struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct valve_command *command, void *values, struct hass_error *err);
};

#define VALVE_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct valve_ops), __VA_ARGS__                                              \
    }
