/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an entity does when it is told something: a script for each option that holds actions, made when it is first used. It finds `this` and
 * the values that it was told, and acts in the context of whoever told it.
 */
#include <stdlib.h>

#include <hass/script.h>

#include "parts.h"

struct template_action {
    const char *key;
    struct hass_script *script;
};

static HASS_CALLBACK struct hass_script *script_of(struct template_entity *item, const char *key,
                                                   struct hass_error *err)
{
    struct hass *hass = hass_entity_hass(item->entity);
    struct hass_script *script = NULL;

    vec_foreach(&item->actions, action)
        if (strcmp(action->key, key) == 0)
            return action->script;
    autofree char *name = NULL;
    if (asprintf(&name, "%s %s", hass_entity_async_entity_id(item->entity), key) < 0)
        abort();
    if (hass_script_async_create(hass,
                                 HASS_SCRIPT_OPTIONS(.domain = "template", .name = name,
                                                     .root = "sequence",
                                                     .sequence = hass_json_get(item->config, key)),
                                 &script, err) < 0)
        return NULL;
    vec_push(&item->actions, ((struct template_action){ key, script }));
    return script;
}

int template_entity_async_act(struct template_entity *item, const char *key, json_t *variables,
                              struct hass_error *err)
{
    struct hass *hass = hass_entity_hass(item->entity);
    const char *entity_id = hass_entity_async_entity_id(item->entity);
    autounref(hass_variables) *scope = hass_variables_new(NULL);
    struct hass_template_variables *own = hass_template_variables_create();

    if (variables)
        hass_variables_set_all(scope, variables);
    hass_template_variables_set_state(own, "this", hass_states_async_get(hass, entity_id));
    hass_variables_add(scope, own);
    if (!template_entity_has(item, key))
        return 0;
    struct hass_script *script = script_of(item, key, err);
    int r = script ? hass_script_async_run(
                         script,
                         HASS_SCRIPT_START(.variables = scope,
                                           .context = hass_entity_async_context(item->entity)),
                         NULL, err)
                   : err->code;
    return r < 0 ? hass_error_prefix(err, "%s: '%s'", entity_id, key) : 0;
}

void template_actions_async_end(struct template_entity *item)
{
    vec_foreach(&item->actions, action)
        hass_script_async_destroy(action->script);
    vec_clear(&item->actions);
}
