/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Polling. A timer starts a round each scan interval; a round that finds the former one still under way is skipped. How many
 * entities update at once is the integration's to say; when it does not, the first entity decides: one that blocks lets one
 * at a time, one that does not, all.
 */
#include <errno.h>

#include <hass/log.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "entity/entity.h"
#include "entity/platform.h"
#include "registry/entry_loader.h"
#include "run/clock.h"

static HASS_CALLBACK int on_poll_timer(const struct hass_tick *tick, void *userdata,
                                       struct hass_error *err);

/* how many at once */

void platform_decide_limit(struct hass_platform *platform, const struct hass_entity *first)
{
    if (platform->limit_known)
        return;
    platform->limit_known = true;
    int given = platform->source.parallel_updates;
    bool blocks = !ENTITY_OP(first, async_update) && ENTITY_OP(first, update);
    platform->limit = given > 0 ? (size_t)given : given == 0 && blocks ? 1 : 0;
    if (platform->limit)
        platform->updates = hass_semaphore_create(platform->hass, platform->limit);
}

int platform_async_acquire(struct hass_platform *platform, struct hass_error *err)
{
    return platform->updates ? hass_semaphore_async_acquire(platform->updates, err) : 0;
}

void platform_release(struct hass_platform *platform)
{
    if (platform->updates)
        hass_semaphore_async_release(platform->updates);
}

/* a round */

static HASS_COROUTINE int poll_entity(struct hass_entity *entity, void *userdata,
                                      struct hass_error *err)
{
    struct hass_platform *platform = userdata;
    int r = platform_async_acquire(platform, err);

    if (r < 0)
        return r;
    entity_async_refresh(entity);
    platform_release(platform);
    return 0;
}

static void polled_entities(struct hass_platform *platform, struct entity_list *list)
{
    list_foreach(&platform->entities, struct hass_entity, entity, link) {
        if (ENTITY_DESC(entity, should_poll) && entity->phase == ENTITY_ADDED)
            entity_list_add(list, entity);
    }
}

static void unref_platform(void *object)
{
    platform_unref(object);
}

/* The semaphore is the limit; more coroutines than it lets through would only wait. */
static size_t concurrency(const struct hass_platform *platform)
{
    return platform->limit && platform->limit < ENTITY_MAP_CONCURRENCY ? platform->limit
                                                                       : ENTITY_MAP_CONCURRENCY;
}

static HASS_COROUTINE int poll_round(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_platform *platform = userdata;
    auto_entity_list entities = { 0 };

    polled_entities(platform, &entities);
    int r = 0;
    platform->polling = true;
    if (entities.length == 1 || platform->limit == 1) {
        for (size_t i = 0; i < entities.length && r >= 0 && !platform->closed; i++)
            r = poll_entity(entities.data[i], platform, err);
    } else {
        r = entities_async_map(hass, entities.data, entities.length, concurrency(platform),
                               HASS_FOREVER, poll_entity, platform_ref(platform), unref_platform,
                               err);
    }
    platform->polling = false;
    return r == -ECANCELED ? 0 : r;
}

/* the timer */

static HASS_CALLBACK int arm(struct hass_platform *platform, struct hass_error *err)
{
    struct hass *hass = platform->hass;
    int64_t when = hass_monotonic(hass) + clock_from_seconds(platform->scan_interval);
    struct hass_job job = HASS_JOB_CALLBACK(on_poll_timer, platform, .cancel_on_shutdown = true);
    struct scope *former = scope_enter(platform->scope);
    int r = hass_async_call_at(hass, when, job, &platform->poll_timer, err);

    scope_leave(former);
    return r;
}

static HASS_CALLBACK int on_poll_timer(const struct hass_tick *tick, void *userdata,
                                       struct hass_error *err)
{
    struct hass_platform *platform = userdata;

    platform->poll_timer = hass_sub_async_remove(platform->poll_timer);
    int r = arm(platform, err);
    if (r < 0)
        return r;
    if (platform->polling) {
        hass_warning("Updating %s %s took longer than the scheduled update interval %g seconds",
                     platform->name, platform->domain, platform->scan_interval);
        return 0;
    }
    struct hass_job job =
        HASS_JOB_COROUTINE(poll_round, platform_ref(platform), .destroy = unref_platform);
    return hass_async_create_background_task(platform->hass, job, NULL, err);
}

static bool any_polls(const struct hass_platform *platform)
{
    list_foreach(&platform->entities, struct hass_entity, entity, link) {
        if (ENTITY_DESC(entity, should_poll) && entity_can_update(entity))
            return true;
    }
    return false;
}

void platform_start_polling(struct hass_platform *platform)
{
    const struct hass_entry *entry = platform->source.entry;

    if (platform->poll_timer || platform->closed || !any_polls(platform) ||
        (entry && entry_disables_polling(entry)))
        return;
    (void)arm(platform, NULL); /* fails only when the scope closes */
}

void platform_stop_polling(struct hass_platform *platform)
{
    platform->poll_timer = hass_sub_async_remove(platform->poll_timer);
}
