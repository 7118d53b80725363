/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Registered entities: what is known of an entity by its unique id, and what its user has set.
 *
 * Rows are immutable and counted: a getter with async_ lends one until the caller suspends or changes it; take a reference to
 * keep it. A change makes a new row and fires entity_registry_updated {"action": "create"|"update"|"remove", "entity_id",
 * "changes"? (the old values), "old_entity_id"?} once all of it has been done. Removed entities are remembered: one that comes
 * back while its config entry lives, or within 30 days after, gets its ids and what its user had set.
 *
 * Functions without async_ queue the operation from any thread and return at once; what fails then is logged.
 *
 * Model: helpers.entity_registry
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/entity.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

#define HASS_EVENT_ENTITY_REGISTRY_UPDATED "entity_registry_updated"

enum hass_entity_disabler {
    HASS_ENTITY_ENABLED = 0,
    HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY,
    HASS_ENTITY_DISABLED_BY_DEVICE,
    HASS_ENTITY_DISABLED_BY_HASS,
    HASS_ENTITY_DISABLED_BY_INTEGRATION,
    HASS_ENTITY_DISABLED_BY_USER,
};
enum hass_entity_hider {
    HASS_ENTITY_VISIBLE = 0,
    HASS_ENTITY_HIDDEN_BY_INTEGRATION,
    HASS_ENTITY_HIDDEN_BY_USER,
};

struct hass_entity_entry {
    uint32_t size;
    const char *entity_id;
    const char *id; /* 32 hex digits, for ever */
    const char *unique_id, *platform;
    const char *domain;                         /* of entity_id */
    const char *const *aliases, *const *labels; /* NULL-terminated, never NULL */
    const char *config_entry_id, *config_subentry_id, *device_id, *area_id, *name, *icon,
        *device_class, *original_name, *original_icon, *original_device_class, *translation_key,
        *unit_of_measurement, *previous_unique_id, *suggested_object_id; /* or NULL */
    const char *capabilities; /* JSON object as text, or NULL */
    const char *options;      /* JSON {domain: {…}} as text; never NULL */
    const char *categories;   /* JSON {scope: category id} as text; never NULL */
    enum hass_entity_disabler disabled_by;
    enum hass_entity_hider hidden_by;
    enum hass_entity_category entity_category;
    bool has_entity_name;
    uint32_t supported_features;
    int64_t created_at, modified_at; /* microseconds UTC; 0: before anybody noted it */
};

HASS_API const struct hass_entity_entry *
hass_entity_entry_ref(const struct hass_entity_entry *entry);
HASS_API const struct hass_entity_entry *
hass_entity_entry_unref(const struct hass_entity_entry *entry);
/**
 * Shape: as in config/entity_registry/list; @extended: as in …/get, with aliases, capabilities, device_class,
 *        original_device_class and original_icon. Owned by the caller; any thread.
 */
HASS_API json_t *hass_entity_entry_as_json(const struct hass_entity_entry *entry, bool extended);
HASS_DEFINE_CONST_CLEANUP(hass_entity_entry, hass_entity_entry_unref)

/** What an integration says of an entity; members that are NULL (or whose has_ is false) leave what the registry has. */
struct hass_entity_entry_info {
    uint32_t size;
    const char *domain, *platform, *unique_id; /* needed */
    const char *suggested_object_id;           /* NULL: <platform>_<unique_id> */
    const char *entity_id; /* a proposal that wins over suggested_object_id when free; or NULL */
    const char *config_entry_id, *device_id, *original_name, *original_icon, *original_device_class,
        *translation_key, *unit_of_measurement;
    const char *capabilities;              /* JSON text of an object */
    enum hass_entity_disabler disabled_by; /* of a new row */
    enum hass_entity_hider hidden_by;      /* of a new row */
    enum hass_entity_category entity_category;
    bool has_entity_category; /* entity_category NONE clears */
    bool has_entity_name, has_has_entity_name;
    uint32_t supported_features;
    bool has_supported_features;
    /* It is all that the integration says: device_id, original_…, translation_key, unit_of_measurement and capabilities that
     * are NULL are cleared. */
    bool replaces;
    const char *config_subentry_id; /* the part of the entry that gives it; or NULL */
};
#define HASS_ENTITY_ENTRY_INFO(...)                                                                \
    {                                                                                              \
        .size = sizeof(struct hass_entity_entry_info), __VA_ARGS__                                 \
    }

/**
 * The row of (domain, platform, unique id), updated with what @info says, created when there is none, or restored.
 *
 * Returns: 0 with the row lent in @ret_entry (may be NULL); HASS_E_INVALID, also for an unknown device or config entry;
 *          HASS_E_TOO_LONG for a domain of more than 64 characters.
 */
