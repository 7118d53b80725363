/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dicts and sets: an array of entries in the order of insertion. Few entries are compared one by one; more have a table of indexes
 * beside them, open addressing with linear steps, at most half full. The table holds index + 1; 0 is free.
 */
#include "template/dict.h"

#include <stdlib.h>

#include "base/strmap_hash.h"

enum {
    FEW = 8, /* entries that need no table */
};

static void *grown(struct tmpl_heap *heap, const void *old, size_t old_size, size_t size)
{
    void *data = tmpl_alloc(heap, size);

    if (old_size)
        memcpy(data, old, old_size);
    return data;
}

struct tmpl_dict *tmpl_dict_new(struct tmpl_heap *heap, size_t count)
{
    struct tmpl_dict *dict = tmpl_alloc(heap, sizeof(*dict));

    *dict = (struct tmpl_dict){ .capacity = (uint32_t)count };
    if (count)
        dict->entries = tmpl_alloc(heap, count * sizeof(*dict->entries));
    return dict;
}

static void put_slot(struct tmpl_dict *dict, uint32_t index)
{
    uint32_t at = (uint32_t)dict->entries[index].hash & dict->mask;

    while (dict->slots[at])
        at = (at + 1) & dict->mask;
    dict->slots[at] = index + 1;
}

static void build_slots(struct tmpl_heap *heap, struct tmpl_dict *dict)
{
    uint32_t size = 32;

    while (size < dict->capacity * 2)
        size *= 2;
    dict->mask = size - 1;
    dict->slots = tmpl_alloc(heap, size * sizeof(*dict->slots));
    memset(dict->slots, 0, size * sizeof(*dict->slots));
    for (uint32_t i = 0; i < dict->count; i++)
        put_slot(dict, i);
}

/* The hash of a key that is known to have one. */
static uint64_t hash_of(const struct tmpl_value *key)
{
    uint64_t hash = 0;

    (void)tmpl_hash(key, &hash);
    return hash;
}

static void append(struct tmpl_heap *heap, struct tmpl_dict *dict, struct tmpl_value key,
                   uint64_t hash, struct tmpl_value value)
{
    bool rebuild = dict->count == FEW;

    if (dict->count == dict->capacity) {
        uint32_t capacity = dict->capacity < 4 ? 4 : dict->capacity * 2;
        dict->entries = grown(heap, dict->entries, dict->count * sizeof(*dict->entries),
                              capacity * sizeof(*dict->entries));
        dict->capacity = capacity;
        rebuild |= dict->slots != NULL;
    }
    if (dict->count == FEW) {
        for (uint32_t i = 0; i < FEW; i++)
            dict->entries[i].hash = hash_of(&dict->entries[i].key);
    }
    if (dict->count >= FEW)
        hash = hash ? hash : hash_of(&key);
    dict->entries[dict->count++] = (struct tmpl_entry){ .key = key, .value = value, .hash = hash };
    if (rebuild)
        build_slots(heap, dict);
    else if (dict->slots)
        put_slot(dict, dict->count - 1);
}

static bool same_text(const struct tmpl_value *key, const char *text, size_t length)
{
    return key->kind == TMPL_STRING && key->length == length &&
           memcmp(key->text, text, length) == 0;
}

static bool same_key(const struct tmpl_value *a, const struct tmpl_value *b)
{
    if (b->kind == TMPL_STRING)
        return same_text(a, b->text, b->length);
    return value_equal(a, b);
}

static struct tmpl_entry *find_hashed(const struct tmpl_dict *dict, const struct tmpl_value *key,
                                      uint64_t hash)
{
    for (uint32_t at = (uint32_t)hash & dict->mask; dict->slots[at]; at = (at + 1) & dict->mask) {
        struct tmpl_entry *entry = &dict->entries[dict->slots[at] - 1];
        if (entry->hash == hash && same_key(&entry->key, key))
            return entry;
    }
    return NULL;
}

/* @ret_hash is set when it had to be found out, and otherwise 0. */
static struct tmpl_entry *find(const struct tmpl_dict *dict, const struct tmpl_value *key,
                               uint64_t *ret_hash)
{
    *ret_hash = 0;
    if (dict->slots) {
        if (!tmpl_hash(key, ret_hash))
            return NULL;
        return find_hashed(dict, key, *ret_hash);
    }
    for (uint32_t i = 0; i < dict->count; i++) {
        if (same_key(&dict->entries[i].key, key))
            return &dict->entries[i];
    }
    return NULL;
}

