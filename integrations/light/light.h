/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a platform of the domain light fills in: what a lamp shows, what it can, and how it is turned on and off.
 *
 * The domain has done all that is the same for every lamp before it calls: names and profiles are colours, steps are
 * brightness, and a colour is in a mode that the lamp supports.
 *
 * Model: components.light
 */
#pragma once

#include <hass/color.h>
#include <hass/domain.h>

enum light_feature {
    LIGHT_EFFECT = 4,
    LIGHT_FLASH = 8,
    LIGHT_TRANSITION = 32,
};

/** What can be set of a lamp; a set of them, or one. In the order of their names. */
enum light_color_mode {
    LIGHT_MODE_UNKNOWN = 0,
    LIGHT_MODE_BRIGHTNESS = 1 << 0, /* alone */
    LIGHT_MODE_COLOR_TEMP = 1 << 1,
    LIGHT_MODE_HS = 1 << 2,
    LIGHT_MODE_ONOFF = 1 << 3, /* alone */
    LIGHT_MODE_RGB = 1 << 4,
    LIGHT_MODE_RGBW = 1 << 5,
    LIGHT_MODE_RGBWW = 1 << 6,
    LIGHT_MODE_WHITE = 1 << 7, /* beside a mode of colour, not beside color_temp */
    LIGHT_MODE_XY = 1 << 8,
};
#define LIGHT_MODES_COLOR                                                                          \
    (LIGHT_MODE_HS | LIGHT_MODE_RGB | LIGHT_MODE_RGBW | LIGHT_MODE_RGBWW | LIGHT_MODE_XY)

/** A colour in one of the modes; of the others there is none. */
struct light_color {
    enum light_color_mode mode;
    union {
        int kelvin; /* color_temp */
        int white;  /* its brightness, 0..255 */
        struct hass_hs hs;
        struct hass_xy xy;
        struct hass_rgb rgb;
        struct hass_rgbw rgbw;
        struct hass_rgbww rgbww;
    };
};

struct light_state {
    uint32_t size;
    struct hass_value is_on;          /* HASS_BOOL; HASS_NONE: unknown */
    enum light_color_mode color_mode; /* a lamp with one mode need not say it */
    struct hass_value brightness;     /* 0..255; HASS_NONE: unknown */
    struct light_color color;         /* unknown when its mode is not color_mode */
    const char *effect;               /* or NULL */
};

/** Constant, or changed together with a write of the state. */
struct light_capabilities {
    uint32_t size;
    uint32_t color_modes;           /* of enum light_color_mode; 0: onoff */
    int min_kelvin, max_kelvin;     /* 0: 2000, 6535 */
    const char *const *effect_list; /* NULL-terminated; or NULL */
};

/** What a lamp is to do. What it does not support is not there. */
struct light_turn {
    uint32_t size;
    bool on;                      /* false: only transition and flash count */
    struct hass_value brightness; /* 1..255; HASS_NONE: as it was */
    struct light_color color;     /* mode unknown: as it was */
    struct hass_value transition; /* seconds; HASS_NONE: the lamp's own */
    const char *
        effect; /* or NULL; one of effect_list lives as long as that, another as long as the call */
    const char *flash; /* "short", "long", or NULL */
};

struct light_ops {
    uint32_t size;
    const struct light_state *(*state)(struct hass_entity *entity);
    const struct light_capabilities *(*capabilities)(struct hass_entity *entity);
    /** Coroutine. */
    int (*async_turn)(struct hass_entity *entity, const struct light_turn *turn,
                      struct hass_error *err);
    /** Pool thread; @values is a private copy. */
    int (*turn)(struct hass_worker *worker, struct hass_entity *entity,
                const struct light_turn *turn, void *values, struct hass_error *err);
};

#define LIGHT_OPS(...)                                                                             \
    {                                                                                              \
        .size = sizeof(struct light_ops), __VA_ARGS__                                              \
    }

/** Puts what @turn asks for into @state: for lamps that do as they are told. Only effects that @can lists are kept. */
static inline void light_state_apply(struct light_state *state, const struct light_turn *turn,
                                     const struct light_capabilities *can)
{
    int effect = hass_words_find(can->effect_list, turn->effect);

    state->is_on = HASS_BOOL(turn->on);
    if (!turn->on)
        return;
    if (turn->brightness.type != HASS_VALUE_NONE)
        state->brightness = turn->brightness;
    if (turn->color.mode) {
        state->color = turn->color;
        state->color_mode = turn->color.mode;
    }
    if (effect >= 0)
        state->effect = can->effect_list[effect];
}
