/* SPDX-License-Identifier: Apache-2.0 */
/* The model's functions on collections. */
#include "engine.h"
#include "support/cases.h"

#define NOW "2024-01-15T12:30:45Z"

static const struct {
    const char *template, *text;
} rows[] = {
    { "{{ [1, 2, 3] | intersect([2, 3, 4]) }}|{{ difference([1, 2, 3], [2]) }}|{{ [1, 2] | "
      "union([2, 3]) }}|{{ [1, 2] | symmetric_difference([2, 3]) }}|{{ [1, 1, true] | union([]) }}",
      "[2, 3]|[1, 3]|[1, 2, 3]|[1, 3]|[1]" },
    { "{{ [1] | union('ab') }}", "TypeError: union expected a list, got str" },
    { "{{ 'ab' | intersect([1]) }}", "TypeError: intersect expected a list, got str" },
    { "{{ [[1]] | union([2]) }}", "TypeError: unhashable type: 'list'" },
    { "{{ [1, [2, [3, [4]]]] | flatten }}|{{ flatten([1, [2, [3, [4]]]], levels=1) }}|{{ "
      "flatten([1, [2]], 0) }}|{{ ['ab', ['cd', ('ef',)]] | flatten }}|{{ [] | flatten }}",
      "[1, 2, 3, 4]|[1, 2, [3, [4]]]|[1, [2]]|['ab', 'cd', 'ef']|[]" },
    { "{{ 'ab' | flatten }}", "TypeError: flatten expected a list, got str" },
    { "{{ {'a': 1, 'b': 2} | combine({'b': 3, 'c': 4}) }}|{{ combine({'a': 1}, {'a': 2}, {'a': 3}) "
      "}}|{{ {'a': {'x': 1, 'y': 2}} | combine({'a': {'y': 3}}) }}|{{ {'a': {'x': 1, 'y': 2}} | "
      "combine({'a': {'y': 3, 'z': 4}}, recursive=true) }}|{{ {'a': {'x': 1}} | combine({'a': 5}, "
      "recursive=true) }}",
      "{'a': 1, 'b': 3, 'c': 4}|{'a': 3}|{'a': {'y': 3}}|{'a': {'x': 1, 'y': 3, 'z': 4}}|{'a': "
      "5}" },
    { "{{ combine() }}", "TypeError: combine expected at least 1 argument, got 0" },
    { "{{ combine([1]) }}", "TypeError: combine expected a dict, got list" },
    { "{{ combine({}, nope=1) }}",
      "TypeError: combine() got an unexpected keyword argument 'nope'" },
    { "{{ [3, 1, 2] | shuffle | sort }}|{{ shuffle(range(10) | list, 42) }}|{{ shuffle(range(10) | "
      "list, seed='abc') }}|{{ shuffle(range(10) | list, seed=2 ** 70) }}|{{ shuffle(range(10) | "
      "list, -7) }}|{{ shuffle(1, 2, 3) | length }}",
      "[1, 2, 3]|[7, 3, 2, 8, 5, 6, 9, 4, 0, 1]|[4, 3, 0, 9, 1, 2, 6, 5, 7, 8]|[4, 9, 5, 2, 1, 8, "
      "0, 7, 6, 3]|[8, 3, 1, 4, 7, 0, 9, 6, 2, 5]|3" },
    { "{{ shuffle(5) }}", "TypeError: 'int' object is not iterable" },
    { "{{ shuffle([1], 'a', nope=1) }}",
      "TypeError: shuffle() got an unexpected keyword argument 'nope'" },
    { "{{ zip([1, 2], ['a', 'b']) | list }}|{% for a, b in zip('abc', [1, 2]) %}{{ a }}{{ b }}{% "
      "endfor %}|{{ zip() | list }}|{{ dict(zip(['x', 'y'], [1, 2])) }}",
      "[(1, 'a'), (2, 'b')]|a1b2|[]|{'x': 1, 'y': 2}" },
    { "{{ [1, 2] | contains(2) }}|{{ 'abc' is contains('b') }}|{{ {'k': 1} | contains('k') }}",
      "True|True|True" },
    { "{{ ['room 10', 'Room 2', 'room 1', 'a'] | natural_sort }}|{{ ['x10', 'x9'] | "
      "natural_sort(reverse=true) }}|{{ [{'n': 'b10'}, {'n': 'b9'}] | natural_sort('n') | "
      "map(attribute='n') | list }}",
      "['a', 'room 1', 'Room 2', 'room 10']|['x10', 'x9']|['b9', 'b10']" },
    { "{{ {'weather.a': {'forecast': [{'t': 1}, {'t': 2}]}, 'weather.b': {'forecast': [{'t': 3}]}} "
      "| merge_response }}",
      "[{'t': 1, 'entity_id': 'weather.a', 'value_key': 'forecast'}, {'t': 2, 'entity_id': "
      "'weather.a', 'value_key': 'forecast'}, {'t': 3, 'entity_id': 'weather.b', 'value_key': "
      "'forecast'}]" },
    { "{{ {'x.a': {'v': 1, 'w': [2]}} | merge_response }}|{{ {} | merge_response }}|{{ {'x.a': "
      "{'v': []}} | merge_response }}",
      "[{'v': 1, 'w': [2], 'entity_id': 'x.a'}]|[]|[]" },
    { "{{ {'x.a': 5} | merge_response }}", "TypeError: Response is not a dictionary" },
    { "{{ {'x.a': {'entity_id': 1}} | merge_response }}",
      "ValueError: Response dictionary already contains key 'entity_id'" },
    { "{{ set([1, 1, 2]) }}|{{ tuple('ab') }}|{{ tuple() }}|{{ set([]) | length }}|{{ set([1, 2]) "
      "== set([2, 1]) }}",
      "{1, 2}|('a', 'b')|()|0|True" },
    { "{{ set([[1]]) }}", "TypeError: unhashable type: 'list'" },
};

START_TEST(functions_of_collections_follow_the_model)
{
    struct engine engine;

    engine_init(&engine, NOW);
    ck_assert(engine_same(engine_render(&engine, rows[_i].template, NULL, 0), rows[_i].text,
                          rows[_i].template));
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("collections", ROWS(functions_of_collections_follow_the_model, rows))
