/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters over sequences. What is a generator in the model is a list here. A test or filter that is applied to many members is looked up and
 * bound once (repeat.c), an attribute path is split once (attribute.c).
 */
#include "template/builtins.h"

/* --- ends and lengths ------------------------------------------------------------------------------- */

static int filter_length(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    int64_t length;

    /* Allowed without a warning, but not in a strict render. */
    if (vm->strict && tmpl_use(vm, &call->args[0]) < 0)
        return -1;
    if (tmpl_len(vm, &call->args[0], &length) < 0)
        return -1;
    *ret_value = tmpl_int(length);
    return 0;
}

static int filter_first(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    size_t count;

    if (tmpl_iterate(vm, &call->args[0], &items, &count) < 0)
        return -1;
    *ret_value = count
                     ? items[0]
                     : tmpl_undefined_text(&vm->heap, "No first item, sequence was empty.", false);
    return 0;
}

static int filter_last(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    const struct tmpl_value *items = NULL;
    size_t count = 0;

    /* The model asks an undefined value for its length only, which is no use of it but in a strict render. */
    if (call->args[0].kind == TMPL_UNDEFINED ? vm->strict && tmpl_use(vm, &call->args[0]) < 0
                                             : tmpl_iterate(vm, &call->args[0], &items, &count) < 0)
        return -1;
    *ret_value = count ? items[count - 1]
                       : tmpl_undefined_text(&vm->heap, "No last item, sequence was empty.", false);
    return 0;
}

static int filter_list(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    size_t count;

    if (call->args[0].kind == TMPL_LIST) {
        *ret_value = call->args[0];
        return 0;
    }
    if (read_items(vm, &call->args[0], &items, &count) < 0)
        return -1;
    *ret_value = tmpl_list_view(items, count);
    return 0;
}

static int filter_items(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_call none = { .args = NULL };

    *ret_value = tmpl_list_view(NULL, 0);
    if (value->kind == TMPL_UNDEFINED)
        return 0;
    if (value->kind != TMPL_DICT && !(value->kind == TMPL_OBJECT && value->object->type->mapping))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "Can only get item pairs from a mapping.");
    return tmpl_call_method(vm, value, "items", 5, &none, ret_value) < 0 ? -1 : 0;
}

static int reverse_text(struct tmpl_vm *vm, const struct tmpl_value *text,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *characters;
    size_t count;

    if (tmpl_iterate(vm, text, &characters, &count) < 0 || tmpl_reserve(vm, text->length) < 0)
        return -1;
    char *to = tmpl_alloc(&vm->heap, text->length);
    for (size_t i = count, at = 0; i-- > 0; at += characters[i].length)
        memcpy(to + at, characters[i].text, characters[i].length);
    *ret_value = tmpl_string_view(to, text->length);
    ret_value->flags = text->flags & TMPL_ASCII;
    return 0;
}

static int filter_reverse(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0], *items;
    size_t count;

    if (value->kind == TMPL_STRING)
        return reverse_text(vm, value, ret_value);
    if (!tmpl_is_iterable(value) && value->kind != TMPL_UNDEFINED)
        return tmpl_raise(vm, TMPL_FILTER_ARGUMENT_ERROR, "argument must be iterable");
    if (read_items(vm, value, &items, &count) < 0)
        return -1;
    struct tmpl_value *reversed = new_items(vm, count);
    if (!reversed)
        return -1;
    for (size_t i = 0; i < count; i++)
        reversed[i] = items[count - 1 - i];
    *ret_value = tmpl_list_view(reversed, count);
    return 0;
}

/* --- joining and adding ------------------------------------------------------------------------------ */

static int join_items(struct tmpl_vm *vm, const struct tmpl_value *items, size_t count,
                      const struct attribute *attribute, const struct tmpl_value *separator,
                      struct hass_buf *buf)
{
    for (size_t i = 0; i < count; i++) {
        struct tmpl_value item = items[i];
        if (attribute->count && attribute_get(vm, attribute, &items[i], &item) < 0)
            return -1;
        if (i && separator->length)
            hass_buf_add(buf, separator->text, separator->length);
        if (item.kind == TMPL_STRING)
            hass_buf_add(buf, item.text, item.length);
        else if (tmpl_print(vm, &item, buf) < 0)
            return -1;
        if ((i & 255) == 255 && tmpl_reserve(vm, buf->length) < 0)
            return -1;
    }
    return 0;
}

