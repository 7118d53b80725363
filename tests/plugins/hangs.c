/* SPDX-License-Identifier: Apache-2.0 */
/* Its set-up waits for what never comes, as a coroutine. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "hangs", .name = "Hangs", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    autounref(hass_future) *never = hass_future_new(hass);

    return hass_async_await(never, HASS_FOREVER, err);
}
