/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of weather.
 */
#pragma once

#include "weather.h"

extern const struct weather_api weather_api;

/* Adds the commands of clients, if there is a websocket_api. */
int weather_add_commands(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
