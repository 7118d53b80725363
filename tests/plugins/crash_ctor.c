/* SPDX-License-Identifier: Apache-2.0 */
/* Crashes while it is being opened. */
#include <signal.h>

#include <hass/integration.h>

HASS_MANIFEST(.domain = "crash_ctor", .name = "Crashes when opened", .version = "1.0");

static __attribute__((constructor)) void crash(void)
{
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
