/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two listeners for all entities: an event names the one that it is about. An entity without a row is never meant; one whose
 * row is all that there is has a placeholder for a state.
 */
#include "entity/follow.h"

#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/task.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "entity/entity.h"
#include "entity/layer.h"
#include "entity/placeholder.h"
#include "entity/platform.h"
#include "entity/register.h"

/* leaving, and coming back under another id */

struct move {
    struct hass_entity *entity;     /* a reference */
    struct hass_platform *platform; /* likewise; NULL: it does not come back */
};

static void move_destroy(void *object)
{
    struct move *move = object;

    hass__assert_loop();
    hass_entity_unref(move->entity);
    if (move->platform)
        platform_unref(move->platform);
    free(move);
}

/* Much may have happened while it said good-bye: its row may be gone or disabled, and somebody else may have removed it. */
static HASS_CALLBACK bool comes_back(const struct move *move)
{
    const struct hass_entity_entry *entry;

    if (!move->platform || move->platform->closed || move->entity->phase != ENTITY_REMOVED)
        return false;
    entry = entity_find_row(move->entity, move->platform);
    return entry && entry->disabled_by == HASS_ENTITY_ENABLED;
}

static HASS_COROUTINE int move_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct move *move = userdata;
    int r = entity_async_remove(move->entity, REMOVAL_ERASES, err);

    return r < 0 || !comes_back(move) ? r
                                      : platform_async_add_again(move->platform, move->entity, err);
}

static HASS_CALLBACK void start_move(struct hass_entity *entity, struct hass_platform *platform)
{
    struct move *move = mem_alloc(sizeof(*move));
    struct hass_error err = HASS_ERROR_INIT;

    *move = (struct move){
        .entity = hass_entity_ref(entity),
        .platform = platform ? platform_ref(platform) : NULL,
    };
    struct scope *former = scope_enter(entity->scope);
    int r = hass_async_create_task(
        entity->hass, HASS_JOB_COROUTINE(move_task, move, .destroy = move_destroy), NULL, &err);
    scope_leave(former);
    if (r < 0 && r != HASS_E_CLOSED) /* its integration goes, and it goes with it */
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id, "%s cannot follow the registry: %s",
                        entity_label(entity), error_text(&err, r));
}

/* one entity */

typedef void updated_fn(struct hass_entity *entity, const struct hass_entity_entry *old);

static HASS_CALLBACK void tell(struct hass_entity *entity, updated_fn *fn, struct scope *scope,
                               const struct hass_entity_entry *old)
{
    struct op_call call;

    if (!fn)
        return;
    op_begin(entity->hass, &call, scope, "registry_entry_updated");
    fn(entity, old);
    op_end(entity->hass, &call);
}

static HASS_CALLBACK void rewrite(struct hass_entity *entity)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (entity->phase != ENTITY_ADDED)
        return;
    struct scope *former = scope_enter(entity->scope);
    int r = hass_entity_async_write_ha_state(entity, &err);
    scope_leave(former);
    if (r < 0)
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id, "Error writing the state of %s: %s",
                        entity->entity_id, error_text(&err, r));
}

static HASS_CALLBACK void take_row(struct hass_entity *entity,
                                   const struct hass_entity_entry *entry)
{
    autounref(hass_entity_entry) const *old = hass_entity_entry_ref(entity->entry);

    entity_set_row(entity, entry);
    if (entity->syncing || old == entry)
        return;
    if (entry->disabled_by != HASS_ENTITY_ENABLED) {
        start_move(entity, NULL);
    } else if (strcmp(entry->entity_id, entity->entity_id) != 0) {
        start_move(entity, entity->platform);
    } else {
        tell(entity, DOMAIN_OP(entity, registry_entry_updated), component_scope(entity->component),
             old);
        tell(entity, ENTITY_OP(entity, registry_entry_updated), entity->scope, old);
        rewrite(entity);
    }
}

/* A registered one that is there and is not about to go. */
static HASS_CALLBACK struct hass_entity *find_registered(struct hass *hass, const char *entity_id)
{
    struct hass_entity *entity = hass_strmap_get(entity_layer(hass)->entities, entity_id);

    return entity && entity->entry && entity->phase != ENTITY_REMOVED ? entity : NULL;
}

/* events */

