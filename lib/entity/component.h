/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain's component: its platforms, and what it does for all entities. It lives as long as the domain's scope.
 */
#pragma once

#include <hass/list.h>
#include <hass/platform.h>

#include "entity/entity_map.h"
#include "run/scope.h"

struct entity_layer;

struct hass_component {
    struct hass *hass;
    unsigned refs; /* its scope's, and of tasks that use it */
    bool closed;
    struct scope *scope; /* the domain's, counted */
    struct scope_member member;
    const struct hass_domain_ops *ops; /* or NULL */
    double scan_interval;
    json_t *entries;            /* of the configuration: a list of maps with "platform" */
    struct hass_list begun;     /* struct entry: on the way to be a platform */
    struct hass_list platforms; /* struct hass_platform */
    struct hass_platform *own;  /* of entities the domain itself makes; NULL until there are any */
    char domain[];
};

struct hass_component *component_ref(struct hass_component *component);
void component_unref(struct hass_component *component);
static inline const struct hass_domain_ops *component_ops(const struct hass_component *component)
{
    return component->ops;
}
static inline struct scope *component_scope(const struct hass_component *component)
{
    return component->scope;
}
/** The platform of the entities that the domain itself makes. */
struct hass_platform *component_own(struct hass_component *component) HASS_CALLBACK;
/** All entities, by reference. */
void component_entities(struct hass_component *component, struct entity_list *list) HASS_CALLBACK;
/** Sets up one entry in a tracked task of the domain. */
int component_start_entry(struct hass_component *component, const char *name, const json_t *config,
                          struct hass_error *err) HASS_CALLBACK;
