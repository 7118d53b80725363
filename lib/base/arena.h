/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bump allocator: many small things that die together. Aligned for any type; nothing is freed by itself.
 */
#pragma once

#include <stddef.h>

struct arena_chunk;

/** Zero-initialised is empty. */
struct arena {
    struct arena_chunk *chunks; /* the newest first; allocation is from it alone */
    char *at;
    char *end;
    size_t size; /* of all chunks */
};

void *arena_alloc(struct arena *arena, size_t size)
    __attribute__((malloc, returns_nonnull, alloc_size(2)));
/** Copies @length bytes and puts a NUL behind them. */
char *arena_strndup(struct arena *arena, const char *text, size_t length)
    __attribute__((malloc, returns_nonnull));
/** Bytes taken from the system. */
static inline size_t arena_size(const struct arena *arena)
{
    return arena->size;
}
/** Frees everything but the newest chunk, which is used again: for an arena that is emptied many times. */
void arena_clear(struct arena *arena);
/** Frees everything; the arena is empty and may be used again. */
void arena_fini(struct arena *arena);
