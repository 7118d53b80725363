/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How changes reach a platform. What one says is copied into one block: the pool may work on it when its client has long gone.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>

#include "parts.h"

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Puts @text where *@room points, which moves on. NULL stays NULL. */
static const char *place(char **room, const char *text)
{
    if (!text)
        return NULL;
    char *copy = *room;
    *room = stpcpy(copy, text) + 1;
    return copy;
}

struct calendar_change *calendar_change_copy(const struct calendar_change *change)
{
    static const struct calendar_event none = { .size = sizeof(none) };
    struct block {
        struct calendar_change change;
        struct calendar_event event;
        char texts[];
    };
    const struct calendar_event *event = change->event ? change->event : &none;
    size_t size = text_size(change->uid) + text_size(change->recurrence_id) +
                  text_size(event->summary) + text_size(event->description) +
                  text_size(event->location) + text_size(event->uid) +
                  text_size(event->recurrence_id) + text_size(event->rrule);
    struct block *block = malloc(sizeof(*block) + size);
    char *room = block->texts;

    block->change = *change;
    block->change.uid = place(&room, change->uid);
    block->change.recurrence_id = place(&room, change->recurrence_id);
    block->event = *event;
    block->event.summary = place(&room, event->summary);
    block->event.description = place(&room, event->description);
    block->event.location = place(&room, event->location);
    block->event.uid = place(&room, event->uid);
    block->event.recurrence_id = place(&room, event->recurrence_id);
    block->event.rrule = place(&room, event->rrule);
    if (change->event)
        block->change.event = &block->event;
    return &block->change;
}

/* True when a table, which may be older than ours, has the member. */
#define HAS(entity, member)                                                                        \
    (offsetof(struct calendar_ops, member) < ops_of(entity)->size && ops_of(entity)->member)

/* Defines calendar_async_<member>: one of the pair of ops gets @what, which is freed when the last use has ended. */
#define CHANGE(member, what)                                                                       \
    static HASS_BLOCKING int member##_on_pool(struct hass_worker *worker,                          \
                                              struct hass_entity *entity, void *values, void *arg, \
                                              struct hass_error *err)                              \
    {                                                                                              \
        const struct calendar_change *change = arg;                                                \
                                                                                                   \
        return ops_of(entity)->member(worker, entity, what, values, err);                          \
    }                                                                                              \
    int calendar_async_##member(struct hass_entity *entity, struct calendar_change *change,        \
                                struct hass_error *err)                                            \
    {                                                                                              \
        autofree struct calendar_change *owned = change;                                           \
        int r;                                                                                     \
                                                                                                   \
        if (HAS(entity, async_##member))                                                           \
            r = ops_of(entity)->async_##member(entity, what, err);                                 \
        else if (HAS(entity, member))                                                              \
            r = hass_entity_async_work(entity, member##_on_pool, steal(owned), free, err);         \
        else                                                                                       \
            r = hass_fail(err, HASS_E_UNSUPPORTED, "%s cannot do that",                            \
                          hass_entity_async_entity_id(entity));                                    \
        return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);                          \
    }

CHANGE(create, change->event)
CHANGE(update, change)
CHANGE(remove, change)
