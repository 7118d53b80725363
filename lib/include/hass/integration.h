/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an integration exports: a manifest and entry points, found by name.
 *
 *     HASS_MANIFEST(.domain = "blink", .name = "Blink", .version = "1.0", .config = &blink_schema,
 *                   .dependencies = HASS_LIST("light"));
 *     int setup(struct hass *hass, const json_t *config, struct hass_error *err) { … }
 */
#pragma once

#include <hass/device_registry.h>
#include <hass/entity.h>
#include <hass/entry.h>
#include <hass/flow.h>
#include <hass/hass.h>
#include <hass/platform.h>
#include <hass/schema.h>
#include <hass/translation.h>

#define HASS_ABI 1

/** What a platform of a domain takes in its configuration, beside platform, entity_namespace and scan_interval. */
struct hass_platform_schema {
    const char *domain; /* NULL ends the list */
    const struct hass_schema *schema;
};

struct hass_condition_kind;
struct hass_config_report;
struct hass_trigger_kind;

struct hass_manifest {
    uint32_t size;
    uint32_t abi;
    const char *domain; /* the file's name without .so */
    const char *name;
    const char *version;
    const struct hass_schema *config; /* of its section; NULL: none is expected */
    const struct hass_platform_schema *platforms;
    const char *const *dependencies;       /* set up before; one failing fails this one */
    const char *const *after_dependencies; /* set up before if they are wanted at all */
    const char *documentation;             /* URL */
    double scan_interval;                  /* of its platforms, seconds; 0: the domain's */
    int parallel_updates; /* of its platforms: 0: the model's default, -1: unlimited, n: at most n at once */
    bool critical;                /* reported louder; never stops the daemon */
    const char *integration_type; /* NULL: "hub"; "device", "service", "helper", "entity", … */
    const char *iot_class;        /* "local_push", "cloud_polling", …; or NULL */
    bool single_config_entry;     /* at most one entry */
    int entry_version, entry_minor_version; /* of what its entries hold; 0: 1 */
    const struct hass_flow_handler
        *config_flow; /* makes entries; NULL: they cannot be made by dialogue */
    const struct hass_flow_handler *options_flow; /* of an entry; or NULL */
    const struct hass_flow_handler
        *repair_flow; /* mends issues; NULL: their user confirms that they are mended */
    const struct hass_subentry_flow *subentry_flows; /* of parts of its entries; or NULL */
    /**
     * For one that checks its section itself, item by item: set-up and reload get the section as it is written (an empty map for
     * none), @config only describes it, and a bad item of it refuses nothing. This says what is wrong, by hass_config_report, for who
     * only wants to know (`hassd check`). A coroutine; @section is lent; nothing but files may be looked at.
     */
    int (*async_check_config)(struct hass *hass, const json_t *section,
                              struct hass_config_report *report, struct hass_error *err);
    /** Likewise, of what @config cannot say, for one whose section is checked by it. @section: as it is written. */
    int (*async_check_beyond)(struct hass *hass, const json_t *section,
                              struct hass_config_report *report, struct hass_error *err);
    /**
     * Kinds of triggers and conditions that it gives, each list ended by NULL; registered when it has been set up. Who uses one sets it up,
     * when the kind is called as the integration is, or begins so ("light.turned_on").
     */
    const struct hass_trigger_kind *const *triggers;
    const struct hass_condition_kind *const *conditions;
};

#define HASS_LIST(...)       ((const char *const[]){ __VA_ARGS__, NULL })
#define HASS_TRIGGERS(...)   ((const struct hass_trigger_kind *const[]){ __VA_ARGS__, NULL })
#define HASS_CONDITIONS(...) ((const struct hass_condition_kind *const[]){ __VA_ARGS__, NULL })
#define HASS_PLATFORMS(...)  ((const struct hass_platform_schema[]){ __VA_ARGS__, { NULL, NULL } })

/** The ELF note that is read before the file is opened: owner "hassd", type HASS_NOTE_MANIFEST. */
#define HASS_NOTE_MANIFEST 0x48415353

struct hass_note {
    uint32_t owner_size, payload_size, type;
    char owner[8];
    uint32_t abi;
    uint32_t manifest_size, job_size, field_size, entity_ops_size;
};

