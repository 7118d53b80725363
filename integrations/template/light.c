/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template lights: what a lamp shows is templates, each thing that can be set of it an action. What has no template is what it was
 * last told.
 */
#include "light/light.h"

#include <stdlib.h>

#include "parts.h"

TEMPLATE_SCHEMA(
    template_light_schema, TEMPLATE_COMMON_FIELDS, TEMPLATE_FIELD("state", "True is on"),
    TEMPLATE_FIELD("level", "Brightness, 0 to 255"),
    TEMPLATE_FIELD("temperature", "Colour temperature in mireds"),
    TEMPLATE_FIELD("hs", "[hue 0 to 360, saturation 0 to 100]"),
    TEMPLATE_FIELD("rgb", "[red, green, blue], 0 to 255 each"),
    TEMPLATE_FIELD("rgbw", "[red, green, blue, white]"),
    TEMPLATE_FIELD("rgbww", "[red, green, blue, cold white, warm white]"),
    TEMPLATE_FIELD("effect", "The effect that is shown"),
    TEMPLATE_FIELD("effect_list", "A list of effects"),
    TEMPLATE_FIELD("min_mireds", "Coldest white; 153 when absent"),
    TEMPLATE_FIELD("max_mireds", "Warmest white; 500 when absent"),
    TEMPLATE_FIELD("supports_transition", "True: actions get `transition`"),
    HASS_FIELD("turn_on", &template_type_actions, .required = true,
               .doc = "Turns on; with brightness where set_level is absent"),
    HASS_FIELD("turn_off", &template_type_actions, .required = true, .doc = "Turns off"),
    TEMPLATE_ACTIONS("set_level", "Gets brightness"),
    TEMPLATE_ACTIONS("set_temperature", "Gets color_temp and color_temp_kelvin"),
    TEMPLATE_ACTIONS("set_hs", "Gets hs, h and s"),
    TEMPLATE_ACTIONS("set_rgb", "Gets rgb, r, g and b"),
    TEMPLATE_ACTIONS("set_rgbw", "Gets rgbw, rgb, r, g, b and w"),
    TEMPLATE_ACTIONS("set_rgbww", "Gets rgbww, rgb, r, g, b, cw and ww"),
    TEMPLATE_ACTIONS("set_effect", "Gets effect"),
    HASS_FIELD("optimistic", &hass_type_bool, .doc = "It is on or off as told at once"));

static const struct template_rename renames[] = {
    { "level_template", "level" },
    { "temperature_template", "temperature" },
    { "color_template", "hs" },
    { "set_color", "set_hs" },
    { "hs_template", "hs" },
    { "rgb_template", "rgb" },
    { "rgbw_template", "rgbw" },
    { "rgbww_template", "rgbww" },
    { "effect_template", "effect" },
    { "effect_list_template", "effect_list" },
    { "min_mireds_template", "min_mireds" },
    { "max_mireds_template", "max_mireds" },
    { "supports_transition_template", "supports_transition" },
    { NULL, NULL },
};

#define MIN_MIREDS 153
#define MAX_MIREDS 500

struct lamp {
    struct template_entity item;
    struct light_state state;
    struct light_capabilities can;
    double min_mireds, max_mireds;
    json_t *effects; /* what effect_list points into */
    const char **effect_list;
    char *effect;
};

/* modes of colour: their action and the variables that it gets */
static const struct mode {
    enum light_color_mode mode;
    const char *key, *action;
    const char *parts[6]; /* NULL-terminated */
} modes[] = {
    { LIGHT_MODE_HS, "hs", "set_hs", { "h", "s" } },
    { LIGHT_MODE_RGBWW, "rgbww", "set_rgbww", { "r", "g", "b", "cw", "ww" } },
    { LIGHT_MODE_RGBW, "rgbw", "set_rgbw", { "r", "g", "b", "w" } },
    { LIGHT_MODE_RGB, "rgb", "set_rgb", { "r", "g", "b" } },
};
#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

/* what it shows */

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    static const char *const words[] = { "off", "false", "on", "true", NULL };
    struct lamp *lamp = (struct lamp *)item;
    int word = template_word(result, words);

    template_entity_judge(item, result);
    lamp->state.is_on = word < 0 ? HASS_NONE : HASS_BOOL(word >= 2);
    if (word < 0 && !template_is_unknown(result))
        template_entity_complain(item, "state", result, "on, off, true or false");
}

