/* SPDX-License-Identifier: Apache-2.0 */
/* Needs chain_b and chain_c. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "chain_a", .name = "chain_a", .version = "1.0",
              .dependencies = HASS_LIST("chain_b", "chain_c"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "chain_a"), NULL,
                               err);
}
