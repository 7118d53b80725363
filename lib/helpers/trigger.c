/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of triggers that somebody has attached: each with its kind's registrations, its data and what is pending. Detaching ends all of it
 * at once; the memory goes with the next turn of the loop, so that a kind may detach itself by firing and still look at its trigger.
 */
#include "helpers/trigger.h"

#include <stdarg.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/check_types.h"
#include "helpers/helpers.h"
#include "helpers/template_hass.h"
#include "helpers/variables.h"

char *trigger_name(const struct hass_trigger *trigger)
{
    return mem_printf("%s: trigger %zu (%s)", trigger->owner->name, trigger->index + 1,
                      hass_json_get_string(trigger->written, "trigger", ""));
}

/* attaching */

static void read_period(struct hass_trigger *trigger)
{
    const json_t *period = hass_json_get(trigger->config, "for");

    trigger->period = json_is_number(period) ? json_number_value(period) : 0;
}

static void unmap(struct hass_trigger *trigger)
{
    trigger->config = trigger->written;
    json_decref(trigger->mapped);
    trigger->mapped = NULL;
}

/* `enabled`: a template of it sees `this` and trigger_variables. */
static HASS_CALLBACK int is_enabled(const struct hass_trigger *trigger, struct hass_error *err)
{
    const json_t *enabled = hass_json_get(trigger->written, "enabled");
    autounref(hass_template) *template = NULL;
    autojson *result = NULL;

    if (!json_is_string(enabled))
        return !json_is_false(enabled);
    struct hass *hass = trigger->owner->hass;
    int r = hass_template_new(hass, json_string_value(enabled), &template, err);
    if (r >= 0)
        r = hass_template_async_render(
            template, HASS_TEMPLATE_OPTIONS(.limited = true, .scope = trigger->owner->variables),
            &result, err);
    return r < 0 ? hass_error_prefix(err, "enabled") : hass_template_result_as_boolean(result);
}

static HASS_CALLBACK int find_kind(struct hass_trigger *trigger, struct hass_error *err)
{
    const char *kind = hass_json_get_string(trigger->config, "trigger", "");

    trigger->scope = scope_unref(trigger->scope);
    if (trigger_kind_find(trigger->owner->hass, kind, &trigger->kind, &trigger->scope))
        return 0;
    return hass_fail(err, HASS_E_NOT_FOUND, "there is no trigger '%s' yet", kind);
}

/* What a kind stands for takes its place. */
static HASS_CALLBACK int map_kind(struct hass_trigger *trigger, struct hass_error *err)
{
    struct hass *hass = trigger->owner->hass;
    autojson *mapped = NULL, *checked = NULL;
    int r = trigger->kind.async_map(hass, trigger->written, &mapped, err);

    if (r >= 0)
        r = hass_triggers_check(hass, mapped, &checked, err);
    if (r < 0)
        return r;
    trigger->mapped = steal(checked);
    trigger->config = json_array_get(trigger->mapped, 0);
    read_period(trigger);
    return find_kind(trigger, err);
}

/* Lets the kind begin to listen, in its own scope. */
static HASS_CALLBACK int attach_kind(struct hass_trigger *trigger, struct hass_error *err)
{
    unmap(trigger);
    int r = find_kind(trigger, err);
    if (r >= 0 && trigger->kind.async_map)
        r = map_kind(trigger, err);
    if (r < 0)
        return r;
    struct scope *former = scope_enter(trigger->scope ? trigger->scope : trigger->owner->scope);
    r = trigger->kind.async_attach(trigger, err);
    scope_leave(former);
    return r;
}

bool trigger_attach(struct hass_trigger *trigger)
{
    struct hass_error err = HASS_ERROR_INIT;
    int r = is_enabled(trigger, &err);

    if (r == 0)
        return false;
    trigger->attached = true; // it may fire from now on
    if (r > 0)
        r = attach_kind(trigger, &err);
    if (r >= 0)
        return true;
    autofree char *name = trigger_name(trigger);
    hass_error("%s does not work: %s", name, err.message);
    trigger_detach(trigger);
    return false;
}

