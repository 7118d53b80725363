/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Methods of the built-in kinds.
 */
#include "expressions.h"

static const struct expression cases_of_text[] = {
    { "'aBc'.upper()", "'ABC'" },
    { "'ABC'.lower()", "'abc'" },
    { "'hELLO wORLD'.capitalize()", "'Hello world'" },
    { "\"they're bill's\".title()", "\"They'Re Bill'S\"" },
    { "'aBc'.swapcase()", "'AbC'" },
    { "'Straße'.casefold()", "'strasse'" },
    { "'straße'.upper()", "'STRASSE'" },
    { "'ÄÖÜ'.lower()", "'äöü'" },
    { "'ΣΑΣ'.lower()", "'σας'" },
    { "'ΑΣ ΣΑ'.lower()", "'ας σα'" },
    { "'ﬁn'.title()", "'Fin'" },
    { "'ǆ'.title()", "'ǅ'" },
    { "'İ'.lower()", "'i̇'" },
    { "'ß'.title()", "'Ss'" },
    { "'жук'.upper()", "'ЖУК'" },
    { "'ŉ'.upper()", "'ʼN'" },
    { "'ab\\x00c'.title()", "'Ab\\x00C'" },
    { "'12'.isdigit()", "True" },
    { "'²'.isdigit()", "True" },
    { "'²'.isdecimal()", "False" },
    { "'½'.isnumeric()", "True" },
    { "'١'.isdecimal()", "True" },
    { "'ab'.isalpha()", "True" },
    { "'a1'.isalnum()", "True" },
    { "'é'.isalpha()", "True" },
    { "''.isalpha()", "False" },
    { "' \\u2003'.isspace()", "True" },
    { "'AB1'.isupper()", "True" },
    { "'ab1'.islower()", "True" },
    { "'1'.isupper()", "False" },
    { "'Ab Cd'.istitle()", "True" },
    { "'AbC'.istitle()", "False" },
    { "'_x1'.isidentifier()", "True" },
    { "'1x'.isidentifier()", "False" },
    { "''.isidentifier()", "False" },
    { "'a\\n'.isprintable()", "False" },
    { "''.isprintable()", "True" },
    { "'aé'.isascii()", "False" },
    { "''.isascii()", "True" },
};

START_TEST(case_and_classes_of_characters_are_those_of_unicode)
{
    check_expression(&cases_of_text[_i]);
}
END_TEST

