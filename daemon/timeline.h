/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was seen in a scenario, as a person reads it: the time once, then what changed, what that set off and why, and what it called; or as
 * a JSON object a line. A change is printed when it has set something off.
 */
#pragma once

#include <stdio.h>

#include "scenario.h"

struct timeline;

struct timeline_options {
    bool json;
    bool all;               /* every change of a state */
    const char *only;       /* the entity id of an automation; NULL: all */
    struct hass_zone *zone; /* lent */
    FILE *out;
};

struct timeline *timeline_create(const struct timeline_options *options);
struct timeline *timeline_destroy(struct timeline *timeline);
void timeline_see(struct timeline *timeline, struct hass *hass, const struct scenario_seen *seen)
    HASS_CALLBACK;
/** Prints only what this automation does, from now on. */
void timeline_set_only(struct timeline *timeline, const char *entity_id);
/** Prints what still goes on, and how much there was. */
void timeline_end(struct timeline *timeline, struct hass *hass) HASS_CALLBACK;
/** Appends an item of a call as people read it: "light.turn_on light.hall {brightness: 3}". */
void timeline_call_text(const char *service, const json_t *data, struct hass_buf *text);
/** Appends what kept an automation from running: {"reason", "path", "details"}. */
void timeline_stop_text(const json_t *attempt, struct hass_buf *text);
