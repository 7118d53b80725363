/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts and their modes: who may run beside whom, in which order, and what becomes of all of them when hassd stops.
 */
#include <string.h>

#include <hass/buf.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "helpers/script.h"
#include "run/clock.h"

/* what the layer keeps */

static void shutdown_over(struct timer *timer)
{
    struct script_hass *all = list_entry(timer, struct script_hass, shutdown);

    hass__assert_loop();
    all->refusing = true;
    list_foreach(&all->scripts, struct hass_script, script, link) {
        if (!script->count)
            continue;
        script_log(script, HASS_LOG_WARNING, "hassd has been stopping for %d seconds: it ends",
                   SCRIPT_SHUTDOWN_WAIT);
        hass_script_async_stop(script);
    }
}

/* What began before ends now; what begins now has its time. */
static HASS_CALLBACK int on_stop(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    struct script_hass *all = userdata;
    struct hass *hass = all->hass;

    all->stop = NULL;
    script_save_finally(all);
    all->stopping = true;
    timer_init(&all->shutdown, shutdown_over);
    timer_set(runtime_of(hass)->timers, &all->shutdown,
              hass_monotonic(hass) + SCRIPT_SHUTDOWN_WAIT * HASS_USEC_PER_SEC);
    list_foreach(&all->scripts, struct hass_script, script, link) {
        if (script->early)
            hass_script_async_stop(script);
    }
    return 0;
}

struct script_hass *script_hass(struct hass *hass)
{
    struct helpers *helpers = helpers_of(hass);
    struct script_hass *all = helpers->scripts;

    if (all)
        return all;
    all = helpers->scripts = mem_zalloc(sizeof(*all));
    all->hass = hass;
    all->refs = 1;
    list_init(&all->scripts);
    list_init(&all->calls);
    list_init(&all->breakpoints);
    struct scope *former = helpers_enter_root(hass);
    (void)hass_bus_async_listen_once(hass, HASS_EVENT_STOP, HASS_JOB_CALLBACK(on_stop, all),
                                     &all->stop, NULL);
    scope_leave(former);
    script_save_begin(all);
    return all;
}

static void unref_all(struct script_hass *all)
{
    if (--all->refs == 0)
        free(all);
}

struct script_hass *script_hass_destroy(struct script_hass *all)
{
    if (!all)
        return NULL;
    hass__assert_loop();
    hass_sub_async_remove(all->stop);
    timer_cancel(&all->shutdown);
    script_drop_breakpoints(all);
    json_decref(all->last);
    all->last = NULL;
    list_foreach(&all->scripts, struct hass_script, script, link)
        list_remove(&script->link);
    list_foreach(&all->calls, struct script_call, call, link)
        list_remove(&call->link);
    unref_all(all);
    return NULL;
}

/* making one */

static bool mentions_context(const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_string(value))
        return strstr(json_string_value(value), "context") != NULL;
    json_array_foreach((json_t *)value, i, member) {
        if (mentions_context(member))
            return true;
    }
    json_object_foreach((json_t *)value, key, member) {
        if (strstr(key, "context") || mentions_context(member))
            return true;
    }
    return false;
}

/* Returns 0 for silence. */
static int read_level(const char *word)
{
    if (!word)
        return HASS_LOG_WARNING;
    if (strcasecmp(word, "silent") == 0)
        return 0;
    int level = hass_log_level_from_name(word);
    return level < 0 ? HASS_LOG_WARNING : level;
}

static HASS_CALLBACK struct hass_script *script_new(struct hass *hass,
                                                    const struct hass_script_options *options)
{
    struct hass_script *script = mem_zalloc(sizeof(*script));

    script->hass = hass;
    script->all = script_hass(hass);
    script->all->refs++;
    script->scope = scope_ref(scope_of_caller(hass));
    list_init(&script->link);
    list_init(&script->runs);
    script->refs = 1;
    script->domain = mem_strdup(options->domain ? options->domain : "script");
    script->key = options->key ? mem_strdup(options->key) : NULL;
    script->name = mem_strdup(options->name ? options->name : "script");
    script->root = mem_strdup(options->root ? options->root : "sequence");
    script->config = hass_json_ref(options->sequence);
    script->mode = options->mode;
    script->max = options->max ? options->max : SCRIPT_MAX_RUNS;
    script->exceeded = read_level(options->max_exceeded);
    script->drop_at_restart = options->drop_at_restart;
    script->async_changed = options->async_changed;
    script->async_resumed = options->async_resumed;
    script->async_failed = options->async_failed;
    script->async_place = options->async_place;
    script->userdata = options->userdata;
    script->uses_context = mentions_context(options->sequence);
    script->early = !script->all->stopping;
    return script;
}

