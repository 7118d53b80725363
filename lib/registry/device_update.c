/* SPDX-License-Identifier: Apache-2.0 */
/* Creating and changing devices: a draft is made of the present row and of what is given, and committed. */
#include <string.h>

#include <hass/area_registry.h>
#include <hass/json.h>
#include <hass/log.h>
#include <hass/loop.h>
#include <hass/schema.h>

#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry_lookup.h"
#include "registry/id.h"
#include "registry/operation.h"

/* drafts */

void device_draft_begin(struct device_draft *draft, const struct device_values *row)
{
    *draft = (struct device_draft){ .values = *row, .base = row_ref(row) };
}

void device_draft_fini(struct device_draft *draft)
{
    draft->base = row_unref(draft->base);
    arena_fini(&draft->arena);
}

#define autodraft __attribute__((cleanup(device_draft_fini))) struct device_draft

/* An entry that gives a device or a part of it. Enabled ones enable what was disabled with the entries before. */
static HASS_CALLBACK void add_entry(struct hass *hass, struct device_draft *draft,
                                    const char *entry_id, const char *subentry_id,
                                    const struct registry_entry *entry, bool is_primary)
{
    struct hass_device *device = &draft->values.device;
    struct registry_entry other;

    draft->values.subentries = row_join_pairs(
        draft->values.subentries, HASS_DEVICE_PAIRS({ entry_id, subentry_id ? subentry_id : "" }),
        &draft->arena);
    if (!row_has_text(device->config_entries, entry_id)) {
        device->config_entries = row_with_text(device->config_entries, entry_id, &draft->arena);
        if (device->disabled_by == HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY && !entry->disabled)
            device->disabled_by = HASS_DEVICE_ENABLED;
    }
    if (is_primary && (!device->primary_config_entry ||
                       !registry_find_entry(hass, device->primary_config_entry, &other)))
        device->primary_config_entry = entry_id;
}

/* @subentry_id: NULL: all parts. Returns how many of the entry's are left. */
static size_t remove_pairs(struct device_draft *draft, const char *entry_id,
                           const char *subentry_id)
{
    const struct hass_device_pair *all = draft->values.subentries;
    struct hass_device_pair *kept =
        arena_alloc(&draft->arena, (row_count_pairs(all) + 1) * sizeof(*kept));
    size_t count = 0, left = 0;

    for (; all->first; all++) {
        bool is_its = strcmp(all->first, entry_id) == 0;
        if (is_its && (!subentry_id || strcmp(all->second, subentry_id) == 0))
            continue;
        kept[count++] = *all;
        left += is_its;
    }
    kept[count] = (struct hass_device_pair){ NULL, NULL };
    draft->values.subentries = kept;
    return left;
}

void device_draft_remove_subentry(struct device_draft *draft, const char *entry_id,
                                  const char *subentry_id)
{
    if (remove_pairs(draft, entry_id, subentry_id) == 0)
        device_draft_remove_entry(draft, entry_id);
}

void device_draft_remove_entry(struct device_draft *draft, const char *entry_id)
{
    struct hass_device *device = &draft->values.device;

    (void)remove_pairs(draft, entry_id, NULL);
    device->config_entries = row_without_text(device->config_entries, entry_id, &draft->arena);
    if (device->primary_config_entry && strcmp(device->primary_config_entry, entry_id) == 0)
        device->primary_config_entry = NULL;
}

/* committing */

static HASS_CALLBACK void announce(struct hass *hass, const char *action, const char *device_id,
                                   json_t *changes)
{
    json_t *data = json_pack("{ss, ss}", "action", action, "device_id", device_id);

    if (changes)
        json_object_set_new(data, "changes", changes);
    operation_announce(hass, HASS_EVENT_DEVICE_REGISTRY_UPDATED, data);
}

static HASS_CALLBACK void tell_entities(struct devices *devices, const struct hass_device *old,
                                        const struct hass_device *new)
{
    for (const char *const *entry = old->config_entries; *entry; entry++)
        if (!row_has_text(new->config_entries, *entry))
            entities_device_lost_entry(devices->hass, new->id, *entry);
    if (old->disabled_by != new->disabled_by)
        entities_device_disabled(devices->hass, new);
}

void device_commit(struct devices *devices, struct device_item *item, struct device_draft *draft)
{
    autounref(hass_device) const *old = hass_device_ref(&item->row->device);

    if (!row_differs(&device_type, DEVICE_STAMP, old, &draft->values))
        return;
    draft->values.device.modified_at = hass_now(devices->hass);
    devices_replace(devices, item, &draft->values);
    devices_changed(devices);
    autounref(hass_device) const *new = hass_device_ref(&item->row->device);
    json_t *changes = row_changes(&device_type, DEVICE_CHANGE, old, new);
    if (changes)
        announce(devices->hass, "update", new->id, changes);
    tell_entities(devices, old, new);
}

