/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking for parts of texts and bytes, and replacing them. Positions are counted in characters, the search is in bytes: a character begins only
 * where one does, so that no part is found within another.
 */
#include "template/characters.h"
#include "template/methods_string.h"
#include "template/object.h"

int want_same_kind(struct tmpl_vm *vm, const struct tmpl_value *self,
                   const struct tmpl_value *argument)
{
    if (argument->kind == self->kind)
        return 0;
    if (self->kind == TMPL_BYTES)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "a bytes-like object is required, not '%s'",
                          tmpl_class_path(argument));
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "must be str, not %s", tmpl_class_path(argument));
}

/* --- ranges ------------------------------------------------------------------------------------------------ */

/* A part of a text: bytes from @from up to @to. */
struct range {
    size_t from, to;
    bool valid; /* the start is not behind the end */
};

static size_t offset_of(const struct tmpl_value *text, size_t index)
{
    if (text->kind == TMPL_BYTES || text->flags & TMPL_ASCII)
        return index < text->length ? index : text->length;
    return chars_offset(text->text, text->length, index);
}

static int64_t index_of(const struct tmpl_value *text, size_t offset)
{
    if (text->kind == TMPL_BYTES || text->flags & TMPL_ASCII)
        return (int64_t)offset;
    return (int64_t)chars_count(text->text, offset);
}

static int take_bound(struct tmpl_vm *vm, const struct tmpl_value *bound, int64_t length,
                      int64_t *ret_bound)
{
    if (!is_given(bound))
        return 0;
    if (bound->kind == TMPL_BIG)
        *ret_bound = bound->big->negative ? 0 : INT64_MAX;
    else if (!tmpl_is_integer(bound))
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "slice indices must be integers or None or have an __index__ method");
    else
        *ret_bound = bound->integer;
    if (*ret_bound < 0)
        *ret_bound = *ret_bound < -length ? 0 : *ret_bound + length;
    return 0;
}

/* The arguments @start and @end of find, count, startswith. */
static int take_range(struct tmpl_vm *vm, const struct tmpl_value *text,
                      const struct tmpl_value *start, const struct tmpl_value *end,
                      struct range *range)
{
    if (!is_given(start) && !is_given(end)) {
        *range = (struct range){ 0, text->length, true };
        return 0;
    }
    int64_t length = tmpl_length(text), first = 0, last = length;
    if (take_bound(vm, start, length, &first) < 0 || take_bound(vm, end, length, &last) < 0)
        return -1;
    last = last > length ? length : last;
    range->valid = first <= last;
    range->from = offset_of(text, (size_t)first);
    range->to = offset_of(text, (size_t)last);
    return 0;
}

/* --- finding ----------------------------------------------------------------------------------------------- */

static const char *search(const char *text, size_t length, const struct tmpl_value *part)
{
    if (!part->length)
        return text;
    return length >= part->length ? memmem(text, length, part->text, part->length) : NULL;
}

static const char *search_back(const char *text, size_t length, const struct tmpl_value *part)
{
    if (length < part->length)
        return NULL;
    for (const char *at = text + length - part->length;; at--) {
        if (!part->length || memcmp(at, part->text, part->length) == 0)
            return at;
        if (at == text)
            return NULL;
    }
}

/* For bytes a number stands for itself. */
static int take_part(struct tmpl_vm *vm, const struct tmpl_value *self,
                     const struct tmpl_value *argument, char *byte, struct tmpl_value *part)
{
    *part = *argument;
    if (self->kind != TMPL_BYTES || !tmpl_is_integer(argument))
        return want_same_kind(vm, self, argument);
    if (argument->kind == TMPL_BIG || argument->integer < 0 || argument->integer > 255)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "byte must be in range(0, 256)");
    *byte = (char)argument->integer;
    *part = tmpl_bytes_view(byte, 1);
    return 0;
}

/* The index, or -1. */
static int find(struct tmpl_vm *vm, const struct tmpl_call *call, bool back, int64_t *ret_index)
{
    const struct tmpl_value *text = &call->args[0];
    struct tmpl_value part;
    struct range range;
    char byte;

    if (take_part(vm, text, &call->args[1], &byte, &part) < 0 ||
        take_range(vm, text, &call->args[2], &call->args[3], &range) < 0)
        return -1;
    const char *found = NULL, *from = text->text + range.from;
    if (range.valid)
        found = back ? search_back(from, range.to - range.from, &part)
                     : search(from, range.to - range.from, &part);
    *ret_index = found ? index_of(text, (size_t)(found - text->text)) : -1;
    return 0;
}

