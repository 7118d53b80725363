/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time trackers: once, at intervals, by pattern. A tracker is armed anew before its job runs, so that the job may end it and
 * a slow one delays nothing. When the wall clock is set, what recurs is computed anew.
 */
#include "helpers/track_time.h"

#include <inttypes.h>
#include <sys/random.h>

#include <hass/config.h>
#include <hass/log.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "helpers/time_pattern.h"
#include "run/clock.h"

#define JITTER_MIN                                                                                 \
    50000 /* microseconds: timers of many trackers must not meet on the full second */
#define JITTER_MAX 500000

/* A clock that is put back by less is corrected: what has fired is not to fire again. One put back by more was wrong. */
#define CORRECTION (3600 * HASS_USEC_PER_SEC)

int64_t time_tracker_after(int64_t fired, int64_t now)
{
    return fired >= now && fired - now <= CORRECTION ? fired + HASS_USEC_PER_SEC : now;
}

/* the common part */

static HASS_CALLBACK void arm(struct time_tracker *tracker)
{
    struct timers *timers = runtime_of(tracker->hass)->timers;

    if (tracker->kind->wall)
        timer_set_wall(timers, &tracker->timer, tracker->due);
    else
        timer_set(timers, &tracker->timer, tracker->due);
}

void time_tracker_rearm(struct time_tracker *tracker, int64_t now)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (tracker->kind->next(tracker, now, &err) >= 0) {
        arm(tracker);
        return;
    }
    hass_error("A time tracker has nothing to wait for: %s", err.message);
    timer_cancel(&tracker->timer);
}

static void fire(struct timer *timer)
{
    struct time_tracker *tracker = list_entry(timer, struct time_tracker, timer);
    struct hass *hass = tracker->hass;
    int64_t now = hass_now(hass);
    /* On the monotonic clock nobody asked for a wall time: the present one is what it was due for. */
    int64_t scheduled = tracker->kind->wall ? tracker->due : now;
    struct hass_tick tick = {
        .size = sizeof(tick),
        .hass = hass,
        .now = tracker->kind->scheduled ? scheduled : now,
        .scheduled = scheduled,
    };

    hass__assert_loop();
    struct hass_sub *sub = tracker->sub;
    tracker->fired = scheduled;
    if (tracker->kind->next)
        time_tracker_rearm(tracker, now);
    sub_run(hass, sub, &tick);
}

/* What is due by now fires at the next turn. Else a clock that was put back has an earlier time to wait for. */
static void clock_was_set(struct clock_watcher *watcher)
{
    struct time_tracker *tracker = list_entry(watcher, struct time_tracker, watcher);
    int64_t now = hass_now(tracker->hass);
    int64_t after = now - 1; /* what is due at this very moment has not fired */

    hass__assert_loop();
    if (timer_is_set(&tracker->timer) && tracker->due <= now)
        return;
    if (tracker->fired > after && tracker->fired - now <= CORRECTION)
        after = tracker->fired;
    time_tracker_rearm(tracker, after);
}

static void tracker_free(struct time_tracker *tracker)
{
    if (tracker->kind->fini)
        tracker->kind->fini(tracker);
    free(tracker);
}

static void tracker_removed(struct hass_sub *sub, void *owner)
{
    struct time_tracker *tracker = owner;

    hass__assert_loop();
    timer_cancel(&tracker->timer);
    clock_watcher_remove(&tracker->watcher);
    struct scope *former = helpers_enter_root(tracker->hass);
    tracker_free(tracker);
    scope_leave(former);
}

int time_tracker_start(struct time_tracker *tracker, struct hass_job job, struct hass_sub **ret_sub,
                       struct hass_error *err)
{
    struct hass *hass = tracker->hass;

    timer_init(&tracker->timer, fire);
    int r = tracker->kind->next ? tracker->kind->next(tracker, hass_now(hass), err) : 0;
    if (r < 0) {
        tracker_free(tracker);
        job_destroy(&job);
        return r;
    }
    struct tracker_options add = {
        .job = job,
        .subject = HASS_SUBJECT_TICK,
        .flags = tracker->kind->flags,
        .once = !tracker->kind->next,
        .removed = tracker_removed,
        .owner = tracker,
    };
    struct hass_sub *own;
    r = tracker_add(hass, &add, &own, err);
    if (r < 0) {
        tracker_free(tracker);
        return r;
    }
    tracker->sub = own;
    arm(tracker);
    if (tracker->kind->wall && tracker->kind->next) {
        tracker->watcher.clock_set = clock_was_set;
        timers_watch_clock(runtime_of(hass)->timers, &tracker->watcher);
    }
    tracker_publish(own, ret_sub);
    return 0;
}

/* once */

static const struct time_kind point_in_time = { .wall = true, .scheduled = true };
static const struct time_kind later = { .wall = false };

