/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic of integers beyond 64 bits, by the methods of school: the limit of TMPL_BIG_BITS keeps those quick. What comes between lies in the
 * heap of the render, as the results do.
 */
#include "template/big.h"

#include <math.h>

enum {
    LIMB_BITS = 32,
    MAX_LIMBS = TMPL_BIG_BITS / LIMB_BITS,
    FREE_STEPS = 64, /* limbs that are multiplied for nothing */
};

/* --- views and results ---------------------------------------------------------------------------- */

static uint32_t trimmed(const uint32_t *limbs, uint32_t count)
{
    while (count && !limbs[count - 1])
        count--;
    return count;
}

static struct big_view view_of_limbs(const uint32_t *limbs, uint32_t count)
{
    return (struct big_view){ .count = trimmed(limbs, count), .limbs = limbs };
}

struct big_view big_view_of(const struct tmpl_value *value, uint32_t store[2])
{
    if (value->kind == TMPL_BIG)
        return (struct big_view){ value->big->negative, value->big->count, value->big->limbs };
    bool negative = value->integer < 0;
    uint64_t bits = negative ? 0 - (uint64_t)value->integer : (uint64_t)value->integer;
    store[0] = (uint32_t)bits;
    store[1] = (uint32_t)(bits >> LIMB_BITS);
    return (struct big_view){ negative, trimmed(store, 2), store };
}

/* True when it is an int of 64 bits after all. */
static bool as_int(bool negative, const uint32_t *limbs, uint32_t count, int64_t *ret_integer)
{
    uint64_t bits = 0;

    if (count > 2)
        return false;
    for (uint32_t i = 0; i < count; i++)
        bits |= (uint64_t)limbs[i] << (LIMB_BITS * i);
    if (bits > (uint64_t)INT64_MAX + negative)
        return false;
    *ret_integer = (int64_t)(negative ? 0 - bits : bits);
    return true;
}

static struct tmpl_value finish(struct tmpl_big *big)
{
    int64_t integer;

    big->count = trimmed(big->limbs, big->count);
    if (as_int(big->negative, big->limbs, big->count, &integer))
        return tmpl_int(integer);
    return (struct tmpl_value){ .kind = TMPL_BIG, .big = big };
}

/* Zeroed. */
static struct tmpl_big *new_big(struct tmpl_heap *heap, bool negative, uint32_t count)
{
    size_t size = sizeof(struct tmpl_big) + count * sizeof(uint32_t);
    struct tmpl_big *big = tmpl_alloc(heap, size);

    memset(big, 0, size);
    big->negative = negative;
    big->count = count;
    return big;
}

/* The same, within the limits; NULL with an error raised. */
static struct tmpl_big *make_big(struct tmpl_vm *vm, bool negative, size_t count)
{
    if (count > MAX_LIMBS + 1) {
        (void)tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "integer has more than %d bits", TMPL_BIG_BITS);
        return NULL;
    }
    if (tmpl_reserve(vm, count * sizeof(uint32_t)) < 0)
        return NULL;
    return new_big(&vm->heap, negative, (uint32_t)count);
}

struct tmpl_value big_value(struct tmpl_heap *heap, bool negative, const uint32_t *limbs,
                            uint32_t count)
{
    struct tmpl_big *big = new_big(heap, negative, count);

    if (count)
        memcpy(big->limbs, limbs, count * sizeof(*limbs));
    return finish(big);
}

uint32_t big_bits(struct big_view big)
{
    if (!big.count)
        return 0;
    return big.count * LIMB_BITS - (uint32_t)__builtin_clz(big.limbs[big.count - 1]);
}

/* --- magnitudes ----------------------------------------------------------------------------------- */

static int compare_magnitudes(struct big_view a, struct big_view b)
{
    if (a.count != b.count)
        return a.count < b.count ? -1 : 1;
    for (uint32_t i = a.count; i-- > 0;) {
        if (a.limbs[i] != b.limbs[i])
            return a.limbs[i] < b.limbs[i] ? -1 : 1;
    }
    return 0;
}

