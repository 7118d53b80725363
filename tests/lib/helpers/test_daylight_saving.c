/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers and waits over days on which the clock is put forward or back, and over whole years. What is wanted is computed by the C library,
 * minute by minute: a time that is left out does not fire, one that comes twice fires twice.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hass/config.h>
#include <hass/dt.h>

#include "support/cases.h"
#include "support/script.h"
#include "support/triggers.h"

#define DAY 86400

/* One in whose gap is midnight, and one whose gap is half an hour. */
static const struct place {
    const char *zone;
    int year;
} places[] = {
    { "Europe/Amsterdam", 2026 },
    { "America/New_York", 2026 },
    { "Australia/Lord_Howe", 2026 },
    { "America/Sao_Paulo", 2018 },
};

/* what the C library says */

static void use_zone(const char *zone)
{
    ck_assert_int_eq(setenv("TZ", zone, 1), 0);
    tzset();
}

static time_t new_year(int year)
{
    struct tm first = { .tm_year = year - 1900, .tm_mday = 1, .tm_isdst = -1 };

    return mktime(&first);
}

static long offset_at(time_t time)
{
    struct tm local;

    localtime_r(&time, &local);
    return local.tm_gmtoff;
}

/* The year's @number-th change, to the minute. */
static time_t change_of(const struct place *place, int number)
{
    time_t time = new_year(place->year);

    for (time_t end = time + 366 * DAY; time < end; time += 60)
        if (offset_at(time) != offset_at(time - 60) && number-- == 0)
            return time;
    ck_abort_msg("%s has no such change", place->zone);
}

/* home */

static HASS__ANALYSIS(assert_capability(hass_loop)) struct hass *home_at(const char *zone,
                                                                         time_t time)
{
    (void)test_hass_at(time * HASS_USEC_PER_SEC);
    struct hass *hass = script_home();

    ck_assert_int_eq(hass_config_async_update(hass, json_pack("{s:s}", "time_zone", zone), NULL),
                     0);
    return hass;
}

