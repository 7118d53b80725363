/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entity of a script: on while it runs; unavailable when what is written cannot be used, with an issue that says why.
 */
#include <stdlib.h>

#include <hass/dt.h>
#include <hass/issue_registry.h>
#include <hass/loop.h>

#include "parts.h"

/* runs */

static HASS_CALLBACK struct hass_trace *
begin_trace(struct script *script, const struct hass_context *context, int64_t since)
{
    const struct item *item = &script->item;
    bool from_blueprint = hass_json_get(item->raw, "use_blueprint") != NULL;

    return hass_trace_async_new(
        script->hass,
        HASS_TRACE_OPTIONS(.domain = DOMAIN, .item_id = item->object_id, .config = item->shown,
                           .blueprint_inputs = from_blueprint ? item->raw : NULL,
                           .context = context, .since = since,
                           .stored = script->settings.stored_traces));
}

/* What has been given, and `this`, and what the script computes beside; names that were given stay. NULL with @err. */
static HASS_CALLBACK struct hass_variables *scope_of_run(struct script *script, const json_t *given,
                                                         struct hass_error *err)
{
    const json_t *own = hass_json_get(script->item.config, "variables");
    struct hass_variables *scope = hass_variables_new(NULL);

    hass_variables_set_this(
        scope, hass_states_async_get(script->hass, hass_entity_async_entity_id(script->entity)));
    if (given)
        hass_variables_set_all(scope, json_copy((json_t *)given));
    if (own && hass_variables_async_render(scope, script->hass, own, true, false, err) < 0) {
        hass_error_prefix(err, "variables of %s", script->item.name);
        return hass_variables_unref(scope);
    }
    return scope;
}

static HASS_CALLBACK void started(struct hass_script *engine, void *userdata)
{
    struct script *script = userdata;

    script->last_triggered = hass_now(script->hass);
}

/* What a run begins with. The event tells of each attempt, also of one that the mode refuses. */
static HASS_CALLBACK int begin(struct script *script, const json_t *variables,
                               struct hass_script_start *start, struct hass_error *err)
{
    const char *entity_id = hass_entity_async_entity_id(script->entity);

    if (!script->script)
        return hass_fail(err, HASS_E_INVALID, "script %s cannot be used: %s", script->item.name,
                         script->item.failure ? script->item.failure : "it is not set up");
    (void)hass_entity_async_set_context(script->entity, start->context, NULL);
    (void)hass_bus_async_fire(
        script->hass, "script_started",
        json_pack("{s:s, s:s}", "name", script->item.name, "entity_id", entity_id), start->context,
        NULL);
    start->variables = scope_of_run(script, variables, err);
    if (!start->variables)
        return err ? err->code : HASS_E_TEMPLATE;
    start->trace = begin_trace(script, start->context, 0);
    start->async_started = started;
    start->userdata = script;
    return 0;
}

static HASS_CALLBACK void end(struct hass_script_start *start)
{
    hass_variables_unref(start->variables);
    hass_trace_unref(start->trace);
}

int script_async_run(struct script *script, const json_t *variables,
                     const struct hass_context *context, json_t **ret_response,
                     struct hass_error *err)
{
    struct hass_script_start start = { .size = sizeof(start), .context = context };
    struct hass_entity *entity =
        hass_entity_ref(script->entity); /* a reload may end it meanwhile */
    int r = begin(script, variables, &start, err);

    if (r >= 0)
        r = hass_script_async_run(script->script, &start, ret_response, err);
    end(&start);
    hass_entity_unref(entity);
    return r;
}

int script_async_start(struct script *script, const json_t *variables,
                       const struct hass_context *context, struct hass_error *err)
{
    struct hass_script_start start = { .size = sizeof(start), .context = context };
    int r = begin(script, variables, &start, err);

    if (r >= 0)
        r = hass_script_async_start(script->script, &start, err);
    end(&start);
    return r;
}

static HASS_CALLBACK struct hass_trace *resumed(struct hass_script *engine,
                                                struct hass_variables *variables,
                                                const struct hass_context *context, int64_t since,
                                                void *userdata)
{
    struct script *script = userdata;

    if (since > script->last_triggered)
        script->last_triggered = since;
    return begin_trace(script, context, since);
}

static HASS_CALLBACK void changed(struct hass_script *engine, void *userdata)
{
    const struct script *script = userdata;

    if (!script->removed)
        (void)hass_entity_async_write_ha_state(script->entity, NULL);
}

/* "sequence/0/then/1" stands at "good_night->sequence->0->then->1". */
static HASS_CALLBACK bool place(struct hass_script *engine, const char *path,
                                struct hass_buf *place, void *userdata)
{
    const struct script *script = userdata;
    autobuf way = HASS_BUF_INIT;

    hass_buf_printf(&way, "%s->", script->item.object_id);
    for (; *path; path++)
        hass_buf_printf(&way, *path == '/' ? "->" : "%c", *path);
    return hass_async_config_place(script->hass, DOMAIN, hass_buf_string(&way), place);
}

/* the engine */

