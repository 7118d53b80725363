/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows that begin by themselves.
 */
#pragma once

#include "registry/flow.h"

/** True for what was found: "zeroconf", "dhcp", … */
bool flow_source_is_discovery(const char *source);
/** Fires config_entry_discovered and notifies the user, once for all that is found within a second. */
void flow_discovery_tell(struct hass *hass) HASS_CALLBACK;
/** A flow of something found has ended: without another the notification goes. */
void flow_discovery_ended(struct hass *hass) HASS_CALLBACK;
