/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-1-3 (Aumasson and Bernstein, 2012; public domain), restated: one round a word, three to finish, folded to 32
 * bits. The key is drawn by a constructor, before anything can hash, and read-only from then on.
 */
#include "strmap_hash.h"

#include <endian.h>
#include <string.h>

#include "random.h"

static uint64_t hash_key[2];

static __attribute__((constructor(101))) void draw_key(void)
{
    random_bytes(hash_key, sizeof(hash_key));
}

#define ROTATE(x, bits) ((x) << (bits) | (x) >> (64 - (bits)))
#define ROUND(v0, v1, v2, v3)                                                                      \
    do {                                                                                           \
        v0 += v1;                                                                                  \
        v1 = ROTATE(v1, 13) ^ v0;                                                                  \
        v0 = ROTATE(v0, 32);                                                                       \
        v2 += v3;                                                                                  \
        v3 = ROTATE(v3, 16) ^ v2;                                                                  \
        v0 += v3;                                                                                  \
        v3 = ROTATE(v3, 21) ^ v0;                                                                  \
        v2 += v1;                                                                                  \
        v1 = ROTATE(v1, 17) ^ v2;                                                                  \
        v2 = ROTATE(v2, 32);                                                                       \
    } while (0)

/* The last 0 to 7 bytes as the low bytes of a little-endian word. */
static inline uint64_t load_tail(const unsigned char *at, size_t length)
{
    uint64_t word = 0;

    if (length & 4) {
        uint32_t four;
        memcpy(&four, at, sizeof(four));
        word = le32toh(four);
    }
    if (length & 2) {
        uint16_t two;
        memcpy(&two, at + (length & 4), sizeof(two));
        word |= (uint64_t)le16toh(two) << (8 * (length & 4));
    }
    if (length & 1)
        word |= (uint64_t)at[length - 1] << (8 * (length - 1));
    return word;
}

uint32_t strmap_hash(const void *data, size_t length)
{
    const unsigned char *at = data;
    uint64_t v0 = hash_key[0] ^ UINT64_C(0x736f6d6570736575);
    uint64_t v1 = hash_key[1] ^ UINT64_C(0x646f72616e646f6d);
    uint64_t v2 = hash_key[0] ^ UINT64_C(0x6c7967656e657261);
    uint64_t v3 = hash_key[1] ^ UINT64_C(0x7465646279746573);

    for (size_t words = length / 8; words; words--, at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        word = le64toh(word);
        v3 ^= word;
        ROUND(v0, v1, v2, v3);
        v0 ^= word;
    }
    uint64_t last = (uint64_t)length << 56 | load_tail(at, length & 7);
    v3 ^= last;
    ROUND(v0, v1, v2, v3);
    v0 ^= last;

    v2 ^= 0xff;
    ROUND(v0, v1, v2, v3);
    ROUND(v0, v1, v2, v3);
    ROUND(v0, v1, v2, v3);
    uint64_t hash = v0 ^ v1 ^ v2 ^ v3;
    return (uint32_t)(hash ^ hash >> 32);
}
