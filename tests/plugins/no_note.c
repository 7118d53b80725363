/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest by hand, without the note that HASS_MANIFEST emits. */
#include <hass/integration.h>

extern const struct hass_manifest hass_manifest;
const struct hass_manifest hass_manifest = {
    .size = sizeof(hass_manifest),
    .abi = HASS_ABI,
    .domain = "no_note",
    .version = "1.0",
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return 0;
}
