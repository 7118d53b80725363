/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What config entries have to do with devices and entities: they go with the entry, are disabled with it, and an entity that
 * its user enables again has its entry reloaded a little later, so that it comes into being.
 */
#include <string.h>

#include <hass/bus.h>
#include <hass/cleanup.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "base/error_text.h"
#include "base/mem.h"
#include "core/core.h"
#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry.h"
#include "registry/operation.h"
#include "registry/row.h"
#include "run/clock.h"

#define RELOAD_DELAY 30.0 /* seconds after the last entity was enabled */

/* removal */

void entry_clear_registries(const struct hass_entry *entry)
{
    struct hass_error err = HASS_ERROR_INIT;

    if (hass_device_registry_async_clear_config_entry(entry->hass, entry->id, &err) < 0)
        hass_error("The devices of config entry %s stay: %s", entry->id, err.message);
    hass_error_clear(&err);
    if (hass_entity_registry_async_clear_config_entry(entry->hass, entry->id, &err) < 0)
        hass_error("The entities of config entry %s stay: %s", entry->id, err.message);
}

/* What the part had goes with it. */
void entry_clear_subentry(const struct hass_entry *entry, const char *subentry_id)
{
    operation_begin(entry->hass);
    devices_async_clear_subentry(entry->hass, entry->id, subentry_id);
    entities_async_clear_subentry(entry->hass, entry->id, subentry_id);
    operation_end(entry->hass);
}

/* Neither the entry nor the device need be there any more when its integration has answered. */
static HASS_CALLBACK int forget_device(struct hass *hass, const char *device_id,
                                       const char *entry_id, struct hass_error *err)
{
    const struct hass_device *device = hass_device_registry_async_get(hass, device_id);

    if (!device || !row_has_text(device->config_entries, entry_id))
        return 0;
    return hass_device_registry_async_update(
        hass, device_id, json_pack("{s:s}", "remove_config_entry_id", entry_id), NULL, err);
}

int hass_entry_async_remove_device(struct hass_entry *entry, const char *device_id,
                                   struct hass_error *err)
{
    struct hass *hass = entry->hass;

    VERIFY_COROUTINE(hass, "hass.entry.async_remove_device", err);
    const struct entry_loader *loader = entries_of(hass)->loader;
    const struct hass_device *found = hass_device_registry_async_get(hass, device_id);
    if (!found || !row_has_text(found->config_entries, entry->id))
        return hass_fail(err, HASS_E_NOT_FOUND, "config entry '%s' has no device %s", entry->title,
                         device_id);
    if (!loader)
        return hass_fail(err, HASS_E_UNSUPPORTED, "nobody loads integrations");
    autounref(hass_entry) *kept = hass_entry_ref(entry);
    autounref(hass_device) const *device = hass_device_ref(found);
    int r = loader->remove_device(kept, device, err);
    if (r == 0)
        return hass_fail(err, HASS_E_NOT_ALLOWED,
                         "%s does not give up device '%s', which is still there", kept->domain,
                         device->name_by_user ? device->name_by_user : device->name);
    return r < 0 ? r : forget_device(hass, device->id, kept->id, err);
}

/* disabling */

/* A device of several entries stays while one of them is enabled. */
static HASS_CALLBACK bool all_disabled(struct hass *hass, const struct hass_device *device)
{
    for (const char *const *id = device->config_entries; *id; id++) {
        const struct hass_entry *entry = hass_strmap_get(entries_of(hass)->by_id, *id);
        if (entry && !entry->disabled_by)
            return false;
    }
    return true;
}

static json_t *disabling(bool disabled)
{
    return json_pack("{s:o}", "disabled_by", disabled ? json_string("config_entry") : json_null());
}

