/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exported functions, as the build has read them from the public headers (tests/lint/exports.sh).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct exported {
    char *name;    /* "hass_bus_async_fire" */
    char *returns; /* "int" */
    char *subject; /* type of the first parameter: "struct hass" */
};

struct exports {
    struct exported *items;
    size_t count;
};

/* Reads the list; fails the test when there is none. */
struct exports exports_read(void);
void exports_free(struct exports *exports);
/* True for functions that may only be called on the loop: async_ is a word of their names. */
bool exported_is_async(const struct exported *one);
