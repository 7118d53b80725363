/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an entity is called: by itself, with its device, in its id.
 */
#pragma once

#include <hass/entity.h>

/** Finds the name that strings.json has for it. Once its platform has taken it; it may have another language than before. */
void entity_find_name(struct hass_entity *entity, const struct hass_platform *platform)
    HASS_CALLBACK;
/** Its own name, or NULL. Lent. */
const char *entity_name(const struct hass_entity *entity);
/** What its users see: their own name for it, else its name and, where it belongs to, its device's. Lent; or NULL. */
const char *entity_friendly_name(struct hass_entity *entity);
/** What its object id is made of, owned by the caller; of @otherwise (or NULL) when it has no name of any kind. */
char *entity_object_id(struct hass_entity *entity, const struct hass_platform *platform,
                       const char *otherwise) HASS_CALLBACK;
/** What an entity is called that is registered, but not there. Owned by the caller; or NULL. */
char *registered_name(struct hass *hass, const struct hass_entity_entry *entry) HASS_CALLBACK;
