/* SPDX-License-Identifier: Apache-2.0 */
/* Mutex, semaphore and queue: nobody overtakes, nothing is lost when a waiter is cancelled. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/run/probe.h"

/* A coroutine with its number, which it adds to the trace. */
struct actor {
    struct hass_mutex *mutex;
    struct hass_semaphore *semaphore;
    struct hass_queue *queue;
    char *trace;
    char name;
    double hold;
    double timeout;
    int result;
    void *item;
};

static void note(const struct actor *actor)
{
    strncat(actor->trace, &actor->name, 1);
}

static HASS_COROUTINE int lock_and_hold(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct actor *actor = userdata;

    actor->result = hass_mutex_async_lock(actor->mutex, NULL);
    if (actor->result < 0)
        return 0;
    note(actor);
    (void)hass_async_sleep(hass, actor->hold, NULL);
    hass_mutex_async_unlock(actor->mutex);
    return 0;
}

static HASS_COROUTINE int acquire(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct actor *actor = userdata;

    actor->result = hass_semaphore_async_acquire(actor->semaphore, NULL);
    if (actor->result == 0)
        note(actor);
    return 0;
}

static HASS_COROUTINE int put(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct actor *actor = userdata;

    actor->result = hass_queue_async_put(actor->queue, &actor->name, NULL);
    return 0;
}

static HASS_COROUTINE int get(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct actor *actor = userdata;

    actor->result = hass_queue_async_get(actor->queue, actor->timeout, &actor->item, NULL);
    if (actor->result == 0)
        note(actor);
    return 0;
}

static void free_task(struct hass_task *task)
{
    hass_task_unref(task);
}

START_TEST(a_mutex_is_handed_over_in_order)
{
    struct hass *hass = start();
    char trace[16] = "";
    struct hass_mutex *mutex = hass_mutex_create(hass);
    struct actor actors[3];
    struct hass_task *tasks[3];

    for (int i = 0; i < 3; i++) {
        actors[i] =
            (struct actor){ .mutex = mutex, .trace = trace, .name = (char)('a' + i), .hold = 1 };
        tasks[i] = begin(hass, lock_and_hold, &actors[i]);
    }
    ck_assert_str_eq(trace, "a");
    runtime_advance(hass->runtime, 1);
    ck_assert_str_eq(trace, "ab");
    runtime_advance(hass->runtime, 1);
    ck_assert_str_eq(trace, "abc");
    runtime_advance(hass->runtime, 1);
    for (int i = 0; i < 3; i++)
        free_task(tasks[i]);
    hass_mutex_destroy(mutex);
    finish(hass);
}
END_TEST

START_TEST(a_cancelled_waiter_leaves_the_line)
{
    struct hass *hass = start();
    char trace[16] = "";
    struct hass_mutex *mutex = hass_mutex_create(hass);
    struct actor actors[3];
    struct hass_task *tasks[3];

    for (int i = 0; i < 3; i++) {
        actors[i] =
            (struct actor){ .mutex = mutex, .trace = trace, .name = (char)('a' + i), .hold = 1 };
        tasks[i] = begin(hass, lock_and_hold, &actors[i]);
    }
    hass_task_async_cancel(tasks[1], NULL);
    runtime_advance(hass->runtime, 3);
    ck_assert_str_eq(trace, "ac");
    ck_assert_int_eq(actors[1].result, -ECANCELED);
    for (int i = 0; i < 3; i++)
        free_task(tasks[i]);
    hass_mutex_destroy(mutex);
    finish(hass);
}
END_TEST

