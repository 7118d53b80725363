/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getrandom(2), and xoshiro256++ (Blackman and Vigna, public domain) restated, one state a thread, seeded from the
 * kernel at its first use.
 */
#include "random.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void random_bytes(void *data, size_t size)
{
    unsigned char *at = data;

    while (size) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            perror("hassd: getrandom");
            abort();
        }
        at += got;
        size -= (size_t)got;
    }
}

static uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

uint64_t random_u64(void)
{
    static __thread uint64_t s[4];
    static __thread bool seeded;

    if (__builtin_expect(!seeded, 0)) {
        random_bytes(s, sizeof(s)); // all zero, the one bad state, has a chance of 2^-256
        seeded = true;
    }
    uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}
