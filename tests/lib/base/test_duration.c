/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durations as configuration writes them, against recorded results of the model.
 */
#include <string.h>

#include "base/duration.h"
#include "golden.h"

START_TEST(durations_are_those_of_the_model)
{
    json_t *cases = load_golden("durations.json");
    size_t i;
    json_t *one;

    ck_assert_uint_gt(json_array_size(cases), 30);
    json_array_foreach(cases, i, one) {
        const json_t *expected = json_array_get(one, 1);
        struct hass_error err = HASS_ERROR_INIT;
        int64_t usec = 42;
        int result = duration_from_json(json_array_get(one, 0), &usec, &err);
        if (json_is_integer(expected)) {
            ck_assert_msg(result == 0, "case %zu: %s", i, err.message);
            ck_assert_msg(usec == json_integer_value(expected), "case %zu: %lld", i,
                          (long long)usec);
        } else {
            ck_assert_msg(result == HASS_E_INVALID && usec == 42, "case %zu was accepted", i);
            ck_assert_int_eq(err.code, HASS_E_INVALID);
        }
    }
    json_decref(cases);
}
END_TEST

static const char *const bad_texts[] = {
    "",       "-",       "+",        ":",   "1:",    ":1",   "1:2:", "1:2:3:4",        "1:2:x",
    "1:2:-3", "1:2:nan", "1:2:0x10", "a:b", "--1:2", "1 :2", "5",    "99999999999:00", "1:2:3e99",
};

START_TEST(a_bad_text_is_refused)
{
    int64_t usec = 42;

    ck_assert_int_eq(duration_parse(bad_texts[_i], &usec, NULL), HASS_E_INVALID);
    ck_assert_int_eq(usec, 42);
}
END_TEST

START_TEST(bad_values_are_refused)
{
    static const char *const texts[] = {
        "null",
        "[]",
        "{}",
        "1e300",
        "-1e300",
        "\"nan\"",
        "\"inf\"",
        "\"0x10\"",
        "{\"seconds\": null}",
        "{\"seconds\": []}",
        "{\"seconds\": 1, \"x\": 2}",
        "{\"days\": 1e9}",
        "{\"hours\": \"1:00\"}",
    };
    json_t *value = json_loads(texts[_i], JSON_DECODE_ANY, NULL);
    int64_t usec = 42;

    ck_assert_int_eq(duration_from_json(value, &usec, NULL), HASS_E_INVALID);
    ck_assert_int_eq(usec, 42);
    json_decref(value);
}
END_TEST

START_TEST(no_value_is_refused)
{
    int64_t usec;

    ck_assert_int_eq(duration_from_json(NULL, &usec, NULL), HASS_E_INVALID);
}
END_TEST

static const struct {
    int64_t usec;
    const char *text;
} formats[] = {
    { 0, "0:00:00" },
    { 5000000, "0:00:05" },
    { 3723000000, "1:02:03" },
    { 3723500000, "1:02:03.500000" },
    { 90000000000, "25:00:00" },
    { -300000000, "-0:05:00" },
    { -1, "-0:00:00.000001" },
    { INT64_MIN, "-2562047788:00:54.775808" },
};

START_TEST(a_duration_is_written_so_that_it_reads_back)
{
    char text[DURATION_TEXT];
    int64_t usec;

    duration_format(formats[_i].usec, text);
    ck_assert_str_eq(text, formats[_i].text);
    if (formats[_i].usec > INT64_MIN) {
        ck_assert_int_eq(duration_parse(text, &usec, NULL), 0);
        ck_assert_int_eq(usec, formats[_i].usec);
    }
}
END_TEST

/* INT64_MIN: no duration. */
static const struct {
    const char *text;
    int64_t usec;
} forms[] = {
    { "90", 90000000 },
    { "1:30", 90000000 },
    { "-1:30", -90000000 },
    { "1:30:00.25", 5400250000 },
    { "10,25", 10250000 },
    { "1.1234567", 1123456 },
    { "2 days", 172800000000 },
    { "2 days, 03:00:00", 183600000000 },
    { "-1 day, 23:59:59", -1000000 },
    { "1 day 00:00:01", 86401000000 },
    { "+01:00:00", 3600000000 },
    { "PT0.5S", 500000 },
    { "-P1DT2H", -93600000000 },
    { "P", 0 },
    { "", 0 },
    { "106751991 days", INT64_MIN },
    { "P106751991D", INT64_MIN },
    { "99999999999999999999999999999", INT64_MIN },
    { "P1W", INT64_MIN },
    { "PT1", INT64_MIN },
    { "PT.5S", INT64_MIN },
    { "P1H", INT64_MIN },
    { "1:2:3:4", INT64_MIN },
    { "1:", INT64_MIN },
    { ":1", INT64_MIN },
    { "1.", INT64_MIN },
    { "1.1234567890123", INT64_MIN },
    { "2 days, ", INT64_MIN },
    { "2 days, +1:00:00", INT64_MIN },
    { "2 days 1:2", INT64_MIN },
    { "--5", INT64_MIN },
    { " 5", INT64_MIN },
    { "5 ", INT64_MIN },
    { "soon", INT64_MIN },
};

START_TEST(durations_are_read_in_every_printed_form)
{
    int64_t usec = INT64_MIN;

    ck_assert(duration_read(forms[_i].text, &usec) == (forms[_i].usec != INT64_MIN));
    ck_assert_int_eq(usec, forms[_i].usec);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("duration");

    tcase_add_test(tcase, durations_are_those_of_the_model);
    tcase_add_loop_test(tcase, a_bad_text_is_refused, 0, sizeof(bad_texts) / sizeof(*bad_texts));
    tcase_add_loop_test(tcase, bad_values_are_refused, 0, 13);
    tcase_add_test(tcase, no_value_is_refused);
    tcase_add_loop_test(tcase, a_duration_is_written_so_that_it_reads_back, 0,
                        sizeof(formats) / sizeof(*formats));
    tcase_add_loop_test(tcase, durations_are_read_in_every_printed_form, 0,
                        sizeof(forms) / sizeof(*forms));
    return run_tcase("duration", tcase);
}
