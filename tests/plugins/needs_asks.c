/* SPDX-License-Identifier: Apache-2.0 */
/* Needs asks, which waits for it. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "needs_asks", .name = "Needs asks", .version = "1.0",
              .dependencies = HASS_LIST("asks"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