int hass_script_async_create(struct hass *hass, const struct hass_script_options *given,
                             struct hass_script **ret_script, struct hass_error *err)
{
    struct hass_script_options options;

    VERIFY_LOOP(hass, "hass.script.async_create", err);
    HASS_READ(&options, given);
    struct hass_script *script = script_new(hass, &options);
    int r = script_compile(hass, script->config, script->root, &script->sequence, err);
    if (r < 0) {
        script_unref(script);
        return r;
    }
    list_append(&script->all->scripts, &script->link);
    script->watched = script_is_watched(script);
    *ret_script = script;
    return 0;
}

void script_unref(struct hass_script *script)
{
    if (--script->refs)
        return;
    script_sequence_destroy(script->sequence);
    json_decref(script->config);
    scope_unref(script->scope);
    unref_all(script->all);
    free(script->last_text);
    free(script->domain);
    free(script->key);
    free(script->name);
    free(script->root);
    free(script);
}

struct hass_script *hass_script_async_destroy(struct hass_script *script)
{
    if (!script)
        return NULL;
    VERIFY_LOOP_OR(script->hass, "hass.script.async_destroy", script);
    script->dead = true;
    hass_script_async_stop(script);
    list_remove(&script->link);
    script_unref(script);
    return NULL;
}

void *hass_script_userdata(const struct hass_script *script)
{
    return script->userdata;
}

void script_changed(struct hass_script *script)
{
    if (script->async_changed && !script->dead)
        script->async_changed(script, script->userdata);
}

/* whether it may run */

/* The calls that led to this start, each by the run that waits in it. */
static bool is_in_chain(const struct hass_script *script, struct hass_script_run *caller)
{
    for (struct hass_script_run *run = caller; run; run = script_main(run)->caller) {
        if (run->script == script)
            return true;
    }
    return false;
}

static void log_recursion(const struct hass_script *script, struct hass_script_run *caller)
{
    autobuf chain = HASS_BUF_INIT;

    for (struct hass_script_run *run = caller; run; run = script_main(run)->caller)
        hass_buf_printf(&chain, "%s%s", chain.length ? ", called by " : "", run->script->name);
    script_log(script, HASS_LOG_WARNING, "is not run, as it would wait for itself: called by %s",
               hass_buf_string(&chain));
}

/* How the trace ends of a run that is not let in; NULL when it is. */
static const char *refusal(const struct hass_script *script, struct hass_script_run *caller)
{
    if (script->dead)
        return "cancelled";
    if (script->all->refusing) {
        script_log(script, HASS_LOG_WARNING, "is not run, as hassd is stopping");
        return "cancelled";
    }
    if (script->count && script->mode == HASS_SCRIPT_SINGLE) {
        if (script->exceeded)
            script_log(script, script->exceeded, "is not run, as it is running already");
        return "failed_single";
    }
    if (script->mode != HASS_SCRIPT_RESTART && script->count >= script->max) {
        if (script->exceeded)
            script_log(script, script->exceeded, "is not run, as %u runs are under way",
                       script->count);
        return "failed_max_runs";
    }
    if ((script->mode == HASS_SCRIPT_RESTART || script->mode == HASS_SCRIPT_QUEUED) &&
        is_in_chain(script, caller)) {
        log_recursion(script, caller);
        return "disallowed_recursion_detected";
    }
    return NULL;
}

/* Ends all runs but @spare. */
static HASS_CALLBACK void stop_others(struct hass_script *script, struct hass_script_run *spare)
{
    script->refs++;
    for (bool found = true; found;) {
        found = false;
        list_foreach(&script->runs, struct hass_script_run, run, link) {
            if (run == spare || run->stopping)
                continue;
            found = true;
            script_run_stop(run);
            break;
        }
    }
    script_unref(script);
}

/* The oldest run that waits its turn may begin. */
void script_run_ended(struct hass_script *script)
{
    struct hass_script_run *first = list_first(&script->runs, struct hass_script_run, link);

    if (first && first->wait == SCRIPT_QUEUED && !first->stopping)
        script_wake(first, SCRIPT_QUEUED);
}

void script_set_context(const struct hass_script *script, struct hass_variables *variables,
                        const struct hass_context *context)
{
    if (!script->uses_context || !context)
        return;
    struct hass_template_variables *more = hass_template_variables_create();
    hass_template_variables_set_context(more, "context", context);
    hass_variables_add(variables, more);
}

