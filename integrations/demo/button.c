/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A button that rings the bell of event.c: a signal from one entity to another.
 */
#include "button/button.h"

#include "parts.h"

static HASS_COROUTINE int ring(struct hass_entity *entity, struct hass_error *err)
{
    return hass_async_dispatcher_send(hass_entity_hass(entity), DEMO_SIGNAL_DOORBELL, NULL, err);
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
static const struct button_ops button = BUTTON_OPS(.async_press = ring);
static const struct hass_entity_description bell =
    HASS_ENTITY_DESCRIPTION(.name = "Ring the Bell", .unique_id = "button_1",
                            .device_info = &demo_doorbell, .icon = "mdi:bell-ring");

int demo_add_button(struct hass_platform *platform, struct hass_error *err)
{
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &bell, &button, NULL, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
