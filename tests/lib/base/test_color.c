/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colours and scales against recorded results of the model, and what the recordings do not reach.
 */
#include <math.h>
#include <string.h>

#include <check.h>

#include <hass/color.h>

#include "support/cases.h"

/* the recorded cases */

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

static struct hass_scale scale_of(const json_t *args)
{
    return (struct hass_scale){ number(args, "range", 0), number(args, "range", 1) };
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

static struct result of_value_to_brightness(const json_t *args)
{
    return one(hass_scale_to_brightness(scale_of(args), number(args, "value", 0)));
}

static struct result of_brightness_to_value(const json_t *args)
{
    return one(hass_scale_from_brightness(scale_of(args), integer(args, "brightness", 0)));
}

static struct result of_value_to_percentage(const json_t *args)
{
    return one(hass_scale_to_percentage(scale_of(args), number(args, "value", 0)));
}

static struct result of_percentage_to_value(const json_t *args)
{
    return one(hass_scale_from_percentage(scale_of(args), number(args, "percentage", 0)));
}

static const struct {
    const char *function;
    struct result (*compute)(const json_t *args);
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
    { "color_xy_to_temperature", of_xy_to_temperature },
    { "color_hs_to_RGB", of_hs_to_rgb },
    { "color_hs_to_xy", of_hs_to_xy },
    { "color_hsv_to_RGB", of_hsv_to_rgb },
    { "color_temperature_to_rgb", of_temperature_to_rgb },
    { "color_temperature_to_hs", of_temperature_to_hs },
    { "color_temperature_mired_to_kelvin", of_mired_to_kelvin },
    { "color_temperature_kelvin_to_mired", of_kelvin_to_mired },
    { "color_rgbw_to_rgb", of_rgbw_to_rgb },
    { "color_rgbww_to_rgb", of_rgbww_to_rgb },
    { "rgbww_to_color_temperature", of_rgbww_to_temperature },
    { "color_temperature_to_rgbww", of_temperature_to_rgbww },
    { "color_name_to_rgb", of_name },
    { "value_to_brightness", of_value_to_brightness },
    { "brightness_to_value", of_brightness_to_value },
    { "ranged_value_to_percentage", of_value_to_percentage },
    { "percentage_to_ranged_value", of_percentage_to_value },
};

static bool is_near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * fmax(1, fabs(b));
}

static bool matches(const struct result *result, const json_t *item)
{
    const json_t *expected = json_object_get(item, "expected");
    double tolerance = json_number_value(json_object_get(item, "tolerance"));

    if (!json_is_array(expected))
        return is_near(result->numbers[0], json_number_value(expected), tolerance);
    bool equal = json_array_size(expected) == result->count;
    for (size_t i = 0; equal && i < result->count; i++)
        equal =
            is_near(result->numbers[i], json_number_value(json_array_get(expected, i)), tolerance);
    return equal;
}

/* What the model cannot do is nothing here: an unknown name, and 0 of 0 mired. */
static void check_case(const json_t *item)
{
    const char *id = json_string_value(json_object_get(item, "id"));
    const char *function = json_string_value(json_object_get(item, "function"));
    struct result result = { .count = 9 };

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (!strcmp(functions[i].function, function))
            result = functions[i].compute(json_object_get(item, "args"));
    }
    ck_assert_msg(result.count != 9, "%s has no function", id);
    if (json_object_get(item, "error"))
        ck_assert_msg(result.numbers[0] == 0, "%s should fail", id);
    else
        ck_assert_msg(matches(&result, item), "%s: %.17g %.17g %.17g %.17g %.17g", id,
                      result.numbers[0], result.numbers[1], result.numbers[2], result.numbers[3],
                      result.numbers[4]);
}