/** Defines the manifest and its note, once in an integration. */
#define HASS_MANIFEST(...)                                                                         \
    __attribute__((section(".note.hassd"), used,                                                   \
                   aligned(4))) static const struct hass_note hass__note = {                       \
        .owner_size = sizeof("hassd"),                                                             \
        .payload_size = 5 * sizeof(uint32_t),                                                      \
        .type = HASS_NOTE_MANIFEST,                                                                \
        .owner = "hassd",                                                                          \
        .abi = HASS_ABI,                                                                           \
        .manifest_size = sizeof(struct hass_manifest),                                             \
        .job_size = sizeof(struct hass_job),                                                       \
        .field_size = sizeof(struct hass_field),                                                   \
        .entity_ops_size = sizeof(struct hass_entity_ops),                                         \
    };                                                                                             \
    HASS_API extern const struct hass_manifest hass_manifest;                                      \
    HASS_API const struct hass_manifest hass_manifest = { .size = sizeof(struct hass_manifest),    \
                                                          .abi = HASS_ABI,                         \
                                                          __VA_ARGS__ }

/*
 * Entry points, all optional; exactly one of async_setup and setup where set-up is needed, and likewise of the platform pair.
 * HASS_E_NOT_READY from a platform is tried again later. @config is lent for the call, validated, with defaults.
 */

/** Sets the integration up, on the loop, as a coroutine. */
HASS_API int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
    HASS_COROUTINE;
/** Sets the integration up, on a pool thread. */
HASS_API int setup(struct hass *hass, const json_t *config, struct hass_error *err) HASS_BLOCKING;
/** Sets up one platform entry of a domain (`sensor: - platform: x`). */
HASS_API int async_setup_platform(struct hass_platform *platform, const json_t *config,
                                  struct hass_error *err) HASS_COROUTINE;
HASS_API int setup_platform(struct hass_platform *platform, const json_t *config,
                            struct hass_error *err) HASS_BLOCKING;
/** Called before the scope is closed, for what the scope does not own: sockets, files. */
HASS_API int async_unload(struct hass *hass, struct hass_error *err) HASS_COROUTINE;

/**
 * Takes its section as it is written now, while everything goes on; without it, a changed section sets the integration up
 * anew. Who has it gets the service `reload`, for administrators.
 */
HASS_API int async_reload(struct hass *hass, const json_t *config, struct hass_error *err)
    HASS_COROUTINE;

/*
 * Entry points of an integration with config entries (<hass/entry.h>). The integration is set up first, without a section,
 * too; what they register belongs to the entry and ends with it.
 */

/**
 * Sets up an entry; one of the two. What it fails with says what happens next: HASS_E_NOT_READY: it is tried again later and
 * later; HASS_E_AUTH_FAILED: the user is asked to authenticate anew; anything else: it stays down, with the reason shown.
 */
HASS_API int async_setup_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
    HASS_COROUTINE;
HASS_API int setup_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
    HASS_BLOCKING;
/**
 * Called when an entry is unloaded, after its entities have gone and before its scope is closed, for what the scope does not
 * own. One that fails leaves the entry in failed_unload until the next start.
 */
HASS_API int async_unload_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
    HASS_COROUTINE;
/** Called when an entry has been deleted, for what it left elsewhere. */
HASS_API int async_remove_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
    HASS_COROUTINE;
/** Brings an entry of another version up to date, by hass_entry_async_update, before it is set up. */
HASS_API int async_migrate_entry(struct hass *hass, struct hass_entry *entry,
                                 struct hass_error *err) HASS_COROUTINE;
/**
 * Says whether @device may be removed, as its user asks: 1 when it may, 0 when it is still there and would come back. Without
 * this function no device of the integration is removed by its user.
 */
HASS_API int async_remove_config_entry_device(struct hass *hass, struct hass_entry *entry,
                                              const struct hass_device *device,
                                              struct hass_error *err) HASS_COROUTINE;
/** Sets up the platform of one domain that the entry was forwarded to; one of the two. */
HASS_API int async_setup_entry_platform(struct hass_platform *platform, struct hass_entry *entry,
                                        struct hass_error *err) HASS_COROUTINE;
HASS_API int setup_entry_platform(struct hass_platform *platform, struct hass_entry *entry,
                                  struct hass_error *err) HASS_BLOCKING;

/* integrations among each other */

/**
 * Sets up an integration by name; at once 0 when it is set up already; callers at the same time share one set-up.
 *
 * Model: setup.async_setup_component
 */
