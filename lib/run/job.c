/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: calling a function as what its subject says, running the three kinds, and the entry points that schedule jobs from
 * the loop and from elsewhere. A job given by value is moved to the heap when it outlives the call.
 */
#include "run/job.h"

#include <errno.h>

#include <hass/bus.h>
#include <hass/executor.h>
#include <hass/log.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "run/executor.h"
#include "run/loop.h"
#include "run/task.h"

static __thread void *running_hold __attribute__((tls_model("initial-exec")));

/* one call */

int job_call(const struct hass_job *job, const void *subject, struct hass_error *err)
{
    void *userdata = job->userdata;

    switch (job->subject) {
    case HASS_SUBJECT_HASS:
        return ((hass_plain_fn *)job->fn)((struct hass *)(uintptr_t)subject, userdata, err);
    case HASS_SUBJECT_EVENT:
        return ((hass_event_fn *)job->fn)(subject, userdata, err);
    case HASS_SUBJECT_TICK:
        return ((hass_tick_fn *)job->fn)(subject, userdata, err);
    case HASS_SUBJECT_SERVICE:
        return ((hass_service_fn *)job->fn)(subject, userdata, err);
    case HASS_SUBJECT_SIGNAL:
        return ((hass_signal_fn *)job->fn)(subject, userdata, err);
    case HASS_SUBJECT_STREAM:
        return ((hass_stream_fn *)job->fn)((struct hass_stream *)(uintptr_t)subject, userdata, err);
    case HASS_SUBJECT_FD:
        return ((hass_fd_fn *)job->fn)(subject, userdata, err);
    case HASS_SUBJECT_TEMPLATE:
        return ((hass_template_fn *)job->fn)(subject, userdata, err);
    }
    return hass_fail(err, HASS_E_INVALID, "job %s has subject %d", job_name(job),
                     (int)job->subject);
}

const char *job_name(const struct hass_job *job)
{
    return job->name ? job->name : job->symbol ? job->symbol : "(unnamed)";
}

void job_destroy(struct hass_job *job)
{
    hass_destroy_fn *destroy = job->destroy;

    job->destroy = NULL;
    if (destroy)
        destroy(job->userdata);
}

void job_report(struct scope *scope, const char *name, int result, const struct hass_error *err)
{
    /* Being told that its integration is closed is no failure of a job. */
    if (result == HASS_E_CLOSED && scope_state(scope) != SCOPE_OPEN)
        return;
    struct scope *former = scope_switch(scope);
    scope->counters.errors++;
    hass_error("Error running job: %s: %s", name, error_text(err, result));
    (void)scope_switch(former);
}

void *job_running_hold(void)
{
    return running_hold;
}

/* the three kinds */

static HASS_CALLBACK int run_callback(struct hass *hass, struct scope *scope,
                                      const struct hass_job *job, const void *subject,
                                      unsigned flags, struct hass_error *err)
{
    struct runtime *runtime = runtime_of(hass);
    struct hass_error own;
    struct hass_error *error = err ? err : &own;
    struct dispatch dispatch;

    if (!err)
        job_error_init(&own);
    dispatch_begin(runtime, &dispatch, scope, job_name(job));
    struct co *co = co_hide();
    int result = job_call(job, subject, error);
    co_show(co);
    if (result < 0 && flags & JOB_LOG_ERRORS)
        job_report(scope, job_name(job), result, error);
    dispatch_end(runtime, &dispatch);
    return result;
}

static HASS_CALLBACK int run_coroutine(struct hass *hass, struct scope *scope,
                                       const struct hass_job *job, const void *subject, void *hold,
                                       hass_destroy_fn *release, unsigned flags,
                                       struct hass_future **ret_future, struct hass_error *err)
{
    struct hass_job borrowed = *job;
    struct hass_task *task = NULL;

