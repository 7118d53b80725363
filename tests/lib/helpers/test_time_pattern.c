/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time patterns, as far as the recorded cases (tests/vectors) do not reach.
 */
#include <check.h>

#include "helpers/time_pattern.h"
#include "support/cases.h"

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

CASES_MAIN("time patterns", ONCE(nothing_but_numbers_is_taken),
           ONCE(a_configured_field_is_one_number_or_step_in_range),
           ONCE(three_wildcards_are_every_second),
           ONCE(the_running_second_counts_and_the_past_is_floored))
