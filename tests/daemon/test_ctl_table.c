/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that fit the terminal. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "daemon/ctl_table.h"

static const struct table_column columns[] = {
    { "NAME", 0 },
    { "STATE", 0 },
    { "AGE", TABLE_RIGHT | TABLE_KEEP },
};

static char *printed(const char *const rows[][3], size_t count, size_t width, bool color)
{
    struct table *table = table_create(columns, 3);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    for (size_t i = 0; i < count; i++)
        table_add(table, rows[i]);
    table_print(table, width, color, out);
    fclose(out);
    table_destroy(table);
    return text;
}

static void assert_fits(const char *text, size_t width)
{
    char *copy = strdup(text);

    for (char *rest = copy, *line; (line = strsep(&rest, "\n"));)
        ck_assert_msg(text_width(line) <= width, "wider than %zu: %s", width, line);
    free(copy);
}

static const char *const rows[][3] = {
    { "light.kitchen_with_a_long_name", "on", "3 s" },
    { "sensor.x", "a rather long state text", "12 min" },
};

START_TEST(columns_are_as_wide_as_their_widest_text)
{
    static const char *const small[][3] = { { "a", "on", "3 s" }, { "bbbbb", "", "12 s" } };
    char *text = printed(small, 2, 0, false);

    ck_assert_str_eq(text, "NAME   STATE   AGE\n"
                           "a      on      3 s\n"
                           "bbbbb         12 s\n");
    free(text);
}
END_TEST

START_TEST(a_table_fits_every_terminal)
{
    size_t width = (size_t)_i;
    char *text = printed(rows, 2, width, false);

    assert_fits(text, width);
    free(text);
}
END_TEST

START_TEST(the_widest_column_gives_way_and_kept_ones_do_not)
{
    char *text = printed(rows, 2, 50, false);

    ck_assert(strstr(text, "12 min") != NULL);
    ck_assert(strstr(text, "…") != NULL);
    free(text);
}
END_TEST

START_TEST(columns_at_the_right_are_left_out_when_nothing_else_helps)
{
    char *text = printed(rows, 2, 16, false);

    ck_assert(strstr(text, "NAME") != NULL);
    ck_assert(strstr(text, "AGE") == NULL);
    free(text);
}
END_TEST

START_TEST(without_color_there_is_no_escape)
{
    char *text = printed(rows, 2, 80, false);

    ck_assert(strchr(text, '\033') == NULL);
    free(text);
    text = printed(rows, 2, 80, true);
    ck_assert(strchr(text, '\033') != NULL);
    free(text);
}
END_TEST

START_TEST(control_characters_do_not_reach_the_terminal)
{
    static const char *const evil[][3] = { { "\033[2J", "a\nb\x7f",
                                             "\xc2\x9b"
                                             "31m" } };
    char *text = printed(evil, 1, 0, false);

    ck_assert(strchr(text, '\033') == NULL);
    ck_assert(strchr(text, '\x7f') == NULL);
    ck_assert(strstr(text, "\xc2\x9b") == NULL);
    ck_assert(strstr(text, "a?b?") != NULL);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    size_t width;
} widths[] = {
    { "", 0 },         { "abc", 3 },
    { "Küche", 5 },    { "e\xcc\x81", 1 },        /* a combining accent */
    { "日本", 4 },     { "\xf0\x9f\x92\xa1", 2 }, /* a picture */
    { "\xff\xfe", 2 },                            /* damaged bytes count as one each */
    { "\xe6\x97", 2 },                            /* cut off */
};

START_TEST(text_is_measured_in_columns)
{
    ck_assert_uint_eq(text_width(widths[_i].text), widths[_i].width);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ctl_table");
    TCase *tcase = tcase_create("ctl_table");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(tcase, columns_are_as_wide_as_their_widest_text);
    tcase_add_loop_test(tcase, a_table_fits_every_terminal, 6, 100);
    tcase_add_test(tcase, the_widest_column_gives_way_and_kept_ones_do_not);
    tcase_add_test(tcase, columns_at_the_right_are_left_out_when_nothing_else_helps);
    tcase_add_test(tcase, without_color_there_is_no_escape);
    tcase_add_test(tcase, control_characters_do_not_reach_the_terminal);
    tcase_add_loop_test(tcase, text_is_measured_in_columns, 0, sizeof(widths) / sizeof(widths[0]));
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
