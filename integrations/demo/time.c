/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time of day that is set.
 */
#include "time/time.h"

#include "parts.h"

struct values {
    struct hass_dt wake_up;
};

static HASS_CALLBACK bool native_value(struct hass_entity *entity, struct hass_dt *ret_value)
{
    const struct values *values = hass_entity_async_values(entity);

    *ret_value = values->wake_up;
    return true;
}

static HASS_COROUTINE int set_value(struct hass_entity *entity, const struct hass_dt *value,
                                    struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->wake_up = *value;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct time_ops time_ops =
    TIME_OPS(.native_value = native_value, .async_set_value = set_value);
static const struct hass_entity_description wake_up =
    HASS_ENTITY_DESCRIPTION(.name = "Alarm Clock", .unique_id = "time_1",
                            .device_info = &demo_clock, .icon = "mdi:wake_up");

int demo_add_time(struct hass_platform *platform, struct hass_error *err)
{
    const struct values values = { .wake_up = { .hour = 6, .minute = 45 } };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &wake_up, &time_ops, &values, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
