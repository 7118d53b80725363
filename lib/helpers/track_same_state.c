/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same-state tracker: a timer that runs out unless a state change fails the caller's check. The timer and the state
 * tracker are one thing: they end together.
 */
#include <hass/loop.h>

#include "base/mem.h"
#include "helpers/helpers.h"
#include "run/clock.h"
#include "run/timer.h"

struct tracker {
    struct hass *hass;
    struct hass_sub *sub;     /* the caller's */
    struct hass_sub *changes; /* of the states */
    struct timer timer;
    hass_same_state_fn *check;
    void *userdata;
};

static void tracker_removed(struct hass_sub *sub, void *owner)
{
    struct tracker *tracker = owner;

    hass__assert_loop();
    timer_cancel(&tracker->timer);
    struct scope *former = helpers_enter_root(tracker->hass);
    hass_sub_async_remove(tracker->changes);
    scope_leave(former);
    free(tracker);
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct tracker *tracker = userdata;
    const struct hass_state *old = NULL, *new = NULL;

    (void)hass_event_states(event, &old, &new);
    if (!tracker->check(hass_event_entity_id(event), old, new, tracker->userdata))
        sub_finish(tracker->sub);
    return 0;
}

static void fire(struct timer *timer)
{
    struct tracker *tracker = list_entry(timer, struct tracker, timer);
    int64_t now = hass_now(tracker->hass);
    struct hass_tick tick = {
        .size = sizeof(tick),
        .hass = tracker->hass,
        .now = now,
        .scheduled = now,
    };

    hass__assert_loop();
    sub_run(tracker->hass, tracker->sub, &tick); /* registered as once: frees the tracker */
}

int hass_async_track_same_state(struct hass *hass, double period, const char *const *entity_ids,
                                hass_same_state_fn *check, struct hass_job job,
                                struct hass_sub **ret_sub, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_track_same_state", err);
    struct tracker *tracker = mem_zalloc(sizeof(*tracker));
    *tracker = (struct tracker){ .hass = hass, .check = check, .userdata = job.userdata };
    timer_init(&tracker->timer, fire);
    struct tracker_options add = {
        .job = job,
        .subject = HASS_SUBJECT_TICK,
        .once = true,
        .removed = tracker_removed,
        .owner = tracker,
    };
    struct hass_sub *own;
    int r = tracker_add(hass, &add, &own, err);
    if (r < 0) {
        free(tracker);
        return r;
    }
    tracker->sub = own;
    r = hass_async_track_state_change_event(hass, entity_ids, HASS_JOB_CALLBACK(on_change, tracker),
                                            &tracker->changes, err);
    if (r < 0) {
        hass_sub_async_remove(own);
        return r;
    }
    struct runtime *runtime = runtime_of(hass);
    timer_set(runtime->timers, &tracker->timer,
              clock_monotonic(runtime->clock) + clock_from_seconds(period));
    tracker_publish(own, ret_sub);
    return 0;
}
