/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checking configuration against <hass/schema.h>: all errors, each with its place.
 */
#pragma once

#include <hass/schema.h>

#include "data/diagnostic.h"
#include "data/yaml_marks.h"

/**
 * Checks @value and returns what is usable of it, with defaults. Bad items of lists and of maps with free keys are left out;
 * a map with a bad member is bad as a whole.
 *
 * @path is where @value stands ("blink", "sensor->0"), the beginning of each diagnostic's path. @marks may be NULL.
 * Returns: 0 with @ret_value owned by the caller (there may be diagnostics nevertheless), or HASS_E_INVALID.
 */
int schema_check_marked(const struct hass_schema *schema, const json_t *value,
                        const struct yaml_marks *marks, const char *path,
                        struct diagnostics *diagnostics, json_t **ret_value);

/** As hass_schema_check for a value that stands at @path below what the caller checks ("1->conditions->0"; "" for none). */
int schema_check_at(const struct hass_schema *schema, const json_t *value, const char *path,
                    json_t **ret_value, struct hass_error *err);

/**
 * Two tables for one map: @schema has the keys of @value that it names (with @common NULL), or all but those that @common names. What is
 * good is put into @checked, beside what is there; a check across fields sees both. After an error @checked is of no use.
 */
int schema_check_part(const struct hass_schema *schema, const struct hass_schema *common,
                      const json_t *value, const char *path, json_t *checked,
                      struct hass_error *err);

/** Room for schema_describe_value: a short text. */
#define SCHEMA_VALUE_TEXT 64

/** Names a value in a message: "'kitchen'", "5", "a list", "nothing". Returns @text. */
const char *schema_describe_value(const json_t *value, char text[SCHEMA_VALUE_TEXT]);

/** A field of a table whatever its age: members newer than the plugin's header are zero. */
struct hass_field schema_field(const struct hass_field *field);

/** Field @index of a schema, likewise. */
struct hass_field schema_field_at(const struct hass_schema *schema, uint32_t index);

/** The field of @key, likewise; false when there is none. */
bool schema_find_field(const struct hass_schema *schema, const char *key,
                       struct hass_field *ret_field);

/** A schema, likewise. */
struct hass_schema schema_copy(const struct hass_schema *schema);

/** True when @min and @max of a list of such values bound the values, not the list. */
bool schema_bounds_item(const struct hass_field *field);