static int find_or_minus(struct tmpl_vm *vm, const struct tmpl_call *call, bool back,
                         struct tmpl_value *ret_value)
{
    int64_t index;

    if (find(vm, call, back, &index) < 0)
        return -1;
    *ret_value = tmpl_int(index);
    return 0;
}

static int find_or_raise(struct tmpl_vm *vm, const struct tmpl_call *call, bool back,
                         struct tmpl_value *ret_value)
{
    if (find_or_minus(vm, call, back, ret_value) < 0)
        return -1;
    if (ret_value->integer >= 0)
        return 0;
    return tmpl_raise(vm, TMPL_VALUE_ERROR,
                      call->args[0].kind == TMPL_BYTES ? "subsection not found"
                                                       : "substring not found");
}

int string_find(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return find_or_minus(vm, call, false, ret_value);
}

int string_rfind(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return find_or_minus(vm, call, true, ret_value);
}

int string_index(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return find_or_raise(vm, call, false, ret_value);
}

int string_rindex(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return find_or_raise(vm, call, true, ret_value);
}

int string_count_method(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    struct tmpl_value part;
    struct range range;
    int64_t count = 0;
    char byte;

    if (take_part(vm, text, &call->args[1], &byte, &part) < 0 ||
        take_range(vm, text, &call->args[2], &call->args[3], &range) < 0)
        return -1;
    if (range.valid && !part.length) {
        count = index_of(text, range.to) - index_of(text, range.from) + 1;
    } else if (range.valid) {
        const char *at = text->text + range.from, *end = text->text + range.to;
        for (; (at = search(at, (size_t)(end - at), &part)) != NULL; at += part.length)
            count++;
    }
    *ret_value = tmpl_int(count);
    return 0;
}

/* --- beginning and end -------------------------------------------------------------------------------------- */

static bool matches(const struct tmpl_value *text, const struct range *range,
                    const struct tmpl_value *affix, bool end)
{
    if (!range->valid || range->to - range->from < affix->length)
        return false;
    size_t at = end ? range->to - affix->length : range->from;
    return !affix->length || memcmp(text->text + at, affix->text, affix->length) == 0;
}

static int bad_affix(struct tmpl_vm *vm, const struct tmpl_value *text,
                     const struct tmpl_value *affix, bool end, bool member)
{
    const char *name = end ? "endswith" : "startswith", *kind = tmpl_class_path(text);

    if (member && text->kind == TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "tuple for %s must only contain str, not %s", name,
                          tmpl_class_path(affix));
    if (member)
        return want_same_kind(vm, text, affix);
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s first arg must be %s or a tuple of %s, not %s", name,
                      kind, kind, tmpl_class_path(affix));
}

static int has_affix(struct tmpl_vm *vm, const struct tmpl_call *call, bool end,
                     struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0], *affix = &call->args[1];
    bool tuple = affix->kind == TMPL_TUPLE, found = false;
    const struct tmpl_value *affixes = tuple ? affix->items : affix;
    struct range range;

    if (take_range(vm, text, &call->args[2], &call->args[3], &range) < 0)
        return -1;
    for (uint32_t i = 0; !found && i < (tuple ? affix->length : 1); i++) {
        if (affixes[i].kind != text->kind)
            return bad_affix(vm, text, &affixes[i], end, tuple);
        found = matches(text, &range, &affixes[i], end);
    }
    *ret_value = tmpl_bool(found);
    return 0;
}

int string_startswith(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    return has_affix(vm, call, false, ret_value);
}

int string_endswith(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return has_affix(vm, call, true, ret_value);
}

static int remove_affix(struct tmpl_vm *vm, const struct tmpl_call *call, bool end,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0], *affix = &call->args[1];
    struct range range = { 0, text->length, true };

    if (affix->kind != text->kind && text->kind == TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "%s() argument must be str, not %s",
                          end ? "removesuffix" : "removeprefix", argument_class(affix));
    if (want_same_kind(vm, text, affix) < 0)
        return -1;
    *ret_value = *text;
    if (matches(text, &range, affix, end))
        *ret_value = string_part(text, end ? 0 : affix->length, text->length - affix->length);
    return 0;
}

