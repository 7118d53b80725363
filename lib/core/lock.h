/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small mutex: two atomic operations when nobody else holds it, a futex otherwise. The core's tables hold theirs for a few
 * instructions, because the loop may wait; the loader holds one of its own while it opens files, where only pool threads wait.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct lock {
    _Atomic uint32_t state; /* 0 free, 1 held, 2 held and waited for */
};

void lock__wait(struct lock *lock);
void lock__wake(struct lock *lock);

static inline void lock_take(struct lock *lock)
{
    uint32_t expected = 0;

    if (!atomic_compare_exchange_strong_explicit(&lock->state, &expected, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        lock__wait(lock);
}

static inline void lock_drop(struct lock *lock)
{
    if (atomic_exchange_explicit(&lock->state, 0, memory_order_release) == 2)
        lock__wake(lock);
}
