/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes by itself: devices without entities and without a live config entry, 10 s after the last change that may have left
 * one so; removed rows, 30 days after their last config entry.
 */
#include "registry/expiry.h"

#include <hass/bus.h>
#include <hass/const.h>
#include <hass/dt.h>
#include <hass/loop.h>

#include "registry/device.h"
#include "registry/entities.h"
#include "registry/entry_lookup.h"
#include "registry/operation.h"
#include "run/scope.h"

#define CLEANUP_DELAY 10.0 /* seconds */
#define DAY           86400.0
#define KEPT          (30 * DAY)

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

/* A timer of the core's, whoever causes it. */
static HASS_CALLBACK void call_later(struct hass *hass, double delay, struct hass_job job,
                                     struct hass_sub **sub)
{
    struct scope *former = scope_enter(hass->runtime->root);

    *sub = hass_sub_async_remove(*sub);
    job.cancel_on_shutdown = true;
    (void)hass_async_call_at(hass, hass_monotonic(hass) + (int64_t)(delay * HASS_USEC_PER_SEC), job,
                             sub, NULL);
    scope_leave(former);
}

void devices_async_schedule_cleanup(struct hass *hass)
{
    struct devices *devices = devices_of(hass);

    call_later(hass, CLEANUP_DELAY, HASS_JOB_CALLBACK(clean, devices, .name = "device cleanup"),
               &devices->cleanup);
}

/* removed rows */

static HASS_CALLBACK bool is_expired(struct hass *hass, int64_t orphaned)
{
    return orphaned && orphaned + (int64_t)(KEPT * HASS_USEC_PER_SEC) < hass_now(hass);
}

static HASS_CALLBACK void forget_devices(struct devices *devices)
{
    struct device_item *item;

    for (size_t pos = 0; (item = group_next(&devices->removed.all, &pos));) {
        if (!is_expired(devices->hass, item->row->orphaned))
            continue;
        removed_devices_drop(devices, item);
        devices_changed(devices);
    }
}

static HASS_CALLBACK void forget_entities(struct entities *entities)
{
    struct entity_item *item;

    for (size_t pos = 0; (item = group_next(&entities->removed, &pos));) {
        if (!is_expired(entities->hass, item->row->orphaned))
            continue;
        removed_entities_drop(entities, item);
        entities_changed(entities);
    }
}

static HASS_CALLBACK void forget(struct hass *hass)
{
    forget_devices(devices_of(hass));
    forget_entities(entities_of(hass));
}

static HASS_CALLBACK int forget_daily(const struct hass_tick *tick, void *userdata,
                                      struct hass_error *err)
{
    struct hass *hass = tick->hass;

    forget(hass);
    call_later(hass, DAY,
               HASS_JOB_CALLBACK(forget_daily, NULL, .name = "removed devices and entities"),
               &devices_of(hass)->expiry);
    return 0;
}

static HASS_CALLBACK int on_started(const struct hass_event *event, void *userdata,
                                    struct hass_error *err)
{
    struct hass *hass = hass_event_hass(event);

    forget(hass);
    devices_async_schedule_cleanup(hass);
    return 0;
}

int registries_async_expire(struct hass *hass, struct hass_error *err)
{
    call_later(hass, DAY,
               HASS_JOB_CALLBACK(forget_daily, NULL, .name = "removed devices and entities"),
               &devices_of(hass)->expiry);
    return hass_bus_async_listen_once(hass, HASS_EVENT_STARTED, HASS_JOB_CALLBACK(on_started, NULL),
                                      NULL, err);
}