static const struct expression parts[] = {
    { "'hello'.find('l')", "2" },
    { "'hello'.find('z')", "-1" },
    { "'hello'.rfind('l')", "3" },
    { "'hello'.index('e')", "1" },
    { "'hello'.index('z')", "ValueError: substring not found" },
    { "'hello'.rindex('z')", "ValueError: substring not found" },
    { "'äöü'.find('ü')", "2" },
    { "'äöüäöü'.rfind('ä')", "3" },
    { "'äöüäöü'.find('ä', 1)", "3" },
    { "'hello'.find('l', -2)", "3" },
    { "'hello'.find('', 9)", "-1" },
    { "'hello'.find('', 5)", "5" },
    { "'hello'.find('o', 0, 4)", "-1" },
    { "'hello'.find('l', None, None)", "2" },
    { "'hello'.find(1)", "TypeError: must be str, not int" },
    { "'hello'.find('l', 'a')",
      "TypeError: slice indices must be integers or None or have an __index__ method" },
    { "'hello'.count('l')", "2" },
    { "'aaa'.count('aa')", "1" },
    { "'abc'.count('')", "4" },
    { "'äöü'.count('', 1)", "3" },
    { "'hello'.startswith('he')", "True" },
    { "'hello'.startswith('lo', 3)", "True" },
    { "'hello'.endswith(('x', 'lo'))", "True" },
    { "'hello'.endswith(())", "False" },
    { "'hello'.startswith('', 6)", "False" },
    { "'hello'.startswith(1)",
      "TypeError: startswith first arg must be str or a tuple of str, not int" },
    { "'hello'.startswith((1,))",
      "TypeError: tuple for startswith must only contain str, not int" },
    { "'a.b'.removeprefix('a.')", "'b'" },
    { "'a.b'.removesuffix('.b')", "'a'" },
    { "'a.b'.removesuffix('a.b.c')", "'a.b'" },
    { "'a'.removeprefix(1)", "TypeError: removeprefix() argument must be str, not int" },
    { "'a=b=c'.partition('=')", "('a', '=', 'b=c')" },
    { "'a=b=c'.rpartition('=')", "('a=b', '=', 'c')" },
    { "'abc'.partition('=')", "('abc', '', '')" },
    { "'abc'.rpartition('=')", "('', '', 'abc')" },
    { "'abc'.partition('')", "ValueError: empty separator" },
    { "'aaa'.replace('a', 'b', 2)", "'bba'" },
    { "'äb'.replace('', '-')", "'-ä-b-'" },
    { "'abc'.replace('', '-', 2)", "'-a-bc'" },
    { "''.replace('', '-')", "'-'" },
    { "'abc'.replace('x', 'y')", "'abc'" },
    { "'abc'.replace(1, 'y')", "TypeError: replace() argument 1 must be str, not int" },
    { "'abc'.replace('a', None)", "TypeError: replace() argument 2 must be str, not None" },
    { "'aXbX'.replace('X', '', -1)", "'ab'" },
};

START_TEST(parts_are_found_and_replaced_by_character)
{
    check_expression(&parts[_i]);
}
END_TEST

static const struct expression splits[] = {
    { "'a,b,,c'.split(',')", "['a', 'b', '', 'c']" },
    { "' a  b '.split()", "['a', 'b']" },
    { "'a-b-c'.split('-', 1)", "['a', 'b-c']" },
    { "'a-b-c'.rsplit('-', 1)", "['a-b', 'c']" },
    { "' a b  c '.split(None, 1)", "['a', 'b  c ']" },
    { "' a b  c '.rsplit(None, 1)", "[' a b', 'c']" },
    { "''.split()", "[]" },
    { "''.split(',')", "['']" },
    { "'abc'.split('')", "ValueError: empty separator" },
    { "'abc'.split(1)", "TypeError: must be str or None, not int" },
    { "'a b'.split(maxsplit=0)", "['a b']" },
    { "'a\\u2003b'.split()", "['a', 'b']" },
    { "'aXXbXXc'.rsplit('XX')", "['a', 'b', 'c']" },
    { "'a\\nb\\r\\nc\\rd\\x0be\\u2028f\\n'.splitlines()", "['a', 'b', 'c', 'd', 'e', 'f']" },
    { "'a\\nb'.splitlines(True)", "['a\\n', 'b']" },
    { "''.splitlines()", "[]" },
    { "'a\\nb\\x0bc'.encode().splitlines()", "[b'a', b'b\\x0bc']" },
    { "' a '.strip()", "'a'" },
    { "'xxaxx'.lstrip('x')", "'axx'" },
    { "'xxaxx'.rstrip('x')", "'xxa'" },
    { "'[1]'.strip('[]')", "'1'" },
    { "'éaé'.strip('é')", "'a'" },
    { "'a'.strip(None)", "'a'" },
    { "'a'.strip(1)", "TypeError: strip arg must be None or str" },
    { "', '.join(['a', 'b'])", "'a, b'" },
    { "'-'.join('xyz')", "'x-y-z'" },
    { "','.join([])", "''" },
    { "','.join([1, 2])", "TypeError: sequence item 0: expected str instance, int found" },
    { "','.join(5)", "TypeError: can only join an iterable" },
    { "''.join({'a': 1, 'b': 2})", "'ab'" },
    { "'ä'.join(['x', 'y'])", "'xäy'" },
};