void trigger_detach(struct hass_trigger *trigger)
{
    while (trigger->subs.length)
        hass_sub_async_remove(vec_pop(&trigger->subs));
    vec_fini(&trigger->subs);
    (void)hass_trigger_async_disarm(trigger, NULL, NULL);
    trigger->attached = false;
}

static void free_data(struct hass_trigger *trigger)
{
    void *data = steal(trigger->data);

    if (data && trigger->destroy)
        trigger->destroy(data);
}

static void triggers_free(void *object)
{
    struct hass_triggers *triggers = object;

    for (size_t i = 0; i < triggers->count; i++) {
        free_data(&triggers->items[i]);
        json_decref(triggers->items[i].due);
        json_decref(triggers->items[i].mapped);
        scope_unref(triggers->items[i].scope);
    }
    scope_unref(triggers->scope);
    helpers_unref(triggers->helpers);
    hass_variables_unref(triggers->variables);
    json_decref(triggers->config);
    free(triggers->name);
    free(triggers->journal);
    free(triggers);
}

static HASS_CALLBACK struct hass_triggers *triggers_new(struct hass *hass,
                                                        const struct hass_triggers_options *options)
{
    size_t count = json_array_size(options->config);
    struct hass_triggers *triggers =
        mem_zalloc(sizeof(*triggers) + count * sizeof(triggers->items[0]));

    triggers->hass = hass;
    triggers->helpers = helpers_ref(helpers_of(hass));
    triggers->scope = scope_ref(scope_of_caller(hass));
    triggers->config = hass_json_ref(options->config);
    triggers->variables =
        options->variables ? hass_variables_ref(options->variables) : hass_variables_new(NULL);
    triggers->name = mem_strdup(options->name ? options->name : "triggers");
    triggers->journal = options->journal ? mem_strdup(options->journal) : NULL;
    triggers->at_start = options->at_start;
    triggers->run_missed = options->run_missed && options->journal;
    triggers->fired = options->fired;
    triggers->nearly = options->nearly;
    triggers->userdata = options->userdata;
    triggers->count = count;
    for (size_t i = 0; i < count; i++) {
        struct hass_trigger *trigger = &triggers->items[i];
        trigger->owner = triggers;
        trigger->index = i;
        snprintf(trigger->number, sizeof(trigger->number), "%zu", i);
        trigger->written = json_array_get(triggers->config, i);
        trigger->config = trigger->written;
        list_init(&trigger->pending);
        read_period(trigger);
    }
    return triggers;
}

int hass_triggers_async_attach(struct hass *hass, const struct hass_triggers_options *given,
                               struct hass_triggers **ret_triggers, struct hass_error *err)
{
    struct hass_triggers_options options;
    int attached = 0;

    VERIFY_LOOP(hass, "hass.triggers.async_attach", err);
    HASS_READ(&options, given);
    if (!json_is_array(options.config) || !options.fired)
        return hass_fail(err, HASS_E_INVALID,
                         "triggers need a checked configuration and a function to call");
    struct hass_triggers *triggers = triggers_new(hass, &options);
    list_append(&trigger_owners(hass)->list, &triggers->link);
    trigger_journal_claim(triggers);
    for (size_t i = 0; i < triggers->count; i++)
        attached += trigger_attach(&triggers->items[i]);
    trigger_journal_resume(triggers);
    *ret_triggers = triggers;
    return attached;
}

/* detaching */

static HASS_CALLBACK int nothing(struct hass *hass, void *userdata, struct hass_error *err)
{
    return 0;
}

