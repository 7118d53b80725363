/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of lamps. What a group shows is the mean of those that are on; what it can is what any of them can; what it is told
 * goes to all of them in one call.
 */
#include "light/light.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"

GROUP_SCHEMA(group_light_schema, "Light Group", GROUP_ALL);

struct light_group {
    struct group group; /* first: it is the userdata of all groups */
    struct light_state state;
    struct light_capabilities can;
    json_t *effects; /* {name: how many lamps on show it}, sorted; what effect_list points into */
    const char **effect_list;
};

/* modes of colour, and the attribute that has the colour of each */
static const struct {
    const char *name, *key;
} modes[] = {
    { "brightness", NULL },     { "color_temp", "color_temp_kelvin" },
    { "hs", "hs_color" },       { "onoff", NULL },
    { "rgb", "rgb_color" },     { "rgbw", "rgbw_color" },
    { "rgbww", "rgbww_color" }, { "white", NULL },
    { "xy", "xy_color" },
};
#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

/* the members, added up */

struct sums {
    uint32_t modes, features;
    size_t counts[MODE_COUNT]; /* lamps on in each mode */
    double brightness;
    size_t bright; /* lamps that have one */
    int min_kelvin, max_kelvin;
};

/* The place of a mode of that name; MODE_COUNT for another. */
static size_t mode_place(const char *name)
{
    size_t place = 0;

    while (place < MODE_COUNT && strcmp(modes[place].name, name) != 0)
        place++;
    return place;
}

static uint32_t read_modes(const json_t *names)
{
    uint32_t bits = 0;
    size_t i;
    json_t *name;

    json_array_foreach((json_t *)names, i, name) {
        size_t place = json_is_string(name) ? mode_place(json_string_value(name)) : MODE_COUNT;
        if (place < MODE_COUNT)
            bits |= 1U << place;
    }
    return bits;
}

static void count_effect(json_t *effects, const char *name, json_int_t more)
{
    json_int_t count = json_integer_value(json_object_get(effects, name));

    json_object_set_new(effects, name, json_integer(count + more));
}

static void add_abilities(const json_t *attributes, json_t *effects, struct sums *sums)
{
    int min = (int)hass_json_get_int(attributes, "min_color_temp_kelvin", 0);
    int max = (int)hass_json_get_int(attributes, "max_color_temp_kelvin", 0);
    size_t i;
    json_t *name;

    sums->modes |= read_modes(hass_json_get(attributes, "supported_color_modes"));
    sums->features |= (uint32_t)hass_json_get_int(attributes, "supported_features", 0);
    if (min && (!sums->min_kelvin || min < sums->min_kelvin))
        sums->min_kelvin = min;
    sums->max_kelvin = max > sums->max_kelvin ? max : sums->max_kelvin;
    json_array_foreach((json_t *)hass_json_get(attributes, "effect_list"), i, name) {
        if (json_is_string(name))
            count_effect(effects, json_string_value(name), 0);
    }
}

static void add_shown(const json_t *attributes, json_t *effects, struct sums *sums)
{
    const json_t *brightness = hass_json_get(attributes, "brightness");
    const char *effect = hass_json_get_string(attributes, "effect", NULL);
    size_t mode = mode_place(hass_json_get_string(attributes, "color_mode", ""));

    if (json_is_number(brightness)) {
        sums->brightness += json_number_value(brightness);
        sums->bright++;
    }
    if (mode < MODE_COUNT)
        sums->counts[mode]++;
    if (effect)
        count_effect(effects, effect, 1);
}

static HASS_CALLBACK void add_up(struct hass_entity *entity, json_t *effects, struct sums *sums)
{
    const struct hass_state *state;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        autojson *attributes = hass_state_attributes(state);
        add_abilities(attributes, effects, sums);
        if (group_is_state_on(state))
            add_shown(attributes, effects, sums);
    }
}

/* what the group is */

/* Modes that stand alone give way to others, and white to temperatures and where there is no colour. */
static uint32_t filter_modes(uint32_t all)
{
    if (all & ~(uint32_t)LIGHT_MODE_ONOFF)
        all &= ~(uint32_t)LIGHT_MODE_ONOFF;
    if (all & ~(uint32_t)LIGHT_MODE_BRIGHTNESS)
        all &= ~(uint32_t)LIGHT_MODE_BRIGHTNESS;
    if (all & LIGHT_MODE_COLOR_TEMP || !(all & LIGHT_MODES_COLOR))
        all &= ~(uint32_t)LIGHT_MODE_WHITE;
    return all ? all : LIGHT_MODE_ONOFF;
}

