/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entity of an automation: on while its triggers are attached, or will be when the home has started; unavailable when what is
 * written cannot be used, with an issue that says why.
 */
#include <stdlib.h>

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/issue_registry.h>

#include "parts.h"

/* triggers */

/* `this` and trigger_variables. NULL with @err when one of them cannot be computed. */
static HASS_CALLBACK struct hass_variables *attach_scope(struct automation *automation,
                                                         struct hass_error *err)
{
    const json_t *templates = automation->trigger_variables;
    struct hass_variables *scope = hass_variables_new(NULL);

    hass_variables_set_this(scope, automation_state(automation));
    if (templates &&
        hass_variables_async_render(scope, automation->hass, templates, false, true, err) < 0)
        return hass_variables_unref(scope);
    hass_variables_freeze(scope);
    return scope;
}

int automation_attach(struct automation *automation, bool at_start, struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;
    autofree char *journal = NULL;

    if (automation->triggers || !automation->script)
        return 0;
    autounref(hass_variables) *scope = attach_scope(automation, &failure);
    if (!scope) {
        hass_entity_log(HASS_LOG_ERROR, hass_entity_async_entity_id(automation->entity),
                        "Error rendering trigger variables of %s: %s", automation->item.name,
                        failure.message);
        return 0;
    }
    if (asprintf(&journal, DOMAIN "/%s", automation->key) < 0)
        abort();
    int r = hass_triggers_async_attach(
        automation->hass,
        HASS_TRIGGERS_OPTIONS(.config = automation->trigger_config, .variables = scope,
                              .name = hass_entity_async_entity_id(automation->entity),
                              .journal = journal, .at_start = at_start,
                              .run_missed = automation->run_missed, .fired = automation_fired,
                              .nearly = attempts_nearly, .userdata = automation),
        &automation->triggers, err);
    return r < 0 ? r : 0;
}

int automation_enable(struct automation *automation, struct hass_error *err)
{
    const struct automations *all = automations_of(automation->hass);

    if (automation->enabled)
        return 0;
    automation->enabled = true;
    /* Until the home has started they wait for all to be attached together. */
    return all->attached_at_start ? automation_attach(automation, false, err) : 0;
}

int automation_disable(struct automation *automation, bool stop_actions, struct hass_error *err)
{
    automation->enabled = false;
    automation->triggers = hass_triggers_async_detach(automation->triggers);
    if (stop_actions && automation->script)
        hass_script_async_stop(automation->script);
    return 0;
}

/* the script */

static HASS_CALLBACK void script_changed(struct hass_script *script, void *userdata)
{
    const struct automation *automation = userdata;

    if (!automation->removed)
        (void)hass_entity_async_write_ha_state(automation->entity, NULL);
}

/* An action that nobody offers is something to mend. */
static HASS_CALLBACK void miss_service(struct automation *automation,
                                       const struct hass_error *error)
{
    const char *entity_id = hass_entity_async_entity_id(automation->entity);
    const struct item *item = &automation->item;
    autofree char *id = NULL, *edit = NULL;

    if (asprintf(&id, "%s_service_not_found", entity_id) < 0 ||
        asprintf(&edit, "/config/automation/edit/%s", item->id ? item->id : "") < 0)
        abort();
    (void)hass_issue_async_create(automation->hass, DOMAIN, id,
                                  &(struct hass_issue_options){
                                      .size = sizeof(struct hass_issue_options),
                                      .severity = HASS_ISSUE_ERROR,
                                      .translation_key = "service_not_found",
                                      .is_fixable = true,
                                      .translation_placeholders = json_pack(
                                          "{s:s, s:s, s:s, s:s}", "edit", edit, "entity_id",
                                          entity_id, "error", error->message, "name", item->name),
                                  },
                                  NULL);
}

static HASS_CALLBACK void script_failed(struct hass_script *script,
                                        const struct hass_script_failure *failure, void *userdata)
{
    struct automation *automation = userdata;

    attempts_add(automation, hass_variables_get_text(failure->variables, "trigger", "description"),
                 "error", failure->path, json_pack("{s:s}", "error", failure->error->message),
                 failure->trace);
    if (failure->error->code == HASS_E_SERVICE_NOT_FOUND)
        miss_service(automation, failure->error);
}

static HASS_CALLBACK bool script_place(struct hass_script *script, const char *path,
                                       struct hass_buf *place, void *userdata)
{
    autojson *found = place_in_automation(userdata, path);

    hass_buf_add_string(place, json_is_string(found) ? json_string_value(found) : "");
    return json_is_string(found);
}

