/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the registered entities and their indexes: by entity id, registry id and unique id; those of a device, an area, a label,
 * a config entry.
 */
#include "registry/entities.h"

#include <string.h>

#include "base/mem.h"
#include "registry/access.h"
#include "registry/layer.h"

/* indexes */

static uint32_t hash_key(const struct entity_key *key)
{
    return index_hash_join(index_hash_join(index_hash(key->domain), key->platform), key->unique_id);
}

static struct entity_key key_of(const struct entity_values *row)
{
    return (struct entity_key){ row->entry.domain, row->entry.platform, row->entry.unique_id };
}

static bool match_entity_id(const void *item, const void *key)
{
    return strcmp(((const struct entity_item *)item)->row->entry.entity_id, key) == 0;
}

static bool match_id(const void *item, const void *key)
{
    return strcmp(((const struct entity_item *)item)->row->entry.id, key) == 0;
}

static bool match_key(const void *item, const void *key)
{
    const struct hass_entity_entry *entry = &((const struct entity_item *)item)->row->entry;
    const struct entity_key *wanted = key;

    return strcmp(entry->unique_id, wanted->unique_id) == 0 &&
           strcmp(entry->platform, wanted->platform) == 0 &&
           strcmp(entry->domain, wanted->domain) == 0;
}

struct entity_item *entities_find_entity_id(const struct entities *entities, const char *entity_id)
{
    return index_find(&entities->by_entity_id, index_hash(entity_id), match_entity_id, entity_id);
}

struct entity_item *entities_find_any_id(const struct entities *entities, const char *id)
{
    uint32_t hash = index_hash(id);
    struct entity_item *item = index_find(&entities->by_entity_id, hash, match_entity_id, id);

    return item ? item : index_find(&entities->by_id, hash, match_id, id);
}

struct entity_item *entities_find_key(const struct entities *entities, const struct entity_key *key)
{
    return index_find(&entities->by_unique_id, hash_key(key), match_key, key);
}

struct entity_item *removed_entities_find(const struct entities *entities,
                                          const struct entity_key *key)
{
    return index_find(&entities->removed_by_unique_id, hash_key(key), match_key, key);
}

static void put_in_groups(struct entities *entities, struct entity_item *item)
{
    const struct hass_entity_entry *entry = &item->row->entry;

    groups_put(&entities->devices, entry->device_id, &item->device, item);
    groups_put(&entities->areas, entry->area_id, &item->area, item);
    groups_put(&entities->entries, entry->config_entry_id, &item->entry, item);
    groups_put_all(&entities->labels, entry->labels, &item->labels, item);
}

static void take_from_groups(struct entities *entities, struct entity_item *item)
{
    groups_put(&entities->devices, NULL, &item->device, item);
    groups_put(&entities->areas, NULL, &item->area, item);
    groups_put(&entities->entries, NULL, &item->entry, item);
    groups_put_all(&entities->labels, row_no_texts, &item->labels, item);
}

/* What an item is told by may have changed. */
static void move_cell(struct index *index, uint32_t old, uint32_t new, struct entity_item *item)
{
    if (old == new)
        return;
    index_remove(index, old, item);
    index_add(index, new, item);
}

/* items */

static struct entity_item *item_new(struct group *all, const struct entity_values *row)
{
    struct entity_item *item = mem_zalloc(sizeof(*item));

    item->row = row;
    group_join(all, &item->all, item);
    return item;
}

static void item_free(struct entity_item *item)
{
    group_leave(&item->all);
    row_unref(item->row);
    free(item);
}

struct entity_item *entities_add(struct entities *entities, const struct entity_values *row)
{
    struct entity_item *item = item_new(&entities->live, row);
    struct entity_key key = key_of(item->row);

    index_add(&entities->by_entity_id, index_hash(item->row->entry.entity_id), item);
    index_add(&entities->by_id, index_hash(item->row->entry.id), item);
    index_add(&entities->by_unique_id, hash_key(&key), item);
    put_in_groups(entities, item);
    return item;
}

void entities_replace(struct entities *entities, struct entity_item *item,
                      const struct entity_values *draft)
{
    const struct entity_values *old = item->row, *new = row_new(&entity_type, draft);
    struct entity_key old_key = key_of(old), new_key = key_of(new);

    move_cell(&entities->by_entity_id, index_hash(old->entry.entity_id),
              index_hash(new->entry.entity_id), item);
    move_cell(&entities->by_unique_id, hash_key(&old_key), hash_key(&new_key), item);
    item->row = new;
    row_unref(old);
    put_in_groups(entities, item);
}

void entities_drop(struct entities *entities, struct entity_item *item)
{
    struct entity_key key = key_of(item->row);

    index_remove(&entities->by_entity_id, index_hash(item->row->entry.entity_id), item);
    index_remove(&entities->by_id, index_hash(item->row->entry.id), item);
    index_remove(&entities->by_unique_id, hash_key(&key), item);
    take_from_groups(entities, item);
    item_free(item);
}

void removed_entities_add(struct entities *entities, const struct entity_values *row)
{
    struct entity_item *item = item_new(&entities->removed, row);
    struct entity_key key = key_of(item->row);

    index_add(&entities->removed_by_unique_id, hash_key(&key), item);
}

