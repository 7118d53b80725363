/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calling jobs and reporting their errors, for whoever runs them: registrations, tasks, the pool.
 */
#pragma once

#include "run/scope.h"

/* Clears what matters; an initialiser would clear half a kilobyte for each callback. */
static inline void job_error_init(struct hass_error *err)
{
    err->size = sizeof(*err);
    err->code = 0;
    err->key[0] = '\0';
    err->message[0] = '\0';
}

/** Calls the function as what its subject says, on the thread the caller is on. */
int job_call(const struct hass_job *job, const void *subject, struct hass_error *err);
/** What logs and tasks show. */
const char *job_name(const struct hass_job *job);
/** Counts an error of @scope and logs it once: "Error running job: <name>: <text>". Any thread. */
void job_report(struct scope *scope, const char *name, int result, const struct hass_error *err);
/** The @hold of the job_run whose pool job runs on this thread; NULL elsewhere. */
void *job_running_hold(void);
