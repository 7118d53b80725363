/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flows in progress: beginning them, leading them from step to step, ending them. A client that goes away while a step
 * runs leaves it running: the work is a task of the root scope, the step one of the integration's.
 */
#include <errno.h>
#include <string.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "core/core.h"
#include "registry/flow.h"
#include "registry/flow_discovery.h"
#include "registry/flow_issues.h"
#include "run/clock.h"
#include "run/task.h"

/* the table */

static void drop_flow(void *object)
{
    struct hass_flow *flow = object;

    hass__assert_loop();
    flow->ended = true;
    flow_unref(flow);
}

static void flows_destroy(void *object)
{
    hass_strmap_destroy(object);
}

struct hass_strmap *flows_of(struct hass *hass)
{
    struct hass_strmap *flows = registry_get(hass, REGISTRY_FLOWS);

    if (!flows) {
        flows = hass_strmap_create(drop_flow);
        registry_set(hass, REGISTRY_FLOWS, flows, flows_destroy);
    }
    return flows;
}

static HASS_CALLBACK struct hass_flow *find_flow(struct hass *hass, enum hass_flow_kind kind,
                                                 const char *flow_id)
{
    struct hass_flow *flow = hass_strmap_get(flows_of(hass), flow_id);

    return flow && flow->kind == kind ? flow : NULL;
}

void flow_tell(struct hass_flow *flow, const char *change)
{
    const struct entry_loader *loader = entries_of(flow->hass)->loader;

    if (flow->kind == HASS_FLOW_CONFIG)
        loader->flow_changed(flow->hass, json_pack("{s:s, s:s, s:o}", "type", change, "flow_id",
                                                   flow->id, "flow", flow_summary(flow)));
}

void flow_tell_progress(struct hass_flow *flow)
{
    (void)hass_bus_async_fire(flow->hass, "data_entry_flow_progressed",
                              json_pack("{s:o, s:s, s:b}", "handler", flow_handler(flow), "flow_id",
                                        flow->id, "refresh", 1),
                              NULL, NULL);
}

void flow_end(struct hass_flow *flow)
{
    if (flow->ended)
        return;
    flow->ended = true;
    if (flow->watcher)
        (void)hass_task_async_cancel(flow->watcher, NULL);
    scope_remove(&flow->member);
    if (flow->told)
        flow_tell(flow, "removed");
    if (flow->told && flow->entry && !strcmp(flow_source(flow), "reauth"))
        flow_clear_reauth(flow->entry);
    bool was_found = flow->told && flow_source_is_discovery(flow_source(flow));
    struct hass *hass = flow->hass;
    hass_strmap_remove(flows_of(hass), flow->id);
    if (was_found)
        flow_discovery_ended(hass);
}

/* Who has left a dialogue does not come back to it; what was found, and what must be done, waits. */
static bool is_dialogue(const struct hass_flow *flow)
{
    const char *source = flow_source(flow);

    return flow->kind != HASS_FLOW_CONFIG || !strcmp(source, "user") ||
           !strcmp(source, "reconfigure");
}

static HASS_CALLBACK void forget_abandoned(struct hass *hass)
{
    int64_t limit = hass_monotonic(hass) - clock_from_seconds(FLOW_IDLE_LIMIT);
    const char *id;
    struct hass_flow *flow;

    strmap_foreach(flows_of(hass), id, flow)
        if (is_dialogue(flow) && flow->touched < limit)
            flow_end(flow);
}

static HASS_CALLBACK int check_room(struct hass *hass, const char *handler, struct hass_error *err)
{
    size_t of_handler = 0;
    const char *id;
    const struct hass_flow *flow;

    forget_abandoned(hass);
    if (hass_strmap_count(flows_of(hass)) >= FLOWS_MAX)
        return hass_fail(err, HASS_E_LIMIT, "%d dialogues are in progress: end some of them first",
                         FLOWS_MAX);
    strmap_foreach(flows_of(hass), id, flow)
        of_handler += !strcmp(flow->handler, handler);
    if (of_handler >= FLOWS_MAX_OF_HANDLER)
        return hass_fail(err, HASS_E_LIMIT,
                         "%d dialogues of %s are in progress: end some of them first",
                         FLOWS_MAX_OF_HANDLER, handler);
    return 0;
}

/* steps */

struct step_call {
    struct hass_flow *flow; /* counted */
    hass_flow_step_fn *run;
    json_t *input;
};

static void free_step_call(void *object)
{
    struct step_call *call = object;

    hass__assert_loop();
    json_decref(call->input);
    flow_unref(call->flow);
    free(call);
}

