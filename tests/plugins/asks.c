/* SPDX-License-Identifier: Apache-2.0 */
/* Waits in its set-up for an integration that depends on it. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "asks", .name = "Asks", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_async_setup_component(hass, "needs_asks", err);
}
