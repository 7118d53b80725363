/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera whose pictures are drawn on the pool, as a driver would fetch them from the device; it is switched on the loop.
 */
#include "camera/camera.h"

#include "parts.h"

struct values {
    bool on;
    bool motion_detection;
};

static HASS_CALLBACK void show(struct hass_entity *entity, struct camera_state *ret_state)
{
    const struct values *values = hass_entity_async_values(entity);

    ret_state->streaming = values->on;
    ret_state->motion_detection = values->motion_detection;
    ret_state->brand = "Demo";
    ret_state->model = "Drawing board";
}

static HASS_BLOCKING int draw(struct hass_worker *worker, struct hass_entity *entity,
                              struct hass_buf *ret_image, struct hass_error *err)
{
    hass_buf_add_string(ret_image,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 30\">"
                        "<rect width=\"40\" height=\"30\" fill=\"skyblue\"/>"
                        "<rect x=\"14\" y=\"8\" width=\"12\" height=\"22\" fill=\"saddlebrown\"/>"
                        "<circle cx=\"24\" cy=\"19\" r=\"0.7\" fill=\"gold\"/></svg>");
    return 0;
}

static HASS_COROUTINE int turn(struct hass_entity *entity, bool on, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->on = on;
    return 0;
}

static HASS_COROUTINE int detect_motion(struct hass_entity *entity, bool on, struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->motion_detection = on;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct camera_ops camera =
    CAMERA_OPS(.content_type = "image/svg+xml", .state = show, .image = draw, .async_turn = turn,
               .async_detect_motion = detect_motion);
static const struct hass_entity_description door =
    HASS_ENTITY_DESCRIPTION(.name = "Front Door", .unique_id = "camera_1",
                            .device_info = &demo_doorbell, .has_supported_features = true,
                            .supported_features = CAMERA_FEATURE_ON_OFF);

int demo_add_camera(struct hass_platform *platform, struct hass_error *err)
{
    const struct values on = { .on = true };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &door, &camera, &on, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
