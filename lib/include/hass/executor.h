/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The pool: threads SyncWorker_N that may block.
 */
#pragma once

#include <hass/job.h>

/**
 * Runs an executor job in the pool.
 *
 * Context: loop thread, never suspends.
 * Returns: 0 with a reference in @ret_future (may be NULL), whose result is the job's; HASS_E_LIMIT when 10,000 of the
 *          integration wait for a thread.
 * Model:   core.HomeAssistant.async_add_executor_job
 */
HASS_API int hass_async_add_executor_job(struct hass *hass, struct hass_job job,
                                         struct hass_future **ret_future, struct hass_error *err)
    HASS_CALLBACK;

/**
 * Runs an executor job in the pool and waits for its result. When the wait is cancelled the job runs on, abandoned: its
 * userdata must be its own (`.destroy`).
 *
 * Context: coroutine.
 * Returns: the job's result; its error text in @err.
 */
HASS_API int hass_async_run_in_executor(struct hass *hass, struct hass_job job,
                                        struct hass_error *err) HASS_COROUTINE;

/**
 * Runs a callback on the loop, from another thread.
 *
 * Returns: 0 with a reference in @ret_future (may be NULL); HASS_E_WOULD_DEADLOCK on the loop thread; HASS_E_CLOSED
 *          when the loop has passed stage 4 of stop.
 * Model:   util.async_.run_callback_threadsafe
 */
HASS_API int hass_run_callback_threadsafe(struct hass *hass, struct hass_job job,
                                          struct hass_future **ret_future, struct hass_error *err)
    HASS_BLOCKING;

/** As hass_run_callback_threadsafe for a coroutine. Model: asyncio.run_coroutine_threadsafe */
HASS_API int hass_run_coroutine_threadsafe(struct hass *hass, struct hass_job job,
                                           struct hass_future **ret_future, struct hass_error *err)
    HASS_BLOCKING;

/** The hass a pool function works for. */
HASS_API struct hass *hass_worker_hass(const struct hass_worker *worker);

/** True once the pool function should give up early: its scope closes or the daemon stops. */
HASS_API bool hass_worker_cancelled(const struct hass_worker *worker);

/** Sleeps @seconds unless cancelled. Returns 0 or -ECANCELED. Virtual time in tests. */
HASS_API int hass_worker_sleep(struct hass_worker *worker, double seconds) HASS_BLOCKING;
