/* SPDX-License-Identifier: Apache-2.0 */
/* Sets itself up on a pool thread, through the API of any thread. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "good_sync", .name = "Good, in the pool", .version = "1.0");

int setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    if (hass_on_loop(hass))
        return hass_fail(err, HASS_E_GENERAL, "setup runs on the loop");
    return hass_states_set(hass, "good_sync.state", "on", NULL, NULL, err);
}
