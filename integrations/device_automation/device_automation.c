/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers, conditions and actions that are said about a device, as the editor of automations offers them: "lamp turned on", "lamp is on",
 * "turn on lamp". `types` has the tables, `classes` those of sensors, `map` turns triggers and conditions into the core's, `list` answers the
 * editor. It has no section; automations and scripts depend on it.
 *
 * Model: components.device_automation
 */
#include <hass/integration.h>

#include "types.h"

HASS_MANIFEST(.domain = "device_automation", .name = "Device automation", .version = HASS_VERSION,
              .dependencies = HASS_LIST("websocket_api"),
              .triggers = HASS_TRIGGERS(&device_trigger),
              .conditions = HASS_CONDITIONS(&device_condition));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return device_commands_add(hass, err);
}
