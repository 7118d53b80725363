/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str.format and str.format_map. Fields look their parts up as templates do, so that the sandbox holds there, too; a specification may have
 * fields of its own.
 */
#include "template/format.h"

#include "base/utf8.h"
#include "template/dict.h"
#include "template/methods_string.h"
#include "template/object.h"
#include "template/print.h"

enum {
    MAX_DEPTH = 2, /* of fields within specifications */
};

enum numbering { UNKNOWN, AUTOMATIC, MANUAL };

struct formatter {
    struct tmpl_vm *vm;
    const struct tmpl_value *args; /* without self */
    unsigned count;
    const struct tmpl_call *named;    /* or NULL */
    const struct tmpl_value *mapping; /* or NULL */
    enum numbering numbering;
    unsigned next;
};

struct span {
    const char *at;
    const char *end;
};

/* `{name!conversion:spec}`, the braces left out. */
struct field {
    struct span name;
    char conversion; /* or 0 */
    struct span spec;
};

static int format_all(struct formatter *formatter, struct span text, unsigned depth,
                      struct hass_buf *buf);

static int bad(struct formatter *formatter, const char *message)
{
    return tmpl_raise(formatter->vm, TMPL_VALUE_ERROR, "%s", message);
}

/* --- fields --------------------------------------------------------------------------------------------------------- */

static int read_conversion(struct formatter *formatter, struct span *in, struct field *field)
{
    in->at++;
    if (in->at == in->end || *in->at == '}')
        return bad(formatter, "unmatched '{' in format spec");
    field->conversion = *in->at++;
    if (in->at == in->end)
        return bad(formatter, "unmatched '{' in format spec");
    if (*in->at != ':' && *in->at != '}')
        return bad(formatter, "expected ':' after conversion specifier");
    return 0;
}

/* Behind the opening brace; leaves @in behind the closing one. */
static int read_field(struct formatter *formatter, struct span *in, struct field *field)
{
    unsigned braces = 1;
    bool bracket = false;

    *field = (struct field){ .name.at = in->at };
    for (; in->at < in->end; in->at++) {
        char c = *in->at;
        bracket = c == '[' || (bracket && c != ']');
        if (c == '{')
            return bad(formatter, "unexpected '{' in field name");
        if (!bracket && (c == '}' || c == ':' || c == '!'))
            break;
    }
    field->name.end = in->at;
    if (in->at < in->end && *in->at == '!' && read_conversion(formatter, in, field) < 0)
        return -1;
    if (in->at < in->end && *in->at == ':')
        in->at++;
    field->spec.at = in->at;
    for (; in->at < in->end; in->at++) {
        braces += *in->at == '{';
        braces -= *in->at == '}';
        if (!braces)
            break;
    }
    if (in->at == in->end)
        return bad(formatter, "expected '}' before end of string");
    field->spec.end = in->at++;
    return 0;
}

static bool is_number(struct span text, int64_t *ret_number)
{
    int64_t number = 0;

    for (const char *at = text.at; at < text.end; at++) {
        if (!ascii_is_digit(*at) || number > INT32_MAX)
            return false;
        number = number * 10 + (*at - '0');
    }
    *ret_number = number;
    return text.at < text.end;
}

static int take_argument(struct formatter *formatter, int64_t index, struct tmpl_value *ret_value)
{
    if (index >= formatter->count)
        return tmpl_raise(formatter->vm, TMPL_INDEX_ERROR,
                          "Replacement index %lld out of range for positional args tuple",
                          (long long)index);
    *ret_value = formatter->args[index];
    return 0;
}

static int missing_key(struct formatter *formatter, struct span name)
{
    autobuf text = HASS_BUF_INIT;

    print_quoted(name.at, (size_t)(name.end - name.at), &text);
    return tmpl_raise(formatter->vm, TMPL_KEY_ERROR, "%s", hass_buf_string(&text));
}

static int take_named(struct formatter *formatter, struct span name, struct tmpl_value *ret_value)
{
    struct tmpl_value key = tmpl_string_view(name.at, (size_t)(name.end - name.at));
    const struct tmpl_call *named = formatter->named;

    for (unsigned i = 0; named && i < named->named; i++) {
        if (value_equal(&named->names[i], &key)) {
            *ret_value = named->values[i];
            return 0;
        }
    }
    if (formatter->mapping) {
        if (tmpl_get_item(formatter->vm, formatter->mapping, &key, ret_value) < 0)
            return -1;
        if (ret_value->kind != TMPL_UNDEFINED)
            return 0;
    }
    return missing_key(formatter, name);
}

static int set_numbering(struct formatter *formatter, enum numbering numbering)
{
    if (formatter->numbering != UNKNOWN && formatter->numbering != numbering)
        return bad(formatter, numbering == MANUAL ? "cannot switch from automatic field numbering "
                                                    "to manual field specification"
                                                  : "cannot switch from manual field "
                                                    "specification to automatic field numbering");
    formatter->numbering = numbering;
    return 0;
}

