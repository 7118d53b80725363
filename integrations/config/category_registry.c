/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config/category_registry: the shelves into which a scope (automations, helpers, …) is sorted.
 */
#include <string.h>

#include <hass/category_registry.h>

#include "commands.h"

#define SCOPE_FIELD                                                                                \
    HASS_FIELD("scope", &hass_type_string, .required = true, .doc = "What is sorted: automation")
#define ID_FIELD                                                                                   \
    HASS_FIELD("category_id", &hass_type_string, .required = true, .doc = "Which category")
#define ICON_FIELD HASS_FIELD("icon", &hass_type_string, .nullable = true, .doc = "As mdi:home")

HASS_SCHEMA(list_schema, SCOPE_FIELD);
HASS_SCHEMA(create_schema, SCOPE_FIELD,
            HASS_FIELD("name", &hass_type_string, .required = true, .min = 1, .doc = "Its name"),
            ICON_FIELD);
HASS_SCHEMA(update_schema, SCOPE_FIELD, ID_FIELD,
            HASS_FIELD("name", &hass_type_string, .min = 1, .doc = "Its name"), ICON_FIELD);
HASS_SCHEMA(delete_schema, SCOPE_FIELD, ID_FIELD);

/* As clients get it: the scope is what they asked for. */
static json_t *without_scope(const struct hass_category *category)
{
    json_t *json = hass_category_as_json(category);

    json_object_del(json, "scope");
    return json;
}

static HASS_CALLBACK json_t *changes_of(const struct websocket_request *request, const char *key)
{
    json_t *changes = commands_changes(request, key);

    json_object_del(changes, "scope");
    return changes;
}

static HASS_CALLBACK int list_categories(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const char *scope = commands_text(request, "scope");
    const struct hass_category *category;
    json_t *list = json_array();

    for (size_t pos = 0; hass_category_registry_async_next(hass, &pos, &category);) {
        if (strcmp(category->scope, scope) == 0)
            json_array_append_new(list, without_scope(category));
    }
    commands_answer(list, result);
    return 0;
}

static HASS_CALLBACK int create_category(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_category *category;

    if (hass_category_registry_async_create(commands_hass(request), commands_text(request, "scope"),
                                            commands_text(request, "name"),
                                            changes_of(request, "name"), &category, &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(without_scope(category), result);
    return 0;
}

static HASS_CALLBACK int update_category(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_category *category;

    if (hass_category_registry_async_update(commands_hass(request), commands_text(request, "scope"),
                                            commands_text(request, "category_id"),
                                            changes_of(request, "category_id"), &category,
                                            &problem) < 0)
        return commands_refuse(request, &problem);
    commands_answer(without_scope(category), result);
    return 0;
}

static HASS_CALLBACK int delete_category(struct websocket_request *request, struct hass_buf *result,
                                         struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;

    if (hass_category_registry_async_delete(commands_hass(request), commands_text(request, "scope"),
                                            commands_text(request, "category_id"), &problem) < 0)
        return commands_refuse(request, &problem);
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("config/category_registry/list", list_categories, .schema = &list_schema),
    WEBSOCKET_COMMAND("config/category_registry/create", create_category, .schema = &create_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/category_registry/update", update_category, .schema = &update_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/category_registry/delete", delete_category, .schema = &delete_schema,
                      .admin = true),
};

int category_registry_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
