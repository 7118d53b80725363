/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms: set-up with its limits, polling, how many update at once, and the end. */
#include <sched.h>

#include "things.h"

static struct thing things[4];

static HASS_CALLBACK struct hass_component *set_up(struct hass *hass, struct fake_loader loader)
{
    fake = loader;
    fake.things = things;
    return component_with_blink(hass, "[{'platform': 'blink'}]");
}

/* set-up */

START_TEST(a_platform_that_cannot_be_loaded_is_logged)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    set_up(hass, (struct fake_loader){ .prepare_result = HASS_E_NOT_FOUND });
    ck_assert_ptr_nonnull(logs_find(logs, "Platform blink.sensor cannot be set up: no platform"));
    ck_assert_uint_eq(fake.set_up, 0);
}
END_TEST

START_TEST(an_invalid_entry_has_been_reported_by_the_loader)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    set_up(hass, (struct fake_loader){ .prepare_result = HASS_E_INVALID });
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

START_TEST(a_failed_set_up_is_logged_and_not_tried_again)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    set_up(hass, (struct fake_loader){ .setup_result = HASS_E_GENERAL });
    ck_assert_ptr_nonnull(
        logs_find(logs, "Error while setting up blink platform for sensor: setup failed"));
    test_advance(hass, 1000);
    ck_assert_uint_eq(fake.set_up, 1);
}
END_TEST

START_TEST(a_slow_set_up_is_warned_of_after_ten_seconds)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    set_up(hass, (struct fake_loader){ .setup_takes = 11, .count = 1, .ops = &plain_ops });
    test_advance(hass, 9.9);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
    test_advance(hass, 2);
    ck_assert_uint_eq(logs_matching(logs, "Setup of sensor platform blink is taking over 10"), 1);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "0");
}
END_TEST

START_TEST(after_sixty_seconds_start_up_goes_on_and_so_does_the_set_up)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    set_up(hass, (struct fake_loader){ .setup_takes = 100, .count = 1, .ops = &plain_ops });
    test_advance(hass, 60);
    ck_assert_ptr_nonnull(logs_find(logs, "is taking longer than 60 seconds"));
    ck_assert_str_eq(state_of(hass, "sensor.one"), "(none)");
    test_advance(hass, 40);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "0");
}
END_TEST

START_TEST(not_ready_is_tried_again_after_longer_and_longer_waits)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    test_start(hass);
    set_up(hass, (struct fake_loader){ .setup_result = HASS_E_NOT_READY });
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    static const double waits[] = { 30, 60, 90, 120, 150, 180, 180 };
    for (unsigned i = 0; i < 7; i++) {
        test_advance(hass, waits[i] - 0.001);
        ck_assert_uint_eq(fake.set_up, i + 1);
        test_advance(hass, 0.001);
        ck_assert_uint_eq(fake.set_up, i + 2);
    }
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    fake.setup_result = 0;
    fake.count = 1;
    fake.ops = &plain_ops;
    test_advance(hass, 180);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "0");
    test_advance(hass, 1000);
    ck_assert_uint_eq(fake.set_up, 9);
}
END_TEST

START_TEST(before_the_start_not_ready_waits_for_it)
{
    struct hass *hass = test_hass();

    test_logs();
    set_up(hass, (struct fake_loader){ .setup_result = HASS_E_NOT_READY });
    test_advance(hass, 1000);
    ck_assert_uint_eq(fake.set_up, 1);
    fake.setup_result = 0;
    test_start(hass);
    test_settle(hass);
    ck_assert_uint_eq(fake.set_up, 2);
}
END_TEST

START_TEST(shutdown_cancels_retries_and_polling)
{
    struct hass *hass = test_hass();

    test_logs();
    test_start(hass);
    set_up(hass, (struct fake_loader){ .setup_result = HASS_E_NOT_READY });
    sub_remove_on_shutdown(hass);
    test_advance(hass, 1000);
    ck_assert_uint_eq(fake.set_up, 1);
}
END_TEST

/* polling */

START_TEST(what_polls_is_updated_and_written_each_interval)
{
    struct hass *hass = test_hass();

    set_up(hass, (struct fake_loader){ .count = 1, .ops = &pool_ops });
    ck_assert_str_eq(state_of(hass, "sensor.one"), "0");
    test_advance(hass, 29.9);
    ck_assert_uint_eq(things[0].updates, 0);
    test_advance(hass, 60.2);
    ck_assert_uint_eq(things[0].updates, 3);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "3");
}
END_TEST

START_TEST(what_does_not_poll_is_left_alone)
{
    struct hass *hass = test_hass();
    static struct thing quiet;

    set_up(hass, (struct fake_loader){ .count = 1, .ops = &async_ops });
    add_thing(hass, &quiet, &async_ops, "Quiet");
    test_advance(hass, 100);
    ck_assert_uint_eq(quiet.updates, 0);
    ck_assert_uint_eq(things[0].updates, 3);
}
END_TEST

