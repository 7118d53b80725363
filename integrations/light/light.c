/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain light: lamps of all kinds. Services turn_on, turn_off, toggle.
 *
 * Configuration: a list of platforms (`light: [{platform: …}]`); the domain has no options of its own. Profiles are read from
 * <config>/light_profiles.csv at set-up.
 *
 * schema.c       what may be said in a call
 * parameters.c   what a call asks of one lamp
 * profiles.c     named settings
 */
#include "light.h"

#include <math.h>

#include <hass/config.h>
#include <hass/domain.h>
#include <hass/executor.h>
#include <hass/integration.h>

#include "parameters.h"

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

#define MIN_KELVIN 2000
#define MAX_KELVIN 6535

HASS_MANIFEST(.domain = "light", .name = "Light", .version = HASS_VERSION);

static const struct light_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* the lamp as it is */

static bool is_one_mode(uint32_t modes)
{
    return (modes & (modes - 1)) == 0;
}

static HASS_CALLBACK void read_capabilities(struct hass_entity *entity,
                                            struct light_capabilities *capabilities)
{
    const struct light_ops *ops = ops_of(entity);

    HASS_READ(capabilities, ops->capabilities ? ops->capabilities(entity) : NULL);
    if (!capabilities->color_modes)
        capabilities->color_modes = LIGHT_MODE_ONOFF;
    if (!capabilities->min_kelvin)
        capabilities->min_kelvin = MIN_KELVIN;
    if (!capabilities->max_kelvin)
        capabilities->max_kelvin = MAX_KELVIN;
}

static HASS_CALLBACK void look_at(struct hass_entity *entity, struct lamp *lamp)
{
    lamp->entity_id = hass_entity_async_entity_id(entity);
    lamp->features = hass_entity_description(entity)->supported_features;
    HASS_READ(&lamp->state, ops_of(entity)->state(entity));
    read_capabilities(entity, &lamp->capabilities);
    if (!lamp->state.color_mode && is_one_mode(lamp->capabilities.color_modes))
        lamp->state.color_mode = (enum light_color_mode)lamp->capabilities.color_modes;
}

/* What cannot be true of one lamp, or NULL. */
static const char *problem_of(uint32_t modes)
{
    if (modes & (LIGHT_MODE_ONOFF | LIGHT_MODE_BRIGHTNESS))
        return is_one_mode(modes) ? NULL : "onoff and brightness stand alone";
    if (!(modes & LIGHT_MODE_WHITE))
        return NULL;
    if (modes & LIGHT_MODE_COLOR_TEMP)
        return "white excludes color_temp";
    return modes & LIGHT_MODES_COLOR ? NULL : "white needs a mode of colour";
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct light_capabilities capabilities;

    read_capabilities(entity, &capabilities);
    const char *problem = problem_of(capabilities.color_modes);
    return problem ? hass_fail(err, HASS_E_INVALID, "supported color modes: %s", problem) : 0;
}

/* state and attributes */

static const char *const mode_names[] = { "brightness", "color_temp", "hs",    "onoff", "rgb",
                                          "rgbw",       "rgbww",      "white", "xy" };
#define MODE_COUNT (sizeof(mode_names) / sizeof(mode_names[0]))

static const char *mode_name(enum light_color_mode mode)
{
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (mode == 1U << i)
            return mode_names[i];
    }
    return "unknown";
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct light_state state;

    HASS_READ(&state, ops_of(entity)->state(entity));
    return hass_value_on_off(state.is_on);
}

static void set_whole(struct hass_attrs_writer *writer, const char *key, const int *numbers,
                      size_t count)
{
    autojson *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer(numbers[i]));
    hass_attrs_set_json(writer, key, list);
}

static void set_pair(struct hass_attrs_writer *writer, const char *key, double first, double second)
{
    autojson *list = json_pack("[f, f]", first, second);

    hass_attrs_set_json(writer, key, list);
}

static double rounded(double value, double steps)
{
    return rint(value * steps) / steps;
}

