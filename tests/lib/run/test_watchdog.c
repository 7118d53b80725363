/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds the loop is named while it does. Real time passes here, but only what was logged is asserted: each job goes on
 * until the first line is out.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>

#include "run/symbol.h"
#include "run/watchdog.h"
#include "tests/lib/run/probe.h"

/* The code of a made-up integration lies in a section of its own, which is announced as that of a loaded file. */
#define BLINK __attribute__((section("blink_text"), noinline))
extern const char __start_blink_text[];
extern const char __stop_blink_text[];

#define PATIENCE 2000 /* times 10 ms */

static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static char first_line[512];
static char last_line[512];
static char first_logger[64];
static _Atomic bool reported;
static _Atomic bool ended;
static int wake = -1;

static void keep_line(const struct hass_log_record *record, void *userdata)
{
    pthread_mutex_lock(&line_lock);
    if (strstr(record->message, "has been holding") != NULL) {
        snprintf(first_line, sizeof(first_line), "%s", record->message);
        snprintf(first_logger, sizeof(first_logger), "%s", record->logger);
        reported = true;
        eventfd_write(wake, 1);
    } else if (strstr(record->message, "held the loop for") != NULL) {
        snprintf(last_line, sizeof(last_line), "%s", record->message);
        ended = true;
    }
    pthread_mutex_unlock(&line_lock);
}

