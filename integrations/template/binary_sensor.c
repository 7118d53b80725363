/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template binary sensors: on while the template is true, after delay_on, and off after delay_off.
 */
#include "binary_sensor/binary_sensor.h"

#include <hass/event_helpers.h>

#include "parts.h"

TEMPLATE_SCHEMA(template_binary_sensor_schema, TEMPLATE_COMMON_FIELDS,
                HASS_FIELD("state", &template_type_template, .required = true, .doc = "True is on"),
                HASS_FIELD("device_class", &hass_type_string, .doc = "What on and off mean"),
                HASS_FIELD("delay_on", &template_type_delay,
                           .doc = "True this long before it is on"),
                HASS_FIELD("delay_off", &template_type_delay,
                           .doc = "Not true this long before it is off"),
                HASS_FIELD("auto_off", &template_type_delay,
                           .doc = "With triggers: off again this long after it was told to be on"));

struct sensor {
    struct template_entity item;
    struct hass_value on;
    double delay_on, delay_off, auto_off; /* seconds */
    bool next;                            /* what it is after the delay */
    struct hass_sub *delay;               /* under way */
};

static HASS_CALLBACK void wait(struct sensor *sensor, double seconds, bool next);

static HASS_CALLBACK int after_delay(const struct hass_tick *tick, void *userdata,
                                     struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    struct sensor *sensor = template_entity_of(entity);

    sensor->delay = NULL;
    sensor->on = HASS_BOOL(sensor->next);
    if (sensor->next && sensor->auto_off > 0)
        wait(sensor, sensor->auto_off, false);
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_CALLBACK void wait(struct sensor *sensor, double seconds, bool next)
{
    struct hass_entity *entity = sensor->item.entity;
    struct hass_error err = HASS_ERROR_INIT;

    sensor->next = next;
    if (hass_async_call_later(hass_entity_hass(entity), seconds,
                              HASS_JOB_CALLBACK(after_delay, entity), &sensor->delay, &err) < 0)
        hass_error("%s: %s", sensor->item.description.name, err.message);
}

static bool same(struct hass_value a, struct hass_value b)
{
    return a.type == b.type && (a.type == HASS_VALUE_NONE || a.boolean == b.boolean);
}

static HASS_CALLBACK void end_delay(struct sensor *sensor)
{
    if (sensor->delay)
        sensor->delay = hass_sub_async_remove(sensor->delay);
}

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    struct sensor *sensor = (struct sensor *)item;
    struct hass_value on = result ? HASS_BOOL(hass_template_result_as_boolean(result)) : HASS_NONE;

    template_entity_judge(item, result);
    end_delay(sensor);
    bool is_on = on.type == HASS_VALUE_BOOL && on.boolean;
    double delay = on.type == HASS_VALUE_NONE || same(on, sensor->on) ? 0
                   : is_on                                            ? sensor->delay_on
                                                                      : sensor->delay_off;
    if (delay > 0) {
        wait(sensor, delay, is_on);
        return;
    }
    sensor->on = on;
    if (is_on && sensor->auto_off > 0)
        wait(sensor, sensor->auto_off, false);
}

/* The delay that a template gives: seconds, "HH:MM:SS", or a map; none for what is no duration. */
static HASS_CALLBACK double read_delay(struct template_entity *item, const char *key,
                                       const json_t *result)
{
    static const struct hass_field field =
        HASS_FIELD("", &hass_type_duration, .min = 0, .max = 31536000);
    autojson *seconds = NULL;

    if (result && field.type->check(&field, result, &seconds, NULL) == 0)
        return json_number_value(seconds);
    if (result)
        template_entity_complain(item, key, result, "a duration such as 5 or \"00:00:05\"");
    return 0;
}

static HASS_CALLBACK void set_delay_on(struct template_entity *item, const json_t *result)
{
    ((struct sensor *)item)->delay_on = read_delay(item, "delay_on", result);
}

static HASS_CALLBACK void set_delay_off(struct template_entity *item, const json_t *result)
{
    ((struct sensor *)item)->delay_off = read_delay(item, "delay_off", result);
}

static HASS_CALLBACK void set_auto_off(struct template_entity *item, const json_t *result)
{
    ((struct sensor *)item)->auto_off = read_delay(item, "auto_off", result);
}

/* Delays first: they count for the state that is told with them. */
static const struct template_option options[] = {
    { "delay_on", set_delay_on },
    { "delay_off", set_delay_off },
    { "auto_off", set_auto_off },
    { "state", set_state },
    { NULL, NULL },
};

static struct hass_value is_on(struct hass_entity *entity)
{
    const struct sensor *sensor = template_entity_of(entity);

    return sensor->on;
}

static const struct binary_sensor_ops ops = BINARY_SENSOR_OPS(.is_on = is_on);

static void init(struct template_entity *item)
{
    struct sensor *sensor = (struct sensor *)item;

    sensor->delay_on = hass_json_get_number(item->config, "delay_on", 0);
    sensor->delay_off = hass_json_get_number(item->config, "delay_off", 0);
    sensor->auto_off = hass_json_get_number(item->config, "auto_off", 0);
    item->description.restore = item->block || template_entity_has(item, "delay_on") ||
                                template_entity_has(item, "delay_off");
}

/* With delays, what it was stays until one of them has passed; with triggers, until one fires. */
static void restored(struct template_entity *item, const char *state)
{
    if (item->description.restore)
        ((struct sensor *)item)->on = HASS_BOOL(strcmp(state, HASS_STATE_ON) == 0);
}

static HASS_CALLBACK void removed(struct template_entity *item)
{
    end_delay((struct sensor *)item);
}

const struct template_kind template_binary_sensor = {
    .domain = "binary_sensor",
    .default_name = "Template Binary Sensor",
    .size = sizeof(struct sensor),
    .schema = &template_binary_sensor_schema,
    .options = options,
    .ops = &ops,
    .init = init,
    .restored = restored,
    .removed = removed,
};
