/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str.format with its little language, and per cent formatting.
 */
#include "expressions.h"

static const struct expression specifications[] = {
    { "'{}'.format(1)", "'1'" },
    { "'{:5d}|{:<5}|{:^5}|{:>5}'.format(1, 2, 3, 4)", "'    1|2    |  3  |    4'" },
    { "'{:05d} {:+d} {: d} {:x} {:#x} {:#X} {:b} {:#o}'.format(42, 7, 7, 255, 255, 255, 5, 8)",
      "'00042 +7  7 ff 0xff 0XFF 101 0o10'" },
    { "'{:,} {:_} {:_x} {:010,} {:011,}'.format(1234567, 1234567, 70000, 1234, 1234)",
      "'1,234,567 1_234_567 1_1170 00,001,234 000,001,234'" },
    { "'{:.2f} {:08.3f} {:e} {:%} {:.1%} {:g}'.format(3.14159, 2.5, 12345.0, 0.256, 0.125, 1e16)",
      "'3.14 0002.500 1.234500e+04 25.600000% 12.5% 1e+16'" },
    { "'{:.0f} {:.0f} {:#.0f}'.format(0.5, 1.5, 2.5)", "'0 2 2.'" },
    { "'{} {:.3} {:.4} {:,} {:10}|'.format(1e16, 0.0, 1234.0, 12345.678, 2.5)",
      "'1e+16 0.0 1.234e+03 12,345.678        2.5|'" },
    { "'{:z.1f} {:.1f}'.format(-0.04, -0.04)", "'0.0 -0.0'" },
    { "'{:*^9} {:é>4} {:x<3}'.format('mid', 'a', 'b')", "'***mid*** éééa bxx'" },
    { "'{:.2} {:5.1}|'.format('abc', 'xyz')", "'ab x    |'" },
    { "'{:c} {:5c}|'.format(8364, 97)", "'€     a|'" },
    { "'{:010} {:+} {:F}'.format(-1.5, 1e400, 1e400)", "'-0000001.5 +inf INF'" },
    { "'{:f} {:5}|'.format(True, True)", "'1.000000     1|'" },
    { "'{:d}'.format('a')", "ValueError: Unknown format code 'd' for object of type 'str'" },
    { "'{:x}'.format(1.5)", "ValueError: Unknown format code 'x' for object of type 'float'" },
    { "'{:.2}'.format(5)", "ValueError: Precision not allowed in integer format specifier" },
    { "'{:+}'.format('a')", "ValueError: Sign not allowed in string format specifier" },
    { "'{:=5}'.format('a')", "ValueError: '=' alignment not allowed in string format specifier" },
    { "'{:,}'.format('a')", "ValueError: Cannot specify ',' with 's'." },
    { "'{:,_}'.format(1)", "ValueError: Cannot specify both ',' and '_'." },
    { "'{:,x}'.format(1)", "ValueError: Cannot specify ',' with 'x'." },
    { "'{:5.}'.format(1.5)", "ValueError: Format specifier missing precision" },
    { "'{:zz}'.format(1)", "ValueError: Unknown format code 'z' for object of type 'int'" },
    { "'{:y}'.format(1)", "ValueError: Unknown format code 'y' for object of type 'int'" },
    { "'{:5}'.format(None)", "TypeError: unsupported format string passed to NoneType.__format__" },
    { "'{:5}'.format([1])", "TypeError: unsupported format string passed to list.__format__" },
    { "'{:c}'.format(-1)", "OverflowError: %c arg not in range(0x110000)" },
    { "'{:99999999999999999999}'.format(1)",
      "ValueError: Too many decimal digits in format string" },
    { "'{:.50f}'.format(0.1)", "'0.10000000000000000555111512312578270211815834045410'" },
};

START_TEST(specifications_lay_values_out)
{
    check_expression(&specifications[_i]);
}
END_TEST

