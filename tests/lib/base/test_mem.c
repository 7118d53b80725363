/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are joined. */
#include <stdint.h>

#include <check.h>

#include <hass/cleanup.h>

#include "base/mem.h"

static const struct {
    const char *head, *tail, *wanted;
} joins[] = {
    { "a", "b", "a->b" },
    { "", "b", "b" },
    { "a", "", "a->" },
    { "", "", "" },
};

START_TEST(a_separator_stands_behind_a_head)
{
    autofree char *text = mem_join(joins[_i].head, "->", joins[_i].tail);

    ck_assert_str_eq(text, joins[_i].wanted);
}
END_TEST

static const struct {
    const char *head;
    size_t number;
    const char *wanted;
} numbers[] = {
    { "a", 0, "a/0" },
    { "a", 10, "a/10" },
    { "", 7, "7" },
    { "a", SIZE_MAX, sizeof(size_t) == 8 ? "a/18446744073709551615" : "a/4294967295" },
};

START_TEST(numbers_are_joined_in_full)
{
    autofree char *text = mem_join_number(numbers[_i].head, "/", numbers[_i].number);

    ck_assert_str_eq(text, numbers[_i].wanted);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mem");
    TCase *tcase = tcase_create("mem");

    tcase_add_loop_test(tcase, a_separator_stands_behind_a_head, 0,
                        sizeof(joins) / sizeof(joins[0]));
    tcase_add_loop_test(tcase, numbers_are_joined_in_full, 0, sizeof(numbers) / sizeof(numbers[0]));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
