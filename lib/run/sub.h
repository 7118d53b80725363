/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rest of run/ needs of registrations; the interface for the layers above is in run/runtime.h.
 */
#pragma once

#include "run/scope.h"

/** Frees the registrations that ended while somebody held a handle: their scope goes. */
void sub_free_ended(struct hass_list *ended);
