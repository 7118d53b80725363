/* SPDX-License-Identifier: Apache-2.0 */
/* Updates and work on the pool: who runs them, what is published, and when not. */
#include <semaphore.h>

#include <hass/executor.h>

#include "things.h"

static HASS_COROUTINE int update(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_update_ha_state(userdata, true, err);
}

static HASS_COROUTINE int only_write(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_update_ha_state(userdata, false, err);
}

START_TEST(an_update_on_the_pool_is_published_and_written)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    add_thing(hass, &thing, &pool_ops, "A");
    ck_assert_int_eq(test_run_coroutine(hass, update, thing.entity), 0);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "1");
    ck_assert_int_eq(test_run_coroutine(hass, only_write, thing.entity), 0);
    ck_assert_uint_eq(thing.updates, 1);
}
END_TEST

START_TEST(async_update_wins_over_update)
{
    struct hass *hass = test_hass();
    struct hass_entity_ops both = async_ops;

    both.update = (void *)1;
    static struct thing thing;
    add_thing(hass, &thing, &both, "A");
    ck_assert_int_eq(test_run_coroutine(hass, update, thing.entity), 0);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "1");
    test_destroy(hass);
}
END_TEST

START_TEST(a_failed_update_publishes_and_writes_nothing)
{
    struct hass *hass = test_hass();
    static struct thing thing = { .result = HASS_E_GENERAL };
    struct hass_error err = HASS_ERROR_INIT;

    add_thing(hass, &thing, &pool_ops, "A");
    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(update, thing.entity), &err),
                     HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "update failed");
    ck_assert_int_eq(((struct values *)hass_entity_async_values(thing.entity))->number, 0);
}
END_TEST

START_TEST(a_scheduled_update_that_fails_is_logged)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    static struct thing thing = { .result = HASS_E_GENERAL };

    add_thing(hass, &thing, &async_ops, "A");
    hass_entity_schedule_update_ha_state(thing.entity, true, NULL);
    test_settle(hass);
    ck_assert_ptr_nonnull(logs_find(logs, "Update for sensor.a fails: update failed"));
    ck_assert_str_eq(state_of(hass, "sensor.a"), "0");
}
END_TEST

START_TEST(a_second_update_at_the_same_time_returns_at_once)
{
    struct hass *hass = test_hass();
    static struct thing thing = { .takes = 5 };

    add_thing(hass, &thing, &async_ops, "A");
    hass_entity_schedule_update_ha_state(thing.entity, true, NULL);
    test_settle(hass);
    int64_t began = hass_monotonic(hass);
    ck_assert_int_eq(test_run_coroutine(hass, update, thing.entity), 0);
    ck_assert_int_eq(hass_monotonic(hass), began);
    ck_assert_uint_eq(thing.updates, 1);
    test_advance(hass, 10);
}
END_TEST

START_TEST(an_update_over_ten_seconds_is_warned_of)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    static struct thing thing = { .takes = 9.9 };

    add_thing(hass, &thing, &async_ops, "A");
    test_run_coroutine(hass, update, thing.entity);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
    thing.takes = 10.1;
    test_run_coroutine(hass, update, thing.entity);
    test_run_coroutine(hass, update, thing.entity);
    ck_assert_uint_eq(logs_matching(logs, "Update of sensor.a is taking over 10 seconds"), 2);
}
END_TEST

/* work */

struct gate {
    struct thing *thing;
    sem_t open;
    unsigned freed;
    int result;
};

static struct gate gate;

static int set_number(struct hass_worker *worker, struct hass_entity *entity, void *values,
                      void *arg, struct hass_error *err)
{
    ((struct values *)values)->number = 42;
    return ((struct gate *)arg)->result;
}

static int wait_at_gate(struct hass_worker *worker, struct hass_entity *entity, void *values,
                        void *arg, struct hass_error *err)
{
    while (sem_wait(&((struct gate *)arg)->open) != 0)
        ;
    return set_number(worker, entity, values, arg, err);
}

static int update_at_gate(struct hass_worker *worker, struct hass_entity *entity, void *values,
                          struct hass_error *err)
{
    return wait_at_gate(worker, entity, values, &gate, err);
}