/* "value ?d ?attribute" */
static int filter_join(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    const struct tmpl_value *items;
    struct tmpl_value separator;
    struct attribute attribute;
    size_t count;

    if (read_items(vm, &call->args[0], &items, &count) < 0 ||
        attribute_init(vm, &attribute, &call->args[2]) < 0 ||
        read_text_or(vm, &call->args[1], "", &separator) < 0 ||
        join_items(vm, items, count, &attribute, &separator, &buf) < 0)
        return -1;
    return return_buf(vm, &buf, ret_value);
}

/* "iterable ?attribute ?start" */
static int filter_sum(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    struct attribute attribute;
    size_t count;

    if (read_items(vm, &call->args[0], &items, &count) < 0 ||
        attribute_init(vm, &attribute, &call->args[1]) < 0)
        return -1;
    struct tmpl_value sum = is_given(&call->args[2]) ? call->args[2] : tmpl_int(0);
    if (sum.kind == TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "sum() can't sum strings [use ''.join(seq) instead]");
    for (size_t i = 0; i < count; i++) {
        struct tmpl_value item;
        if (attribute_get(vm, &attribute, &items[i], &item) < 0 ||
            tmpl_binary(vm, TMPL_ADD, &sum, &item, &sum) < 0)
            return -1;
    }
    *ret_value = sum;
    return 0;
}

/* --- map and select ---------------------------------------------------------------------------------- */

static const struct tmpl_value *find_named(const struct tmpl_call *call, const char *name)
{
    for (unsigned i = 0; i < call->named; i++)
        if (tmpl_is_text(&call->names[i], name))
            return &call->values[i];
    return NULL;
}

/* map(attribute='a', default=0) knows these two names and no others. */
static int map_attribute(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct attribute *attribute)
{
    const struct tmpl_value *fallback = find_named(call, "default");

    for (unsigned i = 0; i < call->named; i++) {
        const struct tmpl_value *name = &call->names[i];
        if (!tmpl_is_text(name, "attribute") && !tmpl_is_text(name, "default"))
            return tmpl_raise(vm, TMPL_FILTER_ARGUMENT_ERROR, "Unexpected keyword argument '%.*s'",
                              (int)name->length, name->text);
    }
    if (attribute_init(vm, attribute, find_named(call, "attribute")) < 0)
        return -1;
    if (fallback && fallback->kind != TMPL_NONE)
        attribute->fallback = *fallback;
    return 0;
}

/* What is false has no members here, be it 0 or none; all else has to have some. */
static int read_members(struct tmpl_vm *vm, const struct tmpl_value *value,
                        const struct tmpl_value **ret_items, size_t *ret_count)
{
    if ((value->kind == TMPL_NONE || tmpl_is_number(value)) && tmpl_truth(vm, value) == 0) {
        *ret_items = NULL;
        *ret_count = 0;
        return 0;
    }
    return read_items(vm, value, ret_items, ret_count);
}

/* "value * **" */
static int filter_map(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    struct attribute attribute = { 0 };
    struct repeat repeat;
    size_t count;
    bool by_attribute = call->count == 1 && find_named(call, "attribute");

    if (read_members(vm, &call->args[0], &items, &count) < 0)
        return -1;
    *ret_value = tmpl_list_view(NULL, 0);
    if (count == 0) /* then nothing is looked at, as in the model */
        return 0;
    if (by_attribute && map_attribute(vm, call, &attribute) < 0)
        return -1;
    if (!by_attribute) {
        if (call->count < 2)
            return tmpl_raise(vm, TMPL_FILTER_ARGUMENT_ERROR, "map requires a filter argument");
        struct tmpl_call rest = *call;
        rest.args += 2;
        rest.count -= 2;
        if (repeat_init(vm, &repeat, TMPL_FILTER, &call->args[1], &rest) < 0)
            return -1;
    }
    struct tmpl_value *mapped = new_items(vm, count);
    if (!mapped)
        return -1;
    for (size_t i = 0; i < count; i++) {
        int r = by_attribute ? attribute_get(vm, &attribute, &items[i], &mapped[i])
                             : repeat_call(vm, &repeat, items[i], &mapped[i]);
        if (r < 0)
            return r;
    }
    *ret_value = tmpl_list_view(mapped, count);
    return 0;
}

