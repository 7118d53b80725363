/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: order, fairness, calls and posts from other threads, the end. */
#include <errno.h>
#include <pthread.h>

#include <hass/executor.h>

#include "run/clock.h"
#include "run/timer.h"
#include "tests/lib/run/fixture.h"
#include "tests/support/test.h"

/* the ready queue */

struct step {
    struct ready ready;
    struct hass *hass;
    unsigned left;
    int status;
    unsigned ran;
};

static void run_step(struct ready *ready, int status)
{
    struct step *step = (struct step *)ready;

    hass__assert_loop();
    step->ran++;
    step->status = status;
    if (step->left && step->left--)
        loop_ready(step->hass->runtime->loop, ready);
}

static struct step step_of(struct hass *hass, unsigned left)
{
    return (struct step){
        .ready = { .run = run_step, .scope = hass->runtime->root, .name = "step" },
        .hass = hass,
        .left = left,
    };
}

static void end_time(struct timer *timer)
{
    timer_init(timer, NULL);
}

START_TEST(work_that_never_ends_does_not_starve_timers)
{
    struct hass *hass = start();
    struct step busy = step_of(hass, 10000);
    struct timer timer;

    hass__assert_loop();
    timer_init(&timer, end_time);
    timer_set(hass->runtime->timers, &timer, 0);
    loop_ready(hass->runtime->loop, &busy.ready);
    while (timer.fire && busy.left)
        (void)loop_run_until(hass->runtime->loop, never, NULL, 0);
    ck_assert_ptr_null(timer.fire);
    ck_assert_uint_gt(busy.left, 5000);
    busy.left = 0;
    finish(hass);
}
END_TEST

START_TEST(what_is_queued_when_the_loop_closes_is_told)
{
    struct hass *hass = start();
    struct step local = step_of(hass, 0), posted = step_of(hass, 0), late = step_of(hass, 0);

    hass__assert_loop();
    loop_ready(hass->runtime->loop, &local.ready);
    ck_assert_int_eq(loop_post(hass->runtime->loop, &posted.ready), 0);
    loop_close(hass->runtime->loop);
    ck_assert_int_eq(local.status, HASS_E_CLOSED);
    ck_assert_int_eq(posted.status, HASS_E_CLOSED);
    ck_assert_int_eq(loop_post(hass->runtime->loop, &late.ready), HASS_E_CLOSED);
    ck_assert_uint_eq(late.ran, 0);
    finish(hass);
}
END_TEST

START_TEST(jobs_are_counted_exactly)
{
    struct hass *hass = start();
    struct step step = step_of(hass, 9);

    hass__assert_loop();
    uint64_t before = hass->runtime->root->counters.jobs;
    loop_ready(hass->runtime->loop, &step.ready);
    runtime_settle(hass->runtime);
    ck_assert_uint_eq(hass->runtime->root->counters.jobs - before, 10);
    finish(hass);
}
END_TEST

/* posts */

#define POSTERS 16
#define POSTS   20000

struct poster {
    struct hass *hass;
    pthread_t thread;
    unsigned next; /* expected by the loop */
    bool disorder;
    _Atomic unsigned *total;
};

struct message {
    struct poster *poster;
    unsigned number;
};

static int receive(struct hass *hass, void *arg, struct hass_error *err)
{
    struct message *message = arg;

    if (message->number != message->poster->next++)
        message->poster->disorder = true;
    if (++*message->poster->total == POSTERS * POSTS)
        runtime_quit(hass->runtime);
    return 0;
}

static void *post_all(void *arg)
{
    struct poster *poster = arg;

    for (unsigned i = 0; i < POSTS; i++) {
        struct message *message = malloc(sizeof(*message));
        *message = (struct message){ poster, i };
        if (runtime_post(poster->hass, "test", receive, message, free, NULL) < 0)
            abort();
    }
    return NULL;
}

START_TEST(posts_of_sixteen_threads_all_arrive_in_order)
{
    struct hass *hass = start_with(&(struct runtime_options){ .virtual_time = false });
    struct poster posters[POSTERS];
    _Atomic unsigned total = 0;

    for (int i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){ .hass = hass, .total = &total };
        pthread_create(&posters[i].thread, NULL, post_all, &posters[i]);
    }
    runtime_run(hass->runtime);
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(posters[i].thread, NULL);
        ck_assert_uint_eq(posters[i].next, POSTS);
        ck_assert(!posters[i].disorder);
    }
    finish(hass);
}
END_TEST

static HASS_CALLBACK int nothing(struct hass *hass, void *userdata, struct hass_error *err)
{
    return 0;
}

START_TEST(ten_thousand_posts_of_a_scope_may_be_queued)
{
    struct hass *hass = start();
    struct hass_error err = HASS_ERROR_INIT;

    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(hass_try_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL), NULL), 0);
    ck_assert_int_eq(hass_try_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL), &err), -EAGAIN);
    ck_assert_int_eq(hass_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL), NULL), HASS_E_LIMIT);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(hass_try_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL), NULL), 0);
    finish(hass);
}
END_TEST

struct flood {
    struct hass *hass;
    _Atomic unsigned posted;
};

