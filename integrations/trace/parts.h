/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of trace share. */
#pragma once

#include <hass/integration.h>

#include "websocket_api/websocket_api.h"

/* A member of the message, or NULL. */
static inline HASS_CALLBACK const char *asked(struct websocket_request *request, const char *key)
{
    return hass_json_get_string(websocket_api_of(request)->message(request), key, NULL);
}

/** Adds trace/debug/… */
int debug_add_commands(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
