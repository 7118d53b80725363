/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware of a bridge: it takes its time to install, and tells how far it is.
 */
#include "update/update.h"

#include "parts.h"

#define STEPS 10

struct values {
    struct update_info info;
};

static HASS_CALLBACK const struct update_info *info(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->info;
}

static HASS_COROUTINE int install(struct hass_entity *entity, const struct update_install *what,
                                  struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    int r = 0;

    values->info.in_progress = values->info.has_percentage = true;
    for (int step = 0; r >= 0 && step < STEPS; step++) {
        values->info.update_percentage = 100.0 * step / STEPS;
        (void)hass_entity_async_write_ha_state(entity, NULL);
        r = hass_async_sleep(hass_entity_hass(entity), 1, err);
    }
    if (r >= 0)
        values->info.installed_version = values->info.latest_version;
    values->info.in_progress = values->info.has_percentage = false;
    return r;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct update_ops update = UPDATE_OPS(.info = info, .async_install = install);
static const struct hass_entity_description firmware =
    HASS_ENTITY_DESCRIPTION(.name = "Bridge Firmware", .unique_id = "update_1",
                            .device_info = &demo_bridge, .device_class = "firmware",
                            .supported_features = UPDATE_INSTALL | UPDATE_PROGRESS,
                            .has_supported_features = true);

int demo_add_update(struct hass_platform *platform, struct hass_error *err)
{
    const struct values values = {
        .info = UPDATE_INFO(.installed_version = "1.9.3", .latest_version = "1.10.0",
                            .title = "Bridge OS", .release_summary = "Fewer crashes, more colours"),
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &firmware, &update, &values, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
