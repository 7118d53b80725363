/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coroutines: a body on a pooled stack, and the one way to wait. Who waits puts a wait object on its own stack, calls
 * co_wait, and takes the object away again when that returns: by a wake, a time-out or a cancellation. Nothing unwinds, so
 * no wait object outlives its coroutine. All calls on the loop thread.
 */
#pragma once

#include "run/co_switch.h"
#include "run/loop.h"
#include "run/timer.h"

struct co_pool;

enum co_state {
    CO_RUNNING, /* or has started another one that runs */
    CO_WAITING, /* in co_wait, nothing has happened */
    CO_WOKEN,   /* queued to be resumed */
    CO_ENDED,
};

/** Embedded in its owner (a task). */
struct co {
    struct runtime *runtime;
    struct co_stack *stack; /* NULL when ended */
    void (*body)(struct co *co);
    void (*ended)(struct co *co); /* the stack is back in the pool; may free @co */
    struct ready ready;
    struct timer timer;
    const char *name; /* for reports */
    int outcome;      /* of the wait that has been woken */
    unsigned refused; /* waits and calls, since all or its scope was closed */
    enum co_state state;
    bool cancelling; /* has been asked to end */
    bool cancel;     /* the next wait returns -ECANCELED */
    bool shielded;   /* the present wait does not */
};

/** @max: coroutines at once; 0 is 4,096. */
struct co_pool *co_pool_create(struct runtime *runtime, size_t max);
/** Unmaps all stacks but those of coroutines that are still suspended. */
struct co_pool *co_pool_destroy(struct co_pool *pool);
/** Coroutines that exist. */
size_t co_pool_count(const struct co_pool *pool);
/** From now on no wait suspends: each returns -ECANCELED. What waits is resumed by co_cancel. */
void co_pool_close(struct co_pool *pool) HASS_CALLBACK;

/**
 * Runs @co, of which runtime, body, ended and name are set, on a stack of the pool until it first waits or ends.
 *
 * Returns: 0 when it waits, 1 when it has ended and may be gone, HASS_E_LIMIT when too many exist.
 */
int co_start(struct co *co, struct hass_error *err) HASS_CALLBACK;

/** The coroutine that the caller may suspend, or NULL. */
static inline struct co *co_current(void)
{
    return co__current;
}

/** Around a callback: what it calls must not suspend the coroutine it happens to run in. Returns it for co_show. */
static inline struct co *co_hide(void)
{
    struct co *co = co__current;

    co__current = NULL;
    return co;
}

static inline void co_show(struct co *co)
{
    co__current = co;
}

/**
 * Suspends the current coroutine. Returns the outcome of the co_wake that ends the wait, -ETIMEDOUT after @timeout seconds
 * (HASS_FOREVER: never), or -ECANCELED, at once if a cancellation is pending.
 */
int co_wait(double timeout) HASS_COROUTINE;
/** As co_wait, but a cancellation is kept for the next wait. */
int co_wait_shielded(double timeout) HASS_COROUTINE;
/** Lets everything run that is ready now. Returns 0 or -ECANCELED. */
int co_yield (void) HASS_COROUTINE;
/**
 * Something was refused because the scope that is current is closed. A coroutine that goes on regardless, again and again, would
 * hold the loop for ever: it is suspended and never resumed.
 */
void co_refused(void) HASS_CALLBACK;
/** Delivers a pending cancellation without suspending: -ECANCELED or 0. For waits that find their result already there. */
int co_check_cancel(void) HASS_COROUTINE;
/** Ends the wait of @co with @outcome. False when it does not wait or has been woken already: the first wins. */
bool co_wake(struct co *co, int outcome) HASS_CALLBACK;
/** Asks @co to end: its present wait, unless woken already or shielded, else its next one returns -ECANCELED. */
void co_cancel(struct co *co) HASS_CALLBACK;
