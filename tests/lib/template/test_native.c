/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native values of rendered texts, by Python's literal_eval and the model's rules, and what they cannot be.
 */
#include <stdio.h>

#include "base/mem.h"
#include "support/cases.h"
#include "template/template.h"

static const struct native {
    const char *text;
    size_t length;
    const char *repr; /* NULL: the text itself */
} natives[] = {
    { "5", 1, "5" },
    { "-5", 2, "-5" },
    { "+5", 2, "5" },
    { "007", 3, NULL },
    { "00", 2, NULL },
    { "0.50", 4, "0.5" },
    { "0", 1, "0" },
    { "-0", 2, "0" },
    { "-01", 3, NULL },
    { "5.25", 4, "5.25" },
    { "5.", 2, "5.0" },
    { ".5", 2, "0.5" },
    { "-.5", 3, "-0.5" },
    { "1e5", 3, NULL },
    { "1.5e-3", 6, NULL },
    { "00.5", 4, NULL },
    { "0x1F", 4, NULL },
    { "1_000", 5, NULL },
    { "(5)", 3, NULL },
    { "- 5", 3, NULL },
    { "--5", 3, NULL },
    { "1 # c", 5, NULL },
    { "123456789012345678901234567890", 30, "123456789012345678901234567890" },
    { "123456789012345678901234567890.5", 32, "1.2345678901234568e+29" },
    { "0.1000000000000000055511151231257827", 36, "0.1" },
    { "1.10", 4, "1.1" },
    { "1.2.3", 5, NULL },
    { "192.168.1.1", 11, NULL },
    { "10:30", 5, NULL },
    { "2024-01-01", 10, NULL },
    { "2024-1-1", 8, NULL },
    { "1+2", 3, NULL },
    { "1+2j", 4, NULL },
    { "3j", 2, NULL },
    { "50 %", 4, NULL },
    { "21.5 °C", 8, NULL },
    { "True", 4, "True" },
    { "False", 5, "False" },
    { "true", 4, NULL },
    { "None", 4, "None" },
    { "null", 4, NULL },
    { "nan", 3, NULL },
    { "inf", 3, NULL },
    { "yes", 3, NULL },
    { "'hello'", 7, NULL },
    { "\"hello\"", 7, NULL },
    { "'a' 'b'", 7, NULL },
    { "b'abc'", 6, "b'abc'" },
    { "b'\\xde\\xad'", 11, "b'\\xde\\xad'" },
    { "[1, 2, 3]", 9, "[1, 2, 3]" },
    { "[\"a\", 'b']", 10, "['a', 'b']" },
    { "[true, 1]", 9, NULL },
    { "[null]", 6, NULL },
    { "[True, None, False]", 19, "[True, None, False]" },
    { "[1, 2,]", 7, "[1, 2]" },
    { "[]", 2, "[]" },
    { "[[1], {\"a\": (2,)}]", 18, "[[1], {'a': (2,)}]" },
    { "[1.0, 1e3, .5]", 14, "[1.0, 1000.0, 0.5]" },
    { "[01]", 4, NULL },
    { "[1, 2", 5, NULL },
    { "[a, b]", 6, NULL },
    { "[1 + 1]", 7, NULL },
    { "[1,\n 2]", 7, "[1, 2]" },
    { "1,2", 3, "(1, 2)" },
    { "1, 2, 3", 7, "(1, 2, 3)" },
    { "1,", 2, "(1,)" },
    { "1, a", 4, NULL },
    { "21,5", 4, "(21, 5)" },
    { "()", 2, "()" },
    { "{\"a\": 1, \"b\": [2]}", 18, "{'a': 1, 'b': [2]}" },
    { "{1: \"a\"}", 8, "{1: 'a'}" },
    { "{}", 2, "{}" },
    { "{\"on\": true}", 12, NULL },
    { "{a: 1}", 6, NULL },
    { "{\"a\": 1, \"a\": 2}", 16, "{'a': 2}" },
    { "{1, 2}", 6, "{1, 2}" },
    { "set()", 5, "set()" },
    { "...", 3, "Ellipsis" },
    { "", 0, NULL },
    { "hello world", 11, NULL },
    { "None yet", 8, NULL },
    { "lambda: 1", 9, NULL },
    { "import os", 9, NULL },
    { "f\"{1}\"", 6, NULL },
    { "r'a\\b'", 6, NULL },
    { "٣", 2, NULL },
    { "−5", 4, NULL },
    { "1", 1, "1" },
    { "a\000b", 3, NULL },
    { "5\000", 2, NULL },
    { "1\n2", 3, NULL },
    { "1 \\\n+ 2", 7, NULL },
    { "1;", 2, NULL },
    { "5:", 2, NULL },
    { "*1", 2, NULL },
    { "True and False", 14, NULL },
    { "not True", 8, NULL },
    { "~5", 2, NULL },
    { "+True", 5, NULL },
    { "-None", 5, NULL },
    { "\"a\" * 3", 7, NULL },
    { "\"a\" + \"b\"", 9, NULL },
    { "[1e999]", 7, "[inf]" },
    { "[1_0, 0x10]", 11, "[10, 16]" },
    { "[[[[[[1]]]]]]", 13, "[[[[[[1]]]]]]" },
    { "{'a': {'b': {'c': (1, 2)}}}", 27, "{'a': {'b': {'c': (1, 2)}}}" },
    { "{[1]: 2}", 8, NULL },
    { "{[1], 2}", 8, NULL },
    { "3.5", 3, "3.5" },
    { "[1, 'a', None]", 14, "[1, 'a', None]" },
    { "42", 2, "42" },
    { "\"on\"", 4, NULL },
    { "1:00:00", 7, NULL },
    { "1970-01-01 00:00:00+00:00", 25, NULL },
    { "range(0, 3)", 11, NULL },
    { "1e+16", 5, NULL },
    { "1e-05", 5, NULL },
    { "-3", 2, "-3" },
    { "[1,true]", 8, NULL },
    { "[1,2.5,\"x\"]", 11, "[1, 2.5, 'x']" },
    { "0171234567", 10, NULL },
    { "12", 2, "12" },
    { "[1+2j, -3j, (1-2j)]", 19, "[(1+2j), (-0-3j), (1-2j)]" },
    { "[ ]", 3, "[]" },
    { "{ }", 3, "{}" },
    { "( )", 3, "()" },
    { "(1, )", 5, "(1,)" },
    { "((1))", 5, NULL },
    { "-(1)", 4, NULL },
    { "-((1))", 6, NULL },
    { "[-(1)]", 6, "[-1]" },
    { "[(-1)]", 6, "[-1]" },
    { "[-(-1)]", 7, NULL },
    { "[+1, -1.5, - 2]", 15, "[1, -1.5, -2]" },
    { "set( )", 6, "set()" },
    { "{1, 1.0, True}", 14, "{1}" },
    { "{'a': 1,}", 9, "{'a': 1}" },
    { "{1,}", 4, "{1}" },
    { "{,}", 3, NULL },
    { "(,)", 3, NULL },
    { "[,]", 3, NULL },
    { "[1,,2]", 6, NULL },
    { "{'a': 1, 2}", 11, NULL },
    { "{1, 'a': 2}", 11, NULL },
    { "{**{}}", 6, NULL },
    { "[*[1]]", 6, NULL },
    { "['a' 'b' \"c\"]", 13, "['abc']" },
    { "['a' b'c']", 10, NULL },
    { "[b'a' b'b']", 11, "[b'ab']" },
    { "[b'\\xff\\n\\'']", 13, "[b\"\\xff\\n'\"]" },
    { "[b'é']", 7, NULL },
    { "['\\x41\\u00e9\\U0001F600\\101\\d\\\n|']", 33, "['Aé😀A\\\\d|']" },
    { "['\\x4']", 7, NULL },
    { "[r'\\n', R'a', u'b', U'c', rb'\\n', bR'x', Rb'']", 46,
      "['\\\\n', 'a', 'b', 'c', b'\\\\n', b'x', b'']" },
    { "[ur'a']", 7, NULL },
    { "[f'a']", 6, NULL },
    { "['''a\nb''', \"\"\"c\"d\"\"\"]", 22, "['a\\nb', 'c\"d']" },
    { "['a\nb']", 7, NULL },
    { "['a]", 4, NULL },
    { "[1, # comment\n 2]", 17, "[1, 2]" },
    { "[1\n]", 4, "[1]" },
    { "[1 \\\n, 2]", 9, "[1, 2]" },
    { "1,2,\n", 5, "(1, 2)" },
    { "1,\n2", 4, NULL },
    { "[0xFF, 0o17, 0b11, 0XaB]", 24, "[255, 15, 3, 171]" },
    { "[0x_f, 1_0.5, 1_000e1_0]", 24, "[15, 10.5, 10000000000000.0]" },
    { "[1__0]", 6, NULL },
    { "[1_]", 4, NULL },
    { "[0x]", 4, NULL },
    { "[00, 0_0]", 9, "[0, 0]" },
    { "[0_7]", 5, NULL },
    { "[1e5, 1E-5, 1.e3, .5e1]", 23, "[100000.0, 1e-05, 1000.0, 5.0]" },
    { "[1e]", 4, NULL },
    { "[1.2.3]", 7, NULL },
    { "[1a]", 4, NULL },
    { "[1 2]", 5, NULL },
    { "[...]", 5, "[Ellipsis]" },
    { "[....]", 6, NULL },
    { "[None, True, False]", 19, "[None, True, False]" },
    { "[none]", 6, NULL },
    { "[Nonexistent]", 13, NULL },
    { "set", 3, NULL },
    { "set(1)", 6, NULL },
    { "set()()", 7, NULL },
    { "[set()]", 7, "[set()]" },
    { "[1]]", 4, NULL },
    { "[[1]", 4, NULL },
    { "(1", 2, NULL },
    { "1)", 2, NULL },
    { "[1][0]", 6, NULL },
    { "True,", 5, "(True,)" },
    { "True, False", 11, "(True, False)" },
    { "'a', 'b'", 8, "('a', 'b')" },
    { "{'a': {'b': [(1,), {2}]}}", 25, "{'a': {'b': [(1,), {2}]}}" },
    { "{(1, 2): 3}", 11, "{(1, 2): 3}" },
    { "{(1, [2]): 3}", 13, NULL },
    { "[9223372036854775807, 9223372036854775808, -9223372036854775808]", 64,
      "[9223372036854775807, 9223372036854775808, -9223372036854775808]" },
    { "[1e999, -1e999]", 15, "[inf, -inf]" },
    { "+.5", 3, "0.5" },
    { "-5.", 3, "-5.0" },
    { "+", 1, NULL },
    { "-", 1, NULL },
    { ".", 1, NULL },
    { "+.", 2, NULL },
    { "1.5.", 4, NULL },
    { "0.", 2, "0.0" },
    { "00.", 3, NULL },
    { "-0.0", 4, "-0.0" },
    { "1,2;3", 5, NULL },
    { "b''", 3, "b''" },
    { "b'a' b'c'", 9, "b'ac'" },
    { "B'x'", 4, "b'x'" },
    { "{1: 2, 1.0: 3}", 14, "{1: 3}" },
    { "[True and 1]", 12, NULL },
    { "[not 1]", 7, NULL },
    { "[a]", 3, NULL },
    { "[1,\0142]", 6, "[1, 2]" },
    { "1\302\240", 3, NULL },
    { "[1\r\n,2]", 7, "[1, 2]" },
};

