/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A YAML file of a user's, read, checked, and what is wrong with it told with line and column: for what is no part of the
 * configuration, such as tests and written days.
 *
 *     if (hass_yaml_read("tests.yaml", &yaml, err) == 0 && hass_yaml_check(yaml, &tests_schema, &tests) == 0)
 *         …
 *     hass_yaml_report(yaml, &text);
 *
 * An object belongs to one thread at a time.
 */
#pragma once

#include <hass/buf.h>
#include <hass/schema.h>

struct hass_yaml;

/**
 * Reads a file, with what it includes; blocks.
 *
 * Returns: 0 with @ret_yaml, also when there are mistakes in it; HASS_E_NOT_FOUND when there is no such file.
 */
HASS_API int hass_yaml_read(const char *path, struct hass_yaml **ret_yaml, struct hass_error *err);
/** The same of a text that stands in no file; @name is for messages. */
HASS_API struct hass_yaml *hass_yaml_read_text(const char *name, const char *text, size_t size);
/** Takes NULL, returns NULL. */
HASS_API struct hass_yaml *hass_yaml_destroy(struct hass_yaml *yaml);
/** Lends what was read; null where that is nothing. */
HASS_API const json_t *hass_yaml_value(const struct hass_yaml *yaml);
/**
 * Checks the value at @path ("" or "cases->3") by a table; every mistake is noted with its place.
 *
 * Returns: 0 with the checked value, owned by the caller; HASS_E_INVALID when it is no use. Bad items of lists are left out.
 */
HASS_API int hass_yaml_check(struct hass_yaml *yaml, const char *path,
                             const struct hass_schema *schema, json_t **ret_value);
/** Notes a mistake in the value at @path. */
HASS_API void hass_yaml_complain(struct hass_yaml *yaml, const char *path, const char *format, ...)
    HASS_PRINTF(3, 4);
/** The line of the value at @path, or of the nearest around it that has one; 0: unknown. */
HASS_API unsigned hass_yaml_line(const struct hass_yaml *yaml, const char *path);
/** How many mistakes there are, warnings not counted. */
HASS_API size_t hass_yaml_errors(const struct hass_yaml *yaml);
/** Appends all of them as a compiler would print them. */
HASS_API void hass_yaml_report(const struct hass_yaml *yaml, struct hass_buf *text);
/** Shape: the "diagnostics" of hass_check_config, owned by the caller. */
HASS_API json_t *hass_yaml_report_json(const struct hass_yaml *yaml);
