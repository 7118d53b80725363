/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this integration share.
 */
#pragma once

#include <hass/hass.h>

/* Registers turn_on, turn_off and toggle over all domains. */
int register_turn_services(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
