/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Mersenne twister MT19937 with Python's way to seed it: by the limbs of an integer, by a text and its SHA-512. Only for shuffle() with
 * a seed, whose order users may count on.
 */
#include "template/builtins.h"
#include "template/digest.h"

enum {
    SIZE = 624,
    SHIFT = 397,
};

static void seed_by_number(struct seeded_random *random, uint32_t number)
{
    random->state[0] = number;
    for (uint32_t i = 1; i < SIZE; i++) {
        uint32_t last = random->state[i - 1];
        random->state[i] = 1812433253U * (last ^ last >> 30) + i;
    }
    random->at = SIZE;
}

static void seed_by_limbs(struct seeded_random *random, const uint32_t *limbs, size_t count)
{
    uint32_t *state = random->state;
    size_t i = 1, j = 0;

    seed_by_number(random, 19650218U);
    for (size_t k = count > SIZE ? count : SIZE; k > 0; k--) {
        uint32_t last = state[i - 1];
        state[i] = (state[i] ^ (last ^ last >> 30) * 1664525U) + limbs[j] + (uint32_t)j;
        if (++i == SIZE) {
            state[0] = state[SIZE - 1];
            i = 1;
        }
        j = (j + 1) % count;
    }
    for (size_t k = SIZE - 1; k > 0; k--) {
        uint32_t last = state[i - 1];
        state[i] = (state[i] ^ (last ^ last >> 30) * 1566083941U) - (uint32_t)i;
        if (++i == SIZE) {
            state[0] = state[SIZE - 1];
            i = 1;
        }
    }
    state[0] = 0x80000000U;
}

/* The number that the bytes are, the first one counting most; leading zero limbs do not count. */
static int seed_by_bytes(struct tmpl_vm *vm, struct seeded_random *random,
                         const unsigned char *bytes, size_t length)
{
    size_t count = (length + 3) / 4;

    if (tmpl_reserve(vm, count * sizeof(uint32_t)) < 0 || tmpl_spend(vm, count) < 0)
        return -1;
    uint32_t *limbs = tmpl_alloc(&vm->heap, count * sizeof(uint32_t));
    memset(limbs, 0, count * sizeof(uint32_t));
    for (size_t i = 0; i < length; i++)
        limbs[i / 4] |= (uint32_t)bytes[length - 1 - i] << 8 * (i % 4);
    while (count > 1 && limbs[count - 1] == 0)
        count--;
    seed_by_limbs(random, limbs, count);
    return 0;
}

static int seed_by_text(struct tmpl_vm *vm, struct seeded_random *random,
                        const struct tmpl_value *text)
{
    size_t length = (size_t)text->length + 64;

    if (tmpl_reserve(vm, length) < 0)
        return -1;
    unsigned char *bytes = tmpl_alloc(&vm->heap, length);
    memcpy(bytes, text->text, text->length);
    digest(DIGEST_SHA512, text->text, text->length, bytes + text->length);
    return seed_by_bytes(vm, random, bytes, length);
}

int seeded_random_init(struct tmpl_vm *vm, struct seeded_random *random,
                       const struct tmpl_value *seed)
{
    uint64_t hash;

    if (seed->kind == TMPL_STRING || seed->kind == TMPL_BYTES)
        return seed_by_text(vm, random, seed);
    if (seed->kind == TMPL_BIG) {
        seed_by_limbs(random, seed->big->limbs, seed->big->count);
        return 0;
    }
    if (tmpl_is_integer(seed))
        hash = seed->integer < 0 ? 0 - (uint64_t)seed->integer : (uint64_t)seed->integer;
    else if (seed->kind != TMPL_FLOAT || !tmpl_hash(seed, &hash))
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "The only supported seed types are: None, int, float, str, bytes, and "
                          "bytearray.");
    uint32_t limbs[2] = { (uint32_t)hash, (uint32_t)(hash >> 32) };
    seed_by_limbs(random, limbs, limbs[1] ? 2 : 1);
    return 0;
}

static void refill(struct seeded_random *random)
{
    uint32_t *state = random->state;

    for (unsigned i = 0; i < SIZE; i++) {
        uint32_t y = (state[i] & 0x80000000U) | (state[(i + 1) % SIZE] & 0x7fffffffU);
        state[i] = state[(i + SHIFT) % SIZE] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfU : 0);
    }
    random->at = 0;
}

static uint32_t next_number(struct seeded_random *random)
{
    if (random->at == SIZE)
        refill(random);
    uint32_t y = random->state[random->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680U;
    y ^= y << 15 & 0xefc60000U;
    return y ^ y >> 18;
}

/* Takes as many bits as the bound has, until they are below it. */
uint32_t seeded_random_below(struct seeded_random *random, uint32_t bound)
{
    unsigned bits = 32 - (unsigned)__builtin_clz(bound);
    uint32_t number;

    do
        number = next_number(random) >> (32 - bits);
    while (number >= bound);
    return number;
}
