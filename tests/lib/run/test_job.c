/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling jobs: at once, queued, from other threads, in the pool. */
#include <hass/executor.h>
#include <hass/task.h>

#include "tests/lib/run/fixture.h"
#include "tests/support/test.h"

static char trace[256];

static HASS_CALLBACK int note(struct hass *hass, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    return 0;
}

static HASS_CALLBACK int note_and_queue(struct hass *hass, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    return hass_async_add_job(hass, HASS_JOB_CALLBACK(note, TEXT("q")), err);
}

START_TEST(a_callback_runs_at_once_and_returns_its_result)
{
    struct hass *hass = start();

    hass__assert_loop();
    ck_assert_int_eq(hass_async_run_job(hass, HASS_JOB_CALLBACK(note, TEXT("a")), NULL), 0);
    ck_assert_str_eq(trace, "a");
    finish(hass);
}
END_TEST

START_TEST(queued_callbacks_run_in_order_and_later_ones_behind)
{
    struct hass *hass = start();

    hass__assert_loop();
    hass_async_add_job(hass, HASS_JOB_CALLBACK(note_and_queue, TEXT("a")), NULL);
    hass_async_add_job(hass, HASS_JOB_CALLBACK(note, TEXT("b")), NULL);
    ck_assert_str_eq(trace, "");
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "abq");
    finish(hass);
}
END_TEST

static int pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    ck_assert(!hass_on_loop(hass));
    hass_add_job(hass, HASS_JOB_CALLBACK(note, userdata), err);
    return hass_fail(err, 7, "seven");
}

START_TEST(a_pool_job_posts_and_completes_its_future)
{
    struct hass *hass = start();

    hass__assert_loop();
    struct hass_future *future = NULL;
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(pool, TEXT("p")), &future, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(hass_future_result(future, NULL), 7);
    ck_assert_str_eq(trace, "p");
    hass_future_unref(future);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int co(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass_async_sleep(hass, 3600, err);
    strcat(trace, userdata);
    return hass_async_run_in_executor(hass, HASS_JOB_EXECUTOR(pool, TEXT("z")), err);
}

START_TEST(a_coroutine_sleeps_in_virtual_time)
{
    struct hass *hass = start();

    hass__assert_loop();
    hass_async_create_task(hass, HASS_JOB_COROUTINE(co, TEXT("c")), NULL, NULL);
    runtime_advance(hass->runtime, 3599);
    ck_assert_str_eq(trace, "");
    runtime_advance(hass->runtime, 1);
    ck_assert_str_eq(trace, "cz");
    finish(hass);
}
END_TEST

static HASS_COROUTINE int wait_and_fail(struct hass *hass, void *userdata, struct hass_error *err)
{
    hass_async_sleep(hass, 0, NULL);
    return hass_fail(err, HASS_E_INVALID, "not %s", (const char *)userdata);
}

static int bridged_result;
static struct hass_error bridged_error;

static HASS_BLOCKING int bridge(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_future *future = NULL;

    ck_assert_int_eq(hass_run_coroutine_threadsafe(
                         hass, HASS_JOB_COROUTINE(wait_and_fail, TEXT("b")), &future, err),
                     0);
    bridged_result = hass_future_wait(future, HASS_FOREVER, &bridged_error);
    hass_future_unref(future);
    ck_assert_int_eq(hass_run_callback_threadsafe(
                         hass, HASS_JOB_COROUTINE(wait_and_fail, TEXT("b")), NULL, NULL),
                     HASS_E_INVALID);
    hass->runtime->stopping = true;
    ck_assert_int_eq(
        hass_run_callback_threadsafe(hass, HASS_JOB_CALLBACK(note, TEXT("s")), &future, NULL),
        HASS_E_CLOSED);
    return 0;
}

START_TEST(a_coroutine_run_from_elsewhere_gives_its_error)
{
    struct hass *hass = start();

    hass__assert_loop();
    bridged_error = (struct hass_error)HASS_ERROR_INIT;
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(bridge, NULL), NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(bridged_result, HASS_E_INVALID);
    ck_assert_str_eq(bridged_error.message, "not b");
    /* Past stage 4 of stop nobody may wait, but the job runs. */
    ck_assert_str_eq(trace, "s");
    finish(hass);
}
END_TEST

TEST_MAIN("job", a_callback_runs_at_once_and_returns_its_result,
          queued_callbacks_run_in_order_and_later_ones_behind,
          a_pool_job_posts_and_completes_its_future, a_coroutine_sleeps_in_virtual_time,
          a_coroutine_run_from_elsewhere_gives_its_error)
