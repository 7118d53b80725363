/* SPDX-License-Identifier: Apache-2.0 */
/* What a process leaves behind, however it ends, and what the next one makes of it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/lastwords.h"
#include "tests/lib/run/probe.h"

static char folder[] = "/tmp/hass-test-XXXXXX";

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    static const char *const names[] = { "last", "last.new", "deaths" };
    char path[64];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static struct hass *start_at(int64_t start)
{
    struct hass *hass = start_with(&(struct runtime_options){
        .virtual_time = true, .runtime_dir = folder, .virtual_start = start });

    ck_assert_ptr_nonnull(hass->runtime->lastwords);
    return hass;
}

static const struct lastwords_report *former(const struct hass *hass)
{
    return lastwords_former(hass->runtime->lastwords);
}

static HASS_CALLBACK int die(struct hass *hass, void *userdata, struct hass_error *err)
{
    return raise(*(const int *)userdata);
}

static int die_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    return raise(*(const int *)userdata);
}

/* Another process: integration @domain dies by @number while the runtime's clock shows @now. */
static void live_and_die(const char *domain, int number, int64_t now, bool in_pool)
{
    pid_t pid = fork();

    if (pid == 0) {
        /* Not those of the test framework and the sanitizers. */
        static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
        for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
            signal(fatal[i], SIG_DFL);
        close(STDERR_FILENO);
        struct hass *hass = start_at(now);
        hass__assert_loop();
        lastwords_set_phase(hass->runtime->lastwords, LAST_RUNNING);
        struct scope *scope = scope_new(hass, domain);
        scope_enter(scope);
        if (in_pool)
            hass_async_run_job(hass, HASS_JOB_EXECUTOR(die_in_pool, &number), NULL);
        else
            hass_async_run_job(hass, HASS_JOB_CALLBACK(die, &number), NULL);
        runtime_settle(hass->runtime);
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), number);
}

#define NOW INT64_C(1704067200000000)

START_TEST(a_good_end_leaves_no_blame)
{
    struct hass *hass = start_at(NOW);

    ck_assert(!former(hass)->died);
    lastwords_set_phase(hass->runtime->lastwords, LAST_RUNNING);
    finish(hass);
    hass = start_at(NOW);
    ck_assert(!former(hass)->died);
    ck_assert_int_eq(former(hass)->phase, LAST_ENDED);
    finish(hass);
}
END_TEST

START_TEST(a_crash_names_integration_and_job)
{
    static const int signals[] = { SIGSEGV, SIGABRT };

    live_and_die("blink", signals[_i], NOW, false);
    struct hass *hass = start_at(NOW);
    const struct lastwords_report *report = former(hass);
    ck_assert(report->died);
    ck_assert_int_eq(report->phase, LAST_RUNNING);
    ck_assert_int_eq(report->signal, signals[_i]);
    ck_assert_str_eq(report->domain, "blink");
    ck_assert_str_eq(report->job, "die");
    ck_assert_int_eq(report->started, NOW);
    finish(hass);
}
END_TEST

START_TEST(a_crash_in_the_pool_names_its_integration)
{
    live_and_die("blink", SIGSEGV, NOW, true);
    struct hass *hass = start_at(NOW);
    ck_assert(former(hass)->died);
    ck_assert_str_eq(former(hass)->domain, "blink");
    finish(hass);
}
END_TEST

START_TEST(who_is_killed_from_outside_is_known_by_its_scope)
{
    live_and_die("blink", SIGKILL, NOW, false);
    struct hass *hass = start_at(NOW);
    ck_assert(former(hass)->died);
    ck_assert_int_eq(former(hass)->signal, 0);
    ck_assert_str_eq(former(hass)->domain, "blink");
    ck_assert_str_eq(former(hass)->job, "");
    finish(hass);
}
END_TEST

START_TEST(what_was_being_opened_is_blamed_while_the_loop_is_idle)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct hass *hass = start_at(NOW);
        lastwords_set_loading(hass->runtime->lastwords, "crasher");
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, NULL, 0);
    struct hass *hass = start_at(NOW);
    ck_assert(former(hass)->died);
    ck_assert_int_eq(former(hass)->phase, LAST_STARTING);
    ck_assert_str_eq(former(hass)->domain, "crasher");
    finish(hass);
}
END_TEST

