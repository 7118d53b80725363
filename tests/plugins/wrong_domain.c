/* SPDX-License-Identifier: Apache-2.0 */
/* Its file is named otherwise than its manifest. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "another", .name = "Wrong domain", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
