/* SPDX-License-Identifier: Apache-2.0 */
/* Children, on the loop and on the pool, and watched signals. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <hass/process.h>

#include "tests/lib/run/probe.h"

/* One run of a child, by the coroutine or by another thread. */
struct run {
    struct hass *hass;
    struct hass_process_options options;
    struct hass_process_result result;
    struct hass_error err;
    int r;
};

static HASS_COROUTINE int run_on_loop(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct run *run = userdata;

    run->r = hass_process_async_run(hass, &run->options, &run->result, &run->err);
    return 0;
}

static HASS_BLOCKING void *run_on_thread(void *arg)
{
    struct run *run = arg;

    run->r = hass_process_run(run->hass, &run->options, &run->result, &run->err);
    return NULL;
}

/* Every case runs both ways: @blocking on another thread. */
static void run_child(struct run *run, bool blocking)
{
    pthread_t thread;

    run->hass = start();
    run->options.size = sizeof(run->options);
    run->result = (struct hass_process_result)HASS_PROCESS_RESULT_INIT;
    run->err = (struct hass_error)HASS_ERROR_INIT;
    if (blocking) {
        pthread_create(&thread, NULL, run_on_thread, run);
        pthread_join(thread, NULL);
    } else {
        hass__assert_loop();
        hass_task_unref(begin(run->hass, run_on_loop, run));
        runtime_settle(run->hass->runtime);
    }
}

static void end_run(struct run *run)
{
    hass_process_result_fini(&run->result);
    finish(run->hass);
    ck_assert_int_lt(waitpid(-1, NULL, WNOHANG), 0);
    ck_assert_int_eq(errno, ECHILD);
}

START_TEST(a_child_gives_its_output_and_status)
{
    struct run run = { .options.shell = "echo out; echo err >&2; exit 3" };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, 0);
    ck_assert_int_eq(run.result.status, 3);
    ck_assert_str_eq(run.result.output, "out\n");
    ck_assert_str_eq(run.result.errors, "err\n");
    ck_assert_uint_eq(run.result.output_size, 4);
    ck_assert(!run.result.truncated);
    end_run(&run);
}
END_TEST

START_TEST(a_time_out_may_be_longer_than_poll_can_wait)
{
    struct run run = { .options.shell = "sleep 0.05; echo out", .options.timeout = 1e12 };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, 0);
    ck_assert_str_eq(run.result.output, "out\n");
    end_run(&run);
}
END_TEST

START_TEST(a_child_reads_its_input)
{
    size_t size = 300000;
    char *input = malloc(size);

    memset(input, 'x', size);
    const char *const argv[] = { "wc", "-c", NULL };
    struct run run = { .options = { .argv = argv, .input = input, .input_size = size } };
    run_child(&run, _i);
    ck_assert_int_eq(run.r, 0);
    ck_assert_str_eq(run.result.output, "300000\n");
    free(input);
    end_run(&run);
}
END_TEST

START_TEST(a_child_that_does_not_read_its_input_does_no_harm)
{
    char input[200000] = "";
    struct run run = {
        .options = { .shell = "exec 0<&-; echo done", .input = input, .input_size = sizeof(input) }
    };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, 0);
    ck_assert_str_eq(run.result.output, "done\n");
    end_run(&run);
}
END_TEST

START_TEST(output_beyond_the_limit_is_dropped)
{
    struct run run = { .options = { .shell = "head -c 100000 /dev/zero; echo 12345 >&2",
                                    .output_limit = 5 } };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, 0);
    ck_assert_uint_eq(run.result.output_size, 5);
    ck_assert_uint_eq(run.result.errors_size, 5);
    ck_assert(run.result.truncated);
    end_run(&run);
}
END_TEST

START_TEST(without_a_limit_one_mebibyte_is_kept)
{
    struct run run = { .options.shell =
                           "head -c 1048576 /dev/zero; head -c 1048577 /dev/zero >&2" };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, 0);
    ck_assert_uint_eq(run.result.output_size, 1048576);
    ck_assert_uint_eq(run.result.errors_size, 1048576);
    ck_assert(run.result.truncated);
    end_run(&run);
}
END_TEST

START_TEST(output_of_just_the_limit_is_whole)
{
    struct run run = { .options = { .shell = "printf 12345", .output_limit = 5 } };

    run_child(&run, _i);
    ck_assert_str_eq(run.result.output, "12345");
    ck_assert(!run.result.truncated);
    end_run(&run);
}
END_TEST

