/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the platforms of command_line share: the running of one command, and an entity's texts.
 */
#pragma once

#include <hass/integration.h>
#include <hass/process.h>

#define COMMAND_LINE_TEXT 256 /* bytes of output that are kept: a state has 255 characters */

/* One configured entity; its description points into it. */
struct command {
    struct hass_entity_description description;
    char *name, *unique_id, *device_class, *unit, *icon, *state_class;
    char *command, *command_on, *command_off; /* sensor: command; switch: also on and off */
    char *payload_on, *payload_off;
    double timeout; /* seconds */
};

/* The published values of all three domains. */
struct output {
    bool valid;
    bool on;
    char text[COMMAND_LINE_TEXT];
};

extern const struct hass_schema command_line_sensor_schema;
extern const struct hass_schema command_line_binary_sensor_schema;
extern const struct hass_schema command_line_switch_schema;

/* Copies what @config says; the caller completes the description. */
struct command *command_create(const json_t *config, const char *default_name);
/* For ops->destroy. */
void command_destroy_entity(struct hass_entity *entity);

/*
 * Runs @line in a shell on this pool thread. Returns the exit code, with the output, cut to a state's length and without the
 * white space at its end, in @text; or a negative error.
 */
int command_run(struct hass_worker *worker, const struct command *command, const char *line,
                char text[COMMAND_LINE_TEXT], struct hass_error *err) HASS_BLOCKING;

/*
 * Runs the command of a sensor. One that fails leaves nothing valid and a warning, and is no failure of the update; only the
 * end of the integration is.
 */
int command_read(struct hass_worker *worker, const struct command *command, struct output *output,
                 struct hass_error *err) HASS_BLOCKING;

struct hass_entity *command_line_sensor(struct hass *hass, const json_t *config);
struct hass_entity *command_line_binary_sensor(struct hass *hass, const json_t *config);
struct hass_entity *command_line_switch(struct hass *hass, const json_t *config);
