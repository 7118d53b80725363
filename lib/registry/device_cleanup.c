/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes by itself: devices without entities and without a live config entry, 10 s after the last change that may have
 * left one so.
 */
#include <hass/dt.h>
#include <hass/loop.h>

#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry_lookup.h"
#include "registry/operation.h"
#include "run/scope.h"

#define CLEANUP_DELAY 10 /* seconds */

static HASS_CALLBACK bool has_live_entry(struct hass *hass, const struct hass_device *device)
{
    struct registry_entry entry;

    for (const char *const *id = device->config_entries; *id; id++)
        if (registry_find_entry(hass, *id, &entry))
            return true;
    return false;
}

/* Config entries that are no more leave the device, which goes with the last one unless it has entities. */
static HASS_CALLBACK void clean_device(struct devices *devices, struct device_item *item)
{
    struct device_draft draft;
    struct registry_entry entry;

    if (!has_live_entry(devices->hass, &item->row->device)) {
        if (!groups_get(&entities_of(devices->hass)->devices, item->row->device.id))
            device_remove(devices, item);
        return;
    }
    device_draft_begin(&draft, item->row);
    for (const char *const *id = draft.base->device.config_entries; *id; id++)
        if (!registry_find_entry(devices->hass, *id, &entry))
            device_draft_remove_entry(&draft, *id);
    device_commit(devices, item, &draft);
    device_draft_fini(&draft);
}

static HASS_CALLBACK int clean(const struct hass_tick *tick, void *userdata, struct hass_error *err)
{
    struct devices *devices = userdata;
    struct device_item *item;

    devices->cleanup = hass_sub_async_remove(devices->cleanup);
    operation_begin(devices->hass);
    for (size_t pos = 0; (item = group_next(&devices->live.all, &pos));)
        clean_device(devices, item);
    operation_end(devices->hass);
    return 0;
}

void devices_async_schedule_cleanup(struct hass *hass)
{
    struct devices *devices = devices_of(hass);
    struct scope *former = scope_enter(hass->runtime->root);

    hass_sub_async_remove(devices->cleanup);
    devices->cleanup = NULL;
    (void)hass_async_call_at(
        hass, hass_monotonic(hass) + CLEANUP_DELAY * HASS_USEC_PER_SEC,
        HASS_JOB_CALLBACK(clean, devices, .name = "device cleanup", .cancel_on_shutdown = true),
        &devices->cleanup, NULL);
    scope_leave(former);
}
