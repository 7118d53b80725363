/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of pictures: the last two are good, nothing else. */
#include <string.h>

#include <hass/access_token.h>

#include "support/test.h"

START_TEST(nothing_is_valid_before_the_first_renewal)
{
    const struct hass_access_tokens tokens = { 0 };
    char zeros[65];

    memset(zeros, '0', 64);
    zeros[64] = '\0';
    ck_assert(!hass_access_tokens_valid(&tokens, ""));
    ck_assert(!hass_access_tokens_valid(&tokens, zeros));
}
END_TEST

START_TEST(the_last_two_tokens_are_valid)
{
    struct hass_access_tokens tokens = { 0 };
    char first[65], second[65];

    hass_access_tokens_renew(&tokens);
    strcpy(first, tokens.current);
    ck_assert_uint_eq(strspn(first, "0123456789abcdef"), 64);
    ck_assert(hass_access_tokens_valid(&tokens, first));
    hass_access_tokens_renew(&tokens);
    strcpy(second, tokens.current);
    ck_assert_str_ne(first, second);
    ck_assert(hass_access_tokens_valid(&tokens, first));
    ck_assert(hass_access_tokens_valid(&tokens, second));
    hass_access_tokens_renew(&tokens);
    ck_assert(!hass_access_tokens_valid(&tokens, first));
    ck_assert(hass_access_tokens_valid(&tokens, second));
}
END_TEST

START_TEST(other_texts_are_not)
{
    struct hass_access_tokens tokens = { 0 };
    char wrong[70];

    hass_access_tokens_renew(&tokens);
    hass_access_tokens_renew(&tokens);
    for (size_t i = 0; i < 64; i++) {
        strcpy(wrong, tokens.current);
        wrong[i] ^= 1;
        ck_assert(!hass_access_tokens_valid(&tokens, wrong));
    }
    strcpy(wrong, tokens.current);
    strcat(wrong, "0");
    ck_assert(!hass_access_tokens_valid(&tokens, wrong));
    wrong[63] = '\0';
    ck_assert(!hass_access_tokens_valid(&tokens, wrong));
    ck_assert(!hass_access_tokens_valid(&tokens, ""));
}
END_TEST

TEST_MAIN("access tokens", nothing_is_valid_before_the_first_renewal, the_last_two_tokens_are_valid,
          other_texts_are_not)