START_TEST(the_manifest_s_interval_wins_over_the_domain_s)
{
    struct hass *hass = test_hass();

    set_up(hass, (struct fake_loader){ .count = 1, .ops = &async_ops, .scan_interval = 7 });
    test_advance(hass, 21);
    ck_assert_uint_eq(things[0].updates, 3);
}
END_TEST

START_TEST(the_entry_s_interval_wins_over_both)
{
    struct hass *hass = test_hass();

    fake =
        (struct fake_loader){ .things = things, .count = 1, .ops = &async_ops, .scan_interval = 7 };
    component_with_blink(hass, "{'platform': 'blink', 'scan_interval': 50}");
    test_advance(hass, 100);
    ck_assert_uint_eq(things[0].updates, 2);
}
END_TEST

START_TEST(a_round_that_finds_the_former_one_running_is_skipped_with_a_warning)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].takes = 40;
    set_up(hass, (struct fake_loader){ .count = 1, .ops = &async_ops });
    test_advance(hass, 65);
    ck_assert_uint_eq(things[0].updates, 1);
    ck_assert_uint_eq(
        logs_matching(logs, "took longer than the scheduled update interval 30 seconds"), 1);
    test_advance(hass, 30);
    ck_assert_uint_eq(things[0].updates, 2);
}
END_TEST

START_TEST(an_update_that_fails_is_logged_and_the_next_one_runs)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    things[0].result = HASS_E_GENERAL;
    set_up(hass, (struct fake_loader){ .count = 2, .ops = &async_ops });
    test_advance(hass, 30);
    ck_assert_uint_eq(logs_matching(logs, "Update for sensor.one fails: update failed"), 1);
    ck_assert_str_eq(state_of(hass, "sensor.two"), "1");
}
END_TEST

/* how many at once */

static unsigned running, most;

static HASS_COROUTINE int count_running(struct hass_entity *entity, struct hass_error *err)
{
    running++;
    most = running > most ? running : most;
    (void)hass_async_sleep(hass_entity_hass(entity), 1, NULL);
    running--;
    return 0;
}

static const struct hass_entity_ops counting_ops = HASS_ENTITY_OPS(.async_update = count_running);

static HASS_CALLBACK unsigned most_at_once(struct hass *hass, int parallel_updates)
{
    set_up(hass, (struct fake_loader){
                     .count = 4, .ops = &counting_ops, .parallel_updates = parallel_updates });
    test_advance(hass, 40);
    return most;
}

START_TEST(updates_that_do_not_block_run_all_at_once)
{
    ck_assert_uint_eq(most_at_once(test_hass(), 0), 4);
}
END_TEST

START_TEST(the_manifest_limits_them)
{
    ck_assert_uint_eq(most_at_once(test_hass(), 2), 2);
}
END_TEST

START_TEST(a_limit_of_one_is_one_after_another)
{
    ck_assert_uint_eq(most_at_once(test_hass(), 1), 1);
}
END_TEST

static _Atomic unsigned pool_running, pool_most;

static int count_in_pool(struct hass_worker *worker, struct hass_entity *entity, void *values,
                         struct hass_error *err)
{
    unsigned now = ++pool_running;

    if (now > pool_most)
        pool_most = now;
    for (int i = 0; i < 1000; i++) /* gives the others their chance */
        sched_yield();
    pool_running--;
    return 0;
}

static const struct hass_entity_ops pool_counting_ops = HASS_ENTITY_OPS(.update = count_in_pool);

START_TEST(updates_that_block_run_one_at_a_time_by_default)
{
    struct hass *hass = test_hass();

    set_up(hass, (struct fake_loader){
                     .count = 4, .ops = &pool_counting_ops, .update_before_add = true });
    test_advance(hass, 30);
    ck_assert_uint_eq(pool_most, 1);
}
END_TEST

START_TEST(unlimited_is_unlimited_also_for_those_that_block)
{
    struct hass *hass = test_hass();

    set_up(hass,
           (struct fake_loader){ .count = 4, .ops = &pool_counting_ops, .parallel_updates = -1 });
    ck_assert_ptr_null(fake.platform->updates);
}
END_TEST

/* the end */

static HASS_COROUTINE int remove_platforms(struct hass *hass, void *userdata,
                                           struct hass_error *err)
{
    return components_async_remove_platforms(hass, userdata, err);
}

static HASS_COROUTINE int restore_platforms(struct hass *hass, void *userdata,
                                            struct hass_error *err)
{
    return components_async_restore_platforms(hass, userdata, err);
}

