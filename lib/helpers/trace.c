/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One trace. Steps are cheap to note: of variables the counted values are kept that are not those of the step before, and what they are as JSON
 * is worked out when somebody looks. Steps lie below their paths, of each the newest.
 */
#include "helpers/trace.h"

#include <stdio.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "base/random.h"
#include "base/strmap_hash.h"
#include "core/core.h"
#include "helpers/variables.h"

/* A variable that another value than before is seen of. */
struct change {
    struct variable_value *value;
    struct variable_value *former; /* NULL: it was not there */
};

struct child {
    char *domain;
    char *item_id;
    char *run_id;
};

/* A member of a step's result. */
struct detail {
    const char *key; /* a constant */
    json_t *value;
};

struct hass_trace_step {
    int64_t time;
    HASS_VEC(struct detail) details; /* none: there is no result */
    char *error;                     /* or NULL */
    struct child *child;             /* or NULL */
    HASS_VEC(struct change) changed;
};

struct trace_path {
    uint32_t hash; /* strmap_hash of text */
    unsigned count;
    unsigned first; /* the oldest of @steps, which is a ring once it is full */
    struct hass_trace_step *steps[TRACE_MAX_RECORDS];
    char text[];
};

/* a trace */

static void make_run_id(char id[33])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t bits = 0;

    for (unsigned i = 0; i < 32; i++, bits >>= 4) {
        if (i % 16 == 0)
            bits = random_u64();
        id[i] = digits[bits & 15];
    }
    id[32] = '\0';
}

struct hass_trace *hass_trace_async_new(struct hass *hass, const struct hass_trace_options *options)
{
    VERIFY_LOOP_OR(hass, "hass.trace.async_new", NULL);
    struct hass_trace_options own;

    OPTIONS_READ(&own, options);
    if ((!own.item_id || own.stored == 0) && !own.loose)
        return NULL;
    struct hass_trace *trace = mem_zalloc(sizeof(*trace));
    trace->refs = 1;
    trace->hass = hass;
    make_run_id(trace->run_id);
    trace->domain = mem_strdup(own.domain);
    trace->item_id = mem_strdup(own.item_id ? own.item_id : "");
    trace->loose = own.loose;
    trace->config = hass_json_ref(own.config);
    trace->blueprint_inputs = hass_json_ref(own.blueprint_inputs);
    trace->context = own.context ? hass_context_ref(own.context) : NULL;
    trace->stored = own.stored;
    trace->start = own.since ? own.since : hass_now(hass);
    if (!trace->loose)
        traces_add(trace);
    return trace;
}

struct hass_trace *hass_trace_ref(struct hass_trace *trace)
{
    if (trace)
        trace->refs++;
    return trace;
}

static void destroy_step(struct hass_trace_step *step)
{
    vec_foreach(&step->changed, change) {
        variable_value_unref(change->value);
        variable_value_unref(change->former);
    }
    vec_fini(&step->changed);
    if (step->child) {
        free(step->child->domain);
        free(step->child->item_id);
        free(step->child->run_id);
        free(step->child);
    }
    vec_foreach(&step->details, detail)
        json_decref(detail->value);
    vec_fini(&step->details);
    free(step->error);
    free(step);
}

/* What only a trace that goes on needs. */
static void forget_variables(struct hass_trace *trace)
{
    trace->scope = hass_variables_unref(trace->scope);
    vec_foreach(&trace->seen, value)
        variable_value_unref(*value);
    vec_fini(&trace->seen);
}

struct hass_trace *hass_trace_unref(struct hass_trace *trace)
{
    if (!trace || --trace->refs)
        return NULL;
    forget_variables(trace);
    vec_foreach(&trace->paths, path) {
        for (unsigned i = 0; i < (*path)->count; i++)
            destroy_step((*path)->steps[i]);
        free(*path);
    }
    vec_fini(&trace->paths);
    hass_context_unref(trace->context);
    json_decref(trace->config);
    json_decref(trace->blueprint_inputs);
    json_decref(trace->short_form);
    json_decref(trace->long_form);
    free(trace->domain);
    free(trace->item_id);
    free(trace->trigger);
    free(trace->script_execution);
    free(trace->error);
    free(trace);
    return NULL;
}

