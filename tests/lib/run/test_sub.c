/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations: changes while they are delivered, handles, the end of the userdata. */
#include <pthread.h>

#include <hass/executor.h>
#include <hass/task.h>

#include "tests/lib/run/fixture.h"
#include "tests/support/test.h"

static char trace[64];
static unsigned destroyed;
static struct sub_list list;
static struct hass *hass;
static struct hass_sub *a, *b, *c;

static void count_destroyed(void *userdata)
{
    destroyed++;
}

static HASS_CALLBACK int note(struct hass *h, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    return 0;
}

static HASS_CALLBACK struct hass_sub *listen_with(struct hass_job job, bool once)
{
    struct sub_options options = { .job = job, .once = once };
    struct hass_sub *sub = NULL;

    ck_assert_int_eq(sub_list_add(hass, &list, HASS_SUBJECT_HASS, &options, &sub, NULL), 0);
    return sub;
}

#define NOTE(text)  HASS_JOB_CALLBACK(note, TEXT(text), .destroy = count_destroyed)
#define DELIVER()   sub_list_deliver(hass, &list, hass)
#define LISTEN(job) listen_with((job), false)

/* changes during a delivery */

static HASS_CALLBACK int remove_self(struct hass *h, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    a = hass_sub_async_remove(a);
    ck_assert_uint_eq(destroyed, 0);
    return 0;
}

START_TEST(a_listener_may_remove_itself)
{
    hass = start();
    hass__assert_loop();
    a = LISTEN(HASS_JOB_CALLBACK(remove_self, TEXT("a"), .destroy = count_destroyed));
    b = LISTEN(NOTE("b"));
    DELIVER();
    ck_assert_uint_eq(destroyed, 1);
    DELIVER();
    ck_assert_str_eq(trace, "abb");
    ck_assert_uint_eq(sub_list_count(&list), 1);
    hass_sub_async_remove(b);
    finish(hass);
}
END_TEST

static HASS_CALLBACK int remove_others(struct hass *h, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    a = hass_sub_async_remove(a);
    c = hass_sub_async_remove(c);
    return 0;
}

START_TEST(removed_listeners_are_skipped_and_no_other)
{
    hass = start();
    hass__assert_loop();
    a = LISTEN(NOTE("a"));
    b = LISTEN(HASS_JOB_CALLBACK(remove_others, TEXT("b")));
    c = LISTEN(NOTE("c"));
    struct hass_sub *d = LISTEN(NOTE("d"));
    DELIVER();
    ck_assert_str_eq(trace, "abd");
    ck_assert_uint_eq(destroyed, 2);
    DELIVER();
    ck_assert_str_eq(trace, "abdbd");
    hass_sub_async_remove(b);
    hass_sub_async_remove(d);
    ck_assert_uint_eq(sub_list_count(&list), 0);
    finish(hass);
}
END_TEST

static HASS_CALLBACK int add_another(struct hass *h, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    LISTEN(NOTE("n"));
    return 0;
}

START_TEST(what_is_added_during_a_delivery_waits_for_the_next)
{
    hass = start();
    hass__assert_loop();
    LISTEN(HASS_JOB_CALLBACK(add_another, TEXT("a")));
    DELIVER();
    ck_assert_str_eq(trace, "a");
    DELIVER();
    ck_assert_str_eq(trace, "aan");
    finish(hass);
}
END_TEST

static HASS_CALLBACK int deliver_again(struct hass *h, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    DELIVER();
    return 0;
}

START_TEST(once_runs_once_even_when_it_delivers_itself)
{
    hass = start();
    hass__assert_loop();
    a = listen_with(HASS_JOB_CALLBACK(deliver_again, TEXT("o"), .destroy = count_destroyed), true);
    LISTEN(NOTE("n"));
    DELIVER();
    ck_assert_str_eq(trace, "onn");
    ck_assert_uint_eq(destroyed, 1);
    a = hass_sub_async_remove(a);
    finish(hass);
}
END_TEST

static HASS_CALLBACK int clear_list(struct hass *h, void *userdata, struct hass_error *err)
{
    strcat(trace, userdata);
    sub_list_fini(&list);
    return 0;
}

START_TEST(a_list_may_be_cleared_during_a_delivery)
{
    hass = start();
    hass__assert_loop();
    LISTEN(NOTE("a"));
    LISTEN(HASS_JOB_CALLBACK(clear_list, TEXT("b"), .destroy = count_destroyed));
    LISTEN(NOTE("c"));
    DELIVER();
    ck_assert_str_eq(trace, "ab");
    ck_assert_uint_eq(destroyed, 3);
    finish(hass);
}
END_TEST

static bool refuse(const void *subject, void *userdata)
{
    strcat(trace, "f");
    return false;
}

START_TEST(a_filter_decides_and_front_comes_first)
{
    hass = start();
    hass__assert_loop();
    struct sub_options filtered = { .job = NOTE("x"), .filter = refuse };
    struct sub_options front = { .job = NOTE("1"), .front = true };
    LISTEN(NOTE("2"));
    ck_assert_int_eq(sub_list_add(hass, &list, HASS_SUBJECT_HASS, &filtered, NULL, NULL), 0);
    ck_assert_int_eq(sub_list_add(hass, &list, HASS_SUBJECT_HASS, &front, NULL, NULL), 0);
    DELIVER();
    ck_assert_str_eq(trace, "12f");
    finish(hass);
}
END_TEST

/* errors and refusals */

