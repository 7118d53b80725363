/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of a list: finding them, and handing changes to a platform's ops in memory that outlives a cancelled caller.
 */
#pragma once

#include <hass/hass.h>

#include "todo.h"

/** By uid, else by summary; NULL when there is none. Lent until the loop turns. */
const struct todo_item *item_find(struct hass_entity *entity, const char *text) HASS_CALLBACK;
/** {"uid"?, "summary", "status", "due"?, "description"?}, owned by the caller. */
json_t *item_as_json(const struct todo_item *item);
/** All items, as JSON, that have one of @statuses (a list of words; NULL: any). Owned by the caller. */
json_t *items_as_json(struct hass_entity *entity, const json_t *statuses) HASS_CALLBACK;

/* What a change needs, in one block to be freed. */
struct todo_item *item_copy(const struct todo_item *item);
struct todo_uids *uids_copy(const char *const *uids, uint32_t count);
struct todo_move *move_copy(const char *uid, const char *previous_uid);

/* Each hands a change, taken, to the ops, and writes the state. */
int items_async_create(struct hass_entity *entity, struct todo_item *item, struct hass_error *err)
    HASS_COROUTINE;
int items_async_update(struct hass_entity *entity, struct todo_item *item, struct hass_error *err)
    HASS_COROUTINE;
int items_async_move(struct hass_entity *entity, struct todo_move *move, struct hass_error *err)
    HASS_COROUTINE;
int items_async_remove(struct hass_entity *entity, struct todo_uids *uids, struct hass_error *err)
    HASS_COROUTINE;
