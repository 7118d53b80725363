/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time, their fields in zones with gaps, folds and half hours, and their texts.
 */
#include <string.h>

#include <hass/dt.h>

#include "base/civil.h"
#include "base/dt_parse.h"
#include "golden.h"

static struct hass_zone *zone_of(const char *name)
{
    struct hass_zone *zone = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(hass_zone_new(name, &zone, &err) == 0, "%s: %s", name, err.message);
    return zone;
}

static int64_t parse_utc(const char *text)
{
    int64_t time;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_msg(hass_dt_parse(text, NULL, &time, &err) == 0, "%s: %s", text, err.message);
    return time;
}

/* to local */

static const struct {
    const char *zone;
    const char *utc;
    const char *local;
    int fold;
} locals[] = {
    { "UTC", "2024-03-05T10:00:00Z", "2024-03-05T10:00:00+00:00", 0 },
    { "Europe/Berlin", "2024-01-15T12:00:00Z", "2024-01-15T13:00:00+01:00", 0 },
    { "Europe/Berlin", "2024-07-15T12:00:00Z", "2024-07-15T14:00:00+02:00", 0 },
    { "Europe/Berlin", "2024-03-31T00:59:59.999999Z", "2024-03-31T01:59:59.999999+01:00", 0 },
    { "Europe/Berlin", "2024-03-31T01:00:00Z", "2024-03-31T03:00:00+02:00", 0 },
    { "Europe/Berlin", "2024-10-27T00:59:59Z", "2024-10-27T02:59:59+02:00", 0 },
    { "Europe/Berlin", "2024-10-27T01:00:00Z", "2024-10-27T02:00:00+01:00", 1 },
    { "Europe/Berlin", "2024-10-27T01:59:59Z", "2024-10-27T02:59:59+01:00", 1 },
    { "Europe/Berlin", "2024-10-27T02:00:00Z", "2024-10-27T03:00:00+01:00", 0 },
    { "Europe/Berlin", "1890-01-01T00:00:00Z", "1890-01-01T00:53:28+00:53:28", 0 },
    { "Europe/Berlin", "2100-07-01T00:00:00Z", "2100-07-01T02:00:00+02:00", 0 },
    { "Europe/Berlin", "2100-12-01T00:00:00Z", "2100-12-01T01:00:00+01:00", 0 },
    { "Europe/Berlin", "2999-07-01T00:00:00Z", "2999-07-01T02:00:00+02:00", 0 },
    { "America/New_York", "2024-03-10T06:59:59Z", "2024-03-10T01:59:59-05:00", 0 },
    { "America/New_York", "2024-03-10T07:00:00Z", "2024-03-10T03:00:00-04:00", 0 },
    { "America/New_York", "2024-11-03T06:00:00Z", "2024-11-03T01:00:00-05:00", 1 },
    { "America/New_York", "2100-11-07T05:59:59Z", "2100-11-07T01:59:59-04:00", 0 },
    { "America/New_York", "2100-11-07T06:00:00Z", "2100-11-07T01:00:00-05:00", 1 },
    { "Australia/Lord_Howe", "2024-01-01T00:00:00Z", "2024-01-01T11:00:00+11:00", 0 },
    { "Australia/Lord_Howe", "2024-07-01T00:00:00Z", "2024-07-01T10:30:00+10:30", 0 },
    { "Australia/Lord_Howe", "2024-04-06T15:00:00Z", "2024-04-07T01:30:00+10:30", 1 },
    { "Australia/Lord_Howe", "2024-04-06T15:30:00Z", "2024-04-07T02:00:00+10:30", 0 },
    { "Asia/Kolkata", "2024-01-01T00:00:00Z", "2024-01-01T05:30:00+05:30", 0 },
    { "Asia/Kathmandu", "2024-01-01T00:00:00Z", "2024-01-01T05:45:00+05:45", 0 },
    { "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00", 0 },
    { "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00", 0 },
    { "Europe/Dublin", "2100-07-01T00:00:00Z", "2100-07-01T01:00:00+01:00", 0 },
    { "Europe/Dublin", "2100-01-01T00:00:00Z", "2100-01-01T00:00:00+00:00", 0 },
    { "America/Nuuk", "2100-07-01T00:00:00Z", "2100-06-30T23:00:00-01:00", 0 },
    { "Asia/Tokyo", "2100-07-01T00:00:00Z", "2100-07-01T09:00:00+09:00", 0 },
    { "Etc/GMT-14", "2024-01-01T00:00:00Z", "2024-01-01T14:00:00+14:00", 0 },
};

