/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing an entity: from then on writes are ignored; hooks newest first, the integration's last word, then the state. Who
 * asks while that is under way waits for the same end.
 */
#include <errno.h>
#include <string.h>

#include <hass/entity_registry.h>
#include <hass/log.h>
#include <hass/states.h>
#include <hass/task.h>

#include "base/error_text.h"
#include "entity/entity.h"
#include "entity/placeholder.h"
#include "entity/platform.h"
#include "entity/register.h"
#include "entity/restore.h"

/* The row while it still counts. */
static HASS_CALLBACK const struct hass_entity_entry *row_of(const struct hass_entity *entity)
{
    const struct hass_entity_entry *entry = entity->entry;

    if (entry)
        entry = hass_entity_registry_async_get(entity->hass, entry->id);
    return entry && entry->disabled_by == HASS_ENTITY_ENABLED ? entry : NULL;
}

/* Its row may have another id by now. */
static HASS_CALLBACK int replace_state(struct hass_entity *entity,
                                       const struct hass_entity_entry *entry,
                                       struct hass_error *err)
{
    int r = 0;

    if (!entry || strcmp(entry->entity_id, entity->entity_id) != 0)
        r = hass_states_async_remove(entity->hass, entity->entity_id, entity->context, err);
    return r < 0 || !entry ? r : placeholder_write(entity->hass, entry, entity->context, err);
}

static HASS_CALLBACK void take_state_away(struct hass_entity *entity, enum removal removal)
{
    struct hass_error err = HASS_ERROR_INIT;

    /* At the end of everything states stay what they are: nobody is to hear of a home without things. */
    if (!entity->entity_id || runtime_of(entity->hass)->stopping)
        return;
    struct scope *former = scope_enter(runtime_of(entity->hass)->root);
    int r = replace_state(entity, removal == REMOVAL_LEAVES ? row_of(entity) : NULL, &err);
    scope_leave(former);
    if (r < 0)
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id, "Error removing the state of %s: %s",
                        entity->entity_id, err.message);
}

static HASS_COROUTINE void say_good_bye(struct hass_entity *entity)
{
    int (*hook)(struct hass_entity *, struct hass_error *) =
        ENTITY_OP(entity, async_will_remove_from_hass);
    struct hass_error err = HASS_ERROR_INIT;
    if (!hook)
        return;
    struct scope *former = scope_enter(entity->scope);
    int r = hook(entity, &err);
    scope_leave(former);
    if (r < 0)
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id, "Error removing %s: %s",
                        entity_label(entity), error_text(&err, r));
}

static HASS_CALLBACK void run_hooks_in_scope(struct hass_entity *entity)
{
    struct scope *former = scope_enter(entity->scope);

    entity_run_hooks(entity);
    scope_leave(former);
}

/* What both ways have in common at their end. */
static HASS_CALLBACK void finish(struct hass_entity *entity, enum removal removal)
{
    if (!entity->platform) /* dropped meanwhile: all of this has been done */
        return;
    take_state_away(entity, removal);
    platform_unlist(entity);
    entity_set_row(entity, NULL);
}

int entity_async_remove(struct hass_entity *entity, enum removal how, struct hass_error *err)
{
    if (entity->removal) {
        autounref(hass_future) *removal = hass_future_ref(entity->removal);
        return hass_async_await(removal, HASS_FOREVER, err);
    }
    if (!entity->platform || entity->phase == ENTITY_REMOVED)
        return 0;
    hass_entity_ref(entity);
    autounref(hass_future) *removal = hass_future_new(entity->hass);
    entity->removal = hass_future_ref(removal);
    entity->phase = ENTITY_REMOVED;
    run_hooks_in_scope(entity);
    restore_keep(entity);
    say_good_bye(entity);
    finish(entity, how);
    (void)hass_future_set(removal, 0, NULL, NULL, NULL);
    hass_entity_unref(entity);
    return 0;
}

int hass_entity_async_remove(struct hass_entity *entity, struct hass_error *err)
{
    VERIFY_COROUTINE(entity->hass, "hass.entity.async_remove", err);
    return entity_async_remove(entity, REMOVAL_LEAVES, err);
}

void entity_drop(struct hass_entity *entity)
{
    hass_entity_ref(entity);
    entity->phase = ENTITY_REMOVED;
    run_hooks_in_scope(entity);
    restore_keep(entity);
    entity_make_inert(entity);
    finish(entity, REMOVAL_LEAVES);
    hass_entity_unref(entity);
}

/* the twin */

static void unref_entity(void *object)
{
    hass_entity_unref(object);
}

static HASS_COROUTINE int remove_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_entity_async_remove(userdata, err);
}

struct remove_call {
    struct hass_entity *entity;
    struct hass_future *future;
};

static HASS_CALLBACK int remove_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct remove_call *call = arg;
    autounref(hass_task) *task = NULL;
    struct hass_job job =
        HASS_JOB_COROUTINE(remove_task, hass_entity_ref(call->entity), .destroy = unref_entity);
    struct scope *former = scope_enter(call->entity->scope);
    int r = hass_async_create_task(hass, job, &task, err);

    scope_leave(former);
    if (r >= 0)
        call->future = hass_future_ref(hass_task_future(task));
    return r;
}

int hass_entity_remove(struct hass_entity *entity, struct hass_error *err)
{
    struct remove_call call = { .entity = entity };
    int r = runtime_call(entity->hass, "hass.entity.remove", remove_on_loop, &call, err);

    if (r < 0)
        return r;
    autounref(hass_future) *future = call.future;
    return hass_future_wait(future, HASS_FOREVER, err);
}