/* The end of an operation that may give a row: what has become of it once the listeners have run. */
static HASS_CALLBACK void end_with(struct devices *devices, const struct hass_device *device,
                                   const struct hass_device **ret_device)
{
    autounref(hass_device) const *kept = hass_device_ref(device);

    operation_end(devices->hass);
    const struct device_item *item = kept ? devices_find_id(devices, kept->id) : NULL;
    if (ret_device)
        *ret_device = item ? &item->row->device : NULL;
}

/* get or create */

struct making {
    struct devices *devices;
    const char *entry_id;
    struct registry_entry entry;
    struct hass_device_info info; /* connections normalised */
    bool is_primary;              /* the device's own integration speaks */
    const char *area_id;          /* of a new device */
    struct arena arena;
};

static bool has_any(const struct hass_device_pair *pairs)
{
    return pairs && pairs->first;
}

static bool has_own(const struct hass_device_info *info)
{
    return info->name || info->manufacturer || info->model || info->model_id || info->sw_version ||
           info->hw_version || info->serial_number || info->suggested_area ||
           info->configuration_url || info->is_service;
}

static int check_info(struct making *making, struct hass_error *err)
{
    const struct hass_device_info *info = &making->info;
    bool defaults = info->default_name || info->default_manufacturer || info->default_model;

    if (!has_any(info->identifiers) && !has_any(info->connections))
        return hass_fail(err, HASS_E_INVALID,
                         "a device needs identifiers or connections by which it is known");
    if (defaults && has_own(info))
        return hass_fail(err, HASS_E_INVALID,
                         "device info has both default values and values of its own");
    making->is_primary = has_own(info) || (info->via_device.first && !defaults);
    return device_check_url(info->configuration_url, err);
}

/* Links @device to the one it is reached through, if that is known. */
static void link_via(const struct making *making, struct hass_device *device)
{
    const struct hass_device_pair pairs[] = { making->info.via_device, { NULL, NULL } };

    if (!pairs->first)
        return;
    const struct device_item *via = device_set_find(&making->devices->live, pairs, NULL);
    if (via)
        device->via_device_id = via->row->device.id;
    else
        hass_warning("Config entry %s names device (%s, %s) as the way to another one before it "
                     "has made it",
                     making->entry_id, pairs->first, pairs->second);
}

static void set_text(const char **member, const char *value)
{
    if (value)
        *member = value;
}

static void set_default(const char **member, const char *value)
{
    if (value && !*member)
        *member = value;
}

static HASS_CALLBACK void apply_info(const struct making *making, struct device_draft *draft)
{
    const struct hass_device_info *info = &making->info;
    struct hass_device *device = &draft->values.device;

    device->identifiers = row_join_pairs(device->identifiers, info->identifiers, &draft->arena);
    device->connections = row_join_pairs(device->connections, info->connections, &draft->arena);
    set_text(&device->name, info->name);
    set_text(&device->manufacturer, info->manufacturer);
    set_text(&device->model, info->model);
    set_text(&device->model_id, info->model_id);
    set_text(&device->sw_version, info->sw_version);
    set_text(&device->hw_version, info->hw_version);
    set_text(&device->serial_number, info->serial_number);
    set_text(&device->configuration_url, info->configuration_url);
    set_text(&device->entry_type, info->is_service ? "service" : NULL);
    set_default(&device->name, info->default_name);
    set_default(&device->manufacturer, info->default_manufacturer);
    set_default(&device->model, info->default_model);
    link_via(making, device);
    add_entry(making->devices->hass, draft, making->entry_id, making->info.config_subentry_id,
              &making->entry, making->is_primary);
}

/* A device that has never been seen. */
static HASS_CALLBACK void begin_new(const struct making *making, struct device_draft *draft)
{
    draft->values.device = (struct hass_device){
        .size = sizeof(draft->values.device),
        .id = registry_make_id(&draft->arena),
        .config_entries = row_no_texts,
        .labels = row_no_texts,
        .area_id = making->area_id,
        .disabled_by = making->info.disabled_by,
        .created_at = hass_now(making->devices->hass),
    };
    draft->values.subentries = row_no_pairs;
}