START_TEST(a_time_has_these_local_fields)
{
    struct hass_zone *zone = zone_of(locals[_i].zone);
    int64_t time = parse_utc(locals[_i].utc);
    char text[HASS_DT_TEXT];
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_iso(time, zone, text);
    ck_assert_str_eq(text, locals[_i].local);
    hass_dt_local(time, zone, &local);
    ck_assert_int_eq(local.fold, locals[_i].fold);
    hass_zone_unref(zone);
}
END_TEST

START_TEST(the_way_back_gives_the_same_time)
{
    struct hass_zone *zone = zone_of(locals[_i].zone);
    int64_t time = parse_utc(locals[_i].utc), back;
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(time, zone, &local);
    ck_assert_int_eq(hass_dt_utc(&local, zone, &back), 0);
    ck_assert_int_eq(back, time);
    ck_assert_int_eq(local.weekday,
                     civil_weekday(civil_to_days(local.year, local.month, local.day)));
    hass_zone_unref(zone);
}
END_TEST

/* Every 17 hours and a bit of two centuries, in zones of all kinds. */
START_TEST(every_time_survives_the_way_there_and_back)
{
    static const char *const names[] = { "Europe/Berlin",       "America/New_York",
                                         "Australia/Lord_Howe", "Africa/Casablanca",
                                         "Europe/Dublin",       "Pacific/Apia" };
    struct hass_zone *zone = zone_of(names[_i]);
    int64_t step = 61234567890;

    for (int64_t time = parse_utc("1925-01-01T00:00:00Z"); time < parse_utc("2125-01-01T00:00:00Z");
         time += step) {
        struct hass_dt local = { .size = sizeof(local) };
        int64_t back;
        hass_dt_local(time, zone, &local);
        ck_assert_int_eq(hass_dt_utc(&local, zone, &back), 0);
        ck_assert_int_eq(back, time);
    }
    hass_zone_unref(zone);
}
END_TEST

/* to UTC */

static const struct {
    const char *zone;
    const char *local; /* without offset */
    const char *first;
    const char *second; /* with fold */
    int gap;
} wall_times[] = {
    { "Europe/Berlin", "2024-10-27T02:30:00", "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z", 0 },
    { "Europe/Berlin", "2024-10-27T03:00:00", "2024-10-27T02:00:00Z", "2024-10-27T02:00:00Z", 0 },
    { "Europe/Berlin", "2024-03-31T02:00:00", "2024-03-31T01:00:00Z", "2024-03-31T01:00:00Z", 1 },
    { "Europe/Berlin", "2024-03-31T02:30:00", "2024-03-31T01:30:00Z", "2024-03-31T01:30:00Z", 1 },
    { "Europe/Berlin", "2024-03-31T03:00:00", "2024-03-31T01:00:00Z", "2024-03-31T01:00:00Z", 0 },
    { "America/New_York", "2024-03-10T02:30:00", "2024-03-10T07:30:00Z", "2024-03-10T07:30:00Z",
      1 },
    { "America/New_York", "2100-11-07T01:30:00", "2100-11-07T05:30:00Z", "2100-11-07T06:30:00Z",
      0 },
    { "Australia/Lord_Howe", "2024-10-06T02:15:00", "2024-10-05T15:45:00Z", "2024-10-05T15:45:00Z",
      1 },
    { "Australia/Lord_Howe", "2024-04-07T01:45:00", "2024-04-06T14:45:00Z", "2024-04-06T15:15:00Z",
      0 },
    { "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z", "2011-12-30T22:00:00Z", 1 },
    { "UTC", "2024-03-31T02:30:00", "2024-03-31T02:30:00Z", "2024-03-31T02:30:00Z", 0 },
};

START_TEST(a_wall_time_is_these_points_in_time)
{
    struct hass_zone *zone = zone_of(wall_times[_i].zone);
    struct hass_dt local = { .size = sizeof(local) };
    int64_t time;

    hass_dt_local(parse_utc(wall_times[_i].local), NULL, &local);
    ck_assert_int_eq(hass_dt_utc(&local, zone, &time), wall_times[_i].gap);
    ck_assert_int_eq(time, parse_utc(wall_times[_i].first));
    local.fold = 1;
    ck_assert_int_eq(hass_dt_utc(&local, zone, &time), wall_times[_i].gap);
    ck_assert_int_eq(time, parse_utc(wall_times[_i].second));
    hass_zone_unref(zone);
}
END_TEST

/* zones */

