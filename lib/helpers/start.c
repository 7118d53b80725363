/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs for when the daemon starts or has started. Plain jobs, so a registration of their own stands behind the listener.
 */
#include <hass/hass.h>

#include "base/mem.h"
#include "helpers/helpers.h"

struct start_tracker {
    struct hass *hass;
    struct hass_sub *sub;
    struct hass_sub *listener;
};

static void tracker_removed(struct hass_sub *sub, void *owner)
{
    struct start_tracker *tracker = owner;

    hass__assert_loop();
    struct scope *former = helpers_enter_root(tracker->hass);
    hass_sub_async_remove(tracker->listener);
    scope_leave(former);
    free(tracker);
}

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct start_tracker *tracker = userdata;

    sub_run(tracker->hass, tracker->sub, tracker->hass);
    return 0;
}

static HASS_CALLBACK int run_at(struct hass *hass, bool now, const char *type, struct hass_job job,
                                struct hass_sub **ret_sub, struct hass_error *err)
{
    struct start_tracker *tracker = mem_zalloc(sizeof(*tracker));

    tracker->hass = hass;
    struct tracker_options add = {
        .job = job,
        .subject = HASS_SUBJECT_HASS,
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
    if (!now)
        r = hass_bus_async_listen_once(hass, type, HASS_JOB_CALLBACK(on_event, tracker),
                                       &tracker->listener, err);
    if (r < 0) {
        hass_sub_async_remove(own);
        return r;
    }
    tracker_publish(own, ret_sub);
    if (now)
        sub_run(hass, own, hass);
    return 0;
}

int hass_async_at_start(struct hass *hass, struct hass_job job, struct hass_sub **ret_sub,
                        struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_at_start", err);
    return run_at(hass, hass_is_running(hass), HASS_EVENT_START, job, ret_sub, err);
}

int hass_async_at_started(struct hass *hass, struct hass_job job, struct hass_sub **ret_sub,
                          struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_at_started", err);
    return run_at(hass, hass_core_state(hass) == HASS_RUNNING, HASS_EVENT_STARTED, job, ret_sub,
                  err);
}
