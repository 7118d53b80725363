/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversions of colours. RGB and XY by the wide gamut D65 matrices of Philips Hue, white by Helland's approximation of the
 * black body, temperatures of XY by McCamy's. Results are rounded as the model rounds them: to the nearest, ties to even, where
 * it says round; down where it cuts.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/color.h>

/* A colour whose channels are not whole yet. */
struct channels {
    double r, g, b;
};

/* Decimals of decimal text, correctly rounded, as the model does it. */
static double round_to(double value, int digits)
{
    char text[340]; /* the longest double has 309 digits before the point */

    snprintf(text, sizeof(text), "%.*f", digits, value);
    return strtod(text, NULL);
}

static struct channels channels_of(struct hass_rgb rgb)
{
    return (struct channels){ rgb.r, rgb.g, rgb.b };
}

static double brightest(struct channels c)
{
    return fmax(c.r, fmax(c.g, c.b));
}

/* hue and saturation */

static struct hass_hs channels_to_hsv(struct channels c, double *ret_value)
{
    double max = brightest(c) / 255, min = fmin(c.r, fmin(c.g, c.b)) / 255;
    double hue, span = max - min;

    *ret_value = round_to(max * 100, 3);
    if (span == 0)
        return (struct hass_hs){ 0, 0 };
    double red = (max - c.r / 255) / span;
    double green = (max - c.g / 255) / span;
    double blue = (max - c.b / 255) / span;
    if (c.r / 255 == max)
        hue = blue - green;
    else if (c.g / 255 == max)
        hue = 2 + red - blue;
    else
        hue = 4 + green - red;
    hue = fmod(hue / 6, 1);
    hue = hue < 0 ? hue + 1 : hue;
    return (struct hass_hs){ round_to(hue * 360, 3), round_to(span / max * 100, 3) };
}

struct hass_hs hass_color_rgb_to_hsv(struct hass_rgb rgb, double *ret_value)
{
    return channels_to_hsv(channels_of(rgb), ret_value);
}

struct hass_hs hass_color_rgb_to_hs(struct hass_rgb rgb)
{
    double value;

    return channels_to_hsv(channels_of(rgb), &value);
}

struct hass_rgb hass_color_hsv_to_rgb(struct hass_hs hs, double value)
{
    double turn = hs.hue / 360 * 6, saturation = hs.saturation / 100, v = value / 100;
    double sector = trunc(turn), f = turn - sector;
    int p = (int)(v * (1 - saturation) * 255);
    int q = (int)(v * (1 - saturation * f) * 255);
    int t = (int)(v * (1 - saturation * (1 - f)) * 255);
    int top = (int)(v * 255);
    const struct hass_rgb sectors[] = { { top, t, p }, { q, top, p }, { p, top, t },
                                        { p, q, top }, { t, p, top }, { top, p, q } };

    if (!(saturation > 0))
        return (struct hass_rgb){ top, top, top };
    return sectors[((int)sector % 6 + 6) % 6];
}

void hass_color_rgb_to_hex(struct hass_rgb rgb, char text[HASS_COLOR_HEX])
{
    snprintf(text, HASS_COLOR_HEX, "%02x%02x%02x", rgb.r & 0xff, rgb.g & 0xff, rgb.b & 0xff);
}

int hass_color_from_hex(const char *text, struct hass_rgb *ret_rgb, struct hass_error *err)
{
    size_t length = strlen(text), digits = length / 3;
    unsigned long numbers[3];

    // Up to seven digits a channel fit an int.
    if (!digits || digits > 7 || length % 3 || text[strspn(text, "0123456789abcdefABCDEF")])
        return hass_fail(err, HASS_E_INVALID, "'%.40s' is no colour such as ff8000", text);
    for (size_t i = 0; i < 3; i++) {
        char channel[8] = { 0 };
        memcpy(channel, text + i * digits, digits);
        numbers[i] = strtoul(channel, NULL, 16);
    }
    *ret_rgb = (struct hass_rgb){ (int)numbers[0], (int)numbers[1], (int)numbers[2] };
    return 0;
}

struct hass_rgb hass_color_hs_to_rgb(struct hass_hs hs)
{
    return hass_color_hsv_to_rgb(hs, 100);
}

struct hass_xy hass_color_hs_to_xy(struct hass_hs hs)
{
    return hass_color_rgb_to_xy(hass_color_hs_to_rgb(hs), NULL, NULL);
}

struct hass_hs hass_color_xy_to_hs(struct hass_xy xy, const struct hass_gamut *gamut)
{
    return hass_color_rgb_to_hs(hass_color_xy_to_rgb(xy, 255, gamut));
}

/* the triangle of what a lamp can show */

static struct hass_xy minus(struct hass_xy a, struct hass_xy b)
{
    return (struct hass_xy){ a.x - b.x, a.y - b.y };
}

static double cross(struct hass_xy a, struct hass_xy b)
{
    return a.x * b.y - a.y * b.x;
}

