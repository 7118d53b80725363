/* SPDX-License-Identifier: Apache-2.0 */
/* What the domain adds to automations. */
#pragma once

#include <hass/condition.h>
#include <hass/hass.h>
#include <hass/trigger.h>

extern const struct hass_condition_kind zone_condition;                /* condition.c */
extern const struct hass_trigger_kind zone_trigger, zone_geo_location; /* trigger.c */
