/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: a heap over one libevent event. Due timers fire in order of time, equal times in order of arming; a timer may be
 * set, cancelled or freed inside its own callback. All calls on the loop thread.
 */
#pragma once

#include <hass/list.h>

#include "run/runtime.h"

struct timers;

/** Embedded in its owner; begins zeroed or with timer_init. Cancel it before it is freed. */
struct timer {
    int64_t when; /* on the clock it was set for */
    uint64_t sequence;
    struct timers *timers; /* NULL while not set */
    void (*fire)(struct timer *timer);
    uint32_t place; /* in its heap */
    bool wall;
};

/* Somebody who computes times anew when the wall clock is set. Embedded in its owner, from timers_watch_clock to clock_watcher_remove. */
struct clock_watcher {
    struct hass_list link; /* on the timers' watchers */
    /* Timers that are due by now are still set. May set and cancel timers; may not end another watcher. */
    void (*clock_set)(struct clock_watcher *watcher);
};

struct timers *timers_create(struct runtime *runtime, struct hass_error *err);
struct timers *timers_destroy(struct timers *timers);

static inline void timer_init(struct timer *timer, void (*fire)(struct timer *timer))
{
    *timer = (struct timer){ .fire = fire };
}

/** Sets or sets anew: @when on the monotonic clock, microseconds; the past means the next turn. */
void timer_set(struct timers *timers, struct timer *timer, int64_t when) HASS_CALLBACK;
/** The same on the wall clock, microseconds UTC: follows the clock when it is set. */
void timer_set_wall(struct timers *timers, struct timer *timer, int64_t when) HASS_CALLBACK;
/** Safe when it is not set. */
void timer_cancel(struct timer *timer) HASS_CALLBACK;
static inline bool timer_is_set(const struct timer *timer)
{
    return timer->timers != NULL;
}

/** Monotonic time of the earliest timer, INT64_MAX when there is none. */
int64_t timers_next(const struct timers *timers) HASS_CALLBACK;
/** Real time: makes the kernel wake the loop for the earliest. Before each wait. */
void timers_arm(struct timers *timers) HASS_CALLBACK;
/** Fires what is due now. Returns the number fired. */
size_t timers_run(struct timers *timers) HASS_CALLBACK;
/** From now on @watcher hears when the wall clock is set. */
void timers_watch_clock(struct timers *timers, struct clock_watcher *watcher) HASS_CALLBACK;
/** Safe when it does not watch and is zeroed. */
void clock_watcher_remove(struct clock_watcher *watcher) HASS_CALLBACK;
/** The wall clock was set: what the kernel reports in real time, and tests after clock_set_wall. */
void timers_clock_set(struct timers *timers) HASS_CALLBACK;
