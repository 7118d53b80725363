/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of registry/ keep in a hass: one slot each, made at first use and destroyed in reverse order.
 */
#pragma once

#include "core/core.h"

/* In the order in which they may use each other: the later ones are destroyed first. */
enum registry_slot {
    REGISTRY_OPERATION,
    REGISTRY_ENTRY_LOOKUP,
    REGISTRY_STORES,
    REGISTRY_ISSUES,
    REGISTRY_LABELS,
    REGISTRY_CATEGORIES,
    REGISTRY_FLOORS,
    REGISTRY_AREAS,
    REGISTRY_DEVICES,
    REGISTRY_ENTITIES,
    REGISTRY_RESTORE,
    REGISTRY_ENTRIES,
    REGISTRY_FLOWS,
    REGISTRY_DISCOVERIES,
    REGISTRY_SLOTS,
};

/** What @slot holds, or NULL. */
void *registry_get(const struct hass *hass, enum registry_slot slot);
/** @destroy runs in core_destroy, on the loop thread, while run/ still works. */
void registry_set(struct hass *hass, enum registry_slot slot, void *data, hass_destroy_fn *destroy);
