/* SPDX-License-Identifier: Apache-2.0 */
/* The model's mathematics: results, defaults and errors. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ pi }}|{{ e }}|{{ tau }}|{{ sqrt(16) }}|{{ '9' | sqrt }}|{{ sin(0) }}|{{ cos(0) }}|{{ 1 | "
      "tan | round(12) }}|{{ asin(1) | round(9) }}|{{ acos(0.5) | round(9) }}|{{ atan(1) | "
      "round(9) }}",
      "3.141592653589793|2.718281828459045|6.283185307179586|4.0|3.0|0.0|1.0|1.557407724655|1."
      "570796327|1.047197551|0.785398163" },
    { "{{ sqrt(-1) }}", "ValueError: Template error: sqrt got invalid input '-1' when rendering "
                        "template '{{ sqrt(-1) }}' but no default was specified" },
    { "{{ asin(2) }}", "ValueError: Template error: asin got invalid input '2' when rendering "
                       "template '{{ asin(2) }}' but no default was specified" },
    { "{{ sin('x') }}", "ValueError: Template error: sin got invalid input 'x' when rendering "
                        "template '{{ sin('x') }}' but no default was specified" },
    { "{{ sin('inf' | float) }}",
      "ValueError: Template error: sin got invalid input 'inf' when rendering template '{{ "
      "sin('inf' | float) }}' but no default was specified" },
    { "{{ sqrt('x', 0) }}|{{ 'x' | sqrt(default=none) }}|{{ -4 | sqrt('neg') }}|{{ 2 | "
      "acos(default=0) }}|{{ sqrt('nan') }}",
      "0|None|neg|0|nan" },
    { "{{ sqrt(missing, 0) }}", "UndefinedError: 'missing' is undefined" },
    { "{{ log(e) }}|{{ 8 | log(2) }}|{{ 100 | log(10) }}|{{ log('16', '4') }}|{{ -1 | log(2, "
      "'neg') }}|{{ 10 | log('x', 5) }}|{{ 'x' | log(default=0) }}",
      "1.0|3.0|2.0|2.0|neg|5|0" },
    { "{{ 0 | log }}", "ValueError: Template error: log got invalid input '0' when rendering "
                       "template '{{ 0 | log }}' but no default was specified" },
    { "{{ 10 | log(1) }}", "ZeroDivisionError: float division by zero" },
    { "{{ 10 | log('x') }}", "ValueError: Template error: log got invalid input 'x' when rendering "
                             "template '{{ 10 | log('x') }}' but no default was specified" },
    { "{{ atan2(1, 1) | round(9) }}|{{ [1, 2] | atan2 | round(9) }}|{{ atan2('x', 1, 'd') }}|{{ "
      "['x', 1] | atan2('d') }}|{{ atan2('a', 'b', default=3) }}",
      "0.785398163|0.463647609|d|d|3" },
    { "{{ atan2('x', 1) }}",
      "ValueError: Template error: atan2 got invalid input '('x', 1)' when rendering template '{{ "
      "atan2('x', 1) }}' but no default was specified" },
    { "{{ atan2(1) }}", "IndexError: tuple index out of range" },
    { "{{ atan2(1, 2, nope=3) }}", "TypeError: atan2() got an unexpected keyword argument 'nope'" },
    { "{{ 5 | multiply(10) }}|{{ '2.5' | multiply(2) }}|{{ 'x' | multiply(2, 0) }}|{{ none | "
      "multiply(2, default='d') }}|{{ 5 | add(3) }}|{{ '2.5' | add(1) }}|{{ 'x' | add(1, 'd') }}",
      "50.0|5.0|0|d|8.0|3.5|d" },
    { "{{ 3 | multiply('2') }}",
      "ValueError: Template error: multiply got invalid input '3' when rendering template '{{ 3 | "
      "multiply('2') }}' but no default was specified" },
    { "{{ [1, 2, 3, 4] | average }}|{{ average(1, 2, 6) }}|{{ [] | average(0) }}|{{ average([], "
      "default=none) }}|{{ ['x'] | average('bad') }}|{{ '123' | average(0) }}|{{ {1: 'a', 3: 'b'} "
      "| average }}|{{ [0.1, 0.2, 0.3] | average }}|{{ [1e16, 1, -1e16] | average }}|{{ ([0.1] * "
      "10) | average }}|{{ [true, 2] | average }}",
      "2.5|3.0|0|None|bad|0|2.0|0.19999999999999998|0.3333333333333333|0.1|1.5" },
    { "{{ [1e308, 1e308, -1e308] | average }}|{{ ['inf' | float, 1] | average }}|{{ [2 ** 70, 0] | "
      "average }}",
      "OverflowError: intermediate overflow in fsum" },
    { "{{ [] | average }}",
      "ValueError: Template error: average got invalid input '([],)' when rendering template '{{ "
      "[] | average }}' but no default was specified" },
    { "{{ average(5) }}", "TypeError: 'int' object is not iterable" },
    { "{{ average() }}", "TypeError: average expected at least 1 argument, got 0" },
    { "{{ average([1], nope=2) }}",
      "TypeError: average() got an unexpected keyword argument 'nope'" },
    { "{{ [5, 1, 3] | median }}|{{ [1, 2, 3, 4] | median }}|{{ median(1, 9) }}|{{ [] | median('d') "
      "}}|{{ ['b', 'a', 'c'] | median }}|{{ ['a', 'b'] | median('d') }}",
      "3|2.5|5.0|d|b|d" },
    { "{{ [1, 'a'] | median }}",
      "ValueError: Template error: median got invalid input '([1, 'a'],)' when rendering template "
      "'{{ [1, 'a'] | median }}' but no default was specified" },
    { "{{ [1, 2, 2, 3] | statistical_mode }}|{{ statistical_mode('a', 'b', 'a') }}|{{ [3, 1, 1, 3] "
      "| statistical_mode }}|{{ 'hello' | statistical_mode }}|{{ [[1]] | statistical_mode('d') }}",
      "2|a|3|l|d" },
    { "{{ min(3, 1, 2) }}|{{ max([4, 9, 2]) }}|{{ max('a', 'B') }}|{{ min([1.5, 1]) }}|{{ "
      "max([{'a': 1}, {'a': 5}], attribute='a') }}|{{ max('a', 'B', case_sensitive=true) }}|{{ "
      "max([]) is defined }}|{{ min('abc') }}",
      "1|9|B|1|{'a': 5}|a|False|a" },
    { "{{ min(5) }}", "TypeError: 'int' object is not iterable" },
    { "{{ max() }}", "TypeError: max expected at least 1 argument, got 0" },
    { "{{ max([1], nope=1) }}", "TypeError: do_max() got an unexpected keyword argument 'nope'" },
    { "{{ 12 | bitwise_and(10) }}|{{ 12 | bitwise_or(3) }}|{{ bitwise_xor(12, 10) }}|{{ -1 | "
      "bitwise_and(255) }}|{{ -8 | bitwise_or(3) }}|{{ true | bitwise_and(true) }}|{{ true | "
      "bitwise_and(1) }}",
      "8|15|6|255|-5|True|1" },
    { "{{ (2 ** 70 + 5) | bitwise_and(2 ** 70 + 1) }}|{{ (-(2 ** 70)) | bitwise_or(1) }}|{{ (-(2 "
      "** 70)) | bitwise_and(2 ** 71 - 1) }}|{{ (2 ** 64) | bitwise_xor(2 ** 64) }}|{{ (2 ** 64) | "
      "bitwise_xor(-1) }}|{{ (-(2 ** 63)) | bitwise_or(2 ** 64) }}",
      "1180591620717411303425|-1180591620717411303423|1180591620717411303424|0|-"
      "18446744073709551617|-9223372036854775808" },
    { "{{ '12' | bitwise_and(4) }}",
      "TypeError: unsupported operand type(s) for &: 'str' and 'int'" },
    { "{{ 1.0 | bitwise_or(1) }}",
      "TypeError: unsupported operand type(s) for |: 'float' and 'int'" },
    { "{{ clamp(15, 0, 10) }}|{{ -3 | clamp(0, 10) }}|{{ '5.5' | clamp(0, 10) }}|{{ wrap(370, 0, "
      "360) }}|{{ -10 | wrap(0, 360) }}|{{ 360 | wrap(0, 360) }}|{{ 5 | wrap(3, 3) }}|{{ 5 | "
      "wrap(10, 0) }}",
      "10.0|0.0|5.5|10.0|350.0|0.0|3.0|5.0" },
    { "{{ clamp('x', 0, 1) }}", "ValueError: clamp requires numeric arguments, got 'x'" },
    { "{{ remap(5, 0, 10, 0, 100) }}|{{ 128 | remap(0, 256, 0, 1) }}|{{ remap(15, 0, 10, 0, 100) "
      "}}|{{ remap(15, 0, 10, 0, 100, edges='clamp') }}|{{ remap(-5, 0, 10, 0, 100, edges='clamp') "
      "}}|{{ remap(12, 0, 10, 0, 100, edges='wrap') }}|{{ remap(12, 0, 10, 0, 100, edges='mirror') "
      "}}|{{ remap(-2, 0, 10, 0, 100, edges='mirror') }}|{{ remap(25, 0, 10, 0, 100, "
      "edges='mirror') }}|{{ remap(3, 0, 10, 0, 100, steps=4) }}|{{ remap(2, 0, 10, 100, 0) }}|{{ "
      "remap(15, 0, 10, 0, 10) }}|{{ remap(12, 10, 0, 0, 1, edges='clamp') }}",
      "50.0|0.5|150.0|100.0|0.0|20.0|80.0|20.0|50.0|25.0|80.0|15.0|0.0" },
    { "{{ remap(1, 2, 2, 0, 1) }}", "ValueError: remap: in_min=2 must not equal in_max=2" },
};

START_TEST(mathematics_follows_the_model)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("mathematics", ROWS(mathematics_follows_the_model, rows))
