/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Entities: what an integration shows of a thing. An entity is an ops table, constant descriptions, and values.
 *
 * Values are a plain struct of the integration's (ops->values_size bytes, no pointers to things it owns). The loop reads
 * them; `update` on the pool gets a copy and its result is published on the loop when it has returned: no locks, no races.
 * What a service has set meanwhile is newer: then the update's result is dropped.
 * `async_update` and other loop code change them in place.
 *
 * Model: helpers.entity.Entity
 */
#pragma once

#include <hass/job.h>
#include <hass/states.h>

enum hass_entity_category {
    HASS_ENTITY_CATEGORY_NONE = 0,
    HASS_ENTITY_CATEGORY_CONFIG,
    HASS_ENTITY_CATEGORY_DIAGNOSTIC,
};

/** The constant part, from the integration; strings must outlive the entity (literals, or its userdata). */
struct hass_entity_description {
    uint32_t size;
    const char *name;      /* NULL: that of translation key or device class, or none; "": none */
    const char *unique_id; /* makes it registered: what its user sets is remembered; or NULL */
    const char *entity_id; /* proposal; NULL: made from the name */
    const char *device_class;
    const char *unit_of_measurement;
    const char *icon;
    const char *attribution;
    const char *entity_picture;
    const char *translation_key; /* of its name in strings.json, with has_entity_name */
    uint32_t supported_features;
    bool has_supported_features; /* publish supported_features, also when 0 */
    bool has_entity_name; /* the name is of a part of its device, whose own stands before it */
    bool assumed_state;
    bool force_update;
    bool should_poll; /* call update or async_update each scan interval */
    enum hass_entity_category category;
    const struct hass_device_info *device_info; /* the device it belongs to; needs a config entry */
    const char *suggested_object_id;            /* what an id is made of instead of the name */
    const char *const *translation_placeholders; /* for the name: "key", "text", …, NULL; or NULL */
    bool disabled_by_default; /* registered, but not added until its user enables it */
    bool hidden_by_default;
    bool restore; /* its last state is kept: hass_entity_async_last_state */
    const char *
        config_subentry_id; /* the part of its config entry that it belongs to, with its device; or NULL */
};

/**
 * What an entity does. Optional members are NULL. Those without a mark in their comment run on the loop and never suspend;
 * "coroutine" may suspend; those with struct hass_worker run on the pool and may block.
 */
struct hass_entity_ops {
    uint32_t size;
    uint32_t values_size; /* bytes of the values struct; 0: none */
    /** Refreshes @values (a private copy) by blocking work. Model: Entity.update */
    int (*update)(struct hass_worker *worker, struct hass_entity *entity, void *values,
                  struct hass_error *err);
    /** Refreshes the values in place; coroutine. Wins over update. Model: Entity.async_update */
    int (*async_update)(struct hass_entity *entity, struct hass_error *err);
    /** Coroutine. Model: async_added_to_hass */
    int (*async_added_to_hass)(struct hass_entity *entity, struct hass_error *err);
    /** Coroutine. Model: async_will_remove_from_hass */
    int (*async_will_remove_from_hass)(struct hass_entity *entity, struct hass_error *err);
    bool (*available)(struct hass_entity *entity);
    /** Writes the state as text where the domain does not do it from its own ops. */
    struct hass_value (*state)(struct hass_entity *entity);
    void (*capability_attributes)(struct hass_entity *entity, struct hass_attrs_writer *writer);
    void (*state_attributes)(struct hass_entity *entity, struct hass_attrs_writer *writer);
    void (*extra_state_attributes)(struct hass_entity *entity, struct hass_attrs_writer *writer);
    /** Frees userdata, once, when the last use has ended. */
    void (*destroy)(struct hass_entity *entity);
    /** What is kept beside the state of an entity that is restored; NULL: nothing. */
    json_t *(*extra_restore_state_data)(struct hass_entity *entity);
    /** Its row in the registry has changed from @old; the state is written next. Model: async_registry_entry_updated */
    void (*registry_entry_updated)(struct hass_entity *entity, const struct hass_entity_entry *old);
};

