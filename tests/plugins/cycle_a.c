/* SPDX-License-Identifier: Apache-2.0 */
/* Needs cycle_b, which needs cycle_a. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "cycle_a", .name = "cycle_a", .version = "1.0",
              .dependencies = HASS_LIST("cycle_b"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "cycle_a"), NULL,
                               err);
}
