/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config/floor_registry: the storeys of the home.
 */
#include <hass/floor_registry.h>

#include "commands.h"

#define FLOOR_FIELDS                                                                               \
    HASS_FIELD("aliases", &hass_type_string, .list = true, .doc = "Other names for it"),           \
        HASS_FIELD("icon", &hass_type_string, .nullable = true, .doc = "As mdi:home"),             \
        HASS_FIELD("level", &hass_type_int, .nullable = true, .doc = "0 is the ground floor")

HASS_SCHEMA(create_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .doc = "Its name"),
            FLOOR_FIELDS);
HASS_SCHEMA(update_schema,
            HASS_FIELD("floor_id", &hass_type_string, .required = true, .doc = "Which floor"),
            HASS_FIELD("name", &hass_type_string, .min = 1, .doc = "Its name"), FLOOR_FIELDS);
HASS_SCHEMA(delete_schema,
            HASS_FIELD("floor_id", &hass_type_string, .required = true, .doc = "Which floor"));
HASS_SCHEMA(reorder_schema, HASS_FIELD("floor_ids", &hass_type_string, .list = true,
                                       .required = true, .doc = "All of them in the order wanted"));

static HASS_CALLBACK int list_floors(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_floor *floor;
    json_t *list = json_array();

    for (size_t pos = 0; hass_floor_registry_async_next(hass, &pos, &floor);)
        json_array_append_new(list, hass_floor_as_json(floor));
    commands_answer(list, result);
    return 0;
}

static HASS_CALLBACK int create_floor(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_floor *floor;

    if (hass_floor_registry_async_create(commands_hass(request), commands_text(request, "name"),
                                         commands_changes(request, "name"), &floor, &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(hass_floor_as_json(floor), result);
    return 0;
}

static HASS_CALLBACK int update_floor(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_floor *floor;

    if (hass_floor_registry_async_update(commands_hass(request), commands_text(request, "floor_id"),
                                         commands_changes(request, "floor_id"), &floor,
                                         &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(hass_floor_as_json(floor), result);
    return 0;
}

static HASS_CALLBACK int delete_floor(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (hass_floor_registry_async_delete(commands_hass(request), commands_text(request, "floor_id"),
                                         &problem) < 0)
        return commands_refuse(request, &problem);
    return 0;
}

static HASS_CALLBACK int reorder_floors(struct websocket_request *request, struct hass_buf *result,
                                        struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const json_t *ids = hass_json_get(commands_message(request), "floor_ids");

    if (hass_floor_registry_async_reorder(commands_hass(request), ids, &problem) < 0)
        return commands_refuse(request, &problem);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("config/floor_registry/list", list_floors),
    WEBSOCKET_COMMAND("config/floor_registry/create", create_floor, .schema = &create_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/floor_registry/update", update_floor, .schema = &update_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/floor_registry/delete", delete_floor, .schema = &delete_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/floor_registry/reorder", reorder_floors, .schema = &reorder_schema,
                      .admin = true),
};

int floor_registry_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
