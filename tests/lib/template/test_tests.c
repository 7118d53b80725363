/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of templates, held against Jinja 3.1. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ x is defined }}|{{ 5 is defined }}|{{ {}.a is defined }}|{{ none is defined }}|{{ x is "
      "undefined }}",
      "False|True|False|True|True" },
    { "{{ none is none }}|{{ x is none }}|{{ 0 is none }}", "True|False|False" },
    { "{{ true is boolean }}|{{ 1 is boolean }}|{{ true is true }}|{{ 1 is true }}|{{ false is "
      "false }}|{{ 0 is false }}",
      "True|False|True|False|True|False" },
    { "{{ 1 is integer }}|{{ 1.0 is integer }}|{{ true is integer }}|{{ (2 ** 70) is integer }}|{{ "
      "1.0 is float }}|{{ 1 is float }}|{{ true is number }}|{{ (2 ** 70) is number }}|{{ '1' is "
      "number }}",
      "True|False|False|True|True|False|True|True|False" },
    { "{{ 'a' is string }}|{{ ('a' | e) is string }}|{{ 1 is string }}|{{ {} is mapping }}|{{ [] "
      "is mapping }}",
      "True|True|False|True|False" },
    { "{{ [] is sequence }}|{{ 'a' is sequence }}|{{ {} is sequence }}|{{ range(2) is sequence "
      "}}|{{ 5 is sequence }}|{{ (1,) is sequence }}|{{ x is sequence }}",
      "True|True|True|True|False|True|True" },
    { "{{ 'a' is iterable }}|{{ 5 is iterable }}|{{ {} is iterable }}|{{ none is iterable }}|{{ "
      "range(1) is iterable }}",
      "True|False|True|False|True" },
    { "{{ range is callable }}|{{ 5 is callable }}|{{ ''.upper is callable }}|{{ x is callable }}",
      "True|False|True|True" },
    { "{{ 4 is even }}|{{ 4 is odd }}|{{ -3 is odd }}|{{ 2.0 is even }}|{{ 2.5 is odd }}|{{ (2 ** "
      "65) is even }}",
      "True|False|True|True|False|True" },
    { "{{ 'a' is even }}", "TypeError: not all arguments converted during string formatting" },
    { "{{ [] is even }}", "TypeError: unsupported operand type(s) for %: 'list' and 'int'" },
    { "{{ 9 is divisibleby(3) }}|{{ 9 is divisibleby 2 }}|{{ -9 is divisibleby 3 }}|{{ 7.5 is "
      "divisibleby 2.5 }}",
      "True|False|True|True" },
    { "{{ 9 is divisibleby(0) }}", "ZeroDivisionError: integer modulo by zero" },
    { "{{ none is sameas none }}|{{ 1 is sameas true }}|{{ true is sameas true }}",
      "True|False|True" },
    { "{{ 1 is eq 1 }}|{{ 1 is equalto 1.0 }}|{{ 'a' is ne 'a' }}|{{ 1 is lt 2 }}|{{ 1 is lessthan "
      "1 }}|{{ 2 is gt 1 }}|{{ 2 is greaterthan 2 }}|{{ 2 is ge 2 }}|{{ 2 is le 1 }}",
      "True|True|False|True|False|True|False|True|False" },
    { "{{ [1, 2, 3] | select('<=', 2) | list }}|{{ [1, 2] | reject('!=', 2) | list }}|{{ [3, 4] | "
      "select('>=', 4) | list }}|{{ [1, 2] | select('==', 2) | list }}|{{ [1, 2] | select('<', 2) "
      "| list }}",
      "[1, 2]|[2]|[4]|[2]|[1]" },
    { "{{ 1 is in [1, 2] }}|{{ 'a' is in 'cat' }}|{{ 5 is not in [1, 2] }}|{{ 'k' is in {'k': 1} "
      "}}",
      "True|True|True|True" },
    { "{{ 5 is in 5 }}", "TypeError: argument of type 'int' is not iterable" },
    { "{{ 5 is in (1, 2) }}", "TypeError: in() takes 2 positional arguments but 3 were given" },
    { "{{ 'abc' is lower }}|{{ 'Abc' is lower }}|{{ 'ABC' is upper }}|{{ '1' is upper }}|{{ 5 is "
      "lower }}|{{ 'é1' is lower }}|{{ '' is lower }}",
      "True|False|True|False|False|True|False" },
    { "{{ 'a' is escaped }}|{{ ('a' | e) is escaped }}|{{ ('a' | safe) is escaped }}",
      "False|True|True" },
    { "{{ 'upper' is filter }}|{{ 'nope' is filter }}|{{ 'even' is test }}|{{ 'nope' is test }}",
      "True|False|True|False" },
    { "{{ 1 is lt 'a' }}", "TypeError: '<' not supported between instances of 'int' and 'str'" },
};

START_TEST(tests_answer_as_jinjas_do)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("tests of templates", ROWS(tests_answer_as_jinjas_do, rows))
