/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients ask of lists beside services.
 */
#pragma once

#include "todo.h"

/* What the domain keeps for each list. */
struct todo_watch {
    unsigned subscribers;
};

/* Adds the commands of clients, if there is a websocket_api. */
int todo_add_commands(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
/** The state is being written: subscribers get the items if they are others than before. */
void todo_tell_subscribers(struct hass_entity *entity) HASS_CALLBACK;