const char *hass_trace_run_id(const struct hass_trace *trace)
{
    return trace ? trace->run_id : NULL;
}

static void set_text(char **text, const char *value)
{
    free(*text);
    *text = value ? mem_strdup(value) : NULL;
}

void hass_trace_async_set_trigger(struct hass_trace *trace, const char *description)
{
    if (!trace)
        return;
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_set_trigger", );
    set_text(&trace->trigger, description);
}

/* steps */

static struct trace_path *find_path(struct hass_trace *trace, const char *text)
{
    size_t length = strlen(text);
    uint32_t hash = strmap_hash(text, length);

    vec_foreach(&trace->paths, path)
        if ((*path)->hash == hash && strcmp((*path)->text, text) == 0)
            return *path;
    struct trace_path *path = mem_alloc(sizeof(*path) + length + 1);
    *path = (struct trace_path){ .hash = hash };
    memcpy(path->text, text, length + 1);
    vec_push(&trace->paths, path);
    return path;
}

static struct hass_trace_step *add_step(struct trace_path *path, int64_t time)
{
    struct hass_trace_step *step = mem_zalloc(sizeof(*step));

    step->time = time;
    if (path->count < TRACE_MAX_RECORDS) {
        path->steps[path->count++] = step;
        return step;
    }
    destroy_step(path->steps[path->first]);
    path->steps[path->first] = step;
    path->first = (path->first + 1) % TRACE_MAX_RECORDS;
    return step;
}

/* The value of the same name among the first @count. */
static struct variable_value *find_seen(struct variable_value *const *list, size_t count,
                                        const struct variable_value *value)
{
    for (size_t i = 0; i < count; i++)
        if (list[i]->length == value->length &&
            memcmp(list[i]->name, value->name, value->length) == 0)
            return list[i];
    return NULL;
}

/* Notes what is visible now and was not, or with another value. */
static void note_changes(struct hass_trace *trace, struct hass_trace_step *step,
                         const struct hass_variables *variables)
{
    HASS_VEC(struct variable_value *) now = { 0 };
    struct variable_value *value;

    for (; variables; variables = variables_parent(variables)) {
        for (size_t pos = 0; (value = variables_next(variables, &pos));) {
            if (find_seen(now.data, now.length, value))
                continue; // an inner one hides it
            struct variable_value *former = find_seen(trace->seen.data, trace->seen.length, value);
            vec_push(&now, variable_value_ref(value));
            if (former == value)
                continue;
            vec_push(&step->changed,
                     ((struct change){ variable_value_ref(value),
                                       former ? variable_value_ref(former) : NULL }));
        }
    }
    vec_foreach(&trace->seen, seen)
        variable_value_unref(*seen);
    vec_fini(&trace->seen);
    memcpy(&trace->seen, &now, sizeof(now));
}

struct hass_trace_step *hass_trace_async_step(struct hass_trace *trace, const char *path,
                                              struct hass_variables *variables)
{
    if (!trace)
        return NULL;
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_step", NULL);
    struct hass_trace_step *step = add_step(find_path(trace, path), hass_now(trace->hass));
    uint64_t changes = variables_changes(variables);

    trace->latest = step;
    if (!variables || (trace->scope == variables && trace->changes == changes))
        return step;
    note_changes(trace, step, variables);
    hass_variables_ref(variables);
    hass_variables_unref(trace->scope);
    trace->scope = variables;
    trace->changes = changes;
    return step;
}

static struct detail *find_detail(const struct hass_trace_step *step, const char *key)
{
    vec_foreach(&step->details, detail)
        if (strcmp(detail->key, key) == 0)
            return detail;
    return NULL;
}

/* The result, a new reference; NULL: there is none. */
static json_t *details_as_json(const struct hass_trace_step *step)
{
    json_t *json = step->details.length ? json_object() : NULL;

    vec_foreach(&step->details, detail)
        json_object_set(json, detail->key, detail->value);
    return json;
}

void hass_trace_async_detail(struct hass_trace *trace, struct hass_trace_step *step,
                             const char *key, json_t *value)
{
    autojson *taken = value;

    if (!trace)
        return;
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_detail", );
    if (!step)
        step = trace->latest;
    if (!step)
        return;
    json_t *own = taken ? steal(taken) : json_null();
    struct detail *former = find_detail(step, key);
    if (!former) {
        vec_push(&step->details, ((struct detail){ key, own }));
        return;
    }
    json_decref(former->value);
    former->value = own;
}

