/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens when an automation is set off: variables, the trace, conditions, then its script, whose mode decides. What refuses it on
 * the way leaves nothing but a trace and an attempt: neither event nor last_triggered.
 */
#include <errno.h>

#include <hass/loop.h>

#include "past.h"

/* One run on its way to the script. */
struct setting_off {
    struct automation *automation;
    struct hass_variables *variables; /* lent */
    const struct hass_context *context;
    struct hass_trace *trace;
    const char *source; /* the trigger's description, lent by the variables; or NULL */
    bool started;
};

const struct hass_state *automation_state(struct automation *automation)
{
    const char *entity_id = hass_entity_async_entity_id(automation->entity);

    return entity_id ? hass_states_async_get(automation->hass, entity_id) : NULL;
}

void automation_set_last_triggered(struct automation *automation, int64_t time)
{
    automation->last_triggered = time;
    hass_dt_iso(time, NULL, automation->last_triggered_text);
}

/* the trace */

static HASS_CALLBACK struct hass_trace *
begin_trace(struct automation *automation, const struct hass_context *context, int64_t since)
{
    const struct item *item = &automation->item;

    if (!item->id || !automation->settings.stored_traces)
        return NULL;
    bool from_blueprint = hass_json_get(item->raw, "use_blueprint") != NULL;
    return hass_trace_async_new(
        automation->hass,
        HASS_TRACE_OPTIONS(.domain = DOMAIN, .item_id = item->id, .config = item->shown,
                           .blueprint_inputs = from_blueprint ? item->raw : NULL,
                           .context = context, .since = since,
                           .stored = (size_t)automation->settings.stored_traces));
}

static HASS_CALLBACK void note_trigger(struct setting_off *off)
{
    char path[64] = "trigger";

    if (!off->trace)
        return;
    const char *index = hass_variables_get_text(off->variables, "trigger", "idx");
    size_t length = index ? strlen(index) + 1 : 0;
    if (length && sizeof("trigger") + length <= sizeof(path)) {
        path[strlen("trigger")] = '/';
        memcpy(path + sizeof("trigger"), index, length);
    }
    hass_trace_async_set_trigger(off->trace, off->source);
    (void)hass_trace_async_step(off->trace, path, off->variables);
}

/* refusals */

static HASS_CALLBACK void refuse(struct setting_off *off, const char *reason, const char *path,
                                 json_t *details)
{
    attempts_add(off->automation, off->source, reason, path, details, off->trace);
}

/*
 * The way to the innermost step that said no, with what it found. What is written without an id has no traces: its conditions are tested
 * once more, to see which it was.
 */
static HASS_CALLBACK void note_conditions(struct setting_off *off)
{
    autounref(hass_trace) *trace = hass_trace_ref(off->trace);
    json_t *details = NULL;

    if (!trace) {
        trace = hass_trace_async_new(off->automation->hass,
                                     HASS_TRACE_OPTIONS(.domain = DOMAIN, .loose = true));
        (void)hass_conditions_async_test(off->automation->conditions, HASS_CONDITIONS_FIRST,
                                         off->variables, trace, "condition", NULL, NULL);
    }
    const char *path = hass_trace_async_find_refusal(trace, "condition/", &details);
    refuse(off, "failed_conditions", path, details);
}

/* variables and conditions */

static HASS_CALLBACK bool render_variables(struct setting_off *off)
{
    struct automation *automation = off->automation;
    struct hass_error err = HASS_ERROR_INIT;

    hass_variables_set_this(off->variables, automation_state(automation));
    if (hass_variables_async_render(off->variables, automation->hass, automation->variables, true,
                                    false, &err) >= 0)
        return true;
    hass_entity_log(HASS_LOG_ERROR, hass_entity_async_entity_id(automation->entity),
                    "Error rendering variables of %s: %s", automation->item.name, err.message);
    refuse(off, "error", "variables", json_pack("{s:s}", "error", err.message));
    hass_trace_async_finish(off->trace, "error", err.message);
    return false;
}

static HASS_CALLBACK bool test_conditions(struct setting_off *off)
{
    struct automation *automation = off->automation;
    int r = hass_conditions_async_test(automation->conditions, HASS_CONDITIONS_ALL, off->variables,
                                       off->trace, "condition", automation->item.name, NULL);

    if (r == 1)
        return true;
    note_conditions(off);
    hass_trace_async_finish(off->trace, "failed_conditions", NULL);
    return false;
}

/* Everything before the script: true when it is to run. */
static HASS_CALLBACK bool lead_up(struct setting_off *off, bool skip_condition)
{
    off->trace = begin_trace(off->automation, off->context, 0);
    if (!render_variables(off))
        return false;
    off->source = hass_variables_get_text(off->variables, "trigger", "description");
    note_trigger(off);
    return skip_condition || test_conditions(off);
}