struct hass_triggers *hass_triggers_async_detach(struct hass_triggers *triggers)
{
    if (!triggers)
        return NULL;
    VERIFY_LOOP_OR(triggers->hass, "hass.triggers.async_detach", triggers);
    if (triggers->detached)
        return NULL;
    triggers->detached = true;
    for (size_t i = 0; i < triggers->count; i++)
        trigger_detach(&triggers->items[i]);
    trigger_journal_touch(triggers);
    list_remove(&triggers->link);
    /* In the root scope: that of the owner may be closing, and refuse the job while a trigger of these still runs. */
    struct scope *former = helpers_enter_root(triggers->hass);
    (void)hass_async_add_job(triggers->hass,
                             HASS_JOB_CALLBACK(nothing, triggers, .destroy = triggers_free), NULL);
    scope_leave(former);
    return NULL;
}

/* what kinds see */

struct hass *hass_trigger_hass(const struct hass_trigger *trigger)
{
    return trigger->owner->hass;
}

const json_t *hass_trigger_config(const struct hass_trigger *trigger)
{
    return trigger->config;
}

struct hass_variables *hass_trigger_variables(const struct hass_trigger *trigger)
{
    return trigger->owner->variables;
}

bool hass_trigger_at_start(const struct hass_trigger *trigger)
{
    return trigger->owner->at_start;
}

void hass_trigger_set_data(struct hass_trigger *trigger, void *data, hass_destroy_fn *destroy)
{
    free_data(trigger);
    trigger->data = data;
    trigger->destroy = destroy;
}

void *hass_trigger_data(const struct hass_trigger *trigger)
{
    return trigger->data;
}

void hass_trigger_async_own(struct hass_trigger *trigger, struct hass_sub *sub)
{
    VERIFY_LOOP_OR(trigger->owner->hass, "hass.trigger.async_own", );
    if (sub && trigger->owner->detached)
        hass_sub_async_remove(sub);
    else if (sub)
        vec_push(&trigger->subs, sub);
}

void hass_trigger_async_disown(struct hass_trigger *trigger, struct hass_sub *sub)
{
    VERIFY_LOOP_OR(trigger->owner->hass, "hass.trigger.async_disown", );
    for (size_t i = 0; sub && i < trigger->subs.length; i++) {
        if (trigger->subs.data[i] != sub)
            continue;
        vec_remove(&trigger->subs, i);
        hass_sub_async_remove(sub);
        return;
    } // else it has ended with the trigger
}

int trigger_track_entities(struct hass_trigger *trigger, const json_t *entities,
                           struct hass_job job, struct hass_sub **ret_sub, struct hass_error *err)
{
    struct hass *hass = trigger->owner->hass;
    size_t count = json_array_size(entities);
    autofree const char **ids = mem_calloc(count + 1, sizeof(*ids));

    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(entities, i));
        ids[i] = check_entity_id(hass, text);
        if (!ids[i]) {
            job_destroy(&job);
            return hass_fail(err, HASS_E_NOT_FOUND, "no entity has the registry id '%s'", text);
        }
    }
    return hass_async_track_state_change_event(hass, ids, job, ret_sub, err);
}

/* firing */

/* A trigger's own variables see `trigger`, and nothing that is around it. */
static HASS_CALLBACK int render_own(struct hass_trigger *trigger,
                                    struct hass_template_variables *fields,
                                    struct hass_variables *run, struct hass_error *err)
{
    const json_t *own = hass_json_get(trigger->written, "variables");

    if (!own || !json_object_size(own))
        return 0;
    autounref(hass_variables) *alone = hass_variables_new(NULL);
    hass_variables_add(alone, template_variables_share(fields));
    int r = hass_variables_async_render(alone, trigger->owner->hass, own, false, false, err);
    if (r < 0) {
        autofree char *name = trigger_name(trigger);
        return hass_error_prefix(err, "%s", name);
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)own, key, value)
        hass_variables_set(run, key, hass_json_ref(hass_variables_get(alone, key)));
    return 0;
}

static HASS_CALLBACK int tell_owner(const struct hass_triggers *owner, struct hass_variables *run,
                                    const struct hass_context *context, struct hass_error *err)
{
    struct scope *former = scope_enter(owner->scope);
    int r = owner->fired(owner->hass, run, context, owner->userdata, err);

    scope_leave(former);
    return r;
}

