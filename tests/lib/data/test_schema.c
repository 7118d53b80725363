/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field tables as services use them (the first problem as an error), and what tables print. The recorded results of the model's
 * validators are in tests/vectors; configuration, with all errors and their places, is in the golden folders.
 */
#include <stdio.h>

#include <check.h>

#include <hass/buf.h>
#include <hass/schema.h>
#include <hass/template.h>

#include "base/mem.h"
#include "data/schema_check.h"
#include "golden_schema.h"

static json_t *json(const char *text)
{
    json_t *value = NULL;

    ck_assert_int_eq(hass_json_parse(text, strlen(text), SIZE_MAX, &value, NULL), 0);
    return value;
}

/* The checked value as text, or the error's message; owned by the caller. */
static char *check_text(const struct hass_schema *schema, const char *text)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *value = json(text), *checked = NULL;
    int r = hass_schema_check(schema, value, &checked, &err);

    if (r < 0) {
        ck_assert_int_eq(r, HASS_E_INVALID);
        ck_assert_int_eq(err.code, HASS_E_INVALID);
        ck_assert_ptr_null(checked);
        return mem_strdup(err.message);
    }
    autobuf buf = HASS_BUF_INIT;
    hass_json_write(checked, &buf);
    return hass_buf_steal(&buf);
}

HASS_SCHEMA(turn_on,
            HASS_FIELD("entity_id", &hass_type_entity_ids, .required = true, .doc = "Which"),
            HASS_FIELD("brightness", &hass_type_int, .min = 0, .max = 255),
            HASS_FIELD("transition", &hass_type_duration, .fallback = "1"),
            HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("slow", "fast"),
                       .fallback = "\"slow\""),
            HASS_FIELD("steps", &hass_type_map, .schema = &golden_inner, .list = true),
            HASS_FIELD("token", &hass_type_string, .secret = true, .min = 3, .max = 9));

static const struct {
    const char *value, *expected;
} first_problems[] = {
    { "{\"entity_id\":\"light.a\"}",
      "{\"entity_id\":[\"light.a\"],\"transition\":1.0,\"mode\":\"slow\"}" },
    { "{\"brightness\":7,\"entity_id\":\"all\",\"transition\":\"00:01\",\"mode\":\"fast\"}",
      "{\"brightness\":7,\"entity_id\":\"all\",\"transition\":60.0,\"mode\":\"fast\"}" },
    { "{}", "required key 'entity_id' is missing" },
    { "5", "expected a map, got 5" },
    { "{\"entity_id\":\"light.a\",\"brigtness\":1}",
      "unknown key 'brigtness'; did you mean 'brightness'?" },
    { "{\"entity_id\":\"light.a\",\"brightness\":256}",
      "brightness: expected a whole number from 0 to 255, got 256" },
    { "{\"entity_id\":\"light.a\",\"mode\":\"fats\"}",
      "mode: expected one of slow, fast, got 'fats'; did you mean 'fast'?" },
    { "{\"entity_id\":\"light.a\",\"steps\":[{\"name\":\"x\"},{\"name\":5,\"level\":\"x\"}]}",
      "steps->1->level: expected a whole number, got 'x'" },
    { "{\"entity_id\":\"light.a\",\"steps\":{\"nam\":\"x\"}}",
      "steps: unknown key 'nam'; did you mean 'name'?" },
    { "{\"entity_id\":\"light.a\",\"steps\":{}}", "steps: required key 'name' is missing" },
    { "{\"entity_id\":\"light.a\",\"token\":\"hunter2hunter2\"}",
      "token: expected text; what was given is not shown" },
    { "{\"entity_id\":[\"light.a\",\"x\"]}",
      "entity_id: expected an entity id such as light.kitchen, got 'x'" },
};

START_TEST(the_first_problem_is_the_error)
{
    autofree char *got = check_text(&turn_on, first_problems[_i].value);

    ck_assert_str_eq(got, first_problems[_i].expected);
}
END_TEST

START_TEST(the_given_value_is_not_changed)
{
    autojson *value = json("{\"entity_id\":\"LIGHT.A\"}"), *before = json_deep_copy(value);
    autojson *checked = NULL;

    ck_assert_int_eq(hass_schema_check(&turn_on, value, &checked, NULL), 0);
    ck_assert(json_equal(value, before));
}
END_TEST

