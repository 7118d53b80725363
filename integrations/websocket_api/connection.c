/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client: checks ids, finds commands, runs handlers, sends results, errors and events, and ends subscriptions.
 *
 * A handler that may suspend runs as a task of its own, so that a slow command does not hold up the next one.
 */
#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct subscription {
    struct hass_list link; /* connection->subscriptions */
    int64_t id;
    struct hass_sub *sub;
};

struct websocket_connection *connection_open(struct hass *hass,
                                             const struct websocket_transport *ops, void *transport,
                                             const struct websocket_user *user)
{
    struct websocket_connection *connection = calloc(1, sizeof(*connection));

    *connection = (struct websocket_connection){
        .hass = hass,
        .references = 1,
        .ops = ops,
        .transport = transport,
        .user = { .id = user->id ? strdup(user->id) : NULL,
                  .name = strdup(user->name),
                  .admin = user->admin },
    };
    list_init(&connection->subscriptions);
    return connection;
}

struct websocket_connection *connection_ref(struct websocket_connection *connection)
{
    connection->references++;
    return connection;
}

struct websocket_connection *connection_unref(struct websocket_connection *connection)
{
    if (!connection || --connection->references)
        return NULL;
    free((char *)connection->user.id);
    free((char *)connection->user.name);
    free(connection);
    return NULL;
}

static HASS_CALLBACK void end_subscription(struct websocket_connection *connection,
                                           struct subscription *subscription)
{
    list_remove(&subscription->link);
    connection->subscription_count--;
    hass_sub_async_remove(subscription->sub);
    free(subscription);
}

bool connection_unsubscribe(struct websocket_connection *connection, int64_t id)
{
    list_foreach(&connection->subscriptions, struct subscription, subscription, link) {
        if (subscription->id == id) {
            end_subscription(connection, subscription);
            return true;
        }
    }
    return false;
}

void connection_closed(struct websocket_connection *connection)
{
    connection->transport = NULL;
    connection->closed = true;
    list_foreach(&connection->subscriptions, struct subscription, subscription, link)
        end_subscription(connection, subscription);
    connection_unref(connection);
}

void connection_send(struct websocket_connection *connection, const char *text, size_t length)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (!connection->transport)
        return;
    if (connection->ops->send(connection->transport, text, length, &err) >= 0)
        return;
    hass_warning("%s is dropped: %s", connection->user.name, err.message);
    connection->ops->close(steal(connection->transport));
}

void connection_send_event(struct websocket_connection *connection, int64_t id, const char *event,
                           size_t length)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_reserve(&text, length + 64);
    hass_buf_printf(&text, "{\"id\":%lld,\"type\":\"event\",\"event\":", (long long)id);
    hass_buf_add(&text, event, length);
    hass_buf_add_char(&text, '}');
    connection_send(connection, text.data, text.length);
}

static HASS_CALLBACK void send_error(struct websocket_connection *connection, int64_t id,
                                     const char *code, const char *message, const char *key)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_printf(&text,
                    "{\"id\":%lld,\"type\":\"result\",\"success\":false,\"error\":{\"code\":\"%s\","
                    "\"message\":",
                    (long long)id, code);
    hass_json_write_string(message, strlen(message), &text);
    if (*key) {
        hass_buf_add_string(&text, ",\"translation_key\":");
        hass_json_write_string(key, strlen(key), &text);
        hass_buf_add_string(&text, ",\"translation_domain\":\"homeassistant\"");
    }
    hass_buf_add_string(&text, "}}");
    connection_send(connection, text.data, text.length);
}

/* What the model calls an error of this code. */
static const char *code_name(int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
        { HASS_E_INVALID, "invalid_format" },
        { HASS_E_SERVICE_NOT_FOUND, "not_found" },
        { HASS_E_NOT_FOUND, "not_found" },
        { HASS_E_SERVICE_VALIDATION, "service_validation_error" },
        { HASS_E_UNSUPPORTED, "service_validation_error" },
        { HASS_E_UNAUTHORIZED, "unauthorized" },
        { HASS_E_UNKNOWN_USER, "unauthorized" },
        { -ETIMEDOUT, "timeout" },
        { -ECANCELED, "unknown_error" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].code == code)
            return names[i].name;
    return code <= HASS_E_FIRST ? "home_assistant_error" : "unknown_error";
}

void request_answer(struct websocket_request *request, const char *result)
{
    autobuf text = HASS_BUF_INIT;

    if (request->answered)
        return;
    request->answered = true;
    hass_buf_printf(&text, "{\"id\":%lld,\"type\":\"result\",\"success\":true,\"result\":",
                    (long long)request->id);
    hass_buf_add_string(&text, *result ? result : "null");
    hass_buf_add_char(&text, '}');
    connection_send(request->connection, text.data, text.length);
}

int request_refuse(struct websocket_request *request, const char *code, const char *message)
{
    if (!request->answered)
        send_error(request->connection, request->id, code, message, "");
    request->answered = true;
    return 0;
}

int request_subscribe(struct websocket_request *request, struct hass_sub *sub,
                      struct hass_error *err)
{
    struct websocket_connection *connection = request->connection;