START_TEST(when_the_scope_closes_the_entities_go_without_a_word)
{
    struct hass *hass = test_hass();

    set_up(hass, (struct fake_loader){ .count = 2, .ops = &plain_ops });
    autounref(hass_entity) *entity = hass_entity_ref(things[0].entity);
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, fake.scope), 0);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "(none)");
    ck_assert_ptr_null(hass_async_get_entity(hass, "sensor.two"));
    ck_assert_uint_eq(things[0].good_byes, 0);
    ck_assert_uint_eq(things[1].destroyed, 1);
    ck_assert_uint_eq(fake.released, 1);
    unsigned states = things[0].states;
    ck_assert_int_eq(hass_entity_async_write_ha_state(entity, NULL), 0);
    ck_assert_uint_eq(things[0].states, states);
}
END_TEST

START_TEST(closing_while_an_update_runs_is_safe)
{
    struct hass *hass = test_hass();

    things[0].takes = 5;
    set_up(hass, (struct fake_loader){ .count = 2, .ops = &async_ops });
    test_advance(hass, 31);
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, fake.scope), 0);
    test_advance(hass, 100);
    ck_assert_uint_eq(things[0].updates, 1);
    ck_assert_uint_eq(things[0].destroyed, 1);
}
END_TEST

START_TEST(removing_in_good_order_runs_the_hooks_and_restoring_brings_them_back)
{
    struct hass *hass = test_hass();
    char name[] = "blink";

    set_up(hass, (struct fake_loader){ .count = 2, .ops = &plain_ops });
    ck_assert_int_eq(test_run_coroutine(hass, remove_platforms, name), 0);
    ck_assert_uint_eq(things[0].good_byes, 1);
    ck_assert_uint_eq(things[1].destroyed, 1);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "(none)");
    ck_assert_int_eq(test_run_coroutine(hass, restore_platforms, name), 0);
    test_settle(hass);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "0");
    ck_assert_int_eq(test_run_coroutine(hass, restore_platforms, name), 0);
    test_settle(hass);
    ck_assert_uint_eq(fake.set_up, 2); /* what is there is left alone */
}
END_TEST

START_TEST(removing_a_domain_s_platforms_removes_everybody_s)
{
    struct hass *hass = test_hass();
    char domain[] = "sensor";
    static struct thing own;

    set_up(hass, (struct fake_loader){ .count = 1, .ops = &plain_ops });
    add_thing(hass, &own, &plain_ops, "Own");
    ck_assert_int_eq(test_run_coroutine(hass, remove_platforms, domain), 0);
    ck_assert_uint_eq(own.good_byes, 1);
    ck_assert_uint_eq(things[0].good_byes, 1);
}
END_TEST

START_TEST(adding_to_a_platform_that_has_gone_is_refused)
{
    struct hass *hass = test_hass();

    test_logs();
    fake.setup_takes = 5;
    set_up(hass, (struct fake_loader){ .setup_takes = 5, .count = 1, .ops = &plain_ops });
    char name[] = "blink";
    ck_assert_int_eq(test_run_coroutine(hass, remove_platforms, name), 0);
    test_advance(hass, 10);
    ck_assert_str_eq(state_of(hass, "sensor.one"), "(none)");
    ck_assert_uint_eq(things[0].destroyed, 1);
}
END_TEST

TEST_MAIN("platform", a_platform_that_cannot_be_loaded_is_logged,
          an_invalid_entry_has_been_reported_by_the_loader,
          a_failed_set_up_is_logged_and_not_tried_again,
          a_slow_set_up_is_warned_of_after_ten_seconds,
          after_sixty_seconds_start_up_goes_on_and_so_does_the_set_up,
          not_ready_is_tried_again_after_longer_and_longer_waits,
          before_the_start_not_ready_waits_for_it, shutdown_cancels_retries_and_polling,
          what_polls_is_updated_and_written_each_interval, what_does_not_poll_is_left_alone,
          the_manifest_s_interval_wins_over_the_domain_s, the_entry_s_interval_wins_over_both,
          a_round_that_finds_the_former_one_running_is_skipped_with_a_warning,
          an_update_that_fails_is_logged_and_the_next_one_runs,
          updates_that_do_not_block_run_all_at_once, the_manifest_limits_them,
          a_limit_of_one_is_one_after_another, updates_that_block_run_one_at_a_time_by_default,
          unlimited_is_unlimited_also_for_those_that_block,
          when_the_scope_closes_the_entities_go_without_a_word,
          closing_while_an_update_runs_is_safe,
          removing_in_good_order_runs_the_hooks_and_restoring_brings_them_back,
          removing_a_domain_s_platforms_removes_everybody_s,
          adding_to_a_platform_that_has_gone_is_refused)
