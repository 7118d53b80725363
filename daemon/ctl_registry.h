/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands on areas, devices, entities, … share: asking for rows, finding the one that a word means, and settings
 * given as KEY=VALUE.
 */
#pragma once

#include "ctl.h"
#include "ctl_table.h"

/* What kind of row: how it is asked for, and told apart. */
struct ctl_kind {
    const char *what;     /* "area", in messages */
    const char *list;     /* the command that lists all */
    const char *below;    /* the result's member that is the list; NULL: the result */
    const char *id;       /* the member that is its id */
    const char *names[2]; /* members that are its name, the first that is set; or NULL */
};

extern const struct ctl_kind ctl_area, ctl_floor, ctl_label, ctl_device, ctl_entity, ctl_entry,
    ctl_issue;

/** All rows of a kind, owned by the caller. */
int ctl_rows(struct ctl *ctl, const struct ctl_kind *kind, json_t **ret_rows,
             struct hass_error *err);
/** Asks for all rows of a kind as {id: row}, owned by the caller, in their order. */
int ctl_rows_by_id(struct ctl *ctl, const struct ctl_kind *kind, json_t **ret_rows,
                   struct hass_error *err);
/** How often each text stands at @key of the rows, a text or a list of them: {text: count}, owned by the caller. */
json_t *ctl_count_by(const json_t *rows_by_id, const char *key);
/** A member of ctl_count_by as text, "" for 0; owned by the caller. */
char *ctl_count_text(const json_t *counts, const char *id);
const char *ctl_row_id(const struct ctl_kind *kind, const json_t *row);
/** Its name, else its id; "" for NULL. */
const char *ctl_row_name(const struct ctl_kind *kind, const json_t *row);
/** The row that @word means, by id or by name in any case. HASS_E_NOT_FOUND names the nearest; HASS_E_EXISTS: several do. */
int ctl_find(const struct ctl_kind *kind, const json_t *rows, const char *word,
             const json_t **ret_row, struct hass_error *err);
/** Asks for the rows first: the id that @word means, owned by the caller. */
int ctl_resolve(struct ctl *ctl, const struct ctl_kind *kind, const char *word, char **ret_id,
                struct hass_error *err);
/**
 * The one of get_states' @states that @word means, by entity id or by name in any case, of @domains (NULL-ended; NULL: all of them); @what
 * they are, in messages. Owned by the caller. As ctl_find.
 *
 * Shape: {"entity_id", "name", "state", "id"}, each text or null
 */
int ctl_find_state(const json_t *states, const char *const *domains, const char *what,
                   const char *word, json_t **ret_row, struct hass_error *err);
/** The same, after asking for the states. */
int ctl_ask_state(struct ctl *ctl, const char *const *domains, const char *what, const char *word,
                  json_t **ret_row, struct hass_error *err);
/** The domains of what runs: "automation", "script". */
extern const char *const ctl_items[];
/** Sends a command of which @type is the name; @fields is taken. */
int ctl_ask(struct ctl *ctl, const char *type, json_t *fields, json_t **ret_result,
            struct hass_error *err);

/* Settings. */
enum ctl_value {
    CTL_TEXT,      /* empty: null */
    CTL_NUMBER,    /* a whole one; empty: null */
    CTL_USER,      /* "user" or yes: "user"; empty or no: null */
    CTL_TEXTS,     /* a,b,c */
    CTL_AREA_ID,   /* an area's id or name; empty: null */
    CTL_FLOOR_ID,  /* a floor's */
    CTL_LABEL_IDS, /* labels' ids or names: a,b,c */
    CTL_ENTITY_ID,
};

struct ctl_setting {
    const char *key;    /* on the command line; NULL ends a table */
    const char *member; /* of the command */
    enum ctl_value value;
};

/**
 * Reads KEY=VALUE words into the members of a command, owned by the caller.
 *
 * Returns: 0; CTL_USAGE when it has been said what is wrong; HASS_E_NOT_FOUND for an area, floor or label that is not there.
 */
int ctl_settings(struct ctl *ctl, const struct ctl_setting *settings, int count, char *args[],
                 json_t **ret_members, struct hass_error *err);

/* Filters of lists. */
struct ctl_filter {
    const char *key;
    const char *wanted; /* the value given, or NULL */
};
/** Reads KEY=VALUE words; one word without "=" becomes @ret_pattern. 0, or CTL_USAGE when it has been said what is wrong. */
int ctl_filters(struct ctl_filter *filters, int count, char *args[], const char **ret_pattern);
/** True when a filter is not given, or one of the two texts (may be NULL) is what it wants, in any case. */
bool ctl_filter_takes(const struct ctl_filter *filter, const char *id, const char *name);
/** True for a text that has @pattern in it or matches its wildcards, in any case; @pattern NULL: for all. */
bool ctl_matches(const char *text, const char *pattern);

/** Prints a table, or @rows with --json; destroys the table. */
void ctl_print_rows(const struct ctl *ctl, const json_t *rows, struct table *table);
/** Says what has been done, or prints @result with --json. */
void ctl_done(const struct ctl *ctl, const json_t *result, const char *format, ...)
    HASS_PRINTF(3, 4);

/* One verb of a command: `hassctl areas add NAME …`. */
struct ctl_verb {
    const char *name; /* NULL ends a table */
    int min_args, max_args;
    const char *usage; /* of what follows the verb */
    /** @subject is what the command gave to ctl_run_verb. */
    int (*run)(struct ctl *ctl, const void *subject, int count, char *args[],
               struct hass_error *err);
};
/** Runs the verb of @command that args[0] names; CTL_USAGE when there is none. */
int ctl_run_verb(struct ctl *ctl, const char *command, const struct ctl_verb *verbs,
                 const void *subject, int count, char *args[], struct hass_error *err);
