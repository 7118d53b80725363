/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Changing one item of a YAML file that people write too: every other byte stays as it is.
 */
#pragma once

#include <hass/buf.h>
#include <hass/error.h>
#include <hass/types.h>

/** Which item of the outermost list or map. */
struct yaml_item {
    const char *id;     /* the key in a map; in a list the value of the item's key @id_key */
    const char *id_key; /* "id"; NULL: the file is a map */
};

/**
 * Appends to @ret the text with the item replaced by @value, or added at the end; NULL takes it out.
 *
 * Context: any thread.
 * Returns: 1 when there was such an item, 0 when not; HASS_E_PARSE for what is no YAML; HASS_E_UNSUPPORTED for a list or map in
 *          brackets, which cannot be edited by lines.
 */
int yaml_edit(const char *text, size_t size, const struct yaml_item *item, const json_t *value,
              struct hass_buf *ret, struct hass_error *err);
