/* SPDX-License-Identifier: Apache-2.0 */
/* Brings its texts, in two languages. */
#include <hass/integration.h>

HASS_MANIFEST(.domain = "talks", .name = "Talks", .version = "1.0");
HASS_STRINGS("tests/plugins/talks.json");
HASS_TRANSLATION("de", "tests/plugins/talks_de.json");

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
