/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items, slices and attributes, what is missing and what is refused.
 */
#include "expressions.h"

static const struct expression items[] = {
    { "'hello'[1]", "'e'" },
    { "'äöü'[1]", "'ö'" },
    { "'abc'[-2]", "'b'" },
    { "[1, 2, 3][-1]", "3" },
    { "(1, 2)[0]", "1" },
    { "{'a': 1}['a']", "1" },
    { "{1: 'x'}[True]", "'x'" },
    { "{None: 'n'}[None]", "'n'" },
    { "'AB'.encode()[1]", "66" },
    { "range(5)[2]", "2" },
    { "range(5)[-1]", "4" },
    { "['no', 'yes'][True]", "'yes'" },
    { "'abcdef'[1:3]", "'bc'" },
    { "'abcdef'[:2]", "'ab'" },
    { "'abcdef'[4:]", "'ef'" },
    { "'abcdef'[-2:]", "'ef'" },
    { "'abcdef'[::2]", "'ace'" },
    { "'abcdef'[::-1]", "'fedcba'" },
    { "'abcdef'[4:1:-1]", "'edc'" },
    { "'äöü€'[1:3]", "'öü'" },
    { "'äöü€'[::-1]", "'€üöä'" },
    { "'abc'[5:9]", "''" },
    { "[1, 2, 3, 4][1:-1]", "[2, 3]" },
    { "[1, 2, 3, 4][::-2]", "[4, 2]" },
    { "(1, 2, 3)[:2]", "(1, 2)" },
    { "range(10)[2:8:3]", "range(2, 8, 3)" },
    { "'abc'[None:2]", "'ab'" },
    { "'abc'[::0]", "ValueError: slice step cannot be zero" },
    { "[1][0:10 ** 30]", "[1]" },
    { "'abc'[-(10 ** 30):]", "'abc'" },
    { "'abc'.encode()[::-1]", "b'cba'" },
};

START_TEST(items_and_slices_are_those_of_python)
{
    check_expression(&items[_i]);
}
END_TEST

static const struct expression missing[] = {
    { "[1, 2][5]", "Undefined" },
    { "{'a': 1}['b']", "Undefined" },
    { "['a'][1.0]", "Undefined" },
    { "'abc'['x']", "Undefined" },
    { "{}[[]]", "Undefined" },
    { "(5).foo", "Undefined" },
    { "'abc'.nope", "Undefined" },
    { "None.x", "Undefined" },
    { "[1]['a':]",
      "TypeError: slice indices must be integers or None or have an __index__ method" },
    { "{'a': 1}[0:1]", "TypeError: unhashable type: 'slice'" },
    { "{'a': 1}.b.c", "UndefinedError: 'dict object' has no attribute 'b'" },
    { "[1][3].x", "UndefinedError: list object has no element 3" },
    { "[1][1.5].x", "UndefinedError: list object has no element 1.5" },
    { "{}[None].x", "UndefinedError: dict object has no element None" },
    { "None.x.y", "UndefinedError: 'None' has no attribute 'x'" },
    { "nope.x", "UndefinedError: 'nope' is undefined" },
    { "nope + 1", "UndefinedError: 'nope' is undefined" },
    { "1 < nope", "UndefinedError: 'nope' is undefined" },
    { "-nope", "UndefinedError: 'nope' is undefined" },
    { "nope[1:]", "UndefinedError: 'nope' is undefined" },
    { "nope['x']", "UndefinedError: 'nope' is undefined" },
    { "'a' in nope", "False" },
    { "nope == nada", "True" },
    { "nope == None", "False" },
    { "[nope]", "[Undefined]" },
    { "{nope: 1}", "{Undefined: 1}" },
    { "{'x': 1}.x", "1" },
    { "{'items': 5}['items']", "5" },
    { "{'a': 1}['keys']()", "dict_keys(['a'])" },
    { "{'_a': 1}._a", "1" },
    { "[].append(1)", "SecurityError: access to attribute 'append' of 'list' object is unsafe." },
    { "{}.update({})", "SecurityError: access to attribute 'update' of 'dict' object is unsafe." },
    { "set([]).add(1)", "SecurityError: access to attribute 'add' of 'set' object is unsafe." },
    { "[1].pop()", "SecurityError: access to attribute 'pop' of 'list' object is unsafe." },
    { "''.__class__", "Undefined" },
    { "''.__class__.x",
      "SecurityError: access to attribute '__class__' of 'str' object is unsafe." },
    { "'{0.__class__}'.format(5)", "''" },
    { "{'append': 1}.append", "1" },
    { "{'pop': 1}['pop']", "1" },
    { "1 in [nope]", "False" },
};

START_TEST(what_is_missing_or_refused_is_undefined)
{
    check_expression(&missing[_i]);
}
END_TEST

CASES_MAIN("access", ROWS(items_and_slices_are_those_of_python, items),
           ROWS(what_is_missing_or_refused_is_undefined, missing))
