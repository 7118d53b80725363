/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an entity object: made on any thread, counted, freed on the loop, where the integration's destroy runs in its
 * own scope. What it says of itself, and what it wants to have undone when it is removed.
 */
#include "entity/entity.h"

#include <string.h>

#include <hass/context.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/log.h>
#include <hass/loop.h>
#include <hass/task.h>

#include "base/mem.h"
#include "core/object.h"
#include "run/co.h"

/* A plain job or a registration to end. */
struct removal_hook {
    struct hass_list link;
    struct hass_job job; /* when sub is NULL */
    struct hass_sub *sub;
};

static const struct hass_entity_ops inert_ops = HASS_ENTITY_OPS();

struct hass_entity *hass_entity_new(struct hass *hass, const struct hass_entity_ops *ops,
                                    const struct hass_entity_description *description,
                                    const void *domain_ops, const void *values, void *userdata)
{
    struct hass_entity *entity = mem_zalloc(sizeof(*entity));
    struct scope *scope = scope_current();

    *entity = (struct hass_entity){
        .hass = hass,
        .refs = 1,
        .available = true,
        .known_class = entity_unknown_class,
        .known_capabilities = UINT32_MAX,
        .ops = ops,
        .description = description,
        .domain_ops = domain_ops,
        .userdata = userdata,
        .destroy = OPS_MEMBER(ops, destroy),
        .scope = scope_ref(scope ? scope : runtime_of(hass)->root),
    };
    list_init(&entity->link);
    list_init(&entity->hooks);
    if (ops->values_size) {
        entity->values = mem_zalloc(ops->values_size);
        if (values)
            memcpy(entity->values, values, ops->values_size);
    }
    return entity;
}

struct hass_entity *hass_entity_ref(struct hass_entity *entity)
{
    count_take(&entity->refs);
    return entity;
}

/* Of an entity that was never removed: nobody may be called with it any more. */
static HASS_CALLBACK void discard_hooks(struct hass_entity *entity)
{
    list_foreach(&entity->hooks, struct removal_hook, hook, link) {
        hass_sub_async_remove(hook->sub);
        job_destroy(&hook->job);
        free(hook);
    }
}

static void entity_free(void *object)
{
    struct hass_entity *entity = object;
    struct scope *former = scope_enter(entity->scope);

    hass__assert_loop();
    discard_hooks(entity);
    if (entity->destroy)
        entity->destroy(entity);
    scope_leave(former);
    hass_context_unref(entity->context);
    hass_future_unref(entity->removal);
    hass_entity_entry_unref(entity->entry);
    hass_device_unref(entity->device);
    free(entity->default_name);
    free(entity->full_name);
    scope_unref(entity->scope);
    free(entity->entity_id);
    free(entity->values);
    if (entity->domain_data_destroy)
        entity->domain_data_destroy(entity->domain_data);
    free(entity->domain_data);
    free(entity);
}

struct hass_entity *hass_entity_unref(struct hass_entity *entity)
{
    if (entity && count_drop(&entity->refs))
        object_free(entity->hass, entity, entity_free);
    return NULL;
}

struct hass *hass_entity_hass(const struct hass_entity *entity)
{
    return entity->hass;
}

void *hass_entity_userdata(const struct hass_entity *entity)
{
    return entity->userdata;
}

const void *hass_entity_domain_ops(const struct hass_entity *entity)
{
    return entity->domain_ops;
}

const struct hass_entity_description *hass_entity_description(const struct hass_entity *entity)
{
    return entity->description;
}

const char *entity_label(const struct hass_entity *entity)
{
    if (entity->entity_id)
        return entity->entity_id;
    const char *name = ENTITY_DESC(entity, name);
    return name ? name : "an entity without a name";
}

bool entity_can_update(const struct hass_entity *entity)
{
    return ENTITY_OP(entity, async_update) || ENTITY_OP(entity, update);
}

void entity_make_inert(struct hass_entity *entity)
{
    entity->ops = &inert_ops;
}

/* calling ops */

void op_begin(struct hass *hass, struct op_call *call, struct scope *scope, const char *name)
{
    dispatch_enter(runtime_of(hass), &call->dispatch, scope, name);
    call->co = co_hide();
}

void op_end(struct hass *hass, struct op_call *call)
{
    co_show(call->co);
    dispatch_end(runtime_of(hass), &call->dispatch);
}

/* values and availability */

void *hass_entity_async_values(struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_values", NULL);
    return entity->values;
}

void *hass_entity_async_domain_data(struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_domain_data", NULL);
    return entity->domain_data;
}

const struct hass_entity_entry *hass_entity_async_registry_entry(const struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_registry_entry", NULL);
    return entity->entry;
}

const struct hass_device *hass_entity_async_device(const struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_device", NULL);
    return entity->device;
}

const char *hass_entity_async_entity_id(const struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_entity_id", NULL);
    return entity->entity_id;
}

