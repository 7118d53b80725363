/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of <hass/trace.h> share: `trace` is one trace, from its first step to its JSON; `trace_store` keeps them by item and over
 * restarts.
 */
#pragma once

#include <hass/trace.h>
#include <hass/vec.h>

#define TRACE_MAX_RECORDS 20 /* of one path: the newest */
#define TRACE_MAX_FAILED  20 /* of one item, beside those that did not fail */

struct trace_path;
struct variable_value;

struct hass_trace {
    unsigned refs;
    struct hass *hass;
    char run_id[33];
    char *domain;
    char *item_id;
    json_t *config;           /* or NULL */
    json_t *blueprint_inputs; /* or NULL */
    const struct hass_context *context;
    size_t stored;
    bool loose;    /* kept by nobody */
    char *trigger; /* or NULL */
    int64_t start;
    int64_t finish;         /* 0: it is running */
    char *script_execution; /* or NULL */
    char *error;            /* or NULL */

    HASS_VEC(struct trace_path *) paths; /* in the order of their first step */
    struct hass_trace_step *latest;
    struct hass_variables
        *scope; /* that the latest step with variables had: a reference; NULL once it has ended */
    uint64_t changes;                       /* of @scope then */
    HASS_VEC(struct variable_value *) seen; /* what was visible then */

    /* Of a trace that was stored: what it tells. */
    json_t *short_form;
    json_t *long_form;
};

/** A trace of a former run, from what was stored; NULL when that is none. */
struct hass_trace *trace_restore(struct hass *hass, const json_t *row);
/** True when somebody will want to know why. */
bool trace_has_failed(const struct hass_trace *trace);
/** New references. */
json_t *trace_short_form(const struct hass_trace *trace);
json_t *trace_long_form(const struct hass_trace *trace);

/* trace_store.c */

/** Keeps a trace that begins, which pushes older ones out. */
void traces_add(struct hass_trace *trace) HASS_CALLBACK;
/** It has ended, well or not. */
void traces_finished(struct hass_trace *trace) HASS_CALLBACK;

struct traces;
/** Called by helpers_unref. Takes NULL. */
struct traces *traces_destroy(struct traces *traces);
