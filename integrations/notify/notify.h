/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain notify fills in: one of the two members that send a message.
 *
 * Model: components.notify.NotifyEntity
 */
#pragma once

#include <hass/entity.h>

/** Bits of supported_features. */
enum {
    NOTIFY_FEATURE_TITLE = 1,
};

struct notify_message {
    uint32_t size;
    const char *message;
    const char *title; /* NULL: none was given, or the entity has not NOTIFY_FEATURE_TITLE */
};

struct notify_ops {
    uint32_t size;
    /** Sends a message: a coroutine, or on a pool thread where it may block. */
    int (*async_send)(struct hass_entity *entity, const struct notify_message *message,
                      struct hass_error *err);
    int (*send)(struct hass_worker *worker, struct hass_entity *entity,
                const struct notify_message *message, void *values, struct hass_error *err);
};

#define NOTIFY_OPS(...)                                                                            \
    {                                                                                              \
        .size = sizeof(struct notify_ops), __VA_ARGS__                                             \
    }