/* How select and its kin decide about a member. */
struct choice {
    struct attribute attribute;
    struct repeat repeat;
    bool by_test; /* else by truth */
    bool reject;
};

static int choose(struct tmpl_vm *vm, struct choice *choice, const struct tmpl_value *item)
{
    struct tmpl_value value = *item, holds;

    if (choice->attribute.count && attribute_get(vm, &choice->attribute, item, &value) < 0)
        return -1;
    int truth;
    if (choice->by_test) {
        if (repeat_call(vm, &choice->repeat, value, &holds) < 0)
            return -1;
        truth = holds.kind == TMPL_BOOL ? (int)holds.integer : tmpl_truth(vm, &holds);
    } else {
        truth = tmpl_truth(vm, &value);
    }
    return truth < 0 ? truth : truth != choice->reject;
}

static int keep_chosen(struct tmpl_vm *vm, struct choice *choice, const struct tmpl_value *items,
                       size_t count, struct tmpl_value *ret_value)
{
    struct tmpl_value *chosen = new_items(vm, count);
    size_t kept = 0;

    if (!chosen)
        return -1;
    for (size_t i = 0; i < count; i++) {
        int r = choose(vm, choice, &items[i]);
        if (r < 0)
            return r;
        chosen[kept] = items[i];
        kept += (size_t)r;
    }
    *ret_value = tmpl_list_view(chosen, kept);
    return 0;
}

/* @skip arguments stand before the test. */
static int select_by(struct tmpl_vm *vm, const struct tmpl_call *call, unsigned skip,
                     struct choice *choice, struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    size_t count;

    if (read_members(vm, &call->args[0], &items, &count) < 0)
        return -1;
    *ret_value = tmpl_list_view(NULL, 0);
    if (count == 0)
        return 0;
    if (call->count > skip) {
        struct tmpl_call rest = *call;
        rest.args += skip + 1;
        rest.count -= skip + 1;
        choice->by_test = true;
        if (repeat_init(vm, &choice->repeat, TMPL_TEST, &call->args[skip], &rest) < 0)
            return -1;
    }
    return keep_chosen(vm, choice, items, count, ret_value);
}

static int filter_select(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    struct choice choice = { .reject = false };

    return select_by(vm, call, 1, &choice, ret_value);
}

static int filter_reject(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    struct choice choice = { .reject = true };

    return select_by(vm, call, 1, &choice, ret_value);
}

static int select_attribute(struct tmpl_vm *vm, const struct tmpl_call *call, bool reject,
                            struct tmpl_value *ret_value)
{
    struct choice choice = { .reject = reject };

    if (call->count < 2) {
        const struct tmpl_value *items;
        size_t count;
        *ret_value = tmpl_list_view(NULL, 0);
        if (read_items(vm, &call->args[0], &items, &count) < 0)
            return -1;
        return count == 0 ? 0
                          : tmpl_raise(vm, TMPL_FILTER_ARGUMENT_ERROR,
                                       "Missing parameter for attribute name");
    }
    if (attribute_init(vm, &choice.attribute, &call->args[1]) < 0)
        return -1;
    return select_by(vm, call, 2, &choice, ret_value);
}

static int filter_selectattr(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    return select_attribute(vm, call, false, ret_value);
}

static int filter_rejectattr(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    return select_attribute(vm, call, true, ret_value);
}

/* --- parts -------------------------------------------------------------------------------------------- */

