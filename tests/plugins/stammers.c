/* SPDX-License-Identifier: Apache-2.0 */
/* Its texts are not JSON: it is set up without them. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "stammers", .name = "Stammers", .version = "1.0");
HASS_STRINGS("tests/plugins/stammers.c");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
