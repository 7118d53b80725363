/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions: Python's syntax, meaning and errors. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ 'light.kitchen' | regex_match('light') }}|{{ 'xlight' | regex_match('light') }}|{{ "
      "'LIGHT' | regex_match('light', true) }}|{{ 'x' | regex_match }}|{{ 123 | regex_match('12') "
      "}}|{{ 'my light' | regex_search('light') }}|{{ 'abc' | regex_search('^b') }}",
      "True|False|True|True|True|True|False" },
    { "{{ 'abc' is match('a') }}|{{ 'abc' is search('C', ignorecase=true) }}|{{ ['light.a', "
      "'switch.b'] | select('match', 'light') | list }}",
      "True|True|['light.a']" },
    { "{{ 'a1b2' | regex_replace('[0-9]', '#') }}|{{ 'a1b2' | regex_replace('[0-9]') }}|{{ 'abc' | "
      "regex_replace('x*', '-') }}|{{ 'abxd' | regex_replace('x*', '-') }}|{{ 'éa' | "
      "regex_replace('', '.') }}",
      "a#b#|ab|-a-b-c-|-a-b--d-|.é.a." },
    { "{{ '2024-01-15' | regex_replace('(\\\\d+)-(\\\\d+)-(\\\\d+)', '\\\\3.\\\\2.\\\\1') }}|{{ "
      "'key=val' | regex_replace('(?P<k>\\\\w+)=(?P<v>\\\\w+)', '\\\\g<v>=\\\\g<k>') }}|{{ 'ab' | "
      "regex_replace('a|b', '<\\\\g<0>>') }}|{{ 'ab' | regex_replace('(a)|b', '[\\\\1]') }}",
      "15.01.2024|val=key|<a><b>|[a][]" },
    { "{{ 'a' | regex_replace('a', '\\\\n\\\\t\\\\\\\\\\\\-\\\\101\\\\0') == "
      "'\\n\\t\\\\\\\\-A\\x00' }}",
      "True" },
    { "{{ 'a' | regex_replace('a', '\\\\1') }}", "error: invalid group reference 1 at position 1" },
    { "{{ 'a' | regex_replace('a', '\\\\q') }}", "error: bad escape \\q at position 0" },
    { "{{ 'a' | regex_replace('a', '\\\\g<x') }}",
      "error: missing >, unterminated name at position 3" },
    { "{{ 'a' | regex_replace('a', '\\\\g<x>') }}", "IndexError: unknown group name 'x'" },
    { "{{ 'a' | regex_replace('a', 'x\\\\') }}",
      "error: bad escape (end of pattern) at position 1" },
    { "{{ 'a1b22c333' | regex_findall('[0-9]+') }}|{{ 'k1=v1;k2=v2' | regex_findall('(\\\\w+)=') "
      "}}|{{ 'k1=v1;k2=v2' | regex_findall('(\\\\w+)=(\\\\w+)') }}|{{ 'abc' | "
      "regex_findall('\\\\d') }}|{{ 'ab a' | regex_findall('a(b)?') }}|{{ 'aAbB' | "
      "regex_findall('a', true) }}|{{ 'ab' | regex_findall('') }}",
      "['1', '22', '333']|['k1', 'k2']|[('k1', 'v1'), ('k2', 'v2')]|[]|['b', '']|['a', 'A']|['', "
      "'', '']" },
    { "{{ 'a1b22' | regex_findall_index('[0-9]+', 1) }}|{{ 'a1b22' | regex_findall_index('[0-9]+') "
      "}}|{{ '1 2 3' | regex_findall_index('\\\\d', -1) }}",
      "22|1|3" },
    { "{{ 'abc' | regex_findall_index('\\\\d') }}", "IndexError: list index out of range" },
    { "{{ 'a' | regex_match('(') }}", "error: missing ), unterminated subpattern at position 0" },
    { "{{ 'a' | regex_search('*a') }}", "error: nothing to repeat at position 0" },
    { "{{ 'a' | regex_search('a**') }}", "error: multiple repeat at position 2" },
    { "{{ 'a' | regex_search('[z-a]') }}", "error: bad character range z-a at position 1" },
    { "{{ 'a' | regex_search('a(?i)b') }}",
      "error: global flags not at the start of the expression at position 1" },
    { "{{ 'a' | regex_search('(?P<n>a)(?P<n>b)') }}",
      "error: redefinition of group name 'n' as group 2; was group 1 at position 12" },
    { "{{ 'a' | regex_search('(?<=a+)b') }}", "error: look-behind requires fixed-width pattern" },
    { "{{ 'a' | regex_search('\\\\1(a)') }}", "error: invalid group reference 1 at position 1" },
    { "{{ 'a' | regex_search('(?P=x)') }}", "error: unknown group name 'x' at position 4" },
    { "{{ 'a' | regex_search('a\\n)') }}",
      "error: unbalanced parenthesis at position 2 (line 2, column 1)" },
    { "{{ 'a' | regex_search('[a') }}", "error: unterminated character set at position 0" },
    { "{{ 'a' | regex_search('\\\\x1') }}", "error: incomplete escape \\x1 at position 0" },
    { "{{ 'a' | regex_search('a{3,1}') }}",
      "error: min repeat greater than max repeat at position 2" },
    { "{{ 'a' | regex_search('(?z)') }}", "error: unknown extension ?z at position 1" },
    { "{{ 'a' | regex_search(5) }}",
      "TypeError: first argument must be string or compiled pattern" },
    { "{{ 'a\\n' | regex_search('a$') }}|{{ 'a\\n' | regex_search('a\\\\Z') }}|{{ 'a\\nb' | "
      "regex_match('a.b') }}|{{ 'a\\nb' | regex_match('(?s)a.b') }}|{{ 'a\\nb' | "
      "regex_search('(?m)^b') }}|{{ 'a\\rb' | regex_match('a.b') }}",
      "True|False|False|True|True|True" },
    { "{{ 'a_1 é-Ü' | regex_findall('\\\\w+') }}|{{ '1 ٣' | regex_findall('\\\\d') }}|{{ '1 ٣' | "
      "regex_findall('(?a)\\\\d') }}|{{ 'é' | regex_search('(?a:\\\\w)') }}|{{ 'a\\x1cb' | "
      "regex_search('\\\\s') }}",
      "['a_1', 'é', 'Ü']|['1', '٣']|['1']|False|True" },
    { "{{ 'ÄRGER' | regex_search('ärger', true) }}|{{ 'a{,2}' | regex_match('a{,2}') }}|{{ 'a{x}' "
      "| regex_match('a{x}') }}|{{ ':a:' | regex_findall('[[:a:]]') }}|{{ 'é' | "
      "regex_match('\\\\xe9') }}|{{ '€' | regex_match('\\\\u20ac') }}|{{ 'ab ' | regex_match('(?x) "
      "a b # c') }}|{{ 'aaab' | regex_match('(?>a+)b') }}|{{ 'aaa' | regex_match('a++a') }}|{{ "
      "'aB' | regex_match('a(?i:b)') }}",
      "True|True|True|[]|True|True|True|True|False|True" },
    { "{{ 'aa' | regex_match('(a)\\\\1') }}|{{ 'xax' | regex_match('(x)?a(?(1)x|y)') }}|{{ 'ay' | "
      "regex_match('(x)?a(?(1)x|y)') }}|{{ ']' | regex_match('[]]') }}|{{ 'a' | "
      "regex_match('[^]b]') }}",
      "True|True|True|True|True" },
};

