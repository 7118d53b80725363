/* SPDX-License-Identifier: Apache-2.0 */
/* Owner scopes: who owns what, and what is left when one is closed. */
#include <errno.h>
#include <pthread.h>

#include <hass/executor.h>
#include <hass/task.h>

#include "run/executor.h"
#include "tests/lib/run/fixture.h"
#include "tests/support/test.h"

static char trace[64];
static unsigned destroyed;
static struct hass *hass;
static struct scope *demo;

static void count_destroyed(void *userdata)
{
    destroyed++;
}

static void trace_destroyed(void *userdata)
{
    strcat(trace, userdata);
}

static HASS_CALLBACK int nothing(struct hass *h, void *userdata, struct hass_error *err)
{
    return 0;
}

static int nothing_blocking(struct hass *h, void *userdata, struct hass_error *err)
{
    return 0;
}

static HASS_CALLBACK int never_tick(const struct hass_tick *tick, void *userdata,
                                    struct hass_error *err)
{
    return 0;
}

/* closing */

static int close_result;
static double close_timeout = 10;

static HASS_COROUTINE int close_demo(struct hass *h, void *userdata, struct hass_error *err)
{
    close_result = scope_async_close(demo, close_timeout, err);
    return 0;
}

static HASS_CALLBACK void begin_closing(void)
{
    hass_async_create_task(hass, HASS_JOB_COROUTINE(close_demo, NULL), NULL, NULL);
}

static HASS_CALLBACK int add_sub(struct sub_list *list, const char *text)
{
    struct sub_options options = {
        .job = HASS_JOB_CALLBACK(nothing, TEXT(text), .destroy = trace_destroyed),
    };

    return sub_list_add(hass, list, HASS_SUBJECT_HASS, &options, NULL, NULL);
}

static HASS_CALLBACK void start_demo(void)
{
    hass = start();
    demo = scope_new(hass, "demo");
}

