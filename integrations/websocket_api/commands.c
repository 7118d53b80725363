/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands every client starts with: states, services, events, configuration.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/platform.h>

#include "connection.h"

/* asking */

static HASS_CALLBACK int get_states(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    return hass_states_async_write_json(request->connection->hass, result, err);
}

static HASS_CALLBACK int get_config(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    autojson *config = hass_config_async_as_json(request->connection->hass);

    hass_json_write(config, result);
    return 0;
}

static HASS_CALLBACK int get_services(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    autojson *services = hass_services_async_describe(request->connection->hass);

    hass_json_write(services, result);
    return 0;
}

static HASS_CALLBACK int ping(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    hass_buf_printf(result, "{\"id\":%lld,\"type\":\"pong\"}", (long long)request->id);
    connection_send(request->connection, result->data, result->length);
    request->answered = true;
    return 0;
}

HASS_SCHEMA(target_schema, HASS_FIELD("entity_id", &hass_type_entity_ids, .doc = "Entities"),
            HASS_FIELD("device_id", &hass_type_string, .list = true, .doc = "Devices"),
            HASS_FIELD("area_id", &hass_type_string, .list = true, .doc = "Areas"),
            HASS_FIELD("floor_id", &hass_type_string, .list = true, .doc = "Floors"),
            HASS_FIELD("label_id", &hass_type_string, .list = true, .doc = "Labels"));
HASS_SCHEMA(extract_schema,
            HASS_FIELD("target", &hass_type_map, .schema = &target_schema, .required = true,
                       .doc = "What a service would be called with"),
            HASS_FIELD("expand_group", &hass_type_bool, .fallback = "false",
                       .doc = "Members take the place of their group"));

static HASS_CALLBACK int extract_from_target(struct websocket_request *request,
                                             struct hass_buf *result, struct hass_error *err)
{
    const json_t *message = request->message;
    autojson *extracted =
        hass_async_extract_from_target(request->connection->hass, hass_json_get(message, "target"),
                                       hass_json_get_bool(message, "expand_group", false));

    hass_json_write(extracted, result);
    return 0;
}

/* doing */

static const struct hass_field target_value =
    HASS_FIELD("", &hass_type_any, .doc = "An id or a list of ids");

HASS_SCHEMA(call_service_schema,
            HASS_FIELD("domain", &hass_type_string, .required = true, .doc = "Of the service"),
            HASS_FIELD("service", &hass_type_string, .required = true, .doc = "Of the domain"),
            HASS_FIELD("service_data", &hass_type_map, .nullable = true, .doc = "Its data"),
            HASS_FIELD("target", &hass_type_map, .item = &target_value, .nullable = true,
                       .doc = "Entities, devices, areas"),
            HASS_FIELD("return_response", &hass_type_bool, .fallback = "false",
                       .doc = "Answer with what the service returns"));

static void write_context(const struct hass_context *context, struct hass_buf *result)
{
    autojson *json = hass_context_as_json(context);

    hass_buf_add_string(result, "{\"context\":");
    hass_json_write(json, result);
}

/* A member that is a map, a new one; NULL when it is null or absent. */
static json_t *map_of(const json_t *message, const char *key)
{
    const json_t *value = hass_json_get(message, key);

    return json_is_object(value) ? json_copy((json_t *)value) : NULL;
}

static HASS_COROUTINE int call_service(struct websocket_request *request, struct hass_buf *result,
                                       struct hass_error *err)
{
    struct hass *hass = request->connection->hass;
    const json_t *message = request->message;
    const char *domain = hass_json_get_string(message, "domain", "");
    const char *service = hass_json_get_string(message, "service", "");
    autounref(hass_context) const *context = request_context(request);
    autojson *response = NULL;
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .return_response = hass_json_get_bool(message, "return_response", false),
        .context = context,
        .target = map_of(message, "target"),
    };

    if (!request->connection->user.admin && hass_services_async_is_admin(hass, domain, service)) {
        json_decref(options.target);
        return hass_fail(err, HASS_E_UNAUTHORIZED, "Unauthorized");
    }
    int r = hass_services_async_call(hass, domain, service, map_of(message, "service_data"),
                                     &options, &response, err);
    if (r < 0)
        return r;
    write_context(context, result);
    if (options.return_response) {
        hass_buf_add_string(result, ",\"response\":");
        hass_json_write(response, result);
    }
    hass_buf_add_char(result, '}');
    return 0;
}

