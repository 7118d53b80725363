/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic of dates and times. Datetimes count on the wall clock, as Python's do; only the difference of two in different zones is one
 * of points in time. Products and quotients with floats are exact before they are rounded, half to even.
 */
#include <math.h>

#include "base/civil.h"
#include "moment_parts.h"

int moment_timedelta(struct tmpl_vm *vm, __int128 usec, struct tmpl_value *ret_value)
{
    __int128 days = usec / USEC_PER_DAY - (usec % USEC_PER_DAY < 0);

    if (days > TIMEDELTA_MAX_DAYS || days < -TIMEDELTA_MAX_DAYS)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "days=%.0f; must have magnitude <= %d",
                          (double)days, TIMEDELTA_MAX_DAYS);
    *ret_value = tmpl_timedelta((int64_t)usec);
    return 0;
}

int moment_quotient(struct tmpl_vm *vm, int64_t number, int64_t divisor, double *ret_quotient)
{
    struct tmpl_value a = tmpl_int(number), b = tmpl_int(divisor), quotient;

    if (number >= -(INT64_C(1) << 53) && number <= INT64_C(1) << 53 &&
        divisor == HASS_USEC_PER_SEC) {
        *ret_quotient = (double)number / (double)divisor;
        return 0;
    }
    int error = tmpl_binary(vm, TMPL_DIV, &a, &b, &quotient);
    if (error >= 0)
        *ret_quotient = quotient.number;
    return error;
}

/* Rounds half to even. @divisor > 0. */
static __int128 divide(__int128 number, __int128 divisor)
{
    __int128 quotient = number / divisor, rest = number % divisor;

    if (rest < 0) {
        quotient--;
        rest += divisor;
    }
    if (rest > divisor - rest || (rest == divisor - rest && quotient % 2 != 0))
        quotient++;
    return quotient;
}

static int unsupported(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                       const struct tmpl_value *right)
{
    static const char *const signs[] = {
        [TMPL_ADD] = "+",       [TMPL_SUB] = "-", [TMPL_MUL] = "*",           [TMPL_DIV] = "/",
        [TMPL_FLOORDIV] = "//", [TMPL_MOD] = "%", [TMPL_POW] = "** or pow()",
    };

    return tmpl_raise(vm, TMPL_TYPE_ERROR, "unsupported operand type(s) for %s: '%s' and '%s'",
                      signs[op], moment_class(left), moment_class(right));
}

/* datetime or date, moved by microseconds. */
static int move(struct tmpl_vm *vm, const struct tmpl_value *value, __int128 usec,
                struct tmpl_value *ret_value)
{
    bool is_date = value->kind == TMPL_DATE;
    __int128 local =
        usec + (is_date ? value->integer * (__int128)USEC_PER_DAY : value->moment->local);

    if (local < TMPL_MOMENT_MIN || local > TMPL_MOMENT_MAX)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "date value out of range");
    if (is_date) {
        *ret_value = tmpl_date(floor_div((int64_t)local, USEC_PER_DAY));
        return 0;
    }
    struct tmpl_moment moment = *value->moment;
    moment.local = (int64_t)local;
    moment.fold = 0;
    *ret_value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
    return 0;
}

/* A date moves by whole days, those of the timedelta rounded down. */
static int move_by(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t timedelta, int sign,
                   struct tmpl_value *ret_value)
{
    if (value->kind == TMPL_DATE)
        timedelta = floor_div(timedelta, USEC_PER_DAY) * USEC_PER_DAY;
    return move(vm, value, (__int128)timedelta * sign, ret_value);
}

static int subtract_moments(struct tmpl_vm *vm, const struct tmpl_value *left,
                            const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    const struct tmpl_moment *a = left->moment, *b = right->moment;

    if (tmpl_moment_is_naive(a) != tmpl_moment_is_naive(b))
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "can't subtract offset-naive and offset-aware datetimes");
    if (moment_is_same_zone(a, b))
        return moment_timedelta(vm, (__int128)a->local - b->local, ret_value);
    return moment_timedelta(vm, (__int128)tmpl_moment_utc(a, NULL) - tmpl_moment_utc(b, NULL),
                            ret_value);
}

