/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool. A pool job belongs to a scope, runs on a thread SyncWorker_N, and completes on the loop: there its future is
 * set and its argument destroyed.
 */
#pragma once

#include <hass/executor.h>

#define EXECUTOR_WORKERS     64    /* that are not parked */
#define EXECUTOR_MAX_THREADS 256   /* parked ones included */
#define EXECUTOR_MAX_QUEUED  10000 /* of one scope that wait for a thread */

#include "run/runtime.h"

struct executor;

typedef int executor_fn(struct hass_worker *worker, void *arg, struct hass_error *err);

struct executor *executor_create(struct runtime *runtime, size_t max_workers);
/** Nothing new is accepted; jobs not started are cancelled: their futures get -ECANCELED. */
void executor_stop(struct executor *executor) HASS_CALLBACK;
/** Waits for running jobs at most @timeout seconds of real time. Returns how many threads were abandoned (named in the log). */
size_t executor_join(struct executor *executor, double timeout) HASS_CALLBACK;
struct executor *executor_destroy(struct executor *executor);

/**
 * Runs @fn(worker, @arg) in the pool, in the current scope: for ops whose pool members take a struct hass_worker. @name is
 * for reports and lives as long as @arg. @destroy (may be NULL) runs on the loop exactly once, also when @fn never ran or
 * this fails. @flags: enum job_flags.
 */
int executor_submit_worker(struct hass *hass, const char *name, executor_fn *fn, void *arg,
                           hass_destroy_fn *destroy, unsigned flags,
                           struct hass_future **ret_future, struct hass_error *err) HASS_CALLBACK;

/** As executor_submit_worker, in @scope. */
int executor_submit(struct hass *hass, struct scope *scope, const char *name, executor_fn *fn,
                    void *arg, hass_destroy_fn *destroy, unsigned flags,
                    struct hass_future **ret_future, struct hass_error *err) HASS_CALLBACK;

/**
 * Around a wait of ours on a pool thread: the worker does not count against the 64 meanwhile. No-ops on other threads.
 */
void executor_park(void);
/** True on a pool thread. */
bool executor_is_worker(void);
/** True on a pool thread whose job should give up early: hass_worker_cancelled for who has no worker at hand. */
bool executor_cancelled(void);
void executor_unpark(void);
