/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A doorbell: what happens and is over.
 */
#include "event/event.h"

#include "parts.h"

static const char *const *event_types(struct hass_entity *entity)
{
    static const char *const types[] = { "ring", NULL };

    return types;
}

static HASS_CALLBACK int on_ring(const struct hass_signal *signal, void *userdata,
                                 struct hass_error *err)
{
    return event_async_trigger(userdata, "ring", NULL, err);
}

static HASS_COROUTINE int subscribe(struct hass_entity *entity, struct hass_error *err)
{
    struct hass_sub *sub;
    int r = hass_async_dispatcher_connect(hass_entity_hass(entity), DEMO_SIGNAL_DOORBELL,
                                          HASS_JOB_CALLBACK(on_ring, entity), &sub, err);

    return r < 0 ? r : hass_entity_async_remove_later(entity, sub, err);
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.async_added_to_hass = subscribe);
static const struct event_ops event = EVENT_OPS(.event_types = event_types);
static const struct hass_entity_description doorbell =
    HASS_ENTITY_DESCRIPTION(.name = "Doorbell", .unique_id = "event_1",
                            .device_info = &demo_doorbell, .device_class = "doorbell");

int demo_add_event(struct hass_platform *platform, struct hass_error *err)
{
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &doorbell, &event, NULL, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
