/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What registries use of stores beside <hass/store.h>.
 *
 * The cast: `store.c` is the API, `store_file` keeps what is to be written to one file and does one thing after the other with
 * it, `store_disk` reads and replaces the file, `store_envelope` finds the versions in a large one.
 *
 * A registry does not build json_t: its rows are immutable and counted, so that an array of references is taken on the loop
 * and written as text on a pool thread.
 */
#pragma once

#include <hass/buf.h>
#include <hass/store.h>

#include "registry/store_disk.h"

struct store_writer {
    void *(*snapshot)(void *userdata); /* loop; NULL: there is nothing to write now */
    void (*write)(const void *snapshot,
                  struct hass_buf *data); /* pool: appends the JSON of "data" */
    hass_destroy_fn *release;             /* loop */
};

/* Both constant. */
struct store_reader {
    struct disk_reader file;  /* pool; its userdata is what is made of the file */
    hass_destroy_fn *release; /* loop: frees that when nobody wants it */
};

/** As hass_store_async_create, in the core's scope, with a writer (constant; NULL: options->data). */
int store_async_create(struct hass *hass, const struct hass_store_options *options,
                       const struct store_writer *writer, struct hass_store **ret_store,
                       struct hass_error *err) HASS_CALLBACK;
/**
 * A delayed save as registries want it: 10 s while running, 180 s before. What goes wrong is logged.
 */
void store_async_save_registry(struct hass_store *store) HASS_CALLBACK;
/**
 * Reads the file in pieces, on the pool: the functions of @reader make something of it in @reading, which is taken. A missing,
 * corrupt or newer file is treated as by hass_store_async_load; what a reader's feed or finish refuses is corrupt.
 *
 * Returns: 0 with @reading in @ret_reading, the caller's again; NULL there when there is no file, or it has been set aside.
 */
int store_async_read(struct hass_store *store, const struct store_reader *reader, void *reading,
                     void **ret_reading, struct hass_error *err) HASS_COROUTINE;
/** The next write keeps the present file under a dated name: part of it was not understood and will be missing. */
void store_async_keep_copy(struct hass_store *store) HASS_CALLBACK;
