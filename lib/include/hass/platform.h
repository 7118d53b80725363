/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Domains and platforms. A domain integration ("sensor") creates a component; platform integrations ("systemmonitor") add
 * entities to it through the platform they are set up with.
 *
 * Model: helpers.entity_component, helpers.entity_platform
 */
#pragma once

#include <hass/entity.h>
#include <hass/services.h>

/** What a domain does for all its entities. Loop thread, never suspends. */
struct hass_domain_ops {
    uint32_t size;
    /** The state from the domain's own ops; NULL: ops->state. */
    struct hass_value (*state)(struct hass_entity *entity);
    void (*capability_attributes)(struct hass_entity *entity, struct hass_attrs_writer *writer);
    void (*state_attributes)(struct hass_entity *entity, struct hass_attrs_writer *writer);
    const char *(*device_class)(struct hass_entity *entity);
    const char *(*unit_of_measurement)(struct hass_entity *entity);
    /** What the domain itself keeps for each entity: bytes, zero at first. 0: nothing. */
    uint32_t data_size;
    /** Frees what @data refers to, not @data. */
    void (*data_destroy)(void *data);
    /** Before the integration's async_added_to_hass; coroutine. A failure leaves the entity without a state. */
    int (*async_added_to_hass)(struct hass_entity *entity, struct hass_error *err);
    /** Its entities have features: supported_features is shown, also when 0. */
    bool has_supported_features;
    /** True: an entity with has_entity_name, but no name, has that of its device class in the domain's strings.json. */
    bool (*default_to_device_class_name)(struct hass_entity *entity);
    /** Refuses an entity before it is registered: a sensor of category "config". */
    int (*check)(struct hass_entity *entity, struct hass_error *err);
    /** The last states of all its entities are kept, as description.restore asks for one. */
    bool restore;
    /** What is kept beside the state; NULL: what the entity's ops say. */
    json_t *(*extra_restore_state_data)(struct hass_entity *entity);
    /** Before the integration's. */
    void (*registry_entry_updated)(struct hass_entity *entity, const struct hass_entity_entry *old);
};

struct hass_component_options {
    uint32_t size;
    const char *domain;
    double scan_interval; /* seconds; 0: 15 */
    const struct hass_domain_ops *ops;
};

/**
 * Creates the component of a domain and starts setting up the platforms that the configuration lists under it
 * (`sensor: [{platform: …}]`), each in a tracked task: this does not wait for them, since an integration may depend on the
 * domain it adds entities to. Belongs to the current scope. HASS_E_EXISTS: the domain has a component already.
 *
 * @config is the domain's section; entries without "platform" are the domain's own and ignored here.
 */
HASS_API int hass_component_async_create(struct hass *hass,
                                         const struct hass_component_options *options,
                                         const json_t *config,
                                         struct hass_component **ret_component,
                                         struct hass_error *err) HASS_COROUTINE;
/** Lends the component of a domain, or NULL. */
HASS_API struct hass_component *hass_component_async_get(struct hass *hass, const char *domain)
    HASS_CALLBACK;
/** Lends an entity by id, or NULL. */
HASS_API struct hass_entity *hass_component_async_get_entity(struct hass_component *component,
                                                             const char *entity_id) HASS_CALLBACK;
/** Any entity of any domain. Lent, or NULL. */
HASS_API struct hass_entity *hass_async_get_entity(struct hass *hass, const char *entity_id)
    HASS_CALLBACK;
/** Adds entities that the domain itself makes (input_boolean). @entities are taken. */
HASS_API int hass_component_async_add_entities(struct hass_component *component,
                                               struct hass_entity *const entities[], size_t count,
                                               struct hass_error *err) HASS_COROUTINE;

/** Twin of hass_component_async_add_entities. */
HASS_API int hass_component_add_entities(struct hass_component *component,
                                         struct hass_entity *const entities[], size_t count,
                                         struct hass_error *err) HASS_BLOCKING;

/** A handler of an entity service: once for each entity of the call's target. A coroutine, or with @worker on the pool. */
typedef int hass_entity_service_fn(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err);
typedef int hass_entity_worker_fn(struct hass_worker *worker, struct hass_entity *entity,
                                  const struct hass_service_call *call, struct hass_error *err);

struct hass_entity_service_options {
    uint32_t size;
    const struct hass_schema *schema; /* of the data beside the target keys */
    const char *description;
    uint32_t required_features;            /* 0: none; all bits are needed */
    hass_entity_service_fn *async_handler; /* one of the two */
    hass_entity_worker_fn *handler;
    /** Ends with 0: an entity needs all bits of at least one, beside required_features. Copied; NULL: none. */
    const uint32_t *feature_sets;
    /** A handler answers for its entity with hass_service_call_respond; the caller gets {entity_id: answer or null}. */
    enum hass_supports_response supports_response;
};

/**
 * Registers a service whose calls are split by target (entity_id: one, list, "all", "none"; groups are expanded; devices,
 * areas, floors and labels lead to entities). A caller whose user may not control one of them is refused. One entity is called directly, several at once within their platforms' limits; the first error is returned when all have ended.
 * Polled entities are updated afterwards. A handler runs in the scope of the entity's integration. An entity that was named
 * and lacks a feature makes the call fail with HASS_E_UNSUPPORTED before any is called; others are left out.
 */
