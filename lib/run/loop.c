/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn of the loop: take the inbox, run what is ready up to a budget, fire the timers that are due, let libevent poll the
 * descriptors (or wait when there is nothing to do). Local work never enters libevent; a post from elsewhere does only
 * when the inbox was empty and the loop waits. In virtual time the clock jumps to the next timer instead of waiting for it.
 */
#include "run/loop.h"

#include <errno.h>
#include <stdatomic.h>

#include <event2/event.h>

#include <hass/log.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/timer.h"

/* Descriptors and timers get their turn after this many items. A poll costs about 0.5 µs: 2 ns an item. */
#define BUDGET       256
#define SLOW_USEC    100000
#define INBOX_CLOSED ((struct ready *)(uintptr_t)1)

struct loop {
    struct runtime *runtime;
    struct event_base *base;
    struct event *wake; /* made active by the first post to an empty inbox */
    struct ready *head; /* ready queue, FIFO */
    struct ready **tail;
    bool closed;
    _Atomic bool quit;
    _Atomic uint64_t outstanding;
    char apart[64];              /* other threads use what follows */
    struct ready *_Atomic inbox; /* LIFO */
    _Atomic bool waiting;        /* in the kernel, or about to: posts must wake it */
};

/* queues */

void loop_ready(struct loop *loop, struct ready *ready)
{
    ready->next = NULL;
    *loop->tail = ready;
    loop->tail = &ready->next;
}

void loop_wake(struct loop *loop)
{
    event_active(loop->wake, EV_READ, 0);
}

int loop_post(struct loop *loop, struct ready *ready)
{
    struct ready *head = atomic_load_explicit(&loop->inbox, memory_order_relaxed);

    do {
        if (head == INBOX_CLOSED)
            return HASS_E_CLOSED;
        ready->next = head;
    } while (!atomic_compare_exchange_weak_explicit(&loop->inbox, &head, ready,
                                                    memory_order_seq_cst, memory_order_relaxed));
    /* Either this sees that the loop waits, or the loop sees the item before it does. */
    if (!head && loop->waiting)
        loop_wake(loop);
    return 0;
}

/* Moves what was posted to the ready queue, oldest first. Leaves @rest in the inbox. */
static void take_inbox(struct loop *loop, struct ready *rest)
{
    struct ready *ready = atomic_exchange_explicit(&loop->inbox, rest, memory_order_acquire);
    struct ready *first = NULL;
    struct ready **tail = ready && ready != INBOX_CLOSED ? &ready->next : NULL;

    if (!tail)
        return;
    while (ready) {
        struct ready *next = ready->next;
        ready->next = first;
        first = ready;
        ready = next;
    }
    *loop->tail = first;
    loop->tail = tail;
}

static void take_posts(struct loop *loop)
{
    if (!loop->closed && atomic_load_explicit(&loop->inbox, memory_order_relaxed))
        take_inbox(loop, NULL);
}

bool loop_has_ready(struct loop *loop)
{
    take_posts(loop);
    return loop->head != NULL;
}

void loop_outstanding_add(struct loop *loop)
{
    loop->outstanding++;
}

void loop_outstanding_sub(struct loop *loop)
{
    loop->outstanding--;
}

/* dispatches */

void dispatch__attend(struct runtime *runtime, struct dispatch *dispatch, unsigned attention)
{
    if (attention & BEAT_PARKED)
        runtime->unpark(runtime);
    if (!(attention & BEAT_MEASURE))
        return;
    dispatch->nested = runtime->nested;
    runtime->nested = 0;
    dispatch->began = clock_real();
}

/* Time spent in inner dispatches is theirs. */
void dispatch__measure(struct runtime *runtime, struct dispatch *dispatch)
{
    struct scope_counters *counters = &scope__current->counters;
    int64_t elapsed = clock_real() - dispatch->began;
    int64_t own = elapsed > runtime->nested ? elapsed - runtime->nested : 0;

    dispatch->began = 0;
    runtime->nested = dispatch->nested + elapsed;
    counters->loop_usec += (uint64_t)own;
    if ((uint64_t)own > counters->worst_usec)
        counters->worst_usec = (uint64_t)own;
    if (own > SLOW_USEC && runtime->debug)
        hass_warning("Job %s held the loop for %.3f seconds", BEAT_LOAD(runtime->beat->name),
                     (double)own / 1e6);
}

static HASS_CALLBACK void run_one(struct loop *loop, struct dispatch *dispatch, struct ready *ready)
{
    int status = loop->closed ? HASS_E_CLOSED : 0;

    if (!ready->scope) {
        dispatch_restore(loop->runtime, dispatch);
        ready->run(ready, status);
        return;
    }
    dispatch_switch(loop->runtime, dispatch, ready->scope, ready->name);
    dispatch_count(ready->scope);
    ready->run(ready, status);
    dispatch_measure(loop->runtime, dispatch);
}

static HASS_CALLBACK void run_ready(struct loop *loop)
{
    struct dispatch dispatch;

    take_posts(loop);
    dispatch_save(loop->runtime, &dispatch);
    for (unsigned left = BUDGET; left && loop->head; left--) {
        struct ready *ready = loop->head;
        loop->head = ready->next;
        if (!loop->head)
            loop->tail = &loop->head;
        run_one(loop, &dispatch, ready);
    }
    dispatch_restore(loop->runtime, &dispatch);
}

