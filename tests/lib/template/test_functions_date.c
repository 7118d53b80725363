/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of dates and times without a hass: it is 13:30:45 of the 15th of January 2024 in Berlin. What Python does is in
 * test_moment; here is the rule of defaults, what a function takes, and its bounds.
 */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rendered[] = {
    { "{{ now() }} {{ utcnow() }}", "2024-01-15 13:30:45+01:00 2024-01-15 12:30:45+00:00" },
    { "{{ today_at() }}", "2024-01-15 00:00:00+01:00" },
    { "{{ today_at('7:5') }}", "2024-01-15 07:05:00+01:00" },
    { "{{ '23:59:59' | today_at }}", "2024-01-15 23:59:59+01:00" },
    { "{{ today_at('24:00') }}", "ValueError: could not convert str to datetime: '24:00'" },
    { "{{ today_at(none) }}", "ValueError: could not convert NoneType to datetime: 'None'" },
    { "{{ today_at(7) }}", "ValueError: could not convert int to datetime: '7'" },
    { "{{ as_timestamp('2024-01-15 12:30:45') }}", "1705318245.0" },
    { "{{ as_timestamp(now()) }} {{ as_timestamp(now().date()) }}", "1705321845.0 1705273200.0" },
    { "{{ as_timestamp('x', none) }} {{ 'x' | as_timestamp(default='d') }}", "None d" },
    { "{{ as_timestamp(nope, 1) }}", "1" },
    { "{{ as_timestamp(7) }}", "ValueError: Template error: as_timestamp got invalid input '7' "
                               "when rendering template '{{ as_timestamp(7) }}' but no default was "
                               "specified" },
    { "{{ as_datetime(0) }} {{ as_datetime('1.5') }}",
      "1970-01-01 00:00:00+00:00 1970-01-01 00:00:01.500000+00:00" },
    { "{{ as_datetime(true) }}", "1970-01-01 00:00:01+00:00" },
    { "{{ as_datetime(now()) == now() }} {{ as_datetime(now().date()) }}",
      "True 2024-01-15 00:00:00" },
    { "{{ as_datetime('soon') }} {{ as_datetime('soon', 5) }}", "None 5" },
    { "{{ as_datetime('2024-13-01', 5) }}", "5" },
    { "{{ as_datetime('2024-13-01') }}", "ValueError: month 13 is not 1..12" },
    { "{{ as_datetime('nan') }} {{ as_datetime(1e15, 'd') }}", "None d" },
    { "{{ as_datetime('inf', 'd') }}", "OverflowError: cannot convert float infinity to integer" },
    { "{{ as_datetime([], 'd') }}", "d" },
    { "{{ as_datetime(nope, 'd') }}", "UndefinedError: 'nope' is undefined" },
    { "{{ as_datetime(-62135596800) }}", "0001-01-01 00:00:00+00:00" },
    { "{{ as_datetime(-62135596801, 'd') }} {{ as_datetime(253402300800, 'd') }}", "d d" },
    { "{{ as_local(as_datetime('2024-07-01T12:00:00Z')) }}", "2024-07-01 14:00:00+02:00" },
    { "{{ as_local(5) }}", "AttributeError: 'int' object has no attribute 'tzinfo'" },
    { "{{ as_timedelta('1 day, 1:00:00') }} {{ as_timedelta('x') }}", "1 day, 1:00:00 None" },
    { "{{ as_timedelta(5) }}", "TypeError: expected string or bytes-like object, got 'int'" },
    { "{{ strptime('2024', '%Y') }} {{ strptime(5, '%Y', 'd') }} {{ strptime('5', none, 'd') }}",
      "2024-01-01 00:00:00 d d" },
    { "{{ strptime('2024', '%Y%Y', 'd') }}", "error: redefinition of group name 'Y'" },
    { "{{ timedelta(1, 2, 3, 4, 5, 6, 7) }}", "50 days, 6:05:02.004003" },
    { "{{ timedelta(weeks=1.5, hours=-1) }}", "10 days, 11:00:00" },
    { "{{ timedelta(microseconds=0.5) }} {{ timedelta(microseconds=1.5) }}",
      "0:00:00 0:00:00.000002" },
    { "{{ timedelta(microseconds=1, seconds=0.0000005) }}", "0:00:00.000002" },
    { "{{ timedelta(seconds=0.1, milliseconds=0.1, microseconds=0.5) }}", "0:00:00.100100" },
    { "{{ timedelta(days=106751990) }}", "106751990 days, 0:00:00" },
    { "{{ timedelta(days=106751991) }}",
      "OverflowError: days=106751991; must have magnitude <= 106751990" },
    { "{{ timedelta(days=-106751991) }}",
      "OverflowError: days=-106751991; must have magnitude <= 106751990" },
    { "{{ timedelta(hours=1e30) }}", "OverflowError: hours=1000000000000000019884624838656; must "
                                     "have magnitude <= 106751990 days" },
    { "{{ timedelta(hours='nan' | float) }}", "ValueError: cannot convert float NaN to integer" },
    { "{{ timedelta(hours='1') }}",
      "TypeError: unsupported type for timedelta hours component: str" },
    { "{{ 0 | timestamp_custom }} {{ 0 | timestamp_custom('%H', false) }}",
      "1970-01-01 01:00:00 00" },
    { "{{ true | timestamp_custom('%S') }} {{ 1.75 | timestamp_custom('%S.%f %Z') }}",
      "01 01.750000 CET" },
    { "{{ 0 | timestamp_custom(5, default='d') }} {{ '0' | timestamp_custom('%H', true, 'd') }}",
      "d d" },
    { "{{ 1e12 | timestamp_custom('%Y', true, 'd') }}", "d" },
    { "{{ 0 | timestamp_local }} {{ 0.5 | timestamp_utc }}",
      "1970-01-01T01:00:00+01:00 1970-01-01T00:00:00.500000+00:00" },
    { "{{ none | timestamp_local('d') }} {{ 'x' | timestamp_utc(default='d') }}", "d d" },
    { "{{ relative_time(now() - timedelta(seconds=59.6)) }}", "1 minute" },
    { "{{ relative_time(now() + timedelta(microseconds=1)) }}",
      "2024-01-15 13:30:45.000001+01:00" },
    { "{{ relative_time(strptime('2024-01-15 12', '%Y-%m-%d %H')) }}", "2 hours" },
    { "{{ relative_time(strptime('2025', '%Y')) }}", "2025-01-01 00:00:00+01:00" },
    { "{{ relative_time('x') }}{{ relative_time(nope) }}", "x" },
    { "{{ time_since(now() - timedelta(hours=25, minutes=1), 3) }}", "1 day 1 hour 1 minute" },
    { "{{ time_since(now() - timedelta(hours=25, minutes=1), precision=0) }}",
      "1 day 1 hour 1 minute" },
    { "{{ time_since(now()) }} {{ time_until(now()) }}", "0 seconds 0 seconds" },
    { "{{ time_until(now() + timedelta(minutes=89, seconds=31), 2) }}", "1 hour 30 minutes" },
    { "{{ time_until(now() - timedelta(hours=1)) }}", "2024-01-15 12:30:45+01:00" },
    { "{{ now() is datetime }} {{ now().date() is datetime }} {{ nope is datetime }}",
      "True False False" },
};

