/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table that other integrations get, and the table of commands.
 */
#include <stdlib.h>

#include "connection.h"

static struct hass *request_hass(const struct websocket_request *request)
{
    return request->connection->hass;
}

static int64_t request_id(const struct websocket_request *request)
{
    return request->id;
}

static const json_t *request_message(const struct websocket_request *request)
{
    return request->message;
}

static struct websocket_connection *request_connection(const struct websocket_request *request)
{
    return request->connection;
}

static const struct websocket_user *request_user(const struct websocket_request *request)
{
    return &request->connection->user;
}

static const struct websocket_command *request_command(const struct websocket_request *request)
{
    return request->command;
}

/* What ends a command: data of the scope that added it. */
struct added {
    struct hass *hass;
    const struct websocket_command *command;
};

static HASS_CALLBACK void remove_command(void *object)
{
    struct added *added = object;
    struct websocket_state *state = websocket_state(added->hass);

    if (state && hass_strmap_get(state->commands, added->command->type) == added->command)
        hass_strmap_remove(state->commands, added->command->type);
    free(added);
}

int commands_add(struct hass *hass, const struct websocket_command *command, struct hass_error *err)
{
    struct websocket_state *state = websocket_state(hass);
    autobuf key = HASS_BUF_INIT;

    if (!state)
        return hass_fail(err, HASS_E_CLOSED, "websocket_api is not set up");
    if (hass_strmap_get(state->commands, command->type))
        return hass_fail(err, HASS_E_EXISTS, "command %s exists already", command->type);
    hass_strmap_set(state->commands, command->type, (void *)command);
    struct added *added = calloc(1, sizeof(*added));
    *added = (struct added){ .hass = hass, .command = command };
    hass_buf_printf(&key, "websocket_api.command.%s", command->type);
    return hass_async_set_data(hass, hass_buf_string(&key), added, remove_command, err);
}

const struct websocket_api websocket_api = {
    .size = sizeof(struct websocket_api),
    .add_command = commands_add,
    .hass = request_hass,
    .id = request_id,
    .message = request_message,
    .connection = request_connection,
    .user = request_user,
    .context = request_context,
    .answer = request_answer,
    .send_event = connection_send_event,
    .subscribe = request_subscribe,
    .open = connection_open,
    .receive = connection_receive,
    .closed = connection_closed,
    .command = request_command,
    .refuse = request_refuse,
};
