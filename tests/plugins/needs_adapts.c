/* SPDX-License-Identifier: Apache-2.0 */
/* Depends on adapts, with or without a section of that. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "needs_adapts", .name = "Needs adapts", .version = "1.0",
              .dependencies = HASS_LIST("adapts"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
