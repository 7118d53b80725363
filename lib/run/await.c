/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a coroutine can wait for: futures, tasks, the first or all of several, time, a descriptor, and that everything has
 * settled. Each wait keeps its object on the coroutine's stack and takes it away again before it returns.
 */
#include <errno.h>

#include <event2/event_struct.h>

#include <hass/log.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/task.h"

/* hass_async_block_till_done says what it waits for that often. */
#define BLOCK_LOG_SECONDS 60.0

/* futures */

struct await {
    struct future_waiter waiter;
    struct co *co;
};

static HASS_CALLBACK void future_done(struct future_waiter *waiter)
{
    co_wake(list_entry(waiter, struct await, waiter)->co, 0);
}

/* 0 when @future is done, else why the wait ended. */
static HASS_COROUTINE int wait_future(struct hass_future *future, double timeout, bool shielded)
{
    struct await await = { .waiter.done = future_done, .co = co_current() };

    if (!future_add_waiter(future, &await.waiter))
        return shielded ? 0 : co_check_cancel();
    int r = shielded ? co_wait_shielded(timeout) : co_wait(timeout);
    future_remove_waiter(&await.waiter);
    return r;
}

static int fail_wait(struct hass_error *err, int r, double timeout)
{
    if (r == -ETIMEDOUT)
        return hass_fail(err, r, "not done after %g s", timeout);
    return hass_fail(err, r, "cancelled");
}

/* The waiter may hold the last reference of what it waits for, and lose it while it is suspended. */
int hass_async_await(struct hass_future *future, double timeout, struct hass_error *err)
{
    VERIFY_COROUTINE(future->runtime->hass, "hass.async_await", err);
    autounref(hass_future) *held = hass_future_ref(future);
    int r = wait_future(held, timeout, false);
    return r < 0 ? fail_wait(err, r, timeout) : hass_future_result(held, err);
}

int hass_async_shield(struct hass_future *future, struct hass_error *err)
{
    VERIFY_COROUTINE(future->runtime->hass, "hass.async_shield", err);
    autounref(hass_future) *held = hass_future_ref(future);
    int r = wait_future(held, HASS_FOREVER, true);
    return r < 0 ? fail_wait(err, r, HASS_FOREVER) : hass_future_result(held, err);
}

/*
 * A cancelled waiter does not leave before the task has ended, which may use what lies on the waiter's stack. A second
 * cancellation does not wait any longer.
 */
int hass_async_await_task(struct hass_task *task, double timeout, struct hass_error *err)
{
    struct hass *hass = hass_task_future(task)->runtime->hass;

    VERIFY_COROUTINE(hass, "hass.async_await_task", err);
    if (task == task_current())
        return hass_fail(err, HASS_E_WOULD_DEADLOCK, "task %s waits for itself",
                         hass_task_name(task));
    autounref(hass_task) *held = hass_task_ref(task);
    struct hass_future *future = hass_task_future(held);
    int r = wait_future(future, timeout, false);
    if (r == -ECANCELED) {
        hass_task_async_cancel(held, NULL);
        (void)wait_future(future, HASS_FOREVER, false);
    }
    return r < 0 ? fail_wait(err, r, timeout) : hass_future_result(future, err);
}

/* several futures */

/* A wait for several; @missing more must be done. */
struct gather {
    struct co *co;
    size_t missing;
    struct part {
        struct future_waiter waiter;
        struct gather *gather;
    } * parts;
    size_t count;
};

static HASS_CALLBACK void part_done(struct future_waiter *waiter)
{
    struct gather *gather = list_entry(waiter, struct part, waiter)->gather;

    if (gather->missing > 0 && --gather->missing == 0)
        co_wake(gather->co, 0);
}

/* Returns 0 when @wanted of @futures are done, else why the wait ended. */
static HASS_COROUTINE int wait_several(struct hass_future *const futures[], size_t count,
                                       size_t wanted, double timeout)
{
    struct gather gather = {
        .co = co_current(),
        .missing = wanted,
        .parts = mem_alloc((count + 1) * sizeof(struct part)),
        .count = count,
    };

    for (size_t i = 0; i < count; i++) {
        gather.parts[i] = (struct part){ .waiter.done = part_done, .gather = &gather };
        hass_future_ref(futures[i]);
        if (!future_add_waiter(futures[i], &gather.parts[i].waiter) && gather.missing > 0)
            gather.missing--;
    }
    int r = gather.missing > 0 ? co_wait(timeout) : co_check_cancel();
    for (size_t i = 0; i < count; i++) {
        future_remove_waiter(&gather.parts[i].waiter);
        hass_future_unref(futures[i]);
    }
    free(gather.parts);
    return r;
}

int hass_async_wait_any(struct hass *hass, struct hass_future *const futures[], size_t count,
                        double timeout, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_wait_any", err);
    if (count == 0)
        return hass_fail(err, HASS_E_INVALID, "nothing to wait for");
    int r = wait_several(futures, count, 1, timeout);
    if (r < 0)
        return fail_wait(err, r, timeout);
    size_t first = 0;
    while (!hass_future_done(futures[first]))
        first++;
    return (int)first;
}

int hass_async_wait_all(struct hass *hass, struct hass_future *const futures[], size_t count,
                        double timeout, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_wait_all", err);
    int r = wait_several(futures, count, count, timeout);
    return r < 0 ? fail_wait(err, r, timeout) : 0;
}