#define HASS_ENTITY_OPS(...)                                                                       \
    {                                                                                              \
        .size = sizeof(struct hass_entity_ops), __VA_ARGS__                                        \
    }
#define HASS_ENTITY_DESCRIPTION(...)                                                               \
    {                                                                                              \
        .size = sizeof(struct hass_entity_description), __VA_ARGS__                                \
    }

/**
 * Makes an entity, any thread; it belongs to the caller until a platform has taken it.
 *
 * @ops, @description and @domain_ops (the domain's own table, e.g. struct sensor_ops; or NULL) are lent for the entity's
 * life; @values (values_size bytes, NULL: zeros) are copied; @userdata is ops->destroy's.
 */
HASS_API struct hass_entity *hass_entity_new(struct hass *hass, const struct hass_entity_ops *ops,
                                             const struct hass_entity_description *description,
                                             const void *domain_ops, const void *values,
                                             void *userdata);
HASS_API struct hass_entity *hass_entity_ref(struct hass_entity *entity);
HASS_API struct hass_entity *hass_entity_unref(struct hass_entity *entity);

/* Constant, any thread. */
HASS_API struct hass *hass_entity_hass(const struct hass_entity *entity);
HASS_API void *hass_entity_userdata(const struct hass_entity *entity);
HASS_API const void *hass_entity_domain_ops(const struct hass_entity *entity);
HASS_API const struct hass_entity_description *
hass_entity_description(const struct hass_entity *entity);

/** The published values. Loop thread. */
HASS_API void *hass_entity_async_values(struct hass_entity *entity) HASS_CALLBACK;
/** What the entity's domain keeps for it (hass_domain_ops.data_size), NULL before it has been added. Loop thread. */
HASS_API void *hass_entity_async_domain_data(struct hass_entity *entity) HASS_CALLBACK;
/** The entity id once it has been added, or NULL. Loop thread. */
HASS_API const char *hass_entity_async_entity_id(const struct hass_entity *entity) HASS_CALLBACK;
/** Lends its row of the entity registry, NULL while it has none. Loop thread. */
HASS_API const struct hass_entity_entry *
hass_entity_async_registry_entry(const struct hass_entity *entity) HASS_CALLBACK;
/** Lends its device, or NULL. Loop thread. */
HASS_API const struct hass_device *hass_entity_async_device(const struct hass_entity *entity)
    HASS_CALLBACK;
/** References instead, from other threads. */
HASS_API const struct hass_entity_entry *
hass_entity_registry_entry(const struct hass_entity *entity) HASS_BLOCKING;
HASS_API const struct hass_device *hass_entity_device(const struct hass_entity *entity)
    HASS_BLOCKING;
/**
 * Lends the state that an entity with description.restore had in the last run, or before it was removed in this one; NULL:
 * none is known. From async_added_to_hass on. Loop thread.
 *
 * Model: RestoreEntity.async_get_last_state
 */
HASS_API const struct hass_state *hass_entity_async_last_state(struct hass_entity *entity)
    HASS_CALLBACK;
/** What ops->extra_restore_state_data gave then; or NULL. */
HASS_API const json_t *hass_entity_async_last_extra_data(struct hass_entity *entity) HASS_CALLBACK;
/** Twins of the two, from other threads: references. */
HASS_API const struct hass_state *hass_entity_last_state(struct hass_entity *entity) HASS_BLOCKING;
HASS_API json_t *hass_entity_last_extra_data(struct hass_entity *entity) HASS_BLOCKING;
/** True until an update or write says otherwise. Loop thread. */
HASS_API bool hass_entity_async_available(struct hass_entity *entity) HASS_CALLBACK;
/** What entities without ops->available say. Loop thread. */
HASS_API int hass_entity_async_set_available(struct hass_entity *entity, bool available,
                                             struct hass_error *err) HASS_CALLBACK;
/** Queues hass_entity_async_set_available and a write, from any thread. */
HASS_API int hass_entity_set_available(struct hass_entity *entity, bool available,
                                       struct hass_error *err);
