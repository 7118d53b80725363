/* SPDX-License-Identifier: Apache-2.0 */
/* Time patterns: their fields, and the next match across days, months and changes of the clock. */
#include <check.h>

#include "golden.h"
#include "helpers/time_pattern.h"

static json_t *cases;

/* A field as the configuration gives it: number, text, list; NULL when absent. @text has room for it. */
static const char *field_text(const json_t *value, char text[64])
{
    if (!value || json_is_null(value))
        return NULL;
    text[0] = '\0';
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0, length = 0; i < count; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
        const char *comma = i ? "," : "";
        if (json_is_integer(item))
            length += (size_t)snprintf(text + length, 64 - length, "%s%lld", comma,
                                       (long long)json_integer_value(item));
        else
            length += (size_t)snprintf(text + length, 64 - length, "%s%s", comma,
                                       json_string_value(item));
    }
    return text;
}

static void check_field(const json_t *item)
{
    const json_t *args = json_object_get(item, "args");
    unsigned max = (unsigned)json_integer_value(json_object_get(args, "max"));
    char text[64];
    uint64_t bits = 0;
    struct hass_error err = HASS_ERROR_INIT;
    int r = time_pattern_parse_field(field_text(json_object_get(args, "value"), text), max, &bits,
                                     &err);
    const json_t *expected = json_object_get(item, "expected");

    ck_assert_int_eq(r, expected ? 0 : HASS_E_INVALID);
    ck_assert_int_eq(r, err.code);
    uint64_t want = 0;
    size_t i;
    json_t *number;
    json_array_foreach(expected, i, number)
        want |= UINT64_C(1) << json_integer_value(number);
    ck_assert_uint_eq(bits, want);
}

/* A smaller unit that is missing is 0, a larger one any: what the trigger does before it asks for a tracker. */
static struct hass_track_time pattern_of(const json_t *args, char texts[3][64])
{
    const json_t *pattern = json_object_get(args, "pattern");
    struct hass_track_time track = { .size = sizeof(track) };

    track.hour = field_text(json_object_get(pattern, "hours"), texts[0]);
    track.minute = field_text(json_object_get(pattern, "minutes"), texts[1]);
    track.second = field_text(json_object_get(pattern, "seconds"), texts[2]);
    if (track.hour && !track.minute)
        track.minute = "0";
    if (track.minute && !track.second)
        track.second = "0";
    return track;
}

static void check_next(const json_t *item)
{
    const json_t *args = json_object_get(item, "args");
    char texts[3][64];
    struct hass_track_time track = pattern_of(args, texts);
    struct time_pattern pattern;

    ck_assert_int_eq(time_pattern_parse(&track, &pattern, NULL), 0);
    struct hass_zone *zone = NULL;
    ck_assert_int_eq(
        hass_zone_new(json_string_value(json_object_get(item, "time_zone")), &zone, NULL), 0);
    int64_t from = 0;
    const char *after = json_string_value(json_object_get(args, "after"));
    ck_assert_int_eq(hass_dt_parse(after, zone, &from, NULL), 0);
    size_t i;
    json_t *expected;
    json_array_foreach(json_object_get(item, "expected"), i, expected) {
        int64_t match = time_pattern_next(&pattern, from, zone);
        char text[HASS_DT_TEXT];
        hass_dt_iso(match, zone, text);
        ck_assert_str_eq(text, json_string_value(expected));
        from = match + HASS_USEC_PER_SEC;
    }
    hass_zone_unref(zone);
}

START_TEST(patterns_are_those_of_the_model)
{
    const json_t *item = json_array_get(cases, _i);

    if (json_object_get(json_object_get(item, "args"), "pattern"))
        check_next(item);
    else
        check_field(item);
}
END_TEST

START_TEST(nothing_but_numbers_is_taken)
{
    static const char *const bad[] = { "",
                                       " ",
                                       "1,",
                                       ",1",
                                       "1,,2",
                                       "-1",
                                       "+1",
                                       "1.5",
                                       "0x1",
                                       "/",
                                       "/-1",
                                       "1;2",
                                       "99999999999999999999" };
    uint64_t bits = 7;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(time_pattern_parse_field(bad[i], 59, &bits, NULL), HASS_E_INVALID);
        ck_assert_uint_eq(bits, 7);
    }
}
END_TEST

START_TEST(three_wildcards_are_every_second)
{
    struct time_pattern pattern;
    struct hass_track_time any = { .size = sizeof(any), .hour = "*", .minute = "/1" };

    ck_assert_int_eq(time_pattern_parse(&any, &pattern, NULL), 0);
    ck_assert(time_pattern_is_every_second(&pattern));
    any.second = "/2";
    ck_assert_int_eq(time_pattern_parse(&any, &pattern, NULL), 0);
    ck_assert(!time_pattern_is_every_second(&pattern));
}
END_TEST

START_TEST(the_running_second_counts_and_the_past_is_floored)
{
    struct time_pattern pattern;
    struct hass_track_time at = { .size = sizeof(at), .second = "0" };

    ck_assert_int_eq(time_pattern_parse(&at, &pattern, NULL), 0);
    ck_assert_int_eq(time_pattern_next(&pattern, 700000, NULL), 0);
    ck_assert_int_eq(time_pattern_next(&pattern, -300000, NULL), 0);
    ck_assert_int_eq(time_pattern_next(&pattern, 1000000, NULL), 60 * HASS_USEC_PER_SEC);
}
END_TEST

START_TEST(a_configured_field_is_one_number_or_step_in_range)
{
    static const char *const good[] = { "*", "0", "59", " 7 ", "/0", "/5", "/59" };
    static const char *const bad[] = { "", "60", "/60", "1,2", "-1", "/", "**", "x", "/x" };
    struct hass_error err = HASS_ERROR_INIT;

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        ck_assert_msg(time_pattern_check_field(good[i], 59, NULL) == 0, "%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_msg(time_pattern_check_field(bad[i], 59, NULL) == HASS_E_INVALID, "%s", bad[i]);
    time_pattern_check_field("24", 23, &err);
    ck_assert_str_eq(err.message,
                     "time pattern '24' is not *, a number from 0 to 23, or / and such a number");
}
END_TEST

int main(void)
{
    cases = golden_load("helpers/time_pattern.jsonl");
    Suite *suite = suite_create("time_pattern");
    TCase *tcase = tcase_create("time_pattern");
    tcase_add_loop_test(tcase, patterns_are_those_of_the_model, 0, (int)json_array_size(cases));
    tcase_add_test(tcase, nothing_but_numbers_is_taken);
    tcase_add_test(tcase, a_configured_field_is_one_number_or_step_in_range);
    tcase_add_test(tcase, three_wildcards_are_every_second);
    tcase_add_test(tcase, the_running_second_counts_and_the_past_is_floored);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    json_decref(cases);
    return failed ? 1 : 0;
}
