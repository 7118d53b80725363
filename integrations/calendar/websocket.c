/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of calendars beside services: the events of a period, now and whenever they change, and adding, changing and
 * removing one. A change is a signal of the entity's, sent when its state is written; each subscription has a listener that asks
 * for the events, in a task, and sends them if they are others.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/dispatcher.h>
#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

#include "parts.h"
#include "websocket_api/websocket_api.h"

static HASS_CALLBACK const json_t *message_of(const struct websocket_request *request)
{
    return websocket_api_of(request)->message(request);
}

static HASS_CALLBACK int refuse(struct websocket_request *request, const char *code,
                                const char *message)
{
    return websocket_api_of(request)->refuse(request, code, message);
}

/* The calendar that a message names; NULL when it has been refused, as it is without @feature (0: none is needed). */
static HASS_CALLBACK struct hass_entity *find(struct websocket_request *request, uint32_t feature,
                                              const char *what)
{
    struct hass *hass = websocket_api_of(request)->hass(request);
    struct hass_component *component = hass_component_async_get(hass, "calendar");
    const char *id = hass_json_get_string(message_of(request), "entity_id", "");
    struct hass_entity *entity = component ? hass_component_async_get_entity(component, id) : NULL;
    autobuf text = HASS_BUF_INIT;

    if (!entity) {
        (void)refuse(request, "not_found", "Calendar entity not found");
        return NULL;
    }
    if ((hass_entity_description(entity)->supported_features & feature) == feature)
        return entity;
    hass_buf_printf(&text, "Calendar does not support event %s", what);
    (void)refuse(request, "not_supported", hass_buf_string(&text));
    return NULL;
}

/* changes */

/* A day ("2024-01-31") or a moment under one of two names; false when there is none. */
static bool read_time(const json_t *data, const char *const keys[2], const struct hass_zone *zone,
                      int64_t *ret_time, bool *ret_day)
{
    const char *text =
        hass_json_get_string(data, keys[0], hass_json_get_string(data, keys[1], NULL));

    *ret_day = text && strlen(text) == strlen("2024-01-31");
    return text && hass_dt_parse(text, zone, ret_time, NULL) == 0;
}

/* The event of a message, whose texts it lends. Returns 1 when it has been refused. */
static HASS_CALLBACK int read_event(struct websocket_request *request,
                                    struct calendar_event *ret_event)
{
    static const char *const starts[2] = { "dtstart", "start" }, *const ends[2] = { "dtend",
                                                                                    "end" };
    const json_t *data = hass_json_get(message_of(request), "event");
    struct hass_zone *zone = hass_config_zone(websocket_api_of(request)->hass(request));
    struct calendar_event event = {
        .size = sizeof(event),
        .summary = hass_json_get_string(data, "summary", ""),
        .description = hass_json_get_string(data, "description", NULL),
        .location = hass_json_get_string(data, "location", NULL),
        .rrule = hass_json_get_string(data, "rrule", NULL),
    };
    bool until_day = false;
    bool good = read_time(data, starts, zone, &event.start, &event.all_day) &&
                read_time(data, ends, zone, &event.end, &until_day) && event.all_day == until_day;

    hass_zone_unref(zone);
    if (good && event.end > event.start) {
        *ret_event = event;
        return 0;
    }
    (void)refuse(
        request, "invalid_format",
        "expected an event with dtstart and dtend, both days or both moments, the end after "
        "the start");
    return 1;
}

static HASS_CALLBACK struct calendar_change change_of(const struct websocket_request *request,
                                                      const struct calendar_event *event)
{
    const json_t *message = message_of(request);
    const char *range = hass_json_get_string(message, "recurrence_range", "");

    return (struct calendar_change){
        .size = sizeof(struct calendar_change),
        .uid = hass_json_get_string(message, "uid", NULL),
        .recurrence_id = hass_json_get_string(message, "recurrence_id", NULL),
        .this_and_future = !strcmp(range, "THISANDFUTURE"),
        .event = event,
    };
}

typedef int change_fn(struct hass_entity *entity, struct calendar_change *change,
                      struct hass_error *err);

static HASS_COROUTINE int change(struct websocket_request *request, struct hass_entity *entity,
                                 change_fn *fn, const struct calendar_event *event)
{
    struct calendar_change wanted = change_of(request, event);
    autounref(hass_entity) *kept = hass_entity_ref(entity);
    struct hass_error problem = HASS_ERROR_INIT;

    if (fn(kept, calendar_change_copy(&wanted), &problem) < 0)
        return refuse(request, "failed", problem.message);
    return 0;
}

