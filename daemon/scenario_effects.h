/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service call does to the state of a device that is not there: assumed, as its owner would expect.
 */
#pragma once

#include <hass/hass.h>

/**
 * Sets the state of @entity_id as if @service of its domain, called with @data, had done its work. A service that is not known changes
 * nothing.
 */
void scenario_assume(struct hass *hass, const char *entity_id, const char *service,
                     const json_t *data, const struct hass_context *context) HASS_CALLBACK;
