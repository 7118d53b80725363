/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over socket pairs, and the listener on a unix socket. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <hass/buf.h>

#include "run/stream.h"
#include "tests/lib/run/probe.h"

/* A stream on one end of a socket pair, the other end in the test's hands. */
struct wire {
    struct hass *hass;
    struct hass_stream *stream;
    int peer;
    size_t limit;
    double timeout;
    char trace[512];
    int last;
    struct hass_task *task;
};

static void wire_open(struct wire *wire, const struct hass_stream_limits *limits)
    HASS__ANALYSIS(assert_capability(hass_loop));
static void wire_open(struct wire *wire, const struct hass_stream_limits *limits)
{
    int fds[2];

    *wire = (struct wire){ .hass = start(), .limit = 16, .timeout = HASS_FOREVER };
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    wire->stream = stream_new(wire->hass, fds[0], limits, NULL);
    wire->peer = fds[1];
}

static HASS_CALLBACK void wire_close(struct wire *wire)
{
    if (wire->task != NULL)
        end(wire->hass, wire->task);
    stream_unref(wire->stream);
    close(wire->peer);
    finish(wire->hass);
}

/* Short ones in brackets, long ones as their length. */
static void note(struct wire *wire, const struct hass_buf *data)
{
    size_t used = strlen(wire->trace);
    char *place = wire->trace + used;

    if (data->length <= 100)
        snprintf(place, sizeof(wire->trace) - used, "[%s]", hass_buf_string(data));
    else
        snprintf(place, sizeof(wire->trace) - used, "[%zu]", data->length);
}

static HASS_COROUTINE int read_lines(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct wire *wire = userdata;
    autobuf line = HASS_BUF_INIT;

    while ((wire->last = hass_stream_async_read_line(wire->stream, wire->limit, wire->timeout,
                                                     &line, NULL)) == 1)
        note(wire, &line);
    return 0;
}

static HASS_COROUTINE int read_bytes(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct wire *wire = userdata;
    autobuf data = HASS_BUF_INIT;

    while ((wire->last = (int)hass_stream_async_read(wire->stream, wire->limit, wire->timeout,
                                                     &data, NULL)) > 0)
        note(wire, &data);
    return 0;
}

static HASS_COROUTINE int drain(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct wire *wire = userdata;

    wire->last = 1;
    wire->last = hass_stream_async_drain(wire->stream, wire->timeout, NULL);
    return 0;
}

static HASS_CALLBACK void say(struct wire *wire, const char *text)
{
    ck_assert_int_eq(write(wire->peer, text, strlen(text)), (ssize_t)strlen(text));
    runtime_settle(wire->hass->runtime);
}

START_TEST(lines_come_without_their_ends)
{
    struct wire wire;

    wire_open(&wire, NULL);
    wire.task = begin(wire.hass, read_lines, &wire);
    say(&wire, "one\ntwo\r\n\nth");
    ck_assert_str_eq(wire.trace, "[one][two][]");
    say(&wire, "ree\n");
    ck_assert_str_eq(wire.trace, "[one][two][][three]");
    shutdown(wire.peer, SHUT_WR);
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(wire.last, 0);
    wire_close(&wire);
}
END_TEST

START_TEST(a_line_of_just_the_limit_is_read)
{
    struct wire wire;

    wire_open(&wire, NULL);
    wire.task = begin(wire.hass, read_lines, &wire);
    say(&wire, "0123456789abcdef\n0123456789abcdef\r\n");
    ck_assert_str_eq(wire.trace, "[0123456789abcdef][0123456789abcdef]");
    say(&wire, _i == 0 ? "0123456789abcdefg" : "0123456789abcdefg\n");
    ck_assert_int_eq(wire.last, HASS_E_LIMIT);
    wire_close(&wire);
}
END_TEST

START_TEST(long_lines_arrive_in_pieces)
{
    struct wire wire;
    static char text[400001];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\n';
    wire_open(&wire, NULL);
    wire.limit = sizeof(text) - 1;
    wire.task = begin(wire.hass, read_lines, &wire);
    fcntl(wire.peer, F_SETFL, O_NONBLOCK);
    for (size_t sent = 0; sent < sizeof(text);) {
        ssize_t n = write(wire.peer, text + sent, sizeof(text) - sent);
        sent += n > 0 ? (size_t)n : 0;
        runtime_settle(wire.hass->runtime);
    }
    ck_assert_str_eq(wire.trace, "[400000]");
    shutdown(wire.peer, SHUT_WR);
    runtime_settle(wire.hass->runtime);
    wire_close(&wire);
}
END_TEST

