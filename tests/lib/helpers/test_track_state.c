/* SPDX-License-Identifier: Apache-2.0 */
/* State trackers: what reaches whom, what they cost, and their end. */
#include <string.h>

#include "helpers/helpers.h"
#include "support/test.h"

static const char *const kitchen[] = { "light.kitchen", NULL };
static char order[32];

static HASS_CALLBACK int count(const struct hass_event *event, void *userdata,
                               struct hass_error *err)
{
    (*(unsigned *)userdata)++;
    return 0;
}

static HASS_CALLBACK int note(const struct hass_event *event, void *userdata,
                              struct hass_error *err)
{
    strcat(order, userdata);
    return 0;
}

static HASS_CALLBACK int always_fails(const struct hass_event *event, void *userdata,
                                      struct hass_error *err)
{
    return hass_fail(err, HASS_E_GENERAL, "tracker is broken");
}

static HASS_CALLBACK void set(struct hass *hass, const char *entity_id, const char *state)
{
    ck_assert_int_ge(hass_states_async_set(hass, entity_id, state, NULL, NULL, NULL), 0);
}

static HASS_CALLBACK int64_t listeners(struct hass *hass, const char *type)
{
    autojson *all = hass_bus_async_listeners(hass);

    return hass_json_get_int(all, type, 0);
}

START_TEST(changes_of_the_listed_entities_reach_the_job)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;
    static const char *const ids[] = { "light.kitchen", "LIGHT.Hall", NULL };

    hass_async_track_state_change_event(hass, ids, HASS_JOB_CALLBACK(count, &calls), NULL, NULL);
    set(hass, "light.kitchen", "on");
    set(hass, "light.hall", "on");
    set(hass, "light.other", "on");
    set(hass, "light.kitchen", "on"); /* nothing changes */
    ck_assert_uint_eq(calls, 2);
}
END_TEST

START_TEST(all_trackers_share_one_listener_that_goes_with_the_last)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;
    struct hass_sub *subs[3];
    static const char *const ids[] = { "a.b", "c.d", NULL };

    for (size_t i = 0; i < 3; i++)
        hass_async_track_state_change_event(hass, i == 1 ? ids : kitchen,
                                            HASS_JOB_CALLBACK(count, &calls), &subs[i], NULL);
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 1);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 1);
        hass_sub_async_remove(subs[i]);
    }
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 0);
    set(hass, "light.kitchen", "on");
    ck_assert_uint_eq(calls, 0);
}
END_TEST

START_TEST(an_id_listed_twice_counts_once)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;
    static const char *const ids[] = { "a.b", "A.B", NULL };

    hass_async_track_state_change_event(hass, ids, HASS_JOB_CALLBACK(count, &calls), NULL, NULL);
    set(hass, "a.b", "1");
    ck_assert_uint_eq(calls, 1);
}
END_TEST

START_TEST(no_list_and_a_star_match_all_and_come_last)
{
    struct hass *hass = test_hass();
    static const char *const star[] = { "light.kitchen", "*", NULL };

    hass_async_track_state_change_event(hass, NULL, HASS_JOB_CALLBACK(note, (char *)"n"), NULL,
                                        NULL);
    hass_async_track_state_change_event(hass, star, HASS_JOB_CALLBACK(note, (char *)"s"), NULL,
                                        NULL);
    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(note, (char *)"k"), NULL,
                                        NULL);
    set(hass, "light.kitchen", "on");
    set(hass, "light.hall", "on");
    ck_assert_str_eq(order, "knsns");
}
END_TEST

START_TEST(an_empty_list_is_a_tracker_of_nothing)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;
    static const char *const none[] = { NULL };
    struct hass_sub *sub = NULL;

    ck_assert_int_eq(hass_async_track_state_change_event(
                         hass, none, HASS_JOB_CALLBACK(count, &calls), &sub, NULL),
                     0);
    set(hass, "a.b", "1");
    ck_assert_uint_eq(calls, 0);
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 0);
    ck_assert_ptr_null(hass_sub_async_remove(sub));
}
END_TEST

START_TEST(an_error_is_logged_and_the_next_tracker_runs)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    unsigned calls = 0;

    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(always_fails, NULL), NULL,
                                        NULL);
    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(count, &calls), NULL,
                                        NULL);
    set(hass, "light.kitchen", "on");
    ck_assert_ptr_nonnull(logs_find(logs, "tracker is broken"));
    ck_assert_uint_eq(calls, 1);
}
END_TEST

struct self_remover {
    struct hass_sub *own, *other;
    unsigned calls;
};

static HASS_CALLBACK int remove_both(const struct hass_event *event, void *userdata,
                                     struct hass_error *err)
{
    struct self_remover *self = userdata;

    self->calls++;
    self->own = hass_sub_async_remove(self->own);
    self->other = hass_sub_async_remove(self->other);
    return 0;
}

