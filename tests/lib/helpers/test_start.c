/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs for the start: now when it has passed, once when it comes. */
#include <string.h>

#include "core/core.h"
#include "support/test.h"

static char order[16];

static HASS_CALLBACK int note(struct hass *hass, void *userdata, struct hass_error *err)
{
    strcat(order, userdata);
    return 0;
}

static HASS_CALLBACK int note_event(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    strcat(order, userdata);
    return 0;
}

START_TEST(jobs_wait_for_their_event_and_run_once)
{
    struct hass *hass = test_hass();
    char at_start[] = "s", at_started[] = "S", event[] = "e";

    hass_async_at_start(hass, HASS_JOB_CALLBACK(note, at_start), NULL, NULL);
    hass_bus_async_listen(hass, HASS_EVENT_STARTED, NULL, HASS_JOB_CALLBACK(note_event, event),
                          NULL, NULL);
    hass_async_at_started(hass, HASS_JOB_CALLBACK(note, at_started), NULL, NULL);
    ck_assert_str_eq(order, "");
    test_start(hass);
    ck_assert_str_eq(order, "seS");
    hass_bus_async_fire(hass, HASS_EVENT_START, NULL, NULL, NULL);
    hass_bus_async_fire(hass, HASS_EVENT_STARTED, NULL, NULL, NULL);
    ck_assert_str_eq(order, "seSe");
}
END_TEST

START_TEST(while_running_both_run_at_once)
{
    struct hass *hass = test_hass();
    char at_start[] = "s", at_started[] = "S";
    struct hass_sub *subs[2] = { NULL };

    test_start(hass);
    hass_async_at_start(hass, HASS_JOB_CALLBACK(note, at_start), &subs[0], NULL);
    hass_async_at_started(hass, HASS_JOB_CALLBACK(note, at_started), &subs[1], NULL);
    ck_assert_str_eq(order, "sS");
    hass_sub_async_remove(subs[0]);
    hass_sub_async_remove(subs[1]);
}
END_TEST

START_TEST(while_starting_only_at_start_runs_at_once)
{
    struct hass *hass = test_hass();
    char at_start[] = "s", at_started[] = "S";

    core_set_state(hass, HASS_STARTING);
    hass_async_at_started(hass, HASS_JOB_CALLBACK(note, at_started), NULL, NULL);
    hass_async_at_start(hass, HASS_JOB_CALLBACK(note, at_start), NULL, NULL);
    ck_assert_str_eq(order, "s");
}
END_TEST

START_TEST(a_removed_job_does_not_run)
{
    struct hass *hass = test_hass();
    char at_start[] = "s";
    struct hass_sub *sub = NULL;

    hass_async_at_start(hass, HASS_JOB_CALLBACK(note, at_start), &sub, NULL);
    hass_sub_async_remove(sub);
    test_start(hass);
    ck_assert_str_eq(order, "");
}
END_TEST

static int start_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    int wrong =
        hass_async_at_start(hass, HASS_JOB_CALLBACK(note, userdata), NULL, NULL) == HASS_E_THREAD;

    return wrong + (hass_async_at_started(hass, HASS_JOB_CALLBACK(note, userdata), NULL, NULL) ==
                    HASS_E_THREAD);
}

START_TEST(async_forms_are_refused_elsewhere)
{
    struct hass *hass = test_hass();

    test_logs();
    char text[] = "x";
    ck_assert_int_eq(test_on_pool(hass, start_wrongly, text), 2);
}
END_TEST

TEST_MAIN("start", jobs_wait_for_their_event_and_run_once, while_running_both_run_at_once,
          while_starting_only_at_start_runs_at_once, a_removed_job_does_not_run,
          async_forms_are_refused_elsewhere)
