/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8, and the ULIDs and random numbers beside it.
 */
#include <string.h>

#include "base/random.h"
#include "base/ulid.h"
#include "base/utf8.h"
#include "golden.h"

static const struct {
    const char *text;
    size_t characters; /* 0: malformed */
} texts[] = {
    { "a", 1 },
    { "plain ASCII, longer than eight", 30 },
    { "Größe", 5 },
    { "€uro", 4 },
    { "a😀b", 3 },
    { "\xf4\x8f\xbf\xbf", 1 },
    { "12345678ü", 9 },
    { "\x80", 0 },
    { "\xc3", 0 },
    { "\xc0\x80", 0 },
    { "\xc1\xbf", 0 },
    { "\xe0\x80\x80", 0 },
    { "\xe0\x9f\xbf", 0 },
    { "\xed\xa0\x80", 0 },
    { "\xf0\x8f\xbf\xbf", 0 },
    { "\xf4\x90\x80\x80", 0 },
    { "\xf5\x80\x80\x80", 0 },
    { "\xff", 0 },
    { "\xe2\x82", 0 },
    { "\xf0\x9f\x98", 0 },
    { "\xe2\x28\xa1", 0 },
    { "12345678\xc3", 0 },
    { "1234567\xff", 0 },
};

START_TEST(only_well_formed_text_is_valid)
{
    size_t length = strlen(texts[_i].text);

    ck_assert_int_eq(utf8_valid(texts[_i].text, length), texts[_i].characters != 0);
    if (texts[_i].characters)
        ck_assert_uint_eq(utf8_count(texts[_i].text, length), texts[_i].characters);
}
END_TEST

START_TEST(nothing_is_valid)
{
    ck_assert(utf8_valid("", 0));
    ck_assert_uint_eq(utf8_count("", 0), 0);
    ck_assert(utf8_valid("a\0b", 3));
}
END_TEST

START_TEST(every_character_survives_encoding)
{
    for (uint32_t c = 0; c < 0x110000; c++) {
        char bytes[4];
        uint32_t back;
        if (c >= 0xd800 && c < 0xe000)
            continue;
        size_t size = utf8_encode(c, bytes);
        if (utf8_decode(bytes, size, &back) != size || back != c)
            ck_abort_msg("U+%04X is lost", c);
        if (size > 1 && utf8_decode(bytes, size - 1, &back) != 0)
            ck_abort_msg("U+%04X is read though cut off", c);
    }
}
END_TEST

START_TEST(what_is_no_character_becomes_the_replacement)
{
    char bytes[4];

    ck_assert_uint_eq(utf8_encode(0xd800, bytes), 3);
    ck_assert_int_eq(memcmp(bytes, "\xef\xbf\xbd", 3), 0);
    ck_assert_uint_eq(utf8_encode(0x110000, bytes), 3);
}
END_TEST

START_TEST(text_is_cut_between_characters)
{
    const char *text = "aä€😀";
    static const size_t cuts[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };

    for (size_t limit = 0; limit < sizeof(cuts) / sizeof(*cuts); limit++)
        ck_assert_uint_eq(utf8_cut(text, strlen(text), limit), cuts[limit]);
    // Malformed: no character has so many bytes, so nothing is lost by cutting here.
    ck_assert_uint_eq(utf8_cut("a\x80\x80\x80\x80\x80\x80", 7, 6), 6);
}
END_TEST

START_TEST(only_ascii_is_lowered)
{
    char text[] = "ABC xyz [@] ÄÖ Z";

    ascii_lower(text);
    ck_assert_str_eq(text, "abc xyz [@] ÄÖ z");
}
END_TEST

/* ULID */

START_TEST(a_ulid_carries_its_time)
{
    struct ulid ulid;
    char text[ULID_TEXT];

    ulid_make(1469918176385000, &ulid);
    ulid_encode(&ulid, text);
    ck_assert_uint_eq(strlen(text), 26);
    ck_assert_int_eq(strncmp(text, "01ARYZ6S41", 10), 0);
}
END_TEST

