/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts lie in an arena and never move; the table over them is open addressing with linear probing, at most two
 * thirds full, without removal.
 */
#include "intern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "mem.h"
#include "strmap_hash.h"

enum {
    FIRST_SLOTS = 64,
};

struct slot {
    const struct interned *item; /* NULL: empty */
    uint32_t hash;               /* of the item, here to spare a look at it */
};

struct intern {
    struct slot *slots;
    size_t mask;
    size_t count;
    struct arena arena;
};

struct intern *intern_create(void)
{
    struct intern *table = mem_zalloc(sizeof(*table));

    table->slots = mem_calloc(FIRST_SLOTS, sizeof(*table->slots));
    table->mask = FIRST_SLOTS - 1;
    return table;
}

struct intern *intern_destroy(struct intern *table)
{
    if (table) {
        arena_fini(&table->arena);
        free(table->slots);
        free(table);
    }
    return NULL;
}

/** The slot of the text, or the empty one where it goes. */
static struct slot *find_slot(const struct intern *table, const char *text, size_t length,
                              uint32_t hash)
{
    for (size_t i = hash & table->mask;; i = (i + 1) & table->mask) {
        struct slot *slot = &table->slots[i];
        if (!slot->item || (slot->hash == hash && slot->item->length == length &&
                            memcmp(slot->item->text, text, length) == 0))
            return slot;
    }
}

static void grow(struct intern *table)
{
    struct slot *old = table->slots;
    size_t old_size = table->mask + 1;

    table->slots = mem_calloc(old_size * 2, sizeof(*table->slots));
    table->mask = old_size * 2 - 1;
    for (size_t i = 0; i < old_size; i++) {
        if (!old[i].item)
            continue;
        size_t at = old[i].hash & table->mask;
        while (table->slots[at].item)
            at = (at + 1) & table->mask;
        table->slots[at] = old[i];
    }
    free(old);
}

const struct interned *intern_get(struct intern *table, const char *text, size_t length)
{
    uint32_t hash = strmap_hash(text, length);
    struct slot *slot = find_slot(table, text, length, hash);

    if (slot->item)
        return slot->item;
    assert(length <= UINT32_MAX);
    if (table->count >= (table->mask + 1) / 3 * 2) {
        grow(table);
        slot = find_slot(table, text, length, hash);
    }
    struct interned *item = arena_alloc(&table->arena, sizeof(*item) + length + 1);
    *item = (struct interned){ .hash = hash, .length = (uint32_t)length };
    memcpy(item->text, text, length);
    item->text[length] = '\0';
    *slot = (struct slot){ .item = item, .hash = hash };
    table->count++;
    return item;
}

const struct interned *intern_find(const struct intern *table, const char *text, size_t length)
{
    return find_slot(table, text, length, strmap_hash(text, length))->item;
}

size_t intern_count(const struct intern *table)
{
    return table->count;
}

size_t intern_size(const struct intern *table)
{
    return sizeof(*table) + (table->mask + 1) * sizeof(*table->slots) + arena_size(&table->arena);
}
