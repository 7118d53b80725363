/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Signals between parts of integrations: cheaper than events, not visible to users.
 *
 * Model: helpers.dispatcher
 */
#pragma once

#include <hass/job.h>
#include <hass/json.h>

/** What a target gets; valid for the call, @data for as long as a reference is held. */
struct hass_signal {
    uint32_t size;
    struct hass *hass;
    const char *name;
    const json_t *data; /* never NULL */
};

/**
 * Connects a target (subject: signal). The same function and userdata twice is one connection with two handles: the first to
 * be removed ends it, and its userdata is freed once.
 */
HASS_API int hass_async_dispatcher_connect(struct hass *hass, const char *signal,
                                           struct hass_job job, struct hass_sub **ret_sub,
                                           struct hass_error *err) HASS_CALLBACK;
HASS_API int hass_dispatcher_connect(struct hass *hass, const char *signal, struct hass_job job,
                                     struct hass_sub **ret_sub, struct hass_error *err)
    HASS_BLOCKING;
/** Runs all targets in order; their errors are logged. @data is taken; NULL is null. */
HASS_API int hass_async_dispatcher_send(struct hass *hass, const char *signal, json_t *data,
                                        struct hass_error *err) HASS_CALLBACK;
/** Queues a signal from any thread. */
HASS_API int hass_dispatcher_send(struct hass *hass, const char *signal, json_t *data,
                                  struct hass_error *err);
