/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operation on the registries changes several rows, in several registries: a removed device takes its entities with it.
 * Its events are kept and fired, in order, when all of it has been done, so that no listener sees half of it.
 *
 *     operation_begin(hass);
 *     … change, operation_announce(hass, "device_registry_updated", data) …
 *     operation_end(hass);
 */
#pragma once

#include "core/core.h"

/** Operations nest; the outermost fires. */
void operation_begin(struct hass *hass) HASS_CALLBACK;
/** @data is taken. */
void operation_announce(struct hass *hass, const char *type, json_t *data) HASS_CALLBACK;
/** Anything may have changed when this returns: listeners have run. */
void operation_end(struct hass *hass) HASS_CALLBACK;
