/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config/label_registry: what a householder sticks on things.
 */
#include <hass/label_registry.h>

#include "commands.h"

#define LABEL_FIELDS                                                                               \
    HASS_FIELD("color", &hass_type_string, .nullable = true, .doc = "A name, or #rrggbb"),         \
        HASS_FIELD("icon", &hass_type_string, .nullable = true, .doc = "As mdi:home"),             \
        HASS_FIELD("description", &hass_type_string, .nullable = true, .doc = "What it is for")

HASS_SCHEMA(create_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .doc = "Its name"),
            LABEL_FIELDS);
HASS_SCHEMA(update_schema,
            HASS_FIELD("label_id", &hass_type_string, .required = true, .doc = "Which label"),
            HASS_FIELD("name", &hass_type_string, .min = 1, .doc = "Its name"), LABEL_FIELDS);
HASS_SCHEMA(delete_schema,
            HASS_FIELD("label_id", &hass_type_string, .required = true, .doc = "Which label"));

static HASS_CALLBACK int list_labels(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_label *label;
    json_t *list = json_array();

    for (size_t pos = 0; hass_label_registry_async_next(hass, &pos, &label);)
        json_array_append_new(list, hass_label_as_json(label));
    commands_answer(list, result);
    return 0;
}

static HASS_CALLBACK int create_label(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_label *label;

    if (hass_label_registry_async_create(commands_hass(request), commands_text(request, "name"),
                                         commands_changes(request, "name"), &label, &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(hass_label_as_json(label), result);
    return 0;
}

static HASS_CALLBACK int update_label(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_label *label;

    if (hass_label_registry_async_update(commands_hass(request), commands_text(request, "label_id"),
                                         commands_changes(request, "label_id"), &label,
                                         &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(hass_label_as_json(label), result);
    return 0;
}

static HASS_CALLBACK int delete_label(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (hass_label_registry_async_delete(commands_hass(request), commands_text(request, "label_id"),
                                         &problem) < 0)
        return commands_refuse(request, &problem);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("config/label_registry/list", list_labels),
    WEBSOCKET_COMMAND("config/label_registry/create", create_label, .schema = &create_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/label_registry/update", update_label, .schema = &update_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/label_registry/delete", delete_label, .schema = &delete_schema,
                      .admin = true),
};

int label_registry_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