static HASS_CALLBACK void build(struct script *script)
{
    struct item *item = &script->item;
    const struct hass_script_settings *settings = &script->settings;
    struct hass_error err = HASS_ERROR_INIT;

    if (!item->config)
        return;
    int r = hass_script_async_create(
        script->hass,
        HASS_SCRIPT_OPTIONS(.domain = DOMAIN, .key = item->object_id, .name = item->name,
                            .root = "sequence", .sequence = hass_json_get(item->config, "sequence"),
                            .mode = settings->mode, .max = settings->max,
                            .max_exceeded = settings->max_exceeded,
                            .drop_at_restart = settings->drop_at_restart, .async_changed = changed,
                            .async_resumed = resumed, .async_place = place, .userdata = script),
        &script->script, &err);
    if (r >= 0)
        return;
    item->status = "failed_actions";
    item->failure = strdup(err.message);
    hass_error("Script %s cannot be set up: %s", item->name, err.message);
}

/* issues */

static HASS_CALLBACK char *issue_id(const struct script *script)
{
    char *id = NULL;

    if (asprintf(&id, "%s_validation_%s", hass_entity_async_entity_id(script->entity),
                 script->item.status) < 0)
        abort();
    return id;
}

static HASS_CALLBACK void raise_issue(struct script *script)
{
    const struct item *item = &script->item;
    autofree char *id = issue_id(script), *key = NULL, *edit = NULL;

    if (asprintf(&key, "validation_%s", item->status) < 0 ||
        asprintf(&edit, "/config/script/edit/%s", item->object_id) < 0)
        abort();
    (void)hass_issue_async_create(
        script->hass, DOMAIN, id,
        &(struct hass_issue_options){
            .size = sizeof(struct hass_issue_options),
            .severity = HASS_ISSUE_ERROR,
            .translation_key = key,
            .translation_placeholders = json_pack("{s:s, s:s, s:s, s:s}", "edit", edit, "entity_id",
                                                  hass_entity_async_entity_id(script->entity),
                                                  "error", item->failure, "name", item->name),
        },
        NULL);
}

/* coming and going */

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct script *script = script_of(entity);
    const struct hass_state *last = hass_entity_async_last_state(entity);
    struct hass_value time;

    vec_push(&scripts_of(script->hass)->list, script);
    if (last && hass_state_attr(last, "last_triggered", &time) && time.type == HASS_VALUE_STRING)
        (void)hass_dt_parse(time.text.data, NULL, &script->last_triggered, NULL);
    build(script);
    if (!script->item.status)
        return service_add(script, err);
    raise_issue(script);
    return 0;
}

static HASS_COROUTINE int removed(struct hass_entity *entity, struct hass_error *err)
{
    struct script *script = script_of(entity);
    struct scripts *all = scripts_of(script->hass);

    for (size_t i = all ? all->list.length : 0; i-- > 0;)
        if (all->list.data[i] == script)
            vec_remove(&all->list, i);
    script->removed = true;
    service_remove(script);
    script->script = hass_script_async_destroy(script->script);
    if (script->item.status) {
        autofree char *id = issue_id(script);
        (void)hass_issue_async_delete(script->hass, DOMAIN, id, NULL);
    }
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    struct script *script = script_of(entity);

    hass_script_async_destroy(script->script);
    item_fini(&script->item);
    free(script->entity_id);
    free(script);
}

/* what it shows */

static HASS_CALLBACK bool available(struct hass_entity *entity)
{
    return !script_of(entity)->item.status;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    bool runs = hass_script_async_current(script_of(entity)->script) > 0;

    return hass_value_string(runs ? HASS_STATE_ON : HASS_STATE_OFF);
}

static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct script *script = script_of(entity);
    enum hass_script_mode mode = script->settings.mode;
    const char *last_action = hass_script_async_last_action(script->script);
    char text[HASS_DT_TEXT];

    if (script->last_triggered)
        hass_dt_iso(script->last_triggered, NULL, text);
    hass_attrs_set_string(writer, "last_triggered", script->last_triggered ? text : NULL);
    hass_attrs_set_string(writer, "mode", hass_script_mode_word(mode));
    hass_attrs_set(writer, "current", HASS_INT((int64_t)hass_script_async_current(script->script)));
    if (mode == HASS_SCRIPT_QUEUED || mode == HASS_SCRIPT_PARALLEL)
        hass_attrs_set(writer, "max", HASS_INT(script->settings.max));
    if (last_action)
        hass_attrs_set_string(writer, "last_action", last_action);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.async_added_to_hass = added, .async_will_remove_from_hass = removed,
                    .available = available, .state = state, .state_attributes = attributes,
                    .destroy = destroy);

struct hass_entity *script_entity_create(struct hass *hass, struct item *item)
{
    struct script *script = calloc(1, sizeof(*script));

    script->hass = hass;
    script->item = *item;
    *item = (struct item){ 0 };
    script->settings = (struct hass_script_settings)HASS_SCRIPT_SETTINGS_INIT;
    hass_script_settings_read(script->item.config, &script->settings);
    if (asprintf(&script->entity_id, DOMAIN ".%s", script->item.object_id) < 0)
        abort();
    /* What cannot be used is called as its user calls it, as in the model. */
    bool good = script->item.config != NULL;
    script->description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = script->item.name, .unique_id = script->item.object_id,
                                .entity_id = good ? script->entity_id : NULL,
                                .icon = hass_json_get_string(script->item.config, "icon", NULL),
                                .restore = true);
    script->entity = hass_entity_new(hass, &ops, &script->description, NULL, NULL, script);
    return script->entity;
}