HASS_API int hass_entity_registry_async_get_or_create(struct hass *hass,
                                                      const struct hass_entity_entry_info *info,
                                                      const struct hass_entity_entry **ret_entry,
                                                      struct hass_error *err) HASS_CALLBACK;
/** The fields of @changes below. */
extern HASS_API const struct hass_schema hass_entity_entry_changes;
/**
 * Shape: @changes, taken: {"new_entity_id"?, "new_unique_id"?, "name"?, "icon"?, "area_id"?, "device_id"?, "device_class"?,
 *        "aliases"?: [str], "labels"?: [str], "categories"?: {scope: id|null}, "disabled_by"?, "hidden_by"?,
 *        "entity_category"?, "options"?: {domain: {…}|null}, "config_entry_id"?, "original_name"?, "original_icon"?,
 *        "original_device_class"?, "unit_of_measurement"?, "capabilities"?: {…}, "supported_features"?: int,
 *        "translation_key"?, "has_entity_name"?: bool, "platform"?}; absent leaves, null clears. Categories and options are
 *        changed by scope and domain: those that are not named stay.
 * @entity_id: entity id or registry id (32 hex digits).
 * Returns: 0 with the row lent in @ret_entry (may be NULL); HASS_E_NOT_FOUND; HASS_E_INVALID; HASS_E_EXISTS when the entity
 *          id or unique id is another's.
 */
HASS_API int hass_entity_registry_async_update(struct hass *hass, const char *entity_id,
                                               json_t *changes,
                                               const struct hass_entity_entry **ret_entry,
                                               struct hass_error *err) HASS_CALLBACK;
HASS_API int hass_entity_registry_async_remove(struct hass *hass, const char *entity_id,
                                               struct hass_error *err) HASS_CALLBACK;
/** Removes the entities of a config entry. */
HASS_API int hass_entity_registry_async_clear_config_entry(struct hass *hass, const char *entry_id,
                                                           struct hass_error *err) HASS_CALLBACK;
/** By entity id or registry id. */
HASS_API const struct hass_entity_entry *hass_entity_registry_async_get(struct hass *hass,
                                                                        const char *entity_id)
    HASS_CALLBACK;
HASS_API const struct hass_entity_entry *
hass_entity_registry_async_find(struct hass *hass, const char *domain, const char *platform,
                                const char *unique_id) HASS_CALLBACK;
/**
 * Walks all: `for (size_t pos = 0; hass_entity_registry_async_next(hass, &pos, &entry);)`. Removing the entity is safe; after
 * somebody has added one, an entity may be passed over.
 */
HASS_API bool hass_entity_registry_async_next(struct hass *hass, size_t *pos,
                                              const struct hass_entity_entry **ret_entry)
    HASS_CALLBACK;
/** Those of a device, by index, likewise; of an area (their own, not their device's); of a label; of a config entry. */
HASS_API bool hass_entity_registry_async_next_of_device(struct hass *hass, const char *device_id,
                                                        size_t *pos,
                                                        const struct hass_entity_entry **ret_entry)
    HASS_CALLBACK;
HASS_API bool hass_entity_registry_async_next_of_area(struct hass *hass, const char *area_id,
                                                      size_t *pos,
                                                      const struct hass_entity_entry **ret_entry)
    HASS_CALLBACK;
HASS_API bool hass_entity_registry_async_next_of_label(struct hass *hass, const char *label_id,
                                                       size_t *pos,
                                                       const struct hass_entity_entry **ret_entry)
    HASS_CALLBACK;
HASS_API bool hass_entity_registry_async_next_of_entry(struct hass *hass, const char *entry_id,
                                                       size_t *pos,
                                                       const struct hass_entity_entry **ret_entry)
    HASS_CALLBACK;
HASS_API size_t hass_entity_registry_async_count(struct hass *hass) HASS_CALLBACK;
/**
 * An id that is free, made of @suggested: domain.slug, with _2, _3 ….
 *
 * Returns: the id, owned by the caller; NULL with @err (HASS_E_TOO_LONG for a domain of more than 64 characters).
 */
HASS_API char *hass_entity_registry_async_generate_id(struct hass *hass, const char *domain,
                                                      const char *suggested, struct hass_error *err)
    HASS_CALLBACK;

/** Any thread, queued. */
HASS_API int hass_entity_registry_update(struct hass *hass, const char *entity_id, json_t *changes,
                                         struct hass_error *err);
HASS_API int hass_entity_registry_remove(struct hass *hass, const char *entity_id,
                                         struct hass_error *err);
/** A reference, or NULL; waits for the loop. */
HASS_API const struct hass_entity_entry *hass_entity_registry_get(struct hass *hass,
                                                                  const char *entity_id)
    HASS_BLOCKING;