/* The mode that most lamps are in; brightness and onoff only when no other is. */
static enum light_color_mode common_mode(const struct sums *sums, uint32_t supported)
{
    const uint32_t plain = LIGHT_MODE_ONOFF | LIGHT_MODE_BRIGHTNESS;
    enum light_color_mode best = LIGHT_MODE_UNKNOWN;
    size_t most = 0;

    for (size_t i = 0; i < MODE_COUNT; i++) {
        bool counts = supported & ~plain & 1U << i;
        if (counts && sums->counts[i] > most) {
            best = (enum light_color_mode)(1U << i);
            most = sums->counts[i];
        }
    }
    if (!best && supported & plain)
        return (enum light_color_mode)(supported & plain);
    return best;
}

/* Numbers of an attribute, one or a list. Returns how many. */
static size_t read_numbers(struct hass_value value, double numbers[5])
{
    autojson *list = NULL;
    size_t count = 0;

    if (hass_value_number(value, &numbers[0]))
        return 1;
    if (value.type != HASS_VALUE_JSON ||
        hass_json_parse(value.text.data, value.text.length, value.text.length, &list, NULL) < 0)
        return 0;
    for (; count < 5 && count < json_array_size(list); count++)
        numbers[count] = json_number_value(json_array_get(list, count));
    return count;
}

static struct light_color color_of(enum light_color_mode mode, const double n[5])
{
    struct light_color color = { mode, { 0 } };

    if (mode == LIGHT_MODE_HS)
        color.hs = (struct hass_hs){ n[0], n[1] };
    else if (mode == LIGHT_MODE_XY)
        color.xy = (struct hass_xy){ n[0], n[1] };
    else if (mode == LIGHT_MODE_COLOR_TEMP)
        color.kelvin = (int)n[0];
    else
        color.rgbww = (struct hass_rgbww){ (int)n[0], (int)n[1], (int)n[2], (int)n[3], (int)n[4] };
    return color;
}

/* Hues are on a circle: the mean of 350 and 10 is 0. */
static double mean_hue(double sine, double cosine)
{
    double hue = atan2(sine, cosine) * 180 / M_PI;

    return hue < 0 ? hue + 360 : hue;
}

/* The mean colour of the lamps that are on and have one in @mode. */
static HASS_CALLBACK struct light_color mean_color(struct hass_entity *entity,
                                                   enum light_color_mode mode)
{
    const char *key = mode ? modes[__builtin_ctz(mode)].key : NULL;
    double mean[5] = { 0 }, sine = 0, cosine = 0;
    size_t lamps = 0;
    const struct hass_state *state;

    for (size_t i = 0; key && group_next(entity, &i, &state);) {
        struct hass_value value;
        double n[5] = { 0 };
        if (!group_is_state_on(state) || !hass_state_attr(state, key, &value) ||
            !read_numbers(value, n))
            continue;
        sine += sin(n[0] * M_PI / 180);
        cosine += cos(n[0] * M_PI / 180);
        for (size_t c = 0; c < 5; c++)
            mean[c] += n[c];
        lamps++;
    }
    if (!lamps)
        return (struct light_color){ LIGHT_MODE_UNKNOWN, { 0 } };
    for (size_t c = 0; c < 5; c++)
        mean[c] /= (double)lamps;
    if (mode == LIGHT_MODE_HS)
        mean[0] = mean_hue(sine, cosine);
    return color_of(mode, mean);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Takes over @effects. The list is sorted; the effect is the one that most lamps show. */
static void set_effects(struct light_group *lamps, json_t *effects)
{
    const char **list = calloc(json_object_size(effects) + 1, sizeof(*list));
    json_int_t most = 0;
    size_t count = 0;
    const char *name;
    json_t *shown;

    lamps->state.effect = NULL;
    json_object_foreach(effects, name, shown) {
        list[count++] = name;
        if (json_integer_value(shown) > most) {
            most = json_integer_value(shown);
            lamps->state.effect = name;
        }
    }
    qsort(list, count, sizeof(*list), compare);
    free(lamps->effect_list);
    json_decref(lamps->effects);
    lamps->effects = effects;
    lamps->effect_list = list;
    lamps->can.effect_list = list;
}

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct light_group *lamps = hass_entity_userdata(entity);
    struct group_view view = group_look(entity);
    json_t *effects = json_object();
    struct sums sums = { 0 };

