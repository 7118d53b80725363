/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts. Two counts in one word: references that keep the memory, and among them those of somebody who acts under the
 * context ("live": a caller, a script, a service call). States and events keep a context without being live; so an origin
 * event, which the context keeps only while it is live, is never held by its own consequences, and chains end.
 */
#pragma once

#include <stdatomic.h>

#include <hass/context.h>

#include "base/ulid.h"

#define CONTEXT_MEMORY UINT64_C(1)
#define CONTEXT_LIVE   (UINT64_C(1) << 32 | CONTEXT_MEMORY)

struct context_names;

struct hass_context {
    _Atomic uint64_t counts;   /* low half: references; high half: live ones */
    struct hass_event *origin; /* the first event; loop thread; NULL when that has gone */
    _Atomic bool origin_held;  /* the context has a reference to it */
    bool fired; /* an event has been fired with it: a later one is not the origin. Loop thread */
    _Atomic uint8_t encoded; /* enum text_state of context.c, of `text` */
    char text[ULID_TEXT];    /* made when asked for */
    struct ulid ulid;
    const struct context_names
        *names; /* given ids, behind the struct; NULL: a ULID and nothing else */
};

/**
 * A fresh context of @time at the start of a malloc'ed block, which the context frees when it is the last. With @kept
 * further references beside the live one.
 */
void context_init(struct hass_context *context, int64_t time, uint32_t kept);
/** A fresh context of @time, live. */
const struct hass_context *context_fresh(int64_t time);

/** A reference that does not count as acting under it. */
static inline const struct hass_context *context_keep(const struct hass_context *context)
{
    atomic_fetch_add_explicit(&((struct hass_context *)context)->counts, CONTEXT_MEMORY,
                              memory_order_relaxed);
    return context;
}
void context_drop(const struct hass_context *context);
void context_write_json(const struct hass_context *context, struct hass_buf *buf);

/** True when somebody acts under it; @own: how many live references are the caller's. */
static inline bool context_is_live(const struct hass_context *context, uint32_t own)
{
    return atomic_load_explicit(&((struct hass_context *)context)->counts, memory_order_relaxed) >>
           32 > own;
}

/** @event is fired with @context: it is the origin if it is the first. Loop thread. */
void context_fire(const struct hass_context *context, const struct hass_event *event);
/** @event has been delivered: the origin is kept from now on by a context that lives on. Loop thread. */
void context_delivered(const struct hass_context *context, const struct hass_event *event);
/** @event is freed. Loop thread. */
void context_forget(const struct hass_context *context, const struct hass_event *event);