/* What the name begins with: a number, nothing, or a name. */
static int take_first(struct formatter *formatter, struct span name, struct tmpl_value *ret_value)
{
    int64_t index;

    if (name.at == name.end) {
        if (set_numbering(formatter, AUTOMATIC) < 0)
            return -1;
        return take_argument(formatter, formatter->next++, ret_value);
    }
    if (!is_number(name, &index))
        return take_named(formatter, name, ret_value);
    if (set_numbering(formatter, MANUAL) < 0)
        return -1;
    return take_argument(formatter, index, ret_value);
}

/* `.name` or `[key]`; moves @name behind it. */
static int take_part(struct formatter *formatter, struct span *name, struct tmpl_value *value)
{
    bool attribute = *name->at == '.';
    struct span part = { name->at + 1, name->at + 1 };
    struct tmpl_value object = *value;
    int64_t index;

    while (part.end < name->end &&
           (attribute ? *part.end != '.' && *part.end != '[' : *part.end != ']'))
        part.end++;
    if (!attribute && part.end == name->end)
        return bad(formatter, "Missing ']' in format string");
    if (part.at == part.end)
        return bad(formatter, "Empty attribute in format string");
    name->at = part.end + !attribute;
    if (!attribute && name->at < name->end && *name->at != '.' && *name->at != '[')
        return bad(formatter, "Only '.' or '[' may follow ']' in format field specifier");
    size_t length = (size_t)(part.end - part.at);
    if (attribute)
        return tmpl_get_attr(formatter->vm, &object, part.at, length, value);
    struct tmpl_value key =
        is_number(part, &index) ? tmpl_int(index) : tmpl_string_view(part.at, length);
    return tmpl_get_item(formatter->vm, &object, &key, value);
}

static int take_value(struct formatter *formatter, struct span name, struct tmpl_value *ret_value)
{
    struct span first = { name.at, name.at };

    while (first.end < name.end && *first.end != '.' && *first.end != '[')
        first.end++;
    if (take_first(formatter, first, ret_value) < 0)
        return -1;
    for (name.at = first.end; name.at < name.end;) {
        if (take_part(formatter, &name, ret_value) < 0)
            return -1;
    }
    return 0;
}

static int convert(struct formatter *formatter, char conversion, struct tmpl_value *value)
{
    autobuf text = HASS_BUF_INIT;
    struct tmpl_vm *vm = formatter->vm;
    int result;

    switch (conversion) {
    case '\0':
        return 0;
    case 's':
        return tmpl_to_string(vm, value, value);
    case 'r':
        result = tmpl_repr(vm, value, &text);
        break;
    case 'a':
        result = print_ascii(vm, value, &text);
        break;
    default:
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "Unknown conversion specifier %c", conversion);
    }
    if (result < 0 || tmpl_reserve(vm, text.length) < 0)
        return -1;
    *value = tmpl_string_of(&vm->heap, &text);
    return 0;
}

static int format_field(struct formatter *formatter, const struct field *field, unsigned depth,
                        struct hass_buf *buf)
{
    autobuf spec = HASS_BUF_INIT;
    struct tmpl_value value;
    size_t length = (size_t)(field->spec.end - field->spec.at);

    if (take_value(formatter, field->name, &value) < 0 ||
        convert(formatter, field->conversion, &value) < 0)
        return -1;
    if (!memchr(field->spec.at, '{', length) && !memchr(field->spec.at, '}', length))
        return format_value(formatter->vm, &value, field->spec.at, length, buf);
    if (format_all(formatter, field->spec, depth + 1, &spec) < 0)
        return -1;
    return format_value(formatter->vm, &value, hass_buf_string(&spec), spec.length, buf);
}

/* --- all -------------------------------------------------------------------------------------------------------------- */

static int format_all(struct formatter *formatter, struct span text, unsigned depth,
                      struct hass_buf *buf)
{
    struct field field;

    if (depth == MAX_DEPTH)
        return bad(formatter, "Max string recursion exceeded");
    while (text.at < text.end) {
        char c = *text.at++;
        if (c != '{' && c != '}') {
            hass_buf_add_char(buf, c);
            continue;
        }
        if (text.at < text.end && *text.at == c) {
            hass_buf_add_char(buf, c);
            text.at++;
            continue;
        }
        if (c == '}')
            return bad(formatter, "Single '}' encountered in format string");
        if (text.at == text.end)
            return bad(formatter, "Single '{' encountered in format string");
        if (read_field(formatter, &text, &field) < 0 ||
            format_field(formatter, &field, depth, buf) < 0 ||
            tmpl_reserve(formatter->vm, buf->length) < 0)
            return -1;
    }
    return 0;
}

static int run(struct formatter *formatter, const struct tmpl_value *text,
               struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;

    if (format_all(formatter, (struct span){ text->text, text->text + text->length }, 0, &buf) < 0)
        return -1;
    *ret_value = tmpl_string_of(&formatter->vm->heap, &buf);
    return 0;
}

int string_format(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct formatter formatter = {
        .vm = vm, .args = call->args + 1, .count = call->count - 1, .named = call
    };

    return run(&formatter, &call->args[0], ret_value);
}

int string_format_map(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    struct formatter formatter = { .vm = vm, .mapping = &call->args[1] };

    return run(&formatter, &call->args[0], ret_value);
}
