/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of demo share.
 */
#pragma once

#include <hass/integration.h>

#define DEMO_SIGNAL_WEATHER  "demo_weather"  /* data: the temperature outside, a number */
#define DEMO_SIGNAL_DOORBELL "demo_doorbell" /* no data */

/* The domains that get entities, each from the file of its name. */
/* clang-format off */
#define DOMAINS(x) \
    x(binary_sensor) \
    x(button) \
    x(calendar) \
    x(camera) \
    x(cover) \
    x(date) \
    x(datetime) \
    x(device_tracker) \
    x(event) \
    x(fan) \
    x(humidifier) \
    x(image) \
    x(lawn_mower) \
    x(light) \
    x(media_player) \
    x(notify) \
    x(number) \
    x(scene) \
    x(select) \
    x(sensor) \
    x(siren) \
    x(switch) \
    x(text) \
    x(time) \
    x(todo) \
    x(update) \
    x(vacuum) \
    x(valve) \
    x(water_heater) \
    x(weather)
/* clang-format on */

/* Each has a function that adds its entities to the platform; a coroutine. */
#define DECLARE(domain)                                                                            \
    int demo_add_##domain(struct hass_platform *platform, struct hass_error *err) HASS_COROUTINE;
DOMAINS(DECLARE)
