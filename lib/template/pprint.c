/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pprint: what fits in 80 columns stands on one line, with the keys of dicts in order; larger containers have a member a line, as Python's module
 * of that name lays them out.
 */
#include "template/builtins.h"
#include "template/characters.h"

enum { COLUMNS = 80, MAX_LEVELS = 64 };

struct printer {
    struct tmpl_vm *vm;
    struct hass_buf *buf;
    unsigned depth;
};

static int print_value(struct printer *printer, const struct tmpl_value *value, size_t indent,
                       size_t reserve);

/* A copy whose dicts are in the order of their keys, where those have one. */
static int sort_keys(struct printer *printer, const struct tmpl_value *value,
                     struct tmpl_value *ret_value);

static int sort_members(struct printer *printer, const struct tmpl_value *value,
                        struct tmpl_value *ret_value)
{
    struct tmpl_value *items = new_items(printer->vm, value->length);

    if (!items)
        return -1;
    for (uint32_t i = 0; i < value->length; i++)
        if (sort_keys(printer, &value->items[i], &items[i]) < 0)
            return -1;
    *ret_value = *value;
    ret_value->items = items;
    return 0;
}

static int sort_dict(struct printer *printer, const struct tmpl_value *value,
                     struct tmpl_value *ret_value)
{
    struct tmpl_vm *vm = printer->vm;
    const struct tmpl_dict *dict = value->dict;
    struct tmpl_value inner;

    if (tmpl_reserve(vm, dict->count * (sizeof(struct keyed) + sizeof(struct tmpl_entry))) < 0)
        return -1;
    struct keyed *entries = tmpl_alloc(&vm->heap, dict->count * sizeof(*entries));
    for (uint32_t i = 0; i < dict->count; i++)
        entries[i] = (struct keyed){ dict->entries[i].key, dict->entries[i].value };
    if (sort_keyed(vm, entries, dict->count, SORT_BY_CLASS) < 0)
        return -1;
    struct tmpl_dict *sorted = tmpl_dict_new(&vm->heap, dict->count);
    for (uint32_t i = 0; i < dict->count; i++)
        if (sort_keys(printer, &entries[i].value, &inner) < 0 ||
            tmpl_dict_set(vm, sorted, entries[i].key, inner) < 0)
            return -1;
    *ret_value = tmpl_dict_value(sorted);
    return 0;
}

static int sort_keys(struct printer *printer, const struct tmpl_value *value,
                     struct tmpl_value *ret_value)
{
    int r = 0;

    if (++printer->depth > MAX_LEVELS)
        return tmpl_raise(printer->vm, TMPL_RECURSION_ERROR,
                          "more than %d lists and dicts in each other", MAX_LEVELS);
    if (value->kind == TMPL_DICT)
        r = sort_dict(printer, value, ret_value);
    else if (value->kind == TMPL_LIST || value->kind == TMPL_TUPLE)
        r = sort_members(printer, value, ret_value);
    else
        *ret_value = *value;
    printer->depth--;
    return r;
}

static void add_line(struct printer *printer, size_t indent)
{
    hass_buf_printf(printer->buf, "\n%*s", (int)indent, "");
}

/* Each member on a line; @reserve columns behind the last are taken by closing brackets. */
static int print_members(struct printer *printer, const struct tmpl_value *items, size_t count,
                         size_t indent, size_t reserve)
{
    for (size_t i = 0; i < count; i++) {
        if (i) {
            hass_buf_add_char(printer->buf, ',');
            add_line(printer, indent);
        }
        if (print_value(printer, &items[i], indent, i + 1 == count ? reserve : 1) < 0)
            return -1;
    }
    return 0;
}

static int print_entries(struct printer *printer, const struct tmpl_dict *dict, size_t indent,
                         size_t reserve)
{
    for (uint32_t i = 0; i < dict->count; i++) {
        autobuf key = HASS_BUF_INIT;
        if (i) {
            hass_buf_add_char(printer->buf, ',');
            add_line(printer, indent);
        }
        if (tmpl_repr(printer->vm, &dict->entries[i].key, &key) < 0)
            return -1;
        hass_buf_add(printer->buf, key.data, key.length);
        hass_buf_add_string(printer->buf, ": ");
        size_t inner = indent + chars_count(key.data, key.length) + 2;
        if (print_value(printer, &dict->entries[i].value, inner,
                        i + 1 == dict->count ? reserve : 1) < 0)
            return -1;
    }
    return 0;
}

