/* SPDX-License-Identifier: Apache-2.0 */
/* Start and the four stages of stop, with their limits. */
#include <errno.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/executor.h>

#include "core/core.h"
#include "support/test.h"

static char trail[512];

static void note(const char *what)
{
    ck_assert_uint_lt(strlen(trail) + strlen(what) + 2, sizeof(trail));
    strcat(strcat(trail, *trail ? " " : ""), what);
}

/* Notes the type and the state of life. */
static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    note(hass_event_type(event));
    note(hass_core_state_name(hass_core_state(hass_event_hass(event))));
    return 0;
}

static HASS_CALLBACK struct hass *watched_hass(void)
{
    struct hass *hass = test_hass();

    hass_bus_async_listen(hass, HASS_MATCH_ALL, NULL, HASS_JOB_CALLBACK(on_event, NULL), NULL,
                          NULL);
    hass_bus_async_listen(hass, HASS_EVENT_CLOSE, NULL, HASS_JOB_CALLBACK(on_event, NULL), NULL,
                          NULL);
    return hass;
}

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, *(int *)userdata, false, err);
}

static HASS_CALLBACK void stop_with(struct hass *hass, int exit_code)
{
    ck_assert_int_eq(test_run_coroutine(hass, stop, &exit_code), 0);
}

static double now_seconds(struct hass *hass)
{
    return (double)hass_monotonic(hass) / 1e6;
}

static HASS_COROUTINE int hangs(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_sleep(hass, 1e6, err);
}

/* Does not end when it is asked to the first time. */
static HASS_COROUTINE int resists(struct hass *hass, void *userdata, struct hass_error *err)
{
    (void)hass_async_sleep(hass, 1e6, NULL);
    return hass_async_sleep(hass, 1e6, err);
}

static HASS_CALLBACK int plain(struct hass *hass, void *userdata, struct hass_error *err)
{
    note(userdata);
    return 0;
}

START_TEST(start_fires_its_events_in_order)
{
    hass__assert_loop();
    struct hass *hass = watched_hass();

    ck_assert_int_eq(
        core_async_add_startup_job(hass, HASS_JOB_CALLBACK(plain, TEXT("job")), NULL, NULL), 0);
    ck_assert(!hass_is_running(hass));
    test_start(hass);
    ck_assert_str_eq(trail, "core_config_updated STARTING homeassistant_start STARTING job "
                            "core_config_updated RUNNING homeassistant_started RUNNING");
    ck_assert(hass_is_running(hass));
}
END_TEST

static HASS_COROUTINE int start_again(struct hass *hass, void *userdata, struct hass_error *err)
{
    return core_async_start(hass, err);
}

START_TEST(starting_twice_is_refused)
{
    struct hass *hass = test_hass();

    test_start(hass);
    ck_assert_int_eq(test_run_coroutine(hass, start_again, NULL), HASS_E_GENERAL);
}
END_TEST

START_TEST(start_waits_for_what_is_tracked_fifteen_seconds)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    double begin = now_seconds(hass);

    hass_async_create_task(hass, HASS_JOB_COROUTINE(hangs, NULL, .name = "stuck"), NULL, NULL);
    test_start(hass);
    ck_assert_double_eq(now_seconds(hass) - begin, 15);
    ck_assert_ptr_nonnull(logs_find(logs, "stuck"));
    ck_assert_int_eq(hass_core_state(hass), HASS_RUNNING);
}
END_TEST

START_TEST(start_does_not_wait_for_the_background)
{
    struct hass *hass = test_hass();
    double begin = now_seconds(hass);

    hass_async_create_background_task(hass, HASS_JOB_COROUTINE(hangs, NULL), NULL, NULL);
    test_start(hass);
    ck_assert_double_eq(now_seconds(hass), begin);
}
END_TEST

START_TEST(stop_goes_through_its_stages)
{
    hass__assert_loop();
    struct hass *hass = watched_hass();

    test_start(hass);
    *trail = '\0';
    hass_async_add_shutdown_job(hass, HASS_JOB_CALLBACK(plain, TEXT("job")), NULL, NULL);
    stop_with(hass, 7);
    ck_assert_str_eq(trail, "job homeassistant_stop STOPPING homeassistant_final_write FINAL_WRITE "
                            "homeassistant_close NOT_RUNNING");
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
    ck_assert_int_eq(core_exit_code(hass), 7);
}
END_TEST

