/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of hassctl share. */
#pragma once

#include <hass/buf.h>
#include <hass/json.h>

#include "ctl_client.h"

/* Exit codes. */
enum {
    CTL_OK = 0,
    CTL_FAILED = 1, /* no daemon, or it refused */
    CTL_USAGE = 2,
};

struct ctl {
    const char *socket; /* --socket */
    const char *config; /* --config */
    bool json;
    bool color;
    bool terminal;     /* standard output is one */
    size_t width;      /* of the terminal, columns; 0: no limit */
    bool watch;        /* -w */
    bool once;         /* -1 */
    bool response;     /* --response */
    bool explain;      /* --explain */
    const char *since; /* --since */
    struct client *client;
};

struct ctl_command {
    const char *name;
    const char *usage;
    const char *summary;
    int min_args, max_args; /* max -1: any number */
    bool offline;           /* needs no daemon */
    const char
        *options; /* the letters of struct ctl's members it knows: w, 1, r, e, s; NULL: none */
    /** Returns an exit code, or fails for CTL_FAILED. @args are the words behind the command. */
    int (*run)(struct ctl *ctl, int count, char *args[], struct hass_error *err);
};

/* The commands, in ctl_<name>.c or the file of their kin. */
int ctl_states(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_call(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_fire(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_events(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_template(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_top(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_info(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_reload(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_new(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_devices(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_entities(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_areas(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_floors(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_labels(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_issues(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_entries(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_automations(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_runs(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_stop(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_debug(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_trace(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_trigger(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_why(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_why_not(struct ctl *ctl, int count, char *args[], struct hass_error *err);
int ctl_set(struct ctl *ctl, int count, char *args[], struct hass_error *err);

/** True for `hassctl simulate`, whose options are hassd's. */
bool ctl_wants_simulate(char *argv[]);
/** Becomes hassd. Returns an exit code when that cannot be. */
int ctl_simulate(char *argv[]);

/** Reads KEY=VALUE words into an object: values are JSON where they parse as that, else text. NULL after a usage error. */
json_t *ctl_pairs(int count, char *args[]);
/** Says what is wrong with the command line; returns CTL_USAGE. */
int ctl_usage_error(const char *format, ...) HASS_PRINTF(1, 2);
/** Prints a value on one line. */
void ctl_print_json_line(const json_t *value);
/** Prints a value indented. */
void ctl_print_json(const json_t *value);
/** Flushes standard output; CTL_FAILED when nobody takes it any more. Returns CTL_OK otherwise. */
int ctl_flush(void);
