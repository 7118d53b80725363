/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain calendar: "on" while an event is on.
 *
 * Configuration: a list of platforms (`calendar: [{platform: …}]`); the domain has no options of its own.
 *
 * calendar.c  manifest, state, services
 * events.c    the events of a period, get_events
 * create.c    create_event
 * change.c    how changes reach a platform
 * trigger.c   the trigger of automations
 * websocket.c what clients ask beside services
 */
#include "calendar.h"

#include <stdlib.h>

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

#include "parts.h"

#define SCAN_INTERVAL 60.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "calendar", .name = "Calendar", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"),
              .triggers = HASS_TRIGGERS(&calendar_trigger));

static HASS_CALLBACK int on_alarm(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    struct calendar_data *data = hass_entity_async_domain_data(entity);

    data->timer = hass_sub_async_remove(data->timer);
    return hass_entity_async_write_ha_state(entity, err);
}

/* The state is to be written again when the event begins or ends. */
static HASS_CALLBACK void arm(struct hass_entity *entity, int64_t when)
{
    struct calendar_data *data = hass_entity_async_domain_data(entity);

    if (data->timer && data->when == when)
        return;
    data->timer = hass_sub_async_remove(data->timer);
    data->when = when;
    (void)hass_async_track_point_in_utc_time(
        hass_entity_hass(entity), when, HASS_JOB_CALLBACK(on_alarm, entity), &data->timer, NULL);
}

static HASS_CALLBACK int disarm(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct calendar_data *data = hass_entity_async_domain_data(userdata);

    data->timer = hass_sub_async_remove(data->timer);
    return 0;
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    return hass_entity_async_on_remove(entity, HASS_JOB_CALLBACK(disarm, entity), err);
}

/* state and attributes */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct calendar_event *event = ops_of(entity)->event(entity);
    int64_t now = hass_now(hass_entity_hass(entity));

    calendar_tell_subscribers(entity);
    if (!event || event->end <= now)
        return hass_value_string(HASS_STATE_OFF);
    bool on = event->start <= now;
    arm(entity, on ? event->end : event->start);
    return hass_value_string(on ? HASS_STATE_ON : HASS_STATE_OFF);
}

static void set_time(struct hass_attrs_writer *writer, const char *key, int64_t time,
                     const struct hass_zone *zone)
{
    struct hass_dt local = { .size = sizeof(local) };
    autobuf text = HASS_BUF_INIT;

    hass_dt_local(time, zone, &local);
    hass_buf_printf(&text, "%04d-%02d-%02d %02d:%02d:%02d", local.year, local.month, local.day,
                    local.hour, local.minute, local.second);
    hass_attrs_set_string(writer, key, hass_buf_string(&text));
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    const struct calendar_event *event = ops_of(entity)->event(entity);

    if (!event)
        return;
    struct hass_zone *zone = hass_config_zone(hass_entity_hass(entity));
    hass_attrs_set_string(writer, "message", event->summary);
    hass_attrs_set(writer, "all_day", HASS_BOOL(event->all_day));
    set_time(writer, "start_time", event->start, zone);
    set_time(writer, "end_time", event->end, zone);
    hass_attrs_set_string(writer, "location", event->location ? event->location : "");
    hass_attrs_set_string(writer, "description", event->description ? event->description : "");
    hass_zone_unref(zone);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .data_size = sizeof(struct calendar_data),
    .async_added_to_hass = added,
};

/* services */

#define MAX_SUMMARY     1024 /* characters */
#define MAX_DESCRIPTION 65536
#define MAX_YEARS       100

HASS_SCHEMA(in_schema,
            HASS_FIELD("days", &hass_type_int, .min = 0, .max = 366 * MAX_YEARS, .exclusive = "in",
                       .doc = "So many days from today"),
            HASS_FIELD("weeks", &hass_type_int, .min = 0, .max = 53 * MAX_YEARS, .exclusive = "in",
                       .doc = "So many weeks from today"));

HASS_SCHEMA_WITH(create_schema, (.check = calendar_check_create),
                 HASS_FIELD("summary", &hass_type_string, .required = true, .min = 1,
                            .max = MAX_SUMMARY, .doc = "What it is"),
                 HASS_FIELD("description", &hass_type_string, .max = MAX_DESCRIPTION,
                            .fallback = "\"\"", .doc = "More about it"),
                 HASS_FIELD("location", &hass_type_string, .max = MAX_SUMMARY, .doc = "Where"),
                 HASS_FIELD("start_date", &hass_type_date, .exclusive = "start",
                            .doc = "First day, of an event of whole days"),
                 HASS_FIELD("end_date", &hass_type_date, .exclusive = "end",
                            .doc = "The day after the last one"),
                 HASS_FIELD("start_date_time", &hass_type_datetime, .exclusive = "start",
                            .doc = "When it begins"),
                 HASS_FIELD("end_date_time", &hass_type_datetime, .exclusive = "end",
                            .doc = "When it ends"),
                 HASS_FIELD("in", &hass_type_map, .schema = &in_schema, .exclusive = "start",
                            .doc = "A day counted from today"));

HASS_SCHEMA_WITH(get_schema, (.check = calendar_check_get),
                 HASS_FIELD("start_date_time", &hass_type_datetime,
                            .doc = "From when; now, when absent"),
                 HASS_FIELD("end_date_time", &hass_type_datetime, .exclusive = "end",
                            .doc = "Until when"),
                 HASS_FIELD("duration", &hass_type_duration, .min = 1, .max = 86400.0 * 366,
                            .exclusive = "end", .doc = "How long from the start"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("create_event", "Adds an event", .schema = &create_schema,
                        .required_features = CALENDAR_FEATURE_CREATE_EVENT,
                        .async_handler = calendar_create_event),
    HASS_ENTITY_SERVICE("get_events", "Gets the events of a period", .schema = &get_schema,
                        .supports_response = HASS_RESPONSE_ONLY,
                        .async_handler = calendar_get_events),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    int r = HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "calendar",
                              .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);

    return r < 0 ? r : calendar_add_commands(hass, err);
}
