/* SPDX-License-Identifier: Apache-2.0 *
 * Covers: integrations/websocket_api/api.c integrations/websocket_api/commands.c integrations/websocket_api/connection.c
 * Covers: integrations/websocket_api/daemon.c integrations/websocket_api/entities.c integrations/websocket_api/filter.c
 */
/*
 * One client of the message protocol. The first byte says who it is ('u': no administrator); each line after it is a message,
 * or one of ours:
 *
 *     =light.a on {"x": 1}     sets a state       =light.a     removes it
 *     ~                        a second passes    !            the transport breaks
 *
 * Everything that is sent must be JSON with id and type, and when the client has gone no listener may be left. The integration's
 * files are part of this one, so that their coverage guides the fuzzer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hass/daemon.h>

#include "fuzz.h"
#include "run/runtime.h"
#include "websocket_api/api.c"
#include "websocket_api/collections.c"
#include "websocket_api/commands.c"
#include "websocket_api/connection.c"
#include "websocket_api/daemon.c"
#include "websocket_api/entities.c"
#include "websocket_api/filter.c"

static struct hass *home;
static char folder[] = "/tmp/fuzz-protocol-XXXXXX";
static struct websocket_state commands_of_home;
static bool broken;

struct websocket_state *websocket_state(struct hass *hass)
{
    return &commands_of_home;
}

/* a home with some services */

static HASS_CALLBACK int on_echo(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    if (!hass_service_call_return_response(call))
        return 0;
    return hass_service_call_respond(call, hass_json_ref(hass_service_call_data(call)));
}

static HASS_COROUTINE int on_sleep(const struct hass_service_call *call, void *userdata,
                                   struct hass_error *err)
{
    return hass_async_sleep(hass_service_call_hass(call), 1, err);
}

static HASS_CALLBACK int on_fail(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    int code = (int)hass_json_get_int(hass_service_call_data(call), "code", HASS_E_GENERAL);

    return code < 0 && code > -10000 ? code : -EIO;
}

static void remove_folder(void)
{
    static const char *const files[] = { "last", "loaded" };

    for (size_t i = 0; i < 2; i++) {
        char path[64];
        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        remove(path);
    }
    rmdir(folder);
}

static void quiet(const struct hass_log_record *record, void *userdata)
{
}

static HASS_CALLBACK void add_services(void)
{
    const struct hass_service_options answers = { .size = sizeof(answers),
                                                  .supports_response = HASS_RESPONSE_OPTIONAL };
    const struct hass_service_options guarded = { .size = sizeof(guarded), .admin = true };

    hass_services_async_register(home, "test", "echo", &answers, HASS_JOB_CALLBACK(on_echo, NULL),
                                 NULL);
    hass_services_async_register(home, "test", "sleep", NULL, HASS_JOB_COROUTINE(on_sleep, NULL),
                                 NULL);
    hass_services_async_register(home, "test", "fail", NULL, HASS_JOB_CALLBACK(on_fail, NULL),
                                 NULL);
    hass_services_async_register(home, "test", "admin", &guarded, HASS_JOB_CALLBACK(on_echo, NULL),
                                 NULL);
}

static void leave(void)
{
    hass_destroy(home);
    hass_strmap_destroy(commands_of_home.commands);
    remove_folder();
}

static HASS_CALLBACK void enter(void)
{
    const struct hass_options options = { .size = sizeof(options),
                                          .config_dir = folder,
                                          .virtual_time = true };

    hass_log_set_sink(quiet, NULL);
    if (!mkdtemp(folder) || hass_create(&options, &home, NULL) < 0)
        abort();
    commands_of_home.hass = home;
    commands_of_home.commands = hass_strmap_create(NULL);
    commands_register(home, NULL);
    entities_register(home, NULL);
    daemon_register(home, NULL);
    add_services();
    atexit(leave);
}

/* the client */

static int check_sent(void *transport, const char *text, size_t length, struct hass_error *err)
{
    autojson *message = NULL;

    if (broken)
        return hass_fail(err, HASS_E_CLOSED, "broken on purpose");
    if (hass_json_parse(text, length, SIZE_MAX, &message, NULL) < 0 ||
        !json_is_integer(hass_json_get(message, "id")) ||
        !json_is_string(hass_json_get(message, "type")) || memchr(text, '\n', length))
        abort();
    return 0;
}

static void note_close(void *transport)
{
    if (!broken)
        abort();
}

static const struct websocket_transport transport_ops = {
    .size = sizeof(struct websocket_transport),
    .send = check_sent,
    .close = note_close,
};

/* "light.a on {…}"; without a state it is removed. */
static HASS_CALLBACK void change_state(const char *line, size_t length)
{
    char entity_id[64] = "", state[64] = "";
    int attributes = 0;
    autofree char *text = strndup(line, length);
    json_t *json = NULL;

    if (sscanf(text, "%63s %63s %n", entity_id, state, &attributes) < 1)
        return;
    if (attributes)
        hass_json_parse(text + attributes, strlen(text + attributes), SIZE_MAX, &json, NULL);
    if (*state)
        hass_states_async_set(home, entity_id, state, json, NULL, NULL);
    else
        hass_states_async_remove(home, entity_id, NULL, NULL);
}

/* False when the connection is to be closed. */
static HASS_CALLBACK bool take_line(struct websocket_connection *connection, const char *line,
                                    size_t length)
{
    switch (length ? line[0] : '\0') {
    case '=':
        change_state(line + 1, length - 1);
        return true;
    case '~':
        runtime_advance(runtime_of(home), 1);
        return true;
    case '!':
        broken = true;
        return true;
    default:
        return connection_receive(connection, line, length, NULL) >= 0;
    }
}

static HASS_CALLBACK void clean_up(void)
{
    struct hass_state_list left = { 0 };

    runtime_advance(runtime_of(home), 2);
    hass_states_async_all(home, NULL, &left, NULL);
    for (size_t i = 0; i < left.count; i++)
        hass_states_async_remove(home, hass_state_entity_id(left.items[i]), NULL, NULL);
    hass_state_list_fini(&left);
    runtime_settle(runtime_of(home));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hass__assert_loop();
    if (!home)
        enter();
    const char *text = (const char *)data, *end = text + size;
    const struct websocket_user user = { .id = size && *text == 'u' ? "somebody" : NULL,
                                         .name = "the fuzzer",
                                         .admin = !size || *text != 'u' };
    autojson *before = hass_bus_async_listeners(home);
    struct websocket_connection *connection = connection_open(home, &transport_ops, &broken, &user);

    connection_ref(connection);
    broken = false;
    for (text += size > 0; text < end;) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((line_end ? line_end : end) - text);
        if (!take_line(connection, text, length))
            break;
        runtime_settle(runtime_of(home));
        text += length + (line_end != NULL);
    }
    connection_closed(connection);
    clean_up();
    autojson *after = hass_bus_async_listeners(home);
    if (!json_equal(before, after) || connection->references != 1 || connection->task_count)
        abort();
    connection_unref(connection);
    return 0;
}
