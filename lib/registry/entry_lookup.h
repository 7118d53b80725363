/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device and entity registries ask about config entries. Who keeps the entries registers the lookup; until then every
 * entry counts as existing, enabled and without a title.
 */
#pragma once

#include "core/core.h"

struct registry_entry {
    const char *title; /* lent; "" for none */
    bool disabled;
    bool pref_disable_new_entities;
};

/** False when there is no such entry. Loop thread. */
typedef bool registry_entry_fn(struct hass *hass, const char *entry_id,
                               struct registry_entry *ret_entry);

void registry_set_entry_lookup(struct hass *hass, registry_entry_fn *lookup) HASS_CALLBACK;
bool registry_find_entry(struct hass *hass, const char *entry_id, struct registry_entry *ret_entry)
    HASS_CALLBACK;