static const char *const bad_names[] = {
    "",
    "Nowhere/Town",
    "../etc/passwd",
    "/etc/localtime",
    "Europe/../UTC",
    "Europe",
    "Europe/",
    "./UTC",
    "Europe//Berlin",
    "zone.tab",
    "tzdata.zi",
    "UTC\n",
    "Europe/Berlin\xff",
    ".",
    "a/.hidden",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

START_TEST(a_bad_zone_name_is_not_found)
{
    struct hass_zone *zone = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_zone_new(bad_names[_i], &zone, &err), HASS_E_NOT_FOUND);
    ck_assert_int_eq(err.code, HASS_E_NOT_FOUND);
    ck_assert_ptr_null(zone);
}
END_TEST

START_TEST(a_zone_is_counted_and_knows_its_name)
{
    struct hass_zone *zone = zone_of("Europe/Berlin");

    ck_assert_ptr_eq(hass_zone_ref(zone), zone);
    hass_zone_unref(zone);
    ck_assert_str_eq(hass_zone_name(zone), "Europe/Berlin");
    ck_assert_ptr_null(hass_zone_unref(zone));
    ck_assert_ptr_null(hass_zone_unref(NULL));
    ck_assert_str_eq(hass_zone_name(NULL), "UTC");
}
END_TEST

/* texts */

static const struct {
    int64_t time;
    const char *text;
} isos[] = {
    { 0, "1970-01-01T00:00:00+00:00" },
    { -1, "1969-12-31T23:59:59.999999+00:00" },
    { 1709632800000001, "2024-03-05T10:00:00.000001+00:00" },
    { 1709632800100000, "2024-03-05T10:00:00.100000+00:00" },
    { 253402300799999999, "9999-12-31T23:59:59.999999+00:00" },
    { -62135596800000000, "0001-01-01T00:00:00+00:00" },
    { INT64_MAX, "294247-01-10T04:00:54.775807+00:00" },
    { INT64_MIN, "-290308-12-21T19:59:05.224192+00:00" },
};

START_TEST(iso_is_written_like_the_models)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(isos[_i].time, NULL, text);
    ck_assert_str_eq(text, isos[_i].text);
}
END_TEST

START_TEST(texts_are_read_as_the_model_does)
{
    json_t *cases = load_golden("datetimes.json");
    size_t i;
    json_t *one;

    json_array_foreach(cases, i, one) {
        const char *text = json_string_value(json_array_get(one, 0));
        const char *expected = json_string_value(json_array_get(one, 1));
        struct hass_error err = HASS_ERROR_INIT;
        int64_t time = 42;
        int result = hass_dt_parse(text, NULL, &time, &err);
        if (expected) {
            ck_assert_msg(result == 0, "\"%s\": %s", text, err.message);
            ck_assert_msg(time == parse_utc(expected), "\"%s\"", text);
        } else {
            ck_assert_msg(result == HASS_E_INVALID && err.code == result && time == 42, "\"%s\"",
                          text);
        }
    }
    json_decref(cases);
}
END_TEST

static const char *const garbage[] = {
    "2024",
    "202",
    "2024-",
    "2024-0",
    "2024-1",
    "2024-01-",
    "2024-01-15T",
    "2024-01-15 ",
    "2024-01-15T1",
    "2024-01-15T10:",
    "2024-01-15T10:2:",
    "2024-01-15T10:20:30.",
    "2024-01-15T10:20:30.x",
    "2024-01-15T10:20:30+",
    "2024-01-15T10:20:30+1",
    "2024-01-15T10:20:30+01:",
    "2024-01-15T10:20:30+01:0",
    "2024-01-15T10:20:30+24:00",
    "2024-01-15T10:20:30+01:60",
    "2024-01-15T10:20:30Zx",
    "2024-01-15T10:20:30ZZ",
    "2024-01-15T24:00:01",
    "2024-01-15T10:20:60",
    "0000-01-15T10:20:30",
    "2023-02-29",
    "2024-00-01",
    "2024-01-00",
    "-2024-01-01",
    "+2024-01-01",
    " 2024-01-01",
    "2024-01-01T-1:00:00",
    "20240115T1",
    "20240115T102",
    "202401",
    "99999999999999999999",
    "\xff\xff\xff\xff-01-01",
};

START_TEST(garbage_is_no_time)
{
    struct hass_error err = HASS_ERROR_INIT;
    int64_t time = 42;

    ck_assert_int_eq(hass_dt_parse(garbage[_i], NULL, &time, &err), HASS_E_INVALID);
    ck_assert_int_eq(err.code, HASS_E_INVALID);
    ck_assert_int_eq(time, 42);
    ck_assert_int_eq(hass_dt_parse(garbage[_i], NULL, &time, NULL), HASS_E_INVALID);
}
END_TEST