/* @sum has one limb more than the longer of both. */
static void add_magnitudes(struct big_view a, struct big_view b, uint32_t *sum)
{
    uint32_t longest = a.count > b.count ? a.count : b.count;
    uint64_t carry = 0;

    for (uint32_t i = 0; i < longest; i++) {
        carry += (uint64_t)(i < a.count ? a.limbs[i] : 0) + (i < b.count ? b.limbs[i] : 0);
        sum[i] = (uint32_t)carry;
        carry >>= LIMB_BITS;
    }
    sum[longest] = (uint32_t)carry;
}

/* @a is not less than @b; @difference has its size, and may be @a itself. */
static void subtract_magnitudes(struct big_view a, struct big_view b, uint32_t *difference)
{
    int64_t borrow = 0;

    for (uint32_t i = 0; i < a.count; i++) {
        borrow += (int64_t)a.limbs[i] - (i < b.count ? b.limbs[i] : 0);
        difference[i] = (uint32_t)borrow;
        borrow >>= LIMB_BITS;
    }
}

/* Multiplies in place and adds; returns what does not fit. */
static uint32_t multiply_small(uint32_t *limbs, uint32_t count, uint32_t factor, uint32_t carry)
{
    uint64_t rest = carry;

    for (uint32_t i = 0; i < count; i++) {
        rest += (uint64_t)limbs[i] * factor;
        limbs[i] = (uint32_t)rest;
        rest >>= LIMB_BITS;
    }
    return (uint32_t)rest;
}

