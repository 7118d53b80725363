/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking texts and bytes apart and joining them. Parts are views; blanks are those of Unicode in texts, those of ASCII in bytes.
 */
#include "base/utf8.h"
#include "template/characters.h"
#include "template/methods_string.h"
#include "template/object.h"
#include "template/unicode.h"

/* --- characters of texts and bytes --------------------------------------------------------------------------- */

static size_t first_char(const struct tmpl_value *text, size_t from, size_t to, uint32_t *ret_char)
{
    if (text->kind == TMPL_STRING)
        return char_decode(text->text + from, to - from, ret_char);
    *ret_char = (unsigned char)text->text[from];
    return 1;
}

static size_t last_char(const struct tmpl_value *text, size_t from, size_t to, uint32_t *ret_char)
{
    if (text->kind == TMPL_STRING)
        return char_decode_last(text->text + from, to - from, ret_char);
    *ret_char = (unsigned char)text->text[to - 1];
    return 1;
}

static bool is_blank(const struct tmpl_value *text, uint32_t c)
{
    return text->kind == TMPL_STRING ? unicode_is(c, UNICODE_SPACE) : ascii_is_space((char)c);
}

/* --- strip ---------------------------------------------------------------------------------------------------- */

/* Whether a character goes: a blank, or one of @set where that is given. */
static bool goes(const struct tmpl_value *text, const struct tmpl_value *set, uint32_t c,
                 const char *bytes, size_t size)
{
    if (!set)
        return is_blank(text, c);
    return set->length && memmem(set->text, set->length, bytes, size);
}

static struct tmpl_value stripped(const struct tmpl_value *text, const struct tmpl_value *set,
                                  bool left, bool right)
{
    size_t from = 0, to = text->length;
    uint32_t c;

    while (left && from < to) {
        size_t size = first_char(text, from, to, &c);
        if (!goes(text, set, c, text->text + from, size))
            break;
        from += size;
    }
    while (right && from < to) {
        size_t size = last_char(text, from, to, &c);
        if (!goes(text, set, c, text->text + to - size, size))
            break;
        to -= size;
    }
    return string_part(text, from, to - from);
}

static int strip(struct tmpl_vm *vm, const struct tmpl_call *call, const char *name, bool left,
                 bool right, struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0], *set = &call->args[1];

    if (!is_given(set))
        set = NULL;
    else if (set->kind != text->kind && text->kind == TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s arg must be None or str", name);
    else if (want_same_kind(vm, text, set) < 0)
        return -1;
    *ret_value = stripped(text, set, left, right);
    return 0;
}

int string_strip(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return strip(vm, call, "strip", true, true, ret_value);
}

int string_lstrip(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return strip(vm, call, "lstrip", true, false, ret_value);
}

int string_rstrip(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return strip(vm, call, "rstrip", false, true, ret_value);
}

/* --- split ---------------------------------------------------------------------------------------------------- */

struct parts {
    struct tmpl_vm *vm;
    struct tmpl_value *data;
    size_t count, capacity;
};

static int add_part(struct parts *parts, struct tmpl_value part)
{
    if (parts->count == parts->capacity) {
        size_t capacity = parts->capacity ? parts->capacity * 2 : 4;
        if (tmpl_reserve(parts->vm, capacity * sizeof(part)) < 0)
            return -1;
        struct tmpl_value *data = tmpl_alloc(&parts->vm->heap, capacity * sizeof(part));
        if (parts->count)
            memcpy(data, parts->data, parts->count * sizeof(part));
        parts->data = data;
        parts->capacity = capacity;
    }
    parts->data[parts->count++] = part;
    return 0;
}

static int split_by(struct parts *parts, const struct tmpl_value *text,
                    const struct tmpl_value *separator, int64_t limit)
{
    size_t from = 0;

    for (; limit > 0; limit--) {
        const char *found =
            memmem(text->text + from, text->length - from, separator->text, separator->length);
        if (!found)
            break;
        size_t at = (size_t)(found - text->text);
        if (add_part(parts, string_part(text, from, at - from)) < 0)
            return -1;
        from = at + separator->length;
    }
    return add_part(parts, string_part(text, from, text->length - from));
}

static size_t skip_blanks(const struct tmpl_value *text, size_t at, bool blanks)
{
    uint32_t c;

    while (at < text->length) {
        size_t size = first_char(text, at, text->length, &c);
        if (is_blank(text, c) != blanks)
            break;
        at += size;
    }
    return at;
}

static int split_blanks(struct parts *parts, const struct tmpl_value *text, int64_t limit)
{
    size_t from = skip_blanks(text, 0, true);

    for (; from < text->length && limit > 0; limit--) {
        size_t to = skip_blanks(text, from, false);
        if (add_part(parts, string_part(text, from, to - from)) < 0)
            return -1;
        from = skip_blanks(text, to, true);
    }
    if (from == text->length)
        return 0;
    return add_part(parts, string_part(text, from, text->length - from));
}

/* From the end; the parts come in reverse. */
static int rsplit_by(struct parts *parts, const struct tmpl_value *text,
                     const struct tmpl_value *separator, int64_t limit)
{
    size_t to = text->length, size = separator->length;

    for (size_t at = to; limit > 0 && at >= size;) {
        if (memcmp(text->text + at - size, separator->text, size) != 0) {
            at--;
            continue;
        }
        if (add_part(parts, string_part(text, at, to - at)) < 0)
            return -1;
        to = at -= size;
        limit--;
    }
    return add_part(parts, string_part(text, 0, to));
}

