/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The everyday include of an integration, and the life of a hass.
 *
 * Model: core.HomeAssistant, core.CoreState
 */
#pragma once

#include <hass/buf.h>
#include <hass/bus.h>
#include <hass/cleanup.h>
#include <hass/config.h>
#include <hass/const.h>
#include <hass/context.h>
#include <hass/dispatcher.h>
#include <hass/error.h>
#include <hass/event_helpers.h>
#include <hass/executor.h>
#include <hass/job.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/loop.h>
#include <hass/schema.h>
#include <hass/services.h>
#include <hass/states.h>
#include <hass/task.h>
#include <hass/thread_safety.h>
#include <hass/types.h>

enum hass_core_state {
    HASS_NOT_RUNNING,
    HASS_STARTING,
    HASS_RUNNING,
    HASS_STOPPING,
    HASS_FINAL_WRITE,
    HASS_STOPPED,
};

/** Any thread. */
HASS_API enum hass_core_state hass_core_state(const struct hass *hass);
/** "NOT_RUNNING", "STARTING", "RUNNING", "STOPPING", "FINAL_WRITE", "STOPPED". */
HASS_API const char *hass_core_state_name(enum hass_core_state state);
/** Starting or running. */
HASS_API bool hass_is_running(const struct hass *hass);
/** Stopping or final write. */
HASS_API bool hass_is_stopping(const struct hass *hass);
/** The home of a simulation or a check, beside the real one: it has no clients and reaches for nothing outside. Any thread. */
HASS_API bool hass_is_scratch(const struct hass *hass);

/**
 * Stops in four stages with their limits. Ignored while not running (unless @force) or already stopping.
 *
 * Context: coroutine. Model: core.HomeAssistant.async_stop
 */
HASS_API int hass_async_stop(struct hass *hass, int exit_code, bool force, struct hass_error *err)
    HASS_COROUTINE;
/** Asks for a stop from any thread and returns at once. */
HASS_API int hass_stop(struct hass *hass, int exit_code, struct hass_error *err);

/**
 * Runs a plain job once at the start, after what listens to homeassistant_start has ended and before homeassistant_started is fired,
 * which waits for it, at most 15 s. Registered later it never runs.
 */
HASS_API int hass_async_add_startup_job(struct hass *hass, struct hass_job job,
                                        struct hass_sub **ret_sub, struct hass_error *err)
    HASS_CALLBACK;
/** Runs a plain job in stage 1 of stop. Model: async_add_shutdown_job */
HASS_API int hass_async_add_shutdown_job(struct hass *hass, struct hass_job job,
                                         struct hass_sub **ret_sub, struct hass_error *err)
    HASS_CALLBACK;

/**
 * Keeps an integration's state: replaces (and destroys) what @key held; @destroy runs when the integration is unloaded.
 * This, not a static variable, is where an integration keeps what it knows. NULL only takes away.
 *
 * Context: loop thread, never suspends.
 * Owns:    @value, taken, also when the integration is being unloaded (HASS_E_CLOSED).
 */
HASS_API int hass_async_set_data(struct hass *hass, const char *key, void *value,
                                 hass_destroy_fn *destroy, struct hass_error *err) HASS_CALLBACK;
/** Lends what hass_async_set_data put there, or NULL. */
HASS_API void *hass_async_get_data(struct hass *hass, const char *key) HASS_CALLBACK;
