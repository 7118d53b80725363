/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the process down in its set-up. */
#include <signal.h>

#include <hass/integration.h>

HASS_MANIFEST(.domain = "crash_setup", .name = "Crashes in set-up", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return 0;
}
