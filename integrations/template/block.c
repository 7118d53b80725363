/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks with triggers: their entities look at nothing by themselves, but are rendered whenever a trigger fires, the conditions hold, and
 * the actions have run. They find `trigger`, the block's variables, and what the actions have set.
 *
 * Model: components.template.coordinator
 */
#include <errno.h>
#include <stdlib.h>

#include <hass/condition.h>
#include <hass/event_helpers.h>
#include <hass/script.h>
#include <hass/trigger.h>

#include "parts.h"

struct template_block {
    unsigned refs; /* its records, and a run of its actions */
    struct hass *hass;
    json_t *config; /* of the section */
    char *name;     /* for the log */
    bool ended;
    struct hass_sub *start;
    struct hass_triggers *triggers;
    struct hass_conditions *conditions;
    struct hass_script *script;
    HASS_VEC(struct template_entity *) items;
    /* Of the last time, for entities that come later. */
    struct hass_variables *variables;
    const struct hass_context *context;
};

/* A key of the block in either spelling. */
static const json_t *either(const json_t *config, const char *plural, const char *singular)
{
    const json_t *value = hass_json_get(config, plural);

    return value ? value : hass_json_get(config, singular);
}

static const json_t *triggers_of(const json_t *config)
{
    return either(config, "triggers", "trigger");
}

bool template_block_is(const json_t *config)
{
    return json_array_size(triggers_of(config)) > 0;
}

bool template_block_same(const struct template_block *block, const json_t *config)
{
    return hass_json_equal(block->config, config);
}

/* Puts a step before the way of an error: "0->zone: expected …" is below "triggers". */
static int way_back(struct hass_error *err, const char *step)
{
    struct hass_error inner = *err;
    size_t way = strspn(inner.message, "abcdefghijklmnopqrstuvwxyz0123456789_->");
    bool leads_on = way && inner.message[way] == ':';

    hass_error_clear(err);
    return hass_fail(err, inner.code, "%s%s%s", step, leads_on ? "->" : ": ", inner.message);
}

/* firing */

static HASS_CALLBACK void tell(struct template_block *block, struct hass_variables *variables,
                               const struct hass_context *context)
{
    hass_variables_unref(block->variables);
    hass_context_unref(block->context);
    block->variables = hass_variables_ref(variables);
    block->context = hass_context_ref(context);
    for (size_t i = 0; i < block->items.length; i++)
        template_entity_async_triggered(block->items.data[i], variables, context);
}

/* A run of the block's actions. */
struct actions_run {
    struct template_block *block;
    struct hass_variables *variables;
    const struct hass_context *context; /* of what fired */
};

static HASS_CALLBACK void free_run(void *userdata)
{
    struct actions_run *run = userdata;

    template_block_unref(run->block);
    hass_variables_unref(run->variables);
    hass_context_unref(run->context);
    free(run);
}

static HASS_COROUTINE int act(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct actions_run *run = userdata;
    autounref(hass_context) const *context =
        hass_context_new(hass, NULL, run->context ? hass_context_id(run->context) : NULL);

    int r =
        !run->block->script
            ? -ECANCELED
            : hass_script_async_run(
                  run->block->script,
                  HASS_SCRIPT_START(.variables = run->variables, .context = context), NULL, err);
    if (r < 0)
        return r == -ECANCELED ? 0 : hass_error_prefix(err, "%s: actions", run->block->name);
    tell(run->block, run->variables, run->context);
    return 0;
}

static HASS_CALLBACK int start_actions(struct template_block *block,
                                       struct hass_variables *variables,
                                       const struct hass_context *context, struct hass_error *err)
{
    struct actions_run *run = malloc(sizeof(*run));

    *run = (struct actions_run){ .block = block,
                                 .variables = hass_variables_ref(variables),
                                 .context = hass_context_ref(context) };
    block->refs++;
    return hass_async_run_job(block->hass, HASS_JOB_COROUTINE(act, run, .destroy = free_run), err);
}

static HASS_CALLBACK int fired(struct hass *hass, struct hass_variables *variables,
                               const struct hass_context *context, void *userdata,
                               struct hass_error *err)
{
    struct template_block *block = userdata;
    const json_t *templates = hass_json_get(block->config, "variables");
    int r = 0;

    if (templates)
        r = hass_variables_async_render(variables, hass, templates, false, false, err);
    if (r < 0)
        return hass_error_prefix(err, "%s", block->name);
    if (block->conditions &&
        hass_conditions_async_test(block->conditions, HASS_CONDITIONS_ALL, variables, NULL, NULL,
                                   block->name, err) != 1)
        return 0;
    if (block->script)
        return start_actions(block, variables, context, err);
    tell(block, variables, context);
    return 0;
}

/* beginning and ending */

