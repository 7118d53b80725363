/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool. Jobs wait in the queue of their scope, and scopes with waiting jobs take turns, so that one of them cannot keep
 * the others out; while others wait a scope gets no more than half of the threads. Threads come when nobody is idle, up to 64
 * that are not parked in a wait of ours. A finished job goes to the loop, which sets its future and destroys its argument.
 * Everything in struct executor is under its lock, but what only the loop touches.
 */
#include "run/executor.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include <hass/log.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/job.h"
#include "run/loop.h"
#include "run/process.h"
#include "run/task.h"
#include "run/timer.h"

#define STACK_SIZE (512 * 1024)

enum work_state {
    WORK_QUEUED,
    WORK_RUNNING,
};

/* One pool job. It is a member of its scope and counts as outstanding until it has completed on the loop. */
struct work {
    struct ready ready; /* its completion */
    struct scope_member member;
    struct hass_list queued; /* in scope->pool_queue, under the lock */
    struct hass_list link;   /* in executor->works, loop thread */
    struct executor *executor;
    struct scope *scope; /* counted */
    const char *name;
    executor_fn *fn;
    void *arg;
    hass_destroy_fn *destroy;
    struct hass_future *future;
    struct hass_error *error; /* NULL when it set none */
    int result;
    unsigned flags;
    enum work_state state;
    _Atomic bool cancelled;
    int64_t used;             /* microseconds of real time on its thread */
    pthread_cond_t *sleeping; /* where its worker sleeps, under the lock; NULL: it does not */
    struct ready sleep_ready; /* brings a sleep to the loop, where its timer is set */
    struct timer sleep_timer;
    int64_t sleep_usec;
    bool slept;
};

struct hass_worker {
    struct work *work;
};

struct thread {
    struct hass_list link;
    struct executor *executor;
    pthread_t id;
    struct work *work; /* what it runs, for the report of abandoned threads */
    bool exited;
};

struct executor {
    struct runtime *runtime;
    size_t max_workers;
    unsigned serial;        /* of thread names */
    struct hass_list works; /* all that have not completed; loop thread */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct hass_list threads;
    struct hass_list scopes; /* with waiting jobs, the next in turn first */
    size_t thread_count;
    size_t idle;
    size_t parked;
    size_t queued;
    bool stopping;
};

static __thread struct executor *worker_of __attribute__((tls_model("initial-exec")));
static __thread const struct work *work_of __attribute__((tls_model("initial-exec")));

/* choosing what runs next (under the lock) */

static void enqueue(struct executor *executor, struct work *work)
{
    struct scope *scope = work->scope;

    if (list_empty(&scope->pool_queue))
        list_append(&executor->scopes, &scope->pool_link);
    list_append(&scope->pool_queue, &work->queued);
    scope->pool_queued++;
    executor->queued++;
}

static void dequeue(struct executor *executor, struct work *work)
{
    list_remove(&work->queued);
    if (list_empty(&work->scope->pool_queue))
        list_remove(&work->scope->pool_link);
    work->scope->pool_queued--;
    executor->queued--;
}

/* The scope whose turn it is; one that has half of the threads only when no other waits. */
static struct scope *choose_scope(struct executor *executor)
{
    size_t half = (executor->max_workers + 1) / 2;

    list_foreach(&executor->scopes, struct scope, scope, pool_link) {
        if (scope->pool_running < half)
            return scope;
    }
    return list_first(&executor->scopes, struct scope, pool_link);
}

static struct work *take_work(struct executor *executor)
{
    struct scope *scope = choose_scope(executor);
    struct work *work = list_first(&scope->pool_queue, struct work, queued);

    dequeue(executor, work);
    if (!list_empty(&scope->pool_queue)) {
        list_remove(&scope->pool_link);
        list_append(&executor->scopes, &scope->pool_link);
    }
    scope->pool_running++;
    work->state = WORK_RUNNING;
    return work;
}

/* on the worker */

static void run_work(struct work *work)
{
    struct hass_worker worker = { .work = work };
    struct hass_error err;
    int64_t began = clock_real();

    job_error_init(&err);
    struct scope *former = scope_switch(work->scope);
    work_of = work;
    work->result = work->fn(&worker, work->arg, &err);
    work_of = NULL;
    (void)scope_switch(former);
    work->used = clock_real() - began;
    if (err.code)
        work->error = mem_memdup(&err, sizeof(err));
}

/* Threads beyond the limit exist only as long as others are parked. */
static bool superfluous(const struct executor *executor)
{
    return executor->thread_count - executor->parked > executor->max_workers;
}

