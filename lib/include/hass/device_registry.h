/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Devices: the things that entities belong to.
 *
 * Rows are immutable and counted: a getter with async_ lends one until the caller suspends or changes it; take a reference to
 * keep it. A change makes a new row and fires device_registry_updated {"action": "create"|"update"|"remove", "device_id",
 * "changes"? (the old values), "device"? (what was removed)} once all of it has been done. Removed devices are remembered:
 * one that comes back while its config entry lives, or within 30 days after, gets its id and what its user had set.
 *
 * Functions without async_ queue the operation from any thread and return at once; what fails then is logged.
 *
 * Model: helpers.device_registry (2024.1 to 2026.7: a device may belong to several config entries)
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/thread_safety.h>

#define HASS_EVENT_DEVICE_REGISTRY_UPDATED "device_registry_updated"

enum hass_device_disabler {
    HASS_DEVICE_ENABLED = 0,
    HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY,
    HASS_DEVICE_DISABLED_BY_INTEGRATION,
    HASS_DEVICE_DISABLED_BY_USER,
};

/** (domain, id) of an identifier; (type, value) of a connection ("mac", "zigbee", …). */
struct hass_device_pair {
    const char *first; /* NULL ends a list */
    const char *second;
};
#define HASS_DEVICE_PAIRS(...) ((const struct hass_device_pair[]){ __VA_ARGS__, { NULL, NULL } })

/**
 * What an integration knows of a device. Identifiers or connections are needed. default_… apply where the device has no value
 * yet, and exclude all that only the device's own integration knows: name, manufacturer, model and what follows them. Members
 * that are NULL leave what the registry has.
 */
struct hass_device_info {
    uint32_t size;
    const struct hass_device_pair *identifiers; /* or NULL */
    const struct hass_device_pair *connections; /* or NULL; mac addresses are normalised */
    const char *name, *manufacturer, *model, *model_id, *sw_version, *hw_version, *serial_number;
    const char *default_name, *default_manufacturer, *default_model;
    const char *suggested_area;            /* its name; looked up or created for a new device */
    const char *configuration_url;         /* http, https or homeassistant */
    bool is_service;                       /* entry_type "service" */
    struct hass_device_pair via_device;    /* identifier of the device it is reached through */
    enum hass_device_disabler disabled_by; /* of a new device */
    const char *config_subentry_id;        /* the part of the entry that gives it; or NULL */
};
#define HASS_DEVICE_INFO(...)                                                                      \
    {                                                                                              \
        .size = sizeof(struct hass_device_info), __VA_ARGS__                                       \
    }

struct hass_device {
    uint32_t size;
    const char *id;                                           /* 32 hex digits */
    const char *const *config_entries;                        /* NULL-terminated, never NULL */
    const char *primary_config_entry;                         /* or NULL */
    const struct hass_device_pair *identifiers, *connections; /* never NULL */
    const char *const *labels;
    const char *area_id, *name, *name_by_user, *manufacturer, *model, *model_id, *sw_version,
        *hw_version, *serial_number, *entry_type, *configuration_url, *via_device_id; /* or NULL */
    enum hass_device_disabler disabled_by;
    int64_t created_at, modified_at; /* microseconds UTC; 0: before anybody noted it */
};

HASS_API const struct hass_device *hass_device_ref(const struct hass_device *device);
HASS_API const struct hass_device *hass_device_unref(const struct hass_device *device);
/** Shape: as in config/device_registry/list. Owned by the caller; any thread. */
HASS_API json_t *hass_device_as_json(const struct hass_device *device);
HASS_DEFINE_CONST_CLEANUP(hass_device, hass_device_unref)

/**
 * The device of @info, found by identifiers, then connections; updated with what @info says, created when there is none, or
 * restored with its id and what its user had set when it had been removed.
 *
 * Returns: 0 with the row lent in @ret_device (may be NULL); HASS_E_INVALID (DeviceInfoError); HASS_E_NOT_FOUND for an
 *          unknown config entry.
 */
