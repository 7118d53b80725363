/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps that wait: for a time, a template, triggers. A timer of the run itself is the delay and the time-out; what else is watched hangs on
 * it while it waits.
 */
#include <string.h>
#include <strings.h>

#include <hass/loop.h>

#include "base/duration.h"
#include "base/error_text.h"
#include "base/mem.h"
#include "helpers/script.h"
#include "run/clock.h"

/* the variable `wait` */

/* A branch has one of its own, every other sequence that of the run. */
static HASS_CALLBACK void set_wait(struct hass_script_run *run, bool completed, double remaining,
                                   json_t *trigger)
{
    json_t *wait = json_pack("{s:b, s:o}", "completed", completed, "remaining",
                             remaining < 0 ? json_null() : json_real(remaining));

    if (trigger)
        json_object_set_new(wait, "trigger", trigger);
    script_detail(run, run->top->step, "wait", json_deep_copy(wait));
    hass_variables_set(run->bottom.variables, "wait", wait);
}

static bool waits_for_triggers(const struct hass_script_run *run)
{
    return script_step_of(run->top)->kind == SCRIPT_WAIT_TRIGGER;
}

static HASS_CALLBACK double remaining(const struct hass_script_run *run)
{
    if (!run->until)
        return -1;
    int64_t left = script_until(run) - hass_now(run->script->hass);
    return left > 0 ? (double)left / HASS_USEC_PER_SEC : 0;
}

/* periods */

static HASS_CALLBACK int read_period(const struct script_value *value,
                                     struct hass_variables *variables, int64_t *ret_usec,
                                     struct hass_error *err)
{
    autojson *rendered = NULL;
    const json_t *period = script_value_constant(value);

    if (!period) {
        int r = script_value_render(value, variables, &rendered, err);
        if (r < 0)
            return r;
        period = rendered;
    }
    int r = duration_from_json(period, ret_usec, err);
    if (r < 0 || *ret_usec >= 0)
        return r;
    char text[DURATION_TEXT];
    duration_format(*ret_usec, text);
    return hass_fail(err, HASS_E_INVALID, "expected a duration of 0 or more, got %s", text);
}

/* delay */

enum script_flow script_step_delay(struct hass_script_run *run, struct script_step *step,
                                   struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    int64_t usec;

    if (read_period(step->wait.duration, run->top->variables, &usec, &problem) < 0)
        return script_abort(run, problem.message);
    script_log_step(run, step, usec);
    script_detail(run, run->top->step, "delay", json_real((double)usec / HASS_USEC_PER_SEC));
    script_detail(run, run->top->step, "done", json_boolean(usec == 0));
    if (usec == 0)
        return SCRIPT_NEXT;
    run->wait = SCRIPT_DELAYED;
    script_timer_set(run, usec);
    script_changed(run->script);
    return SCRIPT_WAITS;
}

/* the end of what is watched */

void script_unwatch(struct hass_script_run *run)
{
    struct script_watch *watch = steal(run->watch);

    timer_cancel(&run->timer);
    if (!watch)
        return;
    hass_sub_async_remove(watch->sub);
    hass_triggers_async_detach(watch->triggers);
    free(watch);
}

static HASS_CALLBACK enum script_flow give_up(struct hass_script_run *run)
{
    const struct script_step *step = script_step_of(run->top);

    set_wait(run, false, 0, waits_for_triggers(run) ? json_null() : NULL);
    if (!step->wait.give_up)
        return SCRIPT_NEXT;
    script_log(run->script, HASS_LOG_DEBUG, "its time is over, and it gives up");
    script_detail(run, run->top->step, "timeout", json_true());
    hass_trace_async_step_error(run->trace, run->top->step, "the time is over");
    return SCRIPT_ABORTS;
}

enum script_flow script_timed_out(struct hass_script_run *run, struct hass_error *err)
{
    if (run->wait == SCRIPT_DELAYED) {
        script_detail(run, run->top->step, "done", json_true());
        return SCRIPT_NEXT;
    }
    script_unwatch(run);
    return give_up(run);
}

/* What fired, as a saved scope has it, becomes wait.trigger with its states and times. */
static HASS_CALLBACK void add_trigger(struct hass_script_run *run, const json_t *saved)
{
    const json_t *trigger = hass_json_get(hass_json_get(saved, "values"), "trigger");
    json_t *wait = json_copy((json_t *)hass_variables_get(run->bottom.variables, "wait"));
    json_t *typed = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach((json_t *)hass_json_get(saved, "typed"), i, row) {
        const char *path = json_string_value(json_array_get(row, 0));
        if (strncmp(path, "trigger", 7) == 0 && (!path[7] || path[7] == '.'))
            json_array_append_new(typed, json_pack("[o, O, O]", json_sprintf("wait.%s", path),
                                                   json_array_get(row, 1), json_array_get(row, 2)));
    }
    json_object_set(wait, "trigger", (json_t *)trigger);
    if (run->trace)
        script_detail(run, run->top->step, "wait", json_deep_copy(wait));
    autojson *all = json_pack("{s:{s:o}, s:o}", "values", "wait", wait, "typed", typed);
    hass_variables_restore(run->bottom.variables, run->script->hass, all);
}

/* @trigger: the scope in which it is, or NULL. The run goes on when whoever called is done. */
static HASS_CALLBACK void complete(struct hass_script_run *run, struct hass_variables *trigger)
{
    set_wait(run, true, remaining(run), trigger ? json_null() : NULL);
    autojson *saved = trigger ? hass_variables_save(trigger) : NULL;
    if (hass_json_get(hass_json_get(saved, "values"), "trigger"))
        add_trigger(run, saved);
    script_unwatch(run);
    run->top->index++;
    script_wake(run, SCRIPT_YIELDING);
}

