/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers of a hass, behind <hass/trigger.h>.
 *
 * The cast: `trigger_check` normalises configuration; `trigger` attaches it, fires and detaches; `trigger_fields` is what templates see;
 * `trigger_kinds` is the table of kinds; `trigger_pending` keeps what waits for its `for:`; `trigger_journal` brings that, and times, over a
 * restart; one file for each built-in kind.
 */
#pragma once

#include <hass/hass.h>
#include <hass/list.h>
#include <hass/trigger.h>
#include <hass/vec.h>

#include "helpers/kind_search.h"
#include "run/timer.h"

#define TRIGGER_MAX_PENDING 1000 /* of one trigger and key */

/* All struct hass_triggers that are attached, in the order in which they came. */
struct trigger_owners {
    struct hass_list list;
    bool journaled; /* the journal knows us */
};

/** Those of a hass, made on first use. */
struct trigger_owners *trigger_owners(struct hass *hass) HASS_CALLBACK;
/** Called by helpers_unref. Takes NULL. */
void trigger_owners_destroy(struct trigger_owners *owners);

/**
 * The kind of a name, built in or registered, as far as this library knows its table; false: there is none. @ret_scope gets a reference to
 * the scope of a registered one, or stays as it is. @hass may be NULL. Any thread.
 */
bool trigger_kind_find(struct hass *hass, const char *name, struct hass_trigger_kind *ret_kind,
                       struct scope **ret_scope);
/** The name of a kind that was most likely meant, to be freed, or NULL. */
char *trigger_kind_nearest(const struct kind_search *search, const char *name);

/** As hass_triggers_check, for a check of what triggers are in. */
int triggers_check(struct kind_search *search, const json_t *value, json_t **ret_config,
                   struct hass_error *err);

struct variable_source;

struct hass_trigger {
    struct hass_triggers *owner;
    size_t index;    /* in the checked list */
    char number[24]; /* the same as text */
    struct hass_trigger_kind kind;
    struct scope *scope;   /* in which the kind runs, a reference; NULL: the owner's */
    const json_t *written; /* lent by the owner's */
    const json_t *config;  /* what the kind sees: the same, or what it was mapped to */
    json_t *mapped;        /* owned; or NULL */
    bool attached;
    double period; /* seconds of a `for:` that is no template */
    void *data;
    hass_destroy_fn *destroy;
    HASS_VEC(struct hass_sub *) subs;
    struct hass_list pending; /* struct pending */
    json_t *due;              /* {what: microseconds} for the journal; NULL: nothing is noted */
};

struct hass_triggers {
    struct hass_list link; /* in trigger_owners */
    struct hass *hass;
    struct helpers *helpers; /* counted */
    struct scope *scope;     /* in which `fired` runs, a reference */
    json_t *config;
    struct hass_variables *variables; /* never NULL */
    char *name;
    char *journal; /* or NULL */
    bool at_start, run_missed;
    json_t *former_for, *former_due; /* of the journal, while they are being attached */
    bool detached;                   /* what remains is freed at the next turn */
    hass_triggered_fn *fired;
    hass_trigger_nearly_fn *nearly;
    void *userdata;
    size_t count;
    struct hass_trigger items[];
};

/** "automation.hall: trigger 2 (state)" for the log. To be freed. */
char *trigger_name(const struct hass_trigger *trigger);
/** Attaches one whose kind has come; logs what fails. True when it is attached. */
bool trigger_attach(struct hass_trigger *trigger) HASS_CALLBACK;
/** Ends all of one that the kind has registered, and what is pending. */
void trigger_detach(struct hass_trigger *trigger) HASS_CALLBACK;
/** Fires a change, now. */
int trigger_fire_change(struct hass_trigger *trigger, const struct hass_trigger_change *change,
                        struct hass_error *err) HASS_CALLBACK;

/** Adds what every `trigger` has: @written is its configuration, @number its index. @description may be NULL. */
void trigger_add_common(const json_t *written, const char *number, const char *description,
                        struct hass_template_variables *fields);
/** What a change has of it: entity_id, from_state, to_state, for. Owned by the caller. */
struct hass_template_variables *trigger_change_fields(const json_t *config,
                                                      const struct hass_trigger_change *change);
/** All of it, of a kind with add_fields. @description is taken. It does not need the trigger any more. */
struct variable_source *trigger_source_new(const struct hass_trigger *trigger,
                                           const struct hass_trigger_change *change,
                                           char *description);

/* What waits for its `for:` to pass. */
struct pending {
    struct hass_list link; /* in trigger->pending */
    struct timer timer;
    struct hass_trigger *trigger;
    const struct hass_state *from, *to; /* references, or NULL */
    const struct hass_context *context; /* a reference, or NULL */
    int64_t due;                        /* wall clock, for the journal */
    double seconds;
    bool by_time;    /* trigger.entity_id is none */
    bool unresolved; /* after a restart: its entity is not back yet */
    bool overdue;    /* the time has passed, but it is unresolved */
    char key[];
};

/** Arms: it fires when @left microseconds have passed. */
struct pending *trigger_pending_add(struct hass_trigger *trigger,
                                    const struct hass_trigger_change *change, int64_t left)
    HASS_CALLBACK;
void trigger_pending_end(struct pending *pending) HASS_CALLBACK;
/** Whether one of before the restart goes on: with @now its entity's state, or NULL. It may be gone afterwards. */
void trigger_pending_resolve(struct pending *pending, const struct hass_state *now) HASS_CALLBACK;
/** What the kind is asked about; lent from @pending. */
struct hass_trigger_change trigger_pending_change(const struct pending *pending);

/** Takes what the journal has of the owner's, before they are attached … */
void trigger_journal_claim(struct hass_triggers *triggers) HASS_CALLBACK;
/** … and arms it anew afterwards. */
void trigger_journal_resume(struct hass_triggers *triggers) HASS_CALLBACK;
/** Something that is written down has changed. */
void trigger_journal_touch(struct hass_triggers *triggers) HASS_CALLBACK;
/**
 * Of kinds that are due at a time: remembers the next one of @what, in microseconds UTC, 0: none; before, where it was noted and has passed
 * while nobody was there, and the owner wants that, returns it. 0: nothing was missed.
 */
int64_t trigger_note_due(struct hass_trigger *trigger, const char *what, int64_t due) HASS_CALLBACK;

/** Runs @job for each state_changed of a check_type_entities. */
int trigger_track_entities(struct hass_trigger *trigger, const json_t *entities,
                           struct hass_job job, struct hass_sub **ret_sub, struct hass_error *err)
    HASS_CALLBACK;

/* the built-in kinds */
extern const struct hass_trigger_kind trigger_kind_event;
extern const struct hass_trigger_kind trigger_kind_state;
extern const struct hass_trigger_kind trigger_kind_numeric_state;
extern const struct hass_trigger_kind trigger_kind_template;
extern const struct hass_trigger_kind trigger_kind_time;
extern const struct hass_trigger_kind trigger_kind_time_pattern;
extern const struct hass_trigger_kind trigger_kind_homeassistant;
extern const struct hass_trigger_kind trigger_kind_sun;
