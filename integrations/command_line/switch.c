/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command_line switches: a command for each direction, and one whose exit code tells the state. Without that one the state
 * is assumed.
 */
#include "switch/switch.h"

#include <string.h>

#include "command.h"

static const struct hass_field fields[] = {
    HASS_FIELD("command_on", &hass_type_string, .fallback = "\"true\"", .doc = "Switches on"),
    HASS_FIELD("command_off", &hass_type_string, .fallback = "\"true\"", .doc = "Switches off"),
    HASS_FIELD("command_state", &hass_type_string, .min = 1,
               .doc = "Exit code 0 means on, any other off"),
    HASS_FIELD("name", &hass_type_string, .required = true, .doc = "Shown name"),
    HASS_FIELD("command_timeout", &hass_type_duration, .min = 0.1, .max = 3600, .fallback = "15",
               .doc = "Seconds after which the command and its children are killed"),
    HASS_FIELD("scan_interval", &hass_type_duration, .min = 0.1, .max = 31536000,
               .doc = "Seconds between runs of command_state; 60 when absent"),
    HASS_FIELD("icon", &hass_type_icon, .doc = "Icon, as mdi:lamp"),
    HASS_FIELD("unique_id", &hass_type_string, .doc = "Identity in the entity registry"),
};
const struct hass_schema command_line_switch_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
};

static HASS_CALLBACK struct hass_value is_on(struct hass_entity *entity)
{
    const struct output *output = hass_entity_async_values(entity);

    return HASS_BOOL(output->on);
}

static HASS_BLOCKING int turn(struct hass_worker *worker, struct hass_entity *entity, bool on,
                              void *values, struct hass_error *err)
{
    const struct command *command = hass_entity_userdata(entity);
    const char *line = on ? command->command_on : command->command_off;
    struct output *output = values;
    int r = command_run(worker, command, line, output->text, err);

    if (r > 0)
        return hass_fail(err, HASS_E_GENERAL, "command '%s' ended with exit code %d", line, r);
    if (r == 0)
        output->on = on;
    return r;
}

static const struct switch_ops switch_ops = SWITCH_OPS(.is_on = is_on, .turn = turn);

static HASS_BLOCKING int update(struct hass_worker *worker, struct hass_entity *entity,
                                void *values, struct hass_error *err)
{
    const struct command *command = hass_entity_userdata(entity);
    struct output *output = values;
    int r = command_run(worker, command, command->command, output->text, err);

    if (r >= 0)
        output->on = r == 0;
    return r < 0 ? r : 0;
}

static const struct hass_entity_ops polled =
    HASS_ENTITY_OPS(.values_size = sizeof(struct output), .update = update,
                    .destroy = command_destroy_entity);
static const struct hass_entity_ops assumed =
    HASS_ENTITY_OPS(.values_size = sizeof(struct output), .destroy = command_destroy_entity);

struct hass_entity *command_line_switch(struct hass *hass, const json_t *config)
{
    struct command *command = command_create(config, "");
    const char *state = hass_json_get_string(config, "command_state", NULL);

    command->command = state ? strdup(state) : NULL;
    command->description.should_poll = state != NULL;
    command->description.assumed_state = state == NULL;
    return hass_entity_new(hass, state ? &polled : &assumed, &command->description, &switch_ops,
                           NULL, command);
}
