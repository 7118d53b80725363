/* SPDX-License-Identifier: Apache-2.0 */
/* The corrected hangs. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "hangs", .name = "Hangs no more", .version = "1.1");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
