/* SPDX-License-Identifier: Apache-2.0 */
/* Built against the headers of another release. */
#include <hass/integration.h>

#undef HASS_ABI
#define HASS_ABI 99

HASS_MANIFEST(.domain = "foreign_abi", .name = "Foreign ABI", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