    add_up(entity, effects, &sums);
    lamps->can.size = sizeof(lamps->can);
    lamps->can.color_modes = filter_modes(sums.modes);
    lamps->can.min_kelvin = sums.min_kelvin;
    lamps->can.max_kelvin = sums.max_kelvin;
    lamps->group.description.supported_features =
        sums.features & (LIGHT_EFFECT | LIGHT_FLASH | LIGHT_TRANSITION);
    lamps->group.available = view.available > 0;
    enum light_color_mode mode = common_mode(&sums, lamps->can.color_modes);
    lamps->state = (struct light_state){
        .size = sizeof(lamps->state),
        .is_on = group_is_on(&lamps->group, &view),
        .color_mode = mode,
        .color = mean_color(entity, mode),
    };
    if (sums.bright)
        lamps->state.brightness = HASS_INT((int64_t)(sums.brightness / (double)sums.bright));
    set_effects(lamps, effects);
}

/* telling them */

static json_t *color_data(const struct light_color *c)
{
    switch (c->mode) {
    case LIGHT_MODE_COLOR_TEMP:
        return json_pack("{s:i}", "color_temp_kelvin", c->kelvin);
    case LIGHT_MODE_HS:
        return json_pack("{s:[f,f]}", "hs_color", c->hs.hue, c->hs.saturation);
    case LIGHT_MODE_XY:
        return json_pack("{s:[f,f]}", "xy_color", c->xy.x, c->xy.y);
    case LIGHT_MODE_RGB:
        return json_pack("{s:[i,i,i]}", "rgb_color", c->rgb.r, c->rgb.g, c->rgb.b);
    case LIGHT_MODE_RGBW:
        return json_pack("{s:[i,i,i,i]}", "rgbw_color", c->rgbw.r, c->rgbw.g, c->rgbw.b, c->rgbw.w);
    case LIGHT_MODE_RGBWW:
        return json_pack("{s:[i,i,i,i,i]}", "rgbww_color", c->rgbww.r, c->rgbww.g, c->rgbww.b,
                         c->rgbww.cold, c->rgbww.warm);
    case LIGHT_MODE_WHITE:
        return json_pack("{s:i}", "white", c->white);
    default:
        return json_object();
    }
}

static json_t *data_of(const struct light_turn *turn)
{
    json_t *data = color_data(&turn->color);

    if (turn->brightness.type == HASS_VALUE_INT)
        json_object_set_new(data, "brightness", json_integer(turn->brightness.integer));
    if (turn->transition.type == HASS_VALUE_DOUBLE)
        json_object_set_new(data, "transition", json_real(turn->transition.number));
    if (turn->effect)
        json_object_set_new(data, "effect", json_string(turn->effect));
    if (turn->flash)
        json_object_set_new(data, "flash", json_string(turn->flash));
    return data;
}

static HASS_COROUTINE int turn_all(struct hass_entity *entity, const struct light_turn *turn,
                                   struct hass_error *err)
{
    return group_tell(entity, turn->on ? "turn_on" : "turn_off", data_of(turn), 0, err);
}

/* the entity */

static const struct light_state *state(struct hass_entity *entity)
{
    const struct light_group *lamps = hass_entity_userdata(entity);

    return &lamps->state;
}

static const struct light_capabilities *capabilities(struct hass_entity *entity)
{
    const struct light_group *lamps = hass_entity_userdata(entity);

    return &lamps->can;
}

static void fini(struct group *group)
{
    struct light_group *lamps = (struct light_group *)group;

    free(lamps->effect_list);
    json_decref(lamps->effects);
}

static const struct light_ops light_ops =
    LIGHT_OPS(.state = state, .capabilities = capabilities, .async_turn = turn_all);

const struct group_kind group_light = {
    .domain = "light",
    .icon = "mdi:lightbulb-group",
    .size = sizeof(struct light_group),
    .ops = &light_ops,
    .update = update,
    .fini = fini,
};
