/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entity whose values are templates. When the home starts, one tracker over all of them renders them, and again whenever
 * something changes that they looked at; each result goes to its option's setter, and then the state is written.
 */
#include <stdlib.h>

#include <hass/buf.h>
#include <hass/event_helpers.h>

#include "parts.h"

static HASS_CALLBACK const char *label(const struct template_entity *item)
{
    const char *entity_id = item->entity ? hass_entity_async_entity_id(item->entity) : NULL;

    return entity_id ? entity_id : item->description.name;
}

void template_entity_complain(const struct template_entity *item, const char *key,
                              const json_t *result, const char *wanted)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(result, &text);
    hass_error("%s: '%s' gave %s, expected %s", label(item), key, hass_buf_string(&text), wanted);
}

bool template_entity_has(const struct template_entity *item, const char *key)
{
    return hass_json_get(item->config, key) != NULL;
}

/* options of all */

static HASS_CALLBACK void set_available(struct template_entity *item, bool available)
{
    (void)hass_entity_async_set_available(item->entity, available, NULL);
}

/* One that fails counts as true, as in the model: a mistake in it does not hide the entity. */
static HASS_CALLBACK void set_availability(struct template_entity *item, const json_t *result)
{
    set_available(item, !result || hass_template_result_as_boolean(result));
}

void template_entity_judge(struct template_entity *item, const json_t *result)
{
    if (!template_entity_has(item, "availability"))
        set_available(item, result != NULL);
}

/* Text of a result; "" and what failed are none. */
static char *text_of(const json_t *result)
{
    autobuf text = HASS_BUF_INIT;

    if (!result || json_is_null(result))
        return NULL;
    hass_value_write_text(template_value(result), &text);
    return *hass_buf_string(&text) ? hass_buf_steal(&text) : NULL;
}

static void replace(char **text, const char **shown, const json_t *result)
{
    char *fresh = text_of(result);

    *shown = fresh;
    free(*text);
    *text = fresh;
}

static HASS_CALLBACK void set_icon(struct template_entity *item, const json_t *result)
{
    autofree char *text = text_of(result);

    if (text && !strchr(text, ':'))
        template_entity_complain(item, "icon", result, "an icon such as mdi:fire");
    else
        replace(&item->icon, &item->description.icon, result);
}

static void set_picture(struct template_entity *item, const json_t *result)
{
    replace(&item->picture, &item->description.entity_picture, result);
}

static void set_name(struct template_entity *item, const json_t *result)
{
    if (!template_is_unknown(result))
        replace(&item->name, &item->description.name, result);
}

static const struct template_option common_options[] = {
    { "availability", set_availability }, { "name", set_name }, { "icon", set_icon },
    { "picture", set_picture },           { NULL, NULL },
};

/* results */

static HASS_CALLBACK void take(struct template_entity *item, const struct template_binding *binding,
                               const json_t *result)
{
    if (binding->set)
        binding->set(item, result);
    else
        json_object_set_new(item->attributes, binding->key,
                            result ? json_deep_copy(result) : json_null());
}

static HASS_CALLBACK void complain(const struct template_entity *item,
                                   const struct template_binding *binding, const char *error)
{
    hass_error("%s: the template of '%s' failed: %s", label(item), binding->key, error);
}

/* `this` is what the templates find the next time. */
static HASS_CALLBACK void show(struct template_entity *item)
{
    const char *entity_id = hass_entity_async_entity_id(item->entity);
    struct hass_error err = HASS_ERROR_INIT;

    if (!item->added)
        return;
    if (hass_entity_async_write_ha_state(item->entity, &err) < 0)
        hass_error("%s: %s", entity_id, err.message);
    hass_template_variables_clear(item->variables);
    hass_template_variables_set_state(
        item->variables, "this", hass_states_async_get(hass_entity_hass(item->entity), entity_id));
}

static HASS_CALLBACK int on_results(const struct hass_template_updates *updates, void *userdata,
                                    struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    struct template_entity *item = template_entity_of(entity);

    for (size_t i = 0; i < updates->count; i++) {
        const struct hass_template_update *update = &updates->updates[i];
        if (!update->result)
            complain(item, &item->bindings[update->index], update->error);
        take(item, &item->bindings[update->index], update->result);
    }
    if (updates->event)
        (void)hass_entity_async_set_context(entity, hass_event_context(updates->event), NULL);
    show(item);
    return 0;
}