START_TEST(a_text_without_offset_is_in_the_zone)
{
    struct hass_zone *zone = zone_of("Europe/Berlin");
    int64_t time;

    ck_assert_int_eq(hass_dt_parse("2024-07-01T12:00:00", zone, &time, NULL), 0);
    ck_assert_int_eq(time, parse_utc("2024-07-01T10:00:00Z"));
    ck_assert_int_eq(hass_dt_parse("2024-07-01T12:00:00-01:00", zone, &time, NULL), 0);
    ck_assert_int_eq(time, parse_utc("2024-07-01T13:00:00Z"));
    hass_zone_unref(zone);
}
END_TEST

START_TEST(every_day_of_the_calendar_survives)
{
    int64_t previous = civil_to_days(1, 1, 1) - 1;
    int64_t year;
    int month, day;

    for (int64_t days = previous + 1; days < civil_to_days(2401, 1, 1); days++) {
        civil_from_days(days, &year, &month, &day);
        if (day < 1 || day > civil_days_in_month(year, month) ||
            civil_to_days(year, month, day) != days)
            ck_abort_msg("day %lld became %d-%d-%d", (long long)days, (int)year, month, day);
    }
    civil_from_days(-1, &year, &month, &day);
    ck_assert(year == 1969 && month == 12 && day == 31);
    ck_assert_int_eq(civil_weekday(0), 3);
    ck_assert_int_eq(civil_weekday(-1), 2);
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(tcase, test, 0, sizeof(table) / sizeof(*(table)))

static const struct {
    const char *text;
    int year, month, day; /* year 0: refused */
} days[] = {
    { "2024-02-29", 2024, 2, 29 },
    { "2024-2-9", 2024, 2, 9 },
    { "0999-12-31", 999, 12, 31 },
    { "2023-02-29", 0, 0, 0 },
    { "24-01-01", 0, 0, 0 },
    { "0000-01-01", 0, 0, 0 },
    { "2024-01", 0, 0, 0 },
    { "2024-01-01T00", 0, 0, 0 },
    { "20240101", 0, 0, 0 },
    { " 2024-01-01", 0, 0, 0 },
    { "", 0, 0, 0 },
};

START_TEST(a_day_is_read_with_or_without_zeros)
{
    struct hass_dt day = { 0 };

    ck_assert(dt_parse_date(days[_i].text, &day) == (days[_i].year != 0));
    ck_assert_int_eq(day.year, days[_i].year);
    ck_assert_int_eq(day.month, days[_i].month);
    ck_assert_int_eq(day.day, days[_i].day);
}
END_TEST

static const struct {
    const char *text;
    int second; /* of the day; -1: refused */
} clocks[] = {
    { "10:20", 37200 },  { "7:5", 25500 },     { " 10 : 20 ", 37200 },
    { "+1:-0", 3600 },   { "0007:05", 25500 }, { "23:59:59", 86399 },
    { "1:2:3:x", 3723 }, { "24:00", -1 },      { "1:60", -1 },
    { "1:0:60", -1 },    { "-1:00", -1 },      { "10", -1 },
    { "10:", -1 },       { ":10", -1 },        { "10:20:30.5", -1 },
    { "1 0:00", -1 },    { "a:b", -1 },        { "99999:00", -1 },
    { "", -1 },
};

START_TEST(a_clock_is_read_as_python_reads_numbers)
{
    struct hass_dt clock = { 0 };
    bool good = dt_parse_time(clocks[_i].text, &clock);

    ck_assert_int_eq(good ? clock.hour * 3600 + clock.minute * 60 + clock.second : -1,
                     clocks[_i].second);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dt");

    LOOP(a_time_has_these_local_fields, locals);
    LOOP(the_way_back_gives_the_same_time, locals);
    tcase_add_loop_test(tcase, every_time_survives_the_way_there_and_back, 0, 6);
    LOOP(a_wall_time_is_these_points_in_time, wall_times);
    LOOP(a_bad_zone_name_is_not_found, bad_names);
    tcase_add_test(tcase, a_zone_is_counted_and_knows_its_name);
    LOOP(iso_is_written_like_the_models, isos);
    tcase_add_test(tcase, texts_are_read_as_the_model_does);
    LOOP(garbage_is_no_time, garbage);
    tcase_add_test(tcase, a_text_without_offset_is_in_the_zone);
    tcase_add_test(tcase, every_day_of_the_calendar_survives);
    tcase_add_loop_test(tcase, a_day_is_read_with_or_without_zeros, 0,
                        sizeof(days) / sizeof(*days));
    tcase_add_loop_test(tcase, a_clock_is_read_as_python_reads_numbers, 0,
                        sizeof(clocks) / sizeof(*clocks));
    return run_tcase("dt", tcase);
}
