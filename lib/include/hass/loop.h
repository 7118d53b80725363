/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Time and descriptors on the loop. Trackers of event_helpers.h are the everyday interface to timers.
 */
#pragma once

#include <hass/job.h>

enum hass_fd_events {
    HASS_FD_READ = 1,
    HASS_FD_WRITE = 2,
};

/** Wall clock, microseconds UTC; virtual in tests. Any thread. */
HASS_API int64_t hass_now(const struct hass *hass);

/** Monotonic clock, microseconds; virtual in tests. Any thread. */
HASS_API int64_t hass_monotonic(const struct hass *hass);

/**
 * Calls @job (subject: tick) at @when on the monotonic clock; the past means the next turn.
 *
 * Context: loop thread, never suspends.
 */
HASS_API int hass_async_call_at(struct hass *hass, int64_t when, struct hass_job job,
                                struct hass_sub **ret_sub, struct hass_error *err) HASS_CALLBACK;

/** Calls @job (subject: fd) each time @fd is ready for @events, level triggered, until removed. */
HASS_API int hass_async_watch_fd(struct hass *hass, int fd, unsigned events, struct hass_job job,
                                 struct hass_sub **ret_sub, struct hass_error *err) HASS_CALLBACK;

/** Suspends until @fd is ready. Returns the ready events. */
HASS_API int hass_async_wait_fd(struct hass *hass, int fd, unsigned events, double timeout,
                                struct hass_error *err) HASS_COROUTINE;