START_TEST(a_ulid_survives_its_text)
{
    for (int i = 0; i < 1000; i++) {
        struct ulid ulid, back;
        char text[ULID_TEXT];
        ulid_make(1709632800000000 + i * INT64_C(1000), &ulid);
        ulid_encode(&ulid, text);
        ck_assert(ulid_decode(text, &back));
        ck_assert_mem_eq(&ulid, &back, sizeof(ulid));
        ascii_lower(text);
        ck_assert(ulid_decode(text, &back));
        ck_assert_mem_eq(&ulid, &back, sizeof(ulid));
    }
}
END_TEST

START_TEST(ulids_sort_by_time_and_differ)
{
    char before[ULID_TEXT] = "", text[ULID_TEXT];
    struct ulid ulid;

    for (int i = 0; i < 1000; i++) {
        ulid_make(1709632800000000 + i * INT64_C(1000), &ulid);
        ulid_encode(&ulid, text);
        ck_assert_int_gt(strcmp(text, before), 0);
        strcpy(before, text);
    }
    ulid_make(1709632800000000 + 999 * INT64_C(1000), &ulid);
    ulid_encode(&ulid, text);
    ck_assert_int_eq(strncmp(text, before, 10), 0);
    ck_assert_str_ne(text, before);
}
END_TEST

START_TEST(the_limits_of_a_ulid)
{
    struct ulid ulid;
    char text[ULID_TEXT];

    memset(&ulid, 0xff, sizeof(ulid));
    ulid_encode(&ulid, text);
    ck_assert_str_eq(text, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    memset(&ulid, 0, sizeof(ulid));
    ulid_encode(&ulid, text);
    ck_assert_str_eq(text, "00000000000000000000000000");
    ulid_make(-1, &ulid);
    ulid_encode(&ulid, text);
    ck_assert_int_eq(strncmp(text, "0000000000", 10), 0);
}
END_TEST

START_TEST(what_is_no_ulid_is_refused)
{
    static const char *const bad[] = {
        "",
        "01ARYZ6S41TSV4RRFFQ69G5FA",
        "01ARYZ6S41TSV4RRFFQ69G5FAVX",
        "81ARYZ6S41TSV4RRFFQ69G5FAV",
        "01ARYZ6S41TSV4RRFFQ69G5FA!",
        "01ARYZ6S41TSV4RRFFQ69G5FAU",
        "01ARYZ6S41TSV4RRFFQ69G5F\xc3\xa4",
        "01ARYZ6S41 TSV4RRFFQ69G5FA",
    };
    struct ulid ulid;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_msg(!ulid_decode(bad[i], &ulid), "\"%s\"", bad[i]);
}
END_TEST

START_TEST(random_numbers_use_all_bits)
{
    uint64_t ones = 0, zeros = 0;

    for (int i = 0; i < 200; i++) {
        uint64_t number = random_u64();
        ones |= number;
        zeros |= ~number;
    }
    ck_assert_uint_eq(ones, UINT64_MAX);
    ck_assert_uint_eq(zeros, UINT64_MAX);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("utf8");

    tcase_add_loop_test(tcase, only_well_formed_text_is_valid, 0, sizeof(texts) / sizeof(*texts));
    tcase_add_test(tcase, nothing_is_valid);
    tcase_add_test(tcase, every_character_survives_encoding);
    tcase_add_test(tcase, what_is_no_character_becomes_the_replacement);
    tcase_add_test(tcase, text_is_cut_between_characters);
    tcase_add_test(tcase, only_ascii_is_lowered);
    tcase_add_test(tcase, a_ulid_carries_its_time);
    tcase_add_test(tcase, a_ulid_survives_its_text);
    tcase_add_test(tcase, ulids_sort_by_time_and_differ);
    tcase_add_test(tcase, the_limits_of_a_ulid);
    tcase_add_test(tcase, what_is_no_ulid_is_refused);
    tcase_add_test(tcase, random_numbers_use_all_bits);
    return run_tcase("utf8", tcase);
}