static const struct expression fields[] = {
    { "'{0}-{1}-{0}'.format('a', 'b')", "'a-b-a'" },
    { "'{} {}'.format(1)",
      "IndexError: Replacement index 1 out of range for positional args tuple" },
    { "'{5}'.format(1)", "IndexError: Replacement index 5 out of range for positional args tuple" },
    { "'{a} {b}'.format(a=1, b=2)", "'1 2'" },
    { "'{a}'.format()", "KeyError: 'a'" },
    { "'{} {0}'.format(1, 2)",
      "ValueError: cannot switch from automatic field numbering to manual field specification" },
    { "'{0} {}'.format(1, 2)",
      "ValueError: cannot switch from manual field specification to automatic field numbering" },
    { "'{d[k]} {l[1]}'.format(d={'k': 'v'}, l=[1, 2])", "'v 2'" },
    { "'{!r:>5} {!s} {!a}'.format('a', 'b', 'é')", "\"  'a' b '\\\\xe9'\"" },
    { "'{!x}'.format(1)", "ValueError: Unknown conversion specifier x" },
    { "'{!r'.format(1)", "ValueError: unmatched '{' in format spec" },
    { "'{!rx}'.format(1)", "ValueError: expected ':' after conversion specifier" },
    { "'{:{}}|{:{w}.{p}f}'.format(1, 4, 1.5, w=6, p=2)", "'   1|  1.50'" },
    { "'{:{:{}}}'.format(1, 2, 3)", "ValueError: Max string recursion exceeded" },
    { "'{'.format()", "ValueError: Single '{' encountered in format string" },
    { "'}'.format()", "ValueError: Single '}' encountered in format string" },
    { "'{0'.format(1)", "ValueError: expected '}' before end of string" },
    { "'{{}} {{{}}}'.format(1)", "'{} {1}'" },
    { "'{0[a}'.format({'a': 1})", "ValueError: expected '}' before end of string" },
    { "'{0[a]b}'.format({'a': 1})",
      "ValueError: Only '.' or '[' may follow ']' in format field specifier" },
    { "'{0.}'.format(1)", "ValueError: Empty attribute in format string" },
    { "'{0[]}'.format({})", "ValueError: Empty attribute in format string" },
    { "'{.real}'.format(5)", "'5'" },
    { "'{a[b][c]}'.format(a={'b': {'c': 1}})", "'1'" },
    { "'{a}'.format_map({'a': 1})", "'1'" },
};

START_TEST(fields_are_looked_up)
{
    check_expression(&fields[_i]);
}
END_TEST

static const struct expression conversions[] = {
    { "'%s is %d' % ('x', 3)", "'x is 3'" },
    { "'%(a)s-%(b)03d' % {'a': 'k', 'b': 7}", "'k-007'" },
    { "'100%%' % ()", "'100%'" },
    { "'%d %i %u' % (True, 3.99, -3.99)", "'1 3 -3'" },
    { "'%x %X %#x %#o %x' % (255, 255, 255, 8, -255)", "'ff FF 0xff 0o10 -ff'" },
    { "'%5d|%-5d|%05d|%+d|% d' % (1, 2, -3, 4, 5)", "'    1|2    |-0003|+4| 5'" },
    { "'%.3d|%8.3d|%08.3d|%#08x' % (5, 5, 5, 255)", "'005|     005|00000005|0x0000ff'" },
    { "'%f %.1f %e %g %G %#g' % (1.5, 2.25, 12345, 1e16, 1e-10, 1.0)",
      "'1.500000 2.2 1.234500e+04 1e+16 1E-10 1.00000'" },
    { "'%*d|%-*d|%.*f' % (5, 42, 5, 42, 2, 3.14159)", "'   42|42   |3.14'" },
    { "'%s %r %a' % ('é', 'é', 'é')", "\"é 'é' '\\\\xe9'\"" },
    { "'%.2s|%5s|%-5s|' % ('abc', 'é', 'é')", "'ab|    é|é    |'" },
    { "'%c%c%5c|' % (97, '€', 'b')", "'a€    b|'" },
    { "'%d %x' % (10 ** 30, 10 ** 30)",
      "'1000000000000000000000000000000 c9f2c9cd04674edea40000000'" },
    { "'%d' % 1e30", "'1000000000000000019884624838656'" },
    { "'%d' % 1e400", "OverflowError: cannot convert float infinity to integer" },
    { "'%s %s' % 1", "TypeError: not enough arguments for format string" },
    { "'%s' % (1, 2)", "TypeError: not all arguments converted during string formatting" },
    { "'abc' % 5", "TypeError: not all arguments converted during string formatting" },
    { "'abc' % [1]", "'abc'" },
    { "'%d' % 'x'", "TypeError: %d format: a real number is required, not str" },
    { "'%x' % 1.5", "TypeError: %x format: an integer is required, not float" },
    { "'%f' % 'a'", "TypeError: must be real number, not str" },
    { "'%c' % 'ab'", "TypeError: %c requires int or char" },
    { "'%c' % 1114112", "OverflowError: %c arg not in range(0x110000)" },
    { "'%y' % 1", "ValueError: unsupported format character 'y' (0x79) at index 1" },
    { "'%' % 1", "ValueError: incomplete format" },
    { "'%(a' % {}", "ValueError: incomplete format key" },
    { "'%(a)s' % 1", "TypeError: format requires a mapping" },
    { "'%(a)s' % {}", "KeyError: 'a'" },
    { "'%(a)' % {'a': 1}", "ValueError: incomplete format" },
    { "'%*d' % ('a', 1)", "TypeError: * wants int" },
    { "'%s' % [1, 2]", "'[1, 2]'" },
    { "'%s' % {'a': 1}", "\"{'a': 1}\"" },
    { "'%s' % ((1, 2),)", "'(1, 2)'" },
    { "'%5%' % ()", "TypeError: not enough arguments for format string" },
    { "'%ld' % 5", "'5'" },
};

START_TEST(printf_conversions_take_their_arguments)
{
    check_expression(&conversions[_i]);
}
END_TEST

CASES_MAIN("formatting", ROWS(specifications_lay_values_out, specifications),
           ROWS(fields_are_looked_up, fields),
           ROWS(printf_conversions_take_their_arguments, conversions))
