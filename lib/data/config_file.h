/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A configuration folder: configuration.yaml with everything it includes, packages merged, ready for schemas.
 */
#pragma once

#include <hass/strmap.h>

#include "data/diagnostic.h"
#include "data/packages.h"
#include "data/yaml_marks.h"

/** What is kept of an older file: a section that is still in use. */
struct config_kept {
    json_t *sections; /* in which it stood */
    struct yaml_marks *marks;
};

struct config_file {
    json_t *core; /* the section homeassistant without packages; an object, perhaps empty */
    /**
     * Domain → section, in the order of the file, without homeassistant; nothing written is an empty map. Sections of one
     * domain ("light", "light kitchen") are one: maps merged, anything else as a list.
     */
    json_t *sections;
    struct yaml_marks *marks;
    struct yaml_marks
        *read; /* those of the files alone, changed no more; NULL: the file is not settled */
    struct hass_strmap *kept; /* domain → struct config_kept; NULL: none */
    struct diagnostics diagnostics;
};

/**
 * Loads the folder @dir; blocks. There is always a result: what is wrong is a diagnostic, and left out.
 * @kind says how packages are merged, and whether sections of one domain are joined as a list; NULL: by shape.
 * @former, or NULL: `read` of what was loaded before, of which unchanged items are used again; config_file_settle comes next then.
 */
struct config_file *config_file_load(const char *dir, package_kind_fn *kind, void *userdata,
                                     const struct yaml_marks *former);
/** Puts what is used again in its place, where it may be touched: on the loop. @former is what was given to config_file_load. */
void config_file_settle(struct config_file *file, const struct yaml_marks *former);

/**
 * Makes the section of @domain, and where it stands, that of @from, or none.
 */
void config_file_keep(struct config_file *file, const struct config_file *from, const char *domain);
/** Lends the marks of a section, and the sections in which they know it. */
struct yaml_marks *config_file_marks(const struct config_file *file, const char *domain,
                                     const json_t **ret_sections);
struct config_file *config_file_destroy(struct config_file *file);