START_TEST(a_bad_default_is_an_error_of_the_table)
{
    HASS_SCHEMA(no_json, HASS_FIELD("a", &hass_type_int, .fallback = "{"));
    HASS_SCHEMA(bad, HASS_FIELD("a", &hass_type_int, .fallback = "\"x\""));
    autofree char *first = check_text(&no_json, "{}"), *second = check_text(&bad, "{}");
    ck_assert_msg(strncmp(first, "the default of 'a' is no JSON", 29) == 0, "%s", first);
    ck_assert_str_eq(second, "a: expected a whole number, got 'x'");
}
END_TEST

START_TEST(defaults_of_every_form_are_filled_in)
{
    HASS_SCHEMA(schema, HASS_FIELD("a", &hass_type_bool, .fallback = "true"),
                HASS_FIELD("b", &hass_type_int, .fallback = "-5"),
                HASS_FIELD("c", &hass_type_int, .fallback = "0"),
                HASS_FIELD("d", &hass_type_number, .fallback = "1.5"),
                HASS_FIELD("e", &hass_type_string, .fallback = "\"x\""),
                HASS_FIELD("f", &hass_type_int, .fallback = "[1, 2]", .list = true),
                HASS_FIELD("g", &hass_type_map, .fallback = "{}", .schema = &golden_options),
                HASS_FIELD("h", &hass_type_int, .fallback = "null", .nullable = true));
    autofree char *got = check_text(&schema, "{}");
    ck_assert_str_eq(got, "{\"a\":true,\"b\":-5,\"c\":0,\"d\":1.5,\"e\":\"x\",\"f\":[1,2],"
                          "\"g\":{\"initial\":false},\"h\":null}");
}
END_TEST

/* As an integration of a year ago has it: the last members do not exist. */
START_TEST(tables_of_an_older_header_are_read)
{
    struct old_field {
        uint32_t size;
        const char *key;
        const struct hass_field_type *type;
        const char *doc, *fallback;
        double min, max;
    } fields[] = {
        { sizeof(struct old_field), "a", &hass_type_int, NULL, "5", 0, 9 },
        { sizeof(struct old_field), "b", &hass_type_string, NULL, "\"y\"", 0, 0 },
    };
    struct hass_schema schema = {
        .size = offsetof(struct hass_schema, extra),
        .count = 2,
        .fields = (const struct hass_field *)(const void *)fields,
        .extra = true, // beyond the size: not there
    };
    autofree char *good = check_text(&schema, "{\"b\":\"x\"}");
    ck_assert_str_eq(good, "{\"b\":\"x\",\"a\":5}");
    autofree char *defaults = check_text(&schema, "{}");
    ck_assert_str_eq(defaults, "{\"a\":5,\"b\":\"y\"}");
    autofree char *bad = check_text(&schema, "{\"q\":\"x\"}");
    ck_assert_str_eq(bad, "unknown key 'q'; known keys are a, b");
}
END_TEST

START_TEST(an_entity_id_has_at_most_255_characters)
{
    char good[256], bad[512];

    snprintf(good, sizeof(good), "light.%0249d", 1);
    snprintf(bad, sizeof(bad), "light.%0400d", 1);
    struct hass_field field = HASS_FIELD("", &hass_type_entity_id);
    autojson *short_id = json_string(good), *long_id = json_string(bad), *got = NULL, *none = NULL;
    ck_assert_int_eq(hass_type_entity_id.check(&field, short_id, &got, NULL), 0);
    ck_assert_int_eq(hass_type_entity_id.check(&field, long_id, &none, NULL), HASS_E_INVALID);
    ck_assert_int_eq(hass_type_service.check(&field, long_id, &none, NULL), HASS_E_INVALID);
}
END_TEST

static const struct hass_field tree = HASS_FIELD("", &hass_type_map, .item = &tree);

/* @levels maps within each other, checked against a table that takes any number of them. */
static int check_levels(size_t levels, struct hass_error *err)
{
    static const struct hass_schema schema = { .size = sizeof(schema), .keyed = &tree };
    autojson *value = json_object();
    autojson *checked = NULL;

    for (size_t i = 1; i < levels; i++) {
        json_t *outer = json_object();
        json_object_set_new(outer, "x", steal(value));
        value = outer;
    }
    return hass_schema_check(&schema, value, &checked, err);
}

