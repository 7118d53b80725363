/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a thing is as it is: from its state back along the contexts, each link of the chain a service call, the run that made it, what set that
 * off, and so on to the root: a person, the time, or a device by itself.
 *
 *     {"entity_id", "name", "state", "last_changed", "chain": [link, …]}
 *
 * A link has "kind" and "time", and beside them
 *     state   entity_id, from (or null), to
 *     call    service, data, place (or null), path (or null)
 *     run     domain, entity_id, name, trigger (or null), run_id (or null), place (or null)
 *     event   event_type, data
 *     root    text
 */
#include <stdlib.h>

#include <hass/buf.h>
#include <hass/dt.h>
#include <hass/loop.h>

#include "past.h"

#define MAX_LINKS 64

struct inquiry {
    struct hass *hass;
    json_t *chain;
    json_t *seen;  /* {context id + kind: true}: no link twice */
    bool too_long; /* there is more than is told */
};

/* Who is asked about: what happened to @entity_id (or NULL) in a context, no later than @time. */
struct question {
    const char *entity_id;
    const char *context_id, *parent_id, *user_id; /* or NULL */
    int64_t time;
};

/* links */

static json_t *add_link(struct inquiry *inquiry, const char *kind, int64_t time)
{
    json_t *link = json_pack("{s:s}", "kind", kind);
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    json_object_set_new(link, "time", json_string(text));
    json_array_append_new(inquiry->chain, link);
    return link;
}

/* @text is taken. */
static void add_root(struct inquiry *inquiry, int64_t time, json_t *text)
{
    json_object_set_new(add_link(inquiry, "root", time), "text", text);
}

static void set_text(json_t *link, const char *key, const char *text)
{
    json_object_set_new(link, key, text ? json_string(text) : json_null());
}

/* False when it has been told before: then the chain would run in a circle; or when enough has been told. */
static bool is_new(struct inquiry *inquiry, const char *kind, const char *id, int64_t time)
{
    char key[120];

    snprintf(key, sizeof(key), "%s %.60s %lld", kind, id, (long long)time);
    if (json_object_get(inquiry->seen, key))
        return false;
    if (json_array_size(inquiry->chain) >= MAX_LINKS) {
        inquiry->too_long = true;
        return false;
    }
    json_object_set_new(inquiry->seen, key, json_true());
    return true;
}

/* The place of a step of an automation, or of it as a whole; null when it has gone. */
static HASS_CALLBACK json_t *place_in(struct hass *hass, const char *entity_id, const char *step)
{
    const struct automation *automation = automation_find(hass, entity_id);

    return automation ? place_in_automation(automation, step) : json_null();
}

/* traces */

/* A step of a trace that called the service, the latest no later than @time. */
static const char *find_step(const json_t *trace, const json_t *call, int64_t time)
{
    const char *domain = hass_json_get_string(call, "domain", "");
    const char *service = hass_json_get_string(call, "service", "");
    const char *path, *found = NULL;
    int64_t latest = INT64_MIN;
    json_t *steps, *step;
    size_t i;

    json_object_foreach((json_t *)hass_json_get(trace, "trace"), path, steps) {
        json_array_foreach(steps, i, step) {
            const json_t *params = hass_json_get(hass_json_get(step, "result"), "params");
            int64_t at;
            if (strcmp(hass_json_get_string(params, "domain", ""), domain) == 0 &&
                strcmp(hass_json_get_string(params, "service", ""), service) == 0 &&
                hass_dt_parse(hass_json_get_string(step, "timestamp", ""), NULL, &at, NULL) == 0 &&
                at <= time && at >= latest) {
                found = path;
                latest = at;
            }
        }
    }
    return found;
}

/* A run, and the step of it that made a call. */
struct author {
    json_t *trace; /* the long form, owned */
    const char *path;
};

static void author_fini(struct author *author)
{
    json_decref(author->trace);
}

static HASS_CALLBACK bool search_trace(struct hass *hass, json_t *trace, const json_t *call,
                                       int64_t time, unsigned depth, struct author *author);

