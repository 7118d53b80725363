/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config/area_registry: the rooms of the home.
 */
#include <hass/area_registry.h>

#include "commands.h"

#define AREA_FIELDS                                                                                \
    HASS_FIELD("aliases", &hass_type_string, .list = true, .doc = "Other names for it"),           \
        HASS_FIELD("floor_id", &hass_type_string, .nullable = true, .doc = "Where it is"),         \
        HASS_FIELD("icon", &hass_type_string, .nullable = true, .doc = "As mdi:home"),             \
        HASS_FIELD("labels", &hass_type_string, .list = true, .doc = "Ids of labels"),             \
        HASS_FIELD("picture", &hass_type_string, .nullable = true, .doc = "Address of a picture"), \
        HASS_FIELD("humidity_entity_id", &hass_type_string, .nullable = true,                      \
                   .doc = "Sensor of its humidity"),                                               \
        HASS_FIELD("temperature_entity_id", &hass_type_string, .nullable = true,                   \
                   .doc = "Sensor of its temperature")

HASS_SCHEMA(create_schema,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .doc = "Its name"),
            AREA_FIELDS);
HASS_SCHEMA(update_schema,
            HASS_FIELD("area_id", &hass_type_string, .required = true, .doc = "Which area"),
            HASS_FIELD("name", &hass_type_string, .min = 1, .doc = "Its name"), AREA_FIELDS);
HASS_SCHEMA(delete_schema,
            HASS_FIELD("area_id", &hass_type_string, .required = true, .doc = "Which area"));
HASS_SCHEMA(reorder_schema, HASS_FIELD("area_ids", &hass_type_string, .list = true,
                                       .required = true, .doc = "All of them in the order wanted"));

static HASS_CALLBACK int list_areas(struct websocket_request *request, struct hass_buf *result,
                                    struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_area *area;
    json_t *list = json_array();

    for (size_t pos = 0; hass_area_registry_async_next(hass, &pos, &area);)
        json_array_append_new(list, hass_area_as_json(area));
    commands_answer(list, result);
    return 0;
}

static HASS_CALLBACK int create_area(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_area *area;

    if (hass_area_registry_async_create(commands_hass(request), commands_text(request, "name"),
                                        commands_changes(request, "name"), &area, &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(hass_area_as_json(area), result);
    return 0;
}

static HASS_CALLBACK int update_area(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_area *area;

    if (hass_area_registry_async_update(commands_hass(request), commands_text(request, "area_id"),
                                        commands_changes(request, "area_id"), &area, &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(hass_area_as_json(area), result);
    return 0;
}

static HASS_CALLBACK int delete_area(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (hass_area_registry_async_delete(commands_hass(request), commands_text(request, "area_id"),
                                        &problem) < 0)
        return commands_refuse(request, &problem);
    hass_buf_add_string(result, "\"success\"");
    return 0;
}

static HASS_CALLBACK int reorder_areas(struct websocket_request *request, struct hass_buf *result,
                                       struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const json_t *ids = hass_json_get(commands_message(request), "area_ids");

    if (hass_area_registry_async_reorder(commands_hass(request), ids, &problem) < 0)
        return commands_refuse(request, &problem);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("config/area_registry/list", list_areas),
    WEBSOCKET_COMMAND("config/area_registry/create", create_area, .schema = &create_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/area_registry/update", update_area, .schema = &update_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/area_registry/delete", delete_area, .schema = &delete_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/area_registry/reorder", reorder_areas, .schema = &reorder_schema,
                      .admin = true),
};

int area_registry_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
