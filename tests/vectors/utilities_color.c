/* SPDX-License-Identifier: Apache-2.0 */
/* Colours: a result is up to five numbers. */
#include <string.h>

#include <hass/color.h>

#include "vectors/utilities.h"

static double number(const json_t *args, const char *key, size_t index)
{
    const json_t *value = json_object_get(args, key);

    return json_number_value(json_is_array(value) ? json_array_get(value, index) : value);
}

static int integer(const json_t *args, const char *key, size_t index)
{
    return (int)number(args, key, index);
}

static struct hass_rgb rgb_of(const json_t *args)
{
    return (struct hass_rgb){ integer(args, "rgb", 0), integer(args, "rgb", 1),
                              integer(args, "rgb", 2) };
}

static struct hass_rgbw rgbw_of(const json_t *args)
{
    return (struct hass_rgbw){ integer(args, "rgbw", 0), integer(args, "rgbw", 1),
                               integer(args, "rgbw", 2), integer(args, "rgbw", 3) };
}

static struct hass_rgbww rgbww_of(const json_t *args)
{
    return (struct hass_rgbww){ integer(args, "rgbww", 0), integer(args, "rgbww", 1),
                                integer(args, "rgbww", 2), integer(args, "rgbww", 3),
                                integer(args, "rgbww", 4) };
}

static struct hass_hs hs_of(const json_t *args, const char *key)
{
    return (struct hass_hs){ number(args, key, 0), number(args, key, 1) };
}

static struct hass_xy xy_of(const json_t *args)
{
    return (struct hass_xy){ number(args, "xy", 0), number(args, "xy", 1) };
}

static struct hass_kelvin_range range_of(const json_t *args)
{
    return (struct hass_kelvin_range){ integer(args, "min_kelvin", 0),
                                       integer(args, "max_kelvin", 0) };
}

static const struct hass_gamut *gamut_of(const json_t *args, struct hass_gamut *gamut)
{
    const json_t *corners = json_object_get(args, "gamut");
    struct hass_xy *points[] = { &gamut->red, &gamut->green, &gamut->blue };

    for (size_t i = 0; corners && i < 3; i++) {
        points[i]->x = json_number_value(json_array_get(json_array_get(corners, i), 0));
        points[i]->y = json_number_value(json_array_get(json_array_get(corners, i), 1));
    }
    return corners ? gamut : NULL;
}

/* A result of up to five numbers. */
struct result {
    double numbers[5];
    size_t count;
};

static struct result one(double a)
{
    return (struct result){ { a }, 1 };
}

static struct result two(double a, double b)
{
    return (struct result){ { a, b }, 2 };
}

static struct result rgb(struct hass_rgb c)
{
    return (struct result){ { c.r, c.g, c.b }, 3 };
}

static struct result rgbw(struct hass_rgbw c)
{
    return (struct result){ { c.r, c.g, c.b, c.w }, 4 };
}

static struct result rgbww(struct hass_rgbww c)
{
    return (struct result){ { c.r, c.g, c.b, c.cold, c.warm }, 5 };
}

static struct result hs(struct hass_hs c)
{
    return two(c.hue, c.saturation);
}

static struct result xy(struct hass_xy c)
{
    return two(c.x, c.y);
}

static struct result of_rgb_to_xy(const json_t *args)
{
    struct hass_gamut gamut;

    return xy(hass_color_rgb_to_xy(rgb_of(args), gamut_of(args, &gamut), NULL));
}

static struct result of_rgb_to_xy_brightness(const json_t *args)
{
    int brightness;
    struct hass_xy c = hass_color_rgb_to_xy(rgb_of(args), NULL, &brightness);

    return (struct result){ { c.x, c.y, brightness }, 3 };
}

static struct result of_rgb_to_hs(const json_t *args)
{
    return hs(hass_color_rgb_to_hs(rgb_of(args)));
}

static struct result of_rgb_to_hsv(const json_t *args)
{
    double value;
    struct hass_hs c = hass_color_rgb_to_hsv(rgb_of(args), &value);

