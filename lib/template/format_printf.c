/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `text % arguments`: conversions as C's printf has them, with Python's rules for what fits which.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "template/characters.h"
#include "template/format.h"
#include "template/object.h"
#include "template/ops.h"
#include "template/print.h"

struct conversion {
    struct tmpl_vm *vm;
    const struct tmpl_value *format;
    const char *at;
    const char *end;
    const struct tmpl_value *args; /* positional */
    size_t count;
    size_t next;
    const struct tmpl_value *mapping; /* or NULL */
    struct hass_buf *buf;
};

/* Python takes everything that can be subscripted, texts and tuples left out. */
static bool is_mapping(const struct tmpl_value *value)
{
    return value->kind == TMPL_UNDEFINED || value->kind == TMPL_BYTES || value->kind == TMPL_LIST ||
           value->kind == TMPL_DICT || value->kind == TMPL_RANGE ||
           (value->kind == TMPL_OBJECT && value->object->type->item);
}

static int incomplete(struct conversion *in)
{
    return tmpl_raise(in->vm, TMPL_VALUE_ERROR, "incomplete format");
}

static int take_argument(struct conversion *in, struct tmpl_value *ret_value)
{
    if (in->next >= in->count)
        return tmpl_raise(in->vm, TMPL_TYPE_ERROR, "not enough arguments for format string");
    *ret_value = in->args[in->next++];
    return 0;
}

/* `(name)`: the argument is that member of the mapping. */
static int read_key(struct conversion *in)
{
    const char *start = ++in->at;
    unsigned depth = 1;

    if (!in->mapping)
        return tmpl_raise(in->vm, TMPL_TYPE_ERROR, "format requires a mapping");
    for (; in->at < in->end; in->at++) {
        depth += *in->at == '(';
        depth -= *in->at == ')';
        if (!depth)
            break;
    }
    if (in->at == in->end)
        return tmpl_raise(in->vm, TMPL_VALUE_ERROR, "incomplete format key");
    struct tmpl_value key = tmpl_string_view(start, (size_t)(in->at++ - start));
    struct tmpl_value *member = tmpl_alloc(&in->vm->heap, sizeof(*member));
    if (tmpl_get_item(in->vm, in->mapping, &key, member) < 0)
        return -1;
    if (member->kind == TMPL_UNDEFINED && in->mapping->kind == TMPL_DICT &&
        !tmpl_dict_get(in->mapping->dict, &key)) {
        autobuf text = HASS_BUF_INIT;
        print_quoted(key.text, key.length, &text);
        return tmpl_raise(in->vm, TMPL_KEY_ERROR, "%s", hass_buf_string(&text));
    }
    in->args = member;
    in->count = 1;
    in->next = 0;
    return 0;
}

static void read_flags(struct conversion *in, struct format_spec *spec)
{
    for (; in->at < in->end && *in->at && strchr("-+ #0", *in->at); in->at++) {
        switch (*in->at) {
        case '-':
            spec->align = '<';
            break;
        case '+':
            spec->sign = '+';
            break;
        case ' ':
            spec->sign = spec->sign ? spec->sign : ' ';
            break;
        case '#':
            spec->alternate = true;
            break;
        default:
            spec->zero = true;
            break;
        }
    }
}

/* Digits, or `*` for an argument. */
static int read_size(struct conversion *in, const char *name, int64_t *size)
{
    if (in->at < in->end && *in->at == '*') {
        struct tmpl_value argument;
        in->at++;
        if (take_argument(in, &argument) < 0)
            return -1;
        if (!tmpl_is_integer(&argument))
            return tmpl_raise(in->vm, TMPL_TYPE_ERROR, "* wants int");
        return tmpl_to_int64(in->vm, &argument, size);
    }
    for (; in->at < in->end && ascii_is_digit(*in->at); in->at++) {
        *size = (*size < 0 ? 0 : *size) * 10 + (*in->at - '0');
        if (*size > INT32_MAX)
            return tmpl_raise(in->vm, TMPL_VALUE_ERROR, "%s too big", name);
    }
    return 0;
}

static int read_spec(struct conversion *in, struct format_spec *spec)
{
    *spec = (struct format_spec){ .width = -1, .precision = -1 };
    if (in->at < in->end && *in->at == '(' && read_key(in) < 0)
        return -1;
    read_flags(in, spec);
    bool star = in->at < in->end && *in->at == '*';
    if (read_size(in, "width", &spec->width) < 0)
        return -1;
    if (star && spec->width < 0) {
        spec->align = '<';
        spec->width = spec->width < -FORMAT_MAX_WIDTH ? FORMAT_MAX_WIDTH + 1 : -spec->width;
    }
    if (in->at < in->end && *in->at == '.') {
        in->at++;
        spec->precision = 0;
        if (read_size(in, "precision", &spec->precision) < 0)
            return -1;
        spec->precision = spec->precision < 0 ? 0 : spec->precision;
    }
    if (in->at < in->end && *in->at && strchr("hlL", *in->at))
        in->at++;
    if (in->at == in->end)
        return incomplete(in);
    spec->type = *in->at;
    if (spec->align == '<')
        spec->zero = false;
    return 0;
}

