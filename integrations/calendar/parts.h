/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of calendar share.
 */
#pragma once

#include <hass/hass.h>
#include <hass/platform.h>
#include <hass/trigger.h>

#include "calendar.h"

static inline const struct calendar_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* What the domain keeps for each calendar. */
struct calendar_data {
    struct hass_sub *timer; /* for the next change; or NULL */
    int64_t when;
    unsigned subscribers;
};

/* create.c */

/** Checks across the fields of create_event. */
int calendar_check_create(const json_t *data, struct hass_error *err);
int calendar_create_event(struct hass_entity *entity, const struct hass_service_call *call,
                          struct hass_error *err) HASS_COROUTINE;

/* change.c */

/** All that a change needs, in one block to be freed. @event may be NULL. */
struct calendar_change *calendar_change_copy(const struct calendar_change *change);
/* Each hands a change, taken, to the ops, and writes the state. */
int calendar_async_create(struct hass_entity *entity, struct calendar_change *change,
                          struct hass_error *err) HASS_COROUTINE;
int calendar_async_update(struct hass_entity *entity, struct calendar_change *change,
                          struct hass_error *err) HASS_COROUTINE;
int calendar_async_remove(struct hass_entity *entity, struct calendar_change *change,
                          struct hass_error *err) HASS_COROUTINE;

/* websocket.c */

/** Adds the commands of clients, if there is a websocket_api. */
int calendar_add_commands(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
/** The state is being written: subscribers get the events of their period if they are others than before. */
void calendar_tell_subscribers(struct hass_entity *entity) HASS_CALLBACK;

/* trigger.c */

extern const struct hass_trigger_kind calendar_trigger;

/* events.c */

/**
 * The events of a period as clients get them, owned by the caller.
 *
 * Shape: [{"start", "end", "summary", "description"?, "location"?}], with @identified also {"uid"?, "recurrence_id"?, "rrule"?}
 */
int calendar_async_events(struct hass_entity *entity, const struct calendar_period *period,
                          bool identified, json_t **ret_events, struct hass_error *err)
    HASS_COROUTINE;

/** Checks across the fields of get_events. */
int calendar_check_get(const json_t *data, struct hass_error *err);
int calendar_get_events(struct hass_entity *entity, const struct hass_service_call *call,
                        struct hass_error *err) HASS_COROUTINE;
