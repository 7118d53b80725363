/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded automations: a whole home on virtual time, steps at their times, and what came of them: calls of services that only record,
 * events, responses, snapshots, states at the end.
 */
#pragma once

#include <hass/hass.h>

#include "vectors/vectors.h"

struct play;

/* A service that only records. */
struct play_mock {
    struct play *play;
    char domain[65], service[65];
    unsigned told;     /* events of its registration that are on their way */
    const json_t *row; /* {"service", "response"?, "raise"?, "delay"?}, or NULL */
};

/* A case under way. */
struct play {
    const json_t *vector;
    const json_t *expected; /* the recorded one, or ours where we deviate */
    struct hass *hass;
    int64_t start;
    struct play_mock *mocks;
    size_t mock_count;
    const struct hass_context **contexts; /* of the steps */
    json_t *touched;                      /* {entity id: true}, written by the case itself */
    json_t *calls, *events, *responses, *snapshots, *final_states;
};

/* automations_home.c */

/** A home as the case describes it, RUNNING at time 0. Returns false with @why when it does not get there. */
bool play_begin(struct play *play, const json_t *vector, struct hass_buf *why) HASS_CALLBACK;
void play_end(struct play *play) HASS_CALLBACK;
/** Writes configuration.yaml. */
void play_configure(struct play *play, const json_t *config) HASS_CALLBACK;
/** Seconds since the start. */
json_t *play_time(const struct play *play, int64_t time);
/** The record of an entity as the cases have it, or null. */
json_t *play_state(struct play *play, const char *entity_id) HASS_CALLBACK;

/* automations_steps.c */

/** Plays all steps, and takes the states at the end. */
void play_steps(struct play *play) HASS_CALLBACK;
/** What a case needs and is not there, or NULL. */
const char *play_missing(const json_t *vector);

/* automations_compare.c */

/** Compares what came with what is expected. Says in @why what differs first. */
bool play_compare(struct play *play, struct hass_buf *why) HASS_CALLBACK;

/* automations_deviations.c */

/** What is expected instead of what was recorded, owned by the caller; NULL where we do not deviate. */
json_t *automation_deviation(const json_t *vector);

/* automations_case.c */

/** Runs one case in this process. */
enum verdict play_case(const json_t *vector, struct hass_buf *why) HASS_CALLBACK;
