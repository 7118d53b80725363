/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helpers of <hass/json.h> that read a json_t; its parser and writer live in lib/data.
 */
#include <math.h>
#include <string.h>

#include <hass/json.h>

const json_t *hass_json_get(const json_t *object, const char *key)
{
    return json_object_get(object, key); // takes NULL and other types
}

const char *hass_json_get_string(const json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : fallback;
}

int64_t hass_json_get_int(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double hass_json_get_number(const json_t *object, const char *key, double fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : fallback;
}

bool hass_json_get_bool(const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

/* equality */

static bool is_numeric(const json_t *value)
{
    return json_is_number(value) || json_is_boolean(value);
}

static int64_t integer_of(const json_t *value)
{
    return json_is_boolean(value) ? json_is_true(value) : json_integer_value(value);
}

/* Exact: an integer that a double cannot hold equals none. */
static bool integer_equals_real(int64_t integer, double real)
{
    // Beyond ±2^63 the conversion would be undefined; INT64_MIN itself is a double, INT64_MAX is not.
    return real >= -0x1p63 && real < 0x1p63 && real == trunc(real) && (int64_t)real == integer;
}

static bool numbers_equal(const json_t *a, const json_t *b)
{
    if (json_is_real(a) && json_is_real(b))
        return json_real_value(a) == json_real_value(b);
    if (json_is_real(a))
        return integer_equals_real(integer_of(b), json_real_value(a));
    if (json_is_real(b))
        return integer_equals_real(integer_of(a), json_real_value(b));
    return integer_of(a) == integer_of(b);
}

static bool strings_equal(const json_t *a, const json_t *b)
{
    size_t length = json_string_length(a);

    return length == json_string_length(b) &&
           memcmp(json_string_value(a), json_string_value(b), length) == 0;
}

static bool arrays_equal(const json_t *a, const json_t *b)
{
    size_t size = json_array_size(a);

    if (size != json_array_size(b))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!hass_json_equal(json_array_get(a, i), json_array_get(b, i)))
            return false;
    return true;
}

static bool objects_equal(const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;

    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_foreach((json_t *)a, key, value) {
        const json_t *other = json_object_get(b, key);
        if (!other || !hass_json_equal(value, other))
            return false;
    }
    return true;
}

bool hass_json_equal(const json_t *a, const json_t *b)
{
    if (a == b)
        return true;
    if (!a || !b)
        return false;
    if (is_numeric(a) && is_numeric(b))
        return numbers_equal(a, b);
    if (json_typeof(a) != json_typeof(b))
        return false;
    switch (json_typeof(a)) {
    case JSON_STRING:
        return strings_equal(a, b);
    case JSON_ARRAY:
        return arrays_equal(a, b);
    case JSON_OBJECT:
        return objects_equal(a, b);
    default:
        return true; // null
    }
}
