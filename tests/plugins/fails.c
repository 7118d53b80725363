/* SPDX-License-Identifier: Apache-2.0 */
/* Its set-up fails, after it has registered something. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "fails", .name = "Fails", .version = "1.0");

static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    return 0;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    (void)hass_services_async_register(hass, "fails", "call", NULL,
                                       HASS_JOB_CALLBACK(on_call, NULL), NULL);
    return hass_fail(err, HASS_E_GENERAL, "the device at %s does not answer", "192.0.2.1");
}
