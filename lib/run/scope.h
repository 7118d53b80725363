/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owner scopes: who owns what runs, what is registered, and what is counted. The public part is in run/runtime.h.
 *
 * Whatever must end with its scope is a struct scope_member: a registration, a task, a pool job.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include <hass/list.h>

#include "run/runtime.h"

#define SCOPE_MAX_POSTS 10000

/** Something that ends with its scope, embedded in it. All on the loop thread. */
struct scope_member {
    struct hass_list link; /* in scope->members, newest first */
    struct scope *scope;   /* counted while it is a member */
    /* Asks it to end: it leaves by scope_remove, now or later. Called at most once. */
    void (*close)(struct scope_member *member);
};

struct scope {
    struct runtime *runtime;
    _Atomic enum scope_state state;
    /* And, in the upper half, how many of them are posts: one atomic operation for both. */
    _Atomic uint64_t refs;
    char apart[64]; /* threads that post write what is above, the loop what follows */
    struct scope_counters counters;

    struct ready *dying;      /* frees the scope after the turn in which its last reference went */
    struct hass_list link;    /* in runtime->scopes */
    struct hass_list members; /* newest first */
    struct hass_list ending;  /* members that were asked to end */
    struct hass_list ended;   /* subs that have ended while somebody holds a handle */
    struct hass_future *idle; /* set when the last member leaves a closing scope; or NULL */

    pthread_mutex_t lock; /* for posters that wait until half of the posts is drained */
    pthread_cond_t drained;
    _Atomic bool blocked; /* somebody waits and has not been woken yet */

    /* Under the executor's lock. */
    struct hass_list pool_queue; /* jobs that wait for a thread */
    struct hass_list pool_link;  /* in the executor's list of scopes with such jobs */
    uint32_t pool_queued;        /* their number */
    uint32_t pool_running;

    char name[];
};

/* The scope that is current on this thread. */
extern __thread struct scope *scope__current __attribute__((tls_model("initial-exec")));

void scope__gate(void);

/* The switch itself: scope_enter for the run layer. NULL leaves all scopes. Returns the former scope. */
static inline struct scope *scope_switch(struct scope *scope)
{
    struct scope *former = scope__current;

    scope__current = scope;
    bool closed =
        scope && atomic_load_explicit(&scope->state, memory_order_relaxed) == SCOPE_CLOSED;
    if (__builtin_expect(closed || runtime__current != runtime__thread, 0))
        scope__gate();
    return former;
}

/** HASS_E_CLOSED unless @scope is OPEN: nothing new is registered in a scope that closes. */
int scope_check_open(const struct scope *scope, struct hass_error *err);
/** HASS_E_CLOSED when @scope is CLOSED. Any thread. */
int scope_check_alive(const struct scope *scope, struct hass_error *err);
/** Adds @member (its @close set) as the newest. The caller has checked that the scope is open. */
void scope_add(struct scope *scope, struct scope_member *member) HASS_CALLBACK;
/** @member has ended. Safe when it is not a member. */
void scope_remove(struct scope_member *member) HASS_CALLBACK;

/** The scope of the caller as seen by @hass: current, or the root's on a thread that entered none. */
struct scope *scope_of_caller(const struct hass *hass);
/**
 * One more post of @scope is queued. At the limit blocks until half of them is drained; with @try fails with
 * -EAGAIN instead, on the loop with HASS_E_LIMIT. HASS_E_CLOSED when the scope is closed.
 */
int scope_post_begin(struct scope *scope, bool try, struct hass_error *err);
void scope_post_end(struct scope *scope);
/** Asks everything in @scope to end, newest first; nothing new is accepted from now on. */
void scope_end(struct scope *scope) HASS_CALLBACK;
/** From now on inert: every async_ call from it fails. */
void scope_set_closed(struct scope *scope) HASS_CALLBACK;
/** Gives the log the name of the current scope. */
const char *scope_logger(void);
void scope_ranges_create(struct runtime *runtime);
void scope_ranges_free(struct runtime *runtime);
/** The domain whose loaded file holds @address, or NULL. Any thread, no lock. */
const char *scope_name_of_address(const struct hass *hass, const void *address);
