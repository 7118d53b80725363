/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Last states: of entities that want to go on where they were, over a restart and over being removed and added again.
 *
 * Store: core.restore_state, a list of {"state", "extra_data", "last_seen"}.
 * Model: helpers.restore_state
 */
#pragma once

#include <hass/entity.h>

struct restore;

struct restore *restore_create(struct hass *hass) HASS_CALLBACK;
struct restore *restore_destroy(struct restore *restore);
/** Reads what the last run has left; from now on this run's is written. During bootstrap, before there are entities. */
int restore_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** Keeps the state of an entity that is about to be removed. */
void restore_keep(struct hass_entity *entity) HASS_CALLBACK;
