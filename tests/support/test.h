/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fixture of all tests: a hass on virtual time, and ways to look at what it does.
 *
 *     START_TEST(setting_the_same_state_fires_nothing)
 *     {
 *         struct hass *hass = test_hass();
 *         hass_states_async_set(hass, "light.kitchen", "on", NULL, NULL, NULL);
 *         struct capture *seen = test_capture(hass, HASS_EVENT_STATE_CHANGED);
 *         hass_states_async_set(hass, "light.kitchen", "on", NULL, NULL, NULL);
 *         test_settle(hass);
 *         ck_assert_uint_eq(capture_count(seen), 0);
 *     }
 *     END_TEST
 *
 *     TEST_MAIN("states", setting_the_same_state_fires_nothing)
 *
 * Each test runs in a process of its own (libcheck's CK_FORK); what the fixture made is freed when that ends, so that leaks
 * of the core show under VARIANT=asan. The test's thread is the loop thread: async_ functions may be called straight away,
 * and the loop turns only inside test_settle, test_advance, test_run_coroutine and test_on_pool.
 */
#pragma once

#include <check.h>

#include <hass/hass.h>

/** The one hass of this test, created at the first call: NOT_RUNNING, virtual time from 2024-01-01T00:00:00Z, config in test_dir(). */
struct hass *test_hass(void) HASS__ANALYSIS(assert_capability(hass_loop));
/** Another one whose virtual time begins at @start, microseconds UTC. */
struct hass *test_hass_at(int64_t start) HASS__ANALYSIS(assert_capability(hass_loop));
/** Starts it: afterwards it is RUNNING. */
void test_start(struct hass *hass) HASS_CALLBACK;
/** Ends it before the test does. */
void test_destroy(struct hass *hass);

/** Runs what is ready, pool jobs and children included; time stands still. */
void test_settle(struct hass *hass);
/** Lets @seconds of virtual time pass, each timer at its time. */
void test_advance(struct hass *hass, double seconds);

/** Runs `int fn(struct hass *, void *userdata, struct hass_error *)` as a coroutine to its end; time passes as it waits. */
#define test_run_coroutine(hass, fn, userdata)                                                     \
    test_run_job((hass), HASS_JOB_COROUTINE(fn, userdata), NULL)
/** The same on a pool thread, while the loop runs. */
#define test_on_pool(hass, fn, userdata) test_run_job((hass), HASS_JOB_EXECUTOR(fn, userdata), NULL)
/** Runs a plain job of any kind to its end. Returns its result; @err (or NULL) gets its error. */
int test_run_job(struct hass *hass, struct hass_job job, struct hass_error *err) HASS_CALLBACK;

/** Userdata that is a literal. */
#define TEXT(literal) ((void *)(literal))

/* events */

struct capture;

/** Collects events of @type (HASS_MATCH_ALL: every type but the hidden ones; state_reported works, too) from now on. */
struct capture *test_capture(struct hass *hass, const char *type) HASS_CALLBACK;
size_t capture_count(const struct capture *seen);
/** Lends the event; fails the test when there are not so many. */
const struct hass_event *capture_event(const struct capture *seen, size_t index);
/** Forgets what was seen. */
void capture_clear(struct capture *seen);

/* the log */

struct logs;

/** Collects log lines of all levels that are enabled, from the first call on; stderr stays quiet. Any thread may log. */
struct logs *test_logs(void);
/** Lines at @level or above. */
size_t logs_count(struct logs *logs, enum hass_log_level level);
/** The first line that contains @text, lent until logs_clear, or NULL. */
const char *logs_find(struct logs *logs, const char *text);
/** How many lines contain @text. */
size_t logs_matching(struct logs *logs, const char *text);
void logs_clear(struct logs *logs);

/* files */

/** A temporary folder of this test, removed with everything in it when the test ends. */
const char *test_dir(void);
/** Writes a file below test_dir(), making folders on the way. Returns its path, lent. */
const char *test_file(const char *name, const char *text);
/** The whole file as a string, to be freed; fails the test when it cannot be read. */
char *test_read_file(const char *path);

/* JSON */

/** Parses a literal in which ' stands for ". Owned by the caller. */
json_t *test_json(const char *text);
/** Fails the test, showing both, unless they are equal as the model compares. @actual is borrowed. */
#define ck_assert_json(actual, expected) test_assert_json((actual), (expected), __FILE__, __LINE__)
void test_assert_json(const json_t *actual, const char *expected, const char *file, int line);

/* outside of tests */

/** For programs that use the fixture without libcheck (vectors): a failure of the fixture ends the process. */
void test_without_check(void);
/** What the fixture itself insists on. */
#define test_require(condition, ...)                                                               \
    do {                                                                                           \
        if (!(condition))                                                                          \
            test_fail(__FILE__, __LINE__, __VA_ARGS__);                                            \
    } while (0)
void test_fail(const char *file, int line, const char *format, ...) HASS_PRINTF(3, 4)
    __attribute__((noreturn));

/* main */

int test_main(const char *name, const TTest *const tests[], size_t count);

/** `TEST_MAIN("suite", test_a, test_b)`: main, with every test in one case. */
#define TEST_MAIN(name, ...)                                                                       \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const tests[] = { __VA_ARGS__ };                                              \
        return test_main((name), tests, sizeof(tests) / sizeof(tests[0]));                         \
    }
