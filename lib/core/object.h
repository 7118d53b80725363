/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What events, states and service calls have in common: one atomic count, and that they are freed on the loop thread: the
 * thread that drops the last reference elsewhere buries the object, and the loop frees it.
 */
#pragma once

#include <stdatomic.h>

#include "run/loop.h"

struct grave;

struct graveyard {
    struct grave *_Atomic dead; /* pushed by any thread, newest first */
    _Atomic bool posted;        /* `ready` is on its way to the loop */
    struct ready ready;
};

void graveyard_init(struct hass *hass);
/** Frees what is buried. Loop thread. */
void graveyard_empty(struct graveyard *graveyard);

/** The last reference to @object is gone: @destroy runs on the loop thread, at once if this is it. */
void object_free(struct hass *hass, void *object, hass_destroy_fn *destroy);

static inline void count_take(_Atomic uint32_t *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

/** True when that was the last. */
static inline bool count_drop(_Atomic uint32_t *count)
{
    if (atomic_fetch_sub_explicit(count, 1, memory_order_release) != 1)
        return false;
    (void)atomic_load_explicit(
        count, memory_order_acquire); // pairs with the release of the others; tsan knows no fences
    return true;
}

/** Takes a reference unless the last one is gone already. */
static inline bool count_try_take(_Atomic uint32_t *count)
{
    uint32_t now = atomic_load_explicit(count, memory_order_relaxed);

    while (now != 0)
        if (atomic_compare_exchange_weak_explicit(count, &now, now + 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return true;
    return false;
}