/** Sets the context of the next writes; forgotten after 5 s. */
HASS_API int hass_entity_async_set_context(struct hass_entity *entity,
                                           const struct hass_context *context,
                                           struct hass_error *err) HASS_CALLBACK;
/** Lends what the next write will have, for what an entity has others do; or NULL. Loop thread. */
HASS_API const struct hass_context *hass_entity_async_context(const struct hass_entity *entity)
    HASS_CALLBACK;
/** Runs a plain job when the entity is removed, in reverse order. */
HASS_API int hass_entity_async_on_remove(struct hass_entity *entity, struct hass_job job,
                                         struct hass_error *err) HASS_CALLBACK;
/** Ends a registration when the entity is removed. */
HASS_API int hass_entity_async_remove_later(struct hass_entity *entity, struct hass_sub *sub,
                                            struct hass_error *err) HASS_CALLBACK;

/**
 * Computes state and attributes and writes them to the state machine.
 *
 * Returns: 0, also for a removed entity; HASS_E_NO_ENTITY_ID before it has been added.
 * Model:   Entity.async_write_ha_state
 */
HASS_API int hass_entity_async_write_ha_state(struct hass_entity *entity, struct hass_error *err)
    HASS_CALLBACK;
/** Any thread: queues one write, several quick ones coalesce; @force_refresh updates first. Model: schedule_update_ha_state */
HASS_API int hass_entity_schedule_update_ha_state(struct hass_entity *entity, bool force_refresh,
                                                  struct hass_error *err);
/** Loop variant: writes now, or starts a task that updates first. Model: async_schedule_update_ha_state */
HASS_API int hass_entity_async_schedule_update_ha_state(struct hass_entity *entity,
                                                        bool force_refresh, struct hass_error *err)
    HASS_CALLBACK;
/** Updates (if @force_refresh) and writes. Model: async_update_ha_state */
HASS_API int hass_entity_async_update_ha_state(struct hass_entity *entity, bool force_refresh,
                                               struct hass_error *err) HASS_COROUTINE;
/** Removes the entity from its platform and its state from the machine. Model: Entity.async_remove */
HASS_API int hass_entity_async_remove(struct hass_entity *entity, struct hass_error *err)
    HASS_COROUTINE;
/** Twin of hass_entity_async_remove. */
HASS_API int hass_entity_remove(struct hass_entity *entity, struct hass_error *err) HASS_BLOCKING;

/** Blocking work of an entity, on the pool; @values is a private copy, published on the loop when it returns 0 or more. */
typedef int hass_entity_work_fn(struct hass_worker *worker, struct hass_entity *entity,
                                void *values, void *arg, struct hass_error *err);

/**
 * Runs @work on the pool and publishes its values; how a domain calls a pool member of an integration's ops table.
 *
 * Owns:    @arg, freed by @destroy (may be NULL) when the work has ended, also after the caller has been cancelled.
 * Returns: @work's result, HASS_E_CLOSED when the entity is gone.
 */
HASS_API int hass_entity_async_work(struct hass_entity *entity, hass_entity_work_fn *work,
                                    void *arg, hass_destroy_fn *destroy, struct hass_error *err)
    HASS_COROUTINE;

/** Appends bytes (a picture) to @ret by blocking work on the pool. */
typedef int hass_entity_fetch_fn(struct hass_worker *worker, struct hass_entity *entity,
                                 struct hass_buf *ret, struct hass_error *err);

/**
 * Runs @fetch on the pool and appends what it has fetched to @ret, which stays untouched on failure.
 *
 * Returns: @fetch's result; HASS_E_LIMIT when it has fetched more than @limit bytes; HASS_E_CLOSED when the entity is gone.
 */
HASS_API int hass_entity_async_fetch(struct hass_entity *entity, hass_entity_fetch_fn *fetch,
                                     size_t limit, struct hass_buf *ret, struct hass_error *err)
    HASS_COROUTINE;

HASS_DEFINE_CLEANUP(hass_entity, hass_entity_unref)
