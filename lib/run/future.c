/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Futures. The state is one atomic word: whoever moves it from pending to setting fills in the result, and flags in it say
 * whether anybody waits, so that setting a future that nobody waits for costs two atomic operations. Threads that block are
 * rare and short on a list of the process; waiters on the loop are on the future's own, which only the loop touches.
 */
#include "run/future.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/executor.h"

enum future_state {
    FUTURE_PENDING = 0,
    FUTURE_SETTING = 1,
    FUTURE_DONE = 2,
    FUTURE_WAITED = 4,  /* somebody waits on the loop */
    FUTURE_BLOCKED = 8, /* some thread blocks */
};

/* A thread in hass_future_wait. */
struct blocked {
    struct hass_list link;
    const struct hass_future *future;
    pthread_cond_t woken;
    bool done;
    bool idle;             /* a pool job that is not outstanding while it waits */
    struct idling *idling; /* on its way to the loop */
};

/* The way of a blocked pool job to the loop, where it stops to be outstanding. */
struct idling {
    struct ready ready;
    struct loop *loop;
    struct blocked *blocked; /* NULL: it waits no longer */
};

/* Of the process, not of a hass: a pool thread that had to be abandoned may set its future after hass is gone. */
static pthread_mutex_t blocked_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hass_list all_blocked = HASS_LIST_INIT(all_blocked);

/* life */

static HASS_CALLBACK void wake_waiters(struct hass_future *future)
{
    while (!list_empty(&future->waiters)) {
        struct future_waiter *waiter = list_first(&future->waiters, struct future_waiter, link);
        list_remove(&waiter->link);
        waiter->done(waiter);
    }
}

static HASS_CALLBACK void wake_posted(struct ready *ready, int status)
{
    struct hass_future *future = list_entry(ready, struct hass_future, posted);

    if (status == 0)
        wake_waiters(future);
    hass_future_unref(future);
}

void future_init(struct hass_future *future, struct runtime *runtime,
                 void (*finalize)(struct hass_future *future))
{
    *future = (struct hass_future){
        .refs = 1,
        .runtime = runtime,
        .finalize = finalize,
    };
    list_init(&future->waiters);
}

static void free_plain(struct hass_future *future)
{
    free(future);
}

struct hass_future *hass_future_new(struct hass *hass)
{
    struct hass_future *future = mem_alloc(sizeof(*future));

    future_init(future, runtime_of(hass), free_plain);
    return future;
}

struct hass_future *hass_future_ref(struct hass_future *future)
{
    atomic_fetch_add_explicit(&future->refs, 1, memory_order_relaxed);
    return future;
}

struct hass_future *hass_future_unref(struct hass_future *future)
{
    /* Nobody can take another reference while the caller's is the only one: then reading is enough. */
    if (!future || (atomic_load_explicit(&future->refs, memory_order_acquire) != 1 &&
                    atomic_fetch_sub_explicit(&future->refs, 1, memory_order_acq_rel) != 1))
        return NULL;
    if (future->destroy)
        future->destroy(future->value);
    struct hass_error *error = future->error;
    future->finalize(future);
    free(error);
    return NULL;
}

/* the result */

bool hass_future_done(const struct hass_future *future)
{
    return atomic_load_explicit(&future->state, memory_order_acquire) & FUTURE_DONE;
}

int hass_future_result(const struct hass_future *future, struct hass_error *err)
{
    if (!hass_future_done(future))
        return -EINPROGRESS;
    atomic_store_explicit(&((struct hass_future *)future)->observed, true, memory_order_relaxed);
    if (future->error)
        hass_error_copy(err, future->error);
    else if (future->result < 0)
        hass_fail(err, future->result, "%s",
                  future->result == -ECANCELED ? "cancelled" : hass_error_name(future->result));
    return future->result;
}

void *hass_future_value(const struct hass_future *future)
{
    return hass_future_done(future) ? future->value : NULL;
}

bool future_observed(const struct hass_future *future)
{
    return atomic_load_explicit(&future->observed, memory_order_relaxed);
}

/* True for the one caller that may fill in the result. */
static bool begin_setting(struct hass_future *future)
{
    uint32_t state = atomic_load_explicit(&future->state, memory_order_relaxed);

    do {
        if (state & (FUTURE_SETTING | FUTURE_DONE))
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&future->state, &state, state | FUTURE_SETTING,
                                                    memory_order_acquire, memory_order_relaxed));
    return true;
}

/* Outstanding again before its thread runs: otherwise the loop could take itself for idle in between. */
static void wake_blocked(struct blocked *blocked)
{
    if (blocked->idle)
        loop_outstanding_add(blocked->future->runtime->loop);
    blocked->idle = false;
    blocked->done = true;
    pthread_cond_signal(&blocked->woken);
}

static void signal_blocked(const struct hass_future *future)
{
    pthread_mutex_lock(&blocked_lock);
    list_foreach(&all_blocked, struct blocked, blocked, link) {
        if (blocked->future == future)
            wake_blocked(blocked);
    }
    pthread_mutex_unlock(&blocked_lock);
}

static void wake_loop(struct hass_future *future)
{
    if (runtime__thread == future->runtime) {
        hass__assert_loop();
        wake_waiters(future);
        return;
    }
    hass_future_ref(future);
    future->posted = (struct ready){ .run = wake_posted, .name = "future" };
    if (loop_post(future->runtime->loop, &future->posted) < 0)
        hass_future_unref(future);
}

