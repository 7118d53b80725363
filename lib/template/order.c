/* SPDX-License-Identifier: Apache-2.0 */
/* A stable merge sort whose comparison may fail. */
#include "template/builtins.h"

enum { RUN = 8 }; /* sorted by insertion first */

static int order_keys(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
                      unsigned how, int *ret_order)
{
    int equal = 0;

    if ((how & SORT_EQUAL_FIRST) && a->kind == b->kind && !tmpl_is_number(a) &&
        a->kind != TMPL_STRING)
        equal = tmpl_equal(vm, a, b);
    *ret_order = 0;
    if (equal)
        return equal < 0 ? equal : 0;
    int r = tmpl_order(vm, a, b, ret_order);
    if (r < 0 && (how & SORT_BY_CLASS) && vm->error.class == TMPL_TYPE_ERROR) {
        tmpl_forgive(vm);
        *ret_order = strcmp(tmpl_class_path(a), tmpl_class_path(b));
        r = 0;
    }
    if (how & SORT_REVERSE)
        *ret_order = -*ret_order;
    return r;
}

static int insertion(struct tmpl_vm *vm, struct keyed *items, size_t count, unsigned how)
{
    for (size_t i = 1; i < count; i++) {
        struct keyed item = items[i];
        size_t at = i;
        for (; at > 0; at--) {
            int order;
            if (order_keys(vm, &item.key, &items[at - 1].key, how, &order) < 0)
                return -1;
            if (order >= 0)
                break;
            items[at] = items[at - 1];
        }
        items[at] = item;
    }
    return 0;
}

/* Merges the sorted [0, middle) and [middle, count) into @to. */
static int merge(struct tmpl_vm *vm, const struct keyed *from, size_t middle, size_t count,
                 struct keyed *to, unsigned how)
{
    size_t left = 0, right = middle;

    for (size_t i = 0; i < count; i++) {
        int order = 0;
        if (left < middle && right < count &&
            order_keys(vm, &from[right].key, &from[left].key, how, &order) < 0)
            return -1;
        bool take_right = left == middle || (right < count && order < 0);
        to[i] = from[take_right ? right++ : left++];
    }
    return 0;
}

int sort_keyed(struct tmpl_vm *vm, struct keyed *items, size_t count, unsigned how)
{
    unsigned rounds = 1;

    for (size_t i = 0; i < count; i += RUN)
        if (insertion(vm, items + i, count - i < RUN ? count - i : RUN, how) < 0)
            return -1;
    if (count <= RUN)
        return 0;
    if (tmpl_reserve(vm, count * sizeof(*items)) < 0)
        return -1;
    struct keyed *from = items, *to = tmpl_alloc(&vm->heap, count * sizeof(*items));
    for (size_t width = RUN; width < count; width *= 2, rounds++) {
        for (size_t i = 0; i < count; i += 2 * width) {
            size_t size = count - i < 2 * width ? count - i : 2 * width;
            if (merge(vm, from + i, size < width ? size : width, size, to + i, how) < 0)
                return -1;
        }
        struct keyed *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, count * sizeof(*items));
    return tmpl_spend(vm, count * rounds);
}

int sort_values(struct tmpl_vm *vm, struct tmpl_value *items, size_t count)
{
    if (tmpl_reserve(vm, count * sizeof(struct keyed)) < 0)
        return -1;
    struct keyed *keyed = tmpl_alloc(&vm->heap, count * sizeof(*keyed));
    for (size_t i = 0; i < count; i++)
        keyed[i] = (struct keyed){ .key = items[i] };
    if (sort_keyed(vm, keyed, count, 0) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        items[i] = keyed[i].key;
    return 0;
}
