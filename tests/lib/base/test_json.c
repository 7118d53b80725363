/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading members with fallbacks, and the model's equality.
 */
#include <string.h>

#include <hass/json.h>

#include "golden.h"

static const struct {
    const char *a;
    const char *b;
    bool equal;
} pairs[] = {
    { "1", "1", true },
    { "1", "2", false },
    { "1", "1.0", true },
    { "1", "true", true },
    { "0", "false", true },
    { "1.0", "true", true },
    { "2", "true", false },
    { "0", "-0.0", true },
    { "1", "1.5", false },
    { "1", "\"1\"", false },
    { "0", "null", false },
    { "false", "null", false },
    { "null", "null", true },
    { "9007199254740993", "9007199254740992.0", false },
    { "9007199254740992", "9007199254740992.0", true },
    { "9223372036854775807", "9223372036854775808.0", false },
    { "-9223372036854775808", "-9223372036854775808.0", true },
    { "9223372036854775807", "1e300", false },
    { "\"a\"", "\"a\"", true },
    { "\"a\"", "\"ab\"", false },
    { "\"a\\u0000b\"", "\"a\\u0000c\"", false },
    { "[1, 2]", "[1.0, 2]", true },
    { "[1, 2]", "[2, 1]", false },
    { "[1]", "[1, 1]", false },
    { "[]", "{}", false },
    { "{\"a\": 1, \"b\": [true]}", "{\"b\": [1], \"a\": 1.0}", true },
    { "{\"a\": 1}", "{\"b\": 1}", false },
    { "{\"a\": 1}", "{\"a\": 1, \"b\": 1}", false },
    { "{\"a\": null}", "{}", false },
};

static json_t *load(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    ck_assert_msg(value != NULL, "%s: %s", text, error.text);
    return value;
}

START_TEST(equality_is_the_models)
{
    autojson *a = load(pairs[_i].a);
    autojson *b = load(pairs[_i].b);

    ck_assert_msg(hass_json_equal(a, b) == pairs[_i].equal, "%s and %s", pairs[_i].a, pairs[_i].b);
    ck_assert(hass_json_equal(b, a) == pairs[_i].equal);
    ck_assert(hass_json_equal(a, a));
}
END_TEST

START_TEST(nothing_equals_only_nothing)
{
    ck_assert(hass_json_equal(NULL, NULL));
    ck_assert(!hass_json_equal(NULL, json_null()));
    ck_assert(!hass_json_equal(json_null(), NULL));
}
END_TEST

START_TEST(members_are_read_by_their_type)
{
    autojson *object = load("{\"s\": \"x\", \"i\": -3, \"d\": 2.5, \"t\": true, \"f\": false}");

    ck_assert_str_eq(hass_json_get_string(object, "s", "?"), "x");
    ck_assert_int_eq(hass_json_get_int(object, "i", 7), -3);
    ck_assert_double_eq(hass_json_get_number(object, "d", 7), 2.5);
    ck_assert_double_eq(hass_json_get_number(object, "i", 7), -3);
    ck_assert(hass_json_get_bool(object, "t", false));
    ck_assert(!hass_json_get_bool(object, "f", true));
    ck_assert_ptr_nonnull(hass_json_get(object, "s"));
}
END_TEST

START_TEST(anything_else_is_the_fallback)
{
    autojson *object = load("{\"s\": \"x\", \"d\": 2.5}");
    const json_t *others[] = { NULL, json_null(), object };

    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_null(hass_json_get(others[i], "nope"));
        ck_assert_ptr_null(hass_json_get_string(others[i], "d", NULL));
        ck_assert_int_eq(hass_json_get_int(others[i], "d", 7), 7);
        ck_assert_double_eq(hass_json_get_number(others[i], "s", 7), 7);
        ck_assert(hass_json_get_bool(others[i], "d", true));
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("json");

    tcase_add_loop_test(tcase, equality_is_the_models, 0, sizeof(pairs) / sizeof(*pairs));
    tcase_add_test(tcase, nothing_equals_only_nothing);
    tcase_add_test(tcase, members_are_read_by_their_type);
    tcase_add_test(tcase, anything_else_is_the_fallback);
    return run_tcase("json", tcase);
}