static double dot(struct hass_xy a, struct hass_xy b)
{
    return a.x * b.x + a.y * b.y;
}

static bool is_inside(struct hass_xy point, const struct hass_gamut *gamut)
{
    struct hass_xy green = minus(gamut->green, gamut->red), blue = minus(gamut->blue, gamut->red);
    struct hass_xy q = minus(point, gamut->red);
    double area = cross(green, blue);
    double s = cross(q, blue) / area, t = cross(green, q) / area;

    return s >= 0 && t >= 0 && s + t <= 1;
}

static struct hass_xy nearest_on_line(struct hass_xy a, struct hass_xy b, struct hass_xy point)
{
    struct hass_xy line = minus(b, a);
    double t = dot(minus(point, a), line) / dot(line, line);

    t = fmin(1, fmax(0, t));
    return (struct hass_xy){ a.x + line.x * t, a.y + line.y * t };
}

static struct hass_xy within(struct hass_xy point, const struct hass_gamut *gamut)
{
    if (!gamut || is_inside(point, gamut))
        return point;
    const struct hass_xy candidates[] = {
        nearest_on_line(gamut->red, gamut->green, point),
        nearest_on_line(gamut->blue, gamut->red, point),
        nearest_on_line(gamut->green, gamut->blue, point),
    };
    struct hass_xy best = candidates[0];
    for (size_t i = 1; i < 3; i++) {
        struct hass_xy now = minus(candidates[i], point), former = minus(best, point);
        if (dot(now, now) < dot(former, former))
            best = candidates[i];
    }
    return best;
}

/* the plane of CIE */

static double linear(double channel)
{
    return channel > 0.04045 ? pow((channel + 0.055) / 1.055, 2.4) : channel / 12.92;
}

static double gamma_corrected(double channel)
{
    double corrected =
        channel <= 0.0031308 ? 12.92 * channel : 1.055 * pow(channel, 1 / 2.4) - 0.055;

    return fmax(0, corrected);
}

struct hass_xy hass_color_rgb_to_xy(struct hass_rgb rgb, const struct hass_gamut *gamut,
                                    int *ret_brightness)
{
    double r = linear(rgb.r / 255.0), g = linear(rgb.g / 255.0), b = linear(rgb.b / 255.0);
    double x = r * 0.664511 + g * 0.154324 + b * 0.162028;
    double y = r * 0.283881 + g * 0.668433 + b * 0.047685;
    double z = r * 0.000088 + g * 0.072310 + b * 0.986039;
    double sum = x + y + z;

    if (ret_brightness)
        *ret_brightness = (int)rint(fmin(y, 1) * 255);
    if (sum == 0)
        return (struct hass_xy){ 0, 0 };
    struct hass_xy xy = within((struct hass_xy){ x / sum, y / sum }, gamut);
    return (struct hass_xy){ round_to(xy.x, 3), round_to(xy.y, 3) };
}

struct hass_rgb hass_color_xy_to_rgb(struct hass_xy xy, int brightness,
                                     const struct hass_gamut *gamut)
{
    struct hass_xy point = within(xy, gamut);
    double y = brightness / 255.0;

    if (brightness == 0)
        return (struct hass_rgb){ 0, 0, 0 };
    if (point.y == 0)
        point.y = 1e-11;
    double x = y / point.y * point.x;
    double z = y / point.y * (1 - point.x - point.y);
    struct channels c = {
        .r = gamma_corrected(x * 1.656492 - y * 0.354851 - z * 0.255038),
        .g = gamma_corrected(-x * 0.707196 + y * 1.655397 + z * 0.036152),
        .b = gamma_corrected(x * 0.051713 - y * 0.121364 + z * 1.011530),
    };
    double most = fmax(1, brightest(c));
    return (struct hass_rgb){ (int)(c.r / most * 255), (int)(c.g / most * 255),
                              (int)(c.b / most * 255) };
}

/* channels of white */

/* What @out has to be multiplied with for its brightest channel to be @in. */
static double scale_to(double in, double out)
{
    return out == 0 ? 0 : in / out;
}

static int scaled(double channel, double factor)
{
    return (int)rint(channel * factor);
}

static struct hass_rgb scale_channels(struct channels c, double in)
{
    double factor = scale_to(in, brightest(c));

    return (struct hass_rgb){ scaled(c.r, factor), scaled(c.g, factor), scaled(c.b, factor) };
}

struct hass_rgbw hass_color_rgb_to_rgbw(struct hass_rgb rgb)
{
    struct channels c = channels_of(rgb);
    double w = fmin(c.r, fmin(c.g, c.b));
    double factor = scale_to(brightest(c), fmax(brightest(c) - w, w));

    return (struct hass_rgbw){ scaled(c.r - w, factor), scaled(c.g - w, factor),
                               scaled(c.b - w, factor), scaled(w, factor) };
}

struct hass_rgb hass_color_rgbw_to_rgb(struct hass_rgbw rgbw)
{
    struct channels c = { rgbw.r, rgbw.g, rgbw.b };
    double w = rgbw.w;

