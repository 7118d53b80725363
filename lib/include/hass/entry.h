/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Config entries: what a user has set up by a dialogue instead of YAML, one entry for each device or account.
 *
 *     int async_setup_entry(struct hass *hass, struct hass_entry *entry, struct hass_error *err)
 *     {
 *         const char *host = hass_json_get_string(hass_entry_async_data(entry), "host", "");
 *         …
 *         return hass_entry_async_forward_setups(entry, HASS_LIST("light", "sensor"), err);
 *     }
 *
 * An entry is counted. It has a scope of its own below the integration's: what is registered while it is set up belongs to it
 * and ends when it is unloaded.
 *
 * Model: config_entries
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/error.h>
#include <hass/job.h>

struct hass_entry;

enum hass_entry_state {
    HASS_ENTRY_NOT_LOADED,
    HASS_ENTRY_SETUP_IN_PROGRESS,
    HASS_ENTRY_LOADED,
    HASS_ENTRY_SETUP_ERROR,
    HASS_ENTRY_SETUP_RETRY, /* its set-up said HASS_E_NOT_READY, and is tried again */
    HASS_ENTRY_MIGRATION_ERROR,
    HASS_ENTRY_FAILED_UNLOAD,
    HASS_ENTRY_UNLOAD_IN_PROGRESS,
};

enum hass_entry_disabler {
    HASS_ENTRY_ENABLED = 0,
    HASS_ENTRY_DISABLED_BY_USER,
};

HASS_API struct hass_entry *hass_entry_ref(struct hass_entry *entry);
HASS_API struct hass_entry *hass_entry_unref(struct hass_entry *entry);
HASS_DEFINE_CLEANUP(hass_entry, hass_entry_unref)

/* These four are constant. Any thread. */
HASS_API struct hass *hass_entry_hass(const struct hass_entry *entry);
HASS_API const char *hass_entry_id(const struct hass_entry *entry);
HASS_API const char *hass_entry_domain(const struct hass_entry *entry);
/** What made it: "user", "import", "zeroconf", … */
HASS_API const char *hass_entry_source(const struct hass_entry *entry);

/* These lend. */
HASS_API const char *hass_entry_async_title(const struct hass_entry *entry) HASS_CALLBACK;
/** Tells the device or account from others of the integration; or NULL. */
HASS_API const char *hass_entry_async_unique_id(const struct hass_entry *entry) HASS_CALLBACK;
HASS_API const json_t *hass_entry_async_data(const struct hass_entry *entry) HASS_CALLBACK;
HASS_API const json_t *hass_entry_async_options(const struct hass_entry *entry) HASS_CALLBACK;
HASS_API enum hass_entry_state hass_entry_async_state(const struct hass_entry *entry) HASS_CALLBACK;
/** The version of what data and options hold; @ret_minor_version may be NULL. */
HASS_API int hass_entry_async_version(const struct hass_entry *entry, int *ret_minor_version)
    HASS_CALLBACK;
/** Shape: as in config_entries/get. Owned by the caller. */
HASS_API json_t *hass_entry_async_as_json(const struct hass_entry *entry) HASS_CALLBACK;
/** Twins of hass_entry_async_data and hass_entry_async_options: a copy, owned by the caller. Any thread. */
HASS_API json_t *hass_entry_data(const struct hass_entry *entry);
HASS_API json_t *hass_entry_options(const struct hass_entry *entry);
/** "not_loaded", "setup_retry", … Any thread. */
HASS_API const char *hass_entry_state_name(enum hass_entry_state state);

/* for the integration */

/**
 * Keeps what the integration knows of this entry. It is destroyed when the entry has been unloaded, or could not be set up,
 * after everything that may use it.
 *
 * Owns:  @value, taken, also on failure.
 * Model: ConfigEntry.runtime_data
 */
HASS_API int hass_entry_async_set_runtime_data(struct hass_entry *entry, void *value,
                                               hass_destroy_fn *destroy, struct hass_error *err)
    HASS_CALLBACK;
