/* SPDX-License-Identifier: Apache-2.0 */
/* bitwise_and, bitwise_or, bitwise_xor on integers of any size, as two's complement with endless signs. */
#include "template/builtins.h"

enum bitwise { AND, OR, XOR };

static uint64_t combine(enum bitwise op, uint64_t a, uint64_t b)
{
    return op == AND ? a & b : op == OR ? a | b : a ^ b;
}

/* The magnitude in 32-bit limbs, least significant first. */
struct magnitude {
    uint32_t own[2];
    const uint32_t *limbs;
    uint32_t count;
    bool negative;
};

static void to_magnitude(const struct tmpl_value *value, struct magnitude *magnitude)
{
    if (value->kind == TMPL_BIG) {
        *magnitude = (struct magnitude){ .limbs = value->big->limbs,
                                         .count = value->big->count,
                                         .negative = value->big->negative };
        return;
    }
    uint64_t size = value->integer < 0 ? 0 - (uint64_t)value->integer : (uint64_t)value->integer;
    magnitude->own[0] = (uint32_t)size;
    magnitude->own[1] = (uint32_t)(size >> 32);
    magnitude->limbs = magnitude->own;
    magnitude->count = 2;
    magnitude->negative = value->integer < 0;
}

/* Takes the next limb of two's complement; @carry is 1 at first for negative ones. */
static uint32_t next_limb(const struct magnitude *magnitude, uint32_t at, uint32_t *carry)
{
    uint32_t limb = at < magnitude->count ? magnitude->limbs[at] : 0;

    if (!magnitude->negative)
        return limb;
    uint64_t sum = (uint64_t)(uint32_t)~limb + *carry;
    *carry = (uint32_t)(sum >> 32);
    return (uint32_t)sum;
}

static struct tmpl_value from_limbs(struct tmpl_big *big)
{
    while (big->count && big->limbs[big->count - 1] == 0)
        big->count--;
    if (big->count <= 2) {
        uint64_t size = (big->count > 0 ? big->limbs[0] : 0) |
                        (uint64_t)(big->count > 1 ? big->limbs[1] : 0) << 32;
        if (size <= INT64_MAX)
            return tmpl_int(big->negative ? -(int64_t)size : (int64_t)size);
        if (big->negative && size == (uint64_t)INT64_MAX + 1)
            return tmpl_int(INT64_MIN);
    }
    return (struct tmpl_value){ .kind = TMPL_BIG, .big = big };
}

static int combine_big(struct tmpl_vm *vm, enum bitwise op, const struct tmpl_value *left,
                       const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    struct magnitude a, b;

    to_magnitude(left, &a);
    to_magnitude(right, &b);
    uint32_t count = (a.count > b.count ? a.count : b.count) + 1;
    uint32_t a_carry = 1, b_carry = 1, carry = 1;
    if (tmpl_reserve(vm, count * sizeof(uint32_t)) < 0 || tmpl_spend(vm, count) < 0)
        return -1;
    struct tmpl_big *big = tmpl_alloc(&vm->heap, sizeof(*big) + count * sizeof(uint32_t));
    big->negative = combine(op, a.negative, b.negative);
    big->count = count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t limb =
            (uint32_t)combine(op, next_limb(&a, i, &a_carry), next_limb(&b, i, &b_carry));
        if (big->negative) {
            uint64_t sum = (uint64_t)(uint32_t)~limb + carry;
            carry = (uint32_t)(sum >> 32);
            limb = (uint32_t)sum;
        }
        big->limbs[i] = limb;
    }
    *ret_value = from_limbs(big);
    return 0;
}

static int by_bits(struct tmpl_vm *vm, const struct tmpl_call *call, enum bitwise op,
                   struct tmpl_value *ret_value)
{
    const struct tmpl_value *left = &call->args[0], *right = &call->args[1];

    if (left->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, left);
    if (right->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, right);
    if (!tmpl_is_integer(left) || !tmpl_is_integer(right))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "unsupported operand type(s) for %c: '%s' and '%s'",
                          "&|^"[op], tmpl_class_name(left), tmpl_class_name(right));
    if (left->kind == TMPL_BIG || right->kind == TMPL_BIG)
        return combine_big(vm, op, left, right, ret_value);
    *ret_value = tmpl_int((int64_t)combine(op, (uint64_t)left->integer, (uint64_t)right->integer));
    if (left->kind == TMPL_BOOL && right->kind == TMPL_BOOL)
        ret_value->kind = TMPL_BOOL;
    return 0;
}

int function_bitwise_and(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    return by_bits(vm, call, AND, ret_value);
}

int function_bitwise_or(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    return by_bits(vm, call, OR, ret_value);
}

int function_bitwise_xor(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    return by_bits(vm, call, XOR, ret_value);
}