START_TEST(who_was_handed_a_place_keeps_it_though_cancelled)
{
    struct hass *hass = start();
    char trace[16] = "";
    struct hass_semaphore *semaphore = hass_semaphore_create(hass, 0);
    struct actor actors[2];
    struct hass_task *tasks[2];

    for (int i = 0; i < 2; i++) {
        actors[i] =
            (struct actor){ .semaphore = semaphore, .trace = trace, .name = (char)('a' + i) };
        tasks[i] = begin(hass, acquire, &actors[i]);
    }
    hass_semaphore_async_release(semaphore);
    hass_task_async_cancel(tasks[0], NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(actors[0].result, 0);
    ck_assert_str_eq(trace, "a");
    hass_task_async_cancel(tasks[1], NULL);
    hass_semaphore_async_release(semaphore);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(actors[1].result, -ECANCELED);
    struct actor third = { .semaphore = semaphore, .trace = trace, .name = 'c' };
    free_task(begin(hass, acquire, &third));
    ck_assert_str_eq(trace, "ac");
    free_task(tasks[0]);
    free_task(tasks[1]);
    hass_semaphore_destroy(semaphore);
    finish(hass);
}
END_TEST

START_TEST(a_semaphore_lets_so_many_in)
{
    struct hass *hass = start();
    char trace[16] = "";
    struct hass_semaphore *semaphore = hass_semaphore_create(hass, 2);
    struct actor actors[4];

    for (int i = 0; i < 4; i++) {
        actors[i] =
            (struct actor){ .semaphore = semaphore, .trace = trace, .name = (char)('a' + i) };
        free_task(begin(hass, acquire, &actors[i]));
    }
    ck_assert_str_eq(trace, "ab");
    hass_semaphore_async_release(semaphore);
    hass_semaphore_async_release(semaphore);
    runtime_settle(hass->runtime);
    ck_assert_str_eq(trace, "abcd");
    hass_semaphore_destroy(semaphore);
    finish(hass);
}
END_TEST

START_TEST(destroying_wakes_who_waits)
{
    struct hass *hass = start();
    char trace[16] = "";
    struct hass_semaphore *semaphore = hass_semaphore_create(hass, 0);
    struct actor actor = { .semaphore = semaphore, .trace = trace };

    free_task(begin(hass, acquire, &actor));
    hass_semaphore_destroy(semaphore);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(actor.result, HASS_E_CLOSED);
    finish(hass);
}
END_TEST

START_TEST(a_queue_keeps_order_and_limit)
{
    struct hass *hass = start();
    char trace[32] = "";
    struct hass_queue *queue = hass_queue_create(hass, 2, NULL);
    struct actor putters[4];

    for (int i = 0; i < 4; i++) {
        putters[i] = (struct actor){ .queue = queue, .name = (char)('a' + i), .result = 1 };
        free_task(begin(hass, put, &putters[i]));
    }
    ck_assert_uint_eq(hass_queue_async_length(queue), 2);
    ck_assert_int_eq(putters[1].result, 0);
    ck_assert_int_eq(putters[2].result, 1);
    ck_assert_int_eq(hass_queue_async_try_put(queue, trace, NULL), -EAGAIN);
    for (int i = 0; i < 4; i++) {
        struct actor getter = { .queue = queue, .trace = trace, .timeout = 1, .name = '.' };
        free_task(begin(hass, get, &getter));
        runtime_settle(hass->runtime);
        ck_assert_int_eq(*(char *)getter.item, 'a' + i);
    }
    ck_assert_int_eq(putters[3].result, 0);
    ck_assert_uint_eq(hass_queue_async_length(queue), 0);
    hass_queue_destroy(queue);
    finish(hass);
}
END_TEST

START_TEST(getters_are_served_in_order)
{
    struct hass *hass = start();
    char trace[32] = "";
    char items[] = "xyz";
    struct hass_queue *queue = hass_queue_create(hass, 8, NULL);
    struct actor getters[3];
    struct hass_task *tasks[3];

    for (int i = 0; i < 3; i++) {
        getters[i] = (struct actor){
            .queue = queue, .trace = trace, .name = (char)('a' + i), .timeout = HASS_FOREVER
        };
        tasks[i] = begin(hass, get, &getters[i]);
    }
    hass_task_async_cancel(tasks[0], NULL);
    ck_assert_int_eq(hass_queue_async_try_put(queue, &items[0], NULL), 0);
    ck_assert_int_eq(hass_queue_async_try_put(queue, &items[1], NULL), 0);
    ck_assert_int_eq(hass_queue_async_try_put(queue, &items[2], NULL), 0);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(getters[0].result, -ECANCELED);
    ck_assert_ptr_eq(getters[1].item, &items[0]);
    ck_assert_ptr_eq(getters[2].item, &items[1]);
    ck_assert_uint_eq(hass_queue_async_length(queue), 1);
    for (int i = 0; i < 3; i++)
        free_task(tasks[i]);
    hass_queue_destroy(queue);
    finish(hass);
}
END_TEST

START_TEST(getting_times_out)
{
    struct hass *hass = start();
    char trace[4] = "";
    struct hass_queue *queue = hass_queue_create(hass, 8, NULL);
    struct actor getter = { .queue = queue, .trace = trace, .timeout = 3 };

    free_task(begin(hass, get, &getter));
    runtime_advance(hass->runtime, 4);
    ck_assert_int_eq(getter.result, -ETIMEDOUT);
    ck_assert_int_eq(hass_queue_async_try_put(queue, trace, NULL), 0);
    ck_assert_uint_eq(hass_queue_async_length(queue), 1);
    hass_queue_destroy(queue);
    finish(hass);
}
END_TEST

START_TEST(a_queue_destroys_what_nobody_took)
{
    struct hass *hass = start();
    struct hass_queue *queue = hass_queue_create(hass, 100, free);

    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(hass_queue_async_try_put(queue, malloc(8), NULL), 0);
    ck_assert_int_eq(hass_queue_async_try_put(queue, NULL, NULL), -EAGAIN);
    hass_queue_destroy(queue);
    finish(hass);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("co_sync");
    TCase *sync = tcase_create("sync");

    tcase_add_test(sync, a_mutex_is_handed_over_in_order);
    tcase_add_test(sync, a_cancelled_waiter_leaves_the_line);
    tcase_add_test(sync, who_was_handed_a_place_keeps_it_though_cancelled);
    tcase_add_test(sync, a_semaphore_lets_so_many_in);
    tcase_add_test(sync, destroying_wakes_who_waits);
    tcase_add_test(sync, a_queue_keeps_order_and_limit);
    tcase_add_test(sync, getters_are_served_in_order);
    tcase_add_test(sync, getting_times_out);
    tcase_add_test(sync, a_queue_destroys_what_nobody_took);
    suite_add_tcase(suite, sync);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
