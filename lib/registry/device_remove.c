/* SPDX-License-Identifier: Apache-2.0 */
/* Removing devices, and what follows when areas, labels and config entries go. */
#include <string.h>

#include <hass/loop.h>
#include <hass/vec.h>

#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry_lookup.h"
#include "registry/operation.h"

#define autodraft __attribute__((cleanup(device_draft_fini))) struct device_draft

/* many devices at once */

/* Devices to go over while they change: references to their rows. */
struct device_list {
    HASS_VEC(const struct hass_device *) devices;
};

static void list_fini(struct device_list *list)
{
    vec_foreach(&list->devices, device)
        hass_device_unref(*device);
    vec_fini(&list->devices);
}

#define autolist __attribute__((cleanup(list_fini))) struct device_list

static struct device_list list_of(const struct group *group)
{
    struct device_list list = { 0 };
    const struct device_item *item;

    for (size_t pos = 0; (item = group_next(group, &pos));)
        vec_push(&list.devices, hass_device_ref(&item->row->device));
    return list;
}

/* removing */

/* What is kept of a removed device. */
static struct device_values remains(const struct device_values *row)
{
    const struct hass_device *device = &row->device;

    return (struct device_values){
        .device = {
            .size = sizeof(*device),
            .id = device->id,
            .config_entries = device->config_entries,
            .identifiers = device->identifiers,
            .connections = device->connections,
            .labels = device->labels,
            .area_id = device->area_id,
            .name_by_user = device->name_by_user,
            .disabled_by = device->disabled_by,
            .created_at = device->created_at,
        },
        .subentries = row->subentries,
    };
}

/* Those that were reached through a device that is gone. */
static HASS_CALLBACK void unlink_children(struct devices *devices, const char *device_id)
{
    autolist children = list_of(groups_get(&devices->vias, device_id));

    vec_foreach(&children.devices, child) {
        struct device_item *item = devices_find_id(devices, (*child)->id);
        autodraft draft;
        device_draft_begin(&draft, item->row);
        draft.values.device.via_device_id = NULL;
        device_commit(devices, item, &draft);
    }
}

void device_remove(struct devices *devices, struct device_item *item)
{
    autounref(hass_device) const *device = hass_device_ref(&item->row->device);
    struct device_values kept = remains(item->row);
    json_t *data = json_pack("{ss, ss, so}", "action", "remove", "device_id", device->id, "device",
                             hass_device_as_json(device));

    kept.device.modified_at = hass_now(devices->hass);
    devices_drop(devices, item);
    removed_devices_add(devices, row_new(&device_type, &kept));
    unlink_children(devices, device->id);
    operation_announce(devices->hass, HASS_EVENT_DEVICE_REGISTRY_UPDATED, data);
    entities_device_removed(devices->hass, device->id);
    devices_changed(devices);
}

int hass_device_registry_async_remove(struct hass *hass, const char *device_id,
                                      struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.device_registry.async_remove", err);
    struct devices *devices = devices_of(hass);
    struct device_item *item = devices_find_id(devices, device_id);
    int r = bus_check_room(hass, err);

    if (r < 0)
        return r;
    if (!item)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no device %s", device_id);
    operation_begin(hass);
    device_remove(devices, item);
    operation_end(hass);
    return 0;
}

/* config entries */

/* An entry, or a part of one (NULL: all of it), that goes. */
struct departure {
    const char *entry_id, *subentry_id;
};

static void take_from(struct device_draft *draft, const struct departure *departure)
{
    if (departure->subentry_id)
        device_draft_remove_subentry(draft, departure->entry_id, departure->subentry_id);
    else
        device_draft_remove_entry(draft, departure->entry_id);
}

static bool concerns(const struct device_values *row, const struct departure *departure)
{
    if (departure->subentry_id)
        return row_has_pair(row->subentries, (struct hass_device_pair){ departure->entry_id,
                                                                        departure->subentry_id });
    return row_has_text(row->device.config_entries, departure->entry_id);
}

static HASS_CALLBACK void remove_entry(struct devices *devices, const char *device_id,
                                       const struct departure *departure)
{
    struct device_item *item = devices_find_id(devices, device_id);
    autodraft draft;

    device_draft_begin(&draft, item->row);
    take_from(&draft, departure);
    if (*draft.values.device.config_entries)
        device_commit(devices, item, &draft);
    else
        device_remove(devices, item);
}

/* The 30 days of a removed device begin when its last config entry goes. */
static HASS_CALLBACK void orphan(struct devices *devices, const struct departure *departure)
{
    struct device_item *item;

    for (size_t pos = 0; (item = group_next(&devices->removed.all, &pos));) {
        if (!concerns(item->row, departure))
            continue;
        autodraft draft;
        device_draft_begin(&draft, item->row);
        take_from(&draft, departure);
        if (!*draft.values.device.config_entries)
            draft.values.orphaned = hass_now(devices->hass);
        removed_devices_replace(devices, item, &draft.values);
        devices_changed(devices);
    }
}

