/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adding entities: take, update when asked, register (register.c), list, hook, write. Whatever goes wrong with one is logged
 * and leaves the others alone.
 */
#include <errno.h>
#include <string.h>

#include <hass/log.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "entity/entity.h"
#include "entity/layer.h"
#include "entity/platform.h"
#include "entity/register.h"

#define ADD_LIMIT        500.0 /* seconds for one call, */
#define ADD_LIMIT_ENTITY 15.0  /* or so many for each entity, whichever is more */

/* taking */

static void make_domain_data(struct hass_entity *entity, const struct hass_domain_ops *domain)
{
    uint32_t size = domain ? OPS_MEMBER(domain, data_size) : 0;

    if (!size || entity->domain_data)
        return;
    entity->domain_data = mem_zalloc(size);
    entity->domain_data_destroy = OPS_MEMBER(domain, data_destroy);
}

static int take(struct hass_platform *platform, struct hass_entity *entity, struct hass_error *err)
{
    if (entity->phase != ENTITY_NEW)
        return hass_fail(err, HASS_E_EXISTS, "%s has been added already", entity_label(entity));
    entity->phase = ENTITY_ADDING;
    entity->turn++;
    entity->component = platform->component;
    if (entity->scope != platform->scope) {
        scope_unref(entity->scope);
        entity->scope = scope_ref(platform->scope);
    }
    make_domain_data(entity, component_ops(platform->component));
    return 0;
}

/* one entity */

struct addition {
    struct hass_platform *platform; /* counted */
    bool update_before_add;
};

static void addition_destroy(void *object)
{
    struct addition *addition = object;

    platform_unref(addition->platform);
    free(addition);
}

static HASS_COROUTINE int first_update(struct hass_platform *platform, struct hass_entity *entity,
                                       struct hass_error *err)
{
    int r = platform_async_acquire(platform, err);

    if (r < 0)
        return r;
    r = entity_async_update(entity, err);
    platform_release(platform);
    /* An update may have swallowed the news that adding has taken too long. */
    return r >= 0 && hass_task_cancelling(platform->hass) ? -ECANCELED : r;
}

typedef int added_hook(struct hass_entity *entity, struct hass_error *err);

static HASS_COROUTINE int call_added_hook(struct hass_entity *entity, added_hook *hook,
                                          struct scope *scope, struct hass_error *err)
{
    if (!hook)
        return 0;
    struct scope *former = scope_enter(scope);
    int r = hook(entity, err);
    scope_leave(former);
    return r;
}

/* False once its hook has removed it, or it was dropped, or is being added anew. */
static bool is_being_added(const struct hass_entity *entity, unsigned turn)
{
    return entity->phase == ENTITY_ADDING && entity->turn == turn;
}

/* The domain's first: the integration's may write the state. */
static HASS_COROUTINE int call_added_hooks(const struct hass_component *component,
                                           struct hass_entity *entity, struct hass_error *err)
{
    unsigned turn = entity->turn;
    int r = call_added_hook(entity, DOMAIN_OP(entity, async_added_to_hass),
                            component_scope(component), err);

    if (r < 0 || !is_being_added(entity, turn))
        return r;
    return call_added_hook(entity, ENTITY_OP(entity, async_added_to_hass), entity->scope, err);
}

/* From here on it is listed, whatever its hook says. */
static HASS_COROUTINE int enter_platform(struct hass_platform *platform, struct hass_entity *entity,
                                         struct hass_error *err)
{
    unsigned turn = entity->turn;

    platform_list(platform, hass_entity_ref(entity));
    int r = call_added_hooks(platform->component, entity, err);
    if (!is_being_added(entity, turn))
        return r;
    entity->phase = ENTITY_ADDED;
    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int add_bound(const struct addition *addition, struct hass_entity *entity,
                                    struct hass_error *err)
{
    struct hass_platform *platform = addition->platform;

    platform_decide_limit(platform, entity);
    int r = addition->update_before_add ? first_update(platform, entity, err) : 0;
    if (r >= 0 && platform->closed)
        r = hass_fail(err, HASS_E_CLOSED, "platform %s.%s has gone", platform->name,
                      platform->domain);
    if (r >= 0)
        r = entity_register(entity, platform, err);
    if (r == REGISTER_DISABLED)
        hass_debug("Not adding entity %s of platform %s.%s because it is disabled",
                   entity_label(entity), platform->name, platform->domain);
    if (r != 0) {
        entity->phase = ENTITY_REMOVED;
        entity->component = NULL;
        return r;
    }
    return enter_platform(platform, entity, err);
}

static HASS_COROUTINE int add_one(struct hass_entity *entity, void *userdata,
                                  struct hass_error *err)
{
    const struct addition *addition = userdata;
    const struct hass_platform *platform = addition->platform;
    struct hass_error own = HASS_ERROR_INIT;
    int r = take(addition->platform, entity, &own);

    if (r >= 0)
        r = add_bound(addition, entity, &own);
    if (r < 0 && r != -ECANCELED && r != HASS_E_CLOSED)
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id,
                        "Error adding entity %s for domain %s with platform %s: %s",
                        entity_label(entity), platform->domain, platform->name,
                        error_text(&own, r));
    return 0;
}

int platform_async_add_again(struct hass_platform *platform, struct hass_entity *entity,
                             struct hass_error *err)
{
    struct addition addition = { .platform = platform };

    entity->phase = ENTITY_NEW;
    entity->removal = hass_future_unref(entity->removal);
    return add_one(entity, &addition, err);
}

/* many */