static HASS_CALLBACK int start_once(struct hass *hass, const struct time_kind *kind, int64_t due,
                                    struct hass_job job, struct hass_sub **ret_sub,
                                    struct hass_error *err)
{
    struct time_tracker *tracker = mem_zalloc(sizeof(*tracker));

    *tracker = (struct time_tracker){ .hass = hass, .kind = kind, .due = due };
    return time_tracker_start(tracker, job, ret_sub, err);
}

int hass_async_track_point_in_time(struct hass *hass, int64_t when, struct hass_job job,
                                   struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_point_in_time", err);
    return start_once(hass, &point_in_time, when, job, ret_sub, err);
}

int hass_async_track_point_in_utc_time(struct hass *hass, int64_t when, struct hass_job job,
                                       struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_point_in_utc_time", err);
    return start_once(hass, &point_in_time, when, job, ret_sub, err);
}

int hass_async_call_later(struct hass *hass, double delay, struct hass_job job,
                          struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_call_later", err);
    int64_t due = hass_monotonic(hass) + clock_from_seconds(delay > 0 ? delay : 0);
    return start_once(hass, &later, due, job, ret_sub, err);
}

/* intervals */

struct interval_tracker {
    struct time_tracker base;
    int64_t interval; /* microseconds */
};

/* From the time of firing: a late timer is not made up for. */
static HASS_CALLBACK int next_interval(struct time_tracker *tracker, int64_t now,
                                       struct hass_error *err)
{
    struct interval_tracker *self = list_entry(tracker, struct interval_tracker, base);

    tracker->due = hass_monotonic(tracker->hass) + self->interval;
    return 0;
}

static const struct time_kind interval = { .next = next_interval, .flags = JOB_BACKGROUND };

int hass_async_track_time_interval(struct hass *hass, double seconds, struct hass_job job,
                                   struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_time_interval", err);
    if (!(seconds > 0)) {
        job_destroy(&job);
        return hass_fail(err, HASS_E_INVALID, "interval %g is not above 0 seconds", seconds);
    }
    struct interval_tracker *self = mem_zalloc(sizeof(*self));
    self->base = (struct time_tracker){ .hass = hass, .kind = &interval };
    self->interval = clock_from_seconds(seconds);
    return time_tracker_start(&self->base, job, ret_sub, err);
}

/* patterns */

struct pattern_tracker {
    struct time_tracker base;
    struct time_pattern pattern;
    bool local;
    bool
        started; /* the first search begins at the present second, the others a second after the last match */
    int64_t jitter;
};

static HASS_CALLBACK int next_match(struct time_tracker *tracker, int64_t now,
                                    struct hass_error *err)
{
    struct pattern_tracker *self = list_entry(tracker, struct pattern_tracker, base);
    struct hass_zone *zone = self->local ? hass_config_zone(tracker->hass) : NULL;
    int64_t from = self->started ? now + HASS_USEC_PER_SEC : now;

    tracker->due = time_pattern_next(&self->pattern, from, zone) + self->jitter;
    self->started = true;
    hass_zone_unref(zone);
    return 0;
}

static const struct time_kind pattern_kind = { .next = next_match, .wall = true };

/* None on virtual time: tests want to know when something happens. */
static int64_t choose_jitter(const struct hass *hass)
{
    uint32_t random = 0;

    if (clock_is_virtual(runtime_of(hass)->clock))
        return 0;
    if (getrandom(&random, sizeof(random), 0) != sizeof(random))
        random = (uint32_t)hass_monotonic(hass);
    return JITTER_MIN + random % (JITTER_MAX - JITTER_MIN + 1);
}

static HASS_CALLBACK int track_pattern(struct hass *hass, const struct hass_track_time *text,
                                       bool local, struct hass_job job, struct hass_sub **ret_sub,
                                       struct hass_error *err)
{
    struct time_pattern pattern;
    int r = time_pattern_parse(text, &pattern, err);

    if (r < 0) {
        job_destroy(&job);
        return r;
    }
    if (time_pattern_is_every_second(&pattern))
        return hass_async_track_time_interval(hass, 1.0, job, ret_sub, err);
    struct pattern_tracker *self = mem_zalloc(sizeof(*self));
    self->base = (struct time_tracker){ .hass = hass, .kind = &pattern_kind };
    self->pattern = pattern;
    self->local = local;
    self->jitter = choose_jitter(hass);
    return time_tracker_start(&self->base, job, ret_sub, err);
}

int hass_async_track_time_change(struct hass *hass, const struct hass_track_time *pattern,
                                 struct hass_job job, struct hass_sub **ret_sub,
                                 struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_time_change", err);
    return track_pattern(hass, pattern, !pattern->utc, job, ret_sub, err);
}

int hass_async_track_utc_time_change(struct hass *hass, const struct hass_track_time *pattern,
                                     struct hass_job job, struct hass_sub **ret_sub,
                                     struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_utc_time_change", err);
    return track_pattern(hass, pattern, false, job, ret_sub, err);
}