    borrowed.destroy = NULL;
    int result = task_start(hass, scope, &borrowed, subject, hold, release, flags,
                            ret_future ? &task : NULL, err);
    if (result >= 0 && ret_future)
        *ret_future = hass_future_ref(hass_task_future(task));
    hass_task_unref(task);
    return result;
}

/* A job in the pool, with what keeps its subject. */
struct pool_call {
    struct hass_job job;
    const void *subject;
    void *hold;
    hass_destroy_fn *release;
};

static int call_in_pool(struct hass_worker *worker, void *arg, struct hass_error *err)
{
    struct pool_call *call = arg;

    running_hold = call->hold;
    int result = job_call(&call->job, call->subject, err);
    running_hold = NULL;
    return result;
}

static void free_pool_call(void *arg)
{
    struct pool_call *call = arg;

    if (call->release)
        call->release(call->hold);
    free(call);
}

static HASS_CALLBACK int run_in_pool(struct hass *hass, struct scope *scope,
                                     const struct hass_job *job, const void *subject, void *hold,
                                     hass_destroy_fn *release, unsigned flags,
                                     struct hass_future **ret_future, struct hass_error *err)
{
    struct pool_call *call = mem_alloc(sizeof(*call));

    *call = (struct pool_call){ *job, subject, hold, release };
    return executor_submit(hass, scope, job_name(job), call_in_pool, call, free_pool_call, flags,
                           ret_future, err);
}

int job_run(struct hass *hass, struct scope *scope, const struct hass_job *job, const void *subject,
            void *hold, hass_destroy_fn *release, unsigned flags, struct hass_future **ret_future,
            struct hass_error *err)
{
    switch (job->kind) {
    case HASS_JOB_KIND_COROUTINE:
        return run_coroutine(hass, scope, job, subject, hold, release, flags, ret_future, err);
    case HASS_JOB_KIND_EXECUTOR:
        return run_in_pool(hass, scope, job, subject, hold, release, flags, ret_future, err);
    case HASS_JOB_KIND_CALLBACK:
        break;
    }
    int result = run_callback(hass, scope, job, subject, flags, err);
    if (release)
        release(hold);
    return result;
}

static void run_queued(struct ready *ready, int status);

/* jobs that are run once */

/* A job whose userdata outlives the call that starts it. */
static void free_kept(void *object)
{
    job_destroy(object);
    free(object);
}

/* Takes the job. */
static HASS_CALLBACK int run_once(struct hass *hass, struct hass_job *job, unsigned flags,
                                  struct hass_future **ret_future, struct hass_error *err)
{
    struct hass_job *kept = NULL;

    if (job->kind != HASS_JOB_KIND_CALLBACK && job->destroy)
        kept = mem_memdup(job, sizeof(*job));
    int result = job_run(hass, scope_of_caller(hass), job, hass, kept, kept ? free_kept : NULL,
                         flags, ret_future, err);
    if (!kept)
        job_destroy(job);
    return result;
}

static int check(const struct hass *hass, struct hass_job *job, struct hass_error *err)
{
    int result = scope_check_alive(scope_of_caller(hass), err);

    if (job->subject != HASS_SUBJECT_HASS)
        result =
            hass_fail(err, HASS_E_INVALID, "job %s does not take a struct hass *", job_name(job));
    if (result < 0)
        job_destroy(job);
    return result;
}

int hass_async_run_job(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_run_job", err);
    int result = check(hass, &job, err);
    if (result < 0)
        return result;
    bool callback = job.kind == HASS_JOB_KIND_CALLBACK;
    return run_once(hass, &job, JOB_TRACKED | (callback ? 0 : JOB_LOG_ERRORS), NULL, err);
}

/*
 * A job in the queue. Kept below 128 bytes, without what it does not need: chunks of that size are given back without a
 * lock, which posts from many threads, all freed by the loop, would fight for.
 */
struct queued {
    struct ready ready; /* its name is the job's */
    struct hass *hass;
    void (*fn)(void);
    void *userdata;
    hass_destroy_fn *destroy;
    const char *symbol;
    enum hass_job_kind kind;
    bool posted; /* counted as a post of its scope, else it holds a plain reference */
};

