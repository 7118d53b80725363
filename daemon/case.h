/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case of a test of automations: given, when, then.
 */
#pragma once

#include "scenario.h"

enum wanted_kind {
    WANTED_ACTION,
    WANTED_EVENT,
    WANTED_STATE,
};

struct wanted {
    enum wanted_kind kind;
    unsigned line;
    const char *name;     /* service, event type, entity id */
    const char *state;    /* of WANTED_STATE */
    const json_t *data;   /* of the call without its target, of the event; NULL: any */
    const json_t *target; /* NULL: any */
    int64_t at;           /* 0: at any time */
};

/** A call or event that happened. */
struct happened {
    bool is_event;
    char *name;
    json_t *data;
    char *run; /* or NULL */
    int64_t at;
};

struct automation_case {
    const char *name; /* these are lent from the file or kept by items */
    unsigned line;
    const char *time_zone;
    const char *automation; /* whose calls count; NULL: all */
    const json_t *responses;
    struct scenario_span span; /* zone: a reference */
    struct scenario_items given, items;
    HASS_VEC(struct wanted) wanted;

    /* once it has run */
    HASS_VEC(struct happened) calls;
    json_t *failures; /* texts */
    char *happened;   /* the timeline */
};

struct automation_cases {
    HASS_VEC(struct automation_case) list;
    json_t *kept; /* what is lent */
};

/** Reads all cases of a file; mistakes are complained of there. */
void cases_read(struct hass_yaml *yaml, struct hass_zone *zone, struct automation_cases *ret_cases);
void cases_fini(struct automation_cases *cases);
/** Runs one and fills in what came of it. An error: it could not be run. */
int case_run(struct automation_case *test, const struct scratch *scratch, struct hass_error *err);
/** Compares the calls with those wanted; notes failures. */
void case_compare(struct automation_case *test);
/** Notes a failure (printf). */
void case_fail(struct automation_case *test, const char *format, ...) HASS_PRINTF(2, 3);