/* Fails unless it fired whenever one of the times of day (minutes; -1 ends them) came, after @from and up to @to. */
static void check_times(const struct fired *fired, const int *minutes, time_t from, time_t to)
{
    size_t count = 0;

    for (time_t time = from + 60; time <= to; time += 60) {
        struct tm local;
        localtime_r(&time, &local);
        for (const int *minute = minutes; *minute >= 0; minute++) {
            if (*minute != local.tm_hour * 60 + local.tm_min)
                continue;
            ck_assert_msg(fired_at(fired, count) == (double)(time - from),
                          "firing %zu is at %g instead of %ld, %02d:%02d on %d-%02d-%02d", count,
                          fired_at(fired, count), (long)(time - from), local.tm_hour, local.tm_min,
                          local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
            count++;
        }
    }
    ck_assert_uint_eq(fired_count(fired), count);
}

/* days */

static const struct day {
    struct place place;
    int change;
} days[] = {
    { { "Europe/Amsterdam", 2026 }, 0 },    { { "Europe/Amsterdam", 2026 }, 1 },
    { { "America/New_York", 2026 }, 0 },    { { "America/New_York", 2026 }, 1 },
    { { "Australia/Lord_Howe", 2026 }, 0 }, { { "Australia/Lord_Howe", 2026 }, 1 },
    { { "America/Sao_Paulo", 2018 }, 0 },   { { "America/Sao_Paulo", 2018 }, 1 },
};

static time_t begin_day(const struct day *day)
{
    use_zone(day->place.zone);
    return change_of(&day->place, day->change);
}

START_TEST(each_quarter_of_an_hour_that_there_is_fires)
{
    time_t change = begin_day(&days[_i]), from = change - DAY - 60;
    struct hass *hass = home_at(days[_i].place.zone, from);
    autojson *config = json_pack("{s:s, s:[]}", "trigger", "time", "at");
    int minutes[97] = { 0 };

    for (int i = 0; i < 96; i++) {
        minutes[i] = i * 15;
        json_array_append_new(json_object_get(config, "at"),
                              json_sprintf("%02d:%02d", i / 4, i % 4 * 15));
    }
    minutes[96] = -1;
    autofree char *text = json_dumps(config, 0);
    struct fired *times = triggers_attach(hass, text);
    struct fired *pattern = triggers_attach(hass, "{'trigger': 'time_pattern', 'minutes': '/15'}");
    test_advance(hass, 2 * DAY);
    check_times(times, minutes, from, from + 2 * DAY);
    check_times(pattern, minutes, from, from + 2 * DAY);
}
END_TEST

START_TEST(patterns_of_hours_skip_and_repeat_as_the_clock_does)
{
    static const int even[] = { 0, 120, 240, 360, 480, 600, 720, 840, 960, 1080, 1200, 1320, -1 };
    static const int two[] = { 135, -1 };
    time_t change = begin_day(&days[_i]), from = change - DAY - 60;
    struct hass *hass = home_at(days[_i].place.zone, from);
    struct fired *evens = triggers_attach(hass, "{'trigger': 'time_pattern', 'hours': '/2'}");
    struct fired *twos =
        triggers_attach(hass, "{'trigger': 'time_pattern', 'hours': 2, 'minutes': 15}");

    test_advance(hass, 2 * DAY);
    check_times(evens, even, from, from + 2 * DAY);
    check_times(twos, two, from, from + 2 * DAY);
}
END_TEST

START_TEST(what_waits_takes_as_long_as_on_any_day)
{
    time_t change = begin_day(&days[_i]);
    struct hass *hass = home_at(days[_i].place.zone, change - 1800);
    struct hass_script *script =
        script_make("[{'delay':{'hours':2}},{'action':'test.rec'}]", HASS_SCRIPT_SINGLE);
    struct fired *fired = triggers_attach(
        hass, "{'trigger': 'state', 'entity_id': 'light.a', 'to': 'on', 'for': '02:00:00'}");

    set_state(hass, "light.a", "off", NULL);
    set_state(hass, "light.a", "on", NULL);
    script_start(script, NULL);
    test_advance(hass, 5 * 3600);
    ck_assert_uint_eq(fired_count(fired), 1);
    ck_assert(fired_at(fired, 0) == 7200);
    ck_assert_uint_eq(recorded.count, 1);
    ck_assert(recorded.calls[0].at == 7200);
    hass_script_async_destroy(script);
}
END_TEST

/* years */

START_TEST(a_year_has_each_time_as_often_as_the_clock_shows_it)
{
    static const int daily[] = { 30, 105, 135, 150, -1 };
    const struct place *place = &places[_i];
    int hours[25];

    use_zone(place->zone);
    time_t from = new_year(place->year) - 60, to = new_year(place->year + 1) - 60;
    struct hass *hass = home_at(place->zone, from);
    struct fired *times =
        triggers_attach(hass, "{'trigger': 'time', 'at': ['00:30', '01:45', '02:15', '02:30']}");
    struct fired *pattern = triggers_attach(hass, "{'trigger': 'time_pattern', 'minutes': 0}");
    for (int i = 0; i < 24; i++)
        hours[i] = i * 60;
    hours[24] = -1;
    test_advance(hass, (double)(to - from));
    check_times(times, daily, from, to);
    check_times(pattern, hours, from, to);
}
END_TEST

/* How often it is 02:30, and 02:15, in the year: by hand, lest both be wrong alike. */
static const struct {
    const char *zone, *at;
    int year;
    size_t count;
} counts[] = {
    { "Europe/Amsterdam", "02:30", 2026, 365 }, // one less, one more
    { "America/New_York", "02:30", 2026, 364 }, // 1 is twice, 2 is not
    { "America/New_York", "01:30", 2026, 366 },
    { "Australia/Lord_Howe", "02:15", 2026, 364 }, // from 2:00 to 2:30
    { "Australia/Lord_Howe", "02:30", 2026, 365 },
    { "Australia/Lord_Howe", "01:45", 2026, 366 },
    { "America/Sao_Paulo", "00:00", 2018, 364 }, // the day begins at 1:00
    { "America/Sao_Paulo", "23:30", 2018, 366 },
};

START_TEST(a_year_has_365_of_each_time_but_those_of_the_gap_and_the_fold)
{
    autofree char *config = NULL;

    use_zone(counts[_i].zone);
    time_t from = new_year(counts[_i].year) - 60, to = new_year(counts[_i].year + 1) - 60;
    struct hass *hass = home_at(counts[_i].zone, from);
    ck_assert_int_gt(asprintf(&config, "{'trigger': 'time', 'at': '%s'}", counts[_i].at), 0);
    struct fired *fired = triggers_attach(hass, config);
    test_advance(hass, (double)(to - from));
    ck_assert_uint_eq(fired_count(fired), counts[_i].count);
}
END_TEST

CASES_MAIN("daylight saving", ROWS(each_quarter_of_an_hour_that_there_is_fires, days),
           ROWS(patterns_of_hours_skip_and_repeat_as_the_clock_does, days),
           ROWS(what_waits_takes_as_long_as_on_any_day, days),
           ROWS(a_year_has_each_time_as_often_as_the_clock_shows_it, places),
           ROWS(a_year_has_365_of_each_time_but_those_of_the_gap_and_the_fold, counts))