static HASS_CALLBACK int run_out(struct hass *h, void *userdata, struct hass_error *err)
{
    return hass_fail(err, HASS_E_GENERAL, "out of milk");
}

START_TEST(an_error_is_logged_once_counted_and_stops_nobody)
{
    hass = start();
    hass__assert_loop();
    struct logs *logs = test_logs();
    LISTEN(HASS_JOB_CALLBACK(run_out, NULL, .name = "shopping"));
    LISTEN(NOTE("n"));
    DELIVER();
    ck_assert_str_eq(trace, "n");
    ck_assert_uint_eq(logs_matching(logs, "Error running job: shopping: out of milk"), 1);
    ck_assert_uint_eq(hass->runtime->root->counters.errors, 1);
    finish(hass);
}
END_TEST

START_TEST(a_job_for_another_subject_is_refused_and_destroyed)
{
    hass = start();
    hass__assert_loop();
    struct sub_options options = { .job = NOTE("n") };
    ck_assert_int_eq(sub_list_add(hass, &list, HASS_SUBJECT_EVENT, &options, NULL, NULL),
                     HASS_E_INVALID);
    ck_assert_uint_eq(destroyed, 1);
    ck_assert_uint_eq(sub_list_count(&list), 0);
    finish(hass);
}
END_TEST

/* jobs that outlive the delivery */

static HASS_COROUTINE int sleep_and_note(struct hass *h, void *userdata, struct hass_error *err)
{
    hass_async_sleep(h, 1, err);
    strcat(trace, userdata);
    return 0;
}

START_TEST(the_userdata_lives_until_the_last_coroutine_has_ended)
{
    hass = start();
    hass__assert_loop();
    a = LISTEN(HASS_JOB_COROUTINE(sleep_and_note, TEXT("c"), .destroy = count_destroyed));
    DELIVER();
    runtime_advance(hass->runtime, 0.5);
    DELIVER();
    a = hass_sub_async_remove(a);
    runtime_advance(hass->runtime, 0.5);
    ck_assert_str_eq(trace, "c");
    ck_assert_uint_eq(destroyed, 0);
    runtime_advance(hass->runtime, 0.5);
    ck_assert_str_eq(trace, "cc");
    ck_assert_uint_eq(destroyed, 1);
    finish(hass);
}
END_TEST

static HASS_BLOCKING int remove_self_in_pool(struct hass *h, void *userdata, struct hass_error *err)
{
    a = hass_sub_remove(a);
    strcat(trace, "p");
    return 0;
}

START_TEST(a_pool_job_may_remove_its_own_registration)
{
    hass = start();
    hass__assert_loop();
    a = LISTEN(HASS_JOB_EXECUTOR(remove_self_in_pool, NULL, .destroy = count_destroyed));
    DELIVER();
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "p");
    ck_assert_uint_eq(destroyed, 1);
    finish(hass);
}
END_TEST

static HASS_BLOCKING int remove_and_note(struct hass *h, void *userdata, struct hass_error *err)
{
    a = hass_sub_remove(a);
    strcat(trace, "r");
    return 0;
}

START_TEST(the_blocking_remove_waits_for_running_calls)
{
    hass = start();
    hass__assert_loop();
    a = LISTEN(HASS_JOB_COROUTINE(sleep_and_note, TEXT("c"), .destroy = count_destroyed));
    DELIVER();
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(remove_and_note, NULL), NULL, NULL);
    /* The worker is outstanding, so that virtual time stands still: it moves by hand. */
    while (sub_list_count(&list))
        (void)loop_run_until(hass->runtime->loop, never, NULL, 0);
    ck_assert_str_eq(trace, "");
    test_jump(hass, 1);
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "cr");
    finish(hass);
}
END_TEST

static void end_b(void *userdata)
{
    hass__assert_loop();
    b = hass_sub_async_remove(b);
    destroyed++;
}

START_TEST(the_end_of_one_may_end_the_next_when_a_stop_ends_them)
{
    hass = start();
    hass__assert_loop();
    b = LISTEN(
        HASS_JOB_CALLBACK(note, TEXT("b"), .destroy = count_destroyed, .cancel_on_shutdown = true));
    a = LISTEN(HASS_JOB_CALLBACK(note, TEXT("a"), .destroy = end_b, .cancel_on_shutdown = true));
    sub_remove_on_shutdown(hass);
    ck_assert_uint_eq(destroyed, 2);
    ck_assert_uint_eq(sub_list_count(&list), 0);
    hass_sub_async_remove(a);
    finish(hass);
}
END_TEST

START_TEST(removing_nothing_does_nothing)
{
    hass__assert_loop();
    ck_assert_ptr_null(hass_sub_async_remove(NULL));
}
END_TEST

TEST_MAIN("sub", a_listener_may_remove_itself, removed_listeners_are_skipped_and_no_other,
          what_is_added_during_a_delivery_waits_for_the_next,
          once_runs_once_even_when_it_delivers_itself, a_list_may_be_cleared_during_a_delivery,
          a_filter_decides_and_front_comes_first, an_error_is_logged_once_counted_and_stops_nobody,
          a_job_for_another_subject_is_refused_and_destroyed,
          the_userdata_lives_until_the_last_coroutine_has_ended,
          a_pool_job_may_remove_its_own_registration, the_blocking_remove_waits_for_running_calls,
          the_end_of_one_may_end_the_next_when_a_stop_ends_them, removing_nothing_does_nothing)
