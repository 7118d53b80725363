/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be said in calls of turn_on and turn_off: tables, and the types of field that are lamps' own.
 */
#include <math.h>
#include <string.h>

#include "parameters.h"

/* Numbers beyond the bounds are set to them; fractions of whole ones are cut. */
static int check_clamped(const struct hass_field *field, const json_t *value, json_t **ret_value,
                         struct hass_error *err)
{
    const struct hass_field unbounded = HASS_FIELD(field->key, &hass_type_number);
    autojson *number = NULL;
    int r = hass_type_number.check(&unbounded, value, &number, err);

    if (r < 0)
        return r;
    double clamped = fmin(field->max, fmax(field->min, json_number_value(number)));
    bool whole = !strcmp(field->type->json_type, "integer");
    *ret_value = whole ? json_integer((json_int_t)clamped) : json_real(clamped);
    return 0;
}

static const struct hass_field_type type_clamped = {
    .size = sizeof(struct hass_field_type),
    .name = "number",
    .check = check_clamped,
    .json_type = "number",
    .selector = "number",
};

static const struct hass_field_type type_clamped_int = {
    .size = sizeof(struct hass_field_type),
    .name = "whole number",
    .check = check_clamped,
    .json_type = "integer",
    .selector = "number",
};

/* A list of so many numbers. */
struct tuple_type {
    struct hass_field_type type;
    const struct hass_field *items[5]; /* NULL-terminated when shorter */
};

static const struct hass_field byte = HASS_FIELD("", &hass_type_int, .min = 0, .max = 255);
static const struct hass_field hue = HASS_FIELD("", &hass_type_number, .min = 0, .max = 360);
static const struct hass_field percent = HASS_FIELD("", &hass_type_number, .min = 0, .max = 100);
static const struct hass_field unit = HASS_FIELD("", &hass_type_number, .min = 0, .max = 1);

static size_t tuple_size(const struct tuple_type *tuple)
{
    size_t size = 0;

    while (size < 5 && tuple->items[size])
        size++;
    return size;
}

static int check_tuple(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    const struct tuple_type *tuple = (const struct tuple_type *)field->type;
    size_t size = tuple_size(tuple);
    autojson *list = json_array();

    if (!json_is_array(value) || json_array_size(value) != size)
        return hass_fail(err, HASS_E_INVALID, "expected a list of %zu numbers", size);
    for (size_t i = 0; i < size; i++) {
        const struct hass_field *item = tuple->items[i];
        json_t *checked = NULL;
        int r = item->type->check(item, json_array_get(value, i), &checked, err);
        if (r < 0)
            return r;
        json_array_append_new(list, checked);
    }
    *ret_value = steal(list);
    return 0;
}

#define TUPLE_TYPE(name_, selector_, ...)                                                          \
    {                                                                                              \
        .type = { .size = sizeof(struct hass_field_type),                                          \
                  .name = (name_),                                                                 \
                  .check = check_tuple,                                                            \
                  .json_type = "array",                                                            \
                  .selector = (selector_) },                                                       \
        .items = {                                                                                 \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const struct tuple_type type_hs = TUPLE_TYPE("hue and saturation", "object", &hue, &percent);
static const struct tuple_type type_xy = TUPLE_TYPE("point of CIE", "object", &unit, &unit);
static const struct tuple_type type_rgb =
    TUPLE_TYPE("three channels", "color_rgb", &byte, &byte, &byte);
static const struct tuple_type type_rgbw =
    TUPLE_TYPE("four channels", "object", &byte, &byte, &byte, &byte);
static const struct tuple_type type_rgbww =
    TUPLE_TYPE("five channels", "object", &byte, &byte, &byte, &byte, &byte);

static int check_white(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    if (!json_is_true(value))
        return check_clamped(field, value, ret_value, err);
    *ret_value = json_true();
    return 0;
}

static const struct hass_field_type type_white = {
    .size = sizeof(struct hass_field_type),
    .name = "true or a brightness",
    .check = check_white,
    .json_type = "integer",
};

#define COLOR      .exclusive = "color"
#define BRIGHTNESS .exclusive = "brightness"
#define FLASHES    HASS_WORDS("short", "long")

static const struct hass_field turn_on_fields[] = {
    HASS_FIELD("transition", &type_clamped, .max = 6553, .doc = "Seconds it takes"),
    HASS_FIELD("brightness", &type_clamped_int, .max = 255, BRIGHTNESS, .doc = "0 is off"),
    HASS_FIELD("brightness_pct", &hass_type_number, .max = 100, BRIGHTNESS,
               .doc = "Brightness in percent; 0 is off"),
    HASS_FIELD("brightness_step", &type_clamped_int, .min = -255, .max = 255, BRIGHTNESS,
               .doc = "Makes it so much brighter"),
    HASS_FIELD("brightness_step_pct", &type_clamped, .min = -100, .max = 100, BRIGHTNESS,
               .doc = "Makes it so many percent brighter"),
    HASS_FIELD("color_name", &hass_type_string, COLOR, .doc = "A name of CSS"),
    HASS_FIELD("color_temp_kelvin", &hass_type_int, .min = 0, .max = -1, COLOR, .doc = "Kelvin"),
    HASS_FIELD("kelvin", &hass_type_int, .min = 0, .max = -1, COLOR, .doc = "Kelvin"),
    HASS_FIELD("color_temp", &hass_type_int, .min = 1, .max = -1, COLOR, .doc = "Mireds"),
    HASS_FIELD("hs_color", &type_hs.type, COLOR, .doc = "Hue 0..360, saturation 0..100"),
    HASS_FIELD("rgb_color", &type_rgb.type, COLOR, .doc = "Red, green, blue, 0..255"),
    HASS_FIELD("rgbw_color", &type_rgbw.type, COLOR, .doc = "Red, green, blue, white"),
    HASS_FIELD("rgbww_color", &type_rgbww.type, COLOR,
               .doc = "Red, green, blue, cold white, warm white"),
    HASS_FIELD("xy_color", &type_xy.type, COLOR, .doc = "A point of CIE"),
    HASS_FIELD("white", &type_white, .max = 255, COLOR,
               .doc = "White of this brightness; true: as bright as it is"),
    HASS_FIELD("profile", &hass_type_string, COLOR, .doc = "A named setting"),
    HASS_FIELD("flash", &hass_type_enum, .words = FLASHES, .doc = "Blinks"),
    HASS_FIELD("effect", &hass_type_string, .doc = "One of the lamp's own"),
};

static const struct hass_field turn_off_fields[] = {
    HASS_FIELD("transition", &type_clamped, .max = 6553, .doc = "Seconds it takes"),
    HASS_FIELD("flash", &hass_type_enum, .words = FLASHES, .doc = "Blinks before"),
};

const struct hass_schema light_turn_on_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(turn_on_fields) / sizeof(turn_on_fields[0]),
    .fields = turn_on_fields,
};

const struct hass_schema light_turn_off_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(turn_off_fields) / sizeof(turn_off_fields[0]),
    .fields = turn_off_fields,
};
