/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doing something for many entities at once, in as many coroutines as is useful.
 */
#pragma once

#include <hass/entity.h>

/** Work for one entity; a coroutine in the scope of the caller of entities_async_map. */
typedef int entity_map_fn(struct hass_entity *entity, void *userdata, struct hass_error *err);

/**
 * Runs @fn for each of @entities and waits until all have ended. On time-out and cancellation what still runs is cancelled,
 * begins with no further entity, and may end after this has returned: @userdata is destroyed (may be NULL) after the last.
 *
 * Returns: 0, the first error of @fn in the order of @entities, -ETIMEDOUT after @timeout seconds, or -ECANCELED.
 */
int entities_async_map(struct hass *hass, struct hass_entity *const entities[], size_t count,
                       size_t concurrency, double timeout, entity_map_fn *fn, void *userdata,
                       hass_destroy_fn *destroy, struct hass_error *err) HASS_COROUTINE;

#define ENTITY_MAP_CONCURRENCY 64

/** A growing list of references. */
struct entity_list {
    struct hass_entity **data;
    size_t length;
    size_t capacity;
};

void entity_list_add(struct entity_list *list, struct hass_entity *entity);
void entity_list_fini(struct entity_list *list);
#define auto_entity_list __attribute__((cleanup(entity_list_fini))) struct entity_list
