/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of collections over the API: <domain>/list, create, update, delete and subscribe of every domain that has a collection
 * at the moment, input_boolean/create for one. They stand in no table: a domain comes and goes without being asked.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/collection.h>
#include <hass/dispatcher.h>

#include "connection.h"

/* The part of the command's type before the verb; the caller frees it. */
static char *domain_of(const char *type)
{
    const char *verb = strrchr(type, '/');

    return verb ? strndup(type, verb - type) : strdup("");
}

static char *requested_domain(const struct websocket_request *request)
{
    return domain_of(hass_json_get_string(request->message, "type", ""));
}

static HASS_CALLBACK int list(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    autofree char *domain = requested_domain(request);
    autojson *items = hass_collection_async_as_json(request->connection->hass, domain);

    hass_json_write(items, result);
    return 0;
}

/* Takes "<domain>_id" out of the fields. */
static int take_id(json_t *fields, const char *domain, json_t **ret_id, struct hass_error *err)
{
    autobuf key = HASS_BUF_INIT;

    hass_buf_printf(&key, "%s_id", domain);
    autojson *id = json_incref(json_object_get(fields, hass_buf_string(&key)));
    if (!json_is_string(id))
        return hass_fail(err, HASS_E_INVALID, "required key '%s' is missing",
                         hass_buf_string(&key));
    json_object_del(fields, hass_buf_string(&key));
    *ret_id = steal(id);
    return 0;
}

static json_t *fields_of(const struct websocket_request *request)
{
    json_t *fields = json_copy(request->message);

    json_object_del(fields, "type");
    return fields;
}

static HASS_COROUTINE int create(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    autofree char *domain = requested_domain(request);
    autojson *item = NULL;
    int r = hass_collection_async_create_item(request->connection->hass, domain, fields_of(request),
                                              &item, err);

    if (r >= 0)
        hass_json_write(item, result);
    return r;
}

static HASS_COROUTINE int update(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    autofree char *domain = requested_domain(request);
    autojson *fields = fields_of(request), *id = NULL, *item = NULL;
    int r = take_id(fields, domain, &id, err);

    if (r >= 0)
        r = hass_collection_async_update_item(request->connection->hass, domain,
                                              json_string_value(id), steal(fields), &item, err);
    if (r >= 0)
        hass_json_write(item, result);
    return r;
}

static HASS_COROUTINE int delete (struct websocket_request *request, struct hass_buf *result,
                                  struct hass_error *err)
{
    autofree char *domain = requested_domain(request);
    autojson *fields = fields_of(request), *id = NULL;
    int r = take_id(fields, domain, &id, err);

    if (r >= 0 && json_object_size(fields))
        return hass_fail(err, HASS_E_INVALID, "unknown key '%s'",
                         json_object_iter_key(json_object_iter(fields)));
    return r < 0 ? r
                 : hass_collection_async_delete_item(request->connection->hass, domain,
                                                     json_string_value(id), err);
}

/* subscribing */

struct change_listener {
    struct websocket_connection *connection;
    int64_t id;
};

static void change_listener_destroy(void *object)
{
    struct change_listener *listener = object;

    connection_unref(listener->connection);
    free(listener);
}

static HASS_CALLBACK void send(struct websocket_connection *connection, int64_t id,
                               const json_t *changes)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(changes, &text);
    connection_send_event(connection, id, text.data, text.length);
}

static HASS_CALLBACK int on_change(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    const struct change_listener *listener = userdata;

    send(listener->connection, listener->id, signal->data);
    return 0;
}

/* All that there is, as if it had just been added. */
static HASS_CALLBACK json_t *all_as_added(struct hass *hass, const char *domain)
{
    autojson *listed = hass_collection_async_as_json(hass, domain);
    const json_t *items = json_is_array(listed) ? listed : hass_json_get(listed, "storage");
    json_t *changes = json_array();
    autobuf key = HASS_BUF_INIT;
    size_t i;
    json_t *item;

    hass_buf_printf(&key, "%s_id", domain);
    json_array_foreach(items, i, item)
        json_array_append_new(changes, json_pack("{s:s, s:O, s:O}", "change_type", "added",
                                                 hass_buf_string(&key), json_object_get(item, "id"),
                                                 "item", item));
    return changes;
}

static HASS_CALLBACK int subscribe(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    struct websocket_connection *connection = request->connection;
    autofree char *domain = requested_domain(request);
    autobuf signal = HASS_BUF_INIT;
    struct hass_sub *sub;

    hass_buf_printf(&signal, "collection_changed.%s", domain);
    struct change_listener *listener = calloc(1, sizeof(*listener));
    *listener = (struct change_listener){ connection_ref(connection), request->id };
    int r = hass_async_dispatcher_connect(
        connection->hass, hass_buf_string(&signal),
        HASS_JOB_CALLBACK(on_change, listener, .destroy = change_listener_destroy), &sub, err);
    if (r >= 0)
        r = request_subscribe(request, sub, err);
    if (r < 0)
        return r;
    autojson *changes = all_as_added(connection->hass, domain);
    request_answer(request, "null");
    send(connection, request->id, changes);
    return 0;
}

/* No schemas: the collection checks fields, and the handlers need to see the type. */
static const struct websocket_command collection_commands[] = {
    WEBSOCKET_COMMAND("list", list),
    WEBSOCKET_COMMAND("create", create, .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("update", update, .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("delete", delete, .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("subscribe", subscribe),
};

const struct websocket_command *collections_find(struct hass *hass, const char *type)
{
    autofree char *domain = domain_of(type);
    const char *verb = strrchr(type, '/');

    if (!verb || !hass_collection_async_has(hass, domain))
        return NULL;
    for (size_t i = 0; i < sizeof(collection_commands) / sizeof(collection_commands[0]); i++)
        if (!strcmp(collection_commands[i].type, verb + 1))
            return &collection_commands[i];
    return NULL;
}
