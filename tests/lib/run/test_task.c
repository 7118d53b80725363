/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: their life, limits, owners and sets. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/co.h"
#include "tests/lib/run/probe.h"

static HASS_COROUTINE int return_at_once(struct hass *hass, void *userdata, struct hass_error *err)
{
    ((struct probe *)userdata)->steps++;
    return 3;
}

START_TEST(a_task_runs_at_once_up_to_its_first_wait)
{
    struct hass *hass = start();
    struct probe probe = { 0 };
    struct hass_task *task = begin(hass, sleep_twice, &probe);

    ck_assert_int_eq(probe.steps, 1);
    ck_assert_uint_eq(tasks_count(hass->runtime, TASK_SET_TRACKED), 1);
    runtime_advance(hass->runtime, 4.9);
    ck_assert_int_eq(probe.steps, 1);
    runtime_advance(hass->runtime, 0.2);
    ck_assert_int_eq(probe.steps, 2);
    ck_assert_int_eq(probe.first, 0);
    runtime_advance(hass->runtime, 5);
    ck_assert_int_eq(probe.steps, 3);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), 7);
    ck_assert_uint_eq(tasks_count(hass->runtime, TASK_SET_TRACKED), 0);
    end(hass, task);
    finish(hass);
}
END_TEST

START_TEST(a_task_that_never_waits_is_never_tracked)
{
    struct hass *hass = start();
    struct probe probe = { 0 };
    struct hass_task *task = begin(hass, return_at_once, &probe);

    ck_assert_uint_eq(tasks_count(hass->runtime, TASK_SET_TRACKED), 0);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), 3);
    ck_assert_uint_eq(co_pool_count(hass->runtime->co_pool), 0);
    end(hass, task);
    finish(hass);
}
END_TEST

START_TEST(a_cancellation_ends_the_present_wait_once)
{
    struct hass *hass = start();
    struct probe probe = { 0 };
    struct hass_task *task = begin(hass, sleep_twice, &probe);

    ck_assert_int_eq(hass_task_async_cancel(task, NULL), 0);
    ck_assert_int_eq(probe.steps, 1);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.first, -ECANCELED);
    ck_assert(probe.cancelling);
    ck_assert_int_eq(probe.steps, 2);
    runtime_advance(hass->runtime, 5);
    ck_assert_int_eq(probe.second, 0);
    ck_assert_int_eq(probe.steps, 3);
    end(hass, task);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int cancel_oneself(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    co_cancel(co_current());
    probe->first = hass_async_sleep(hass, 1, NULL);
    probe->second = hass_async_sleep(hass, 0, NULL);
    probe->steps = 1;
    return 0;
}

START_TEST(a_cancellation_before_a_wait_meets_the_next_one)
{
    struct hass *hass = start();
    struct probe probe = { 0 };
    struct hass_task *task = begin(hass, cancel_oneself, &probe);

    ck_assert_int_eq(probe.first, -ECANCELED);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.second, 0);
    ck_assert_int_eq(probe.steps, 1);
    end(hass, task);
    finish(hass);
}
END_TEST

/* limits */

static HASS_COROUTINE int wait_for_future(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_await(userdata, HASS_FOREVER, err);
}

