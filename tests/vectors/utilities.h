/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The utilities' cases: one function, its arguments, and what it returned. A file of ours gives a table of functions; results are JSON
 * with the vectors' tags.
 */
#pragma once

#include <hass/schema.h>

#include "vectors/vectors.h"

/** Computes @vector's function from its @args. Returns 0 with @ret_value (NULL: null), or an error. */
typedef int utility_fn(const json_t *vector, const json_t *args, json_t **ret_value,
                       struct hass_error *err);

struct utility {
    const char *function;
    utility_fn *run;
    struct hass_field field; /* of validators */
};

extern const struct utility name_utilities[]; /* end with a NULL name, all of them */
extern const struct utility schema_utilities[];
extern const struct utility time_utilities[];
extern const struct utility measure_utilities[];
extern const struct utility color_utilities[];
extern const struct utility sensor_utilities[];
extern const struct utility template_utilities[];

/** The text of an argument, or NULL. */
const char *utility_text(const json_t *args, const char *key);
/** The zone of a case; to be unreferenced. */
struct hass_zone *utility_zone(const json_t *vector);
/** The case's present, microseconds UTC. */
int64_t utility_now(const json_t *vector);
