/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A hash map from strings to pointers: open addressing, keeps the order of insertion, seeded hash. The map copies its keys.
 */
#pragma once

#include <hass/types.h>

struct hass_strmap;

HASS_API struct hass_strmap *hass_strmap_create(hass_destroy_fn *destroy_value);
HASS_API struct hass_strmap *hass_strmap_destroy(struct hass_strmap *map);
HASS_API size_t hass_strmap_count(const struct hass_strmap *map);
HASS_API void *hass_strmap_get(const struct hass_strmap *map, const char *key);
HASS_API void *hass_strmap_get_n(const struct hass_strmap *map, const char *key, size_t length);
/** Inserts or replaces (the old value is destroyed, its place in the order kept). */
HASS_API void hass_strmap_set(struct hass_strmap *map, const char *key, void *value);
/** Returns false when there was none; destroys the value. */
HASS_API bool hass_strmap_remove(struct hass_strmap *map, const char *key);
/** Takes the value out without destroying it, or NULL. */
HASS_API void *hass_strmap_steal(struct hass_strmap *map, const char *key);
HASS_API void hass_strmap_clear(struct hass_strmap *map);

/** Walks in order: `for (pos = 0; hass_strmap_next(map, &pos, &key, &value);)`. Removing the current entry is safe, inserting is not. */
HASS_API bool hass_strmap_next(const struct hass_strmap *map, size_t *pos, const char **ret_key,
                               void **ret_value);

/** @key is `const char *`, @value a pointer variable of any type. */
#define strmap_foreach(map, key, value)                                                            \
    for (size_t hass__pos = 0; hass_strmap_next((map), &hass__pos, &(key), (void **)&(value));)