static HASS_CALLBACK void set_level(struct template_entity *item, const json_t *result)
{
    struct lamp *lamp = (struct lamp *)item;
    double level;

    lamp->state.brightness = template_number_within(item, "level", result, 0, 255, &level)
                                 ? HASS_INT((int)level)
                                 : HASS_NONE;
}

static void set_color(struct lamp *lamp, struct light_color color)
{
    lamp->state.color = color;
    if (color.mode)
        lamp->state.color_mode = color.mode;
}

static HASS_CALLBACK void set_temperature(struct template_entity *item, const json_t *result)
{
    struct lamp *lamp = (struct lamp *)item;
    struct light_color color = { LIGHT_MODE_UNKNOWN, { 0 } };
    double mireds;

    if (template_number_within(item, "temperature", result, lamp->min_mireds, lamp->max_mireds,
                               &mireds))
        color = (struct light_color){ LIGHT_MODE_COLOR_TEMP,
                                      .kelvin = hass_color_mired_to_kelvin(mireds) };
    set_color(lamp, color);
}

static size_t part_count(const struct mode *mode)
{
    size_t count = 0;

    while (mode->parts[count])
        count++;
    return count;
}

/* Reads the parts of a colour; false for anything but a list of as many numbers within their ranges. */
static bool read_parts(const struct mode *mode, const json_t *result, double parts[5])
{
    bool is_hs = mode->mode == LIGHT_MODE_HS;

    if (json_array_size(result) != part_count(mode))
        return false;
    for (size_t i = 0; i < json_array_size(result); i++) {
        double most = !is_hs ? 255 : i == 0 ? 360 : 100;
        if (!template_as_number(json_array_get(result, i), &parts[i]) || parts[i] < 0 ||
            parts[i] > most)
            return false;
    }
    return true;
}

static HASS_CALLBACK void set_mode(struct template_entity *item, enum light_color_mode which,
                                   const json_t *result)
{
    const struct mode *mode = modes;
    struct light_color color = { LIGHT_MODE_UNKNOWN, { 0 } };
    double n[5] = { 0 };

    while (mode->mode != which)
        mode++;
    if (!template_is_unknown(result) && !read_parts(mode, result, n))
        template_entity_complain(item, mode->key, result,
                                 which == LIGHT_MODE_HS ? "[0 to 360, 0 to 100]"
                                                        : "a list of numbers from 0 to 255");
    else if (!template_is_unknown(result) && which == LIGHT_MODE_HS)
        color = (struct light_color){ which, .hs = { n[0], n[1] } };
    else if (!template_is_unknown(result))
        color = (struct light_color){ which, .rgbww = { (int)n[0], (int)n[1], (int)n[2], (int)n[3],
                                                        (int)n[4] } };
    set_color((struct lamp *)item, color);
}

#define MODE_SETTER(name, mode)                                                                    \
    static HASS_CALLBACK void name(struct template_entity *item, const json_t *result)             \
    {                                                                                              \
        set_mode(item, mode, result);                                                              \
    }
MODE_SETTER(set_hs, LIGHT_MODE_HS)
MODE_SETTER(set_rgb, LIGHT_MODE_RGB)
MODE_SETTER(set_rgbw, LIGHT_MODE_RGBW)
MODE_SETTER(set_rgbww, LIGHT_MODE_RGBWW)

static void keep_effect(struct lamp *lamp, const char *effect)
{
    char *fresh = effect ? strdup(effect) : NULL;

    free(lamp->effect);
    lamp->state.effect = lamp->effect = fresh;
}

static HASS_CALLBACK void set_effect(struct template_entity *item, const json_t *result)
{
    struct lamp *lamp = (struct lamp *)item;
    const char *effect = template_is_unknown(result) ? NULL : json_string_value(result);

    if (!template_is_unknown(result) &&
        (!effect || (lamp->effect_list &&
                     hass_words_find((const char *const *)lamp->effect_list, effect) < 0))) {
        template_entity_complain(item, "effect", result, "one of effect_list");
        effect = NULL;
    }
    keep_effect(lamp, effect);
}

static HASS_CALLBACK void set_effect_list(struct template_entity *item, const json_t *result)
{
    struct lamp *lamp = (struct lamp *)item;

    if (!template_is_unknown(result) && !json_is_array(result))
        template_entity_complain(item, "effect_list", result, "a list");
    template_texts(result, &lamp->effects, &lamp->effect_list);
    lamp->can.effect_list = (const char *const *)lamp->effect_list;
}

