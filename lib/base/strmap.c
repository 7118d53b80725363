/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The map of <hass/strmap.h>. `entries` holds keys and values in order of insertion, with holes where something was
 * removed; `slots` is the hash table over it: linear probing, at most two thirds full, a removed slot closed by
 * shifting its successors back, so that there are no tombstones to probe over. Holes go when `entries` is full, never
 * while removing: a walk may remove what it stands on.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <hass/strmap.h>

#include "mem.h"
#include "strmap_hash.h"

enum {
    FIRST_SLOTS = 8,
    NO_ENTRY = 0, /* of a slot; entries count from 1 there */
};

struct entry {
    char *key; /* NULL: a hole */
    void *value;
    uint32_t hash;
    uint32_t length;
};

struct slot {
    uint32_t hash;
    uint32_t entry;
};

struct hass_strmap {
    struct slot *slots;
    struct entry *entries;
    size_t mask;  /* of slots; 0: nothing is allocated */
    size_t used;  /* entries, holes included */
    size_t count; /* without holes */
    hass_destroy_fn *destroy_value;
};

struct hass_strmap *hass_strmap_create(hass_destroy_fn *destroy_value)
{
    struct hass_strmap *map = mem_zalloc(sizeof(*map));

    map->destroy_value = destroy_value;
    return map;
}

struct hass_strmap *hass_strmap_destroy(struct hass_strmap *map)
{
    if (map) {
        hass_strmap_clear(map);
        free(map);
    }
    return NULL;
}

size_t hass_strmap_count(const struct hass_strmap *map)
{
    return map->count;
}

static size_t entries_capacity(const struct hass_strmap *map)
{
    return map->mask ? (map->mask + 1) / 3 * 2 : 0;
}

/* The slot of a key, or the empty slot where it would go. The table must not be empty. */
static struct slot *find_slot(const struct hass_strmap *map, const char *key, size_t length,
                              uint32_t hash)
{
    for (size_t i = hash & map->mask;; i = (i + 1) & map->mask) {
        struct slot *slot = &map->slots[i];
        if (slot->entry == NO_ENTRY)
            return slot;
        if (slot->hash != hash)
            continue;
        const struct entry *entry = &map->entries[slot->entry - 1];
        if (entry->length == length && memcmp(entry->key, key, length) == 0)
            return slot;
    }
}

static struct entry *find_hashed(const struct hass_strmap *map, const char *key, size_t length,
                                 uint32_t hash)
{
    if (!map->count)
        return NULL;
    const struct slot *slot = find_slot(map, key, length, hash);
    return slot->entry == NO_ENTRY ? NULL : &map->entries[slot->entry - 1];
}

static struct entry *find_entry(const struct hass_strmap *map, const char *key, size_t length)
{
    return map->count ? find_hashed(map, key, length, strmap_hash(key, length)) : NULL;
}

void *strmap_get_hashed(const struct hass_strmap *map, const char *key, size_t length,
                        uint32_t hash)
{
    const struct entry *entry = find_hashed(map, key, length, hash);

    return entry ? entry->value : NULL;
}

void *hass_strmap_get_n(const struct hass_strmap *map, const char *key, size_t length)
{
    const struct entry *entry = find_entry(map, key, length);

    return entry ? entry->value : NULL;
}

void *hass_strmap_get(const struct hass_strmap *map, const char *key)
{
    return hass_strmap_get_n(map, key, strlen(key));
}

/* Closes the holes and makes a table of @slots for the entries; both arrays are reallocated. */
static void rebuild(struct hass_strmap *map, size_t slots)
{
    size_t kept = 0;

    free(map->slots);
    map->slots = mem_calloc(slots, sizeof(*map->slots));
    map->mask = slots - 1;
    for (size_t i = 0; i < map->used; i++)
        if (map->entries[i].key)
            map->entries[kept++] = map->entries[i];
    map->used = kept;
    map->entries = mem_realloc(map->entries, entries_capacity(map) * sizeof(*map->entries));
    for (size_t i = 0; i < kept; i++) {
        size_t at = map->entries[i].hash & map->mask;
        while (map->slots[at].entry != NO_ENTRY)
            at = (at + 1) & map->mask;
        map->slots[at] = (struct slot){ .hash = map->entries[i].hash, .entry = (uint32_t)(i + 1) };
    }
}

