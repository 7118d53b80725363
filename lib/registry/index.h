/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Indexes of registries. An index finds items by a hash of what they are told by; a group holds the items that have something
 * in common, in order of joining. Joining and leaving take constant time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An open-addressing table; zero-initialised is empty. Several items may have one hash, or one item several. */
struct index {
    struct index_cell *cells;
    size_t mask; /* 0: nothing is allocated */
    size_t used;
};

typedef bool index_match_fn(const void *item, const void *key);

void *index_find(const struct index *index, uint32_t hash, index_match_fn *match, const void *key);
void index_add(struct index *index, uint32_t hash, void *item);
/** Takes out one entry of @item under @hash; it must be there. */
void index_remove(struct index *index, uint32_t hash, const void *item);
void index_fini(struct index *index);

/** A hash of several texts, in their order. */
uint32_t index_hash(const char *text);
uint32_t index_hash_join(uint32_t hash, const char *text);

/* A place in a group, embedded in an item. */
struct group_member {
    struct group *group; /* NULL: in none */
    void *item;
    size_t at;
};

/* Zero-initialised is empty. */
struct group {
    struct group_member **members; /* with holes where one has left */
    size_t length;
    size_t capacity;
    size_t count; /* without holes */
};

void group_join(struct group *group, struct group_member *member, void *item);
void group_leave(struct group_member *member);
/**
 * Walks in order of joining: `for (pos = 0; (item = group_next(group, &pos));)`; @group may be NULL. Leaving meanwhile is
 * safe; after somebody has joined an item may be passed over or seen again.
 */
void *group_next(const struct group *group, size_t *pos);
void group_fini(struct group *group);

/* Groups by name; zero-initialised is empty. */
struct groups {
    struct index index;
};

/** NULL when it has no members. */
struct group *groups_get(const struct groups *groups, const char *name);
/** @member is to be in group @name and no other; NULL: in none. Its place is kept when it is there already. */
void groups_put(struct groups *groups, const char *name, struct group_member *member, void *item);
/** After all members have left. */
void groups_fini(struct groups *groups);

/* The places of an item in several groups of one kind; zero-initialised is none. */
struct memberships {
    struct group_member *members;
    size_t count;
};

/** Likewise for the groups of @names, NULL-terminated. */
void groups_put_all(struct groups *groups, const char *const *names,
                    struct memberships *memberships, void *item);