    return (struct result){ { c.hue, c.saturation, value }, 3 };
}

static struct result of_rgb_to_rgbw(const json_t *args)
{
    return rgbw(hass_color_rgb_to_rgbw(rgb_of(args)));
}

static struct result of_rgb_to_rgbww(const json_t *args)
{
    return rgbww(hass_color_rgb_to_rgbww(rgb_of(args), range_of(args)));
}

static struct result of_xy_to_rgb(const json_t *args)
{
    struct hass_gamut gamut;

    return rgb(hass_color_xy_to_rgb(xy_of(args), 255, gamut_of(args, &gamut)));
}

static struct result of_xy_brightness_to_rgb(const json_t *args)
{
    return rgb(hass_color_xy_to_rgb(xy_of(args), integer(args, "brightness", 0), NULL));
}

static struct result of_xy_to_hs(const json_t *args)
{
    return hs(hass_color_xy_to_hs(xy_of(args), NULL));
}

static struct result of_xy_to_temperature(const json_t *args)
{
    return one(hass_color_xy_to_kelvin(xy_of(args)));
}

static struct result of_hs_to_rgb(const json_t *args)
{
    return rgb(hass_color_hs_to_rgb(hs_of(args, "hs")));
}

static struct result of_hs_to_xy(const json_t *args)
{
    return xy(hass_color_hs_to_xy(hs_of(args, "hs")));
}

static struct result of_hsv_to_rgb(const json_t *args)
{
    return rgb(hass_color_hsv_to_rgb(hs_of(args, "hsv"), number(args, "hsv", 2)));
}

static struct result of_temperature_to_rgb(const json_t *args)
{
    struct result result = { .count = 3 };

    hass_color_kelvin_to_rgb(number(args, "kelvin", 0), result.numbers);
    return result;
}

static struct result of_temperature_to_hs(const json_t *args)
{
    return hs(hass_color_kelvin_to_hs(number(args, "kelvin", 0)));
}

static struct result of_mired_to_kelvin(const json_t *args)
{
    return one(hass_color_mired_to_kelvin(number(args, "mired", 0)));
}

static struct result of_kelvin_to_mired(const json_t *args)
{
    return one(hass_color_kelvin_to_mired(number(args, "kelvin", 0)));
}

static struct result of_rgbw_to_rgb(const json_t *args)
{
    return rgb(hass_color_rgbw_to_rgb(rgbw_of(args)));
}

static struct result of_rgbww_to_rgb(const json_t *args)
{
    return rgb(hass_color_rgbww_to_rgb(rgbww_of(args), range_of(args)));
}

static struct result of_rgbww_to_temperature(const json_t *args)
{
    int brightness;
    int kelvin = hass_color_rgbww_to_kelvin(rgbww_of(args), range_of(args), &brightness);

    return two(kelvin, brightness);
}

static struct result of_temperature_to_rgbww(const json_t *args)
{
    return rgbww(hass_color_kelvin_to_rgbww(integer(args, "kelvin", 0),
                                            integer(args, "brightness", 0), range_of(args)));
}

static struct result of_name(const json_t *args)
{
    struct hass_rgb c;
    const char *name = json_string_value(json_object_get(args, "name"));

    return hass_color_from_name(name, &c, NULL) < 0 ? (struct result){ .count = 0 } : rgb(c);
}

static struct result of_hsb_to_rgb(const json_t *args)
{
    const struct hass_hs c = { number(args, "hsb", 0), 100 * number(args, "hsb", 1) };

    return rgb(hass_color_hsv_to_rgb(c, 100 * number(args, "hsb", 2)));
}

