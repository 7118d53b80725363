/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colours and scales, as far as the recorded cases (tests/vectors) do not reach.
 */
#include <string.h>

#include <check.h>

#include <hass/color.h>

#include "support/cases.h"

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
           ONCE(colors_are_written_in_hexadecimal),
           ROWS(a_percentage_means_a_place_in_a_list, places),
           ONCE(a_place_in_a_list_is_a_percentage), ROWS(an_unknown_name_is_refused, unknown),
           ONCE(names_are_found_at_both_ends), ONCE(ranges_without_extent_give_numbers))
