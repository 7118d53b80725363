/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this integration share: the table's rows, what of an entity a row looks at, and thresholds.
 */
#pragma once

#include <hass/condition.h>
#include <hass/hass.h>
#include <hass/trigger.h>

#define PURPOSE_SOURCES 4

enum purpose_how {
    PURPOSE_ENTERS,         /* becomes, or is, one of some states */
    PURPOSE_ACTIVATED,      /* its state, a time, is another one */
    PURPOSE_CHANGED,        /* its state is another one */
    PURPOSE_REACHED,        /* its state is another one, and what an attribute says */
    PURPOSE_INCREASED,      /* its number is greater than before */
    PURPOSE_DECREASED,      /* … less */
    PURPOSE_NUMBER_CHANGED, /* its number is another one, which a threshold may limit */
    PURPOSE_NUMBER_CROSSED, /* its number is where a threshold wants it, and was not */
};

/** What is looked at of the entities of one domain. */
struct purpose_source {
    const char *domain;       /* NULL: the list ends */
    const char *device_class; /* or NULL: any */
    const char *states;       /* separated by blanks; with a "!" in front: any but these; or NULL */
    const char *attribute;    /* instead of the state; or NULL */
    double scale;             /* of its number; 0: 1 */
    const char *zero;         /* an attribute whose 0 means the same as true; or NULL */
    const char *reached;      /* the attribute that has the state which is reached */
    bool outside;             /* a list that must not have what the option says */
};

struct purpose {
    const char *name; /* "light.turned_on" */
    struct hass_trigger_kind trigger;
    struct hass_condition_kind condition;
    enum purpose_how how;
    struct purpose_source of[PURPOSE_SOURCES];
    const char *option; /* has the states that are wanted; or NULL */
    const char *from;   /* states it must come from; or NULL */
    bool secondary;     /* areas and devices lead to diagnostic entities, too */
};

/** Those of all rows, ended by NULL. */
extern const struct hass_trigger_kind *const purpose_triggers[];
extern const struct hass_condition_kind *const purpose_conditions[];
/** The rows in the same order; NULL behind the last. */
typedef const struct purpose *purpose_at_fn(size_t index);
purpose_at_fn purpose_trigger_at, purpose_condition_at;

/* look.c */

/** A row by name, or NULL. */
const struct purpose *purpose_find(purpose_at_fn *at, const char *name);
/** The entity ids that a target means, of the domains of @row. Owned by the caller. */
json_t *purpose_targets(struct hass *hass, const struct purpose *row, const json_t *target)
    HASS_CALLBACK;
/** What @row looks at of a state; NULL: nothing. */
const struct purpose_source *purpose_source_of(const struct purpose *row,
                                               const struct hass_state *state);
/** False while it is unknown, unavailable, or lacks the attribute. */
bool purpose_is_valid(const struct purpose_source *source, const struct hass_state *state);
/** True when the value is one of those wanted: of the source, or of the option of @config. */
bool purpose_is_wanted(const struct purpose *row, const struct purpose_source *source,
                       const json_t *config, const struct hass_state *state);
bool purpose_number(const struct purpose_source *source, const struct hass_state *state,
                    double *ret_number);
/** True when the state is what the attribute of its source says. */
bool purpose_is_reached(const struct purpose_source *source, const struct hass_state *state);
/** True when both have the same value. */
bool purpose_is_same(const struct purpose_source *source, const struct hass_state *a,
                     const struct hass_state *b);
bool purpose_has_word(const char *words, const char *word);

/* threshold.c */

extern const struct hass_field_type purpose_type_threshold;
/** True when the state's number is where the threshold wants it; a bound that is not known is missed. NULL: everything is. */
bool purpose_satisfies(struct hass *hass, const json_t *threshold,
                       const struct purpose_source *source, const struct hass_state *state)
    HASS_CALLBACK;

/* trigger.c */

extern const struct hass_schema purpose_trigger_schema;
int purpose_trigger_check(const json_t *config, struct hass_error *err);
int purpose_trigger_attach(struct hass_trigger *trigger, struct hass_error *err);
void purpose_trigger_describe(struct hass_trigger *trigger,
                              const struct hass_trigger_change *change,
                              struct hass_template_variables *fields, struct hass_buf *description);
bool purpose_trigger_holds(struct hass_trigger *trigger, const struct hass_trigger_change *pending,
                           const struct hass_state *now);

/* condition.c */

extern const struct hass_schema purpose_condition_schema;
int purpose_condition_check(const json_t *config, struct hass_error *err);
int purpose_condition_test(struct hass *hass, const json_t *config, void *data,
                           struct hass_variables *variables, struct hass_trace *trace,
                           struct hass_error *err);

/* look.c */

extern const struct hass_schema purpose_target_schema;

/* describe.c */

int purpose_commands_add(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