static HASS_CALLBACK int make_script(struct automation *automation, struct hass_error *err)
{
    const struct hass_script_settings *settings = &automation->settings;

    return hass_script_async_create(
        automation->hass,
        HASS_SCRIPT_OPTIONS(.domain = DOMAIN, .key = automation->key, .name = automation->item.name,
                            .root = "action",
                            .sequence = hass_json_get(automation->item.config, "actions"),
                            .mode = settings->mode, .max = settings->max,
                            .max_exceeded = settings->max_exceeded,
                            .drop_at_restart = settings->drop_at_restart,
                            .async_changed = script_changed, .async_resumed = automation_resumed,
                            .async_failed = script_failed, .async_place = script_place,
                            .userdata = automation),
        &automation->script, err);
}

/* What can be found out on the loop alone: conditions and steps that cannot be built. */
static HASS_CALLBACK void build(struct automation *automation)
{
    struct item *item = &automation->item;
    struct hass_error err = HASS_ERROR_INIT;

    if (!item->config)
        return;
    item->status = "failed_conditions";
    int r = hass_conditions_async_create(
        automation->hass, hass_json_get(item->config, "conditions"), &automation->conditions, &err);
    if (r >= 0) {
        item->status = "failed_actions";
        r = make_script(automation, &err);
    }
    if (r >= 0) {
        item->status = NULL;
        return;
    }
    item->failure = strdup(err.message);
    hass_error("Automation %s cannot be set up: %s", item->name, err.message);
}

/* issues */

static HASS_CALLBACK char *issue_id(const struct automation *automation)
{
    char *id = NULL;

    if (asprintf(&id, "%s_validation_%s", hass_entity_async_entity_id(automation->entity),
                 automation->item.status) < 0)
        abort();
    return id;
}

static HASS_CALLBACK void raise_issue(struct automation *automation)
{
    const struct item *item = &automation->item;
    autofree char *id = issue_id(automation), *key = NULL, *edit = NULL;

    if (asprintf(&key, "validation_%s", item->status) < 0 ||
        asprintf(&edit, "/config/automation/edit/%s", item->id ? item->id : "") < 0)
        abort();
    (void)hass_issue_async_create(
        automation->hass, DOMAIN, id,
        &(struct hass_issue_options){
            .size = sizeof(struct hass_issue_options),
            .severity = HASS_ISSUE_ERROR,
            .translation_key = key,
            .translation_placeholders = json_pack("{s:s, s:s, s:s, s:s}", "edit", edit, "entity_id",
                                                  hass_entity_async_entity_id(automation->entity),
                                                  "error", item->failure, "name", item->name),
        },
        NULL);
}

/* coming and going */

static HASS_CALLBACK void restore(struct automation *automation, bool *ret_enabled)
{
    const struct hass_state *last = hass_entity_async_last_state(automation->entity);
    const json_t *extra = hass_entity_async_last_extra_data(automation->entity);
    const char *ran = hass_json_get_string(extra, "last_triggered", NULL);
    struct hass_value text;
    int64_t time;

    if (ran && hass_dt_parse(ran, NULL, &time, NULL) == 0)
        automation_set_last_triggered(automation, time);
    *ret_enabled = hass_json_get_bool(extra, "enabled", true);
    if (!last)
        return;
    if (strcmp(hass_state_state(last), HASS_STATE_ON) == 0)
        *ret_enabled = true;
    else if (strcmp(hass_state_state(last), HASS_STATE_OFF) == 0)
        *ret_enabled = false;
    if (hass_state_attr(last, "last_triggered", &text) && text.type == HASS_VALUE_STRING &&
        hass_dt_parse(text.text.data, NULL, &time, NULL) == 0)
        automation_set_last_triggered(automation, time);
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct automation *automation = automation_of(entity);
    const struct item *item = &automation->item;
    struct automations *all = automations_of(automation->hass);
    bool enabled;

    automation->key = strdup(item->id ? item->id : hass_entity_async_entity_id(entity));
    vec_push(&all->list, automation);
    restore(automation, &enabled);
    build(automation);
    if (item->status) {
        automation->enabled = enabled; /* for when it has been mended */
        raise_issue(automation);
        return 0;
    }
    enabled = hass_json_get_bool(item->config, "initial_state", enabled);
    /* What runs has its parts of it. */
    json_decref(automation->item.config);
    automation->item.config = NULL;
    if (enabled)
        (void)automation_enable(automation, err);
    return 0;
}

