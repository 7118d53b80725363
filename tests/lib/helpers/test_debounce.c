/* SPDX-License-Identifier: Apache-2.0 */
/* The debouncer: the table of situations, both ways of being immediate, and its end. */
#include "run/runtime.h"
#include "support/test.h"

struct work {
    unsigned runs;
    double takes; /* seconds */
    int result;
    struct hass_debouncer *debouncer;
};

static HASS_COROUTINE int work(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct work *self = userdata;

    self->runs++;
    if (self->takes > 0)
        (void)hass_async_sleep(hass, self->takes, NULL);
    return self->result < 0 ? hass_fail(err, self->result, "work failed") : 0;
}

static HASS_CALLBACK int quick(struct hass *hass, void *userdata, struct hass_error *err)
{
    ((struct work *)userdata)->runs++;
    return 0;
}

static HASS_COROUTINE int call(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_debouncer_async_call(((struct work *)userdata)->debouncer, err);
}

static struct hass_debouncer *make(struct hass *hass, struct work *self, bool immediate)
{
    self->debouncer = hass_debouncer_create(hass, 10, immediate, HASS_JOB_COROUTINE(work, self));
    return self->debouncer;
}

START_TEST(immediate_runs_now_and_the_caller_waits)
{
    struct hass *hass = test_hass();
    struct work self = { .takes = 2 };
    struct hass_debouncer *debouncer = make(hass, &self, true);
    int64_t began = hass_monotonic(hass);

    ck_assert_int_eq(test_run_coroutine(hass, call, &self), 0);
    ck_assert_uint_eq(self.runs, 1);
    ck_assert_int_ge(hass_monotonic(hass) - began, 2000000);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(calls_during_the_cool_down_make_one_run_at_its_end)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    for (int i = 0; i < 5; i++)
        hass_debouncer_async_schedule_call(debouncer, NULL);
    ck_assert_uint_eq(self.runs, 1);
    test_advance(hass, 9);
    ck_assert_uint_eq(self.runs, 1);
    test_advance(hass, 1);
    ck_assert_uint_eq(self.runs, 2);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(a_new_cool_down_follows_the_run_at_the_end)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    hass_debouncer_async_schedule_call(debouncer, NULL);
    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 11); /* the second run at 10 */
    hass_debouncer_async_schedule_call(debouncer, NULL);
    ck_assert_uint_eq(self.runs, 2);
    test_advance(hass, 9);
    ck_assert_uint_eq(self.runs, 3);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(after_a_quiet_cool_down_it_is_idle_again)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 11);
    ck_assert_uint_eq(self.runs, 1);
    hass_debouncer_async_schedule_call(debouncer, NULL);
    ck_assert_uint_eq(self.runs, 2);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(not_immediate_runs_at_the_end_of_the_timer)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, false);

    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 5);
    hass_debouncer_async_schedule_call(debouncer, NULL);
    ck_assert_uint_eq(self.runs, 0);
    test_advance(hass, 5); /* the second call did not move the timer */
    ck_assert_uint_eq(self.runs, 1);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(calls_while_it_executes_are_ignored)
{
    struct hass *hass = test_hass();
    struct work self = { .takes = 5 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 1);
    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 100);
    ck_assert_uint_eq(self.runs, 1);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(an_error_of_a_direct_call_reaches_the_caller_and_cools_down)
{
    struct hass *hass = test_hass();
    struct work self = { .result = HASS_E_GENERAL };
    struct hass_debouncer *debouncer = make(hass, &self, true);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(test_run_job(hass, HASS_JOB_COROUTINE(call, &self), &err), HASS_E_GENERAL);
    ck_assert_str_eq(err.message, "work failed");
    hass_debouncer_async_schedule_call(debouncer, NULL);
    ck_assert_uint_eq(self.runs, 1);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(an_error_of_a_run_by_timer_is_logged)
{
    struct hass *hass = test_hass();
    struct logs *logs = test_logs();
    struct work self = { .result = HASS_E_GENERAL };
    struct hass_debouncer *debouncer = make(hass, &self, false);

    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 10);
    ck_assert_ptr_nonnull(logs_find(logs, "work failed"));
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(cancel_drops_timer_and_mark)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    hass_debouncer_async_schedule_call(debouncer, NULL);
    hass_debouncer_async_schedule_call(debouncer, NULL);
    hass_debouncer_async_cancel(debouncer);
    test_advance(hass, 20);
    ck_assert_uint_eq(self.runs, 1);
    hass_debouncer_async_schedule_call(debouncer, NULL);
    ck_assert_uint_eq(self.runs, 2);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(after_shutdown_calls_are_ignored)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    hass_debouncer_async_shutdown(debouncer);
    ck_assert_int_eq(hass_debouncer_async_schedule_call(debouncer, NULL), 0);
    ck_assert_int_eq(test_run_coroutine(hass, call, &self), 0);
    test_advance(hass, 20);
    ck_assert_uint_eq(self.runs, 0);
    hass_debouncer_destroy(debouncer);
}
END_TEST

