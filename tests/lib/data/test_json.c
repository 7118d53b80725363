/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON parser's guards, the writer, numbers, and rows.
 */
#include <math.h>
#include <stdio.h>

#include <check.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"
#include "data/json_rows.h"
#include "data/json_write.h"

static int parse(const char *text, json_t **ret_json, struct hass_error *err)
{
    return hass_json_parse(text, strlen(text), 1 << 20, ret_json, err);
}

/* @count times @open, @middle, @count times @close. */
static char *nest(size_t count, char open, const char *middle, char close)
{
    char *text = mem_alloc(2 * count + strlen(middle) + 1);

    memset(text, open, count);
    strcpy(text + count, middle);
    memset(text + count + strlen(middle), close, count);
    text[2 * count + strlen(middle)] = 0;
    return text;
}

START_TEST(values_are_parsed_and_written_the_same)
{
    static const char *const texts[] = {
        "null",
        "true",
        "0",
        "-9223372036854775808",
        "9223372036854775807",
        "\"\"",
        "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001fz\"",
        "\"äöü€😀\"",
        "\"0123456\\\"89abcdef\"",
        "[]",
        "{}",
        "[[],{},[[1,2],{\"a\":[true,false,null]}]]",
        "{\"b\":1,\"a\":{\"z\":[],\"\":0.5},\"ä\":\"x\"}",
        "[1.5,-0.0,1e+16,0.1,100.0]",
    };
    autojson *json = NULL;
    autobuf buf = HASS_BUF_INIT;

    ck_assert_int_eq(parse(texts[_i], &json, NULL), 0);
    hass_json_write(json, &buf);
    ck_assert_str_eq(hass_buf_string(&buf), texts[_i]);
}
END_TEST

START_TEST(pretty_text_is_indented_by_two)
{
    autojson *json = NULL;
    autobuf buf = HASS_BUF_INIT;

    parse("{\"a\":[1,{\"b\":[]}],\"c\":{}}", &json, NULL);
    hass_json_write_pretty(json, &buf);
    ck_assert_str_eq(hass_buf_string(&buf),
                     "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}");
}
END_TEST

static const struct {
    double number;
    const char *text;
} numbers[] = {
    { 0.0, "0.0" },
    { -0.0, "-0.0" },
    { 1, "1.0" },
    { 21.5, "21.5" },
    { -3.25, "-3.25" },
    { 0.1, "0.1" },
    { 0.0001, "0.0001" },
    { 0.00012, "0.00012" },
    { 0.00001, "1e-05" },
    { 1.5e-7, "1.5e-07" },
    { 52.373123, "52.373123" },
    { 1.0 / 3, "0.3333333333333333" },
    { 2.0 / 3, "0.6666666666666666" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 999999999.5, "999999999.5" },
    { 1e9, "1000000000.0" },
    { 123456789012.25, "123456789012.25" },
    { 1e15, "1000000000000000.0" },
    { 9007199254740993.0, "9007199254740992.0" },
    { 1e16, "1e+16" },
    { 1.2345e+20, "1.2345e+20" },
    { 1e100, "1e+100" },
    { 5e-324, "5e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { -123456.789e-10, "-1.23456789e-05" },
    { 4.35, "4.35" },
    { 0.30000000000000004, "0.30000000000000004" },
};

START_TEST(a_number_has_the_models_text)
{
    char text[JSON_NUMBER_TEXT];

    ck_assert_uint_eq(json_format_number(numbers[_i].number, text), strlen(numbers[_i].text));
    ck_assert_str_eq(text, numbers[_i].text);
}
END_TEST

START_TEST(any_number_reads_back)
{
    uint64_t seed = 88172645463325252u;

    for (int i = 0; i < 100000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        double number;
        // Every second one is a decimal as sensors give it.
        if (i % 2)
            number = (double)(int64_t)(seed % 2000000) / (double[]){ 1, 10, 100, 1e3 }[seed >> 62];
        else
            memcpy(&number, &seed, sizeof(number));
        if (!isfinite(number))
            continue;
        char text[JSON_NUMBER_TEXT];
        size_t length = json_format_number(number, text);
        ck_assert_uint_eq(length, strlen(text));
        ck_assert_msg(strtod(text, NULL) == number, "%s is not %.17g", text, number);
    }
}
END_TEST

START_TEST(numbers_that_json_does_not_know_are_null)
{
    autobuf buf = HASS_BUF_INIT;

    hass_json_write_number(INFINITY, &buf);
    hass_json_write_number(NAN, &buf);
    ck_assert_str_eq(hass_buf_string(&buf), "nullnull");
}
END_TEST

START_TEST(values_of_any_depth_are_written)
{
    json_t *json = json_array();

    for (int i = 0; i < 1000; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, json);
        json = outer;
    }
    autobuf buf = HASS_BUF_INIT;
    hass_json_write(json, &buf);
    ck_assert_uint_eq(buf.length, 2002);
    json_decref(json);
}
END_TEST

