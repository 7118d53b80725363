/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operators. Ints and floats go a short way; then come texts and sequences, dates (moment.h), and Python's errors for the rest.
 */
#include "template/ops.h"

#include <math.h>

#include "template/big.h"
#include "template/builtins.h"
#include "template/characters.h"
#include "template/dict.h"
#include "template/moment.h"

static const char *const symbols[] = {
    [TMPL_ADD] = "+",       [TMPL_SUB] = "-", [TMPL_MUL] = "*",           [TMPL_DIV] = "/",
    [TMPL_FLOORDIV] = "//", [TMPL_MOD] = "%", [TMPL_POW] = "** or pow()",
};

static int unsupported(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                       const struct tmpl_value *right)
{
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "unsupported operand type(s) for %s: '%s' and '%s'",
                      symbols[op], tmpl_class_path(left), tmpl_class_path(right));
}

/* --- ints ----------------------------------------------------------------------------------------- */

static int zero_division(struct tmpl_vm *vm, enum tmpl_binary op)
{
    const char *message = op == TMPL_DIV        ? "division by zero"
                          : op == TMPL_FLOORDIV ? "integer division or modulo by zero"
                                                : "integer modulo by zero";

    return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "%s", message);
}

static int raise_float(struct tmpl_vm *vm, double base, double exponent,
                       struct tmpl_value *ret_value);

/* A power of integers; one with a negative exponent is a float. */
static int raise_int(struct tmpl_vm *vm, const struct tmpl_value *base,
                     const struct tmpl_value *exponent, struct tmpl_value *ret_value)
{
    uint32_t store[2], exponent_store[2];
    struct big_view view = big_view_of(base, store);
    struct big_view times = big_view_of(exponent, exponent_store);

    if (times.negative) {
        double base_number, exponent_number;
        if (tmpl_to_double(vm, base, &base_number) < 0 ||
            tmpl_to_double(vm, exponent, &exponent_number) < 0)
            return -1;
        return raise_float(vm, base_number, exponent_number, ret_value);
    }
    uint64_t count = times.count ? times.limbs[0] : 0;
    if (times.count > 1)
        count |= (uint64_t)times.limbs[1] << 32;
    if (times.count >
        2) /* only 0, 1 and -1 have a power of that size, and it depends on this bit */
        count = UINT64_MAX - 1 + (count & 1);
    return big_power(vm, view, count, ret_value);
}

static int divide_ints(struct tmpl_vm *vm, struct big_view a, struct big_view b,
                       struct tmpl_value *ret_value)
{
    double number;

    if (big_true_divide(vm, a, b, &number) < 0)
        return -1;
    *ret_value = tmpl_float(number);
    return 0;
}

/* Integers of any size. */
static int large_ints(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                      const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    uint32_t left_store[2], right_store[2];
    struct big_view a = big_view_of(left, left_store), b = big_view_of(right, right_store);

    if (op == TMPL_POW)
        return raise_int(vm, left, right, ret_value);
    if (!b.count && op >= TMPL_DIV)
        return zero_division(vm, op);
    switch (op) {
    case TMPL_SUB:
        b.negative = !b.negative;
        return big_add(vm, a, b, ret_value);
    case TMPL_MUL:
        return big_multiply(vm, a, b, ret_value);
    case TMPL_DIV:
        return divide_ints(vm, a, b, ret_value);
    case TMPL_FLOORDIV:
        return big_divide(vm, a, b, ret_value, NULL);
    case TMPL_MOD:
        return big_divide(vm, a, b, NULL, ret_value);
    default:
        return big_add(vm, a, b, ret_value);
    }
}

static int64_t floor_divide(int64_t a, int64_t b, int64_t *ret_remainder)
{
    int64_t quotient = a / b, rest = a % b;

    if (rest && (rest < 0) != (b < 0)) {
        rest += b;
        quotient--;
    }
    *ret_remainder = rest;
    return quotient;
}

static bool fits_double(int64_t integer)
{
    return integer <= INT64_C(1) << 53 && integer >= -(INT64_C(1) << 53);
}