static HASS_COROUTINE int call_step(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct step_call *call = userdata;
    int r = call->run(call->flow, call->input, err);

    /* That it is over is an answer. */
    return r == HASS_E_FLOW_ABORTED && call->flow->next.type == FLOW_ABORT ? 0 : r;
}

static HASS_COROUTINE int run_in_scope(struct hass_flow *flow, const struct hass_flow_step *step,
                                       const json_t *input, struct hass_error *err)
{
    struct hass *hass = flow->hass;
    struct step_call *call = mem_alloc(sizeof(*call));

    *call = (struct step_call){ flow_ref(flow), step->run, hass_json_ref(input) };
    struct hass_job job = HASS_JOB_COROUTINE(call_step, call, .name = "step of a flow");
    autounref(hass_task) *task = NULL;
    int r =
        task_start(hass, flow->scope, &job, hass, call, free_step_call, JOB_TRACKED, &task, err);
    if (r < 0)
        return r;
    struct hass_error failure = HASS_ERROR_INIT;
    r = hass_async_await(hass_task_future(task), FLOW_STEP_LIMIT, &failure);
    if (r == -ETIMEDOUT && !hass_future_done(hass_task_future(task))) {
        (void)hass_task_async_cancel(task, NULL);
        return hass_fail(err, r, "step %s of %s did not end within %g s", step->id, flow->domain,
                         FLOW_STEP_LIMIT);
    }
    return r < 0 ? hass_fail(err, r, "%s", error_text(&failure, r)) : 0;
}

static bool may_follow(enum flow_type before, enum flow_type after)
{
    if (before == FLOW_EXTERNAL)
        return after == FLOW_EXTERNAL || after == FLOW_EXTERNAL_DONE;
    if (before == FLOW_PROGRESS)
        return after == FLOW_PROGRESS || after == FLOW_PROGRESS_DONE;
    return true;
}

void flow_advance(struct hass_flow *flow)
{
    flow_answer_fini(&flow->now);
    flow->now = flow->next;
    flow->next = (struct flow_answer){ 0 };
}

static HASS_COROUTINE int run_step(struct hass_flow *flow, const char *step_id, const json_t *input,
                                   struct hass_error *err)
{
    struct hass_flow_step step;
    enum flow_type before = flow->now.type;

    if (!flow_find_step(flow->table, step_id, &step)) {
        int r = hass_fail(err, HASS_E_UNSUPPORTED, "%s does not support step %s", flow->domain,
                          step_id);
        flow_end(flow);
        return r;
    }
    flow_answer_fini(&flow->next);
    int r = run_in_scope(flow, &step, input, err);
    if (r < 0)
        return r;
    if (flow->next.type == FLOW_NONE)
        return hass_fail(err, HASS_E_INVALID, "step %s of %s has not answered", step.id,
                         flow->domain);
    if (!may_follow(before, flow->next.type))
        return hass_fail(err, HASS_E_INVALID,
                         "step %s of %s may only go on with what it shows, or end it", step.id,
                         flow->domain);
    flow_advance(flow);
    if (before == FLOW_EXTERNAL || before == FLOW_PROGRESS)
        flow_tell_progress(flow);
    return 0;
}

/* Runs a step and does what its answer asks for. */
static HASS_COROUTINE int take_step(struct hass_flow *flow, const char *step_id,
                                    const json_t *input, json_t **ret_result,
                                    struct hass_error *err)
{
    autounref(hass_entry) *entry = NULL;
    autofree char *id = mem_strdup(step_id);
    int r = run_step(flow, id, input, err);

    if (r < 0)
        return r;
    if (flow->now.type == FLOW_CREATE_ENTRY && flow->ended)
        return hass_fail(err, HASS_E_NOT_FOUND, "flow %s was ended while its step ran", flow->id);
    if (flow->now.type == FLOW_CREATE_ENTRY) {
        flow_end(flow);
        r = flow_finish(flow, &entry, err);
    }
    if (flow->now.type == FLOW_ABORT)
        flow_end(flow);
    if (r >= 0)
        *ret_result = flow_result(flow, entry);
    return r;
}

/* The lock is held. */
static HASS_COROUTINE int configure(struct hass_flow *flow, const json_t *input,
                                    json_t **ret_result, struct hass_error *err)
{
    enum flow_type type = flow->now.type;
    autojson *checked = NULL;
    autojson *errors = NULL;

    if (flow->ended)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no flow %s", flow->id);
    flow->touched = hass_monotonic(flow->hass);
    if (type == FLOW_PROGRESS_DONE || type == FLOW_EXTERNAL_DONE)
        return take_step(flow, flow->now.step_id, NULL, ret_result, err);
    if (!input || type == FLOW_PROGRESS) {
        *ret_result = flow_result(flow, NULL);
        return 0;
    }
    if (flow_check_input(flow, input, &checked, &errors)) {
        *ret_result = json_pack("{s:O}", "errors", errors);
        return 1;
    }
    if (type == FLOW_MENU)
        return take_step(flow, hass_json_get_string(checked, "next_step_id", ""), NULL, ret_result,
                         err);
    return take_step(flow, flow->now.step_id, checked, ret_result, err);
}

