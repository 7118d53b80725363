/* SPDX-License-Identifier: Apache-2.0 */
/* Needs a function that nothing offers. */
#include <hass/integration.h>

int hass_of_a_later_release(struct hass *hass);

HASS_MANIFEST(.domain = "missing_symbol", .name = "Missing symbol", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_of_a_later_release(hass);
}