static HASS_CALLBACK int on_start(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entity = userdata;
    struct template_entity *item = template_entity_of(entity);
    struct hass_track_template *templates = calloc(item->count + 1, sizeof(*templates));

    for (size_t i = 0; i < item->count; i++)
        templates[i] = (struct hass_track_template){ .template = item->bindings[i].template,
                                                     .variables = item->variables };
    const struct hass_track_templates what = {
        .size = sizeof(what),
        .templates = templates,
        .count = item->count,
        .has_super = template_entity_has(item, "availability"),
    };
    int r = hass_async_track_template_result(hass, &what, HASS_JOB_CALLBACK(on_results, entity),
                                             &item->tracker, err);
    free(templates);
    if (r == 0)
        r = hass_entity_async_remove_later(entity, item->tracker, err);
    return r < 0 ? r : hass_track_template_async_refresh(item->tracker, err);
}

/* after a trigger */

/* Renders all before any is taken, so that one that fails leaves nothing half. False, with a line in the log: one failed. */
static HASS_CALLBACK bool render_all(struct template_entity *item, struct hass_variables *scope,
                                     json_t *results)
{
    for (size_t i = 0; i < item->count; i++) {
        struct hass_error err = HASS_ERROR_INIT;
        json_t *result = NULL;
        if (hass_template_async_render(item->bindings[i].template,
                                       HASS_TEMPLATE_OPTIONS(.scope = scope), &result, &err) < 0) {
            complain(item, &item->bindings[i], err.message);
            return false;
        }
        json_array_append_new(results, result);
    }
    return true;
}

void template_entity_async_triggered(struct template_entity *item, struct hass_variables *variables,
                                     const struct hass_context *context)
{
    autounref(hass_variables) *scope = hass_variables_new(variables);
    struct hass_template_variables *own = hass_template_variables_create();
    autojson *results = json_array();

    hass_template_variables_set_state(
        own, "this",
        hass_states_async_get(hass_entity_hass(item->entity),
                              hass_entity_async_entity_id(item->entity)));
    hass_variables_add(scope, own);
    bool good = render_all(item, scope, results);
    set_available(item, good);
    for (size_t i = 0; good && i < item->count; i++)
        take(item, &item->bindings[i], json_array_get(results, i));
    (void)hass_entity_async_set_context(item->entity, context, NULL);
    show(item);
}

/* life */

static bool is_known(const struct hass_state *state)
{
    return state && strcmp(hass_state_state(state), HASS_STATE_UNAVAILABLE) != 0 &&
           strcmp(hass_state_state(state), HASS_STATE_UNKNOWN) != 0;
}

/* Until a trigger fires, what it was before the restart stays, its attributes, too. */
static HASS_CALLBACK void restore_triggered(struct template_entity *item,
                                            const struct hass_state *last)
{
    autojson *attributes = hass_state_attributes(last);
    autojson *state = json_string(hass_state_state(last));

    if (item->kind->restored)
        item->kind->restored(item, hass_state_state(last));
    for (size_t i = 0; i < item->count; i++) {
        const struct template_binding *binding = &item->bindings[i];
        const json_t *attribute = binding->set ? NULL : hass_json_get(attributes, binding->key);
        if (attribute)
            take(item, binding, attribute);
        else if (strcmp(binding->key, "state") == 0 && !item->kind->restored)
            take(item, binding, state);
    }
}

static HASS_CALLBACK int follow(struct hass_entity *entity, struct hass_error *err)
{
    struct template_entity *item = template_entity_of(entity);
    struct hass_sub *sub = NULL;
    int r = 0;

    if (item->block)
        template_block_async_join(item->block, item);
    else if (item->count)
        r = hass_async_at_start(hass_entity_hass(entity), HASS_JOB_CALLBACK(on_start, entity), &sub,
                                err);
    return r < 0 || !sub ? r : hass_entity_async_remove_later(entity, sub, err);
}

static HASS_COROUTINE int added(struct hass_entity *entity, struct hass_error *err)
{
    struct template_entity *item = template_entity_of(entity);
    const struct hass_state *last = item->description.restore || item->kind->restored
                                        ? hass_entity_async_last_state(entity)
                                        : NULL;

    if (is_known(last) && item->block)
        restore_triggered(item, last);
    else if (is_known(last) && item->kind->restored)
        item->kind->restored(item, hass_state_state(last));
    int r = follow(entity, err);
    item->added = true;
    return r;
}

static HASS_COROUTINE int will_remove(struct hass_entity *entity, struct hass_error *err)
{
    struct template_entity *item = template_entity_of(entity);

    item->added = false;
    if (item->block)
        template_block_leave(item->block, item);
    template_actions_async_end(item);
    if (item->kind->removed)
        item->kind->removed(item);
    return 0;
}

