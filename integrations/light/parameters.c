/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters of turn_on, in the order of the model: brightness, then colour (a name, a temperature, a tuple, a profile), then
 * the defaults of the lamp, then what is like it where the lamp cannot do it; at last what it cannot do at all is dropped.
 */
#include "parameters.h"

#include <math.h>
#include <string.h>

#include <hass/domain.h>
#include <hass/log.h>

/* True when the call says nothing beside its target. */
static bool is_bare(const json_t *data)
{
    for (size_t i = 0; i < light_turn_on_schema.count; i++) {
        if (hass_json_get(data, light_turn_on_schema.fields[i].key))
            return false;
    }
    return true;
}

/* reading */

static bool is_on(const struct lamp *lamp)
{
    return hass_value_is_true(lamp->state.is_on);
}

static double current_brightness(const struct lamp *lamp, double unknown)
{
    double brightness = unknown;

    (void)hass_value_number(lamp->state.brightness, &brightness);
    return brightness;
}

static struct hass_value read_brightness(const json_t *data, const struct lamp *lamp)
{
    double before = is_on(lamp) ? current_brightness(lamp, 0) : 0;
    const json_t *step = hass_json_get(data, "brightness_step");
    const json_t *step_percent = hass_json_get(data, "brightness_step_pct");
    double value;

    if (hass_json_get(data, "brightness"))
        return HASS_INT(hass_json_get_int(data, "brightness", 0));
    if (hass_json_get(data, "brightness_pct"))
        return HASS_INT((int64_t)rint(255 * hass_json_get_number(data, "brightness_pct", 0) / 100));
    if (step)
        value = before + json_number_value(step);
    else if (step_percent)
        value = before + rint(json_number_value(step_percent) / 100 * 255);
    else
        return HASS_NONE;
    return HASS_INT((int64_t)fmin(255, fmax(0, value)));
}

static struct hass_rgb read_name(const char *name)
{
    struct hass_rgb rgb = { 255, 255, 255 };

    if (hass_color_from_name(name, &rgb, NULL) < 0)
        hass_warning("unknown color %s, white is used instead", name);
    return rgb;
}

static int whole(const json_t *list, size_t index)
{
    return (int)json_integer_value(json_array_get(list, index));
}

static double real(const json_t *list, size_t index)
{
    return json_number_value(json_array_get(list, index));
}

static struct light_color read_tuple(const char *key, const json_t *list)
{
    if (!strcmp(key, "hs_color"))
        return (struct light_color){ LIGHT_MODE_HS, .hs = { real(list, 0), real(list, 1) } };
    if (!strcmp(key, "xy_color"))
        return (struct light_color){ LIGHT_MODE_XY, .xy = { real(list, 0), real(list, 1) } };
    struct hass_rgbww all = { whole(list, 0), whole(list, 1), whole(list, 2), whole(list, 3),
                              whole(list, 4) };
    if (!strcmp(key, "rgbww_color"))
        return (struct light_color){ LIGHT_MODE_RGBWW, .rgbww = all };
    if (!strcmp(key, "rgbw_color"))
        return (struct light_color){ LIGHT_MODE_RGBW, .rgbw = { all.r, all.g, all.b, all.cold } };
    return (struct light_color){ LIGHT_MODE_RGB, .rgb = { all.r, all.g, all.b } };
}

static struct light_color temperature(int64_t kelvin)
{
    return (struct light_color){ LIGHT_MODE_COLOR_TEMP,
                                 .kelvin = (int)(kelvin < 1000000 ? kelvin : 1000000) };
}

/* At most one is given. */
static struct light_color read_color(const json_t *data, const struct lamp *lamp)
{
    static const char *const tuples[] = { "hs_color", "rgb_color", "rgbw_color", "rgbww_color",
                                          "xy_color" };
    const char *name = hass_json_get_string(data, "color_name", NULL);
    const json_t *mired = hass_json_get(data, "color_temp");
    const json_t *kelvin = hass_json_get(data, "kelvin"), *white = hass_json_get(data, "white");

    kelvin = kelvin ? kelvin : hass_json_get(data, "color_temp_kelvin");
    if (name)
        return (struct light_color){ LIGHT_MODE_RGB, .rgb = read_name(name) };
    if (mired)
        return temperature(hass_color_mired_to_kelvin((double)json_integer_value(mired)));
    if (kelvin)
        return temperature(json_integer_value(kelvin));
    if (white)
        return (struct light_color){ LIGHT_MODE_WHITE,
                                     .white = json_is_true(white)
                                                  ? (int)current_brightness(lamp, 255)
                                                  : (int)json_integer_value(white) };
    for (size_t i = 0; i < sizeof(tuples) / sizeof(tuples[0]); i++) {
        const json_t *list = hass_json_get(data, tuples[i]);
        if (list)
            return read_tuple(tuples[i], list);
    }
    return (struct light_color){ LIGHT_MODE_UNKNOWN, { 0 } };
}

