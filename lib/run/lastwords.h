/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blame that survives: what this process is doing lies in a file that is mapped and shared, <runtime dir>/last, so that the
 * next start can say who was at work when it ended, however it ended. Deaths are counted in <runtime dir>/deaths.
 */
#pragma once

#include "run/runtime.h"

struct lastwords;

enum lastwords_phase {
    LAST_NONE,
    LAST_STARTING,
    LAST_RUNNING,
    LAST_STOPPING,
    LAST_ENDED, /* in good order */
};

/** What the former process left behind. */
struct lastwords_report {
    bool
        died; /* it ended in another way than by lastwords_destroy, and the machine has not been restarted since */
    enum lastwords_phase phase; /* in which it was */
    int signal;      /* fatal signal that it caught itself; 0: killed from outside, or no memory */
    char domain[80]; /* whose job it ran, or which it was opening; "" when nobody's */
    char job[80];    /* what the job is called; "" when not known */
    int64_t started; /* microseconds UTC */
};

/**
 * Reads and counts the last words of the former process, then begins our own. The beat of @runtime is in the file from then
 * on. Files in @dir that cannot be used are an error, but nothing to die of.
 */
int lastwords_create(struct runtime *runtime, const char *dir, struct lastwords **ret_lastwords,
                     struct hass_error *err);
/** A good end. Takes NULL. */
struct lastwords *lastwords_destroy(struct lastwords *lastwords);

struct loop_beat *lastwords_beat(struct lastwords *lastwords);
const struct lastwords_report *lastwords_former(const struct lastwords *lastwords);

/* The following take NULL: without a runtime directory nothing is remembered. */

void lastwords_set_phase(struct lastwords *lastwords, enum lastwords_phase phase);
/** What a pool thread opens or sets up now; NULL: nothing any more. */
void lastwords_set_loading(struct lastwords *lastwords, const char *domain);
/** Makes @scope known by its name, or forgets it. */
void lastwords_add_scope(struct lastwords *lastwords, const struct scope *scope,
                         const char *domain);
void lastwords_remove_scope(struct lastwords *lastwords, const struct scope *scope);
/** How often @domain was at work when the process died, within the last ten minutes. */
size_t lastwords_deaths(const struct lastwords *lastwords, const char *domain);
/** A changed file of @domain has its chance: its deaths are forgotten. */
void lastwords_forget_deaths(struct lastwords *lastwords, const char *domain);