static void check_native(const char *text, size_t length, const char *repr)
{
    struct tmpl_vm vm = { 0 };
    autobuf got = HASS_BUF_INIT;

    struct tmpl_value value = tmpl_native(&vm.heap, text, length);
    ck_assert_int_eq(tmpl_repr(&vm, &value, &got), 0);
    if (repr) {
        ck_assert_msg(strcmp(hass_buf_string(&got), repr) == 0, "%s: expected %s, got %s", text,
                      repr, hass_buf_string(&got));
    } else {
        ck_assert_msg(value.kind == TMPL_STRING, "%s is no text but %s", text,
                      hass_buf_string(&got));
        ck_assert_ptr_eq(value.text, text);
        ck_assert_uint_eq(value.length, length);
    }
    arena_fini(&vm.heap.arena);
}

START_TEST(a_text_is_what_python_reads_or_itself)
{
    check_native(natives[_i].text, natives[_i].length, natives[_i].repr);
}
END_TEST

static void check_depth(size_t depth, bool list)
{
    struct tmpl_heap heap = { 0 };
    char *text = mem_alloc(2 * depth);

    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    struct tmpl_value value = tmpl_native(&heap, text, 2 * depth);
    ck_assert_int_eq(value.kind, list ? TMPL_LIST : TMPL_STRING);
    arena_fini(&heap.arena);
    free(text);
}

