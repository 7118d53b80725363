/* SPDX-License-Identifier: Apache-2.0 */
/* A domain whose entities come from platforms. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "thing", .name = "Thing", .version = "1.0");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    static const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "thing",
    };

    return hass_component_async_create(hass, &options, config, NULL, err);
}
