/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command_line sensors: the state is what the command prints.
 */
#include "sensor/sensor.h"

#include "command.h"

static const struct hass_field fields[] = {
    HASS_FIELD("command", &hass_type_string, .min = 1, .required = true,
               .doc = "Run by the shell; its output is the state"),
    HASS_FIELD("name", &hass_type_string, .fallback = "\"Command Sensor\"", .doc = "Shown name"),
    HASS_FIELD("command_timeout", &hass_type_duration, .min = 0.1, .max = 3600, .fallback = "15",
               .doc = "Seconds after which the command and its children are killed"),
    HASS_FIELD("scan_interval", &hass_type_duration, .min = 0.1, .max = 31536000,
               .doc = "Seconds between runs; 60 when absent"),
    HASS_FIELD("unit_of_measurement", &hass_type_string,
               .doc = "Unit; the output is a number then"),
    HASS_FIELD("device_class", &hass_type_string, .doc = "What is measured"),
    HASS_FIELD("state_class", &hass_type_enum,
               .words = HASS_WORDS("measurement", "total", "total_increasing"),
               .doc = "How its statistics are made"),
    HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:console"),
    HASS_FIELD("unique_id", &hass_type_string, .doc = "Identity in the entity registry"),
};
const struct hass_schema command_line_sensor_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
};

static HASS_CALLBACK struct hass_value native_value(struct hass_entity *entity)
{
    const struct output *output = hass_entity_async_values(entity);

    return output->valid ? hass_value_string(output->text) : HASS_NONE;
}

static const char *state_class_of(struct hass_entity *entity)
{
    const struct command *command = hass_entity_userdata(entity);

    return command->state_class;
}

static const struct sensor_ops sensor =
    SENSOR_OPS(.native_value = native_value, .state_class_of = state_class_of);

static HASS_BLOCKING int update(struct hass_worker *worker, struct hass_entity *entity,
                                void *values, struct hass_error *err)
{
    return command_read(worker, hass_entity_userdata(entity), values, err);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct output), .update = update,
                    .destroy = command_destroy_entity);

struct hass_entity *command_line_sensor(struct hass *hass, const json_t *config)
{
    struct command *command = command_create(config, "Command Sensor");

    return hass_entity_new(hass, &ops, &command->description, &sensor, NULL, command);
}