/* Ints of 64 bits; false when the result or the operands need the long way. */
static bool small_ints(enum tmpl_binary op, int64_t a, int64_t b, struct tmpl_value *ret_value)
{
    int64_t result = 0, rest = 0;

    switch (op) {
    case TMPL_ADD:
        if (__builtin_add_overflow(a, b, &result))
            return false;
        break;
    case TMPL_SUB:
        if (__builtin_sub_overflow(a, b, &result))
            return false;
        break;
    case TMPL_MUL:
        if (__builtin_mul_overflow(a, b, &result))
            return false;
        break;
    case TMPL_DIV:
        if (!b || !fits_double(a) || !fits_double(b))
            return false;
        *ret_value = tmpl_float((double)a / (double)b);
        return true;
    case TMPL_FLOORDIV:
    case TMPL_MOD:
        if (!b || (b == -1 && a == INT64_MIN))
            return false;
        result = floor_divide(a, b, &rest);
        if (op == TMPL_MOD)
            result = rest;
        break;
    default:
        return false;
    }
    *ret_value = tmpl_int(result);
    return true;
}

/* --- floats --------------------------------------------------------------------------------------- */

static int raise_float(struct tmpl_vm *vm, double base, double exponent,
                       struct tmpl_value *ret_value)
{
    if (base == 0 && exponent < 0)
        return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "0.0 cannot be raised to a negative power");
    if (base < 0 && isfinite(base) && isfinite(exponent) && exponent != floor(exponent)) {
        double size = pow(-base, exponent), angle = atan2(0, base) * exponent;
        *ret_value = complex_value(&vm->heap, size * cos(angle), size * sin(angle));
        return 0;
    }
    double result = pow(base, exponent);
    if (isinf(result) && isfinite(base) && isfinite(exponent))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "(34, 'Numerical result out of range')");
    *ret_value = tmpl_float(result);
    return 0;
}

/* The remainder with the sign of the divisor. */
static double floor_modulo(double a, double b)
{
    double rest = fmod(a, b);

    if (rest == 0)
        return copysign(0.0, b);
    return (b < 0) != (rest < 0) ? rest + b : rest;
}

/* The whole quotient that belongs to that remainder, freed from the noise of the division. */
static double floor_quotient(double a, double b)
{
    double rest = fmod(a, b), quotient = (a - rest) / b;

    if (rest != 0 && (b < 0) != (rest < 0))
        quotient -= 1.0;
    if (quotient == 0)
        return copysign(0.0, a / b);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

static int floats(struct tmpl_vm *vm, enum tmpl_binary op, double a, double b,
                  struct tmpl_value *ret_value)
{
    double result = 0;

    switch (op) {
    case TMPL_ADD:
        result = a + b;
        break;
    case TMPL_SUB:
        result = a - b;
        break;
    case TMPL_MUL:
        result = a * b;
        break;
    case TMPL_DIV:
        if (b == 0)
            return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "float division by zero");
        result = a / b;
        break;
    case TMPL_FLOORDIV:
        if (b == 0)
            return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "float floor division by zero");
        result = floor_quotient(a, b);
        break;
    case TMPL_MOD:
        if (b == 0)
            return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "float modulo");
        result = floor_modulo(a, b);
        break;
    case TMPL_POW:
        return raise_float(vm, a, b, ret_value);
    }
    *ret_value = tmpl_float(result);
    return 0;
}

static int numbers(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                   const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    double a, b;

    if (left->kind != TMPL_FLOAT && right->kind != TMPL_FLOAT)
        return large_ints(vm, op, left, right, ret_value);
    if (tmpl_to_double(vm, left, &a) < 0 || tmpl_to_double(vm, right, &b) < 0)
        return -1;
    return floats(vm, op, a, b, ret_value);
}

/* --- texts and sequences ---------------------------------------------------------------------------- */

static bool is_sequence(const struct tmpl_value *value)
{
    return value->kind >= TMPL_STRING && value->kind <= TMPL_TUPLE;
}

static size_t item_size(const struct tmpl_value *sequence)
{
    return sequence->kind >= TMPL_LIST ? sizeof(struct tmpl_value) : 1;
}

static int too_long(struct tmpl_vm *vm, size_t length)
{
    if (length <= UINT32_MAX)
        return 0;
    return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "%zu members are too many", length);
}

/* Bytes for a sequence like @like of @length, which is set; NULL with an error raised. */
static char *make_sequence(struct tmpl_vm *vm, const struct tmpl_value *like, size_t length,
                           struct tmpl_value *ret_value)
{
    size_t size;

