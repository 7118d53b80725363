/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rest of lib/ needs of floors beside <hass/floor_registry.h>.
 */
#pragma once

#include <hass/floor_registry.h>

/** Reads the file: during bootstrap. */
int floors_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
