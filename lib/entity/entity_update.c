/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updates and other blocking work of an entity. Work on the pool gets a copy of the values, which is published on the loop
 * when it has returned, by whatever ends the job: also when its waiter has gone. An update publishes nothing when the values
 * have changed meanwhile: what a service has just set is newer than what the update has read.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <hass/log.h>
#include <hass/loop.h>
#include <hass/task.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "entity/entity.h"
#include "run/clock.h"
#include "run/executor.h"

#define SLOW_UPDATE 10.0 /* seconds */

/* work on the pool */

typedef int update_fn(struct hass_worker *worker, struct hass_entity *entity, void *values,
                      struct hass_error *err);

struct work {
    struct hass_entity *entity;
    hass_entity_work_fn *fn;
    void *arg;
    hass_destroy_fn *destroy;
    void *values;
    void *before;      /* what the values were; NULL: publish in any case */
    update_fn *update; /* of the ops, which the loop may replace */
    int result;
};

static bool is_stale(const struct work *work, size_t size)
{
    return work->before && memcmp(work->before, work->entity->values, size) != 0;
}

/* On the loop, when the job has ended or never will begin. */
static void work_end(void *object)
{
    struct work *work = object;
    struct hass_entity *entity = work->entity;
    size_t size = entity->ops->values_size; /* 0 once inert */

    if (work->result >= 0 && size && !is_stale(work, size))
        memcpy(entity->values, work->values, size);
    if (work->destroy)
        work->destroy(work->arg);
    hass_entity_unref(entity);
    free(work->values);
    free(work->before);
    free(work);
}

static int work_run(struct hass_worker *worker, void *arg, struct hass_error *err)
{
    struct work *work = arg;

    work->result = work->fn(worker, work->entity, work->values, work->arg, err);
    return work->result;
}

static HASS_COROUTINE int do_work(struct hass_entity *entity, struct work *work,
                                  struct hass_error *err)
{
    autounref(hass_future) *future = NULL;

    work->entity = hass_entity_ref(entity);
    work->result = -ECANCELED;
    size_t size = entity->ops->values_size;
    work->values = size ? mem_memdup(entity->values, size) : NULL;
    int r = executor_submit(entity->hass, entity->scope, entity_label(entity), work_run, work,
                            work_end, JOB_TRACKED, &future, err);
    return r < 0 ? r : hass_async_await(future, HASS_FOREVER, err);
}

int hass_entity_async_work(struct hass_entity *entity, hass_entity_work_fn *work_fn, void *arg,
                           hass_destroy_fn *destroy, struct hass_error *err)
{
    VERIFY_COROUTINE(entity->hass, "hass.entity.async_work", err);
    if (entity->phase == ENTITY_REMOVED) {
        if (destroy)
            destroy(arg);
        return hass_fail(err, HASS_E_CLOSED, "%s has been removed", entity_label(entity));
    }
    struct work *work = mem_zalloc(sizeof(*work));
    *work = (struct work){ .fn = work_fn, .arg = arg, .destroy = destroy };
    return do_work(entity, work, err);
}

/* updates */

static int update_on_pool(struct hass_worker *worker, struct hass_entity *entity, void *values,
                          void *arg, struct hass_error *err)
{
    const struct work *work = arg;

    return work->update(worker, entity, values, err);
}

static HASS_COROUTINE int call_update(struct hass_entity *entity, struct hass_error *err)
{
    int (*async_update)(struct hass_entity *, struct hass_error *) =
        ENTITY_OP(entity, async_update);
    if (async_update) {
        struct scope *former = scope_enter(entity->scope);
        int r = async_update(entity, err);
        scope_leave(former);
        return r;
    }
    update_fn *update = ENTITY_OP(entity, update);
    if (!update)
        return 0;
    struct work *work = mem_zalloc(sizeof(*work));
    *work = (struct work){ .fn = update_on_pool, .arg = work, .update = update };
    size_t size = entity->ops->values_size;
    work->before = size ? mem_memdup(entity->values, size) : NULL;
    return do_work(entity, work, err);
}

