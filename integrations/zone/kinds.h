/* SPDX-License-Identifier: Apache-2.0 */
/* What the domain adds to automations. */
#pragma once

#include <hass/hass.h>

/** The condition `zone`: condition.c. */
int zone_condition_register(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
/** The triggers `zone` and `geo_location`: trigger.c. */
int zone_triggers_register(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