static HASS_CALLBACK void depart(struct devices *devices, const struct departure *departure)
{
    autolist list = list_of(groups_get(&devices->entries, departure->entry_id));

    operation_begin(devices->hass);
    vec_foreach(&list.devices, device) {
        const struct device_item *item = devices_find_id(devices, (*device)->id);
        if (concerns(item->row, departure))
            remove_entry(devices, (*device)->id, departure);
    }
    orphan(devices, departure);
    operation_end(devices->hass);
}

int hass_device_registry_async_clear_config_entry(struct hass *hass, const char *entry_id,
                                                  struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.device_registry.async_clear_config_entry", err);
    struct devices *devices = devices_of(hass);
    int r = bus_check_room(hass, err);

    if (r < 0)
        return r;
    depart(devices, &(struct departure){ .entry_id = entry_id });
    return 0;
}

void devices_async_clear_subentry(struct hass *hass, const char *entry_id, const char *subentry_id)
{
    depart(devices_of(hass), &(struct departure){ entry_id, subentry_id });
}

static HASS_CALLBACK bool has_enabled_entry(struct hass *hass, const struct hass_device *device)
{
    struct registry_entry entry;

    for (const char *const *id = device->config_entries; *id; id++)
        if (registry_find_entry(hass, *id, &entry) && !entry.disabled)
            return true;
    return false;
}

static HASS_CALLBACK void set_disabled(struct devices *devices, const char *device_id,
                                       enum hass_device_disabler disabled_by)
{
    struct device_item *item = devices_find_id(devices, device_id);
    autodraft draft;

    device_draft_begin(&draft, item->row);
    draft.values.device.disabled_by = disabled_by;
    device_commit(devices, item, &draft);
}

void devices_async_entry_disabled(struct hass *hass, const char *entry_id, bool disabled)
{
    struct devices *devices = devices_of(hass);
    autolist list = list_of(groups_get(&devices->entries, entry_id));

    operation_begin(hass);
    vec_foreach(&list.devices, device) {
        enum hass_device_disabler by = (*device)->disabled_by;
        if (!disabled && by == HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY)
            set_disabled(devices, (*device)->id, HASS_DEVICE_ENABLED);
        else if (disabled && by == HASS_DEVICE_ENABLED && !has_enabled_entry(hass, *device))
            set_disabled(devices, (*device)->id, HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY);
    }
    operation_end(hass);
}

/* areas and labels */

/* What is to go from a device: an area or a label. */
struct cleared {
    const char *area_id;
    const char *label_id;
};

static bool has_cleared(const struct hass_device *device, const struct cleared *cleared)
{
    if (cleared->label_id)
        return row_has_text(device->labels, cleared->label_id);
    return device->area_id && strcmp(device->area_id, cleared->area_id) == 0;
}

static void clear_draft(struct device_draft *draft, const struct cleared *cleared)
{
    struct hass_device *device = &draft->values.device;

    if (cleared->label_id)
        device->labels = row_without_text(device->labels, cleared->label_id, &draft->arena);
    else
        device->area_id = NULL;
}

static HASS_CALLBACK void clear_live(struct devices *devices, const struct group *group,
                                     const struct cleared *cleared)
{
    autolist list = list_of(group);

    vec_foreach(&list.devices, device) {
        struct device_item *item = devices_find_id(devices, (*device)->id);
        autodraft draft;
        device_draft_begin(&draft, item->row);
        clear_draft(&draft, cleared);
        device_commit(devices, item, &draft);
    }
}

static HASS_CALLBACK void clear_removed(struct devices *devices, const struct cleared *cleared)
{
    struct device_item *item;

    for (size_t pos = 0; (item = group_next(&devices->removed.all, &pos));) {
        if (!has_cleared(&item->row->device, cleared))
            continue;
        autodraft draft;
        device_draft_begin(&draft, item->row);
        clear_draft(&draft, cleared);
        removed_devices_replace(devices, item, &draft.values);
        devices_changed(devices);
    }
}

static HASS_CALLBACK void clear(struct hass *hass, const struct group *group,
                                const struct cleared *cleared)
{
    struct devices *devices = devices_of(hass);

    operation_begin(hass);
    clear_live(devices, group, cleared);
    clear_removed(devices, cleared);
    operation_end(hass);
}

void devices_async_clear_area(struct hass *hass, const char *area_id)
{
    clear(hass, groups_get(&devices_of(hass)->areas, area_id),
          &(struct cleared){ .area_id = area_id });
}

void devices_async_clear_label(struct hass *hass, const char *label_id)
{
    clear(hass, groups_get(&devices_of(hass)->labels, label_id),
          &(struct cleared){ .label_id = label_id });
}
