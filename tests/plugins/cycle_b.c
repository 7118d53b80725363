/* SPDX-License-Identifier: Apache-2.0 */
/* Needs cycle_a, which needs cycle_b. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "cycle_b", .name = "cycle_b", .version = "1.0",
              .dependencies = HASS_LIST("cycle_a"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "cycle_b"), NULL,
                               err);
}
