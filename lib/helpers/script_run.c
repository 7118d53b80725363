/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine. script_go takes what a step has led to and goes on until something suspends or the run has ended; whoever wakes a run calls
 * it again. It may be entered from a callback, a timer or a coroutine: what it calls is never allowed to suspend that.
 */
#include <string.h>

#include <hass/loop.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "helpers/script.h"
#include "run/clock.h"
#include "run/co.h"
#include "run/loop.h"

/* life */

struct hass_script_run *script_run_new(struct hass_script *script, struct hass_variables *variables,
                                       const struct hass_context *context, struct hass_trace *trace)
{
    struct hass_script_run *run = mem_zalloc(sizeof(*run));

    list_init(&run->link);
    script->refs++;
    run->script = script;
    run->context = hass_context_ref(context);
    run->trace = hass_trace_ref(trace);
    run->bottom.sequence = script->sequence;
    run->bottom.variables = variables;
    run->top = &run->bottom;
    run->since = hass_now(script->hass);
    run->id = ++script->all->last_id;
    run->refs = 1;
    return run;
}

struct hass_script_run *script_run_ref(struct hass_script_run *run)
{
    run->refs++;
    return run;
}

static void free_run(struct hass_script_run *run)
{
    if (run->parent)
        script_run_unref(run->parent);
    if (run->caller)
        script_run_unref(run->caller);
    hass_context_unref(run->context);
    hass_trace_unref(run->trace);
    hass_future_unref(run->ended);
    json_decref(run->response);
    free(run->error);
    script_unref(run->script);
    free(run);
}

void script_run_unref(struct hass_script_run *run)
{
    if (--run->refs == 0)
        free_run(run);
}

/* frames */

struct script_frame *script_push(struct hass_script_run *run, uint32_t branch,
                                 struct hass_variables *variables)
{
    struct script_frame *frame = mem_alloc(sizeof(*frame));

    *frame = (struct script_frame){
        .outer = run->top,
        .sequence = script_step_of(run->top)->children[branch],
        .branch = branch,
        .variables = hass_variables_ref(variables),
    };
    run->top = frame;
    return frame;
}

static void frame_fini(struct script_frame *frame)
{
    hass_variables_unref(frame->variables);
    json_decref(frame->items);
}

void script_pop(struct hass_script_run *run)
{
    struct script_frame *frame = run->top;

    run->top = frame->outer;
    frame_fini(frame);
    free(frame);
}

/* the end */

static const char *const outcomes[] = {
    [SCRIPT_FALSE] = "aborted", [SCRIPT_STOPS] = "finished",    [SCRIPT_ABORTS] = "aborted",
    [SCRIPT_FAILS] = "error",   [SCRIPT_CANCELS] = "cancelled", [SCRIPT_FINISHED] = "finished",
};

static struct hass_error *keep_error(struct hass_error *error)
{
    hass_fail(error, HASS_E_GENERAL, "a step failed");
    return mem_memdup(error, sizeof(*error));
}

static HASS_CALLBACK void leave_list(struct hass_script_run *run)
{
    struct hass_script *script = run->script;

    list_remove(&run->link);
    if (run->parent)
        return;
    script->count--;
    if (!script->count)
        script->last = NULL;
}

static HASS_CALLBACK void tell_end(struct hass_script_run *run)
{
    struct hass_script *script = run->script;

    hass_trace_async_finish(run->trace, outcomes[run->flow],
                            run->error ? run->error->message : NULL);
    if (run->ended)
        (void)hass_future_set(run->ended, run->error ? run->error->code : 0, NULL, NULL,
                              run->error);
    script_changed(script);
    if (script->watched)
        script_end_of_watched(run);
    script_run_ended(script);
}

static HASS_CALLBACK void finish(struct hass_script_run *run, enum script_flow flow,
                                 struct hass_error *error)
{
    struct hass_script *script = run->script;

    script_touch(run);
    if (flow == SCRIPT_FAILS && !run->parent)
        script_tell_failure(run, error);
    while (run->top != &run->bottom)
        script_pop(run);
    frame_fini(&run->bottom);
    run->bottom = (struct script_frame){ 0 };
    run->top = NULL;
    run->wait = SCRIPT_ENDED;
    run->flow = (uint8_t)flow;
    run->until = 0;
    if (flow == SCRIPT_FAILS)
        run->error = keep_error(error);
    leave_list(run);
    if (run->parent) {
        script_branch_ended(run->parent, run);
    } else {
        script_log(script, HASS_LOG_DEBUG, "%s", outcomes[flow]);
        tell_end(run);
    }
    script_run_unref(run);
}

/* errors */