static HASS_CALLBACK void fill(struct hass *hass, size_t limit)
{
    struct hass_future *future = hass_future_new(hass);
    struct hass_job job = HASS_JOB_COROUTINE(wait_for_future, future);
    struct hass_error err = HASS_ERROR_INIT;

    for (size_t i = 0; i < limit; i++)
        ck_assert_int_eq(hass_async_create_task(hass, job, NULL, NULL), 0);
    ck_assert_uint_eq(co_pool_count(hass->runtime->co_pool), limit);
    ck_assert_int_eq(hass_async_create_task(hass, job, NULL, &err), HASS_E_LIMIT);
    hass_future_set(future, 0, NULL, NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_uint_eq(co_pool_count(hass->runtime->co_pool), 0);
    ck_assert_int_eq(hass_async_create_task(hass, job, NULL, NULL), 0);
    hass_future_unref(future);
}

START_TEST(the_4097th_coroutine_is_refused)
{
    struct hass *hass = start();

    fill(hass, 4096);
    finish(hass);
}
END_TEST

START_TEST(the_number_of_coroutines_is_an_option)
{
    struct hass *hass =
        start_with(&(struct runtime_options){ .virtual_time = true, .max_coroutines = 3 });

    fill(hass, 3);
    fill(hass, 3);
    finish(hass);
}
END_TEST

/* Each frame is known to the next: no compiler makes a loop of this. */
static __attribute__((noinline)) int eat_stack(int depth, const volatile char *former)
{
    volatile char frame[1024];

    frame[0] = (char)(depth + former[0]);
    return depth == 0 ? frame[0] : eat_stack(depth - 1, frame) + frame[0];
}

static HASS_COROUTINE int overflow(struct hass *hass, void *userdata, struct hass_error *err)
{
    return eat_stack(*(int *)userdata, "");
}

START_TEST(most_of_a_stack_can_be_used)
{
    struct hass *hass = start();
    int depth = sizeof(void *) == 8 ? 150 : 30;
    struct hass_task *task = begin(hass, overflow, &depth);

    end(hass, task);
    finish(hass);
}
END_TEST

/* In a process of its own; the sanitizers end it in their own way. */
START_TEST(an_overflow_meets_the_guard_page)
{
    int depth = 1000;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        close(STDERR_FILENO);
        struct hass *hass = start();
        begin(hass, overflow, &depth);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
#ifndef SANITIZED
    ck_assert_int_eq(WTERMSIG(status), SIGSEGV);
#endif
}
END_TEST

/* owners and callbacks */

static HASS_COROUTINE int note_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    (void)hass_async_sleep(hass, 1, NULL);
    probe->scope = scope_current();
    return 0;
}

START_TEST(a_task_keeps_its_owner_while_it_is_suspended)
{
    struct hass *hass = start();
    struct probe probe = { 0 };
    struct scope *scope = scope_new(hass, "blink");
    struct scope *former = scope_enter(scope);
    struct hass_task *task = begin(hass, note_scope, &probe);

    scope_leave(former);
    ck_assert_ptr_eq(scope_current(), former);
    runtime_advance(hass->runtime, 2);
    ck_assert_ptr_eq(probe.scope, scope);
    ck_assert_ptr_eq(scope_current(), former);
    end(hass, task);
    scope_unref(scope);
    finish(hass);
}
END_TEST

static HASS_CALLBACK int try_to_sleep(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    hass__assert_coroutine();
    probe->first = hass_async_sleep(hass, 1, NULL);
    return 0;
}

static HASS_COROUTINE int run_callback(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->second = hass_in_coroutine(hass);
    hass_async_run_job(hass, HASS_JOB_CALLBACK(try_to_sleep, userdata), NULL);
    probe->steps = hass_in_coroutine(hass);
    return 0;
}

