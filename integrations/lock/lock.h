/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain lock fills in: how a lock is, and how it is locked, unlocked and opened.
 *
 * Model: components.lock
 */
#pragma once

#include <hass/domain.h>

enum lock_feature {
    LOCK_OPEN = 1, /* the latch, so that the door opens */
};

struct lock_state {
    uint32_t size;
    struct hass_value is_locked; /* HASS_BOOL; HASS_NONE: unknown */
    bool is_locking, is_unlocking, is_jammed;
    bool is_opening, is_open;
    const char *changed_by; /* or NULL */
    const char
        *code_format; /* a regular expression that codes match; or NULL: there are no codes */
};

enum lock_action {
    LOCK_ACTION_LOCK,
    LOCK_ACTION_UNLOCK,
    LOCK_ACTION_OPEN,
};

#define LOCK_CODE_MAX 64 /* bytes */

struct lock_command {
    uint32_t size;
    enum lock_action action;
    char code[LOCK_CODE_MAX + 1]; /* "": none */
};

struct lock_ops {
    uint32_t size;
    const struct lock_state *(*state)(struct hass_entity *entity);
    /** Coroutine. */
    int (*async_command)(struct hass_entity *entity, const struct lock_command *command,
                         struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*command)(struct hass_worker *worker, struct hass_entity *entity,
                   const struct lock_command *command, void *values, struct hass_error *err);
};

#define LOCK_OPS(...)                                                                              \
    {                                                                                              \
        .size = sizeof(struct lock_ops), __VA_ARGS__                                               \
    }
