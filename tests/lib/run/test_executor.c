/* SPDX-License-Identifier: Apache-2.0 */
/* The pool: results, parked workers, fairness, sleeping, the end. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <hass/task.h>

#include "run/executor.h"
#include "run/task.h"
#include "tests/lib/run/fixture.h"
#include "tests/support/test.h"

static struct hass *hass;
static _Atomic unsigned count;
static unsigned destroyed;

static void count_destroyed(void *userdata)
{
    ck_assert(hass_on_loop(hass));
    destroyed++;
}

static int add_one(struct hass *h, void *userdata, struct hass_error *err)
{
    count++;
    return 0;
}

static HASS_CALLBACK struct hass_future *submit(struct hass_job job)
{
    struct hass_future *future = NULL;

    ck_assert_int_eq(hass_async_add_executor_job(hass, job, &future, NULL), 0);
    return future;
}

/* results */

static int fail_with_text(struct hass *h, void *userdata, struct hass_error *err)
{
    sigset_t mask;
    char name[16];

    pthread_getname_np(pthread_self(), name, sizeof(name));
    ck_assert_int_eq(strncmp(name, "SyncWorker_", 11), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    ck_assert(sigismember(&mask, SIGTERM));
    return hass_fail(err, HASS_E_INVALID, "no such %s", (const char *)userdata);
}

START_TEST(a_job_gives_its_result_and_its_error)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass__assert_loop();
    hass = start();
    struct hass_future *future =
        submit(HASS_JOB_EXECUTOR(fail_with_text, TEXT("file"), .destroy = count_destroyed));
    runtime_settle(hass->runtime);
    ck_assert_int_eq(hass_future_result(future, &err), HASS_E_INVALID);
    ck_assert_str_eq(err.message, "no such file");
    ck_assert_uint_eq(destroyed, 1);
    hass_future_unref(future);
    finish(hass);
}
END_TEST

static void note_owner(const struct task_info *info, void *userdata)
{
    *(const char **)userdata = scope_name(info->scope);
}

static int add_one_as_worker(struct hass_worker *worker, void *arg, struct hass_error *err)
{
    return add_one(hass_worker_hass(worker), arg, err);
}

START_TEST(a_tracked_job_belongs_to_its_scope_whoever_submits_it)
{
    const char *owner = NULL;

    hass__assert_loop();
    hass = start();
    struct scope *scope = scope_new(hass, "blink");
    ck_assert_int_eq(
        executor_submit(hass, scope, "job", add_one_as_worker, NULL, NULL, JOB_TRACKED, NULL, NULL),
        0);
    tasks_foreach(hass->runtime, TASK_SET_TRACKED, note_owner, &owner);
    ck_assert_str_eq(owner, "blink");
    runtime_settle(hass->runtime);
    scope_unref(scope);
    finish(hass);
}
END_TEST

START_TEST(an_error_that_nobody_waits_for_is_logged)
{
    hass__assert_loop();
    hass = start();
    struct logs *logs = test_logs();
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(fail_with_text, TEXT("file")), NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_uint_eq(logs_matching(logs, "Error running job: fail_with_text: no such file"), 1);
    finish(hass);
}
END_TEST

static HASS_CALLBACK int callback(struct hass *h, void *userdata, struct hass_error *err)
{
    return 0;
}

START_TEST(a_callback_does_not_belong_in_the_pool)
{
    hass__assert_loop();
    hass = start();
    struct hass_job job = HASS_JOB_CALLBACK(callback, NULL, .destroy = count_destroyed);
    ck_assert_int_eq(hass_async_add_executor_job(hass, job, NULL, NULL), HASS_E_INVALID);
    ck_assert_uint_eq(destroyed, 1);
    finish(hass);
}
END_TEST

/* parked workers */

static HASS_CALLBACK int submit_one(struct hass *h, void *userdata, struct hass_error *err)
{
    return hass_async_add_executor_job(h, HASS_JOB_EXECUTOR(add_one, NULL), userdata, err);
}

/* Waits for the loop, and for another pool job: what would dead-lock a pool of 64. */
static HASS_BLOCKING int wait_for_pool_job(struct hass *h, void *userdata, struct hass_error *err)
{
    struct hass_future *called = NULL, *inner = NULL;

    hass_run_callback_threadsafe(h, HASS_JOB_CALLBACK(submit_one, &inner), &called, err);
    hass_future_wait(called, HASS_FOREVER, err);
    hass_future_wait(inner, HASS_FOREVER, err);
    hass_future_unref(called);
    hass_future_unref(inner);
    return 0;
}

