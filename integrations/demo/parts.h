/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of demo share.
 */
#pragma once

#include <hass/integration.h>

#define DEMO_SIGNAL_WEATHER "demo_weather" /* data: the temperature outside, a number */

/* Each adds its domain's entities to the platform; coroutines. */
int demo_add_binary_sensor(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_sensor(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_switch(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
