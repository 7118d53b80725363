/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of dicts, and the views that keys, values and items are: they print as Python's do, have a length and members.
 */
#include "template/dict.h"
#include "template/methods.h"
#include "template/object.h"
#include "template/print.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct dict_view {
    struct tmpl_object object;
    const struct tmpl_dict *dict;
};

static const struct tmpl_type keys_type, values_type, items_type;

static struct tmpl_object *view_create(struct tmpl_heap *heap, const struct tmpl_type *type,
                                       const struct tmpl_dict *dict)
{
    struct dict_view *view = tmpl_alloc(heap, sizeof(*view));

    *view = (struct dict_view){ { type }, dict };
    return &view->object;
}

static const struct tmpl_dict *dict_of(const struct tmpl_object *object)
{
    return ((const struct dict_view *)object)->dict;
}

static int view_length(struct tmpl_vm *vm, struct tmpl_object *object, int64_t *ret_length)
{
    (void)vm;
    *ret_length = dict_of(object)->count;
    return 0;
}

static struct tmpl_value pair(struct tmpl_value *store, const struct tmpl_entry *entry)
{
    store[0] = entry->key;
    store[1] = entry->value;
    return tmpl_tuple_view(store, 2);
}

static int view_iterate(struct tmpl_vm *vm, struct tmpl_object *object,
                        const struct tmpl_value **ret_items, size_t *ret_count)
{
    const struct tmpl_dict *dict = dict_of(object);
    size_t count = dict->count, size = count * sizeof(struct tmpl_value);
    bool pairs = object->type == &items_type;

    if (tmpl_reserve(vm, pairs ? size * 3 : size) < 0)
        return -1;
    struct tmpl_value *items = tmpl_alloc(&vm->heap, pairs ? size * 3 : size);
    for (size_t i = 0; i < count; i++) {
        const struct tmpl_entry *entry = &dict->entries[i];
        if (pairs)
            items[i] = pair(&items[count + 2 * i], entry);
        else
            items[i] = object->type == &keys_type ? entry->key : entry->value;
    }
    *ret_items = items;
    *ret_count = count;
    return 0;
}

static int view_repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct tmpl_value *items;
    size_t count;

    if (view_iterate(vm, object, &items, &count) < 0)
        return -1;
    struct tmpl_value list = tmpl_list_view(items, count);
    hass_buf_printf(buf, "%s(", object->type->name);
    if (tmpl_repr(vm, &list, buf) < 0)
        return -1;
    hass_buf_add_char(buf, ')');
    return 0;
}

/* Views of keys or of items are equal when they have the same members. */
static int view_equal(struct tmpl_vm *vm, struct tmpl_object *object,
                      const struct tmpl_value *other)
{
    (void)vm;
    if (other->kind == TMPL_SET && object->type == &keys_type)
        return other->dict->count == dict_of(object)->count &&
               set_is_subset(dict_of(object), other->dict);
    if (other->kind != TMPL_OBJECT || other->object->type != object->type)
        return 0;
    const struct tmpl_dict *a = dict_of(object), *b = dict_of(other->object);
    struct tmpl_value left = tmpl_dict_value(a), right = tmpl_dict_value(b);
    if (object->type == &items_type)
        return value_equal(&left, &right);
    return a->count == b->count && set_is_subset(a, b);
}

static struct tmpl_object *view_copy(struct tmpl_heap *heap, struct tmpl_object *object)
{
    return view_create(heap, object->type, tmpl_copy(heap, tmpl_dict_value(dict_of(object))).dict);
}

static const struct tmpl_type keys_type = {
    .name = "dict_keys",
    .repr = view_repr,
    .length = view_length,
    .iterate = view_iterate,
    .equal = view_equal,
    .copy = view_copy,
};

static const struct tmpl_type values_type = {
    .name = "dict_values",
    .repr = view_repr,
    .length = view_length,
    .iterate = view_iterate,
    .copy = view_copy,
};

static const struct tmpl_type items_type = {
    .name = "dict_items",
    .repr = view_repr,
    .length = view_length,
    .iterate = view_iterate,
    .equal = view_equal,
    .copy = view_copy,
};

static int dict_keys(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    *ret_value = tmpl_object_value(view_create(&vm->heap, &keys_type, call->args[0].dict));
    return 0;
}

static int dict_values(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    *ret_value = tmpl_object_value(view_create(&vm->heap, &values_type, call->args[0].dict));
    return 0;
}

static int dict_items(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    *ret_value = tmpl_object_value(view_create(&vm->heap, &items_type, call->args[0].dict));
    return 0;
}

static int dict_get(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    if (dict_check_key(vm, &call->args[1]) < 0)
        return -1;
    const struct tmpl_value *found = tmpl_dict_get(call->args[0].dict, &call->args[1]);
    if (found)
        *ret_value = *found;
    else
        *ret_value = call->args[2].kind == TMPL_ABSENT ? tmpl_none() : call->args[2];
    return 0;
}

static int dict_fromkeys(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    struct tmpl_value value = call->args[2].kind == TMPL_ABSENT ? tmpl_none() : call->args[2];
    const struct tmpl_value *keys;
    size_t count;

    if (tmpl_iterate(vm, &call->args[1], &keys, &count) < 0 ||
        tmpl_reserve(vm, count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, count);
    for (size_t i = 0; i < count; i++) {
        if (tmpl_dict_set(vm, dict, keys[i], value) < 0)
            return -1;
    }
    *ret_value = tmpl_dict_value(dict);
    return 0;
}

static int dict_copy_method(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    (void)vm;
    *ret_value = call->args[0];
    return 0;
}

static const struct tmpl_function dict_table[] = {
    { "copy", dict_copy_method, "self", METHOD },
    { "fromkeys", dict_fromkeys, "self iterable ?value", METHOD },
    { "get", dict_get, "self key ?default", METHOD },
    { "items", dict_items, "self", METHOD },
    { "keys", dict_keys, "self", METHOD },
    { "values", dict_values, "self", METHOD },
};

const struct tmpl_functions tmpl_dict_methods = { dict_table, COUNT(dict_table) };
