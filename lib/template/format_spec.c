/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little language behind the colon: [[fill]align][sign][z][#][0][width][grouping][.precision][type], and what each kind of values makes
 * of it.
 */
#include "base/utf8.h"
#include "template/characters.h"
#include "template/format.h"
#include "template/object.h"

struct reader {
    const char *at;
    const char *end;
};

static bool take(struct reader *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

static bool is_align(const struct reader *in, const char *at)
{
    return at < in->end && *at && strchr("<>=^", *at);
}

static void read_align(struct reader *in, struct format_spec *spec)
{
    if (in->at == in->end)
        return;
    uint32_t c;
    size_t size = char_decode(in->at, (size_t)(in->end - in->at), &c);
    if (is_align(in, in->at + size)) {
        spec->fill = c;
        spec->align = in->at[size];
        in->at += size + 1;
    } else if (is_align(in, in->at)) {
        spec->align = *in->at++;
    }
}

/* Digits, if there are any: sets *@number; -1 with an error for too many. */
static int read_number(struct tmpl_vm *vm, struct reader *in, int64_t *number)
{
    if (in->at == in->end || !ascii_is_digit(*in->at))
        return 0;
    for (*number = 0; in->at < in->end && ascii_is_digit(*in->at); in->at++) {
        *number = *number * 10 + (*in->at - '0');
        if (*number > INT64_MAX / 20)
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "Too many decimal digits in format string");
    }
    return 1;
}

static int read_grouping(struct tmpl_vm *vm, struct reader *in, struct format_spec *spec)
{
    if (take(in, ','))
        spec->grouping = ',';
    if (take(in, '_')) {
        if (spec->grouping)
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "Cannot specify both ',' and '_'.");
        spec->grouping = '_';
    }
    if (in->at < in->end && *in->at == ',' && spec->grouping)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          spec->grouping == '_' ? "Cannot specify both ',' and '_'."
                                                : "Cannot specify ',' with ','.");
    return 0;
}

static int check_grouping(struct tmpl_vm *vm, const struct format_spec *spec)
{
    const char *allowed = spec->grouping == '_' ? "bdoxXeEfFgG%" : "deEfFgG%";

    if (!spec->grouping || !spec->type || strchr(allowed, spec->type))
        return 0;
    return tmpl_raise(vm, TMPL_VALUE_ERROR, "Cannot specify '%c' with '%c'.", spec->grouping,
                      spec->type);
}

static int invalid(struct tmpl_vm *vm, const struct tmpl_value *value, const char *text,
                   size_t length)
{
    return tmpl_raise(vm, TMPL_VALUE_ERROR,
                      "Invalid format specifier '%.*s' for object of type '%s'", (int)length, text,
                      tmpl_class_path(value));
}

static int read_spec(struct tmpl_vm *vm, const struct tmpl_value *value, const char *text,
                     size_t length, struct format_spec *spec)
{
    struct reader in = { text, text + length };

    *spec = (struct format_spec){ .width = -1, .precision = -1 };
    read_align(&in, spec);
    if (in.at < in.end && *in.at && strchr("+- ", *in.at))
        spec->sign = *in.at++;
    spec->positive_zero = take(&in, 'z');
    spec->alternate = take(&in, '#');
    spec->zero = in.at < in.end && *in.at == '0' && !spec->fill;
    if (spec->zero)
        spec->fill = '0';
    if (read_number(vm, &in, &spec->width) < 0 || read_grouping(vm, &in, spec) < 0)
        return -1;
    if (take(&in, '.')) {
        int digits = read_number(vm, &in, &spec->precision);
        if (digits < 0)
            return -1;
        if (!digits)
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "Format specifier missing precision");
    }
    if (in.end - in.at > 1)
        return invalid(vm, value, text, length);
    if (in.at < in.end)
        spec->type = *in.at;
    return check_grouping(vm, spec);
}

/* --- by kind ------------------------------------------------------------------------------------------------------ */