void hass_trace_async_step_error(struct hass_trace *trace, struct hass_trace_step *step,
                                 const char *message)
{
    if (!trace)
        return;
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_step_error", );
    if (!step)
        step = trace->latest;
    if (step)
        set_text(&step->error, message);
}

void hass_trace_async_child(struct hass_trace *trace, struct hass_trace_step *step,
                            const char *domain, const char *item_id, const char *run_id)
{
    if (!trace)
        return;
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_child", );
    if (!step)
        step = trace->latest;
    if (!step)
        return;
    if (!step->child)
        step->child = mem_zalloc(sizeof(*step->child));
    set_text(&step->child->domain, domain);
    set_text(&step->child->item_id, item_id);
    set_text(&step->child->run_id, run_id);
}

static struct hass_trace_step *newest_step(const struct trace_path *path)
{
    return path->steps[(path->first + path->count - 1) % TRACE_MAX_RECORDS];
}

static bool has_refused(const struct hass_trace_step *step)
{
    const struct detail *result = find_detail(step, "result");

    return step->error || (result && json_is_false(result->value));
}

const char *hass_trace_async_find_refusal(struct hass_trace *trace, const char *prefix,
                                          json_t **ret_details)
{
    const struct trace_path *found = NULL;

    if (!trace) {
        *ret_details = NULL;
        return NULL;
    }
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_find_refusal", NULL);
    *ret_details = NULL;
    size_t begin = strlen(prefix);
    vec_foreach(&trace->paths, at) {
        const struct trace_path *path = *at;
        bool inner = !found || strlen(path->text) >= strlen(found->text);
        if (inner && strncmp(path->text, prefix, begin) == 0 && has_refused(newest_step(path)))
            found = path;
    }
    if (!found)
        return NULL;
    const struct hass_trace_step *step = newest_step(found);
    *ret_details = step->error ? json_string(step->error) : details_as_json(step);
    return found->text;
}

void hass_trace_async_finish(struct hass_trace *trace, const char *script_execution,
                             const char *error)
{
    if (!trace)
        return;
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_finish", );
    if (trace->finish)
        return;
    trace->finish = hass_now(trace->hass);
    set_text(&trace->script_execution, script_execution);
    set_text(&trace->error, error);
    forget_variables(trace);
    if (!trace->loose)
        traces_finished(trace);
}

bool trace_has_failed(const struct hass_trace *trace)
{
    const char *how = trace->script_execution;

    return trace->error || (how && (strcmp(how, "error") == 0 ||
                                    strcmp(how, "disallowed_recursion_detected") == 0));
}

/* as JSON */

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *json_or_null(const json_t *json)
{
    return json ? hass_json_ref(json) : json_null();
}

static json_t *time_as_json(int64_t time)
{
    char text[HASS_DT_TEXT];

    if (!time)
        return json_null();
    hass_dt_iso(time, NULL, text);
    return json_string(text);
}

json_t *trace_short_form(const struct hass_trace *trace)
{
    size_t count = trace->paths.length;

    if (trace->short_form)
        return hass_json_ref(trace->short_form);
    json_t *json = json_pack(
        "{s:o, s:s, s:s, s:o, s:{s:o, s:o}, s:s, s:s}", "last_step",
        text_or_null(count ? trace->paths.data[count - 1]->text : NULL), "run_id", trace->run_id,
        "state", trace->finish ? "stopped" : "running", "script_execution",
        text_or_null(trace->script_execution), "timestamp", "start", time_as_json(trace->start),
        "finish", time_as_json(trace->finish), "domain", trace->domain, "item_id", trace->item_id);
    if (trace->error)
        json_object_set_new(json, "error", json_string(trace->error));
    if (trace->trigger || strcmp(trace->domain, "automation") == 0)
        json_object_set_new(json, "trigger", text_or_null(trace->trigger));
    return json;
}

static json_t *changes_as_json(const struct hass_trace_step *step)
{
    json_t *json = json_object();

    vec_foreach(&step->changed, change) {
        const json_t *value = variable_value_json(change->value);
        if (!change->former || !hass_json_equal(variable_value_json(change->former), value))
            json_object_set_new(json, change->value->name, hass_json_ref(value));
    }
    return json;
}

