/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks: coroutines with a name, an owner and a future, and the sets that start-up, stop and block_till_done look at.
 */
#pragma once

#include <hass/task.h>

#include "run/co.h"
#include "run/future.h"

struct tasks;

/** The sets. */
enum task_set {
    TASK_SET_TRACKED,    /* start-up, stop and block_till_done wait for it */
    TASK_SET_BACKGROUND, /* cancelled in stage 2 of stop */
    TASK_SET_OLD,        /* was tracked when stage 2 began; cancelled in stage 4 */
    TASK_SET_NONE,       /* internal: nobody waits for it, nobody counts it */
    TASK_SETS,
};

struct tasks *tasks_create(struct runtime *runtime);
/** Cancels and resumes what is left until it has ended; what refuses to end is named in the log and abandoned. */
struct tasks *tasks_destroy(struct tasks *tasks);

/**
 * Starts coroutine @job with @subject in @scope. @hold (or NULL) keeps @subject alive and is released when the task has ended;
 * the job's userdata is taken when it has a destroy. Both are taken on failure, too.
 *
 * @flags: enum job_flags; none of JOB_TRACKED and JOB_BACKGROUND is TASK_SET_NONE.
 * Returns: 0 with a reference in @ret_task (may be NULL), HASS_E_LIMIT, HASS_E_CLOSED when @scope is not open.
 */
int task_start(struct hass *hass, struct scope *scope, const struct hass_job *job,
               const void *subject, void *hold, hass_destroy_fn *release, unsigned flags,
               struct hass_task **ret_task, struct hass_error *err) HASS_CALLBACK;

/**
 * Counts a pool job of @scope in the sets until @future is done. JOB_TRACKED: in the main set when the running task is in it or no
 * task runs, else in the background set; JOB_BACKGROUND: there. @name is copied.
 */
void task_track(struct scope *scope, struct hass_future *future, const char *name, unsigned flags)
    HASS_CALLBACK;

/**
 * The body of hass_async_wait_fd; @shielded as in co_wait_shielded. The time-out is the kernel's, also in tests: what makes a
 * descriptor ready lives in real time.
 */
int await_fd(struct runtime *runtime, int fd, unsigned events, double timeout, bool shielded)
    HASS_COROUTINE;

/** The running task, or NULL. */
struct hass_task *task_current(void);

/* for start and the stages of stop */

/** One member of a set: a task or a pool job. */
struct task_info {
    const char *name;
    struct scope *scope;
    struct hass_future *future;
    struct hass_task *task; /* NULL: a pool job */
};

size_t tasks_count(const struct runtime *runtime, enum task_set set) HASS_CALLBACK;
/** Calls @fn for each member; it must not start or end any. */
void tasks_foreach(const struct runtime *runtime, enum task_set set,
                   void (*fn)(const struct task_info *info, void *userdata), void *userdata)
    HASS_CALLBACK;
/**
 * A snapshot of @set but the running task: references in a malloc'ed array, to be given to hass_async_wait_all and to
 * tasks_snapshot_free. Returns their number.
 */
size_t tasks_snapshot(const struct runtime *runtime, enum task_set set,
                      struct hass_future ***ret_futures) HASS_CALLBACK;
void tasks_snapshot_free(struct hass_future **futures, size_t count);
/** Stage 2: what is tracked becomes old, but the running task; background tasks are cancelled and tracked. */
void tasks_begin_stop(struct runtime *runtime) HASS_CALLBACK;
/** Cancels all of @set but the running task. Returns how many were asked to end. */
size_t tasks_cancel(struct runtime *runtime, enum task_set set) HASS_CALLBACK;
