/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A configuration folder: configuration.yaml with everything it includes, packages merged, ready for schemas.
 */
#pragma once

#include "data/diagnostic.h"
#include "data/packages.h"
#include "data/yaml_marks.h"

struct config_file {
    json_t *core; /* the section homeassistant without packages; an object, perhaps empty */
    /**
     * Domain → section, in the order of the file, without homeassistant; nothing written is an empty map. Sections of one
     * domain ("light", "light kitchen") are one: maps merged, anything else as a list.
     */
    json_t *sections;
    struct yaml_marks *marks;
    struct diagnostics diagnostics;
};

/**
 * Loads the folder @dir; blocks. There is always a result: what is wrong is a diagnostic, and left out.
 * @kind says how packages are merged, and whether sections of one domain are joined as a list; NULL: by shape.
 */
struct config_file *config_file_load(const char *dir, package_kind_fn *kind, void *userdata);
struct config_file *config_file_destroy(struct config_file *file);