static HASS_CALLBACK int warn_slow_update(const struct hass_tick *tick, void *userdata,
                                          struct hass_error *err)
{
    const struct hass_entity *entity = userdata;

    hass_entity_log(HASS_LOG_WARNING, entity->entity_id, "Update of %s is taking over %g seconds",
                    entity_label(entity), SLOW_UPDATE);
    return 0;
}

int entity_async_update(struct hass_entity *entity, struct hass_error *err)
{
    struct hass *hass = entity->hass;
    struct hass_sub *slow = NULL;

    if (entity->updating || entity->phase == ENTITY_REMOVED)
        return 0;
    hass_entity_ref(entity);
    entity->updating = true;
    (void)hass_async_call_at(hass, hass_monotonic(hass) + clock_from_seconds(SLOW_UPDATE),
                             HASS_JOB_CALLBACK(warn_slow_update, entity), &slow, NULL);
    int r = call_update(entity, err);
    hass_sub_async_remove(slow);
    entity->updating = false;
    hass_entity_unref(entity);
    return r;
}

void entity_async_refresh(struct hass_entity *entity)
{
    struct hass_error err = HASS_ERROR_INIT;
    int r = hass_entity_async_update_ha_state(entity, true, &err);

    if (r < 0 && r != -ECANCELED && r != HASS_E_CLOSED)
        hass_entity_log(HASS_LOG_ERROR, entity->entity_id, "Update for %s fails: %s",
                        entity_label(entity), error_text(&err, r));
}

/* update and write */

int hass_entity_async_update_ha_state(struct hass_entity *entity, bool force_refresh,
                                      struct hass_error *err)
{
    VERIFY_COROUTINE(entity->hass, "hass.entity.async_update_ha_state", err);
    int r = force_refresh ? entity_async_update(entity, err) : 0;
    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static void unref_entity(void *object)
{
    hass_entity_unref(object);
}

static HASS_COROUTINE int refresh_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    entity_async_refresh(userdata);
    return 0;
}

static HASS_CALLBACK int start_refresh(struct hass_entity *entity, struct hass_error *err)
{
    struct scope *former = scope_enter(entity->scope);
    struct hass_job job =
        HASS_JOB_COROUTINE(refresh_task, hass_entity_ref(entity), .destroy = unref_entity);
    int r = hass_async_create_task(entity->hass, job, NULL, err);

    scope_leave(former);
    return r;
}

int hass_entity_async_schedule_update_ha_state(struct hass_entity *entity, bool force_refresh,
                                               struct hass_error *err)
{
    VERIFY_LOOP(entity->hass, "hass.entity.async_schedule_update_ha_state", err);
    return force_refresh ? start_refresh(entity, err)
                         : hass_entity_async_write_ha_state(entity, err);
}

static HASS_CALLBACK int write_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    struct hass_entity *entity = arg;

    entity->write_queued = false; /* first: a change from now on wants a write of its own */
    return hass_entity_async_write_ha_state(entity, err);
}

static HASS_CALLBACK int refresh_on_loop(struct hass *hass, void *arg, struct hass_error *err)
{
    return start_refresh(arg, err);
}

int hass_entity_schedule_update_ha_state(struct hass_entity *entity, bool force_refresh,
                                         struct hass_error *err)
{
    static const char operation[] = "hass.entity.schedule_update_ha_state";

    if (force_refresh)
        return runtime_post(entity->hass, operation, refresh_on_loop, hass_entity_ref(entity),
                            unref_entity, err);
    if (atomic_exchange(&entity->write_queued, true))
        return 0;
    int r = runtime_post(entity->hass, operation, write_on_loop, hass_entity_ref(entity),
                         unref_entity, err);
    if (r < 0)
        entity->write_queued = false;
    return r;
}
