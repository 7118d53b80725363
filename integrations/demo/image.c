/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture that is drawn on the loop: a clock's face that is new each time the integration starts.
 */
#include "image/image.h"

#include <hass/dt.h>

#include "parts.h"

struct values {
    int64_t drawn;
};

static HASS_CALLBACK int64_t last_updated(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return values->drawn;
}

static HASS_COROUTINE int draw(struct hass_entity *entity, struct hass_buf *ret_image,
                               struct hass_error *err)
{
    struct hass_dt time = { .size = sizeof(time) };

    hass_dt_local(last_updated(entity), NULL, &time);
    hass_buf_printf(ret_image,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-10 -10 20 20\">"
                    "<circle r=\"9\" fill=\"white\" stroke=\"black\"/>"
                    "<path d=\"M0 0V-8\" stroke=\"black\" transform=\"rotate(%d)\"/>"
                    "<path d=\"M0 0V-5\" stroke=\"black\" transform=\"rotate(%d)\"/></svg>",
                    6 * time.minute, 30 * time.hour + time.minute / 2);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct image_ops image =
    IMAGE_OPS(.content_type = "image/svg+xml", .last_updated = last_updated, .async_image = draw);
static const struct hass_entity_description clock_face =
    HASS_ENTITY_DESCRIPTION(.name = "Clock Face", .unique_id = "image_1",
                            .device_info = &demo_clock);

int demo_add_image(struct hass_platform *platform, struct hass_error *err)
{
    struct hass *hass = hass_platform_hass(platform);
    const struct values now = { .drawn = hass_now(hass) };
    struct hass_entity *entity = hass_entity_new(hass, &ops, &clock_face, &image, &now, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
