/* SPDX-License-Identifier: Apache-2.0 */
/* Is needed by the others of the chain. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "chain_c", .name = "chain_c", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "chain_c"), NULL,
                               err);
}
