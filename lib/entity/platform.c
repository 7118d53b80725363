/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a platform and its list of entities. It is a member of its integration's scope: when that closes, the entities
 * become inert and go, without a word to the integration.
 */
#include "entity/platform.h"

#include <hass/json.h>

#include "base/mem.h"
#include "entity/entity.h"
#include "entity/layer.h"

static void platform_scope_closes(struct scope_member *member)
{
    hass__assert_loop();
    platform_close(list_entry(member, struct hass_platform, member));
}

static double configured_interval(const struct hass_platform *platform)
{
    double own = hass_json_get_number(platform->source.config, "scan_interval", 0);

    if (own > 0)
        return own;
    return platform->source.scan_interval > 0 ? platform->source.scan_interval
                                              : platform->component->scan_interval;
}

struct hass_platform *platform_new(struct hass_component *component, const char *name,
                                   const struct platform_source *source)
{
    struct hass_platform *platform = mem_zalloc(sizeof(*platform));
    struct scope *scope = source ? source->scope : component->scope;

    *platform = (struct hass_platform){
        .hass = component->hass,
        .refs = 1,
        .component = component_ref(component),
        .scope = scope_ref(scope),
        .unique_ids = hass_strmap_create(NULL),
        .domain = mem_strdup(component->domain),
        .name = mem_strdup(name),
        .member.close = platform_scope_closes,
    };
    if (source)
        platform->source = *source;
    list_init(&platform->entities);
    platform->scan_interval = configured_interval(platform);
    list_append(&component->platforms, &platform->link);
    scope_add(scope, &platform->member);
    return platform;
}

struct hass_platform *platform_ref(struct hass_platform *platform)
{
    platform->refs++;
    return platform;
}

static HASS_CALLBACK void platform_free(struct hass_platform *platform)
{
    if (platform->source.scope)
        entity_layer(platform->hass)->loader->release(&platform->source);
    hass_semaphore_destroy(platform->updates);
    hass_strmap_destroy(platform->unique_ids);
    component_unref(platform->component);
    scope_unref(platform->scope);
    free(platform->domain);
    json_decref(platform->entry);
    free(platform->name);
    free(platform);
}

void platform_unref(struct hass_platform *platform)
{
    hass__assert_loop();
    if (--platform->refs == 0)
        platform_free(platform);
}

struct hass *hass_platform_hass(const struct hass_platform *platform)
{
    return platform->hass;
}

const char *hass_platform_domain(const struct hass_platform *platform)
{
    return platform->domain;
}

const char *hass_platform_name(const struct hass_platform *platform)
{
    return platform->name;
}

struct hass_entry *hass_platform_entry(const struct hass_platform *platform)
{
    return platform->source.entry;
}

/* the list of entities */

void platform_list(struct hass_platform *platform, struct hass_entity *entity)
{
    const char *unique_id = ENTITY_DESC(entity, unique_id);

    entity->platform = platform;
    list_append(&platform->entities, &entity->link);
    platform->count++;
    hass_strmap_set(entity_layer(platform->hass)->entities, entity->entity_id, entity);
    if (unique_id)
        hass_strmap_set(platform->unique_ids, unique_id, entity);
}

void platform_unlist(struct hass_entity *entity)
{
    struct hass_platform *platform = steal(entity->platform);
    const char *unique_id = ENTITY_DESC(entity, unique_id);

    if (!platform)
        return;
    hass_strmap_remove(entity_layer(platform->hass)->entities, entity->entity_id);
    if (unique_id)
        hass_strmap_remove(platform->unique_ids, unique_id);
    list_remove(&entity->link);
    entity->component = NULL;
    platform->count--;
    hass_entity_unref(entity);
}

void platform_entities(struct hass_platform *platform, struct entity_list *list)
{
    list_foreach(&platform->entities, struct hass_entity, entity, link)
        entity_list_add(list, entity);
}

/* the end */

static HASS_CALLBACK void stop_timers(struct hass_platform *platform)
{
    struct scope *former = scope_enter(runtime_of(platform->hass)->root);

    platform_stop_polling(platform);
    platform->retry = hass_sub_async_remove(platform->retry);
    scope_leave(former);
}

void platform_close(struct hass_platform *platform)
{
    struct hass_entity *entity;

    if (platform->closed)
        return;
    platform->closed = true;
    stop_timers(platform);
    while ((entity = list_first(&platform->entities, struct hass_entity, link)) != NULL)
        entity_drop(entity);
    list_remove(&platform->link);
    if (platform->component->own == platform)
        platform->component->own = NULL;
    scope_remove(&platform->member);
    platform_unref(platform);
}

static HASS_COROUTINE int remove_entity(struct hass_entity *entity, void *userdata,
                                        struct hass_error *err)
{
    return hass_entity_async_remove(entity, err);
}

int platform_async_remove(struct hass_platform *platform, struct hass_error *err)
{
    auto_entity_list entities = { 0 };

    platform_ref(platform);
    stop_timers(platform);
    platform_entities(platform, &entities);
    struct scope *former = scope_enter(platform->scope);
    int r =
        entities_async_map(platform->hass, entities.data, entities.length, ENTITY_MAP_CONCURRENCY,
                           HASS_FOREVER, remove_entity, NULL, NULL, err);
    scope_leave(former);
    platform_close(platform);
    platform_unref(platform);
    return r;
}