static HASS_CALLBACK double read_mireds(struct template_entity *item, const char *key,
                                        const json_t *result, double otherwise)
{
    double mireds;

    return template_number_within(item, key, result, 1, 10000, &mireds) ? mireds : otherwise;
}

static HASS_CALLBACK void set_min_mireds(struct template_entity *item, const json_t *result)
{
    struct lamp *lamp = (struct lamp *)item;

    lamp->min_mireds = read_mireds(item, "min_mireds", result, MIN_MIREDS);
    lamp->can.max_kelvin = hass_color_mired_to_kelvin(lamp->min_mireds);
}

static HASS_CALLBACK void set_max_mireds(struct template_entity *item, const json_t *result)
{
    struct lamp *lamp = (struct lamp *)item;

    lamp->max_mireds = read_mireds(item, "max_mireds", result, MAX_MIREDS);
    lamp->can.min_kelvin = hass_color_mired_to_kelvin(lamp->max_mireds);
}

static void set_supports_transition(struct template_entity *item, const json_t *result)
{
    item->description.supported_features &= ~(uint32_t)LIGHT_TRANSITION;
    if (result && hass_template_result_as_boolean(result))
        item->description.supported_features |= LIGHT_TRANSITION;
}

/* Lists and limits before what they are asked about. */
static const struct template_option options[] = {
    { "min_mireds", set_min_mireds },
    { "max_mireds", set_max_mireds },
    { "effect_list", set_effect_list },
    { "supports_transition", set_supports_transition },
    { "state", set_state },
    { "level", set_level },
    { "temperature", set_temperature },
    { "hs", set_hs },
    { "rgb", set_rgb },
    { "rgbw", set_rgbw },
    { "rgbww", set_rgbww },
    { "effect", set_effect },
    { NULL, NULL },
};

static const struct light_state *state(struct hass_entity *entity)
{
    const struct lamp *lamp = template_entity_of(entity);

    return &lamp->state;
}

static const struct light_capabilities *capabilities(struct hass_entity *entity)
{
    const struct lamp *lamp = template_entity_of(entity);

    return &lamp->can;
}

/* what it is told */

static json_t *number_of(struct hass_value value)
{
    return value.type == HASS_VALUE_INT ? json_integer(value.integer) : json_real(value.number);
}

static json_t *channels(const struct light_color *color)
{
    const struct hass_rgbww *c = &color->rgbww;

    if (color->mode == LIGHT_MODE_HS)
        return json_pack("[f,f]", color->hs.hue, color->hs.saturation);
    if (color->mode == LIGHT_MODE_RGBWW)
        return json_pack("[i,i,i,i,i]", c->r, c->g, c->b, c->cold, c->warm);
    if (color->mode == LIGHT_MODE_RGBW)
        return json_pack("[i,i,i,i]", color->rgbw.r, color->rgbw.g, color->rgbw.b, color->rgbw.w);
    return json_pack("[i,i,i]", color->rgb.r, color->rgb.g, color->rgb.b);
}

static void add_color(json_t *variables, const struct mode *mode, const struct light_color *color)
{
    json_t *list = channels(color);

    for (size_t i = 0; mode->parts[i]; i++)
        json_object_set(variables, mode->parts[i], json_array_get(list, i));
    if (mode->mode != LIGHT_MODE_HS && mode->mode != LIGHT_MODE_RGB)
        json_object_set_new(variables, "rgb",
                            json_pack("[O,O,O]", json_array_get(list, 0), json_array_get(list, 1),
                                      json_array_get(list, 2)));
    json_object_set_new(variables, mode->key, list);
}

/* The action for the colour, with its variables; NULL when there is none. */
static const char *color_action(const struct lamp *lamp, const struct light_color *color,
                                json_t *variables)
{
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (modes[i].mode != color->mode || !template_entity_has(&lamp->item, modes[i].action))
            continue;
        add_color(variables, &modes[i], color);
        return modes[i].action;
    }
    return NULL;
}

