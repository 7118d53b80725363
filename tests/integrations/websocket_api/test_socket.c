/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local socket: who may connect, lines and their limit, clients that misbehave, and commands that take their time.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

#define SEND(client, text) client_send_text((client), (text), sizeof(text) - 1)

#define MESSAGE_LIMIT ((size_t)4 * 1024 * 1024)
#define OUTPUT_LIMIT  ((size_t)16 * 1024 * 1024)

/* Connected, and greeted. */
static HASS_CALLBACK struct client *greeted(struct hass *hass)
{
    struct client *client = client_connect(hass);

    ck_assert_json(client_next(client), "{'type':'auth_ok','ha_version':'2024.1.0'}");
    return client;
}

static HASS_CALLBACK bool answers(struct client *client)
{
    const json_t *answer = client_ask(client, "{'type':'ping'}");

    return !strcmp(hass_json_get_string(answer, "type", ""), "pong");
}

START_TEST(the_socket_is_for_its_user_and_group)
{
    struct hass *hass = test_home(NULL);
    struct stat status;
    autofree char *path = hass_config_path(hass, ".hassd.sock");

    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert(S_ISSOCK(status.st_mode));
    ck_assert_uint_eq(status.st_mode & 0777, 0660);
    loader_end(hass);
    ck_assert_int_eq(stat(path, &status), -1);
}
END_TEST

START_TEST(under_systemd_it_is_in_the_runtime_folder)
{
    autofree char *folder = mem_printf("%s/run", test_dir());
    autofree char *path = mem_printf("%s/hassd.sock", folder);
    autofree char *list = mem_printf("%s:/nowhere", folder);
    struct stat status;

    ck_assert_int_eq(mkdir(folder, 0700), 0);
    ck_assert_int_eq(setenv("RUNTIME_DIRECTORY", list, 1), 0);
    test_home(NULL);
    ck_assert_int_eq(stat(path, &status), 0);
}
END_TEST

START_TEST(our_own_user_is_an_administrator)
{
    struct hass *hass = test_home(NULL);
    struct client *client = greeted(hass);

    ck_assert(hass_json_get_bool(client_ask(client, "{'type':'fire_event','event_type':'x'}"),
                                 "success", false));
}
END_TEST

/* Connects as nobody, who has no group but nogroup; NULL where we may not. */
static HASS_CALLBACK struct client *connect_as_nobody(struct hass *hass)
{
    const uid_t nobody = 65534;
    autofree char *path = hass_config_path(hass, ".hassd.sock");

    if (geteuid() != 0)
        return NULL;
    ck_assert_int_eq(chmod(test_dir(), 0711), 0);
    ck_assert_int_eq(chmod(path, 0666), 0);
    ck_assert(setegid(nobody) == 0 && seteuid(nobody) == 0);
    struct client *client = client_connect(hass);
    ck_assert(seteuid(0) == 0 && setegid(0) == 0);
    ck_assert_ptr_nonnull(client_next(client));
    return client;
}

START_TEST(another_user_is_no_administrator)
{
    struct hass *hass = test_home(NULL);
    struct client *client = connect_as_nobody(hass);

    if (!client)
        return;
    ck_assert_str_eq(client_error(client_ask(client, "{'type':'fire_event','event_type':'x'}")),
                     "unauthorized");
    ck_assert(hass_json_get_bool(client_ask(client, "{'type':'get_states'}"), "success", false));
}
END_TEST

START_TEST(members_of_the_named_group_are_administrators)
{
    struct hass *hass = test_home("websocket_api:\n  admin_group: nogroup\n");
    struct client *client = connect_as_nobody(hass);

    if (!client)
        return;
    ck_assert(hass_json_get_bool(client_ask(client, "{'type':'fire_event','event_type':'x'}"),
                                 "success", false));
}
END_TEST

