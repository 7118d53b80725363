/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The event bus. Events are immutable, counted, readable from any thread.
 *
 * Model: core.EventBus, core.Event
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/const.h>
#include <hass/job.h>

enum hass_origin {
    HASS_ORIGIN_LOCAL = 0,
    HASS_ORIGIN_REMOTE = 1,
};

HASS_API const struct hass_event *hass_event_ref(const struct hass_event *event);
HASS_API const struct hass_event *hass_event_unref(const struct hass_event *event);
HASS_API struct hass *hass_event_hass(const struct hass_event *event);
HASS_API const char *hass_event_type(const struct hass_event *event);
/** Lends the data, always an object; built on first use for state events. Prefer hass_event_states for those. */
HASS_API const json_t *hass_event_data(const struct hass_event *event);
HASS_API enum hass_origin hass_event_origin(const struct hass_event *event);
HASS_API int64_t hass_event_time_fired(const struct hass_event *event);
HASS_API const struct hass_context *hass_event_context(const struct hass_event *event);
/** Lends old and new state (either may be NULL) of state_changed and state_reported; false for other events. */
HASS_API bool hass_event_states(const struct hass_event *event, const struct hass_state **ret_old,
                                const struct hass_state **ret_new);
/** Lends the entity id of a state event, or data's "entity_id" when it is a string, or NULL. */
HASS_API const char *hass_event_entity_id(const struct hass_event *event);
/** Shape: {"event_type", "data", "origin": "LOCAL"|"REMOTE", "time_fired": ISO, "context"} appended as JSON text. */
HASS_API void hass_event_write_json(const struct hass_event *event, struct hass_buf *buf);

HASS_DEFINE_CONST_CLEANUP(hass_event, hass_event_unref)

struct hass_fire_options {
    uint32_t size;
    enum hass_origin origin;
    int64_t time_fired; /* microseconds UTC; 0: now */
    const struct hass_context *context;
};

/**
 * Fires an event; listeners run before this returns, unless another event is being delivered: then after it, in order.
 *
 * Context: loop thread, never suspends.
 * Owns:    @data, taken; NULL is {}.
 * Returns: 0; HASS_E_TOO_LONG when @type exceeds 64 characters; HASS_E_LIMIT beyond 10,000 queued during one event.
 * Model:   core.EventBus.async_fire
 */
HASS_API int hass_bus_async_fire(struct hass *hass, const char *type, json_t *data,
                                 const struct hass_context *context, struct hass_error *err)
    HASS_CALLBACK;
HASS_API int hass_bus_async_fire_with(struct hass *hass, const char *type, json_t *data,
                                      const struct hass_fire_options *options,
                                      struct hass_error *err) HASS_CALLBACK;
/** Queues an event from any thread; errors of type length come back at once. Model: core.EventBus.fire */
HASS_API int hass_bus_fire(struct hass *hass, const char *type, json_t *data,
                           const struct hass_context *context, struct hass_error *err);

/** Decides on the loop whether a listener gets an event; gets the job's userdata. */
typedef bool hass_event_filter_fn(const struct hass_event *event, void *userdata);

/**
 * Listens to @type, or HASS_MATCH_ALL. state_reported needs a filter; it and homeassistant_close never reach match-all.
 * Exact listeners come before match-all ones, each in order of registration.
 *
 * Context: loop thread, never suspends.
 * Model:   core.EventBus.async_listen
 */
HASS_API int hass_bus_async_listen(struct hass *hass, const char *type,
                                   hass_event_filter_fn *filter, struct hass_job job,
                                   struct hass_sub **ret_sub, struct hass_error *err) HASS_CALLBACK;
/** Removed before it runs; runs at most once. Model: core.EventBus.async_listen_once */
HASS_API int hass_bus_async_listen_once(struct hass *hass, const char *type, struct hass_job job,
                                        struct hass_sub **ret_sub, struct hass_error *err)
    HASS_CALLBACK;
HASS_API int hass_bus_listen(struct hass *hass, const char *type, hass_event_filter_fn *filter,
                             struct hass_job job, struct hass_sub **ret_sub, struct hass_error *err)
    HASS_BLOCKING;
HASS_API int hass_bus_listen_once(struct hass *hass, const char *type, struct hass_job job,
                                  struct hass_sub **ret_sub, struct hass_error *err) HASS_BLOCKING;

/** Number of listeners by type. Shape: {type: int}, owned by the caller. */
HASS_API json_t *hass_bus_async_listeners(struct hass *hass) HASS_CALLBACK;
HASS_API json_t *hass_bus_listeners(struct hass *hass) HASS_BLOCKING;

/** Suspends until an event of @type passes @filter (NULL: any). @ret_event: a reference. */
HASS_API int hass_bus_async_wait(struct hass *hass, const char *type, hass_event_filter_fn *filter,
                                 void *userdata, double timeout,
                                 const struct hass_event **ret_event, struct hass_error *err)
    HASS_COROUTINE;