/** Lends it, or NULL. */
HASS_API void *hass_entry_async_runtime_data(const struct hass_entry *entry) HASS_CALLBACK;
/**
 * Runs a plain job, of any kind, once the entry has been unloaded or its set-up has failed; the newest first, each waited
 * for. Registrations need none of this: they end with the entry's scope.
 */
HASS_API int hass_entry_async_on_unload(struct hass_entry *entry, struct hass_job job,
                                        struct hass_error *err) HASS_CALLBACK;
/** Starts a plain job after each change of the entry by hass_entry_async_update. Ends with the entry's scope. */
HASS_API int hass_entry_async_on_update(struct hass_entry *entry, struct hass_job job,
                                        struct hass_sub **ret_sub, struct hass_error *err)
    HASS_CALLBACK;
/**
 * From async_setup_entry: sets up the integration's platform in each of @domains (NULL-terminated) at the same time, by its
 * entry point async_setup_entry_platform or setup_entry_platform. What fails there is logged and leaves the others alone.
 * The platforms go by themselves when the entry is unloaded.
 *
 * Returns: 0; HASS_E_NOT_ALLOWED unless the entry is being set up or is loaded; the error of a domain that cannot be set up.
 * Model:   ConfigEntries.async_forward_entry_setups
 */
HASS_API int hass_entry_async_forward_setups(struct hass_entry *entry, const char *const *domains,
                                             struct hass_error *err) HASS_COROUTINE;
/** As hass_entry_async_forward_setups, from setup_entry on a pool thread. */
HASS_API int hass_entry_forward_setups(struct hass_entry *entry, const char *const *domains,
                                       struct hass_error *err) HASS_BLOCKING;
/**
 * Changes the entry; its update listeners are started when something has changed.
 *
 * Shape:   @changes, taken: {"title"?: str, "unique_id"?: str|null, "data"?: {}, "options"?: {}, "version"?: int,
 *          "minor_version"?: int, "pref_disable_new_entities"?: bool, "pref_disable_polling"?: bool, "discovery_keys"?: {}}
 * Returns: 1 when something has changed, else 0; HASS_E_INVALID; HASS_E_NOT_FOUND when the entry has been removed;
 *          HASS_E_EXISTS when another entry of the integration has that unique id.
 * Model:   ConfigEntries.async_update_entry
 */
HASS_API int hass_entry_async_update(struct hass_entry *entry, json_t *changes,
                                     struct hass_error *err) HASS_CALLBACK;
/** Queues hass_entry_async_update, from any thread. */
HASS_API int hass_entry_update(struct hass_entry *entry, json_t *changes, struct hass_error *err);

/*
 * Subentries: parts of an entry, each with data of its own: the rooms of a heating, the devices of an account. Devices and
 * entities say to which they belong by config_subentry_id, and go with it. Update listeners are started when one is added,
 * changed or removed.
 */

/** Lends [{"subentry_id": str, "subentry_type": str, "title": str, "unique_id": str|null, "data": {}}], until one changes. */
HASS_API const json_t *hass_entry_async_subentries(const struct hass_entry *entry) HASS_CALLBACK;
/** Its twin: a copy, owned by the caller. Any thread. */
HASS_API json_t *hass_entry_subentries(const struct hass_entry *entry);
/** Lends one of them, or NULL. */
HASS_API const json_t *hass_entry_async_subentry(const struct hass_entry *entry,
                                                 const char *subentry_id) HASS_CALLBACK;
/**
 * Adds a part.
 *
 * Shape:   @subentry, taken: {"subentry_type": str, "title": str, "unique_id"?: str|null, "data"?: {}}
 * Returns: 0 with it lent in @ret_subentry (may be NULL); HASS_E_INVALID; HASS_E_EXISTS for a unique id that another part of
 *          the entry has; HASS_E_LIMIT.
 * Model:   ConfigEntries.async_add_subentry
 */
HASS_API int hass_entry_async_add_subentry(struct hass_entry *entry, json_t *subentry,
                                           const json_t **ret_subentry, struct hass_error *err)
    HASS_CALLBACK;