START_TEST(a_group_that_is_not_there_has_no_members)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_home("websocket_api:\n  admin_group: no-such-group\n");
    struct client *client = connect_as_nobody(hass);

    if (!client)
        return;
    ck_assert_str_eq(client_error(client_ask(client, "{'type':'fire_event','event_type':'x'}")),
                     "unauthorized");
    ck_assert_ptr_nonnull(logs_find(logs, "no group no-such-group"));
}
END_TEST

START_TEST(lines_may_end_as_on_windows)
{
    struct hass *hass = test_home(NULL);
    struct client *client = greeted(hass);

    SEND(client, "{\"id\":1,\"type\":\"ping\"}\r\n");
    ck_assert_json(client_next(client), "{'id':1,'type':'pong'}");
    SEND(client, "{\"id\":2,\"type\":\"ping\"}\n{\"id\":3,\"type\":\"ping\"}\n");
    ck_assert_json(client_next(client), "{'id':2,'type':'pong'}");
    ck_assert_json(client_next(client), "{'id':3,'type':'pong'}");
}
END_TEST

START_TEST(bytes_that_are_no_json_close_only_that_connection)
{
    static const char *const bad[] = { "ping", "", "{\"id\":1,", "\xff\xfe", "\"\xc3\"" };
    struct hass *hass = test_home(NULL);
    struct client *good = greeted(hass);
    struct logs *logs = test_logs();

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct client *client = greeted(hass);
        logs_clear(logs);
        client_send_text(client, bad[i], strlen(bad[i]));
        SEND(client, "\n");
        ck_assert_msg(client_is_closed(client), "after '%s'", bad[i]);
        ck_assert_uint_eq(logs_matching(logs, "is dropped: "), 1);
        ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 0);
        ck_assert(answers(good));
    }
}
END_TEST

START_TEST(a_nul_in_a_line_is_no_json)
{
    struct hass *hass = test_home(NULL);
    struct client *client = greeted(hass);

    SEND(client, "{\"id\":1,\0\"type\":\"ping\"}\n");
    ck_assert(client_is_closed(client));
}
END_TEST

static HASS_CALLBACK void send_ping_of(struct client *client, size_t length)
{
    static const char begin[] = "{\"id\":1,\"type\":\"ping\",\"x\":\"", end[] = "\"}";
    autofree char *text = mem_alloc(length);

    memset(text, 'x', length);
    memcpy(text, begin, strlen(begin));
    memcpy(text + length - strlen(end), end, strlen(end));
    client_send_text(client, text, length);
    SEND(client, "\n");
}

START_TEST(a_message_may_have_4_mib)
{
    struct hass *hass = test_home(NULL);
    struct client *client = greeted(hass);

    send_ping_of(client, MESSAGE_LIMIT);
    ck_assert_json(client_next(client), "{'id':1,'type':'pong'}");
}
END_TEST

START_TEST(one_byte_beyond_4_mib_closes_only_that_connection)
{
    struct hass *hass = test_home(NULL);
    struct client *other = greeted(hass), *client = greeted(hass);
    struct logs *logs = test_logs();

    send_ping_of(client, MESSAGE_LIMIT + 1);
    ck_assert(client_is_closed(client));
    ck_assert_ptr_nonnull(logs_find(logs, "is dropped: a line is longer than 4194304 bytes"));
    ck_assert(answers(other));
}
END_TEST

START_TEST(a_reader_that_takes_nothing_is_dropped)
{
    struct hass *hass = test_home(NULL);
    struct client *slow = greeted(hass), *other = greeted(hass);
    struct logs *logs = test_logs();
    const size_t piece = (size_t)1024 * 1024;
    autofree char *text = mem_zalloc(piece + 1);

    memset(text, 'x', piece);
    client_command(slow, "{'type':'subscribe_events','event_type':'big'}");
    test_settle(hass);
    for (size_t sent = 0; sent <= OUTPUT_LIMIT && !logs_find(logs, "is dropped"); sent += piece)
        hass_bus_async_fire(hass, "big", json_pack("{s:s}", "text", text), NULL, NULL);
    ck_assert_ptr_nonnull(logs_find(logs, "is dropped"));
    ck_assert_uint_eq(logs_matching(logs, "slow reader"), 1);
    test_settle(hass);
    autojson *listeners = hass_bus_async_listeners(hass);
    ck_assert_ptr_null(hass_json_get(listeners, "big"));
    ck_assert(answers(other));
}
END_TEST

