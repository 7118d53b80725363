/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in the build folder under another name than tests look for: it is copied to where it was missing. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "nowhere", .name = "Nowhere", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