static HASS_COROUTINE int create(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    struct hass_entity *entity = find(request, CALENDAR_FEATURE_CREATE_EVENT, "creation");
    struct calendar_event event;

    if (!entity || read_event(request, &event))
        return 0;
    return change(request, entity, calendar_async_create, &event);
}

static HASS_COROUTINE int update(struct websocket_request *request, struct hass_buf *result,
                                 struct hass_error *err)
{
    struct hass_entity *entity = find(request, CALENDAR_FEATURE_UPDATE_EVENT, "update");
    struct calendar_event event;

    if (!entity || read_event(request, &event))
        return 0;
    return change(request, entity, calendar_async_update, &event);
}

static HASS_COROUTINE int take_away(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    struct hass_entity *entity = find(request, CALENDAR_FEATURE_DELETE_EVENT, "deletion");

    return entity ? change(request, entity, calendar_async_remove, NULL) : 0;
}

/* subscribing */

/* Tasks that ask for events have references, and may outlive the subscription. */
struct subscriber {
    unsigned refs;
    bool ended; /* the subscription has, and perhaps the connection */
    struct websocket_connection *connection;
    int64_t id;
    struct hass_entity *entity; /* counted */
    struct calendar_period period;
    json_t *sent; /* last; or NULL */
};

static void subscriber_unref(void *object)
{
    struct subscriber *subscriber = object;

    if (--subscriber->refs)
        return;
    json_decref(subscriber->sent);
    hass_entity_unref(subscriber->entity);
    free(subscriber);
}

static void subscriber_end(void *object)
{
    struct subscriber *subscriber = object;
    struct calendar_data *data;

    hass__assert_loop();
    data = hass_entity_async_domain_data(subscriber->entity);
    if (data)
        data->subscribers--;
    subscriber->ended = true;
    subscriber_unref(subscriber);
}

/* Null when they cannot be told. */
static HASS_COROUTINE int send_events(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct subscriber *subscriber = userdata;
    struct hass_error problem = HASS_ERROR_INIT;
    json_t *events = NULL;
    autobuf text = HASS_BUF_INIT;

    if (calendar_async_events(subscriber->entity, &subscriber->period, true, &events, &problem) < 0)
        hass_warning("%s does not tell its events: %s",
                     hass_entity_async_entity_id(subscriber->entity), problem.message);
    autojson *event = json_pack("{s:o?}", "events", events);
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    if (subscriber->ended || !api || (subscriber->sent && json_equal(event, subscriber->sent)))
        return 0;
    json_decref(subscriber->sent);
    subscriber->sent = hass_json_ref(event);
    hass_json_write(event, &text);
    api->send_event(subscriber->connection, subscriber->id, hass_buf_string(&text), text.length);
    return 0;
}

static HASS_CALLBACK int on_change(const struct hass_signal *signal, void *userdata,
                                   struct hass_error *err)
{
    struct subscriber *subscriber = userdata;

    subscriber->refs++;
    return hass_async_create_task(
        signal->hass, HASS_JOB_COROUTINE(send_events, subscriber, .destroy = subscriber_unref),
        NULL, err);
}

static HASS_CALLBACK void write_signal(struct hass_entity *entity, struct hass_buf *name)
{
    hass_buf_printf(name, "calendar_events.%s", hass_entity_async_entity_id(entity));
}

void calendar_tell_subscribers(struct hass_entity *entity)
{
    const struct calendar_data *data = hass_entity_async_domain_data(entity);
    autobuf name = HASS_BUF_INIT;

    if (!data || data->subscribers == 0)
        return;
    write_signal(entity, &name);
    (void)hass_async_dispatcher_send(hass_entity_hass(entity), hass_buf_string(&name), NULL, NULL);
}

static HASS_CALLBACK struct subscriber *subscriber_new(struct websocket_request *request,
                                                       struct hass_entity *entity)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass_zone *zone = hass_config_zone(api->hass(request));
    struct subscriber *subscriber = calloc(1, sizeof(*subscriber));

    *subscriber = (struct subscriber){
        .refs = 1,
        .connection = api->connection(request),
        .id = api->id(request),
        .entity = hass_entity_ref(entity),
        .period.size = sizeof(struct calendar_period),
    };
    (void)hass_dt_parse(hass_json_get_string(message_of(request), "start", ""), zone,
                        &subscriber->period.start, NULL);
    (void)hass_dt_parse(hass_json_get_string(message_of(request), "end", ""), zone,
                        &subscriber->period.end, NULL);
    hass_zone_unref(zone);
    return subscriber;
}

