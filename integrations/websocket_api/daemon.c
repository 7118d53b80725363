/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands about the daemon itself, which the model does not have: hassd/info, hassd/top, hassd/reload.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/daemon.h>
#include <hass/integration.h>

#include "connection.h"

#define TOP_INTERVAL 1.0 /* seconds between two events of hassd/top */

static HASS_CALLBACK int info(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    autojson *json = hass_async_info(request->connection->hass);

    hass_json_write(json, result);
    return 0;
}

struct top {
    struct websocket_connection *connection;
    int64_t id;
};

static void top_destroy(void *object)
{
    struct top *top = object;

    connection_unref(top->connection);
    free(top);
}

static HASS_CALLBACK void send_top(const struct top *top)
{
    autojson *json = hass_async_top(top->connection->hass);
    autobuf text = HASS_BUF_INIT;

    hass_json_write(json, &text);
    connection_send_event(top->connection, top->id, text.data, text.length);
}

static HASS_CALLBACK int on_interval(const struct hass_tick *tick, void *userdata,
                                     struct hass_error *err)
{
    send_top(userdata);
    return 0;
}

static HASS_CALLBACK int subscribe_top(struct websocket_request *request, struct hass_buf *result,
                                       struct hass_error *err)
{
    struct websocket_connection *connection = request->connection;
    struct top *top = calloc(1, sizeof(*top));
    struct hass_sub *sub;

    *top = (struct top){ connection_ref(connection), request->id };
    int r = hass_async_track_time_interval(
        connection->hass, TOP_INTERVAL, HASS_JOB_CALLBACK(on_interval, top, .destroy = top_destroy),
        &sub, err);
    if (r >= 0)
        r = request_subscribe(request, sub, err);
    if (r < 0)
        return r;
    /* Sending may find out that the client has gone, which frees @top. */
    request_answer(request, "null");
    send_top(&(struct top){ connection, request->id });
    return 0;
}

HASS_SCHEMA(reload_schema,
            HASS_FIELD("domain", &hass_type_slug,
                       .doc = "An integration; everything that changed when absent"));

static HASS_COROUTINE int reload(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    struct hass *hass = request->connection->hass;
    const char *domain = hass_json_get_string(request->message, "domain", NULL);

    /* Our connections end with us, this one too: it is told before. */
    if (domain && !strcmp(domain, "websocket_api"))
        request_answer(request, "null");
    return domain ? hass_async_reload_component(hass, domain, err)
                  : hass_async_reload_config(hass, err);
}

static const struct websocket_command daemon_commands[] = {
    WEBSOCKET_COMMAND("hassd/info", info),
    WEBSOCKET_COMMAND("hassd/top", subscribe_top),
    WEBSOCKET_COMMAND("hassd/reload", reload, .schema = &reload_schema, .admin = true,
                      .coroutine = true),
};

int daemon_register(struct hass *hass, struct hass_error *err)
{
    for (size_t i = 0; i < sizeof(daemon_commands) / sizeof(daemon_commands[0]); i++) {
        int r = commands_add(hass, &daemon_commands[i], err);
        if (r < 0)
            return r;
    }
    return 0;
}
