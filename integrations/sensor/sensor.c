/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain sensor: states and attributes of everything that is measured.
 *
 *     value.c       what a value may be
 *     unit.c        which unit it is shown in
 *     registry.c    what the entity registry keeps of it
 *     websocket.c   what clients ask
 *     statistics.c  what statistics are made of
 *
 * Configuration: a list of platforms (`sensor: [{platform: …}]`); the domain has no options of its own.
 * Values are checked against their class before they are shown. A wrong one is logged and the state stays what it was: the
 * model refuses to write it.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>

#include "parts.h"

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "sensor", .name = "Sensor", .version = HASS_VERSION,
              .after_dependencies = HASS_LIST("websocket_api"));

static const char *or_none(const char *text)
{
    return text ? text : "none";
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct hass_value native = sensor_ops_of(entity)->native_value(entity);
    struct hass_value value = native;
    const char *problem = sensor_check(entity, &value);

    if (!problem)
        return sensor_convert(entity, value);
    const char *entity_id = hass_entity_async_entity_id(entity);
    autobuf text = HASS_BUF_INIT;
    hass_value_write_text(native, &text);
    hass_entity_log(HASS_LOG_ERROR, entity_id,
                    "%s: value '%s' %s (device class %s, state class %s, unit %s)", entity_id,
                    hass_buf_string(&text), problem, or_none(sensor_device_class(entity)),
                    or_none(sensor_state_class(entity)), or_none(sensor_native_unit(entity)));
    return hass_entity_former_state(entity);
}

static HASS_CALLBACK void capability_attributes(struct hass_entity *entity,
                                                struct hass_attrs_writer *writer)
{
    const char *state_class = sensor_state_class(entity);

    if (state_class)
        hass_attrs_set_string(writer, HASS_ATTR_STATE_CLASS, state_class);
    if (sensor_options(entity))
        hass_attrs_set_words(writer, "options", sensor_options(entity));
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    const struct sensor_ops *ops = sensor_ops_of(entity);
    const char *state_class = sensor_state_class(entity);
    struct sensor_data *data = sensor_data_of(entity);
    int64_t reset = ops->last_reset ? ops->last_reset(entity) : 0;

    if (!reset)
        return;
    if (state_class && !strcmp(state_class, "total")) {
        char text[HASS_DT_TEXT];
        hass_dt_iso(reset, NULL, text);
        hass_attrs_set_string(writer, "last_reset", text);
    } else if (!(data->warned & WARNED_LAST_RESET)) {
        data->warned |= WARNED_LAST_RESET;
        hass_entity_log(HASS_LOG_WARNING, hass_entity_async_entity_id(entity),
                        "%s has a last_reset, which only state class 'total' goes with, not '%s'",
                        hass_entity_async_entity_id(entity), or_none(state_class));
    }
}

static HASS_COROUTINE int added_to_hass(struct hass_entity *entity, struct hass_error *err)
{
    sensor_read_registry(entity);
    sensor_write_registry(entity);
    return 0;
}

static HASS_CALLBACK void registry_entry_updated(struct hass_entity *entity,
                                                 const struct hass_entity_entry *old)
{
    sensor_read_registry(entity);
}

static void data_destroy(void *object)
{
    struct sensor_data *data = object;

    free(data->chosen_unit);
}

static bool default_to_device_class_name(struct hass_entity *entity)
{
    const char *device_class = sensor_device_class(entity);

    return device_class && strcmp(device_class, "enum") != 0;
}

/* Measurements are no settings. */
static int check(struct hass_entity *entity, struct hass_error *err)
{
    if (hass_entity_description(entity)->category != HASS_ENTITY_CATEGORY_CONFIG)
        return 0;
    return hass_fail(err, HASS_E_GENERAL, "its entity category is config, which it cannot be");
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
    .unit_of_measurement = sensor_shown_unit,
    .data_size = sizeof(struct sensor_data),
    .data_destroy = data_destroy,
    .async_added_to_hass = added_to_hass,
    .default_to_device_class_name = default_to_device_class_name,
    .check = check,
    .registry_entry_updated = registry_entry_updated,
};

static HASS_CALLBACK int on_config(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    if (hass_json_get(hass_event_data(event), "unit_system"))
        sensor_follow_home(hass_event_hass(event));
    return 0;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "sensor",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    int r = hass_async_provide_api(hass, "sensor", &sensor_api, err);

    if (r >= 0)
        r = sensor_add_commands(hass, err);
    if (r >= 0)
        r = hass_bus_async_listen(hass, HASS_EVENT_CORE_CONFIG_UPDATE, NULL,
                                  HASS_JOB_CALLBACK(on_config, NULL), NULL, err);
    return r < 0 ? r : hass_component_async_create(hass, &options, config, NULL, err);
}