/* The words of a text with the blanks behind them, as many on a line as fit; the pieces are texts that Python would join again. */
static int print_words(struct printer *printer, const struct tmpl_value *text, size_t indent,
                       size_t reserve)
{
    const char *at = text->text, *end = at + text->length;
    bool first = true;

    while (at < end) {
        autobuf piece = HASS_BUF_INIT;
        const char *next = at, *fits = NULL;
        while (next < end) {
            const char *word = next;
            while (word < end && *word != ' ' && *word != '\n')
                word++;
            while (word < end && (*word == ' ' || *word == '\n')) {
                word++;
                if (word[-1] == '\n')
                    break;
            }
            struct tmpl_value part = tmpl_string_view(at, (size_t)(word - at));
            hass_buf_clear(&piece);
            if (tmpl_repr(printer->vm, &part, &piece) < 0)
                return -1;
            size_t columns =
                indent + chars_count(piece.data, piece.length) + (word == end ? reserve : 0);
            if (fits && columns > COLUMNS)
                break;
            fits = next = word;
            if (word[-1] == '\n')
                break;
        }
        struct tmpl_value part = tmpl_string_view(at, (size_t)(fits - at));
        if (!first)
            add_line(printer, indent);
        if (tmpl_repr(printer->vm, &part, printer->buf) < 0 || tmpl_spend(printer->vm, 16) < 0)
            return -1;
        first = false;
        at = fits;
    }
    return 0;
}

static int print_open(struct printer *printer, const struct tmpl_value *value, size_t indent,
                      size_t reserve)
{
    struct hass_buf *buf = printer->buf;
    int r;

    switch (value->kind) {
    case TMPL_DICT:
        hass_buf_add_char(buf, '{');
        r = print_entries(printer, value->dict, indent + 1, reserve + 1);
        hass_buf_add_char(buf, '}');
        return r;
    case TMPL_LIST:
        hass_buf_add_char(buf, '[');
        r = print_members(printer, value->items, value->length, indent + 1, reserve + 1);
        hass_buf_add_char(buf, ']');
        return r;
    case TMPL_TUPLE:
        hass_buf_add_char(buf, '(');
        r = print_members(printer, value->items, value->length, indent + 1,
                          reserve + (value->length == 1 ? 2 : 1));
        hass_buf_add_string(buf, value->length == 1 ? ",)" : ")");
        return r;
    default: { /* a text */
        bool outer = printer->depth == 1;
        if (outer)
            hass_buf_add_char(buf, '(');
        r = print_words(printer, value, indent + outer, reserve + outer);
        if (outer)
            hass_buf_add_char(buf, ')');
        return r;
    }
    }
}

static int print_value(struct printer *printer, const struct tmpl_value *value, size_t indent,
                       size_t reserve)
{
    autobuf line = HASS_BUF_INIT;
    bool opens = value->kind == TMPL_DICT || value->kind == TMPL_LIST ||
                 value->kind == TMPL_TUPLE || value->kind == TMPL_STRING;

    if (tmpl_repr(printer->vm, value, &line) < 0 || tmpl_spend(printer->vm, 1) < 0 ||
        tmpl_reserve(printer->vm, line.length + printer->buf->length) < 0)
        return -1;
    if (!opens || value->length == 0 ||
        indent + reserve + chars_count(line.data, line.length) <= COLUMNS) {
        hass_buf_add(printer->buf, line.data, line.length);
        return 0;
    }
    printer->depth++;
    int r = print_open(printer, value, indent, reserve);
    printer->depth--;
    return r;
}

int filter_pprint(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct printer printer = { vm, &buf, 0 };
    struct tmpl_value sorted;

    if (sort_keys(&printer, &call->args[0], &sorted) < 0 ||
        print_value(&printer, &sorted, 0, 0) < 0)
        return -1;
    return return_buf(vm, &buf, ret_value);
}
