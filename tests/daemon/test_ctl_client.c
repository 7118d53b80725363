/* SPDX-License-Identifier: Apache-2.0 */
/* The client of the local socket against a server that says what the test wants. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <check.h>

#include <hass/json.h>

#include "daemon/ctl_client.h"

#define HELLO "{\"type\":\"auth_ok\",\"ha_version\":\"2024.1.0\"}\n"

static char folder[] = "/tmp/hassd-test-XXXXXX";
static char path[64];

struct server {
    int listener;
    const char *hello;
    const char *answer; /* sent after the first line has come; NULL: closes */
    char request[512];
    pthread_t thread;
};

static void *serve(void *arg)
{
    struct server *server = arg;
    int fd = accept(server->listener, NULL, NULL);
    size_t got = 0;

    send(fd, server->hello, strlen(server->hello), MSG_NOSIGNAL);
    while (got < sizeof(server->request) - 1 && !memchr(server->request, '\n', got)) {
        ssize_t n = read(fd, server->request + got, sizeof(server->request) - 1 - got);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    if (server->answer)
        send(fd, server->answer, strlen(server->answer), MSG_NOSIGNAL);
    close(fd);
    return NULL;
}

static void server_start(struct server *server, const char *hello, const char *answer)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    *server = (struct server){ .hello = hello, .answer = answer };
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(server->listener, 1), 0);
    pthread_create(&server->thread, NULL, serve, server);
}

static void server_stop(struct server *server)
{
    pthread_join(server->thread, NULL);
    close(server->listener);
    unlink(path);
}

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/.hassd.sock", folder);
}

static void tear_down(void)
{
    unlink(path);
    rmdir(folder);
}

static json_t *command(void)
{
    return json_pack("{s:s}", "type", "get_states");
}

START_TEST(a_result_comes_back_past_other_messages)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct server server;
    struct client *client;
    autojson *result = NULL;

    server_start(&server, HELLO,
                 "{\"id\":7,\"type\":\"event\",\"event\":1}\n"
                 "{\"id\":9,\"type\":\"result\",\"success\":true,\"result\":2}\n"
                 "{\"id\":1,\"type\":\"result\",\"success\":true,\"result\":[3]}\n"
                 "{\"id\":7,\"type\":\"event\",\"event\":{\"n\":4}}\n");
    ck_assert_int_eq(ctl_client_connect(NULL, folder, &client, &err), 0);
    ck_assert_str_eq(ctl_client_socket(client), path);
    ck_assert_int_eq(ctl_client_call(client, command(), &result, &err), 0);
    ck_assert_int_eq(json_integer_value(json_array_get(result, 0)), 3);
    autojson *event = NULL;
    ck_assert_int_eq(ctl_client_next_event(client, &event, &err), 0);
    ck_assert_int_eq(hass_json_get_int(event, "n", 0), 4);
    ctl_client_close(client);
    server_stop(&server);
    ck_assert_str_eq(server.request, "{\"type\":\"get_states\",\"id\":1}\n");
}
END_TEST

START_TEST(an_error_of_the_daemon_is_an_error_here)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct server server;
    struct client *client;

    server_start(
        &server, HELLO,
        "{\"id\":1,\"type\":\"result\",\"success\":false,\"error\":{\"code\":\"not_found\","
        "\"message\":\"Service x.y not found.\"}}\n");
    ck_assert_int_eq(ctl_client_connect(path, NULL, &client, &err), 0);
    ck_assert_int_lt(ctl_client_call(client, command(), NULL, &err), 0);
    ck_assert_str_eq(err.message, "Service x.y not found.");
    ck_assert_str_eq(err.key, "not_found");
    ctl_client_close(client);
    server_stop(&server);
}
END_TEST

static const struct {
    const char *end; /* of the answer */
    size_t more;     /* bytes of it beyond the limit, the end of the line apart */
    const char *expected;
} lengths[] = {
    { "\n", 0, NULL },
    { "\n", 1, "the limit is" },
    { "", 1, "a message without an end" },
};

START_TEST(a_message_has_so_many_bytes_at_most)
{
    static const char answer[] = "{\"id\":1,\"type\":\"result\",\"success\":true,\"result\":2}";
    struct hass_error err = HASS_ERROR_INIT;
    struct server server;
    struct client *client;
    char text[128];

    snprintf(text, sizeof(text), "%s%s", answer, lengths[_i].end);
    server_start(&server, HELLO, text);
    ck_assert_int_eq(ctl_client_connect(path, NULL, &client, &err), 0);
    ctl_client_limit(client, strlen(answer) - lengths[_i].more);
    int r = ctl_client_call(client, command(), NULL, &err);
    ck_assert_int_eq(r, lengths[_i].expected ? HASS_E_LIMIT : 0);
    if (r < 0)
        ck_assert_ptr_nonnull(strstr(err.message, lengths[_i].expected));
    ctl_client_close(client);
    server_stop(&server);
}
END_TEST

static const struct {
    const char *hello, *answer, *expected;
} failures[] = {
    { "{\"type\":\"hello\"}\n", "", "is not hassd" },
    { "SSH-2.0-x\n", "", "not JSON" },
    { "", NULL, "closed the connection" },
    { HELLO, NULL, "closed the connection" },
    { HELLO, "{\"id\":1,", "closed the connection" },
    { HELLO, "rubbish\n", "not JSON" },
};

START_TEST(what_goes_wrong_is_said)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct server server;
    struct client *client = NULL;

    server_start(&server, failures[_i].hello, failures[_i].answer);
    if (!failures[_i].hello[0])
        shutdown(server.listener, SHUT_RDWR);
    if (ctl_client_connect(path, NULL, &client, &err) >= 0)
        ck_assert_int_lt(ctl_client_call(client, command(), NULL, &err), 0);
    ck_assert_msg(strstr(err.message, failures[_i].expected) != NULL ||
                      (!failures[_i].hello[0] && err.code < 0),
                  "%s", err.message);
    ctl_client_close(client);
    server_stop(&server);
}
END_TEST

START_TEST(without_a_daemon_the_message_says_what_to_do)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct client *client;

    ck_assert_int_lt(ctl_client_connect(NULL, folder, &client, &err), 0);
    ck_assert(strstr(err.message, "no daemon answers") != NULL);
    ck_assert(strstr(err.message, path) != NULL);
    ck_assert(strstr(err.message, "hassd run") != NULL);
}
END_TEST

START_TEST(a_long_path_is_refused_plainly)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct client *client;
    char name[200];

    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    ck_assert_int_eq(ctl_client_connect(name, NULL, &client, &err), -ENAMETOOLONG);
    ck_assert(strstr(err.message, "too long") != NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ctl_client");
    TCase *tcase = tcase_create("ctl_client");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_result_comes_back_past_other_messages);
    tcase_add_test(tcase, an_error_of_the_daemon_is_an_error_here);
    tcase_add_loop_test(tcase, a_message_has_so_many_bytes_at_most, 0, 3);
    tcase_add_loop_test(tcase, what_goes_wrong_is_said, 0, sizeof(failures) / sizeof(failures[0]));
    tcase_add_test(tcase, without_a_daemon_the_message_says_what_to_do);
    tcase_add_test(tcase, a_long_path_is_refused_plainly);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
