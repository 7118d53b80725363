/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an entity that a platform has taken to one that has an id: device, row in the registry, checks, reservation.
 */
#pragma once

#include <hass/entity.h>

/** Registered, and left out since its user, its device or its integration wants it so. */
#define REGISTER_DISABLED 1

/** Returns 0 with entity_id, entry and device set and the id reserved; REGISTER_DISABLED or an error with none of them. */
int entity_register(struct hass_entity *entity, struct hass_platform *platform,
                    struct hass_error *err) HASS_CALLBACK;
/** The row of the registry by what the entity is told by, or NULL. */
const struct hass_entity_entry *entity_find_row(const struct hass_entity *entity,
                                                const struct hass_platform *platform) HASS_CALLBACK;
/** Takes over a row, and the device that it names; NULL: it has none. */
void entity_set_row(struct hass_entity *entity, const struct hass_entity_entry *entry)
    HASS_CALLBACK;
