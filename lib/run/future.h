/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Futures: counted, set once by any thread. Who waits on the loop is called back there; who blocks elsewhere is signalled.
 */
#pragma once

#include <hass/task.h>

#include "run/loop.h"

struct hass_future {
    _Atomic uint32_t refs;
    _Atomic uint32_t state; /* enum future_state of future.c */
    struct runtime *runtime;
    int result;
    _Atomic bool observed; /* somebody asked for the result */
    void *value;
    hass_destroy_fn *destroy;
    struct hass_error *error; /* NULL when there is no text */
    struct hass_list waiters; /* struct future_waiter; loop thread */
    struct ready posted;      /* wakes them when it is set elsewhere */
    void (*finalize)(
        struct hass_future *future); /* frees what it is embedded in; the error is still there */
};

/** On the waiter's side; @done runs on the loop, once, the waiter taken off the list; it must not run foreign code. */
struct future_waiter {
    struct hass_list link;
    void (*done)(struct future_waiter *waiter);
};

/** For a future embedded in another counted object: one reference is the caller's, the last one calls @finalize. */
void future_init(struct hass_future *future, struct runtime *runtime,
                 void (*finalize)(struct hass_future *future));
/** Makes the caller the only one who can complete a new future: hass_future_set is refused. */
void future_claim(struct hass_future *future);
/** Completes a claimed future. */
void future_complete(struct hass_future *future, int result, const struct hass_error *error);
/** False when it is done already: @waiter is not added. */
bool future_add_waiter(struct hass_future *future, struct future_waiter *waiter) HASS_CALLBACK;
/** Safe when it was called already. */
void future_remove_waiter(struct future_waiter *waiter) HASS_CALLBACK;
/** True when anybody has asked for the result. */
bool future_observed(const struct hass_future *future);