static size_t skip_blanks_back(const struct tmpl_value *text, size_t to, bool blanks)
{
    uint32_t c;

    while (to) {
        size_t size = last_char(text, 0, to, &c);
        if (is_blank(text, c) != blanks)
            break;
        to -= size;
    }
    return to;
}

static int rsplit_blanks(struct parts *parts, const struct tmpl_value *text, int64_t limit)
{
    size_t to = skip_blanks_back(text, text->length, true);

    for (; to && limit > 0; limit--) {
        size_t from = skip_blanks_back(text, to, false);
        if (add_part(parts, string_part(text, from, to - from)) < 0)
            return -1;
        to = skip_blanks_back(text, from, true);
    }
    if (!to)
        return 0;
    return add_part(parts, string_part(text, 0, to));
}

static void reverse(struct parts *parts)
{
    for (size_t i = 0, j = parts->count; i + 1 < j; i++) {
        struct tmpl_value part = parts->data[--j];
        parts->data[j] = parts->data[i];
        parts->data[i] = part;
    }
}

static int take_split(struct tmpl_vm *vm, const struct tmpl_call *call, int64_t *ret_limit)
{
    const struct tmpl_value *text = &call->args[0], *separator = &call->args[1];

    *ret_limit = -1;
    if (is_given(separator)) {
        if (text->kind == TMPL_STRING && separator->kind != TMPL_STRING)
            return tmpl_raise(vm, TMPL_TYPE_ERROR, "must be str or None, not %s",
                              tmpl_class_path(separator));
        if (want_same_kind(vm, text, separator) < 0)
            return -1;
        if (!separator->length)
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "empty separator");
    }
    if (call->args[2].kind != TMPL_ABSENT && tmpl_to_int64(vm, &call->args[2], ret_limit) < 0)
        return -1;
    if (*ret_limit < 0)
        *ret_limit = INT64_MAX;
    return 0;
}

int string_split(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct parts parts = { .vm = vm };
    int64_t limit;

    if (take_split(vm, call, &limit) < 0)
        return -1;
    int result = is_given(&call->args[1]) ? split_by(&parts, &call->args[0], &call->args[1], limit)
                                          : split_blanks(&parts, &call->args[0], limit);
    *ret_value = tmpl_list_view(parts.data, parts.count);
    return result;
}

int string_rsplit(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct parts parts = { .vm = vm };
    int64_t limit;

    if (take_split(vm, call, &limit) < 0)
        return -1;
    int result = is_given(&call->args[1]) ? rsplit_by(&parts, &call->args[0], &call->args[1], limit)
                                          : rsplit_blanks(&parts, &call->args[0], limit);
    reverse(&parts);
    *ret_value = tmpl_list_view(parts.data, parts.count);
    return result;
}

/* Bytes end lines by newlines and returns alone. */
static bool ends_line(const struct tmpl_value *text, uint32_t c)
{
    if (c == '\n' || c == '\r')
        return true;
    return text->kind == TMPL_STRING && (c == '\v' || c == '\f' || (c >= 0x1c && c <= 0x1e) ||
                                         c == 0x85 || c == 0x2028 || c == 0x2029);
}

int string_splitlines(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    struct parts parts = { .vm = vm };
    uint32_t c;

    int keep = call->args[1].kind == TMPL_ABSENT ? 0 : tmpl_truth(vm, &call->args[1]);
    if (keep < 0)
        return -1;
    for (size_t from = 0, at = 0; from < text->length; from = at) {
        size_t to = text->length, size = 0;
        for (at = from; at < text->length; at += size) {
            size = first_char(text, at, text->length, &c);
            if (ends_line(text, c))
                break;
        }
        if (at < text->length) {
            to = at;
            at += size;
            if (c == '\r' && at < text->length && text->text[at] == '\n')
                at++;
        }
        if (add_part(&parts, string_part(text, from, (keep ? at : to) - from)) < 0)
            return -1;
    }
    *ret_value = tmpl_list_view(parts.data, parts.count);
    return 0;
}

/* --- join ----------------------------------------------------------------------------------------------------- */

static int check_member(struct tmpl_vm *vm, const struct tmpl_value *separator,
                        const struct tmpl_value *member, size_t index)
{
    if (member->kind == separator->kind)
        return 0;
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "sequence item %zu: expected %s, %s found", index,
                      separator->kind == TMPL_BYTES ? "a bytes-like object" : "str instance",
                      tmpl_class_path(member));
}

int string_join(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *separator = &call->args[0], *members;
    size_t count, length = 0, at = 0;

    if (!tmpl_is_iterable(&call->args[1]))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "can only join an iterable");
    if (tmpl_iterate(vm, &call->args[1], &members, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (check_member(vm, separator, &members[i], i) < 0)
            return -1;
        length += members[i].length + (i ? separator->length : 0);
    }
    if (length > UINT32_MAX || tmpl_reserve(vm, length) < 0)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "join() result is too long for a Python string");
    char *joined = tmpl_alloc(&vm->heap, length);
    for (size_t i = 0; i < count; i++) {
        if (i && separator->length)
            memcpy(joined + at, separator->text, separator->length);
        at += i ? separator->length : 0;
        if (members[i].length)
            memcpy(joined + at, members[i].text, members[i].length);
        at += members[i].length;
    }
    *ret_value = *separator;
    ret_value->text = joined;
    ret_value->length = (uint32_t)length;
    ret_value->flags = chars_are_ascii(joined, length) ? TMPL_ASCII : 0;
    return 0;
}
