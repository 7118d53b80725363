/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start: from NOT_RUNNING to RUNNING. Nothing that hangs can keep the home from starting: after 15 s it is named and left
 * behind.
 */
#include "core/lifecycle.h"

#include <errno.h>

#include <hass/loop.h>

#include "base/mem.h"

#define START_SECONDS 15.0

void lifecycle_fire(struct hass *hass, const char *type)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (bus_fire(hass, type, NULL, &(struct event_options){ 0 }, &err) < 0)
        hass_error("%s was not fired: %s", type, err.message);
}

struct warning {
    const char *stage;
};

static void warn_of(const struct task_info *info, void *userdata)
{
    const struct warning *warning = userdata;

    hass_warning("%s goes on without %s of %s, which still runs", warning->stage, info->name,
                 scope_name(info->scope));
}

void lifecycle_warn(struct hass *hass, const char *stage, enum task_set set)
{
    tasks_foreach(hass->runtime, set, warn_of, &(struct warning){ .stage = stage });
}

static double seconds_left(struct hass *hass, int64_t deadline)
{
    double left = (double)(deadline - hass_monotonic(hass)) / 1e6;

    return left > 0 ? left : 0;
}

/* Waits for one snapshot of what is tracked. Returns 1 when there was nothing. */
static HASS_COROUTINE int wait_snapshot(struct hass *hass, double seconds)
{
    struct hass_future **futures;
    size_t count = tasks_snapshot(hass->runtime, TASK_SET_TRACKED, &futures);
    int r = count ? hass_async_wait_all(hass, futures, count, seconds, NULL) : 1;

    tasks_snapshot_free(futures, count);
    return r;
}

int lifecycle_settle(struct hass *hass, const char *stage, double seconds)
{
    int64_t deadline = hass_monotonic(hass) + (int64_t)(seconds * 1e6);
    int cancelled = 0;
    int r = 0;

    while (r == 0 && cancelled < 2) {
        r = hass_async_sleep(hass, 0, NULL); // callbacks that are queued run first
        if (r == 0)
            r = wait_snapshot(hass, seconds_left(hass, deadline));
        if (r == -ECANCELED) { // once: afterwards waits work again
            cancelled++;
            r = 0;
        }
    }
    if (r == -ETIMEDOUT)
        lifecycle_warn(hass, stage, TASK_SET_TRACKED);
    return r == 1 ? 0 : r;
}

/* start */

int core_async_add_startup_job(struct hass *hass, struct hass_job job, struct hass_sub **ret_sub,
                               struct hass_error *err)
{
    return sub_list_add(hass, &hass->startup_jobs, HASS_SUBJECT_HASS,
                        &(struct sub_options){ .job = job, .once = true }, ret_sub, err);
}

int hass_async_add_startup_job(struct hass *hass, struct hass_job job, struct hass_sub **ret_sub,
                               struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_add_startup_job", err);
    return core_async_add_startup_job(hass, job, ret_sub, err);
}

static bool contains(struct hass_future *const *futures, size_t count,
                     const struct hass_future *future)
{
    for (size_t i = 0; i < count; i++)
        if (futures[i] == future)
            return true;
    return false;
}

/* Runs the startup jobs and waits for those alone: what hung before is not waited for again. */
static HASS_COROUTINE int run_startup_jobs(struct hass *hass)
{
    struct hass_future **before, **after;
    size_t had = tasks_snapshot(hass->runtime, TASK_SET_TRACKED, &before);

    sub_list_deliver(hass, &hass->startup_jobs, hass);
    size_t has = tasks_snapshot(hass->runtime, TASK_SET_TRACKED, &after);
    struct hass_future **started = mem_calloc(has + 1, sizeof(struct hass_future *));
    size_t count = 0;
    for (size_t i = 0; i < has; i++)
        if (!contains(before, had, after[i]))
            started[count++] = after[i];
    int r = count ? hass_async_wait_all(hass, started, count, START_SECONDS, NULL) : 0;
    free(started);
    tasks_snapshot_free(before, had);
    tasks_snapshot_free(after, has);
    return r;
}

int core_async_start(struct hass *hass, struct hass_error *err)
{
    if (hass_core_state(hass) != HASS_NOT_RUNNING)
        return hass_fail(err, HASS_E_GENERAL, "already %s",
                         hass_core_state_name(hass_core_state(hass)));
    core_set_state(hass, HASS_STARTING);
    lifecycle_fire(hass, HASS_EVENT_CORE_CONFIG_UPDATE);
    lifecycle_fire(hass, HASS_EVENT_START);

    int r = wait_snapshot(hass, START_SECONDS);
    if (r == -ETIMEDOUT)
        lifecycle_warn(hass, "startup", TASK_SET_TRACKED);
    if (r != -ECANCELED)
        r = run_startup_jobs(hass);
    if (r != -ECANCELED)
        r = hass_async_sleep(hass, 0, err);
    if (r == -ECANCELED)
        return hass_fail(err, -ECANCELED, "the start was cancelled");
    if (hass_core_state(hass) != HASS_STARTING) {
        hass_warning("startup was interrupted: the core is %s",
                     hass_core_state_name(hass_core_state(hass)));
        return 0;
    }
    core_set_state(hass, HASS_RUNNING);
    lifecycle_fire(hass, HASS_EVENT_CORE_CONFIG_UPDATE);
    lifecycle_fire(hass, HASS_EVENT_STARTED);
    return 0;
}
