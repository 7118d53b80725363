/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and mappings in URLs: the filter urlencode, which is Jinja's, and the function of that name, which is Python's. */
#include "base/utf8.h"
#include "template/builtins.h"

/* Blanks are "+" in queries, "/" is left alone in paths. */
static void quote(const char *text, size_t length, bool query, struct hass_buf *buf)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (ascii_is_digit(text[i]) || ascii_is_lower(text[i]) || ascii_is_upper(text[i]) ||
            (c && strchr("_.-~", c)) || (c == '/' && !query)) {
            hass_buf_add_char(buf, text[i]);
        } else if (c == ' ' && query) {
            hass_buf_add_char(buf, '+');
        } else {
            hass_buf_add_char(buf, '%');
            hass_buf_add_char(buf, digits[c >> 4]);
            hass_buf_add_char(buf, digits[c & 15]);
        }
    }
}

static int quote_value(struct tmpl_vm *vm, const struct tmpl_value *value, bool query,
                       struct hass_buf *buf)
{
    struct tmpl_value text = *value;

    if (value->kind != TMPL_BYTES && read_text(vm, value, &text) < 0)
        return -1;
    quote(text.text, text.length, query, buf);
    return tmpl_reserve(vm, buf->length);
}

static int quote_pair(struct tmpl_vm *vm, const struct tmpl_value *key,
                      const struct tmpl_value *value, struct hass_buf *buf)
{
    if (buf->length)
        hass_buf_add_char(buf, '&');
    if (quote_value(vm, key, true, buf) < 0)
        return -1;
    hass_buf_add_char(buf, '=');
    return quote_value(vm, value, true, buf);
}

/* A mapping, or pairs. */
static int quote_pairs(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_buf *buf)
{
    const struct tmpl_value *items, *pair;
    size_t count, length;

    if (value->kind == TMPL_DICT) {
        for (uint32_t i = 0; i < value->dict->count; i++)
            if (quote_pair(vm, &value->dict->entries[i].key, &value->dict->entries[i].value, buf) <
                0)
                return -1;
        return tmpl_spend(vm, value->dict->count);
    }
    if (read_items(vm, value, &items, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (tmpl_iterate(vm, &items[i], &pair, &length) < 0)
            return -1;
        if (length != 2)
            return tmpl_raise(vm, TMPL_VALUE_ERROR,
                              length < 2 ? "not enough values to unpack (expected 2, got %zu)"
                                         : "too many values to unpack (expected 2, got %zu)",
                              length);
        if (quote_pair(vm, &pair[0], &pair[1], buf) < 0)
            return -1;
    }
    return 0;
}

int filter_urlencode(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    const struct tmpl_value *value = &call->args[0];
    bool one = value->kind == TMPL_STRING || value->kind == TMPL_BYTES ||
               (value->kind != TMPL_UNDEFINED && !tmpl_is_iterable(value));
    int r = one ? quote_value(vm, value, false, &buf) : quote_pairs(vm, value, &buf);

    return r < 0 ? r : return_buf(vm, &buf, ret_value);
}

/* Gives bytes, as in the model. */
int function_urlencode(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    const struct tmpl_value *value = &call->args[0];

    if (value->kind != TMPL_DICT && value->kind != TMPL_LIST && value->kind != TMPL_TUPLE &&
        !(value->kind == TMPL_UNDEFINED && tmpl_use(vm, value) == 0))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "not a valid non-string sequence or mapping object");
    if (quote_pairs(vm, value, &buf) < 0 || tmpl_reserve(vm, buf.length) < 0)
        return -1;
    *ret_value = tmpl_bytes_copy(&vm->heap, buf.data, buf.length);
    return 0;
}
