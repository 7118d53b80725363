/* SPDX-License-Identifier: Apache-2.0 */
/* After round_b, which comes after round_a. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "round_a", .name = "round_a", .version = "1.0",
              .after_dependencies = HASS_LIST("round_b"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "round_a"), NULL,
                               err);
}
