/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files of the configuration folder that clients change: automations.yaml, scripts.yaml, scenes.yaml, blueprints. A file is replaced as
 * a whole or not at all, one change after the other; links are followed.
 *
 * @name is relative to the configuration folder and stays below it: HASS_E_INVALID otherwise.
 */
#pragma once

#include <hass/error.h>
#include <hass/json.h>
#include <hass/thread_safety.h>

/** Which item of a file. */
struct hass_config_item {
    uint32_t size;
    const char *file;
    const char *
        id_key; /* the file is a list, and this key of an item says which it is ("id"); NULL: a map */
    const char *id;
};
#define HASS_CONFIG_ITEM(...)                                                                      \
    (&(const struct hass_config_item){ .size = sizeof(struct hass_config_item), __VA_ARGS__ })

/**
 * Replaces the item by @value, adds it at the end when it is not there, or takes it out (@value NULL). All the rest of the file stays
 * byte for byte, comments between items included.
 *
 * Owns:    @value, taken.
 * Returns: 1 when there was such an item, 0 when not; HASS_E_PARSE, after which nothing was changed; HASS_E_UNSUPPORTED for a file that
 *          is not written one item a line; -errno.
 */
HASS_API int hass_config_file_async_edit(struct hass *hass, const struct hass_config_item *item,
                                         json_t *value, struct hass_error *err) HASS_COROUTINE;
/**
 * Reads a YAML file as it is, without what else the configuration has.
 *
 * Returns: 0 with @ret_value owned by the caller, null for no file; HASS_E_PARSE with file, line and column.
 */
HASS_API int hass_config_file_async_read(struct hass *hass, const char *name, json_t **ret_value,
                                         struct hass_error *err) HASS_COROUTINE;
/** Writes a whole file, its folders, too. @overwrite false: HASS_E_EXISTS when it is there. */
HASS_API int hass_config_file_async_write(struct hass *hass, const char *name, const char *text,
                                          size_t size, bool overwrite, struct hass_error *err)
    HASS_COROUTINE;
/** Deletes a file. HASS_E_NOT_FOUND. */
HASS_API int hass_config_file_async_remove(struct hass *hass, const char *name,
                                           struct hass_error *err) HASS_COROUTINE;