/* What its runs are known by, shared by all that tell of them. Its entity may be renamed. */
static HASS_CALLBACK json_t *labels_of(struct automation *automation)
{
    const char *entity_id = hass_entity_async_entity_id(automation->entity);
    const char *known = hass_json_get_string(automation->labels, "entity_id", NULL);

    if (automation->labels && entity_id && known && strcmp(known, entity_id) == 0)
        return automation->labels;
    json_decref(automation->labels);
    automation->labels = json_pack("{s:s?, s:s, s:s*}", "entity_id", entity_id, "name",
                                   automation->item.name, "id", automation->item.id);
    return automation->labels;
}

/* The script has let it in, and tells its entity next, which is written then. */
static HASS_CALLBACK void started(struct hass_script *script, void *userdata)
{
    struct setting_off *off = userdata;
    struct automation *automation = off->automation;
    json_t *labels = labels_of(automation);
    json_t *data = json_object();

    off->started = true;
    past_add_run(automation->hass, labels, off->variables, off->context,
                 hass_trace_run_id(off->trace));
    json_object_set(data, "name", json_object_get(labels, "name"));
    json_object_set(data, "entity_id", json_object_get(labels, "entity_id"));
    if (off->source)
        json_object_set_new(data, "source", json_string(off->source));
    (void)hass_bus_async_fire(automation->hass, "automation_triggered", data, off->context, NULL);
    automation_set_last_triggered(automation, hass_now(automation->hass));
    (void)hass_entity_async_set_context(automation->entity, off->context, NULL);
}

static HASS_CALLBACK void note_mode(struct setting_off *off)
{
    const struct hass_script_settings *settings = &off->automation->settings;
    bool single = settings->mode == HASS_SCRIPT_SINGLE;

    refuse(off, single ? "failed_single" : "failed_max_runs", "mode",
           json_pack("{s:s, s:I, s:I}", "mode", hass_script_mode_word(settings->mode), "current",
                     (json_int_t)hass_script_async_current(off->automation->script), "max",
                     (json_int_t)(single ? 1 : settings->max)));
}

/* by a trigger */

int automation_fired(struct hass *hass, struct hass_variables *variables,
                     const struct hass_context *context, void *userdata, struct hass_error *err)
{
    struct automation *automation = userdata;
    autounref(hass_context) const *own =
        hass_context_new(hass, NULL, context ? hass_context_id(context) : NULL);
    struct setting_off off = { .automation = automation, .variables = variables, .context = own };
    int r = 0;

    if (!automation->enabled || !automation->script)
        return 0;
    if (lead_up(&off, false)) {
        r = hass_script_async_start(automation->script,
                                    HASS_SCRIPT_START(.variables = variables, .context = own,
                                                      .trace = off.trace, .async_started = started,
                                                      .userdata = &off),
                                    err);
        if (!off.started)
            note_mode(&off);
    }
    hass_trace_unref(off.trace);
    return r;
}

/* by a service */

int automation_async_trigger(struct automation *automation, const json_t *variables,
                             bool skip_condition, const struct hass_context *context,
                             struct hass_error *err)
{
    struct hass *hass = automation->hass;
    autounref(hass_variables) *scope = hass_variables_new(NULL);
    autounref(hass_context) const *own =
        hass_context_new(hass, NULL, context ? hass_context_id(context) : NULL);
    struct setting_off off = { .automation = automation, .variables = scope, .context = own };
    struct hass_error failure = HASS_ERROR_INIT;
    int r = 0;

    if (variables)
        hass_variables_set_all(scope, json_copy((json_t *)variables));
    hass_variables_set(scope, "trigger", json_pack("{s:n}", "platform"));
    if (lead_up(&off, skip_condition)) {
        r = hass_script_async_run(automation->script,
                                  HASS_SCRIPT_START(.variables = scope, .context = own,
                                                    .trace = off.trace, .async_started = started,
                                                    .userdata = &off),
                                  NULL, &failure);
        if (!off.started && r != -ECANCELED)
            note_mode(&off);
    }
    hass_trace_unref(off.trace);
    if (r == -ECANCELED)
        return hass_error_copy(err, &failure);
    if (r < 0) /* told by the log and the trace, to nobody else */
        hass_entity_log(HASS_LOG_ERROR, hass_entity_async_entity_id(automation->entity),
                        "Error while executing %s: %s", automation->item.name, failure.message);
    return 0;
}

/* after a restart */

struct hass_trace *automation_resumed(struct hass_script *script, struct hass_variables *variables,
                                      const struct hass_context *context, int64_t since,
                                      void *userdata)
{
    struct setting_off off = { .automation = userdata, .variables = variables };

    off.trace = begin_trace(off.automation, context, since);
    off.source = hass_variables_get_text(variables, "trigger", "description");
    note_trigger(&off);
    past_add_run(off.automation->hass, labels_of(off.automation), variables, context,
                 hass_trace_run_id(off.trace));
    /* A hassd that was killed has not kept what its entity showed last. */
    if (since > off.automation->last_triggered)
        automation_set_last_triggered(off.automation, since);
    return off.trace;
}