/* What the steps of a trace have run. */
static HASS_CALLBACK bool search_children(struct hass *hass, const json_t *trace,
                                          const json_t *call, int64_t time, unsigned depth,
                                          struct author *author)
{
    const char *path;
    json_t *steps, *step;
    size_t i;

    json_object_foreach((json_t *)hass_json_get(trace, "trace"), path, steps) {
        json_array_foreach(steps, i, step) {
            const json_t *child = hass_json_get(step, "child_id");
            if (child &&
                search_trace(hass,
                             hass_traces_async_get(hass, hass_json_get_string(child, "domain", ""),
                                                   hass_json_get_string(child, "item_id", ""),
                                                   hass_json_get_string(child, "run_id", "")),
                             call, time, depth + 1, author))
                return true;
        }
    }
    return false;
}

/* @trace is taken. The innermost run that made the call. */
static HASS_CALLBACK bool search_trace(struct hass *hass, json_t *trace, const json_t *call,
                                       int64_t time, unsigned depth, struct author *author)
{
    autojson *own = trace;

    if (!own || depth > 8)
        return false;
    const char *path = find_step(own, call, time);
    if (path) {
        *author = (struct author){ .trace = steal(own), .path = path };
        return true;
    }
    return search_children(hass, own, call, time, depth, author);
}

static HASS_CALLBACK bool find_author(struct hass *hass, const struct hass_event *event,
                                      struct author *author)
{
    const char *context_id = hass_context_id(hass_event_context(event));
    const json_t *call = hass_event_data(event);
    int64_t time = hass_event_time_fired(event);
    const struct past_run *run = past_find_run(hass, context_id, time);
    autojson *contexts = hass_traces_async_contexts(hass, NULL, NULL);
    const json_t *known = hass_json_get(contexts, context_id);

    if (run && run->run_id[0] &&
        search_trace(hass, hass_traces_async_get(hass, DOMAIN, past_label(run, "id"), run->run_id),
                     call, time, 0, author))
        return true;
    return known &&
           search_trace(hass,
                        hass_traces_async_get(hass, hass_json_get_string(known, "domain", ""),
                                              hass_json_get_string(known, "item_id", ""),
                                              hass_json_get_string(known, "run_id", "")),
                        call, time, 0, author);
}

/* calls */

static bool names(const json_t *value, const char *entity_id)
{
    if (json_is_string(value))
        return strcmp(json_string_value(value), entity_id) == 0 ||
               strcmp(json_string_value(value), "all") == 0;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (names(json_array_get(value, i), entity_id))
            return true;
    return false;
}

/* Calls that name the entity, then those that reach it by area, device or label, then those of its domain or of scenes. */
static int judge(const struct hass_event *event, const void *userdata)
{
    const char *entity_id = userdata;
    const json_t *call = hass_event_data(event), *data = hass_json_get(call, "service_data");
    const char *domain = hass_json_get_string(call, "domain", "");
    size_t length = strlen(domain);
    bool own = entity_id && strncmp(entity_id, domain, length) == 0 && entity_id[length] == '.';
    bool script = strcmp(domain, "script") == 0;

    if (!entity_id)
        return 1;
    if (names(hass_json_get(data, "entity_id"), entity_id))
        return 4;
    if (own && !script)
        return hass_json_get(data, "entity_id") ? 0 : 3;
    if (script || strcmp(domain, DOMAIN) == 0)
        return 1;
    return 2;
}

/* The call by which a script was started. */
static int judge_script(const struct hass_event *event, const void *userdata)
{
    const char *object_id = userdata;
    const json_t *call = hass_event_data(event);
    const char *service = hass_json_get_string(call, "service", "");

    if (strcmp(hass_json_get_string(call, "domain", ""), "script") != 0)
        return 0;
    if (strcmp(service, object_id) == 0)
        return 2;
    return strcmp(service, "turn_on") == 0 || strcmp(service, "toggle") == 0;
}

static HASS_CALLBACK void explain(struct inquiry *inquiry, const struct question *question);
static HASS_CALLBACK void explain_call(struct inquiry *inquiry, const struct hass_event *event);

/* runs */