HASS_API int hass_async_setup_component(struct hass *hass, const char *domain,
                                        struct hass_error *err) HASS_COROUTINE;
/** Twin of hass_async_setup_component. */
HASS_API int hass_setup_component(struct hass *hass, const char *domain, struct hass_error *err)
    HASS_BLOCKING;
/** True when @domain (or "<domain>.<platform>") has been set up. Any thread. */
HASS_API bool hass_component_loaded(struct hass *hass, const char *domain);
/** "hub", "device", "helper", …, of an integration whose file is open; else "hub". A literal of its manifest. */
HASS_API const char *hass_async_integration_type(struct hass *hass, const char *domain)
    HASS_CALLBACK;
/**
 * Which of the installed integrations can be added by dialogue; those that may are opened for it.
 *
 * Shape:   @types, borrowed, ["hub", "helper", …], empty or NULL: all; @ret_domains: their domains in alphabetical order, owned
 *          by the caller.
 * Model:   loader.async_get_config_flows
 */
HASS_API int hass_async_flow_handlers(struct hass *hass, const json_t *types, json_t **ret_domains,
                                      struct hass_error *err) HASS_COROUTINE;
/** Unloads an integration: dependants first, then its scope is closed. */
HASS_API int hass_async_unload_component(struct hass *hass, const char *domain,
                                         struct hass_error *err) HASS_COROUTINE;
/** Unloads, opens the file again if it has changed, and sets up again, with what depended on it. */
HASS_API int hass_async_reload_component(struct hass *hass, const char *domain,
                                         struct hass_error *err) HASS_COROUTINE;

/**
 * Reads the configuration again and gives an integration its section (async_reload): what its service `reload` does.
 *
 * Returns: 0; HASS_E_INVALID when the file or the section is wrong, after which everything is as before; HASS_E_NOT_FOUND when
 *          the integration is not set up; HASS_E_UNSUPPORTED when it has no async_reload.
 * Model:   helpers.reload.async_integration_yaml_config
 */
HASS_API int hass_async_reload_section(struct hass *hass, const char *domain,
                                       struct hass_error *err) HASS_COROUTINE;

/**
 * Says what is wrong with a section that is being checked. @message begins with the place below the section, as errors of
 * hass_schema_check do ("3->triggers->0->entity_id: expected …"), and is told with file, line and column. @consequence (or NULL) is
 * put behind what is wrong: "automation 'Hall' is unavailable".
 */
HASS_API void hass_config_report(struct hass_config_report *report, const char *message,
                                 const char *consequence);
/** The same for a section that is being set up or reloaded: a line in the log. Before async_setup or async_reload has returned. */
HASS_API int hass_async_report_config(struct hass *hass, const char *domain, const char *message,
                                      const char *consequence, struct hass_error *err)
    HASS_CALLBACK;
/**
 * Says all that is wrong with an item of a section that integrations check themselves, to @report, or with NULL as
 * hass_async_report_config. Shape: @messages ["triggers->0->entity_id: expected …"], at least one; @step is put before each ("3" or NULL);
 * @consequence goes with the first.
 */
HASS_API int hass_async_report_item(struct hass *hass, const char *domain,
                                    struct hass_config_report *report, const char *step,
                                    const json_t *messages, const char *consequence,
                                    struct hass_error *err) HASS_CALLBACK;

/** Lends the sections of @domain as they are written, those with labels merged; NULL: there are none. Until the next reload. */
HASS_API const json_t *hass_async_config_section(struct hass *hass, const char *domain)
    HASS_CALLBACK;
/**
 * Appends where a value of the configuration stands, "automations.yaml:12", or the nearest around it. @path: below the section of
 * @domain, "3->actions->0". False when that is not known.
 */
HASS_API bool hass_async_config_place(struct hass *hass, const char *domain, const char *path,
                                      struct hass_buf *place) HASS_CALLBACK;

/**
 * A typed table that one integration offers to others under a name ("websocket_api.commands"); gone when its scope closes.
 * @table begins with its uint32_t size.
 */
HASS_API int hass_async_provide_api(struct hass *hass, const char *name, const void *table,
                                    struct hass_error *err) HASS_CALLBACK;
/** Lends a table, or NULL. Ask for it each time: it may have been replaced. */
HASS_API const void *hass_async_get_api(struct hass *hass, const char *name) HASS_CALLBACK;
