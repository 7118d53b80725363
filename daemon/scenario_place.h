/* SPDX-License-Identifier: Apache-2.0 */
/* Where an automation or script, or a step of it, stands in the configuration. */
#pragma once

#include <hass/buf.h>
#include <hass/hass.h>

/**
 * Appends "automations.yaml:12". @entity_id: of an automation or script; @path: of a step as traces have it ("condition/0"), or "".
 * False when it is not known.
 */
bool scenario_place(struct hass *hass, const char *entity_id, const char *path,
                    struct hass_buf *place) HASS_CALLBACK;
