/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entities follow the registries: what their users rename, disable and remove there is so at once.
 */
#pragma once

#include <hass/bus.h>

/** Listens from now on, in the scope of the core. */
void follow_registries(struct hass *hass) HASS_CALLBACK;
