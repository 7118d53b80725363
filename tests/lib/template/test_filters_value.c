/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions with their rule of defaults, and roundings right to the last bit. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ '42' | int }}|{{ ' 42 ' | int }}|{{ '1_000' | int }}|{{ '12.7' | int }}|{{ '1e3' | int "
      "}}|{{ -3.9 | int }}|{{ true | int }}|{{ '٣' | int }}",
      "42|42|1000|12|1000|-3|1|3" },
    { "{{ 'ff' | int(base=16) }}|{{ '0xff' | int(base=16) }}|{{ '0o17' | int(0, 8) }}|{{ '0x1A' | "
      "int(base=0) }}|{{ 'zz' | int(-1, 16) }}|{{ 'zz' | int(base=36) }}|{{ '12' | int(7, 1) }}",
      "255|255|15|26|-1|1295|12" },
    { "{{ '1e20' | int }}|{{ '123456789012345678901234567890' | int + 1 }}|{{ 1e30 | int }}",
      "100000000000000000000|123456789012345678901234567891|1000000000000000019884624838656" },
    { "{{ 'abc' | int }}", "ValueError: Template error: int got invalid input 'abc' when rendering "
                           "template '{{ 'abc' | int }}' but no default was specified" },
    { "{{ none | int }}", "ValueError: Template error: int got invalid input 'None' when rendering "
                          "template '{{ none | int }}' but no default was specified" },
    { "{{ missing | int(0) }}", "UndefinedError: 'missing' is undefined" },
    { "{{ 'inf' | int(3) }}", "OverflowError: cannot convert float infinity to integer" },
    { "{{ 'abc' | int(0) }}|{{ 'abc' | int(default=-1) }}|{{ 'nan' | int(4) }}|{{ [1] | int('x') "
      "}}|{{ int('x', 3) }}|{{ int('11', base=2) }}",
      "0|-1|4|x|3|3" },
    { "{{ '2.50' | float }}|{{ ' 3 ' | float }}|{{ '1_0.5' | float }}|{{ 'inf' | float }}|{{ 'NaN' "
      "| float }}|{{ true | float }}|{{ (10 ** 22) | float }}",
      "2.5|3.0|10.5|inf|nan|1.0|1e+22" },
    { "{{ '1,5' | float }}",
      "ValueError: Template error: float got invalid input '1,5' when rendering template '{{ '1,5' "
      "| float }}' but no default was specified" },
    { "{{ (10 ** 400) | float(1) }}", "OverflowError: int too large to convert to float" },
    { "{{ 'x' | float(0) }}|{{ 'x' | float(default=none) }}|{{ none | float(1.5) }}|{{ [] | "
      "float('d') }}|{{ float('2') }}",
      "0|None|1.5|d|2.0" },
    { "{{ 'yes' | bool }}|{{ 'ON' | bool }}|{{ ' off ' | bool }}|{{ 'Disable' | bool }}|{{ 2 | "
      "bool }}|{{ 0.0 | bool }}|{{ 'maybe' | bool(none) }}|{{ bool('x', 0) }}|{{ 'enablex' | "
      "bool(3) }}|{{ '' | bool(4) }}",
      "True|True|False|False|True|False|None|0|3|4" },
    { "{{ 'maybe' | bool }}",
      "ValueError: Template error: bool got invalid input 'maybe' when rendering template '{{ "
      "'maybe' | bool }}' but no default was specified" },
    { "{{ none | bool }}", "ValueError: Template error: bool got invalid input 'None' when "
                           "rendering template '{{ none | bool }}' but no default was specified" },
    { "{{ [5, 5.5, '5', ' 5.5 ', 'x', none, true, 'nan', 'inf', '', [], '1e3', '0x1'] | "
      "map('is_number') | list }}",
      "[True, True, True, True, False, False, True, False, False, False, False, True, False]" },
    { "{{ missing | is_number }}", "UndefinedError: 'missing' is undefined" },
    { "{{ 2.4 | round }}|{{ 0.5 | round }}|{{ 1.5 | round }}|{{ 2.5 | round }}|{{ -0.5 | round "
      "}}|{{ 7 | round(2) }}|{{ '2.46' | round(1) }}",
      "2|0|2|2|0|7.0|2.5" },
    { "{{ 2.675 | round(2) }}|{{ 1.005 | round(2) }}|{{ 0.15 | round(1) }}|{{ 0.25 | round(1) "
      "}}|{{ 0.35 | round(1) }}|{{ -0.04 | round(1) }}|{{ 1e22 | round(2) }}|{{ 5e-324 | "
      "round(323) }}|{{ 1.5 | round(400) }}|{{ 12345.678 | round(-400) }}",
      "2.67|1.0|0.1|0.2|0.3|-0.0|1e+22|0.0|1.5|0.0" },
    { "{{ 1234.5 | round(-2) }}|{{ 1250 | round(-2) }}|{{ 1350 | round(-2) }}|{{ 1250.5 | "
      "round(-2) }}|{{ -1250 | round(-2) }}|{{ 50 | round(-2) }}|{{ 50.1 | round(-2) }}|{{ 9999 | "
      "round(-3) }}|{{ 4 | round(-3) }}|{{ 99 | round(-2) }}",
      "1200.0|1200.0|1400.0|1300.0|-1200.0|0.0|100.0|10000.0|0.0|100.0" },
    { "{{ 2.1 | round(0, 'ceil') }}|{{ 2.123 | round(2, 'ceil') }}|{{ -2.1 | round(0, 'ceil') "
      "}}|{{ 2.9 | round(0, 'floor') }}|{{ 2.129 | round(2, 'floor') }}|{{ 2.3 | round(1, 'half') "
      "}}|{{ 2.25 | round(1, 'half') }}|{{ 2.65 | round(1, 'banana') }}",
      "3|2.13|-2|2|2.12|2.5|2.0|2.6" },
    { "{{ 'abc' | round(1) }}",
      "ValueError: Template error: round got invalid input 'abc' when rendering template '{{ 'abc' "
      "| round(1) }}' but no default was specified" },
    { "{{ 'abc' | round(1, default='n/a') }}|{{ none | round(1, 'common', 0) }}|{{ 1 | round('x', "
      "default='d') }}",
      "n/a|0|d" },
    { "{{ ('inf' | float) | round }}", "OverflowError: cannot convert float infinity to integer" },
    { "{{ ('inf' | float) | round(1) }}|{{ ('nan' | float) | round(0, default='bad') }}|{{ (2 ** "
      "60 + 1) | round }}",
      "inf|bad|1152921504606846976" },
};

START_TEST(conversions_and_roundings_follow_the_model)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("filters on values", ROWS(conversions_and_roundings_follow_the_model, rows))