int string_removeprefix(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    return remove_affix(vm, call, false, ret_value);
}

int string_removesuffix(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    return remove_affix(vm, call, true, ret_value);
}

/* --- partition and replace ---------------------------------------------------------------------------------- */

static int partition(struct tmpl_vm *vm, const struct tmpl_call *call, bool back,
                     struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0], *separator = &call->args[1];

    if (want_same_kind(vm, text, separator) < 0)
        return -1;
    if (!separator->length)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "empty separator");
    const char *found = back ? search_back(text->text, text->length, separator)
                             : search(text->text, text->length, separator);
    struct tmpl_value *parts = tmpl_alloc(&vm->heap, 3 * sizeof(*parts));
    struct tmpl_value nothing = string_part(text, 0, 0);
    if (!found) {
        parts[0] = back ? nothing : *text;
        parts[1] = nothing;
        parts[2] = back ? *text : nothing;
    } else {
        size_t at = (size_t)(found - text->text), behind = at + separator->length;
        parts[0] = string_part(text, 0, at);
        parts[1] = *separator;
        parts[2] = string_part(text, behind, text->length - behind);
    }
    *ret_value = tmpl_tuple_view(parts, 3);
    return 0;
}

int string_partition(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return partition(vm, call, false, ret_value);
}

int string_rpartition(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    return partition(vm, call, true, ret_value);
}

/* An empty text is found before every character and at the end. */
static int replace_nothing(struct tmpl_vm *vm, const struct tmpl_value *text,
                           const struct tmpl_value *with, int64_t count, struct hass_buf *buf)
{
    size_t at = 0;

    for (; count > 0; count--) {
        uint32_t c;
        if (tmpl_reserve(vm, buf->length + with->length) < 0)
            return -1;
        hass_buf_add(buf, with->text, with->length);
        if (at == text->length)
            break;
        size_t size = 1;
        if (text->kind == TMPL_STRING)
            size = char_decode(text->text + at, text->length - at, &c);
        hass_buf_add(buf, text->text + at, size);
        at += size;
    }
    hass_buf_add(buf, text->text + at, text->length - at);
    return 0;
}

static int replace_part(struct tmpl_vm *vm, const struct tmpl_value *text,
                        const struct tmpl_value *part, const struct tmpl_value *with, int64_t count,
                        struct hass_buf *buf)
{
    const char *at = text->text, *end = at + text->length, *found;

    for (; count > 0 && (found = search(at, (size_t)(end - at), part)) != NULL; count--) {
        if (tmpl_reserve(vm, buf->length + with->length) < 0)
            return -1;
        hass_buf_add(buf, at, (size_t)(found - at));
        hass_buf_add(buf, with->text, with->length);
        at = found + part->length;
    }
    hass_buf_add(buf, at, (size_t)(end - at));
    return 0;
}

/* Replaced bytes are those of the same kind as before. */
static int replace(struct tmpl_vm *vm, const struct tmpl_value *text, const struct tmpl_value *part,
                   const struct tmpl_value *with, int64_t count, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;

    if (part->length && !search(text->text, text->length, part)) {
        *ret_value = *text;
        return 0;
    }
    int result = part->length ? replace_part(vm, text, part, with, count, &buf)
                              : replace_nothing(vm, text, with, count, &buf);
    if (result < 0 || tmpl_reserve(vm, buf.length) < 0)
        return -1;
    *ret_value = text->kind == TMPL_BYTES ? tmpl_bytes_copy(&vm->heap, buf.data, buf.length)
                                          : tmpl_string_of(&vm->heap, &buf);
    return 0;
}

int string_replace(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0];
    int64_t count = -1;

    for (int i = 1; i <= 2; i++) {
        if (text->kind == TMPL_STRING && call->args[i].kind != TMPL_STRING)
            return tmpl_raise(vm, TMPL_TYPE_ERROR, "replace() argument %d must be str, not %s", i,
                              argument_class(&call->args[i]));
        if (want_same_kind(vm, text, &call->args[i]) < 0)
            return -1;
    }
    if (call->args[3].kind != TMPL_ABSENT && tmpl_to_int64(vm, &call->args[3], &count) < 0)
        return -1;
    return replace(vm, text, &call->args[1], &call->args[2], count < 0 ? INT64_MAX : count,
                   ret_value);
}
