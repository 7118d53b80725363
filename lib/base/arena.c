/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks of doubling size up to 64 KiB. What is larger than a quarter of the next chunk gets one of its own behind the
 * current chunk, so that it does not waste the rest of it.
 */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum {
    FIRST_CHUNK = 1024,
    LARGEST_CHUNK = 64 * 1024,
};

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
    alignas(max_align_t) char data[];
};

static struct arena_chunk *chunk_create(size_t size)
{
    struct arena_chunk *chunk = mem_alloc(sizeof(*chunk) + size);

    *chunk = (struct arena_chunk){ .size = size };
    return chunk;
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
    struct arena_chunk *chunk = chunk_create(size);

    arena->size += sizeof(*chunk) + size;
    return chunk;
}

static size_t next_size(const struct arena *arena)
{
    if (!arena->chunks)
        return FIRST_CHUNK;
    return arena->chunks->size < LARGEST_CHUNK ? arena->chunks->size * 2 : LARGEST_CHUNK;
}

static void *alloc_slow(struct arena *arena, size_t size)
{
    size_t standard = next_size(arena);

    if (arena->chunks && size > standard / 4) {
        struct arena_chunk *own = add_chunk(arena, size);
        own->next = arena->chunks->next;
        arena->chunks->next = own;
        return own->data;
    }
    struct arena_chunk *chunk = add_chunk(arena, size > standard ? size : standard);
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->at = chunk->data + size;
    arena->end = chunk->data + chunk->size;
    return chunk->data;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);

    if (size > SIZE_MAX / 2)
        mem_out_of_memory(size);
    size = size ? (size + align - 1) & ~(align - 1) : align;
    if (size > (size_t)(arena->end - arena->at))
        return alloc_slow(arena, size);
    void *data = arena->at;
    arena->at += size;
    return data;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static void free_chunks(struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void arena_clear(struct arena *arena)
{
    struct arena_chunk *newest = arena->chunks;

    if (!newest)
        return;
    free_chunks(newest->next);
    newest->next = NULL;
    arena->size = sizeof(*newest) + newest->size;
    arena->at = newest->data;
    arena->end = newest->data + newest->size;
}

void arena_fini(struct arena *arena)
{
    free_chunks(arena->chunks);
    *arena = (struct arena){ 0 };
}
