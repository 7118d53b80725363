/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a registry: two lists, of what there is and of what has been removed. Its rows are made and written on pool
 * threads; the loop only puts them into the registry and lends them out, neither as a json_t. What we do not know of a file is
 * kept and written back. A member of a row that is not understood gets its default, a row that is of no use is left out; both
 * is told, and the file is kept as a copy.
 */
#pragma once

#include "registry/row_read.h"

enum row_list {
    ROW_LIVE,
    ROW_REMOVED,
    ROW_LISTS,
};

struct row_file_type {
    const char *key;   /* "core.device_registry" */
    int minor_version; /* that is written, of version 1 */
    const struct row_format *format;
    const char *lists[ROW_LISTS]; /* their keys; NULL: nothing is kept of removed rows */
    uint32_t uses[ROW_LISTS];     /* of the fields that are written */
    size_t
        group; /* where rows have a text by which they are grouped: a list is an object of lists; 0: it is none */
    /** Pool: the fields that are written of @row; NULL: uses[]. */
    uint32_t (*uses_of)(const void *row);
    /** Pool: completes reader->draft, and checks what can be said of a row alone; NULL: row_check. A failure is the row's
     *  problem. */
    int (*complete)(enum row_list list, struct row_reader *reader, struct hass_error *err);
    /** Loop: takes a row into the registry; the reference is taken, also on failure, which is the row's problem. */
    int (*add)(void *registry, enum row_list list, const void *row, struct hass_error *err);
    /** The next row of a list, or NULL. */
    const void *(*next)(void *registry, enum row_list list, size_t *pos);
    /** Forgets all rows. */
    void (*clear)(void *registry);
};

struct row_file;

/** Saves @registry from now on. What is there and could not be read is not replaced. */
int row_file_async_open(struct hass *hass, const struct row_file_type *type, void *registry,
                        struct row_file **ret_file, struct hass_error *err) HASS_CALLBACK;
/**
 * Reads the file into its registry, once. During bootstrap. A corrupt file is set aside; what can be read of a good one is
 * read.
 *
 * Returns: 0; as store_async_read for a file that cannot be read, -ECANCELED: then the registry is never saved.
 */
int row_file_async_read(struct row_file *file, struct hass_error *err) HASS_COROUTINE;
/** Opens and reads. */
int row_file_async_load(struct hass *hass, const struct row_file_type *type, void *registry,
                        struct row_file **ret_file, struct hass_error *err) HASS_COROUTINE;
/** Takes NULL, returns NULL. The store writes what is pending. */
struct row_file *row_file_async_close(struct row_file *file) HASS_CALLBACK;
/** Something has changed. @file may be NULL: nothing is saved. */
void row_file_async_save(struct row_file *file) HASS_CALLBACK;
