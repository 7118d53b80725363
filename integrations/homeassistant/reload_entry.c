/* SPDX-License-Identifier: Apache-2.0 */
/*
 * homeassistant.reload_config_entry: the entry that is named, and those of the entities and devices of a target.
 */
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/entry.h>
#include <hass/platform.h>

#include "turn.h"

#define ID_LIST(key, what)                                                                         \
    HASS_FIELD(key, &hass_type_string, .list = true, .doc = "The entries of these " what)

HASS_SCHEMA(schema, HASS_FIELD("entry_id", &hass_type_string, .doc = "The config entry to reload"),
            ID_LIST("entity_id", "entities"), ID_LIST("device_id", "devices"),
            ID_LIST("area_id", "areas"), ID_LIST("floor_id", "floors"),
            ID_LIST("label_id", "labels"));

const struct hass_schema *const reload_entry_schema = &schema;

static HASS_CALLBACK void add_of_entity(struct hass *hass, const char *entity_id, json_t *ids)
{
    const struct hass_entity_entry *row = hass_entity_registry_async_get(hass, entity_id);

    if (row && row->config_entry_id)
        json_object_set_new(ids, row->config_entry_id, json_true());
}

static HASS_CALLBACK void add_of_device(struct hass *hass, const char *device_id, json_t *ids)
{
    const struct hass_device *device = hass_device_registry_async_get(hass, device_id);

    for (const char *const *id = device ? device->config_entries : NULL; id && *id; id++)
        json_object_set_new(ids, *id, json_true());
}

/* {id: true} of all that are meant. */
static HASS_CALLBACK json_t *entries_of_target(struct hass *hass, const json_t *data)
{
    autojson *target = hass_async_extract_from_target(hass, data, false);
    const json_t *entities = hass_json_get(target, "referenced_entities");
    const json_t *devices = hass_json_get(target, "referenced_devices");
    const char *entry_id = hass_json_get_string(data, "entry_id", NULL);
    json_t *ids = json_object();

    for (size_t i = 0; i < json_array_size(entities); i++)
        add_of_entity(hass, json_string_value(json_array_get(entities, i)), ids);
    for (size_t i = 0; i < json_array_size(devices); i++)
        add_of_device(hass, json_string_value(json_array_get(devices, i)), ids);
    if (entry_id)
        json_object_set_new(ids, entry_id, json_true());
    return ids;
}

int reload_entry(const struct hass_service_call *call, void *userdata, struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    autojson *ids = entries_of_target(hass, hass_service_call_data(call));
    const char *id;
    json_t *unused;
    int result = 0;

    if (json_object_size(ids) == 0)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION,
                         "there were no matching config entries to reload");
    json_object_foreach(ids, id, unused) {
        int r = hass_entries_async_reload(hass, id, err);
        if (r < 0 && result == 0)
            result = r;
    }
    return result;
}
