/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rest of lib/ needs of labels beside <hass/label_registry.h>.
 */
#pragma once

#include <hass/label_registry.h>

/** Reads the file: during bootstrap. */
int labels_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