START_TEST(registrations_go_newest_first)
{
    struct sub_list list = { NULL };

    hass__assert_loop();
    start_demo();
    struct scope *former = scope_enter(demo);
    add_sub(&list, "1");
    add_sub(&list, "2");
    scope_leave(former);
    add_sub(&list, "x");
    begin_closing();
    runtime_settle(hass->runtime);
    ck_assert_int_eq(close_result, 0);
    ck_assert_str_eq(trace, "21");
    ck_assert_int_eq(scope_state(demo), SCOPE_CLOSED);
    ck_assert_uint_eq(sub_list_count(&list), 1);
    scope_unref(demo);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int wait_for_ever(struct hass *h, void *userdata, struct hass_error *err)
{
    int result = hass_async_sleep(h, 1e6, NULL);

    strcat(trace, result == -ECANCELED ? "cancelled" : "woken");
    return result;
}

START_TEST(tasks_are_cancelled)
{
    hass__assert_loop();
    start_demo();
    struct scope *former = scope_enter(demo);
    hass_async_create_background_task(
        hass, HASS_JOB_COROUTINE(wait_for_ever, NULL, .destroy = count_destroyed), NULL, NULL);
    scope_leave(former);
    begin_closing();
    runtime_settle(hass->runtime);
    ck_assert_int_eq(close_result, 0);
    ck_assert_str_eq(trace, "cancelled");
    ck_assert_uint_eq(destroyed, 1);
    scope_unref(demo);
    finish(hass);
}
END_TEST

static HASS_COROUTINE int refuse_to_end(struct hass *h, void *userdata, struct hass_error *err)
{
    while (scope_state(demo) != SCOPE_CLOSED)
        hass_async_sleep(h, 1, NULL);
    struct hass_error own = HASS_ERROR_INIT;
    if (hass_async_add_job(h, HASS_JOB_CALLBACK(nothing, NULL), &own) == HASS_E_CLOSED &&
        hass_on_loop(h) && !runtime_on_loop(h))
        strcat(trace, "refused");
    return 0;
}

START_TEST(who_resists_is_left_behind_and_inert)
{
    hass__assert_loop();
    start_demo();
    struct scope *former = scope_enter(demo);
    hass_async_create_background_task(hass, HASS_JOB_COROUTINE(refuse_to_end, NULL), NULL, NULL);
    scope_leave(former);
    begin_closing();
    runtime_advance(hass->runtime, 9.9);
    ck_assert_int_eq(scope_state(demo), SCOPE_CLOSING);
    runtime_advance(hass->runtime, 2);
    ck_assert_int_eq(scope_state(demo), SCOPE_CLOSED);
    ck_assert_int_eq(close_result, -ETIMEDOUT);
    ck_assert_str_eq(trace, "refused");
    ck_assert(runtime_on_loop(hass));
    scope_unref(demo);
    finish(hass);
}
END_TEST

static HASS_BLOCKING int work_until_cancelled(struct hass_worker *worker, void *arg,
                                              struct hass_error *err)
{
    int result = hass_worker_sleep(worker, 3600);

    ck_assert(hass_worker_cancelled(worker));
    return result;
}

START_TEST(pool_jobs_are_asked_to_end)
{
    struct hass_future *future = NULL;

    hass__assert_loop();
    start_demo();
    struct scope *former = scope_enter(demo);
    executor_submit_worker(hass, "work", work_until_cancelled, NULL, count_destroyed, 0, &future,
                           NULL);
    scope_leave(former);
    runtime_settle(hass->runtime);
    ck_assert(!hass_future_done(future));
    begin_closing();
    runtime_settle(hass->runtime);
    ck_assert_int_eq(close_result, 0);
    ck_assert_int_eq(hass_future_result(future, NULL), -ECANCELED);
    ck_assert_uint_eq(destroyed, 1);
    hass_future_unref(future);
    scope_unref(demo);
    finish(hass);
}
END_TEST

/* calls from a closed scope */

START_TEST(every_call_from_a_closed_scope_fails)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct sub_list list = { NULL };

    hass__assert_loop();
    start_demo();
    scope_end(demo);
    scope_set_closed(demo);
    struct scope *former = scope_enter(demo);
    ck_assert_int_eq(hass_async_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL), &err),
                     HASS_E_CLOSED);
    ck_assert_str_eq(err.message, "demo has been unloaded");
    ck_assert_int_eq(
        hass_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL, .destroy = count_destroyed), NULL),
        HASS_E_CLOSED);
    ck_assert_uint_eq(destroyed, 1);
    ck_assert_int_eq(add_sub(&list, "d"), HASS_E_CLOSED);
    ck_assert_str_eq(trace, "d");
    ck_assert(hass_on_loop(hass));
    scope_leave(former);
    ck_assert_int_eq(hass_async_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL), NULL), 0);
    runtime_settle(hass->runtime);
    scope_unref(demo);
    finish(hass);
}
END_TEST

START_TEST(a_closing_scope_takes_nothing_new)
{
    struct sub_list list = { NULL };

    hass__assert_loop();
    start_demo();
    scope_end(demo);
    struct scope *former = scope_enter(demo);
    ck_assert_int_eq(add_sub(&list, "d"), HASS_E_CLOSED);
    ck_assert_int_eq(
        hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(nothing_blocking, NULL), NULL, NULL),
        HASS_E_CLOSED);
    scope_leave(former);
    scope_unref(demo);
    finish(hass);
}
END_TEST

/* ownership */

static HASS_CALLBACK int note_owner(struct hass *h, void *userdata, struct hass_error *err)
{
    strcat(trace, scope_name(scope_current()));
    strcat(trace, " ");
    return 0;
}

static int post_from_pool(struct hass *h, void *userdata, struct hass_error *err)
{
    return hass_add_job(h, HASS_JOB_CALLBACK(note_owner, NULL), err);
}

START_TEST(jobs_run_in_the_scope_that_registered_them)
{
    struct sub_list list = { NULL };
    struct sub_options options = { .job = HASS_JOB_CALLBACK(note_owner, NULL) };

    hass__assert_loop();
    start_demo();
    struct scope *former = scope_enter(demo);
    sub_list_add(hass, &list, HASS_SUBJECT_HASS, &options, NULL, NULL);
    hass_async_add_job(hass, HASS_JOB_CALLBACK(note_owner, NULL), NULL);
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(post_from_pool, NULL), NULL, NULL);
    scope_leave(former);
    sub_list_deliver(hass, &list, hass);
    note_owner(hass, NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "demo core demo demo ");
    ck_assert_uint_eq(scope_counters(demo)->pool_jobs, 1);
    ck_assert_uint_eq(scope_counters(demo)->jobs, 3);
    scope_unref(demo);
    finish(hass);
}
END_TEST

