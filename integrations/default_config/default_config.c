/* SPDX-License-Identifier: Apache-2.0 */
/*
 * default_config: what a home usually has. It does nothing itself, but for depending on it: automations, scripts, helpers, zones and
 * persons are set up without sections of their own, so that they can be made at run time; and the sun is there.
 *
 *     default_config:
 *
 * Model: components.default_config
 */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "default_config", .name = "Default configuration", .version = HASS_VERSION,
              .dependencies = HASS_LIST("automation", "blueprint", "counter", "input_boolean",
                                        "input_button", "input_datetime", "input_number",
                                        "input_select", "input_text", "person", "schedule",
                                        "script", "sun", "timer", "trace", "zone"));

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
