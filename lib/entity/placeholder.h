/* SPDX-License-Identifier: Apache-2.0 */
/*
 * States of registered entities that are not there: "unavailable" with {"restored": true} and what the registry knows.
 */
#pragma once

#include <hass/entity_registry.h>

int placeholder_write(struct hass *hass, const struct hass_entity_entry *entry,
                      const struct hass_context *context, struct hass_error *err) HASS_CALLBACK;
/** Removes the state of an id if it is a placeholder. */
void placeholder_remove(struct hass *hass, const char *entity_id,
                        const struct hass_context *context) HASS_CALLBACK;
/** True for a state that only keeps the place of its entity. */
bool is_placeholder(const struct hass_state *state);
/** Writes one for every enabled entity without a state. A listener of homeassistant_start; a coroutine. */
int placeholders_async_write(const struct hass_event *event, void *userdata, struct hass_error *err)
    HASS_COROUTINE;