/* --- by type ------------------------------------------------------------------------------------------------------------ */

static int convert_text(struct conversion *in, struct format_spec *spec)
{
    autobuf text = HASS_BUF_INIT;
    struct tmpl_value value;

    if (take_argument(in, &value) < 0)
        return -1;
    int result = spec->type == 's'   ? tmpl_print(in->vm, &value, &text)
                 : spec->type == 'r' ? tmpl_repr(in->vm, &value, &text)
                                     : print_ascii(in->vm, &value, &text);
    if (result < 0)
        return -1;
    spec->align = spec->align ? spec->align : '>';
    return format_text(in->vm, hass_buf_string(&text), text.length, spec, in->buf);
}

static int convert_integer(struct conversion *in, struct format_spec *spec)
{
    char type = spec->type;
    bool decimal = strchr("diu", type);
    struct tmpl_value value;

    if (take_argument(in, &value) < 0)
        return -1;
    if (!tmpl_is_number(&value) || (!decimal && value.kind == TMPL_FLOAT))
        return tmpl_raise(in->vm, TMPL_TYPE_ERROR, "%%%c format: %s is required, not %s", type,
                          decimal ? "a real number" : "an integer", tmpl_class_path(&value));
    if (value.kind == TMPL_FLOAT && tmpl_int_of_double(in->vm, value.number, &value) < 0)
        return -1;
    spec->type = decimal ? 'd' : type;
    return format_integer(in->vm, &value, spec, in->buf);
}

static int convert_float(struct conversion *in, struct format_spec *spec)
{
    struct tmpl_value value;
    double number;

    if (take_argument(in, &value) < 0)
        return -1;
    if (!tmpl_is_number(&value))
        return tmpl_raise(in->vm, TMPL_TYPE_ERROR, "must be real number, not %s",
                          tmpl_class_path(&value));
    if (tmpl_to_double(in->vm, &value, &number) < 0)
        return -1;
    return format_double(in->vm, number, spec, in->buf);
}

static int convert_char(struct conversion *in, struct format_spec *spec)
{
    struct tmpl_value value;
    char bytes[4];
    size_t length;

    if (take_argument(in, &value) < 0)
        return -1;
    spec->precision = -1;
    spec->align = spec->align ? spec->align : '>';
    if (value.kind == TMPL_STRING && tmpl_length(&value) == 1)
        return format_text(in->vm, value.text, value.length, spec, in->buf);
    if (!tmpl_is_integer(&value))
        return tmpl_raise(in->vm, TMPL_TYPE_ERROR, "%%c requires int or char");
    if (format_char(in->vm, &value, bytes, &length) < 0)
        return -1;
    return format_text(in->vm, bytes, length, spec, in->buf);
}

static int unsupported(struct conversion *in)
{
    struct tmpl_value ignored;
    uint32_t c;
    size_t index = chars_count(in->format->text, (size_t)(in->at - in->format->text));

    if (take_argument(in, &ignored) < 0)
        return -1;
    (void)char_decode(in->at, (size_t)(in->end - in->at), &c);
    return tmpl_raise(in->vm, TMPL_VALUE_ERROR,
                      "unsupported format character '%c' (0x%x) at index %zu",
                      c > 31 && c < 127 ? (char)c : '?', c, index);
}

/* Behind the per cent sign. */
static int convert(struct conversion *in)
{
    struct format_spec spec;

    if (read_spec(in, &spec) < 0)
        return -1;
    const char *type = in->at;
    int result;
    if (strchr("sra", *type) && *type)
        result = convert_text(in, &spec);
    else if (strchr("diuoxX", *type) && *type)
        result = convert_integer(in, &spec);
    else if (strchr("eEfFgG", *type) && *type)
        result = convert_float(in, &spec);
    else if (*type == 'c')
        result = convert_char(in, &spec);
    else
        return unsupported(in);
    in->at = type + 1;
    return result;
}

int format_percent(struct tmpl_vm *vm, const struct tmpl_value *format,
                   const struct tmpl_value *args, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    bool tuple = args->kind == TMPL_TUPLE;
    struct conversion in = {
        .vm = vm,
        .format = format,
        .at = format->text,
        .end = format->text + format->length,
        .args = tuple ? args->items : args,
        .count = tuple ? args->length : 1,
        .mapping = is_mapping(args) ? args : NULL,
        .buf = &buf,
    };

    while (in.at < in.end) {
        char c = *in.at++;
        if (c != '%' || (in.at < in.end && *in.at == '%')) {
            in.at += c == '%';
            hass_buf_add_char(&buf, c);
            continue;
        }
        if (convert(&in) < 0 || tmpl_reserve(vm, buf.length) < 0)
            return -1;
    }
    if (in.next < in.count && !in.mapping)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "not all arguments converted during string formatting");
    *ret_value = tmpl_string_of(&vm->heap, &buf);
    return 0;
}