START_TEST(a_hundred_workers_that_wait_for_workers_do_not_dead_lock)
{
    hass__assert_loop();
    hass = start();
    for (int i = 0; i < 100; i++)
        hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(wait_for_pool_job, NULL), NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_uint_eq(count, 100);
    finish(hass);
}
END_TEST

/* fairness */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned hogs;

static int hog(struct hass *h, void *userdata, struct hass_error *err)
{
    hogs++;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return 0;
}

static bool one_done(void *userdata)
{
    return count == 1;
}

START_TEST(a_scope_with_many_jobs_leaves_room_for_others)
{
    hass__assert_loop();
    hass = start_with(&(struct runtime_options){ .virtual_time = true, .max_workers = 4 });
    struct scope *demo = scope_new(hass, "demo");

    pthread_mutex_lock(&gate);
    for (int i = 0; i < 2; i++)
        hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(hog, NULL), NULL, NULL);
    struct scope *former = scope_enter(demo);
    for (int i = 0; i < 2; i++)
        hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(hog, NULL), NULL, NULL);
    scope_leave(former);
    while (hogs < 4)
        sched_yield();
    for (int i = 0; i < 50; i++)
        hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(hog, NULL), NULL, NULL);
    former = scope_enter(demo);
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(add_one, NULL), NULL, NULL);
    scope_leave(former);
    pthread_mutex_unlock(&gate);
    /* Its turn comes at once, not behind fifty. */
    ck_assert(loop_run_until(hass->runtime->loop, one_done, NULL, 10));
    runtime_settle(hass->runtime);
    scope_unref(demo);
    finish(hass);
}
END_TEST

/* limits */

static HASS_CALLBACK void add_hogs(unsigned number)
{
    for (unsigned i = 0; i < number; i++)
        ck_assert_int_eq(
            hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(hog, NULL), NULL, NULL), 0);
}

/* A sanitizer has threads of its own; the pool's have a name. */
static size_t workers(void)
{
    DIR *dir = opendir("/proc/self/task");
    size_t number = 0;
    struct dirent *entry;

    while ((entry = readdir(dir))) {
        char path[300], name[32] = "";
        snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        number += fgets(name, sizeof(name), file) && !strncmp(name, "SyncWorker", 10);
        fclose(file);
    }
    closedir(dir);
    return number;
}

/* All threads there may be have begun, and one job has none: threads are made when jobs are submitted. */
static void one_waits(const _Atomic unsigned *running, unsigned number)
{
    while (*running < number)
        sched_yield();
    ck_assert_uint_eq(workers(), number);
    ck_assert_uint_eq(hass->runtime->root->pool_queued, 1);
}

START_TEST(sixty_four_workers_run_and_the_next_job_waits)
{
    hass__assert_loop();
    hass = start();
    pthread_mutex_lock(&gate);
    add_hogs(64 + 1);
    one_waits(&hogs, 64);
    pthread_mutex_unlock(&gate);
    runtime_settle(hass->runtime);
    ck_assert_uint_eq(hogs, 64 + 1);
    finish(hass);
}
END_TEST

static struct hass_future *nothing_yet;
static _Atomic unsigned parked;

static HASS_BLOCKING int wait_parked(struct hass *h, void *userdata, struct hass_error *err)
{
    parked++;
    return hass_future_wait(nothing_yet, HASS_FOREVER, err);
}

START_TEST(with_parked_workers_there_are_256_threads_at_most)
{
    hass__assert_loop();
    hass = start();
    nothing_yet = hass_future_new(hass);
    for (unsigned i = 0; i < 256 + 1; i++) {
        hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(wait_parked, NULL), NULL, NULL);
        while (parked < i + 1 && i < 256)
            sched_yield();
    }
    one_waits(&parked, 256);
    hass_future_set(nothing_yet, 0, NULL, NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_uint_eq(parked, 256 + 1);
    hass_future_unref(nothing_yet);
    finish(hass);
}
END_TEST

START_TEST(ten_thousand_jobs_of_a_scope_may_wait)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass__assert_loop();
    hass = start_with(&(struct runtime_options){ .virtual_time = true, .max_workers = 1 });
    pthread_mutex_lock(&gate);
    add_hogs(1);
    while (hogs < 1)
        sched_yield();
    add_hogs(10000);
    struct hass_job more = HASS_JOB_EXECUTOR(hog, NULL, .destroy = count_destroyed);
    ck_assert_int_eq(hass_async_add_executor_job(hass, more, NULL, &err), HASS_E_LIMIT);
    ck_assert_str_eq(err.message, "10000 pool jobs of core wait for a thread, which is the limit");
    ck_assert_uint_eq(destroyed, 1);
    struct scope *demo = scope_new(hass, "demo");
    struct scope *former = scope_enter(demo); // another's limit is its own
    add_hogs(1);
    scope_leave(former);
    pthread_mutex_unlock(&gate);
    runtime_settle(hass->runtime);
    add_hogs(1);
    runtime_settle(hass->runtime);
    scope_unref(demo);
    finish(hass);
}
END_TEST

