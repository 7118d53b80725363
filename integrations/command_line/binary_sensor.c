/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command_line binary sensors: on when the command prints payload_on, off when it prints payload_off.
 */
#include "binary_sensor/binary_sensor.h"

#include <string.h>

#include "command.h"

static const struct hass_field fields[] = {
    HASS_FIELD("command", &hass_type_string, .min = 1, .required = true,
               .doc = "Run by the shell; prints payload_on or payload_off"),
    HASS_FIELD("name", &hass_type_string, .fallback = "\"Binary Command Sensor\"",
               .doc = "Shown name"),
    HASS_FIELD("payload_on", &hass_type_string, .fallback = "\"ON\"",
               .doc = "Output that means on"),
    HASS_FIELD("payload_off", &hass_type_string, .fallback = "\"OFF\"",
               .doc = "Output that means off"),
    HASS_FIELD("command_timeout", &hass_type_duration, .min = 0.1, .max = 3600, .fallback = "15",
               .doc = "Seconds after which the command and its children are killed"),
    HASS_FIELD("scan_interval", &hass_type_duration, .min = 0.1, .max = 31536000,
               .doc = "Seconds between runs; 60 when absent"),
    HASS_FIELD("device_class", &hass_type_string, .doc = "What on means: motion, door, …"),
    HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:console"),
    HASS_FIELD("unique_id", &hass_type_string, .doc = "Identity in the entity registry"),
};
const struct hass_schema command_line_binary_sensor_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
};

static HASS_CALLBACK struct hass_value is_on(struct hass_entity *entity)
{
    const struct output *output = hass_entity_async_values(entity);

    return output->valid ? HASS_BOOL(output->on) : HASS_NONE;
}

static const struct binary_sensor_ops binary_sensor = BINARY_SENSOR_OPS(.is_on = is_on);

static HASS_BLOCKING int update(struct hass_worker *worker, struct hass_entity *entity,
                                void *values, struct hass_error *err)
{
    const struct command *command = hass_entity_userdata(entity);
    struct output *output = values;
    int r = command_read(worker, command, output, err);

    output->on = !strcmp(output->text, command->payload_on);
    output->valid = output->valid && (output->on || !strcmp(output->text, command->payload_off));
    return r;
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct output), .update = update,
                    .destroy = command_destroy_entity);

struct hass_entity *command_line_binary_sensor(struct hass *hass, const json_t *config)
{
    struct command *command = command_create(config, "Binary Command Sensor");

    return hass_entity_new(hass, &ops, &command->description, &binary_sensor, NULL, command);
}
