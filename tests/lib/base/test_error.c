/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors: the first wins, one line, cut at a character.
 */
#include <errno.h>
#include <string.h>

#include <hass/error.h>

#include "base/utf8.h"
#include "golden.h"

START_TEST(the_first_error_wins)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_fail(&err, HASS_E_INVALID, "brightness %d is not 0..255", 300),
                     HASS_E_INVALID);
    ck_assert_int_eq(hass_fail(&err, HASS_E_LIMIT, "later"), HASS_E_LIMIT);
    ck_assert_int_eq(err.code, HASS_E_INVALID);
    ck_assert_str_eq(err.message, "brightness 300 is not 0..255");
    ck_assert_str_eq(err.key, "");
}
END_TEST

START_TEST(no_error_struct_is_allowed)
{
    ck_assert_int_eq(hass_fail(NULL, HASS_E_INVALID, "%s", "x"), HASS_E_INVALID);
    ck_assert_int_eq(hass_fail_key(NULL, HASS_E_INVALID, "key", "x"), HASS_E_INVALID);
    ck_assert_int_eq(hass_fail_errno(NULL, ENOENT, "x"), -ENOENT);
    ck_assert_int_lt(hass_error_prefix(NULL, "x"), 0);
    ck_assert_int_eq(hass_error_copy(NULL, NULL), 0);
    hass_error_clear(NULL);
}
END_TEST

START_TEST(a_key_is_kept)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass_fail_key(&err, HASS_E_SERVICE_NOT_FOUND, "service_not_found", "Service %s not found",
                  "a.b");
    ck_assert_str_eq(err.key, "service_not_found");
    ck_assert_str_eq(err.message, "Service a.b not found");
}
END_TEST

START_TEST(errno_is_explained)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_fail_errno(&err, ENOENT, "open %s", "a.yaml"), -ENOENT);
    ck_assert_int_eq(err.code, -ENOENT);
    ck_assert_str_eq(err.message, "open a.yaml: No such file or directory");
}
END_TEST

START_TEST(a_prefix_goes_in_front)
{
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_error_prefix(&err, "x"), 0);
    hass_fail(&err, HASS_E_INVALID, "bad value");
    ck_assert_int_eq(hass_error_prefix(&err, "light %s", "kitchen"), HASS_E_INVALID);
    ck_assert_str_eq(err.message, "light kitchen: bad value");
}
END_TEST

/* Characters of one to four bytes, at every place around the end of the room. */
START_TEST(a_long_message_is_cut_at_a_character)
{
    static const char *const characters[] = { "a", "ä", "€", "😀" };
    const char *character = characters[_i];

    for (size_t shift = 0; shift < 8; shift++) {
        struct hass_error err = HASS_ERROR_INIT;
        char text[1200] = "";
        memset(text, '.', shift);
        while (strlen(text) < 1000)
            strcat(text, character);
        hass_fail(&err, HASS_E_INVALID, "%s", text);
        size_t length = strlen(err.message);
        ck_assert(utf8_valid(err.message, length));
        ck_assert_uint_gt(length, sizeof(err.message) - 1 - 4);
        hass_error_prefix(&err, "%s", text);
        ck_assert(utf8_valid(err.message, strlen(err.message)));
    }
}
END_TEST

START_TEST(a_message_has_439_bytes_and_a_key_63_at_most)
{
    for (size_t more = 0; more < 2; more++) {
        struct hass_error err = HASS_ERROR_INIT;
        char text[441] = "", key[65] = "";
        memset(text, 'x', 439 + more);
        memset(key, 'k', 63 + more);
        hass_fail_key(&err, HASS_E_INVALID, key, "%s", text);
        ck_assert_uint_eq(strlen(err.message), 439);
        ck_assert_uint_eq(strlen(err.key), 63);
    }
}
END_TEST

START_TEST(a_message_is_one_line)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass_fail(&err, HASS_E_INVALID, "a\nb\r\nc");
    ck_assert_str_eq(err.message, "a b  c");
}
END_TEST

START_TEST(a_cleared_error_takes_another)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass_fail_key(&err, HASS_E_INVALID, "key", "a");
    hass_error_clear(&err);
    ck_assert_int_eq(err.code, 0);
    ck_assert_str_eq(err.message, "");
    hass_fail(&err, HASS_E_LIMIT, "b");
    ck_assert_str_eq(err.message, "b");
    ck_assert_str_eq(err.key, "");
}
END_TEST

START_TEST(a_copy_obeys_the_first)
{
    struct hass_error from = HASS_ERROR_INIT, to = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_error_copy(&to, &from), 0);
    hass_fail_key(&from, HASS_E_LIMIT, "key", "100%% full");
    ck_assert_int_eq(hass_error_copy(&to, &from), HASS_E_LIMIT);
    ck_assert_str_eq(to.message, "100% full");
    ck_assert_str_eq(to.key, "key");
    hass_error_clear(&to);
    hass_fail(&to, HASS_E_INVALID, "mine");
    hass_error_copy(&to, &from);
    ck_assert_str_eq(to.message, "mine");
}
END_TEST

START_TEST(every_code_has_a_name)
{
    ck_assert_str_eq(hass_error_name(HASS_E_GENERAL), "HASS_E_GENERAL");
    for (int code = HASS_E_FIRST; code >= HASS_E_CONDITION; code--)
        ck_assert_int_eq(strncmp(hass_error_name(code), "HASS_E_", 7), 0);
    ck_assert_str_eq(hass_error_name(HASS_E_CONDITION), "HASS_E_CONDITION");
    ck_assert_str_eq(hass_error_name(-ENOENT), "ENOENT");
    ck_assert_str_eq(hass_error_name(0), "no error");
    ck_assert_str_eq(hass_error_name(-4000), "unknown error");
    ck_assert_str_eq(hass_error_name(HASS_E_CONDITION - 1), "unknown error");
    ck_assert_str_eq(hass_error_name(INT32_MIN), "unknown error");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("error");

    tcase_add_test(tcase, the_first_error_wins);
    tcase_add_test(tcase, no_error_struct_is_allowed);
    tcase_add_test(tcase, a_key_is_kept);
    tcase_add_test(tcase, errno_is_explained);
    tcase_add_test(tcase, a_prefix_goes_in_front);
    tcase_add_loop_test(tcase, a_long_message_is_cut_at_a_character, 0, 4);
    tcase_add_test(tcase, a_message_has_439_bytes_and_a_key_63_at_most);
    tcase_add_test(tcase, a_message_is_one_line);
    tcase_add_test(tcase, a_cleared_error_takes_another);
    tcase_add_test(tcase, a_copy_obeys_the_first);
    tcase_add_test(tcase, every_code_has_a_name);
    return run_tcase("error", tcase);
}
