/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers and conditions that say what they are for: light.turned_on, door.is_open, temperature.crossed_threshold. All are rows of one table
 * (`table`); `look` finds the entities that a target means and what counts of them, `threshold` compares numbers, `trigger` and `condition`
 * are the kinds, `describe` tells the editor. It has no section; automations and scripts depend on it.
 *
 * Model: helpers.trigger, helpers.condition (2026), and the files trigger.py and condition.py of the domains
 */
#include "purpose.h"

#include <hass/integration.h>

HASS_MANIFEST(.domain = "purpose", .name = "Purpose-specific triggers and conditions",
              .version = HASS_VERSION, .dependencies = HASS_LIST("websocket_api"),
              .triggers = purpose_triggers, .conditions = purpose_conditions);

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return purpose_commands_add(hass, err);
}