START_TEST(bytes_come_as_they_are)
{
    struct wire wire;

    wire_open(&wire, NULL);
    wire.limit = 4;
    wire.task = begin(wire.hass, read_bytes, &wire);
    say(&wire, "abcdef");
    ck_assert_str_eq(wire.trace, "[abcd][ef]");
    close(wire.peer);
    wire.peer = -1;
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(wire.last, 0);
    wire_close(&wire);
}
END_TEST

START_TEST(reading_times_out_and_is_cancelled)
{
    struct wire wire;

    wire_open(&wire, NULL);
    wire.timeout = 5;
    wire.task = begin(wire.hass, _i < 2 ? read_lines : read_bytes, &wire);
    if (_i % 2 == 0)
        runtime_advance(wire.hass->runtime, 6);
    else
        hass_task_async_cancel(wire.task, NULL);
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(wire.last, _i % 2 == 0 ? -ETIMEDOUT : -ECANCELED);
    wire_close(&wire);
}
END_TEST

START_TEST(what_is_written_in_a_turn_leaves_in_one_piece)
{
    struct wire wire;
    char text[64] = "";

    wire_open(&wire, NULL);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(hass_stream_async_write(wire.stream, "abc", 3, NULL), 0);
    ck_assert_int_lt(recv(wire.peer, text, sizeof(text), MSG_DONTWAIT), 0);
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(recv(wire.peer, text, sizeof(text), MSG_DONTWAIT), 9);
    ck_assert_str_eq(text, "abcabcabc");
    wire_close(&wire);
}
END_TEST

static HASS_CALLBACK void stuff(struct wire *wire, size_t size)
{
    char *data = calloc(1, size);

    ck_assert_int_eq(hass_stream_async_write(wire->stream, data, size, NULL), 0);
    free(data);
    runtime_settle(wire->hass->runtime);
}

START_TEST(drain_waits_for_a_slow_reader)
{
    struct wire wire;
    char data[65536];

    wire_open(&wire, NULL);
    stuff(&wire, 1 << 20);
    wire.task = begin(wire.hass, drain, &wire);
    ck_assert_int_eq(wire.last, 1);
    for (size_t total = 0; total < 1 << 20;) {
        ssize_t n = recv(wire.peer, data, sizeof(data), MSG_DONTWAIT);
        total += n > 0 ? (size_t)n : 0;
        runtime_settle(wire.hass->runtime);
    }
    ck_assert_int_eq(wire.last, 0);
    wire_close(&wire);
}
END_TEST

START_TEST(draining_times_out_and_is_cancelled)
{
    struct wire wire;

    wire_open(&wire, NULL);
    wire.timeout = 5;
    stuff(&wire, 1 << 20);
    wire.task = begin(wire.hass, drain, &wire);
    if (_i == 0)
        runtime_advance(wire.hass->runtime, 6);
    else
        hass_task_async_cancel(wire.task, NULL);
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(wire.last, _i == 0 ? -ETIMEDOUT : -ECANCELED);
    wire_close(&wire);
}
END_TEST

START_TEST(a_reader_that_takes_nothing_is_cut_off)
{
    struct wire wire;

    wire_open(&wire, NULL);
    stuff(&wire, 1 << 20);
    wire.task = begin(wire.hass, drain, &wire);
    runtime_advance(wire.hass->runtime, 29.9);
    ck_assert_int_eq(wire.last, 1);
    runtime_advance(wire.hass->runtime, 0.2);
    ck_assert_int_eq(wire.last, HASS_E_CLOSED);
    ck_assert_int_eq(hass_stream_async_write(wire.stream, "x", 1, NULL), HASS_E_CLOSED);
    wire_close(&wire);
}
END_TEST

START_TEST(output_beyond_the_limit_is_refused)
{
    struct wire wire;
    struct hass_stream_limits limits = { .size = sizeof(limits), .output = 1000 };
    char data[1001] = "";

    wire_open(&wire, &limits);
    ck_assert_int_eq(hass_stream_async_write(wire.stream, data, 1001, NULL), HASS_E_LIMIT);
    ck_assert_int_eq(hass_stream_async_write(wire.stream, data, 1000, NULL), 0);
    ck_assert_int_eq(hass_stream_async_write(wire.stream, data, 1, NULL), HASS_E_LIMIT);
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(hass_stream_async_write(wire.stream, data, 1000, NULL), 0);
    wire_close(&wire);
}
END_TEST

START_TEST(writing_to_a_peer_that_went_away_fails)
{
    struct wire wire;

    wire_open(&wire, NULL);
    wire.task = begin(wire.hass, read_lines, &wire);
    close(wire.peer);
    wire.peer = -1;
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(wire.last, 0);
    ck_assert_int_eq(hass_stream_async_write(wire.stream, "x", 1, NULL), 0);
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(hass_stream_async_write(wire.stream, "x", 1, NULL), HASS_E_CLOSED);
    wire_close(&wire);
}
END_TEST