/* What is wrong in the script, or in the program, is no matter of luck: only the household's errors may be passed over. */
static bool may_continue(int code)
{
    switch (code) {
    case HASS_E_INVALID:
    case HASS_E_TEMPLATE:
    case HASS_E_SERVICE_NOT_FOUND:
    case HASS_E_INVALID_ENTITY_ID:
    case HASS_E_NO_ENTITY_ID:
    case HASS_E_THREAD:
    case HASS_E_NOT_COROUTINE:
    case HASS_E_WOULD_DEADLOCK:
        return false;
    default:
        return code <= HASS_E_FIRST;
    }
}

/* The step failed, and those around it with it, up to one that goes on regardless. */
static HASS_CALLBACK enum script_flow fail(struct hass_script_run *run,
                                           const struct hass_error *error)
{
    for (;;) {
        struct script_frame *frame = run->top;
        hass_trace_async_step_error(run->trace, frame->step, error->message);
        if (script_step_of(frame)->continue_on_error && may_continue(error->code))
            return SCRIPT_NEXT;
        if (!frame->outer)
            return SCRIPT_FAILS;
        script_pop(run);
    }
}

/* steps */

static HASS_CALLBACK enum script_flow no_action(struct hass_script_run *run,
                                                struct script_step *step, struct hass_error *err)
{
    return SCRIPT_NEXT;
}

static script_step_fn *const steps[] = {
    [SCRIPT_CALL] = script_step_call,
    [SCRIPT_DELAY] = script_step_delay,
    [SCRIPT_WAIT_TEMPLATE] = script_step_wait_template,
    [SCRIPT_WAIT_TRIGGER] = script_step_wait_trigger,
    [SCRIPT_CONDITION] = script_step_condition,
    [SCRIPT_EVENT] = script_step_event,
    [SCRIPT_CHOOSE] = script_step_choose,
    [SCRIPT_REPEAT] = script_step_repeat,
    [SCRIPT_PARALLEL] = script_step_parallel,
    [SCRIPT_SEQUENCE] = script_step_sequence,
    [SCRIPT_VARIABLES] = script_step_variables,
    [SCRIPT_STOP] = script_step_stop,
    [SCRIPT_RESPONSE] = script_step_response,
    [SCRIPT_KINDS] = no_action,
};

/* Returns 1 when the step is to be run, 0 when it is not. */
static HASS_CALLBACK int step_enabled(const struct script_step *step, struct hass_error *err)
{
    autojson *result = NULL;

    if (step->disabled)
        return 0;
    if (!step->enabled)
        return 1;
    int r = script_value_render(step->enabled, NULL, &result, err);
    return r < 0 ? r : hass_template_result_as_boolean(result);
}

static HASS_CALLBACK enum script_flow do_step(struct hass_script_run *run, struct script_step *step,
                                              struct hass_error *err)
{
    if (step->disabled || step->enabled) {
        int r = step_enabled(step, err);
        if (r < 0) {
            script_log_error(run, r, err);
            return SCRIPT_FAILS;
        }
        if (!r) {
            script_log(run->script, HASS_LOG_DEBUG, "skips disabled step %s",
                       step->alias ? step->alias : step->word);
            script_detail(run, run->top->step, "enabled", json_false());
            return SCRIPT_NEXT;
        }
    }
    enum script_flow flow = steps[step->kind](run, step, err);
    if (flow == SCRIPT_FAILS)
        script_log_error(run, err->code, err);
    return flow;
}

static HASS_CALLBACK enum script_flow begin_step(struct hass_script_run *run,
                                                 struct hass_error *err)
{
    struct script_frame *frame = run->top;
    struct script_step *step = script_step_of(frame);

    if (run->trace)
        frame->step = hass_trace_async_step(run->trace, step->path, frame->variables);
    if (run->script->watched && script_halts(run, step))
        return SCRIPT_WAITS;
    return do_step(run, step, err);
}

/* A run that has many steps behind it lets others go on. */
static HASS_CALLBACK bool must_yield(struct hass_script_run *run)
{
    if (++run->steps < SCRIPT_STEPS_A_TURN)
        return false;
    run->steps = 0;
    return true;
}

/* The next step, or what comes after the last one. */
static HASS_CALLBACK enum script_flow go_on(struct hass_script_run *run, struct hass_error *err)
{
    if (must_yield(run)) {
        script_wake(run, SCRIPT_YIELDING);
        return SCRIPT_WAITS;
    }
    if (run->top->index < run->top->sequence->count)
        return begin_step(run, err);
    return run->top->outer ? script_sequence_ended(run, err) : SCRIPT_FINISHED;
}

enum script_flow script_abort(struct hass_script_run *run, const char *message)
{
    script_log_abort(run, message);
    hass_trace_async_step_error(run->trace, run->top->step, message);
    return SCRIPT_ABORTS;
}

/* What @flow means here: SCRIPT_ENTERED to go on, or how the run ends. */
static HASS_CALLBACK enum script_flow settle(struct hass_script_run *run, enum script_flow flow,
                                             struct hass_error *err)
{
    if (run->stopping)
        return SCRIPT_CANCELS;
    if (flow == SCRIPT_FAILS)
        flow = fail(run, err);
    if (flow == SCRIPT_NEXT) {
        hass_error_clear(err);
        run->top->index++;
        return SCRIPT_ENTERED;
    }
    if (flow == SCRIPT_FALSE && run->top->outer) { // this sequence alone ends, and well
        run->top->index = run->top->sequence->count;
        return SCRIPT_ENTERED;
    }
    return flow;
}

