/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Integers of any size up to TMPL_BIG_BITS: sign and magnitude in limbs of 32 bits. Operands are views, so that ints of 64 bits take part
 * without memory; results are ints again where they fit.
 */
#pragma once

#include "template/vm.h"

#define BIG_MAX_DIGITS 4300 /* decimal ones that are parsed or printed, as in Python */

struct big_view {
    bool negative;
    uint32_t count; /* of limbs; no leading zeros, so that 0 has none */
    const uint32_t *limbs;
};

/** A bool, int or big as a view; small ones lie in @store. */
struct big_view big_view_of(const struct tmpl_value *value, uint32_t store[2]);

/** The value of a magnitude of @count limbs, leading zeros allowed. */
struct tmpl_value big_value(struct tmpl_heap *heap, bool negative, const uint32_t *limbs,
                            uint32_t count);

int big_add(struct tmpl_vm *vm, struct big_view a, struct big_view b, struct tmpl_value *ret_value);
int big_multiply(struct tmpl_vm *vm, struct big_view a, struct big_view b,
                 struct tmpl_value *ret_value);
/** Floor division; @b is not 0. Either result may be NULL. */
int big_divide(struct tmpl_vm *vm, struct big_view a, struct big_view b,
               struct tmpl_value *ret_quotient, struct tmpl_value *ret_remainder);
int big_power(struct tmpl_vm *vm, struct big_view base, uint64_t exponent,
              struct tmpl_value *ret_value);
/** a / b as Python rounds it: to nearest, once. Raises OverflowError. @b is not 0. */
int big_true_divide(struct tmpl_vm *vm, struct big_view a, struct big_view b, double *ret_number);

int big_compare(struct big_view a, struct big_view b);
/** Exact: the number is not rounded to the other's kind. @number is not NaN. */
int big_compare_double(struct big_view a, double number);
/** Rounded to nearest, ties to even; false when it is beyond the doubles. */
bool big_to_double(struct big_view big, double *ret_number);
/** @number is finite; what is behind the point is cut off. */
struct tmpl_value big_of_double(struct tmpl_heap *heap, double number);

/** Bits of the magnitude. */
uint32_t big_bits(struct big_view big);
/** Digits of @base, most significant first. The caller has looked at the limits. */
struct tmpl_value big_parse(struct tmpl_heap *heap, bool negative, const uint8_t *digits,
                            size_t count, unsigned base);
/** Decimal; raises ValueError beyond BIG_MAX_DIGITS. */
int big_print(struct tmpl_vm *vm, const struct tmpl_big *big, struct hass_buf *buf);
/** The magnitude in base 2, 8 or 16: @shift 1, 3, 4. */
void big_print_bits(struct big_view big, unsigned shift, bool capitals, struct hass_buf *buf);
