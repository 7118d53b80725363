/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The side table: an entry for each container, found by its address through an open-addressed index. Members of small
 * objects are searched one by one; large ones get a map, lest a hostile file makes looking for duplicates quadratic.
 */
#include "data/yaml_marks.h"

#include <string.h>

#include <hass/cleanup.h>
#include <hass/strmap.h>

#include "base/arena.h"
#include "base/mem.h"

/* Objects with more members are looked up through a map. */
#define SMALL_OBJECT 16

struct member {
    const char *key; /* NULL: an item of an array */
    struct mark key_mark, value_mark;
    bool broken;
};

struct entry {
    json_t *container;
    struct mark mark;
    HASS_VEC(struct member) members;
    struct hass_strmap
        *numbers; /* key → number of the member, counted from 1; NULL while the object is small */
};

struct yaml_marks {
    HASS_VEC(struct entry) entries;
    HASS_VEC(struct source *) sources;
    uint32_t *slots; /* entry number + 1; 0: free */
    size_t slot_count;
    struct arena keys;
};

struct yaml_marks *yaml_marks_create(void)
{
    return mem_zalloc(sizeof(struct yaml_marks));
}

struct yaml_marks *yaml_marks_destroy(struct yaml_marks *marks)
{
    if (!marks)
        return NULL;
    vec_foreach(&marks->entries, entry) {
        json_decref(entry->container);
        vec_fini(&entry->members);
        hass_strmap_destroy(entry->numbers);
    }
    vec_fini(&marks->entries);
    vec_foreach(&marks->sources, source) {
        free((*source)->name);
        free((*source)->text);
        free(*source);
    }
    vec_fini(&marks->sources);
    arena_fini(&marks->keys);
    free(marks->slots);
    free(marks);
    return NULL;
}

struct source *yaml_marks_add_source(struct yaml_marks *marks, char *name, char *text, size_t size)
{
    struct source *source = mem_zalloc(sizeof(*source));

    *source = (struct source){ .name = name, .text = text, .size = size };
    vec_push(&marks->sources, source);
    return source;
}

/* the index */

/* The slot of @container, or the free one where it belongs. */
static uint32_t *find_slot(const struct yaml_marks *marks, const json_t *container)
{
    uint64_t hash = (uint64_t)(uintptr_t)container * UINT64_C(0x9E3779B97F4A7C15);

    for (size_t i = hash >> 32;; i++) {
        uint32_t *slot = &marks->slots[i & (marks->slot_count - 1)];
        if (*slot == 0 || marks->entries.data[*slot - 1].container == container)
            return slot;
    }
}

static void grow_index(struct yaml_marks *marks)
{
    free(marks->slots);
    marks->slot_count = marks->slot_count ? 2 * marks->slot_count : 64;
    marks->slots = mem_zalloc(marks->slot_count * sizeof(*marks->slots));
    for (size_t i = 0; i < marks->entries.length; i++)
        *find_slot(marks, marks->entries.data[i].container) = (uint32_t)i + 1;
}

static struct entry *find_entry(const struct yaml_marks *marks, const json_t *container)
{
    if (!marks || marks->slot_count == 0)
        return NULL;
    uint32_t slot = *find_slot(marks, container);
    return slot ? &marks->entries.data[slot - 1] : NULL;
}

static struct entry *make_entry(struct yaml_marks *marks, const json_t *container)
{
    struct entry *entry = find_entry(marks, container);

    if (entry)
        return entry;
    if (2 * marks->entries.length >= marks->slot_count)
        grow_index(marks);
    vec_push(&marks->entries, (struct entry){ .container = json_incref((json_t *)container) });
    *find_slot(marks, container) = (uint32_t)marks->entries.length;
    return &marks->entries.data[marks->entries.length - 1];
}

static struct member *find_member(const struct yaml_marks *marks, const json_t *object,
                                  const char *key)
{
    struct entry *entry = find_entry(marks, object);

    if (!entry)
        return NULL;
    if (entry->numbers) {
        uintptr_t number = (uintptr_t)hass_strmap_get(entry->numbers, key);
        return number ? &entry->members.data[number - 1] : NULL;
    }
    vec_foreach(&entry->members, member) {
        if (member->key && strcmp(member->key, key) == 0)
            return member;
    }
    return NULL;
}