START_TEST(shutdown_ends_the_reader)
{
    struct wire wire;
    char text[8];

    wire_open(&wire, NULL);
    wire.task = begin(wire.hass, read_lines, &wire);
    hass_stream_async_write(wire.stream, "bye", 3, NULL);
    hass_stream_async_shutdown(wire.stream);
    runtime_settle(wire.hass->runtime);
    ck_assert_int_eq(wire.last, 0);
    ck_assert_int_eq(recv(wire.peer, text, sizeof(text), 0), 3);
    ck_assert_int_eq(recv(wire.peer, text, sizeof(text), 0), 0);
    wire_close(&wire);
}
END_TEST

/* the listener */

struct server {
    struct hass *hass;
    char folder[32];
    char path[64];
    struct hass_sub *sub;
    struct hass_peer peer;
    int served;
};

static HASS_COROUTINE int echo(struct hass_stream *stream, void *userdata, struct hass_error *err)
{
    struct server *server = userdata;
    autobuf line = HASS_BUF_INIT;

    server->served++;
    hass_stream_peer(stream, &server->peer, NULL);
    int r;
    while ((r = hass_stream_async_read_line(stream, 100, HASS_FOREVER, &line, err)) == 1) {
        hass_buf_add_char(&line, '\n');
        hass_stream_async_write(stream, line.data, line.length, NULL);
    }
    return r;
}

static HASS_CALLBACK int listen_at(struct server *server, const struct hass_stream_limits *limits,
                                   struct hass_sub **ret_sub)
{
    return hass_stream_async_listen_unix(server->hass, server->path, 0640, limits,
                                         HASS_JOB_COROUTINE(echo, server), ret_sub, NULL);
}

static void server_start(struct server *server) HASS__ANALYSIS(assert_capability(hass_loop));
static void server_start(struct server *server)
{
    *server = (struct server){ .hass = start(), .folder = "/tmp/hass-test-XXXXXX" };
    ck_assert_ptr_nonnull(mkdtemp(server->folder));
    snprintf(server->path, sizeof(server->path), "%s/sock", server->folder);
    server->peer.size = sizeof(server->peer);
}

static void server_stop(struct server *server)
{
    finish(server->hass);
    ck_assert_int_lt(access(server->path, F_OK), 0);
    rmdir(server->folder);
}

static int dial(const struct server *server)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", server->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