/* What a block is made of, with the kinds of integrations, which the section's table has taken as they were. */
struct parts {
    json_t *triggers, *conditions, *actions;
};

static void parts_fini(struct parts *parts)
{
    json_decref(parts->triggers);
    json_decref(parts->conditions);
    json_decref(parts->actions);
}

static HASS_COROUTINE int check_parts(struct hass *hass, const json_t *config,
                                      enum hass_kinds kinds, struct parts *parts,
                                      struct hass_error *err)
{
    const json_t *conditions = either(config, "conditions", "condition");
    const json_t *actions = either(config, "actions", "action");
    int r = hass_triggers_async_check(hass, triggers_of(config), kinds, &parts->triggers, err);

    if (r < 0)
        return way_back(err, "triggers");
    if (conditions)
        r = hass_conditions_async_check(hass, conditions, kinds, &parts->conditions, err);
    if (r < 0)
        return way_back(err, "conditions");
    if (actions)
        r = hass_script_async_check(hass, actions, kinds, &parts->actions, err);
    return r < 0 ? way_back(err, "actions") : 0;
}

int template_block_async_check(struct hass *hass, const json_t *config, struct hass_error *err)
{
    struct parts parts = { 0 };
    int r = check_parts(hass, config, HASS_KINDS_OPEN, &parts, err);

    parts_fini(&parts);
    return r;
}

static HASS_CALLBACK int attach(struct template_block *block, const struct parts *parts,
                                bool at_start, struct hass_error *err)
{
    int r = 0;

    if (json_array_size(parts->conditions) > 0)
        r = hass_conditions_async_create(block->hass, parts->conditions, &block->conditions, err);
    if (r >= 0 && json_array_size(parts->actions) > 0)
        r = hass_script_async_create(block->hass,
                                     HASS_SCRIPT_OPTIONS(.domain = "template", .name = block->name,
                                                         .root = "action",
                                                         .sequence = parts->actions),
                                     &block->script, err);
    if (r >= 0)
        r = hass_triggers_async_attach(
            block->hass,
            HASS_TRIGGERS_OPTIONS(.config = parts->triggers, .name = block->name,
                                  .at_start = at_start, .fired = fired, .userdata = block),
            &block->triggers, err);
    return r < 0 ? hass_error_prefix(err, "%s", block->name) : 0;
}

static HASS_COROUTINE int begin(struct template_block *block, struct hass_error *err)
{
    bool at_start = hass_core_state(block->hass) != HASS_RUNNING;
    struct parts parts = { 0 };
    int r = check_parts(block->hass, block->config, HASS_KINDS_SET_UP, &parts, err);

    if (r == -ECANCELED || block->ended)
        r = 0;
    else if (r < 0)
        r = template_report(block->hass, block->config, block->name, err);
    else
        r = attach(block, &parts, at_start, err);
    parts_fini(&parts);
    return r;
}

static HASS_COROUTINE int on_start(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct template_block *block = template_block_ref(userdata);

    block->start = NULL;
    int r = begin(block, err);
    template_block_unref(block);
    return r;
}

struct template_block *template_block_async_create(struct hass *hass, const json_t *config,
                                                   size_t index, struct hass_error *err)
{
    struct template_block *block = calloc(1, sizeof(*block));

    block->refs = 1;
    block->hass = hass;
    block->config = hass_json_ref(config);
    if (asprintf(&block->name, "template->%zu", index) < 0)
        abort();
    if (hass_async_at_start(hass, HASS_JOB_COROUTINE(on_start, block), &block->start, err) < 0)
        return template_block_unref(block);
    return block;
}

void template_block_async_end(struct template_block *block)
{
    block->ended = true;
    block->start = hass_sub_async_remove(block->start);
    block->triggers = hass_triggers_async_detach(block->triggers);
    block->script = hass_script_async_destroy(block->script);
    block->conditions = hass_conditions_destroy(block->conditions);
}

struct template_block *template_block_ref(struct template_block *block)
{
    if (block)
        block->refs++;
    return block;
}

struct template_block *template_block_unref(struct template_block *block)
{
    if (!block || --block->refs > 0)
        return NULL;
    template_block_async_end(block);
    hass_variables_unref(block->variables);
    hass_context_unref(block->context);
    json_decref(block->config);
    vec_fini(&block->items);
    free(block->name);
    free(block);
    return NULL;
}

/* its entities */

void template_block_async_join(struct template_block *block, struct template_entity *item)
{
    vec_push(&block->items, item);
    if (block->variables)
        template_entity_async_triggered(item, block->variables, block->context);
}

void template_block_leave(struct template_block *block, const struct template_entity *item)
{
    for (size_t i = block->items.length; i-- > 0;)
        if (block->items.data[i] == item)
            vec_remove(&block->items, i);
}
