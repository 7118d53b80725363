/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laying out texts and numbers: a sign, a prefix, digits with separators, the rest behind them, filled up to the width. The C library rounds.
 */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "template/big.h"
#include "template/characters.h"
#include "template/format.h"
#include "template/print.h"

static int reserve(struct tmpl_vm *vm, const struct format_spec *spec, const struct hass_buf *buf)
{
    if (spec->width > FORMAT_MAX_WIDTH || spec->precision > FORMAT_MAX_WIDTH)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "a width or precision of more than %d is too big",
                          FORMAT_MAX_WIDTH);
    size_t more = 512;
    more += spec->width > 0 ? (size_t)spec->width * 4 : 0;
    more += spec->precision > 0 ? (size_t)spec->precision * 2 : 0;
    return tmpl_reserve(vm, buf->length + more);
}

static void add_fill(uint32_t fill, int64_t count, struct hass_buf *buf)
{
    char bytes[4];
    size_t size = char_encode(fill ? fill : ' ', bytes);

    while (count-- > 0)
        hass_buf_add(buf, bytes, size);
}

int format_text(struct tmpl_vm *vm, const char *text, size_t length, const struct format_spec *spec,
                struct hass_buf *buf)
{
    if (spec->precision >= 0)
        length = chars_offset(text, length, (size_t)spec->precision);
    int64_t missing = spec->width - (int64_t)chars_count(text, length);
    if (missing > 0 && reserve(vm, spec, buf) < 0)
        return -1;
    int64_t before = missing <= 0         ? 0
                     : spec->align == '>' ? missing
                     : spec->align == '^' ? missing / 2
                                          : 0;
    add_fill(spec->fill, before, buf);
    if (length)
        hass_buf_add(buf, text, length);
    add_fill(spec->fill, missing - before, buf);
    return 0;
}

/* --- layout of numbers ----------------------------------------------------------------------------------------- */

struct number_parts {
    char sign; /* or 0 */
    const char *prefix;
    const char *digits; /* before the point */
    size_t digit_count;
    const char *rest; /* point, fraction, exponent, per cent */
    size_t rest_length;
};

static unsigned group_size(const struct format_spec *spec)
{
    return spec->type && strchr("boxX", spec->type) ? 4 : 3;
}

/* How long @count digits are with their separators. */
static int64_t grouped_length(const struct format_spec *spec, int64_t count)
{
    return count + (spec->grouping && count ? (count - 1) / group_size(spec) : 0);
}

/* Zeros that fill a number up to its width, between sign and digits; separators count. */
static int64_t zeros_needed(const struct format_spec *spec, int64_t count, int64_t others)
{
    int64_t zeros = 0;

    if (!spec->grouping)
        return spec->width - others - count > 0 ? spec->width - others - count : 0;
    while (grouped_length(spec, count + zeros) + others < spec->width)
        zeros++;
    return zeros;
}

static void add_digits(const struct format_spec *spec, const struct number_parts *parts,
                       int64_t zeros, struct hass_buf *buf)
{
    int64_t count = zeros + (int64_t)parts->digit_count;

    for (int64_t i = 0; i < count; i++) {
        if (spec->grouping && i && (count - i) % group_size(spec) == 0)
            hass_buf_add_char(buf, spec->grouping);
        hass_buf_add_char(buf, i < zeros ? '0' : parts->digits[i - zeros]);
    }
}

static int lay_out(struct tmpl_vm *vm, const struct format_spec *spec,
                   const struct number_parts *parts, struct hass_buf *buf)
{
    int64_t others =
        (parts->sign != 0) + (int64_t)strlen(parts->prefix) + (int64_t)parts->rest_length;
    bool inside = spec->align == '=' || (!spec->align && spec->zero);
    bool zeros_inside = inside && (spec->fill == '0' || (!spec->fill && spec->zero));
    int64_t zeros = zeros_inside ? zeros_needed(spec, (int64_t)parts->digit_count, others) : 0;
    int64_t missing =
        spec->width - others - grouped_length(spec, zeros + (int64_t)parts->digit_count);
    missing = missing > 0 ? missing : 0;
    int64_t before = inside || spec->align == '<' ? 0 : spec->align == '^' ? missing / 2 : missing;

    if (reserve(vm, spec, buf) < 0)
        return -1;
    add_fill(spec->fill, before, buf);
    if (parts->sign)
        hass_buf_add_char(buf, parts->sign);
    hass_buf_add_string(buf, parts->prefix);
    if (inside)
        add_fill(spec->fill, missing, buf);
    add_digits(spec, parts, zeros, buf);
    if (parts->rest_length)
        hass_buf_add(buf, parts->rest, parts->rest_length);
    if (!inside)
        add_fill(spec->fill, missing - before, buf);
    return 0;
}

static char sign_of(const struct format_spec *spec, bool negative)
{
    if (negative)
        return '-';
    return spec->sign == '+' || spec->sign == ' ' ? spec->sign : '\0';
}

/* --- integers ---------------------------------------------------------------------------------------------------- */

static unsigned bits_of_type(char type)
{
    return type == 'b' ? 1 : type == 'o' ? 3 : type == 'x' || type == 'X' ? 4 : 0;
}

static const char *prefix_of_type(char type)
{
    return type == 'b' ? "0b" : type == 'o' ? "0o" : type == 'x' ? "0x" : type == 'X' ? "0X" : "";
}