START_TEST(a_listener_serves_connections)
{
    struct server server;
    struct stat status;
    char text[16] = "";

    server_start(&server);
    ck_assert_int_eq(listen_at(&server, NULL, &server.sub), 0);
    ck_assert_int_eq(stat(server.path, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0640);
    int fd = dial(&server);
    ck_assert_int_eq(write(fd, "hello\n", 6), 6);
    runtime_settle(server.hass->runtime);
    ck_assert_int_eq(recv(fd, text, sizeof(text), MSG_DONTWAIT), 6);
    ck_assert_str_eq(text, "hello\n");
    ck_assert_int_eq(server.peer.pid, getpid());
    ck_assert_uint_eq(server.peer.uid, getuid());
    /* Removed, it still serves whom it has. */
    hass_sub_async_remove(server.sub);
    ck_assert_int_lt(dial(&server), 0);
    ck_assert_int_eq(write(fd, "again\n", 6), 6);
    runtime_settle(server.hass->runtime);
    ck_assert_int_eq(recv(fd, text, sizeof(text), MSG_DONTWAIT), 6);
    close(fd);
    runtime_settle(server.hass->runtime);
    server_stop(&server);
}
END_TEST

START_TEST(the_stream_is_closed_when_its_coroutine_returns)
{
    struct server server;
    char text[128];

    server_start(&server);
    listen_to_log();
    listen_at(&server, NULL, NULL);
    int fd = dial(&server);
    memset(text, 'x', sizeof(text));
    ck_assert_int_eq(write(fd, text, sizeof(text)), sizeof(text));
    runtime_settle(server.hass->runtime);
    ck_assert_ptr_nonnull(strstr(log_text, "a line is longer than 100 bytes"));
    ck_assert_int_le(recv(fd, text, sizeof(text), MSG_DONTWAIT), 0);
    ck_assert(errno != EAGAIN);
    close(fd);
    server_stop(&server);
}
END_TEST

START_TEST(an_old_socket_is_replaced_unless_somebody_answers)
{
    struct server server;

    server_start(&server);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", server.path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(listen_at(&server, NULL, NULL), -EADDRINUSE);
    close(fd);
    ck_assert_int_eq(listen_at(&server, NULL, NULL), 0);
    ck_assert_int_eq(listen_at(&server, NULL, NULL), -EADDRINUSE);
    server_stop(&server);
}
END_TEST

START_TEST(what_is_not_a_socket_is_left_alone)
{
    struct server server;

    server_start(&server);
    int fd = open(server.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    close(fd);
    ck_assert_int_eq(listen_at(&server, NULL, NULL), -EEXIST);
    unlink(server.path);
    server_stop(&server);
}
END_TEST

START_TEST(the_path_of_a_socket_has_107_characters_at_most)
{
    struct server server;
    char path[109];

    server_start(&server);
    size_t length = (size_t)snprintf(path, sizeof(path), "%s/", server.folder);
    memset(path + length, 'x', sizeof(path) - length);
    path[108] = '\0';
    struct hass_job job = HASS_JOB_COROUTINE(echo, &server);
    ck_assert_int_eq(hass_stream_async_listen_unix(server.hass, path, 0600, NULL, job, NULL, NULL),
                     -ENAMETOOLONG);
    path[107] = '\0';
    ck_assert_int_eq(hass_stream_async_listen_unix(server.hass, path, 0600, NULL, job, NULL, NULL),
                     0);
    server_stop(&server);
}
END_TEST

START_TEST(connections_beyond_the_limit_are_closed)
{
    struct server server;
    struct hass_stream_limits limits = { .size = sizeof(limits), .connections = 2 };
    char c;

    server_start(&server);
    listen_to_log();
    listen_at(&server, &limits, NULL);
    int fds[3];
    for (int i = 0; i < 3; i++)
        fds[i] = dial(&server);
    runtime_settle(server.hass->runtime);
    ck_assert_int_eq(server.served, 2);
    ck_assert_int_eq(recv(fds[2], &c, 1, MSG_DONTWAIT), 0);
    close(fds[0]);
    runtime_settle(server.hass->runtime);
    close(fds[2]);
    fds[2] = dial(&server);
    runtime_settle(server.hass->runtime);
    ck_assert_int_eq(server.served, 3);
    close(fds[1]);
    close(fds[2]);
    runtime_settle(server.hass->runtime);
    server_stop(&server);
}
END_TEST

static HASS_COROUTINE int close_scope(struct hass *hass, void *userdata, struct hass_error *err)
{
    return scope_async_close(userdata, 10, err);
}

START_TEST(connections_end_with_their_scope)
{
    struct server server;
    char c;

    server_start(&server);
    struct scope *scope = scope_new(server.hass, "echo");
    struct scope *former = scope_enter(scope);
    listen_at(&server, NULL, NULL);
    scope_leave(former);
    int fd = dial(&server);
    runtime_settle(server.hass->runtime);
    ck_assert_int_eq(server.served, 1);
    listen_to_log();
    struct hass_task *task = begin(server.hass, close_scope, scope);
    runtime_settle(server.hass->runtime);
    ck_assert_int_eq(hass_future_result(hass_task_future(task), NULL), 0);
    ck_assert_int_eq(recv(fd, &c, 1, MSG_DONTWAIT), 0);
    ck_assert_int_lt(dial(&server), 0);
    ck_assert_str_eq(log_text, "");
    end(server.hass, task);
    scope_unref(scope);
    close(fd);
    server_stop(&server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream");
    TCase *streams = tcase_create("streams");

    tcase_set_timeout(streams, 60);
    tcase_add_test(streams, lines_come_without_their_ends);
    tcase_add_loop_test(streams, a_line_of_just_the_limit_is_read, 0, 2);
    tcase_add_test(streams, long_lines_arrive_in_pieces);
    tcase_add_test(streams, bytes_come_as_they_are);
    tcase_add_loop_test(streams, reading_times_out_and_is_cancelled, 0, 4);
    tcase_add_test(streams, what_is_written_in_a_turn_leaves_in_one_piece);
    tcase_add_test(streams, drain_waits_for_a_slow_reader);
    tcase_add_loop_test(streams, draining_times_out_and_is_cancelled, 0, 2);
    tcase_add_test(streams, a_reader_that_takes_nothing_is_cut_off);
    tcase_add_test(streams, output_beyond_the_limit_is_refused);
    tcase_add_test(streams, writing_to_a_peer_that_went_away_fails);
    tcase_add_test(streams, shutdown_ends_the_reader);
    suite_add_tcase(suite, streams);
    TCase *listeners = tcase_create("listeners");
    tcase_set_timeout(listeners, 60);
    tcase_add_test(listeners, a_listener_serves_connections);
    tcase_add_test(listeners, the_stream_is_closed_when_its_coroutine_returns);
    tcase_add_test(listeners, an_old_socket_is_replaced_unless_somebody_answers);
    tcase_add_test(listeners, what_is_not_a_socket_is_left_alone);
    tcase_add_test(listeners, the_path_of_a_socket_has_107_characters_at_most);
    tcase_add_test(listeners, connections_beyond_the_limit_are_closed);
    tcase_add_test(listeners, connections_end_with_their_scope);
    suite_add_tcase(suite, listeners);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
