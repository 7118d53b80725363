/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs over a restart. What is kept of a run is where it is and what it knows: its frames, its variables, its context, and until when it
 * waits. It goes on where it was; what fell due meanwhile has happened. One that was within a call goes on after that: an action is never
 * done twice.
 */
#include <inttypes.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "helpers/journal.h"
#include "helpers/script.h"
#include "helpers/variables.h"
#include "run/co.h"
#include "run/loop.h"

static bool is_kept(const struct hass_script *script)
{
    return script->key && !script->drop_at_restart;
}

void script_touch(struct hass_script_run *run)
{
    if (is_kept(run->script) && !run->script->all->last)
        journal_touch(run->script->hass);
}

/* A sequence that has been edited is another one: FNV-1a of its JSON, the same in every process. */
static void fingerprint(const struct hass_script *script, char text[17])
{
    autobuf json = HASS_BUF_INIT;
    uint64_t hash = UINT64_C(14695981039346656037);

    hass_json_write(script->config, &json);
    for (size_t i = 0; i < json.length; i++)
        hash = (hash ^ (uint8_t)json.data[i]) * UINT64_C(1099511628211);
    snprintf(text, 17, "%016" PRIx64, hash);
}

/* saving */

static const char *const wait_words[] = {
    [SCRIPT_BUSY] = "call",          [SCRIPT_QUEUED] = "queued",  [SCRIPT_YIELDING] = "yield",
    [SCRIPT_DELAYED] = "until",      [SCRIPT_WATCHING] = "until", [SCRIPT_CALLING] = "call",
    [SCRIPT_BRANCHING] = "branches", [SCRIPT_HALTED] = "yield",
};

/* Adds what a scope around has, and one further inside has not. */
static void merge_scope(json_t *saved, const json_t *around)
{
    json_t *values = json_object_get(saved, "values");
    json_t *typed = json_object_get(saved, "typed");
    const json_t *row;
    size_t i;

    json_array_foreach((json_t *)hass_json_get(around, "typed"), i, row) {
        const char *path = json_string_value(json_array_get(row, 0));
        autofree char *name = mem_strndup(path, strcspn(path, "."));
        if (!json_object_get(values, name))
            json_array_append(typed, (json_t *)row);
    }
    json_object_update_missing(values, json_object_get(around, "values"));
}

/* The scopes around the run's own are its script's, and made anew: what they said is as good as its own. */
static HASS_CALLBACK json_t *save_variables(struct hass_script_run *run)
{
    json_t *saved = hass_variables_save(run->bottom.variables);
    struct hass_variables *scope = run->parent ? NULL : variables_parent(run->bottom.variables);

    if (!json_object_get(saved, "typed"))
        json_object_set_new(saved, "typed", json_array());
    for (; scope; scope = variables_parent(scope)) {
        autojson *around = hass_variables_save(scope);
        merge_scope(saved, around);
    }
    return saved;
}

static json_t *save_frame(const struct script_frame *frame)
{
    json_t *saved =
        json_pack("{s:i, s:i}", "index", (int)frame->index, "branch", (int)frame->branch);

    if (frame->iteration) {
        json_object_set_new(saved, "iteration", json_integer(frame->iteration));
        json_object_set_new(saved, "count", json_integer(frame->count));
    }
    if (frame->items)
        json_object_set(saved, "items", frame->items);
    return saved;
}

static const struct {
    const char *word;
    enum script_flow flow;
} ends[] = {
    { "stop", SCRIPT_STOPS },
    { "abort", SCRIPT_ABORTS },
    { "fail", SCRIPT_FAILS },
};

/* How the parallel step will end because of branches that have; NULL: well. */
static json_t *save_end(const struct script_fork *fork)
{
    const struct hass_error none = HASS_ERROR_INIT;
    const struct hass_error *error = fork->error ? fork->error : &none;

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (ends[i].flow == (enum script_flow)fork->flow)
            return json_pack("{s:s, s:I, s:i, s:s, s:s}", "how", ends[i].word, "number",
                             (json_int_t)fork->number, "code", error->code, "key", error->key,
                             "message", error->message);
    return NULL;
}

static void restore_end(struct script_fork *fork, const json_t *saved)
{
    const char *how = hass_json_get_string(saved, "how", "");

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (strcmp(ends[i].word, how) == 0)
            fork->flow = (uint8_t)ends[i].flow;
    fork->number = (uint32_t)hass_json_get_int(saved, "number", 0);
    if (fork->flow != SCRIPT_FAILS)
        return;
    fork->error = mem_alloc(sizeof(*fork->error));
    *fork->error = (struct hass_error)HASS_ERROR_INIT;
    hass_fail(fork->error, (int)hass_json_get_int(saved, "code", HASS_E_GENERAL), "%s",
              hass_json_get_string(saved, "message", ""));
    snprintf(fork->error->key, sizeof(fork->error->key), "%s",
             hass_json_get_string(saved, "key", ""));
}

