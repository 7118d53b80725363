/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table behind every refusal of a call from the wrong thread. A test compares it with the public headers.
 */
#include "run/remedies.h"

#include <stdbool.h>
#include <string.h>

static const struct remedy table[] = {
    { "hass_async_run_job", "hass_add_job", ", which queues it to the loop" },
    { "hass_async_add_job", "hass_add_job", ", which queues it from any thread" },
};

const struct remedy *remedies(size_t *ret_count)
{
    *ret_count = sizeof(table) / sizeof(table[0]);
    return table;
}

/* "hass.bus.async_fire" is hass_bus_async_fire. */
static bool is_function(const char *operation, const char *function)
{
    for (; *operation && *function; operation++, function++) {
        if (*operation != *function && !(*operation == '.' && *function == '_'))
            return false;
    }
    return *operation == *function;
}

const struct remedy *remedy_for_operation(const char *operation)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (is_function(operation, table[i].function))
            return &table[i];
    }
    return NULL;
}

const struct remedy *remedy_for_twin(const char *operation)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].instead && is_function(operation, table[i].instead))
            return &table[i];
    }
    return NULL;
}