/* The member that keeps a tuple from being hashed, or the value itself. */
static const struct tmpl_value *unhashable_part(const struct tmpl_value *value)
{
    uint64_t hash;

    for (uint32_t i = 0; value->kind == TMPL_TUPLE && i < value->length; i++) {
        if (!tmpl_hash(&value->items[i], &hash)) {
            value = &value->items[i];
            i = UINT32_MAX;
        }
    }
    return value;
}

static bool is_hashable(const struct tmpl_value *key)
{
    uint64_t hash;

    if (key->kind < TMPL_LIST || (key->kind >= TMPL_RANGE && key->kind < TMPL_OBJECT))
        return true;
    return tmpl_hash(key, &hash);
}

int dict_check_key(struct tmpl_vm *vm, const struct tmpl_value *key)
{
    if (is_hashable(key))
        return 0;
    return tmpl_raise(vm, TMPL_TYPE_ERROR, "unhashable type: '%s'",
                      tmpl_class_path(unhashable_part(key)));
}

static int put(struct tmpl_heap *heap, struct tmpl_dict *dict, struct tmpl_value key,
               struct tmpl_value value)
{
    uint64_t hash;
    struct tmpl_entry *entry = find(dict, &key, &hash);

    if (entry) {
        entry->value = value;
        return 1;
    }
    append(heap, dict, key, hash, value);
    return 0;
}

int dict_put(struct tmpl_heap *heap, struct tmpl_dict *dict, struct tmpl_value key,
             struct tmpl_value value)
{
    return is_hashable(&key) ? put(heap, dict, key, value) : -1;
}

int tmpl_dict_set(struct tmpl_vm *vm, struct tmpl_dict *dict, struct tmpl_value key,
                  struct tmpl_value value)
{
    return dict_check_key(vm, &key) < 0 ? -1 : put(&vm->heap, dict, key, value);
}

void tmpl_dict_set_text(struct tmpl_heap *heap, struct tmpl_dict *dict, const char *key,
                        size_t length, struct tmpl_value value)
{
    (void)put(heap, dict, tmpl_string_view(key, length), value);
}

const struct tmpl_value *tmpl_dict_get(const struct tmpl_dict *dict, const struct tmpl_value *key)
{
    uint64_t hash;
    const struct tmpl_entry *entry = find(dict, key, &hash);

    return entry ? &entry->value : NULL;
}

const struct tmpl_value *tmpl_dict_get_text(const struct tmpl_dict *dict, const char *key,
                                            size_t length)
{
    if (!dict->slots) {
        for (uint32_t i = 0; i < dict->count; i++) {
            if (same_text(&dict->entries[i].key, key, length))
                return &dict->entries[i].value;
        }
        return NULL;
    }
    struct tmpl_value text = tmpl_string_view(key, length);
    const struct tmpl_entry *entry = find_hashed(dict, &text, strmap_hash(key, length));
    return entry ? &entry->value : NULL;
}

struct tmpl_dict *dict_copy(struct tmpl_heap *heap, const struct tmpl_dict *dict, size_t more)
{
    struct tmpl_dict *copy = tmpl_dict_new(heap, dict->count + more);

    if (dict->count)
        memcpy(copy->entries, dict->entries, dict->count * sizeof(*copy->entries));
    copy->count = dict->count;
    copy->class = dict->class;
    if (dict->slots)
        build_slots(heap, copy);
    return copy;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = ((const struct tmpl_value *)a)->integer;
    int64_t right = ((const struct tmpl_value *)b)->integer;

    return (left > right) - (left < right);
}

const struct tmpl_value *set_items(struct tmpl_heap *heap, const struct tmpl_dict *set)
{
    struct tmpl_value *items = tmpl_alloc(heap, set->count * sizeof(*items));
    bool integers = true;

    for (uint32_t i = 0; i < set->count; i++) {
        items[i] = set->entries[i].key;
        integers &= items[i].kind == TMPL_INT || items[i].kind == TMPL_BOOL;
    }
    if (integers && set->count > 1)
        qsort(items, set->count, sizeof(*items), by_number);
    return items;
}
