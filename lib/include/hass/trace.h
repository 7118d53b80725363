/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Traces: what a run did and why, step by step, in the form that the frontend's viewer shows.
 *
 * The last successful runs of an item are kept (stored_traces, 5), and beside them those that failed, at most 20; all in memory, and over a
 * restart in .storage/trace.saved_traces.
 *
 * Model: helpers.trace, components.trace
 */
#pragma once

#include <hass/context.h>
#include <hass/json.h>
#include <hass/variables.h>

struct hass_trace;

struct hass_trace_options {
    uint32_t size;
    const char *domain; /* "automation" */
    const char
        *item_id; /* the id of an automation, the object id of a script; NULL: there is no trace */
    const json_t *config;           /* as it was written, or NULL; a reference is kept */
    const json_t *blueprint_inputs; /* or NULL; a reference is kept */
    const struct hass_context *context;
    size_t stored; /* successful ones that are kept */
    bool
        loose; /* kept by nobody, whatever stands above: for who only wants to see what is tested */
    int64_t since; /* when the run began, that goes on after a restart: microseconds UTC; 0: now */
};
#define HASS_TRACE_OPTIONS(...)                                                                    \
    (&(const struct hass_trace_options){ .size = sizeof(struct hass_trace_options), __VA_ARGS__ })

/**
 * Begins a trace. NULL when it would not be kept (no @item_id, none to be stored), and on the wrong thread. All functions below take a NULL
 * trace and do nothing.
 */
HASS_API struct hass_trace *hass_trace_async_new(struct hass *hass,
                                                 const struct hass_trace_options *options)
    HASS_CALLBACK;
HASS_API struct hass_trace *hass_trace_ref(struct hass_trace *trace);
HASS_API struct hass_trace *hass_trace_unref(struct hass_trace *trace);
HASS_DEFINE_CLEANUP(hass_trace, hass_trace_unref)
/** 32 hexadecimal digits. */
HASS_API const char *hass_trace_run_id(const struct hass_trace *trace);
/** What set it off, as people read it: "state of light.kitchen". */
HASS_API void hass_trace_async_set_trigger(struct hass_trace *trace, const char *description)
    HASS_CALLBACK;
/**
 * Begins a step at @path ("action/0/choose/1/conditions/0"); details and errors belong to it until another step is begun at the same
 * nesting. Of @variables (or NULL) those are noted that differ from the last step's. At most 20 steps a path: the oldest go.
 *
 * Returns the step, to be ended in any order (parallel branches) by being forgotten: valid while the trace lives, and until its path has
 * 20 newer ones.
 */
HASS_API struct hass_trace_step *hass_trace_async_step(struct hass_trace *trace, const char *path,
                                                       struct hass_variables *variables)
    HASS_CALLBACK;
/** Sets a member of the step's result; @key is a constant, @value is taken. NULL step: the latest one. */
HASS_API void hass_trace_async_detail(struct hass_trace *trace, struct hass_trace_step *step,
                                      const char *key, json_t *value) HASS_CALLBACK;
HASS_API void hass_trace_async_step_error(struct hass_trace *trace, struct hass_trace_step *step,
                                          const char *message) HASS_CALLBACK;
/** The step has run another item. */
HASS_API void hass_trace_async_child(struct hass_trace *trace, struct hass_trace_step *step,
                                     const char *domain, const char *item_id, const char *run_id)
    HASS_CALLBACK;
/** Ends it: "finished", "aborted", "cancelled", "error", "failed_conditions", "failed_single", "failed_max_runs", "disallowed_recursion_detected". @error may be NULL. */
HASS_API void hass_trace_async_finish(struct hass_trace *trace, const char *script_execution,
                                      const char *error) HASS_CALLBACK;
/**
 * The path below @prefix ("condition/") of the innermost step whose newest record has failed, or has said no ("result": false); NULL when
 * there is none. Lent while the trace lives. @ret_details gets a reference to what it has found, or to its error as text; it is not to be
 * changed.
 */
HASS_API const char *hass_trace_async_find_refusal(struct hass_trace *trace, const char *prefix,
                                                   json_t **ret_details) HASS_CALLBACK;
/** The long form of one that goes on or has ended, kept or not, owned by the caller; NULL for NULL. */
HASS_API json_t *hass_trace_async_as_json(struct hass_trace *trace) HASS_CALLBACK;

/** Has stored traces read, once; later calls return at once. */
HASS_API int hass_traces_async_load(struct hass *hass, struct hass_error *err) HASS_COROUTINE;
/** The short forms of what is kept, oldest first, owned by the caller. @domain and @item_id may be NULL: all. */
HASS_API json_t *hass_traces_async_list(struct hass *hass, const char *domain, const char *item_id)
    HASS_CALLBACK;
/** The long form of one, owned by the caller; NULL when it is not there. */
HASS_API json_t *hass_traces_async_get(struct hass *hass, const char *domain, const char *item_id,
                                       const char *run_id) HASS_CALLBACK;
/** {context id: {"run_id", "domain", "item_id"}}, owned by the caller. */
HASS_API json_t *hass_traces_async_contexts(struct hass *hass, const char *domain,
                                            const char *item_id) HASS_CALLBACK;
/** Forgets those of an item that has gone. */
HASS_API void hass_traces_async_forget(struct hass *hass, const char *domain, const char *item_id)
    HASS_CALLBACK;