/* A lamp's own text of the effect outlives the call. */
static const char *read_effect(const json_t *data, const struct lamp *lamp)
{
    const char *effect = hass_json_get_string(data, "effect", NULL);
    int place = hass_words_find(lamp->capabilities.effect_list, effect);

    return place < 0 ? effect : lamp->capabilities.effect_list[place];
}

static struct hass_value read_transition(const json_t *data)
{
    const json_t *transition = hass_json_get(data, "transition");

    return transition ? HASS_DOUBLE(json_number_value(transition)) : HASS_NONE;
}

/* profiles */

static void apply_transition(const struct profile *profile, struct light_turn *turn)
{
    if (profile->transition >= 0 && turn->transition.type == HASS_VALUE_NONE)
        turn->transition = HASS_DOUBLE(profile->transition);
}

static void apply_profile(const struct profile *profile, struct light_turn *turn)
{
    if (!profile)
        return;
    if (profile->has_color && !turn->color.mode)
        turn->color = (struct light_color){ LIGHT_MODE_HS, .hs = profile->color };
    if (profile->brightness >= 0 && turn->brightness.type == HASS_VALUE_NONE)
        turn->brightness = HASS_INT(profile->brightness);
    apply_transition(profile, turn);
}

/* When it is turned on, or nothing is said, all of the lamp's default counts; else only how long it takes. */
static void apply_default(const struct profiles *profiles, const struct lamp *lamp, bool bare,
                          struct light_turn *turn)
{
    const struct profile *profile = profiles_default(profiles, lamp->entity_id);

    if (!profile)
        return;
    if (!is_on(lamp) || bare)
        apply_profile(profile, turn);
    else
        apply_transition(profile, turn);
}

/* what is like it */

bool light_color_to_rgb(const struct light_color *color, struct hass_kelvin_range range,
                        struct hass_rgb *ret_rgb)
{
    switch (color->mode) {
    case LIGHT_MODE_HS:
        *ret_rgb = hass_color_hs_to_rgb(color->hs);
        return true;
    case LIGHT_MODE_XY:
        *ret_rgb = hass_color_xy_to_rgb(color->xy, 255, NULL);
        return true;
    case LIGHT_MODE_RGB:
        *ret_rgb = color->rgb;
        return true;
    case LIGHT_MODE_RGBW:
        *ret_rgb = hass_color_rgbw_to_rgb(color->rgbw);
        return true;
    case LIGHT_MODE_RGBWW:
        *ret_rgb = hass_color_rgbww_to_rgb(color->rgbww, range);
        return true;
    default:
        return false;
    }
}

static int kelvin_of(const struct light_color *color, struct hass_rgb rgb)
{
    bool is_point = color->mode == LIGHT_MODE_XY;

    return hass_color_xy_to_kelvin(is_point ? color->xy : hass_color_rgb_to_xy(rgb, NULL, NULL));
}

static struct light_color color_in(enum light_color_mode mode, const struct light_color *color,
                                   struct hass_rgb rgb, struct hass_kelvin_range range)
{
    struct light_color result = { mode, { 0 } };

    switch (mode) {
    case LIGHT_MODE_HS:
        result.hs = hass_color_rgb_to_hs(rgb);
        break;
    case LIGHT_MODE_XY:
        result.xy = hass_color_rgb_to_xy(rgb, NULL, NULL);
        break;
    case LIGHT_MODE_RGB:
        result.rgb = rgb;
        break;
    case LIGHT_MODE_RGBW:
        result.rgbw = hass_color_rgb_to_rgbw(rgb);
        break;
    case LIGHT_MODE_RGBWW:
        result.rgbww = hass_color_rgb_to_rgbww(rgb, range);
        break;
    default:
        result.kelvin = kelvin_of(color, rgb);
        break;
    }
    return result;
}

/* The modes that are tried for a colour that a lamp cannot show itself, the best first. */
static const struct {
    enum light_color_mode from, to[5];
} fallbacks[] = {
    { LIGHT_MODE_HS,
      { LIGHT_MODE_RGB, LIGHT_MODE_RGBW, LIGHT_MODE_RGBWW, LIGHT_MODE_XY, LIGHT_MODE_COLOR_TEMP } },
    { LIGHT_MODE_RGB,
      { LIGHT_MODE_RGBW, LIGHT_MODE_RGBWW, LIGHT_MODE_HS, LIGHT_MODE_XY, LIGHT_MODE_COLOR_TEMP } },
    { LIGHT_MODE_XY,
      { LIGHT_MODE_HS, LIGHT_MODE_RGB, LIGHT_MODE_RGBW, LIGHT_MODE_RGBWW, LIGHT_MODE_COLOR_TEMP } },
    { LIGHT_MODE_RGBW,
      { LIGHT_MODE_RGB, LIGHT_MODE_RGBWW, LIGHT_MODE_HS, LIGHT_MODE_XY, LIGHT_MODE_COLOR_TEMP } },
    { LIGHT_MODE_RGBWW,
      { LIGHT_MODE_RGB, LIGHT_MODE_RGBW, LIGHT_MODE_HS, LIGHT_MODE_XY, LIGHT_MODE_COLOR_TEMP } },
};

