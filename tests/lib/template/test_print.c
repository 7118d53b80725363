/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repr of every kind; str differs for texts and dates alone.
 */
#include "expressions.h"

static const struct expression texts[] = {
    { "'a'", "'a'" },
    { "\"it's\"", "\"it's\"" },
    { "'say \"hi\"'", "'say \"hi\"'" },
    { "'a\\'b\"c'", "'a\\'b\"c'" },
    { "'\\n\\r\\t\\\\'", "'\\n\\r\\t\\\\'" },
    { "'\\x00\\x1b\\x7f\\x85\\xa0\\xad'", "'\\x00\\x1b\\x7f\\x85\\xa0\\xad'" },
    { "'\\u200b\\u2028\\ue000'", "'\\u200b\\u2028\\ue000'" },
    { "'é€漢字'", "'é€漢字'" },
    { "'\\U0001F600\\U000e0001'", "'😀\\U000e0001'" },
    { "''", "''" },
    { "'a'.encode()", "b'a'" },
    { "'it\\'s'.encode()", "b\"it's\"" },
    { "'\\x00\\xff\"\\''.encode('latin-1')", "b'\\x00\\xff\"\\''" },
    { "'\\n'.encode()", "b'\\n'" },
    { "'x\\ud800y'", "'x\\ud800y'" },
};

START_TEST(texts_and_bytes_choose_quotes_and_escape)
{
    check_expression(&texts[_i]);
}
END_TEST

static const struct expression numbers[] = {
    { "0", "0" },
    { "-1", "-1" },
    { "9223372036854775807", "9223372036854775807" },
    { "-9223372036854775807 - 1", "-9223372036854775808" },
    { "10 ** 30", "1000000000000000000000000000000" },
    { "-(10 ** 30)", "-1000000000000000000000000000000" },
    { "21.0", "21.0" },
    { "0.1", "0.1" },
    { "1 / 3", "0.3333333333333333" },
    { "1e15", "1000000000000000.0" },
    { "1e16", "1e+16" },
    { "123456789012345680.0", "1.2345678901234568e+17" },
    { "9999999999999998.0", "9999999999999998.0" },
    { "0.0001", "0.0001" },
    { "0.00001", "1e-05" },
    { "0.00012345", "0.00012345" },
    { "1.5e300", "1.5e+300" },
    { "1.7976931348623157e308", "1.7976931348623157e+308" },
    { "5e-324", "5e-324" },
    { "2.2250738585072014e-308", "2.2250738585072014e-308" },
    { "1e400", "inf" },
    { "-1e400", "-inf" },
    { "1e400 - 1e400", "nan" },
    { "-0.0", "-0.0" },
    { "100.01", "100.01" },
    { "1e22", "1e+22" },
    { "True", "True" },
    { "None", "None" },
    { "(-8) ** (1/3)", "(1.0000000000000002+1.7320508075688772j)" },
    { "(-1) ** 0.5", "(6.123233995736766e-17+1j)" },
};

START_TEST(numbers_print_the_shortest_text)
{
    check_expression(&numbers[_i]);
}
END_TEST

static const struct expression containers[] = {
    { "[]", "[]" },
    { "[1, 'a', 2.5, None, True]", "[1, 'a', 2.5, None, True]" },
    { "()", "()" },
    { "(1,)", "(1,)" },
    { "(1, 2)", "(1, 2)" },
    { "{}", "{}" },
    { "{'a': {'b': [1, (2,)]}}", "{'a': {'b': [1, (2,)]}}" },
    { "{1: 'x', (1, 2): None}", "{1: 'x', (1, 2): None}" },
    { "set([])", "set()" },
    { "set([3, 1, 2])", "{1, 2, 3}" },
    { "set(['a'])", "{'a'}" },
    { "range(5)", "range(0, 5)" },
    { "range(1, 10, 3)", "range(1, 10, 3)" },
    { "range(5, 0, -1)", "range(5, 0, -1)" },
    { "{'a': 1}.keys()", "dict_keys(['a'])" },
    { "{'a': 1}.values()", "dict_values([1])" },
    { "{'a': 1}.items()", "dict_items([('a', 1)])" },
    { "{}.keys()", "dict_keys([])" },
    { "[[[[]]]]", "[[[[]]]]" },
    { "range(10)[2:5]", "range(2, 5)" },
    { "range(0, 20, 2)[::-3]", "range(18, -2, -6)" },
};

START_TEST(containers_print_their_members)
{
    check_expression(&containers[_i]);
}
END_TEST

CASES_MAIN("printing", ROWS(texts_and_bytes_choose_quotes_and_escape, texts),
           ROWS(numbers_print_the_shortest_text, numbers),
           ROWS(containers_print_their_members, containers))
