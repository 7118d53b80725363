/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds that a check has not found. The checks themselves never suspend: one that lacks a kind notes its name and fails, whereupon the
 * loader, which stands above, brings the integration that gives it, and the check is done again.
 */
#pragma once

#include <hass/json.h>
#include <hass/kinds.h>

#include "helpers/kinds.h"

enum kind_sort {
    KIND_TRIGGER,
    KIND_CONDITION,
};

/* How the loader helps. */
struct kind_loader {
    /** The table of a kind in the manifest of a file that is open, or NULL. A callback. */
    const void *(*find)(struct hass *hass, enum kind_sort sort, const char *name);
    /** Adds the names in the manifests of all files that are open. A callback. */
    void (*names)(struct hass *hass, enum kind_sort sort, struct kind_names *names);
    /**
     * Opens, and with HASS_KINDS_SET_UP sets up, the integration that gives a kind. HASS_E_NOT_FOUND: none does; a file with a similar name
     * is open then. A coroutine.
     */
    int (*bring)(struct hass *hass, enum kind_sort sort, const char *name, enum hass_kinds kinds,
                 struct hass_error *err);
};
void kinds_set_loader(struct hass *hass, const struct kind_loader *loader) HASS_CALLBACK;

/* Of one check. */
struct kind_search {
    struct hass *hass;                /* or NULL: only the file is looked at */
    const struct kind_loader *loader; /* NULL: what is not registered is not known */
    enum hass_kinds kinds;
    enum kind_sort sort; /* of the first kind that was missing */
    char *missing;       /* its name; NULL: none was */
    char *reason; /* why it could not be brought; NULL: it has not been tried, or nobody gives it */
};

/** The table of a kind that is not registered; otherwise notes that it is missing. */
const void *kind_search_find(struct kind_search *search, enum kind_sort sort, const char *name);
/** Adds the names of all kinds but the built-in ones. */
void kind_search_names(const struct kind_search *search, enum kind_sort sort,
                       struct kind_names *names);

typedef int kind_check_fn(struct kind_search *search, const json_t *value, json_t **ret_config,
                          struct hass_error *err);
/** Does a check until it lacks no kind that can be brought. */
int kind_search_async_check(struct hass *hass, kind_check_fn *check, const json_t *value,
                            enum hass_kinds kinds, json_t **ret_config, struct hass_error *err)
    HASS_COROUTINE;
