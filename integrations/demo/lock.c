/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A front door whose bolt takes a second.
 */
#include "lock/lock.h"

#include <hass/task.h>

#include "parts.h"

struct values {
    struct lock_state lock;
};

static HASS_CALLBACK const struct lock_state *state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->lock;
}

static HASS_COROUTINE int command(struct hass_entity *entity, const struct lock_command *command,
                                  struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);
    bool lock = command->action == LOCK_ACTION_LOCK;

    values->lock.is_locking = lock;
    values->lock.is_unlocking = !lock;
    int r = hass_entity_async_write_ha_state(entity, err);
    if (r >= 0)
        r = hass_async_sleep(hass_entity_hass(entity), 1, err);
    values->lock = (struct lock_state){
        .size = sizeof(values->lock),
        .is_locked = HASS_BOOL(lock),
        .is_open = command->action == LOCK_ACTION_OPEN,
    };
    return r;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct lock_ops lock_ops = LOCK_OPS(.state = state, .async_command = command);
static const struct hass_entity_description door =
    HASS_ENTITY_DESCRIPTION(.name = "Front Door", .unique_id = "lock1",
                            .device_info = &demo_door_lock, .supported_features = LOCK_OPEN);

int demo_add_lock(struct hass_platform *platform, struct hass_error *err)
{
    const struct values locked = {
        .lock = { .size = sizeof(locked.lock), .is_locked = HASS_BOOL(true) },
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &door, &lock_ops, &locked, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