/* Waits for a job; NULL when the thread is to end, which is noted under the same lock. */
static struct work *next_work(struct thread *self)
{
    struct executor *executor = self->executor;

    pthread_mutex_lock(&executor->lock);
    while (!executor->queued && !executor->stopping && !superfluous(executor)) {
        executor->idle++;
        pthread_cond_wait(&executor->wake, &executor->lock);
        executor->idle--;
    }
    bool end = !executor->queued || superfluous(executor);
    if (end) {
        executor->thread_count--;
        self->exited = true;
    } else {
        self->work = take_work(executor);
    }
    pthread_mutex_unlock(&executor->lock);
    return end ? NULL : self->work;
}

static void finish_work(struct thread *self, struct work *work)
{
    struct executor *executor = self->executor;

    pthread_mutex_lock(&executor->lock);
    self->work = NULL;
    work->scope->pool_running--;
    pthread_mutex_unlock(&executor->lock);
    /* Refused when this thread was abandoned: then nobody is left to complete it. */
    (void)loop_post(executor->runtime->loop, &work->ready);
}

static void *worker_main(void *arg)
{
    struct thread *self = arg;
    struct work *work;

    worker_of = self->executor;
    while ((work = next_work(self))) {
        run_work(work);
        finish_work(self, work);
    }
    /* Whoever joins the pool waits for the last thread in the loop. */
    loop_wake(self->executor->runtime->loop);
    return NULL;
}

/* threads (under the lock) */

/* Signals are the loop's: the thread is born with all of them blocked. */
static int create_thread(struct thread *thread)
{
    pthread_attr_t attr;
    sigset_t former;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    process_block_signals(&former);
    int result = pthread_create(&thread->id, &attr, worker_main, thread);
    process_restore_signals(&former);
    pthread_attr_destroy(&attr);
    return result;
}

static void reap_exited(struct executor *executor)
{
    list_foreach(&executor->threads, struct thread, thread, link) {
        if (thread->exited) {
            pthread_join(thread->id, NULL);
            list_remove(&thread->link);
            free(thread);
        }
    }
}

/* Returns 0 or an errno. */
static int add_thread(struct executor *executor)
{
    struct thread *thread = mem_zalloc(sizeof(*thread));
    char name[16];

    reap_exited(executor);
    thread->executor = executor;
    int result = create_thread(thread);
    if (result) {
        free(thread);
        return result;
    }
    list_append(&executor->threads, &thread->link);
    executor->thread_count++;
    snprintf(name, sizeof(name), "SyncWorker_%u", executor->serial++ % 1000);
    pthread_setname_np(thread->id, name);
    return 0;
}

/* Makes sure somebody will take what is queued. Fails only when there is no thread at all. */
static int provide_thread(struct executor *executor)
{
    int result = 0;

    if (executor->idle)
        pthread_cond_signal(&executor->wake);
    /* Threads that were woken for earlier jobs still count as idle, and those jobs as queued. */
    if (executor->idle >= executor->queued)
        return 0;
    if (executor->thread_count - executor->parked < executor->max_workers &&
        executor->thread_count < EXECUTOR_MAX_THREADS)
        result = add_thread(executor);
    return executor->thread_count ? 0 : result;
}

bool executor_is_worker(void)
{
    return worker_of != NULL;
}

void executor_park(void)
{
    struct executor *executor = worker_of;

    if (!executor)
        return;
    pthread_mutex_lock(&executor->lock);
    executor->parked++;
    if (executor->queued)
        (void)provide_thread(executor);
    pthread_mutex_unlock(&executor->lock);
}

void executor_unpark(void)
{
    struct executor *executor = worker_of;

    if (!executor)
        return;
    pthread_mutex_lock(&executor->lock);
    executor->parked--;
    pthread_mutex_unlock(&executor->lock);
}

/* completion (loop thread) */

static void count(struct work *work)
{
    struct scope_counters *counters = &work->scope->counters;

    counters->pool_jobs++;
    counters->pool_usec += (uint64_t)work->used;
}

static HASS_CALLBACK void complete(struct work *work)
{
    struct loop *loop = work->executor->runtime->loop;
    struct scope *scope = work->scope;

    timer_cancel(&work->sleep_timer);
    if (work->result < 0 && work->result != -ECANCELED && work->flags & JOB_LOG_ERRORS)
        job_report(scope, work->name, work->result, work->error);
    (void)hass_future_set(work->future, work->result, NULL, NULL, work->error);
    hass_future_unref(work->future);
    struct scope *former = scope_switch(scope);
    if (work->destroy)
        work->destroy(work->arg);
    (void)scope_switch(former);
    list_remove(&work->link);
    scope_remove(&work->member);
    scope_unref(scope);
    free(work->error);
    free(work);
    loop_outstanding_sub(loop);
}