static HASS_CALLBACK void tell_caller(struct hass_script_run *run)
{
    struct hass_script_run *caller = run->caller;

    if (caller->trace && run->trace && caller->top)
        hass_trace_async_child(caller->trace, caller->top->step, run->script->domain,
                               run->script->key, hass_trace_run_id(run->trace));
}

/* Lets a run in and begins it, as far as its mode allows that now. @ret_run: a reference; NULL when it is refused. */
static HASS_CALLBACK void begin(struct hass_script *script, const struct hass_script_start *start,
                                struct hass_script_run *caller, struct hass_script_run **ret_run)
{
    const char *refused = refusal(script, caller);

    if (refused) {
        hass_trace_async_finish(start->trace, refused, NULL);
        return;
    }
    struct hass_variables *variables =
        start->variables ? hass_variables_ref(start->variables) : hass_variables_new(NULL);
    script_set_context(script, variables, start->context);
    struct hass_script_run *run = script_run_new(script, variables, start->context, start->trace);
    if (caller) {
        run->caller = script_run_ref(caller);
        tell_caller(run);
    }
    run->wait = SCRIPT_QUEUED;
    list_append(&script->runs, &run->link);
    script->count++;
    *ret_run = script_run_ref(run);
    if (script->mode == HASS_SCRIPT_RESTART && script->count > 1) {
        script_log(script, HASS_LOG_DEBUG, "restarts");
        stop_others(script, run);
    }
    if (start->async_started)
        start->async_started(script, start->userdata);
    script_changed(script);
    bool first = list_first(&script->runs, struct hass_script_run, link) == run;
    if (run->wait == SCRIPT_QUEUED && (script->mode == HASS_SCRIPT_PARALLEL || first)) {
        timer_cancel(&run->timer);
        script_go(run, SCRIPT_ENTERED, NULL);
    } else {
        script_touch(run);
    }
}

/* starting */

int hass_script_async_start(struct hass_script *script, const struct hass_script_start *given,
                            struct hass_error *err)
{
    struct hass_script_start start;
    struct hass_script_run *run = NULL;

    VERIFY_LOOP(script->hass, "hass.script.async_start", err);
    HASS_READ(&start, given);
    begin(script, &start, NULL, &run);
    if (run)
        script_run_unref(run);
    return 0;
}

/* The run that waits in a call of this script and is the reason for this start. */
static struct hass_script_run *find_caller(const struct hass_script *script,
                                           const struct hass_context *context)
{
    if (!script->key || !context || strcmp(script->domain, "script") != 0)
        return NULL;
    list_foreach(&script->all->calls, struct script_call, call, link) {
        if (strcmp(call->service, script->key) == 0 && call->run->context &&
            hass_context_equal(call->run->context, context))
            return call->run;
    }
    return NULL;
}

static HASS_COROUTINE int await_end(struct hass_script_run *run, struct hass_error *err)
{
    if (run->wait == SCRIPT_ENDED)
        return 0;
    run->ended = hass_future_new(run->script->hass);
    autounref(hass_future) *ended = hass_future_ref(run->ended);
    int r = hass_async_await(ended, HASS_FOREVER, NULL);
    if (r != -ECANCELED || hass_future_done(ended))
        return 0;
    script_run_stop(run);
    if (run->wait != SCRIPT_ENDED)
        (void)hass_async_shield(ended, NULL);
    return hass_fail(err, -ECANCELED, "cancelled");
}

static int result_of(struct hass_script_run *run, json_t **ret_response, struct hass_error *err)
{
    if (run->error)
        return hass_error_copy(err, run->error);
    /* The model forgets the response of a queued script. */
    if (ret_response && run->script->mode != HASS_SCRIPT_QUEUED)
        *ret_response = steal(run->response);
    return 0;
}

int hass_script_async_run(struct hass_script *script, const struct hass_script_start *given,
                          json_t **ret_response, struct hass_error *err)
{
    struct hass_script_start start;
    struct hass_script_run *run = NULL;

    VERIFY_COROUTINE(script->hass, "hass.script.async_run", err);
    HASS_READ(&start, given);
    begin(script, &start, find_caller(script, start.context), &run);
    if (!run)
        return 0;
    int r = await_end(run, err);
    if (r == 0)
        r = result_of(run, ret_response, err);
    script_run_unref(run);
    return r;
}

void hass_script_async_stop(struct hass_script *script)
{
    VERIFY_LOOP_OR(script->hass, "hass.script.async_stop", );
    stop_others(script, NULL);
}

size_t hass_script_async_current(const struct hass_script *script)
{
    VERIFY_LOOP_OR(script->hass, "hass.script.async_current", 0);
    return script->count;
}
