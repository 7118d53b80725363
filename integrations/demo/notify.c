/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A notifier that tells the home: its messages become events.
 */
#include "notify/notify.h"

#include "parts.h"

static HASS_COROUTINE int send(struct hass_entity *entity, const struct notify_message *message,
                               struct hass_error *err)
{
    return hass_bus_async_fire(
        hass_entity_hass(entity), "demo_message",
        json_pack("{s:s, s:s?}", "message", message->message, "title", message->title), NULL, err);
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS();
static const struct notify_ops notifier = NOTIFY_OPS(.async_send = send);
static const struct hass_entity_description hall =
    HASS_ENTITY_DESCRIPTION(.name = "Hall Display", .unique_id = "notify_1",
                            .device_info = &demo_display,
                            .supported_features = NOTIFY_FEATURE_TITLE,
                            .has_supported_features = true);

int demo_add_notify(struct hass_platform *platform, struct hass_error *err)
{
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &hall, &notifier, NULL, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
