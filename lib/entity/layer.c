/* SPDX-License-Identifier: Apache-2.0 */
/* The layer's own state in a hass, and what can be asked of it without a component. */
#include "entity/layer.h"

#include "base/mem.h"
#include "core/core.h"
#include "entity/follow.h"
#include "entity/restore.h"

static void request_close(struct scope_member *member)
{
    struct load_request *request = list_entry(member, struct load_request, member);

    hass__assert_loop();
    list_remove(&request->link);
    scope_remove(&request->member);
    json_decref(request->config);
    free(request->domain);
    free(request->name);
    free(request);
}

static void decref_json(void *object)
{
    json_decref(object);
}

/* After all scopes have ended: what is in the maps has gone. */
static void layer_destroy(void *object)
{
    struct entity_layer *layer = object;

    hass__assert_loop();
    list_foreach(&layer->requests, struct load_request, request, link)
        request_close(&request->member);
    hass_strmap_destroy(layer->components);
    hass_strmap_destroy(layer->entities);
    restore_destroy(layer->restore);
    hass_strmap_destroy(layer->english);
    hass_strmap_destroy(layer->local);
    free(layer);
}

struct entity_layer *entity_layer(struct hass *hass)
{
    struct entity_layer *layer = hass_layer_get(hass, HASS_LAYER_ENTITY);

    if (layer)
        return layer;
    layer = mem_zalloc(sizeof(*layer));
    layer->hass = hass;
    layer->components = hass_strmap_create(NULL);
    layer->entities = hass_strmap_create(NULL);
    layer->english = hass_strmap_create(decref_json);
    layer->local = hass_strmap_create(decref_json);
    layer->restore = restore_create(hass);
    list_init(&layer->requests);
    hass_layer_set(hass, HASS_LAYER_ENTITY, layer, layer_destroy);
    follow_registries(hass);
    return layer;
}

struct load_request *load_request_add(struct entity_layer *layer, const char *domain,
                                      const char *name, json_t *config)
{
    struct load_request *request = mem_zalloc(sizeof(*request));

    *request = (struct load_request){
        .domain = mem_strdup(domain),
        .name = mem_strdup(name),
        .config = config,
        .member.close = request_close,
    };
    list_append(&layer->requests, &request->link);
    scope_add(scope_of_caller(layer->hass), &request->member);
    return request;
}

int platform_loader_set(struct hass *hass, const struct platform_loader *loader,
                        struct hass_error *err)
{
    entity_layer(hass)->loader = loader;
    return 0;
}

struct hass_component *hass_component_async_get(struct hass *hass, const char *domain)
{
    VERIFY_LOOP_OR(hass, "hass.component.async_get", NULL);
    return hass_strmap_get(entity_layer(hass)->components, domain);
}

struct hass_entity *hass_async_get_entity(struct hass *hass, const char *entity_id)
{
    VERIFY_LOOP_OR(hass, "hass.async_get_entity", NULL);
    return hass_strmap_get(entity_layer(hass)->entities, entity_id);
}