static void write_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const struct template_entity *item = template_entity_of(entity);

    hass_attrs_set_all(writer, item->attributes);
}

/* making one */

static HASS_CALLBACK void destroy_item(struct template_entity *item)
{
    template_actions_async_end(item);
    vec_fini(&item->actions);
    template_block_unref(item->block);
    if (item->kind->fini)
        item->kind->fini(item);
    for (size_t i = 0; i < item->count; i++)
        (void)hass_template_unref(item->bindings[i].template);
    free(item->bindings);
    hass_template_variables_destroy(item->variables);
    json_decref(item->attributes);
    json_decref(item->config);
    free(item->name);
    free(item->icon);
    free(item->picture);
    free(item);
}

static HASS_CALLBACK void destroy(struct hass_entity *entity)
{
    destroy_item(template_entity_of(entity));
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.async_added_to_hass = added, .async_will_remove_from_hass = will_remove,
                    .extra_state_attributes = write_attributes, .destroy = destroy);

static int bind(struct hass *hass, struct template_entity *item, const char *key,
                const json_t *text, template_set_fn *set, struct hass_error *err)
{
    struct hass_template *template = NULL;

    if (!json_is_string(text))
        return 0;
    int r = hass_template_new(hass, json_string_value(text), &template, err);
    if (r < 0)
        return hass_error_prefix(err, "'%s'", key);
    item->bindings[item->count++] = (struct template_binding){ key, set, template };
    return 0;
}

static int bind_options(struct hass *hass, struct template_entity *item,
                        const struct template_option *options, struct hass_error *err)
{
    int r = 0;

    for (; r == 0 && options->key; options++)
        r = bind(hass, item, options->key, hass_json_get(item->config, options->key), options->set,
                 err);
    return r;
}

static int bind_all(struct hass *hass, struct template_entity *item, struct hass_error *err)
{
    const json_t *attributes = hass_json_get(item->config, "attributes");
    const char *key;
    json_t *text;

    item->bindings = calloc(json_object_size(item->config) + json_object_size(attributes) + 1,
                            sizeof(*item->bindings));
    int r = bind_options(hass, item, common_options, err);
    if (r == 0)
        r = bind_options(hass, item, item->kind->options, err);
    json_object_foreach((json_t *)attributes, key, text)
        if (r == 0)
            r = bind(hass, item, key, text, NULL, err);
    return r;
}

/* The name at first, of which the entity id is made: rendered where it can be. */
static HASS_CALLBACK char *first_name(struct hass *hass, const struct template_entity *item)
{
    const char *name = hass_json_get_string(item->config, "name", item->kind->default_name);
    struct hass_template *template = NULL;
    autojson *result = NULL;
    char *text = NULL;

    if (!hass_is_template_string(name))
        return strdup(name);
    if (hass_template_new(hass, name, &template, NULL) == 0 &&
        hass_template_async_render(template, NULL, &result, NULL) == 0)
        text = text_of(result);
    (void)hass_template_unref(template);
    return text ? text : strdup(item->kind->default_name);
}

static HASS_CALLBACK void describe(struct hass *hass, struct template_entity *item)
{
    const json_t *config = item->config;

    item->name = first_name(hass, item);
    item->description = (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(
            .name = item->name, .unique_id = hass_json_get_string(config, "unique_id", NULL),
            .entity_id = hass_json_get_string(config, "default_entity_id", NULL),
            .device_class = hass_json_get_string(config, "device_class", NULL),
            .unit_of_measurement = hass_json_get_string(config, "unit_of_measurement", NULL),
            .assumed_state = item->optimistic, .restore = item->kind->restore || item->block);
}

struct hass_entity *template_entity_create(struct hass *hass, const struct template_kind *kind,
                                           json_t *config, struct template_block *block,
                                           struct hass_error *err)
{
    struct template_entity *item = calloc(1, kind->size);

    item->kind = kind;
    item->config = config;
    item->block = template_block_ref(block);
    item->attributes = json_object();
    item->variables = hass_template_variables_create();
    item->optimistic = kind->assumes && hass_json_get_bool(config, "optimistic",
                                                           !template_entity_has(item, "state"));
    describe(hass, item);
    if (kind->init)
        kind->init(item);
    if (bind_all(hass, item, err) < 0) {
        destroy_item(item);
        return NULL;
    }
    item->entity = hass_entity_new(hass, &ops, &item->description, kind->ops, NULL, item);
    return item->entity;
}