/* writing */

void yaml_marks_set(struct yaml_marks *marks, const json_t *container, struct mark mark)
{
    make_entry(marks, container)->mark = mark;
}

static void number_member(struct entry *entry, size_t index)
{
    hass_strmap_set(entry->numbers, entry->members.data[index].key, (void *)(uintptr_t)(index + 1));
}

static void add_member(struct entry *entry, const struct member *member)
{
    vec_push(&entry->members, *member);
    if (entry->numbers) {
        number_member(entry, entry->members.length - 1);
    } else if (member->key && entry->members.length > SMALL_OBJECT) {
        entry->numbers = hass_strmap_create(NULL);
        for (size_t i = 0; i < entry->members.length; i++)
            number_member(entry, i);
    }
}

static void set_member(struct yaml_marks *marks, const json_t *object, const struct member *member)
{
    struct member *known = find_member(marks, object, member->key);

    if (known) {
        const char *key = known->key;
        *known = *member;
        known->key = key;
        return;
    }
    struct member added = *member;
    added.key = arena_strndup(&marks->keys, member->key, strlen(member->key));
    add_member(make_entry(marks, object), &added);
}

void yaml_marks_set_member(struct yaml_marks *marks, const json_t *object, const char *key,
                           struct mark key_mark, struct mark value_mark)
{
    set_member(marks, object,
               &(struct member){ .key = key, .key_mark = key_mark, .value_mark = value_mark });
}

void yaml_marks_set_broken(struct yaml_marks *marks, const json_t *object, const char *key,
                           struct mark key_mark)
{
    set_member(marks, object,
               &(struct member){
                   .key = key, .key_mark = key_mark, .value_mark = key_mark, .broken = true });
}

void yaml_marks_add_item(struct yaml_marks *marks, const json_t *array, struct mark mark)
{
    struct entry *entry = make_entry(marks, array);

    vec_push(&entry->members, ((struct member){ .key_mark = mark, .value_mark = mark }));
}

void yaml_marks_copy(struct yaml_marks *marks, const json_t *from, const json_t *to)
{
    if (!find_entry(marks, from))
        return;
    struct entry *target = make_entry(marks, to);
    const struct entry *entry = find_entry(marks, from);
    target->mark = entry->mark;
    vec_foreach(&entry->members, member)
        add_member(target, member);
}

/* reading */

struct mark yaml_marks_container(const struct yaml_marks *marks, const json_t *container)
{
    const struct entry *entry = find_entry(marks, container);

    return entry ? entry->mark : (struct mark){ 0 };
}

struct mark yaml_marks_key(const struct yaml_marks *marks, const json_t *object, const char *key)
{
    const struct member *member = find_member(marks, object, key);

    return member ? member->key_mark : (struct mark){ 0 };
}

struct mark yaml_marks_member(const struct yaml_marks *marks, const json_t *object, const char *key)
{
    const struct member *member = find_member(marks, object, key);

    return member ? member->value_mark : (struct mark){ 0 };
}

struct mark yaml_marks_item(const struct yaml_marks *marks, const json_t *array, size_t index)
{
    const struct entry *entry = find_entry(marks, array);
    bool known = entry && index < entry->members.length;

    return known ? entry->members.data[index].value_mark : (struct mark){ 0 };
}

bool yaml_marks_is_broken(const struct yaml_marks *marks, const json_t *object, const char *key)
{
    const struct member *member = find_member(marks, object, key);

    return member && member->broken;
}

struct mark yaml_marks_find(const struct yaml_marks *marks, const json_t *root, const char *path)
{
    struct mark nearest = yaml_marks_container(marks, root);

    while (root && *path) {
        size_t length = strcspn(path, "-");
        while (path[length] == '-' && path[length + 1] != '>')
            length += 1 + strcspn(path + length + 1, "-");
        autofree char *step = mem_strndup(path, length);
        size_t index = strtoul(step, NULL, 10);
        struct mark mark = json_is_array(root) ? yaml_marks_item(marks, root, index)
                                               : yaml_marks_member(marks, root, step);
        if (mark.source)
            nearest = mark;
        root = json_is_array(root) ? json_array_get(root, index) : json_object_get(root, step);
        path += length + (path[length] == '-' ? 2 : 0);
    }
    return nearest;
}
