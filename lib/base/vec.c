/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one function behind the macros of <hass/vec.h>: doubling.
 */
#include <hass/vec.h>

#include "mem.h"

void *hass__vec_grow(void *data, size_t *capacity, size_t want, size_t size)
{
    size_t grown = *capacity > SIZE_MAX / 2 ? SIZE_MAX : *capacity * 2;
    size_t bytes;

    if (grown < 8)
        grown = 8;
    if (grown < want)
        grown = want;
    if (__builtin_mul_overflow(grown, size, &bytes))
        mem_out_of_memory(SIZE_MAX);
    data = mem_realloc(data, bytes);
    *capacity = grown;
    return data;
}
