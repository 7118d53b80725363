/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Equality of any two values, order of those that have one, membership. Numbers compare exactly across kinds; texts by their bytes, whose
 * order is that of the characters.
 */
#include <math.h>

#include "template/big.h"
#include "template/characters.h"
#include "template/dict.h"
#include "template/moment.h"
#include "template/object.h"
#include "template/print.h"

/* --- numbers and texts ------------------------------------------------------------------------------ */

enum { UNORDERED = 2 }; /* beside -1, 0 and 1: one of both is NaN */

static int order_doubles(double a, double b)
{
    if (isnan(a) || isnan(b))
        return UNORDERED;
    return (a > b) - (a < b);
}

static int order_with_double(const struct tmpl_value *integer, double number)
{
    uint32_t store[2];

    if (isnan(number))
        return UNORDERED;
    if (integer->kind != TMPL_BIG && llabs(integer->integer) <= INT64_C(1) << 53)
        return order_doubles((double)integer->integer, number);
    return big_compare_double(big_view_of(integer, store), number);
}

static int order_numbers(const struct tmpl_value *a, const struct tmpl_value *b)
{
    uint32_t a_store[2], b_store[2];

    if (a->kind == TMPL_FLOAT && b->kind == TMPL_FLOAT)
        return order_doubles(a->number, b->number);
    if (b->kind == TMPL_FLOAT)
        return order_with_double(a, b->number);
    if (a->kind == TMPL_FLOAT) {
        int order = order_with_double(b, a->number);
        return order == UNORDERED ? order : -order;
    }
    if (a->kind != TMPL_BIG && b->kind != TMPL_BIG)
        return (a->integer > b->integer) - (a->integer < b->integer);
    return big_compare(big_view_of(a, a_store), big_view_of(b, b_store));
}

static int order_texts(const struct tmpl_value *a, const struct tmpl_value *b)
{
    uint32_t shared = a->length < b->length ? a->length : b->length;
    int order = shared ? memcmp(a->text, b->text, shared) : 0;

    if (order)
        return order < 0 ? -1 : 1;
    return (a->length > b->length) - (a->length < b->length);
}

static bool same_bytes(const struct tmpl_value *a, const struct tmpl_value *b)
{
    return a->length == b->length && (!a->length || memcmp(a->text, b->text, a->length) == 0);
}

/* --- equality ---------------------------------------------------------------------------------------- */

/* All of these return 1, 0 or an error; without a machine nothing fails. */
static int equal(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
                 unsigned depth);

static int equal_items(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
                       unsigned depth)
{
    if (a->length != b->length)
        return 0;
    for (uint32_t i = 0; a->items != b->items && i < a->length; i++) {
        int same = equal(vm, &a->items[i], &b->items[i], depth + 1);
        if (same != 1)
            return same;
    }
    return 1;
}

static int equal_dicts(struct tmpl_vm *vm, const struct tmpl_dict *a, const struct tmpl_dict *b,
                       unsigned depth)
{
    if (a->count != b->count)
        return 0;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct tmpl_value *other = tmpl_dict_get(b, &a->entries[i].key);
        if (!other)
            return 0;
        int same = equal(vm, &a->entries[i].value, other, depth + 1);
        if (same != 1)
            return same;
    }
    return 1;
}

bool set_is_subset(const struct tmpl_dict *set, const struct tmpl_dict *other)
{
    if (set->count > other->count)
        return false;
    for (uint32_t i = 0; i < set->count; i++) {
        if (!tmpl_dict_get(other, &set->entries[i].key))
            return false;
    }
    return true;
}

static bool equal_ranges(const struct tmpl_range *a, const struct tmpl_range *b)
{
    if (a->count != b->count)
        return false;
    return !a->count || (a->start == b->start && (a->count == 1 || a->step == b->step));
}

static int equal_objects(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b)
{
    const struct tmpl_value *left = a->kind == TMPL_OBJECT ? a : b;
    const struct tmpl_value *right = left == a ? b : a;

    if (left->object->type->equal)
        return left->object->type->equal(vm, left->object, right);
    if (right->kind != TMPL_OBJECT)
        return 0;
    if (right->object->type->equal)
        return right->object->type->equal(vm, right->object, left);
    return left->object == right->object;
}

static int equal_same_kind(struct tmpl_vm *vm, const struct tmpl_value *a,
                           const struct tmpl_value *b, unsigned depth)
{
    switch (a->kind) {
    case TMPL_STRING:
    case TMPL_BYTES:
        return same_bytes(a, b);
    case TMPL_LIST:
    case TMPL_TUPLE:
        return equal_items(vm, a, b, depth);
    case TMPL_DICT:
        return equal_dicts(vm, a->dict, b->dict, depth);
    case TMPL_SET:
        return a->dict->count == b->dict->count && set_is_subset(a->dict, b->dict);
    case TMPL_RANGE:
        return equal_ranges(a->range, b->range);
    case TMPL_NONE:
        return (a->flags & TMPL_ELLIPSIS) == (b->flags & TMPL_ELLIPSIS);
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
    case TMPL_TIMEDELTA:
        return tmpl_date_equal(a, b);
    default:
        return 1;
    }
}