START_TEST(a_hundred_brackets_within_each_other_are_the_limit)
{
    check_depth(100, true);
    check_depth(101, false);
}
END_TEST

START_TEST(parentheses_within_each_other_take_no_time)
{
    char text[200];

    memset(text, '(', 99);
    text[99] = '1';
    memset(text + 100, ')', 99);
    check_native(text, 199, NULL);
}
END_TEST

static void check_digits(size_t digits, enum tmpl_kind kind)
{
    struct tmpl_heap heap = { 0 };
    char *text = mem_alloc(digits);

    memset(text, '7', digits);
    ck_assert_int_eq(tmpl_native(&heap, text, digits).kind, kind);
    arena_fini(&heap.arena);
    free(text);
}

START_TEST(an_integer_of_more_than_4300_digits_is_a_text)
{
    check_digits(4300, TMPL_BIG);
    check_digits(4301, TMPL_STRING);
}
END_TEST

START_TEST(no_byte_behind_the_text_is_read)
{
    static const char *const texts[] = { "12",   "[1,", "'a", "-",   "...",
                                         "None", "0x",  "1e", "set", "b" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        for (size_t length = 0; length <= strlen(texts[i]); length++) {
            struct tmpl_heap heap = { 0 };
            char *copy = mem_memdup(texts[i], length);
            (void)tmpl_native(&heap, copy, length);
            arena_fini(&heap.arena);
            free(copy);
        }
    }
}
END_TEST

START_TEST(texts_within_containers_are_views_where_nothing_is_escaped)
{
    static const char text[] = "['plain', 'esc\\n']";
    struct tmpl_heap heap = { 0 };
    struct tmpl_value list = tmpl_native(&heap, text, strlen(text));

    ck_assert_uint_eq(list.length, 2);
    ck_assert_ptr_eq(list.items[0].text, text + 2);
    ck_assert_uint_eq(list.items[1].length, 4);
    arena_fini(&heap.arena);
}
END_TEST

CASES_MAIN("native", ROWS(a_text_is_what_python_reads_or_itself, natives),
           ONCE(a_hundred_brackets_within_each_other_are_the_limit),
           ONCE(parentheses_within_each_other_take_no_time),
           ONCE(an_integer_of_more_than_4300_digits_is_a_text),
           ONCE(no_byte_behind_the_text_is_read),
           ONCE(texts_within_containers_are_views_where_nothing_is_escaped))
