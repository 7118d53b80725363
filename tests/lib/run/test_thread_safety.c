/* SPDX-License-Identifier: Apache-2.0 */
/* Refusing callers, reporting them once, and the table of what to call instead. */
#include <dirent.h>
#include <pthread.h>
#include <regex.h>

#include "run/remedies.h"
#include "run/thread_safety.h"
#include "tests/lib/run/fixture.h"
#include "tests/support/test.h"

static struct hass *hass;

static HASS_CALLBACK int nothing(struct hass *h, void *userdata, struct hass_error *err)
{
    return 0;
}

/* refusals */

static struct hass_error refused;

START_TEST(call_sites_beyond_4096_are_not_reported)
{
    struct thread_safety *safety = thread_safety_create();
    static char sites[4096 + 1];

    for (size_t i = 0; i < 4096; i++)
        ck_assert(thread_safety_remember(safety, &sites[i], "op"));
    ck_assert(!thread_safety_remember(safety, &sites[4096], "op"));
    ck_assert(!thread_safety_remember(safety, &sites[0], "op"));
    thread_safety_destroy(safety);
}
END_TEST

/* One call site, however often. */
static void *call_often(void *arg) HASS__ANALYSIS(no_thread_safety_analysis)
{
    struct scope *former = scope_enter(arg);

    for (int i = 0; i < 5; i++) {
        refused = (struct hass_error)HASS_ERROR_INIT;
        ck_assert_int_eq(
            hass_async_add_job(hass, HASS_JOB_CALLBACK(nothing, NULL, .destroy = free), &refused),
            HASS_E_THREAD);
    }
    scope_leave(former);
    return NULL;
}

static void in_thread(void *(*fn)(void *arg), void *arg)
{
    pthread_t thread;

    pthread_create(&thread, NULL, fn, arg);
    pthread_join(thread, NULL);
}

START_TEST(a_call_from_another_thread_is_refused_and_reported_once)
{
    hass__assert_loop();
    hass = start();
    struct logs *logs = test_logs();
    struct scope *demo = scope_new(hass, "demo");
    in_thread(call_often, demo);
    ck_assert_str_eq(refused.message,
                     "hass.async_add_job must be called on the loop; elsewhere use hass_add_job");
    ck_assert(!loop_has_ready(hass->runtime->loop));
    ck_assert_uint_eq(scope_counters(demo)->refused, 5);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 1);
    ck_assert_ptr_nonnull(logs_find(logs, "hass.async_add_job was called from thread "));
    ck_assert_ptr_nonnull(logs_find(logs, "integration demo"));
    ck_assert_ptr_nonnull(logs_find(logs, "call_often+0x"));
    ck_assert_ptr_nonnull(logs_find(logs, "Use hass_add_job, which queues it"));
    ck_assert_ptr_nonnull(logs_find(logs, "(lib/README.md#hassasync_add_job)"));
    scope_unref(demo);
    finish(hass);
}
END_TEST

static const char page[16];

START_TEST(a_thread_of_its_own_is_known_by_its_code)
{
    hass__assert_loop();
    hass = start();
    struct logs *logs = test_logs();
    scope_add_range(hass, "loner", page, page + sizeof(page));
    runtime__thread = NULL;
    ck_assert_int_eq(thread_refuse(hass, "hass.bus.async_fire", page + 8, NULL), HASS_E_THREAD);
    runtime__thread = hass->runtime;
    ck_assert_ptr_nonnull(logs_find(logs, "integration loner"));
    ck_assert_ptr_nonnull(logs_find(logs, "Use hass_bus_fire, which queues the event"));
    finish(hass);
}
END_TEST

START_TEST(a_wait_on_the_loop_names_the_form_for_the_loop)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass = start();
    struct logs *logs = test_logs();
    ck_assert_int_eq(thread_refuse_wait(hass, "hass.call_later", page, &err),
                     HASS_E_WOULD_DEADLOCK);
    ck_assert_ptr_nonnull(strstr(err.message, "hass_async_call_later"));
    ck_assert_ptr_nonnull(logs_find(logs, "Use hass_async_call_later"));
    hass_error_clear(&err);
    ck_assert_int_eq(thread_refuse_wait(hass, "hass.future.wait", page, &err),
                     HASS_E_WOULD_DEADLOCK);
    ck_assert_ptr_nonnull(strstr(err.message, "hass_async_await"));
    finish(hass);
}
END_TEST

