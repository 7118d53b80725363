/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of everything that can be measured, and the reading of one row.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "readers.h"

/* The values of an entity: what was read, and what the next reading is compared with. */
struct reading {
    bool valid;
    bool whole; /* the number has no digits after the point */
    double number;
    char text[64]; /* instead of the number, when not empty */
    struct cpu_times cpu;
    struct traffic traffic;
    int64_t when; /* microseconds on the monotonic clock of the last reading; 0: none */
};

struct resource {
    const char *type; /* in the configuration */
    const char *name;
    const char *unit, *icon, *device_class, *state_class;
    const char *default_argument; /* NULL: it must be given */
    const char *wanted_argument;  /* for the message then */
    bool optional;                /* -ENOENT means that the machine has none */
    int (*read)(const char *argument, int64_t now, struct reading *reading);
};

/** All types, NULL-terminated. */
extern const char *const resource_names[];

/** The row of a type; NULL when there is none. */
const struct resource *resource_find(const char *type);

/** Reads one row; @reading keeps what it held on failure. Returns 0 or -errno. */
int resource_read(const struct resource *resource, const char *argument, int64_t now,
                  struct reading *reading);
