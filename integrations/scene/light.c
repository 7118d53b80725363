/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lamps in scenes: brightness, effect, and one colour: that of the colour mode where one is written, else the first that is.
 *
 * Model: components.light.reproduce_state
 */
#include <string.h>

#include <hass/const.h>
#include <hass/log.h>

#include "parts.h"

static const char *const plain[] = { "brightness", "effect" };
#define PLAIN_COUNT (sizeof(plain) / sizeof(plain[0]))

/* Attributes that are colours, and the mode in which each is the one that counts. */
static const struct {
    const char *key, *mode;
} colors[] = {
    { "hs_color", "hs" },           { "color_temp_kelvin", "color_temp" },
    { "color_temp", "color_temp" }, /* in mired, as scenes of old have it */
    { "rgb_color", "rgb" },         { "rgbw_color", "rgbw" },
    { "rgbww_color", "rgbww" },     { "xy_color", "xy" },
};
#define COLOR_COUNT (sizeof(colors) / sizeof(colors[0]))

static bool is_reached(const struct scene_step *step)
{
    bool right = strcmp(step->shown, step->state) == 0 && scene_is_right(step, "color_mode");

    for (size_t i = 0; i < PLAIN_COUNT && right; i++)
        right = scene_is_right(step, plain[i]);
    for (size_t i = 0; i < COLOR_COUNT && right; i++)
        right = scene_is_right(step, colors[i].key);
    return right;
}

static void take(const struct scene_step *step, const char *key, json_t *data)
{
    if (scene_wanted(step, key))
        json_object_set(data, key, (json_t *)scene_wanted(step, key));
}

/* The first colour that is wanted, of @mode if there is one. False: the mode's colour is missing. */
static bool take_color(const struct scene_step *step, const char *mode, json_t *data)
{
    bool known = false;

    for (size_t i = 0; i < COLOR_COUNT; i++) {
        if (mode && strcmp(colors[i].mode, mode) != 0)
            continue;
        known = true;
        if (scene_wanted(step, colors[i].key)) {
            take(step, colors[i].key, data);
            return true;
        }
    }
    return !mode || !known;
}

static bool take_all(const struct scene_step *step, json_t *data)
{
    const char *mode = json_string_value(scene_wanted(step, "color_mode"));

    if (mode && strcmp(mode, HASS_STATE_UNKNOWN) == 0)
        mode = NULL;
    for (size_t i = 0; i < PLAIN_COUNT; i++)
        take(step, plain[i], data);
    if (mode && strcmp(mode, "white") == 0 && scene_wanted(step, "brightness"))
        json_object_set(data, "white", (json_t *)scene_wanted(step, "brightness"));
    return take_color(step, mode, data);
}

int scene_light(struct scene_step *step, struct hass_error *err)
{
    bool on = strcmp(step->state, HASS_STATE_ON) == 0;
    autojson *data = json_object();

    if (is_reached(step))
        return 0;
    if (step->transition)
        json_object_set(data, "transition", (json_t *)step->transition);
    if (on && !take_all(step, data)) {
        hass_warning(
            "%s is left out of the scene: its color_mode is '%s', but that colour is missing",
            step->entity_id, json_string_value(scene_wanted(step, "color_mode")));
        return 0;
    }
    return scene_tell(step, on ? "turn_on" : "turn_off", steal(data), err);
}
