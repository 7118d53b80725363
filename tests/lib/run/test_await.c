/* SPDX-License-Identifier: Apache-2.0 */
/* What coroutines and threads wait for: each wait is completed, times out, and is cancelled. */
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>

#include <hass/executor.h>

#include "tests/lib/run/probe.h"

static HASS_COROUTINE int await_once(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;
    struct hass_error own = HASS_ERROR_INIT;

    probe->steps = 1;
    probe->first = hass_async_await(probe->future, probe->timeout, &own);
    snprintf(probe->text, sizeof(probe->text), "%.63s", own.message);
    probe->steps = 2;
    return probe->first;
}

/* futures */

START_TEST(awaiting_gives_result_and_error)
{
    struct hass *hass = start();
    struct probe probe = { .future = hass_future_new(hass), .timeout = HASS_FOREVER };
    struct hass_task *task = begin(hass, await_once, &probe);
    struct hass_error error = HASS_ERROR_INIT;

    hass_fail(&error, -EIO, "the bus is off");
    ck_assert_int_eq(hass_future_set(probe.future, -EIO, NULL, NULL, &error), 0);
    ck_assert_int_eq(hass_future_set(probe.future, 1, NULL, NULL, NULL), HASS_E_EXISTS);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.first, -EIO);
    ck_assert_str_eq(probe.text, "the bus is off");
    end(hass, task);
    hass_future_unref(probe.future);
    finish(hass);
}
END_TEST

START_TEST(awaiting_what_is_done_does_not_suspend)
{
    struct hass *hass = start();
    struct probe probe = { .future = hass_future_new(hass), .timeout = HASS_FOREVER };

    hass_future_set(probe.future, 4, strdup("value"), free, NULL);
    struct hass_task *task = begin(hass, await_once, &probe);
    ck_assert_int_eq(probe.steps, 2);
    ck_assert_int_eq(probe.first, 4);
    ck_assert_str_eq(hass_future_value(probe.future), "value");
    end(hass, task);
    hass_future_unref(probe.future);
    finish(hass);
}
END_TEST

START_TEST(a_wait_ends_after_its_time)
{
    struct hass *hass = start();
    struct probe probe = { .future = hass_future_new(hass), .timeout = 2 };
    struct hass_task *task = begin(hass, await_once, &probe);

    runtime_advance(hass->runtime, 1.9);
    ck_assert_int_eq(probe.steps, 1);
    runtime_advance(hass->runtime, 0.2);
    ck_assert_int_eq(probe.first, -ETIMEDOUT);
    ck_assert_str_eq(probe.text, "not done after 2 s");
    hass_future_set(probe.future, 0, NULL, NULL, NULL);
    end(hass, task);
    hass_future_unref(probe.future);
    finish(hass);
}
END_TEST

START_TEST(a_cancelled_wait_leaves_nothing_behind)
{
    struct hass *hass = start();
    struct probe probe = { .future = hass_future_new(hass), .timeout = HASS_FOREVER };
    struct hass_task *task = begin(hass, await_once, &probe);

    hass_task_async_cancel(task, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.first, -ECANCELED);
    ck_assert(list_empty(&probe.future->waiters));
    hass_future_set(probe.future, 0, NULL, NULL, NULL);
    end(hass, task);
    hass_future_unref(probe.future);
    finish(hass);
}
END_TEST

static void *set_from_elsewhere(void *arg)
{
    hass_future_set(arg, 11, NULL, NULL, NULL);
    hass_future_unref(arg);
    return NULL;
}

START_TEST(any_thread_may_set_a_future)
{
    struct hass *hass = start();
    struct probe probe = { .future = hass_future_new(hass), .timeout = HASS_FOREVER };
    struct hass_task *task = begin(hass, await_once, &probe);
    pthread_t thread;

    pthread_create(&thread, NULL, set_from_elsewhere, hass_future_ref(probe.future));
    pthread_join(thread, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.first, 11);
    end(hass, task);
    hass_future_unref(probe.future);
    finish(hass);
}
END_TEST

struct blocking {
    struct hass_future *future;
    double timeout;
    int result;
};

static HASS_BLOCKING void *wait_elsewhere(void *arg)
{
    struct blocking *blocking = arg;

    blocking->result = hass_future_wait(blocking->future, blocking->timeout, NULL);
    return NULL;
}

START_TEST(other_threads_block_until_a_future_is_set)
{
    struct hass *hass = start();
    struct hass_future *future = hass_future_new(hass);
    struct blocking blocking[4];
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++) {
        blocking[i] = (struct blocking){ .future = future, .timeout = i % 2 ? 60 : HASS_FOREVER };
        pthread_create(&threads[i], NULL, wait_elsewhere, &blocking[i]);
    }
    hass_future_set(future, 5, NULL, NULL, NULL);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(blocking[i].result, 5);
    }
    hass_future_unref(future);
    finish(hass);
}
END_TEST

/* Not marked: the mistake that the compiler would find. */
static int wait_on_the_loop(struct hass_future *future) HASS__ANALYSIS(no_thread_safety_analysis)
{
    return hass_future_wait(future, 1, NULL);
}