/* time and descriptors */

int hass_async_sleep(struct hass *hass, double seconds, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_sleep", err);
    int r = seconds > 0 ? co_wait(seconds) : co_yield ();
    return r == -ECANCELED ? fail_wait(err, r, seconds) : 0;
}

struct fd_wait {
    struct co *co;
    int fd;
    int events;
};

static HASS_CALLBACK void fd_ready(evutil_socket_t fd, short what, void *arg)
{
    struct fd_wait *wait = arg;

    wait->events |= what & EV_READ ? HASS_FD_READ : 0;
    wait->events |= what & EV_WRITE ? HASS_FD_WRITE : 0;
    co_wake(wait->co, what & EV_TIMEOUT ? -ETIMEDOUT : 0);
}

/* Level triggered, once: it is there for one wait only. */
static int watch_fd(struct event *event, struct runtime *runtime, unsigned events,
                    struct fd_wait *wait, double timeout)
{
    int64_t usec = clock_from_seconds(timeout);
    struct timeval limit = { .tv_sec = (time_t)(usec / 1000000), .tv_usec = usec % 1000000 };
    short what = 0;

    what |= events & HASS_FD_READ ? EV_READ : 0;
    what |= events & HASS_FD_WRITE ? EV_WRITE : 0;
    if (event_assign(event, loop_base(runtime->loop), wait->fd, what, fd_ready, wait) < 0)
        return -EINVAL;
    return event_add(event, timeout < 0 ? NULL : &limit) < 0 ? -EBADF : 0;
}

int await_fd(struct runtime *runtime, int fd, unsigned events, double timeout, bool shielded)
{
    struct fd_wait wait = { .co = co_current(), .fd = fd };
    struct event event;
    int r = watch_fd(&event, runtime, events, &wait, timeout);

    if (r < 0)
        return r;
    loop_outstanding_add(runtime->loop);
    r = shielded ? co_wait_shielded(HASS_FOREVER) : co_wait(HASS_FOREVER);
    loop_outstanding_sub(runtime->loop);
    event_del(&event);
    return r < 0 ? r : wait.events;
}

int hass_async_wait_fd(struct hass *hass, int fd, unsigned events, double timeout,
                       struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_wait_fd", err);
    int r = await_fd(runtime_of(hass), fd, events, timeout, false);
    if (r == -EINVAL || r == -EBADF)
        return hass_fail(err, r, "descriptor %d cannot be waited for", fd);
    return r < 0 ? fail_wait(err, r, timeout) : r;
}

/* until everything has settled */

static void log_pending(const struct task_info *info, void *userdata)
{
    hass_debug("Waiting for %s of %s", info->name, scope_name(info->scope));
}

/* Waits for what is in the sets now. Returns 1, 0 when there was nothing, or -ECANCELED. */
static HASS_COROUTINE int wait_for_sets(struct runtime *runtime, bool background)
{
    struct hass_future **futures[2];
    size_t counts[2] = { tasks_snapshot(runtime, TASK_SET_TRACKED, &futures[0]), 0 };

    if (background)
        counts[1] = tasks_snapshot(runtime, TASK_SET_BACKGROUND, &futures[1]);
    int r = counts[0] + counts[1] > 0;
    for (size_t i = 0; i < 2 && r >= 0; i++) {
        int waited;
        while ((waited = wait_several(futures[i], counts[i], counts[i], BLOCK_LOG_SECONDS)) ==
               -ETIMEDOUT)
            tasks_foreach(runtime, i == 0 ? TASK_SET_TRACKED : TASK_SET_BACKGROUND, log_pending,
                          NULL);
        if (waited < 0)
            r = waited;
    }
    tasks_snapshot_free(futures[0], counts[0]);
    if (background)
        tasks_snapshot_free(futures[1], counts[1]);
    return r;
}

static HASS_COROUTINE int settle(struct runtime *runtime, bool background, struct hass_error *err)
{
    int r = co_yield ();

    while (r == 0) {
        r = wait_for_sets(runtime, background);
        if (r == 0)
            return 0;
        if (r > 0)
            r = 0;
    }
    return fail_wait(err, r, 0);
}

int hass_async_block_till_done(struct hass *hass, bool background, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_block_till_done", err);
    return settle(runtime_of(hass), background, err);
}

static HASS_COROUTINE int settle_for_thread(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    return settle(runtime_of(hass), userdata != NULL, err);
}

struct settle_call {
    bool background;
    struct hass_task *task;
};

static HASS_CALLBACK int start_settling(struct hass *hass, void *arg, struct hass_error *err)
{
    struct settle_call *call = arg;
    struct hass_job job = HASS_JOB_COROUTINE(settle_for_thread, call->background ? hass : NULL);

    return task_start(hass, runtime_of(hass)->root, &job, hass, NULL, NULL, 0, &call->task, err);
}

int hass_block_till_done(struct hass *hass, bool background, struct hass_error *err)
{
    struct settle_call call = { .background = background };
    int r = runtime_call(hass, "hass.block_till_done", start_settling, &call, err);

    if (r < 0)
        return r;
    autounref(hass_task) *task = call.task;
    return hass_future_wait(hass_task_future(task), HASS_FOREVER, err);
}
