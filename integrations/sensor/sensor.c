/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain sensor: states and attributes of everything that is measured.
 *
 * Configuration: a list of platforms (`sensor: [{platform: …}]`); the domain has no options of its own.
 * Values are checked against their class before they are shown; a wrong one is logged once and shown as "unknown".
 */
#include "sensor.h"

#include <math.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "sensor", .name = "Sensor", .version = HASS_VERSION);

static const struct sensor_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static const char *device_class_of(const struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class;
}

static const char *state_class_of(struct hass_entity *entity)
{
    const struct sensor_ops *ops = ops_of(entity);

    return ops->state_class_of ? ops->state_class_of(entity) : ops->state_class;
}

static bool is_class(const struct hass_entity *entity, const char *device_class)
{
    const char *own = device_class_of(entity);

    return own && !strcmp(own, device_class);
}

/* Anything with a unit, a state class or a class of quantities is a number. */
static bool is_numeric(struct hass_entity *entity)
{
    if (is_class(entity, "date") || is_class(entity, "timestamp") || is_class(entity, "enum"))
        return false;
    return device_class_of(entity) || state_class_of(entity) ||
           hass_entity_description(entity)->unit_of_measurement;
}

static bool is_number(struct hass_value value)
{
    double number;

    if (value.type == HASS_VALUE_STRING) {
        char *end;
        number = strtod(value.text.data, &end);
        return end != value.text.data && !*end && isfinite(number);
    }
    return value.type != HASS_VALUE_BOOL && hass_value_number(value, &number) && isfinite(number);
}

static bool is_option(const char *const *options, struct hass_value value)
{
    if (value.type != HASS_VALUE_STRING)
        return false;
    for (; options && *options; options++)
        if (!strcmp(*options, value.text.data))
            return true;
    return false;
}

/* Returns what is wrong with @value, or NULL. */
static const char *problem_of(struct hass_entity *entity, struct hass_value value)
{
    int64_t time;

    if (is_class(entity, "enum"))
        return is_option(ops_of(entity)->options, value) ? NULL : "is not one of its options";
    if (is_class(entity, "timestamp"))
        return value.type == HASS_VALUE_STRING &&
                       hass_dt_parse(value.text.data, NULL, &time, NULL) == 0
                   ? NULL
                   : "is not a date and time";
    if (is_numeric(entity))
        return is_number(value) ? NULL : "is not a finite number";
    return NULL;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct hass_value value = ops_of(entity)->native_value(entity);

    if (value.type == HASS_VALUE_NONE)
        return value;
    const char *problem = problem_of(entity, value);
    if (!problem)
        return value;

    autobuf text = HASS_BUF_INIT;
    hass_value_write_text(value, &text);
    hass_entity_log(HASS_LOG_ERROR, hass_entity_async_entity_id(entity),
                    "%s: value '%s' %s (device class %s, unit %s)",
                    hass_entity_async_entity_id(entity), hass_buf_string(&text), problem,
                    device_class_of(entity) ? device_class_of(entity) : "none",
                    hass_entity_description(entity)->unit_of_measurement
                        ? hass_entity_description(entity)->unit_of_measurement
                        : "none");
    return HASS_NONE;
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const char *state_class = state_class_of(entity);

    if (state_class)
        hass_attrs_set_string(writer, HASS_ATTR_STATE_CLASS, state_class);
    if (ops_of(entity)->options) {
        autojson *options = json_array();
        for (const char *const *word = ops_of(entity)->options; *word; word++)
            json_array_append_new(options, json_string(*word));
        hass_attrs_set_json(writer, "options", options);
    }
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const char *state_class = state_class_of(entity);
    int64_t reset = ops_of(entity)->last_reset ? ops_of(entity)->last_reset(entity) : 0;

    if (reset && state_class && !strcmp(state_class, "total")) {
        char text[HASS_DT_TEXT];
        hass_dt_iso(reset, NULL, text);
        hass_attrs_set_string(writer, "last_reset", text);
    }
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "sensor",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };

    return hass_component_async_create(hass, &options, config, NULL, err);
}
