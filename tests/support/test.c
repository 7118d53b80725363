/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fixture: hasses, events, and the end of a test. What it made is freed at exit, unless the test failed inside a
 * callback or coroutine: then the process just ends.
 */
#include "support/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <hass/loop.h>

#include "base/mem.h"
#include "core/core.h"
#include "run/runtime.h"
#include "run/task.h"

enum {
    MAX_HASS = 8,
    SECONDS_PER_TEST = 60,
};

struct capture {
    struct capture *next;
    struct hass *hass;
    const struct hass_event **events;
    size_t count;
};

static struct hass *hasses[MAX_HASS];
static struct capture *captures;

/* hasses */

static void free_captures(struct hass *hass)
{
    for (struct capture **link = &captures; *link;) {
        struct capture *seen = *link;
        if (seen->hass != hass) {
            link = &seen->next;
            continue;
        }
        for (size_t i = 0; i < seen->count; i++)
            hass_event_unref(seen->events[i]);
        free(seen->events);
        *link = seen->next;
        free(seen);
    }
}

void test_destroy(struct hass *hass)
{
    hass__assert_loop();
    free_captures(hass);
    for (size_t i = 0; i < MAX_HASS; i++)
        if (hasses[i] == hass)
            hasses[i] = NULL;
    core_destroy(hass);
}

static void destroy_all(void)
{
    for (size_t i = 0; i < MAX_HASS; i++) {
        struct hass *hass = hasses[i];
        if (!hass)
            continue;
        if (runtime__thread != hass->runtime || runtime_of(hass)->beat->name)
            return; // a failed test ended in the middle of something
        test_destroy(hass);
    }
}

struct hass *test_hass_at(int64_t start)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct core_options options = {
        .config_dir = test_dir(),
        .runtime = { .virtual_time = true, .virtual_start = start },
    };

    if (!hasses[0])
        atexit(destroy_all);
    for (size_t i = 0; i < MAX_HASS; i++) {
        if (hasses[i])
            continue;
        test_require(core_create(&options, &hasses[i], &err) == 0, "%s", err.message);
        return hasses[i];
    }
    test_fail(__FILE__, __LINE__, "more than %d hasses in one test", MAX_HASS);
}

struct hass *test_hass(void)
{
    return hasses[0] ? hasses[0] : test_hass_at(0);
}

static HASS_COROUTINE int start(struct hass *hass, void *userdata, struct hass_error *err)
{
    return core_async_start(hass, err);
}

void test_start(struct hass *hass)
{
    test_require(test_run_coroutine(hass, start, NULL) == 0, "the hass did not start");
}

void test_settle(struct hass *hass)
{
    runtime_settle(runtime_of(hass));
}

void test_advance(struct hass *hass, double seconds)
{
    runtime_advance(runtime_of(hass), seconds);
}

/* jobs */

struct run {
    struct hass_job job;
    struct hass_error *err;
    int result;
    bool done;
};

/* Runs the job and ends the loop. */
static HASS_COROUTINE int run_job(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct run *run = userdata;

    if (run->job.kind == HASS_JOB_KIND_EXECUTOR)
        run->result = hass_async_run_in_executor(hass, run->job, run->err);
    else
        run->result = ((hass_plain_fn *)run->job.fn)(hass, run->job.userdata, run->err);
    run->done = true;
    runtime_quit(runtime_of(hass));
    return 0;
}

int test_run_job(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    struct run run = { .job = job, .err = err };
    struct hass_job runner = HASS_JOB_COROUTINE(run_job, &run, .name = "test");

    // Of no set: start, stop and block_till_done must not wait for it or cancel it.
    int status = task_start(hass, runtime_of(hass)->root, &runner, hass, NULL, NULL, 0, NULL, err);

    test_require(status == 0, "no coroutine: %s", hass_error_name(status));
    while (!run.done)
        runtime_run(runtime_of(hass));
    return run.result;
}

/* events */

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct capture *seen = userdata;

    seen->events = mem_realloc(seen->events, (seen->count + 1) * sizeof(struct hass_event *));
    seen->events[seen->count++] = hass_event_ref(event);
    return 0;
}

static HASS_CALLBACK bool any_event(const struct hass_event *event, void *userdata)
{
    return true;
}

struct capture *test_capture(struct hass *hass, const char *type)
{
    struct capture *seen = mem_zalloc(sizeof(*seen));
    int status =
        hass_bus_async_listen(hass, type, any_event, HASS_JOB_CALLBACK(on_event, seen), NULL, NULL);

    test_require(status == 0, "cannot listen to %s: %s", type, hass_error_name(status));
    seen->hass = hass;
    seen->next = captures;
    captures = seen;
    return seen;
}

size_t capture_count(const struct capture *seen)
{
    return seen->count;
}

const struct hass_event *capture_event(const struct capture *seen, size_t index)
{
    test_require(index < seen->count, "wanted event %zu of %zu", index, seen->count);
    return seen->events[index];
}

void capture_clear(struct capture *seen)
{
    while (seen->count)
        hass_event_unref(seen->events[--seen->count]);
}

/* failures of the fixture */

static bool without_check;

void test_without_check(void)
{
    without_check = true;
}

void test_fail(const char *file, int line, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (!without_check)
        ck_abort_msg("%s:%d: %s", file, line, text);
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
    abort();
}

/* main */

int test_main(const char *name, const TTest *const tests[], size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, SECONDS_PER_TEST);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
