/* SPDX-License-Identifier: Apache-2.0 */
/* Ages in words, by both of the model's rules. */
#include "base/age.h"
#include "support/cases.h"

static const struct {
    double seconds;
    const char *text;
} ages[] = {
    { 0, "0 seconds" },          { 0.4, "0 seconds" },
    { 1, "1 second" },           { 59.4, "59 seconds" },
    { 59.6, "1 minute" },        { 89, "1 minute" },
    { 90, "2 minutes" },         { 3599, "1 hour" },
    { 86399, "1 day" },          { 30 * 86400.0 - 1, "1 month" },
    { 360 * 86400.0, "1 year" }, { 3000 * 86400.0, "8 years" },
    { 9e12, "289352 years" },
};

START_TEST(an_age_is_its_largest_unit_rounded)
{
    char text[AGE_TEXT];

    age_format(ages[_i].seconds, text);
    ck_assert_str_eq(text, ages[_i].text);
}
END_TEST

static const struct {
    double seconds;
    int precision;
    const char *text;
} precise[] = {
    { 0, 1, "0 seconds" },
    { 7800, 1, "2 hours" },
    { 9600, 1, "3 hours" },
    { 9600, 2, "2 hours 40 minutes" },
    { 86400, 6, "1 day" },
    { 86400 + 61, 6, "1 day 1 minute 1 second" },
    { 365 * 86400.0 + 30 * 86400.0 + 86400 + 3600 + 60 + 1, 6,
      "1 year 1 month 1 day 1 hour 1 minute 1 second" },
    { 59.6, 1, "60 seconds" },
    { 0.25, 1, "" },
    { 9e12, 6, "285388 years 1 month 16 days 16 hours" },
};

START_TEST(an_age_has_as_many_units_as_are_asked_for)
{
    char text[AGE_TEXT];

    age_format_precise(precise[_i].seconds, precise[_i].precision, text);
    ck_assert_str_eq(text, precise[_i].text);
}
END_TEST

CASES_MAIN("age", ROWS(an_age_is_its_largest_unit_rounded, ages),
           ROWS(an_age_has_as_many_units_as_are_asked_for, precise))
