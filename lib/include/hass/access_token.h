/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Access tokens: secrets that stand in the address of a picture, so that a browser can fetch it without logging in. One is renewed
 * every five minutes, and the one before stays good for as long, for pages that still show it.
 *
 * Model: components.camera, components.image
 */
#pragma once

#include <hass/types.h>

#define HASS_ACCESS_TOKEN_INTERVAL 300.0 /* seconds */

/** Zero at first: nothing is valid before the first renewal. */
struct hass_access_tokens {
    char current[65]; /* 64 hex digits */
    char former[65];
};

HASS_API void hass_access_tokens_renew(struct hass_access_tokens *tokens);
/** In constant time. */
HASS_API bool hass_access_tokens_valid(const struct hass_access_tokens *tokens, const char *token);
