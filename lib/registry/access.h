/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the public functions of registries end in: walks over rows, and what other threads ask, which is done on the loop.
 */
#pragma once

#include <hass/error.h>
#include <hass/json.h>
#include <hass/thread_safety.h>

#include "registry/index.h"

/**
 * Walks the rows of a group's items, structs whose first member is their row: `for (pos = 0; access_next(group, &pos, &row);)`.
 * @group may be NULL; as group_next. At the end @ret_row is NULL.
 */
bool access_next(const struct group *group, size_t *pos, const void **ret_row);

/* Which row; lends everything. What is not needed is NULL. */
struct access_key {
    const void *registry; /* what tells the registry, when the functions do not */
    const char *group, *id;
};

/** Looks up a row on the loop; lends it. */
typedef const void *access_find_fn(struct hass *hass, const struct access_key *key);
/** Changes a row on the loop; @fields is taken. */
typedef int access_change_fn(struct hass *hass, const struct access_key *key, json_t *fields,
                             struct hass_error *err);

/** A reference to what @find finds, or NULL; waits for the loop. @operation: for reports. */
#define access_fetch(hass, operation, find, key)                                                   \
    access_fetch_from((hass), (operation), (find), (key), __builtin_return_address(0))
const void *access_fetch_from(struct hass *hass, const char *operation, access_find_fn *find,
                              const struct access_key *key, const void *site) HASS_BLOCKING;
/** Queues a change from any thread; @fields is taken, the texts of @key are copied. What goes wrong then is logged. */
int access_queue(struct hass *hass, const char *operation, access_change_fn *change,
                 const struct access_key *key, json_t *fields, struct hass_error *err);
