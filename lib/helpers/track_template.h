/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tracker of templates, for the files track_template*.c: `track_template.c` registers and tells, `track_template_render.c` decides what
 * is rendered when, `track_template_listen.c` keeps it on the lists of what its templates looked at.
 */
#pragma once

#include "helpers/helpers.h"
#include "helpers/template_hass.h"
#include "run/timer.h"

struct template_tracker;

/* One of its templates. */
struct tracked_template {
    struct template_tracker *tracker;
    struct hass_template *template;
    const struct hass_template_variables *variables;
    struct hass_variables *scope; /* or NULL */
    double rate_limit;            /* as in struct hass_track_template */
    struct template_info info;    /* what the last render looked at */
    json_t *result;               /* as told; NULL: nothing, or an error */
    bool told;                    /* something has been */
    bool failed;                  /* what was told is an error */
    bool limited;       /* rendered since it is tracked: the rate limit counts from @last */
    int64_t last;       /* monotonic */
    struct timer timer; /* set: an event waits for the end of the rate limit */
    const struct hass_event *event; /* that one */
};

struct template_tracker {
    struct hass *hass;
    struct hass_sub *sub; /* the caller's; NULL once it has ended */
    unsigned refs;        /* the registration, and whoever is rendering */
    bool rising;          /* of hass_async_track_template */
    bool strict;
    bool has_super;
    bool rendering;
    bool stale; /* what it listens to is not what the templates looked at */
    hass_template_log_fn *log;
    void *log_userdata;
    struct template_info scratch; /* of the render under way */
    struct timer again;           /* something happened while it was rendering */

    /* What it is on the lists of: entities, domains (also those that are counted), or all states. */
    struct template_info listening;
    HASS_VEC(struct state_place) entities; /* as listening.entities */
    HASS_VEC(struct state_place) domains;  /* as listening.domains */
    struct state_place all;                /* where listening.all_states */
    const struct hass_event *seen;         /* whose delivery may reach lists that it made us join */
    struct hass_sub *minutes;              /* while one of them looks at the time */

    size_t count;
    struct tracked_template templates[];
};

/* track_template.c */

struct template_tracker *template_tracker_ref(struct template_tracker *tracker);
void template_tracker_unref(struct template_tracker *tracker);
/** Runs the caller's job. It may end the tracker. */
void template_tracker_tell(struct template_tracker *tracker,
                           const struct hass_template_updates *updates) HASS_CALLBACK;

/* track_template_render.c */

/** The first render, that shows what to listen to. */
void template_tracker_start(struct template_tracker *tracker) HASS_CALLBACK;
/** Renders what @event (NULL: whatever it was) concerns, and tells what is new. It may end the tracker. */
void template_tracker_refresh(struct template_tracker *tracker, const struct hass_event *event)
    HASS_CALLBACK;
/** The same of those that look at the time. */
void template_tracker_refresh_time(struct template_tracker *tracker) HASS_CALLBACK;
void template_tracker_stop(struct template_tracker *tracker) HASS_CALLBACK;

/* track_template_listen.c */

/** Leaves and joins lists until they are those of what the templates have looked at. @event: the one that is being delivered, or NULL. */
void template_tracker_listen(struct template_tracker *tracker, const struct hass_event *event)
    HASS_CALLBACK;
void template_tracker_leave(struct template_tracker *tracker) HASS_CALLBACK;
/** Shape: as hass_track_template_async_listeners. */
json_t *template_tracker_listeners(const struct template_tracker *tracker);