static HASS_COROUTINE int add_all(struct hass_platform *platform,
                                  struct hass_entity *const entities[], size_t count,
                                  bool update_before_add, struct hass_error *err)
{
    struct addition *addition = mem_alloc(sizeof(*addition));

    *addition = (struct addition){
        .platform = platform_ref(platform),
        .update_before_add = update_before_add,
    };
    double each = ADD_LIMIT_ENTITY * (double)count;
    double limit = each > ADD_LIMIT ? each : ADD_LIMIT;
    struct scope *former = scope_enter(platform->scope);
    int r = entities_async_map(platform->hass, entities, count,
                               update_before_add ? ENTITY_MAP_CONCURRENCY : 1, limit, add_one,
                               addition, addition_destroy, err);
    scope_leave(former);
    if (r == -ETIMEDOUT)
        hass_warning("Timed out adding entities for domain %s with platform %s after %g seconds",
                     platform->domain, platform->name, limit);
    return r;
}

int platform_async_add(struct hass_platform *platform, struct hass_entity *const entities[],
                       size_t count, bool update_before_add, struct hass_error *err)
{
    int r;

    platform_ref(platform);
    if (platform->closed)
        r = hass_fail(err, HASS_E_CLOSED, "platform %s.%s has gone", platform->name,
                      platform->domain);
    else
        r = add_all(platform, entities, count, update_before_add, err);
    platform_start_polling(platform);
    for (size_t i = 0; i < count; i++)
        hass_entity_unref(entities[i]);
    platform_unref(platform);
    return r;
}

int hass_platform_async_add_entities(struct hass_platform *platform,
                                     struct hass_entity *const entities[], size_t count,
                                     bool update_before_add, struct hass_error *err)
{
    VERIFY_COROUTINE(platform->hass, "hass.platform.async_add_entities", err);
    return platform_async_add(platform, entities, count, update_before_add, err);
}

/* without waiting, and from the pool */

struct add_call {
    struct hass_platform *platform;
    bool update_before_add;
    size_t count;
    struct hass_entity *entities[]; /* taken */
};

static struct add_call *add_call_new(struct hass_platform *platform,
                                     struct hass_entity *const entities[], size_t count,
                                     bool update_before_add)
{
    struct add_call *call = mem_alloc(sizeof(*call) + count * sizeof(call->entities[0]));

    *call = (struct add_call){
        .platform = platform_ref(platform),
        .update_before_add = update_before_add,
        .count = count,
    };
    if (count)
        memcpy(call->entities, entities, count * sizeof(call->entities[0]));
    return call;
}

/* Also when the task never began: then the entities are still here. */
static void add_call_destroy(void *object)
{
    struct add_call *call = object;

    for (size_t i = 0; i < call->count; i++)
        hass_entity_unref(call->entities[i]);
    platform_unref(call->platform);
    free(call);
}

static HASS_COROUTINE int add_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct add_call *call = userdata;
    size_t count = call->count;

    call->count = 0;
    return platform_async_add(call->platform, call->entities, count, call->update_before_add, err);
}

static HASS_CALLBACK int start_add_task(struct add_call *call, struct hass_task **ret_task,
                                        struct hass_error *err)
{
    struct hass *hass = call->platform->hass;
    struct scope *former = scope_enter(call->platform->scope);
    int r = hass_async_create_task(
        hass, HASS_JOB_COROUTINE(add_task, call, .destroy = add_call_destroy), ret_task, err);

    scope_leave(former);
    return r;
}

int hass_platform_async_schedule_add_entities(struct hass_platform *platform,
                                              struct hass_entity *const entities[], size_t count,
                                              bool update_before_add, struct hass_error *err)
{
    VERIFY_LOOP(platform->hass, "hass.platform.async_schedule_add_entities", err);
    return start_add_task(add_call_new(platform, entities, count, update_before_add), NULL, err);
}

struct blocking_add {
    struct hass_platform *platform;
    struct hass_component *component; /* whose own platform it is instead */
    struct hass_entity *const *entities;
    size_t count;
    bool update_before_add;
    bool taken;
    struct hass_future *future;
};

static HASS_CALLBACK int add_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct blocking_add *add = arg;
    struct hass_platform *platform = add->component ? component_own(add->component) : add->platform;
    autounref(hass_task) *task = NULL;

    add->taken = true;
    int r = start_add_task(
        add_call_new(platform, add->entities, add->count, add->update_before_add), &task, err);
    if (r >= 0)
        add->future = hass_future_ref(hass_task_future(task));
    return r;
}

static HASS_BLOCKING int add_and_wait(struct hass *hass, const char *operation, const void *site,
                                      struct blocking_add *add, struct hass_error *err)
{
    int r = runtime_call_from(hass, operation, site, add_on_loop, add, err);

    for (size_t i = 0; !add->taken && i < add->count; i++)
        hass_entity_unref(add->entities[i]);
    if (r < 0)
        return r;
    autounref(hass_future) *future = add->future;
    return hass_future_wait(future, HASS_FOREVER, err);
}

int hass_platform_add_entities(struct hass_platform *platform, struct hass_entity *const entities[],
                               size_t count, bool update_before_add, struct hass_error *err)
{
    VERIFY_NOT_LOOP(platform->hass, "hass.platform.add_entities", err);
    struct blocking_add add = {
        .platform = platform,
        .entities = entities,
        .count = count,
        .update_before_add = update_before_add,
    };
    return add_and_wait(platform->hass, "hass.platform.add_entities", __builtin_return_address(0),
                        &add, err);
}

int hass_component_add_entities(struct hass_component *component,
                                struct hass_entity *const entities[], size_t count,
                                struct hass_error *err)
{
    VERIFY_NOT_LOOP(component->hass, "hass.component.add_entities", err);
    struct blocking_add add = { .component = component, .entities = entities, .count = count };
    return add_and_wait(component->hass, "hass.component.add_entities", __builtin_return_address(0),
                        &add, err);
}