START_TEST(texts_are_split_stripped_and_joined)
{
    check_expression(&splits[_i]);
}
END_TEST

static const struct expression fills[] = {
    { "'ab'.center(5, '*')", "'**ab*'" },
    { "'abc'.center(6)", "' abc  '" },
    { "'a'.center(4, 'é')", "'éaéé'" },
    { "'abc'.center(2)", "'abc'" },
    { "'a'.ljust(3, '.')", "'a..'" },
    { "'ä'.rjust(3)", "'  ä'" },
    { "'a'.center(5, 'ab')", "TypeError: The fill character must be exactly one character long" },
    { "'a'.center('x')", "TypeError: 'str' object cannot be interpreted as an integer" },
    { "'7'.zfill(3)", "'007'" },
    { "'-7'.zfill(4)", "'-007'" },
    { "'+ä'.zfill(5)", "'+000ä'" },
    { "''.zfill(2)", "'00'" },
    { "'a\\tb'.expandtabs(4)", "'a   b'" },
    { "'a\\tb\\n\\tc'.expandtabs()", "'a       b\\n        c'" },
    { "'a\\tb'.expandtabs(0)", "'ab'" },
    { "'é'.encode()", "b'\\xc3\\xa9'" },
    { "'é'.encode('latin-1')", "b'\\xe9'" },
    { "'é€'.encode('ascii')", "UnicodeError: 'ascii' codec can't encode characters in position "
                              "0-1: ordinal not in range(128)" },
    { "'aé'.encode('ascii')", "UnicodeError: 'ascii' codec can't encode character '\\xe9' in "
                              "position 1: ordinal not in range(128)" },
    { "'aé'.encode('ascii', 'ignore')", "b'a'" },
    { "'aé'.encode('ascii', 'replace')", "b'a?'" },
    { "'a€'.encode('ascii', 'backslashreplace')", "b'a\\\\u20ac'" },
    { "'a€'.encode('ascii', 'xmlcharrefreplace')", "b'a&#8364;'" },
    { "'a😀'.encode('utf-16-le')", "b'a\\x00=\\xd8\\x00\\xde'" },
    { "'a'.encode('utf-16')", "b'\\xff\\xfea\\x00'" },
    { "'a'.encode('nope')", "ValueError: unknown encoding: nope" },
    { "'\\ud800'.encode()", "UnicodeError: 'utf-8' codec can't encode character '\\ud800' in "
                            "position 0: surrogates not allowed" },
    { "'é'.encode().decode()", "'é'" },
    { "'\\xff'.encode('latin-1').decode()",
      "UnicodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte" },
    { "'a\\xc3'.encode('latin-1').decode()",
      "UnicodeError: 'utf-8' codec can't decode byte 0xc3 in position 1: unexpected end of data" },
    { "'\\xe2\\x82x'.encode('latin-1').decode()",
      "UnicodeError: 'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte" },
    { "'\\xff'.encode('latin-1').decode('utf-8', 'replace')", "'�'" },
    { "'\\xff'.encode('latin-1').decode(errors='ignore')", "''" },
    { "'a😀'.encode('utf-16').decode('utf-16')", "'a😀'" },
    { "'AB'.encode().hex()", "'4142'" },
    { "'AB'.encode().hex(':')", "'41:42'" },
    { "'AB'.encode()[0]", "65" },
    { "'a,b'.encode().split(','.encode())", "[b'a', b'b']" },
    { "'abc'.encode().find('c'.encode())", "2" },
    { "'abc'.encode().count(98)", "1" },
};

START_TEST(texts_are_filled_and_coded)
{
    check_expression(&fills[_i]);
}
END_TEST

