/* SPDX-License-Identifier: Apache-2.0 */
/* Filters on sequences, held against Jinja 3.1. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ [3, 4] | first }}|{{ 'abc' | first }}|{{ {'a': 1} | first }}|{{ [3, 4] | last }}|{{ "
      "'abc' | last }}|{{ range(3) | last }}",
      "3|a|a|4|c|2" },
    { "{{ [] | first is defined }}|{{ [] | last is defined }}|{{ [] | min is defined }}",
      "False|False|False" },
    { "{{ 5 | first }}", "TypeError: 'int' object is not iterable" },
    { "{{ [1, 2] | length }}|{{ {'a': 1} | length }}|{{ (1,) | count }}|{{ range(7) | length }}|{{ "
      "'é' | length }}",
      "2|1|1|7|1" },
    { "{{ 5 | length }}", "TypeError: object of type 'int' has no len()" },
    { "{{ none | length }}", "TypeError: object of type 'NoneType' has no len()" },
    { "{{ {'a': 1} | list }}|{{ range(3) | list }}|{{ 'ab' | list }}|{{ (1, 2) | list }}",
      "['a']|[0, 1, 2]|['a', 'b']|[1, 2]" },
    { "{{ 5 | list }}", "TypeError: 'int' object is not iterable" },
    { "{{ {'a': 1, 2: 'b'} | items | list }}", "[('a', 1), (2, 'b')]" },
    { "{{ [1] | items | list }}", "TypeError: Can only get item pairs from a mapping." },
    { "{{ [1, 2, 3] | reverse | list }}|{{ 'aé€b' | reverse }}|{{ {'a': 1, 'b': 2} | reverse | "
      "list }}",
      "[3, 2, 1]|b€éa|['b', 'a']" },
    { "{{ 5 | reverse }}", "FilterArgumentError: argument must be iterable" },
    { "{{ ['a', 1, 2.5, none, true] | join }}|{{ [1, 2] | join(', ') }}|{{ [{'n': 'x'}, {'n': "
      "'y'}] | join('-', attribute='n') }}|{{ 'abc' | join('.') }}|{{ ['a', 'b'] | join(1) }}|{{ "
      "[[1, 2], [3]] | join('/', 0) }}",
      "a12.5NoneTrue|1, 2|x-y|a.b.c|a1b|1/3" },
    { "{{ [1, 2] | sum }}|{{ [0.1, 0.2, 0.3] | sum }}|{{ [{'w': 1.5}, {'w': 2}] | "
      "sum(attribute='w') }}|{{ [1, 2] | sum(start=10) }}|{{ [[1], [2]] | sum(start=[]) }}|{{ [] | "
      "sum }}|{{ [(1,)] | sum(start=()) }}",
      "3|0.6000000000000001|3.5|13|[1, 2]|0|(1,)" },
    { "{{ ['a', 'b'] | sum }}", "TypeError: unsupported operand type(s) for +: 'int' and 'str'" },
    { "{{ [3, 1, 2] | sort }}|{{ [3, 1, 2] | sort(true) }}|{{ ['b', 'A', 'a', 'B'] | sort }}|{{ "
      "['b', 'A', 'a', 'B'] | sort(case_sensitive=true) }}|{{ 'hello' | sort | join }}|{{ [2, 1.5, "
      "true, 0] | sort }}|{{ [[2], [1, 5], [1]] | sort }}",
      "[1, 2, 3]|[3, 2, 1]|['A', 'a', 'b', 'B']|['A', 'B', 'a', 'b']|ehllo|[0, True, 1.5, 2]|[[1], "
      "[1, 5], [2]]" },
    { "{{ [{'a': 2, 'b': 1}, {'a': 1, 'b': 2}, {'a': 1, 'b': 1}] | sort(attribute='a,b') | list "
      "}}|{{ [{'a': {'b': 2}}, {'a': {'b': 1}}] | sort(attribute='a.b') | list }}",
      "[{'a': 1, 'b': 1}, {'a': 1, 'b': 2}, {'a': 2, 'b': 1}]|[{'a': {'b': 1}}, {'a': {'b': 2}}]" },
    { "{{ range(60) | sort(reverse=true) | join(' ') }}|{{ range(60) | map('divisibleby', 1) | "
      "list | length if false else '' }}",
      "59 58 57 56 55 54 53 52 51 50 49 48 47 46 45 44 43 42 41 40 39 38 37 36 35 34 33 32 31 30 "
      "29 28 27 26 25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0|" },
    { "{{ [{'k': 1, 'v': 'x'}, {'k': 0, 'v': 'y'}, {'k': 1, 'v': 'z'}] | sort(attribute='k', "
      "reverse=true) | map(attribute='v') | join }}",
      "xzy" },
    { "{{ ['Ä', 'b', 'ä', 'B', 'É'] | sort }}", "['b', 'B', 'Ä', 'ä', 'É']" },
    { "{{ [1, 'a'] | sort }}",
      "TypeError: '<' not supported between instances of 'str' and 'int'" },
    { "{{ [1, none] | sort }}",
      "TypeError: '<' not supported between instances of 'NoneType' and 'int'" },
    { "{{ [{}, {}] | sort }}", "[{}, {}]" },
    { "{{ {'b': 1, 'A': 2, 'c': 0} | dictsort }}|{{ {'b': 1, 'a': 2, 'c': 0} | "
      "dictsort(by='value') }}|{{ {'b': 1, 'A': 2} | dictsort(true) }}|{{ {'b': 1, 'a': 2} | "
      "dictsort(reverse=true) }}",
      "[('A', 2), ('b', 1), ('c', 0)]|[('c', 0), ('b', 1), ('a', 2)]|[('A', 2), ('b', 1)]|[('b', "
      "1), ('a', 2)]" },
    { "{{ {'b': 1} | dictsort(by='size') }}",
      "FilterArgumentError: You can only sort by either \"key\" or \"value\"" },
    { "{{ [1, 2, 1, 3, 2] | unique | list }}|{{ ['a', 'A', 'b'] | unique | list }}|{{ ['a', 'A'] | "
      "unique(true) | list }}|{{ [{'k': 1, 'v': 1}, {'k': 1, 'v': 2}] | unique(attribute='k') | "
      "list }}|{{ [1, true, 1.0, '1'] | unique | list }}",
      "[1, 2, 3]|['a', 'b']|['a', 'A']|[{'k': 1, 'v': 1}]|[1, '1']" },
    { "{{ [[1], [1]] | unique | list }}", "TypeError: unhashable type: 'list'" },
    { "{{ [1, 2, 3, 4, 5] | batch(2) | list }}|{{ [1, 2, 3] | batch(2, 'x') | list }}|{{ [] | "
      "batch(2) | list }}|{{ [1, 2] | batch(5, 0) | list }}",
      "[[1, 2], [3, 4], [5]]|[[1, 2], [3, 'x']]|[]|[[1, 2, 0, 0, 0]]" },
    { "{{ range(7) | slice(3) | list }}|{{ range(4) | slice(3, '-') | list }}|{{ range(6) | "
      "slice(3, '-') | list }}|{{ [] | slice(2) | list }}|{{ [1] | slice(3) | list }}",
      "[[0, 1, 2], [3, 4], [5, 6]]|[[0, 1], [2, '-'], [3, '-']]|[[0, 1, '-'], [2, 3, '-'], [4, 5, "
      "'-']]|[[], []]|[[1], [], []]" },
    { "{{ [1] | slice(0) | list }}", "ZeroDivisionError: integer division or modulo by zero" },
    { "{{ [{'r': 'b', 'n': 1}, {'r': 'a', 'n': 2}, {'r': 'b', 'n': 3}] | groupby('r') }}",
      "[('a', [{'r': 'a', 'n': 2}]), ('b', [{'r': 'b', 'n': 1}, {'r': 'b', 'n': 3}])]" },
    { "{{ [{'r': 'B'}, {'r': 'a'}, {'r': 'b'}] | groupby('r') | map(attribute='grouper') | list "
      "}}|{{ [{'r': 'B'}, {'r': 'a'}, {'r': 'b'}] | groupby('r', case_sensitive=true) | "
      "map(attribute='list') | map('length') | list }}",
      "['a', 'B']|[1, 1, 1]" },
    { "{{ [{'r': 'x'}, {}] | groupby('r', default='none') | map('first') | list }}",
      "['none', 'x']" },
    { "{% for g, items in [{'r': 2}, {'r': 1}, {'r': 2}] | groupby('r') %}{{ g }}:{{ items | "
      "length }} {% endfor %}",
      "1:1 2:2" },
    { "{% for g in [{'r': 2}] | groupby('r') %}{{ g.grouper }} {{ g[1] }} {{ g.list[0].r }} {{ g | "
      "length }} {{ g == (2, [{'r': 2}]) }}{% endfor %}",
      "2 [{'r': 2}] 2 2 True" },
    { "{{ [{'r': 'x'}, {}] | groupby('r') | list }}",
      "UndefinedError: 'dict object' has no attribute 'r'" },
    { "{{ ['ab', 'cd', 'a'] | groupby(0) | list }}", "[('a', ['ab', 'a']), ('c', ['cd'])]" },
    { "{{ [{'a': 1}, {'a': 2}] | map(attribute='a') | list }}|{{ [{'a': 1}, {}] | "
      "map(attribute='a', default=0) | list }}|{{ [{'a': {'b': [5]}}] | map(attribute='a.b.0') | "
      "list }}|{{ [('x', 1), ('y', 2)] | map(attribute=1) | list }}|{{ [{'a': none}] | "
      "map(attribute='a', default=1) | list }}",
      "[1, 2]|[1, 0]|[5]|[1, 2]|[None]" },
    { "{{ ['1', '2'] | map('int') | sum }}|{{ ['a', 'b'] | map('replace', 'a', 'z') | list }}|{{ "
      "['a', 'b'] | map('replace', old='a', new='z') | list }}|{{ [[1, 2], [3]] | map('join', '-') "
      "| list }}|{{ [[3, 1], [2]] | map('sort', reverse=true) | list }}|{{ [['%s', 1]] | "
      "map('first') | map('format', 7) | list }}",
      "3|['z', 'b']|['z', 'b']|['1-2', '3']|[[3, 1], [2]]|['7']" },
    { "{{ [1] | map('nope') | list }}", "TemplateRuntimeError: No filter named 'nope'." },
    { "{{ [1] | map | list }}", "FilterArgumentError: map requires a filter argument" },
    { "{{ [] | map('nope') | list }}|{{ [] | map | list }}|{{ [] | select('nope') | list }}|{{ [] "
      "| selectattr | list }}",
      "[]|[]|[]|[]" },
    { "{{ [1] | map(attribute='a', foo=1) | list }}",
      "FilterArgumentError: Unexpected keyword argument 'foo'" },
    { "{{ [1] | map('replace', 'a') | list }}",
      "TypeError: replace() missing 1 required positional argument: 'new'" },
    { "{{ [1] | map('upper', nope=1) | list }}",
      "TypeError: upper() got an unexpected keyword argument 'nope'" },
    { "{{ [0, 1, '', 'a', none, []] | select | list }}|{{ range(6) | select('odd') | list }}|{{ "
      "[1, 5, 10] | select('gt', 4) | list }}|{{ [1, 5, 10] | select('>', 4) | list }}|{{ ['a', "
      "'b', 'c'] | select('in', ['a', 'c']) | list }}",
      "[1, 'a']|[1, 3, 5]|[5, 10]|[5, 10]|['a', 'c']" },
    { "{{ [1] | select('nope') | list }}", "TemplateRuntimeError: No test named 'nope'." },
    { "{{ [1, 2, 3] | reject('even') | list }}|{{ [0, 1] | reject | list }}|{{ [1, {}.x, 2] | "
      "reject('undefined') | list }}",
      "[1, 3]|[0]|[1, 2]" },
    { "{{ [{'s': 'on', 'n': 1}, {'s': 'off', 'n': 2}] | selectattr('s', 'eq', 'on') | "
      "map(attribute='n') | list }}|{{ [{'a': 1, 'n': 1}, {'n': 2}] | selectattr('a', 'defined') | "
      "map(attribute='n') | list }}|{{ [{'x': {'y': 5}}, {'x': {'y': 1}}] | selectattr('x.y', '>', "
      "3) | list | length }}|{{ [{'s': 'a'}, {'s': 'b'}] | rejectattr('s', '==', 'a') | list }}|{{ "
      "[[1, 0], [0, 1]] | selectattr(1) | list }}",
      "[1]|[1]|1|[{'s': 'b'}]|[[0, 1]]" },
    { "{{ [{'a': 1}] | selectattr | list }}",
      "FilterArgumentError: Missing parameter for attribute name" },
    { "{{ [{'a': 1}, {}] | selectattr('a', 'gt', 0) | list }}",
      "UndefinedError: 'dict object' has no attribute 'a'" },
    { "{{ [3, 1, 2] | min }}|{{ [3, 1, 2] | max }}|{{ ['b', 'A', 'c'] | min }}|{{ ['b', 'A', 'C'] "
      "| max }}|{{ ['b', 'A'] | max(true) }}|{{ [{'v': 3}, {'v': 9}] | max(attribute='v') }}|{{ "
      "[1, 1.0, true] | max }}|{{ [true, 1] | max }}",
      "1|3|A|C|b|{'v': 9}|1|True" },
    { "{{ [1, 'a'] | max }}", "TypeError: '>' not supported between instances of 'str' and 'int'" },
    { "{{ 'abc' | attr('upper') is callable }}|{{ {'a': 1} | attr('a') is defined }}|{{ {'keys': "
      "1} | attr('keys') is callable }}|{{ 5 | attr('__class__') is defined }}",
      "True|False|True|False" },
    { "{{ [7] | random }}", "7" },
    { "{{ {'z': 1, 'a': 2} | tojson }}|{{ {'a': '<b>&\\''} | tojson }}|{{ [1, 1.0, true, none, "
      "'é', 1e16, 1e-7] | tojson }}|{{ {'b': [1], 'a': 2, 'c': {}, 'd': []} | tojson(2) }}",
      "{\"a\": 2, \"z\": 1}|{\"a\": \"\\u003cb\\u003e\\u0026\\u0027\"}|[1, 1.0, true, null, "
      "\"\\u00e9\", 1e+16, 1e-07]|{\n  \"a\": 2,\n  \"b\": [\n    1\n  ],\n  \"c\": {},\n  \"d\": "
      "[]\n}" },
    { "{{ {1: 2} | tojson }}|{{ {1.5: 2, 2: 3} | tojson }}|{{ {true: 2} | tojson }}|{{ {none: 2} | "
      "tojson }}|{{ '\\u2028😀\\x7f\"\\\\' | tojson }}|{{ [(1, 2)] | tojson }}|{{ [1] | tojson(0) "
      "}}|{{ [1] | tojson('--') }}",
      "{\"1\": 2}|{\"1.5\": 2, \"2\": 3}|{\"true\": 2}|{\"null\": "
      "2}|\"\\u2028\\ud83d\\ude00\\u007f\\\"\\\\\"|[[1, 2]]|[\n1\n]|[\n--1\n]" },
    { "{{ {(1, 2): 3} | tojson }}",
      "TypeError: keys must be str, int, float, bool or None, not tuple" },
    { "{{ range(3) | tojson }}", "TypeError: Object of type range is not JSON serializable" },
    { "{{ {1: 1, 'a': 2} | tojson }}",
      "TypeError: '<' not supported between instances of 'str' and 'int'" },
    { "{{ 500 | filesizeformat }}|{{ 1 | filesizeformat }}|{{ 13000 | filesizeformat }}|{{ 4100000 "
      "| filesizeformat }}|{{ 1024 | filesizeformat(true) }}|{{ 0 | filesizeformat }}|{{ '3000' | "
      "filesizeformat }}|{{ 1e30 | filesizeformat }}|{{ 999.9 | filesizeformat }}|{{ -5 | "
      "filesizeformat }}|{{ 1e12 | filesizeformat(binary=true) }}",
      "500 Bytes|1 Byte|13.0 kB|4.1 MB|1.0 KiB|0 Bytes|3.0 kB|1000000.0 YB|999 Bytes|-5 "
      "Bytes|931.3 GiB" },
    { "{{ 'x' | filesizeformat }}", "ValueError: could not convert string to float: 'x'" },
    { "{{ -5 | abs }}|{{ -2.5 | abs }}|{{ true | abs }}|{{ (-(2 ** 70)) | abs }}",
      "5|2.5|1|1180591620717411303424" },
    { "{{ '-5' | abs }}", "TypeError: bad operand type for abs(): 'str'" },
    { "{{ missing | default('d') }}|{{ missing | d(5) }}|[{{ missing | default }}]|{{ none | "
      "default('d') }}|{{ '' | default('e', true) }}|{{ 0 | default(9, boolean=true) }}|{{ {}.b | "
      "default('nb') }}",
      "d|5|[]|None|e|9|nb" },
    { "{{ [none, none] | sort }}|{{ [{'a': none, 'n': 1}, {'a': none, 'n': 2}] | "
      "sort(attribute='a') | map(attribute='n') | list }}",
      "[None, None]|[1, 2]" },
    { "{{ [{'a': none}, {'a': none}] | groupby('a') }}",
      "TypeError: '<' not supported between instances of 'NoneType' and 'NoneType'" },
};

START_TEST(filters_on_sequences_give_what_jinjas_give)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

START_TEST(undefined_values_are_empty_with_a_warning_each)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert_str_eq(
        engine_render(&engine, "{{ nope | list }}{{ nope | sort }}{{ nope | sum }}", NULL, 0),
        "[][]0");
    ck_assert_uint_eq(engine.warnings, 3);
    ck_assert_str_eq(engine_render(&engine, "{{ nope | length }}{{ nope | default(1) }}", NULL, 0),
                     "01");
    ck_assert_uint_eq(engine.warnings, 3);
    engine.strict = true;
    ck_assert_str_eq(engine_render(&engine, "{{ nope | length }}", NULL, 0),
                     "UndefinedError: 'nope' is undefined");
    engine_fini(&engine);
}
END_TEST

static const char *const costly[] = {
    "{{ range(1000) | list }}",           "{{ range(1000) | sum }}",
    "{{ range(1000) | sort }}",           "{{ range(1000) | map('abs') | first }}",
    "{{ range(1000) | join }}",           "{{ range(1000) | unique | first }}",
    "{{ [1] | batch(1000, 0) | first }}", "{{ [] | slice(1000) | first }}",
};

START_TEST(walking_a_list_costs_steps)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine.limits.steps = 500;
    ck_assert_ptr_nonnull(strstr(engine_render(&engine, costly[_i], NULL, 0), "steps"));
    engine.limits.steps = 100000;
    ck_assert_ptr_null(strstr(engine_render(&engine, costly[_i], NULL, 0), "steps"));
    engine_fini(&engine);
}
END_TEST

START_TEST(memory_is_bounded)
{
    struct engine engine;

    engine_init(&engine, NOW);
    engine.limits.memory = 65536;
    ck_assert_ptr_nonnull(strstr(
        engine_render(&engine, "{{ range(50000) | map('string') | first }}", NULL, 0), "memory"));
    engine_fini(&engine);
}
END_TEST

START_TEST(random_chooses_every_member)
{
    struct engine engine;
    unsigned seen = 0;

    engine_init(&engine, NOW);
    for (int i = 0; i < 500; i++)
        seen |= 1U << (engine_render(&engine, "{{ [0, 1, 2, 3] | random }}", NULL, 0)[0] - '0');
    ck_assert_uint_eq(seen, 15);
    ck_assert_str_eq(engine_render(&engine, "{{ [] | random }}", NULL, 0),
                     "IndexError: Cannot choose from an empty sequence");
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("filters on sequences", ROWS(filters_on_sequences_give_what_jinjas_give, rows),
           ONCE(undefined_values_are_empty_with_a_warning_each),
           ROWS(walking_a_list_costs_steps, costly), ONCE(memory_is_bounded),
           ONCE(random_chooses_every_member))
