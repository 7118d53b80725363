/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What survives a restart: one JSON file a store, <state>/.storage/<key>, in the model's envelope
 * {"version", "minor_version", "key", "data"}.
 *
 * A write is atomic and durable: a temporary file in the same folder, fsync, rename, fsync of the folder, on a pool thread.
 * What cannot be written (no space, read-only, I/O error) leaves the old file as it is, is reported once as an issue, and is
 * tried again, after 5 s and up to 10 min. A file that cannot be read as JSON is set aside as <key>.corrupt.<ISO time>, with
 * an issue; one of a newer version, or that cannot be read, is never overwritten.
 *
 * Model: helpers.storage.Store
 */
#pragma once

#include <hass/json.h>
#include <hass/thread_safety.h>

struct hass_store;

struct hass_store_options {
    uint32_t size;
    const char *key; /* the file's name: letters, digits, ".", "_", "-", the first no "." */
    int version;
    int minor_version;        /* 0: 1 */
    int max_readable_version; /* 0: @version */
    bool private_file;        /* mode 0600 instead of 0644 */
    bool read_only;           /* never writes */
    /**
     * Brings @data (taken) of another version up to date. A coroutine. NULL: a file of the same @version is taken as it is,
     * others are refused. What it returns is saved at once.
     */
    int (*async_migrate)(struct hass *hass, int version, int minor_version, json_t *data,
                         json_t **ret_data, void *userdata, struct hass_error *err);
    void *userdata; /* of async_migrate and data */
    /**
     * The data to write, owned by the caller: asked for on the loop when a delayed save is due, and by a load while one is
     * pending. It is written on the pool: what is in it must not change any more.
     */
    json_t *(*data)(void *userdata);
};

/**
 * A store; it belongs to the current scope, which writes what is pending when it closes. HASS_E_INVALID for a bad key,
 * HASS_E_EXISTS while another store has it.
 */
HASS_API int hass_store_async_create(struct hass *hass, const struct hass_store_options *options,
                                     struct hass_store **ret_store, struct hass_error *err)
    HASS_CALLBACK;
/** Writes what is pending in the background and frees the store. Takes NULL, returns NULL. */
HASS_API struct hass_store *hass_store_async_destroy(struct hass_store *store) HASS_CALLBACK;

/**
 * Reads the file; callers at the same time share one reading; while something unsaved is pending, gives that.
 *
 * Returns: 0 with @ret_data owned by the caller, NULL when there is no file (or it was corrupt and has been set aside);
 *          HASS_E_UNSUPPORTED for a newer version; -errno.
 */
HASS_API int hass_store_async_load(struct hass_store *store, json_t **ret_data,
                                   struct hass_error *err) HASS_COROUTINE;
/**
 * Writes now and returns when it is durable. @data is taken. While stopping it returns at once: the final write comes.
 *
 * Returns: 0; -errno when it is not written yet, but will be tried again; HASS_E_UNSUPPORTED when the file is newer.
 */
HASS_API int hass_store_async_save(struct hass_store *store, json_t *data, struct hass_error *err)
    HASS_COROUTINE;
/**
 * Writes options->data @delay seconds from now. Several calls make one write, at the time of the last; they put it off no
 * further than to 300 s after the first, or to what that asked for if it is later.
 */
HASS_API int hass_store_async_delay_save(struct hass_store *store, double delay,
                                         struct hass_error *err) HASS_CALLBACK;
/** Cancels what is pending and deletes the file. */
HASS_API int hass_store_async_remove(struct hass_store *store, struct hass_error *err)
    HASS_COROUTINE;
HASS_API int hass_store_load(struct hass_store *store, json_t **ret_data, struct hass_error *err)
    HASS_BLOCKING;
HASS_API int hass_store_save(struct hass_store *store, json_t *data, struct hass_error *err)
    HASS_BLOCKING;
/** Queues hass_store_async_delay_save, from any thread. */
HASS_API int hass_store_delay_save(struct hass_store *store, double delay, struct hass_error *err);
HASS_API int hass_store_remove(struct hass_store *store, struct hass_error *err) HASS_BLOCKING;