/* calls: they go on when their caller is cancelled */

struct flow_call {
    unsigned refs; /* the task's and the caller's */
    struct hass_flow *flow;
    const char *first_step; /* NULL: goes on with a flow */
    json_t *input;
    json_t *result;
};

static void unref_call(void *object)
{
    struct flow_call *call = object;

    if (--call->refs)
        return;
    hass__assert_loop();
    flow_unref(call->flow);
    json_decref(call->input);
    json_decref(call->result);
    free(call);
}

static HASS_COROUTINE int begin(struct hass_flow *flow, const char *first_step, const json_t *input,
                                json_t **ret_result, struct hass_error *err)
{
    int r = flow_check_start(flow, err);

    if (r == 1) {
        flow_advance(flow);
        *ret_result = flow_result(flow, NULL);
        flow_end(flow);
        return 0;
    }
    if (r == 0)
        r = take_step(flow, first_step, input, ret_result, err);
    if (r < 0)
        flow_end(flow);
    else if (!flow->ended)
        flow_begun(flow);
    return r;
}

static HASS_COROUTINE int run_call(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct flow_call *call = userdata;
    int r = hass_mutex_async_lock(call->flow->mutex, err);

    if (r < 0)
        return r;
    if (call->first_step)
        r = begin(call->flow, call->first_step, call->input, &call->result, err);
    else
        r = configure(call->flow, call->input, &call->result, err);
    hass_mutex_async_unlock(call->flow->mutex);
    return r;
}

/* @input is taken. */
static HASS_COROUTINE int run(struct hass_flow *flow, const char *first_step, json_t *input,
                              json_t **ret_result, struct hass_error *err)
{
    struct hass *hass = flow->hass;
    struct flow_call *call = mem_alloc(sizeof(*call));
    autounref(hass_future) *done = NULL;

    *call = (struct flow_call){ 2, flow_ref(flow), first_step, input };
    struct hass_job job = HASS_JOB_COROUTINE(run_call, call, .name = "flow");
    int r =
        job_run(hass, hass->runtime->root, &job, hass, call, unref_call, JOB_TRACKED, &done, err);
    if (r >= 0)
        r = hass_async_await(done, HASS_FOREVER, err);
    if (r >= 0)
        *ret_result = steal(call->result);
    unref_call(call);
    return r;
}

/* beginning */

static const struct hass_flow_handler *table_of(const struct hass_flow *flow,
                                                const struct hass_manifest *manifest)
{
    switch (flow->kind) {
    case HASS_FLOW_CONFIG:
        return manifest->config_flow;
    case HASS_FLOW_OPTIONS:
        return manifest->options_flow;
    case HASS_FLOW_REPAIR:
        return manifest->repair_flow ? manifest->repair_flow : &flow_confirm_repair;
    case HASS_FLOW_SUBENTRY:
        return flow_find_subentry_flow(manifest,
                                       hass_json_get_string(flow->context, "subentry_type", ""));
    }
    return NULL;
}

static HASS_COROUTINE int find_table(struct hass_flow *flow, struct hass_error *err)
{
    const struct entry_loader *loader = entries_of(flow->hass)->loader;
    const struct hass_manifest *manifest = NULL;
    int r = loader->open(flow->hass, flow->domain, &manifest, err);

    if (r < 0)
        return r;
    flow->table = table_of(flow, manifest);
    if (!flow->table)
        return hass_fail(err, HASS_E_NOT_FOUND, "integration %s has no such dialogue",
                         flow->domain);
    flow->scope = scope_ref(loader->scope(flow->hass, flow->domain));
    r = scope_check_open(flow->scope, err);
    if (r < 0)
        return r;
    if (flow->table->data_size)
        flow->data = mem_zalloc(flow->table->data_size);
    scope_add(flow->scope, &flow->member);
    return 0;
}

static HASS_CALLBACK int check_subentry(const struct hass_flow *flow, struct hass_error *err)
{
    const char *id = hass_json_get_string(flow->context, "subentry_id", "");

    if (flow->kind != HASS_FLOW_SUBENTRY || strcmp(flow_source(flow), "reconfigure") ||
        hass_flow_async_subentry(flow))
        return 0;
    return hass_fail(err, HASS_E_NOT_FOUND, "config entry '%s' has no subentry %s",
                     flow->entry->title, id);
}