/* By id: a change may move rows. */
static HASS_CALLBACK void disable_devices(const struct hass_entry *entry, bool disabled)
{
    struct hass *hass = entry->hass;
    const enum hass_device_disabler from =
        disabled ? HASS_DEVICE_ENABLED : HASS_DEVICE_DISABLED_BY_CONFIG_ENTRY;
    const struct hass_device *device;
    autojson *ids = json_array();

    for (size_t pos = 0; hass_device_registry_async_next_of_entry(hass, entry->id, &pos, &device);)
        if (device->disabled_by == from && (!disabled || all_disabled(hass, device)))
            json_array_append_new(ids, json_string(device->id));
    for (size_t i = 0; i < json_array_size(ids); i++)
        (void)hass_device_registry_async_update(hass, json_string_value(json_array_get(ids, i)),
                                                disabling(disabled), NULL, NULL);
}

static HASS_CALLBACK void disable_entities(const struct hass_entry *entry, bool disabled)
{
    struct hass *hass = entry->hass;
    const enum hass_entity_disabler from =
        disabled ? HASS_ENTITY_ENABLED : HASS_ENTITY_DISABLED_BY_CONFIG_ENTRY;
    const struct hass_entity_entry *row;
    autojson *ids = json_array();

    for (size_t pos = 0; hass_entity_registry_async_next_of_entry(hass, entry->id, &pos, &row);)
        if (row->disabled_by == from)
            json_array_append_new(ids, json_string(row->entity_id));
    for (size_t i = 0; i < json_array_size(ids); i++)
        (void)hass_entity_registry_async_update(hass, json_string_value(json_array_get(ids, i)),
                                                disabling(disabled), NULL, NULL);
}

void entry_disable_in_registries(const struct hass_entry *entry)
{
    disable_devices(entry, entry->disabled_by);
    disable_entities(entry, entry->disabled_by);
}

/* enabling an entity */

static HASS_CALLBACK int on_delay(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *err)
{
    struct entries *entries = userdata;
    autojson *ids = entries->to_reload;
    const char *id;
    json_t *unused;

    entries->to_reload = json_object();
    entries->reload_timer = hass_sub_async_remove(entries->reload_timer);
    json_object_foreach(ids, id, unused) {
        const struct hass_entry *entry = hass_strmap_get(entries->by_id, id);
        if (entry && entry->state == HASS_ENTRY_LOADED)
            (void)hass_entries_async_schedule_reload(entries->hass, id, NULL);
    }
    return 0;
}

/* The timer begins anew with each. */
static HASS_CALLBACK void reload_later(struct entries *entries, const char *entry_id)
{
    struct hass *hass = entries->hass;
    struct scope *former = scope_enter(hass->runtime->root);

    json_object_set_new(entries->to_reload, entry_id, json_true());
    hass_sub_async_remove(entries->reload_timer);
    entries->reload_timer = NULL;
    (void)hass_async_call_at(hass, hass_monotonic(hass) + clock_from_seconds(RELOAD_DELAY),
                             HASS_JOB_CALLBACK(on_delay, entries, .cancel_on_shutdown = true),
                             &entries->reload_timer, NULL);
    scope_leave(former);
}

/* One that its entry's disabling had disabled comes back with the entry. */
static HASS_CALLBACK int on_entity_updated(const struct hass_event *event, void *userdata,
                                           struct hass_error *err)
{
    struct entries *entries = userdata;
    const json_t *data = hass_event_data(event);
    const json_t *changes = hass_json_get(data, "changes");
    const char *before = hass_json_get_string(changes, "disabled_by", NULL);

    if (!before || !strcmp(before, "config_entry"))
        return 0;
    const struct hass_entity_entry *row =
        hass_entity_registry_async_get(entries->hass, hass_json_get_string(data, "entity_id", ""));
    if (!row || row->disabled_by != HASS_ENTITY_ENABLED || !row->config_entry_id)
        return 0;
    const struct hass_entry *entry = hass_strmap_get(entries->by_id, row->config_entry_id);
    if (entry && entry->state == HASS_ENTRY_LOADED)
        reload_later(entries, entry->id);
    return 0;
}

void entries_join_registries(struct entries *entries)
{
    struct hass *hass = entries->hass;
    struct scope *former = scope_enter(hass->runtime->root);

    (void)hass_bus_async_listen(hass, "entity_registry_updated", NULL,
                                HASS_JOB_CALLBACK(on_entity_updated, entries), NULL, NULL);
    scope_leave(former);
}