/* One action is run: that of the first thing asked for which there is one. */
static const char *choose(const struct lamp *lamp, const struct light_turn *turn, json_t *variables)
{
    const struct template_entity *item = &lamp->item;

    if (turn->brightness.type != HASS_VALUE_NONE)
        json_object_set_new(variables, "brightness", number_of(turn->brightness));
    if (turn->transition.type != HASS_VALUE_NONE)
        json_object_set_new(variables, "transition", number_of(turn->transition));
    if (!turn->on)
        return "turn_off";
    if (turn->color.mode == LIGHT_MODE_COLOR_TEMP && template_entity_has(item, "set_temperature")) {
        json_object_set_new(variables, "color_temp",
                            json_integer(hass_color_kelvin_to_mired(turn->color.kelvin)));
        json_object_set_new(variables, "color_temp_kelvin", json_integer(turn->color.kelvin));
        return "set_temperature";
    }
    if (turn->effect && template_entity_has(item, "set_effect")) {
        json_object_set_new(variables, "effect", json_string(turn->effect));
        return "set_effect";
    }
    const char *action = color_action(lamp, &turn->color, variables);
    if (action)
        return action;
    return turn->brightness.type != HASS_VALUE_NONE && template_entity_has(item, "set_level")
               ? "set_level"
               : "turn_on";
}

static const char *template_of(enum light_color_mode mode)
{
    for (size_t i = 0; i < MODE_COUNT; i++)
        if (modes[i].mode == mode)
            return modes[i].key;
    return "temperature";
}

/* What has no template is as told. */
static void assume(struct lamp *lamp, const struct light_turn *turn)
{
    const struct template_entity *item = &lamp->item;

    if (item->optimistic)
        lamp->state.is_on = HASS_BOOL(turn->on);
    if (!turn->on)
        return;
    if (turn->brightness.type != HASS_VALUE_NONE && !template_entity_has(item, "level"))
        lamp->state.brightness = turn->brightness;
    if (turn->color.mode && !template_entity_has(item, template_of(turn->color.mode)))
        set_color(lamp, turn->color);
    if (turn->effect && !template_entity_has(item, "effect"))
        keep_effect(lamp, turn->effect);
}

/* The list that the effect is of may be another one when the action has ended: so it is copied. */
static HASS_COROUTINE int turn_it(struct hass_entity *entity, const struct light_turn *turn,
                                  struct hass_error *err)
{
    struct lamp *lamp = template_entity_of(entity);
    autofree char *effect = turn->effect ? strdup(turn->effect) : NULL;
    struct light_turn told = *turn;
    json_t *variables = json_object();

    told.effect = effect;
    const char *action = choose(lamp, &told, variables);
    int r = template_entity_async_act(&lamp->item, action, variables, err);
    if (r >= 0)
        assume(lamp, &told);
    return r;
}

static const struct light_ops ops =
    LIGHT_OPS(.state = state, .capabilities = capabilities, .async_turn = turn_it);

/* making one */

static uint32_t modes_of(const struct template_entity *item)
{
    uint32_t all = template_entity_has(item, "set_temperature") ? LIGHT_MODE_COLOR_TEMP : 0;

    for (size_t i = 0; i < MODE_COUNT; i++)
        all |= template_entity_has(item, modes[i].action) ? (uint32_t)modes[i].mode : 0;
    if (all)
        return all;
    return template_entity_has(item, "set_level") ? LIGHT_MODE_BRIGHTNESS : LIGHT_MODE_ONOFF;
}

static void init(struct template_entity *item)
{
    struct lamp *lamp = (struct lamp *)item;

    lamp->state.size = sizeof(lamp->state);
    lamp->can = (struct light_capabilities){
        .size = sizeof(lamp->can),
        .color_modes = modes_of(item),
        .min_kelvin = hass_color_mired_to_kelvin(MAX_MIREDS),
        .max_kelvin = hass_color_mired_to_kelvin(MIN_MIREDS),
    };
    lamp->min_mireds = MIN_MIREDS;
    lamp->max_mireds = MAX_MIREDS;
    if (template_entity_has(item, "set_effect"))
        item->description.supported_features |= LIGHT_EFFECT;
}

static void fini(struct template_entity *item)
{
    struct lamp *lamp = (struct lamp *)item;

    json_decref(lamp->effects);
    free(lamp->effect_list);
    free(lamp->effect);
}

static void restored(struct template_entity *item, const char *state)
{
    if (!template_entity_has(item, "state"))
        ((struct lamp *)item)->state.is_on = HASS_BOOL(strcmp(state, HASS_STATE_ON) == 0);
}

const struct template_kind template_light = {
    .domain = "light",
    .default_name = "Template Light",
    .size = sizeof(struct lamp),
    .schema = &template_light_schema,
    .options = options,
    .ops = &ops,
    .renames = renames,
    .init = init,
    .fini = fini,
    .restored = restored,
    .assumes = true,
    .restore = true,
};