START_TEST(a_tracker_may_end_itself_and_others_while_it_runs)
{
    struct hass *hass = test_hass();
    struct self_remover self = { 0 };
    unsigned calls = 0;

    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(remove_both, &self),
                                        &self.own, NULL);
    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(count, &calls),
                                        &self.other, NULL);
    set(hass, "light.kitchen", "on");
    set(hass, "light.kitchen", "off");
    ck_assert_uint_eq(self.calls, 1);
    ck_assert_uint_eq(calls, 0);
}
END_TEST

static HASS_CALLBACK int add_tracker(const struct hass_event *event, void *userdata,
                                     struct hass_error *err)
{
    return hass_async_track_state_change_event(hass_event_hass(event), kitchen,
                                               HASS_JOB_CALLBACK(count, userdata), NULL, err);
}

START_TEST(a_tracker_added_during_an_event_does_not_get_it)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;

    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(add_tracker, &calls), NULL,
                                        NULL);
    set(hass, "light.kitchen", "on");
    ck_assert_uint_eq(calls, 0);
    set(hass, "light.kitchen", "off");
    ck_assert_uint_eq(calls, 1);
}
END_TEST

START_TEST(reports_reach_only_report_trackers)
{
    struct hass *hass = test_hass();
    unsigned reports = 0, changes = 0;

    hass_async_track_state_report_event(hass, kitchen, HASS_JOB_CALLBACK(count, &reports), NULL,
                                        NULL);
    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(count, &changes), NULL,
                                        NULL);
    set(hass, "light.kitchen", "on");
    ck_assert_uint_eq(reports, 0);
    set(hass, "light.kitchen", "on");
    set(hass, "light.hall", "on");
    set(hass, "light.hall", "on");
    ck_assert_uint_eq(reports, 1);
    ck_assert_uint_eq(changes, 1);
}
END_TEST

START_TEST(state_texts_filter_old_and_new)
{
    struct hass *hass = test_hass();
    unsigned calls = 0, any = 0;
    static const char *const from[] = { "off", "idle", NULL };
    static const char *const to[] = { "on", NULL };
    static const char *const star[] = { "*", NULL };

    hass_async_track_state_change(hass, kitchen, from, to, HASS_JOB_CALLBACK(count, &calls), NULL,
                                  NULL);
    hass_async_track_state_change(hass, kitchen, star, NULL, HASS_JOB_CALLBACK(count, &any), NULL,
                                  NULL);
    set(hass, "light.kitchen", "on");   /* there was no old state */
    set(hass, "light.kitchen", "idle"); /* wrong new one */
    set(hass, "light.kitchen", "on");
    set(hass, "light.kitchen", "off");
    set(hass, "light.kitchen", "on");
    hass_states_async_remove(hass, "light.kitchen", NULL, NULL);
    ck_assert_uint_eq(calls, 2);
    ck_assert_uint_eq(any, 6);
}
END_TEST

START_TEST(entities_of_a_domain_appear_and_go)
{
    struct hass *hass = test_hass();
    unsigned added = 0, removed = 0, any = 0;
    static const char *const lights[] = { "light", NULL };

    hass_async_track_state_added_domain(hass, lights, HASS_JOB_CALLBACK(count, &added), NULL, NULL);
    hass_async_track_state_removed_domain(hass, lights, HASS_JOB_CALLBACK(count, &removed), NULL,
                                          NULL);
    hass_async_track_state_added_domain(hass, NULL, HASS_JOB_CALLBACK(count, &any), NULL, NULL);
    set(hass, "light.kitchen", "on");
    set(hass, "light.kitchen", "off");
    set(hass, "switch.kitchen", "off");
    hass_states_async_remove(hass, "light.kitchen", NULL, NULL);
    hass_states_async_remove(hass, "switch.kitchen", NULL, NULL);
    ck_assert_uint_eq(added, 1);
    ck_assert_uint_eq(removed, 1);
    ck_assert_uint_eq(any, 2);
}
END_TEST

static HASS_CALLBACK int tick(const struct hass_tick *now, void *userdata, struct hass_error *err)
{
    (*(unsigned *)userdata)++;
    return 0;
}

START_TEST(a_job_for_another_subject_is_refused_and_leaves_nothing)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;

    ck_assert_int_eq(hass_async_track_state_change_event(
                         hass, kitchen, HASS_JOB_CALLBACK(tick, &calls), NULL, NULL),
                     HASS_E_INVALID);
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 0);
}
END_TEST

/* scopes */

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}

START_TEST(trackers_go_with_their_scope)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;
    struct scope *scope = scope_new(hass, "blink");
    struct scope *former = scope_enter(scope);
    struct hass_sub *kept = NULL;

    hass_async_track_state_change_event(hass, kitchen, HASS_JOB_CALLBACK(count, &calls), NULL,
                                        NULL);
    hass_async_track_state_change_event(hass, NULL, HASS_JOB_CALLBACK(count, &calls), &kept, NULL);
    scope_leave(former);
    ck_assert_int_eq(test_run_coroutine(hass, close_scope, scope), 0);
    set(hass, "light.kitchen", "on");
    ck_assert_uint_eq(calls, 0);
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 0);
    scope_unref(scope);
}
END_TEST