START_TEST(stop_before_the_start_does_nothing)
{
    hass__assert_loop();
    struct hass *hass = watched_hass();

    stop_with(hass, 1);
    ck_assert_str_eq(trail, "");
    ck_assert_int_eq(hass_core_state(hass), HASS_NOT_RUNNING);
    ck_assert_int_eq(hass_stop(hass, 1, NULL), 0);
}
END_TEST

/* Starts a task that hangs when it is told about the event. */
static HASS_CALLBACK int hang_on_event(const struct hass_event *event, void *userdata,
                                       struct hass_error *err)
{
    return hass_async_create_task(hass_event_hass(event),
                                  HASS_JOB_COROUTINE(hangs, NULL, .name = "stuck"), NULL, err);
}

/* The limit of each stage, given what hangs in it. */
static const struct {
    const char *event; /* NULL: a shutdown job */
    double seconds;
    const char *stage;
} limits[] = {
    { NULL, 20, "stage 1" },
    { HASS_EVENT_STOP, 100 + 60 + 30, "stage 2" },
    { HASS_EVENT_FINAL_WRITE, 60 + 30, "stage 3" },
    { HASS_EVENT_CLOSE, 30, "stage 4" },
};

START_TEST(each_stage_has_its_limit)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    const char *event = limits[_i].event;

    test_start(hass);
    if (event)
        hass_bus_async_listen(hass, event, NULL, HASS_JOB_CALLBACK(hang_on_event, NULL), NULL,
                              NULL);
    else
        hass_async_add_shutdown_job(hass, HASS_JOB_COROUTINE(hangs, NULL, .name = "stuck"), NULL,
                                    NULL);
    double begin = now_seconds(hass);
    stop_with(hass, 0);
    ck_assert_double_eq_tol(now_seconds(hass) - begin, limits[_i].seconds, 0.2);
    ck_assert_ptr_nonnull(logs_find(logs, limits[_i].stage));
    ck_assert_ptr_nonnull(logs_find(logs, "stuck"));
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
}
END_TEST

START_TEST(background_tasks_are_cancelled_at_the_stop)
{
    struct hass *hass = test_hass();
    autounref(hass_task) *task = NULL;

    test_start(hass);
    hass_async_create_background_task(hass, HASS_JOB_COROUTINE(hangs, NULL), &task, NULL);
    double begin = now_seconds(hass);
    stop_with(hass, 0);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), -ECANCELED);
    ck_assert_double_eq(now_seconds(hass), begin);
}
END_TEST

START_TEST(a_task_from_before_is_given_the_time_of_stage_one_and_cancelled_in_the_last)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    autounref(hass_task) *task = NULL;
    double begin = now_seconds(hass);

    test_start(hass);
    hass_async_create_task(hass, HASS_JOB_COROUTINE(hangs, NULL, .name = "old one"), &task, NULL);
    stop_with(hass, 0);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), -ECANCELED);
    ck_assert_double_eq_tol(now_seconds(hass) - begin, 20, 0.2);
    ck_assert_ptr_nonnull(logs_find(logs, "it is cancelled"));
}
END_TEST

START_TEST(a_task_that_resists_its_cancellation_is_named)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    test_start(hass);
    hass_async_create_task(hass, HASS_JOB_COROUTINE(resists, NULL, .name = "stubborn"), NULL, NULL);
    stop_with(hass, 0);
    ck_assert_uint_ge(logs_matching(logs, "stubborn"), 2);
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
}
END_TEST

static HASS_CALLBACK int ticks(const struct hass_tick *tick, void *userdata, struct hass_error *err)
{
    note("tick");
    return 0;
}

START_TEST(timers_that_say_so_are_cancelled_at_the_stop)
{
    struct hass *hass = test_hass();

    test_start(hass);
    hass_async_call_at(hass, hass_monotonic(hass) + 1000,
                       HASS_JOB_CALLBACK(ticks, NULL, .cancel_on_shutdown = true), NULL, NULL);
    stop_with(hass, 0);
    test_advance(hass, 1);
    ck_assert_str_eq(trail, "");
}
END_TEST

