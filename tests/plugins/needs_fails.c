/* SPDX-License-Identifier: Apache-2.0 */
/* Needs what cannot be set up. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "needs_fails", .name = "needs_fails", .version = "1.0",
              .dependencies = HASS_LIST("fails"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "needs_fails"),
                               NULL, err);
}