/* A device that had been removed: what integrations said of it is said anew. */
static void begin_restored(const struct making *making, struct device_draft *draft,
                           const struct device_values *removed)
{
    enum hass_device_disabler disabled_by =
        removed->disabled_by_undefined ? making->info.disabled_by : removed->device.disabled_by;

    device_draft_begin(draft, removed);
    if (disabled_by == HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY && !making->entry.disabled)
        disabled_by = HASS_DEVICE_ENABLED;
    if (disabled_by == HASS_DEVICE_ENABLED && making->entry.disabled)
        disabled_by = HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY;
    draft->values = (struct device_values){
        .device = {
            .size = sizeof(draft->values.device),
            .id = removed->device.id,
            .config_entries = row_no_texts,
            .identifiers = making->info.identifiers
                               ? row_common_pairs(removed->device.identifiers,
                                                  making->info.identifiers, &draft->arena)
                               : row_no_pairs,
            .connections = row_common_pairs(removed->device.connections, making->info.connections,
                                            &draft->arena),
            .labels = removed->device.labels,
            .area_id = removed->device.area_id,
            .name_by_user = removed->device.name_by_user,
            .disabled_by = disabled_by,
            .created_at = removed->device.created_at,
        },
        .subentries = row_no_pairs,
    };
}

static struct device_item *find_in(const struct making *making, const struct device_set *set)
{
    return device_set_find(set, making->info.identifiers, making->info.connections);
}

static HASS_CALLBACK int make(struct making *making, const struct hass_device **ret_device,
                              struct hass_error *err)
{
    struct devices *devices = making->devices;
    struct device_item *removed = find_in(making, &devices->removed);
    autodraft draft = { 0 };

    if (removed)
        begin_restored(making, &draft, removed->row);
    else
        begin_new(making, &draft);
    apply_info(making, &draft);
    struct hass_device *device = &draft.values.device;
    if (making->is_primary && (!device->name || !*device->name) && *making->entry.title)
        device->name = making->entry.title;
    device->modified_at = hass_now(devices->hass);
    int r = row_check(&device_type, &draft.values, err);
    if (r < 0)
        return r;
    if (removed)
        removed_devices_drop(devices, removed);
    const struct device_item *item = devices_add(devices, row_new(&device_type, &draft.values));
    announce(devices->hass, "create", item->row->device.id, NULL);
    devices_changed(devices);
    *ret_device = &item->row->device;
    return 0;
}

/* The area that is suggested for a device that has never been seen. */
static HASS_CALLBACK int choose_area(struct making *making, struct hass_error *err)
{
    const char *name = making->info.suggested_area;
    const struct hass_area *area;

    if (!name || !*name || find_in(making, &making->devices->live) ||
        find_in(making, &making->devices->removed))
        return 0;
    int r = hass_area_registry_async_get_or_create(making->devices->hass, name, &area, err);
    if (r == 0)
        making->area_id = arena_strndup(&making->arena, area->area_id, strlen(area->area_id));
    return r;
}

static HASS_CALLBACK int get_or_make(struct making *making, const struct hass_device **ret_device,
                                     struct hass_error *err)
{
    struct devices *devices = making->devices;
    struct device_item *item = find_in(making, &devices->live);

    if (!item)
        return make(making, ret_device, err);
    autodraft draft;
    device_draft_begin(&draft, item->row);
    apply_info(making, &draft);
    int r = row_check(&device_type, &draft.values, err);
    if (r < 0)
        return r;
    device_commit(devices, item, &draft);
    *ret_device = &item->row->device;
    return 0;
}

int hass_device_registry_async_get_or_create(struct hass *hass, const char *entry_id,
                                             const struct hass_device_info *info,
                                             const struct hass_device **ret_device,
                                             struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.device_registry.async_get_or_create", err);
    struct making making = { .devices = devices_of(hass), .entry_id = entry_id };
    const struct hass_device *device = NULL;
    int r = bus_check_room(hass, err);

    if (r < 0)
        return r;
    if (!entry_id || !registry_find_entry(hass, entry_id, &making.entry))
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no config entry %s",
                         entry_id ? entry_id : "of this device");
    OPTIONS_READ(&making.info, info);
    making.info.connections = device_normalise_connections(making.info.connections, &making.arena);
    r = check_info(&making, err);
    if (r == 0)
        r = choose_area(&making, err);
    operation_begin(hass);
    if (r == 0)
        r = get_or_make(&making, &device, err);
    end_with(making.devices, device, r == 0 ? ret_device : NULL);
    arena_fini(&making.arena);
    return r;
}

/* update */

/* What an update is made of. */
struct update {
    struct devices *devices;
    struct device_item *item;
    const json_t *changes;
    struct device_draft draft;
};

static int check_collisions(const struct update *update, const struct hass_device_pair *old,
                            const struct hass_device_pair *new, bool identifiers,
                            struct hass_error *err)
{
    for (; new->first; new ++) {
        const struct hass_device_pair pairs[] = { *new, { NULL, NULL } };
        if (row_has_pair(old, *new))
            continue;
        const struct device_item *other = device_set_find(
            &update->devices->live, identifiers ? pairs : NULL, identifiers ? NULL : pairs);
        if (other && other != update->item)
            return hass_fail(err, HASS_E_EXISTS, "%s (%s, %s) is that of device %s",
                             identifiers ? "identifier" : "connection", new->first, new->second,
                             other->row->device.id);
    }
    return 0;
}