    if (__builtin_mul_overflow(length, item_size(like), &size))
        size = SIZE_MAX;
    if (too_long(vm, length) < 0 || tmpl_reserve(vm, size) < 0)
        return NULL;
    char *data = tmpl_alloc(&vm->heap, size);
    *ret_value = *like;
    ret_value->length = (uint32_t)length;
    ret_value->text = data;
    return data;
}

int sequence_join(struct tmpl_vm *vm, const struct tmpl_value *left, const struct tmpl_value *right,
                  struct tmpl_value *ret_value)
{
    size_t size = item_size(left), first = left->length * size, second = right->length * size;
    struct tmpl_value joined;

    if (!second || !first) {
        joined = second ? *right : *left;
        joined.kind = left->kind;
        *ret_value = joined;
        return 0;
    }
    char *data = make_sequence(vm, left, (size_t)left->length + right->length, &joined);
    if (!data)
        return -1;
    memcpy(data, left->text, first);
    memcpy(data + first, right->text, second);
    if (left->kind == TMPL_STRING)
        joined.flags = left->flags & right->flags;
    *ret_value = joined;
    return 0;
}

int sequence_repeat(struct tmpl_vm *vm, const struct tmpl_value *sequence, int64_t times,
                    struct tmpl_value *ret_value)
{
    size_t size = sequence->length * item_size(sequence), length;

    if (times <= 0 || !size) {
        *ret_value = *sequence;
        ret_value->length = 0;
        return 0;
    }
    if (__builtin_mul_overflow((size_t)sequence->length, (uint64_t)times, &length))
        length = SIZE_MAX;
    struct tmpl_value source = *sequence;
    char *data = make_sequence(vm, &source, length, ret_value);
    if (!data)
        return -1;
    memcpy(data, source.text, size);
    for (size_t done = size, all = length * item_size(&source); done < all;) {
        size_t more = done < all - done ? done : all - done;
        memcpy(data + done, data, more);
        done += more;
    }
    return 0;
}

static int cannot_join(struct tmpl_vm *vm, const struct tmpl_value *left,
                       const struct tmpl_value *right)
{
    const char *kind = tmpl_class_path(left);

    if (left->kind == TMPL_BYTES)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "can't concat %s to bytes", tmpl_class_path(right));
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "can only concatenate %s (not \"%s\") to %s", kind,
                      tmpl_class_path(right), kind);
}

static int repeat_by(struct tmpl_vm *vm, const struct tmpl_value *sequence,
                     const struct tmpl_value *times, struct tmpl_value *ret_value)
{
    if (times->kind == TMPL_INT || times->kind == TMPL_BOOL)
        return sequence_repeat(vm, sequence, times->integer, ret_value);
    if (times->kind == TMPL_BIG)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "cannot fit 'int' into an index-sized integer");
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "can't multiply sequence by non-int of type '%s'",
                      tmpl_class_path(times));
}

/* What is joined to safe HTML is escaped, unless it is safe itself. */
static int join_markup(struct tmpl_vm *vm, struct tmpl_value left, struct tmpl_value right,
                       struct tmpl_value *ret_value)
{
    struct tmpl_value *plain = left.flags & TMPL_MARKUP ? &right : &left;
    autobuf escaped = HASS_BUF_INIT;

    escape_html(plain->text, plain->length, &escaped);
    if (tmpl_reserve(vm, escaped.length) < 0)
        return -1;
    *plain = tmpl_string_of(&vm->heap, &escaped);
    plain->flags |= TMPL_MARKUP;
    return sequence_join(vm, &left, &right, ret_value);
}

static int join(struct tmpl_vm *vm, const struct tmpl_value *left, const struct tmpl_value *right,
                struct tmpl_value *ret_value)
{
    if (left->kind != right->kind)
        return cannot_join(vm, left, right);
    if (left->kind == TMPL_STRING && ((left->flags ^ right->flags) & TMPL_MARKUP))
        return join_markup(vm, *left, *right, ret_value);
    return sequence_join(vm, left, right, ret_value);
}

/* One of both is a text, bytes, list or tuple. */
static int sequences(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                     const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    if (op == TMPL_ADD && is_sequence(left))
        return join(vm, left, right, ret_value);
    if (op == TMPL_MUL)
        return is_sequence(left) ? repeat_by(vm, left, right, ret_value)
                                 : repeat_by(vm, right, left, ret_value);
    return unsupported(vm, op, left, right);
}

/* --- all ------------------------------------------------------------------------------------------ */