/* The colour in its own mode, and as hs, rgb and xy. */
static void write_color(struct hass_attrs_writer *writer, const struct light_color *color,
                        struct hass_kelvin_range range)
{
    struct light_color shown = *color;
    struct hass_rgb rgb;

    if (color->mode == LIGHT_MODE_COLOR_TEMP)
        shown = (struct light_color){ LIGHT_MODE_HS, .hs = hass_color_kelvin_to_hs(color->kelvin) };
    if (!light_color_to_rgb(&shown, range, &rgb))
        return;
    struct hass_hs hs = hass_color_rgb_to_hs(rgb);
    struct hass_xy xy = hass_color_rgb_to_xy(rgb, NULL, NULL);
    if (shown.mode == LIGHT_MODE_HS)
        hs = (struct hass_hs){ rounded(shown.hs.hue, 1e3), rounded(shown.hs.saturation, 1e3) };
    if (shown.mode == LIGHT_MODE_XY)
        xy = (struct hass_xy){ rounded(shown.xy.x, 1e6), rounded(shown.xy.y, 1e6) };
    if (shown.mode == LIGHT_MODE_RGBW)
        set_whole(writer, "rgbw_color", &shown.rgbw.r, 4);
    if (shown.mode == LIGHT_MODE_RGBWW)
        set_whole(writer, "rgbww_color", &shown.rgbww.r, 5);
    set_pair(writer, "hs_color", hs.hue, hs.saturation);
    set_whole(writer, "rgb_color", &rgb.r, 3);
    set_pair(writer, "xy_color", xy.x, xy.y);
}

/* All that its modes can have, as unknown. */
static void write_unknown_colors(struct hass_attrs_writer *writer, uint32_t modes)
{
    static const struct {
        uint32_t modes;
        const char *key;
    } keys[] = {
        { LIGHT_MODE_COLOR_TEMP, "color_temp_kelvin" },
        { LIGHT_MODE_COLOR_TEMP, "color_temp" },
        { LIGHT_MODES_COLOR | LIGHT_MODE_COLOR_TEMP, "hs_color" },
        { LIGHT_MODES_COLOR | LIGHT_MODE_COLOR_TEMP, "rgb_color" },
        { LIGHT_MODES_COLOR | LIGHT_MODE_COLOR_TEMP, "xy_color" },
        { LIGHT_MODE_RGBW, "rgbw_color" },
        { LIGHT_MODE_RGBWW, "rgbww_color" },
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (modes & keys[i].modes)
            hass_attrs_set(writer, keys[i].key, HASS_NONE);
    }
}

static void write_brightness(struct hass_attrs_writer *writer, const struct lamp *lamp, bool is_on)
{
    bool shown = is_on && lamp->state.color_mode & ~(uint32_t)LIGHT_MODE_ONOFF;
    double brightness;

    if (!(lamp->capabilities.color_modes & ~(uint32_t)LIGHT_MODE_ONOFF))
        return;
    if (shown && hass_value_number(lamp->state.brightness, &brightness))
        hass_attrs_set(writer, "brightness", HASS_INT((int64_t)rint(brightness)));
    else
        hass_attrs_set(writer, "brightness", HASS_NONE);
}

static void write_temperature(struct hass_attrs_writer *writer, int kelvin)
{
    hass_attrs_set(writer, "color_temp_kelvin", HASS_INT(kelvin));
    hass_attrs_set(writer, "color_temp", HASS_INT(hass_color_kelvin_to_mired(kelvin)));
}

static HASS_CALLBACK void state_attributes(struct hass_entity *entity,
                                           struct hass_attrs_writer *writer)
{
    struct lamp lamp;

