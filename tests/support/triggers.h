/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody with triggers: attaches a list and writes down how it fires, and nearly fires. */
#pragma once

#include <hass/trigger.h>

#include "support/test.h"

struct fired {
    struct hass_triggers *triggers;
    json_t *seen;                       /* [all variables as JSON] */
    json_t *times;                      /* [seconds since the first attach of this struct] */
    json_t *nearly;                     /* ["index: reason"] */
    const struct hass_context *context; /* of the last; a reference */
    int64_t began;
    bool detach; /* when one fires */
};

/** Checks and attaches; @config is a literal as test_json takes. Only config, variables, journal, at_start, run_missed of @options count. */
struct fired *triggers_attach_with(struct hass *hass, const char *config,
                                   const struct hass_triggers_options *options) HASS_CALLBACK;
struct fired *triggers_attach(struct hass *hass, const char *config) HASS_CALLBACK;
void triggers_detach(struct fired *fired) HASS_CALLBACK;
size_t fired_count(const struct fired *fired);
/** How many changes wait for their `for:`. */
size_t fired_pending(const struct fired *fired);
/** Lends a member of `trigger` of firing @index: "entity_id", "to_state.state". NULL when it is not there. */
const json_t *fired_field(const struct fired *fired, size_t index, const char *path);
const char *fired_text(const struct fired *fired, size_t index, const char *path);
double fired_at(const struct fired *fired, size_t index);
/** The names of what `trigger` has, sorted, "alias,id": to be freed. */
char *fired_keys(const struct fired *fired, size_t index);

/** The reason for which it nearly fired for the @index-th time, or "(none)". */
const char *fired_nearly(const struct fired *fired, size_t index);

/** Sets a state with attributes (a literal as test_json takes, or NULL). */
void set_state(struct hass *hass, const char *entity_id, const char *state, const char *attributes)
    HASS_CALLBACK;

/** Fails unless checking refuses the list with exactly @message. */
#define ck_assert_refused(config, message) triggers_assert_refused((config), (message))
void triggers_assert_refused(const char *config, const char *message);
