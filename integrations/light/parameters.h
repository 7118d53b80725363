/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call of turn_on or turn_off asks of one lamp, from all the ways in which it can be said.
 */
#pragma once

#include <hass/schema.h>

#include "light.h"
#include "profiles.h"

extern const struct hass_schema light_turn_on_schema;
extern const struct hass_schema light_turn_off_schema;

/* The lamp that is meant, as it is now. */
struct lamp {
    const char *entity_id;
    uint32_t features;
    struct light_state state;
    struct light_capabilities capabilities; /* defaults filled in */
};

static inline struct hass_kelvin_range lamp_range(const struct lamp *lamp)
{
    return (struct hass_kelvin_range){ lamp->capabilities.min_kelvin,
                                       lamp->capabilities.max_kelvin };
}

/* The turning that the validated @data of turn_on asks for; its .on is false where brightness 0 means off. */
struct light_turn light_read_turn_on(const json_t *data, const struct lamp *lamp,
                                     const struct profiles *profiles);
struct light_turn light_read_turn_off(const json_t *data, const struct lamp *lamp,
                                      const struct profiles *profiles);

/* @color as red, green and blue; false for modes without a colour. */
bool light_color_to_rgb(const struct light_color *color, struct hass_kelvin_range range,
                        struct hass_rgb *ret_rgb);
