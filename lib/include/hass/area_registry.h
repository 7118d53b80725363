/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Areas: the rooms and places of a home.
 *
 * Rows are immutable and counted: a getter with async_ lends one until the caller suspends; take a reference to keep it. A
 * change makes a new row. @fields and @changes are objects whose keys are the members' names, checked by the registry's field
 * table; a key that is absent leaves the member alone, null clears it. Every change fires area_registry_updated
 * {"action": "create"|"update"|"remove"|"reorder", "area_id"} and is saved.
 *
 * Functions without async_ queue the operation from any thread and return at once; what fails then is logged.
 *
 * Model: helpers.area_registry
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

/** Lists are NULL-terminated and never NULL. Times are microseconds UTC. */
struct hass_area {
    uint32_t size;
    const char *area_id;
    const char *name;
    const char *const *aliases;
    const char *const *labels;
    const char *floor_id; /* these five: or NULL */
    const char *icon;
    const char *picture;
    const char *humidity_entity_id;
    const char *temperature_entity_id;
    int64_t created_at, modified_at;
};

HASS_API const struct hass_area *hass_area_ref(const struct hass_area *area);
HASS_API const struct hass_area *hass_area_unref(const struct hass_area *area);
/** Shape: a row of config/area_registry/list. Owned by the caller; any thread. */
HASS_API json_t *hass_area_as_json(const struct hass_area *area);
HASS_DEFINE_CONST_CLEANUP(hass_area, hass_area_unref)

/**
 * Creates an area; its id is the name's slug, with _2, _3 … when taken.
 *
 * Shape:   @fields {"aliases"?: [str], "floor_id"?, "icon"?, "labels"?: [str], "picture"?, "humidity_entity_id"?,
 *          "temperature_entity_id"?}, taken; NULL is {}.
 * Returns: 0 with the row lent in @ret_area (may be NULL); HASS_E_EXISTS when the name is in use (case and blanks do not
 *          count); HASS_E_INVALID; HASS_E_LIMIT.
 */
HASS_API int hass_area_registry_async_create(struct hass *hass, const char *name, json_t *fields,
                                             const struct hass_area **ret_area,
                                             struct hass_error *err) HASS_CALLBACK;
/** The area of that name, created when there is none. */
HASS_API int hass_area_registry_async_get_or_create(struct hass *hass, const char *name,
                                                    const struct hass_area **ret_area,
                                                    struct hass_error *err) HASS_CALLBACK;
/**
 * @changes: as @fields of create, and "name"; an event is fired even when they change nothing.
 *
 * Returns: 0; HASS_E_NOT_FOUND; HASS_E_EXISTS; HASS_E_INVALID.
 */
HASS_API int hass_area_registry_async_update(struct hass *hass, const char *area_id,
                                             json_t *changes, const struct hass_area **ret_area,
                                             struct hass_error *err) HASS_CALLBACK;
/** Devices and entities lose the area before the event is fired. HASS_E_NOT_FOUND. */
HASS_API int hass_area_registry_async_delete(struct hass *hass, const char *area_id,
                                             struct hass_error *err) HASS_CALLBACK;
/** Puts the areas in the order of @area_ids, a list of the ids of all, lent. */
HASS_API int hass_area_registry_async_reorder(struct hass *hass, const json_t *area_ids,
                                              struct hass_error *err) HASS_CALLBACK;
HASS_API const struct hass_area *hass_area_registry_async_get(struct hass *hass,
                                                              const char *area_id) HASS_CALLBACK;
HASS_API const struct hass_area *hass_area_registry_async_get_by_name(struct hass *hass,
                                                                      const char *name)
    HASS_CALLBACK;
/** Walks all in order: `for (size_t pos = 0; hass_area_registry_async_next(hass, &pos, &area);)`. */
HASS_API bool hass_area_registry_async_next(struct hass *hass, size_t *pos,
                                            const struct hass_area **ret_area) HASS_CALLBACK;

HASS_API int hass_area_registry_create(struct hass *hass, const char *name, json_t *fields,
                                       struct hass_error *err);
HASS_API int hass_area_registry_update(struct hass *hass, const char *area_id, json_t *changes,
                                       struct hass_error *err);
HASS_API int hass_area_registry_delete(struct hass *hass, const char *area_id,
                                       struct hass_error *err);
/** A reference, or NULL; waits for the loop. */
HASS_API const struct hass_area *hass_area_registry_get(struct hass *hass, const char *area_id)
    HASS_BLOCKING;