/* The magnitude's digits. */
static int add_magnitude(struct tmpl_vm *vm, const struct tmpl_value *integer, char type,
                         struct hass_buf *digits)
{
    uint32_t store[2];
    unsigned bits = bits_of_type(type);

    if (bits) {
        big_print_bits(big_view_of(integer, store), bits, type == 'X', digits);
        return 0;
    }
    if (integer->kind == TMPL_BIG)
        return big_print(vm, integer->big, digits);
    print_int(integer->integer, digits);
    return 0;
}

int format_integer(struct tmpl_vm *vm, const struct tmpl_value *integer,
                   const struct format_spec *spec, struct hass_buf *buf)
{
    autobuf digits = HASS_BUF_INIT;
    bool negative = integer->kind == TMPL_BIG ? integer->big->negative : integer->integer < 0;

    if (reserve(vm, spec, buf) < 0)
        return -1;
    if (add_magnitude(vm, integer, spec->type, &digits) < 0)
        return -1;
    size_t skip = digits.data[0] == '-';
    autobuf padded = HASS_BUF_INIT;
    for (int64_t i = (int64_t)(digits.length - skip); i < spec->precision; i++)
        hass_buf_add_char(&padded, '0');
    hass_buf_add(&padded, digits.data + skip, digits.length - skip);
    struct number_parts parts = {
        .sign = sign_of(spec, negative),
        .prefix = spec->alternate ? prefix_of_type(spec->type) : "",
        .digits = padded.data,
        .digit_count = padded.length,
        .rest = "",
    };
    return lay_out(vm, spec, &parts, buf);
}

int format_char(struct tmpl_vm *vm, const struct tmpl_value *integer, char ret_bytes[4],
                size_t *ret_length)
{
    if (integer->kind == TMPL_BIG || integer->integer < 0 || integer->integer > 0x10ffff)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "%%c arg not in range(0x110000)");
    *ret_length = char_encode((uint32_t)integer->integer, ret_bytes);
    return 0;
}

/* --- floats ------------------------------------------------------------------------------------------------------ */

static char *print_with(char type, bool alternate, int precision, double number)
{
    char format[8] = { '%', '.', '*', type };

    if (alternate) {
        memcpy(format, "%#.*", 4);
        format[4] = type;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return mem_printf(format, precision, number);
#pragma GCC diagnostic pop
}

/* Without zeros at the end of the fraction, which is in @text up to @end. */
static size_t without_zeros(const char *text, size_t end)
{
    while (end && text[end - 1] == '0')
        end--;
    return end && text[end - 1] == '.' ? end - 1 : end;
}

/*
 * No type but a precision: as g, but with a digit behind the point, and an exponent where the digits before the point would be all that
 * there are.
 */
static char *print_general(int precision, double number)
{
    precision = precision ? precision : 1;
    autofree char *scientific = print_with('e', false, precision - 1, number);
    const char *mark = strchr(scientific, 'e');
    int exponent = (int)strtol(mark + 1, NULL, 10);
    if (exponent < -4 || exponent >= precision - 1) {
        size_t length = (size_t)(mark - scientific);
        if (memchr(scientific, '.', length))
            length = without_zeros(scientific, length);
        return mem_printf("%.*s%s", (int)length, scientific, mark);
    }
    autofree char *fixed = print_with('f', false, precision - 1 - exponent, number);
    size_t length = strlen(fixed);
    if (memchr(fixed, '.', length))
        length = without_zeros(fixed, length);
    bool whole = !memchr(fixed, '.', length);
    return mem_printf("%.*s%s", (int)length, fixed, whole ? ".0" : "");
}

/* The shortest text, as repr has it. */
static char *print_shortest(double number)
{
    autobuf text = HASS_BUF_INIT;

    tmpl_print_float(number, &text);
    return hass_buf_steal(&text);
}

/* The magnitude as text, without sign and width. */
static char *print_magnitude(double number, const struct format_spec *spec)
{
    int precision = spec->precision < 0 ? 6 : (int)spec->precision;
    bool capital = spec->type && strchr("EFG", spec->type);

    if (!isfinite(number))
        return mem_strdup(isnan(number) ? (capital ? "NAN" : "nan") : (capital ? "INF" : "inf"));
    switch (spec->type) {
    case '\0':
        return spec->precision < 0 ? print_shortest(number) : print_general(precision, number);
    case '%':
        return print_with('f', spec->alternate, precision, number * 100);
    case 'n':
        return print_with('g', spec->alternate, precision, number);
    default:
        return print_with(spec->type, spec->alternate, precision, number);
    }
}

static bool is_all_zero(const char *text)
{
    return isfinite(strtod(text, NULL)) && strtod(text, NULL) == 0;
}

int format_double(struct tmpl_vm *vm, double number, const struct format_spec *spec,
                  struct hass_buf *buf)
{
    if (reserve(vm, spec, buf) < 0)
        return -1;
    autofree char *text = print_magnitude(fabs(number), spec);
    bool negative = signbit(number) && !isnan(number);
    if (spec->positive_zero && is_all_zero(text))
        negative = false;
    size_t digits = strspn(text, "0123456789");
    autofree char *rest =
        spec->type == '%' ? mem_printf("%s%%", text + digits) : mem_strdup(text + digits);
    struct number_parts parts = {
        .sign = sign_of(spec, negative),
        .prefix = "",
        .digits = text,
        .digit_count = digits,
        .rest = rest,
        .rest_length = strlen(rest),
    };
    return lay_out(vm, spec, &parts, buf);
}
