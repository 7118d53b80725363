/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of weather: the units there are, and forecasts, now and whenever there is a new one. A new one is a signal
 * of the entity's; each subscription has a listener that asks for the forecast, in a task, and sends it.
 */
#include "websocket.h"

#include <stdlib.h>

#include <hass/dispatcher.h>
#include <hass/domain.h>
#include <hass/integration.h>

#include "forecast.h"
#include "units.h"
#include "websocket_api/websocket_api.h"

static HASS_CALLBACK int list_units(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    autojson *answer = json_pack("{s:o}", "units", weather_units_as_json());

    hass_json_write(answer, result);
    return 0;
}

/* forecasts */

/* A subscription of forecasts. Tasks that fetch one have references, and may outlive it. */
struct listener {
    unsigned refs;
    bool ended; /* the subscription has, and perhaps the connection */
    struct websocket_connection *connection;
    int64_t id;
    struct hass_entity *entity; /* counted */
    const char *type;           /* of forecast_kinds */
};

static void listener_unref(void *object)
{
    struct listener *listener = object;

    if (--listener->refs)
        return;
    hass_entity_unref(listener->entity);
    free(listener);
}

static void listener_end(void *object)
{
    struct listener *listener = object;

    listener->ended = true;
    listener_unref(listener);
}

/* Fetches the forecast and sends it; null when there is none. */
static HASS_COROUTINE int send_forecast(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct listener *listener = userdata;
    enum weather_feature kind = forecast_kind(listener->type);
    struct hass_error own = HASS_ERROR_INIT;
    json_t *forecast = NULL;
    autobuf text = HASS_BUF_INIT;

    if (forecast_async_get(listener->entity, kind, &forecast, &own) < 0)
        hass_warning("%s has no %s forecast: %s", hass_entity_async_entity_id(listener->entity),
                     listener->type, own.message);
    autojson *event = json_pack("{s:s, s:o?}", "type", listener->type, "forecast", forecast);
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    if (listener->ended || !api)
        return 0;
    hass_json_write(event, &text);
    api->send_event(listener->connection, listener->id, text.data, text.length);
    return 0;
}

static HASS_CALLBACK int on_new_forecast(const struct hass_signal *signal, void *userdata,
                                         struct hass_error *err)
{
    struct listener *listener = userdata;

    if (!(json_integer_value(signal->data) & forecast_kind(listener->type)))
        return 0;
    listener->refs++;
    return hass_async_create_task(
        signal->hass, HASS_JOB_COROUTINE(send_forecast, listener, .destroy = listener_unref), NULL,
        err);
}

static HASS_CALLBACK void write_signal(struct hass_entity *entity, struct hass_buf *name)
{
    hass_buf_printf(name, "weather_forecast.%s", hass_entity_async_entity_id(entity));
}

/* A listener of what a message asks for; NULL when that has been refused. */
static HASS_CALLBACK struct listener *make_listener(struct websocket_request *request)
{
    const struct websocket_api *api = websocket_api_of(request);
    const json_t *message = api->message(request);
    const char *type = hass_json_get_string(message, "forecast_type", "");
    struct hass_component *component = hass_component_async_get(api->hass(request), "weather");
    const char *id = hass_json_get_string(message, "entity_id", "");
    struct hass_entity *entity = component ? hass_component_async_get_entity(component, id) : NULL;

    if (!entity) {
        (void)api->refuse(request, "invalid_entity_id", "Weather entity not found");
        return NULL;
    }
    if (!forecast_is_supported(entity, forecast_kind(type))) {
        (void)api->refuse(request, "forecast_not_supported",
                          "The weather entity does not support this forecast type");
        return NULL;
    }
    struct listener *listener = calloc(1, sizeof(*listener));
    *listener = (struct listener){
        .refs = 1,
        .connection = api->connection(request),
        .id = api->id(request),
        .entity = hass_entity_ref(entity),
        .type = forecast_kinds[hass_words_find(forecast_kinds, type)],
    };
    return listener;
}

static HASS_COROUTINE int subscribe(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = api->hass(request);
    struct listener *listener = make_listener(request);
    autobuf name = HASS_BUF_INIT;
    struct hass_sub *sub;

    if (!listener)
        return 0;
    write_signal(listener->entity, &name);
    listener->refs++; /* ours */
    int r = hass_async_dispatcher_connect(
        hass, hass_buf_string(&name),
        HASS_JOB_CALLBACK(on_new_forecast, listener, .destroy = listener_end), &sub, err);
    if (r >= 0)
        r = api->subscribe(request, sub, err);
    if (r >= 0) {
        api->answer(request, "null");
        r = send_forecast(hass, listener, err);
    }
    listener_unref(listener);
    return r;
}

static HASS_CALLBACK int forecast_changed(struct hass_entity *entity, uint32_t kinds,
                                          struct hass_error *err)
{
    autobuf name = HASS_BUF_INIT;

    if (!hass_entity_async_entity_id(entity))
        return hass_fail(err, HASS_E_NO_ENTITY_ID, "the weather has not been added");
    write_signal(entity, &name);
    return hass_async_dispatcher_send(hass_entity_hass(entity), hass_buf_string(&name),
                                      json_integer(kinds), err);
}

const struct weather_api weather_api = {
    .size = sizeof(weather_api),
    .async_forecast_changed = forecast_changed,
};

HASS_SCHEMA(subscribe_schema,
            HASS_FIELD("entity_id", &hass_type_entity_id, .required = true,
                       .doc = "Whose forecast"),
            HASS_FIELD("forecast_type", &hass_type_enum, .words = forecast_kinds, .required = true,
                       .doc = "For each day, hour or half day"));

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("weather/convertible_units", list_units),
    WEBSOCKET_COMMAND("weather/subscribe_forecast", subscribe, .schema = &subscribe_schema,
                      .coroutine = true),
};

int weather_add_commands(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = 0;

    for (size_t i = 0; api && r >= 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
