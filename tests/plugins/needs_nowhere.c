/* SPDX-License-Identifier: Apache-2.0 */
/* Needs what is nowhere. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "needs_nowhere", .name = "needs_nowhere", .version = "1.0",
              .dependencies = HASS_LIST("nowhere"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_fire(hass, "was_set_up", json_pack("{s:s}", "domain", "needs_nowhere"),
                               NULL, err);
}
