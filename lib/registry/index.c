/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Indexes and groups. Linear probing, at most two thirds full; a removed cell is closed by shifting its successors back.
 * Holes in a group go when it is full, never while somebody leaves: a walk may remove what it stands on.
 */
#include "registry/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strmap_hash.h"

enum {
    FIRST_CELLS = 16,
    FIRST_MEMBERS = 4,
};

struct index_cell {
    void *item; /* NULL: empty */
    uint32_t hash;
};

/* indexes */

uint32_t index_hash(const char *text)
{
    return strmap_hash(text, strlen(text));
}

uint32_t index_hash_join(uint32_t hash, const char *text)
{
    return hash * UINT32_C(0x9e3779b1) + index_hash(text);
}

void *index_find(const struct index *index, uint32_t hash, index_match_fn *match, const void *key)
{
    if (!index->mask)
        return NULL;
    for (size_t i = hash & index->mask; index->cells[i].item; i = (i + 1) & index->mask) {
        if (index->cells[i].hash == hash && match(index->cells[i].item, key))
            return index->cells[i].item;
    }
    return NULL;
}

static void put_cell(struct index_cell *cells, size_t mask, struct index_cell cell)
{
    size_t i = cell.hash & mask;

    while (cells[i].item)
        i = (i + 1) & mask;
    cells[i] = cell;
}

static void grow(struct index *index)
{
    size_t count = index->mask ? (index->mask + 1) * 2 : FIRST_CELLS;
    struct index_cell *cells = mem_calloc(count, sizeof(*cells));

    for (size_t i = 0; index->mask && i <= index->mask; i++)
        if (index->cells[i].item)
            put_cell(cells, count - 1, index->cells[i]);
    free(index->cells);
    index->cells = cells;
    index->mask = count - 1;
}

void index_add(struct index *index, uint32_t hash, void *item)
{
    if (!index->mask || index->used + 1 > (index->mask + 1) / 3 * 2)
        grow(index);
    put_cell(index->cells, index->mask, (struct index_cell){ .item = item, .hash = hash });
    index->used++;
}

void index_remove(struct index *index, uint32_t hash, const void *item)
{
    size_t gap = hash & index->mask;

    while (index->cells[gap].hash != hash || index->cells[gap].item != item)
        gap = (gap + 1) & index->mask;
    for (size_t i = (gap + 1) & index->mask; index->cells[i].item; i = (i + 1) & index->mask) {
        size_t home = index->cells[i].hash & index->mask;
        if (((i - home) & index->mask) < ((i - gap) & index->mask))
            continue; // its home lies behind the gap
        index->cells[gap] = index->cells[i];
        gap = i;
    }
    index->cells[gap] = (struct index_cell){ 0 };
    index->used--;
}

void index_fini(struct index *index)
{
    free(index->cells);
    *index = (struct index){ 0 };
}

/* groups */

static void close_holes(struct group *group)
{
    size_t kept = 0;

    for (size_t i = 0; i < group->length; i++) {
        if (!group->members[i])
            continue;
        group->members[i]->at = kept;
        group->members[kept++] = group->members[i];
    }
    group->length = kept;
}

void group_join(struct group *group, struct group_member *member, void *item)
{
    if (group->length == group->capacity && group->count <= group->capacity / 4 * 3)
        close_holes(group);
    if (group->length == group->capacity) {
        group->capacity = group->capacity ? group->capacity * 2 : FIRST_MEMBERS;
        group->members =
            mem_realloc(group->members, group->capacity * sizeof(struct group_member *));
    }
    *member = (struct group_member){ .group = group, .item = item, .at = group->length };
    group->members[group->length++] = member;
    group->count++;
}

void group_leave(struct group_member *member)
{
    member->group->members[member->at] = NULL;
    member->group->count--;
    member->group = NULL;
}

void *group_next(const struct group *group, size_t *pos)
{
    while (group && *pos < group->length) {
        const struct group_member *member = group->members[(*pos)++];
        if (member)
            return member->item;
    }
    return NULL;
}

void group_fini(struct group *group)
{
    free(group->members);
    *group = (struct group){ 0 };
}

struct named_group {
    struct group group; /* first */
    uint32_t hash;
    char name[];
};

static bool match_name(const void *item, const void *key)
{
    return strcmp(((const struct named_group *)item)->name, key) == 0;
}

struct group *groups_get(const struct groups *groups, const char *name)
{
    return index_find(&groups->index, index_hash(name), match_name, name);
}

static bool is_in(const struct group_member *member, const char *name)
{
    return member->group && strcmp(((const struct named_group *)member->group)->name, name) == 0;
}

static void leave_named(struct groups *groups, struct group_member *member)
{
    struct named_group *named = (struct named_group *)member->group;

    group_leave(member);
    if (named->group.count)
        return;
    index_remove(&groups->index, named->hash, named);
    group_fini(&named->group);
    free(named);
}

static struct group *make_named(struct groups *groups, const char *name)
{
    size_t length = strlen(name);
    struct named_group *named = mem_zalloc(sizeof(*named) + length + 1);

    memcpy(named->name, name, length + 1);
    named->hash = index_hash(name);
    index_add(&groups->index, named->hash, named);
    return &named->group;
}

void groups_put(struct groups *groups, const char *name, struct group_member *member, void *item)
{
    if (name && is_in(member, name))
        return;
    if (member->group)
        leave_named(groups, member);
    if (!name)
        return;
    struct group *group = groups_get(groups, name);
    group_join(group ? group : make_named(groups, name), member, item);
}

void groups_fini(struct groups *groups)
{
    index_fini(&groups->index);
}

static bool is_in_all(const struct memberships *memberships, const char *const *names)
{
    size_t count = 0;

    for (; names[count]; count++)
        if (count == memberships->count || !is_in(&memberships->members[count], names[count]))
            return false;
    return count == memberships->count;
}

void groups_put_all(struct groups *groups, const char *const *names,
                    struct memberships *memberships, void *item)
{
    if (is_in_all(memberships, names))
        return;
    for (size_t i = 0; i < memberships->count; i++)
        leave_named(groups, &memberships->members[i]);
    free(memberships->members);
    *memberships = (struct memberships){ 0 };
    while (names[memberships->count])
        memberships->count++;
    if (!memberships->count)
        return;
    memberships->members = mem_calloc(memberships->count, sizeof(*memberships->members));
    for (size_t i = 0; i < memberships->count; i++)
        groups_put(groups, names[i], &memberships->members[i], item);
}