/* turns */

/*
 * One pass over what the kernel reports. No dispatch interval is set: with one, libevent may split a pass, see only its own
 * wake-up descriptor in the second part, and go on waiting although the first part has made something ready. Nothing can
 * keep a pass going, since callbacks are made active by the kernel or by other threads' first post only.
 */
static void poll_events(struct loop *loop, bool wait)
{
    event_base_loop(loop->base,
                    EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY | (wait ? 0 : EVLOOP_NONBLOCK));
}

static HASS_CALLBACK bool due(const struct loop *loop)
{
    struct runtime *runtime = loop->runtime;
    int64_t next = timers_next(runtime->timers);

    return next != INT64_MAX && next <= clock_monotonic(runtime->clock);
}

/* One turn without waiting. True when anything is left to do, or was done that may have led to more. */
static HASS_CALLBACK bool turn(struct loop *loop)
{
    uint64_t before = BEAT_LOAD(loop->runtime->beat->count);

    run_ready(loop);
    size_t fired = timers_run(loop->runtime->timers);
    poll_events(loop, false);
    return fired || loop_has_ready(loop) || BEAT_LOAD(loop->runtime->beat->count) != before ||
           due(loop);
}

static HASS_CALLBACK void wait_for_events(struct loop *loop)
{
    timers_arm(loop->runtime->timers);
    loop->waiting = true;
    poll_events(loop, !loop->inbox && !loop->quit);
    loop->waiting = false;
}

/* Nothing can run: time passes. */
static HASS_CALLBACK void pass_time(struct loop *loop)
{
    struct runtime *runtime = loop->runtime;
    int64_t next = timers_next(runtime->timers);

    if (clock_is_virtual(runtime->clock) && !loop->outstanding && next != INT64_MAX)
        clock_advance_to(runtime->clock, next);
    else
        wait_for_events(loop);
}

void runtime_run(struct runtime *runtime)
{
    struct loop *loop = runtime->loop;

    hass__assert_loop();
    while (!loop->quit) {
        run_ready(loop);
        timers_run(runtime->timers);
        if (loop_has_ready(loop) || due(loop) || loop->quit)
            poll_events(loop, false);
        else if (!clock_is_virtual(runtime->clock))
            wait_for_events(loop);
        else if (!turn(loop))
            pass_time(loop);
    }
    loop->quit = false;
}

void runtime_quit(struct runtime *runtime)
{
    runtime->loop->quit = true;
    loop_wake(runtime->loop);
}

void runtime_settle(struct runtime *runtime)
{
    struct loop *loop = runtime->loop;

    hass__assert_loop();
    for (;;) {
        if (turn(loop))
            continue;
        if (!loop->outstanding)
            return;
        wait_for_events(loop);
    }
}

void runtime_advance(struct runtime *runtime, double seconds)
{
    int64_t target = clock_monotonic(runtime->clock) + clock_from_seconds(seconds);

    hass__assert_loop();
    runtime_settle(runtime);
    for (int64_t next; (next = timers_next(runtime->timers)) <= target;) {
        clock_advance_to(runtime->clock, next);
        runtime_settle(runtime);
    }
    clock_advance_to(runtime->clock, target);
    runtime_settle(runtime);
}

static void nothing(evutil_socket_t fd, short events, void *arg)
{
}

bool loop_run_until(struct loop *loop, bool (*done)(void *userdata), void *userdata, double timeout)
{
    int64_t deadline = clock_real() + clock_from_seconds(timeout);
    struct event *alarm = event_new(loop->base, -1, 0, nothing, NULL);
    bool result;

    for (;;) {
        bool more = turn(loop);
        int64_t left = deadline - clock_real();
        result = done(userdata);
        if (result || left <= 0)
            break;
        if (more)
            continue;
        struct timeval wait = { .tv_sec = left / 1000000, .tv_usec = left % 1000000 };
        event_add(alarm, &wait);
        wait_for_events(loop);
    }
    event_free(alarm);
    return result;
}

/* life */

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}

struct loop *loop_create(struct runtime *runtime, struct hass_error *err)
{
    struct event_base *base = event_base_new();

    if (!base) {
        hass_fail(err, HASS_E_GENERAL, "libevent found no way to wait for events");
        return NULL;
    }
    struct loop *loop = mem_zalloc(sizeof(*loop));
    loop->runtime = runtime;
    loop->base = base;
    loop->tail = &loop->head;
    loop->wake = event_new(base, -1, EV_READ | EV_PERSIST, nothing, NULL);
    return loop;
}

void loop_close(struct loop *loop)
{
    if (!loop->closed)
        take_inbox(loop, INBOX_CLOSED);
    loop->closed = true;
    /* What runs now may make more ready. */
    while (loop->head)
        run_ready(loop);
}

struct loop *loop_destroy(struct loop *loop)
{
    if (!loop)
        return NULL;
    event_free(loop->wake);
    event_base_free(loop->base);
    free(loop);
    return NULL;
}
