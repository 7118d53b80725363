/* SPDX-License-Identifier: Apache-2.0 */
/* typeof, iif, version, apply, as_function. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ typeof('a') }}|{{ typeof(1) }}|{{ typeof(1.0) }}|{{ typeof(true) }}|{{ typeof(none) "
      "}}|{{ [] | typeof }}|{{ {} | typeof }}|{{ (1, 2) | typeof }}|{{ set([1]) | typeof }}|{{ "
      "'a'.encode() | typeof }}|{{ range(1) | typeof }}|{{ (2 ** 70) | typeof }}",
      "str|int|float|bool|NoneType|list|dict|tuple|set|bytes|range|int" },
    { "{{ iif(true, 'a', 'b') }}|{{ iif(0) }}|{{ iif(1) }}|{{ iif(none, 'a', 'b', 'n') }}|{{ "
      "iif(none, 'a', 'b') }}|{{ none | iif('a', 'b', none) }}|{{ iif('off', 'T', 'F') }}|{{ "
      "iif(missing, 'y', 'n') }}",
      "a|False|True|n|b|None|T|n" },
    { "{{ 5 | is_defined }}", "5" },
    { "{{ {'a': 1}.b | is_defined }}", "UndefinedError: 'dict object' has no attribute 'b'" },
    { "{{ version('2024.1.0') > version('2023.12.5') }}|{{ version('1.10') > version('1.9') }}|{{ "
      "version('1.0') == version('1.0.0') }}|{{ version('1.2.3') == '1.2.3' }}|{{ version('2.0.0') "
      "> '1.9.9' }}|{{ version('2024.1.0b1') < version('2024.1.0') }}|{{ version('1.0.0-rc1') < "
      "version('1.0.0') }}|{{ version('1.0.0-beta.2') < version('1.0.0-rc.1') }}|{{ "
      "version('2024.1.0b1') < version('2024.1.0b2') }}|{{ version('2024.1.0.dev1') < "
      "version('2024.1.0b0') }}|{{ version('v1.2') == '1.2' }}|{{ version('latest') > '2024.1' "
      "}}|{{ version('stable') < 'beta' }}",
      "True|True|False|True|True|True|True|True|True|True|True|True|True" },
    { "{{ version('2024.1.3').major }}|{{ version('2024.1.3').minor }}|{{ "
      "version('2024.1.3').patch }}|{{ version('2024.1.0b2').beta }}|{{ version('2024.1.3').dev "
      "}}|{{ version('2024.1.0b2').modifier }}|{{ version('1.2.3').strategy }}|{{ "
      "version('2024.1.3').strategy }}|{{ version('v1').prefix }}|{{ version('1.2').sections }}|{{ "
      "version('1.0.0rc1').release_candidate }}|{{ [version('1.2')] }}|{{ version('5').split('.') "
      "}}|{{ version('a b').valid }}",
      "2024|1|3|True|False|b2|SemVer|CalVer|v|2|True|[<AwesomeVersion SimpleVer "
      "'1.2'>]|['5']|False" },
    { "{{ version('1.2.3') }}|{{ '1.2.0' | version < '1.10.0' }}|{{ ['1.10', '1.9'] | "
      "map('version') | sort | list | first }}|{{ version('1') != 1 }}",
      "1.2.3|True|1.9|False" },
    { "{{ version('a b') < '1' }}", "ValueError: Can't compare <unknown a b> and <BuildVer 1>" },
    { "{{ version('1') < [] }}", "TypeError: Not a valid AwesomeVersion object" },
    { "{% macro plus(x, n=1) %}{{ x + n }}{% endmacro %}{{ 5 | apply(plus) }}|{{ 5 | apply(plus, "
      "10) }}|{{ apply(5, plus, n=3) }}|{{ [1, 2] | map('apply', plus, 5) | join(',') }}",
      "6|15|8|6,7" },
    { "{% macro big(x) %}{{ 'y' if x > 2 }}{% endmacro %}{{ [1, 3] | select('apply', big) | list "
      "}}|{{ 5 is apply(big) }}",
      "[3]|True" },
    { "{{ 5 | apply(3) }}", "TypeError: 'int' object is not callable" },
    { "{% macro dbl(x, returns) %}{% do returns(x * 2) %}{% endmacro %}{% set f = dbl | "
      "as_function %}{{ f(4) + 1 }}|{{ f(x=2) }}|{{ [1, 2] | map('apply', f) | list }}",
      "9|4|[2, 4]" },
    { "{% macro none_(x, returns) %}{% endmacro %}{{ (none_ | as_function)(1) }}", "None" },
};

START_TEST(functions_of_kinds_follow_the_model)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("kinds and functions", ROWS(functions_of_kinds_follow_the_model, rows))
