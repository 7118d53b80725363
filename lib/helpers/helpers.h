/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the trackers share: the layer's tables in a hass, and registering a job that something else than a plain list runs.
 */
#pragma once

#include <hass/event_helpers.h>

#include "run/runtime.h"

struct dispatcher_table;
struct script_hass;
struct template_hass;
struct state_table;
struct kinds;
struct kind_loader;
struct condition_test;
struct trigger_owners;

enum track_kind {
    TRACK_CHANGED,  /* state_changed by entity id */
    TRACK_REPORTED, /* state_reported by entity id */
    TRACK_ADDED,    /* state_changed without an old state, by domain */
    TRACK_REMOVED,  /* state_changed without a new state, by domain */
    TRACK_DOMAIN,   /* state_changed by domain */
    TRACK_KINDS,
};

/* The tables of one hass. Counted: trackers hold on to them when the hass goes first. Loop thread. */
struct helpers {
    struct hass *hass;
    unsigned refs;
    struct hass_strmap *signals;             /* struct signal of dispatcher.c */
    struct hass_strmap *collections;         /* struct collection of collection.c, by domain */
    struct state_table *states[TRACK_KINDS]; /* of track_state.c; NULL until used */
    struct template_hass *templates;         /* of template_hass.c; NULL until used */
    struct hass_strmap *custom_templates;    /* of template_custom.c, by name; NULL until used */
    struct script_hass *scripts;             /* of script_mode.c; NULL until used */
    struct journal *journal;                 /* of journal.c; NULL until used */
    struct traces *traces;                   /* of trace_store.c; NULL until used */
    struct kinds *condition_kinds; /* registered by integrations, beside the built-in ones */
    struct kinds *trigger_kinds;
    const struct kind_loader *kind_loader; /* how the loader helps with others; or NULL */
    struct hass_mutex *file_changes;       /* of config_file.c; NULL until used */
    struct condition_test *condition_test; /* of condition.c, in progress; or NULL */
    struct trigger_owners *triggers;       /* of trigger_kinds.c; NULL until used */
};

/** Lends the tables of @hass, made on first use. */
struct helpers *helpers_of(struct hass *hass) HASS_CALLBACK;
struct helpers *helpers_ref(struct helpers *helpers);
void helpers_unref(struct helpers *helpers);
struct state_key;

/* A job's place on one list of the shared tables of track_state.c. */
struct state_place {
    struct state_key *key;
    struct hass_sub *sub; /* on the key's list, in the root scope */
};

/** Runs @job, an event job, for events of @kind about @text: an entity id, a domain, or HASS_MATCH_ALL. */
int state_place_join(struct hass *hass, enum track_kind kind, const char *text, struct hass_job job,
                     struct state_place *ret_place, struct hass_error *err) HASS_CALLBACK;
void state_place_leave(struct hass *hass, struct state_place *place) HASS_CALLBACK;
/** Frees what track_state.c keeps. */
void state_table_destroy(struct state_table *table);

struct tracker_options {
    struct hass_job job;
    enum hass_job_subject subject;
    unsigned flags; /* enum job_flags; 0: as for any registration */
    bool once;      /* ends before its job runs */
    void (*removed)(struct hass_sub *sub, void *owner); /* frees @owner */
    void *owner;
};

/**
 * Registers a tracker: sub_run(*ret_own) runs its job, sub_finish(*ret_own) ends it. The job is taken; on failure it is
 * destroyed and @removed is not called. tracker_publish follows when the tracker is complete.
 */
int tracker_add(struct hass *hass, const struct tracker_options *options, struct hass_sub **ret_own,
                struct hass_error *err) HASS_CALLBACK;
/** Gives the handle to whoever asked for one; without, the registration goes when it ends. */
void tracker_publish(struct hass_sub *own, struct hass_sub **ret_sub) HASS_CALLBACK;

/** Enters the root scope, for what serves all integrations; returns the former scope for scope_leave. */
static inline struct scope *helpers_enter_root(const struct hass *hass)
{
    return scope_enter(runtime_of(hass)->root);
}
