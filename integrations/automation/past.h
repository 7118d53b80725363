/* SPDX-License-Identifier: Apache-2.0 */
/* What has been done. Private. */
#pragma once

#include <hass/bus.h>

#include "parts.h"

#define PAST_RUNS  256
#define PAST_CALLS 1024

/* A run of an automation. */
struct past_run {
    int64_t time; /* when it began, or went on after a restart */
    const struct hass_context *context;
    struct hass_variables *variables; /* `trigger` among them */
    json_t *labels;                   /* {"entity_id": str or null, "name": str, "id"?: str} */
    char run_id[33];                  /* of its trace; or "" */
};

/* Lends one of its labels; NULL: it has none, or is no run. */
static inline const char *past_label(const struct past_run *run, const char *key)
{
    return run ? hass_json_get_string(run->labels, key, NULL) : NULL;
}

/* Begins to remember; belongs to the current scope. */
int past_begin(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
/* @labels: of the automation, as in past_run, of which a reference is kept. @run_id: of the trace, or NULL. */
void past_add_run(struct hass *hass, json_t *labels, struct hass_variables *variables,
                  const struct hass_context *context, const char *run_id) HASS_CALLBACK;

/* Lends the latest run with that context that had begun at @until; NULL: none is remembered. */
const struct past_run *past_find_run(struct hass *hass, const char *context_id, int64_t until)
    HASS_CALLBACK;
/* How well a call answers the question: 0 not at all. */
typedef int past_judge_fn(const struct hass_event *call, const void *userdata);
/* Lends the best call with that context up to @until, of equals the latest; NULL: none is remembered. */
const struct hass_event *past_find_call(struct hass *hass, const char *context_id, int64_t until,
                                        past_judge_fn *judge, const void *userdata) HASS_CALLBACK;