static void complete_ready(struct ready *ready, int status)
{
    struct work *work = list_entry(ready, struct work, ready);

    hass__assert_loop();
    count(work);
    complete(work);
}

/* It never ran. */
static HASS_CALLBACK void complete_cancelled(struct work *work)
{
    work->result = -ECANCELED;
    complete(work);
}

/* cancelling (loop thread) */

/* True when it had not begun: it is off the queue then. */
static bool cancel_work(struct work *work)
{
    struct executor *executor = work->executor;

    pthread_mutex_lock(&executor->lock);
    bool queued = work->state == WORK_QUEUED;
    work->cancelled = true;
    if (queued)
        dequeue(executor, work);
    pthread_mutex_unlock(&executor->lock);
    return queued;
}

static void close_work(struct scope_member *member);

/* submitting */

static int refuse(void *arg, hass_destroy_fn *destroy, int result)
{
    if (destroy)
        destroy(arg);
    return result;
}

static HASS_CALLBACK int submit(struct executor *executor, struct work *work)
{
    pthread_mutex_lock(&executor->lock);
    enqueue(executor, work);
    int result = provide_thread(executor);
    if (result)
        dequeue(executor, work);
    pthread_mutex_unlock(&executor->lock);
    return result;
}

/* From here on it counts, and whoever closes the scope finds it. */
static HASS_CALLBACK void enlist(struct work *work)
{
    list_init(&work->queued);
    list_append(&work->executor->works, &work->link);
    scope_add(scope_ref(work->scope), &work->member);
    loop_outstanding_add(work->executor->runtime->loop);
    if (work->flags & (JOB_TRACKED | JOB_BACKGROUND))
        task_track(work->scope, work->future, work->name, work->flags);
}

/* Whoever causes jobs faster than they run must not fill the memory: an integration's listener, driven by a client. */
static int check_queue(struct executor *executor, const struct scope *scope, struct hass_error *err)
{
    pthread_mutex_lock(&executor->lock);
    size_t queued = scope->pool_queued;
    pthread_mutex_unlock(&executor->lock);
    if (queued < EXECUTOR_MAX_QUEUED)
        return 0;
    return hass_fail(err, HASS_E_LIMIT, "%d pool jobs of %s wait for a thread, which is the limit",
                     EXECUTOR_MAX_QUEUED, scope->name);
}

static int check(struct executor *executor, const struct scope *scope, struct hass_error *err)
{
    if (executor->stopping)
        return hass_fail(err, HASS_E_CLOSED, "the pool has been closed");
    int result = scope_check_open(scope, err);
    return result < 0 ? result : check_queue(executor, scope, err);
}

int executor_submit(struct hass *hass, struct scope *scope, const char *name, executor_fn *fn,
                    void *arg, hass_destroy_fn *destroy, unsigned flags,
                    struct hass_future **ret_future, struct hass_error *err)
{
    struct executor *executor = runtime_of(hass)->executor;
    int result = check(executor, scope, err);

    if (result < 0)
        return refuse(arg, destroy, result);
    struct work *work = mem_alloc(sizeof(*work));
    *work = (struct work){
        .ready = { .run = complete_ready },
        .member.close = close_work,
        .executor = executor,
        .scope = scope,
        .name = name,
        .fn = fn,
        .arg = arg,
        .destroy = destroy,
        .future = hass_future_new(hass),
        .flags = flags,
    };
    autounref(hass_future) *future = hass_future_ref(work->future);
    enlist(work);
    result = submit(executor, work);
    if (result) {
        complete_cancelled(work);
        return hass_fail_errno(err, result, "no thread for %s", name);
    }
    if (ret_future)
        *ret_future = steal(future);
    return 0;
}

int executor_submit_worker(struct hass *hass, const char *name, executor_fn *fn, void *arg,
                           hass_destroy_fn *destroy, unsigned flags,
                           struct hass_future **ret_future, struct hass_error *err)
{
    return executor_submit(hass, scope_of_caller(hass), name, fn, arg, destroy, flags, ret_future,
                           err);
}

/* what a pool function asks */

struct hass *hass_worker_hass(const struct hass_worker *worker)
{
    return worker->work->executor->runtime->hass;
}

bool hass_worker_cancelled(const struct hass_worker *worker)
{
    return worker->work->cancelled;
}

bool executor_cancelled(void)
{
    return work_of && work_of->cancelled;
}

