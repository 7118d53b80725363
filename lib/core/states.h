/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine: an open-addressing table of slots by entity id, the slots in order of creation, and by domain.
 *
 * The loop alone changes anything, and reads without a lock. It takes `lock` to change a slot or a list or to replace the
 * table; other threads look up and take their reference under it.
 */
#pragma once

#include <hass/list.h>
#include <hass/states.h>
#include <hass/strmap.h>

#include "core/lock.h"
#include "core/state.h"

struct states_cell {
    uint32_t hash;
    struct entity_slot *slot; /* NULL: free */
};

struct states_domain {
    struct hass_list slots; /* in order of creation */
    size_t count;
    char name[];
};

struct states {
    struct lock lock;
    struct states_cell *cells;
    size_t mask;                 /* of cells; 0: none allocated */
    size_t used;                 /* cells, reservations included */
    struct hass_list all;        /* slots with a state, in order of creation */
    size_t count;                /* of those */
    struct hass_strmap *domains; /* struct states_domain */
    struct hass_strmap *held; /* entities that only writes with .hold change, as keys; NULL: none */
};

void states_init(struct hass *hass);
void states_fini(struct hass *hass);
