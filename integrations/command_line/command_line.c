/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration command_line: sensors, binary sensors and switches from shell commands, run on the pool with a time-out.
 *
 *     command_line:
 *       - sensor:
 *           name: Kernel
 *           command: uname -r
 *           scan_interval: 3600
 *       - switch:
 *           name: Lamp
 *           command_on: lamp on
 *           command_off: lamp off
 *           command_state: lamp is-on
 *
 * Each item becomes a platform of its domain, so that `scan_interval` is its own. Model: components.command_line
 */
#include <errno.h>
#include <string.h>

#include "command.h"

static const struct hass_field item_fields[] = {
    HASS_FIELD("sensor", &hass_type_map, .schema = &command_line_sensor_schema,
               .doc = "A sensor whose state is the command's output"),
    HASS_FIELD("binary_sensor", &hass_type_map, .schema = &command_line_binary_sensor_schema,
               .doc = "A binary sensor that is on when the output is payload_on"),
    HASS_FIELD("switch", &hass_type_map, .schema = &command_line_switch_schema,
               .doc = "A switch with a command for each direction"),
};
static const struct hass_schema config_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(item_fields) / sizeof(item_fields[0]),
    .fields = item_fields,
    .list = true,
};

HASS_MANIFEST(.domain = "command_line", .name = "Command line", .version = HASS_VERSION,
              .config = &config_schema,
              .platforms = HASS_PLATFORMS({ "sensor", &command_line_sensor_schema },
                                          { "binary_sensor", &command_line_binary_sensor_schema },
                                          { "switch", &command_line_switch_schema }),
              .dependencies = HASS_LIST("sensor", "binary_sensor", "switch"), .scan_interval = 60);

static char *text_of(const json_t *config, const char *key)
{
    const char *text = hass_json_get_string(config, key, NULL);

    return text ? strdup(text) : NULL;
}

struct command *command_create(const json_t *config, const char *default_name)
{
    struct command *command = calloc(1, sizeof(*command));

    command->name = strdup(hass_json_get_string(config, "name", default_name));
    command->unique_id = text_of(config, "unique_id");
    command->device_class = text_of(config, "device_class");
    command->unit = text_of(config, "unit_of_measurement");
    command->icon = text_of(config, "icon");
    command->state_class = text_of(config, "state_class");
    command->command = text_of(config, "command");
    command->command_on = text_of(config, "command_on");
    command->command_off = text_of(config, "command_off");
    command->payload_on = text_of(config, "payload_on");
    command->payload_off = text_of(config, "payload_off");
    command->timeout = hass_json_get_number(config, "command_timeout", 15);
    command->description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = command->name, .unique_id = command->unique_id,
                                .device_class = command->device_class,
                                .unit_of_measurement = command->unit, .icon = command->icon,
                                .should_poll = true);
    return command;
}

void command_destroy_entity(struct hass_entity *entity)
{
    struct command *command = hass_entity_userdata(entity);
    char *texts[] = { command->name,       command->unique_id,  command->device_class,
                      command->unit,       command->icon,       command->state_class,
                      command->command,    command->command_on, command->command_off,
                      command->payload_on, command->payload_off };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    free(command);
}

/* Without the white space at its end, cut before the byte that would split a character. */
static void keep_output(const struct hass_process_result *result, char text[COMMAND_LINE_TEXT])
{
    size_t length = result->output_size;

    while (length && strchr(" \t\r\n", result->output[length - 1]))
        length--;
    if (length > COMMAND_LINE_TEXT - 1) {
        length = COMMAND_LINE_TEXT - 1;
        while (length && ((unsigned char)result->output[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(text, result->output, length);
    text[length] = '\0';
}

int command_run(struct hass_worker *worker, const struct command *command, const char *line,
                char text[COMMAND_LINE_TEXT], struct hass_error *err)
{
    const struct hass_process_options options = {
        .size = sizeof(options),
        .shell = line,
        .timeout = command->timeout,
    };
    struct hass_process_result result = HASS_PROCESS_RESULT_INIT;
    int r = hass_process_run(hass_worker_hass(worker), &options, &result, err);

    if (r < 0)
        return hass_error_prefix(err, "command '%s'", line);
    keep_output(&result, text);
    r = result.status;
    if (r != 0 && result.errors_size)
        hass_debug("command '%s' said: %.*s", line, (int)strcspn(result.errors, "\n"),
                   result.errors);
    hass_process_result_fini(&result);
    return r;
}

int command_read(struct hass_worker *worker, const struct command *command, struct output *output,
                 struct hass_error *err)
{
    struct hass_error own = HASS_ERROR_INIT;
    int r = command_run(worker, command, command->command, output->text, &own);

    output->valid = r == 0;
    if (r == -ECANCELED)
        return hass_error_copy(err, &own);
    if (r < 0)
        hass_warning("%s", own.message);
    else if (r > 0)
        hass_warning("command '%s' ended with exit code %d", command->command, r);
    return 0;
}

static HASS_CALLBACK int load_item(struct hass *hass, const json_t *item, struct hass_error *err)
{
    static const char *const domains[] = { "sensor", "binary_sensor", "switch" };

    for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
        const json_t *config = hass_json_get(item, domains[i]);
        if (!config)
            continue;
        int r =
            hass_async_load_platform(hass, domains[i], "command_line", hass_json_ref(config), err);
        if (r < 0)
            return r;
    }
    return 0;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)config, index, item) {
        int r = load_item(hass, item, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int setup_platform(struct hass_platform *platform, const json_t *config, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    const char *domain = hass_platform_domain(platform);
    struct hass_entity *entity;

    if (!strcmp(domain, "switch"))
        entity = command_line_switch(hass, config);
    else if (!strcmp(domain, "binary_sensor"))
        entity = command_line_binary_sensor(hass, config);
    else
        entity = command_line_sensor(hass, config);
    return hass_platform_add_entities(platform, &entity, 1, true, err);
}
