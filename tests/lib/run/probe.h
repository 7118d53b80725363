/* SPDX-License-Identifier: Apache-2.0 */
/* Coroutines under test, what they are told and what they found; and what was logged. */
#pragma once

#include <stdio.h>
#include <string.h>

#include <hass/log.h>
#include <hass/task.h>

#include "run/task.h"
#include "tests/lib/run/fixture.h"

#ifdef __has_feature
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define SANITIZED /* they have handlers of their own */
#    endif
#endif

/* What a coroutine under test is told, and what it found. */
struct probe {
    struct hass_future *future;
    struct hass_task *task;
    struct hass_future *const *futures;
    size_t count;
    double timeout;
    int steps;
    int first;
    int second;
    bool cancelling;
    int fd;
    char text[64];
    struct scope *scope;
};

static char log_text[4096];

static inline void keep_log(const struct hass_log_record *record, void *userdata)
{
    size_t used = strlen(log_text);

    snprintf(log_text + used, sizeof(log_text) - used, "%s\n", record->message);
}

static inline void listen_to_log(void)
{
    log_text[0] = '\0';
    hass_log_set_sink(keep_log, NULL);
}

static inline HASS_CALLBACK struct hass_task *begin(struct hass *hass, hass_plain_fn *fn,
                                                    void *userdata)
{
    struct hass_task *task = NULL;
    struct hass_job job = {
        .kind = HASS_JOB_KIND_COROUTINE,
        .subject = HASS_SUBJECT_HASS,
        .fn = (void (*)(void))fn,
        .userdata = userdata,
        .symbol = "probe",
    };

    ck_assert_int_eq(hass_async_create_task(hass, job, &task, NULL), 0);
    return task;
}

static inline void end(struct hass *hass, struct hass_task *task)
{
    ck_assert(hass_future_done(hass_task_future(task)));
    (void)hass_future_result(hass_task_future(task), NULL);
    hass_task_unref(task);
}

/* Wants two times five seconds. */
static inline HASS_COROUTINE int sleep_twice(struct hass *hass, void *userdata,
                                             struct hass_error *err)
{
    struct probe *probe = userdata;

    probe->steps = 1;
    probe->first = hass_async_sleep(hass, 5, NULL);
    probe->cancelling = hass_task_cancelling(hass);
    probe->steps = 2;
    probe->second = hass_async_sleep(hass, 5, NULL);
    probe->steps = 3;
    return 7;
}
