/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's log: form of a line, and that a reader that has stopped reading does not stop the writer. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include <hass/buf.h>
#include <hass/log.h>

#include "daemon/log_format.h"
#include "daemon/log_sink.h"

static const struct hass_log_record record = {
    .size = sizeof(record),
    .level = HASS_LOG_WARNING,
    .logger = "light",
    .file = "light.c",
    .function = "turn_on",
    .message = "too \033[31mbright",
    .line = 12,
    .time = INT64_C(1795309323004000), /* 2026-11-22 01:02:03.004 UTC */
};

START_TEST(a_line_has_time_level_integration_and_place)
{
    autobuf line = HASS_BUF_INIT;

    setenv("TZ", "UTC", 1);
    tzset();
    log_format_line(&record, false, &line);
    ck_assert_str_eq(hass_buf_string(&line),
                     "2026-11-22 01:02:03.004 WARNING (light) [light.c:12] too ?[31mbright\n");
}
END_TEST

START_TEST(colour_surrounds_the_line)
{
    autobuf line = HASS_BUF_INIT;

    log_format_line(&record, true, &line);
    ck_assert(strncmp(hass_buf_string(&line), "\033[33m", 5) == 0);
    ck_assert(strstr(hass_buf_string(&line), "\033[0m\n") != NULL);
}
END_TEST

START_TEST(levels_have_priorities)
{
    static const struct {
        enum hass_log_level level;
        int priority;
    } expected[] = { { HASS_LOG_DEBUG, 7 },
                     { HASS_LOG_INFO, 6 },
                     { HASS_LOG_WARNING, 4 },
                     { HASS_LOG_ERROR, 3 },
                     { HASS_LOG_CRITICAL, 2 } };

    ck_assert_int_eq(log_format_priority(expected[_i].level), expected[_i].priority);
}
END_TEST

/* Standard error becomes a pipe; returns the end to read from. */
static int pipe_stderr(void)
{
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    close(ends[1]);
    return ends[0];
}

START_TEST(a_line_is_written_at_once_where_that_does_not_wait)
{
    int end = pipe_stderr();
    struct log_sink *sink = log_sink_create();
    char text[512];

    hass_error("hello %d", 1);
    ssize_t n = read(end, text, sizeof(text) - 1); /* would hang when nothing was written */
    ck_assert_int_gt(n, 0);
    text[n] = '\0';
    ck_assert(strstr(text, "ERROR (core) [test_log_sink.c:") != NULL);
    ck_assert(strstr(text, "] hello 1\n") != NULL);
    ck_assert(strchr(text, '\033') == NULL);
    log_sink_destroy(sink);
}
END_TEST

/* Reads until every writer has gone; counts lines, and says how many the log admits to have lost. */
static size_t drain(int end, size_t *ret_lost)
{
    FILE *in = fdopen(end, "r");
    char line[8192];
    size_t count = 0;

    *ret_lost = 0;
    while (fgets(line, sizeof(line), in)) {
        const char *lost = strstr(line, "log_sink.c:");
        if (lost && sscanf(strstr(lost, "] "), "] %zu log lines were lost", ret_lost) == 1)
            continue;
        count++;
    }
    fclose(in);
    return count;
}

static size_t lines_left;
static size_t lines_lost;

static void *drain_thread(void *arg)
{
    lines_left = drain(*(int *)arg, &lines_lost);
    return NULL;
}

/* The records are handed to the sink directly: what the log's own rate limit drops is not the sink's loss. */
START_TEST(a_reader_that_has_stopped_does_not_stop_us_and_what_is_lost_is_counted)
{
    enum { LINES = 3000, SIZE = 1000 };
    int end = pipe_stderr();
    struct log_sink *sink = log_sink_create();
    char message[SIZE];
    pthread_t reader;

    memset(message, 'x', sizeof(message) - 1);
    message[sizeof(message) - 1] = '\0';
    struct hass_log_record big = record;
    big.message = message;
    for (int i = 0; i < LINES; i++)
        log_sink_write(sink, &big);
    pthread_create(&reader, NULL, drain_thread, &end);
    log_sink_destroy(sink);
    close(STDERR_FILENO);
    pthread_join(reader, NULL);
    ck_assert_uint_gt(lines_lost, 0);
    ck_assert_uint_eq(lines_left + lines_lost, LINES);
}
END_TEST

/* The line of a record of which only the message matters. */
static size_t length_of_line(const struct hass_log_record *one)
{
    autobuf line = HASS_BUF_INIT;

    log_format_line(one, false, &line);
    return line.length;
}

