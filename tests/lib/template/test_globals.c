/* SPDX-License-Identifier: Apache-2.0 */
/* range, dict, cycler, joiner, lipsum, held against Jinja 3.1. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ range(3) | list }}|{{ range(1, 4) | list }}|{{ range(10, 0, -3) | list }}|{{ range(0) | "
      "list }}|{{ range(5, 5) | list }}|{{ range(3)[1] }}|{{ range(9223372036854775806, "
      "9223372036854775807) | list }}",
      "[0, 1, 2]|[1, 2, 3]|[10, 7, 4, 1]|[]|[]|1|[9223372036854775806]" },
    { "{{ range(1, 2, 0) }}", "ValueError: range() arg 3 must not be zero" },
    { "{{ range(2.5) }}", "TypeError: 'float' object cannot be interpreted as an integer" },
    { "{{ range() }}", "TypeError: range expected at least 1 argument, got 0" },
    { "{{ range(1, 2, 3, 4) }}", "TypeError: range expected at most 3 arguments, got 4" },
    { "{{ range('a') }}", "TypeError: 'str' object cannot be interpreted as an integer" },
    { "{{ range(100001) | length }}",
      "OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000)." },
    { "{{ range(100000) | length }}|{{ range(true) | list }}", "100000|[0]" },
    { "{{ dict(a=1, b='x') }}|{{ dict([('k', 1)], m=2) }}|{{ dict({'a': 1}, a=3) }}|{{ dict(['ab', "
      "'cd']) }}|{{ dict() }}",
      "{'a': 1, 'b': 'x'}|{'k': 1, 'm': 2}|{'a': 3}|{'a': 'b', 'c': 'd'}|{}" },
    { "{{ dict.fromkeys(['a', 'b'], 0) }}|{{ dict.fromkeys('ab') }}|{{ dict }}|{{ dict is callable "
      "}}",
      "{'a': 0, 'b': 0}|{'a': None, 'b': None}|<class 'dict'>|True" },
    { "{{ [[('a', 1)]] | map('apply', dict) | list }}", "[{'a': 1}]" },
    { "{{ dict([1, 2]) }}",
      "TypeError: cannot convert dictionary update sequence element #0 to a sequence" },
    { "{{ dict([[1]]) }}",
      "ValueError: dictionary update sequence element #0 has length 1; 2 is required" },
    { "{{ dict(1, 2) }}", "TypeError: dict expected at most 1 argument, got 2" },
    { "{{ dict(5) }}", "TypeError: 'int' object is not iterable" },
    { "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% "
      "set _ = c.reset() %}{{ c.next() }}{{ c.current }}",
      "ababab" },
    { "{{ cycler() }}", "TemplateRuntimeError: at least one item has to be provided" },
    { "{% set j = joiner(', ') %}{% for x in [1, 2, 3] %}{{ j() }}{{ x }}{% endfor %}|{% set k = "
      "joiner() %}{{ k() }}{{ k() }}",
      "1, 2, 3|," },
    { "{{ lipsum(n=1, html=false) is string }}|{{ lipsum(2)[:3] }}|{{ lipsum(n=3, "
      "html=false).split('\\n\\n') | length }}|{{ lipsum(1, false, 3, 4).split() | length }}",
      "True|<p>|3|3" },
    { "{{ lipsum(min=5, max=5) }}", "ValueError: empty range for randrange() (5, 5, 0)" },
};

START_TEST(global_functions_give_what_jinjas_give)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

START_TEST(a_range_is_never_too_large)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert_str_eq(
        engine_render(
            &engine,
            "{{ range(-9223372036854775807, 9223372036854775807, 9223372036854775807) | list }}",
            NULL, 0),
        "[-9223372036854775807, 0]");
    ck_assert_ptr_nonnull(strstr(
        engine_render(&engine, "{{ range(-9223372036854775807, 9223372036854775807) }}", NULL, 0),
        "Range too big"));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("global functions", ROWS(global_functions_give_what_jinjas_give, rows),
           ONCE(a_range_is_never_too_large))