/* sleeping */

static int64_t woke;

static HASS_BLOCKING int sleep_an_hour(struct hass_worker *worker, void *arg,
                                       struct hass_error *err)
{
    int result = hass_worker_sleep(worker, 3600);

    woke = hass_monotonic(hass_worker_hass(worker));
    count++;
    return result;
}

START_TEST(a_worker_sleeps_in_virtual_time)
{
    hass__assert_loop();
    hass = start();
    int64_t began = hass_monotonic(hass);
    executor_submit_worker(hass, "sleep", sleep_an_hour, NULL, count_destroyed, 0, NULL, NULL);
    runtime_advance(hass->runtime, 3599);
    ck_assert_uint_eq(count, 0);
    runtime_advance(hass->runtime, 1);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(woke, began + INT64_C(3600000000));
    finish(hass);
}
END_TEST

/* the end */

START_TEST(what_has_not_begun_is_cancelled_at_the_end)
{
    struct hass_future *running, *waiting;

    hass__assert_loop();
    hass = start_with(&(struct runtime_options){ .virtual_time = true, .max_workers = 1 });
    pthread_mutex_lock(&gate);
    running = submit(HASS_JOB_EXECUTOR(hog, NULL, .destroy = count_destroyed));
    while (!hogs)
        sched_yield();
    waiting = submit(HASS_JOB_EXECUTOR(add_one, NULL, .destroy = count_destroyed));
    executor_stop(hass->runtime->executor);
    ck_assert_int_eq(hass_future_result(waiting, NULL), -ECANCELED);
    ck_assert_uint_eq(destroyed, 1);
    ck_assert_int_eq(
        hass_async_add_executor_job(
            hass, HASS_JOB_EXECUTOR(add_one, NULL, .destroy = count_destroyed), NULL, NULL),
        HASS_E_CLOSED);
    ck_assert_uint_eq(destroyed, 2);
    pthread_mutex_unlock(&gate);
    runtime_shutdown(hass->runtime);
    ck_assert_int_eq(hass_future_result(running, NULL), 0);
    ck_assert_uint_eq(destroyed, 3);
    ck_assert_uint_eq(count, 0);
    hass_future_unref(running);
    hass_future_unref(waiting);
    finish(hass);
}
END_TEST

START_TEST(a_thread_that_does_not_end_is_named_and_abandoned)
{
    hass__assert_loop();
    hass = start();
    struct logs *logs = test_logs();
    pthread_mutex_lock(&gate);
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(hog, NULL, .name = "deaf"), NULL, NULL);
    while (!hogs)
        sched_yield();
    executor_stop(hass->runtime->executor);
    ck_assert_uint_eq(executor_join(hass->runtime->executor, 0.01), 1);
    ck_assert_uint_eq(logs_matching(logs, "Pool job deaf of core does not end"), 1);
    pthread_mutex_unlock(&gate);
    finish(hass);
}
END_TEST

static HASS_BLOCKING int call_for_ever(struct hass *h, void *userdata, struct hass_error *err)
{
    struct hass_future *future = NULL;

    while (hass_run_callback_threadsafe(h, HASS_JOB_CALLBACK(callback, NULL), &future, NULL) == 0) {
        hass_future_wait(future, HASS_FOREVER, NULL);
        future = hass_future_unref(future);
    }
    return 0;
}

START_TEST(workers_that_talk_to_the_loop_see_it_close)
{
    hass__assert_loop();
    hass = start();
    for (int i = 0; i < 8; i++)
        hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(call_for_ever, NULL), NULL, NULL);
    for (int i = 0; i < 100; i++)
        (void)loop_run_until(hass->runtime->loop, never, NULL, 0);
    finish(hass);
}
END_TEST

TEST_MAIN("executor", a_job_gives_its_result_and_its_error,
          a_tracked_job_belongs_to_its_scope_whoever_submits_it,
          an_error_that_nobody_waits_for_is_logged, a_callback_does_not_belong_in_the_pool,
          a_hundred_workers_that_wait_for_workers_do_not_dead_lock,
          a_scope_with_many_jobs_leaves_room_for_others,
          sixty_four_workers_run_and_the_next_job_waits,
          with_parked_workers_there_are_256_threads_at_most, ten_thousand_jobs_of_a_scope_may_wait,
          a_worker_sleeps_in_virtual_time, what_has_not_begun_is_cancelled_at_the_end,
          a_thread_that_does_not_end_is_named_and_abandoned,
          workers_that_talk_to_the_loop_see_it_close)
