/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lamp over the kitchen table: colours, whites, and two effects. It does as it is told.
 */
#include "light/light.h"

#include "parts.h"

struct values {
    struct light_state light;
};

static HASS_CALLBACK const struct light_state *state(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->light;
}

static const char *const effects[] = { "off", "rainbow", NULL };
static const struct light_capabilities can = {
    .size = sizeof(can),
    .color_modes = LIGHT_MODE_HS | LIGHT_MODE_COLOR_TEMP,
    .min_kelvin = 2200,
    .max_kelvin = 6500,
    .effect_list = effects,
};

static const struct light_capabilities *capabilities(struct hass_entity *entity)
{
    return &can;
}

static HASS_COROUTINE int turn(struct hass_entity *entity, const struct light_turn *turn,
                               struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    light_state_apply(&values->light, turn, &can);
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct light_ops light_ops =
    LIGHT_OPS(.state = state, .capabilities = capabilities, .async_turn = turn);
static const struct hass_entity_description kitchen =
    HASS_ENTITY_DESCRIPTION(.name = "Kitchen Table", .unique_id = "light1",
                            .device_info = &demo_table_light,
                            .supported_features = LIGHT_EFFECT | LIGHT_TRANSITION);

int demo_add_light(struct hass_platform *platform, struct hass_error *err)
{
    const struct values warm = {
        .light = { .size = sizeof(warm.light),
                   .is_on = HASS_BOOL(true),
                   .brightness = HASS_INT(180),
                   .color_mode = LIGHT_MODE_COLOR_TEMP,
                   .color = { LIGHT_MODE_COLOR_TEMP, .kelvin = 2700 } },
    };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &kitchen, &light_ops, &warm, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