/* the beginning */

static HASS_CALLBACK void watch_begin(struct hass_script_run *run)
{
    run->watch = mem_zalloc(sizeof(*run->watch));
    run->wait = SCRIPT_WATCHING;
}

/* Returns false when the time has been over before it began. */
static HASS_CALLBACK bool set_timeout(struct hass_script_run *run, int64_t usec)
{
    if (usec > 0)
        script_timer_set(run, usec);
    return usec != 0;
}

static HASS_CALLBACK int on_template(const struct hass_template_updates *updates, void *userdata,
                                     struct hass_error *err)
{
    struct hass_script_run *run = userdata;
    const json_t *result = updates->updates[0].result;

    if (!result)
        script_log(run->script, HASS_LOG_WARNING, "step %u (wait_template): %s",
                   run->top->index + 1, updates->updates[0].error);
    else if (run->wait == SCRIPT_WATCHING && hass_template_result_as_boolean(result))
        complete(run, NULL);
    return 0;
}

/* As a template condition: true is the text "true" alone. */
static HASS_CALLBACK int is_true(struct hass_script_run *run, const struct script_step *step,
                                 struct hass_error *err)
{
    autojson *text = NULL;
    int r = hass_template_async_render(
        step->wait.template,
        HASS_TEMPLATE_OPTIONS(.scope = run->top->variables, .parse = HASS_TEMPLATE_TEXT), &text,
        err);

    return r < 0 ? r : strcasecmp(json_string_value(text), "true") == 0;
}

static HASS_CALLBACK enum script_flow watch_template(struct hass_script_run *run,
                                                     const struct script_step *step, int64_t usec,
                                                     struct hass_error *err)
{
    const struct hass_track_template template = {
        .template = step->wait.template,
        .scope = run->top->variables,
    };
    int r = is_true(run, step, err);

    if (r < 0)
        return SCRIPT_FAILS;
    if (r > 0) {
        set_wait(run, true, usec < 0 ? -1 : (double)usec / HASS_USEC_PER_SEC, NULL);
        return SCRIPT_NEXT;
    }
    if (!set_timeout(run, usec))
        return give_up(run);
    watch_begin(run);
    r = hass_async_track_template_result(
        run->script->hass, HASS_TRACK_TEMPLATES(.templates = &template, .count = 1),
        HASS_JOB_CALLBACK(on_template, run), &run->watch->sub, err);
    if (r == 0)
        return SCRIPT_WAITS;
    script_unwatch(run);
    return SCRIPT_FAILS;
}

static HASS_CALLBACK int on_trigger(struct hass *hass, struct hass_variables *variables,
                                    const struct hass_context *context, void *userdata,
                                    struct hass_error *err)
{
    struct hass_script_run *run = userdata;

    if (run->wait != SCRIPT_WATCHING)
        return 0;
    complete(run, variables);
    return 0;
}

static HASS_CALLBACK enum script_flow watch_triggers(struct hass_script_run *run,
                                                     const struct script_step *step, int64_t usec,
                                                     struct hass_error *err)
{
    if (!set_timeout(run, usec))
        return give_up(run);
    watch_begin(run);
    run->wait = SCRIPT_BUSY; // one that fires while it is attached would come too early
    int r = hass_triggers_async_attach(
        run->script->hass,
        HASS_TRIGGERS_OPTIONS(.config = step->wait.triggers, .variables = run->top->variables,
                              .name = run->script->name, .fired = on_trigger, .userdata = run),
        &run->watch->triggers, err);
    run->wait = SCRIPT_WATCHING;
    if (r > 0)
        return SCRIPT_WAITS;
    script_unwatch(run);
    return r < 0 ? SCRIPT_FAILS : SCRIPT_NEXT;
}

/* @usec below 0: for ever. */
static HASS_CALLBACK enum script_flow begin(struct hass_script_run *run, struct script_step *step,
                                            int64_t usec, struct hass_error *err)
{
    bool triggers = waits_for_triggers(run);

    set_wait(run, false, usec < 0 ? -1 : (double)usec / HASS_USEC_PER_SEC,
             triggers ? json_null() : NULL);
    enum script_flow flow =
        triggers ? watch_triggers(run, step, usec, err) : watch_template(run, step, usec, err);
    if (flow == SCRIPT_WAITS)
        script_changed(run->script);
    return flow;
}

static HASS_CALLBACK enum script_flow wait_step(struct hass_script_run *run,
                                                struct script_step *step, struct hass_error *err)
{
    struct hass_error problem = HASS_ERROR_INIT;
    int64_t usec = -1;

    if (step->wait.duration &&
        read_period(step->wait.duration, run->top->variables, &usec, &problem) < 0)
        return script_abort(run, problem.message);
    script_log_step(run, step, 0);
    return begin(run, step, usec, err);
}

enum script_flow script_step_wait_template(struct hass_script_run *run, struct script_step *step,
                                           struct hass_error *err)
{
    return wait_step(run, step, err);
}

enum script_flow script_step_wait_trigger(struct hass_script_run *run, struct script_step *step,
                                          struct hass_error *err)
{
    return wait_step(run, step, err);
}

enum script_flow script_wait_again(struct hass_script_run *run, int64_t until,
                                   struct hass_error *err)
{
    struct script_step *step = script_step_of(run->top);
    int64_t left = until - hass_now(run->script->hass);

    script_log_step(run, step, 0);
    if (step->kind != SCRIPT_DELAY)
        return begin(run, step, !until ? -1 : left > 0 ? left : 0, err);
    if (left <= 0)
        return SCRIPT_NEXT;
    run->wait = SCRIPT_DELAYED;
    script_timer_set(run, left);
    return SCRIPT_WAITS;
}