/* Options, subentries, reauth and reconfigure are about an entry. */
static HASS_CALLBACK int find_entry(struct hass_flow *flow, struct hass_error *err)
{
    const char *source = flow_source(flow);
    bool is_of_entry = flow->kind == HASS_FLOW_OPTIONS || flow->kind == HASS_FLOW_SUBENTRY;
    bool about_entry = !strcmp(source, "reauth") || !strcmp(source, "reconfigure");
    const char *id =
        is_of_entry ? flow->handler : hass_json_get_string(flow->context, "entry_id", NULL);

    if (flow->kind == HASS_FLOW_CONFIG && !about_entry)
        id = NULL;
    if (about_entry && !id)
        return hass_fail(err, HASS_E_INVALID, "a flow of source %s needs an entry_id", source);
    int r = id ? entries_async_find(flow->hass, id, &flow->entry, err) : 0;
    if (r < 0)
        return r;
    flow->domain = mem_strdup(is_of_entry ? flow->entry->domain : flow->handler);
    if (flow->entry && strcmp(flow->entry->domain, flow->domain))
        return hass_fail(err, HASS_E_NOT_FOUND, "%s has no config entry %s", flow->domain, id);
    return check_subentry(flow, err);
}

/* The table gets the flow; the reference is the caller's. */
static HASS_COROUTINE int make_flow(struct hass_flow *flow, struct hass_error *err)
{
    struct hass *hass = flow->hass;

    if (!hass_json_get_string(flow->context, "source", NULL))
        return hass_fail(err, HASS_E_INVALID, "a flow needs a source");
    if (!entries_of(hass)->loader)
        return hass_fail(err, HASS_E_NOT_FOUND, "nobody loads integrations");
    int r = check_room(hass, flow->handler, err);
    if (r == 0)
        r = find_entry(flow, err);
    if (r == 0 && flow->kind == HASS_FLOW_REPAIR)
        r = flow_check_issue(flow, err);
    if (r == 0)
        r = find_table(flow, err);
    if (r == 0)
        r = check_room(hass, flow->handler, err);
    if (r == 0)
        hass_strmap_set(flows_of(hass), flow->id, flow_ref(flow));
    else
        scope_remove(&flow->member);
    return r;
}

int hass_flows_async_init(struct hass *hass, enum hass_flow_kind kind, const char *handler,
                          json_t *context, json_t *data, json_t **ret_result,
                          struct hass_error *err)
{
    autojson *given = context ? context : json_pack("{s:s}", "source", "user");
    autojson *input = data;

    VERIFY_COROUTINE(hass, "hass.flows.async_init", err);
    struct hass_flow *flow = flow_new(hass, kind, handler);
    flow->context = json_deep_copy(given);
    int r = make_flow(flow, err);
    if (r == 0) {
        bool by_source = kind == HASS_FLOW_CONFIG || kind == HASS_FLOW_SUBENTRY;
        autofree char *step = mem_strdup(by_source ? flow_source(flow) : "init");
        r = run(flow, step, steal(input), ret_result, err);
    }
    flow_unref(flow);
    return r;
}

int hass_flows_async_configure(struct hass *hass, enum hass_flow_kind kind, const char *flow_id,
                               json_t *input, json_t **ret_result, struct hass_error *err)
{
    autojson *given = input;

    VERIFY_COROUTINE(hass, "hass.flows.async_configure", err);
    forget_abandoned(hass);
    struct hass_flow *flow = find_flow(hass, kind, flow_id);
    if (!flow)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no flow %s", flow_id);
    return run(flow, NULL, steal(given), ret_result, err);
}

/* looking and ending */

json_t *hass_flows_async_get(struct hass *hass, enum hass_flow_kind kind, const char *flow_id)
{
    VERIFY_LOOP_OR(hass, "hass.flows.async_get", NULL);
    const struct hass_flow *flow = find_flow(hass, kind, flow_id);
    return flow ? flow_summary(flow) : NULL;
}

json_t *hass_flows_async_progress(struct hass *hass, enum hass_flow_kind kind)
{
    VERIFY_LOOP_OR(hass, "hass.flows.async_progress", NULL);
    json_t *list = json_array();
    const char *id;
    const struct hass_flow *flow;
    forget_abandoned(hass);
    strmap_foreach(flows_of(hass), id, flow)
        if (flow->kind == kind)
            json_array_append_new(list, flow_summary(flow));
    return list;
}

int hass_flows_async_abort(struct hass *hass, enum hass_flow_kind kind, const char *flow_id,
                           struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.flows.async_abort", err);
    struct hass_flow *flow = find_flow(hass, kind, flow_id);
    if (!flow)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no flow %s", flow_id);
    flow_end(flow);
    return 0;
}