    look_at(entity, &lamp);
    const struct light_state *state = &lamp.state;
    bool is_on = hass_value_is_true(state->is_on);
    if (lamp.features & LIGHT_EFFECT)
        hass_attrs_set(writer, "effect", hass_value_string(is_on ? state->effect : NULL));
    hass_attrs_set(writer, "color_mode",
                   hass_value_string(is_on ? mode_name(state->color_mode) : NULL));
    write_brightness(writer, &lamp, is_on);
    write_unknown_colors(writer, lamp.capabilities.color_modes);
    if (!is_on || state->color.mode != state->color_mode)
        return;
    if (state->color.mode == LIGHT_MODE_COLOR_TEMP)
        write_temperature(writer, state->color.kelvin);
    write_color(writer, &state->color, lamp_range(&lamp));
}

static HASS_CALLBACK void capability_attributes(struct hass_entity *entity,
                                                struct hass_attrs_writer *writer)
{
    const char *names[MODE_COUNT + 1] = { NULL };
    struct light_capabilities can;
    size_t count = 0;

    read_capabilities(entity, &can);
    if (hass_entity_description(entity)->supported_features & LIGHT_EFFECT)
        hass_attrs_set_words(writer, "effect_list", can.effect_list);
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (can.color_modes & 1U << i)
            names[count++] = mode_names[i];
    }
    hass_attrs_set_words(writer, "supported_color_modes", names);
    if (!(can.color_modes & LIGHT_MODE_COLOR_TEMP))
        return;
    hass_attrs_set(writer, "min_color_temp_kelvin", HASS_INT(can.min_kelvin));
    hass_attrs_set(writer, "max_color_temp_kelvin", HASS_INT(can.max_kelvin));
    hass_attrs_set(writer, "min_mireds", HASS_INT(hass_color_kelvin_to_mired(can.max_kelvin)));
    hass_attrs_set(writer, "max_mireds", HASS_INT(hass_color_kelvin_to_mired(can.min_kelvin)));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
    .async_added_to_hass = added,
    .has_supported_features = true,
};

/* services */

HASS_ENTITY_COMMAND(turn, struct light_ops, turn, struct light_turn)

static HASS_CALLBACK const struct profiles *profiles_of(struct hass_entity *entity)
{
    return hass_async_get_data(hass_entity_hass(entity), "light");
}

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    struct lamp lamp;

    look_at(entity, &lamp);
    const struct light_turn on =
        light_read_turn_on(hass_service_call_data(call), &lamp, profiles_of(entity));
    return turn(entity, call, &on, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    struct lamp lamp;

    look_at(entity, &lamp);
    const struct light_turn off =
        light_read_turn_off(hass_service_call_data(call), &lamp, profiles_of(entity));
    return turn(entity, call, &off, err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    struct light_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    return hass_value_is_true(now.is_on) ? turn_off(entity, call, err) : turn_on(entity, call, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Turns lights on, and sets what they show",
                        .schema = &light_turn_on_schema, .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns lights off", .schema = &light_turn_off_schema,
                        .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Turns lights on that are off, and off that are on",
                        .schema = &light_turn_on_schema, .async_handler = toggle),
};

/* set-up */

static HASS_BLOCKING int read_profiles(struct hass *hass, void *userdata, struct hass_error *err)
{
    profiles_read(userdata);
    return 0;
}

/* The pool keeps a reference of its own: it may be left alone with them when the set-up is cancelled. */
static HASS_COROUTINE int load_profiles(struct hass *hass, struct hass_error *err)
{
    struct profiles *profiles = profiles_new(hass_config_path(hass, "light_profiles.csv"));
    struct hass_job job =
        HASS_JOB_EXECUTOR(read_profiles, profiles_ref(profiles), .destroy = profiles_unref);
    int r = hass_async_set_data(hass, "light", profiles, profiles_unref, err);

    if (r >= 0)
        return hass_async_run_in_executor(hass, job, err);
    profiles_unref(job.userdata);
    return r;
}

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "light",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    struct hass_component *component;
    int r = load_profiles(hass, err);

    if (r >= 0)
        r = hass_component_async_create(hass, &options, config, &component, err);
    return r < 0 ? r : HASS_REGISTER_SERVICES(component, services, err);
}
