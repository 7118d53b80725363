/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debouncer. At most one run at a time and one run a cool-down: calls during a run are dropped, calls during the
 * cool-down ask for one run at its end. It works in the scope it was made in; a run keeps it alive.
 */
#include <stdatomic.h>

#include <hass/event_helpers.h>
#include <hass/log.h>
#include <hass/loop.h>
#include <hass/task.h>

#include "base/mem.h"
#include "run/clock.h"
#include "run/job.h"
#include "run/runtime.h"

struct hass_debouncer {
    struct hass *hass;
    _Atomic unsigned refs; /* the owner's, runs' and queued calls' */
    struct scope *scope;   /* counted */
    struct hass_job job;
    double cooldown;
    bool immediate;
    bool running;
    bool marked; /* run when the timer ends */
    bool shut_down;
    struct hass_sub *timer; /* while it runs */
};

struct hass_debouncer *hass_debouncer_create(struct hass *hass, double cooldown, bool immediate,
                                             struct hass_job job)
{
    struct hass_debouncer *debouncer = mem_zalloc(sizeof(*debouncer));
    struct scope *current = scope_current();

    *debouncer = (struct hass_debouncer){
        .hass = hass,
        .refs = 1,
        .scope = scope_ref(current ? current : runtime_of(hass)->root),
        .job = job,
        .cooldown = cooldown,
        .immediate = immediate,
    };
    return debouncer;
}

static struct hass_debouncer *ref(struct hass_debouncer *debouncer)
{
    debouncer->refs++;
    return debouncer;
}

static void unref(void *object)
{
    struct hass_debouncer *debouncer = object;

    if (--debouncer->refs)
        return;
    struct scope *former = scope_enter(debouncer->scope);
    job_destroy(&debouncer->job);
    scope_leave(former);
    scope_unref(debouncer->scope);
    free(debouncer);
}

static HASS_CALLBACK void drop_timer(struct hass_debouncer *debouncer)
{
    debouncer->timer = hass_sub_async_remove(debouncer->timer);
    debouncer->marked = false;
}

struct hass_debouncer *hass_debouncer_destroy(struct hass_debouncer *debouncer)
{
    if (!debouncer)
        return NULL;
    VERIFY_LOOP_OR(debouncer->hass, "hass.debouncer.destroy", debouncer);
    drop_timer(debouncer);
    debouncer->shut_down = true;
    unref(debouncer);
    return NULL;
}

/* running */

static HASS_COROUTINE int on_timer(const struct hass_tick *tick, void *userdata,
                                   struct hass_error *err);

static HASS_CALLBACK void start_timer(struct hass_debouncer *debouncer)
{
    struct hass *hass = debouncer->hass;
    int64_t when = hass_monotonic(hass) + clock_from_seconds(debouncer->cooldown);
    struct scope *former = scope_enter(debouncer->scope);
    int r = hass_async_call_at(hass, when,
                               HASS_JOB_COROUTINE(on_timer, ref(debouncer), .destroy = unref),
                               &debouncer->timer, NULL);

    scope_leave(former);
    if (r < 0) /* the scope closes: there is nothing to cool down for */
        debouncer->timer = NULL;
}

static HASS_COROUTINE int run_job(struct hass_debouncer *debouncer, struct hass_error *err)
{
    struct hass *hass = debouncer->hass;
    autounref(hass_future) *future = NULL;
    struct hass_job job = debouncer->job;

    job.destroy = NULL; /* the debouncer's, which outlives the run */
    int r = job_run(hass, debouncer->scope, &job, hass, NULL, NULL, JOB_TRACKED, &future, err);
    return r < 0 || !future ? r : hass_async_await(future, HASS_FOREVER, err);
}

/* Whatever comes of it, the cool-down follows; a shut-down meanwhile ends it all. */
static HASS_COROUTINE int run(struct hass_debouncer *debouncer, struct hass_error *err)
{
    ref(debouncer);
    debouncer->running = true;
    int r = run_job(debouncer, err);
    debouncer->running = false;
    if (!debouncer->shut_down)
        start_timer(debouncer);
    unref(debouncer);
    return r;
}

static HASS_COROUTINE int on_timer(const struct hass_tick *tick, void *userdata,
                                   struct hass_error *err)
{
    struct hass_debouncer *debouncer = ref(userdata); /* removing the timer drops its own */
    bool marked = debouncer->marked;

    drop_timer(debouncer);
    int r = marked && !debouncer->running ? run(debouncer, err) : 0;
    unref(debouncer);
    return r;
}

/* calls */

/* Marks, starts the timer or drops the call; true when the caller is to run now. */
static HASS_CALLBACK bool must_run_now(struct hass_debouncer *debouncer)
{
    if (debouncer->shut_down) {
        hass_debug("Debouncer call ignored: it has been shut down");
        return false;
    }
    if (debouncer->timer) {
        debouncer->marked = true;
        return false;
    }
    if (debouncer->running)
        return false;
    if (debouncer->immediate)
        return true;
    debouncer->marked = true;
    start_timer(debouncer);
    return false;
}

int hass_debouncer_async_call(struct hass_debouncer *debouncer, struct hass_error *err)
{
    VERIFY_COROUTINE(debouncer->hass, "hass.debouncer.async_call", err);
    return must_run_now(debouncer) ? run(debouncer, err) : 0;
}

static HASS_COROUTINE int run_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    return run(userdata, err);
}

int hass_debouncer_async_schedule_call(struct hass_debouncer *debouncer, struct hass_error *err)
{
    VERIFY_LOOP(debouncer->hass, "hass.debouncer.async_schedule_call", err);
    if (!must_run_now(debouncer))
        return 0;
    struct scope *former = scope_enter(debouncer->scope);
    int r = hass_async_create_task(
        debouncer->hass, HASS_JOB_COROUTINE(run_task, ref(debouncer), .destroy = unref), NULL, err);
    scope_leave(former);
    return r;
}

static HASS_CALLBACK int schedule_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    return hass_debouncer_async_schedule_call(arg, err);
}

int hass_debouncer_call(struct hass_debouncer *debouncer, struct hass_error *err)
{
    return runtime_post(debouncer->hass, "hass.debouncer.call", schedule_on_loop, ref(debouncer),
                        unref, err);
}

void hass_debouncer_async_cancel(struct hass_debouncer *debouncer)
{
    VERIFY_LOOP_OR(debouncer->hass, "hass.debouncer.async_cancel", );
    drop_timer(debouncer);
}

void hass_debouncer_async_shutdown(struct hass_debouncer *debouncer)
{
    VERIFY_LOOP_OR(debouncer->hass, "hass.debouncer.async_shutdown", );
    drop_timer(debouncer);
    debouncer->shut_down = true;
}