START_TEST(patterns_mean_what_they_mean_in_python)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

START_TEST(a_match_that_takes_too_long_names_the_limit)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine.limits.regex = 1000;
    ck_assert_ptr_nonnull(
        strstr(engine_render(&engine, "{{ ('a' * 30) | regex_match('(a|aa)+[bc]') }}", NULL, 0),
               "needs more than 1000 steps"));
    ck_assert_str_eq(engine_render(&engine, "{{ 'aaa' | regex_match('(a|aa)+$') }}", NULL, 0),
                     "True");
    engine_fini(&engine);
}
END_TEST

START_TEST(more_patterns_than_places_still_match)
{
    struct engine engine;

    engine_init(&engine, NOW);
    for (int round = 0; round < 3; round++)
        ck_assert_str_eq(engine_render(&engine,
                                       "{% for i in range(300) %}{{ 'x' ~ i if not ('x' ~ i) | "
                                       "regex_match('x' ~ i ~ '$') }}{% endfor %}",
                                       NULL, 0),
                         "");
    engine_fini(&engine);
}
END_TEST

START_TEST(long_patterns_and_deep_groups_are_refused)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert_str_eq(engine_render(&engine, "{{ '' | regex_match('a' * 65537) }}", NULL, 0),
                     "LimitError: a pattern of 65537 bytes exceeds 65536");
    ck_assert_str_eq(
        engine_render(&engine, "{{ 'a' | regex_match('(' * 100 ~ 'a' ~ ')' * 100) }}", NULL, 0),
        "True");
    ck_assert_str_eq(
        engine_render(&engine, "{{ '' | regex_match('(' * 101 ~ ')' * 101) }}", NULL, 0),
        "error: more than 100 groups in each other at position 100");
    ck_assert_str_eq(engine_render(&engine, "{{ 'a' | regex_match('()' * 256) }}", NULL, 0),
                     "error: more than 255 groups at position 510");
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("regular expressions", ROWS(patterns_mean_what_they_mean_in_python, rows),
           ONCE(a_match_that_takes_too_long_names_the_limit),
           ONCE(more_patterns_than_places_still_match),
           ONCE(long_patterns_and_deep_groups_are_refused))
