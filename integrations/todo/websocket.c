/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of lists beside services: the items, now and whenever they change, and moving one. A change is a signal of
 * the entity's, sent when its state is written, which a renamed item leaves as it is.
 */
#include "websocket.h"

#include <stdlib.h>

#include <hass/dispatcher.h>
#include <hass/domain.h>
#include <hass/integration.h>

#include "items.h"
#include "websocket_api/websocket_api.h"

/* The list that a message names; NULL when that has been refused with @code. */
static HASS_CALLBACK struct hass_entity *find(struct websocket_request *request, const char *code)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass_component *component = hass_component_async_get(api->hass(request), "todo");
    const char *id = hass_json_get_string(api->message(request), "entity_id", "");
    struct hass_entity *entity = component ? hass_component_async_get_entity(component, id) : NULL;

    if (!entity)
        (void)api->refuse(request, code, "To-do list entity not found");
    return entity;
}

static HASS_CALLBACK json_t *answer_of(struct hass_entity *entity)
{
    return json_pack("{s:o}", "items", items_as_json(entity, NULL));
}

static HASS_CALLBACK int list_items(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    struct hass_entity *entity = find(request, "not_found");

    if (!entity)
        return 0;
    autojson *answer = answer_of(entity);
    hass_json_write(answer, result);
    return 0;
}

/* subscribing */

struct subscriber {
    const struct websocket_api *api;
    struct websocket_connection *connection;
    int64_t id;
    struct hass_entity *entity; /* counted */
    json_t *sent;               /* last; or NULL */
};

static HASS_CALLBACK void send(struct subscriber *subscriber)
{
    json_t *answer = answer_of(subscriber->entity);
    autobuf text = HASS_BUF_INIT;

    if (subscriber->sent && json_equal(answer, subscriber->sent)) {
        json_decref(answer);
        return;
    }
    json_decref(subscriber->sent);
    subscriber->sent = answer;
    hass_json_write(answer, &text);
    subscriber->api->send_event(subscriber->connection, subscriber->id, hass_buf_string(&text),
                                text.length);
}

static void free_subscriber(void *object)
{
    struct subscriber *subscriber = object;
    struct todo_watch *watch;

    hass__assert_loop();
    watch = hass_entity_async_domain_data(subscriber->entity);
    if (watch)
        watch->subscribers--;
    json_decref(subscriber->sent);
    hass_entity_unref(subscriber->entity);
    free(subscriber);
}

static HASS_CALLBACK int on_change(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    send(userdata);
    return 0;
}

static HASS_CALLBACK void write_signal(struct hass_entity *entity, struct hass_buf *name)
{
    hass_buf_printf(name, "todo_items.%s", hass_entity_async_entity_id(entity));
}

void todo_tell_subscribers(struct hass_entity *entity)
{
    const struct todo_watch *watch = hass_entity_async_domain_data(entity);
    autobuf name = HASS_BUF_INIT;

    if (!watch || watch->subscribers == 0)
        return;
    write_signal(entity, &name);
    (void)hass_async_dispatcher_send(hass_entity_hass(entity), hass_buf_string(&name), NULL, NULL);
}

static HASS_CALLBACK int subscribe(struct websocket_request *request, struct hass_buf *result,
                                   struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass_entity *entity = find(request, "invalid_entity_id");
    struct todo_watch *watch = entity ? hass_entity_async_domain_data(entity) : NULL;
    autobuf name = HASS_BUF_INIT;
    struct hass_sub *sub;

    if (!watch)
        return 0;
    struct subscriber *subscriber = calloc(1, sizeof(*subscriber));
    *subscriber = (struct subscriber){
        .api = api,
        .connection = api->connection(request),
        .id = api->id(request),
        .entity = hass_entity_ref(entity),
    };
    watch->subscribers++;
    write_signal(entity, &name);
    int r = hass_async_dispatcher_connect(
        api->hass(request), hass_buf_string(&name),
        HASS_JOB_CALLBACK(on_change, subscriber, .destroy = free_subscriber), &sub, err);
    if (r >= 0)
        r = api->subscribe(request, sub, err);
    if (r < 0)
        return r;
    api->answer(request, "null");
    send(subscriber);
    return 0;
}

/* moving */

static HASS_COROUTINE int move(struct websocket_request *request, struct hass_buf *result,
                               struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    const json_t *message = api->message(request);
    struct hass_entity *entity = find(request, "not_found");
    struct hass_error problem = HASS_ERROR_INIT;

    if (!entity)
        return 0;
    if (!(hass_entity_description(entity)->supported_features & TODO_FEATURE_MOVE_ITEM))
        return api->refuse(request, "not_supported",
                           "To-do list does not support to-do item reordering");
    autounref(hass_entity) *kept = hass_entity_ref(entity);
    int r = items_async_move(kept,
                             move_copy(hass_json_get_string(message, "uid", ""),
                                       hass_json_get_string(message, "previous_uid", NULL)),
                             &problem);
    return r < 0 ? api->refuse(request, "failed", problem.message) : 0;
}

/* commands */

#define ENTITY_FIELD                                                                               \
    HASS_FIELD("entity_id", &hass_type_entity_id, .required = true, .doc = "Which list")

HASS_SCHEMA(list_schema, ENTITY_FIELD);
HASS_SCHEMA(move_schema, ENTITY_FIELD,
            HASS_FIELD("uid", &hass_type_string, .required = true, .doc = "What is moved"),
            HASS_FIELD("previous_uid", &hass_type_string, .nullable = true,
                       .doc = "What it stands after then; to the front without it"));

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("todo/item/list", list_items, .schema = &list_schema),
    WEBSOCKET_COMMAND("todo/item/subscribe", subscribe, .schema = &list_schema),
    WEBSOCKET_COMMAND("todo/item/move", move, .schema = &move_schema, .coroutine = true),
};

int todo_add_commands(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = 0;

    for (size_t i = 0; api && r >= 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
