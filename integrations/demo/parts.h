/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of demo share.
 */
#pragma once

#include <hass/integration.h>

#define DEMO_SIGNAL_WEATHER  "demo_weather"  /* data: the temperature outside, a number */
#define DEMO_SIGNAL_DOORBELL "demo_doorbell" /* no data */

/* Each adds its domain's entities to the platform; coroutines. */
int demo_add_binary_sensor(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_button(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_date(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_datetime(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_event(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_scene(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_select(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_sensor(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_switch(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_text(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
int demo_add_time(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
