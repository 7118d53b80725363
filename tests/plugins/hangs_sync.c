/* SPDX-License-Identifier: Apache-2.0 */
/* Its set-up never returns, on a pool thread; the test lets it go by a file that appears. */
#include <unistd.h>

#include <hass/integration.h>

HASS_MANIFEST(.domain = "hangs_sync", .name = "Hangs in the pool", .version = "1.0");

int setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    autofree char *release = hass_config_path(hass, "release");

    while (access(release, F_OK) < 0)
        usleep(10000);
    /* By now the scope is closed: whatever it says is refused. */
    return hass_states_set(hass, "hangs_sync.late", "on", NULL, NULL, err);
}
