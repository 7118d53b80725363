/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands about runs of automations and scripts share. */
#pragma once

#include "ctl.h"

/* The automation or script that a word means, and what names its runs: the id of an automation, or its entity id; the object id of a script. */
struct ctl_meant {
    char *entity_id;
    char *key;
};

/** By its entity id or its name. @ret_meant is the caller's. */
int ctl_find_meant(struct ctl *ctl, const char *word, struct ctl_meant *ret_meant,
                   struct hass_error *err);
void ctl_meant_fini(struct ctl_meant *meant);
/** True for a run of it, a row of hassd/runs/list. */
bool ctl_is_of(const json_t *run, const struct ctl_meant *meant);

#define CTL_RUN_DIGITS 8 /* of a run's id that are shown: who types one types no more */

/** The steps of a trace in the order in which they were made, owned by the caller. */
json_t *ctl_trace_steps(const json_t *trace);
/** One of them: when, where, what came of it. */
void ctl_print_step(const json_t *step);
