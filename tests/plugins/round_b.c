/* SPDX-License-Identifier: Apache-2.0 */
/* After round_a, which comes after round_b. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "round_b", .name = "round_b", .version = "1.0",
              .after_dependencies = HASS_LIST("round_a"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "round_b"), NULL,
                               err);
}