int hass_future_set(struct hass_future *future, int result, void *value, hass_destroy_fn *destroy,
                    const struct hass_error *error)
{
    if (!begin_setting(future)) {
        if (destroy)
            destroy(value);
        return HASS_E_EXISTS;
    }
    future->value = value;
    future->destroy = destroy;
    future_complete(future, result, error);
    return 0;
}

void future_claim(struct hass_future *future)
{
    atomic_store_explicit(&future->state, FUTURE_SETTING, memory_order_relaxed);
}

/* Returns the state before. On the loop, nobody else can be adding a flag to what only the caller holds. */
static uint32_t mark_done(struct hass_future *future)
{
    if (runtime__thread != future->runtime ||
        atomic_load_explicit(&future->refs, memory_order_acquire) > 1)
        return atomic_fetch_or_explicit(&future->state, FUTURE_DONE, memory_order_acq_rel);
    uint32_t state = atomic_load_explicit(&future->state, memory_order_relaxed);
    atomic_store_explicit(&future->state, state | FUTURE_DONE, memory_order_release);
    return state;
}

void future_complete(struct hass_future *future, int result, const struct hass_error *error)
{
    future->result = result;
    if (error && error->code != 0) {
        future->error = mem_alloc(sizeof(*future->error));
        *future->error = *error;
    }
    /* The waiters may drop the last reference but the caller's, which lasts as long as this call. */
    uint32_t state = mark_done(future);
    if (state & FUTURE_BLOCKED)
        signal_blocked(future);
    if (state & FUTURE_WAITED)
        wake_loop(future);
}

/* waiting */

bool future_add_waiter(struct hass_future *future, struct future_waiter *waiter)
{
    uint32_t state = atomic_fetch_or_explicit(&future->state, FUTURE_WAITED, memory_order_acq_rel);

    list_init(&waiter->link);
    if (state & FUTURE_DONE)
        return false;
    list_append(&future->waiters, &waiter->link);
    return true;
}

void future_remove_waiter(struct future_waiter *waiter)
{
    list_remove(&waiter->link);
}

static struct timespec deadline_after(double timeout)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t usec = clock_from_seconds(timeout) + now.tv_nsec / 1000;
    return (struct timespec){
        .tv_sec = now.tv_sec + (time_t)(usec / 1000000),
        .tv_nsec = (long)(usec % 1000000) * 1000,
    };
}

static void begin_idling(struct ready *ready, int status)
{
    struct idling *idling = (struct idling *)ready;

    pthread_mutex_lock(&blocked_lock);
    if (idling->blocked && !idling->blocked->done) {
        loop_outstanding_sub(idling->loop);
        idling->blocked->idle = true;
    }
    if (idling->blocked)
        idling->blocked->idling = NULL;
    pthread_mutex_unlock(&blocked_lock);
    free(idling);
}

/*
 * In virtual time the clock stands still while a pool job is outstanding; one that waits for us must not be, or time would
 * never pass for what it waits for.
 */
static void idle_in_virtual_time(struct blocked *blocked)
{
    struct runtime *runtime = blocked->future->runtime;

    if (!clock_is_virtual(runtime->clock) || !executor_is_worker())
        return;
    struct idling *idling = mem_zalloc(sizeof(*idling));
    *idling = (struct idling){
        .ready = { .run = begin_idling, .scope = runtime->root, .name = "blocked pool job" },
        .loop = runtime->loop,
        .blocked = blocked,
    };
    if (loop_post(runtime->loop, &idling->ready) < 0)
        free(idling);
    else
        blocked->idling = idling;
}

static void stop_idling(struct blocked *blocked)
{
    if (blocked->idling)
        blocked->idling->blocked = NULL;
    if (blocked->idle)
        loop_outstanding_add(blocked->future->runtime->loop);
}

/* Called and left with the lock held. Returns 0 or -ETIMEDOUT. */
static int block(struct blocked *blocked, double timeout)
{
    struct timespec deadline = deadline_after(timeout < 0 ? 0 : timeout);
    int r = 0;

    while (!blocked->done && r == 0)
        r = timeout < 0 ? pthread_cond_wait(&blocked->woken, &blocked_lock)
                        : pthread_cond_clockwait(&blocked->woken, &blocked_lock, CLOCK_MONOTONIC,
                                                 &deadline);
    return blocked->done ? 0 : -r;
}

/* The flag is set under the lock that the setter takes when it sees the flag: no wake is lost. */
static int wait_blocking(struct hass_future *future, double timeout)
{
    struct blocked blocked = { .future = future, .woken = PTHREAD_COND_INITIALIZER };

    pthread_mutex_lock(&blocked_lock);
    list_append(&all_blocked, &blocked.link);
    uint32_t state = atomic_fetch_or_explicit(&future->state, FUTURE_BLOCKED, memory_order_acq_rel);
    blocked.done = state & FUTURE_DONE;
    if (!blocked.done)
        idle_in_virtual_time(&blocked);
    int r = block(&blocked, timeout);
    stop_idling(&blocked);
    list_remove(&blocked.link);
    pthread_mutex_unlock(&blocked_lock);
    pthread_cond_destroy(&blocked.woken);
    return r;
}

int hass_future_wait(struct hass_future *future, double timeout, struct hass_error *err)
{
    VERIFY_NOT_LOOP(future->runtime->hass, "hass.future.wait", err);
    if (!hass_future_done(future)) {
        executor_park();
        int r = wait_blocking(future, timeout);
        executor_unpark();
        if (r < 0)
            return hass_fail(err, r, "no result after %g s", timeout);
    }
    return hass_future_result(future, err);
}