static const enum light_color_mode *fallbacks_of(enum light_color_mode mode)
{
    for (size_t i = 0; i < sizeof(fallbacks) / sizeof(fallbacks[0]); i++) {
        if (fallbacks[i].from == mode)
            return fallbacks[i].to;
    }
    return NULL;
}

static struct light_color supported_color(struct light_color color, const struct lamp *lamp)
{
    const enum light_color_mode *candidates = fallbacks_of(color.mode);
    uint32_t modes = lamp->capabilities.color_modes;
    struct hass_rgb rgb;

    if (modes & color.mode)
        return color;
    if (candidates && light_color_to_rgb(&color, lamp_range(lamp), &rgb)) {
        for (size_t i = 0; i < 5; i++) {
            if (modes & candidates[i])
                return color_in(candidates[i], &color, rgb, lamp_range(lamp));
        }
    }
    return (struct light_color){ LIGHT_MODE_UNKNOWN, { 0 } };
}

/* A temperature on a lamp without color_temp: by its channels of white, else as a colour. */
static void emulate_temperature(const struct lamp *lamp, struct light_turn *turn)
{
    uint32_t modes = lamp->capabilities.color_modes;
    int kelvin = turn->color.kelvin;
    double brightness = current_brightness(lamp, 255);

    if (turn->color.mode != LIGHT_MODE_COLOR_TEMP || modes & LIGHT_MODE_COLOR_TEMP)
        return;
    (void)hass_value_number(turn->brightness, &brightness);
    if (modes & LIGHT_MODE_RGBWW)
        turn->color = (struct light_color){ LIGHT_MODE_RGBWW,
                                            .rgbww = hass_color_kelvin_to_rgbww(
                                                kelvin, (int)brightness, lamp_range(lamp)) };
    else
        turn->color = (struct light_color){ LIGHT_MODE_HS, .hs = hass_color_kelvin_to_hs(kelvin) };
}

/* White is a brightness, too: what is said of brightness in the same call wins. */
static void merge_white(struct light_turn *turn)
{
    if (turn->color.mode != LIGHT_MODE_WHITE || turn->brightness.type == HASS_VALUE_NONE)
        return;
    turn->color.white = (int)turn->brightness.integer;
    turn->brightness = HASS_NONE;
}

static bool means_off(const struct light_turn *turn)
{
    return (turn->brightness.type != HASS_VALUE_NONE && turn->brightness.integer == 0) ||
           (turn->color.mode == LIGHT_MODE_WHITE && turn->color.white == 0);
}

static void drop_unsupported(const struct lamp *lamp, struct light_turn *turn)
{
    if (!(lamp->features & LIGHT_EFFECT))
        turn->effect = NULL;
    if (!(lamp->features & LIGHT_FLASH))
        turn->flash = NULL;
    if (!(lamp->features & LIGHT_TRANSITION))
        turn->transition = HASS_NONE;
    if (!(lamp->capabilities.color_modes & ~(uint32_t)LIGHT_MODE_ONOFF))
        turn->brightness = HASS_NONE;
}

struct light_turn light_read_turn_off(const json_t *data, const struct lamp *lamp,
                                      const struct profiles *profiles)
{
    struct light_turn turn = {
        .size = sizeof(turn),
        .transition = read_transition(data),
        .flash = hass_json_get_string(data, "flash", NULL),
    };
    const struct profile *profile = profiles_default(profiles, lamp->entity_id);

    if (profile)
        apply_transition(profile, &turn);
    drop_unsupported(lamp, &turn);
    return turn;
}

struct light_turn light_read_turn_on(const json_t *data, const struct lamp *lamp,
                                     const struct profiles *profiles)
{
    const char *profile = hass_json_get_string(data, "profile", NULL);
    struct light_turn turn = {
        .size = sizeof(turn),
        .on = true,
        .brightness = read_brightness(data, lamp),
        .color = read_color(data, lamp),
        .transition = read_transition(data),
        .effect = read_effect(data, lamp),
        .flash = hass_json_get_string(data, "flash", NULL),
    };

    if (profile)
        apply_profile(profiles_get(profiles, profile), &turn);
    apply_default(profiles, lamp, is_bare(data), &turn);
    emulate_temperature(lamp, &turn);
    turn.color = supported_color(turn.color, lamp);
    merge_white(&turn);
    if (means_off(&turn))
        return light_read_turn_off(data, lamp, profiles);
    drop_unsupported(lamp, &turn);
    return turn;
}
