/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events. Those of the state machine carry the two states, those of service calls what was called; their data as JSON is made when
 * somebody asks.
 */
#pragma once

#include <stdatomic.h>

#include <hass/bus.h>
#include <hass/states.h>

enum event_kind {
    EVENT_PLAIN,
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
    EVENT_CALL_SERVICE,
};

struct bus_type;

struct hass_event {
    _Atomic uint32_t refs;
    uint8_t kind;   /* enum event_kind */
    uint8_t origin; /* enum hass_origin */
    struct hass *hass;
    const char *type; /* a literal or `own_type` */
    int64_t time_fired;
    const struct hass_context *context; /* kept */
    json_t *_Atomic data;               /* NULL until asked for, if it is not plain */
    const struct hass_state *old_state; /* state events: references */
    const struct hass_state *new_state;
    int64_t last_reported; /* state_reported: of the new and, before it, the old report */
    int64_t old_last_reported;
    json_t *service_data;    /* call_service: as the caller gave it, a reference */
    struct hass_event *next; /* on the bus's queue */
    struct bus_type *queued; /* there: whose listeners it is for; NULL: nobody listened yet */
    char own_type[];         /* call_service: the domain, and behind its NUL the service */
};

struct event_options {
    enum hass_origin origin;
    int64_t time_fired;
    const struct hass_context *context;
};

/** @data is taken. One reference is the caller's. */
struct hass_event *event_make(struct hass *hass, const char *type, json_t *data,
                              const struct event_options *options);
/** state_changed or state_reported; @old and @new may be NULL. */
struct hass_event *event_make_states(struct hass *hass, enum event_kind kind,
                                     const struct hass_state *old, const struct hass_state *new,
                                     const struct event_options *options);

/** call_service; @data is lent. */
struct hass_event *event_make_call(struct hass *hass, const char *domain, const char *service,
                                   const json_t *data, const struct event_options *options);

extern const struct subject_ops event_subject_ops;
