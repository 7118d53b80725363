/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain todo fills in: its list of items, and how it is changed.
 *
 * Model: components.todo
 */
#pragma once

#include <hass/entity.h>

/** Bits of supported_features. */
enum {
    TODO_FEATURE_CREATE_ITEM = 1,
    TODO_FEATURE_DELETE_ITEM = 2,
    TODO_FEATURE_UPDATE_ITEM = 4,
    TODO_FEATURE_MOVE_ITEM = 8,
    TODO_FEATURE_DUE_DATE = 16,
    TODO_FEATURE_DUE_DATETIME = 32,
    TODO_FEATURE_DESCRIPTION = 64,
};

struct todo_item {
    uint32_t size;
    const char *uid; /* NULL for a new one: the platform gives it */
    const char *summary;
    bool completed; /* status "completed", else "needs_action" */
    const char
        *due; /* "2024-01-31", or a local date and time with its offset in ISO 8601; or NULL */
    const char *description; /* or NULL */
};

/** What to delete: @count uids. */
struct todo_uids {
    uint32_t size;
    uint32_t count;
    const char *const *uids;
};

/** What to move: @uid is to stand after @previous_uid, or first (NULL). */
struct todo_move {
    uint32_t size;
    const char *uid;
    const char *previous_uid;
};

/**
 * Changes come in pairs: a coroutine on the loop, or the same on a pool thread with a private copy of the values. What is
 * given is lent for the call.
 */
struct todo_ops {
    uint32_t size;
    /** Lends the @ret_items[0 … result) in order, until the loop turns. Loop thread, never suspends. */
    size_t (*items)(struct hass_entity *entity, const struct todo_item **ret_items);
    int (*async_create)(struct hass_entity *entity, const struct todo_item *item,
                        struct hass_error *err);
    int (*create)(struct hass_worker *worker, struct hass_entity *entity,
                  const struct todo_item *item, void *values, struct hass_error *err);
    /** @item as it is to be, all members set. */
    int (*async_update)(struct hass_entity *entity, const struct todo_item *item,
                        struct hass_error *err);
    int (*update)(struct hass_worker *worker, struct hass_entity *entity,
                  const struct todo_item *item, void *values, struct hass_error *err);
    int (*async_remove)(struct hass_entity *entity, const struct todo_uids *uids,
                        struct hass_error *err);
    int (*remove)(struct hass_worker *worker, struct hass_entity *entity,
                  const struct todo_uids *uids, void *values, struct hass_error *err);
    int (*async_move)(struct hass_entity *entity, const struct todo_move *move,
                      struct hass_error *err);
    int (*move)(struct hass_worker *worker, struct hass_entity *entity,
                const struct todo_move *move, void *values, struct hass_error *err);
};

#define TODO_OPS(...)                                                                              \
    {                                                                                              \
        .size = sizeof(struct todo_ops), __VA_ARGS__                                               \
    }
