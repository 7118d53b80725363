/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a scenario share. Private to scenario*.c. */
#pragma once

#include <hass/services.h>
#include <hass/strmap.h>

#include "scenario.h"

struct early;

struct home {
    const struct scenario *scenario;
    struct hass *hass;
    struct hass_strmap *ours;       /* entities whose states the scenario made, as keys */
    struct hass_strmap *runs;       /* entity id of the automation or script by context id */
    HASS_VEC(struct early *) early; /* seen before the run that they belong to */
    size_t index;                   /* of the next item */
    struct hass_error failure;      /* why it ended early */
    bool recording;                 /* what happens is told */
    bool started;
    bool asking; /* the next call is the scenario's */
    bool quiet;  /* the next call is our own, and not told */
};

/** The integrations that a scratch home has; NULL-terminated. */
extern const char *const scenario_logic[];
bool scenario_is_logic(const char *domain);

/** Tells the scenario's owner; fills in time and run. */
void scenario_tell(struct home *home, struct scenario_seen *seen) HASS_CALLBACK;
/** True for an entity that an integration of the scratch home has. */
bool scenario_is_provided(struct home *home, const char *entity_id) HASS_CALLBACK;
/** Calls a service that nobody is told of. @data is taken. */
void scenario_call_quietly(struct home *home, const char *domain, const char *service, json_t *data,
                           const struct hass_context *context) HASS_CALLBACK;

/* scenario_calls.c: all calls of services */
int scenario_on_call(struct hass *hass, const struct hass_intercepted_call *call, void *userdata,
                     json_t **ret_response, struct hass_error *err) HASS_CALLBACK;
/* scenario_apply.c: an item happens, or is given before the start */
void scenario_apply(struct home *home, const struct scenario_item *item, bool given) HASS_CALLBACK;