static json_t *step_as_json(const struct trace_path *path, const struct hass_trace_step *step)
{
    json_t *json =
        json_pack("{s:s, s:o}", "path", path->text, "timestamp", time_as_json(step->time));
    autojson *changed = changes_as_json(step);

    if (step->child)
        json_object_set_new(json, "child_id",
                            json_pack("{s:s, s:s, s:s*}", "domain", step->child->domain, "item_id",
                                      step->child->item_id, "run_id", step->child->run_id));
    if (json_object_size(changed))
        json_object_set(json, "changed_variables", changed);
    if (step->error)
        json_object_set_new(json, "error", json_string(step->error));
    if (step->details.length)
        json_object_set_new(json, "result", details_as_json(step));
    return json;
}

static json_t *steps_as_json(const struct hass_trace *trace)
{
    json_t *json = json_object();

    vec_foreach(&trace->paths, at) {
        const struct trace_path *path = *at;
        json_t *list = json_array();
        for (unsigned i = 0; i < path->count; i++)
            json_array_append_new(
                list, step_as_json(path, path->steps[(path->first + i) % TRACE_MAX_RECORDS]));
        json_object_set_new(json, path->text, list);
    }
    return json;
}

json_t *trace_long_form(const struct hass_trace *trace)
{
    if (trace->long_form)
        return hass_json_ref(trace->long_form);
    json_t *json = trace_short_form(trace);
    json_object_set_new(json, "trace", steps_as_json(trace));
    json_object_set_new(json, "config", json_or_null(trace->config));
    json_object_set_new(json, "blueprint_inputs", json_or_null(trace->blueprint_inputs));
    json_object_set_new(json, "context",
                        trace->context ? hass_context_as_json(trace->context) : json_null());
    return json;
}

json_t *hass_trace_async_as_json(struct hass_trace *trace)
{
    if (!trace)
        return NULL;
    VERIFY_LOOP_OR(trace->hass, "hass.trace.async_as_json", NULL);
    return trace_long_form(trace);
}

/* from a former run */

static const struct hass_context *read_context(const json_t *json)
{
    const char *id = hass_json_get_string(json, "id", NULL);

    return id ? hass_context_new_id(id, hass_json_get_string(json, "user_id", NULL),
                                    hass_json_get_string(json, "parent_id", NULL))
              : NULL;
}

/* One that had not ended when it was stored has ended since. */
static json_t *end_it(const json_t *form)
{
    json_t *ended = json_copy((json_t *)form);

    if (strcmp(hass_json_get_string(ended, "state", ""), "running") == 0) {
        json_object_set_new(ended, "state", json_string("stopped"));
        json_object_set_new(ended, "script_execution", json_string("cancelled"));
    }
    return ended;
}

struct hass_trace *trace_restore(struct hass *hass, const json_t *row)
{
    const json_t *short_form = hass_json_get(row, "short_dict");
    const json_t *long_form = hass_json_get(row, "extended_dict");
    const char *domain = hass_json_get_string(long_form, "domain", NULL);
    const char *item_id = hass_json_get_string(long_form, "item_id", NULL);
    const char *run_id = hass_json_get_string(long_form, "run_id", NULL);
    const char *error = hass_json_get_string(short_form, "error", NULL);
    const char *how = hass_json_get_string(short_form, "script_execution", NULL);

    if (!json_is_object(short_form) || !domain || !item_id || !run_id || strlen(run_id) > 32)
        return NULL;
    struct hass_trace *trace = mem_zalloc(sizeof(*trace));
    trace->refs = 1;
    trace->hass = hass;
    memcpy(trace->run_id, run_id, strlen(run_id) + 1);
    trace->domain = mem_strdup(domain);
    trace->item_id = mem_strdup(item_id);
    trace->context = read_context(hass_json_get(long_form, "context"));
    trace->finish = 1;
    set_text(&trace->error, error);
    set_text(&trace->script_execution, how);
    (void)hass_dt_parse(hass_json_get_string(hass_json_get(short_form, "timestamp"), "start", ""),
                        NULL, &trace->start, NULL);
    trace->short_form = end_it(short_form);
    trace->long_form = end_it(long_form);
    return trace;
}