static void *flood(void *arg)
{
    struct flood *flood = arg;

    for (; flood->posted < 10000 + 1; flood->posted++)
        hass_add_job(flood->hass, HASS_JOB_CALLBACK(nothing, NULL), NULL);
    return NULL;
}

static bool flooded(void *arg)
{
    struct flood *flood = arg;

    return flood->posted == 10000 + 1;
}

START_TEST(a_thread_beyond_the_limit_goes_on_when_half_is_drained)
{
    struct hass *hass = start();
    struct flood all = { .hass = hass };
    pthread_t thread;

    hass__assert_loop();
    pthread_create(&thread, NULL, flood, &all);
    while (all.posted < 10000)
        sched_yield();
    ck_assert(loop_run_until(hass->runtime->loop, flooded, &all, 10));
    pthread_join(thread, NULL);
    finish(hass);
}
END_TEST

/* calls */

struct call {
    struct hass *hass;
    int result;
    struct hass_error err;
};

static int answer(struct hass *hass, void *arg, struct hass_error *err)
{
    ck_assert(hass_on_loop(hass));
    return hass_fail(err, 42, "the answer");
}

static HASS_BLOCKING int call_it(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct call *call = userdata;

    call->result = runtime_call(hass, "hass.test", answer, NULL, &call->err);
    return 0;
}

START_TEST(a_call_waits_for_its_result)
{
    struct hass *hass = start();
    struct call call = { .hass = hass, .err = HASS_ERROR_INIT };

    hass__assert_loop();
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(call_it, &call), NULL, NULL);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(call.result, 42);
    ck_assert_str_eq(call.err.message, "the answer");
    finish(hass);
}
END_TEST

static int refused_call(struct hass *hass, struct hass_error *err)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    return runtime_call(hass, "hass.bus.listen", answer, NULL, err);
}

START_TEST(a_call_on_the_loop_is_refused)
{
    struct hass *hass = start();
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(refused_call(hass, &err), HASS_E_WOULD_DEADLOCK);
    ck_assert_ptr_nonnull(strstr(err.message, "hass_bus_async_listen"));
    finish(hass);
}
END_TEST

static void *call_from_thread(void *arg) HASS__ANALYSIS(no_thread_safety_analysis)
{
    struct call *call = arg;

    call->result = runtime_call(call->hass, "hass.test", answer, NULL, &call->err);
    return NULL;
}

START_TEST(a_call_after_the_end_fails)
{
    struct hass *hass = start();
    struct call call = { .hass = hass, .err = HASS_ERROR_INIT };
    pthread_t thread;

    hass__assert_loop();
    loop_close(hass->runtime->loop);
    pthread_create(&thread, NULL, call_from_thread, &call);
    pthread_join(thread, NULL);
    ck_assert_int_eq(call.result, HASS_E_CLOSED);
    finish(hass);
}
END_TEST

/* virtual time */

struct seen {
    int64_t pool_ended;
    int64_t timer_fired;
    struct timer timer;
    struct hass *hass;
};

static void fired(struct timer *timer)
{
    struct seen *seen = list_entry(timer, struct seen, timer);

    seen->timer_fired = hass_monotonic(seen->hass);
    runtime_quit(seen->hass->runtime);
}

static int slow(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct timespec moment = { .tv_nsec = 20000000 };
    struct seen *seen = userdata;

    nanosleep(&moment, NULL);
    seen->pool_ended = hass_monotonic(hass);
    return 0;
}

START_TEST(virtual_time_stands_still_while_a_pool_job_runs)
{
    struct hass *hass = start();
    struct seen seen = { .hass = hass };
    int64_t began = hass_monotonic(hass);

    hass__assert_loop();
    timer_init(&seen.timer, fired);
    timer_set(hass->runtime->timers, &seen.timer, began + 3600000000);
    hass_async_add_executor_job(hass, HASS_JOB_EXECUTOR(slow, &seen), NULL, NULL);
    runtime_run(hass->runtime);
    ck_assert_int_eq(seen.pool_ended, began);
    ck_assert_int_eq(seen.timer_fired, began + 3600000000);
    finish(hass);
}
END_TEST

START_TEST(virtual_time_begins_in_2024)
{
    struct hass *hass = start();

    ck_assert_int_eq(hass_now(hass), INT64_C(1704067200000000));
    runtime_advance(hass->runtime, 1.5);
    ck_assert_int_eq(hass_now(hass), INT64_C(1704067201500000));
    finish(hass);
}
END_TEST

TEST_MAIN("loop", work_that_never_ends_does_not_starve_timers,
          what_is_queued_when_the_loop_closes_is_told, jobs_are_counted_exactly,
          posts_of_sixteen_threads_all_arrive_in_order, ten_thousand_posts_of_a_scope_may_be_queued,
          a_thread_beyond_the_limit_goes_on_when_half_is_drained, a_call_waits_for_its_result,
          a_call_on_the_loop_is_refused, a_call_after_the_end_fails,
          virtual_time_stands_still_while_a_pool_job_runs, virtual_time_begins_in_2024)