int hass_trigger_async_fire(struct hass_trigger *trigger, const struct hass_trigger_fire *given,
                            struct hass_error *err)
{
    struct hass_triggers *owner = trigger->owner;
    struct hass_trigger_fire fire;

    VERIFY_LOOP(owner->hass, "hass.trigger.async_fire", err);
    HASS_READ(&fire, given);
    struct hass_template_variables *fields =
        fire.fields ? fire.fields : hass_template_variables_create();
    if (owner->detached || !trigger->attached) {
        hass_template_variables_destroy(fields);
        return 0;
    }
    trigger_add_common(trigger->written, trigger->number, fire.description, fields);
    autounref(hass_variables) *run = hass_variables_new(owner->variables);
    int r = render_own(trigger, fields, run, err);
    hass_variables_add(run, fields);
    return r < 0 ? r : tell_owner(owner, run, fire.context, err);
}

/* What `trigger` has is made when somebody looks at it: most runs never do. */
static HASS_CALLBACK int fire_source(struct hass_trigger *trigger,
                                     const struct hass_trigger_change *change,
                                     struct hass_error *err)
{
    struct hass_triggers *owner = trigger->owner;
    autobuf description = HASS_BUF_INIT;

    if (owner->detached || !trigger->attached)
        return 0;
    trigger->kind.async_describe(trigger, change, NULL, &description);
    autounref(hass_variables) *run = hass_variables_new(owner->variables);
    variables_set_source(run, "trigger",
                         trigger_source_new(trigger, change, hass_buf_steal(&description)));
    return tell_owner(owner, run, change->context, err);
}

int trigger_fire_change(struct hass_trigger *trigger, const struct hass_trigger_change *change,
                        struct hass_error *err)
{
    if (trigger->kind.add_fields && !json_object_size(hass_json_get(trigger->written, "variables")))
        return fire_source(trigger, change, err);
    struct hass_template_variables *fields = trigger_change_fields(trigger->config, change);
    autobuf description = HASS_BUF_INIT;
    if (trigger->kind.add_fields)
        trigger->kind.add_fields(trigger->config, fields);
    trigger->kind.async_describe(trigger, change, fields, &description);
    return hass_trigger_async_fire(trigger,
                                   HASS_TRIGGER_FIRE(.fields = fields,
                                                     .description = hass_buf_string(&description),
                                                     .context = change->context),
                                   err);
}

/* the period */

bool hass_trigger_period_is_template(const struct hass_trigger *trigger)
{
    const json_t *period = hass_json_get(trigger->config, "for");

    return period && !json_is_number(period);
}

int hass_trigger_async_period(struct hass_trigger *trigger,
                              const struct hass_template_variables *fields, double *ret_seconds,
                              struct hass_error *err)
{
    const json_t *period = hass_json_get(trigger->config, "for");

    VERIFY_LOOP(trigger->owner->hass, "hass.trigger.async_period", err);
    if (!period || json_is_number(period)) {
        *ret_seconds = trigger->period;
        return 0;
    }
    int r = check_period_async_render(
        trigger->owner->hass, period,
        HASS_TEMPLATE_OPTIONS(.variables = fields, .scope = trigger->owner->variables), ret_seconds,
        err);
    return r < 0 ? hass_error_prefix(err, "for") : 0;
}

/* nearly */

void hass_trigger_async_nearly(struct hass_trigger *trigger, const char *reason, ...)
{
    struct hass_triggers *owner = trigger->owner;
    char text[256];
    va_list args;

    VERIFY_LOOP_OR(owner->hass, "hass.trigger.async_nearly", );
    if (!owner->nearly || owner->detached)
        return;
    va_start(args, reason);
    vsnprintf(text, sizeof(text), reason, args);
    va_end(args);
    owner->nearly(owner->hass, trigger->index, text, owner->userdata);
}