static struct queued *queue_new(struct hass *hass, const struct hass_job *job, struct scope *scope,
                                bool posted)
{
    struct queued *queued = mem_alloc(sizeof(*queued));

    queued->hass = hass;
    queued->fn = job->fn;
    queued->userdata = job->userdata;
    queued->destroy = job->destroy;
    queued->symbol = job->symbol;
    queued->kind = job->kind;
    queued->posted = posted;
    queued->ready = (struct ready){ .run = run_queued, .scope = scope, .name = job_name(job) };
    return queued;
}

static struct hass_job job_of(const struct queued *queued)
{
    const char *name = queued->ready.name;

    return (struct hass_job){
        .kind = queued->kind,
        .subject = HASS_SUBJECT_HASS,
        .fn = queued->fn,
        .userdata = queued->userdata,
        .destroy = queued->destroy,
        .symbol = queued->symbol,
        .name = name == queued->symbol ? NULL : name,
    };
}

static HASS_CALLBACK void run_queued_job(struct scope *scope, struct queued *queued)
{
    struct hass_job job = job_of(queued);
    struct hass_error err;
    int result;

    job_error_init(&err);
    if (job.kind == HASS_JOB_KIND_CALLBACK) {
        result = job_call(&job, queued->hass, &err);
        if (result < 0)
            job_report(scope, job_name(&job), result, &err);
        job_destroy(&job);
        return;
    }
    /* The name may go with the userdata. */
    const char *symbol = job.symbol;
    result = run_once(queued->hass, &job, JOB_TRACKED | JOB_LOG_ERRORS, NULL, &err);
    if (result < 0)
        job_report(scope, symbol ? symbol : "(unnamed)", result, &err);
}

/* The loop has entered the scope that queued it. */
static void run_queued(struct ready *ready, int status)
{
    struct queued *queued = (struct queued *)ready;
    struct scope *scope = ready->scope;

    hass__assert_loop();
    if (status < 0 || scope_state(scope) == SCOPE_CLOSED) {
        struct hass_job job = job_of(queued);
        job_destroy(&job);
    } else {
        run_queued_job(scope, queued);
    }
    if (queued->posted)
        scope_post_end(scope);
    else
        scope_unref(scope);
    free(queued);
}

int hass_async_add_job(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_add_job", err);
    int result = check(hass, &job, err);
    if (result < 0)
        return result;
    if (job.kind != HASS_JOB_KIND_CALLBACK)
        return run_once(hass, &job, JOB_TRACKED | JOB_LOG_ERRORS, NULL, err);
    struct queued *queued = queue_new(hass, &job, scope_ref(scope_of_caller(hass)), false);
    loop_ready(runtime_of(hass)->loop, &queued->ready);
    return 0;
}

static int add_from_anywhere(struct hass *hass, struct hass_job *job, bool try,
                             struct hass_error *err)
{
    struct scope *scope = scope_of_caller(hass);
    int result = check(hass, job, err);

    if (result < 0)
        return result;
    result = scope_post_begin(scope, try, err);
    if (result == -EAGAIN)
        return result;
    if (result < 0) {
        job_destroy(job);
        return result;
    }
    struct queued *queued = queue_new(hass, job, scope, true);
    if (loop_post(runtime_of(hass)->loop, &queued->ready) == 0)
        return 0;
    job_destroy(job);
    free(queued);
    scope_post_end(scope);
    return hass_fail(err, HASS_E_CLOSED, "the loop has been closed");
}

int hass_add_job(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    return add_from_anywhere(hass, &job, false, err);
}

int hass_try_add_job(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    return add_from_anywhere(hass, &job, true, err);
}

/* the pool, for the loop */

static HASS_CALLBACK int add_executor_job(struct hass *hass, struct hass_job *job, unsigned flags,
                                          struct hass_future **ret_future, struct hass_error *err)
{
    int result = check(hass, job, err);