START_TEST(colors_convert_as_recorded)
{
    FILE *file = fopen(TEST_SOURCE "/tests/golden/base/colors.jsonl", "re");
    size_t count = 0;
    json_t *item;

    ck_assert_ptr_nonnull(file);
    while ((item = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        check_case(item);
        json_decref(item);
        count++;
    }
    fclose(file);
    ck_assert_uint_gt(count, 190);
}
END_TEST

static const struct {
    int percentage;
    size_t place;
} places[] = { { 0, 0 },  { 1, 0 },  { 33, 0 },  { 34, 1 },
               { 66, 1 }, { 67, 2 }, { 100, 2 }, { 120, 2 } };

START_TEST(a_percentage_means_a_place_in_a_list)
{
    ck_assert_uint_eq(hass_scale_percentage_to_place(places[_i].percentage, 3), places[_i].place);
}
END_TEST

START_TEST(a_place_in_a_list_is_a_percentage)
{
    ck_assert_int_eq(hass_scale_place_to_percentage(0, 3), 33);
    ck_assert_int_eq(hass_scale_place_to_percentage(1, 3), 66);
    ck_assert_int_eq(hass_scale_place_to_percentage(2, 3), 100);
    ck_assert_int_eq(hass_scale_place_to_percentage(0, 0), 0);
    ck_assert_uint_eq(hass_scale_percentage_to_place(50, 0), 0);
}
END_TEST

static const char *const unknown[] = { "nope", "", "lightgoldenrodyellows", "red!" };

START_TEST(an_unknown_name_is_refused)
{
    struct hass_rgb c = { 1, 2, 3 };
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_color_from_name(unknown[_i], &c, &err), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, unknown[_i]));
    ck_assert_int_eq(c.r, 1);
}
END_TEST

START_TEST(names_are_found_at_both_ends)
{
    struct hass_rgb c;

    ck_assert_int_eq(hass_color_from_name("Alice Blue", &c, NULL), 0);
    ck_assert_int_eq(c.r, 240);
    ck_assert_int_eq(hass_color_from_name("yellowgreen", &c, NULL), 0);
    ck_assert_int_eq(c.b, 50);
    ck_assert_int_eq(hass_color_from_name("Light Golden Rod Yellow", &c, NULL), 0);
    ck_assert_int_eq(c.b, 210);
}
END_TEST

/* Lamps with one temperature, and none at all, divide by nothing. */
START_TEST(ranges_without_extent_give_numbers)
{
    const struct hass_kelvin_range same = { 2700, 2700 }, none = { 0, 0 };
    const struct hass_xy pole = { 0.3, 0.1858 };
    int brightness;

    ck_assert_int_eq(hass_color_kelvin_to_rgbww(2700, 200, same).cold, 100);
    ck_assert_int_eq(hass_color_kelvin_to_rgbww(2700, 200, none).warm, 100);
    ck_assert_int_eq(hass_color_rgbww_to_kelvin((struct hass_rgbww){ 0 }, none, &brightness), 0);
    ck_assert_int_eq(hass_color_xy_to_kelvin(pole), 0);
    ck_assert_int_eq(hass_color_rgb_to_rgbww((struct hass_rgb){ 9, 9, 9 }, none).r, 9);
}
END_TEST

static const struct {
    const char *text;
    int r, g, b; /* r -1: refused */
} hex[] = {
    { "ff8000", 255, 128, 0 },
    { "FFB46B", 255, 180, 107 },
    { "0fc", 0, 15, 12 },
    { "ffffff0ffffff0000000", -1, 0, 0 },
    { "fffffffffffffffffffff", 0xfffffff, 0xfffffff, 0xfffffff },
    { "ffffffffffffffffffffffff", -1, 0, 0 },
    { "", -1, 0, 0 },
    { "ff", -1, 0, 0 },
    { "xyzxyz", -1, 0, 0 },
    { "#ff800", -1, 0, 0 },
    { "0x1 2 ", -1, 0, 0 },
};

START_TEST(colors_are_read_from_hexadecimal)
{
    struct hass_rgb c = { -1, 0, 0 };
    int r = hass_color_from_hex(hex[_i].text, &c, NULL);

    ck_assert_int_eq(r, hex[_i].r < 0 ? HASS_E_INVALID : 0);
    ck_assert_int_eq(c.r, hex[_i].r);
    ck_assert_int_eq(c.g, hex[_i].g);
    ck_assert_int_eq(c.b, hex[_i].b);
}
END_TEST

START_TEST(colors_are_written_in_hexadecimal)
{
    char text[HASS_COLOR_HEX];

    hass_color_rgb_to_hex((struct hass_rgb){ 255, 8, 0 }, text);
    ck_assert_str_eq(text, "ff0800");
}
END_TEST

CASES_MAIN("color", ROWS(colors_are_read_from_hexadecimal, hex),
           ONCE(colors_are_written_in_hexadecimal), ONCE(colors_convert_as_recorded),
           ROWS(a_percentage_means_a_place_in_a_list, places),
           ONCE(a_place_in_a_list_is_a_percentage), ROWS(an_unknown_name_is_refused, unknown),
           ONCE(names_are_found_at_both_ends), ONCE(ranges_without_extent_give_numbers))
