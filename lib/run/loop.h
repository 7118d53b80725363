/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop: one libevent base, an intrusive queue of what is ready to run, and an inbox that other threads push to.
 *
 * Whatever the loop runs is one dispatch: it happens between dispatch_begin and dispatch_end, which enter the owner's
 * scope, count, and say to the watchdog what is running.
 */
#pragma once

#include <event2/event.h>

#include <hass/loop.h>

#include "run/runtime.h"
#include "run/scope.h"

/**
 * Something to run once on the loop, embedded in its owner: a task to resume, a post, a completion. At most on one queue
 * at a time; the owner keeps it (and a reference to @scope) alive until it has run.
 */
struct ready {
    struct ready *next;
    /* @status is 0, or HASS_E_CLOSED when the loop has closed: then only complete and free. May free @ready. */
    void (*run)(struct ready *ready, int status);
    struct scope *scope; /* entered while it runs; counted as one job */
    const char *name;    /* for reports: a literal, or living as long as the item */
};

/* What the loop is doing now, for the watchdog and the last words. Written by the loop thread only, relaxed. */
struct loop_beat {
    _Atomic uint64_t count; /* dispatches begun or resumed */
    _Atomic bool waiting;   /* in the kernel, nothing to do */
    struct scope *_Atomic scope;
    const char *_Atomic name; /* of the job; NULL between two */
};

struct loop *loop_create(struct runtime *runtime, struct hass_error *err);
/** No post is accepted any more; what is queued is run with HASS_E_CLOSED. */
void loop_close(struct loop *loop) HASS_CALLBACK;
struct loop *loop_destroy(struct loop *loop);
struct event_base *loop_base(struct loop *loop);
struct loop_beat *loop_beat(struct loop *loop);

/** Queues @ready behind everything that is ready. Loop thread. */
void loop_ready(struct loop *loop, struct ready *ready) HASS_CALLBACK;
/** The same from any thread, without a lock. HASS_E_CLOSED: the loop has closed and @ready was not taken. */
int loop_post(struct loop *loop, struct ready *ready);
/** True while something is queued, here or in the inbox. Loop thread. */
bool loop_has_ready(struct loop *loop) HASS_CALLBACK;

/**
 * Something outside will come back to the loop: a pool job, a child, a descriptor that a coroutine waits for. While any is
 * outstanding, virtual time stands still and runtime_settle goes on waiting. Any thread. Subtract on the loop, after or
 * while queueing what it led to.
 */
void loop_outstanding_add(struct loop *loop);
void loop_outstanding_sub(struct loop *loop);

/* --- dispatches ---------------------------------------------------------------------------------------------------- */

/* What to restore when a dispatch ends; on the stack of whoever dispatches. They nest. */
struct dispatch {
    struct scope *scope; /* the former one */
    const char *name;
    int64_t began; /* 0 unless debug */
};

void dispatch_begin(struct runtime *runtime, struct dispatch *dispatch, struct scope *scope,
                    const char *name) HASS_CALLBACK;
void dispatch_end(struct runtime *runtime, struct dispatch *dispatch) HASS_CALLBACK;
