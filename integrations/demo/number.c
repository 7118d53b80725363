/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the garden is watered: a number with limits and a unit.
 */
#include "number/number.h"

#include "parts.h"

struct values {
    double minutes;
};

static HASS_CALLBACK struct hass_value native_value(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_DOUBLE(values->minutes);
}

static const struct number_limits *limits(struct hass_entity *entity)
{
    static const struct number_limits hour =
        NUMBER_LIMITS(.min = 0, .max = 60, .step = 0.5, .mode = NUMBER_SLIDER);

    return &hour;
}

static HASS_COROUTINE int set_native_value(struct hass_entity *entity, double value,
                                           struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->minutes = value;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct number_ops number = NUMBER_OPS(.native_value = native_value, .limits = limits,
                                                   .async_set_native_value = set_native_value);
static const struct hass_entity_description watering =
    HASS_ENTITY_DESCRIPTION(.name = "Garden Watering", .unique_id = "number_1",
                            .device_info = &demo_garden_water, .device_class = "duration",
                            .unit_of_measurement = "min", .icon = "mdi:sprinkler-variant");

int demo_add_number(struct hass_platform *platform, struct hass_error *err)
{
    const struct values values = { .minutes = 12.5 };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &watering, &number, &values, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