/* the same state for a while */

static bool is_on(const char *entity_id, const struct hass_state *old, const struct hass_state *new,
                  void *userdata)
{
    return new && !strcmp(hass_state_state(new), "on");
}

START_TEST(the_same_state_for_the_period_runs_the_job_once)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;

    set(hass, "light.kitchen", "on");
    hass_async_track_same_state(hass, 10, kitchen, is_on, HASS_JOB_CALLBACK(tick, &calls), NULL,
                                NULL);
    test_advance(hass, 9);
    json_t *attributes = test_json("{'brightness': 5}");
    hass_states_async_set(hass, "light.kitchen", "on", attributes, NULL, NULL);
    ck_assert_uint_eq(calls, 0);
    test_advance(hass, 1);
    ck_assert_uint_eq(calls, 1);
    test_advance(hass, 100);
    ck_assert_uint_eq(calls, 1);
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 0);
}
END_TEST

START_TEST(another_state_ends_the_wait)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;
    struct hass_sub *sub = NULL;

    set(hass, "light.kitchen", "on");
    hass_async_track_same_state(hass, 10, kitchen, is_on, HASS_JOB_CALLBACK(tick, &calls), &sub,
                                NULL);
    test_advance(hass, 9);
    set(hass, "light.kitchen", "off");
    set(hass, "light.kitchen", "on");
    test_advance(hass, 100);
    ck_assert_uint_eq(calls, 0);
    hass_sub_async_remove(sub);
}
END_TEST

/* other threads */

static HASS_BLOCKING int track_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_job job = HASS_JOB_CALLBACK(count, userdata);
    struct hass_job later = HASS_JOB_CALLBACK(tick, userdata);
    static const char *const lights[] = { "light", NULL };
    struct hass_sub *sub = NULL;
    int r = hass_track_state_change_event(hass, kitchen, job, &sub, err);

    r = r < 0 ? r : hass_track_state_report_event(hass, kitchen, job, NULL, err);
    r = r < 0 ? r : hass_track_state_change(hass, kitchen, NULL, NULL, job, NULL, err);
    r = r < 0 ? r : hass_track_state_added_domain(hass, lights, job, NULL, err);
    r = r < 0 ? r : hass_track_state_removed_domain(hass, lights, job, NULL, err);
    r = r < 0 ? r : hass_track_same_state(hass, 5, kitchen, is_on, later, NULL, err);
    hass_sub_remove(sub);
    return r;
}

START_TEST(twins_register_from_a_pool_thread)
{
    struct hass *hass = test_hass();
    unsigned calls = 0;

    ck_assert_int_eq(test_on_pool(hass, track_from_pool, &calls), 0);
    set(hass, "light.kitchen", "on");                            /* change, added */
    set(hass, "light.kitchen", "on");                            /* report */
    hass_states_async_remove(hass, "light.kitchen", NULL, NULL); /* change, removed; not the same */
    test_advance(hass, 10);
    ck_assert_uint_eq(calls, 5);
}
END_TEST

static int track_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    struct hass_job job = HASS_JOB_CALLBACK(count, userdata);
    struct hass_job later = HASS_JOB_CALLBACK(tick, userdata);
    int wrong = 0;

    wrong += hass_async_track_state_change_event(hass, kitchen, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_state_report_event(hass, kitchen, job, NULL, NULL) == HASS_E_THREAD;
    wrong +=
        hass_async_track_state_change(hass, kitchen, NULL, NULL, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_state_added_domain(hass, NULL, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_state_removed_domain(hass, NULL, job, NULL, NULL) == HASS_E_THREAD;
    wrong += hass_async_track_same_state(hass, 1, NULL, is_on, later, NULL, NULL) == HASS_E_THREAD;
    return wrong;
}

START_TEST(async_forms_are_refused_elsewhere)
{
    struct hass *hass = test_hass();

    test_logs();
    unsigned calls = 0;
    ck_assert_int_eq(test_on_pool(hass, track_wrongly, &calls), 6);
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_CHANGED), 0);
    ck_assert_int_eq(listeners(hass, HASS_EVENT_STATE_REPORTED), 0);
}
END_TEST

TEST_MAIN("track_state", changes_of_the_listed_entities_reach_the_job,
          all_trackers_share_one_listener_that_goes_with_the_last, an_id_listed_twice_counts_once,
          no_list_and_a_star_match_all_and_come_last, an_empty_list_is_a_tracker_of_nothing,
          an_error_is_logged_and_the_next_tracker_runs,
          a_tracker_may_end_itself_and_others_while_it_runs,
          a_tracker_added_during_an_event_does_not_get_it, reports_reach_only_report_trackers,
          state_texts_filter_old_and_new, entities_of_a_domain_appear_and_go,
          a_job_for_another_subject_is_refused_and_leaves_nothing, trackers_go_with_their_scope,
          the_same_state_for_the_period_runs_the_job_once, another_state_ends_the_wait,
          twins_register_from_a_pool_thread, async_forms_are_refused_elsewhere)