static const char *text_of(const json_t *object, const char *key)
{
    return hass_json_get_string(object, key, NULL);
}

static int64_t time_of(const json_t *object, const char *key, int64_t otherwise)
{
    int64_t time;

    return hass_dt_parse(hass_json_get_string(object, key, ""), NULL, &time, NULL) == 0 ? time
                                                                                        : otherwise;
}

static HASS_CALLBACK void explain_context(struct inquiry *inquiry, const char *entity_id,
                                          const json_t *context, int64_t time)
{
    explain(inquiry, &(struct question){ .entity_id = entity_id,
                                         .context_id = text_of(context, "id"),
                                         .parent_id = text_of(context, "parent_id"),
                                         .user_id = text_of(context, "user_id"),
                                         .time = time });
}

/* A change of a state that set something off. */
static HASS_CALLBACK void explain_change(struct inquiry *inquiry, const json_t *trigger,
                                         int64_t time)
{
    const json_t *to = hass_json_get(trigger, "to_state");
    const json_t *from = hass_json_get(trigger, "from_state");
    const char *entity_id = text_of(trigger, "entity_id");
    int64_t at = time_of(to, "last_updated", time);
    json_t *link = add_link(inquiry, "state", at);

    set_text(link, "entity_id", entity_id);
    set_text(link, "from", text_of(from, "state"));
    set_text(link, "to", text_of(to, "state"));
    explain_context(inquiry, entity_id, hass_json_get(to, "context"), at);
}

static HASS_CALLBACK void explain_event(struct inquiry *inquiry, const json_t *event, int64_t time)
{
    int64_t at = time_of(event, "time_fired", time);
    json_t *link = add_link(inquiry, "event", at);

    set_text(link, "event_type", text_of(event, "event_type"));
    json_object_set(link, "data", (json_t *)hass_json_get(event, "data"));
    explain_context(inquiry, NULL, hass_json_get(event, "context"), at);
}

/* What set off a run of an automation. */
static HASS_CALLBACK void explain_trigger(struct inquiry *inquiry, const struct past_run *run)
{
    const json_t *trigger = hass_variables_get(run->variables, "trigger");
    const char *platform = text_of(trigger, "platform");
    const char *parent_id = hass_context_parent_id(run->context);

    if (json_is_object(hass_json_get(trigger, "to_state")))
        explain_change(inquiry, trigger, run->time);
    else if (json_is_object(hass_json_get(trigger, "event")))
        explain_event(inquiry, hass_json_get(trigger, "event"), run->time);
    else if (parent_id)
        explain(inquiry, &(struct question){ .context_id = parent_id, .time = run->time });
    else if (platform)
        add_root(inquiry, run->time, json_sprintf("the trigger '%s' came by itself", platform));
    else
        add_root(inquiry, run->time, json_string("it was run by hand"));
}

static HASS_CALLBACK void add_run(struct inquiry *inquiry, const struct past_run *run)
{
    const json_t *trigger = hass_variables_get(run->variables, "trigger");
    json_t *link = add_link(inquiry, "run", run->time);

    set_text(link, "domain", DOMAIN);
    set_text(link, "entity_id", past_label(run, "entity_id"));
    set_text(link, "name", past_label(run, "name"));
    set_text(link, "run_id", run->run_id[0] ? run->run_id : NULL);
    set_text(link, "trigger", text_of(trigger, "description"));
    json_object_set_new(link, "place", place_in(inquiry->hass, past_label(run, "entity_id"), NULL));
}

static HASS_CALLBACK void explain_run(struct inquiry *inquiry, const struct past_run *run)
{
    if (!is_new(inquiry, "run", hass_context_id(run->context), run->time))
        return;
    add_run(inquiry, run);
    explain_trigger(inquiry, run);
}