START_TEST(it_may_be_destroyed_while_it_runs)
{
    struct hass *hass = test_hass();
    struct work self = { .takes = 5 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 1);
    ck_assert_ptr_null(hass_debouncer_destroy(debouncer));
    test_advance(hass, 100);
    ck_assert_uint_eq(self.runs, 1);
    ck_assert_ptr_null(hass_debouncer_destroy(NULL));
}
END_TEST

START_TEST(callbacks_are_debounced_too)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer =
        hass_debouncer_create(hass, 10, true, HASS_JOB_CALLBACK(quick, &self));

    hass_debouncer_async_schedule_call(debouncer, NULL);
    hass_debouncer_async_schedule_call(debouncer, NULL);
    test_advance(hass, 10);
    ck_assert_uint_eq(self.runs, 2);
    hass_debouncer_destroy(debouncer);
}
END_TEST

static HASS_BLOCKING int call_from_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct work *self = userdata;
    int r = hass_debouncer_call(self->debouncer, err);

    return r < 0 ? r : hass_debouncer_call(self->debouncer, err);
}

START_TEST(the_twin_queues_calls_from_any_thread)
{
    struct hass *hass = test_hass();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, true);

    ck_assert_int_eq(test_on_pool(hass, call_from_pool, &self), 0);
    test_settle(hass);
    ck_assert_uint_eq(self.runs, 1);
    test_advance(hass, 10);
    ck_assert_uint_eq(self.runs, 2);
    hass_debouncer_destroy(debouncer);
}
END_TEST

static int call_wrongly(struct hass *hass, void *userdata, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    struct work *self = userdata;
    int wrong = hass_debouncer_async_schedule_call(self->debouncer, NULL) == HASS_E_THREAD;

    wrong += hass_debouncer_async_call(self->debouncer, NULL) == HASS_E_THREAD;
    hass_debouncer_async_shutdown(self->debouncer);
    hass_debouncer_async_cancel(self->debouncer);
    wrong += hass_debouncer_destroy(self->debouncer) == self->debouncer;
    return wrong;
}

START_TEST(async_forms_are_refused_elsewhere)
{
    struct hass *hass = test_hass();

    test_logs();
    struct work self = { 0 };
    struct hass_debouncer *debouncer = make(hass, &self, true);
    ck_assert_int_eq(test_on_pool(hass, call_wrongly, &self), 3);
    hass_debouncer_async_schedule_call(debouncer, NULL); /* still works: nothing was shut down */
    ck_assert_uint_eq(self.runs, 1);
    hass_debouncer_destroy(debouncer);
}
END_TEST

TEST_MAIN("debounce", immediate_runs_now_and_the_caller_waits,
          calls_during_the_cool_down_make_one_run_at_its_end,
          a_new_cool_down_follows_the_run_at_the_end, after_a_quiet_cool_down_it_is_idle_again,
          not_immediate_runs_at_the_end_of_the_timer, calls_while_it_executes_are_ignored,
          an_error_of_a_direct_call_reaches_the_caller_and_cools_down,
          an_error_of_a_run_by_timer_is_logged, cancel_drops_timer_and_mark,
          after_shutdown_calls_are_ignored, it_may_be_destroyed_while_it_runs,
          callbacks_are_debounced_too, the_twin_queues_calls_from_any_thread,
          async_forms_are_refused_elsewhere)
