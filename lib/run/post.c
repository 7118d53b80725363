/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the loop from other threads: runtime_call waits for the result on the caller's stack, runtime_post leaves a
 * message on the heap. Both keep the caller's scope.
 */
#include <semaphore.h>

#include <hass/log.h>

#include "base/mem.h"
#include "run/executor.h"
#include "run/job.h"
#include "run/loop.h"

/* call and wait */

struct call {
    struct ready ready;
    struct hass *hass;
    runtime_fn *fn;
    void *arg;
    struct hass_error *err;
    int result;
    sem_t done;
};

static void run_call(struct ready *ready, int status)
{
    struct call *call = (struct call *)ready;

    call->result = status < 0 ? status : call->fn(call->hass, call->arg, call->err);
    /* @call is gone as soon as this is done. */
    sem_post(&call->done);
}

static void wait_for(sem_t *done)
{
    executor_park();
    while (sem_wait(done) < 0)
        ;
    executor_unpark();
}

int runtime_call_from(struct hass *hass, const char *operation, const void *site, runtime_fn *fn,
                      void *arg, struct hass_error *err)
{
    if (hass_on_loop(hass))
        return thread_refuse_wait(hass, operation, site, err);
    struct scope *scope = scope_of_caller(hass);
    int result = scope_check_alive(scope, err);
    if (result < 0)
        return result;
    struct call call = {
        .ready = { .run = run_call, .scope = scope, .name = operation },
        .hass = hass,
        .fn = fn,
        .arg = arg,
        .err = err,
        .result = HASS_E_CLOSED,
    };
    sem_init(&call.done, 0, 0);
    if (loop_post(runtime_of(hass)->loop, &call.ready) == 0)
        wait_for(&call.done);
    sem_destroy(&call.done);
    if (call.result == HASS_E_CLOSED)
        return hass_fail(err, HASS_E_CLOSED, "the loop has been closed");
    return call.result;
}

int runtime_call_with_job_from(struct hass *hass, const char *operation, const void *site,
                               runtime_fn *fn, void *arg, struct hass_job *job,
                               struct hass_error *err)
{
    int result = runtime_call_from(hass, operation, site, fn, arg, err);

    if (result != HASS_E_WOULD_DEADLOCK)
        job_destroy(job);
    return result;
}

/* post */

struct post {
    struct ready ready;
    struct hass *hass;
    runtime_fn *fn;
    void *arg;
    hass_destroy_fn *destroy;
};

static void free_post(struct post *post)
{
    if (post->destroy)
        post->destroy(post->arg);
    free(post);
}

static void run_post(struct ready *ready, int status)
{
    struct post *post = (struct post *)ready;
    struct scope *scope = ready->scope;

    if (status == 0 && scope_state(scope) != SCOPE_CLOSED) {
        struct hass_error err;
        job_error_init(&err);
        int result = post->fn(post->hass, post->arg, &err);
        if (result < 0)
            job_report(scope, ready->name, result, &err);
    }
    free_post(post);
    scope_post_end(scope);
}

int runtime_post(struct hass *hass, const char *operation, runtime_fn *fn, void *arg,
                 hass_destroy_fn *destroy, struct hass_error *err)
{
    struct scope *scope = scope_of_caller(hass);
    int result = scope_post_begin(scope, false, err);

    if (result < 0) {
        if (destroy)
            destroy(arg);
        return result;
    }
    struct post *post = mem_alloc(sizeof(*post));
    *post = (struct post){
        .ready = { .run = run_post, .scope = scope, .name = operation },
        .hass = hass,
        .fn = fn,
        .arg = arg,
        .destroy = destroy,
    };
    if (loop_post(runtime_of(hass)->loop, &post->ready) == 0)
        return 0;
    free_post(post);
    scope_post_end(scope);
    return hass_fail(err, HASS_E_CLOSED, "the loop has been closed");
}
