/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One flow, and what its steps answer.
 */
#include "registry/flow.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/ulid.h"
#include "core/core.h"
#include "run/task.h"

/* life */

static void flow_scope_closes(struct scope_member *member)
{
    hass__assert_loop();
    flow_end(list_entry(member, struct hass_flow, member));
}

struct hass_flow *flow_new(struct hass *hass, enum hass_flow_kind kind, const char *handler)
{
    struct hass_flow *flow = mem_zalloc(sizeof(*flow));
    struct ulid ulid;
    char id[ULID_TEXT];

    ulid_make(hass_now(hass), &ulid);
    ulid_encode(&ulid, id);
    *flow = (struct hass_flow){
        .hass = hass,
        .refs = 1,
        .kind = kind,
        .id = mem_strdup(id),
        .handler = mem_strdup(handler),
        .mutex = hass_mutex_create(hass),
        .touched = hass_monotonic(hass),
        .member.close = flow_scope_closes,
    };
    return flow;
}

void flow_answer_fini(struct flow_answer *answer)
{
    free(answer->step_id);
    free(answer->title);
    json_decref(answer->choices);
    json_decref(answer->result);
    json_decref(answer->data);
    json_decref(answer->options);
    *answer = (struct flow_answer){ 0 };
}

struct hass_flow *flow_ref(struct hass_flow *flow)
{
    flow->refs++;
    return flow;
}

struct hass_flow *flow_unref(struct hass_flow *flow)
{
    if (!flow || --flow->refs)
        return NULL;
    if (flow->data && flow->table->destroy_data)
        flow->table->destroy_data(flow->data);
    free(flow->data);
    flow_answer_fini(&flow->now);
    flow_answer_fini(&flow->next);
    hass_future_unref(flow->progress);
    hass_task_unref(flow->watcher);
    hass_mutex_destroy(flow->mutex);
    scope_unref(flow->scope);
    hass_entry_unref(flow->entry);
    json_decref(flow->context);
    free(flow->after_progress);
    free(flow->domain);
    free(flow->handler);
    free(flow->id);
    free(flow);
    return NULL;
}

const char *flow_source(const struct hass_flow *flow)
{
    return hass_json_get_string(flow->context, "source", "");
}

json_t *flow_handler(const struct hass_flow *flow)
{
    return flow->kind == HASS_FLOW_SUBENTRY
               ? json_pack("[s, s]", flow->handler,
                           hass_json_get_string(flow->context, "subentry_type", ""))
               : json_string(flow->handler);
}

bool flow_find_step(const struct hass_flow_handler *handler, const char *id,
                    struct hass_flow_step *ret_step)
{
    const char *at = (const char *)handler->steps;

    for (;;) {
        struct hass_flow_step step;
        uint32_t size;
        memcpy(&size, at, sizeof(size));
        if (size == 0)
            return false;
        OPTIONS_READ(&step, at);
        if (!strcmp(step.id, id)) {
            *ret_step = step;
            return true;
        }
        at += size;
    }
}

/* answers */

/* Replaces what the step has answered before. */
static void answer(struct hass_flow *flow, enum flow_type type, const char *step_id, json_t *result)
{
    flow_answer_fini(&flow->next);
    flow->next.type = type;
    flow->next.step_id = step_id ? mem_strdup(step_id) : NULL;
    flow->next.result = result;
}

static int check_step(const struct hass_flow *flow, const char *id, struct hass_flow_step *ret_step,
                      struct hass_error *err)
{
    if (flow_find_step(flow->table, id, ret_step))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "a flow of %s has no step '%s' (UnknownStep)",
                     flow->domain, id);
}

static json_t *or_null(json_t *value)
{
    return value ? value : json_null();
}

static json_t *last_step(enum hass_flow_last_step last)
{
    return last == HASS_FLOW_LAST_UNKNOWN ? json_null() : json_boolean(last == HASS_FLOW_LAST);
}

int hass_flow_async_show_form(struct hass_flow *flow, const char *step_id,
                              const struct hass_flow_form *given, struct hass_error *err)
{
    struct hass_flow_form form;
    struct hass_flow_step step;

    VERIFY_LOOP(flow->hass, "hass.flow.async_show_form", err);
    OPTIONS_READ(&form, given);
    autojson *suggested = form.suggested;
    autojson *choices = form.choices;
    json_t *result = json_pack("{s:o, s:o}", "errors", or_null(form.errors),
                               "description_placeholders", or_null(form.placeholders));
    int r = check_step(flow, step_id, &step, err);
    if (r < 0) {
        json_decref(result);
        return r;
    }
    json_object_set_new(result, "type", json_string("form"));
    json_object_set_new(result, "step_id", json_string(step_id));
    json_object_set_new(result, "data_schema",
                        hass_schema_as_form(step.schema, suggested, choices));
    json_object_set_new(result, "last_step", last_step(form.last_step));
    json_object_set_new(result, "preview", form.preview ? json_string(form.preview) : json_null());
    answer(flow, FLOW_FORM, step_id, result);
    flow->next.schema = step.schema;
    flow->next.choices = steal(choices);
    return 0;
}