static int equal(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
                 unsigned depth)
{
    if (tmpl_is_number(a) && tmpl_is_number(b))
        return order_numbers(a, b) == 0;
    if (depth == VALUE_MAX_DEPTH) {
        if (!vm)
            return 0;
        return tmpl_raise(vm, TMPL_RECURSION_ERROR, "values are nested more than %d levels deep",
                          VALUE_MAX_DEPTH);
    }
    if (a->kind == TMPL_OBJECT || b->kind == TMPL_OBJECT)
        return equal_objects(vm, a, b);
    return a->kind == b->kind ? equal_same_kind(vm, a, b, depth) : 0;
}

bool value_equal(const struct tmpl_value *a, const struct tmpl_value *b)
{
    return equal(NULL, a, b, 0) == 1;
}

int tmpl_equal(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b)
{
    if (vm->strict && a->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, a);
    if (vm->strict && b->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, b);
    return equal(vm, a, b, vm->nesting);
}

/* --- order ------------------------------------------------------------------------------------------- */

static const char *const symbols[] = {
    [TMPL_LT] = "<",
    [TMPL_LE] = "<=",
    [TMPL_GT] = ">",
    [TMPL_GE] = ">=",
};

static bool holds(enum tmpl_compare op, int order)
{
    if (order == UNORDERED)
        return false;
    return op == TMPL_LT   ? order < 0
           : op == TMPL_LE ? order <= 0
           : op == TMPL_GT ? order > 0
                           : order >= 0;
}

static int not_ordered(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *a,
                       const struct tmpl_value *b)
{
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' not supported between instances of '%s' and '%s'",
                      symbols[op], tmpl_class_path(a), tmpl_class_path(b));
}

static int ordered(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *a,
                   const struct tmpl_value *b);

/* The first members that differ decide; without such, the lengths. */
static int order_items(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *a,
                       const struct tmpl_value *b)
{
    for (uint32_t i = 0; i < a->length && i < b->length; i++) {
        int same = tmpl_equal(vm, &a->items[i], &b->items[i]);
        if (same < 0)
            return same;
        if (same)
            continue;
        if (nest_enter(vm) < 0)
            return -1;
        int result = ordered(vm, op, &a->items[i], &b->items[i]);
        nest_leave(vm);
        return result;
    }
    return holds(op, (a->length > b->length) - (a->length < b->length));
}

/* Sets: "less" is being a part of. */
static bool order_sets(enum tmpl_compare op, const struct tmpl_dict *a, const struct tmpl_dict *b)
{
    if (op == TMPL_GT || op == TMPL_GE)
        return order_sets(op == TMPL_GT ? TMPL_LT : TMPL_LE, b, a);
    return set_is_subset(a, b) && (op == TMPL_LE || a->count < b->count);
}

static int order_objects(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *a,
                         const struct tmpl_value *b)
{
    int order;

    if (a->kind == TMPL_OBJECT && a->object->type->compare) {
        if (a->object->type->compare(vm, a->object, b, &order) < 0)
            return -1;
        return holds(op, order);
    }
    if (b->kind == TMPL_OBJECT && b->object->type->compare) {
        if (b->object->type->compare(vm, b->object, a, &order) < 0)
            return -1;
        return holds(op, -order);
    }
    return not_ordered(vm, op, a, b);
}

static bool is_date(const struct tmpl_value *value)
{
    return value->kind >= TMPL_DATETIME && value->kind <= TMPL_TIMEDELTA;
}

/* A datetime or a date, which have an error of their own when they are mixed. */
static bool is_day(const struct tmpl_value *value)
{
    return value->kind == TMPL_DATETIME || value->kind == TMPL_DATE;
}

static int order_dates(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *a,
                       const struct tmpl_value *b)
{
    int order;

    if (tmpl_date_order(vm, a, b, &order) < 0)
        return -1;
    return holds(op, order);
}

static int ordered(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *a,
                   const struct tmpl_value *b)
{
    if (tmpl_is_number(a) && tmpl_is_number(b))
        return holds(op, order_numbers(a, b));
    if (a->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, a);
    if (b->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, b);
    if (a->kind == TMPL_OBJECT || b->kind == TMPL_OBJECT)
        return order_objects(vm, op, a, b);
    if (is_day(a) && is_day(b))
        return order_dates(vm, op, a, b);
    if (a->kind != b->kind)
        return not_ordered(vm, op, a, b);
    if (a->kind == TMPL_STRING || a->kind == TMPL_BYTES)
        return holds(op, order_texts(a, b));
    if (a->kind == TMPL_LIST || a->kind == TMPL_TUPLE)
        return order_items(vm, op, a, b);
    if (a->kind == TMPL_SET)
        return order_sets(op, a->dict, b->dict);
    return is_date(a) ? order_dates(vm, op, a, b) : not_ordered(vm, op, a, b);
}

