/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this integration share.
 */
#pragma once

#include <hass/hass.h>

/* Registers turn_on, turn_off and toggle over all domains. */
int register_turn_services(struct hass *hass, struct hass_error *err) HASS_CALLBACK;

/* The service reload_config_entry. */
extern const struct hass_schema *const reload_entry_schema;
int reload_entry(const struct hass_service_call *call, void *userdata, struct hass_error *err)
    HASS_COROUTINE;