int hass_flow_async_show_menu(struct hass_flow *flow, const char *step_id,
                              const char *const *options, json_t *placeholders,
                              struct hass_error *err)
{
    autojson *texts = placeholders;
    struct hass_flow_step step;
    json_t *list;

    VERIFY_LOOP(flow->hass, "hass.flow.async_show_menu", err);
    for (const char *const *option = options; *option; option++) {
        int r = check_step(flow, *option, &step, err);
        if (r < 0)
            return r;
    }
    list = json_array();
    for (; *options; options++)
        json_array_append_new(list, json_string(*options));
    answer(flow, FLOW_MENU, step_id,
           json_pack("{s:s, s:s, s:o, s:o}", "type", "menu", "step_id", step_id, "menu_options",
                     list, "description_placeholders", or_null(steal(texts))));
    return 0;
}

int hass_flow_async_create_entry(struct hass_flow *flow, const char *title, json_t *data,
                                 json_t *options, struct hass_error *err)
{
    autojson *taken_data = data;
    autojson *taken_options = options;

    VERIFY_LOOP(flow->hass, "hass.flow.async_create_entry", err);
    if ((data && !json_is_object(data)) || (options && !json_is_object(options)))
        return hass_fail(err, HASS_E_INVALID, "data and options of an entry are objects");
    answer(flow, FLOW_CREATE_ENTRY, NULL,
           json_pack("{s:s, s:s, s:n, s:n}", "type", "create_entry", "title", title, "description",
                     "description_placeholders"));
    flow->next.title = mem_strdup(title);
    flow->next.data = data ? steal(taken_data) : json_object();
    flow->next.options = options ? steal(taken_options) : json_object();
    return 0;
}

int hass_flow_async_abort(struct hass_flow *flow, const char *reason, json_t *placeholders,
                          struct hass_error *err)
{
    autojson *texts = placeholders;

    VERIFY_LOOP(flow->hass, "hass.flow.async_abort", err);
    answer(flow, FLOW_ABORT, NULL,
           json_pack("{s:s, s:s, s:o}", "type", "abort", "reason", reason,
                     "description_placeholders", or_null(steal(texts))));
    return hass_fail(err, HASS_E_FLOW_ABORTED, "the flow is over: %s", reason);
}

int hass_flow_async_show_external(struct hass_flow *flow, const char *step_id, const char *url,
                                  struct hass_error *err)
{
    struct hass_flow_step step;

    VERIFY_LOOP(flow->hass, "hass.flow.async_show_external", err);
    int r = check_step(flow, step_id, &step, err);
    if (r < 0)
        return r;
    answer(flow, FLOW_EXTERNAL, step_id,
           json_pack("{s:s, s:s, s:s, s:n}", "type", "external", "step_id", step_id, "url", url,
                     "description_placeholders"));
    return 0;
}

int hass_flow_async_external_done(struct hass_flow *flow, const char *next_step_id,
                                  struct hass_error *err)
{
    struct hass_flow_step step;

    VERIFY_LOOP(flow->hass, "hass.flow.async_external_done", err);
    int r = check_step(flow, next_step_id, &step, err);
    if (r < 0)
        return r;
    answer(flow, FLOW_EXTERNAL_DONE, next_step_id,
           json_pack("{s:s, s:s}", "type", "external_done", "step_id", next_step_id));
    return 0;
}

/* progress */

/* What waits for the job of a progress. */
struct watch {
    struct hass_flow *flow;   /* counted */
    struct hass_future *done; /* counted */
};

static void free_watch(void *object)
{
    struct watch *watch = object;

    hass__assert_loop();
    hass_future_unref(watch->done);
    flow_unref(watch->flow);
    free(watch);
}

/* Model: the flow is configured when its task has ended. */
static HASS_COROUTINE int watch_job(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct watch *watch = userdata;
    struct hass_flow *flow = watch->flow;

    (void)hass_async_await(watch->done, HASS_FOREVER, NULL);
    int r = hass_mutex_async_lock(flow->mutex, err);
    if (r < 0)
        return r == -ECANCELED ? 0 : r;
    if (!flow->ended && flow->progress == watch->done && flow->now.type == FLOW_PROGRESS) {
        answer(flow, FLOW_PROGRESS_DONE, flow->after_progress,
               json_pack("{s:s, s:s}", "type", "progress_done", "step_id", flow->after_progress));
        flow_advance(flow);
        flow_tell_progress(flow);
    }
    hass_mutex_async_unlock(flow->mutex);
    return 0;
}

