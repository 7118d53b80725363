/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Collections: items that a domain takes from its section of the configuration and from a store, where people create, update
 * and delete them at run time; each item is an entity of the domain. How helpers (input_boolean …), zones and persons work.
 *
 *     int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
 *     {
 *         return hass_collection_async_create(hass, &collection, config, err);
 *     }
 *     int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
 *     {
 *         return hass_collection_async_reload(hass, "input_boolean", config, err);
 *     }
 *
 * The section is a map, id → item, whose keys name the entities; or a list of items, which are told by their "id" or by the
 * slug of their "name". Items of the store are kept in .storage/<domain> as {"items": [item with "id"]}; the id is the slug
 * of the name, with _2, _3 … when taken. The id is the entity's unique id. Where both have an id, that of the section holds.
 *
 * A change at run time is told by the signal "collection_changed.<domain>" with
 * [{"change_type": "added"|"updated"|"removed", "<domain>_id": id, "item": item}].
 *
 * Model: helpers.collection
 */
#pragma once

#include <hass/platform.h>
#include <hass/schema.h>

/** What the entity of an item gets as its userdata. Loop thread, until the next change. */
struct hass_item {
    uint32_t size;
    bool editable; /* made at run time */
    const char *id;
    const json_t *config; /* checked, with defaults */
};

/** The item of an entity that a collection has made. */
static inline const struct hass_item *hass_item_of(const struct hass_entity *entity)
{
    return (const struct hass_item *)hass_entity_userdata(entity);
}

/** How a domain's items become entities. Constant, as the tables it names. */
struct hass_collection_options {
    uint32_t size;
    const char *domain;
    const struct hass_entity_service_row *services; /* of its entities */
    size_t service_count;
    /** Of an item, from the section as at run time (where "name" is always needed). */
    const struct hass_schema *schema;
    /** Values begin as zeros: async_added_to_hass sets them from the item, or from what was restored. */
    const struct hass_entity_ops *ops;
    const void *domain_ops; /* of its entities, or NULL */
    /** Of all entities; or NULL. Ids, name, icon, unit_of_measurement and picture come from the item. */
    const struct hass_entity_description *description;
    /** Loop, or NULL. The item of an entity has changed: brings its values in line. The state is written afterwards. */
    int (*async_changed)(struct hass_entity *entity, struct hass_error *err);
    /** Loop, or NULL. A check that the schema cannot make, of an item at run time. @id: NULL for a new one. */
    int (*async_check)(struct hass *hass, const char *id, const json_t *config,
                       struct hass_error *err);
    /** What is stored and shown of a checked item, a new object; NULL: the item itself. */
    json_t *(*store)(const json_t *config);
    int version, minor_version; /* of the store; 0: 1 */
    bool merge; /* an update leaves the keys that it does not name; else it replaces the item */
    bool lists_sections; /* its list is {"storage": […], "config": […]} */
    /** Coroutine, or NULL: files of the same version are taken as they are. As hass_store_options.async_migrate; userdata is NULL. */
    int (*async_migrate)(struct hass *hass, int version, int minor_version, json_t *data,
                         json_t **ret_data, void *userdata, struct hass_error *err);
};

#define HASS_COLLECTION(...)                                                                       \
    {                                                                                              \
        .size = sizeof(struct hass_collection_options), __VA_ARGS__                                \
    }
#define HASS_COLLECTION_SERVICES(rows)                                                             \
    .services = (rows), .service_count = sizeof(rows) / sizeof((rows)[0])

/**
 * Makes the domain's component, its services and its collection, and adds the entities of the section and of the store.
 * Belongs to the current scope.
 *
 * Returns: 0, also when the store cannot be used (which is logged, and told to whoever changes an item); HASS_E_EXISTS when
 *          the domain has a component already.
 */
HASS_API int hass_collection_async_create(struct hass *hass,
                                          const struct hass_collection_options *options,
                                          const json_t *config, struct hass_error *err)
    HASS_COROUTINE;
/** Takes the section as it is now: entities come, change in place, and go. */
HASS_API int hass_collection_async_reload(struct hass *hass, const char *domain,
                                          const json_t *config, struct hass_error *err)
    HASS_COROUTINE;
/** True when the domain has a collection. */
HASS_API bool hass_collection_async_has(struct hass *hass, const char *domain) HASS_CALLBACK;
/** The items made at run time, in their order, or {"storage", "config"}. Owned by the caller; NULL: there is no collection. */
HASS_API json_t *hass_collection_async_as_json(struct hass *hass, const char *domain) HASS_CALLBACK;

/**
 * Creates an item.
 *
 * Owns:    @fields, taken.
 * Returns: 0 with the item in @ret_item, owned by the caller (may be NULL); HASS_E_INVALID; HASS_E_LIMIT beyond 10,000 items;
 *          HASS_E_NOT_FOUND when there is no such collection.
 */
HASS_API int hass_collection_async_create_item(struct hass *hass, const char *domain,
                                               json_t *fields, json_t **ret_item,
                                               struct hass_error *err) HASS_COROUTINE;
/** Changes an item that was made at run time. @fields is taken, as in hass_collection_async_create_item. */
HASS_API int hass_collection_async_update_item(struct hass *hass, const char *domain,
                                               const char *id, json_t *fields, json_t **ret_item,
                                               struct hass_error *err) HASS_COROUTINE;
HASS_API int hass_collection_async_delete_item(struct hass *hass, const char *domain,
                                               const char *id, struct hass_error *err)
    HASS_COROUTINE;