/* Divides in place; returns the remainder. */
static uint32_t divide_small(uint32_t *limbs, uint32_t count, uint32_t divisor)
{
    uint64_t rest = 0;

    for (uint32_t i = count; i-- > 0;) {
        rest = rest << LIMB_BITS | limbs[i];
        limbs[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    return (uint32_t)rest;
}

/* Writes @big << @shift; @to has room for its limbs, those of the shift and one. */
static void shift_left(struct big_view big, uint32_t shift, uint32_t *to)
{
    uint32_t whole = shift / LIMB_BITS, part = shift % LIMB_BITS;
    uint64_t carry = 0;

    memset(to, 0, whole * sizeof(*to));
    for (uint32_t i = 0; i < big.count; i++) {
        carry |= (uint64_t)big.limbs[i] << part;
        to[whole + i] = (uint32_t)carry;
        carry >>= LIMB_BITS;
    }
    to[whole + big.count] = (uint32_t)carry;
}

/* --- operations ----------------------------------------------------------------------------------- */

int big_add(struct tmpl_vm *vm, struct big_view a, struct big_view b, struct tmpl_value *ret_value)
{
    if (compare_magnitudes(a, b) < 0) {
        struct big_view other = a;
        a = b;
        b = other;
    }
    struct tmpl_big *sum = make_big(vm, a.negative, (size_t)a.count + 1);
    if (!sum)
        return -1;
    if (a.negative == b.negative)
        add_magnitudes(a, b, sum->limbs);
    else
        subtract_magnitudes(a, b, sum->limbs);
    *ret_value = finish(sum);
    return 0;
}

static int spend_product(struct tmpl_vm *vm, uint32_t a, uint32_t b)
{
    size_t steps = (size_t)a * b;

    return steps < FREE_STEPS ? 0 : tmpl_spend(vm, steps / FREE_STEPS);
}

int big_multiply(struct tmpl_vm *vm, struct big_view a, struct big_view b,
                 struct tmpl_value *ret_value)
{
    if (spend_product(vm, a.count, b.count) < 0)
        return -1;
    struct tmpl_big *product = make_big(vm, a.negative != b.negative, (size_t)a.count + b.count);
    if (!product)
        return -1;
    for (uint32_t i = 0; i < a.count; i++) {
        uint64_t carry = 0;
        for (uint32_t j = 0; j < b.count; j++) {
            carry += (uint64_t)a.limbs[i] * b.limbs[j] + product->limbs[i + j];
            product->limbs[i + j] = (uint32_t)carry;
            carry >>= LIMB_BITS;
        }
        product->limbs[i + b.count] = (uint32_t)carry;
    }
    *ret_value = finish(product);
    return 0;
}

/*
 * One digit of a long division (Knuth's algorithm D): @rest, whose top limb is @rest[count], loses as many times @divisor as go, and that is
 * returned. The divisor's top bit is set.
 */
static uint32_t divide_step(uint32_t *rest, const uint32_t *divisor, uint32_t count)
{
    uint64_t top = (uint64_t)rest[count] << LIMB_BITS | rest[count - 1];
    uint64_t guess = top / divisor[count - 1], left = top % divisor[count - 1];

    while (guess > UINT32_MAX ||
           guess * divisor[count - 2] > (left << LIMB_BITS | rest[count - 2])) {
        guess--;
        left += divisor[count - 1];
        if (left > UINT32_MAX)
            break;
    }
    uint64_t carry = 0;
    int64_t borrow = 0;
    for (uint32_t i = 0; i < count; i++) {
        carry += guess * divisor[i];
        borrow += (int64_t)rest[i] - (int64_t)(uint32_t)carry;
        rest[i] = (uint32_t)borrow;
        carry >>= LIMB_BITS;
        borrow >>= LIMB_BITS;
    }
    borrow += (int64_t)rest[count] - (int64_t)carry;
    rest[count] = (uint32_t)borrow;
    if (borrow >= 0)
        return (uint32_t)guess;
    carry = 0;
    for (uint32_t i = 0; i < count; i++) {
        carry += (uint64_t)rest[i] + divisor[i];
        rest[i] = (uint32_t)carry;
        carry >>= LIMB_BITS;
    }
    rest[count] += (uint32_t)carry;
    return (uint32_t)guess - 1;
}

/* Magnitudes: @quotient has a.count + 1 limbs, @rest a.count + 1 and the remainder at the end. */
static void divide_magnitudes(struct tmpl_heap *heap, struct big_view a, struct big_view b,
                              uint32_t *quotient, uint32_t *rest)
{
    memset(quotient, 0, (a.count + 1) * sizeof(*quotient));
    memset(rest, 0, (a.count + 1) * sizeof(*rest));
    if (b.count == 1) {
        memcpy(quotient, a.limbs, a.count * sizeof(*quotient));
        rest[0] = divide_small(quotient, a.count, b.limbs[0]);
        return;
    }
    if (compare_magnitudes(a, b) < 0) {
        memcpy(rest, a.limbs, a.count * sizeof(*rest));
        return;
    }
    uint32_t shift = (uint32_t)__builtin_clz(b.limbs[b.count - 1]);
    uint32_t *divisor = tmpl_alloc(heap, (b.count + 1) * sizeof(*divisor));
    shift_left(b, shift, divisor);
    shift_left(a, shift, rest);
    for (uint32_t i = a.count - b.count + 1; i-- > 0;)
        quotient[i] = divide_step(rest + i, divisor, b.count);
    for (uint32_t i = 0; shift && i < b.count; i++)
        rest[i] = rest[i] >> shift | rest[i + 1] << (LIMB_BITS - shift);
}

/* Python's rule: the remainder has the divisor's sign. */
static int floor_results(struct tmpl_vm *vm, struct big_view b, struct tmpl_value *quotient,
                         struct tmpl_value *remainder)
{
    static const struct tmpl_value minus_one = { .kind = TMPL_INT, .integer = -1 };
    uint32_t store[2], one[2];

    if (big_add(vm, big_view_of(remainder, store), b, remainder) < 0)
        return -1;
    return big_add(vm, big_view_of(quotient, store), big_view_of(&minus_one, one), quotient);
}

int big_divide(struct tmpl_vm *vm, struct big_view a, struct big_view b,
               struct tmpl_value *ret_quotient, struct tmpl_value *ret_remainder)
{
    uint32_t steps = a.count > b.count ? a.count - b.count : 1;

    if (spend_product(vm, steps, b.count) < 0)
        return -1;
    struct tmpl_big *quotient = make_big(vm, a.negative != b.negative, (size_t)a.count + 1);
    struct tmpl_big *rest = make_big(vm, a.negative, (size_t)a.count + 1);
    if (!quotient || !rest)
        return -1;
    divide_magnitudes(&vm->heap, a, b, quotient->limbs, rest->limbs);
    struct tmpl_value whole = finish(quotient), remainder = finish(rest);
    bool exact = remainder.kind == TMPL_INT && !remainder.integer;
    if (!exact && a.negative != b.negative && floor_results(vm, b, &whole, &remainder) < 0)
        return -1;
    if (ret_quotient)
        *ret_quotient = whole;
    if (ret_remainder)
        *ret_remainder = remainder;
    return 0;
}

int big_power(struct tmpl_vm *vm, struct big_view base, uint64_t exponent,
              struct tmpl_value *ret_value)
{
    struct tmpl_value result = tmpl_int(1);
    uint32_t store[2];

    if (big_bits(base) > 1 && exponent > TMPL_BIG_BITS / (big_bits(base) - 1))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "integer has more than %d bits", TMPL_BIG_BITS);
    if (big_bits(base) <= 1) {
        *ret_value = tmpl_int(!exponent                         ? 1
                              : !base.count                     ? 0
                              : base.negative && (exponent & 1) ? -1
                                                                : 1);
        return 0;
    }
    for (unsigned bit = 64 - (unsigned)__builtin_clzll(exponent | 1); bit-- > 0;) {
        struct big_view view = big_view_of(&result, store);
        if (big_multiply(vm, view, view, &result) < 0)
            return -1;
        view = big_view_of(&result, store);
        if ((exponent >> bit & 1) && big_multiply(vm, view, base, &result) < 0)
            return -1;
    }
    *ret_value = result;
    return 0;
}

/* --- order and doubles ---------------------------------------------------------------------------- */

int big_compare(struct big_view a, struct big_view b)
{
    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    int order = compare_magnitudes(a, b);
    return a.negative ? -order : order;
}

/* Rounds @mantissa times 2^@exponent, whose top bit is set, to nearest; @sticky: there is more behind it. */
static double round_once(uint64_t mantissa, bool sticky, int64_t exponent)
{
    int64_t last = exponent + 11 > -1074 ? exponent + 11 : -1074;
    int64_t drop = last - exponent;

    if (exponent > 1024)
        return HUGE_VAL;
    if (drop > 64)
        return 0.0;
    uint64_t kept = drop == 64 ? 0 : mantissa >> drop;
    uint64_t half = UINT64_C(1) << (drop - 1);
    uint64_t rest = drop == 64 ? mantissa : mantissa & ((half << 1) - 1);
    if (rest > half || (rest == half && (sticky || (kept & 1))))
        kept++;
    return ldexp((double)kept, (int)last);
}

/* The top 64 bits of a magnitude, its top bit set; what they are to be multiplied with; whether others are set. */
static uint64_t top_bits(struct big_view big, int64_t *ret_exponent, bool *ret_sticky)
{
    uint32_t shift = (uint32_t)__builtin_clz(big.limbs[big.count - 1]);
    uint32_t limbs[3] = { 0 };

    for (uint32_t i = 0; i < 3 && i < big.count; i++)
        limbs[2 - i] = big.limbs[big.count - 1 - i];
    uint64_t top = (uint64_t)limbs[2] << LIMB_BITS | limbs[1];
    if (shift) {
        top = top << shift | limbs[0] >> (LIMB_BITS - shift);
        limbs[0] <<= shift;
    }
    *ret_sticky = limbs[0] != 0;
    for (uint32_t i = 0; big.count > 3 && i < big.count - 3; i++)
        *ret_sticky |= big.limbs[i] != 0;
    *ret_exponent = (int64_t)big.count * LIMB_BITS - shift - 64;
    return top;
}

bool big_to_double(struct big_view big, double *ret_number)
{
    int64_t exponent;
    bool sticky;

    if (!big.count) {
        *ret_number = 0;
        return true;
    }
    uint64_t top = top_bits(big, &exponent, &sticky);
    double number = round_once(top, sticky, exponent);
    *ret_number = big.negative ? -number : number;
    return isfinite(number);
}

/* The quotient of both, shifted so that it has 66 bits or 67, says how to round. */
int big_true_divide(struct tmpl_vm *vm, struct big_view a, struct big_view b, double *ret_number)
{
    if (!a.count) {
        *ret_number = b.negative ? -0.0 : 0.0;
        return 0;
    }
    int64_t shift = 66 - ((int64_t)big_bits(a) - big_bits(b));
    uint32_t left = shift > 0 ? (uint32_t)shift : 0, right = shift < 0 ? (uint32_t)-shift : 0;
    uint32_t a_count = a.count + left / LIMB_BITS + 1, b_count = b.count + right / LIMB_BITS + 1;
    if (spend_product(vm, b_count, 3) < 0 ||
        tmpl_reserve(vm, (a_count * 3 + b_count * 2) * sizeof(uint32_t)) < 0)
        return -1;
    uint32_t *limbs = tmpl_alloc(&vm->heap, (a_count * 3 + b_count + 2) * sizeof(*limbs));
    uint32_t *divisor = limbs + a_count, *quotient = divisor + b_count;
    uint32_t *rest = quotient + a_count + 1;
    shift_left(a, left, limbs);
    shift_left(b, right, divisor);
    struct big_view scaled = view_of_limbs(limbs, a_count);
    divide_magnitudes(&vm->heap, scaled, view_of_limbs(divisor, b_count), quotient, rest);
    int64_t exponent;
    bool sticky;
    uint64_t top = top_bits(view_of_limbs(quotient, scaled.count + 1), &exponent, &sticky);
    sticky |= trimmed(rest, scaled.count + 1) != 0;
    double number = round_once(top, sticky, exponent - shift);
    if (!isfinite(number))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "integer division result too large for a float");
    *ret_number = a.negative != b.negative ? -number : number;
    return 0;
}