void removed_entities_replace(struct entities *entities, struct entity_item *item,
                              const struct entity_values *draft)
{
    const struct entity_values *old = item->row;

    item->row = row_new(&entity_type, draft); // what it is told by stays
    row_unref(old);
}

void removed_entities_drop(struct entities *entities, struct entity_item *item)
{
    struct entity_key key = key_of(item->row);

    index_remove(&entities->removed_by_unique_id, hash_key(&key), item);
    item_free(item);
}

/* the registry */

void entities_clear(struct entities *entities)
{
    struct entity_item *item;

    for (size_t pos = 0; (item = group_next(&entities->live, &pos));)
        entities_drop(entities, item);
    for (size_t pos = 0; (item = group_next(&entities->removed, &pos));)
        removed_entities_drop(entities, item);
}

static void entities_destroy(void *object)
{
    struct entities *entities = object;

    hass__assert_loop();
    entities->file = row_file_async_close(entities->file);
    entities_clear(entities);
    group_fini(&entities->live);
    group_fini(&entities->removed);
    index_fini(&entities->by_entity_id);
    index_fini(&entities->by_id);
    index_fini(&entities->by_unique_id);
    index_fini(&entities->removed_by_unique_id);
    groups_fini(&entities->devices);
    groups_fini(&entities->areas);
    groups_fini(&entities->labels);
    groups_fini(&entities->entries);
    free(entities);
}

struct entities *entities_of(struct hass *hass)
{
    struct entities *entities = registry_get(hass, REGISTRY_ENTITIES);

    if (!entities) {
        entities = mem_zalloc(sizeof(*entities));
        entities->hass = hass;
        registry_set(hass, REGISTRY_ENTITIES, entities, entities_destroy);
    }
    return entities;
}

/* reading */

static const struct hass_entity_entry *entry_of(const struct entity_item *item)
{
    return item ? &item->row->entry : NULL;
}

const struct hass_entity_entry *hass_entity_registry_async_get(struct hass *hass,
                                                               const char *entity_id)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_get", NULL);
    return entry_of(entities_find_any_id(entities_of(hass), entity_id));
}

const struct hass_entity_entry *hass_entity_registry_async_find(struct hass *hass,
                                                                const char *domain,
                                                                const char *platform,
                                                                const char *unique_id)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_find", NULL);
    const struct entity_key key = { domain, platform, unique_id };

    return entry_of(entities_find_key(entities_of(hass), &key));
}

bool hass_entity_registry_async_next(struct hass *hass, size_t *pos,
                                     const struct hass_entity_entry **ret_entry)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_next", false);
    return access_next(&entities_of(hass)->live, pos, (const void **)ret_entry);
}

bool hass_entity_registry_async_next_of_device(struct hass *hass, const char *device_id,
                                               size_t *pos,
                                               const struct hass_entity_entry **ret_entry)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_next_of_device", false);
    return access_next(groups_get(&entities_of(hass)->devices, device_id), pos,
                       (const void **)ret_entry);
}

bool hass_entity_registry_async_next_of_area(struct hass *hass, const char *area_id, size_t *pos,
                                             const struct hass_entity_entry **ret_entry)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_next_of_area", false);
    return access_next(groups_get(&entities_of(hass)->areas, area_id), pos,
                       (const void **)ret_entry);
}

bool hass_entity_registry_async_next_of_label(struct hass *hass, const char *label_id, size_t *pos,
                                              const struct hass_entity_entry **ret_entry)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_next_of_label", false);
    return access_next(groups_get(&entities_of(hass)->labels, label_id), pos,
                       (const void **)ret_entry);
}

bool hass_entity_registry_async_next_of_entry(struct hass *hass, const char *entry_id, size_t *pos,
                                              const struct hass_entity_entry **ret_entry)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_next_of_entry", false);
    return access_next(groups_get(&entities_of(hass)->entries, entry_id), pos,
                       (const void **)ret_entry);
}

size_t hass_entity_registry_async_count(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.entity_registry.async_count", 0);
    return entities_of(hass)->live.count;
}

/* from other threads */

static HASS_CALLBACK const void *find(struct hass *hass, const struct access_key *key)
{
    return hass_entity_registry_async_get(hass, key->id);
}

static HASS_CALLBACK int update(struct hass *hass, const struct access_key *key, json_t *fields,
                                struct hass_error *err)
{
    return hass_entity_registry_async_update(hass, key->id, fields, NULL, err);
}

static HASS_CALLBACK int remove_row(struct hass *hass, const struct access_key *key, json_t *fields,
                                    struct hass_error *err)
{
    return hass_entity_registry_async_remove(hass, key->id, err);
}

const struct hass_entity_entry *hass_entity_registry_get(struct hass *hass, const char *entity_id)
{
    return access_fetch(hass, "hass.entity_registry.get", find,
                        &(const struct access_key){ .id = entity_id });
}

int hass_entity_registry_update(struct hass *hass, const char *entity_id, json_t *changes,
                                struct hass_error *err)
{
    return access_queue(hass, "hass.entity_registry.update", update,
                        &(const struct access_key){ .id = entity_id }, changes, err);
}

int hass_entity_registry_remove(struct hass *hass, const char *entity_id, struct hass_error *err)
{
    return access_queue(hass, "hass.entity_registry.remove", remove_row,
                        &(const struct access_key){ .id = entity_id }, NULL, err);
}