START_TEST(a_blocking_wait_ends_after_its_time)
{
    struct hass *hass = start();
    struct blocking blocking = { .future = hass_future_new(hass), .timeout = 0.01 };
    pthread_t thread;

    pthread_create(&thread, NULL, wait_elsewhere, &blocking);
    pthread_join(thread, NULL);
    ck_assert_int_eq(blocking.result, -ETIMEDOUT);
    ck_assert_int_eq(wait_on_the_loop(blocking.future), HASS_E_WOULD_DEADLOCK);
    hass_future_unref(blocking.future);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int sleep_long(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_sleep(hass, 10, err) < 0 ? -1 : 8;
}

static HASS_BLOCKING int wait_for_coroutine(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    struct hass_future *future = NULL;
    struct hass_job job = HASS_JOB_COROUTINE(sleep_long, NULL);
    int r = hass_run_coroutine_threadsafe(hass, job, &future, err);

    if (r < 0)
        return r;
    r = hass_future_wait(future, HASS_FOREVER, err);
    hass_future_unref(future);
    return r;
}

START_TEST(virtual_time_passes_while_a_pool_job_blocks)
{
    struct hass *hass = start();
    struct hass_future *future = NULL;
    struct hass_job job = HASS_JOB_EXECUTOR(wait_for_coroutine, NULL);

    ck_assert_int_eq(hass_async_add_executor_job(hass, job, &future, NULL), 0);
    runtime_advance(hass->runtime, 9);
    ck_assert(!hass_future_done(future));
    runtime_advance(hass->runtime, 2);
    ck_assert_int_eq(hass_future_result(future, NULL), 8);
    hass_future_unref(future);
    finish(hass);
}
END_TEST

/* tasks that wait for tasks */

static HASS_COROUTINE int await_task_once(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->first = hass_async_await_task(probe->task, probe->timeout, NULL);
    probe->steps = 1;
    return 0;
}

START_TEST(awaiting_a_task_gives_its_result)
{
    struct hass *hass = start();
    struct probe child = { 0 };
    struct probe parent = { .task = begin(hass, sleep_twice, &child), .timeout = HASS_FOREVER };
    struct hass_task *task = begin(hass, await_task_once, &parent);

    runtime_advance(hass->runtime, 11);
    ck_assert_int_eq(parent.first, 7);
    end(hass, task);
    end(hass, parent.task);
    finish(hass);
}
END_TEST

START_TEST(a_cancelled_waiter_cancels_its_task_and_sees_it_end)
{
    struct hass *hass = start();
    struct probe child = { 0 };
    struct probe parent = { .task = begin(hass, sleep_twice, &child), .timeout = HASS_FOREVER };
    struct hass_task *task = begin(hass, await_task_once, &parent);

    hass_task_async_cancel(task, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(child.first, -ECANCELED);
    ck_assert_int_eq(parent.steps, 0);
    runtime_advance(hass->runtime, 5.1);
    ck_assert_int_eq(child.steps, 3);
    ck_assert_int_eq(parent.first, -ECANCELED);
    end(hass, task);
    end(hass, parent.task);
    finish(hass);
}
END_TEST

START_TEST(a_timed_out_waiter_leaves_its_task_alone)
{
    struct hass *hass = start();
    struct probe child = { 0 };
    struct probe parent = { .task = begin(hass, sleep_twice, &child), .timeout = 1 };
    struct hass_task *task = begin(hass, await_task_once, &parent);

    runtime_advance(hass->runtime, 2);
    ck_assert_int_eq(parent.first, -ETIMEDOUT);
    ck_assert_int_eq(child.steps, 1);
    runtime_advance(hass->runtime, 9);
    ck_assert_int_eq(child.steps, 3);
    end(hass, task);
    end(hass, parent.task);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int shield_once(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->first = hass_async_shield(probe->future, NULL);
    probe->steps = 1;
    probe->second = hass_async_sleep(hass, 1, NULL);
    return 0;
}

START_TEST(a_shield_keeps_the_cancellation_for_the_next_wait)
{
    struct hass *hass = start();
    struct probe probe = { .future = hass_future_new(hass) };
    struct hass_task *task = begin(hass, shield_once, &probe);

    hass_task_async_cancel(task, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.steps, 0);
    hass_future_set(probe.future, 9, NULL, NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.first, 9);
    ck_assert_int_eq(probe.second, -ECANCELED);
    end(hass, task);
    hass_future_unref(probe.future);
    finish(hass);
}
END_TEST

/* several */

static HASS_COROUTINE int wait_any(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->first = hass_async_wait_any(hass, probe->futures, probe->count, probe->timeout, NULL);
    probe->steps = 1;
    return 0;
}

static HASS_COROUTINE int wait_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->first = hass_async_wait_all(hass, probe->futures, probe->count, probe->timeout, NULL);
    probe->steps = 1;
    return 0;
}

struct several {
    struct hass *hass;
    struct hass_future *futures[3];
    struct probe probe;
    struct hass_task *task;
};

static void several_begin(struct several *several, hass_plain_fn *fn)
    HASS__ANALYSIS(assert_capability(hass_loop));
static void several_begin(struct several *several, hass_plain_fn *fn)
{
    several->hass = start();
    for (size_t i = 0; i < 3; i++)
        several->futures[i] = hass_future_new(several->hass);
    several->probe = (struct probe){ .futures = several->futures, .count = 3, .timeout = 10 };
    several->task = begin(several->hass, fn, &several->probe);
}

static void several_end(struct several *several)
{
    end(several->hass, several->task);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(list_empty(&several->futures[i]->waiters));
        hass_future_unref(several->futures[i]);
    }
    finish(several->hass);
}

START_TEST(the_first_of_several_ends_the_wait)
{
    struct several several;

    several_begin(&several, wait_any);
    hass_future_set(several.futures[1], -EIO, NULL, NULL, NULL);
    runtime_settle(several.hass->runtime);
    ck_assert_int_eq(several.probe.first, 1);
    several_end(&several);
}
END_TEST

START_TEST(all_of_several_end_the_wait)
{
    struct several several;

    several_begin(&several, wait_all);
    hass_future_set(several.futures[2], 0, NULL, NULL, NULL);
    hass_future_set(several.futures[0], -EIO, NULL, NULL, NULL);
    runtime_settle(several.hass->runtime);
    ck_assert_int_eq(several.probe.steps, 0);
    hass_future_set(several.futures[1], 0, NULL, NULL, NULL);
    runtime_settle(several.hass->runtime);
    ck_assert_int_eq(several.probe.steps, 1);
    ck_assert_int_eq(several.probe.first, 0);
    several_end(&several);
}
END_TEST

START_TEST(a_wait_for_several_times_out)
{
    struct several several;

    several_begin(&several, _i == 0 ? wait_any : wait_all);
    runtime_advance(several.hass->runtime, 11);
    ck_assert_int_eq(several.probe.first, -ETIMEDOUT);
    several_end(&several);
}
END_TEST

START_TEST(a_wait_for_several_is_cancelled)
{
    struct several several;

    several_begin(&several, _i == 0 ? wait_any : wait_all);
    hass_task_async_cancel(several.task, NULL);
    runtime_settle(several.hass->runtime);
    ck_assert_int_eq(several.probe.first, -ECANCELED);
    several_end(&several);
}
END_TEST

/* descriptors */

static HASS_COROUTINE int wait_for_fd(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->steps = 1;
    probe->first = hass_async_wait_fd(hass, probe->fd, HASS_FD_READ, probe->timeout, NULL);
    probe->steps = 2;
    return 0;
}

START_TEST(a_descriptor_is_waited_for)
{
    struct hass *hass = start();
    int fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    struct probe probe = { .fd = fds[0], .timeout = _i == 1 ? 0.01 : 60 };
    struct hass_task *task = begin(hass, wait_for_fd, &probe);
    ck_assert_int_eq(probe.steps, 1);
    if (_i == 0)
        ck_assert_int_eq(write(fds[1], "x", 1), 1);
    if (_i == 2)
        hass_task_async_cancel(task, NULL);
    runtime_settle(hass->runtime);
    const int expected[] = { HASS_FD_READ, -ETIMEDOUT, -ECANCELED };
    ck_assert_int_eq(probe.first, expected[_i]);
    end(hass, task);
    close(fds[0]);
    close(fds[1]);
    finish(hass);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("await");
    TCase *waits = tcase_create("waits");

    tcase_set_timeout(waits, 60);
    tcase_add_test(waits, awaiting_gives_result_and_error);
    tcase_add_test(waits, awaiting_what_is_done_does_not_suspend);
    tcase_add_test(waits, a_wait_ends_after_its_time);
    tcase_add_test(waits, a_cancelled_wait_leaves_nothing_behind);
    tcase_add_test(waits, any_thread_may_set_a_future);
    tcase_add_test(waits, other_threads_block_until_a_future_is_set);
    tcase_add_test(waits, a_blocking_wait_ends_after_its_time);
    tcase_add_test(waits, virtual_time_passes_while_a_pool_job_blocks);
    tcase_add_test(waits, awaiting_a_task_gives_its_result);
    tcase_add_test(waits, a_cancelled_waiter_cancels_its_task_and_sees_it_end);
    tcase_add_test(waits, a_timed_out_waiter_leaves_its_task_alone);
    tcase_add_test(waits, a_shield_keeps_the_cancellation_for_the_next_wait);
    tcase_add_test(waits, the_first_of_several_ends_the_wait);
    tcase_add_test(waits, all_of_several_end_the_wait);
    tcase_add_loop_test(waits, a_wait_for_several_times_out, 0, 2);
    tcase_add_loop_test(waits, a_wait_for_several_is_cancelled, 0, 2);
    tcase_add_loop_test(waits, a_descriptor_is_waited_for, 0, 3);
    suite_add_tcase(suite, waits);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