int tmpl_order(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
               int *ret_order)
{
    if (tmpl_is_number(a) && tmpl_is_number(b)) {
        int order = order_numbers(a, b);
        *ret_order = order == UNORDERED ? 0 : order;
        return 0;
    }
    if (a->kind == TMPL_STRING && b->kind == TMPL_STRING) {
        *ret_order = order_texts(a, b);
        return 0;
    }
    int less = ordered(vm, TMPL_LT, a, b);
    if (less != 0) {
        *ret_order = -1;
        return less < 0 ? less : 0;
    }
    int greater = ordered(vm, TMPL_LT, b, a);
    *ret_order = greater > 0;
    return greater < 0 ? greater : 0;
}

/* --- membership ---------------------------------------------------------------------------------------- */

static int in_string(struct tmpl_vm *vm, const struct tmpl_value *item,
                     const struct tmpl_value *string)
{
    if (item->kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "'in <string>' requires string as left operand, not %s",
                          tmpl_class_path(item));
    return !item->length ||
           (string->length && memmem(string->text, string->length, item->text, item->length));
}

static int in_bytes(struct tmpl_vm *vm, const struct tmpl_value *item,
                    const struct tmpl_value *bytes)
{
    if (item->kind == TMPL_BYTES)
        return !item->length ||
               (bytes->length && memmem(bytes->text, bytes->length, item->text, item->length));
    if (!tmpl_is_integer(item))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "a bytes-like object is required, not '%s'",
                          tmpl_class_path(item));
    if (item->kind == TMPL_BIG || item->integer < 0 || item->integer > 255)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "byte must be in range(0, 256)");
    return bytes->length && memchr(bytes->text, (int)item->integer, bytes->length);
}

static int in_items(struct tmpl_vm *vm, const struct tmpl_value *item,
                    const struct tmpl_value *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int same = tmpl_equal(vm, &items[i], item);
        if (same)
            return same;
    }
    return 0;
}

static int in_dict(struct tmpl_vm *vm, const struct tmpl_value *item, const struct tmpl_dict *dict)
{
    if (dict_check_key(vm, item) < 0)
        return -1;
    return tmpl_dict_get(dict, item) != NULL;
}

static int in_range(const struct tmpl_value *item, const struct tmpl_range *range)
{
    int64_t integer;

    if (item->kind == TMPL_INT || item->kind == TMPL_BOOL)
        integer = item->integer;
    else if (item->kind == TMPL_FLOAT && item->number == floor(item->number) &&
             fabs(item->number) < 0x1p63)
        integer = (int64_t)item->number;
    else
        return 0;
    if (range->step > 0 ? integer < range->start || integer >= range->stop
                        : integer > range->start || integer <= range->stop)
        return 0;
    return (integer - range->start) % range->step == 0;
}

static int is_in(struct tmpl_vm *vm, const struct tmpl_value *item,
                 const struct tmpl_value *container)
{
    const struct tmpl_value *items;
    size_t count;

    switch (container->kind) {
    case TMPL_LIST:
    case TMPL_TUPLE:
        return in_items(vm, item, container->items, container->length);
    case TMPL_STRING:
        return in_string(vm, item, container);
    case TMPL_BYTES:
        return in_bytes(vm, item, container);
    case TMPL_DICT:
    case TMPL_SET:
        return in_dict(vm, item, container->dict);
    case TMPL_RANGE:
        return in_range(item, container->range);
    default:
        break;
    }
    if (!tmpl_is_iterable(container))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "argument of type '%s' is not iterable",
                          tmpl_class_path(container));
    if (tmpl_iterate(vm, container, &items, &count) < 0)
        return -1;
    return in_items(vm, item, items, count);
}

int tmpl_compare(struct tmpl_vm *vm, enum tmpl_compare op, const struct tmpl_value *left,
                 const struct tmpl_value *right)
{
    int result;

    switch (op) {
    case TMPL_EQ:
        return tmpl_equal(vm, left, right);
    case TMPL_NE:
        result = tmpl_equal(vm, left, right);
        return result < 0 ? result : !result;
    case TMPL_IN:
        return is_in(vm, left, right);
    case TMPL_NOT_IN:
        result = is_in(vm, left, right);
        return result < 0 ? result : !result;
    default:
        return ordered(vm, op, left, right);
    }
}