START_TEST(a_signal_is_a_status_above_128)
{
    struct run run = { .options.shell = "kill -9 $$" };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, 0);
    ck_assert_int_eq(run.result.status, 128 + SIGKILL);
    end_run(&run);
}
END_TEST

START_TEST(what_cannot_be_started_is_an_error)
{
    const char *const argv[] = { "/nonexistent/program", NULL };
    struct run run = { .options.argv = argv };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, -ENOENT);
    ck_assert_ptr_nonnull(strstr(run.err.message, "/nonexistent/program cannot be started"));
    end_run(&run);
}
END_TEST

/* True when no process of the group that @path tells is left. */
static bool group_is_gone(const char *path)
{
    int group = 0;
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &group), 1);
    fclose(file);
    unlink(path);
    for (int i = 0; i < 200 && kill(-group, 0) == 0; i++)
        usleep(10000); /* init reaps the grandchild in its own time */
    return kill(-group, 0) < 0 && errno == ESRCH;
}

START_TEST(a_time_out_kills_grandchildren)
{
    char path[] = "/tmp/hass-test-XXXXXX";
    char shell[128];

    close(mkstemp(path));
    snprintf(shell, sizeof(shell), "echo $$ > %s; sleep 600 & sleep 600", path);
    struct run run = { .options = { .shell = shell, .timeout = 0.3 } };
    run_child(&run, _i);
    ck_assert_int_eq(run.r, -ETIMEDOUT);
    ck_assert_str_eq(run.err.message, "killed after 0.3 s");
    ck_assert(group_is_gone(path));
    end_run(&run);
}
END_TEST

START_TEST(a_grandchild_that_holds_the_output_is_killed_in_time)
{
    struct run run = { .options = { .shell = "sleep 600 & exit 0", .timeout = 0.3 } };

    run_child(&run, _i);
    ck_assert_int_eq(run.r, -ETIMEDOUT);
    end_run(&run);
}
END_TEST

START_TEST(cancelling_kills_the_child)
{
    struct run run = { .options = { .size = sizeof(run.options), .shell = "sleep 600" },
                       .err = HASS_ERROR_INIT };

    run.hass = start();
    hass__assert_loop();
    struct hass_task *task = begin(run.hass, run_on_loop, &run);
    hass_task_async_cancel(task, NULL);
    runtime_settle(run.hass->runtime);
    ck_assert_int_eq(run.r, -ECANCELED);
    hass_task_unref(task);
    end_run(&run);
}
END_TEST

START_TEST(a_child_inherits_nothing_it_should_not)
{
    setenv("NOTIFY_SOCKET", "/run/x", 1);
    setenv("HASS_TEST_VALUE", "kept", 1);
    int fd = open("/dev/null", O_RDONLY); /* without O_CLOEXEC on purpose */
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    struct run run = { .options = { .shell = "echo ${NOTIFY_SOCKET-none} $HASS_TEST_VALUE; pwd; "
                                             "ls /proc/self/fd | wc -l; "
                                             "grep -E '^Sig(Blk|Ign)' /proc/self/status",
                                    .cwd = "/" } };
    run_child(&run, _i);
    unsigned long long blocked = 1;
    unsigned long long ignored = 1;
    int descriptors = 0;
    ck_assert_int_eq(sscanf(run.result.output, "none kept / %d SigBlk: %llx SigIgn: %llx",
                            &descriptors, &blocked, &ignored),
                     3);
    ck_assert_int_eq(descriptors, 4); /* the three, and the folder that ls reads */
    ck_assert_uint_eq(blocked, 0);
    ck_assert_uint_eq(ignored & 0x7fffffff, 0); /* libc ignores its own two */
    close(fd);
    pthread_sigmask(SIG_UNBLOCK, &all, NULL);
    end_run(&run);
}
END_TEST

START_TEST(a_given_environment_is_the_whole_environment)
{
    const char *const envp[] = { "A=1", "B=2", NULL };
    const char *const argv[] = { "/usr/bin/env", NULL };
    struct run run = { .options = { .argv = argv, .envp = envp } };

    run_child(&run, _i);
    ck_assert_str_eq(run.result.output, "A=1\nB=2\n");
    end_run(&run);
}
END_TEST

/* signals */