/* Two lines fill it to the last byte; one byte more, and the second is lost. */
START_TEST(the_queue_holds_one_mebibyte)
{
    enum { LIMIT = 1024 * 1024, PIPE = 65536 };
    static char message[LIMIT + PIPE];
    int end = pipe_stderr();
    struct log_sink *sink = log_sink_create();
    struct hass_log_record big = record, one = record;
    pthread_t reader;

    /* The writer takes this one off the queue and hangs on it. */
    memset(message, 'x', 2 * PIPE);
    big.message = message;
    log_sink_write(sink, &big);
    while (log_sink_queued(sink))
        sched_yield();
    size_t around = length_of_line(&big) - 2 * PIPE;
    memset(message, 'x', LIMIT - length_of_line(&one) - around + (size_t)_i);
    log_sink_write(sink, &big);
    log_sink_write(sink, &one);
    ck_assert_uint_eq(log_sink_queued(sink), _i ? LIMIT + 1 - length_of_line(&one) : LIMIT);
    pthread_create(&reader, NULL, drain_thread, &end);
    log_sink_destroy(sink);
    close(STDERR_FILENO);
    pthread_join(reader, NULL);
    ck_assert_uint_eq(lines_lost, (size_t)_i);
}
END_TEST

START_TEST(a_reader_that_never_reads_does_not_stop_the_end)
{
    int end = pipe_stderr();
    struct log_sink *sink = log_sink_create();
    struct hass_log_record one = record;
    struct timespec begin, now;

    for (int i = 0; i < 2000; i++)
        log_sink_write(sink, &one);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    log_sink_destroy(sink);
    clock_gettime(CLOCK_MONOTONIC, &now);
    ck_assert_int_le(now.tv_sec - begin.tv_sec, 3);
    close(end);
}
END_TEST

/* the journal: a socket of ours in its place, in a mount namespace of our own */

static bool mount_own_run(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "/run", "tmpfs", 0, NULL) == 0 && mkdir("/run/systemd", 0755) == 0 &&
           mkdir("/run/systemd/journal", 0755) == 0;
}

static int listen_as_journal(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX,
                                   .sun_path = "/run/systemd/journal/socket" };
    struct timeval limit = { .tv_sec = 10 };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    return fd;
}

/* As systemd does for standard error that leads to the journal. */
static void name_journal_stream(void)
{
    struct stat status;
    char name[64];

    ck_assert_int_eq(fstat(STDERR_FILENO, &status), 0);
    snprintf(name, sizeof(name), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    setenv("JOURNAL_STREAM", name, 1);
}

START_TEST(the_journal_gets_structured_fields)
{
    static const char *const fields[] = { "MESSAGE=too",
                                          "PRIORITY=4\n",
                                          "SYSLOG_IDENTIFIER=hassd\n",
                                          "HASS_INTEGRATION=light\n",
                                          "HASS_ENTITY=light.kitchen\n",
                                          "CODE_FILE=light.c\n",
                                          "CODE_LINE=12\n",
                                          "CODE_FUNC=turn_on\n" };
    struct hass_log_record entry = record;
    char text[4096];

    if (!mount_own_run())
        return; /* no namespaces here: nothing can take the journal's place */
    int journal = listen_as_journal();
    name_journal_stream();
    struct log_sink *sink = log_sink_create();
    entry.entity_id = "light.kitchen";
    log_sink_write(sink, &entry);
    ssize_t n = recv(journal, text, sizeof(text) - 1, 0);
    ck_assert_int_gt(n, 0);
    text[n] = '\0';
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        ck_assert_msg(strstr(text, fields[i]) != NULL, "no %s in %s", fields[i], text);
    log_sink_destroy(sink);
    close(journal);
}
END_TEST

START_TEST(another_stream_is_not_the_journal)
{
    int end = pipe_stderr();
    char text[512];

    setenv("JOURNAL_STREAM", "1:1", 1);
    struct log_sink *sink = log_sink_create();
    log_sink_write(sink, &record);
    ck_assert_int_gt(read(end, text, sizeof(text)), 0);
    log_sink_destroy(sink);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log_sink");
    TCase *tcase = tcase_create("log_sink");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, a_line_has_time_level_integration_and_place);
    tcase_add_test(tcase, colour_surrounds_the_line);
    tcase_add_loop_test(tcase, levels_have_priorities, 0, 5);
    tcase_add_test(tcase, a_line_is_written_at_once_where_that_does_not_wait);
    tcase_add_test(tcase, a_reader_that_has_stopped_does_not_stop_us_and_what_is_lost_is_counted);
    tcase_add_loop_test(tcase, the_queue_holds_one_mebibyte, 0, 2);
    tcase_add_test(tcase, a_reader_that_never_reads_does_not_stop_the_end);
    tcase_add_test(tcase, the_journal_gets_structured_fields);
    tcase_add_test(tcase, another_stream_is_not_the_journal);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