START_TEST(a_callback_cannot_suspend_the_coroutine_that_runs_it)
{
    struct hass *hass = start();
    struct probe probe = { 0 };

    listen_to_log();
    ck_assert(!hass_in_coroutine(hass));
    struct hass_task *task = begin(hass, run_callback, &probe);
    ck_assert_int_eq(probe.first, HASS_E_NOT_COROUTINE);
    ck_assert_int_eq(probe.second, 1);
    ck_assert_int_eq(probe.steps, 1);
    end(hass, task);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int fail_later(struct hass *hass, void *userdata, struct hass_error *err)
{
    (void)hass_async_sleep(hass, 0, NULL);
    return hass_fail(err, -EIO, "no answer from %s", (const char *)userdata);
}

START_TEST(a_failure_that_nobody_looks_at_is_logged)
{
    struct hass *hass = start();

    listen_to_log();
    struct hass_job job = HASS_JOB_COROUTINE(fail_later, TEXT("meter"));
    ck_assert_int_eq(hass_async_create_task(hass, job, NULL, NULL), 0);
    runtime_settle(hass->runtime);
    ck_assert_ptr_nonnull(strstr(log_text, "Error running job: fail_later: no answer from meter"));
    log_text[0] = '\0';
    struct hass_task *task = NULL;
    hass_async_create_task(hass, job, &task, NULL);
    runtime_settle(hass->runtime);
    ck_assert_str_eq(log_text, "");
    hass_task_unref(task);
    ck_assert_ptr_nonnull(strstr(log_text, "fail_later, which nobody waited for: no answer"));
    finish(hass);
}
END_TEST

static HASS_COROUTINE int count_destroyed(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_sleep(hass, 1, err);
}

static void note_destroyed(void *userdata)
{
    ++*(int *)userdata;
}

START_TEST(a_task_frees_its_userdata_when_it_has_ended)
{
    struct hass *hass = start();
    int destroyed = 0;
    struct hass_job job =
        HASS_JOB_COROUTINE(count_destroyed, &destroyed, .destroy = note_destroyed, .name = "count");
    struct hass_task *task = NULL;

    hass_async_create_task(hass, job, &task, NULL);
    ck_assert_str_eq(hass_task_name(task), "count");
    ck_assert_int_eq(destroyed, 0);
    runtime_advance(hass->runtime, 1);
    ck_assert_int_eq(destroyed, 1);
    end(hass, task);
    job.kind = HASS_JOB_KIND_CALLBACK;
    ck_assert_int_eq(hass_async_create_task(hass, job, NULL, NULL), HASS_E_INVALID);
    ck_assert_int_eq(destroyed, 2);
    finish(hass);
}
END_TEST

/* sets, settling, the end */

static HASS_COROUTINE int block(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->first = hass_async_block_till_done(hass, probe->second, err);
    probe->steps = 1;
    return probe->first;
}

static HASS_COROUTINE int spawn_later(struct hass *hass, void *userdata, struct hass_error *err)
{
    (void)hass_async_sleep(hass, 70, NULL);
    return hass_async_create_task(hass, HASS_JOB_COROUTINE(sleep_twice, userdata), NULL, err);
}

START_TEST(block_till_done_waits_for_tasks_of_tasks)
{
    struct hass *hass = start();
    struct probe late = { 0 };
    struct probe blocker = { 0 };

    hass_async_create_task(hass, HASS_JOB_COROUTINE(spawn_later, &late), NULL, NULL);
    struct hass_task *task = begin(hass, block, &blocker);
    runtime_advance(hass->runtime, 75);
    ck_assert_int_eq(late.steps, 2);
    ck_assert_int_eq(blocker.steps, 0);
    runtime_advance(hass->runtime, 6);
    ck_assert_int_eq(late.steps, 3);
    ck_assert_int_eq(blocker.steps, 1);
    end(hass, task);
    finish(hass);
}
END_TEST

START_TEST(block_till_done_waits_for_background_tasks_only_when_asked)
{
    struct hass *hass = start();
    struct probe late = { 0 };
    struct probe blocker = { .second = _i };

    hass_async_create_background_task(hass, HASS_JOB_COROUTINE(sleep_twice, &late), NULL, NULL);
    ck_assert_uint_eq(tasks_count(hass->runtime, TASK_SET_BACKGROUND), 1);
    struct hass_task *task = begin(hass, block, &blocker);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(blocker.steps, !_i);
    runtime_advance(hass->runtime, 11);
    ck_assert_int_eq(blocker.steps, 1);
    end(hass, task);
    finish(hass);
}
END_TEST

START_TEST(block_till_done_says_what_it_waits_for)
{
    struct hass *hass = start();
    struct probe blocker = { 0 };
    struct hass_future *future = hass_future_new(hass);

    listen_to_log();
    hass_log_set_level(NULL, HASS_LOG_DEBUG);
    hass_async_create_task(hass, HASS_JOB_COROUTINE(wait_for_future, future), NULL, NULL);
    struct hass_task *task = begin(hass, block, &blocker);
    runtime_advance(hass->runtime, 59);
    ck_assert_ptr_null(strstr(log_text, "Waiting for"));
    runtime_advance(hass->runtime, 2);
    ck_assert_ptr_nonnull(strstr(log_text, "Waiting for wait_for_future of core"));
    hass_future_set(future, 0, NULL, NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(blocker.steps, 1);
    hass_future_unref(future);
    end(hass, task);
    finish(hass);
}
END_TEST

static HASS_BLOCKING void *block_elsewhere(void *arg)
{
    ck_assert_int_eq(hass_block_till_done(arg, false, NULL), 0);
    runtime_quit(runtime_of(arg));
    return NULL;
}

START_TEST(another_thread_blocks_till_done)
{
    struct hass *hass = start();
    struct probe probe = { 0 };

    hass_async_create_task(hass, HASS_JOB_COROUTINE(sleep_twice, &probe), NULL, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, block_elsewhere, hass);
    runtime_run(hass->runtime);
    pthread_join(thread, NULL);
    ck_assert_int_eq(probe.steps, 3);
    finish(hass);
}
END_TEST

START_TEST(stop_sets_tasks_aside_and_cancels_the_background)
{
    struct hass *hass = start();
    struct probe old = { 0 };
    struct probe background = { 0 };
    struct hass_future **futures;

    hass_async_create_task(hass, HASS_JOB_COROUTINE(sleep_twice, &old), NULL, NULL);
    hass_async_create_background_task(hass, HASS_JOB_COROUTINE(sleep_twice, &background), NULL,
                                      NULL);
    tasks_begin_stop(hass->runtime);
    ck_assert_uint_eq(tasks_count(hass->runtime, TASK_SET_OLD), 1);
    ck_assert_uint_eq(tasks_count(hass->runtime, TASK_SET_TRACKED), 1);
    ck_assert_uint_eq(tasks_count(hass->runtime, TASK_SET_BACKGROUND), 0);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(background.first, -ECANCELED);
    size_t count = tasks_snapshot(hass->runtime, TASK_SET_OLD, &futures);
    ck_assert_uint_eq(count, 1);
    tasks_snapshot_free(futures, count);
    ck_assert_uint_eq(tasks_cancel(hass->runtime, TASK_SET_OLD), 1);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(old.first, -ECANCELED);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int wait_for_ever(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct probe *probe = userdata;

    while (probe->first == 0)
        probe->steps += hass_async_sleep(hass, 1, NULL) < 0;
    return 0;
}

/* What a stubborn task holds stays where it is, which a leak checker minds. */
#ifdef SANITIZED
#    define STUBBORN 1
#else
#    define STUBBORN 2
#endif

START_TEST(the_end_cancels_what_is_left)
{
    struct hass *hass = start();
    struct probe probe = { 0 };
    struct probe stubborn = { 0 };

    listen_to_log();
    hass_async_create_task(hass, HASS_JOB_COROUTINE(sleep_twice, &probe), NULL, NULL);
    if (_i == 1)
        hass_async_create_task(hass, HASS_JOB_COROUTINE(wait_for_ever, &stubborn), NULL, NULL);
    finish(hass);
    ck_assert_int_eq(probe.first, -ECANCELED);
    ck_assert_int_eq(probe.second, -ECANCELED);
    ck_assert_int_eq(probe.steps, 3);
    if (_i == 1)
        ck_assert_ptr_nonnull(strstr(log_text, "Task wait_for_ever of core did not end"));
}
END_TEST

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}

START_TEST(a_task_that_ignores_the_end_of_its_scope_does_not_hold_the_loop)
{
    struct hass *hass = start();
    struct probe stubborn = { 0 };
    struct scope *scope = scope_new(hass, "blink");

    listen_to_log();
    struct scope *former = scope_enter(scope);
    hass_async_create_task(hass, HASS_JOB_COROUTINE(wait_for_ever, &stubborn), NULL, NULL);
    scope_leave(former);
    struct hass_task *task = begin(hass, close_scope, scope);
    runtime_advance(hass->runtime, 20);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), -ETIMEDOUT);
    ck_assert_int_gt(stubborn.steps, 900);
    ck_assert_ptr_nonnull(strstr(log_text, "Task wait_for_ever of blink goes on though"));
    end(hass, task);
    scope_unref(scope);
    finish(hass);
}
END_TEST

