/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of values. Numbers go by their remainder modulo 2^61 - 1, which ints, bigs and integral floats that are equal share; texts by
 * the process's secret key, since they come from outside.
 */
#include <math.h>

#include "base/strmap_hash.h"
#include "template/big.h"
#include "template/moment.h"
#include "template/object.h"
#include "template/print.h"

#define PRIME ((UINT64_C(1) << 61) - 1)

/* Spreads bits, so that tables may use the low ones. */
static uint64_t mix(uint64_t bits)
{
    bits ^= bits >> 32;
    bits *= UINT64_C(0x9e3779b97f4a7c15);
    return bits ^ bits >> 29;
}

static uint64_t reduce(uint64_t bits)
{
    bits = (bits & PRIME) + (bits >> 61);
    return bits >= PRIME ? bits - PRIME : bits;
}

/* @bits times 2^@shift modulo the prime: a rotation of 61 bits. */
static uint64_t rotate(uint64_t bits, unsigned shift)
{
    shift %= 61;
    return shift ? ((bits << shift) & PRIME) | bits >> (61 - shift) : bits;
}

static uint64_t hash_integral(bool negative, uint64_t remainder)
{
    return mix(negative && remainder ? PRIME - remainder : remainder);
}

static uint64_t hash_int(int64_t integer)
{
    uint64_t bits = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

    return hash_integral(integer < 0, reduce(bits));
}

static uint64_t hash_big(const struct tmpl_big *big)
{
    uint64_t remainder = 0;

    for (uint32_t i = big->count; i-- > 0;)
        remainder = reduce(rotate(remainder, 32) + big->limbs[i]);
    return hash_integral(big->negative, remainder);
}

static uint64_t hash_float(double number)
{
    uint64_t bits;

    if (!isfinite(number) || number != floor(number)) {
        memcpy(&bits, &number, sizeof(bits));
        return mix(bits);
    }
    int exponent;
    double fraction = frexp(fabs(number), &exponent);
    uint64_t mantissa = (uint64_t)ldexp(fraction, 53);
    exponent -= 53;
    if (exponent < 0) {
        mantissa >>= -exponent < 64 ? -exponent : 63;
        exponent = 0;
    }
    return hash_integral(number < 0, rotate(reduce(mantissa), (unsigned)exponent));
}

static bool hash_value(const struct tmpl_value *value, unsigned depth, uint64_t *ret_hash);

static bool hash_tuple(const struct tmpl_value *tuple, unsigned depth, uint64_t *ret_hash)
{
    uint64_t hash = tuple->length + UINT64_C(0x51ed270b);

    if (depth == VALUE_MAX_DEPTH)
        return false;
    for (uint32_t i = 0; i < tuple->length; i++) {
        uint64_t one;
        if (!hash_value(&tuple->items[i], depth + 1, &one))
            return false;
        hash = mix(hash * 31 + one);
    }
    *ret_hash = hash;
    return true;
}

static bool hash_object(struct tmpl_object *object, uint64_t *ret_hash)
{
    if (object->type->hash)
        return object->type->hash(object, ret_hash);
    *ret_hash = mix((uint64_t)(uintptr_t)object);
    return !object->type->equal;
}

static bool hash_value(const struct tmpl_value *value, unsigned depth, uint64_t *ret_hash)
{
    switch (value->kind) {
    case TMPL_BOOL:
    case TMPL_INT:
        *ret_hash = hash_int(value->integer);
        return true;
    case TMPL_BIG:
        *ret_hash = hash_big(value->big);
        return true;
    case TMPL_FLOAT:
        *ret_hash = hash_float(value->number);
        return true;
    case TMPL_STRING:
        *ret_hash = strmap_hash(value->text, value->length);
        return true;
    case TMPL_BYTES:
        *ret_hash = ~(uint64_t)strmap_hash(value->text, value->length);
        return true;
    case TMPL_TUPLE:
        return hash_tuple(value, depth, ret_hash);
    case TMPL_RANGE:
        *ret_hash = mix((uint64_t)value->range->count + (uint64_t)value->range->start * 31);
        return true;
    case TMPL_DATETIME:
    case TMPL_DATE:
    case TMPL_TIME:
    case TMPL_TIMEDELTA:
        return tmpl_date_hash(value, ret_hash);
    case TMPL_OBJECT:
        return hash_object(value->object, ret_hash);
    case TMPL_LIST:
    case TMPL_DICT:
    case TMPL_SET:
        return false;
    default:
        *ret_hash = value->kind;
        return true;
    }
}

bool tmpl_hash(const struct tmpl_value *value, uint64_t *ret_hash)
{
    return hash_value(value, 0, ret_hash);
}
