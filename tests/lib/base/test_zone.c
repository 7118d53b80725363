/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zone files made by hand: damaged ones, and footers no present zone has.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hass/buf.h>

#include "base/zone.h"
#include "base/zone_rule.h"
#include "golden.h"

static void add_number(struct hass_buf *file, uint64_t number, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        hass_buf_add_char(file, (char)(number >> (8 * i)));
}

static void add_header(struct hass_buf *file, char version, uint32_t times, uint32_t types)
{
    static const char reserved[15];

    hass_buf_add_string(file, "TZif");
    hass_buf_add_char(file, version);
    hass_buf_add(file, reserved, sizeof(reserved));
    add_number(file, 0, 4);
    add_number(file, 0, 4);
    add_number(file, 0, 4);
    add_number(file, times, 4);
    add_number(file, types, 4);
    add_number(file, 4, 4);
}

/* A file of one transition, at @time from UTC to +01:00, with the footer @rule. */
static void make_file(struct hass_buf *file, int64_t time, const char *rule)
{
    add_header(file, '2', 0, 0);
    hass_buf_add(file, "ABC\0", 4);
    add_header(file, '2', 1, 2);
    add_number(file, (uint64_t)time, 8);
    hass_buf_add_char(file, 1);
    add_number(file, 0, 4);
    hass_buf_add(file, "\0\0", 2);
    add_number(file, 3600, 4);
    hass_buf_add(file, "\0\0", 2);
    hass_buf_add(file, "ABC\0", 4);
    hass_buf_printf(file, "\n%s\n", rule);
}

static struct hass_zone *zone_with(const char *rule)
{
    autobuf file = HASS_BUF_INIT;
    struct hass_zone *zone = NULL;

    make_file(&file, 1000, rule);
    ck_assert_int_eq(zone_parse("Test/Zone", file.data, file.length, &zone, NULL), 0);
    return zone;
}

START_TEST(a_footer_may_be_empty)
{
    struct hass_zone *zone = zone_with("");

    ck_assert_int_eq(zone_span_at(zone, 999).offset, 0);
    ck_assert_int_eq(zone_span_at(zone, 1000).offset, 3600);
    ck_assert_int_eq(zone_span_at(zone, INT64_C(1) << 40).offset, 3600);
    hass_zone_unref(zone);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused)
{
    autobuf file = HASS_BUF_INIT;
    struct hass_zone *zone = NULL;

    make_file(&file, 1000, "ABC-1");
    for (size_t length = 0; length < file.length; length++) {
        struct hass_error err = HASS_ERROR_INIT;
        autofree char *copy = malloc(length + 1); // of that size, for the sanitizer
        memcpy(copy, file.data, length);
        ck_assert_int_eq(zone_parse("Test/Zone", copy, length, &zone, &err), HASS_E_INVALID);
        ck_assert_ptr_null(zone);
    }
}
END_TEST

START_TEST(a_file_with_any_byte_changed_does_no_harm)
{
    autobuf file = HASS_BUF_INIT;

    make_file(&file, 1000, "ABC-1YYY,M3.5.0,M10.5.0/3");
    for (size_t i = 0; i < file.length; i++) {
        for (int value = 0; value < 256; value++) {
            struct hass_zone *zone = NULL;
            char old = file.data[i];
            file.data[i] = (char)value;
            if (zone_parse("Test/Zone", file.data, file.length, &zone, NULL) == 0)
                zone_span_at(zone, INT64_C(5000000000));
            hass_zone_unref(zone);
            file.data[i] = old;
        }
    }
}
END_TEST

START_TEST(huge_counts_are_refused)
{
    autobuf file = HASS_BUF_INIT;
    struct hass_zone *zone = NULL;

    add_header(&file, '2', 0, 0);
    hass_buf_add(&file, "ABC\0", 4);
    add_header(&file, '2', UINT32_MAX, UINT32_MAX);
    hass_buf_reserve(&file, 4096);
    ck_assert_int_eq(zone_parse("x", file.data, file.length + 4096, &zone, NULL), HASS_E_INVALID);
}
END_TEST

