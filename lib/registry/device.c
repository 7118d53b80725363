/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the devices and their indexes: by id, identifier and connection; those of an area, a label, a config entry, and those
 * reached through a device.
 */
#include "registry/device.h"

#include <string.h>

#include "base/mem.h"
#include "registry/access.h"
#include "registry/layer.h"

/* indexes */

static uint32_t hash_pair(const struct hass_device_pair *pair)
{
    return index_hash_join(index_hash(pair->first), pair->second);
}

static bool match_id(const void *item, const void *key)
{
    return strcmp(((const struct device_item *)item)->row->device.id, key) == 0;
}

static bool match_identifier(const void *item, const void *key)
{
    return row_has_pair(((const struct device_item *)item)->row->device.identifiers,
                        *(const struct hass_device_pair *)key);
}

static bool match_connection(const void *item, const void *key)
{
    return row_has_pair(((const struct device_item *)item)->row->device.connections,
                        *(const struct hass_device_pair *)key);
}

static struct device_item *find_by_pairs(const struct index *index,
                                         const struct hass_device_pair *pairs,
                                         index_match_fn *match)
{
    for (; pairs && pairs->first; pairs++) {
        struct device_item *item = index_find(index, hash_pair(pairs), match, pairs);
        if (item)
            return item;
    }
    return NULL;
}

struct device_item *device_set_find(const struct device_set *set,
                                    const struct hass_device_pair *identifiers,
                                    const struct hass_device_pair *connections)
{
    struct device_item *item = find_by_pairs(&set->identifiers, identifiers, match_identifier);

    return item ? item : find_by_pairs(&set->connections, connections, match_connection);
}

struct device_item *devices_find_id(const struct devices *devices, const char *id)
{
    return index_find(&devices->live.by_id, index_hash(id), match_id, id);
}

static void add_pairs(struct index *index, const struct hass_device_pair *pairs,
                      struct device_item *item)
{
    for (; pairs->first; pairs++)
        index_add(index, hash_pair(pairs), item);
}

static void remove_pairs(struct index *index, const struct hass_device_pair *pairs,
                         const struct device_item *item)
{
    for (; pairs->first; pairs++)
        index_remove(index, hash_pair(pairs), item);
}

static void index_row(struct device_set *set, struct device_item *item)
{
    const struct hass_device *device = &item->row->device;

    index_add(&set->by_id, index_hash(device->id), item);
    add_pairs(&set->identifiers, device->identifiers, item);
    add_pairs(&set->connections, device->connections, item);
}

static void unindex_row(struct device_set *set, const struct device_item *item)
{
    const struct hass_device *device = &item->row->device;

    index_remove(&set->by_id, index_hash(device->id), item);
    remove_pairs(&set->identifiers, device->identifiers, item);
    remove_pairs(&set->connections, device->connections, item);
}

/* @device: the row, or NULL to leave all groups. */
static void group_row(struct devices *devices, struct device_item *item,
                      const struct hass_device *device)
{
    groups_put(&devices->areas, device ? device->area_id : NULL, &item->area, item);
    groups_put(&devices->vias, device ? device->via_device_id : NULL, &item->via, item);
    groups_put_all(&devices->labels, device ? device->labels : row_no_texts, &item->labels, item);
    groups_put_all(&devices->entries, device ? device->config_entries : row_no_texts,
                   &item->entries, item);
}

/* items */

static struct device_item *item_new(struct device_set *set, const struct device_values *row)
{
    struct device_item *item = mem_zalloc(sizeof(*item));

    item->row = row;
    group_join(&set->all, &item->all, item);
    index_row(set, item);
    return item;
}

static void item_drop(struct device_set *set, struct device_item *item)
{
    unindex_row(set, item);
    group_leave(&item->all);
    row_unref(item->row);
    free(item);
}

struct device_item *devices_add(struct devices *devices, const struct device_values *row)
{
    struct device_item *item = item_new(&devices->live, row);

    group_row(devices, item, &item->row->device);
    return item;
}

static void set_row(struct device_set *set, struct device_item *item,
                    const struct device_values *draft)
{
    const struct device_values *row = row_new(&device_type, draft);

    unindex_row(set, item);
    row_unref(item->row);
    item->row = row;
    index_row(set, item);
}

void devices_replace(struct devices *devices, struct device_item *item,
                     const struct device_values *draft)
{
    set_row(&devices->live, item, draft);
    group_row(devices, item, &item->row->device);
}

void devices_drop(struct devices *devices, struct device_item *item)
{
    group_row(devices, item, NULL);
    item_drop(&devices->live, item);
}

void removed_devices_add(struct devices *devices, const struct device_values *row)
{
    item_new(&devices->removed, row);
}

void removed_devices_replace(struct devices *devices, struct device_item *item,
                             const struct device_values *draft)
{
    set_row(&devices->removed, item, draft);
}

void removed_devices_drop(struct devices *devices, struct device_item *item)
{
    item_drop(&devices->removed, item);
}