static bool is_day(const struct tmpl_value *value)
{
    return value->kind == TMPL_DATETIME || value->kind == TMPL_DATE;
}

static int add(struct tmpl_vm *vm, const struct tmpl_value *left, const struct tmpl_value *right,
               struct tmpl_value *ret_value)
{
    if (left->kind == TMPL_TIMEDELTA && right->kind == TMPL_TIMEDELTA)
        return moment_timedelta(vm, (__int128)left->integer + right->integer, ret_value);
    if (is_day(left) && right->kind == TMPL_TIMEDELTA)
        return move_by(vm, left, right->integer, 1, ret_value);
    if (is_day(right) && left->kind == TMPL_TIMEDELTA)
        return move_by(vm, right, left->integer, 1, ret_value);
    return unsupported(vm, TMPL_ADD, left, right);
}

static int subtract(struct tmpl_vm *vm, const struct tmpl_value *left,
                    const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    if (left->kind == TMPL_TIMEDELTA && right->kind == TMPL_TIMEDELTA)
        return moment_timedelta(vm, (__int128)left->integer - right->integer, ret_value);
    if (is_day(left) && right->kind == TMPL_TIMEDELTA)
        return move_by(vm, left, right->integer, -1, ret_value);
    if (left->kind == TMPL_DATETIME && right->kind == TMPL_DATETIME)
        return subtract_moments(vm, left, right, ret_value);
    if (left->kind == TMPL_DATE && right->kind == TMPL_DATE)
        return moment_timedelta(vm, (left->integer - right->integer) * (__int128)USEC_PER_DAY,
                                ret_value);
    return unsupported(vm, TMPL_SUB, left, right);
}

/* @number as mantissa * 2^exponent, both whole. Raises for what is not finite. */
static int split(struct tmpl_vm *vm, double number, int64_t *ret_mantissa, int *ret_exponent)
{
    if (isnan(number))
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "cannot convert NaN to integer ratio");
    if (isinf(number))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "cannot convert Infinity to integer ratio");
    *ret_mantissa = (int64_t)ldexp(frexp(number, ret_exponent), 53);
    *ret_exponent -= 53;
    while (*ret_mantissa && *ret_mantissa % 2 == 0) {
        *ret_mantissa /= 2;
        ++*ret_exponent;
    }
    return 0;
}

static int too_large(struct tmpl_vm *vm)
{
    return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "timedelta beyond %d days", TIMEDELTA_MAX_DAYS);
}

static int multiply_float(struct tmpl_vm *vm, int64_t usec, double factor,
                          struct tmpl_value *ret_value)
{
    int64_t mantissa;
    int exponent;

    if (split(vm, factor, &mantissa, &exponent) < 0)
        return -1;
    __int128 product = (__int128)usec * mantissa;
    if (exponent > 63 && product)
        return too_large(vm);
    if (exponent > 0 && product) {
        if (fabs((double)product) * exp2(exponent) > 0x1p100)
            return too_large(vm);
        product *= (__int128)1 << exponent;
    }
    if (exponent < 0)
        product = exponent < -120 ? 0 : divide(product, (__int128)1 << -exponent);
    return moment_timedelta(vm, product, ret_value);
}

static int divide_float(struct tmpl_vm *vm, int64_t usec, double divisor,
                        struct tmpl_value *ret_value)
{
    int64_t mantissa;
    int exponent;