START_TEST(a_file_has_256_kib_at_most)
{
    char path[] = "/tmp/hass-test-zone-XXXXXX";
    int fd = mkstemp(path);

    for (int more = 0; more < 2; more++) {
        autobuf file = HASS_BUF_INIT;
        ck_assert_int_eq(ftruncate(fd, 262144 + more), 0);
        ck_assert_int_eq(zone_read_file(path, &file), more ? -EFBIG : 0);
        ck_assert_uint_le(file.length, 262144);
    }
    close(fd);
    unlink(path);
}
END_TEST

/* No such zone in both cases, but only a name is looked for. */
START_TEST(a_name_has_128_characters_at_most)
{
    char name[128 + 2];
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_zone *zone = NULL;

    memset(name, 'A', sizeof(name) - 1);
    name[128 + 1] = '\0';
    ck_assert_int_eq(hass_zone_new(name, &zone, &err), HASS_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.message, "is not the name of a time zone"));
    hass_error_clear(&err);
    name[128] = '\0';
    ck_assert_int_eq(hass_zone_new(name, &zone, &err), HASS_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.message, "unknown time zone"));
}
END_TEST

START_TEST(the_old_version_is_refused)
{
    autobuf file = HASS_BUF_INIT;
    struct hass_zone *zone = NULL;

    make_file(&file, 1000, "");
    file.data[4] = '\0';
    ck_assert_int_eq(zone_parse("x", file.data, file.length, &zone, NULL), HASS_E_INVALID);
}
END_TEST

/* 2024-01-01T00:00:00Z and later days of that year. */
static int64_t day_of_2024(int day)
{
    return INT64_C(1704067200) + (day - 1) * INT64_C(86400);
}

static const struct {
    const char *rule;
    int day; /* 1..366 of 2024, at 12:00 UTC */
    int offset;
} rules[] = {
    { "ABC-1", 180, 3600 },
    { "<+0330>-3:30", 180, 12600 },
    { "ABC5YYY,M3.2.0,M11.1.0", 69, -18000 }, // 9 March
    { "ABC5YYY,M3.2.0,M11.1.0", 70, -14400 }, // 10 March at 07:00 UTC
    { "ABC5YYY4:30,M3.2.0,M11.1.0", 100, -16200 },
    { "ABC0YYY,M3.5.0,M10.5.0", 300, 3600 }, // October has four Sundays, the 27th is the last
    { "ABC0YYY,M3.5.0,M10.5.0", 301, 0 },
    { "ABC0YYY,J60/0,J300/0", 60, 0 }, // J60 is the first of March, day 61 in a leap year
    { "ABC0YYY,J60/0,J300/0", 61, 3600 },
    { "ABC0YYY,59/0,300/0", 59, 0 }, // 59 is the 29th of February
    { "ABC0YYY,59/0,300/0", 60, 3600 },
    { "ABC3YYY,0/0,J365/23", 1, -7200 }, // daylight time all the year
    { "ABC3YYY,0/0,J365/23", 180, -7200 },
    { "ABC3YYY,0/0,J365/23", 366, -7200 },
    { "ABC-10YYY,M10.1.0,M4.1.0/3", 10, 39600 }, // southern
    { "ABC-10YYY,M10.1.0,M4.1.0/3", 180, 36000 },
    { "ABC0YYY,M3.4.4/50,M10.4.4/50", 89, 0 }, // 50 hours after a Thursday
    { "ABC0YYY,M3.4.4/50,M10.4.4/50", 91, 3600 },
    { "ABC2YYY1,M3.5.0/-1,M10.5.0/-1", 90, -7200 },
    { "ABC2YYY1,M3.5.0/-1,M10.5.0/-1", 91, -3600 },
};