/* The row of an entity that is not there has changed. */
static HASS_CALLBACK void follow_placeholder(struct hass *hass, const char *former_id,
                                             const struct hass_entity_entry *entry,
                                             const struct hass_context *context)
{
    bool there = is_placeholder(hass_states_async_get(hass, former_id));
    struct hass_error err = HASS_ERROR_INIT;

    if (!there)
        return;
    if (entry->disabled_by != HASS_ENTITY_ENABLED || strcmp(entry->entity_id, former_id) != 0)
        placeholder_remove(hass, former_id, context);
    if (entry->disabled_by == HASS_ENTITY_ENABLED &&
        placeholder_write(hass, entry, context, &err) < 0)
        hass_error("Error writing the state of %s: %s", entry->entity_id, err.message);
}

static HASS_CALLBACK void follow_update(struct hass *hass, const char *former_id,
                                        const char *entity_id, const struct hass_context *context)
{
    struct hass_entity *entity = find_registered(hass, former_id);
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, entity_id);

    if (!entry) /* removed since: that event comes next */
        return;
    if (entity && strcmp(entity->entry->id, entry->id) == 0)
        take_row(entity, entry);
    else if (!hass_strmap_get(entity_layer(hass)->entities, former_id) &&
             !entity_layer(hass)->registering)
        follow_placeholder(hass, former_id, entry, context);
}

static HASS_CALLBACK void follow_removal(struct hass *hass, const char *entity_id,
                                         const struct hass_context *context)
{
    struct hass_entity *entity = find_registered(hass, entity_id);

    if (entity)
        start_move(entity, NULL);
    else if (!hass_strmap_get(entity_layer(hass)->entities, entity_id))
        placeholder_remove(hass, entity_id, context);
}

static HASS_CALLBACK int on_entity_registry(const struct hass_event *event, void *userdata,
                                            struct hass_error *err)
{
    const json_t *data = hass_event_data(event);
    const char *action = hass_json_get_string(data, "action", "");
    const char *entity_id = hass_json_get_string(data, "entity_id", "");
    const char *former_id = hass_json_get_string(data, "old_entity_id", entity_id);
    const struct hass_context *context = hass_event_context(event);

    if (strcmp(action, "update") == 0)
        follow_update(hass_event_hass(event), former_id, entity_id, context);
    else if (strcmp(action, "remove") == 0)
        follow_removal(hass_event_hass(event), entity_id, context);
    return 0;
}

static bool names_differ(const json_t *changes)
{
    return hass_json_get(changes, "name") || hass_json_get(changes, "name_by_user");
}

static HASS_CALLBACK void take_device(struct hass_entity *entity, const json_t *changes)
{
    entity_set_row(entity, entity->entry);
    if (names_differ(changes) && ENTITY_DESC(entity, has_entity_name))
        rewrite(entity);
}

static HASS_CALLBACK int on_device_registry(const struct hass_event *event, void *userdata,
                                            struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);
    const json_t *data = hass_event_data(event);
    const char *device_id = hass_json_get_string(data, "device_id", "");
    const struct hass_entity_entry *entry;

    if (strcmp(hass_json_get_string(data, "action", ""), "update") != 0)
        return 0;
    for (size_t pos = 0;
         hass_entity_registry_async_next_of_device(hass, device_id, &pos, &entry);) {
        struct hass_entity *entity = find_registered(hass, entry->entity_id);
        if (entity)
            take_device(entity, hass_json_get(data, "changes"));
    }
    return 0;
}

/* A loop that cannot listen to its own bus has no entities either. */
static HASS_CALLBACK void hear(struct hass *hass, const char *type, struct hass_job job)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (hass_bus_async_listen(hass, type, NULL, job, NULL, &err) < 0)
        hass_error("Entities do not follow %s: %s", type, err.message);
}

void follow_registries(struct hass *hass)
{
    struct scope *former = scope_enter(runtime_of(hass)->root);

    hear(hass, HASS_EVENT_ENTITY_REGISTRY_UPDATED, HASS_JOB_CALLBACK(on_entity_registry, NULL));
    hear(hass, HASS_EVENT_DEVICE_REGISTRY_UPDATED, HASS_JOB_CALLBACK(on_device_registry, NULL));
    hear(hass, HASS_EVENT_START, HASS_JOB_COROUTINE(placeholders_async_write, NULL));
    scope_leave(former);
}