    return scale_channels((struct channels){ c.r + w, c.g + w, c.b + w }, fmax(brightest(c), w));
}

/* The temperatures of the two channels of white, in mireds. */
struct mired_range {
    int cold, warm;
};

static struct mired_range mireds_of(struct hass_kelvin_range range)
{
    return (struct mired_range){ hass_color_kelvin_to_mired(range.max),
                                 hass_color_kelvin_to_mired(range.min) };
}

static struct channels white_at(double mired)
{
    double rgb[3];

    hass_color_kelvin_to_rgb(hass_color_mired_to_kelvin(mired), rgb);
    return (struct channels){ rgb[0], rgb[1], rgb[2] };
}

struct hass_rgbww hass_color_rgb_to_rgbww(struct hass_rgb rgb, struct hass_kelvin_range range)
{
    struct mired_range mireds = mireds_of(range);
    struct channels c = channels_of(rgb);
    struct channels white = white_at(mireds.cold + (mireds.warm - mireds.cold) / 2.0);
    double level = fmin(c.r / white.r, c.g / white.g);

    level = fmin(level, white.b > 0 ? c.b / white.b : 0);
    struct channels rest = { c.r - white.r * level, c.g - white.g * level, c.b - white.b * level };
    double both = rint(level * 255);
    double factor = scale_to(brightest(c), fmax(brightest(rest), both));
    return (struct hass_rgbww){ scaled(rest.r, factor), scaled(rest.g, factor),
                                scaled(rest.b, factor), scaled(both, factor),
                                scaled(both, factor) };
}

struct hass_rgb hass_color_rgbww_to_rgb(struct hass_rgbww rgbww, struct hass_kelvin_range range)
{
    struct mired_range mireds = mireds_of(range);
    double cold = rgbww.cold, warm = rgbww.warm, sum = cold + warm;
    double ratio = sum > 0 ? warm / sum : 0.5;
    struct channels white = white_at(mireds.cold + ratio * (mireds.warm - mireds.cold));
    double level = fmax(cold, warm) / 255;
    struct channels c = { rgbww.r, rgbww.g, rgbww.b };

    return scale_channels(
        (struct channels){ c.r + white.r * level, c.g + white.g * level, c.b + white.b * level },
        fmax(brightest(c), fmax(cold, warm)));
}

/* whites */

int hass_color_kelvin_to_mired(double kelvin)
{
    return kelvin > 0 ? (int)floor(1000000 / kelvin) : 0;
}

int hass_color_mired_to_kelvin(double mired)
{
    return mired > 0 ? (int)floor(1000000 / mired) : 0;
}

static double channel(double value)
{
    return fmin(255, fmax(0, value));
}

void hass_color_kelvin_to_rgb(double kelvin, double ret_rgb[3])
{
    double t = fmin(40000, fmax(1000, kelvin)) / 100;

    ret_rgb[0] = t <= 66 ? 255 : channel(329.698727446 * pow(t - 60, -0.1332047592));
    ret_rgb[1] = channel(t <= 66 ? 99.4708025861 * log(t) - 161.1195681661
                                 : 288.1221695283 * pow(t - 60, -0.0755148492));
    if (t >= 66)
        ret_rgb[2] = 255;
    else
        ret_rgb[2] = t <= 19 ? 0 : channel(138.5177312231 * log(t - 10) - 305.0447927307);
}

struct hass_hs hass_color_kelvin_to_hs(double kelvin)
{
    double rgb[3], value;

    hass_color_kelvin_to_rgb(kelvin, rgb);
    return channels_to_hsv((struct channels){ rgb[0], rgb[1], rgb[2] }, &value);
}

int hass_color_xy_to_kelvin(struct hass_xy xy)
{
    double n = (xy.x - 0.3320) / (0.1858 - xy.y);
    double kelvin = 437 * n * n * n + 3601 * n * n + 6861 * n + 5517;

    return fabs(kelvin) < 1e9 ? (int)kelvin : 0;
}

struct hass_rgbww hass_color_kelvin_to_rgbww(int kelvin, int brightness,
                                             struct hass_kelvin_range range)
{
    struct mired_range mireds = mireds_of(range);
    int span = mireds.warm - mireds.cold;
    double share = span ? (double)(mireds.warm - hass_color_kelvin_to_mired(kelvin)) / span : 0.5;
    double cold = share * brightness;

    return (struct hass_rgbww){ .cold = (int)rint(cold), .warm = (int)rint(brightness - cold) };
}

int hass_color_rgbww_to_kelvin(struct hass_rgbww rgbww, struct hass_kelvin_range range,
                               int *ret_brightness)
{
    struct mired_range mireds = mireds_of(range);
    double cold = rgbww.cold / 255.0, sum = cold + rgbww.warm / 255.0;

    *ret_brightness = (int)fmin(255, rint(sum * 255));
    if (sum == 0)
        return range.min;
    return hass_color_mired_to_kelvin(cold / sum * (mireds.cold - mireds.warm) + mireds.warm);
}