START_TEST(sixty_four_levels_are_parsed_and_no_more)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *json = NULL;
    autofree char *good = nest(64, '[', "", ']'), *bad = nest(65, '[', "", ']');

    ck_assert_int_eq(parse(good, &json, &err), 0);
    json_t *none = NULL;
    ck_assert_int_eq(parse(bad, &none, &err), HASS_E_LIMIT);
    ck_assert_ptr_null(none);
}
END_TEST

START_TEST(brackets_in_strings_are_no_levels)
{
    autofree char *brackets = nest(100, '[', "\\\"", '{');
    autofree char *text = mem_printf("[\"%s\"]", brackets);
    autojson *json = NULL;

    ck_assert_int_eq(parse(text, &json, NULL), 0);
}
END_TEST

START_TEST(the_limit_of_bytes_holds)
{
    json_t *json = NULL;

    ck_assert_int_eq(hass_json_parse("[1]", 3, 2, &json, NULL), HASS_E_LIMIT);
    ck_assert_int_eq(hass_json_parse("[1]", 3, 3, &json, NULL), 0);
    json_decref(json);
}
END_TEST

START_TEST(malformed_text_is_refused_with_its_place)
{
    static const char *const texts[] = {
        "",    " ",        "[1,]",      "{\"a\"}",     "[1] 2",       "nul",
        "'a'", "\"\xff\"", "[\"a\n\"]", "\"\\u0000\"", "\"\\ud800\"", "{\"a\":1,}",
        "01",  "1e999",    "[1",        "]",           "{a:1}",       "\357\273\2771",
    };
    struct hass_error err = HASS_ERROR_INIT;
    json_t *json = NULL;

    ck_assert_int_eq(parse(texts[_i], &json, &err), HASS_E_PARSE);
    ck_assert_ptr_null(json);
    ck_assert_msg(strncmp(err.message, "line 1", 6) == 0 || strncmp(err.message, "line 2", 6) == 0,
                  "%s", err.message);
}
END_TEST

/* rows */

struct seen {
    struct hass_buf text;
    int fail_at, count;
};

static int take_row(json_t *row, void *userdata, struct hass_error *err)
{
    struct seen *seen = userdata;
    autojson *taken = row;

    if (++seen->count == seen->fail_at)
        return hass_fail(err, HASS_E_INVALID, "no");
    hass_json_write(taken, &seen->text);
    hass_buf_add_char(&seen->text, ';');
    return 0;
}

static const char *const path[] = { "data", "rows", NULL };

/* Feeds @text in pieces of @piece bytes. Returns the rest as text, or the error, owned by the caller. */
static char *read_rows(const char *text, size_t piece, size_t limit, struct seen *seen)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct json_rows *rows = json_rows_create(path, limit, take_row, seen);
    size_t size = strlen(text);
    int r = 0;

    for (size_t at = 0; at < size && r >= 0; at += piece)
        r = json_rows_feed(rows, text + at, size - at < piece ? size - at : piece, &err);
    autojson *rest = NULL;
    if (r >= 0)
        r = json_rows_finish(rows, &rest, &err);
    json_rows_destroy(rows);
    autobuf buf = HASS_BUF_INIT;
    if (r >= 0)
        hass_json_write(rest, &buf);
    else
        hass_buf_printf(&buf, "%s %s", hass_error_name(r), err.message);
    return hass_buf_steal(&buf);
}

static const struct {
    const char *text, *rows, *rest;
} row_cases[] = {
    { "{\"version\":1,\"data\":{\"rows\":[{\"a\":[1,2]},\"x,]\",3 , null],\"old\":[1]},\"end\":2}",
      "{\"a\":[1,2]};\"x,]\";3;null;",
      "{\"version\":1,\"data\":{\"rows\":[],\"old\":[1]},\"end\":2}" },
    { "{\"data\" : { \"rows\" : [ ] } }", "", "{\"data\":{\"rows\":[]}}" },
    { "{\"data\":{}}", "", "{\"data\":{}}" },
    { "[1,2]", "", "[1,2]" },
    { "{\"rows\":[1],\"x\":{\"rows\":[2]},\"data\":{\"y\":{\"rows\":[3]},\"rows\":[4]}}", "4;",
      "{\"rows\":[1],\"x\":{\"rows\":[2]},\"data\":{\"y\":{\"rows\":[3]},\"rows\":[]}}" },
    { "{\"data\":{\"rows\":{\"no\":1}}}", "", "{\"data\":{\"rows\":{\"no\":1}}}" },
    { "{\"data\":[{\"rows\":[1]}]}", "", "{\"data\":[{\"rows\":[1]}]}" },
    { "{\"a\":\"data\",\"data\":{\"b\":\"rows\",\"rows\":[[\"\\\"]\"]]}}", "[\"\\\"]\"];",
      "{\"a\":\"data\",\"data\":{\"b\":\"rows\",\"rows\":[]}}" },
    { "{\"data\":{\"x\":1},\"other\":{\"rows\":[9]}}", "",
      "{\"data\":{\"x\":1},\"other\":{\"rows\":[9]}}" },
    { "{\"data\":{\"rows\":[1,]}}", "1;", "HASS_E_PARSE row 1: " },
    { "{\"data\":{\"rows\":[,1]}}", "", "HASS_E_PARSE row 0: " },
    { "{\"data\":{\"rows\":[1,2", "1;", "HASS_E_PARSE the text ends within row 1" },
    { "{\"data\":{\"rows\":[1]}", "1;", "HASS_E_PARSE line 1" },
    { "{\"data\":{\"rows\":[1}]}}", "1;", "HASS_E_PARSE line 1" },
};