START_TEST(deaths_are_counted_for_ten_minutes)
{
    const int64_t minute = INT64_C(60000000);

    for (int64_t i = 0; i < 3; i++)
        live_and_die("blink", SIGSEGV, NOW + i * minute, false);
    struct hass *hass = start_at(NOW + 3 * minute);
    /* Counted when the next process starts: at minutes 1, 2 and 3. */
    ck_assert_uint_eq(lastwords_deaths(hass->runtime->lastwords, "blink"), 3);
    ck_assert_uint_eq(lastwords_deaths(hass->runtime->lastwords, "other"), 0);
    finish(hass);
    hass = start_at(NOW + 11 * minute + 1);
    ck_assert_uint_eq(lastwords_deaths(hass->runtime->lastwords, "blink"), 2);
    lastwords_forget_deaths(hass->runtime->lastwords, "blink");
    ck_assert_uint_eq(lastwords_deaths(hass->runtime->lastwords, "blink"), 0);
    finish(hass);
}
END_TEST

START_TEST(a_file_that_is_not_ours_is_ignored)
{
    char path[64];
    char junk[4096];

    memset(junk, 0xee, sizeof(junk));
    snprintf(path, sizeof(path), "%s/last", folder);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, junk, _i == 0 ? sizeof(junk) : 0), _i == 0 ? (int)sizeof(junk) : 0);
    close(fd);
    struct hass *hass = start_at(NOW);
    ck_assert(!former(hass)->died);
    finish(hass);
}
END_TEST

START_TEST(without_a_folder_the_house_runs_on)
{
    listen_to_log();
    struct hass *hass = start_with(
        &(struct runtime_options){ .virtual_time = true, .runtime_dir = "/nonexistent/folder" });
    ck_assert_ptr_null(hass->runtime->lastwords);
    ck_assert_ptr_nonnull(strstr(log_text, "A crash would leave no trace"));
    ck_assert_uint_eq(lastwords_deaths(NULL, "blink"), 0);
    finish(hass);
}
END_TEST

/* Who is killed in the youngest of @count scopes. */
static const char *blamed_among(size_t count)
{
    static char domain[80];
    pid_t pid = fork();

    if (pid == 0) {
        struct hass *hass = start_at(NOW);
        hass__assert_loop();
        // The core's own scope is one of them.
        for (size_t i = 2; i < count; i++)
            (void)scope_new(hass, "many");
        int number = SIGKILL;
        scope_enter(scope_new(hass, "last"));
        hass_async_run_job(hass, HASS_JOB_CALLBACK(die, &number), NULL);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    struct hass *hass = start_at(NOW);
    snprintf(domain, sizeof(domain), "%s", former(hass)->domain);
    finish(hass);
    return domain;
}

START_TEST(of_1024_scopes_each_can_be_blamed)
{
    ck_assert_str_eq(blamed_among(1024), "last");
    ck_assert_str_eq(blamed_among(1025), "");
}
END_TEST

/* A file in which the only death of "blink" begins at @offset. */
static size_t deaths_at(size_t offset)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/deaths", folder);
    FILE *file = fopen(path, "w");
    for (size_t i = 1; i <= offset; i++)
        fputc(i == offset || i % 100 == 0 ? '\n' : '#', file);
    fprintf(file, "%lld blink\n", (long long)NOW);
    fclose(file);
    struct hass *hass = start_at(NOW);
    size_t count = lastwords_deaths(hass->runtime->lastwords, "blink");
    finish(hass);
    return count;
}

START_TEST(deaths_beyond_64_kib_are_not_read)
{
    ck_assert_uint_eq(deaths_at((64 << 10) - 1), 1);
    ck_assert_uint_eq(deaths_at(64 << 10), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lastwords");
    TCase *words = tcase_create("words");

    tcase_add_checked_fixture(words, make_folder, remove_folder);
    tcase_set_timeout(words, 60);
    tcase_add_test(words, a_good_end_leaves_no_blame);
    tcase_add_loop_test(words, a_crash_names_integration_and_job, 0, 2);
    tcase_add_test(words, a_crash_in_the_pool_names_its_integration);
    tcase_add_test(words, who_is_killed_from_outside_is_known_by_its_scope);
    tcase_add_test(words, what_was_being_opened_is_blamed_while_the_loop_is_idle);
    tcase_add_test(words, deaths_are_counted_for_ten_minutes);
    tcase_add_loop_test(words, a_file_that_is_not_ours_is_ignored, 0, 2);
    tcase_add_test(words, without_a_folder_the_house_runs_on);
    tcase_add_test(words, of_1024_scopes_each_can_be_blamed);
    tcase_add_test(words, deaths_beyond_64_kib_are_not_read);
    suite_add_tcase(suite, words);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
