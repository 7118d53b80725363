/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two switches: one is switched on the loop, one by a slow device on the pool.
 */
#include "switch/switch.h"

#include "parts.h"

struct values {
    bool on;
};

static HASS_CALLBACK struct hass_value is_on(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_BOOL(values->on);
}

/* On the loop: a coroutine that changes the values; it may wait, but not block. */
static HASS_COROUTINE int turn_on_loop(struct hass_entity *entity, bool on, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->on = on;
    return 0;
}

/* On the pool: it may block, as the driver of a slow device does; the values are a private copy. */
static HASS_BLOCKING int turn_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      bool on, void *private_values, struct hass_error *err)
{
    struct values *values = private_values;
    int r = hass_worker_sleep(worker, 0.2);

    if (r < 0)
        return r;
    values->on = on;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct switch_ops quick = SWITCH_OPS(.is_on = is_on, .async_turn = turn_on_loop);
static const struct switch_ops slow = SWITCH_OPS(.is_on = is_on, .turn = turn_on_pool);
static const struct hass_entity_description lights =
    HASS_ENTITY_DESCRIPTION(.name = "Decorative Lights", .unique_id = "switch1",
                            .device_info = &demo_living_room, .assumed_state = true);
static const struct hass_entity_description ac =
    HASS_ENTITY_DESCRIPTION(.name = "AC", .unique_id = "switch2", .device_info = &demo_ac,
                            .icon = "mdi:air-conditioner", .device_class = "outlet");

int demo_add_switch(struct hass_platform *platform, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    const struct values on = { .on = true };
    struct hass_entity *entities[] = {
        hass_entity_new(hass, &ops, &lights, &quick, &on, NULL),
        hass_entity_new(hass, &ops, &ac, &slow, NULL, NULL),
    };

    return hass_platform_async_add_entities(platform, entities, 2, false, err);
}
