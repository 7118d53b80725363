/* SPDX-License-Identifier: Apache-2.0 */
/* What the real daemon tells its service manager: ready, reloading, ready again, fed watchdog, stopping. */
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#define TIME_LIMIT 20000 /* milliseconds */

extern char **environ;

static char folder[] = "/tmp/hassd-notify-XXXXXX";
static int notify_fd;
static pid_t daemon_pid;

static void write_config(const char *text)
{
    char path[128];
    FILE *out;

    snprintf(path, sizeof(path), "%s/configuration.yaml", folder);
    out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
}

static void listen_for_messages(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", folder);
    notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(notify_fd, (struct sockaddr *)&address, sizeof(address)), 0);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
}

static void start_daemon(void)
{
    char log[128];
    const char *const argv[] = { TEST_BUILD "/hassd", "run", "--config", folder, NULL };
    posix_spawn_file_actions_t actions;

    snprintf(log, sizeof(log), "%s/log", folder);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT, 0600);
    ck_assert_int_eq(
        posix_spawn(&daemon_pid, argv[0], &actions, NULL, (char *const *)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
}

static void set_up(void)
{
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_config("input_boolean:\n  busy:\n");
    listen_for_messages();
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    return remove(path);
}

static void tear_down(void)
{
    if (daemon_pid > 0) {
        kill(daemon_pid, SIGKILL);
        waitpid(daemon_pid, NULL, 0);
    }
    close(notify_fd);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Waits for a message with @text in it, passing over others. */
static void expect_message(const char *text, char *message, size_t size)
{
    for (;;) {
        struct pollfd input = { .fd = notify_fd, .events = POLLIN };
        ck_assert_msg(poll(&input, 1, TIME_LIMIT) == 1, "no message with '%s' came", text);
        ssize_t n = recv(notify_fd, message, size - 1, 0);
        message[n > 0 ? n : 0] = '\0';
        if (strstr(message, text))
            return;
    }
}

static void expect_exit(int code)
{
    int status;

    ck_assert_int_eq(waitpid(daemon_pid, &status, 0), daemon_pid);
    daemon_pid = 0;
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), code);
}

START_TEST(the_life_of_the_daemon_is_told)
{
    char message[1024];

    start_daemon();
    expect_message("READY=1", message, sizeof(message));
    ck_assert(strstr(message, "STATUS=") != NULL);
    kill(daemon_pid, SIGHUP);
    expect_message("RELOADING=1", message, sizeof(message));
    ck_assert(strstr(message, "MONOTONIC_USEC=") != NULL);
    expect_message("READY=1", message, sizeof(message));
    kill(daemon_pid, SIGTERM);
    expect_message("STOPPING=1", message, sizeof(message));
    expect_exit(0);
}
END_TEST

START_TEST(the_watchdog_is_fed_from_the_loop)
{
    char message[1024];

    setenv("WATCHDOG_USEC", "200000", 1);
    start_daemon();
    for (int i = 0; i < 3; i++)
        expect_message("WATCHDOG=1", message, sizeof(message));
    kill(daemon_pid, SIGTERM);
    expect_exit(0);
}
END_TEST

/* An integration that holds the loop for two seconds when the home has started. */
static void build_holder(void)
{
    static const char source[] =
        "#include <time.h>\n"
        "#include <hass/integration.h>\n"
        "HASS_MANIFEST(.domain = \"holder\", .name = \"Holder\", .version = \"1\");\n"
        "static HASS_CALLBACK int hold(const struct hass_event *event, void *userdata, struct "
        "hass_error *err)\n"
        "{\n"
        "    return nanosleep(&(struct timespec){ .tv_sec = 2 }, NULL);\n"
        "}\n"
        "int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)\n"
        "{\n"
        "    return hass_bus_async_listen(hass, \"hold\", NULL, HASS_JOB_CALLBACK(hold, NULL), "
        "NULL, "
        "err);\n"
        "}\n";
    char command[1024], path[128];

    snprintf(path, sizeof(path), "%s/integrations", folder);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    snprintf(path, sizeof(path), "%s/holder.c", folder);
    FILE *out = fopen(path, "w");
    fputs(source, out);
    fclose(out);
    snprintf(command, sizeof(command),
             TEST_CC " -shared -fPIC -I" TEST_SOURCE "/lib/include %s -o %s/integrations/holder.so "
                     "-L" TEST_BUILD " -lhass",
             path, folder);
    ck_assert_int_eq(system(command), 0);
    write_config("holder:\n");
}

/* In the background: the answer comes when the listeners have run. */
static void fire(const char *event)
{
    char command[512];

    snprintf(command, sizeof(command), TEST_BUILD "/hassctl --config %s fire %s >/dev/null &",
             folder, event);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_held_loop_does_not_feed)
{
    char message[1024];
    struct pollfd input = { .fd = notify_fd, .events = POLLIN };

    setenv("WATCHDOG_USEC", "200000", 1);
    build_holder();
    start_daemon();
    expect_message("READY=1", message, sizeof(message));
    expect_message("WATCHDOG=1", message, sizeof(message));
    fire("hold");
    poll(NULL, 0, 400); /* until it is held */
    while (poll(&input, 1, 0) == 1)
        (void)recv(notify_fd, message, sizeof(message), 0);
    ck_assert_int_eq(poll(&input, 1, 1000), 0);
    expect_message("WATCHDOG=1", message, sizeof(message));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify");
    TCase *tcase = tcase_create("notify");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, the_life_of_the_daemon_is_told);
    tcase_add_test(tcase, the_watchdog_is_fed_from_the_loop);
    tcase_add_test(tcase, a_held_loop_does_not_feed);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
