/* SPDX-License-Identifier: Apache-2.0 */
/**
 * YAML files → json_t, with the places of all values.
 *
 * Scalars are resolved as YAML 1.1 and the modelled system have it (yes is true, 010 is eight, 1:30 is ninety); time stamps stay
 * text, and so do infinities. Keys are text as written. Tags: !include, !include_dir_list, !include_dir_merge_list,
 * !include_dir_named, !include_dir_merge_named, !secret, !env_var, !input (becomes {"!input": name}).
 *
 * What is wrong becomes a diagnostic and is left out; everything around it is loaded. After a syntax error the file is
 * read again one top-level key (or item) at a time, so that only the broken ones are lost.
 */
#pragma once

#include <hass/error.h>

#include "data/diagnostic.h"
#include "data/yaml_marks.h"

#define YAML_MAX_FILE     ((size_t)4 * 1024 * 1024)
#define YAML_MAX_NODES    1000000 /* values, of all files together */
#define YAML_MAX_ALIASED  100000  /* values that come from aliases */
#define YAML_MAX_INCLUDES 64      /* files within each other */
#define YAML_MAX_DIR      10000   /* files of one !include_dir_… */

/**
 * Loads @path. File names in marks and diagnostics are relative to @root_dir, which also ends the search for secrets.
 * @former, or NULL: the marks of what was read before; then items of lists may be stand-ins, see yaml_outline_settle.
 *
 * Context: any thread; reads files.
 * Returns: 0 with @ret_value owned by the caller (an empty file is null), or HASS_E_PARSE when there is nothing to be had
 *          of the file; there are diagnostics then.
 */
int yaml_load_file(const char *root_dir, const char *path, const struct yaml_marks *former,
                   struct yaml_marks *marks, struct diagnostics *diagnostics, json_t **ret_value);

/** As yaml_load_file for a text that stands in no file: tags that read files are refused. @name is for diagnostics. */
int yaml_load_text(const char *name, const char *text, size_t size, struct yaml_marks *marks,
                   struct diagnostics *diagnostics, json_t **ret_value);