static HASS_COROUTINE int removed(struct hass_entity *entity, struct hass_error *err)
{
    struct automation *automation = automation_of(entity);
    struct automations *all = automations_of(automation->hass);

    for (size_t i = all ? all->list.length : 0; i-- > 0;)
        if (all->list.data[i] == automation)
            vec_remove(&all->list, i);
    automation->removed = true;
    automation->triggers = hass_triggers_async_detach(automation->triggers);
    automation->script = hass_script_async_destroy(automation->script);
    if (automation->item.status) {
        autofree char *id = issue_id(automation);
        (void)hass_issue_async_delete(automation->hass, DOMAIN, id, NULL);
    }
    return 0;
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    struct automation *automation = automation_of(entity);

    hass_triggers_async_detach(automation->triggers);
    hass_script_async_destroy(automation->script);
    hass_conditions_destroy(automation->conditions);
    attempts_fini(automation);
    json_decref(automation->variables);
    json_decref(automation->trigger_variables);
    json_decref(automation->trigger_config);
    json_decref(automation->labels);
    item_fini(&automation->item);
    free(automation->key);
    free(automation);
}

/* what it shows */

static HASS_CALLBACK bool available(struct hass_entity *entity)
{
    return !automation_of(entity)->item.status;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    return hass_value_string(automation_of(entity)->enabled ? HASS_STATE_ON : HASS_STATE_OFF);
}

static HASS_CALLBACK void capability_attributes(struct hass_entity *entity,
                                                struct hass_attrs_writer *writer)
{
    const struct automation *automation = automation_of(entity);

    if (automation->item.id)
        hass_attrs_set_string(writer, "id", automation->item.id);
}

/* Written twice in each run: all of it is at hand. */
static HASS_CALLBACK void attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct automation *automation = automation_of(entity);
    enum hass_script_mode mode = automation->settings.mode;

    hass_attrs_set_string(writer, "last_triggered",
                          automation->last_triggered ? automation->last_triggered_text : NULL);
    hass_attrs_set_string(writer, "mode", hass_script_mode_word(mode));
    hass_attrs_set(writer, "current",
                   HASS_INT((int64_t)hass_script_async_current(automation->script)));
    if (mode == HASS_SCRIPT_QUEUED || mode == HASS_SCRIPT_PARALLEL)
        hass_attrs_set(writer, "max", HASS_INT(automation->settings.max));
}

/* One that is wrong shows nothing of itself, but will when it has been mended. */
static HASS_CALLBACK json_t *extra_data(struct hass_entity *entity)
{
    const struct automation *automation = automation_of(entity);

    return json_pack("{s:b, s:s?}", "enabled", automation->enabled, "last_triggered",
                     automation->last_triggered ? automation->last_triggered_text : NULL);
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.async_added_to_hass = added, .async_will_remove_from_hass = removed,
                    .available = available, .state = state,
                    .capability_attributes = capability_attributes, .state_attributes = attributes,
                    .extra_restore_state_data = extra_data, .destroy = destroy);

/* @own over @attached, which a run sees, too. Owned by the caller; NULL: there are none. */
static json_t *variables_of_run(const json_t *attached, const json_t *own)
{
    if (!attached || !own)
        return hass_json_ref(attached ? attached : own);
    json_t *both = json_copy((json_t *)attached);
    json_object_update(both, (json_t *)own);
    return both;
}

static void read_config(struct automation *automation)
{
    const json_t *config = automation->item.config;

    automation->settings = (struct hass_script_settings)HASS_SCRIPT_SETTINGS_INIT;
    hass_script_settings_read(config, &automation->settings);
    automation->run_missed = strcmp(hass_json_get_string(config, "missed", ""), "run_once") == 0;
    automation->trigger_config = hass_json_ref(hass_json_get(config, "triggers"));
    automation->trigger_variables = hass_json_ref(hass_json_get(config, "trigger_variables"));
    automation->variables =
        variables_of_run(automation->trigger_variables, hass_json_get(config, "variables"));
}

struct hass_entity *automation_entity_create(struct hass *hass, struct item *item)
{
    struct automation *automation = calloc(1, sizeof(*automation));

    automation->hass = hass;
    automation->item = *item;
    *item = (struct item){ 0 };
    read_config(automation);
    automation->description =
        (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.name = automation->item.name,
                                                                .unique_id = automation->item.id,
                                                                .restore = true);
    automation->entity =
        hass_entity_new(hass, &ops, &automation->description, NULL, NULL, automation);
    return automation->entity;
}
