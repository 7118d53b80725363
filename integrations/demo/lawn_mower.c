/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mower that does at once what it is told.
 */
#include "lawn_mower/lawn_mower.h"

#include "parts.h"

struct values {
    enum lawn_mower_activity activity;
};

static HASS_CALLBACK enum lawn_mower_activity activity(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->activity;
}

static HASS_COROUTINE int command(struct hass_entity *entity, enum lawn_mower_command told,
                                  struct hass_error *err)
{
    static const enum lawn_mower_activity after[] = {
        [LAWN_MOWER_DO_START] = LAWN_MOWER_MOWING,
        [LAWN_MOWER_DO_PAUSE] = LAWN_MOWER_PAUSED,
        [LAWN_MOWER_DO_DOCK] = LAWN_MOWER_DOCKED,
    };
    struct values *values = hass_entity_async_values(entity);

    values->activity = after[told];
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct lawn_mower_ops mower =
    LAWN_MOWER_OPS(.activity = activity, .async_command = command);
static const struct hass_entity_description garden =
    HASS_ENTITY_DESCRIPTION(.name = "Garden Mower", .unique_id = "lawn_mower_1",
                            .device_info = &demo_mower, .has_supported_features = true,
                            .supported_features =
                                LAWN_MOWER_START_MOWING | LAWN_MOWER_PAUSE | LAWN_MOWER_DOCK);

int demo_add_lawn_mower(struct hass_platform *platform, struct hass_error *err)
{
    const struct values docked = { LAWN_MOWER_DOCKED };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &garden, &mower, &docked, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