static HASS_CALLBACK void go(struct hass_script_run *run, enum script_flow flow,
                             struct hass_error *err)
{
    bool stood = run->wait == SCRIPT_HALTED && flow == SCRIPT_ENTERED;

    run->wait = SCRIPT_BUSY;
    run->until = 0;
    if (stood)
        flow = do_step(run, script_step_of(run->top), err);
    while (flow != SCRIPT_WAITS) {
        flow = settle(run, flow, err);
        if (flow != SCRIPT_ENTERED) {
            finish(run, flow, err);
            return;
        }
        flow = go_on(run, err);
    }
    if (run->wait != SCRIPT_YIELDING)
        script_touch(run);
    if (run->stopping)
        script_run_stop(run);
}

void script_go(struct hass_script_run *run, enum script_flow flow, const struct hass_error *error)
{
    struct runtime *runtime = runtime_of(run->script->hass);
    struct dispatch dispatch;
    struct hass_error err; // half a kilobyte: only what says that it is empty is set

    err.size = sizeof(err);
    err.code = 0;
    err.key[0] = err.message[0] = '\0';
    if (error)
        hass_error_copy(&err, error);
    struct co *hidden = co_hide();
    dispatch_begin(runtime, &dispatch, run->script->scope, "script");
    script_run_ref(run);
    go(run, flow, &err);
    script_run_unref(run);
    dispatch_end(runtime, &dispatch);
    co_show(hidden);
}

/* waking */

static HASS_CALLBACK void wake(struct hass_script_run *run)
{
    struct hass_error err = HASS_ERROR_INIT;
    enum script_flow flow;

    switch ((enum script_wait)run->wait) {
    case SCRIPT_QUEUED:
    case SCRIPT_YIELDING:
    case SCRIPT_HALTED:
        flow = SCRIPT_ENTERED;
        break;
    case SCRIPT_CALLING:
        flow = script_call_ended(run, &err);
        break;
    case SCRIPT_DELAYED:
    case SCRIPT_WATCHING:
        flow = script_timed_out(run, &err);
        break;
    default:
        return;
    }
    if (flow == SCRIPT_FAILS)
        script_log_error(run, err.code, &err);
    script_go(run, flow, &err);
}

static void timer_fired(struct timer *timer)
{
    hass__assert_loop();
    wake(list_entry(timer, struct hass_script_run, timer));
}

void script_timer_set(struct hass_script_run *run, int64_t usec)
{
    struct hass *hass = run->script->hass;

    run->timer.fire = timer_fired;
    run->until = hass_now(hass) + usec;
    timer_set(runtime_of(hass)->timers, &run->timer, hass_monotonic(hass) + usec);
}

int64_t script_until(const struct hass_script_run *run)
{
    struct hass *hass = run->script->hass;

    if (!run->until || !timer_is_set(&run->timer) ||
        (run->wait != SCRIPT_DELAYED && run->wait != SCRIPT_WATCHING))
        return run->until;
    int64_t until = hass_now(hass) + run->timer.when - hass_monotonic(hass);
    return llabs(until - run->until) > HASS_USEC_PER_SEC ? until : run->until;
}

void script_wake(struct hass_script_run *run, enum script_wait wait)
{
    struct hass *hass = run->script->hass;

    run->wait = (uint8_t)wait;
    run->timer.fire = timer_fired;
    timer_set(runtime_of(hass)->timers, &run->timer, hass_monotonic(hass));
}

/* stopping */

/* The last one that ends takes the run along. */
static HASS_CALLBACK void stop_branches(struct hass_script_run *run)
{
    script_run_ref(run);
    for (bool found = true; found && run->wait == SCRIPT_BRANCHING;) {
        found = false;
        list_foreach(&run->fork->branches, struct hass_script_run, branch, link) {
            if (branch->stopping)
                continue;
            found = true;
            script_run_stop(branch);
            break;
        }
    }
    script_run_unref(run);
}

void script_run_stop(struct hass_script_run *run)
{
    run->stopping = true;
    switch ((enum script_wait)run->wait) {
    case SCRIPT_QUEUED:
    case SCRIPT_YIELDING:
    case SCRIPT_HALTED:
    case SCRIPT_DELAYED:
        timer_cancel(&run->timer);
        break;
    case SCRIPT_WATCHING:
        script_unwatch(run);
        break;
    case SCRIPT_CALLING:
        script_call_stop(run);
        return;
    case SCRIPT_BRANCHING:
        stop_branches(run);
        return;
    default:
        return; // the machine sees the mark
    }
    script_go(run, SCRIPT_CANCELS, NULL);
}
