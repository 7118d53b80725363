/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop: one libevent base, an intrusive queue of what is ready to run, and an inbox that other threads push to.
 *
 * Whatever the loop runs is one dispatch: it happens between dispatch_begin and dispatch_end, which enter the owner's
 * scope, count, and say to the watchdog what is running.
 */
#pragma once

#include <stdatomic.h>

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

struct loop *loop_create(struct runtime *runtime, struct hass_error *err);
/** No post is accepted any more; what is queued is run with HASS_E_CLOSED. */
void loop_close(struct loop *loop) HASS_CALLBACK;
struct loop *loop_destroy(struct loop *loop);
struct event_base *loop_base(struct loop *loop);

/** Queues @ready behind everything that is ready. Loop thread. */
void loop_ready(struct loop *loop, struct ready *ready) HASS_CALLBACK;
/** The same from any thread, without a lock. HASS_E_CLOSED: the loop has closed and @ready was not taken. */
int loop_post(struct loop *loop, struct ready *ready);
/** Ends the present wait of the loop, if any. Any thread. */
void loop_wake(struct loop *loop);
/** True while something is queued, here or in the inbox. Loop thread. */
bool loop_has_ready(struct loop *loop) HASS_CALLBACK;

/**
 * Something outside will come back to the loop: a pool job, a child, a descriptor that a coroutine waits for. While any is
 * outstanding, virtual time stands still and runtime_settle goes on waiting. Any thread. Subtract on the loop, after or
 * while queueing what it led to.
 */
void loop_outstanding_add(struct loop *loop);
void loop_outstanding_sub(struct loop *loop);

/**
 * Runs the loop until @done says true after a turn, or @timeout seconds of real time have passed. Virtual time stands still.
 * Returns the last answer of @done.
 */
bool loop_run_until(struct loop *loop, bool (*done)(void *userdata), void *userdata, double timeout)
    HASS_CALLBACK;

/* dispatches */

/* What to restore when a dispatch ends; on the stack of whoever dispatches. They nest. */
struct dispatch {
    struct scope *scope; /* the former one */
    const char *name;
    int64_t began; /* 0 when it is not measured */
    int64_t nested;
};

void dispatch__attend(struct runtime *runtime, struct dispatch *dispatch, unsigned attention);
void dispatch__measure(struct runtime *runtime, struct dispatch *dispatch);

#define BEAT_STORE(member, value) atomic_store_explicit(&(member), (value), memory_order_relaxed)
#define BEAT_LOAD(member)         atomic_load_explicit(&(member), memory_order_relaxed)

/*
 * The parts of a dispatch. One that is saved once can serve many jobs in a row: each switches to its own scope, and what was
 * there before comes back after the last.
 */
static inline HASS_CALLBACK void dispatch_save(struct runtime *runtime, struct dispatch *dispatch)
{
    dispatch->scope = scope__current;
    dispatch->name = BEAT_LOAD(runtime->beat->name);
    dispatch->began = 0;
}

static inline HASS_CALLBACK void dispatch_switch(struct runtime *runtime, struct dispatch *dispatch,
                                                 struct scope *scope, const char *name)
{
    struct loop_beat *beat = runtime->beat;

    (void)scope_switch(scope);
    if (!dispatch->name) {
        BEAT_STORE(beat->count, BEAT_LOAD(beat->count) + 1);
        BEAT_STORE(beat->outer, name);
    }
    BEAT_STORE(beat->scope, scope);
    BEAT_STORE(beat->name, name);
    unsigned attention = BEAT_LOAD(beat->attention);
    if (__builtin_expect(attention, 0))
        dispatch__attend(runtime, dispatch, attention);
}

static inline HASS_CALLBACK void dispatch_count(struct scope *scope)
{
    BEAT_STORE(scope->counters.jobs, BEAT_LOAD(scope->counters.jobs) + 1);
}

static inline HASS_CALLBACK void dispatch_measure(struct runtime *runtime,
                                                  struct dispatch *dispatch)
{
    if (__builtin_expect(dispatch->began != 0, 0))
        dispatch__measure(runtime, dispatch);
}

static inline HASS_CALLBACK void dispatch_restore(struct runtime *runtime,
                                                  const struct dispatch *dispatch)
{
    (void)scope_switch(dispatch->scope);
    BEAT_STORE(runtime->beat->scope, dispatch->scope);
    BEAT_STORE(runtime->beat->name, dispatch->name);
}

/** Enters @scope; what runs is called @name (never NULL) in reports. */
static inline HASS_CALLBACK void dispatch_enter(struct runtime *runtime, struct dispatch *dispatch,
                                                struct scope *scope, const char *name)
{
    dispatch_save(runtime, dispatch);
    dispatch_switch(runtime, dispatch, scope, name);
}

/** The same for a job, which is counted. */
static inline HASS_CALLBACK void dispatch_begin(struct runtime *runtime, struct dispatch *dispatch,
                                                struct scope *scope, const char *name)
{
    dispatch_enter(runtime, dispatch, scope, name);
    dispatch_count(scope);
}

static inline HASS_CALLBACK void dispatch_end(struct runtime *runtime, struct dispatch *dispatch)
{
    dispatch_measure(runtime, dispatch);
    dispatch_restore(runtime, dispatch);
}
