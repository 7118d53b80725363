/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for its own replacement: the caller ends with the scope that is closed. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "reloads_itself", .name = "Reloads itself", .version = "1.0");

static HASS_COROUTINE int on_event(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    return hass_async_reload_component(hass_event_hass(event), "reloads_itself", err);
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return hass_bus_async_listen(hass, "reload_yourself", NULL, HASS_JOB_COROUTINE(on_event, NULL),
                                 NULL, err);
}