static bool is_date(const struct tmpl_value *value)
{
    return value->kind >= TMPL_DATETIME && value->kind <= TMPL_TIMEDELTA;
}

static int other_kinds(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                       const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    if (op == TMPL_MOD && left->kind == TMPL_STRING)
        return format_percent(vm, left, right, ret_value);
    if (left->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, left);
    if (right->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, right);
    if (is_sequence(left) || (is_sequence(right) && op == TMPL_MUL))
        return sequences(vm, op, left, right, ret_value);
    if (is_date(left) || is_date(right))
        return tmpl_date_binary(vm, op, left, right, ret_value);
    if (op == TMPL_SUB && left->kind == TMPL_SET && right->kind == TMPL_SET)
        return set_difference(vm, left->dict, right->dict, ret_value);
    return unsupported(vm, op, left, right);
}

int tmpl_binary(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    if ((left->kind == TMPL_INT || left->kind == TMPL_BOOL) &&
        (right->kind == TMPL_INT || right->kind == TMPL_BOOL)) {
        if (small_ints(op, left->integer, right->integer, ret_value))
            return 0;
        return large_ints(vm, op, left, right, ret_value);
    }
    if (left->kind == TMPL_FLOAT && right->kind == TMPL_FLOAT)
        return floats(vm, op, left->number, right->number, ret_value);
    if (tmpl_is_number(left) && tmpl_is_number(right))
        return numbers(vm, op, left, right, ret_value);
    return other_kinds(vm, op, left, right, ret_value);
}

static int bad_operand(struct tmpl_vm *vm, char sign, const struct tmpl_value *value)
{
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "bad operand type for unary %c: '%s'", sign,
                      tmpl_class_path(value));
}

int tmpl_negate(struct tmpl_vm *vm, const struct tmpl_value *value, struct tmpl_value *ret_value)
{
    static const struct tmpl_value zero = { .kind = TMPL_INT };
    static const struct tmpl_value minus_one = { .kind = TMPL_INT, .integer = -1 };

    switch (value->kind) {
    case TMPL_BOOL:
    case TMPL_INT:
    case TMPL_BIG:
        return tmpl_binary(vm, TMPL_SUB, &zero, value, ret_value);
    case TMPL_FLOAT:
        *ret_value = tmpl_float(-value->number);
        return 0;
    case TMPL_TIMEDELTA:
        return tmpl_date_binary(vm, TMPL_MUL, value, &minus_one, ret_value);
    case TMPL_UNDEFINED:
        return tmpl_raise_undefined(vm, value);
    default:
        return bad_operand(vm, '-', value);
    }
}

int tmpl_plus(struct tmpl_vm *vm, const struct tmpl_value *value, struct tmpl_value *ret_value)
{
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (!tmpl_is_number(value) && value->kind != TMPL_TIMEDELTA)
        return bad_operand(vm, '+', value);
    *ret_value = value->kind == TMPL_BOOL ? tmpl_int(value->integer) : *value;
    return 0;
}

/* Texts alone, which are most of what is joined, are copied once. */
static int concat_strings(struct tmpl_vm *vm, const struct tmpl_value *values, size_t count,
                          size_t length, struct tmpl_value *ret_value)
{
    unsigned flags = TMPL_ASCII;
    size_t at = 0;

    if (too_long(vm, length) < 0 || tmpl_reserve(vm, length) < 0)
        return -1;
    char *data = tmpl_alloc(&vm->heap, length);
    for (size_t i = 0; i < count; i++) {
        if (values[i].length)
            memcpy(data + at, values[i].text, values[i].length);
        at += values[i].length;
        flags &= values[i].flags;
    }
    *ret_value = tmpl_string_view(data, length);
    ret_value->flags = (uint8_t)flags;
    return 0;
}

int tmpl_concat(struct tmpl_vm *vm, const struct tmpl_value *values, size_t count,
                struct tmpl_value *ret_value)
{
    size_t length = 0, strings = 0;

    for (; strings < count && values[strings].kind == TMPL_STRING; strings++)
        length += values[strings].length;
    if (strings == count)
        return concat_strings(vm, values, count, length, ret_value);
    autobuf buf = HASS_BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        if (tmpl_print(vm, &values[i], &buf) < 0 || tmpl_reserve(vm, buf.length) < 0)
            return -1;
    }
    *ret_value = tmpl_string_of(&vm->heap, &buf);
    return 0;
}