bool hass_entity_async_available(struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_available", false);
    bool (*available)(struct hass_entity *) = ENTITY_OP(entity, available);
    if (!available)
        return entity->available;
    struct op_call call;
    op_begin(entity->hass, &call, entity->scope, "available");
    bool result = available(entity);
    op_end(entity->hass, &call);
    return result;
}

int hass_entity_async_set_available(struct hass_entity *entity, bool available,
                                    struct hass_error *err)
{
    VERIFY_LOOP(entity->hass, "hass.entity.async_set_available", err);
    entity->available = available;
    return 0;
}

const struct hass_context *hass_entity_async_context(const struct hass_entity *entity)
{
    VERIFY_LOOP_OR(entity->hass, "hass.entity.async_context", NULL);
    return entity->context;
}

int hass_entity_async_set_context(struct hass_entity *entity, const struct hass_context *context,
                                  struct hass_error *err)
{
    VERIFY_LOOP(entity->hass, "hass.entity.async_set_context", err);
    const struct hass_context *former = entity->context;
    entity->context = context ? hass_context_ref(context) : NULL;
    entity->context_set = hass_monotonic(entity->hass);
    hass_context_unref(former);
    return 0;
}

/* hooks for removal */

static void add_hook(struct hass_entity *entity, struct hass_job job, struct hass_sub *sub)
{
    struct removal_hook *hook = mem_alloc(sizeof(*hook));

    *hook = (struct removal_hook){ .job = job, .sub = sub };
    list_prepend(&entity->hooks, &hook->link);
}

int hass_entity_async_on_remove(struct hass_entity *entity, struct hass_job job,
                                struct hass_error *err)
{
    VERIFY_LOOP(entity->hass, "hass.entity.async_on_remove", err);
    if (job.subject != HASS_SUBJECT_HASS) {
        job_destroy(&job);
        return hass_fail(err, HASS_E_INVALID, "a job that runs on removal takes a struct hass");
    }
    add_hook(entity, job, NULL);
    return 0;
}

int hass_entity_async_remove_later(struct hass_entity *entity, struct hass_sub *sub,
                                   struct hass_error *err)
{
    VERIFY_LOOP(entity->hass, "hass.entity.async_remove_later", err);
    add_hook(entity, (struct hass_job){ 0 }, sub);
    return 0;
}

static HASS_CALLBACK void run_hook(struct hass_entity *entity, struct removal_hook *hook)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (hook->sub) {
        hass_sub_async_remove(hook->sub);
        return;
    }
    int r = hass_async_run_job(entity->hass, hook->job, &err);
    if (r < 0)
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id, "Error removing %s: %s",
                        entity_label(entity), err.message);
}

void entity_run_hooks(struct hass_entity *entity)
{
    struct removal_hook *hook;

    while ((hook = list_first(&entity->hooks, struct removal_hook, link)) != NULL) {
        list_remove(&hook->link);
        run_hook(entity, hook);
        free(hook);
    }
}

/* from other threads */

struct remote {
    const struct hass_entity *entity;
    const struct hass_entity_entry *entry; /* out */
    const struct hass_device *device;      /* out */
};

static HASS_CALLBACK int ask_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct remote *remote = arg;

    if (remote->entity->entry)
        remote->entry = hass_entity_entry_ref(remote->entity->entry);
    if (remote->entity->device)
        remote->device = hass_device_ref(remote->entity->device);
    return 0;
}

const struct hass_entity_entry *hass_entity_registry_entry(const struct hass_entity *entity)
{
    struct remote remote = { .entity = entity };

    (void)runtime_call(entity->hass, "hass.entity.registry_entry", ask_on_loop, &remote, NULL);
    hass_device_unref(remote.device);
    return remote.entry;
}

const struct hass_device *hass_entity_device(const struct hass_entity *entity)
{
    struct remote remote = { .entity = entity };

    (void)runtime_call(entity->hass, "hass.entity.device", ask_on_loop, &remote, NULL);
    hass_entity_entry_unref(remote.entry);
    return remote.device;
}

struct availability {
    struct hass_entity *entity; /* a reference */
    bool available;
};

static void availability_destroy(void *object)
{
    struct availability *set = object;

    hass_entity_unref(set->entity);
    free(set);
}

static HASS_CALLBACK int set_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    const struct availability *set = arg;

    set->entity->available = set->available;
    return set->entity->entity_id ? hass_entity_async_write_ha_state(set->entity, err) : 0;
}

int hass_entity_set_available(struct hass_entity *entity, bool available, struct hass_error *err)
{
    struct availability *set = mem_alloc(sizeof(*set));

    *set = (struct availability){ .entity = hass_entity_ref(entity), .available = available };
    return runtime_post(entity->hass, "hass.entity.set_available", set_on_loop, set,
                        availability_destroy, err);
}