/* An integral double as limbs: at most 1024 bits. */
enum { DOUBLE_LIMBS = 1024 / LIMB_BITS + 2 };

static struct big_view view_of_double(double number, uint32_t limbs[DOUBLE_LIMBS])
{
    int exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(number), &exponent), 53);
    uint32_t store[2];

    exponent -= 53;
    if (exponent < 0) {
        mantissa = exponent > -64 ? mantissa >> -exponent : 0;
        exponent = 0;
    }
    store[0] = (uint32_t)mantissa;
    store[1] = (uint32_t)(mantissa >> LIMB_BITS);
    struct big_view small = view_of_limbs(store, 2);
    shift_left(small, (uint32_t)exponent, limbs);
    struct big_view view = view_of_limbs(limbs, small.count + (uint32_t)exponent / LIMB_BITS + 1);
    view.negative = number < 0 && view.count;
    return view;
}

struct tmpl_value big_of_double(struct tmpl_heap *heap, double number)
{
    uint32_t limbs[DOUBLE_LIMBS];
    struct big_view view = view_of_double(number, limbs);

    return big_value(heap, view.negative, view.limbs, view.count);
}

int big_compare_double(struct big_view a, double number)
{
    uint32_t limbs[DOUBLE_LIMBS];

    if (isinf(number))
        return number > 0 ? -1 : 1;
    double whole = trunc(number);
    int order = big_compare(a, view_of_double(whole, limbs));
    if (order)
        return order;
    return number > whole ? -1 : number < whole;
}

