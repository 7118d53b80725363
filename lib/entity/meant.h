/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entities that a call of an entity service is meant for.
 */
#pragma once

#include "entity/component.h"

struct meant {
    struct entity_list entities; /* by reference */
    size_t named;                /* the first so many were named; others are only reached */
};

/**
 * Finds the entities of @component that the target of @call means; what is missing is warned of once. @ret_meant is to be ended
 * with meant_fini, also on failure: HASS_E_UNKNOWN_USER, HASS_E_UNAUTHORIZED.
 */
int meant_find(struct hass_component *component, const struct hass_service_call *call,
               struct meant *ret_meant, struct hass_error *err) HASS_CALLBACK;
void meant_fini(struct meant *meant);
