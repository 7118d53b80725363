/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rest of lib/ needs of categories beside <hass/category_registry.h>.
 */
#pragma once

#include <hass/category_registry.h>

/** Reads the file: during bootstrap. */
int categories_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