static void rest(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

/* ways to hold a loop */

static BLINK HASS_CALLBACK int block_by_sleep(struct hass *hass, void *userdata,
                                              struct hass_error *err)
{
    struct timespec left = { .tv_nsec = 400000000 };

    /* Not cut short: being looked at is no signal. */
    return nanosleep(&left, NULL);
}

static BLINK HASS_CALLBACK int block_by_poll(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    struct pollfd set = { .fd = wake, .events = POLLIN };

    return poll(&set, 1, PATIENCE * 10) == 1 ? 0 : -1;
}

static BLINK HASS_CALLBACK int block_by_computing(struct hass *hass, void *userdata,
                                                  struct hass_error *err)
{
    volatile unsigned long n = 0;

    while (!atomic_load_explicit(&reported, memory_order_relaxed) && n < 20000000000)
        n++;
    return 0;
}

static BLINK HASS_CALLBACK int block_by_lock(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    pthread_mutex_lock(&held);
    pthread_mutex_unlock(&held);
    return 0;
}

static BLINK HASS_COROUTINE int block_in_coroutine(struct hass *hass, void *userdata,
                                                   struct hass_error *err)
{
    return block_by_poll(hass, userdata, err);
}

static BLINK HASS_COROUTINE int compute_in_coroutine(struct hass *hass, void *userdata,
                                                     struct hass_error *err)
{
    return block_by_computing(hass, userdata, err);
}

/* the cases */

struct way {
    hass_plain_fn *fn;
    enum hass_job_kind kind;
    const char *job;
    const char *where;
    const char *function;
};

static const struct way ways[] = {
    { block_by_sleep, HASS_JOB_KIND_CALLBACK, "block_by_sleep", "in clock_nanosleep called from",
      ":block_by_sleep+0x" },
    { block_by_poll, HASS_JOB_KIND_CALLBACK, "block_by_poll", "poll called from",
      ":block_by_poll+0x" },
    { block_by_computing, HASS_JOB_KIND_CALLBACK, "block_by_computing", "computing in",
      ":block_by_computing+0x" },
    { block_by_lock, HASS_JOB_KIND_CALLBACK, "block_by_lock", "in futex (a lock) called from",
      ":block_by_lock+0x" },
    { block_in_coroutine, HASS_JOB_KIND_COROUTINE, "block_in_coroutine", "poll called from",
      ":block_by_poll+0x" },
    { compute_in_coroutine, HASS_JOB_KIND_COROUTINE, "compute_in_coroutine", "computing in",
      ":block_by_computing+0x" },
};

static void *hold_until_reported(void *arg)
{
    pthread_mutex_lock(&held);
    *(_Atomic bool *)arg = true;
    for (int i = 0; i < PATIENCE && !reported; i++)
        rest();
    pthread_mutex_unlock(&held);
    return NULL;
}

static struct hass *start_watched(void)
{
    struct hass *hass = start_with(&(struct runtime_options){ .watchdog = true });

    ck_assert_ptr_nonnull(hass->runtime->watchdog);
    scope_add_range(hass, "blink", __start_blink_text, __stop_blink_text);
    wake = eventfd(0, EFD_CLOEXEC);
    hass_log_set_sink(keep_line, NULL);
    return hass;
}

static HASS_CALLBACK void run_way(struct hass *hass, const struct way *way)
{
    struct scope *scope = scope_new(hass, "blink");
    struct hass_job job = {
        .kind = way->kind,
        .subject = HASS_SUBJECT_HASS,
        .fn = (void (*)(void))way->fn,
        .symbol = way->job,
    };
    struct scope *former = scope_enter(scope);

    ck_assert_int_eq(hass_async_run_job(hass, job, NULL), 0);
    scope_leave(former);
    for (int i = 0; i < PATIENCE && !ended; i++)
        rest();
    ck_assert(scope_counters(scope)->loop_usec > 0);
    ck_assert(scope_counters(scope)->worst_usec > 0);
    scope_unref(scope);
}

START_TEST(what_holds_the_loop_is_named_while_it_does)
{
    const struct way *way = &ways[_i];
    struct hass *hass = start_watched();
    pthread_t thread;
    _Atomic bool ready = false;

    pthread_create(&thread, NULL, hold_until_reported, &ready);
    while (!ready)
        rest();
    hass__assert_loop();
    run_way(hass, way);
    pthread_join(thread, NULL);
    ck_assert(reported);
    ck_assert(ended);
    pthread_mutex_lock(&line_lock);
    ck_assert_ptr_nonnull(strstr(first_line, "Integration blink has been holding the loop for 1"));
    ck_assert_str_eq(first_logger, "blink");
    ck_assert_ptr_nonnull(strstr(first_line, way->job));
#ifndef SANITIZED
    ck_assert_msg(strstr(first_line, way->where) != NULL, "%s", first_line);
    ck_assert_msg(strstr(first_line, way->function) != NULL, "%s", first_line);
#endif
    ck_assert_ptr_nonnull(strstr(last_line, "Integration blink held the loop for"));
    ck_assert_ptr_nonnull(strstr(last_line, way->job));
    pthread_mutex_unlock(&line_lock);
    hass_log_set_sink(NULL, NULL);
    finish(hass);
    close(wake);
}
END_TEST

static int64_t held_usec;

static HASS_CALLBACK int hold_for_less(struct hass *hass, void *userdata, struct hass_error *err)
{
    int64_t began = clock_real();

    nanosleep(&(struct timespec){ .tv_nsec = 60000000 }, NULL);
    held_usec = clock_real() - began;
    return 0;
}

/* It may be the machine that took longer: then a report is right. */
START_TEST(who_holds_the_loop_for_less_is_not_named)
{
    struct hass *hass = start_watched();

    hass__assert_loop();
    hass_async_run_job(hass, HASS_JOB_CALLBACK(hold_for_less, NULL), NULL);
    for (int i = 0; i < 5; i++)
        rest();
    ck_assert(!reported || held_usec >= 100000);
    hass_log_set_sink(NULL, NULL);
    finish(hass);
    close(wake);
}
END_TEST

/* A machine with too much to do: the loop's processor has others, too, that never rest. */
#define OTHERS 6

static _Atomic bool others_may_end;

static void *never_rest(void *arg)
{
    sched_setaffinity(0, sizeof(cpu_set_t), arg);
    while (!atomic_load_explicit(&others_may_end, memory_order_relaxed))
        ;
    return NULL;
}

/* For so many milliseconds of a processor. */
static HASS_CALLBACK int compute(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct timespec used, began;
    int64_t wall = clock_real();

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    while ((used.tv_sec - began.tv_sec) * 1000 + (used.tv_nsec - began.tv_nsec) / 1000000 <
           *(const int *)userdata);
    held_usec = clock_real() - wall;
    return 0;
}

static const struct {
    int others, policy, msec;
} shares[] = {
    { OTHERS, SCHED_OTHER, 50 }, /* many short waits */
    { 1, SCHED_IDLE, 3 },        /* long ones: they are counted when they are over */
};

START_TEST(a_loop_that_waits_for_a_processor_is_not_held)
{
    struct hass *hass = start_watched();
    pthread_t threads[OTHERS];
    int msec = shares[_i].msec;
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    for (int i = 0; i < shares[_i].others; i++)
        pthread_create(&threads[i], NULL, never_rest, &one);
    sched_setaffinity(0, sizeof(one), &one);
    sched_setscheduler(0, shares[_i].policy, &(struct sched_param){ 0 });
    hass__assert_loop();
    for (int i = 0; i < 5 && !reported; i++)
        hass_async_run_job(hass, HASS_JOB_CALLBACK(compute, &msec), NULL);
    others_may_end = true;
    for (int i = 0; i < shares[_i].others; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 5; i++)
        rest();
    ck_assert_msg(!reported, "in %lld us: %s", (long long)held_usec, first_line);
    hass_log_set_sink(NULL, NULL);
    finish(hass);
    close(wake);
}
END_TEST

START_TEST(it_parks_when_the_loop_is_idle)
{
    struct hass *hass = start_watched();
    const struct loop_beat *beat = hass->runtime->beat;

    for (int i = 0; i < PATIENCE && !(atomic_load(&beat->attention) & BEAT_PARKED); i++)
        rest();
    ck_assert(atomic_load(&beat->attention) & BEAT_PARKED);
    hass__assert_loop();
    run_way(hass, &ways[0]);
    ck_assert(reported);
    hass_log_set_sink(NULL, NULL);
    finish(hass);
    close(wake);
}
END_TEST

/* Runs jobs whose names are never the same for as long as it takes to look. */
static HASS_CALLBACK int run_short_jobs(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const char names[] = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
    struct dispatch dispatch;

    dispatch_save(hass->runtime, &dispatch);
    for (size_t i = 0; !atomic_load_explicit(&reported, memory_order_relaxed) && i < 2000000000;
         i++)
        dispatch_switch(hass->runtime, &dispatch, scope_current(), names + i % 64);
    dispatch_restore(hass->runtime, &dispatch);
    return 0;
}

START_TEST(a_job_is_named_when_many_short_ones_run_in_it)
{
    static const struct way way = { run_short_jobs, HASS_JOB_KIND_CALLBACK, "run_short_jobs", NULL,
                                    NULL };
    struct hass *hass = start_watched();

    hass__assert_loop();
    run_way(hass, &way);
    ck_assert(reported);
    ck_assert_msg(strstr(first_line, "job run_short_jobs") || strstr(first_line, "job n"), "%s",
                  first_line);
    hass_log_set_sink(NULL, NULL);
    finish(hass);
    close(wake);
}
END_TEST

/* symbols */

START_TEST(an_address_is_described_by_the_file_s_own_tables)
{
    char text[SYMBOL_SIZE];
    char expected[SYMBOL_SIZE];
    const char *address = (const char *)(uintptr_t)block_by_lock + 4;

    ck_assert_str_eq(symbol_describe(address, text), "test_watchdog:block_by_lock+0x4");
    ck_assert_str_eq(symbol_describe(address, text), "test_watchdog:block_by_lock+0x4");
    symbol_describe((const void *)(uintptr_t)symbol_describe, text);
    ck_assert_ptr_nonnull(strstr(text, "symbol_describe+0x0"));
    snprintf(expected, sizeof(expected), "0x%lx", (unsigned long)(uintptr_t)text);
    ck_assert_str_eq(symbol_describe(text, text), expected);
    ck_assert_str_eq(symbol_describe(NULL, text), "0x0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("watchdog");
    TCase *watchdog = tcase_create("watchdog");

    tcase_set_timeout(watchdog, 120);
    tcase_add_loop_test(watchdog, what_holds_the_loop_is_named_while_it_does, 0,
                        sizeof(ways) / sizeof(ways[0]));
    tcase_add_test(watchdog, who_holds_the_loop_for_less_is_not_named);
    tcase_add_test(watchdog, a_job_is_named_when_many_short_ones_run_in_it);
    tcase_add_loop_test(watchdog, a_loop_that_waits_for_a_processor_is_not_held, 0,
                        sizeof(shares) / sizeof(shares[0]));
    tcase_add_test(watchdog, it_parks_when_the_loop_is_idle);
    tcase_add_test(watchdog, an_address_is_described_by_the_file_s_own_tables);
    suite_add_tcase(suite, watchdog);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