static HASS_CALLBACK json_t *save_run(struct hass_script_run *run)
{
    json_t *frames = json_array();

    for (const struct script_frame *frame = run->top; frame; frame = frame->outer)
        json_array_insert_new(frames, 0, save_frame(frame));
    json_t *saved = json_pack("{s:s, s:I, s:I, s:o, s:o}", "wait", wait_words[run->wait], "since",
                              (json_int_t)run->since, "until", (json_int_t)script_until(run),
                              "variables", save_variables(run), "frames", frames);
    if (run->context)
        json_object_set_new(saved, "context", hass_context_as_json(run->context));
    if (run->wait != SCRIPT_BRANCHING)
        return saved;
    json_t *branches = json_array();
    list_foreach(&run->fork->branches, struct hass_script_run, branch, link) {
        json_t *part = save_run(branch);
        json_object_set_new(part, "number", json_integer(branch->branch));
        json_object_del(part, "context");
        json_array_append_new(branches, part);
    }
    json_object_set_new(saved, "branches", branches);
    json_t *ended = save_end(run->fork);
    if (ended)
        json_object_set_new(saved, "end", ended);
    return saved;
}

static HASS_CALLBACK void collect_script(struct hass_script *script, json_t *section)
{
    char print[17];

    if (!is_kept(script) || !script->count)
        return;
    json_t *runs = json_array();
    list_foreach(&script->runs, struct hass_script_run, run, link) {
        if (!run->stopping)
            json_array_append_new(runs, save_run(run));
    }
    fingerprint(script, print);
    autofree char *key = mem_printf("%s.%s", script->domain, script->key);
    autojson *saved = json_pack("{s:s, s:o}", "sequence", print, "runs", runs);
    if (json_array_size(runs))
        json_object_set_new(section, key, json_deep_copy(saved));
}

static HASS_CALLBACK void collect_all(struct script_hass *all, json_t *section)
{
    list_foreach(&all->scripts, struct hass_script, script, link)
        collect_script(script, section);
}

static HASS_CALLBACK void collect(struct hass *hass, json_t *section, void *userdata)
{
    struct script_hass *all = userdata;

    if (!all->last) {
        collect_all(all, section);
        return;
    }
    autojson *copy = json_deep_copy(all->last);
    json_object_update(section, copy);
}

void script_save_begin(struct script_hass *all)
{
    journal_add_source(all->hass, JOURNAL_SECTION_RUNS, collect, all);
}

void script_save_finally(struct script_hass *all)
{
    json_t *last = json_object();

    collect_all(all, last);
    all->last = last;
    journal_touch(all->hass);
}

int hass_script_async_load_journal(struct hass *hass, struct hass_error *err)
{
    VERIFY_COROUTINE(hass, "hass.script.async_load_journal", err);
    return journal_async_load(hass, err);
}

/* going on */

static const struct hass_context *restore_context(const json_t *saved)
{
    const json_t *context = hass_json_get(saved, "context");
    const char *id = hass_json_get_string(context, "id", NULL);

    return id ? hass_context_new_id(id, hass_json_get_string(context, "user_id", NULL),
                                    hass_json_get_string(context, "parent_id", NULL))
              : NULL;
}

static uint32_t number_of(const json_t *saved, const char *key)
{
    int64_t number = hass_json_get_int(saved, key, 0);

    return number < 0 || number > UINT32_MAX ? 0 : (uint32_t)number;
}

/* Where it was within the sequence; false when that is not there. */
static bool restore_index(struct script_frame *frame, const json_t *saved)
{
    frame->index = number_of(saved, "index");
    return frame->index <= frame->sequence->count;
}

static HASS_CALLBACK bool restore_inner(struct hass_script_run *run, const json_t *saved)
{
    const struct script_frame *outer = run->top;
    uint32_t branch = number_of(saved, "branch");

    if (outer->index >= outer->sequence->count || branch >= script_step_of(outer)->child_count)
        return false;
    bool loops = script_step_of(outer)->kind == SCRIPT_REPEAT;
    autounref(hass_variables) *scope =
        loops ? hass_variables_new(outer->variables) : hass_variables_ref(outer->variables);
    struct script_frame *frame = script_push(run, branch, scope);
    if (loops) {
        frame->iteration = number_of(saved, "iteration");
        frame->count = number_of(saved, "count");
        frame->items = hass_json_ref(hass_json_get(saved, "items"));
        script_set_repeat(frame);
    }
    return restore_index(frame, saved);
}

static HASS_CALLBACK bool restore_frames(struct hass_script_run *run, const json_t *saved)
{
    const json_t *frames = hass_json_get(saved, "frames");
    const json_t *frame;
    size_t i;

    hass_variables_restore(run->bottom.variables, run->script->hass,
                           hass_json_get(saved, "variables"));
    if (json_array_size(frames) == 0)
        return false;
    json_array_foreach((json_t *)frames, i, frame) {
        if (i == 0 ? !restore_index(run->top, frame) : !restore_inner(run, frame))
            return false;
    }
    return true;
}

