/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a domain offers whose items clients edit: the API "<domain>.editor" (hass_async_provide_api).
 */
#pragma once

#include <hass/hass.h>

struct hass_config_editor {
    uint32_t size;
    /** Checks an item as it would be written. A coroutine. HASS_E_INVALID with the way to what is wrong. */
    int (*async_check)(struct hass *hass, const json_t *config, struct hass_error *err);
    /** The entities made of a blueprint, or NULL. Owned by the caller: [entity id]. Loop. */
    json_t *(*async_made_of)(struct hass *hass, const char *blueprint);
};