/* --- texts ---------------------------------------------------------------------------------------- */

/* Digits of a base that is 2^@bits. */
static void pack_digits(uint32_t *limbs, const uint8_t *digits, size_t count, unsigned bits)
{
    size_t at = 0;

    for (size_t i = count; i-- > 0; at += bits) {
        uint64_t digit = (uint64_t)digits[i] << (at % LIMB_BITS);
        limbs[at / LIMB_BITS] |= (uint32_t)digit;
        if (digit >> LIMB_BITS)
            limbs[at / LIMB_BITS + 1] |= (uint32_t)(digit >> LIMB_BITS);
    }
}

static void multiply_digits(struct tmpl_big *big, const uint8_t *digits, size_t count,
                            unsigned base)
{
    uint32_t used = 0;

    while (count) {
        uint32_t factor = 1, sum = 0;
        while (count && factor <= UINT32_MAX / base) {
            factor *= base;
            sum = sum * base + *digits++;
            count--;
        }
        uint32_t carry = multiply_small(big->limbs, used, factor, sum);
        if (carry)
            big->limbs[used++] = carry;
    }
}

struct tmpl_value big_parse(struct tmpl_heap *heap, bool negative, const uint8_t *digits,
                            size_t count, unsigned base)
{
    unsigned bits = 32 - (unsigned)__builtin_clz(base - 1);
    struct tmpl_big *big = new_big(heap, negative, (uint32_t)(count * bits / LIMB_BITS) + 2);

    if ((base & (base - 1)) == 0)
        pack_digits(big->limbs, digits, count, bits);
    else
        multiply_digits(big, digits, count, base);
    return finish(big);
}