static HASS_CALLBACK int count_signal(struct hass *hass, void *userdata, struct hass_error *err)
{
    ++*(int *)userdata;
    return 0;
}

START_TEST(a_watched_signal_runs_its_job)
{
    struct hass *hass = start();
    int count = 0;
    struct hass_sub *sub;

    hass__assert_loop();
    struct hass_job job = HASS_JOB_CALLBACK(count_signal, &count);
    ck_assert_int_eq(hass_process_async_watch_signal(hass, SIGUSR1, job, &sub, NULL), 0);
    ck_assert_int_eq(hass_process_async_watch_signal(hass, SIGUSR1, job, NULL, NULL),
                     HASS_E_EXISTS);
    ck_assert_int_eq(hass_process_async_watch_signal(hass, SIGKILL, job, NULL, NULL),
                     HASS_E_INVALID);
    kill(getpid(), SIGUSR1);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(count, 1);
    hass_sub_async_remove(sub);
    ck_assert_int_eq(hass_process_async_watch_signal(hass, SIGUSR1, job, NULL, NULL), 0);
    kill(getpid(), SIGUSR1);
    runtime_settle(hass->runtime);
    ck_assert_int_eq(count, 2);
    finish(hass);
}
END_TEST

START_TEST(a_signal_no_longer_watched_has_its_effect_again)
{
    struct hass *hass = start();
    struct hass_sub *sub;

    hass__assert_loop();
    hass_process_async_watch_signal(hass, SIGUSR2, HASS_JOB_CALLBACK(count_signal, NULL), &sub,
                                    NULL);
    hass_sub_async_remove(sub);
    kill(getpid(), SIGUSR2);
}
END_TEST

START_TEST(a_file_that_may_not_grow_is_an_error_and_no_signal)
{
    struct hass *hass = start();
    FILE *file = tmpfile();
    struct rlimit former;

    getrlimit(RLIMIT_FSIZE, &former);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, former.rlim_max }), 0);
    ssize_t n = write(fileno(file), "x", 1);
    int number = errno;
    setrlimit(RLIMIT_FSIZE, &former);
    fclose(file);
    ck_assert_int_eq(n, -1);
    ck_assert_int_eq(number, EFBIG);
    finish(hass);
}
END_TEST

START_TEST(writing_to_nobody_kills_nobody)
{
    struct hass *hass = start();
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    close(fds[0]);
    ck_assert_int_lt(write(fds[1], "x", 1), 0);
    ck_assert_int_eq(errno, EPIPE);
    close(fds[1]);
    finish(hass);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *children = tcase_create("children");

    tcase_set_timeout(children, 60);
    tcase_add_loop_test(children, a_child_gives_its_output_and_status, 0, 2);
    tcase_add_loop_test(children, a_time_out_may_be_longer_than_poll_can_wait, 0, 2);
    tcase_add_loop_test(children, a_child_reads_its_input, 0, 2);
    tcase_add_loop_test(children, a_child_that_does_not_read_its_input_does_no_harm, 0, 2);
    tcase_add_loop_test(children, output_beyond_the_limit_is_dropped, 0, 2);
    tcase_add_loop_test(children, without_a_limit_one_mebibyte_is_kept, 0, 2);
    tcase_add_loop_test(children, output_of_just_the_limit_is_whole, 0, 2);
    tcase_add_loop_test(children, a_signal_is_a_status_above_128, 0, 2);
    tcase_add_loop_test(children, what_cannot_be_started_is_an_error, 0, 2);
    tcase_add_loop_test(children, a_time_out_kills_grandchildren, 0, 2);
    tcase_add_loop_test(children, a_grandchild_that_holds_the_output_is_killed_in_time, 0, 2);
    tcase_add_test(children, cancelling_kills_the_child);
    tcase_add_loop_test(children, a_child_inherits_nothing_it_should_not, 0, 2);
    tcase_add_loop_test(children, a_given_environment_is_the_whole_environment, 0, 2);
    suite_add_tcase(suite, children);
    TCase *signals = tcase_create("signals");
    tcase_add_test(signals, a_watched_signal_runs_its_job);
    tcase_add_test_raise_signal(signals, a_signal_no_longer_watched_has_its_effect_again, SIGUSR2);
    tcase_add_test(signals, writing_to_nobody_kills_nobody);
    tcase_add_test(signals, a_file_that_may_not_grow_is_an_error_and_no_signal);
    suite_add_tcase(suite, signals);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