/* A run of a script: it acts in the context of whoever called it. */
static HASS_CALLBACK void explain_script(struct inquiry *inquiry, const struct author *author,
                                         const struct hass_event *event)
{
    const char *object_id = hass_json_get_string(author->trace, "item_id", "");
    const char *context_id = hass_context_id(hass_event_context(event));
    const json_t *config = hass_json_get(author->trace, "config");
    const json_t *timestamp = hass_json_get(author->trace, "timestamp");
    int64_t began = time_of(timestamp, "start", hass_event_time_fired(event));
    json_t *link = add_link(inquiry, "run", began);

    set_text(link, "domain", "script");
    json_object_set_new(link, "entity_id", json_sprintf("script.%s", object_id));
    set_text(link, "name", hass_json_get_string(config, "alias", object_id));
    set_text(link, "run_id", text_of(author->trace, "run_id"));
    set_text(link, "trigger", NULL);
    json_object_set_new(link, "place", place_of_step(inquiry->hass, "script", object_id, NULL));
    const struct hass_event *call =
        past_find_call(inquiry->hass, context_id, began, judge_script, object_id);
    if (call)
        explain_call(inquiry, call);
    else
        add_root(inquiry, began, json_string("the call that began it is not remembered any more"));
}

/* who called */

static HASS_CALLBACK void explain_caller(struct inquiry *inquiry, const struct hass_event *event,
                                         const struct author *author)
{
    const struct hass_context *context = hass_event_context(event);
    int64_t time = hass_event_time_fired(event);
    const struct past_run *run = past_find_run(inquiry->hass, hass_context_id(context), time);
    const char *user_id = hass_context_user_id(context);
    const char *parent_id = hass_context_parent_id(context);

    if (author->trace && strcmp(hass_json_get_string(author->trace, "domain", ""), "script") == 0)
        explain_script(inquiry, author, event);
    else if (run)
        explain_run(inquiry, run);
    else if (user_id)
        add_root(inquiry, time, json_sprintf("the user %s asked for it", user_id));
    else if (parent_id)
        explain(inquiry, &(struct question){ .context_id = parent_id, .time = time });
    else
        add_root(inquiry, time, json_string("a client asked for it, or an integration did"));
}

/* Where the step stands that made the call. */
static HASS_CALLBACK json_t *place_of_author(struct hass *hass, const struct hass_event *event,
                                             const struct author *author)
{
    const char *domain = hass_json_get_string(author->trace, "domain", "");
    const struct past_run *run = past_find_run(hass, hass_context_id(hass_event_context(event)),
                                               hass_event_time_fired(event));

    if (strcmp(domain, DOMAIN) == 0)
        return place_in(hass, past_label(run, "entity_id"), author->path);
    return place_of_step(hass, domain, hass_json_get_string(author->trace, "item_id", ""),
                         author->path);
}

static HASS_CALLBACK void explain_call(struct inquiry *inquiry, const struct hass_event *event)
{
    const json_t *call = hass_event_data(event);
    struct author author = { 0 };
    int64_t time = hass_event_time_fired(event);

    if (!is_new(inquiry, hass_json_get_string(call, "service", ""),
                hass_context_id(hass_event_context(event)), time))
        return;
    bool known = find_author(inquiry->hass, event, &author);
    json_t *link = add_link(inquiry, "call", time);
    json_object_set_new(link, "service",
                        json_sprintf("%s.%s", hass_json_get_string(call, "domain", ""),
                                     hass_json_get_string(call, "service", "")));
    json_object_set(link, "data", (json_t *)hass_json_get(call, "service_data"));
    set_text(link, "path", author.path);
    json_object_set_new(link, "place",
                        known ? place_of_author(inquiry->hass, event, &author) : json_null());
    explain_caller(inquiry, event, &author);
    author_fini(&author);
}

/* whatever happened in a context */

/* Another thing that changed in the same context: what a computed one follows. */
static HASS_CALLBACK const struct hass_state *find_other(struct hass *hass,
                                                         const struct question *question)
{
    struct hass_state_list all = { 0 };
    const struct hass_state *found = NULL;

    if (hass_states_async_all(hass, NULL, &all, NULL) < 0)
        return NULL;
    for (size_t i = 0; i < all.count && !found; i++)
        if (strcmp(hass_context_id(hass_state_context(all.items[i])), question->context_id) == 0 &&
            (!question->entity_id ||
             strcmp(hass_state_entity_id(all.items[i]), question->entity_id) != 0) &&
            hass_state_last_updated(all.items[i]) <= question->time)
            found = hass_states_async_get(hass, hass_state_entity_id(all.items[i]));
    hass_state_list_fini(&all);
    return found;
}