static void count_scope(struct scope *scope, void *userdata)
{
    ++*(unsigned *)userdata;
}

START_TEST(nothing_is_left_after_many_rounds)
{
    unsigned scopes = 0;

    hass__assert_loop();
    hass = start();
    for (int i = 0; i < 1000; i++) {
        struct sub_list list = { NULL };
        demo = scope_new(hass, "demo");
        struct scope *former = scope_enter(demo);
        add_sub(&list, "");
        hass_async_call_at(hass, INT64_MAX / 2, HASS_JOB_CALLBACK(never_tick, NULL),
                           &(struct hass_sub *){ NULL }, NULL);
        scope_leave(former);
        begin_closing();
        runtime_settle(hass->runtime);
        ck_assert_int_eq(close_result, 0);
        demo = scope_unref(demo);
        runtime_settle(hass->runtime);
    }
    scope_foreach(hass, count_scope, &scopes);
    ck_assert_uint_eq(scopes, 1);
    finish(hass);
}
END_TEST

START_TEST(addresses_have_owners)
{
    static const char file[64];

    hass = start();
    scope_add_range(hass, "demo", file, file + 32);
    scope_add_range(hass, "other", file + 32, file + 64);
    ck_assert_str_eq(scope_name_of_address(hass, file), "demo");
    ck_assert_str_eq(scope_name_of_address(hass, file + 31), "demo");
    ck_assert_str_eq(scope_name_of_address(hass, file + 32), "other");
    ck_assert_ptr_null(scope_name_of_address(hass, file + 64));
    finish(hass);
}
END_TEST

/* debug */

static HASS_CALLBACK int hold_loop(struct hass *h, void *userdata, struct hass_error *err)
{
    struct timespec moment = { .tv_nsec = 110000000 };

    nanosleep(&moment, NULL);
    return 0;
}

static HASS_CALLBACK int hold_for_another(struct hass *h, void *userdata, struct hass_error *err)
{
    struct scope *former = scope_enter(demo);

    hass_async_run_job(h, HASS_JOB_CALLBACK(hold_loop, NULL), NULL);
    scope_leave(former);
    return 0;
}

START_TEST(debug_mode_charges_slow_callbacks_to_their_owner)
{
    hass__assert_loop();
    start_demo();
    struct logs *logs = test_logs();
    runtime_set_debug(hass, true);
    hass_async_run_job(hass, HASS_JOB_CALLBACK(hold_for_another, NULL), NULL);
    ck_assert_uint_eq(logs_matching(logs, "Job hold_loop held the loop for 0.1"), 1);
    ck_assert_uint_eq(logs_matching(logs, "held the loop"), 1);
    ck_assert_uint_ge(scope_counters(demo)->worst_usec, 110000);
    ck_assert_uint_lt(hass->runtime->root->counters.loop_usec, 100000);
    scope_unref(demo);
    finish(hass);
}
END_TEST

START_TEST(lines_that_were_held_back_are_counted_at_the_end)
{
    hass = start();
    struct logs *logs = test_logs();

    for (int i = 0; i < 150; i++)
        hass_warning("again");
    ck_assert_uint_eq(logs_matching(logs, "again"), 100);
    finish(hass);
    ck_assert_uint_eq(logs_matching(logs, "50 more lines suppressed"), 1);
}
END_TEST

TEST_MAIN("scope", registrations_go_newest_first, tasks_are_cancelled,
          who_resists_is_left_behind_and_inert, pool_jobs_are_asked_to_end,
          every_call_from_a_closed_scope_fails, a_closing_scope_takes_nothing_new,
          jobs_run_in_the_scope_that_registered_them, nothing_is_left_after_many_rounds,
          addresses_have_owners, debug_mode_charges_slow_callbacks_to_their_owner,
          lines_that_were_held_back_are_counted_at_the_end)