START_TEST(functions_give_texts_and_errors_like_the_models)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert_str_eq(engine_render(&engine, rendered[_i].template, NULL, 0), rendered[_i].text);
    engine_fini(&engine);
}
END_TEST

static const struct {
    const char *template;
    unsigned looks;
} looks[] = {
    { "{{ now() }}", 1 },
    { "{{ utcnow() }}", 1 },
    { "{{ today_at() }}", 1 },
    { "{{ relative_time('x') }}", 1 },
    { "{{ time_since(5) }}", 1 },
    { "{{ time_until(5) }}", 1 },
    { "{{ as_timestamp('2024-01-01') }}{{ 0 | timestamp_local }}{{ as_datetime(0) | as_local }}",
      0 },
};

START_TEST(only_what_depends_on_the_time_looks_at_it)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine_render(&engine, looks[_i].template, NULL, 0);
    ck_assert_uint_eq(engine.looks, looks[_i].looks);
    engine_fini(&engine);
}
END_TEST

static const struct {
    const char *template, *text;
} limited[] = {
    { "{{ now() }}", "now" },
    { "{{ utcnow() }}", "utcnow" },
    { "{{ today_at('10:00') }}", "today_at" },
    { "{{ relative_time(5) }}", "relative_time" },
    { "{{ 5 | time_since }}", "time_since" },
    { "{{ time_until(5) }}", "time_until" },
    { "{{ strptime('2024', '%Y') }} {{ timedelta(1) }}", NULL },
    { "{{ as_datetime(0) | as_local }} {{ 0 | timestamp_custom }}", NULL },
};

START_TEST(limited_templates_have_no_clock)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine.limited = true;
    const char *got = engine_render(&engine, limited[_i].template, NULL, 0);
    autofree char *refusal =
        mem_printf("Use of '%s' is not supported in limited templates", limited[_i].text);
    ck_assert_int_eq(strstr(got, refusal) != NULL, limited[_i].text != NULL);
    engine_fini(&engine);
}
END_TEST

START_TEST(without_a_zone_local_is_utc)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine.zone = hass_zone_unref(engine.zone);
    ck_assert_str_eq(
        engine_render(&engine, "{{ [now()] }} {{ 0 | timestamp_custom('%H %Z') }}", NULL, 0),
        "[datetime.datetime(2024, 1, 15, 12, 30, 45, tzinfo=datetime.timezone.utc)] "
        "00 UTC");
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("functions of dates", ROWS(functions_give_texts_and_errors_like_the_models, rendered),
           ROWS(only_what_depends_on_the_time_looks_at_it, looks),
           ROWS(limited_templates_have_no_clock, limited), ONCE(without_a_zone_local_is_utc))
