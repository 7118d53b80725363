/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of ints (bools too) and floats.
 */
#include <math.h>
#include <stdio.h>

#include "template/big.h"
#include "template/methods.h"
#include "template/vm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int int_bit_length(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    uint32_t store[2];

    (void)vm;
    *ret_value = tmpl_int(big_bits(big_view_of(&call->args[0], store)));
    return 0;
}

static int int_bit_count(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    uint32_t store[2];
    struct big_view view = big_view_of(&call->args[0], store);
    int64_t count = 0;

    (void)vm;
    for (uint32_t i = 0; i < view.count; i++)
        count += __builtin_popcount(view.limbs[i]);
    *ret_value = tmpl_int(count);
    return 0;
}

static int int_conjugate(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    return tmpl_plus(vm, &call->args[0], ret_value);
}

static struct tmpl_value make_ratio(struct tmpl_vm *vm, struct tmpl_value numerator,
                                    struct tmpl_value denominator)
{
    struct tmpl_value *pair = tmpl_alloc(&vm->heap, 2 * sizeof(*pair));

    pair[0] = numerator;
    pair[1] = denominator;
    return tmpl_tuple_view(pair, 2);
}

static int int_as_integer_ratio(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    struct tmpl_value self;

    if (tmpl_plus(vm, &call->args[0], &self) < 0)
        return -1;
    *ret_value = make_ratio(vm, self, tmpl_int(1));
    return 0;
}

/* Whether @bits of a number fit into @length bytes. */
static bool fits(struct big_view view, int64_t length, bool is_signed)
{
    int64_t bits = big_bits(view);

    if (!is_signed)
        return !view.negative && bits <= length * 8;
    if (bits < length * 8)
        return true;
    /* The least number, which is a power of two, needs no further bit for its sign. */
    bool power = view.count != 0;
    for (uint32_t i = 0; i + 1 < view.count; i++)
        power &= !view.limbs[i];
    power = power && (view.limbs[view.count - 1] & (view.limbs[view.count - 1] - 1)) == 0;
    return (view.negative && power && bits == length * 8) || (!bits && !length);
}

static int take_bytes_arguments(struct tmpl_vm *vm, const struct tmpl_call *call,
                                int64_t *ret_length, bool *ret_big, bool *ret_signed)
{
    const struct tmpl_value *order = &call->args[2];

    *ret_length = 1;
    *ret_big = true;
    if (call->args[1].kind != TMPL_ABSENT && tmpl_to_int64(vm, &call->args[1], ret_length) < 0)
        return -1;
    if (*ret_length < 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "length argument must be non-negative");
    if (order->kind != TMPL_ABSENT) {
        *ret_big = tmpl_is_text(order, "big");
        if (!*ret_big && !tmpl_is_text(order, "little"))
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "byteorder must be either 'little' or 'big'");
    }
    int is_signed = call->args[3].kind == TMPL_ABSENT ? 0 : tmpl_truth(vm, &call->args[3]);
    *ret_signed = is_signed > 0;
    return is_signed < 0 ? is_signed : tmpl_reserve(vm, (size_t)*ret_length);
}

static int int_to_bytes(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    uint32_t store[2];
    struct big_view view = big_view_of(&call->args[0], store);
    int64_t length;
    bool big = true, is_signed = false;
    unsigned carry = view.negative; /* two's complement: all bits turned, and one */

    if (take_bytes_arguments(vm, call, &length, &big, &is_signed) < 0)
        return -1;
    if (view.negative && !is_signed)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "can't convert negative int to unsigned");
    if (!fits(view, length, is_signed))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "int too big to convert");
    char *bytes = tmpl_alloc(&vm->heap, (size_t)length);
    for (int64_t i = 0; i < length; i++) {
        unsigned byte = i / 4 < view.count ? view.limbs[i / 4] >> (i % 4 * 8) & 0xff : 0;
        if (view.negative) {
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
        }
        bytes[big ? length - 1 - i : i] = (char)byte;
    }
    *ret_value = tmpl_bytes_view(bytes, (size_t)length);
    return 0;
}

static const struct tmpl_function int_table[] = {
    { "as_integer_ratio", int_as_integer_ratio, "self", METHOD },
    { "bit_count", int_bit_count, "self", METHOD },
    { "bit_length", int_bit_length, "self", METHOD },
    { "conjugate", int_conjugate, "self", METHOD },
    { "to_bytes", int_to_bytes, "self ?length byteorder signed", METHOD },
};

const struct tmpl_functions tmpl_int_methods = { int_table, COUNT(int_table) };

/* --- floats --------------------------------------------------------------------------------------------------- */

static int float_is_integer(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    double number = call->args[0].number;

    (void)vm;
    *ret_value = tmpl_bool(isfinite(number) && number == floor(number));
    return 0;
}

static int float_conjugate(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    (void)vm;
    *ret_value = call->args[0];
    return 0;
}

static int float_as_integer_ratio(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    static const struct tmpl_value two = { .kind = TMPL_INT, .integer = 2 };
    double number = call->args[0].number;
    struct tmpl_value numerator, denominator, power;
    int exponent;

    if (!isfinite(number))
        return tmpl_raise(vm, isnan(number) ? TMPL_VALUE_ERROR : TMPL_OVERFLOW_ERROR,
                          "cannot convert %s to integer ratio", isnan(number) ? "NaN" : "Infinity");
    double fraction = frexp(number, &exponent);
    while (fraction != floor(fraction)) {
        fraction *= 2;
        exponent--;
    }
    power = tmpl_int(exponent < 0 ? -exponent : exponent);
    if (tmpl_int_of_double(vm, fraction, &numerator) < 0 ||
        tmpl_binary(vm, TMPL_POW, &two, &power, &denominator) < 0)
        return -1;
    if (exponent > 0) {
        if (tmpl_binary(vm, TMPL_MUL, &numerator, &denominator, &numerator) < 0)
            return -1;
        denominator = tmpl_int(1);
    }
    *ret_value = make_ratio(vm, numerator, denominator);
    return 0;
}

/* "0x1.8000000000000p+1": always 13 digits. */
static int float_hex(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    double number = call->args[0].number;
    autobuf text = HASS_BUF_INIT;
    uint64_t bits;

    if (!isfinite(number)) {
        tmpl_print_float(number, &text);
    } else {
        memcpy(&bits, &number, sizeof(bits));
        uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
        int exponent = (int)(bits >> 52 & 0x7ff);
        hass_buf_add_string(&text, signbit(number) ? "-" : "");
        if (number == 0)
            hass_buf_add_string(&text, "0x0.0p+0");
        else
            hass_buf_printf(&text, "0x%d.%013llxp%+d", exponent != 0, (unsigned long long)mantissa,
                            exponent ? exponent - 1023 : -1022);
    }
    *ret_value = tmpl_string_of(&vm->heap, &text);
    return 0;
}

static const struct tmpl_function float_table[] = {
    { "as_integer_ratio", float_as_integer_ratio, "self", METHOD },
    { "conjugate", float_conjugate, "self", METHOD },
    { "hex", float_hex, "self", METHOD },
    { "is_integer", float_is_integer, "self", METHOD },
};

const struct tmpl_functions tmpl_float_methods = { float_table, COUNT(float_table) };
