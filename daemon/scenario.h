/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scenario: the logic of a home (automations, scripts, scenes, templates, helpers) on virtual time, in a hass of its own beside the
 * real one. Devices are not there: their states come from the scenario, calls of their services are seen and assumed to work. The
 * commands `simulate` and `check --test` are made of it.
 *
 *     scratch_open(…);  scenario_run(…) as often as wanted, each in a new hass;  scratch_close(…);
 */
#pragma once

#include <hass/daemon.h>

#include "places.h"
#include "scenario_input.h"

/** Where scratch homes live: a temporary folder with copies of the registries and helpers. */
struct scratch {
    struct places places;
    char *folder;
    struct hass_options options; /* lend from here */
};

/** @last_states: entities begin with what they were when the real home last wrote it down. */
int scratch_open(const struct args *args, bool last_states, struct scratch *ret_scratch,
                 struct hass_error *err);
void scratch_close(struct scratch *scratch);
/** Moves what entities were last to @from, and has it be of @given what that says of automations and scripts. Once, after scratch_open. */
int scratch_move(const struct scratch *scratch, const struct scenario_items *given, int64_t from,
                 struct hass_error *err);
/** The home's time zone, a reference, as the configuration has it. */
int scratch_zone(const struct scratch *scratch, struct hass_zone **ret_zone,
                 struct hass_error *err);

enum scenario_seen_kind {
    SEEN_CHANGE, /* of a state */
    SEEN_EVENT,  /* fired by the scenario or by an automation or script */
    SEEN_RUN,    /* an automation or script begins */
    SEEN_STOP,   /* an automation was set off, or nearly, and something kept it from running */
    SEEN_CALL,   /* of a service */
    SEEN_LOG,    /* a warning or an error */
};

/** Something that happened; all is lent for the call. What a kind does not have is NULL. */
struct scenario_seen {
    enum scenario_seen_kind kind;
    int64_t at;
    const char *name;             /* entity id, event type, "domain.service" */
    const char *title;            /* of a run or stop: what the automation is called */
    const char *text;             /* run: what set it off; stop: why; log: the line */
    const struct hass_state *old; /* of a change */
    const struct hass_state *state;
    const json_t *data; /* of a call, an event, the step that stopped it */
    const struct hass_context *context;
    const char *run;  /* the automation or script, by entity id, that this belongs to */
    const char *step; /* of a call: the path of the step that makes it, "action/0"; or NULL */
    const char *item; /* the script that it is of, which has its caller's context; NULL: of @run */
    bool asked;       /* by the scenario, not by an automation */
    bool started;     /* false while the home starts */
};
typedef void scenario_seen_fn(struct hass *hass, const struct scenario_seen *seen, void *userdata);

struct scenario {
    struct hass_options options; /* scratch.options */
    int64_t from, to;
    const char *time_zone; /* NULL: the home's */
    const struct scenario_items *given;
    const struct scenario_items *items; /* sorted */
    const json_t *responses;            /* {"domain.service": response}, or NULL */
    scenario_seen_fn *seen;
    /** The home is up; an error ends the scenario. Or NULL. Loop. */
    int (*ready)(struct hass *hass, void *userdata, struct hass_error *err);
    /** The end has come, and the home is still there. Or NULL. Loop. */
    void (*ended)(struct hass *hass, void *userdata);
    void *userdata;
};

/** Runs it to its end. The calling thread is the loop's meanwhile. */
int scenario_run(const struct scenario *scenario, struct hass_error *err);