    if (split(vm, divisor, &mantissa, &exponent) < 0)
        return -1;
    if (!mantissa)
        return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "integer division or modulo by zero");
    __int128 number = mantissa < 0 ? -(__int128)usec : usec;
    __int128 by = mantissa < 0 ? -(__int128)mantissa : mantissa;
    if (exponent < 0 && number) {
        if (fabs((double)number) * exp2(-exponent) > 0x1p120)
            return too_large(vm);
        number *= (__int128)1 << -exponent;
    }
    if (exponent > 64)
        number = 0; // less than half a microsecond
    else if (exponent > 0)
        by *= (__int128)1 << exponent;
    return moment_timedelta(vm, divide(number, by), ret_value);
}

static int multiply(struct tmpl_vm *vm, const struct tmpl_value *left,
                    const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    int64_t factor;
    const struct tmpl_value *timedelta = left->kind == TMPL_TIMEDELTA ? left : right;
    const struct tmpl_value *other = timedelta == left ? right : left;

    if (timedelta->kind != TMPL_TIMEDELTA || !tmpl_is_number(other))
        return unsupported(vm, TMPL_MUL, left, right);
    if (other->kind == TMPL_FLOAT)
        return multiply_float(vm, timedelta->integer, other->number, ret_value);
    if (tmpl_to_int64(vm, other, &factor) < 0)
        return -1;
    return moment_timedelta(vm, (__int128)timedelta->integer * factor, ret_value);
}

static int divide_by_number(struct tmpl_vm *vm, enum tmpl_binary op, int64_t usec,
                            const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    int64_t divisor;

    if (right->kind == TMPL_FLOAT)
        return divide_float(vm, usec, right->number, ret_value);
    if (tmpl_to_int64(vm, right, &divisor) < 0)
        return -1;
    if (!divisor)
        return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "integer division or modulo by zero");
    __int128 number = divisor < 0 ? -(__int128)usec : usec;
    __int128 by = divisor < 0 ? -(__int128)divisor : divisor;
    __int128 quotient = op == TMPL_DIV ? divide(number, by) : number / by - (number % by < 0);
    return moment_timedelta(vm, quotient, ret_value);
}

/* timedelta by timedelta: a float, an int or a timedelta. */
static int divide_timedeltas(struct tmpl_vm *vm, enum tmpl_binary op, int64_t left, int64_t right,
                             struct tmpl_value *ret_value)
{
    double quotient;

    if (!right)
        return tmpl_raise(vm, TMPL_ZERO_DIVISION_ERROR, "%s",
                          op == TMPL_DIV        ? "division by zero"
                          : op == TMPL_FLOORDIV ? "integer division or modulo by zero"
                                                : "integer modulo by zero");
    if (op == TMPL_DIV) {
        if (moment_quotient(vm, left, right, &quotient) < 0)
            return -1;
        *ret_value = tmpl_float(quotient);
        return 0;
    }
    int64_t whole = left / right - (left % right != 0 && (left < 0) != (right < 0));
    *ret_value = op == TMPL_FLOORDIV ? tmpl_int(whole) : tmpl_timedelta(left - whole * right);
    return 0;
}

static int divide_values(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                         const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    bool by_number = op == TMPL_DIV        ? tmpl_is_number(right)
                     : op == TMPL_FLOORDIV ? tmpl_is_integer(right)
                                           : false;

    if (left->kind == TMPL_TIMEDELTA && right->kind == TMPL_TIMEDELTA)
        return divide_timedeltas(vm, op, left->integer, right->integer, ret_value);
    if (left->kind == TMPL_TIMEDELTA && by_number)
        return divide_by_number(vm, op, left->integer, right, ret_value);
    return unsupported(vm, op, left, right);
}

int tmpl_date_binary(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                     const struct tmpl_value *right, struct tmpl_value *ret_value)
{
    switch (op) {
    case TMPL_ADD:
        return add(vm, left, right, ret_value);
    case TMPL_SUB:
        return subtract(vm, left, right, ret_value);
    case TMPL_MUL:
        return multiply(vm, left, right, ret_value);
    case TMPL_DIV:
    case TMPL_FLOORDIV:
    case TMPL_MOD:
        return divide_values(vm, op, left, right, ret_value);
    default:
        return unsupported(vm, op, left, right);
    }
}