START_TEST(a_value_has_64_levels_at_most)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(check_levels(HASS_JSON_MAX_DEPTH, &err), 0);
    ck_assert_int_eq(check_levels(HASS_JSON_MAX_DEPTH + 1, &err), HASS_E_INVALID);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 64 levels"));
}
END_TEST

START_TEST(a_map_type_checks_itself_when_asked_alone)
{
    struct hass_field field = HASS_FIELD("x", &hass_type_map, .schema = &golden_inner);
    struct hass_error err = HASS_ERROR_INIT;
    autojson *value = json("{\"name\":\"x\"}"), *list = json("[]"), *checked = NULL, *none = NULL;

    ck_assert_int_eq(hass_type_map.check(&field, value, &checked, &err), 0);
    ck_assert_int_eq(hass_json_get_int(checked, "level", 0), 255);
    field.schema = NULL;
    ck_assert_int_eq(hass_type_map.check(&field, list, &none, &err), HASS_E_INVALID);
}
END_TEST

/* words and lists */

HASS_SCHEMA(words, HASS_FIELD("sun", &hass_type_sun_event),
            HASS_FIELD("unit", &hass_type_temperature_unit),
            HASS_FIELD("plain", &hass_type_plain_text), HASS_FIELD("list", &hass_type_list));

static const struct {
    const char *value, *expected;
} words_and_lists[] = {
    { "{\"sun\":\"SUNSET\"}", "{\"sun\":\"sunset\"}" },
    { "{\"sun\":\"noon\"}", "sun: expected sunrise or sunset, got 'noon'" },
    { "{\"sun\":1}", "sun: expected sunrise or sunset, got 1" },
    { "{\"unit\":\"f\"}", "{\"unit\":\"°F\"}" },
    { "{\"unit\":\"°C\"}", "unit: expected a unit of temperature, C or F, got '°C'" },
    { "{\"plain\":\"a < b > c\"}", "{\"plain\":\"a < b > c\"}" },
    { "{\"plain\":\"a</i>\"}", "plain: expected text without HTML, got 'a</i>'" },
    { "{\"plain\":\"<b\"}", "{\"plain\":\"<b\"}" },
    { "{\"plain\":5}", "{\"plain\":\"5\"}" },
    { "{\"list\":\" a, b ,,c\"}", "{\"list\":[\"a\",\"b\",\"\",\"c\"]}" },
    { "{\"list\":\"\"}", "{\"list\":[\"\"]}" },
    { "{\"list\":{\"a\":1}}", "{\"list\":[{\"a\":1}]}" },
};

START_TEST(words_and_lists_are_read_as_people_write_them)
{
    autofree char *text = check_text(&words, words_and_lists[_i].value);

    ck_assert_str_eq(text, words_and_lists[_i].expected);
}
END_TEST

/* documentation */

HASS_SCHEMA(documented, HASS_FIELD("name", &hass_type_string, .required = true, .doc = "A name"),
            HASS_FIELD("level", &hass_type_int, .min = 0, .max = 255, .fallback = "255"),
            HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("a", "b")),
            HASS_FIELD("items", &hass_type_map, .schema = &golden_options, .list = true),
            HASS_FIELD("old", &hass_type_any, .deprecated = true),
            HASS_FIELD("key", &hass_type_string, .secret = true, .nullable = true),
            HASS_FIELD("numbers", &hass_type_map, .item = &golden_number));

START_TEST(a_table_prints_a_json_schema)
{
    autojson *got = hass_schema_as_json_schema(&documented);
    autojson *wanted = json(
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
        "\"properties\":{\"name\":{\"type\":\"string\",\"description\":\"A name\"},"
        "\"level\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":255,\"default\":255},"
        "\"mode\":{\"type\":\"string\",\"enum\":[\"a\",\"b\"]},"
        "\"items\":{\"anyOf\":[{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
        "\"initial\":{\"type\":\"boolean\",\"default\":false}},\"additionalProperties\":false},"
        "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":"
        "\"string\"},\"initial\":{\"type\":\"boolean\",\"default\":false}},"
        "\"additionalProperties\":false}}]},\"old\":{\"deprecated\":true},"
        "\"key\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}],\"writeOnly\":true},"
        "\"numbers\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}}},"
        "\"required\":[\"name\"],\"additionalProperties\":false}");
    autobuf buf = HASS_BUF_INIT;

    hass_json_write(got, &buf);
    ck_assert_msg(json_equal(got, wanted), "%s", hass_buf_string(&buf));
}
END_TEST