START_TEST(a_rule_gives_this_offset)
{
    struct hass_zone *zone = zone_with(rules[_i].rule);
    int64_t noon = day_of_2024(rules[_i].day) + 43200;
    struct zone_span span = zone_span_at(zone, noon);

    ck_assert_int_eq(span.offset, rules[_i].offset);
    ck_assert(span.start <= noon && noon < span.end);
    hass_zone_unref(zone);
}
END_TEST

START_TEST(a_rule_repeats_for_ever)
{
    struct hass_zone *zone = zone_with("ABC5YYY,M3.2.0,M11.1.0");
    const int64_t period = INT64_C(146097) * 86400;

    for (int64_t time = day_of_2024(1); time < day_of_2024(366); time += 7200) {
        struct zone_span now = zone_span_at(zone, time);
        struct zone_span later = zone_span_at(zone, time + 5 * period);
        ck_assert_int_eq(later.offset, now.offset);
        ck_assert_int_eq(later.start, now.start + 5 * period);
        ck_assert_int_eq(later.end, now.end + 5 * period);
    }
    hass_zone_unref(zone);
}
END_TEST

static const char *const bad_rules[] = {
    "",
    "X1",
    "ABC",
    "ABC25",
    "ABC1:60",
    "ABC1YYY",
    "ABC1YYY,",
    "ABC1YYY,M3.2.0",
    "ABC1YYY,M3.2.0,",
    "ABC1YYY,M13.2.0,M11.1.0",
    "ABC1YYY,M3.6.0,M11.1.0",
    "ABC1YYY,M3.0.0,M11.1.0",
    "ABC1YYY,M3.2.7,M11.1.0",
    "ABC1YYY,J0,J1",
    "ABC1YYY,J366,J1",
    "ABC1YYY,366,1",
    "ABC1YYY,M3.2.0,M11.1.0x",
    "ABC1YYY,M3.2.0/168,M11.1.0",
    "ABC1YYY,M3.2.0/,M11.1.0",
    "<ABC1",
    "ABC99999999999999999999",
};

START_TEST(a_bad_rule_is_refused)
{
    struct zone_rule rule;

    ck_assert(!zone_rule_parse(bad_rules[_i], &rule));
}
END_TEST

/* As Python's zoneinfo has them. */
static const struct {
    const char *zone;
    int64_t time;
    const char *name;
    int offset, saving;
} names[] = {
    { "Europe/Berlin", INT64_C(-2429784000), "LMT", 3208, 0 },
    { "Europe/Berlin", INT64_C(-1690977600), "CEST", 7200, 3600 },
    { "Europe/Berlin", INT64_C(-776433600), "CEMT", 10800, 3600 },
    { "Europe/Berlin", INT64_C(-712756800), "CEMT", 10800, 3600 },
    { "Europe/Berlin", INT64_C(268142400), "CET", 3600, 0 },
    { "Europe/Berlin", INT64_C(1705320000), "CET", 3600, 0 },
    { "Europe/Berlin", INT64_C(1721044800), "CEST", 7200, 3600 },
    { "Europe/Berlin", INT64_C(4118126400), "CEST", 7200, 3600 },
    { "Europe/Dublin", INT64_C(-1688385600), "IST", 2079, 3600 },
    { "Europe/Dublin", INT64_C(15681600), "IST", 3600, 0 },
    { "Europe/Dublin", INT64_C(1705320000), "GMT", 0, -3600 },
    { "Europe/Dublin", INT64_C(1721044800), "IST", 3600, 0 },
    { "Europe/Dublin", INT64_C(2524651200), "GMT", 0, -3600 },
    { "Asia/Kathmandu", INT64_C(315576000), "+0530", 19800, 0 },
    { "Asia/Kathmandu", INT64_C(1705320000), "+0545", 20700, 0 },
    { "Australia/Lord_Howe", INT64_C(378734400), "+1130", 41400, 3600 },
    { "Australia/Lord_Howe", INT64_C(1705320000), "+11", 39600, 1800 },
    { "Australia/Lord_Howe", INT64_C(1721044800), "+1030", 37800, 0 },
    { "Australia/Lord_Howe", INT64_C(2841393600), "+11", 39600, 1800 },
    { "America/New_York", INT64_C(-807364800), "EWT", -14400, 3600 },
    { "America/New_York", INT64_C(-767880000), "EPT", -14400, 3600 },
    { "America/New_York", INT64_C(1721044800), "EDT", -14400, 3600 },
    { "America/New_York", INT64_C(1733054400), "EST", -18000, 0 },
    { "Africa/Casablanca", INT64_C(1705320000), "+01", 3600, 0 },
    { "Africa/Casablanca", INT64_C(1710936000), "+00", 0, -3600 },
    { "America/Sao_Paulo", INT64_C(1546344000), "-02", -7200, 3600 },
    { "America/Sao_Paulo", INT64_C(1705320000), "-03", -10800, 0 },
    { "Pacific/Apia", INT64_C(1325160000), "-10", -36000, 3600 },
    { "Pacific/Apia", INT64_C(1325419200), "+14", 50400, 3600 },
    { "Antarctica/Troll", INT64_C(1705320000), "+00", 0, 0 },
    { "Antarctica/Troll", INT64_C(1721044800), "+02", 7200, 7200 },
    { "UTC", INT64_C(1704110400), "UTC", 0, 0 },
    { "Europe/London", INT64_C(-899467200), "BDST", 7200, 3600 },
    { "Europe/London", INT64_C(-31492800), "BST", 3600, 0 },
    { "Europe/London", INT64_C(1717243200), "BST", 3600, 3600 },
};

