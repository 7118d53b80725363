/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Trackers: jobs that run when states change or time comes. Each async_ form has a twin for other threads that blocks
 * until it is registered. Removers: hass_sub_async_remove, hass_sub_remove.
 *
 * Model: helpers.event, helpers.start, helpers.debounce
 */
#pragma once

#include <hass/bus.h>
#include <hass/job.h>
#include <hass/states.h>

/** Everything a tracker takes beside its job; the macros below fill the names that matter. */
struct hass_track_time {
    uint32_t size;
    const char *hour, *minute, *second; /* "*" or NULL: every; "/5"; "3"; "1,2,30" */
    bool utc;                           /* else the home's time zone */
};

/** Decides whether a same-state tracker goes on waiting. */
typedef bool hass_same_state_fn(const char *entity_id, const struct hass_state *old_state,
                                const struct hass_state *new_state, void *userdata);

#define HASS__TRACKER(name, ...)                                                                   \
    HASS_API int hass_async_##name(struct hass *hass, __VA_ARGS__, struct hass_job job,            \
                                   struct hass_sub **ret_sub, struct hass_error *err)              \
        HASS_CALLBACK;                                                                             \
    HASS_API int hass_##name(struct hass *hass, __VA_ARGS__, struct hass_job job,                  \
                             struct hass_sub **ret_sub, struct hass_error *err) HASS_BLOCKING

/** Event jobs for state_changed of NULL-terminated @entity_ids (lower-cased); NULL or "*" matches all. */
HASS__TRACKER(track_state_change_event, const char *const *entity_ids);
/** The same for state_reported. */
HASS__TRACKER(track_state_report_event, const char *const *entity_ids);
/** Event jobs, filtered by state text: @from and @to are NULL-terminated lists, NULL or "*" for any. Deprecated in the model. */
HASS__TRACKER(track_state_change, const char *const *entity_ids, const char *const *from,
              const char *const *to);
/** Event jobs when an entity of one of @domains ("*" for all) appears. */
HASS__TRACKER(track_state_added_domain, const char *const *domains);
/** Event jobs when an entity of one of @domains goes. */
HASS__TRACKER(track_state_removed_domain, const char *const *domains);
/** Tick job when @check has held for @period seconds over all changes of @entity_ids; a false @check ends it. Gets the job's userdata. */
HASS__TRACKER(track_same_state, double period, const char *const *entity_ids,
              hass_same_state_fn *check);
/** Tick job at @when (microseconds UTC); tick->now is the scheduled time. */
HASS__TRACKER(track_point_in_time, int64_t when);
HASS__TRACKER(track_point_in_utc_time, int64_t when);
/** Tick job after @delay seconds; negative is at once; tick->now is the actual time. */
HASS__TRACKER(call_later, double delay);
/** Tick job every @interval seconds, re-armed before the action runs; coroutines run in the background. */
HASS__TRACKER(track_time_interval, double interval);
/** Tick job at each match of a pattern, in the home's time zone across DST: a gap is skipped, a fold matches twice. */
HASS__TRACKER(track_time_change, const struct hass_track_time *pattern);
/** The same in UTC. */
HASS__TRACKER(track_utc_time_change, const struct hass_track_time *pattern);
/** Tick job at each sunrise, @offset seconds later. */
HASS__TRACKER(track_sunrise, double offset);
HASS__TRACKER(track_sunset, double offset);

/** Plain job: now when starting or running, else at homeassistant_start. */
HASS_API int hass_async_at_start(struct hass *hass, struct hass_job job, struct hass_sub **ret_sub,
                                 struct hass_error *err) HASS_CALLBACK;
/** Plain job: now when running, else at homeassistant_started. */
HASS_API int hass_async_at_started(struct hass *hass, struct hass_job job,
                                   struct hass_sub **ret_sub, struct hass_error *err) HASS_CALLBACK;

enum hass_sun_event {
    HASS_SUNRISE,
    HASS_SUNSET,
    HASS_DAWN, /* civil twilight: 6 degrees below the horizon */
    HASS_DUSK,
    HASS_SOLAR_NOON, /* highest */
    HASS_SOLAR_MIDNIGHT,
    HASS_NAUTICAL_DAWN, /* 12 degrees below the horizon */
    HASS_NAUTICAL_DUSK,
    HASS_ASTRONOMICAL_DAWN, /* 18 degrees below the horizon */
    HASS_ASTRONOMICAL_DUSK,
    HASS_SUN_GETS_HIGH, /* in the morning: 10 degrees above the horizon */
    HASS_SUN_GETS_LOW,  /* and in the evening */
};
/**
 * The next event plus @offset seconds that lies after @after, for the home's place. Any thread.
 *
 * Returns: 0, or HASS_E_INVALID where there is none within a year.
 * Model:   helpers.sun.get_location_astral_event_next
 */
HASS_API int hass_sun_next(struct hass *hass, enum hass_sun_event event, int64_t after,
                           double offset, int64_t *ret_time, struct hass_error *err);
/** True between sunrise and sunset. Any thread. */
HASS_API bool hass_sun_is_up(struct hass *hass, int64_t when);
/** Degrees over the horizon (with refraction) and from north over east, seen from the home. Any thread. */
HASS_API void hass_sun_position(struct hass *hass, int64_t when, double *ret_elevation,
                                double *ret_azimuth);

/*
 * Debouncer: a plain job that runs at most once a cool-down, in the scope it was made in. Idle and immediate: a call runs it
 * and the cool-down follows; not immediate: a call starts the cool-down, at whose end it runs. Calls during the cool-down
 * make one run at its end; calls while it runs are dropped.
 */
struct hass_debouncer;
HASS_API struct hass_debouncer *hass_debouncer_create(struct hass *hass, double cooldown,
                                                      bool immediate, struct hass_job job);
HASS_API struct hass_debouncer *hass_debouncer_destroy(struct hass_debouncer *debouncer)
    HASS_CALLBACK;
/** Runs or marks; waits for a run of its own and returns its error. */
HASS_API int hass_debouncer_async_call(struct hass_debouncer *debouncer, struct hass_error *err)
    HASS_COROUTINE;
/** As hass_debouncer_async_call without waiting. */
HASS_API int hass_debouncer_async_schedule_call(struct hass_debouncer *debouncer,
                                                struct hass_error *err) HASS_CALLBACK;
/** Twin of hass_debouncer_async_schedule_call, queued. */
HASS_API int hass_debouncer_call(struct hass_debouncer *debouncer, struct hass_error *err);
HASS_API void hass_debouncer_async_cancel(struct hass_debouncer *debouncer) HASS_CALLBACK;
/** Further calls are ignored with a log line. */
HASS_API void hass_debouncer_async_shutdown(struct hass_debouncer *debouncer) HASS_CALLBACK;