static void make_room(struct hass_strmap *map)
{
    size_t slots = map->mask + 1;

    if (map->used < entries_capacity(map))
        return;
    if (!map->mask)
        slots = FIRST_SLOTS;
    else if (map->count > entries_capacity(map) / 2) // else closing the holes is room enough
        slots *= 2;
    if (slots > UINT32_MAX / 2)
        mem_out_of_memory(slots);
    rebuild(map, slots);
}

static void insert(struct hass_strmap *map, const char *key, size_t length, uint32_t hash,
                   void *value)
{
    assert(length <= UINT32_MAX);
    make_room(map);
    struct slot *slot = find_slot(map, key, length, hash);
    map->entries[map->used++] = (struct entry){
        .key = mem_memdup(key, length + 1),
        .value = value,
        .hash = hash,
        .length = (uint32_t)length,
    };
    map->count++;
    *slot = (struct slot){ .hash = hash, .entry = (uint32_t)map->used };
}

void hass_strmap_set(struct hass_strmap *map, const char *key, void *value)
{
    size_t length = strlen(key);
    uint32_t hash = strmap_hash(key, length);
    struct slot *slot = map->mask ? find_slot(map, key, length, hash) : NULL;

    if (!slot || slot->entry == NO_ENTRY) {
        insert(map, key, length, hash, value);
        return;
    }
    struct entry *entry = &map->entries[slot->entry - 1];
    void *old = entry->value;
    entry->value = value;
    if (map->destroy_value)
        map->destroy_value(old);
}

/* Empties a slot; successors that were pushed past it move back. */
static void close_slot(struct hass_strmap *map, struct slot *slot)
{
    size_t gap = (size_t)(slot - map->slots);

    for (size_t i = (gap + 1) & map->mask; map->slots[i].entry != NO_ENTRY;
         i = (i + 1) & map->mask) {
        size_t home = map->slots[i].hash & map->mask;
        if (((i - home) & map->mask) < ((i - gap) & map->mask))
            continue; // its home lies behind the gap
        map->slots[gap] = map->slots[i];
        gap = i;
    }
    map->slots[gap] = (struct slot){ 0 };
}

static bool take(struct hass_strmap *map, const char *key, void **ret_value)
{
    size_t length = strlen(key);

    if (!map->count)
        return false;
    struct slot *slot = find_slot(map, key, length, strmap_hash(key, length));
    if (slot->entry == NO_ENTRY)
        return false;
    struct entry *entry = &map->entries[slot->entry - 1];
    *ret_value = entry->value;
    close_slot(map, slot);
    map->count--;
    free(entry->key); // last: @key may be this very text
    *entry = (struct entry){ 0 };
    return true;
}

bool hass_strmap_remove(struct hass_strmap *map, const char *key)
{
    void *value;

    if (!take(map, key, &value))
        return false;
    if (map->destroy_value)
        map->destroy_value(value);
    return true;
}

void *hass_strmap_steal(struct hass_strmap *map, const char *key)
{
    void *value;

    return take(map, key, &value) ? value : NULL;
}

void hass_strmap_clear(struct hass_strmap *map)
{
    struct hass_strmap old = *map;

    // Empty before the first value is destroyed: a destructor may look at the map.
    *map = (struct hass_strmap){ .destroy_value = old.destroy_value };
    for (size_t i = 0; i < old.used; i++) {
        if (!old.entries[i].key)
            continue;
        free(old.entries[i].key);
        if (old.destroy_value)
            old.destroy_value(old.entries[i].value);
    }
    free(old.entries);
    free(old.slots);
}

bool hass_strmap_next(const struct hass_strmap *map, size_t *pos, const char **ret_key,
                      void **ret_value)
{
    while (*pos < map->used) {
        const struct entry *entry = &map->entries[(*pos)++];
        if (!entry->key)
            continue;
        *ret_key = entry->key;
        *ret_value = entry->value;
        return true;
    }
    return false;
}