START_TEST(a_span_has_a_name_and_its_daylight_saving)
{
    struct hass_zone *zone = NULL;

    ck_assert_int_eq(hass_zone_new(names[_i].zone, &zone, NULL), 0);
    struct zone_span span = zone_span_at(zone, names[_i].time);
    ck_assert_str_eq(span.name, names[_i].name);
    ck_assert_int_eq(span.offset, names[_i].offset);
    ck_assert_int_eq(span.saving, names[_i].saving);
    hass_zone_unref(zone);
}
END_TEST

START_TEST(a_long_abbreviation_is_cut)
{
    struct hass_zone *zone = zone_with("<ABCDEFGHIJKLMNOPQRSTUVWXYZ>-1");

    ck_assert_str_eq(zone_span_at(zone, 5000).name, "ABCDEFGHIJKLMNO");
    hass_zone_unref(zone);
}
END_TEST

START_TEST(no_zone_is_called_utc)
{
    ck_assert_str_eq(zone_span_at(NULL, 0).name, "UTC");
    ck_assert_int_eq(zone_span_at(NULL, 0).saving, 0);
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(tcase, test, 0, sizeof(table) / sizeof(*(table)))

int main(void)
{
    TCase *tcase = tcase_create("zone");

    tcase_add_test(tcase, a_footer_may_be_empty);
    tcase_add_test(tcase, a_file_cut_anywhere_is_refused);
    tcase_add_test(tcase, a_file_with_any_byte_changed_does_no_harm);
    tcase_add_test(tcase, huge_counts_are_refused);
    tcase_add_test(tcase, a_file_has_256_kib_at_most);
    tcase_add_test(tcase, a_name_has_128_characters_at_most);
    tcase_add_test(tcase, the_old_version_is_refused);
    LOOP(a_rule_gives_this_offset, rules);
    tcase_add_test(tcase, a_rule_repeats_for_ever);
    LOOP(a_bad_rule_is_refused, bad_rules);
    LOOP(a_span_has_a_name_and_its_daylight_saving, names);
    tcase_add_test(tcase, a_long_abbreviation_is_cut);
    tcase_add_test(tcase, no_zone_is_called_utc);
    return run_tcase("zone", tcase);
}