START_TEST(every_property_of_a_table_survives_printing)
{
    autojson *got = hass_schema_as_json_schema(golden_schema);

    ck_assert_ptr_nonnull(hass_json_get(got, "additionalProperties"));
    autojson *list = hass_schema_as_json_schema(&golden_list);
    ck_assert_uint_eq(json_array_size(hass_json_get(list, "anyOf")), 2);
}
END_TEST

START_TEST(a_table_describes_the_fields_of_a_service)
{
    autojson *got = hass_schema_describe(&turn_on);
    autojson *entity =
        json("{\"description\":\"Which\",\"required\":true,\"selector\":{\"entity\":{}}}");
    autojson *mode = json("{\"default\":\"slow\",\"selector\":{\"select\":{\"options\":[\"slow\","
                          "\"fast\"]}}}");
    autojson *level = json("{\"selector\":{\"number\":{\"min\":0,\"max\":255}}}");

    ck_assert(json_equal(hass_json_get(got, "entity_id"), entity));
    ck_assert(json_equal(hass_json_get(got, "mode"), mode));
    ck_assert(json_equal(hass_json_get(got, "brightness"), level));
}
END_TEST

HASS_SCHEMA(of_all, HASS_FIELD("kind", &hass_type_string, .required = true),
            HASS_FIELD("enabled", &hass_type_bool, .fallback = "true"));
HASS_SCHEMA(of_one_kind, HASS_FIELD("level", &hass_type_int, .required = true),
            HASS_FIELD("mode", &hass_type_enum, .words = HASS_WORDS("slow", "fast"),
                       .fallback = "\"slow\""));

static const struct {
    const char *value, *wanted, *message;
} parts[] = {
    { "{\"level\": \"3\", \"kind\": \"x\"}",
      "{\"kind\": \"x\", \"enabled\": true, \"level\": 3, \"mode\": \"slow\"}" },
    { "{\"level\": 3}", .message = "at: required key 'kind' is missing" },
    { "{\"kind\": \"x\"}", .message = "at: required key 'level' is missing" },
    { "{\"kind\": \"x\", \"level\": [], \"enabled\": 2}",
      .message = "at->level: expected a whole number, got a list" },
    { "{\"kind\": \"x\", \"level\": 1, \"kinds\": 2}",
      .message = "at: unknown key 'kinds'; known keys are level, mode" },
};

START_TEST(two_tables_share_one_map)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *value = json(parts[_i].value), *checked = json_object();
    int r = schema_check_part(&of_all, NULL, value, "at", checked, &err);

    if (r >= 0)
        r = schema_check_part(&of_one_kind, &of_all, value, "at", checked, &err);
    ck_assert_str_eq(err.message, parts[_i].message ? parts[_i].message : "");
    ck_assert_int_eq(r, parts[_i].message ? HASS_E_INVALID : 0);
    if (r < 0)
        return;
    autojson *wanted = json(parts[_i].wanted);
    ck_assert(json_equal(checked, wanted));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *tcase = tcase_create("schema");

    tcase_add_loop_test(tcase, the_first_problem_is_the_error, 0,
                        sizeof(first_problems) / sizeof(first_problems[0]));
    tcase_add_loop_test(tcase, words_and_lists_are_read_as_people_write_them, 0,
                        sizeof(words_and_lists) / sizeof(words_and_lists[0]));
    tcase_add_loop_test(tcase, two_tables_share_one_map, 0, sizeof(parts) / sizeof(parts[0]));
    tcase_add_test(tcase, the_given_value_is_not_changed);
    tcase_add_test(tcase, a_bad_default_is_an_error_of_the_table);
    tcase_add_test(tcase, defaults_of_every_form_are_filled_in);
    tcase_add_test(tcase, tables_of_an_older_header_are_read);
    tcase_add_test(tcase, an_entity_id_has_at_most_255_characters);
    tcase_add_test(tcase, a_value_has_64_levels_at_most);
    tcase_add_test(tcase, a_map_type_checks_itself_when_asked_alone);
    tcase_add_test(tcase, a_table_prints_a_json_schema);
    tcase_add_test(tcase, every_property_of_a_table_survives_printing);
    tcase_add_test(tcase, a_table_describes_the_fields_of_a_service);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
