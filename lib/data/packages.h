/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `homeassistant: packages:` laid into the rest of the configuration.
 *
 * Model: config.merge_packages_config
 */
#pragma once

#include "data/diagnostic.h"
#include "data/yaml_marks.h"

/** How the sections of an integration come together. */
enum package_kind {
    PACKAGE_BY_SHAPE, /* lists and maps with `platform:` as lists, other maps as maps */
    PACKAGE_LIST,     /* appended */
    PACKAGE_MAP,      /* merged; the same scalar twice is an error */
    PACKAGE_UNKNOWN,  /* there is no such integration: an error, and left out */
};

typedef enum package_kind package_kind_fn(const char *domain, void *userdata);

struct packages {
    json_t *root; /* the configuration; its sections are replaced, not changed */
    json_t *core; /* its homeassistant section: customisations of packages go over it */
    struct yaml_marks *marks;
    struct diagnostics *diagnostics;
    package_kind_fn *kind; /* NULL: PACKAGE_BY_SHAPE */
    void *userdata;
};

/** Merges all packages of @packages->core; what cannot be merged is reported and left out. */
void packages_merge(const struct packages *packages);
