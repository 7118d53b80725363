/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of lists, tuples and ranges, and the names of those that the sandbox refuses.
 */
#include "template/methods.h"
#include "template/vm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int not_there(struct tmpl_vm *vm, const struct tmpl_value *self,
                     const struct tmpl_value *wanted)
{
    autobuf text = HASS_BUF_INIT;

    if (self->kind == TMPL_TUPLE)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "tuple.index(x): x not in tuple");
    if (tmpl_repr(vm, wanted, &text) < 0)
        return -1;
    return tmpl_raise(vm, TMPL_VALUE_ERROR, "%s is not in %s", hass_buf_string(&text),
                      tmpl_class_name(self));
}

/* A bound of index(): clamped, from the end when negative. */
static int take_bound(struct tmpl_vm *vm, const struct tmpl_value *argument, int64_t length,
                      int64_t *bound)
{
    if (argument->kind == TMPL_ABSENT)
        return 0;
    if (tmpl_to_int64(vm, argument, bound) < 0)
        return -1;
    if (*bound < 0)
        *bound = *bound < -length ? 0 : *bound + length;
    return 0;
}

static int sequence_index(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_value *self = &call->args[0], *wanted = &call->args[1], *items;
    int64_t start = 0, stop;
    size_t count;

    if (tmpl_iterate(vm, self, &items, &count) < 0)
        return -1;
    stop = (int64_t)count;
    if (self->kind != TMPL_RANGE && (take_bound(vm, &call->args[2], stop, &start) < 0 ||
                                     take_bound(vm, &call->args[3], (int64_t)count, &stop) < 0))
        return -1;
    for (int64_t i = start; i < stop && i < (int64_t)count; i++) {
        int same = tmpl_equal(vm, &items[i], wanted);
        if (same < 0)
            return same;
        if (same) {
            *ret_value = tmpl_int(i);
            return 0;
        }
    }
    return not_there(vm, self, wanted);
}

static int sequence_count(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_value *items;
    int64_t found = 0;
    size_t count;

    if (tmpl_iterate(vm, &call->args[0], &items, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        int same = tmpl_equal(vm, &items[i], &call->args[1]);
        if (same < 0)
            return same;
        found += same;
    }
    *ret_value = tmpl_int(found);
    return 0;
}

/* Nothing can change a value, so that it is its own copy. */
static int copy_self(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    (void)vm;
    *ret_value = call->args[0];
    return 0;
}

static const struct tmpl_function list_table[] = {
    { "copy", copy_self, "self", METHOD },
    { "count", sequence_count, "self value", METHOD },
    { "index", sequence_index, "self value ?start stop", METHOD },
};

static const struct tmpl_function tuple_table[] = {
    { "count", sequence_count, "self value", METHOD },
    { "index", sequence_index, "self value ?start stop", METHOD },
};

static const struct tmpl_function range_table[] = {
    { "count", sequence_count, "self value", METHOD },
    { "index", sequence_index, "self value", METHOD },
};

const struct tmpl_functions tmpl_list_methods = { list_table, COUNT(list_table) };
const struct tmpl_functions tmpl_tuple_methods = { tuple_table, COUNT(tuple_table) };
const struct tmpl_functions tmpl_range_methods = { range_table, COUNT(range_table) };

/* --- what would change a value -------------------------------------------------------------------------------- */

static const char *const list_mutators[] = {
    "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", NULL,
};

static const char *const dict_mutators[] = {
    "clear", "pop", "popitem", "setdefault", "update", NULL,
};

static const char *const set_mutators[] = {
    "add", "clear",  "difference_update",           "discard", "intersection_update",
    "pop", "remove", "symmetric_difference_update", "update",  NULL,
};

bool tmpl_is_mutator(enum tmpl_kind kind, const char *name, size_t length)
{
    const char *const *names = kind == TMPL_LIST   ? list_mutators
                               : kind == TMPL_DICT ? dict_mutators
                               : kind == TMPL_SET  ? set_mutators
                                                   : NULL;

    for (; names && *names; names++) {
        if (strlen(*names) == length && memcmp(*names, name, length) == 0)
            return true;
    }
    return false;
}
