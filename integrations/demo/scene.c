/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scene that calls services of the home.
 */
#include "scene/scene.h"

#include "parts.h"

static HASS_COROUTINE int activate(struct hass_entity *entity,
                                   const struct scene_activation *activation,
                                   struct hass_error *err)
{
    json_t *data = json_pack("{s:s}", "entity_id", "switch.decorative_lights");

    return hass_services_async_call_later(hass_entity_hass(entity), "switch", "turn_off", data,
                                          NULL, err);
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
static const struct scene_ops scene = SCENE_OPS(.async_activate = activate);
static const struct hass_entity_description movie =
    HASS_ENTITY_DESCRIPTION(.name = "Movie Night", .unique_id = "scene_1",
                            .device_info = &demo_living_room, .icon = "mdi:movie");

int demo_add_scene(struct hass_platform *platform, struct hass_error *err)
{
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &movie, &scene, NULL, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
