/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printed forms: str and repr of every kind, nested ones included. Without a machine undefined values print as nothing and objects by their
 * type's name.
 */
#include "template/print.h"

#include "template/big.h"
#include "template/characters.h"
#include "template/dict.h"
#include "template/moment.h"
#include "template/object.h"
#include "template/unicode.h"

static const char hex_digits[] = "0123456789abcdef";

int nest_enter(struct tmpl_vm *vm)
{
    if (!vm || ++vm->nesting <= VALUE_MAX_DEPTH)
        return 0;
    vm->nesting--;
    return tmpl_raise(vm, TMPL_RECURSION_ERROR, "values are nested more than %d levels deep",
                      VALUE_MAX_DEPTH);
}

/* --- texts --------------------------------------------------------------------------------------- */

static void add_hex(uint32_t c, unsigned digits, struct hass_buf *buf)
{
    while (digits--)
        hass_buf_add_char(buf, hex_digits[(c >> (4 * digits)) & 15]);
}

static void add_escaped(uint32_t c, struct hass_buf *buf)
{
    const char *mark = c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U";

    hass_buf_add(buf, mark, 2);
    add_hex(c, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8, buf);
}

/* Double quotes where the text has single ones and no double ones. */
static char choose_quote(const char *text, size_t length)
{
    return length && memchr(text, '\'', length) && !memchr(text, '"', length) ? '"' : '\'';
}

/* A character that has a short escape, or the quote; 0 for the others. */
static char short_escape(char c, char quote)
{
    switch (c) {
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return c == '\\' || c == quote ? c : '\0';
    }
}

static void add_short(char escape, struct hass_buf *buf)
{
    char bytes[2] = { '\\', escape };

    hass_buf_add(buf, bytes, 2);
}

static void quote_text(const char *text, size_t length, struct hass_buf *buf)
{
    char quote = choose_quote(text, length);
    size_t size;

    hass_buf_add_char(buf, quote);
    for (size_t i = 0; i < length; i += size) {
        uint32_t c;
        size = char_decode(text + i, length - i, &c);
        char escape = size == 1 ? short_escape(text[i], quote) : '\0';
        if (escape)
            add_short(escape, buf);
        else if (!unicode_is(c, UNICODE_PRINTABLE))
            add_escaped(c, buf);
        else
            hass_buf_add(buf, text + i, size);
    }
    hass_buf_add_char(buf, quote);
}

/* Most texts are printable ASCII without anything to escape. */
static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] == 127 || text[i] == '\'' || text[i] == '\\')
            return false;
    }
    return true;
}

void print_quoted(const char *text, size_t length, struct hass_buf *buf)
{
    if (!is_plain(text, length)) {
        quote_text(text, length, buf);
        return;
    }
    hass_buf_add_char(buf, '\'');
    if (length)
        hass_buf_add(buf, text, length);
    hass_buf_add_char(buf, '\'');
}

void print_bytes(const char *data, size_t length, struct hass_buf *buf)
{
    char quote = choose_quote(data, length);

    hass_buf_add_char(buf, 'b');
    hass_buf_add_char(buf, quote);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)data[i];
        char escape = short_escape(data[i], quote);
        if (escape)
            add_short(escape, buf);
        else if (byte < ' ' || byte > 126)
            add_escaped(byte, buf);
        else
            hass_buf_add_char(buf, data[i]);
    }
    hass_buf_add_char(buf, quote);
}

void print_int(int64_t integer, struct hass_buf *buf)
{
    char digits[20];
    char *at = digits + sizeof(digits);
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (integer < 0)
        *--at = '-';
    hass_buf_add(buf, at, (size_t)(digits + sizeof(digits) - at));
}

/* --- containers ---------------------------------------------------------------------------------- */

static int repr_items(struct tmpl_vm *vm, const struct tmpl_value *items, size_t count,
                      struct hass_buf *buf)
{
    int result = nest_enter(vm);

    if (result < 0)
        return -1;
    for (size_t i = 0; i < count && result >= 0; i++) {
        if (i)
            hass_buf_add(buf, ", ", 2);
        result = tmpl_repr(vm, &items[i], buf);
    }
    nest_leave(vm);
    return result;
}

static int repr_enclosed(struct tmpl_vm *vm, const struct tmpl_value *items, size_t count,
                         const char *brackets, struct hass_buf *buf)
{
    hass_buf_add_char(buf, brackets[0]);
    if (repr_items(vm, items, count, buf) < 0)
        return -1;
    hass_buf_add_string(buf, brackets + 1);
    return 0;
}

static int repr_dict(struct tmpl_vm *vm, const struct tmpl_dict *dict, struct hass_buf *buf)
{
    int result = nest_enter(vm);

    if (result < 0)
        return -1;
    hass_buf_add_char(buf, '{');
    for (uint32_t i = 0; i < dict->count && result >= 0; i++) {
        if (i)
            hass_buf_add(buf, ", ", 2);
        result = tmpl_repr(vm, &dict->entries[i].key, buf);
        hass_buf_add(buf, ": ", 2);
        if (result >= 0)
            result = tmpl_repr(vm, &dict->entries[i].value, buf);
    }
    hass_buf_add_char(buf, '}');
    nest_leave(vm);
    return result;
}

