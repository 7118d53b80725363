/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Categories: how the lists of a scope ("automation", "helpers") are ordered.
 *
 * Rows are immutable and counted: a getter with async_ lends one until the caller suspends; take a reference to keep it. A
 * change makes a new row. @fields and @changes are objects whose keys are the members' names, checked by the registry's field
 * table; a key that is absent leaves the member alone, null clears it. Every change fires category_registry_updated
 * {"action": "create"|"update"|"remove", "scope", "category_id"} and is saved.
 *
 * Functions without async_ queue the operation from any thread and return at once; what fails then is logged.
 *
 * Model: helpers.category_registry
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

/** Times are microseconds UTC. */
struct hass_category {
    uint32_t size;
    const char *category_id;
    const char *scope;
    const char *name;
    const char *icon; /* or NULL */
    int64_t created_at, modified_at;
};

HASS_API const struct hass_category *hass_category_ref(const struct hass_category *category);
HASS_API const struct hass_category *hass_category_unref(const struct hass_category *category);
/** Shape: a row of config/category_registry/list. Owned by the caller; any thread. */
HASS_API json_t *hass_category_as_json(const struct hass_category *category);
HASS_DEFINE_CONST_CLEANUP(hass_category, hass_category_unref)

/**
 * Creates a category; its id is a ULID.
 *
 * Shape:   @fields {"icon"?}, taken; NULL is {}.
 * Returns: 0 with the row lent in @ret_category (may be NULL); HASS_E_EXISTS when the name is in use in the scope (case does not
 *          count); HASS_E_INVALID; HASS_E_LIMIT.
 */
HASS_API int hass_category_registry_async_create(struct hass *hass, const char *scope,
                                                 const char *name, json_t *fields,
                                                 const struct hass_category **ret_category,
                                                 struct hass_error *err) HASS_CALLBACK;
/** @changes: as @fields of create, and "name". HASS_E_NOT_FOUND; HASS_E_EXISTS; HASS_E_INVALID. */
HASS_API int hass_category_registry_async_update(struct hass *hass, const char *scope,
                                                 const char *category_id, json_t *changes,
                                                 const struct hass_category **ret_category,
                                                 struct hass_error *err) HASS_CALLBACK;
/** Entities lose the category after the event has been fired. HASS_E_NOT_FOUND. */
HASS_API int hass_category_registry_async_delete(struct hass *hass, const char *scope,
                                                 const char *category_id, struct hass_error *err)
    HASS_CALLBACK;
HASS_API const struct hass_category *
hass_category_registry_async_get(struct hass *hass, const char *scope, const char *category_id)
    HASS_CALLBACK;
HASS_API const struct hass_category *
hass_category_registry_async_get_by_name(struct hass *hass, const char *scope, const char *name)
    HASS_CALLBACK;
/** Walks all of all scopes in order: `for (size_t pos = 0; hass_category_registry_async_next(hass, &pos, &category);)`. */
HASS_API bool hass_category_registry_async_next(struct hass *hass, size_t *pos,
                                                const struct hass_category **ret_category)
    HASS_CALLBACK;

HASS_API int hass_category_registry_create(struct hass *hass, const char *scope, const char *name,
                                           json_t *fields, struct hass_error *err);
HASS_API int hass_category_registry_update(struct hass *hass, const char *scope,
                                           const char *category_id, json_t *changes,
                                           struct hass_error *err);
HASS_API int hass_category_registry_delete(struct hass *hass, const char *scope,
                                           const char *category_id, struct hass_error *err);
/** A reference, or NULL; waits for the loop. */
HASS_API const struct hass_category *
hass_category_registry_get(struct hass *hass, const char *scope, const char *category_id)
    HASS_BLOCKING;
