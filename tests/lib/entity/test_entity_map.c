/* SPDX-License-Identifier: Apache-2.0 */
/* Doing something for many entities: how many at once, what comes back, and what a cancelled wait leaves behind. */
#include <errno.h>

#include "things.h"

#define COUNT 6000 /* more than there may be coroutines */

struct job {
    size_t count, concurrency;
    double timeout;
    struct hass_entity **entities;
    unsigned done, running, most, destroyed, ended;
    int result;
};

static struct job job;

static HASS_COROUTINE int work(struct hass_entity *entity, void *userdata, struct hass_error *err)
{
    struct thing *thing = thing_of(entity);

    job.running++;
    job.most = job.running > job.most ? job.running : job.most;
    int r = hass_async_sleep(hass_entity_hass(entity), thing->takes, NULL);
    job.running--;
    job.ended++;
    if (r < 0)
        return r;
    job.done++;
    return thing->result < 0 ? hass_fail(err, thing->result, "thing %p failed", (void *)thing) : 0;
}

static void count_destroyed(void *userdata)
{
    ((struct job *)userdata)->destroyed++;
}

static HASS_COROUTINE int map(struct hass *hass, void *userdata, struct hass_error *err)
{
    job.result = entities_async_map(hass, job.entities, job.count, job.concurrency, job.timeout,
                                    work, &job, count_destroyed, err);
    return 0;
}

static struct thing *make_things(struct hass *hass, size_t count)
{
    struct thing *things = calloc(count, sizeof(*things));

    job = (struct job){ .count = count, .concurrency = 4, .timeout = HASS_FOREVER };
    job.entities = calloc(count, sizeof(*job.entities));
    for (size_t i = 0; i < count; i++) {
        things[i].takes = 1;
        job.entities[i] = thing_entity(hass, &things[i], &plain_ops, "A");
    }
    return things;
}

static void free_things(struct thing *things)
{
    for (size_t i = 0; i < job.count; i++)
        hass_entity_unref(job.entities[i]);
    free(job.entities);
    free(things);
}

START_TEST(no_more_than_asked_for_run_at_once)
{
    struct hass *hass = test_hass();
    struct thing *things = make_things(hass, 10);
    int64_t began = hass_monotonic(hass);

    test_run_coroutine(hass, map, NULL);
    ck_assert_int_eq(job.result, 0);
    ck_assert_uint_eq(job.done, 10);
    ck_assert_uint_eq(job.most, 4);
    ck_assert_int_eq(hass_monotonic(hass) - began, 3000000);
    ck_assert_uint_eq(job.destroyed, 1);
    free_things(things);
}
END_TEST

START_TEST(nothing_to_do_is_done_at_once)
{
    struct hass *hass = test_hass();
    struct thing *things = make_things(hass, 0);

    test_run_coroutine(hass, map, NULL);
    ck_assert_int_eq(job.result, 0);
    ck_assert_uint_eq(job.destroyed, 1);
    free_things(things);
}
END_TEST

START_TEST(the_error_of_the_first_in_order_is_returned_and_all_run)
{
    struct hass *hass = test_hass();
    struct thing *things = make_things(hass, 4);

    things[1].result = HASS_E_NOT_FOUND;
    things[1].takes = 9; /* fails last, but stands first */
    things[2].result = HASS_E_GENERAL;
    test_run_coroutine(hass, map, NULL);
    ck_assert_int_eq(job.result, HASS_E_NOT_FOUND);
    ck_assert_uint_eq(job.done, 4);
    free_things(things);
}
END_TEST

START_TEST(a_time_out_cancels_what_runs_and_begins_nothing_new)
{
    struct hass *hass = test_hass();
    struct thing *things = make_things(hass, 10);

    job.timeout = 1.5;
    test_run_coroutine(hass, map, NULL);
    ck_assert_int_eq(job.result, -ETIMEDOUT);
    test_advance(hass, 100);
    ck_assert_uint_eq(job.done, 4);
    ck_assert_uint_eq(job.ended, 8);
    ck_assert_uint_eq(job.destroyed, 1);
    free_things(things);
}
END_TEST

START_TEST(a_cancelled_waiter_cancels_its_work)
{
    struct hass *hass = test_hass();
    struct thing *things = make_things(hass, 10);
    struct hass_task *task = NULL;

    hass_async_create_task(hass, HASS_JOB_COROUTINE(map, NULL), &task, NULL);
    hass_task_async_cancel(task, NULL);
    hass_task_unref(task);
    test_advance(hass, 100);
    ck_assert_int_eq(job.result, -ECANCELED);
    ck_assert_uint_eq(job.done, 0);
    ck_assert_uint_eq(job.ended, 4);
    ck_assert_uint_eq(job.destroyed, 1);
    free_things(things);
}
END_TEST

START_TEST(at_the_limit_of_coroutines_fewer_do_the_same_work)
{
    struct hass *hass = test_hass();
    struct thing *things = make_things(hass, COUNT);

    job.concurrency = COUNT;
    test_run_coroutine(hass, map, NULL);
    ck_assert_int_eq(job.result, 0);
    ck_assert_uint_eq(job.done, COUNT);
    ck_assert_uint_lt(job.most, COUNT);
    free_things(things);
}
END_TEST

TEST_MAIN("entity_map", no_more_than_asked_for_run_at_once, nothing_to_do_is_done_at_once,
          the_error_of_the_first_in_order_is_returned_and_all_run,
          a_time_out_cancels_what_runs_and_begins_nothing_new, a_cancelled_waiter_cancels_its_work,
          at_the_limit_of_coroutines_fewer_do_the_same_work)
