/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Coroutines, futures, and what a coroutine can wait for.
 *
 * A task is a coroutine with a name, an owner and a future. Every wait returns -ECANCELED once after the task has been
 * cancelled, -ETIMEDOUT when its time is over, HASS_E_NOT_COROUTINE when the caller cannot suspend. Timeouts are seconds;
 * HASS_FOREVER waits without limit. References and NULL: unref takes NULL and returns NULL.
 */
#pragma once

#include <hass/cleanup.h>
#include <hass/job.h>

#define HASS_FOREVER (-1.0)

/**
 * Starts a coroutine at once, up to its first suspension, and tracks it: start-up and hass_async_block_till_done wait.
 *
 * Context: loop thread, never suspends.
 * Returns: 0 with a reference in @ret_task (may be NULL), or HASS_E_LIMIT.
 * Model:   core.HomeAssistant.async_create_task
 */
HASS_API int hass_async_create_task(struct hass *hass, struct hass_job job,
                                    struct hass_task **ret_task, struct hass_error *err)
    HASS_CALLBACK;

/** Queues the creation of a task, from any thread. Model: core.HomeAssistant.create_task */
HASS_API int hass_create_task(struct hass *hass, struct hass_job job, struct hass_error *err);

/** As hass_async_create_task, but nobody waits for it, and stage 2 of stop cancels it. Model: async_create_background_task */
HASS_API int hass_async_create_background_task(struct hass *hass, struct hass_job job,
                                               struct hass_task **ret_task, struct hass_error *err)
    HASS_CALLBACK;

/** Queues the creation of a background task, from any thread. */
HASS_API int hass_create_background_task(struct hass *hass, struct hass_job job,
                                         struct hass_error *err);

HASS_API struct hass_task *hass_task_ref(struct hass_task *task);
HASS_API struct hass_task *hass_task_unref(struct hass_task *task);
HASS_API const char *hass_task_name(const struct hass_task *task);
/** Lends the task's future: its result is the coroutine's. */
HASS_API struct hass_future *hass_task_future(struct hass_task *task);
/** Asks the task to end: its present or next wait returns -ECANCELED. */
HASS_API int hass_task_async_cancel(struct hass_task *task, struct hass_error *err) HASS_CALLBACK;
/** Twin of hass_task_async_cancel; returns at once. */
HASS_API int hass_task_cancel(struct hass_task *task, struct hass_error *err);
/** True when the running task has been asked to end. Context: loop thread. */
HASS_API bool hass_task_cancelling(struct hass *hass);

HASS_DEFINE_CLEANUP(hass_task, hass_task_unref)

/** A pending future, to be set once. One reference is the caller's. */
HASS_API struct hass_future *hass_future_new(struct hass *hass);
HASS_API struct hass_future *hass_future_ref(struct hass_future *future);
HASS_API struct hass_future *hass_future_unref(struct hass_future *future);
/** Any thread. True when a result is there. */
HASS_API bool hass_future_done(const struct hass_future *future);
/** The result of a done future, with its error text in @err; -EINPROGRESS before. */
HASS_API int hass_future_result(const struct hass_future *future, struct hass_error *err);
/** Lends the value of a done future, or NULL. */
HASS_API void *hass_future_value(const struct hass_future *future);
/**
 * Completes a future and wakes its waiters; any thread; a second call is ignored with HASS_E_EXISTS.
 *
 * Owns: @value, freed by @destroy (may be NULL) with the future. @error's text is copied.
 */
HASS_API int hass_future_set(struct hass_future *future, int result, void *value,
                             hass_destroy_fn *destroy, const struct hass_error *error);
/** Blocks until done. Returns the future's result; @err its error; HASS_E_WOULD_DEADLOCK on the loop thread. */
HASS_API int hass_future_wait(struct hass_future *future, double timeout, struct hass_error *err)
    HASS_BLOCKING;

HASS_DEFINE_CLEANUP(hass_future, hass_future_unref)

/** Suspends until @future is done and returns its result. */
HASS_API int hass_async_await(struct hass_future *future, double timeout, struct hass_error *err)
    HASS_COROUTINE;
/** Awaits a task; cancelling the waiter cancels the task, unless it is wrapped by hass_async_shield. */
HASS_API int hass_async_await_task(struct hass_task *task, double timeout, struct hass_error *err)
    HASS_COROUTINE;
/** Waits through a cancellation of the caller, which is delivered by its next wait. */
HASS_API int hass_async_shield(struct hass_future *future, struct hass_error *err) HASS_COROUTINE;
/** Suspends until the first of @count futures is done; returns its index. */
HASS_API int hass_async_wait_any(struct hass *hass, struct hass_future *const futures[],
                                 size_t count, double timeout, struct hass_error *err)
    HASS_COROUTINE;
/** Suspends until all are done; returns 0 whatever their results. */
HASS_API int hass_async_wait_all(struct hass *hass, struct hass_future *const futures[],
                                 size_t count, double timeout, struct hass_error *err)
    HASS_COROUTINE;
/** Suspends for @seconds; 0 yields to the loop once. */
HASS_API int hass_async_sleep(struct hass *hass, double seconds, struct hass_error *err)
    HASS_COROUTINE;

/**
 * Waits until no tracked task and no queued callback is left, tasks created meanwhile included. No limit of its own.
 *
 * Model: core.HomeAssistant.async_block_till_done
 */
HASS_API int hass_async_block_till_done(struct hass *hass, bool background, struct hass_error *err)
    HASS_COROUTINE;
/** Twin of hass_async_block_till_done for other threads. */
HASS_API int hass_block_till_done(struct hass *hass, bool background, struct hass_error *err)
    HASS_BLOCKING;

/* Between coroutines of one loop. All operations: loop thread. */

struct hass_mutex;
HASS_API struct hass_mutex *hass_mutex_create(struct hass *hass);
HASS_API struct hass_mutex *hass_mutex_destroy(struct hass_mutex *mutex);
HASS_API int hass_mutex_async_lock(struct hass_mutex *mutex, struct hass_error *err) HASS_COROUTINE;
HASS_API void hass_mutex_async_unlock(struct hass_mutex *mutex) HASS_CALLBACK;

struct hass_semaphore;
HASS_API struct hass_semaphore *hass_semaphore_create(struct hass *hass, size_t count);
HASS_API struct hass_semaphore *hass_semaphore_destroy(struct hass_semaphore *semaphore);
HASS_API int hass_semaphore_async_acquire(struct hass_semaphore *semaphore, struct hass_error *err)
    HASS_COROUTINE;
HASS_API void hass_semaphore_async_release(struct hass_semaphore *semaphore) HASS_CALLBACK;

/** A FIFO of pointers with a limit; get suspends while it is empty, put while it is full. */
struct hass_queue;
HASS_API struct hass_queue *hass_queue_create(struct hass *hass, size_t limit,
                                              hass_destroy_fn *destroy);
HASS_API struct hass_queue *hass_queue_destroy(struct hass_queue *queue);
HASS_API int hass_queue_async_put(struct hass_queue *queue, void *item, struct hass_error *err)
    HASS_COROUTINE;
/** As put, but -EAGAIN instead of suspending; the item stays the caller's then. */
HASS_API int hass_queue_async_try_put(struct hass_queue *queue, void *item, struct hass_error *err)
    HASS_CALLBACK;
HASS_API int hass_queue_async_get(struct hass_queue *queue, double timeout, void **ret_item,
                                  struct hass_error *err) HASS_COROUTINE;
HASS_API size_t hass_queue_async_length(const struct hass_queue *queue) HASS_CALLBACK;