enum {
    PIECE = 1000000000, /* the power of ten that a limb holds */
    PIECE_DIGITS = 9,
    MAX_PIECES = BIG_MAX_DIGITS / PIECE_DIGITS + 2,
    MAX_PRINTED = BIG_MAX_DIGITS * 10 / 3 + 1, /* bits that may be printable */
};

int big_print(struct tmpl_vm *vm, const struct tmpl_big *big, struct hass_buf *buf)
{
    uint32_t limbs[MAX_PRINTED / LIMB_BITS + 1], pieces[MAX_PIECES];
    struct big_view view = { big->negative, big->count, big->limbs };
    size_t begin = buf->length;

    if (view.count > MAX_PRINTED / LIMB_BITS)
        goto too_long;
    memcpy(limbs, view.limbs, view.count * sizeof(*limbs));
    uint32_t count = 0;
    for (uint32_t left = view.count; left; left = trimmed(limbs, left))
        pieces[count++] = divide_small(limbs, left, PIECE);
    hass_buf_printf(buf, "%s%u", view.negative ? "-" : "", pieces[count - 1]);
    for (uint32_t i = count - 1; i-- > 0;)
        hass_buf_printf(buf, "%09u", pieces[i]);
    if (buf->length - begin - view.negative <= BIG_MAX_DIGITS)
        return 0;
    buf->length = begin;
too_long:
    if (!vm) {
        hass_buf_add_string(buf, "<a large int>");
        return 0;
    }
    return tmpl_raise(vm, TMPL_VALUE_ERROR,
                      "Exceeds the limit (%d digits) for integer string conversion",
                      BIG_MAX_DIGITS);
}

void big_print_bits(struct big_view big, unsigned shift, bool capitals, struct hass_buf *buf)
{
    const char *digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
    uint32_t bits = big_bits(big);

    for (uint32_t at = (bits + shift - 1) / shift; at-- > 0;) {
        uint32_t first = at * shift, limb = first / LIMB_BITS;
        uint64_t pair = big.limbs[limb];
        if (limb + 1 < big.count)
            pair |= (uint64_t)big.limbs[limb + 1] << LIMB_BITS;
        hass_buf_add_char(buf, digits[pair >> (first % LIMB_BITS) & ((1u << shift) - 1)]);
    }
    if (!bits)
        hass_buf_add_char(buf, '0');
}