static const struct expression others[] = {
    { "[5, 6, 5].index(6)", "1" },
    { "[5, 6, 5].index(5, 1)", "2" },
    { "[1].index(2)", "ValueError: 2 is not in list" },
    { "(1,).index(2)", "ValueError: tuple.index(x): x not in tuple" },
    { "(3, 4).index(4.0)", "1" },
    { "[5, 6, 5].count(5)", "2" },
    { "range(5).index(3)", "3" },
    { "range(5).index(7)", "ValueError: 7 is not in range" },
    { "range(5).count(3)", "1" },
    { "[1].copy()", "[1]" },
    { "{'a': 1}.get('a')", "1" },
    { "{'a': 1}.get('b')", "None" },
    { "{'a': 1}.get('b', 'x')", "'x'" },
    { "{1: 2}.get(True)", "2" },
    { "{}.get([])", "TypeError: unhashable type: 'list'" },
    { "{'a': 1, 'b': 2}.keys()", "dict_keys(['a', 'b'])" },
    { "{'a': 1}.copy()", "{'a': 1}" },
    { "{}.fromkeys(['x', 'y'], 0)", "{'x': 0, 'y': 0}" },
    { "set([1, 2]).union([3], [2, 4])", "{1, 2, 3, 4}" },
    { "set([1, 2, 3]).intersection([2, 3, 4])", "{2, 3}" },
    { "set([1, 2]).difference([2])", "{1}" },
    { "set([1, 2]).symmetric_difference([2, 3])", "{1, 3}" },
    { "set([1]).issubset([1, 2])", "True" },
    { "set([1, 2]).issuperset([1])", "True" },
    { "set([1]).isdisjoint([2])", "True" },
    { "set([1]).union(5)", "TypeError: 'int' object is not iterable" },
    { "set([1]).union([[]])", "TypeError: unhashable type: 'list'" },
    { "(255).bit_length()", "8" },
    { "(-256).bit_length()", "9" },
    { "(2 ** 100).bit_length()", "101" },
    { "(255).bit_count()", "8" },
    { "(1024).to_bytes(2, 'big')", "b'\\x04\\x00'" },
    { "(1024).to_bytes(2, 'little')", "b'\\x00\\x04'" },
    { "(255).to_bytes(1, 'big', signed=True)", "OverflowError: int too big to convert" },
    { "(-128).to_bytes(1, 'big', signed=True)", "b'\\x80'" },
    { "(-129).to_bytes(1, 'big', signed=True)", "OverflowError: int too big to convert" },
    { "(-1).to_bytes(1, 'big')", "OverflowError: can't convert negative int to unsigned" },
    { "(256).to_bytes(1, 'big')", "OverflowError: int too big to convert" },
    { "(2 ** 64).to_bytes(9, 'big')", "b'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'" },
    { "(5).to_bytes(1, 'middle')", "ValueError: byteorder must be either 'little' or 'big'" },
    { "(5).as_integer_ratio()", "(5, 1)" },
    { "(0.5).as_integer_ratio()", "(1, 2)" },
    { "(2.5).is_integer()", "False" },
    { "(2.0).is_integer()", "True" },
    { "(255.5).hex()", "'0x1.ff00000000000p+7'" },
    { "(0.0).hex()", "'0x0.0p+0'" },
    { "(-0.1).hex()", "'-0x1.999999999999ap-4'" },
    { "(5e-324).hex()", "'0x0.0000000000001p-1022'" },
    { "(5).real", "5" },
    { "(5).imag", "0" },
    { "(2.5).real", "2.5" },
    { "True.real", "1" },
    { "range(1, 9, 2).step", "2" },
};

START_TEST(other_kinds_have_their_methods)
{
    check_expression(&others[_i]);
}
END_TEST

CASES_MAIN("methods", ROWS(case_and_classes_of_characters_are_those_of_unicode, cases_of_text),
           ROWS(parts_are_found_and_replaced_by_character, parts),
           ROWS(texts_are_split_stripped_and_joined, splits),
           ROWS(texts_are_filled_and_coded, fills), ROWS(other_kinds_have_their_methods, others))