/**
 * Changes a part.
 *
 * Shape:   @changes, taken: {"title"?: str, "unique_id"?: str|null, "data"?: {}}
 * Returns: 1 when something has changed, else 0; HASS_E_NOT_FOUND; errors of hass_entry_async_add_subentry.
 * Model:   ConfigEntries.async_update_subentry
 */
HASS_API int hass_entry_async_update_subentry(struct hass_entry *entry, const char *subentry_id,
                                              json_t *changes, struct hass_error *err)
    HASS_CALLBACK;
/** Removes a part with its devices and entities. HASS_E_NOT_FOUND. */
HASS_API int hass_entry_async_remove_subentry(struct hass_entry *entry, const char *subentry_id,
                                              struct hass_error *err) HASS_CALLBACK;

/* all of them */

/** Lends an entry, or NULL. */
HASS_API struct hass_entry *hass_entries_async_get(struct hass *hass, const char *entry_id)
    HASS_CALLBACK;
/** Walks all, the oldest first: `for (size_t pos = 0; hass_entries_async_next(hass, &pos, &entry);)`. */
HASS_API bool hass_entries_async_next(struct hass *hass, size_t *pos, struct hass_entry **ret_entry)
    HASS_CALLBACK;

/*
 * Each holds the entry's own lock, so that they come one after the other; a caller that is cancelled leaves it going on.
 * Refused inside the entry's own set-up and unloading, which would wait for themselves (HASS_E_WOULD_DEADLOCK).
 * HASS_E_NOT_FOUND for an unknown id, HASS_E_NOT_ALLOWED when the state does not allow it.
 */

/** Sets up an entry that is not loaded. Returns 0 when it is loaded then, or disabled; else why it is not. */
HASS_API int hass_entries_async_setup(struct hass *hass, const char *entry_id,
                                      struct hass_error *err) HASS_COROUTINE;
HASS_API int hass_entries_async_unload(struct hass *hass, const char *entry_id,
                                       struct hass_error *err) HASS_COROUTINE;
HASS_API int hass_entries_async_reload(struct hass *hass, const char *entry_id,
                                       struct hass_error *err) HASS_COROUTINE;
/** Reloads it in a task of its own: allowed everywhere, without waiting. */
HASS_API int hass_entries_async_schedule_reload(struct hass *hass, const char *entry_id,
                                                struct hass_error *err) HASS_CALLBACK;
/** Unloads and forgets it, with its devices and entities. Returns 1 when a restart is needed to be rid of it all. */
HASS_API int hass_entries_async_remove(struct hass *hass, const char *entry_id,
                                       struct hass_error *err) HASS_COROUTINE;
/**
 * Takes the entry from a device, if its integration agrees (async_remove_config_entry_device); the device goes with its last
 * entry.
 *
 * Returns: 0; HASS_E_NOT_ALLOWED when the integration refuses; HASS_E_UNSUPPORTED when it has nothing to say; HASS_E_NOT_FOUND
 *          when the entry has no such device.
 */
HASS_API int hass_entry_async_remove_device(struct hass_entry *entry, const char *device_id,
                                            struct hass_error *err) HASS_COROUTINE;
/** Disables it (its devices and entities, too) or takes that back. Returns 1 when a restart is needed for it. */
HASS_API int hass_entries_async_set_disabled_by(struct hass *hass, const char *entry_id,
                                                enum hass_entry_disabler disabled_by,
                                                struct hass_error *err) HASS_COROUTINE;
/** A reference, or NULL; waits for the loop. */
HASS_API struct hass_entry *hass_entries_get(struct hass *hass, const char *entry_id) HASS_BLOCKING;
/** Queue the operation, from any thread; what fails then is logged. */
HASS_API int hass_entries_setup(struct hass *hass, const char *entry_id, struct hass_error *err);
HASS_API int hass_entries_unload(struct hass *hass, const char *entry_id, struct hass_error *err);
HASS_API int hass_entries_reload(struct hass *hass, const char *entry_id, struct hass_error *err);
HASS_API int hass_entries_remove(struct hass *hass, const char *entry_id, struct hass_error *err);
HASS_API int hass_entries_set_disabled_by(struct hass *hass, const char *entry_id,
                                          enum hass_entry_disabler disabled_by,
                                          struct hass_error *err);
