/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of the state machine. Changes: loop thread, which takes the lock here unless a comment says that it is held.
 */
#pragma once

#include "core/states.h"

/** Finds a slot, reserved ones included, by exact id. Loop thread, or with the lock held. */
struct entity_slot *table_find(const struct states *states, const char *id, size_t length);
/**
 * The same, then in lower case, which is written to @lower when it differs. @ret_id is the id to use: @id or @lower. An id
 * that is too long to be one is left as it is.
 */
struct entity_slot *table_find_any_case(const struct states *states, const char *id, char lower[],
                                        const char **ret_id);
/** A new slot, reserved. @id is valid and not there. */
struct entity_slot *table_add(struct hass *hass, const char *id, size_t length);
/** @slot has its first state: it is listed from now on. With the lock held. */
void table_show(struct states *states, struct entity_slot *slot);
/** Takes @slot out. Returns its state, a reference, or NULL. */
const struct hass_state *table_remove(struct states *states, struct entity_slot *slot);
