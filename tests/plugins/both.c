/* SPDX-License-Identifier: Apache-2.0 */
/* Exports both entry points: a load error. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "both", .name = "Both", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}

int setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
