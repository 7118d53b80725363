/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Colours of light, as pure functions; any thread. Hue is 0..360, saturation 0..100, channels and brightness are 0..255,
 * colour temperatures in kelvin.
 *
 * Model: util.color, util.percentage, util.scaling
 */
#pragma once

#include <hass/error.h>

struct hass_hs {
    double hue, saturation;
};
/** A point of CIE 1931. */
struct hass_xy {
    double x, y;
};
struct hass_rgb {
    int r, g, b;
};
struct hass_rgbw {
    int r, g, b, w;
};
struct hass_rgbww {
    int r, g, b, cold, warm;
};
/** The corners of what a lamp can show. */
struct hass_gamut {
    struct hass_xy red, green, blue;
};
/** The coldest and the warmest white of a lamp. */
struct hass_kelvin_range {
    int min, max;
};

/** CSS's names, in any case and with spaces, and "homeassistant". HASS_E_INVALID for another. */
HASS_API int hass_color_from_name(const char *name, struct hass_rgb *ret_rgb,
                                  struct hass_error *err);

/** "ff8000". */
#define HASS_COLOR_HEX 7
HASS_API void hass_color_rgb_to_hex(struct hass_rgb rgb, char text[HASS_COLOR_HEX]);
/** Three numbers of equally many digits: "ff8000", also "f80", which is 15, 8, 0. HASS_E_INVALID for any other text. */
HASS_API int hass_color_from_hex(const char *text, struct hass_rgb *ret_rgb,
                                 struct hass_error *err);

HASS_API struct hass_rgb hass_color_hs_to_rgb(struct hass_hs hs);
HASS_API struct hass_xy hass_color_hs_to_xy(struct hass_hs hs);
/** @value is 0..100. */
HASS_API struct hass_rgb hass_color_hsv_to_rgb(struct hass_hs hs, double value);
HASS_API struct hass_hs hass_color_rgb_to_hs(struct hass_rgb rgb);
/** As hass_color_rgb_to_hs, with the value, 0..100. */
HASS_API struct hass_hs hass_color_rgb_to_hsv(struct hass_rgb rgb, double *ret_value);
/** @gamut may be NULL: the point inside it that is nearest; @ret_brightness may be NULL. */
HASS_API struct hass_xy hass_color_rgb_to_xy(struct hass_rgb rgb, const struct hass_gamut *gamut,
                                             int *ret_brightness);
/** At @brightness; 255 gives the brightest of that colour. @gamut may be NULL. */
HASS_API struct hass_rgb hass_color_xy_to_rgb(struct hass_xy xy, int brightness,
                                              const struct hass_gamut *gamut);
HASS_API struct hass_hs hass_color_xy_to_hs(struct hass_xy xy, const struct hass_gamut *gamut);

/* with channels of white: the brightest channel stays as bright as it was */
HASS_API struct hass_rgbw hass_color_rgb_to_rgbw(struct hass_rgb rgb);
HASS_API struct hass_rgb hass_color_rgbw_to_rgb(struct hass_rgbw rgbw);
HASS_API struct hass_rgbww hass_color_rgb_to_rgbww(struct hass_rgb rgb,
                                                   struct hass_kelvin_range range);
HASS_API struct hass_rgb hass_color_rgbww_to_rgb(struct hass_rgbww rgbww,
                                                 struct hass_kelvin_range range);

/* whites */

/** Rounded down; 0 for 0. */
HASS_API int hass_color_kelvin_to_mired(double kelvin);
HASS_API int hass_color_mired_to_kelvin(double mired);
/** From 1,000 to 40,000 kelvin; channels are no whole numbers. */
HASS_API void hass_color_kelvin_to_rgb(double kelvin, double ret_rgb[3]);
HASS_API struct hass_hs hass_color_kelvin_to_hs(double kelvin);
HASS_API int hass_color_xy_to_kelvin(struct hass_xy xy);
/** The channels of white for a temperature; those of colour are 0. */
HASS_API struct hass_rgbww hass_color_kelvin_to_rgbww(int kelvin, int brightness,
                                                      struct hass_kelvin_range range);
/** The temperature of the channels of white, and their brightness. */
HASS_API int hass_color_rgbww_to_kelvin(struct hass_rgbww rgbww, struct hass_kelvin_range range,
                                        int *ret_brightness);

/* scales of devices */

/** Steps of a device, such as 1..3 of a fan. The least is "on at all": what stands for off is below it. */
struct hass_scale {
    double min, max;
};
/** A step as 1..255. */
HASS_API int hass_scale_to_brightness(struct hass_scale scale, double value);
/** What a brightness is on the scale, not rounded. */
HASS_API double hass_scale_from_brightness(struct hass_scale scale, int brightness);
/** A step as a percentage, rounded down. */
HASS_API int hass_scale_to_percentage(struct hass_scale scale, double value);
/** What a percentage is on the scale, not rounded. */
HASS_API double hass_scale_from_percentage(struct hass_scale scale, double percentage);
/** The place in a list of @count steps that a percentage means. */
HASS_API size_t hass_scale_percentage_to_place(int percentage, size_t count);
/** The percentage of a place in a list of @count steps. */
HASS_API int hass_scale_place_to_percentage(size_t place, size_t count);
