/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Floors: what areas are on.
 *
 * Rows are immutable and counted: a getter with async_ lends one until the caller suspends; take a reference to keep it. A
 * change makes a new row. @fields and @changes are objects whose keys are the members' names, checked by the registry's field
 * table; a key that is absent leaves the member alone, null clears it. Every change fires floor_registry_updated
 * {"action": "create"|"update"|"remove"|"reorder", "floor_id"} and is saved.
 *
 * Functions without async_ queue the operation from any thread and return at once; what fails then is logged.
 *
 * Model: helpers.floor_registry
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

/** Lists are NULL-terminated and never NULL. Times are microseconds UTC. */
struct hass_floor {
    uint32_t size;
    const char *floor_id;
    const char *name;
    const char *const *aliases;
    const char *icon; /* or NULL */
    int level;        /* 0 is the ground; only when has_level */
    bool has_level;
    int64_t created_at, modified_at;
};

HASS_API const struct hass_floor *hass_floor_ref(const struct hass_floor *floor);
HASS_API const struct hass_floor *hass_floor_unref(const struct hass_floor *floor);
/** Shape: a row of config/floor_registry/list. Owned by the caller; any thread. */
HASS_API json_t *hass_floor_as_json(const struct hass_floor *floor);
HASS_DEFINE_CONST_CLEANUP(hass_floor, hass_floor_unref)

/**
 * Creates a floor; its id is the name's slug, with _2, _3 … when taken.
 *
 * Shape:   @fields {"aliases"?: [str], "icon"?, "level"?: int}, taken; NULL is {}.
 * Returns: 0 with the row lent in @ret_floor (may be NULL); HASS_E_EXISTS when the name is in use (case and blanks do not
 *          count); HASS_E_INVALID; HASS_E_LIMIT.
 */
HASS_API int hass_floor_registry_async_create(struct hass *hass, const char *name, json_t *fields,
                                              const struct hass_floor **ret_floor,
                                              struct hass_error *err) HASS_CALLBACK;
/** @changes: as @fields of create, and "name". HASS_E_NOT_FOUND; HASS_E_EXISTS; HASS_E_INVALID. */
HASS_API int hass_floor_registry_async_update(struct hass *hass, const char *floor_id,
                                              json_t *changes, const struct hass_floor **ret_floor,
                                              struct hass_error *err) HASS_CALLBACK;
/** Areas lose the floor after the event has been fired. HASS_E_NOT_FOUND. */
HASS_API int hass_floor_registry_async_delete(struct hass *hass, const char *floor_id,
                                              struct hass_error *err) HASS_CALLBACK;
/** Puts the floors in the order of @floor_ids, a list of the ids of all, lent. */
HASS_API int hass_floor_registry_async_reorder(struct hass *hass, const json_t *floor_ids,
                                               struct hass_error *err) HASS_CALLBACK;
HASS_API const struct hass_floor *hass_floor_registry_async_get(struct hass *hass,
                                                                const char *floor_id) HASS_CALLBACK;
HASS_API const struct hass_floor *hass_floor_registry_async_get_by_name(struct hass *hass,
                                                                        const char *name)
    HASS_CALLBACK;
/** Walks all in order: `for (size_t pos = 0; hass_floor_registry_async_next(hass, &pos, &floor);)`. */
HASS_API bool hass_floor_registry_async_next(struct hass *hass, size_t *pos,
                                             const struct hass_floor **ret_floor) HASS_CALLBACK;

HASS_API int hass_floor_registry_create(struct hass *hass, const char *name, json_t *fields,
                                        struct hass_error *err);
HASS_API int hass_floor_registry_update(struct hass *hass, const char *floor_id, json_t *changes,
                                        struct hass_error *err);
HASS_API int hass_floor_registry_delete(struct hass *hass, const char *floor_id,
                                        struct hass_error *err);
/** A reference, or NULL; waits for the loop. */
HASS_API const struct hass_floor *hass_floor_registry_get(struct hass *hass, const char *floor_id)
    HASS_BLOCKING;
