/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A valve behind a slow driver: it is turned on the pool, where the driver may block; the values are a private copy.
 */
#include "valve/valve.h"

#include <hass/executor.h>

#include "parts.h"

struct values {
    struct valve_state valve;
};

static HASS_CALLBACK const struct valve_state *state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->valve;
}

static HASS_BLOCKING int command(struct hass_worker *worker, struct hass_entity *entity,
                                 const struct valve_command *command, void *private_values,
                                 struct hass_error *err)
{
    struct values *values = private_values;
    int r = hass_worker_sleep(worker, 1);

    if (r < 0)
        return r;
    values->valve.is_closed = HASS_BOOL(command->action == VALVE_ACTION_CLOSE);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct valve_ops valve_ops = VALVE_OPS(.state = state, .command = command);
static const struct hass_entity_description garden =
    HASS_ENTITY_DESCRIPTION(.name = "Garden Water", .unique_id = "valve1",
                            .device_info = &demo_garden_water, .device_class = "water",
                            .supported_features = VALVE_OPEN | VALVE_CLOSE);

int demo_add_valve(struct hass_platform *platform, struct hass_error *err)
{
    const struct values closed = {
        .valve = { .size = sizeof(closed.valve), .is_closed = HASS_BOOL(true) },
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &garden, &valve_ops, &closed, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