    if (result < 0)
        return result;
    if (job->kind != HASS_JOB_KIND_EXECUTOR) {
        job_destroy(job);
        return hass_fail(err, HASS_E_INVALID, "job %s is not an executor job", job_name(job));
    }
    return run_once(hass, job, flags, ret_future, err);
}

int hass_async_add_executor_job(struct hass *hass, struct hass_job job,
                                struct hass_future **ret_future, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.async_add_executor_job", err);
    unsigned flags = JOB_TRACKED | (ret_future ? 0 : JOB_LOG_ERRORS);
    return add_executor_job(hass, &job, flags, ret_future, err);
}

int hass_async_run_in_executor(struct hass *hass, struct hass_job job, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.async_run_in_executor", err);
    struct hass_future *future = NULL;
    int result = add_executor_job(hass, &job, JOB_TRACKED, &future, err);
    if (result < 0)
        return result;
    result = hass_async_await(future, HASS_FOREVER, err);
    hass_future_unref(future);
    return result;
}

/* results for other threads */

/* A job whose result goes into a future; runs as a job of its own kind around the caller's. */
struct bridge {
    struct hass *hass;
    struct hass_job job;
    struct hass_future *future;
};

static void free_bridge(void *object)
{
    struct bridge *bridge = object;

    job_destroy(&bridge->job);
    if (!hass_future_done(bridge->future))
        (void)hass_future_set(bridge->future, HASS_E_CLOSED, NULL, NULL, NULL);
    hass_future_unref(bridge->future);
    free(bridge);
}

static int run_bridge(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct bridge *bridge = userdata;
    struct hass_error own = HASS_ERROR_INIT;
    int result = job_call(&bridge->job, hass, &own);

    (void)hass_future_set(bridge->future, result, NULL, NULL, &own);
    return 0;
}

static int run_threadsafe(struct hass *hass, struct hass_job *job, enum hass_job_kind kind,
                          struct hass_future **ret_future, struct hass_error *err)
{
    int result = check(hass, job, err);

    if (result < 0)
        return result;
    if (job->kind != kind) {
        job_destroy(job);
        return hass_fail(err, HASS_E_INVALID, "job %s is of the wrong kind", job_name(job));
    }
    struct bridge *bridge = mem_alloc(sizeof(*bridge));
    struct hass_future *future = hass_future_new(hass);
    *bridge = (struct bridge){ hass, *job, hass_future_ref(future) };
    struct hass_job outer = { .kind = kind,
                              .subject = HASS_SUBJECT_HASS,
                              .fn = (void (*)(void))run_bridge,
                              .userdata = bridge,
                              .destroy = free_bridge,
                              .symbol = job->symbol,
                              .name = job->name };
    result = hass_add_job(hass, outer, err);
    /* Past stage 4 of stop the job may still run, but nobody may wait for it. */
    if (result == 0 && runtime_of(hass)->stopping)
        result = hass_fail(err, HASS_E_CLOSED, "the loop is being closed");
    if (result == 0 && ret_future)
        *ret_future = hass_future_ref(future);
    hass_future_unref(future);
    return result;
}

int hass_run_callback_threadsafe(struct hass *hass, struct hass_job job,
                                 struct hass_future **ret_future, struct hass_error *err)
{
    VERIFY_NOT_LOOP(hass, "hass.run_callback_threadsafe", err);
    return run_threadsafe(hass, &job, HASS_JOB_KIND_CALLBACK, ret_future, err);
}

int hass_run_coroutine_threadsafe(struct hass *hass, struct hass_job job,
                                  struct hass_future **ret_future, struct hass_error *err)
{
    VERIFY_NOT_LOOP(hass, "hass.run_coroutine_threadsafe", err);
    return run_threadsafe(hass, &job, HASS_JOB_KIND_COROUTINE, ret_future, err);
}