/* the registry */

static void set_fini(struct device_set *set)
{
    group_fini(&set->all);
    index_fini(&set->by_id);
    index_fini(&set->identifiers);
    index_fini(&set->connections);
}

void devices_clear(struct devices *devices)
{
    struct device_item *item;

    for (size_t pos = 0; (item = group_next(&devices->live.all, &pos));)
        devices_drop(devices, item);
    for (size_t pos = 0; (item = group_next(&devices->removed.all, &pos));)
        removed_devices_drop(devices, item);
}

static void devices_destroy(void *object)
{
    struct devices *devices = object;

    hass__assert_loop();
    devices->cleanup = hass_sub_async_remove(devices->cleanup);
    devices->expiry = hass_sub_async_remove(devices->expiry);
    devices->file = row_file_async_close(devices->file);
    devices_clear(devices);
    set_fini(&devices->live);
    set_fini(&devices->removed);
    groups_fini(&devices->areas);
    groups_fini(&devices->labels);
    groups_fini(&devices->entries);
    groups_fini(&devices->vias);
    free(devices);
}

struct devices *devices_of(struct hass *hass)
{
    struct devices *devices = registry_get(hass, REGISTRY_DEVICES);

    if (!devices) {
        devices = mem_zalloc(sizeof(*devices));
        devices->hass = hass;
        registry_set(hass, REGISTRY_DEVICES, devices, devices_destroy);
    }
    return devices;
}

/* reading */

const struct hass_device *hass_device_registry_async_get(struct hass *hass, const char *device_id)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_get", NULL);
    const struct device_item *item = devices_find_id(devices_of(hass), device_id);

    return item ? &item->row->device : NULL;
}

const struct hass_device *
hass_device_registry_async_find(struct hass *hass, const struct hass_device_pair *identifiers,
                                const struct hass_device_pair *connections)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_find", NULL);
    struct arena arena = { 0 };
    const struct device_item *item = device_set_find(
        &devices_of(hass)->live, identifiers, device_normalise_connections(connections, &arena));

    arena_fini(&arena);
    return item ? &item->row->device : NULL;
}

bool hass_device_registry_async_next(struct hass *hass, size_t *pos,
                                     const struct hass_device **ret_device)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_next", false);
    return access_next(&devices_of(hass)->live.all, pos, (const void **)ret_device);
}

bool hass_device_registry_async_next_of_area(struct hass *hass, const char *area_id, size_t *pos,
                                             const struct hass_device **ret_device)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_next_of_area", false);
    return access_next(groups_get(&devices_of(hass)->areas, area_id), pos,
                       (const void **)ret_device);
}

bool hass_device_registry_async_next_of_label(struct hass *hass, const char *label_id, size_t *pos,
                                              const struct hass_device **ret_device)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_next_of_label", false);
    return access_next(groups_get(&devices_of(hass)->labels, label_id), pos,
                       (const void **)ret_device);
}

bool hass_device_registry_async_next_of_entry(struct hass *hass, const char *entry_id, size_t *pos,
                                              const struct hass_device **ret_device)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_next_of_entry", false);
    return access_next(groups_get(&devices_of(hass)->entries, entry_id), pos,
                       (const void **)ret_device);
}

bool hass_device_registry_async_next_via(struct hass *hass, const char *device_id, size_t *pos,
                                         const struct hass_device **ret_device)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_next_via", false);
    return access_next(groups_get(&devices_of(hass)->vias, device_id), pos,
                       (const void **)ret_device);
}

size_t hass_device_registry_async_count(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.device_registry.async_count", 0);
    return devices_of(hass)->live.all.count;
}

/* from other threads */

static HASS_CALLBACK const void *find(struct hass *hass, const struct access_key *key)
{
    return hass_device_registry_async_get(hass, key->id);
}

static HASS_CALLBACK int update(struct hass *hass, const struct access_key *key, json_t *fields,
                                struct hass_error *err)
{
    return hass_device_registry_async_update(hass, key->id, fields, NULL, err);
}

static HASS_CALLBACK int remove_row(struct hass *hass, const struct access_key *key, json_t *fields,
                                    struct hass_error *err)
{
    return hass_device_registry_async_remove(hass, key->id, err);
}

const struct hass_device *hass_device_registry_get(struct hass *hass, const char *device_id)
{
    return access_fetch(hass, "hass.device_registry.get", find,
                        &(const struct access_key){ .id = device_id });
}

int hass_device_registry_update(struct hass *hass, const char *device_id, json_t *changes,
                                struct hass_error *err)
{
    return access_queue(hass, "hass.device_registry.update", update,
                        &(const struct access_key){ .id = device_id }, changes, err);
}

int hass_device_registry_remove(struct hass *hass, const char *device_id, struct hass_error *err)
{
    return access_queue(hass, "hass.device_registry.remove", remove_row,
                        &(const struct access_key){ .id = device_id }, NULL, err);
}
