/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of sets that leave them as they are.
 */
#include "template/dict.h"
#include "template/methods.h"
#include "template/vm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Adds a key, without a check: it is one of a set. */
static void add(struct tmpl_vm *vm, struct tmpl_dict *set, const struct tmpl_value *key)
{
    (void)dict_put(&vm->heap, set, *key, *key);
}

int set_difference(struct tmpl_vm *vm, const struct tmpl_dict *left, const struct tmpl_dict *right,
                   struct tmpl_value *ret_value)
{
    if (tmpl_reserve(vm, left->count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    struct tmpl_dict *set = tmpl_dict_new(&vm->heap, 0);
    for (uint32_t i = 0; i < left->count; i++) {
        if (!tmpl_dict_get(right, &left->entries[i].key))
            add(vm, set, &left->entries[i].key);
    }
    *ret_value = tmpl_set_value(set);
    return 0;
}

/* Any iterable as a set. */
static int to_set(struct tmpl_vm *vm, const struct tmpl_value *value,
                  const struct tmpl_dict **ret_set)
{
    const struct tmpl_value *items;
    size_t count;

    if (value->kind == TMPL_SET || value->kind == TMPL_DICT) {
        *ret_set = value->dict;
        return 0;
    }
    if (tmpl_iterate(vm, value, &items, &count) < 0 ||
        tmpl_reserve(vm, count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    struct tmpl_dict *set = tmpl_dict_new(&vm->heap, 0);
    for (size_t i = 0; i < count; i++) {
        if (tmpl_dict_set(vm, set, items[i], items[i]) < 0)
            return -1;
    }
    *ret_set = set;
    return 0;
}

/* The members of @left that @right has. */
static struct tmpl_dict *common(struct tmpl_vm *vm, const struct tmpl_dict *left,
                                const struct tmpl_dict *right)
{
    struct tmpl_dict *set = tmpl_dict_new(&vm->heap, 0);

    for (uint32_t i = 0; i < left->count; i++) {
        if (tmpl_dict_get(right, &left->entries[i].key))
            add(vm, set, &left->entries[i].key);
    }
    return set;
}

static void add_all(struct tmpl_vm *vm, struct tmpl_dict *set, const struct tmpl_dict *others)
{
    for (uint32_t i = 0; i < others->count; i++)
        add(vm, set, &others->entries[i].key);
}

/* The set that the method is called on, copied. */
static struct tmpl_dict *copy_self(struct tmpl_vm *vm, const struct tmpl_call *call)
{
    return dict_copy(&vm->heap, call->args[0].dict, 0);
}

static int set_union(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_dict *set = copy_self(vm, call);
    const struct tmpl_dict *other;

    for (unsigned i = 1; i < call->count; i++) {
        if (to_set(vm, &call->args[i], &other) < 0)
            return -1;
        add_all(vm, set, other);
    }
    *ret_value = tmpl_set_value(set);
    return 0;
}

static int set_intersection(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    struct tmpl_dict *set = copy_self(vm, call);
    const struct tmpl_dict *other;

    for (unsigned i = 1; i < call->count; i++) {
        if (to_set(vm, &call->args[i], &other) < 0)
            return -1;
        set = common(vm, set, other);
    }
    *ret_value = tmpl_set_value(set);
    return 0;
}

static int set_difference_method(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    const struct tmpl_dict *other;

    *ret_value = tmpl_set_value(copy_self(vm, call));
    for (unsigned i = 1; i < call->count; i++) {
        if (to_set(vm, &call->args[i], &other) < 0 ||
            set_difference(vm, ret_value->dict, other, ret_value) < 0)
            return -1;
    }
    return 0;
}

static int set_symmetric_difference(struct tmpl_vm *vm, const struct tmpl_call *call,
                                    struct tmpl_value *ret_value)
{
    const struct tmpl_dict *self = call->args[0].dict, *other;
    struct tmpl_value left, right;

    if (to_set(vm, &call->args[1], &other) < 0 || set_difference(vm, self, other, &left) < 0 ||
        set_difference(vm, other, self, &right) < 0)
        return -1;
    struct tmpl_dict *set = dict_copy(&vm->heap, left.dict, right.dict->count);
    add_all(vm, set, right.dict);
    *ret_value = tmpl_set_value(set);
    return 0;
}

static int set_issubset(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_dict *other;

    if (to_set(vm, &call->args[1], &other) < 0)
        return -1;
    *ret_value = tmpl_bool(set_is_subset(call->args[0].dict, other));
    return 0;
}

static int set_issuperset(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_dict *other;

    if (to_set(vm, &call->args[1], &other) < 0)
        return -1;
    *ret_value = tmpl_bool(set_is_subset(other, call->args[0].dict));
    return 0;
}

static int set_isdisjoint(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_dict *other;

    if (to_set(vm, &call->args[1], &other) < 0)
        return -1;
    *ret_value = tmpl_bool(common(vm, call->args[0].dict, other)->count == 0);
    return 0;
}

static int set_copy(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    *ret_value = call->args[0];
    return 0;
}

static const struct tmpl_function set_table[] = {
    { "copy", set_copy, "self", METHOD },
    { "difference", set_difference_method, "self *", METHOD },
    { "intersection", set_intersection, "self *", METHOD },
    { "isdisjoint", set_isdisjoint, "self other", METHOD },
    { "issubset", set_issubset, "self other", METHOD },
    { "issuperset", set_issuperset, "self other", METHOD },
    { "symmetric_difference", set_symmetric_difference, "self other", METHOD },
    { "union", set_union, "self *", METHOD },
};

const struct tmpl_functions tmpl_set_methods = { set_table, COUNT(set_table) };