    if (connection->closed) {
        hass_sub_async_remove(sub);
        return hass_fail(err, HASS_E_CLOSED, "the client has gone");
    }
    if (connection->subscription_count >= WEBSOCKET_MAX_SUBSCRIPTIONS) {
        hass_sub_async_remove(sub);
        return hass_fail(err, HASS_E_LIMIT, "a connection has at most %d subscriptions",
                         WEBSOCKET_MAX_SUBSCRIPTIONS);
    }
    struct subscription *subscription = calloc(1, sizeof(*subscription));

    *subscription = (struct subscription){ .id = request->id, .sub = sub };
    list_append(&connection->subscriptions, &subscription->link);
    connection->subscription_count++;
    return 0;
}

const struct hass_context *request_context(const struct websocket_request *request)
{
    return hass_context_new(request->connection->hass, request->connection->user.id, NULL);
}

static HASS_CALLBACK void finish(struct websocket_request *request, int r,
                                 const struct hass_buf *result, const struct hass_error *err)
{
    if (r >= 0)
        request_answer(request, hass_buf_string(result));
    else if (!request->answered)
        send_error(request->connection, request->id, code_name(r),
                   err->message[0] ? err->message : "Unknown error", err->key);
}

static void request_destroy(void *object)
{
    struct websocket_request *request = object;

    json_decref(request->message);
    connection_unref(request->connection);
    free(request);
}

/* The body of both kinds: what suspends is marked by the command, which the compiler cannot see. */
static HASS_CALLBACK void handle(struct websocket_request *request)
{
    struct hass_error err = HASS_ERROR_INIT;
    autobuf result = HASS_BUF_INIT;
    int r = request->command->handler(request, &result, &err);

    finish(request, r, &result, &err);
}

static HASS_COROUTINE int run(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct websocket_request *request = userdata;
    struct websocket_connection *connection = request->connection;

    connection->task_count++;
    handle(request);
    connection->task_count--;
    return 0;
}

/* A task owns its request, also when it cannot be started. */
static HASS_CALLBACK void start_task(struct websocket_request *request)
{
    struct websocket_connection *connection = request->connection;
    const int64_t id = request->id;
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_async_create_background_task(connection->hass,
                                              HASS_JOB_COROUTINE(run, request,
                                                                 .destroy = request_destroy,
                                                                 .name = request->command->type),
                                              NULL, &err);

    if (r < 0)
        send_error(connection, id, code_name(r), err.message, err.key);
}

/* @request is taken. */
static HASS_CALLBACK void start(struct websocket_request *request)
{
    if (request->command->coroutine && request->connection->task_count < WEBSOCKET_MAX_TASKS) {
        start_task(request);
        return;
    }
    if (request->command->coroutine)
        send_error(request->connection, request->id, "home_assistant_error",
                   "too many commands are being worked on; wait for their results", "");
    else
        handle(request);
    request_destroy(request);
}

/*
 * Checks the message against the command's schema: returns the normalised message without id and type, or NULL. A command
 * that has no schema sees its type.
 */
static HASS_CALLBACK json_t *checked(struct websocket_connection *connection, int64_t id,
                                     const struct websocket_command *command, const json_t *message)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *body = json_copy((json_t *)message);
    json_t *normal = NULL;

    json_object_del(body, "id");
    if (!command->schema)
        return steal(body);
    json_object_del(body, "type");
    if (hass_schema_check(command->schema, body, &normal, &err) < 0)
        send_error(connection, id, "invalid_format", err.message, "");
    return normal;
}

static HASS_CALLBACK void dispatch(struct websocket_connection *connection, int64_t id,
                                   const char *type, const json_t *message)
{
    /* None while the integration is being replaced; a transport of another one may still be there. */
    const struct websocket_state *state = websocket_state(connection->hass);
    const struct websocket_command *command = state ? hass_strmap_get(state->commands, type) : NULL;

    if (!command && state)
        command = collections_find(connection->hass, type);
    if (!command) {
        send_error(connection, id, "unknown_command", "Unknown command.", "");
        return;
    }
    if (command->admin && !connection->user.admin) {
        send_error(connection, id, "unauthorized", "Unauthorized", "");
        return;
    }
    json_t *normal = checked(connection, id, command, message);
    if (!normal)
        return;

    struct websocket_request *request = calloc(1, sizeof(*request));
    *request = (struct websocket_request){
        .api = &websocket_api,
        .connection = connection_ref(connection),
        .command = command,
        .id = id,
        .message = normal,
    };
    start(request);
}

static HASS_CALLBACK void receive_one(struct websocket_connection *connection,
                                      const json_t *message)
{
    const int64_t id = hass_json_get_int(message, "id", 0);
    const char *type = hass_json_get_string(message, "type", NULL);

    if (id < 1 || !type) {
        send_error(connection, id, "invalid_format", "Message incorrectly formatted.", "");
    } else if (id <= connection->last_id) {
        send_error(connection, id, "id_reuse", "Identifier values have to increase.", "");
    } else {
        connection->last_id = id;
        dispatch(connection, id, type, message);
    }
}

int connection_receive(struct websocket_connection *connection, const char *text, size_t length,
                       struct hass_error *err)
{
    autojson *message = NULL;
    size_t index;
    json_t *one;
    int r = hass_json_parse(text, length, WEBSOCKET_MAX_MESSAGE, &message, err);

    if (r < 0)
        return r;
    connection_ref(connection); /* a transport may report its end from within send */
    if (!json_is_array(message))
        receive_one(connection, message);
    json_array_foreach(message, index, one)
        receive_one(connection, one);
    connection_unref(connection);
    return 0;
}
