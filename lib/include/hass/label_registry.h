/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Labels: what a householder marks areas, devices and entities with.
 *
 * Rows are immutable and counted: a getter with async_ lends one until the caller suspends; take a reference to keep it. A
 * change makes a new row. @fields and @changes are objects whose keys are the members' names, checked by the registry's field
 * table; a key that is absent leaves the member alone, null clears it. Every change fires label_registry_updated
 * {"action": "create"|"update"|"remove", "label_id"} and is saved.
 *
 * Functions without async_ queue the operation from any thread and return at once; what fails then is logged.
 *
 * Model: helpers.label_registry
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

/** Times are microseconds UTC. */
struct hass_label {
    uint32_t size;
    const char *label_id;
    const char *name;
    const char *color; /* these three: or NULL */
    const char *icon;
    const char *description;
    int64_t created_at, modified_at;
};

HASS_API const struct hass_label *hass_label_ref(const struct hass_label *label);
HASS_API const struct hass_label *hass_label_unref(const struct hass_label *label);
/** Shape: a row of config/label_registry/list. Owned by the caller; any thread. */
HASS_API json_t *hass_label_as_json(const struct hass_label *label);
HASS_DEFINE_CONST_CLEANUP(hass_label, hass_label_unref)

/**
 * Creates a label; its id is the name's slug, with _2, _3 … when taken.
 *
 * Shape:   @fields {"color"?, "icon"?, "description"?}, taken; NULL is {}.
 * Returns: 0 with the row lent in @ret_label (may be NULL); HASS_E_EXISTS when the name is in use (case and blanks do not
 *          count); HASS_E_INVALID; HASS_E_LIMIT.
 */
HASS_API int hass_label_registry_async_create(struct hass *hass, const char *name, json_t *fields,
                                              const struct hass_label **ret_label,
                                              struct hass_error *err) HASS_CALLBACK;
/** @changes: as @fields of create, and "name". HASS_E_NOT_FOUND; HASS_E_EXISTS; HASS_E_INVALID. */
HASS_API int hass_label_registry_async_update(struct hass *hass, const char *label_id,
                                              json_t *changes, const struct hass_label **ret_label,
                                              struct hass_error *err) HASS_CALLBACK;
/** Areas, devices and entities lose the label after the event has been fired. HASS_E_NOT_FOUND. */
HASS_API int hass_label_registry_async_delete(struct hass *hass, const char *label_id,
                                              struct hass_error *err) HASS_CALLBACK;
HASS_API const struct hass_label *hass_label_registry_async_get(struct hass *hass,
                                                                const char *label_id) HASS_CALLBACK;
HASS_API const struct hass_label *hass_label_registry_async_get_by_name(struct hass *hass,
                                                                        const char *name)
    HASS_CALLBACK;
/** Walks all in order: `for (size_t pos = 0; hass_label_registry_async_next(hass, &pos, &label);)`. */
HASS_API bool hass_label_registry_async_next(struct hass *hass, size_t *pos,
                                             const struct hass_label **ret_label) HASS_CALLBACK;

HASS_API int hass_label_registry_create(struct hass *hass, const char *name, json_t *fields,
                                        struct hass_error *err);
HASS_API int hass_label_registry_update(struct hass *hass, const char *label_id, json_t *changes,
                                        struct hass_error *err);
HASS_API int hass_label_registry_delete(struct hass *hass, const char *label_id,
                                        struct hass_error *err);
/** A reference, or NULL; waits for the loop. */
HASS_API const struct hass_label *hass_label_registry_get(struct hass *hass, const char *label_id)
    HASS_BLOCKING;