static int unknown_code(struct tmpl_vm *vm, const struct format_spec *spec,
                        const struct tmpl_value *value)
{
    return tmpl_raise(vm, TMPL_VALUE_ERROR, "Unknown format code '%c' for object of type '%s'",
                      spec->type, tmpl_class_path(value));
}

static int format_string_value(struct tmpl_vm *vm, const struct tmpl_value *value,
                               const struct format_spec *spec, struct hass_buf *buf)
{
    const char *fault =
        spec->sign == ' '     ? "Space not allowed in string format specifier"
        : spec->sign          ? "Sign not allowed in string format specifier"
        : spec->positive_zero ? "Negative zero coercion (z) not allowed in string format specifier"
        : spec->alternate     ? "Alternate form (#) not allowed in string format specifier"
        : spec->align == '='  ? "'=' alignment not allowed in string format specifier"
                              : NULL;

    if (spec->type && spec->type != 's')
        return unknown_code(vm, spec, value);
    if (spec->grouping)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "Cannot specify '%c' with 's'.", spec->grouping);
    if (fault)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "%s", fault);
    return format_text(vm, value->text, value->length, spec, buf);
}

static int format_code_point(struct tmpl_vm *vm, const struct tmpl_value *value,
                             const struct format_spec *spec, struct hass_buf *buf)
{
    struct format_spec text = *spec;
    char bytes[4];
    size_t length;

    if (spec->sign)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "Sign not allowed with integer format specifier 'c'");
    if (spec->alternate)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "Alternate form (#) not allowed with integer format specifier 'c'");
    if (format_char(vm, value, bytes, &length) < 0)
        return -1;
    text.align = spec->align ? spec->align : '>';
    return format_text(vm, bytes, length, &text, buf);
}

static int format_double_value(struct tmpl_vm *vm, const struct tmpl_value *value,
                               const struct format_spec *spec, struct hass_buf *buf)
{
    double number;

    if (spec->type && !strchr("eEfFgGn%", spec->type))
        return unknown_code(vm, spec, value);
    if (tmpl_to_double(vm, value, &number) < 0)
        return -1;
    return format_double(vm, number, spec, buf);
}

static int format_integer_value(struct tmpl_vm *vm, const struct tmpl_value *value,
                                const struct format_spec *spec, struct hass_buf *buf)
{
    if (spec->type && strchr("eEfFgG%", spec->type))
        return format_double_value(vm, value, spec, buf);
    if (spec->type && !strchr("bcdoxXn", spec->type))
        return unknown_code(vm, spec, value);
    if (spec->precision >= 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "Precision not allowed in integer format specifier");
    if (spec->positive_zero)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "Negative zero coercion (z) not allowed in integer format specifier");
    if (spec->type == 'c')
        return format_code_point(vm, value, spec, buf);
    return format_integer(vm, value, spec, buf);
}

/* Dates take the specification for strftime. */
static int format_date(struct tmpl_vm *vm, const struct tmpl_value *value, const char *spec,
                       size_t length, struct hass_buf *buf)
{
    struct tmpl_value format = tmpl_string_view(spec, length), text;
    struct tmpl_call call = { .args = &format, .count = 1 };

    if (tmpl_call_method(vm, value, "strftime", 8, &call, &text) < 0)
        return -1;
    return tmpl_print(vm, &text, buf);
}

int format_value(struct tmpl_vm *vm, const struct tmpl_value *value, const char *spec,
                 size_t length, struct hass_buf *buf)
{
    struct format_spec how;

    if (!length)
        return tmpl_print(vm, value, buf);
    if (value->kind >= TMPL_DATETIME && value->kind <= TMPL_TIME)
        return format_date(vm, value, spec, length, buf);
    if (value->kind != TMPL_STRING && !tmpl_is_number(value))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "unsupported format string passed to %s.__format__",
                          tmpl_class_path(value));
    if (read_spec(vm, value, spec, length, &how) < 0)
        return -1;
    if (value->kind == TMPL_STRING)
        return format_string_value(vm, value, &how, buf);
    return value->kind == TMPL_FLOAT ? format_double_value(vm, value, &how, buf)
                                     : format_integer_value(vm, value, &how, buf);
}
