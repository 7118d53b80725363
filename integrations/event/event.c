/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain event: things that happen and are over: a ring at the door, a press of a remote control. The state is the time of
 * the last one.
 *
 * Configuration: a list of platforms (`event: [{platform: …}]`); the domain has no options of its own.
 */
#include "event.h"

#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>
#include <hass/dt.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */
#define USEC_PER_MSEC 1000

HASS_MANIFEST(.domain = "event", .name = "Event", .version = HASS_VERSION);

/* The last event. */
struct data {
    char time[HASS_DT_TEXT]; /* "": none */
    char *event_type;
    json_t *attributes;
};

static void data_destroy(void *object)
{
    struct data *data = object;

    free(data->event_type);
    json_decref(data->attributes);
}

static const char *const *types_of(struct hass_entity *entity)
{
    const struct event_ops *ops = hass_entity_domain_ops(entity);

    return ops->event_types(entity);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct data *data = hass_entity_async_domain_data(entity);

    return *data->time ? hass_value_string(data->time) : HASS_NONE;
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_words(writer, "event_types", types_of(entity));
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    const struct data *data = hass_entity_async_domain_data(entity);

    hass_attrs_set(writer, "event_type", hass_value_string(data->event_type));
    if (data->attributes)
        hass_attrs_set_all(writer, data->attributes);
}

/* What is kept of the last event, beside its time. */
static HASS_CALLBACK json_t *extra_restore_state_data(struct hass_entity *entity)
{
    const struct data *data = hass_entity_async_domain_data(entity);

    return json_pack("{s:s?, s:O?}", "last_event_type", data->event_type, "last_event_attributes",
                     data->attributes);
}

static HASS_COROUTINE int added_to_hass(struct hass_entity *entity, struct hass_error *err)
{
    struct data *data = hass_entity_async_domain_data(entity);
    const json_t *extra = hass_entity_async_last_extra_data(entity);
    const char *event_type = hass_json_get_string(extra, "last_event_type", NULL);
    const json_t *attributes = hass_json_get(extra, "last_event_attributes");

    hass_entity_restore_time(entity, data->time);
    if (*data->time && event_type)
        data->event_type = strdup(event_type);
    if (*data->time && json_is_object(attributes))
        data->attributes = hass_json_ref(attributes);
    return 0;
}

static bool default_to_device_class_name(struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class != NULL;
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
    .data_size = sizeof(struct data),
    .data_destroy = data_destroy,
    .async_added_to_hass = added_to_hass,
    .default_to_device_class_name = default_to_device_class_name,
    .restore = true,
    .extra_restore_state_data = extra_restore_state_data,
};

/* "2024-03-05T10:00:05.123+00:00": always with milliseconds. */
static void write_time(int64_t now, char text[HASS_DT_TEXT])
{
    hass_dt_iso(hass_dt_second(now), NULL, text);
    char *end = strchr(text, '+');
    snprintf(end, HASS_DT_TEXT - (size_t)(end - text), ".%03d+00:00",
             (int)(now % HASS_USEC_PER_SEC / USEC_PER_MSEC));
}

static HASS_CALLBACK int trigger(struct hass_entity *entity, const char *event_type,
                                 json_t *attributes, struct hass_error *err)
{
    autojson *owned = attributes;
    struct data *data = hass_entity_async_domain_data(entity);

    if (!data)
        return hass_fail(err, HASS_E_NO_ENTITY_ID, "the event has not been added");
    if (hass_words_find(types_of(entity), event_type) < 0)
        return hass_fail(err, HASS_E_INVALID, "invalid event type %s for %s", event_type,
                         hass_entity_async_entity_id(entity));
    data_destroy(data);
    data->event_type = strdup(event_type);
    data->attributes = steal(owned);
    write_time(hass_now(hass_entity_hass(entity)), data->time);
    return hass_entity_async_write_ha_state(entity, err);
}

static const struct event_api api = { .size = sizeof(api), .async_trigger = trigger };

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "event",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    int r = hass_async_provide_api(hass, "event", &api, err);

    return r < 0 ? r : hass_component_async_create(hass, &options, config, NULL, err);
}