HASS_SCHEMA(fire_event_schema,
            HASS_FIELD("event_type", &hass_type_string, .required = true, .doc = "Its type"),
            HASS_FIELD("event_data", &hass_type_map, .nullable = true, .doc = "Its data"));

static HASS_CALLBACK int fire_event(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    autounref(hass_context) const *context = request_context(request);
    int r = hass_bus_async_fire(request->connection->hass,
                                hass_json_get_string(request->message, "event_type", ""),
                                map_of(request->message, "event_data"), context, err);

    if (r < 0)
        return r;
    write_context(context, result);
    hass_buf_add_char(result, '}');
    return 0;
}

/* listening */

/* What users who do not administrate the home may listen to. */
static const char *const public_events[] = {
    "area_registry_updated",
    "category_registry_updated",
    "component_loaded",
    "core_config_updated",
    "device_registry_updated",
    "entity_registry_updated",
    "floor_registry_updated",
    "label_registry_updated",
    "labs_updated",
    "lovelace_updated",
    "panels_updated",
    "recorder_5min_statistics_generated",
    "service_registered",
    "recorder_hourly_statistics_generated",
    "service_removed",
    "repairs_issue_registry_updated",
    "state_changed",
    "shopping_list_updated",
    "themes_updated",
    NULL,
};

/* A bus subscription of one request; owned by the job. */
struct listener {
    struct websocket_connection *connection;
    int64_t id;
};

static void listener_destroy(void *object)
{
    struct listener *listener = object;

    connection_unref(listener->connection);
    free(listener);
}

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct listener *listener = userdata;
    autobuf text = HASS_BUF_INIT;

    hass_event_write_json(event, &text);
    connection_send_event(listener->connection, listener->id, text.data, text.length);
    return 0;
}

HASS_SCHEMA(subscribe_events_schema,
            HASS_FIELD("event_type", &hass_type_string, .fallback = "\"*\"",
                       .doc = "Of the events, * for all"));

static bool is_public(const char *type)
{
    for (const char *const *name = public_events; *name; name++)
        if (!strcmp(*name, type))
            return true;
    return false;
}

static HASS_CALLBACK int subscribe_events(struct websocket_request *request,
                                          struct hass_buf *result, struct hass_error *err)
{
    struct websocket_connection *connection = request->connection;
    const char *type = hass_json_get_string(request->message, "event_type", HASS_MATCH_ALL);
    struct hass_sub *sub;

    if (!connection->user.admin && !is_public(type))
        return hass_fail(err, HASS_E_UNAUTHORIZED, "Unauthorized");
    struct listener *listener = calloc(1, sizeof(*listener));
    *listener = (struct listener){ connection_ref(connection), request->id };
    int r = hass_bus_async_listen(
        connection->hass, type, NULL,
        HASS_JOB_CALLBACK(on_event, listener, .destroy = listener_destroy), &sub, err);
    return r < 0 ? r : request_subscribe(request, sub, err);
}

HASS_SCHEMA(unsubscribe_schema, HASS_FIELD("subscription", &hass_type_int, .required = true,
                                           .doc = "The id of the message that subscribed"));

static HASS_CALLBACK int unsubscribe_events(struct websocket_request *request,
                                            struct hass_buf *result, struct hass_error *err)
{
    int64_t id = hass_json_get_int(request->message, "subscription", 0);

    if (!connection_unsubscribe(request->connection, id))
        return hass_fail(err, HASS_E_NOT_FOUND, "Subscription not found.");
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("get_states", get_states),
    WEBSOCKET_COMMAND("get_config", get_config),
    WEBSOCKET_COMMAND("get_services", get_services),
    WEBSOCKET_COMMAND("extract_from_target", extract_from_target, .schema = &extract_schema),
    WEBSOCKET_COMMAND("ping", ping),
    WEBSOCKET_COMMAND("call_service", call_service, .schema = &call_service_schema,
                      .coroutine = true),
    WEBSOCKET_COMMAND("fire_event", fire_event, .schema = &fire_event_schema, .admin = true),
    WEBSOCKET_COMMAND("subscribe_events", subscribe_events, .schema = &subscribe_events_schema),
    WEBSOCKET_COMMAND("unsubscribe_events", unsubscribe_events, .schema = &unsubscribe_schema),
};

int commands_register(struct hass *hass, struct hass_error *err)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        int r = commands_add(hass, &commands[i], err);
        if (r < 0)
            return r;
    }
    return 0;
}