START_TEST(suspending_outside_a_coroutine_says_how_to_get_one)
{
    hass = start();
    struct logs *logs = test_logs();
    ck_assert_int_eq(thread_refuse_suspend(hass, "hass.async_sleep", page, NULL),
                     HASS_E_NOT_COROUTINE);
    ck_assert_ptr_nonnull(logs_find(logs, "Use hass_async_create_task"));
    finish(hass);
}
END_TEST

/* the table */

static char *headers; /* all public headers, one behind the other */

static void read_headers(void)
{
    const char *folder = TEST_SOURCE "/lib/include/hass";
    DIR *dir = opendir(folder);
    size_t size = 0;

    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!strstr(entry->d_name, ".h"))
            continue;
        char path[512];
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        char *text = test_read_file(path);
        size_t length = strlen(text);
        headers = realloc(headers, size + length + 2);
        memcpy(headers + size, text, length + 1);
        strcpy(headers + size + length, "\n");
        size += length + 1;
        free(text);
    }
    closedir(dir);
}

static bool in_table(const char *function)
{
    size_t all;
    const struct remedy *table = remedies(&all);

    for (size_t i = 0; i < all; i++) {
        if (strcmp(table[i].function, function) == 0)
            return true;
    }
    return false;
}

/* Looks up each name that the first group of @pattern finds, behind @prefix. */
static unsigned check_names(const char *pattern, const char *prefix)
{
    regmatch_t match[2];
    regex_t regex;
    unsigned found = 0;

    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED), 0);
    for (const char *at = headers; regexec(&regex, at, 2, match, 0) == 0; at += match[0].rm_eo) {
        char name[128];
        snprintf(name, sizeof(name), "%s%.*s", prefix, (int)(match[1].rm_eo - match[1].rm_so),
                 at + match[1].rm_so);
        if (strcmp(name, "hass_async_name") != 0) // the macro itself
            ck_assert_msg(in_table(name), "lib/run/remedies.c has no row for %s", name);
        found++;
    }
    regfree(&regex);
    return found;
}

START_TEST(every_async_function_has_a_remedy)
{
    read_headers();
    ck_assert_uint_gt(check_names("(hass_([a-z0-9_]+_)?async_[a-z0-9_]+)\\(", ""), 80);
    ck_assert_uint_gt(check_names("HASS__[A-Z_]*TRACKER\\(([a-z_]+),", "hass_async_"), 13);
    free(headers);
}
END_TEST

static bool declared(const char *function)
{
    char text[128];

    snprintf(text, sizeof(text), "%s(", function);
    if (strstr(headers, text))
        return true;
    /* A tracker: the macro declares both forms. */
    const char *name =
        function + strlen(strncmp(function, "hass_async_", 11) ? "hass_" : "hass_async_");
    snprintf(text, sizeof(text), "TRACKER(%s,", name);
    return strstr(headers, text);
}

START_TEST(every_remedy_exists)
{
    size_t all;
    const struct remedy *table = remedies(&all);

    read_headers();
    for (size_t i = 0; i < all; i++) {
        ck_assert_msg(declared(table[i].function), "%s is not declared", table[i].function);
        if (table[i].instead)
            ck_assert_msg(declared(table[i].instead), "%s is not declared", table[i].instead);
        ck_assert_uint_gt(strlen(table[i].advice), 0);
    }
    free(headers);
}
END_TEST

TEST_MAIN("thread_safety", a_call_from_another_thread_is_refused_and_reported_once,
          a_thread_of_its_own_is_known_by_its_code, a_wait_on_the_loop_names_the_form_for_the_loop,
          suspending_outside_a_coroutine_says_how_to_get_one, every_async_function_has_a_remedy,
          every_remedy_exists, call_sites_beyond_4096_are_not_reported)