START_TEST(a_client_that_goes_in_the_middle_of_a_line_leaves_nothing)
{
    struct hass *hass = test_home(NULL);

    for (int i = 0; i < 200; i++) {
        struct client *client = client_connect(hass);
        client_send_text(client,
                         "{\"id\":1,\"type\":\"subscribe_events\",\"event_type\":\"x\"}\n{\"i", 54);
        client_close(client);
    }
    test_settle(hass);
    autojson *listeners = hass_bus_async_listeners(hass);
    ck_assert_ptr_null(hass_json_get(listeners, "x"));
    ck_assert(answers(greeted(hass)));
}
END_TEST

START_TEST(several_clients_have_their_own_ids)
{
    struct hass *hass = test_home(NULL);
    struct client *clients[50];

    for (size_t i = 0; i < 50; i++)
        clients[i] = greeted(hass);
    for (size_t i = 0; i < 50; i++)
        ck_assert(answers(clients[i]));
}
END_TEST

START_TEST(the_129th_connection_is_refused)
{
    struct hass *hass = test_home(NULL);
    struct logs *logs = test_logs();

    for (size_t i = 0; i < 128; i++)
        greeted(hass);
    struct client *one_more = client_connect(hass);
    ck_assert(client_is_closed(one_more));
    ck_assert_uint_eq(logs_matching(logs, "refused: 128 are open"), 1);
}
END_TEST

/* commands that take their time */

static HASS_COROUTINE int sleep_a_minute(const struct hass_service_call *call, void *userdata,
                                         struct hass_error *err)
{
    return hass_async_sleep(hass_service_call_hass(call), 60, err);
}

static HASS_COROUTINE int time_out(const struct hass_service_call *call, void *userdata,
                                   struct hass_error *err)
{
    return -ETIMEDOUT;
}

static HASS_COROUTINE int break_down(const struct hass_service_call *call, void *userdata,
                                     struct hass_error *err)
{
    return hass_fail(err, -EIO, "the wire is cut");
}

static HASS_CALLBACK struct hass *slow_home(void)
{
    struct hass *hass = test_home(NULL);

    hass_services_async_register(hass, "test", "sleep", NULL,
                                 HASS_JOB_COROUTINE(sleep_a_minute, NULL), NULL);
    hass_services_async_register(hass, "test", "time_out", NULL, HASS_JOB_COROUTINE(time_out, NULL),
                                 NULL);
    hass_services_async_register(hass, "test", "fail", NULL, HASS_JOB_COROUTINE(break_down, NULL),
                                 NULL);
    return hass;
}

#define SLEEP "{'type':'call_service','domain':'test','service':'sleep'}"

START_TEST(a_slow_command_does_not_hold_up_the_next)
{
    hass__assert_loop();
    struct hass *hass = slow_home();
    struct client *client = greeted(hass);

    client_command(client, SLEEP);
    ck_assert_json(client_ask(client, "{'type':'ping'}"), "{'id':2,'type':'pong'}");
    test_advance(hass, 59);
    ck_assert_ptr_null(client_next(client));
    test_advance(hass, 2);
    const json_t *answer = client_next(client);
    ck_assert_int_eq(hass_json_get_int(answer, "id", 0), 1);
    ck_assert(hass_json_get_bool(answer, "success", false));
}
END_TEST