static HASS_COROUTINE int subscribe(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    struct hass *hass = api->hass(request);
    struct hass_entity *entity = find(request, 0, "");
    struct calendar_data *data = entity ? hass_entity_async_domain_data(entity) : NULL;
    autobuf name = HASS_BUF_INIT;
    struct hass_sub *sub;

    if (!data)
        return 0;
    struct subscriber *subscriber = subscriber_new(request, entity);
    if (subscriber->period.end <= subscriber->period.start) {
        subscriber_unref(subscriber);
        return refuse(request, "invalid_format", "the end must lie after the start");
    }
    write_signal(entity, &name);
    subscriber->refs++; /* ours */
    data->subscribers++;
    int r = hass_async_dispatcher_connect(
        hass, hass_buf_string(&name),
        HASS_JOB_CALLBACK(on_change, subscriber, .destroy = subscriber_end), &sub, err);
    if (r >= 0)
        r = api->subscribe(request, sub, err);
    if (r >= 0) {
        api->answer(request, "null");
        r = send_events(hass, subscriber, err);
    }
    subscriber_unref(subscriber);
    return r;
}

/* commands */

#define ENTITY_FIELD                                                                               \
    HASS_FIELD("entity_id", &hass_type_entity_id, .required = true, .doc = "Which calendar")
#define MAX_SUMMARY     1024 /* characters */
#define MAX_DESCRIPTION 65536

HASS_SCHEMA(event_schema,
            HASS_FIELD("summary", &hass_type_string, .required = true, .min = 1, .max = MAX_SUMMARY,
                       .doc = "What it is"),
            HASS_FIELD("dtstart", &hass_type_string, .doc = "When it begins, a day or a moment"),
            HASS_FIELD("dtend", &hass_type_string, .doc = "When it ends"),
            HASS_FIELD("start", &hass_type_string, .doc = "The same as dtstart"),
            HASS_FIELD("end", &hass_type_string, .doc = "The same as dtend"),
            HASS_FIELD("description", &hass_type_string, .nullable = true, .max = MAX_DESCRIPTION,
                       .doc = "More about it"),
            HASS_FIELD("location", &hass_type_string, .nullable = true, .max = MAX_SUMMARY,
                       .doc = "Where"),
            HASS_FIELD("rrule", &hass_type_string, .nullable = true, .max = MAX_SUMMARY,
                       .doc = "How it is repeated, RFC 5545"));

#define EVENT_FIELD                                                                                \
    HASS_FIELD("event", &hass_type_map, .schema = &event_schema, .required = true,                 \
               .doc = "The event as it is to be")
#define UID_FIELDS                                                                                 \
    HASS_FIELD("uid", &hass_type_string, .required = true, .doc = "Which event"),                  \
        HASS_FIELD("recurrence_id", &hass_type_string, .nullable = true,                           \
                   .doc = "Which of those that it repeats"),                                       \
        HASS_FIELD("recurrence_range", &hass_type_string, .nullable = true,                        \
                   .doc = "THISANDFUTURE: and those after it")

HASS_SCHEMA(create_schema, ENTITY_FIELD, EVENT_FIELD);
HASS_SCHEMA(update_schema, ENTITY_FIELD, UID_FIELDS, EVENT_FIELD);
HASS_SCHEMA(delete_schema, ENTITY_FIELD, UID_FIELDS);
HASS_SCHEMA(subscribe_schema, ENTITY_FIELD,
            HASS_FIELD("start", &hass_type_datetime, .required = true, .doc = "From when"),
            HASS_FIELD("end", &hass_type_datetime, .required = true, .doc = "Until when"));

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("calendar/event/create", create, .schema = &create_schema, .coroutine = true),
    WEBSOCKET_COMMAND("calendar/event/update", update, .schema = &update_schema, .coroutine = true),
    WEBSOCKET_COMMAND("calendar/event/delete", take_away, .schema = &delete_schema,
                      .coroutine = true),
    WEBSOCKET_COMMAND("calendar/event/subscribe", subscribe, .schema = &subscribe_schema,
                      .coroutine = true),
};

int calendar_add_commands(struct hass *hass, struct hass_error *err)
{
    const struct websocket_api *api = hass_async_get_api(hass, "websocket_api");
    int r = 0;

    for (size_t i = 0; api && r >= 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
        r = api->add_command(hass, &commands[i], err);
    return r;
}