static void free_job(void *object)
{
    job_destroy(object);
    free(object);
}

/* In the integration's scope, as the step itself. */
static HASS_CALLBACK int start_job(struct hass_flow *flow, const struct hass_job *job,
                                   struct hass_error *err)
{
    struct hass *hass = flow->hass;
    struct hass_future *done = NULL;
    struct hass_job *kept = mem_memdup(job, sizeof(*job));
    int r = job_run(hass, flow->scope, kept, hass, kept, free_job, JOB_BACKGROUND, &done, err);

    if (r < 0)
        return r;
    hass_future_unref(flow->progress);
    flow->progress = done;
    struct watch *watch = mem_alloc(sizeof(*watch));
    *watch = (struct watch){ flow_ref(flow), hass_future_ref(done) };
    flow->watcher = hass_task_unref(flow->watcher);
    struct hass_job watching = HASS_JOB_COROUTINE(watch_job, watch, .name = "progress of a flow");
    return task_start(hass, flow->scope, &watching, hass, watch, free_watch, JOB_BACKGROUND,
                      &flow->watcher, err);
}

int hass_flow_async_show_progress(struct hass_flow *flow, const char *step_id, const char *action,
                                  struct hass_job job, const char *next_step_id,
                                  struct hass_error *err)
{
    struct hass_flow_step step;

    VERIFY_LOOP(flow->hass, "hass.flow.async_show_progress", err);
    int r = check_step(flow, next_step_id, &step, err);
    if (r == 0 && (job.subject != HASS_SUBJECT_HASS || job.kind == HASS_JOB_KIND_CALLBACK))
        r = hass_fail(err, HASS_E_INVALID, "job %s is no plain coroutine or pool job", job.symbol);
    if (r < 0) {
        job_destroy(&job);
        return r;
    }
    free(flow->after_progress);
    flow->after_progress = mem_strdup(next_step_id);
    answer(flow, FLOW_PROGRESS, step_id,
           json_pack("{s:s, s:s, s:s, s:n}", "type", "progress", "step_id", step_id,
                     "progress_action", action, "description_placeholders"));
    return start_job(flow, &job, err);
}

int hass_flow_async_progress_result(const struct hass_flow *flow, struct hass_error *err)
{
    VERIFY_LOOP(flow->hass, "hass.flow.async_progress_result", err);
    if (!flow->progress)
        return hass_fail(err, -ENOENT, "the flow has shown no progress");
    return hass_future_result(flow->progress, err);
}

int hass_flow_async_update_progress(struct hass_flow *flow, double progress, struct hass_error *err)
{
    VERIFY_LOOP(flow->hass, "hass.flow.async_update_progress", err);
    if (!(progress >= 0 && progress <= 1))
        return hass_fail(err, HASS_E_INVALID, "expected a progress from 0 to 1, got %g", progress);
    return hass_bus_async_fire(flow->hass, "data_entry_flow_progress_update",
                               json_pack("{s:o, s:s, s:f}", "handler", flow_handler(flow),
                                         "flow_id", flow->id, "progress", progress),
                               NULL, err);
}

/* questions */

struct hass *hass_flow_hass(const struct hass_flow *flow)
{
    return flow->hass;
}

const char *hass_flow_id(const struct hass_flow *flow)
{
    return flow->id;
}

void *hass_flow_async_data(struct hass_flow *flow)
{
    VERIFY_LOOP_OR(flow->hass, "hass.flow.async_data", NULL);
    return flow->data;
}

const json_t *hass_flow_async_context(const struct hass_flow *flow)
{
    VERIFY_LOOP_OR(flow->hass, "hass.flow.async_context", NULL);
    return flow->context;
}

struct hass_entry *hass_flow_async_entry(const struct hass_flow *flow)
{
    VERIFY_LOOP_OR(flow->hass, "hass.flow.async_entry", NULL);
    return flow->entry;
}

const json_t *hass_flow_async_subentry(const struct hass_flow *flow)
{
    VERIFY_LOOP_OR(flow->hass, "hass.flow.async_subentry", NULL);
    const char *id = hass_json_get_string(flow->context, "subentry_id", NULL);
    return flow->kind == HASS_FLOW_SUBENTRY && id ? hass_entry_async_subentry(flow->entry, id)
                                                  : NULL;
}