START_TEST(a_connection_has_at_most_256_commands_under_way)
{
    hass__assert_loop();
    struct hass *hass = slow_home();
    struct client *client = greeted(hass), *other = greeted(hass);

    for (int i = 0; i < 256; i++)
        client_command(client, SLEEP);
    ck_assert_ptr_null(client_next(client));
    ck_assert_str_eq(client_error(client_ask(client, SLEEP)), "home_assistant_error");
    ck_assert(answers(client));
    client_command(other, SLEEP);
    ck_assert_ptr_null(client_next(other));
    test_advance(hass, 61);
    for (int i = 0; i < 256; i++)
        ck_assert(hass_json_get_bool(client_next(client), "success", false));
    client_command(client, SLEEP);
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(a_command_may_outlive_its_client)
{
    hass__assert_loop();
    struct hass *hass = slow_home();
    struct client *client = greeted(hass);
    struct logs *logs = test_logs();

    client_command(client, SLEEP);
    test_settle(hass);
    client_close(client);
    test_advance(hass, 61);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

START_TEST(errors_of_a_service_have_the_code_of_their_kind)
{
    hass__assert_loop();
    struct client *client = greeted(slow_home());
    const json_t *answer =
        client_ask(client, "{'type':'call_service','domain':'test','service':'time_out'}");

    ck_assert_str_eq(client_error(answer), "timeout");
    answer = client_ask(client, "{'type':'call_service','domain':'test','service':'fail'}");
    ck_assert_str_eq(client_error(answer), "unknown_error");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(answer, "error"), "message", ""),
                     "the wire is cut");
}
END_TEST

/* replacing the integration */

START_TEST(reloading_it_closes_connections_and_opens_the_socket_again)
{
    struct hass *hass = test_home(NULL);
    struct client *client = greeted(hass);

    client_ask(client, "{'type':'subscribe_events','event_type':'x'}");
    ck_assert_json(client_ask(client, "{'type':'hassd/reload','domain':'websocket_api'}"),
                   "{'id':2,'type':'result','success':true,'result':null}");
    ck_assert(client_is_closed(client));
    test_advance(hass, 11);
    ck_assert(answers(greeted(hass)));
    autojson *listeners = hass_bus_async_listeners(hass);
    ck_assert_ptr_null(hass_json_get(listeners, "x"));
}
END_TEST

START_TEST(reload_names_an_integration_that_is_not_there)
{
    struct hass *hass = test_home(NULL);
    struct client *client = greeted(hass);
    const json_t *answer = client_ask(client, "{'type':'hassd/reload','domain':'nowhere'}");

    ck_assert_ptr_nonnull(
        strstr(hass_json_get_string(hass_json_get(answer, "error"), "message", ""), "nowhere"));
}
END_TEST

START_TEST(reload_reads_the_configuration_again)
{
    struct hass *hass = test_home(NULL);
    struct client *client = greeted(hass);

    loader_configure("input_boolean:\n  new:\n");
    ck_assert(hass_json_get_bool(client_ask(client, "{'type':'hassd/reload'}"), "success", false));
    ck_assert_str_eq(home_state(hass, "input_boolean.new"), "off");
}
END_TEST

CASES_MAIN(
    "websocket_api socket", ONCE(the_socket_is_for_its_user_and_group),
    ONCE(under_systemd_it_is_in_the_runtime_folder), ONCE(our_own_user_is_an_administrator),
    ONCE(another_user_is_no_administrator), ONCE(members_of_the_named_group_are_administrators),
    ONCE(a_group_that_is_not_there_has_no_members), ONCE(lines_may_end_as_on_windows),
    ONCE(bytes_that_are_no_json_close_only_that_connection), ONCE(a_nul_in_a_line_is_no_json),
    ONCE(a_message_may_have_4_mib), ONCE(one_byte_beyond_4_mib_closes_only_that_connection),
    ONCE(a_reader_that_takes_nothing_is_dropped),
    ONCE(a_client_that_goes_in_the_middle_of_a_line_leaves_nothing),
    ONCE(several_clients_have_their_own_ids), ONCE(the_129th_connection_is_refused),
    ONCE(a_slow_command_does_not_hold_up_the_next),
    ONCE(a_connection_has_at_most_256_commands_under_way), ONCE(a_command_may_outlive_its_client),
    ONCE(errors_of_a_service_have_the_code_of_their_kind),
    ONCE(reloading_it_closes_connections_and_opens_the_socket_again),
    ONCE(reload_names_an_integration_that_is_not_there), ONCE(reload_reads_the_configuration_again))