static HASS_CALLBACK void go_on(struct hass_script_run *run, const json_t *saved);

static HASS_CALLBACK enum script_flow restore_branches(struct hass_script_run *run,
                                                       const json_t *saved, struct hass_error *err)
{
    const json_t *branches = hass_json_get(saved, "branches");
    const json_t *part;
    size_t i;

    script_fork_new(run);
    restore_end(run->fork, hass_json_get(saved, "end"));
    json_array_foreach((json_t *)branches, i, part) {
        uint32_t number = number_of(part, "number");
        if (number >= script_step_of(run->top)->child_count)
            continue;
        struct hass_script_run *branch = script_branch_new(run, number);
        if (restore_frames(branch, part))
            go_on(branch, part);
        else
            script_go(branch, SCRIPT_ABORTS, NULL);
    }
    return script_fork_begun(run, err);
}

static bool is_within(const struct hass_script_run *run)
{
    return run->top->index < run->top->sequence->count;
}

static HASS_CALLBACK enum script_flow flow_of(struct hass_script_run *run, const json_t *saved,
                                              struct hass_error *err)
{
    const char *wait = hass_json_get_string(saved, "wait", "");
    enum script_step_kind kind = is_within(run) ? script_step_of(run->top)->kind : SCRIPT_KINDS;

    if (strcmp(wait, "call") == 0)
        return is_within(run) ? SCRIPT_NEXT : SCRIPT_ENTERED;
    if (strcmp(wait, "until") == 0 &&
        (kind == SCRIPT_DELAY || kind == SCRIPT_WAIT_TEMPLATE || kind == SCRIPT_WAIT_TRIGGER))
        return script_wait_again(run, hass_json_get_int(saved, "until", 0), err);
    if (strcmp(wait, "branches") == 0 && kind == SCRIPT_PARALLEL)
        return restore_branches(run, saved, err);
    return SCRIPT_ENTERED;
}

/* True when a step goes on that had begun before the restart: another one is noted by the machine. */
static bool is_in_step(const struct hass_script_run *run, const json_t *saved)
{
    const char *wait = hass_json_get_string(saved, "wait", "");

    return is_within(run) && strcmp(wait, "yield") != 0 && strcmp(wait, "queued") != 0;
}

static HASS_CALLBACK void go_on(struct hass_script_run *run, const json_t *saved)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (run->trace && is_in_step(run, saved))
        run->top->step =
            hass_trace_async_step(run->trace, script_step_of(run->top)->path, run->top->variables);
    run->wait = SCRIPT_BUSY;
    enum script_flow flow = flow_of(run, saved, &err);
    if (flow != SCRIPT_WAITS)
        script_go(run, flow, &err);
}

static HASS_CALLBACK bool resume_run(struct hass_script *script, const json_t *saved)
{
    autounref(hass_context) const *context = restore_context(saved);
    struct hass_script_run *run = script_run_new(script, hass_variables_new(NULL), context, NULL);
    bool queued = strcmp(hass_json_get_string(saved, "wait", ""), "queued") == 0;

    list_append(&script->runs, &run->link);
    script->count++;
    run->since = hass_json_get_int(saved, "since", run->since);
    if (!restore_frames(run, saved)) {
        script_go(run, SCRIPT_CANCELS, NULL);
        return false;
    }
    script_set_context(script, run->bottom.variables, context);
    if (script->async_resumed)
        run->trace = script->async_resumed(script, run->bottom.variables, context, run->since,
                                           script->userdata);
    script_changed(script);
    if (queued && list_first(&script->runs, struct hass_script_run, link) != run)
        run->wait = SCRIPT_QUEUED;
    else
        go_on(run, saved);
    return true;
}

static HASS_CALLBACK int resume_all(struct hass_script *script, const json_t *saved)
{
    const json_t *run;
    size_t i;
    int count = 0;
    char print[17];

    fingerprint(script, print);
    if (strcmp(hass_json_get_string(saved, "sequence", ""), print) != 0) {
        script_log(script, HASS_LOG_WARNING,
                   "has been changed since it ran: %zu runs that waited are dropped",
                   json_array_size(hass_json_get(saved, "runs")));
        return 0;
    }
    json_array_foreach((json_t *)hass_json_get(saved, "runs"), i, run)
        count += resume_run(script, run);
    return count;
}

int hass_script_async_resume(struct hass_script *script, struct hass_error *err)
{
    VERIFY_LOOP(script->hass, "hass.script.async_resume", err);
    if (!script->key)
        return 0;
    autofree char *key = mem_printf("%s.%s", script->domain, script->key);
    autojson *saved = journal_claim(script->hass, JOURNAL_SECTION_RUNS, key);
    if (!saved || !is_kept(script))
        return 0;
    struct runtime *runtime = runtime_of(script->hass);
    struct dispatch dispatch;
    struct co *hidden = co_hide();
    dispatch_begin(runtime, &dispatch, script->scope, "script");
    int count = resume_all(script, saved);
    dispatch_end(runtime, &dispatch);
    co_show(hidden);
    return count;
}
