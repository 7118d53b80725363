/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stop: four stages, each with its limit, each goes on without what does not end. Storage is written in the third; what is
 * still there in the fourth is cancelled.
 */
#include <stdlib.h>

#include <hass/task.h>

#include "base/mem.h"
#include "core/lifecycle.h"
#include "run/sub.h"

#define SHUTDOWN_JOBS_SECONDS 20.0
#define STOP_SECONDS          100.0
#define FINAL_WRITE_SECONDS   60.0
#define CLOSE_SECONDS         30.0
#define CANCEL_SECONDS        0.1

int hass_async_add_shutdown_job(struct hass *hass, struct hass_job job, struct hass_sub **ret_sub,
                                struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_add_shutdown_job", err);
    return sub_list_add(hass, &hass->shutdown_jobs, HASS_SUBJECT_HASS,
                        &(struct sub_options){ .job = job, .once = true }, ret_sub, err);
}

static HASS_COROUTINE void run_shutdown_jobs(struct hass *hass)
{
    sub_list_deliver(hass, &hass->shutdown_jobs, hass);
    (void)lifecycle_settle(hass, "stop, stage 1 (shutdown jobs)", SHUTDOWN_JOBS_SECONDS);
}

static HASS_COROUTINE void stop_everything(struct hass *hass, int exit_code)
{
    core_set_state(hass, HASS_STOPPING);
    tasks_begin_stop(hass->runtime);
    sub_remove_on_shutdown(hass);
    hass->exit_code = exit_code;
    lifecycle_fire(hass, HASS_EVENT_STOP);
    (void)lifecycle_settle(hass, "stop, stage 2 (homeassistant_stop)", STOP_SECONDS);
}

static HASS_COROUTINE void write_finally(struct hass *hass)
{
    core_set_state(hass, HASS_FINAL_WRITE);
    lifecycle_fire(hass, HASS_EVENT_FINAL_WRITE);
    (void)lifecycle_settle(hass, "stop, stage 3 (homeassistant_final_write)", FINAL_WRITE_SECONDS);
}

static void warn_of_old(const struct task_info *info, void *userdata)
{
    hass_warning("%s of %s was running before the stop and did not end: it is cancelled",
                 info->name, scope_name(info->scope));
}

static HASS_COROUTINE void cancel_old(struct hass *hass)
{
    struct hass_future **futures;
    size_t count = tasks_snapshot(hass->runtime, TASK_SET_OLD, &futures);

    if (count) {
        tasks_foreach(hass->runtime, TASK_SET_OLD, warn_of_old, NULL);
        tasks_cancel(hass->runtime, TASK_SET_OLD);
        (void)hass_async_wait_all(hass, futures, count, CANCEL_SECONDS, NULL);
        lifecycle_warn(hass, "stop, stage 4 (cancelled tasks)", TASK_SET_OLD);
    }
    tasks_snapshot_free(futures, count);
}

static HASS_COROUTINE void close_everything(struct hass *hass)
{
    core_set_state(hass, HASS_NOT_RUNNING);
    lifecycle_fire(hass, HASS_EVENT_CLOSE);
    cancel_old(hass);
    hass->runtime->stopping = true;
    (void)lifecycle_settle(hass, "stop, stage 4 (homeassistant_close)", CLOSE_SECONDS);
}

int hass_async_stop(struct hass *hass, int exit_code, bool force, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_stop", err);
    enum hass_core_state state = hass_core_state(hass);

    if (state == HASS_STOPPED || (state == HASS_NOT_RUNNING && !force))
        return 0;
    if (hass->stopping || hass_is_stopping(hass)) {
        hass_info("asked to stop while stopping: ignored");
        return 0;
    }
    if (state == HASS_STARTING)
        hass_warning("stopping before startup has completed");
    hass->stopping = true;
    run_shutdown_jobs(hass);
    stop_everything(hass, exit_code);
    write_finally(hass);
    close_everything(hass);
    core_set_state(hass, HASS_STOPPED);
    runtime_quit(hass->runtime);
    return 0;
}

/* from any thread */

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, *(const int *)userdata, false, err);
}

/* The stop belongs to the core, whoever asked: it must not end with a scope. */
static HASS_CALLBACK int start_stop(struct hass *hass, void *arg, struct hass_error *err)
{
    int *exit_code = mem_memdup(arg, sizeof(*exit_code));
    struct hass_job job = HASS_JOB_COROUTINE(stop, exit_code, .destroy = free, .name = "stop");

    return task_start(hass, hass->runtime->root, &job, hass, NULL, NULL, 0, NULL, err);
}

int hass_stop(struct hass *hass, int exit_code, struct hass_error *err)
{
    if (hass_core_state(hass) == HASS_NOT_RUNNING)
        return 0;
    return runtime_post(hass, "hass.stop", start_stop, mem_memdup(&exit_code, sizeof(exit_code)),
                        free, err);
}
