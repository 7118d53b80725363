/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items and their entities. The description of an entity is its item's and points into the configuration; both are changed
 * in place, on the loop, where alone they are read.
 */
#include <string.h>

#include <hass/entity_registry.h>
#include <hass/strmap.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "core/core.h"
#include "entity/entity.h"
#include "helpers/collection.h"

/* items */

void collection_item_unref(void *object)
{
    struct collection_item *item = object;

    if (--item->refs)
        return;
    hass_entity_unref(item->entity);
    json_decref(item->config);
    json_decref(item->stored);
    free(item->entity_id);
    free(item->id);
    free(item);
}

/* @config and @stored are taken; what the item had is freed when nothing points into it any more. */
static void set_content(const struct collection *collection, struct collection_item *item,
                        json_t *config, json_t *stored)
{
    struct hass_entity_description *description = &item->description;
    json_t *former = item->config, *former_stored = item->stored;

    item->config = config;
    item->stored = stored;
    item->item.config = config;
    OPTIONS_READ(description, collection->options.description);
    description->size = sizeof(*description);
    description->unique_id = item->id;
    description->entity_id = item->entity_id;
    description->name = hass_json_get_string(config, "name", NULL);
    description->icon = hass_json_get_string(config, "icon", NULL);
    description->unit_of_measurement = hass_json_get_string(config, "unit_of_measurement", NULL);
    description->entity_picture = hass_json_get_string(config, "picture", NULL);
    json_decref(former);
    json_decref(former_stored);
}

struct collection_item *collection_add_item(struct collection *collection, const char *id,
                                            bool named_by_id, json_t *config, json_t *stored)
{
    struct collection_item *item = mem_zalloc(sizeof(*item));

    item->refs = 1;
    item->id = mem_strdup(id);
    if (named_by_id)
        item->entity_id = mem_printf("%s.%s", collection->component->domain, id);
    item->item = (struct hass_item){
        .size = sizeof(struct hass_item),
        .editable = stored != NULL,
        .id = item->id,
    };
    set_content(collection, item, config, stored);
    hass_strmap_set(collection->items, id, item);
    collection->stored += stored != NULL;
    return item;
}

/* entities */

static void destroy(struct hass_entity *entity)
{
    struct collection_item *item = hass_entity_userdata(entity);

    if (item->destroy)
        item->destroy(entity);
    collection_item_unref(item);
}

static void make_entity(struct collection *collection, struct collection_item *item)
{
    const struct hass_collection_options *options = &collection->options;
    struct hass_entity *entity = hass_entity_new(collection->hass, options->ops, &item->description,
                                                 options->domain_ops, NULL, item);

    item->refs++;
    item->destroy = entity->destroy;
    entity->destroy = destroy;
    item->entity = entity;
}

int collection_async_add_entities(struct collection *collection,
                                  const struct collection_items *items, struct hass_error *err)
{
    autofree struct hass_entity **entities = mem_calloc(items->length + 1, sizeof(*entities));

    for (size_t i = 0; i < items->length; i++) {
        make_entity(collection, items->data[i]);
        entities[i] = hass_entity_ref(items->data[i]->entity);
    }
    return hass_component_async_add_entities(collection->component, entities, items->length, err);
}

/* The domain's hook never suspends, whatever coroutine changes the item. */
static HASS_CALLBACK int tell_domain(struct collection *collection, struct hass_entity *entity,
                                     struct hass_error *err)
{
    struct op_call call;

    if (!collection->options.async_changed || entity->phase == ENTITY_REMOVED)
        return 0;
    op_begin(collection->hass, &call, entity->scope, "async_changed");
    int r = collection->options.async_changed(entity, err);
    op_end(collection->hass, &call);
    return r;
}

int collection_item_change(struct collection *collection, struct collection_item *item,
                           json_t *config, json_t *stored, struct hass_error *err)
{
    set_content(collection, item, config, stored);
    if (!item->entity)
        return 0;
    int r = tell_domain(collection, item->entity, err);
    return r < 0 ? r : hass_entity_async_write_ha_state(item->entity, err);
}

/* It is gone for good: nobody waits for it. */
static HASS_COROUTINE int remove_entity(struct hass_entity *entity, struct hass_error *err)
{
    autounref(hass_entity_entry) const *row =
        hass_entity_entry_ref(hass_entity_async_registry_entry(entity));
    int r = row ? hass_entity_registry_async_remove(hass_entity_hass(entity), row->id, err) : 0;

    return r < 0 && r != HASS_E_NOT_FOUND ? r : hass_entity_async_remove(entity, err);
}

int collection_async_remove_item(struct collection *collection, const char *id,
                                 struct hass_error *err)
{
    struct collection_item *item = hass_strmap_steal(collection->items, id);
    autounref(hass_entity) *entity = steal(item->entity);

    collection->stored -= item->stored != NULL;
    collection_item_unref(item);
    return entity ? remove_entity(entity, err) : 0;
}
