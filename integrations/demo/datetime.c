/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A point in time that is set.
 */
#include "datetime/datetime.h"

#include <hass/dt.h>

#include "parts.h"

struct values {
    int64_t service;
};

static HASS_CALLBACK bool native_value(struct hass_entity *entity, int64_t *ret_value)
{
    const struct values *values = hass_entity_async_values(entity);

    *ret_value = values->service;
    return true;
}

static HASS_COROUTINE int set_value(struct hass_entity *entity, int64_t value,
                                    struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->service = value;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct datetime_ops datetime_ops =
    DATETIME_OPS(.native_value = native_value, .async_set_value = set_value);
static const struct hass_entity_description service =
    HASS_ENTITY_DESCRIPTION(.name = "Heating Service", .unique_id = "datetime_1",
                            .device_info = &demo_heating, .icon = "mdi:wrench-clock");

int demo_add_datetime(struct hass_platform *platform, struct hass_error *err)
{
    const struct values values = { .service = INT64_C(1713510000) * HASS_USEC_PER_SEC };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &service, &datetime_ops, &values, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
