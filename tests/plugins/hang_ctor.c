/* SPDX-License-Identifier: Apache-2.0 */
/* Never ends being opened. */
#include <unistd.h>

#include <hass/integration.h>

HASS_MANIFEST(.domain = "hang_ctor", .name = "Hangs when opened", .version = "1.0");

static __attribute__((constructor)) void hang(void)
{
    for (;;)
        pause();
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
