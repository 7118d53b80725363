/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files about flows share.
 *
 * The cast: `flow` is one of them and what its steps may say; `flows` keeps all, begins them and leads them from step to step;
 * `flow_input` checks what was entered; `flow_result` is what clients see; `flow_config` has the rules of config flows and
 * what is done at their end; `flow_discovery` begins flows for what was found. All on the loop thread.
 */
#pragma once

#include <hass/flow.h>
#include <hass/hass.h>
#include <hass/strmap.h>

#include "registry/entry.h"
#include "run/scope.h"

#define FLOWS_MAX             500
#define FLOWS_MAX_OF_HANDLER  50
#define FLOW_IDLE_LIMIT       3600.0 /* seconds until a dialogue that its user has left is forgotten */
#define FLOW_STEP_LIMIT       300.0
#define FLOW_DISCOVERIES_MAX  1000 /* that wait for their turn */
#define FLOW_DISCOVERIES_ONCE 2

enum flow_type {
    FLOW_NONE, /* before its first answer */
    FLOW_FORM,
    FLOW_MENU,
    FLOW_CREATE_ENTRY,
    FLOW_ABORT,
    FLOW_EXTERNAL,
    FLOW_EXTERNAL_DONE,
    FLOW_PROGRESS,
    FLOW_PROGRESS_DONE,
};

/* What a step has answered. */
struct flow_answer {
    enum flow_type type;
    char *step_id;                    /* of the "done" types: the next one */
    const struct hass_schema *schema; /* of a form */
    json_t *choices;                  /* of a form; or NULL */
    json_t *result;                   /* as clients get it, without what all have */
    json_t *data, *options;           /* of create_entry */
    char *title;                      /* likewise */
};

struct hass_flow {
    struct hass *hass;
    unsigned refs;
    enum hass_flow_kind kind;
    char *id, *handler;
    char *domain;               /* whose table it is */
    struct hass_entry *entry;   /* counted; or NULL */
    struct scope *scope;        /* counted: the integration's */
    struct scope_member member; /* it ends with its integration */
    const struct hass_flow_handler *table;
    json_t *context;              /* its own, changed by steps */
    struct flow_answer now, next; /* shown; answered by the step that runs */
    struct hass_mutex *mutex;     /* one step at a time */
    bool ended;
    bool told;                    /* that it is there: so is its end */
    int64_t touched;              /* monotonic */
    struct hass_future *progress; /* of the job; or NULL */
    struct hass_task *watcher;    /* waits for it */
    char *after_progress;         /* the step that follows */
    void *data;
};

/* flow.c */

struct hass_flow *flow_new(struct hass *hass, enum hass_flow_kind kind, const char *handler)
    HASS_CALLBACK;
struct hass_flow *flow_ref(struct hass_flow *flow);
struct hass_flow *flow_unref(struct hass_flow *flow) HASS_CALLBACK;
void flow_answer_fini(struct flow_answer *answer);
const char *flow_source(const struct hass_flow *flow);
/** What clients are told of its handler: a text, of a subentry [entry id, type]. Owned by the caller. */
json_t *flow_handler(const struct hass_flow *flow);
/** A step by its id, whatever the age of the table; false when there is none. */
bool flow_find_step(const struct hass_flow_handler *handler, const char *id,
                    struct hass_flow_step *ret_step);

/* flows.c */

/** By id. */
struct hass_strmap *flows_of(struct hass *hass) HASS_CALLBACK;
/** It is over: it is not found any more, and its job is cancelled. */
void flow_end(struct hass_flow *flow) HASS_CALLBACK;
/** What was shown is replaced by what was answered. */
void flow_advance(struct hass_flow *flow) HASS_CALLBACK;
/** "data_entry_flow_progressed": clients look again. */
void flow_tell_progress(struct hass_flow *flow) HASS_CALLBACK;
/** Tells who listens that a flow was "added" or "removed". */
void flow_tell(struct hass_flow *flow, const char *change) HASS_CALLBACK;

/* flow_input.c */

/** Checks what was entered into what is shown. Returns 0 with it in @ret_checked, or 1 with {field: text} in @ret_errors. */
int flow_check_input(const struct hass_flow *flow, const json_t *input, json_t **ret_checked,
                     json_t **ret_errors) HASS_CALLBACK;

/* flow_result.c */

json_t *flow_summary(const struct hass_flow *flow) HASS_CALLBACK;
/** What clients get of what is shown now. @entry: what came of it, or NULL. */
json_t *flow_result(const struct hass_flow *flow, const struct hass_entry *entry) HASS_CALLBACK;

/* flow_config.c */

/** Before a flow begins: what its kind forbids. 1: it is over at once, with flow->next. */
int flow_check_start(struct hass_flow *flow, struct hass_error *err) HASS_CALLBACK;
/** It has begun and waits for its user. */
void flow_begun(struct hass_flow *flow) HASS_CALLBACK;
/** The last step has answered create_entry. The entry in @ret_entry is a reference, or NULL. */
int flow_finish(struct hass_flow *flow, struct hass_entry **ret_entry, struct hass_error *err)
    HASS_COROUTINE;
/** The dialogue for parts of @type, or NULL. */
const struct hass_flow_handler *flow_find_subentry_flow(const struct hass_manifest *manifest,
                                                        const char *type);
/** Ends what is in progress for an entry that is removed. */
void flows_end_of_entry(const struct hass_entry *entry) HASS_CALLBACK;