/* A list of @count of @items, filled up to @size with @fill when that is set. */
static int make_part(struct tmpl_vm *vm, const struct tmpl_value *items, size_t count, size_t size,
                     const struct tmpl_value *fill, struct tmpl_value *ret_value)
{
    *ret_value = tmpl_list_view(items, count);
    if (!is_set(fill) || count >= size)
        return 0;
    struct tmpl_value *filled = new_items(vm, size);
    if (!filled || tmpl_spend(vm, size) < 0)
        return -1;
    if (count)
        memcpy(filled, items, count * sizeof(*items));
    for (size_t i = count; i < size; i++)
        filled[i] = *fill;
    *ret_value = tmpl_list_view(filled, size);
    return 0;
}

/* "value linecount ?fill_with" */
static int filter_batch(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    int64_t size;
    size_t count, parts = 0;

    if (read_items(vm, &call->args[0], &items, &count) < 0 ||
        tmpl_to_int64(vm, &call->args[1], &size) < 0)
        return -1;
    if (size <= 0) /* as in the model: a part is never full */
        size = INT64_MAX;
    struct tmpl_value *result = new_items(vm, count);
    if (!result)
        return -1;
    for (size_t at = 0; at < count; parts++) {
        size_t part = count - at < (uint64_t)size ? count - at : (size_t)size;
        size_t full = size == INT64_MAX ? part : (size_t)size;
        if (make_part(vm, items + at, part, full, &call->args[2], &result[parts]) < 0)
            return -1;
        at += part;
    }
    *ret_value = tmpl_list_view(result, parts);
    return 0;
}

/* "value slices ?fill_with": as many lists as asked for, the first ones longer by one. */
static int filter_slice(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    int64_t slices;
    size_t count, at = 0;

    if (read_items(vm, &call->args[0], &items, &count) < 0 ||
        tmpl_to_int64(vm, &call->args[1], &slices) < 0)
        return -1;
    if (slices == 0)
        return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "integer division or modulo by zero");
    size_t parts = slices > 0 ? (size_t)slices : 0;
    struct tmpl_value *result = new_items(vm, parts);
    if (!result || tmpl_spend(vm, parts) < 0)
        return -1;
    for (size_t i = 0; i < parts; i++) {
        size_t longer = count % parts, size = count / parts + (i < longer);
        /* The model fills the shorter ones with one, even when all are equal. */
        size_t full = i >= longer ? size + 1 : size;
        if (make_part(vm, items + at, size, full, &call->args[2], &result[i]) < 0)
            return -1;
        at += size;
    }
    *ret_value = tmpl_list_view(result, parts);
    return 0;
}

static const struct tmpl_function table[] = {
    { "length", filter_length, "obj", AS_FILTER },
    { "count", filter_length, "obj", AS_FILTER },
    { "first", filter_first, "seq", AS_FILTER },
    { "last", filter_last, "seq", AS_FILTER },
    { "list", filter_list, "value", AS_FILTER },
    { "items", filter_items, "value", AS_FILTER },
    { "reverse", filter_reverse, "value", AS_FILTER },
    { "join", filter_join, "value ?d ?attribute", AS_FILTER },
    { "sum", filter_sum, "iterable ?attribute ?start", AS_FILTER },
    { "map", filter_map, "value * **", AS_FILTER },
    { "select", filter_select, "value * **", AS_FILTER },
    { "reject", filter_reject, "value * **", AS_FILTER },
    { "selectattr", filter_selectattr, "value * **", AS_FILTER },
    { "rejectattr", filter_rejectattr, "value * **", AS_FILTER },
    { "batch", filter_batch, "value linecount ?fill_with", AS_FILTER },
    { "slice", filter_slice, "value slices ?fill_with", AS_FILTER },
    { "sort", filter_sort, "value ?reverse ?case_sensitive ?attribute", AS_FILTER },
    { "dictsort", filter_dictsort, "value ?case_sensitive ?by ?reverse", AS_FILTER },
    { "groupby", filter_groupby, "value attribute ?default ?case_sensitive", AS_FILTER },
    { "unique", filter_unique, "value ?case_sensitive ?attribute", AS_FILTER },
    { "min", filter_min, "value ?case_sensitive ?attribute", AS_FILTER },
    { "max", filter_max, "value ?case_sensitive ?attribute", AS_FILTER },
};

const struct tmpl_functions tmpl_sequence_filters = { table, sizeof(table) / sizeof(*table) };
