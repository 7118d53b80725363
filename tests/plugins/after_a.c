/* SPDX-License-Identifier: Apache-2.0 */
/* Comes after chain_a when that is wanted. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "after_a", .name = "after_a", .version = "1.0",
              .after_dependencies = HASS_LIST("chain_a", "nowhere"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "after_a"), NULL,
                               err);
}
