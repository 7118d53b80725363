/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template sensors: the state is a value.
 */
#include "sensor/sensor.h"

#include <stdlib.h>

#include <hass/buf.h>
#include <hass/dt.h>

#include "parts.h"

TEMPLATE_SCHEMA(
    template_sensor_schema, TEMPLATE_COMMON_FIELDS,
    HASS_FIELD("state", &template_type_template, .required = true, .doc = "The value"),
    HASS_FIELD("unit_of_measurement", &hass_type_string, .doc = "Unit; the value is a number then"),
    HASS_FIELD("device_class", &hass_type_string, .doc = "What is measured"),
    HASS_FIELD("state_class", &hass_type_enum,
               .words = HASS_WORDS("measurement", "measurement_angle", "total", "total_increasing"),
               .doc = "How its statistics are made"),
    TEMPLATE_FIELD("last_reset", "When a total began, with state_class total"));

struct sensor {
    struct template_entity item;
    json_t *value; /* NULL: unknown */
    int64_t last_reset;
};

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    struct sensor *sensor = (struct sensor *)item;

    template_entity_judge(item, result);
    json_decref(sensor->value);
    sensor->value = NULL;
    if (json_is_array(result) || json_is_object(result)) {
        autobuf text = HASS_BUF_INIT;
        hass_json_write(result, &text);
        sensor->value = json_string(hass_buf_string(&text));
    } else if (result) {
        sensor->value = json_deep_copy(result);
    }
}

static HASS_CALLBACK void set_last_reset(struct template_entity *item, const json_t *result)
{
    struct sensor *sensor = (struct sensor *)item;
    int64_t time = 0;

    if (!template_is_unknown(result) &&
        (!json_is_string(result) ||
         hass_dt_parse(json_string_value(result), NULL, &time, NULL) < 0))
        template_entity_complain(item, "last_reset", result,
                                 "a time such as 2024-03-05T10:00:00+00:00");
    sensor->last_reset = time;
}

static const struct template_option options[] = {
    { "state", set_state },
    { "last_reset", set_last_reset },
    { NULL, NULL },
};

static struct hass_value native_value(struct hass_entity *entity)
{
    const struct sensor *sensor = template_entity_of(entity);

    return template_value(sensor->value);
}

static const char *state_class_of(struct hass_entity *entity)
{
    const struct sensor *sensor = template_entity_of(entity);

    return hass_json_get_string(sensor->item.config, "state_class", NULL);
}

static int64_t last_reset(struct hass_entity *entity)
{
    const struct sensor *sensor = template_entity_of(entity);

    return sensor->last_reset;
}

static const struct sensor_ops ops =
    SENSOR_OPS(.native_value = native_value, .state_class_of = state_class_of,
               .last_reset = last_reset);

static void fini(struct template_entity *item)
{
    json_decref(((struct sensor *)item)->value);
}

const struct template_kind template_sensor = {
    .domain = "sensor",
    .default_name = "Template Sensor",
    .size = sizeof(struct sensor),
    .schema = &template_sensor_schema,
    .options = options,
    .ops = &ops,
    .fini = fini,
};
