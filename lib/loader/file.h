/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files, for what can be made again: copies of integrations and the memory of the probe. Both block.
 */
#pragma once

#include <sys/types.h>

#include <hass/error.h>

/** Reads a regular file of at most @limit bytes; the caller frees @ret_data, which has a NUL beyond its size. */
int file_read(const char *path, size_t limit, void **ret_data, size_t *ret_size,
              struct hass_error *err);
/** Writes a file beside @path and renames it there, so that a reader never sees half of it. It is not forced to the disk. */
int file_replace(const char *path, const void *data, size_t size, mode_t mode,
                 struct hass_error *err);