HASS_API int
hass_component_async_register_service(struct hass_component *component, const char *service,
                                      const struct hass_entity_service_options *options,
                                      struct hass_error *err) HASS_CALLBACK;

/** A service of a domain's table. */
struct hass_entity_service_row {
    const char *name;
    struct hass_entity_service_options options;
};
/** HASS_ENTITY_SERVICE("turn_on", "Turns a switch on", .async_handler = turn_on) */
#define HASS_ENTITY_SERVICE(name_, description_, ...)                                              \
    {                                                                                              \
        .name = (name_), .options = {                                                              \
            .size = sizeof(struct hass_entity_service_options),                                    \
            .description = (description_),                                                         \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define HASS_FEATURE_SETS(...) ((const uint32_t[]){ __VA_ARGS__, 0 })
/** Registers the services of a table; ends with the first that fails. */
HASS_API int hass_component_async_register_services(struct hass_component *component,
                                                    const struct hass_entity_service_row *rows,
                                                    size_t count, struct hass_error *err)
    HASS_CALLBACK;
/** The same for a whole array. */
#define HASS_REGISTER_SERVICES(component, rows, err)                                               \
    hass_component_async_register_services((component), (rows), sizeof(rows) / sizeof((rows)[0]),  \
                                           (err))
/** A domain's component over the platforms of its section @config, and the @count services of its entities. */
HASS_API int hass_domain_async_setup(struct hass *hass, const json_t *config,
                                     const struct hass_component_options *options,
                                     const struct hass_entity_service_row *rows, size_t count,
                                     struct hass_error *err) HASS_COROUTINE;
/** The same for a whole array, with the members of the options: all of most domains' async_setup. */
#define HASS_DOMAIN_SETUP(hass, config, rows, err, ...)                                            \
    hass_domain_async_setup((hass), (config),                                                      \
                            &(const struct hass_component_options){                                \
                                .size = sizeof(struct hass_component_options), __VA_ARGS__ },      \
                            (rows), sizeof(rows) / sizeof((rows)[0]), (err))

/**
 * What a target means: entities that were listed and those that devices, areas, floors and labels lead to, without what is
 * hidden, disabled or for settings and diagnosis only.
 *
 * Shape:   @target {"entity_id"?, "device_id"?, "area_id"?, "floor_id"?, "label_id"?}: lists of ids; lent. @expand_groups:
 *          members of the domain group take its place. Gives {"referenced_entities": [str], "referenced_devices",
 *          "referenced_areas", "missing_devices", "missing_areas", "missing_floors", "missing_labels"}, owned by the caller.
 * Model:   helpers.target.async_extract_referenced_entity_ids
 */
HASS_API json_t *hass_async_extract_from_target(struct hass *hass, const json_t *target,
                                                bool expand_groups) HASS_CALLBACK;

/**
 * Sets up integration @name as a platform of @domain with @config, as if the configuration had such an entry: a tracked task
 * that waits until both have been set up. How an integration with a section of its own (`command_line:`) makes entities.
 *
 * Owns:  @config, taken; checked by the platform's schema.
 * Model: helpers.discovery.async_load_platform
 */
HASS_API int hass_async_load_platform(struct hass *hass, const char *domain, const char *name,
                                      json_t *config, struct hass_error *err) HASS_CALLBACK;
/** Queues hass_async_load_platform, from any thread. */
HASS_API int hass_load_platform(struct hass *hass, const char *domain, const char *name,
                                json_t *config, struct hass_error *err);

/* for platform integrations */

/** Constant, any thread. */
HASS_API struct hass *hass_platform_hass(const struct hass_platform *platform);
/** The domain ("sensor"). */
HASS_API const char *hass_platform_domain(const struct hass_platform *platform);
/** The integration ("systemmonitor"). */
HASS_API const char *hass_platform_name(const struct hass_platform *platform);
/** The config entry that it belongs to, lent; NULL for one that comes from YAML. */
HASS_API struct hass_entry *hass_platform_entry(const struct hass_platform *platform);

/**
 * Adds entities; each one that fails is logged and left out. All are taken, also on failure.
 *
 * Context: pool thread. Model: AddEntitiesCallback
 */
HASS_API int hass_platform_add_entities(struct hass_platform *platform,
                                        struct hass_entity *const entities[], size_t count,
                                        bool update_before_add, struct hass_error *err)
    HASS_BLOCKING;
HASS_API int hass_platform_async_add_entities(struct hass_platform *platform,
                                              struct hass_entity *const entities[], size_t count,
                                              bool update_before_add, struct hass_error *err)
    HASS_COROUTINE;
/** Without waiting: a tracked task. Model: async_schedule_add_entities */
HASS_API int hass_platform_async_schedule_add_entities(struct hass_platform *platform,
                                                       struct hass_entity *const entities[],
                                                       size_t count, bool update_before_add,
                                                       struct hass_error *err) HASS_CALLBACK;
