/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the time trackers have in common: a registration, a timer, and a rule for when it is due next.
 */
#pragma once

#include "helpers/helpers.h"
#include "run/timer.h"

struct time_tracker;

/* A kind of time tracker. All on the loop. */
struct time_kind {
    /* Sets tracker->due to the next time after @now; fails when there is none. NULL: fires once. */
    int (*next)(struct time_tracker *tracker, int64_t now, struct hass_error *err);
    /* Gives back what the kind keeps besides; or NULL. */
    void (*fini)(struct time_tracker *tracker);
    bool wall;      /* due is on the wall clock, else on the monotonic one */
    bool scheduled; /* tick->now is the scheduled time, not the actual one */
    unsigned flags; /* enum job_flags; 0: as for any registration */
};

/* Begins each kind's own struct, from mem_zalloc. */
struct time_tracker {
    struct hass *hass;
    const struct time_kind *kind;
    struct hass_sub *sub;
    struct timer timer;
    struct clock_watcher watcher;
    int64_t due;   /* on the kind's clock */
    int64_t fired; /* what was due when it last fired; 0: it has not */
};

/**
 * Registers @tracker, whose kind, hass and (without next) due are set, and arms it. Takes @tracker and the job, also on
 * failure.
 */
int time_tracker_start(struct time_tracker *tracker, struct hass_job job, struct hass_sub **ret_sub,
                       struct hass_error *err) HASS_CALLBACK;
/**
 * From when on what recurs is due, the clock having been set to @now, when it last fired at @fired (0: never): a second after that where
 * the clock was corrected, and that does not come again.
 */
int64_t time_tracker_after(int64_t fired, int64_t now);
/** Computes the next time anew and arms the timer; logs an error when there is none. */
void time_tracker_rearm(struct time_tracker *tracker, int64_t now) HASS_CALLBACK;