/* The time is over. From now on the job is outstanding again, before its thread runs. */
static void sleep_over(struct timer *timer)
{
    struct work *work = list_entry(timer, struct work, sleep_timer);
    struct executor *executor = work->executor;

    loop_outstanding_add(executor->runtime->loop);
    pthread_mutex_lock(&executor->lock);
    work->slept = true;
    pthread_cond_signal(work->sleeping);
    pthread_mutex_unlock(&executor->lock);
}

/* On the loop: sets the timer; virtual time may pass now. A cancelled job does not sleep. */
static void sleep_begin(struct ready *ready, int status)
{
    struct work *work = list_entry(ready, struct work, sleep_ready);
    struct runtime *runtime = work->executor->runtime;

    hass__assert_loop();
    timer_init(&work->sleep_timer, sleep_over);
    loop_outstanding_sub(runtime->loop);
    if (work->cancelled || status < 0)
        sleep_over(&work->sleep_timer);
    else
        timer_set(runtime->timers, &work->sleep_timer,
                  clock_monotonic(runtime->clock) + work->sleep_usec);
}

/* On the loop: a cancelled sleep is counted as outstanding again as one whose time is over. */
static HASS_CALLBACK void sleep_cancel(struct work *work)
{
    if (!timer_is_set(&work->sleep_timer))
        return;
    timer_cancel(&work->sleep_timer);
    sleep_over(&work->sleep_timer);
}

int hass_worker_sleep(struct hass_worker *worker, double seconds)
{
    struct work *work = worker->work;
    struct executor *executor = work->executor;
    pthread_cond_t woken = PTHREAD_COND_INITIALIZER;

    if (work->cancelled)
        return -ECANCELED;
    work->sleep_ready = (struct ready){ .run = sleep_begin };
    work->sleep_usec = clock_from_seconds(seconds);
    executor_park();
    pthread_mutex_lock(&executor->lock);
    work->slept = loop_post(executor->runtime->loop, &work->sleep_ready) < 0;
    work->sleeping = &woken;
    while (!work->slept)
        pthread_cond_wait(&woken, &executor->lock);
    work->sleeping = NULL;
    pthread_mutex_unlock(&executor->lock);
    executor_unpark();
    pthread_cond_destroy(&woken);
    return work->cancelled ? -ECANCELED : 0;
}

/* the end */

static HASS_CALLBACK void end_work(struct work *work)
{
    if (cancel_work(work))
        complete_cancelled(work);
    else
        sleep_cancel(work);
}

static void close_work(struct scope_member *member)
{
    hass__assert_loop();
    end_work(list_entry(member, struct work, member));
}

struct executor *executor_create(struct runtime *runtime, size_t max_workers)
{
    struct executor *executor = mem_zalloc(sizeof(*executor));

    executor->runtime = runtime;
    executor->max_workers = max_workers ? max_workers : EXECUTOR_WORKERS;
    list_init(&executor->works);
    list_init(&executor->threads);
    list_init(&executor->scopes);
    pthread_mutex_init(&executor->lock, NULL);
    pthread_cond_init(&executor->wake, NULL);
    return executor;
}

void executor_stop(struct executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    executor->stopping = true;
    pthread_cond_broadcast(&executor->wake);
    pthread_mutex_unlock(&executor->lock);
    list_foreach(&executor->works, struct work, work, link)
        end_work(work);
}

static bool all_exited(void *userdata)
{
    struct executor *executor = userdata;

    pthread_mutex_lock(&executor->lock);
    bool result = executor->thread_count == 0;
    pthread_mutex_unlock(&executor->lock);
    return result;
}

static size_t report_abandoned(struct executor *executor)
{
    size_t count = 0;

    list_foreach(&executor->threads, struct thread, thread, link) {
        if (thread->exited)
            continue;
        count++;
        if (thread->work)
            hass_warning("Pool job %s of %s does not end and is abandoned", thread->work->name,
                         scope_name(thread->work->scope));
    }
    return count;
}

size_t executor_join(struct executor *executor, double timeout)
{
    (void)loop_run_until(executor->runtime->loop, all_exited, executor, timeout);
    pthread_mutex_lock(&executor->lock);
    reap_exited(executor);
    size_t abandoned = report_abandoned(executor);
    pthread_mutex_unlock(&executor->lock);
    return abandoned;
}

struct executor *executor_destroy(struct executor *executor)
{
    if (!executor)
        return NULL;
    pthread_mutex_destroy(&executor->lock);
    pthread_cond_destroy(&executor->wake);
    free(executor);
    return NULL;
}