static const struct {
    const char *function;
    struct result (*compute)(const json_t *args);
    bool single; /* a number, no list */
} functions[] = {
    { "color_RGB_to_xy", of_rgb_to_xy },
    { "color_RGB_to_xy_brightness", of_rgb_to_xy_brightness },
    { "color_RGB_to_hs", of_rgb_to_hs },
    { "color_RGB_to_hsv", of_rgb_to_hsv },
    { "color_rgb_to_rgbw", of_rgb_to_rgbw },
    { "color_rgb_to_rgbww", of_rgb_to_rgbww },
    { "color_xy_to_RGB", of_xy_to_rgb },
    { "color_xy_brightness_to_RGB", of_xy_brightness_to_rgb },
    { "color_xy_to_hs", of_xy_to_hs },
    { "color_xy_to_temperature", of_xy_to_temperature, true },
    { "color_hs_to_RGB", of_hs_to_rgb },
    { "color_hs_to_xy", of_hs_to_xy },
    { "color_hsv_to_RGB", of_hsv_to_rgb },
    { "color_temperature_to_rgb", of_temperature_to_rgb },
    { "color_temperature_to_hs", of_temperature_to_hs },
    { "color_temperature_mired_to_kelvin", of_mired_to_kelvin, true },
    { "color_temperature_kelvin_to_mired", of_kelvin_to_mired, true },
    { "color_rgbw_to_rgb", of_rgbw_to_rgb },
    { "color_rgbww_to_rgb", of_rgbww_to_rgb },
    { "rgbww_to_color_temperature", of_rgbww_to_temperature },
    { "color_temperature_to_rgbww", of_temperature_to_rgbww },
    { "color_name_to_rgb", of_name },
    { "color_hsb_to_RGB", of_hsb_to_rgb },
};

static int compute(const json_t *vector, const json_t *args, json_t **ret_value,
                   struct hass_error *err)
{
    const char *function = hass_json_get_string(vector, "function", "");
    size_t i = 0;

    while (strcmp(functions[i].function, function) != 0)
        i++;
    struct result result = functions[i].compute(args);
    if (!result.count)
        return hass_fail(err, HASS_E_INVALID, "no such colour");
    if (functions[i].single) {
        *ret_value = json_real(result.numbers[0]);
        return 0;
    }
    *ret_value = json_array();
    for (size_t j = 0; j < result.count; j++)
        json_array_append_new(*ret_value, json_real(result.numbers[j]));
    return 0;
}

static int to_hex(const json_t *vector, const json_t *args, json_t **ret_value,
                  struct hass_error *err)
{
    char text[HASS_COLOR_HEX];

    hass_color_rgb_to_hex(rgb_of(args), text);
    *ret_value = json_string(text);
    return 0;
}

static int from_hex(const json_t *vector, const json_t *args, json_t **ret_value,
                    struct hass_error *err)
{
    struct hass_rgb c;
    int r = hass_color_from_hex(utility_text(args, "hex"), &c, err);

    if (r >= 0)
        *ret_value = json_pack("[i,i,i]", c.r, c.g, c.b);
    return r;
}

const struct utility color_utilities[] = {
    { "color_rgb_to_hex", to_hex },
    { "rgb_hex_to_rgb_list", from_hex },
    { "color_RGB_to_xy", compute },
    { "color_RGB_to_xy_brightness", compute },
    { "color_RGB_to_hs", compute },
    { "color_RGB_to_hsv", compute },
    { "color_rgb_to_rgbw", compute },
    { "color_rgb_to_rgbww", compute },
    { "color_xy_to_RGB", compute },
    { "color_xy_brightness_to_RGB", compute },
    { "color_xy_to_hs", compute },
    { "color_xy_to_temperature", compute },
    { "color_hs_to_RGB", compute },
    { "color_hs_to_xy", compute },
    { "color_hsv_to_RGB", compute },
    { "color_temperature_to_rgb", compute },
    { "color_temperature_to_hs", compute },
    { "color_temperature_mired_to_kelvin", compute },
    { "color_temperature_kelvin_to_mired", compute },
    { "color_rgbw_to_rgb", compute },
    { "color_rgbww_to_rgb", compute },
    { "rgbww_to_color_temperature", compute },
    { "color_temperature_to_rgbww", compute },
    { "color_name_to_rgb", compute },
    { "color_hsb_to_RGB", compute },
    { NULL, NULL },
};
