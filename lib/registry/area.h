/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rest of lib/ needs of areas beside <hass/area_registry.h>.
 */
#pragma once

#include <hass/area_registry.h>

/** Reads the file: during bootstrap. */
int areas_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** A floor or label has gone. */
void areas_async_clear_floor(struct hass *hass, const char *floor_id) HASS_CALLBACK;
void areas_async_clear_label(struct hass *hass, const char *label_id) HASS_CALLBACK;