HASS_API int hass_device_registry_async_get_or_create(struct hass *hass, const char *entry_id,
                                                      const struct hass_device_info *info,
                                                      const struct hass_device **ret_device,
                                                      struct hass_error *err) HASS_CALLBACK;
/** The fields of @changes below. */
extern HASS_API const struct hass_schema hass_device_changes;
/**
 * Shape: @changes, taken: {"area_id"?, "name_by_user"?, "disabled_by"?: null|"user"|…, "labels"?: [str], "name"?,
 *        "manufacturer"?, "model"?, "model_id"?, "sw_version"?, "hw_version"?, "serial_number"?, "configuration_url"?,
 *        "via_device_id"?, "merge_identifiers"?: [[str, str]], "new_identifiers"?, "merge_connections"?,
 *        "new_connections"?, "add_config_entry_id"?, "remove_config_entry_id"?}; absent leaves, null clears.
 * Returns: 0 with the row lent in @ret_device (may be NULL); HASS_E_NOT_FOUND; HASS_E_INVALID; HASS_E_EXISTS when an
 *          identifier or connection is another device's. Removing the last entry removes the device; @ret_device gets NULL.
 */
HASS_API int hass_device_registry_async_update(struct hass *hass, const char *device_id,
                                               json_t *changes,
                                               const struct hass_device **ret_device,
                                               struct hass_error *err) HASS_CALLBACK;
/** Its entities go with it. */
HASS_API int hass_device_registry_async_remove(struct hass *hass, const char *device_id,
                                               struct hass_error *err) HASS_CALLBACK;
/** Takes a config entry from all devices; those left without one are removed. */
HASS_API int hass_device_registry_async_clear_config_entry(struct hass *hass, const char *entry_id,
                                                           struct hass_error *err) HASS_CALLBACK;
HASS_API const struct hass_device *hass_device_registry_async_get(struct hass *hass,
                                                                  const char *device_id)
    HASS_CALLBACK;
/** By any of the identifiers, then any of the connections; either may be NULL. */
HASS_API const struct hass_device *
hass_device_registry_async_find(struct hass *hass, const struct hass_device_pair *identifiers,
                                const struct hass_device_pair *connections) HASS_CALLBACK;
/**
 * Walks all: `for (size_t pos = 0; hass_device_registry_async_next(hass, &pos, &device);)`. Removing the device is safe; after
 * somebody has added one, a device may be passed over.
 */
HASS_API bool hass_device_registry_async_next(struct hass *hass, size_t *pos,
                                              const struct hass_device **ret_device) HASS_CALLBACK;
/** Those of an area, by index, likewise; of a label; of a config entry; of those reached through a device. */
HASS_API bool hass_device_registry_async_next_of_area(struct hass *hass, const char *area_id,
                                                      size_t *pos,
                                                      const struct hass_device **ret_device)
    HASS_CALLBACK;
HASS_API bool hass_device_registry_async_next_of_label(struct hass *hass, const char *label_id,
                                                       size_t *pos,
                                                       const struct hass_device **ret_device)
    HASS_CALLBACK;
HASS_API bool hass_device_registry_async_next_of_entry(struct hass *hass, const char *entry_id,
                                                       size_t *pos,
                                                       const struct hass_device **ret_device)
    HASS_CALLBACK;
HASS_API bool hass_device_registry_async_next_via(struct hass *hass, const char *device_id,
                                                  size_t *pos,
                                                  const struct hass_device **ret_device)
    HASS_CALLBACK;
HASS_API size_t hass_device_registry_async_count(struct hass *hass) HASS_CALLBACK;

/** Any thread, queued. */
HASS_API int hass_device_registry_update(struct hass *hass, const char *device_id, json_t *changes,
                                         struct hass_error *err);
HASS_API int hass_device_registry_remove(struct hass *hass, const char *device_id,
                                         struct hass_error *err);
/** A reference, or NULL; waits for the loop. */
HASS_API const struct hass_device *hass_device_registry_get(struct hass *hass,
                                                            const char *device_id) HASS_BLOCKING;
