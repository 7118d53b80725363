/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of notifications: all of them, and those that come and go. A subscription begins with all that are shown
 * ("current"); then it passes the signal on.
 */
#include <stdlib.h>

#include <hass/dispatcher.h>
#include <hass/integration.h>

#include "parts.h"
#include "websocket_api/websocket_api.h"

static HASS_CALLBACK int get(struct websocket_request *request, struct hass_buf *result,
                             struct hass_error *err)
{
    struct hass *hass = websocket_api_of(request)->hass(request);
    autojson *list = json_array();
    const char *id;
    json_t *notification;

    json_object_foreach(notifications_async_get(hass), id, notification)
        json_array_append(list, notification);
    hass_json_write(list, result);
    return 0;
}

/* subscribing */

struct subscriber {
    const struct websocket_api *api;
    struct websocket_connection *connection;
    int64_t id;
};

static HASS_CALLBACK void send(const struct subscriber *subscriber, const char *type,
                               const json_t *notifications)
{
    autojson *event = json_pack("{s:s, s:O}", "type", type, "notifications", notifications);
    autobuf text = HASS_BUF_INIT;

    hass_json_write(event, &text);
    subscriber->api->send_event(subscriber->connection, subscriber->id, hass_buf_string(&text),
                                text.length);
}

static HASS_CALLBACK int on_change(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    send(userdata, hass_json_get_string(signal->data, "update_type", ""),
         hass_json_get(signal->data, "notifications"));
    return 0;
}

static HASS_CALLBACK int subscribe(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = api->hass(request);
    struct subscriber *subscriber = calloc(1, sizeof(*subscriber));
    struct hass_sub *sub;

    *subscriber = (struct subscriber){ api, api->connection(request), api->id(request) };
    int r = hass_async_dispatcher_connect(hass, PERSISTENT_NOTIFICATION_SIGNAL,
                                          HASS_JOB_CALLBACK(on_change, subscriber, .destroy = free),
                                          &sub, err);
    if (r >= 0)
        r = api->subscribe(request, sub, err);
    if (r < 0)
        return r;
    api->answer(request, "null");
    send(subscriber, "current", notifications_async_get(hass));
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("persistent_notification/get", get),
    WEBSOCKET_COMMAND("persistent_notification/subscribe", subscribe),
};

int notifications_add_commands(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = 0;

    for (size_t i = 0; api && r >= 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
