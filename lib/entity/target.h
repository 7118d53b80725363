/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which entities of a component a service call means.
 */
#pragma once

#include "entity/component.h"

struct target {
    bool all;                    /* "all": what does not fit is left out without a word */
    struct entity_list entities; /* by reference */
};

/**
 * Finds the entities of @data's "entity_id": one, a list, "all" or "none"; groups are expanded. Ids that are not there are
 * warned of once, in the name of @service.
 */
void target_resolve(struct hass_component *component, const char *service, const json_t *data,
                    struct target *ret_target) HASS_CALLBACK;
static inline void target_fini(struct target *target)
{
    entity_list_fini(&target->entities);
}
