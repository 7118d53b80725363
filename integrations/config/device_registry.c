/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of config/device_registry: the things that entities belong to.
 */
#include <hass/device_registry.h>
#include <hass/entry.h>

#include "commands.h"

#define ID_FIELD HASS_FIELD("device_id", &hass_type_string, .required = true, .doc = "Which device")

HASS_SCHEMA(id_schema, ID_FIELD);
HASS_SCHEMA(update_schema, ID_FIELD,
            HASS_FIELD("area_id", &hass_type_string, .nullable = true, .doc = "Where it is"),
            HASS_FIELD("name_by_user", &hass_type_string, .nullable = true, .doc = "Its name"),
            HASS_FIELD("disabled_by", &hass_type_enum, .words = HASS_WORDS("user"),
                       .nullable = true, .doc = "user, or null to enable it"),
            HASS_FIELD("labels", &hass_type_string, .list = true, .doc = "Ids of labels"));
HASS_SCHEMA(remove_schema, ID_FIELD,
            HASS_FIELD("config_entry_id", &hass_type_string, .required = true,
                       .doc = "The entry that is to forget it"));

static HASS_CALLBACK int list_devices(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_device *device;

    hass_buf_add_char(result, '[');
    for (size_t pos = 0; hass_device_registry_async_next(hass, &pos, &device);) {
        if (result->length > 1)
            hass_buf_add_char(result, ',');
        commands_answer(hass_device_as_json(device), result);
    }
    hass_buf_add_char(result, ']');
    return 0;
}

/* What a registry refuses, but for a device that is not there. */
static HASS_CALLBACK int update(struct websocket_request *request, json_t *changes,
                                struct hass_buf *result, struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    const struct hass_device *device = NULL;
    int r = hass_device_registry_async_update(
        commands_hass(request), commands_text(request, "device_id"), changes, &device, &problem);

    if (r == HASS_E_NOT_FOUND)
        return hass_error_copy(err, &problem);
    if (r < 0)
        return commands_refuse(request, &problem);
    if (device)
        commands_answer(hass_device_as_json(device), result);
    return 0;
}

static HASS_CALLBACK int update_device(struct websocket_request *request, struct hass_buf *result,
                                       struct hass_error *err)
{
    return update(request, commands_changes(request, "device_id"), result, err);
}

static HASS_CALLBACK int refuse(struct websocket_request *request, const struct hass_error *problem)
{
    return websocket_api_of(request)->refuse(request, "home_assistant_error", problem->message);
}

/* Its integration is asked: one that still knows the device would bring it back. */
static HASS_COROUTINE int remove_config_entry(struct websocket_request *request,
                                              struct hass_buf *result, struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const char *device_id = commands_text(request, "device_id");
    struct hass_entry *entry =
        hass_entries_async_get(hass, commands_text(request, "config_entry_id"));
    struct hass_error problem = HASS_ERROR_INIT;

    if (!entry)
        return websocket_api_of(request)->refuse(request, "home_assistant_error",
                                                 "there is no such config entry");
    if (hass_entry_async_remove_device(entry, device_id, &problem) < 0)
        return refuse(request, &problem);
    const struct hass_device *device = hass_device_registry_async_get(hass, device_id);
    if (device)
        commands_answer(hass_device_as_json(device), result);
    return 0;
}

/* All of its integrations are asked, one after the other. */
static HASS_COROUTINE int remove_device(struct websocket_request *request, struct hass_buf *result,
                                        struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const char *device_id = commands_text(request, "device_id");
    const struct hass_device *device = hass_device_registry_async_get(hass, device_id);
    struct hass_error problem = HASS_ERROR_INIT;
    struct hass_entry *entry;

    if (!device)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no device %s", device_id);
    while (device && device->config_entries[0] &&
           (entry = hass_entries_async_get(hass, device->config_entries[0])) != NULL) {
        if (hass_entry_async_remove_device(entry, device_id, &problem) < 0)
            return refuse(request, &problem);
        device = hass_device_registry_async_get(hass, device_id);
    }
    return device ? hass_device_registry_async_remove(hass, device_id, err) : 0;
}

/* Devices are not split or linked here. */
static HASS_CALLBACK int list_linked_devices(struct websocket_request *request,
                                             struct hass_buf *result, struct hass_error *err)
{
    hass_buf_add_string(result, "{\"linked_devices\":[]}");
    return 0;
}

static HASS_CALLBACK int list_composite_splits(struct websocket_request *request,
                                               struct hass_buf *result, struct hass_error *err)
{
    hass_buf_add_string(result, "{}");
    return 0;
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("config/device_registry/list", list_devices),
    WEBSOCKET_COMMAND("config/device_registry/update", update_device, .schema = &update_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("config/device_registry/remove_config_entry", remove_config_entry,
                      .schema = &remove_schema, .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("config/device_registry/remove", remove_device, .schema = &id_schema,
                      .admin = true, .coroutine = true),
    WEBSOCKET_COMMAND("config/device_registry/list_linked_devices", list_linked_devices,
                      .schema = &id_schema),
    WEBSOCKET_COMMAND("config/device_registry/list_composite_splits", list_composite_splits),
};

int device_registry_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