/* from other threads */

static void *create_elsewhere(void *arg)
{
    static struct probe probe;
    struct hass *hass = arg;
    struct hass_job job = HASS_JOB_COROUTINE(return_at_once, &probe);

    ck_assert_int_eq(hass_create_task(hass, job, NULL), 0);
    ck_assert_int_eq(hass_create_background_task(hass, job, NULL), 0);
    return &probe;
}

START_TEST(any_thread_may_create_tasks)
{
    struct hass *hass = start();
    void *probe;
    pthread_t thread;

    pthread_create(&thread, NULL, create_elsewhere, hass);
    pthread_join(thread, &probe);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(((struct probe *)probe)->steps, 2);
    finish(hass);
}
END_TEST

static void *cancel_elsewhere(void *arg)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass__assert_loop();
    ck_assert_int_eq(hass_task_async_cancel(arg, &err), HASS_E_THREAD);
    ck_assert_int_eq(hass_task_cancel(arg, NULL), 0);
    return NULL;
}

START_TEST(any_thread_may_cancel_a_task)
{
    struct hass *hass = start();
    struct probe probe = { 0 };
    struct hass_task *task = begin(hass, sleep_twice, &probe);
    pthread_t thread;

    listen_to_log();
    pthread_create(&thread, NULL, cancel_elsewhere, task);
    pthread_join(thread, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(probe.first, -ECANCELED);
    runtime_advance(hass->runtime, 6);
    end(hass, task);
    finish(hass);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("task");
    TCase *tasks = tcase_create("tasks");

    tcase_set_timeout(tasks, 60);
    tcase_add_test(tasks, a_task_runs_at_once_up_to_its_first_wait);
    tcase_add_test(tasks, a_task_that_never_waits_is_never_tracked);
    tcase_add_test(tasks, a_cancellation_ends_the_present_wait_once);
    tcase_add_test(tasks, a_cancellation_before_a_wait_meets_the_next_one);
    tcase_add_test(tasks, the_4097th_coroutine_is_refused);
    tcase_add_test(tasks, the_number_of_coroutines_is_an_option);
    tcase_add_test(tasks, most_of_a_stack_can_be_used);
    tcase_add_test(tasks, an_overflow_meets_the_guard_page);
    tcase_add_test(tasks, a_task_keeps_its_owner_while_it_is_suspended);
    tcase_add_test(tasks, a_callback_cannot_suspend_the_coroutine_that_runs_it);
    tcase_add_test(tasks, a_failure_that_nobody_looks_at_is_logged);
    tcase_add_test(tasks, a_task_frees_its_userdata_when_it_has_ended);
    tcase_add_test(tasks, block_till_done_waits_for_tasks_of_tasks);
    tcase_add_loop_test(tasks, block_till_done_waits_for_background_tasks_only_when_asked, 0, 2);
    tcase_add_test(tasks, block_till_done_says_what_it_waits_for);
    tcase_add_test(tasks, another_thread_blocks_till_done);
    tcase_add_test(tasks, stop_sets_tasks_aside_and_cancels_the_background);
#ifndef SANITIZED /* it stays where it is, which a leak checker minds */
    tcase_add_test(tasks, a_task_that_ignores_the_end_of_its_scope_does_not_hold_the_loop);
#else
    (void)a_task_that_ignores_the_end_of_its_scope_does_not_hold_the_loop;
#endif
    tcase_add_loop_test(tasks, the_end_cancels_what_is_left, 0, STUBBORN);
    tcase_add_test(tasks, any_thread_may_create_tasks);
    tcase_add_test(tasks, any_thread_may_cancel_a_task);
    suite_add_tcase(suite, tasks);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
