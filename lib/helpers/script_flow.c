/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps that have sequences in them, and conditions. A sequence is a frame of the same run; the branches of `parallel` are runs of their own
 * that the step waits for.
 */
#include <math.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "helpers/script.h"

/* conditions */

enum script_flow script_step_condition(struct hass_script_run *run, struct script_step *step,
                                       struct hass_error *err)
{
    int r = hass_conditions_async_test(step->condition, HASS_CONDITIONS_STEP, run->top->variables,
                                       run->trace, step->path, run->script->name, err);

    script_log(run->script, HASS_LOG_DEBUG, "condition %s: %s", step->alias ? step->alias : "",
               r > 0 ? "true" : "false");
    script_detail(run, run->top->step, "result", json_boolean(r > 0));
    return r > 0 ? SCRIPT_NEXT : SCRIPT_FALSE;
}

/* Returns 1, 0, or an error that has been logged. */
static HASS_CALLBACK int test_option(struct hass_script_run *run,
                                     const struct script_option *option, const char *word)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct hass_trace_step *step =
        run->trace ? hass_trace_async_step(run->trace, option->path, run->top->variables) : NULL;
    int r =
        hass_conditions_async_test(option->conditions, HASS_CONDITIONS_RAISE, run->top->variables,
                                   run->trace, option->conditions_path, run->script->name, &err);

    script_detail(run, step, "result", r < 0 ? json_null() : json_boolean(r > 0));
    if (r < 0)
        script_log(run->script, HASS_LOG_WARNING, "a condition of '%s' failed: %s", word,
                   error_text(&err, r));
    return r;
}

/* choose and if */

static HASS_CALLBACK enum script_flow enter(struct hass_script_run *run, uint32_t branch,
                                            const char *choice)
{
    script_detail(run, run->top->step, "choice",
                  choice ? json_string(choice) : json_integer(branch));
    script_push(run, branch, run->top->variables);
    return SCRIPT_ENTERED;
}

enum script_flow script_step_choose(struct hass_script_run *run, struct script_step *step,
                                    struct hass_error *err)
{
    uint32_t count = step->choose.count;

    for (uint32_t i = 0; i < count; i++) {
        if (test_option(run, &step->choose.options[i], step->word) > 0)
            return enter(run, i, step->choose.is_if ? "then" : NULL);
    }
    if (step->child_count == count)
        return SCRIPT_NEXT;
    return enter(run, count, step->choose.is_if ? "else" : "default");
}

enum script_flow script_step_sequence(struct hass_script_run *run, struct script_step *step,
                                      struct hass_error *err)
{
    script_push(run, 0, run->top->variables);
    return SCRIPT_ENTERED;
}

/* repeat */

void script_set_repeat(const struct script_frame *frame)
{
    json_t *repeat =
        json_pack("{s:b, s:i}", "first", frame->iteration == 1, "index", (int)frame->iteration);

    if (frame->count)
        json_object_set_new(repeat, "last", json_boolean(frame->iteration == frame->count));
    json_t *item = frame->items ? json_array_get(frame->items, frame->iteration - 1) : NULL;
    if (item && !json_is_null(item))
        json_object_set(repeat, "item", item);
    hass_variables_set(frame->variables, "repeat", repeat);
}

static HASS_CALLBACK void log_iteration(struct hass_script_run *run, const struct script_step *step)
{
    const struct script_frame *frame = run->top;

    if (frame->count)
        script_log(run->script, HASS_LOG_DEBUG, "repeats %s: %u of %u",
                   step->alias ? step->alias : "a sequence", frame->iteration, frame->count);
    else
        script_log(run->script, HASS_LOG_DEBUG, "repeats %s: %u",
                   step->alias ? step->alias : "a sequence", frame->iteration);
}

/* Too many iterations are warned of, far too many end the run. */
static HASS_CALLBACK bool loops_too_long(struct hass_script_run *run,
                                         const struct script_step *step, uint32_t iterations)
{
    const char *word = step->repeat.loop == SCRIPT_WHILE ? "while" : "until";

    if (iterations > SCRIPT_WARN_ITERATIONS && !run->top->warned) {
        run->top->warned = true;
        script_log(run->script, HASS_LOG_WARNING, "repeat->%s has looped %d times", word,
                   SCRIPT_WARN_ITERATIONS);
    }
    if (iterations <= SCRIPT_MAX_ITERATIONS)
        return false;
    script_log(run->script, HASS_LOG_CRITICAL,
               "repeat->%s has looped %d times and is ended: put a delay or an end into it", word,
               SCRIPT_MAX_ITERATIONS);
    return true;
}

/* Enters iteration @frame->iteration + 1, unless there is none. The topmost frame is that of the loop. */
static HASS_CALLBACK enum script_flow iterate(struct hass_script_run *run)
{
    struct script_frame *frame = run->top;
    const struct script_step *step = script_step_of(frame->outer);
    enum script_loop loop = step->repeat.loop;

    if (loop <= SCRIPT_FOR_EACH && frame->iteration == frame->count) {
        script_pop(run);
        return SCRIPT_NEXT;
    }
    frame->iteration++;
    frame->index = 0;
    script_set_repeat(frame);
    if (loop == SCRIPT_WHILE) {
        if (test_option(run, &step->repeat.until, "while") <= 0) {
            script_pop(run);
            return SCRIPT_NEXT;
        }
        if (loops_too_long(run, step, frame->iteration))
            return SCRIPT_ABORTS;
    }
    log_iteration(run, step);
    if (loop <= SCRIPT_FOR_EACH || frame->iteration == 1)
        return SCRIPT_ENTERED;
    script_wake(run, SCRIPT_YIELDING);
    return SCRIPT_WAITS;
}