/* Sets the identifiers or the connections from "merge_…" or "new_…". */
static int set_pairs(struct update *update, bool identifiers, struct hass_error *err)
{
    struct device_draft *draft = &update->draft;
    const json_t *merge =
        hass_json_get(update->changes, identifiers ? "merge_identifiers" : "merge_connections");
    const json_t *new =
        hass_json_get(update->changes, identifiers ? "new_identifiers" : "new_connections");
    const struct hass_device_pair **member =
        identifiers ? &draft->values.device.identifiers : &draft->values.device.connections;
    const struct hass_device_pair *old = *member;

    if (merge && new)
        return hass_fail(err, HASS_E_INVALID, "%s cannot be merged and replaced at once",
                         identifiers ? "identifiers" : "connections");
    if (!merge && !new)
        return 0;
    const struct hass_device_pair *given = row_pairs_from_json(merge ? merge : new, &draft->arena);
    if (!identifiers)
        given = device_normalise_connections(given, &draft->arena);
    *member = merge ? row_join_pairs(old, given, &draft->arena) : given;
    return check_collisions(update, old, *member, identifiers, err);
}

static int set_identity(struct update *update, struct hass_error *err)
{
    const struct hass_device *device = &update->draft.values.device;
    int r = set_pairs(update, true, err);

    if (r == 0)
        r = set_pairs(update, false, err);
    if (r == 0 && !has_any(device->identifiers) && !has_any(device->connections))
        r = hass_fail(err, HASS_E_INVALID, "a device needs identifiers or connections");
    return r;
}

static int check_via(const struct update *update, struct hass_error *err)
{
    const char *via = hass_json_get_string(update->changes, "via_device_id", NULL);

    if (!via)
        return 0;
    const struct device_item *other = devices_find_id(update->devices, via);
    if (!other)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no device %s", via);
    if (other == update->item)
        return hass_fail(err, HASS_E_INVALID, "a device is not reached through itself");
    return 0;
}

static HASS_CALLBACK int change_entries(struct update *update, struct hass_error *err)
{
    const char *added = hass_json_get_string(update->changes, "add_config_entry_id", NULL);
    const char *removed = hass_json_get_string(update->changes, "remove_config_entry_id", NULL);
    struct registry_entry entry;

    if (added && !registry_find_entry(update->devices->hass, added, &entry))
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no config entry %s", added);
    if (added)
        add_entry(update->devices->hass, &update->draft, added, NULL, &entry, false);
    if (removed)
        device_draft_remove_entry(&update->draft, removed);
    return 0;
}

static void set_plain_fields(struct update *update)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)update->changes, key, value) {
        const struct row_field *field = row_find_field(&device_type, key);
        if (field && field->uses & DEVICE_SETTABLE)
            row_field_set(field, &update->draft.values, value, &update->draft.arena);
    }
}

static HASS_CALLBACK int apply_changes(struct update *update, struct hass_error *err)
{
    const struct device_values *values = &update->draft.values;

    set_plain_fields(update);
    int r = device_check_url(hass_json_get_string(update->changes, "configuration_url", NULL), err);
    if (r == 0)
        r = check_via(update, err);
    if (r == 0)
        r = set_identity(update, err);
    if (r == 0)
        r = change_entries(update, err);
    if (r == 0)
        r = row_check(&device_type, values, err);
    return r;
}

static HASS_CALLBACK int update_device(struct update *update, const struct hass_device **ret_device,
                                       struct hass_error *err)
{
    const struct device_values *row = update->item->row;

    device_draft_begin(&update->draft, row);
    int r = apply_changes(update, err);
    if (r < 0)
        return r;
    if (*row->device.config_entries && !*update->draft.values.device.config_entries) {
        device_remove(update->devices, update->item);
        return 0;
    }
    device_commit(update->devices, update->item, &update->draft);
    *ret_device = &update->item->row->device;
    return 0;
}

int hass_device_registry_async_update(struct hass *hass, const char *device_id, json_t *changes,
                                      const struct hass_device **ret_device, struct hass_error *err)
{
    autojson *taken = changes, *checked = NULL;

    VERIFY_LOOP(hass, "hass.device_registry.async_update", err);
    struct update update = { .devices = devices_of(hass) };
    const struct hass_device *device = NULL;
    int r = bus_check_room(hass, err);
    if (r == 0)
        r = hass_schema_check(&hass_device_changes, taken ? taken : hass->empty, &checked, err);
    if (r < 0)
        return r;
    update.changes = checked;
    update.item = devices_find_id(update.devices, device_id);
    if (!update.item)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no device %s", device_id);
    operation_begin(hass);
    r = update_device(&update, &device, err);
    end_with(update.devices, device, r == 0 ? ret_device : NULL);
    device_draft_fini(&update.draft);
    return r;
}