static HASS_CALLBACK void explain_root(struct inquiry *inquiry, const struct question *question)
{
    const struct hass_entity *entity =
        question->entity_id ? hass_async_get_entity(inquiry->hass, question->entity_id) : NULL;

    if (question->user_id)
        add_root(inquiry, question->time, json_sprintf("the user %s did it", question->user_id));
    else if (entity)
        add_root(inquiry, question->time,
                 json_sprintf("%s reported it by itself", question->entity_id));
    else if (question->entity_id)
        add_root(inquiry, question->time,
                 json_sprintf("somebody set the state of %s", question->entity_id));
    else
        add_root(inquiry, question->time, json_string("what began it is not remembered any more"));
}

static HASS_CALLBACK void explain(struct inquiry *inquiry, const struct question *question)
{
    struct hass *hass = inquiry->hass;
    const char *id = question->context_id;
    const struct hass_event *call =
        id ? past_find_call(hass, id, question->time, judge, question->entity_id) : NULL;
    const struct past_run *run = id ? past_find_run(hass, id, question->time) : NULL;

    if (call)
        explain_call(inquiry, call);
    else if (run)
        explain_run(inquiry, run);
    else if (question->parent_id && is_new(inquiry, "parent", question->parent_id, question->time))
        explain(inquiry, &(struct question){ .entity_id = question->entity_id,
                                             .context_id = question->parent_id,
                                             .user_id = question->user_id,
                                             .time = question->time });
    else
        explain_root(inquiry, question);
}

/* What another thing's change was computed from comes first. */
static HASS_CALLBACK void explain_state(struct inquiry *inquiry, const struct hass_state *state)
{
    const struct hass_context *context = hass_state_context(state);
    struct question question = {
        .entity_id = hass_state_entity_id(state),
        .context_id = hass_context_id(context),
        .parent_id = hass_context_parent_id(context),
        .user_id = hass_context_user_id(context),
        .time = hass_state_last_updated(state),
    };
    bool caused = past_find_call(inquiry->hass, question.context_id, question.time, judge,
                                 question.entity_id) ||
                  past_find_run(inquiry->hass, question.context_id, question.time);
    const struct hass_state *other = caused ? NULL : find_other(inquiry->hass, &question);

    if (other && is_new(inquiry, "state", hass_state_entity_id(other), question.time)) {
        json_t *link = add_link(inquiry, "state", hass_state_last_updated(other));
        set_text(link, "entity_id", hass_state_entity_id(other));
        set_text(link, "from", NULL);
        set_text(link, "to", hass_state_state(other));
        question.entity_id = hass_state_entity_id(other);
    }
    explain(inquiry, &question);
}

/* The last link of a chain that is too long says so. */
static void cut_off(struct inquiry *inquiry, int64_t time)
{
    if (!inquiry->too_long && json_array_size(inquiry->chain) <= MAX_LINKS)
        return;
    while (json_array_size(inquiry->chain) >= MAX_LINKS)
        json_array_remove(inquiry->chain, json_array_size(inquiry->chain) - 1);
    add_root(inquiry, time, json_string("what led to this is not told: the chain is long"));
}

json_t *why_explain(struct hass *hass, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    autobuf name = HASS_BUF_INIT;
    char changed[HASS_DT_TEXT];

    if (!state)
        return NULL;
    autojson *chain = json_array(), *seen = json_object();
    struct inquiry inquiry = { .hass = hass, .chain = chain, .seen = seen };
    explain_state(&inquiry, state);
    cut_off(&inquiry, hass_state_last_updated(state));
    hass_state_name(state, &name);
    hass_dt_iso(hass_state_last_changed(state), NULL, changed);
    return json_pack("{s:s, s:s, s:s, s:s, s:O}", "entity_id", entity_id, "name",
                     hass_buf_string(&name), "state", hass_state_state(state), "last_changed",
                     changed, "chain", chain);
}
