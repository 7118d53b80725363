/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The messages of the WebSocket API, whatever carries them: other integrations add commands here, and transports
 * (the local socket of this integration, WebSockets of `http`) open connections.
 *
 * The table is offered as the API "websocket_api" (hass_async_get_api) for as long as the integration is set up. All
 * functions: loop thread.
 *
 * Model: components.websocket_api
 */
#pragma once

#include <hass/hass.h>

struct websocket_connection;
struct websocket_request;

/**
 * Handles one message. Appends the result as JSON text to @result; nothing means null. An error becomes the error message
 * that the model sends for its code.
 */
typedef int websocket_handler_fn(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err);

struct websocket_command {
    uint32_t size;
    const char *type; /* "get_states" */
    const struct hass_schema
        *schema;    /* of the message without id and type; NULL: nothing else is looked at */
    bool admin;     /* refused to others as "unauthorized" */
    bool coroutine; /* the handler may suspend; it runs as a task of its own */
    websocket_handler_fn *handler;
    void *userdata; /* for the handler */
};
#define WEBSOCKET_COMMAND(type_, handler_, ...)                                                    \
    {                                                                                              \
        .size = sizeof(struct websocket_command), .type = (type_), .handler = (handler_),          \
        __VA_ARGS__                                                                                \
    }

/** What a transport does for a connection. */
struct websocket_transport {
    uint32_t size;
    /** Sends one message. A failure closes the connection. */
    int (*send)(void *transport, const char *text, size_t length, struct hass_error *err);
    /** Ends the transport; called once, when the API wants to get rid of the client. */
    void (*close)(void *transport);
};

struct websocket_user {
    const char *id;   /* NULL: a local administrator without an account */
    const char *name; /* for logs */
    bool admin;
};

struct websocket_api {
    uint32_t size;

    /** Adds a command; it belongs to the current scope. */
    int (*add_command)(struct hass *hass, const struct websocket_command *command,
                       struct hass_error *err);

    struct hass *(*hass)(const struct websocket_request *request);
    int64_t (*id)(const struct websocket_request *request);
    /** The whole message, checked by the command's schema. */
    const json_t *(*message)(const struct websocket_request *request);
    struct websocket_connection *(*connection)(const struct websocket_request *request);
    const struct websocket_user *(*user)(const struct websocket_request *request);
    /** A context with the user's id; unref it. */
    const struct hass_context *(*context)(const struct websocket_request *request);
    /** Sends the result now, because events follow; the handler's own result is ignored then. */
    void (*answer)(struct websocket_request *request, const char *result);

    /** Sends an event of subscription @id. @event is JSON text. */
    void (*send_event)(struct websocket_connection *connection, int64_t id, const char *event,
                       size_t length);
    /**
     * Makes @sub (taken) the subscription of this request: it ends with unsubscribe_events or the connection. HASS_E_LIMIT when
     * the connection has as many as it may, HASS_E_CLOSED when it has gone; @sub is removed then.
     */
    int (*subscribe)(struct websocket_request *request, struct hass_sub *sub,
                     struct hass_error *err);

    /** For transports: opens a connection (the authentication is the transport's); received messages go to `receive`. */
    struct websocket_connection *(*open)(struct hass *hass, const struct websocket_transport *ops,
                                         void *transport, const struct websocket_user *user);
    /** One text message. HASS_E_PARSE: not JSON; the transport should close. */
    int (*receive)(struct websocket_connection *connection, const char *text, size_t length,
                   struct hass_error *err);
    /** The transport is gone; ends all subscriptions. */
    void (*closed)(struct websocket_connection *connection);

    /** What the request was matched with. */
    const struct websocket_command *(*command)(const struct websocket_request *request);
    /** Fails with a code of the model's ("invalid_info") where the number of an error does not say it; returns 0. */
    int (*refuse)(struct websocket_request *request, const char *code, const char *message);
};

/** The table, for handlers of other integrations: a request begins with it. */
static inline const struct websocket_api *websocket_api_of(const struct websocket_request *request)
{
    return *(const struct websocket_api *const *)request;
}