START_TEST(rows_are_handed_out_and_the_rest_is_kept)
{
    for (size_t piece = 1; piece < 100; piece += 7) {
        struct seen seen = { .text = HASS_BUF_INIT };
        autofree char *rest = read_rows(row_cases[_i].text, piece, 1 << 20, &seen);
        ck_assert_str_eq(hass_buf_string(&seen.text), row_cases[_i].rows);
        if (strncmp(row_cases[_i].rest, "HASS_E", 6) == 0)
            ck_assert_msg(strncmp(rest, row_cases[_i].rest, strlen(row_cases[_i].rest)) == 0, "%s",
                          rest);
        else
            ck_assert_str_eq(rest, row_cases[_i].rest);
        hass_buf_fini(&seen.text);
    }
}
END_TEST

START_TEST(a_row_beyond_the_limit_is_refused)
{
    struct seen seen = { .text = HASS_BUF_INIT };
    autofree char *good =
        read_rows("{\"data\":{\"rows\":[12345678901234567890123]}}", 9, 23, &seen);

    ck_assert_msg(strstr(good, "HASS_E_PARSE row 0") != NULL, "%s", good);
    autofree char *bad =
        read_rows("{\"data\":{\"rows\":[123456789012345678901234]}}", 9, 23, &seen);
    ck_assert_str_eq(bad, "HASS_E_LIMIT more than 23 bytes in one row");
    autofree char *rest = read_rows("{\"data\":{\"rows\":[1]}, \"x\": 1}", 9, 23, &seen);
    ck_assert_str_eq(rest, "HASS_E_LIMIT more than 23 bytes in what is around the rows");
    hass_buf_fini(&seen.text);
}
END_TEST

/* A longer one is no place on the path, though it begins like one. */
START_TEST(a_key_on_the_way_to_rows_has_64_characters_at_most)
{
    char key[66];

    memset(key, 'k', sizeof(key) - 1);
    key[64] = '\0';
    const char *const long_path[] = { key, NULL };
    for (int more = 0; more < 2; more++) {
        struct seen seen = { .text = HASS_BUF_INIT };
        struct json_rows *rows = json_rows_create(long_path, 1000, take_row, &seen);
        autofree char *text = mem_printf("{\"%s%s\":[1]}", key, more ? "k" : "");
        ck_assert_int_eq(json_rows_feed(rows, text, strlen(text), NULL), 0);
        ck_assert_int_eq(seen.count, 1 - more);
        json_rows_destroy(rows);
        hass_buf_fini(&seen.text);
    }
}
END_TEST

START_TEST(a_failing_row_function_ends_the_reading)
{
    struct seen seen = { .text = HASS_BUF_INIT, .fail_at = 2 };
    autofree char *rest = read_rows("{\"data\":{\"rows\":[1,2,3]}}", 50, 99, &seen);

    ck_assert_str_eq(rest, "HASS_E_INVALID row 1: no");
    ck_assert_int_eq(seen.count, 2);
    hass_buf_fini(&seen.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tcase = tcase_create("json");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, values_are_parsed_and_written_the_same, 0, 14);
    tcase_add_test(tcase, pretty_text_is_indented_by_two);
    tcase_add_loop_test(tcase, a_number_has_the_models_text, 0,
                        sizeof(numbers) / sizeof(numbers[0]));
    tcase_add_test(tcase, any_number_reads_back);
    tcase_add_test(tcase, numbers_that_json_does_not_know_are_null);
    tcase_add_test(tcase, values_of_any_depth_are_written);
    tcase_add_test(tcase, sixty_four_levels_are_parsed_and_no_more);
    tcase_add_test(tcase, brackets_in_strings_are_no_levels);
    tcase_add_test(tcase, the_limit_of_bytes_holds);
    tcase_add_loop_test(tcase, malformed_text_is_refused_with_its_place, 0, 18);
    tcase_add_loop_test(tcase, rows_are_handed_out_and_the_rest_is_kept, 0,
                        sizeof(row_cases) / sizeof(row_cases[0]));
    tcase_add_test(tcase, a_row_beyond_the_limit_is_refused);
    tcase_add_test(tcase, a_key_on_the_way_to_rows_has_64_characters_at_most);
    tcase_add_test(tcase, a_failing_row_function_ends_the_reading);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