static HASS_BLOCKING int stop_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_stop(hass, HASS_EXIT_RESTART, err);
}

START_TEST(any_thread_may_ask_for_a_stop)
{
    struct hass *hass = test_hass();

    test_start(hass);
    ck_assert_int_eq(test_on_pool(hass, stop_from_pool, NULL), 0);
    test_settle(hass);
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
    ck_assert_int_eq(core_exit_code(hass), HASS_EXIT_RESTART);
}
END_TEST

/* Asks for another stop while one is under way. */
static HASS_CALLBACK int stop_again(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    return hass_stop(hass_event_hass(event), 9, err);
}

START_TEST(a_second_stop_is_ignored)
{
    hass__assert_loop();
    struct hass *hass = watched_hass();

    test_start(hass);
    *trail = '\0';
    hass_bus_async_listen(hass, HASS_EVENT_STOP, NULL, HASS_JOB_CALLBACK(stop_again, NULL), NULL,
                          NULL);
    stop_with(hass, 3);
    test_settle(hass);
    ck_assert_int_eq(core_exit_code(hass), 3);
    ck_assert_str_eq(trail, "homeassistant_stop STOPPING homeassistant_final_write FINAL_WRITE "
                            "homeassistant_close NOT_RUNNING");
}
END_TEST

static HASS_COROUTINE int stops_while_starting(const struct hass_event *event, void *userdata,
                                               struct hass_error *err)
{
    return hass_async_stop(hass_event_hass(event), 2, false, err);
}

START_TEST(a_stop_during_the_start_wins)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();

    hass_bus_async_listen(hass, HASS_EVENT_START, NULL,
                          HASS_JOB_COROUTINE(stops_while_starting, NULL), NULL, NULL);
    struct capture *started = test_capture(hass, HASS_EVENT_STARTED);
    ck_assert_int_eq(
        hass_async_create_background_task(hass, HASS_JOB_COROUTINE(start_again, NULL), NULL, NULL),
        0);
    test_advance(hass, 60);
    ck_assert_int_eq(hass_core_state(hass), HASS_STOPPED);
    ck_assert_uint_eq(capture_count(started), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "before startup has completed"));
}
END_TEST

/* data and configuration */

static void add_one(void *number)
{
    ++*(int *)number;
}

START_TEST(data_is_replaced_and_destroyed)
{
    struct hass *hass = test_hass();
    int a = 0, b = 0;

    ck_assert_ptr_null(hass_async_get_data(hass, "k"));
    hass_async_set_data(hass, "k", &a, add_one, NULL);
    ck_assert_ptr_eq(hass_async_get_data(hass, "k"), &a);
    hass_async_set_data(hass, "k", &b, add_one, NULL);
    ck_assert_int_eq(a, 1);
    hass_async_set_data(hass, "k", NULL, NULL, NULL);
    ck_assert_int_eq(b, 1);
    ck_assert_ptr_null(hass_async_get_data(hass, "k"));
}
END_TEST

START_TEST(a_change_of_the_configuration_is_checked_and_told)
{
    struct hass *hass = test_hass();
    struct capture *seen = test_capture(hass, HASS_EVENT_CORE_CONFIG_UPDATE);
    struct hass_home home = { .size = sizeof(home) };

    ck_assert_int_eq(
        hass_config_async_update(hass,
                                 test_json("{'latitude': 52.5, 'time_zone': 'Europe/Berlin',"
                                           "'unit_system': 'imperial', 'country': 'DE'}"),
                                 NULL),
        0);
    hass_config_home(hass, &home);
    ck_assert_double_eq(home.latitude, 52.5);
    ck_assert_str_eq(home.time_zone, "Europe/Berlin");
    ck_assert_str_eq(home.unit_system, "us_customary");
    ck_assert_str_eq(home.country, "DE");
    struct hass_zone *zone = hass_config_zone(hass);
    ck_assert_str_eq(hass_zone_name(zone), "Europe/Berlin");
    hass_zone_unref(zone);
    ck_assert_uint_eq(capture_count(seen), 1);

    ck_assert_int_eq(
        hass_config_async_update(hass, test_json("{'longitude': 1, 'latitude': 91}"), NULL),
        HASS_E_INVALID);
    hass_config_home(hass, &home);
    ck_assert_double_eq(home.longitude, 0); // all or nothing
    ck_assert_uint_eq(capture_count(seen), 1);
}
END_TEST