static void count_freed(void *arg)
{
    ((struct gate *)arg)->freed++;
}

static HASS_COROUTINE int work(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_work(gate.thing->entity, set_number, &gate, count_freed, err);
}

static HASS_COROUTINE int work_at_gate(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_work(gate.thing->entity, wait_at_gate, &gate, count_freed, err);
}

static HASS_CALLBACK int64_t number_of(struct thing *thing)
{
    return ((struct values *)hass_entity_async_values(thing->entity))->number;
}

START_TEST(work_publishes_its_values_and_frees_its_argument)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    gate.thing = &thing;
    gate.result = 7;
    add_thing(hass, &thing, &plain_ops, "A");
    ck_assert_int_eq(test_run_coroutine(hass, work, NULL), 7);
    ck_assert_int_eq(number_of(&thing), 42);
    ck_assert_uint_eq(gate.freed, 1);
}
END_TEST

START_TEST(work_that_fails_publishes_nothing)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    gate.thing = &thing;
    gate.result = HASS_E_GENERAL;
    add_thing(hass, &thing, &plain_ops, "A");
    ck_assert_int_eq(test_run_coroutine(hass, work, NULL), HASS_E_GENERAL);
    ck_assert_int_eq(number_of(&thing), 0);
    ck_assert_uint_eq(gate.freed, 1);
}
END_TEST

static HASS_COROUTINE int remove_entity(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_remove(userdata, err);
}

START_TEST(work_for_a_removed_entity_is_refused)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    gate.thing = &thing;
    add_thing(hass, &thing, &plain_ops, "A");
    autounref(hass_entity) *entity = hass_entity_ref(thing.entity);
    test_run_coroutine(hass, remove_entity, entity);
    ck_assert_int_eq(test_run_coroutine(hass, work, NULL), HASS_E_CLOSED);
    ck_assert_uint_eq(gate.freed, 1);
}
END_TEST

START_TEST(work_goes_on_and_is_published_when_its_waiter_is_cancelled)
{
    struct hass *hass = test_hass();
    static struct thing thing;

    gate.thing = &thing;
    sem_init(&gate.open, 0, 0);
    add_thing(hass, &thing, &plain_ops, "A");
    struct hass_task *task = NULL;
    hass_async_create_task(hass, HASS_JOB_COROUTINE(work_at_gate, NULL), &task, NULL);
    hass_task_async_cancel(task, NULL);
    hass_task_unref(task);
    ck_assert_uint_eq(gate.freed, 0);
    sem_post(&gate.open);
    test_settle(hass);
    ck_assert_uint_eq(gate.freed, 1);
    ck_assert_int_eq(number_of(&thing), 42);
}
END_TEST

START_TEST(an_update_does_not_undo_what_was_set_meanwhile)
{
    struct hass *hass = test_hass();
    static const struct hass_entity_ops ops =
        HASS_ENTITY_OPS(.values_size = sizeof(struct values), .update = update_at_gate,
                        .state = thing_state);
    static struct thing thing;

    gate.thing = &thing;
    sem_init(&gate.open, 0, 0);
    add_thing(hass, &thing, &ops, "A");
    hass_async_create_task(hass, HASS_JOB_COROUTINE(update, thing.entity), NULL, NULL);
    ((struct values *)hass_entity_async_values(thing.entity))->number = 5;
    sem_post(&gate.open);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.a"), "5");
}
END_TEST

TEST_MAIN("entity_update", an_update_on_the_pool_is_published_and_written,
          async_update_wins_over_update, a_failed_update_publishes_and_writes_nothing,
          a_scheduled_update_that_fails_is_logged, a_second_update_at_the_same_time_returns_at_once,
          an_update_over_ten_seconds_is_warned_of, work_publishes_its_values_and_frees_its_argument,
          work_that_fails_publishes_nothing, work_for_a_removed_entity_is_refused,
          work_goes_on_and_is_published_when_its_waiter_is_cancelled,
          an_update_does_not_undo_what_was_set_meanwhile)
