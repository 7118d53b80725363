/* SPDX-License-Identifier: Apache-2.0 */
/* In debug mode blocking libc calls on the loop are reported, once a call site; elsewhere and otherwise they pass. */
#undef _FORTIFY_SOURCE /* as in the file under test: it would define some of the same functions inline */

#include <pthread.h>

#include "daemon/interpose.c"
#include "tests/lib/run/probe.h"

#ifndef SANITIZED

static size_t lines;

static void count_lines(const struct hass_log_record *record, void *userdata)
{
    keep_log(record, userdata);
    lines++;
}

static struct hass *start_debugging(bool debug)
{
    struct hass *hass = start();

    runtime_set_debug(hass, debug);
    listen_to_log();
    hass_log_set_sink(count_lines, NULL);
    lines = 0;
    return hass;
}

static HASS_CALLBACK int sleep_twice_here(struct hass *hass, void *userdata, struct hass_error *err)
{
    /* One site, also for a compiler that unrolls loops. */
    for (volatile int i = 0; i < 2; i++)
        usleep(1);
    return 0;
}

static HASS_CALLBACK int open_files(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const char *const paths[] = { "/proc/self/status", "/dev/null", "/etc/passwd" };

    for (size_t i = 0; i < 3; i++)
        close(open(paths[i], O_RDONLY | O_CLOEXEC));
    return 0;
}

static HASS_CALLBACK int call_everything(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct timespec none = { 0 };
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST };
    struct addrinfo *found = NULL;

    /* Through pointers: gcc takes our definitions for allocators of another kind. */
    FILE *(*volatile open_file)(const char *, const char *) = fopen;
    FILE *(*volatile open_pipe)(const char *, const char *) = popen;
    sleep(0);
    nanosleep(&none, NULL);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &none, NULL);
    fsync(-1);
    fdatasync(-1);
    if (getaddrinfo("127.0.0.1", NULL, &hints, &found) == 0)
        freeaddrinfo(found);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_lt(connect(fd, NULL, 0), 0);
    close(fd);
    fclose(open_file("/etc/passwd", "re"));
    ck_assert_int_eq(system("true"), 0);
    pclose(open_pipe("true", "r"));
    return 0;
}

START_TEST(a_blocking_call_is_reported_once_a_site)
{
    struct hass *hass = start_debugging(true);
    struct scope *scope = scope_new(hass, "blink");

    hass__assert_loop();
    struct scope *former = scope_enter(scope);
    struct hass_job job = HASS_JOB_CALLBACK(sleep_twice_here, NULL);
    hass_async_run_job(hass, job, NULL);
    hass_async_run_job(hass, job, NULL);
    scope_leave(former);
    ck_assert_uint_eq(lines, 1);
    ck_assert_ptr_nonnull(strstr(log_text, "Integration blink calls usleep on the loop: job "
                                           "sleep_twice_here, from test_interpose"));
    ck_assert_ptr_nonnull(strstr(log_text, "use hass_async_sleep"));
    scope_unref(scope);
    finish(hass);
}
END_TEST

START_TEST(only_files_on_disk_count)
{
    struct hass *hass = start_debugging(true);

    hass__assert_loop();
    hass_async_run_job(hass, HASS_JOB_CALLBACK(open_files, NULL), NULL);
    ck_assert_uint_eq(lines, 1);
    ck_assert_ptr_nonnull(strstr(log_text, "calls open(/etc/passwd) on the loop"));
    finish(hass);
}
END_TEST

START_TEST(every_call_of_the_list_is_seen)
{
    static const char *const calls[] = { "sleep",     "nanosleep",   "clock_nanosleep", "fsync",
                                         "fdatasync", "getaddrinfo", "connect",         "fopen",
                                         "system",    "popen" };
    struct hass *hass = start_debugging(true);

    hass__assert_loop();
    hass_async_run_job(hass, HASS_JOB_CALLBACK(call_everything, NULL), NULL);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        char text[64];
        snprintf(text, sizeof(text), " calls %s", calls[i]);
        ck_assert_msg(strstr(log_text, text) != NULL, "%s is missing in %s", calls[i], log_text);
    }
    finish(hass);
}
END_TEST

START_TEST(without_debug_nothing_is_reported)
{
    struct hass *hass = start_debugging(false);

    hass__assert_loop();
    hass_async_run_job(hass, HASS_JOB_CALLBACK(call_everything, NULL), NULL);
    ck_assert_uint_eq(lines, 0);
    finish(hass);
}
END_TEST

static void *sleep_elsewhere(void *arg)
{
    usleep(1);
    return NULL;
}

START_TEST(other_threads_may_block)
{
    struct hass *hass = start_debugging(true);
    pthread_t thread;

    pthread_create(&thread, NULL, sleep_elsewhere, NULL);
    pthread_join(thread, NULL);
    usleep(1); /* on the loop's thread, but in no job */
    ck_assert_uint_eq(lines, 0);
    finish(hass);
}
END_TEST

#endif

int main(void)
{
    Suite *suite = suite_create("interpose");
#ifndef SANITIZED
    TCase *calls = tcase_create("calls");
    tcase_add_test(calls, a_blocking_call_is_reported_once_a_site);
    tcase_add_test(calls, only_files_on_disk_count);
    tcase_add_test(calls, every_call_of_the_list_is_seen);
    tcase_add_test(calls, without_debug_nothing_is_reported);
    tcase_add_test(calls, other_threads_may_block);
    suite_add_tcase(suite, calls);
#endif
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