START_TEST(the_configuration_is_shown_as_clients_expect)
{
    struct hass *hass = test_hass();

    config_async_add_component(hass, "sensor");
    config_async_add_component(hass, "gone");
    config_async_remove_component(hass, "gone");
    ck_assert(config_has_component(hass, "sensor"));
    ck_assert(!config_has_component(hass, "gone"));
    autojson *config = hass_config_async_as_json(hass);
    ck_assert_ptr_nonnull(config);
    ck_assert_json(hass_json_get(config, "components"), "['sensor']");
    ck_assert_str_eq(hass_json_get_string(config, "state", ""), "NOT_RUNNING");
    ck_assert_str_eq(hass_json_get_string(config, "time_zone", ""), "UTC");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(config, "unit_system"), "length", ""),
                     "km");
    ck_assert(json_is_null(hass_json_get(config, "country")));
    autofree char *path = hass_config_path(hass, "x.yaml");
    ck_assert_str_eq(strrchr(path, '/'), "/x.yaml");
}
END_TEST

/* layers */

static void note_layer(void *name)
{
    note(name);
}

START_TEST(layers_are_destroyed_in_reverse_order)
{
    struct hass *hass = test_hass();

    hass_layer_set(hass, HASS_LAYER_ENTITY, TEXT("entity"), note_layer);
    hass_layer_set(hass, HASS_LAYER_LOADER, TEXT("loader"), note_layer);
    hass_layer_set(hass, HASS_LAYER_HELPERS, TEXT("helpers"), note_layer);
    ck_assert_str_eq(hass_layer_get(hass, HASS_LAYER_ENTITY), "entity");
    test_destroy(hass);
    ck_assert_str_eq(trail, "loader helpers entity");
}
END_TEST

START_TEST(two_hasses_live_beside_each_other)
{
    struct hass *a = test_hass_at(0);

    hass_states_async_set(a, "light.a", "on", NULL, NULL, NULL);
    test_destroy(a);
    struct hass *b = test_hass_at(0);
    ck_assert_uint_eq(hass_states_async_count(b, NULL), 0);
    test_destroy(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lifecycle");
    TCase *tcase = tcase_create("lifecycle");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, start_fires_its_events_in_order);
    tcase_add_test(tcase, starting_twice_is_refused);
    tcase_add_test(tcase, start_waits_for_what_is_tracked_fifteen_seconds);
    tcase_add_test(tcase, start_does_not_wait_for_the_background);
    tcase_add_test(tcase, stop_goes_through_its_stages);
    tcase_add_test(tcase, stop_before_the_start_does_nothing);
    tcase_add_loop_test(tcase, each_stage_has_its_limit, 0,
                        (int)(sizeof(limits) / sizeof(limits[0])));
    tcase_add_test(tcase, background_tasks_are_cancelled_at_the_stop);
    tcase_add_test(tcase,
                   a_task_from_before_is_given_the_time_of_stage_one_and_cancelled_in_the_last);
    tcase_add_test(tcase, a_task_that_resists_its_cancellation_is_named);
    tcase_add_test(tcase, timers_that_say_so_are_cancelled_at_the_stop);
    tcase_add_test(tcase, any_thread_may_ask_for_a_stop);
    tcase_add_test(tcase, a_second_stop_is_ignored);
    tcase_add_test(tcase, a_stop_during_the_start_wins);
    tcase_add_test(tcase, data_is_replaced_and_destroyed);
    tcase_add_test(tcase, a_change_of_the_configuration_is_checked_and_told);
    tcase_add_test(tcase, the_configuration_is_shown_as_clients_expect);
    tcase_add_test(tcase, layers_are_destroyed_in_reverse_order);
    tcase_add_test(tcase, two_hasses_live_beside_each_other);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