static int repr_set(struct tmpl_vm *vm, const struct tmpl_dict *set, struct hass_buf *buf)
{
    if (!set->count) {
        hass_buf_add_string(buf, "set()");
        return 0;
    }
    if (vm)
        return repr_enclosed(vm, set_items(&vm->heap, set), set->count, "{}", buf);
    struct tmpl_heap heap = { 0 };
    int result = repr_enclosed(vm, set_items(&heap, set), set->count, "{}", buf);
    arena_fini(&heap.arena);
    return result;
}

static void repr_range(const struct tmpl_range *range, struct hass_buf *buf)
{
    hass_buf_printf(buf, "range(%lld, %lld", (long long)range->start, (long long)range->stop);
    if (range->step != 1)
        hass_buf_printf(buf, ", %lld", (long long)range->step);
    hass_buf_add_char(buf, ')');
}

static int repr_object(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    if (!vm || !object->type->repr) {
        hass_buf_printf(buf, "<%s object>", object->type->name);
        return 0;
    }
    if (nest_enter(vm) < 0)
        return -1;
    int result = object->type->repr(vm, object, buf);
    nest_leave(vm);
    return result;
}

static void repr_singleton(const struct tmpl_value *value, struct hass_buf *buf)
{
    if (value->kind == TMPL_BOOL)
        hass_buf_add_string(buf, value->integer ? "True" : "False");
    else if (value->kind == TMPL_UNDEFINED)
        hass_buf_add_string(buf, "Undefined");
    else
        hass_buf_add_string(buf, value->flags & TMPL_ELLIPSIS ? "Ellipsis" : "None");
}

int tmpl_repr(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *buf)
{
    switch (value->kind) {
    case TMPL_INT:
        print_int(value->integer, buf);
        return 0;
    case TMPL_BIG:
        return big_print(vm, value->big, buf);
    case TMPL_FLOAT:
        tmpl_print_float(value->number, buf);
        return 0;
    case TMPL_STRING:
        if (value->flags & TMPL_MARKUP)
            hass_buf_add_string(buf, "Markup(");
        print_quoted(value->text, value->length, buf);
        if (value->flags & TMPL_MARKUP)
            hass_buf_add_char(buf, ')');
        return 0;
    case TMPL_BYTES:
        print_bytes(value->text, value->length, buf);
        return 0;
    case TMPL_LIST:
        return repr_enclosed(vm, value->items, value->length, "[]", buf);
    case TMPL_TUPLE:
        return repr_enclosed(vm, value->items, value->length, value->length == 1 ? "(,)" : "()",
                             buf);
    case TMPL_DICT:
        return repr_dict(vm, value->dict, buf);
    case TMPL_SET:
        return repr_set(vm, value->dict, buf);
    case TMPL_RANGE:
        repr_range(value->range, buf);
        return 0;
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
    case TMPL_TIMEDELTA:
        tmpl_date_repr(value, buf);
        return 0;
    case TMPL_OBJECT:
        return repr_object(vm, value->object, buf);
    default:
        repr_singleton(value, buf);
        return 0;
    }
}

int tmpl_print(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *buf)
{
    switch (value->kind) {
    case TMPL_STRING:
        if (value->length)
            hass_buf_add(buf, value->text, value->length);
        return 0;
    case TMPL_UNDEFINED:
        return vm ? tmpl_use(vm, value) : 0;
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
    case TMPL_TIMEDELTA:
        tmpl_date_print(value, buf);
        return 0;
    case TMPL_OBJECT:
        if (vm && value->object->type->print)
            return value->object->type->print(vm, value->object, buf);
        return repr_object(vm, value->object, buf);
    default:
        return tmpl_repr(vm, value, buf);
    }
}

int tmpl_to_string(struct tmpl_vm *vm, const struct tmpl_value *value, struct tmpl_value *ret_value)
{
    if (value->kind == TMPL_STRING) {
        *ret_value = *value;
        return 0;
    }
    autobuf buf = HASS_BUF_INIT;
    if (tmpl_print(vm, value, &buf) < 0 || tmpl_reserve(vm, buf.length) < 0)
        return -1;
    *ret_value = tmpl_string_of(&vm->heap, &buf);
    return 0;
}

int print_ascii(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *buf)
{
    autobuf repr = HASS_BUF_INIT;
    size_t size;

    if (tmpl_repr(vm, value, &repr) < 0)
        return -1;
    for (size_t i = 0; i < repr.length; i += size) {
        uint32_t c;
        size = char_decode(repr.data + i, repr.length - i, &c);
        if (c < 128)
            hass_buf_add_char(buf, (char)c);
        else
            add_escaped(c, buf);
    }
    return 0;
}
