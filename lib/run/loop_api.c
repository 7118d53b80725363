/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <hass/loop.h>: the time, timers and watched descriptors as registrations. (Waiting for a descriptor: await.c.)
 */
#include <errno.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/loop.h"
#include "run/timer.h"

int64_t hass_now(const struct hass *hass)
{
    return clock_wall(runtime_of(hass)->clock);
}

int64_t hass_monotonic(const struct hass *hass)
{
    return clock_monotonic(runtime_of(hass)->clock);
}

static HASS_CALLBACK void publish(struct hass_sub *sub, struct hass_sub **ret_sub)
{
    if (ret_sub)
        *ret_sub = sub;
    else
        sub_disown(sub);
}

/* timers */

struct call_at {
    struct timer timer;
    struct hass *hass;
    struct hass_sub *sub;
};

static void fire_call(struct timer *timer)
{
    struct call_at *call = list_entry(timer, struct call_at, timer);
    struct hass *hass = call->hass;
    const struct clock *clock = runtime_of(hass)->clock;
    struct hass_tick tick = { .size = sizeof(tick), .hass = hass, .now = clock_wall(clock) };

    tick.scheduled = tick.now - (clock_monotonic(clock) - timer->when);
    hass__assert_loop();
    sub_run(hass, call->sub, &tick);
}

/* It fires once, so that the registration is over, and the timer gone, before the job runs. */
static void end_call(struct hass_sub *sub, void *owner)
{
    struct call_at *call = owner;

    hass__assert_loop();
    timer_cancel(&call->timer);
    free(call);
}

int hass_async_call_at(struct hass *hass, int64_t when, struct hass_job job,
                       struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_call_at", err);
    struct call_at *call = mem_alloc(sizeof(*call));
    struct sub_options options = { .job = job, .once = true, .removed = end_call, .owner = call };
    int result = sub_add(hass, HASS_SUBJECT_TICK, &options, &call->sub, err);

    if (result < 0) {
        free(call);
        return result;
    }
    call->hass = hass;
    timer_init(&call->timer, fire_call);
    timer_set(runtime_of(hass)->timers, &call->timer, when);
    publish(call->sub, ret_sub);
    return 0;
}

/* watched descriptors */

struct watched_fd {
    struct hass *hass;
    struct hass_sub *sub;
    struct event *event;
};

static short to_libevent(unsigned events)
{
    return (short)((events & HASS_FD_READ ? EV_READ : 0) | (events & HASS_FD_WRITE ? EV_WRITE : 0));
}

static unsigned from_libevent(short events)
{
    return (events & EV_READ ? HASS_FD_READ : 0u) | (events & EV_WRITE ? HASS_FD_WRITE : 0u);
}

static void fd_is_ready(evutil_socket_t fd, short events, void *arg)
{
    struct watched_fd *watched = arg;
    struct hass_fd_ready ready = {
        .size = sizeof(ready), .hass = watched->hass, .fd = (int)fd, .events = from_libevent(events)
    };

    hass__assert_loop();
    sub_run(watched->hass, watched->sub, &ready);
}

static void end_watch(struct hass_sub *sub, void *owner)
{
    struct watched_fd *watched = owner;

    if (watched->event)
        event_free(watched->event);
    free(watched);
}

static int check_watch(int fd, unsigned events, const struct hass_job *job, struct hass_error *err)
{
    if (fd < 0 || !events || events & ~(unsigned)(HASS_FD_READ | HASS_FD_WRITE))
        return hass_fail(err, HASS_E_INVALID, "cannot watch descriptor %d for %u", fd, events);
    /* Level triggered: a job that has not run yet would be started again and again. */
    if (job->kind != HASS_JOB_KIND_CALLBACK)
        return hass_fail(err, HASS_E_INVALID,
                         "a watched descriptor takes a callback; a coroutine waits for it");
    return 0;
}

int hass_async_watch_fd(struct hass *hass, int fd, unsigned events, struct hass_job job,
                        struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_watch_fd", err);
    int result = check_watch(fd, events, &job, err);
    if (result < 0) {
        job_destroy(&job);
        return result;
    }
    struct watched_fd *watched = mem_zalloc(sizeof(*watched));
    struct sub_options options = { .job = job, .removed = end_watch, .owner = watched };
    watched->hass = hass;
    result = sub_add(hass, HASS_SUBJECT_FD, &options, &watched->sub, err);
    if (result < 0) {
        free(watched);
        return result;
    }
    struct hass_sub *sub = watched->sub;
    watched->event = event_new(loop_base(runtime_of(hass)->loop), fd,
                               (short)(to_libevent(events) | EV_PERSIST), fd_is_ready, watched);
    if (event_add(watched->event, NULL) < 0) {
        result = hass_fail_errno(err, errno, "cannot watch descriptor %d", fd);
        hass_sub_async_remove(sub);
        return result;
    }
    publish(sub, ret_sub);
    return 0;
}
