/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to call instead: one row for each exported function that may only be called on the loop.
 */
#pragma once

#include <stddef.h>

struct remedy {
    const char *function; /* "hass_bus_async_fire" */
    const char *instead;  /* "hass_bus_fire"; NULL: there is no single function */
    const char *
        advice; /* ", which queues the event": follows the alternative; a sentence where there is none */
};

/** The row of an operation ("hass.bus.async_fire") or NULL. */
const struct remedy *remedy_for_operation(const char *operation);
/** For something that waits ("hass.bus.listen"): the row whose function is called on the loop. NULL: none. */
const struct remedy *remedy_for_wait(const char *operation);
/** The whole table, for the tests and the documentation. */
const struct remedy *remedies(size_t *ret_count);
