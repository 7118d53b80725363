/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The integration config: what clients use to change the home's registries. It is always set up and has no section.
 *
 * One file a concern adds its commands; all are messages of the WebSocket API, named config/<registry>/<verb> or
 * repairs/<verb>. Items of files, as automations, are edited by hassd/config/item/<verb>.
 */
#include <hass/integration.h>

#include "commands.h"

HASS_MANIFEST(.domain = "config", .name = "Configuration", .version = HASS_VERSION,
              .dependencies = HASS_LIST("websocket_api"));

typedef int adder_fn(struct hass *hass, struct hass_error *err);

static adder_fn *const adders[] = {
    area_registry_add,   floor_registry_add,  label_registry_add, category_registry_add,
    device_registry_add, entity_registry_add, config_entries_add, config_flows_add,
    repairs_add,         editor_add,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    int r = 0;

    for (size_t i = 0; i < sizeof(adders) / sizeof(adders[0]) && r >= 0; i++)
        r = adders[i](hass, err);
    return r;
}
