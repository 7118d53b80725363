/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of persistent_notification share.
 */
#pragma once

#include <hass/hass.h>
#include <hass/trigger.h>

#include "persistent_notification.h"

/** {id: notification}, in the order of their making. Lent until the loop turns; what it holds never changes. */
json_t *notifications_async_get(struct hass *hass) HASS_CALLBACK;
/** Adds the commands of clients, if there is a websocket_api. */
int notifications_add_commands(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
/** The trigger of automations. */
extern const struct hass_trigger_kind notifications_trigger;
