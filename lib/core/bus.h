/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event bus. A list of registrations for each type that has listeners, and one for match-all. While an event is being
 * delivered, further ones wait in a FIFO that the outermost delivery empties.
 */
#pragma once

#include <hass/bus.h>
#include <hass/strmap.h>

#include "core/event.h"
#include "run/runtime.h"

#define BUS_MAX_QUEUED 10000

struct bus_type {
    struct sub_list listeners;
    struct bus *bus;
    bool permanent; /* is not freed with its last listener */
    bool hidden;    /* never delivered to match-all */
    bool idle;      /* on bus->idle, to be freed when nothing is being delivered */
    char name[];
};

struct bus {
    struct hass_strmap *types; /* struct bus_type */
    struct bus_type *any;      /* HASS_MATCH_ALL */
    struct bus_type *state_changed;
    struct bus_type *state_reported;
    struct bus_type *call_service;
    bool delivering;
    size_t queued; /* since the outermost delivery began */
    struct hass_event *first, *last;
    size_t idle_types; /* without listeners, to be swept */
};

void bus_init(struct hass *hass);
void bus_fini(struct hass *hass) HASS_CALLBACK;

/** True when somebody would get an event of @type: build its data only then. */
bool bus_has_listeners(struct hass *hass, const char *type) HASS_CALLBACK;
/** HASS_E_LIMIT when nothing more can be fired during the present event. Asked before changing what an event will tell. */
int bus_check_room(struct hass *hass, struct hass_error *err) HASS_CALLBACK;
/** As hass_bus_async_fire without verification; @type at most 64 characters. */
int bus_fire(struct hass *hass, const char *type, json_t *data, const struct event_options *options,
             struct hass_error *err) HASS_CALLBACK;

/** call_service, if somebody listens to it. @data is lent, and not changed any more. */
int bus_fire_call(struct hass *hass, const char *domain, const char *service, const json_t *data,
                  const struct hass_context *context, struct hass_error *err) HASS_CALLBACK;

/* Events of the state machine; the caller has asked bus_check_room. @context is a live reference, taken. */
void bus_fire_state_changed(struct hass *hass, const struct hass_state *old,
                            const struct hass_state *new, int64_t time,
                            const struct hass_context *context) HASS_CALLBACK;
void bus_fire_state_reported(struct hass *hass, const struct hass_state *state,
                             int64_t old_last_reported, int64_t time,
                             const struct hass_context *context) HASS_CALLBACK;
