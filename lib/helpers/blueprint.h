/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Selectors: how clients let people choose a value.
 */
#pragma once

#include <hass/error.h>
#include <hass/types.h>

/** Checks {kind: options or null}: the kind is known, its options are of the right shape. Any thread. */
int selector_check(const json_t *selector, struct hass_error *err);