/* A number as the model's int() takes it: of a text only whole ones. */
static int read_count(const json_t *value, uint32_t *ret_count, struct hass_error *err)
{
    double number;
    char *end;

    if (json_is_string(value)) {
        number = (double)strtoll(json_string_value(value), &end, 10);
        if (end == json_string_value(value) || *end)
            return hass_fail(err, HASS_E_INVALID, "repeat->count is to be a number, not '%.80s'",
                             json_string_value(value));
    } else if (json_is_number(value) || json_is_boolean(value)) {
        number = json_is_boolean(value) ? json_is_true(value) : trunc(json_number_value(value));
    } else {
        return hass_fail(err, HASS_E_INVALID, "repeat->count is to be a number");
    }
    *ret_count = number <= 0 ? 0 : number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    return 0;
}

static HASS_CALLBACK int read_items(struct hass_script_run *run, const struct script_step *step,
                                    struct script_frame *ret_loop, struct hass_error *err)
{
    autojson *value = NULL;
    int r = script_value_render(step->repeat.items, run->top->variables, &value, err);

    if (r < 0)
        return hass_error_prefix(err, "repeat");
    if (step->repeat.loop == SCRIPT_COUNT)
        return read_count(value, &ret_loop->count, err);
    if (!json_is_array(value))
        return hass_fail(err, HASS_E_INVALID, "repeat->for_each is to be a list, and is not");
    ret_loop->count = (uint32_t)json_array_size(value);
    ret_loop->items = steal(value);
    return 0;
}

enum script_flow script_step_repeat(struct hass_script_run *run, struct script_step *step,
                                    struct hass_error *err)
{
    struct script_frame loop = { 0 };

    if (step->repeat.loop <= SCRIPT_FOR_EACH) {
        struct hass_error problem = HASS_ERROR_INIT;
        if (read_items(run, step, &loop, &problem) < 0)
            return script_abort(run, problem.message);
        if (!loop.count) {
            json_decref(loop.items);
            return SCRIPT_NEXT;
        }
    }
    autounref(hass_variables) *scope = hass_variables_new(run->top->variables);
    struct script_frame *frame = script_push(run, 0, scope);
    frame->count = loop.count;
    frame->items = loop.items;
    return iterate(run);
}

static HASS_CALLBACK enum script_flow loop_again(struct hass_script_run *run)
{
    const struct script_step *step = script_step_of(run->top->outer);

    if (step->repeat.loop != SCRIPT_UNTIL)
        return iterate(run);
    if (test_option(run, &step->repeat.until, "until") != 0) { /* an error ends it, too */
        script_pop(run);
        return SCRIPT_NEXT;
    }
    return loops_too_long(run, step, run->top->iteration + 1) ? SCRIPT_ABORTS : iterate(run);
}

enum script_flow script_sequence_ended(struct hass_script_run *run, struct hass_error *err)
{
    if (script_step_of(run->top->outer)->kind == SCRIPT_REPEAT)
        return loop_again(run);
    script_pop(run);
    return SCRIPT_NEXT;
}

/* parallel */

void script_fork_new(struct hass_script_run *run)
{
    run->fork = mem_zalloc(sizeof(*run->fork));
    run->fork->flow = SCRIPT_NEXT;
    list_init(&run->fork->branches);
}

struct hass_script_run *script_branch_new(struct hass_script_run *run, uint32_t number)
{
    struct hass_script_run *branch =
        script_run_new(run->script, hass_variables_new(run->top->variables), run->context, NULL);

    branch->trace = hass_trace_ref(run->trace);
    branch->parent = script_run_ref(run);
    branch->branch = number;
    branch->bottom.sequence = script_step_of(run->top)->children[number];
    list_append(&run->fork->branches, &branch->link);
    return branch;
}

static HASS_CALLBACK enum script_flow fork_result(struct hass_script_run *run,
                                                  struct hass_error *err)
{
    struct script_fork *fork = steal(run->fork);
    enum script_flow flow = fork->flow;

    if (fork->error)
        hass_error_copy(err, fork->error);
    free(fork->error);
    free(fork);
    return flow;
}

void script_branch_ended(struct hass_script_run *run, struct hass_script_run *branch)
{
    struct script_fork *fork = run->fork;
    bool well = branch->flow == SCRIPT_FINISHED || branch->flow == SCRIPT_FALSE;

    if (!well && (fork->flow == SCRIPT_NEXT || branch->branch < fork->number)) {
        free(fork->error);
        fork->error = steal(branch->error);
        fork->flow = branch->flow;
        fork->number = branch->branch;
        if (branch->flow == SCRIPT_STOPS) {
            json_decref(run->response);
            run->response = steal(branch->response);
        }
    }
    if (run->wait != SCRIPT_BRANCHING || !list_empty(&fork->branches))
        return;
    struct hass_error err = HASS_ERROR_INIT;
    enum script_flow flow = fork_result(run, &err);
    script_go(run, flow, &err);
}

enum script_flow script_fork_begun(struct hass_script_run *run, struct hass_error *err)
{
    if (list_empty(&run->fork->branches))
        return fork_result(run, err);
    run->wait = SCRIPT_BRANCHING;
    return SCRIPT_WAITS;
}

enum script_flow script_step_parallel(struct hass_script_run *run, struct script_step *step,
                                      struct hass_error *err)
{
    struct hass_script_run **branches = mem_calloc(step->child_count + 1, sizeof(*branches));

    script_fork_new(run);
    for (uint32_t i = 0; i < step->child_count; i++)
        branches[i] = script_run_ref(script_branch_new(run, i));
    for (uint32_t i = 0; i < step->child_count; i++) {
        script_go(branches[i], SCRIPT_ENTERED, NULL);
        script_run_unref(branches[i]);
    }
    free(branches);
    return script_fork_begun(run, err);
}
