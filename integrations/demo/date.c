/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A day that is set.
 */
#include "date/date.h"

#include "parts.h"

struct values {
    struct hass_dt collection;
};

static HASS_CALLBACK bool native_value(struct hass_entity *entity, struct hass_dt *ret_value)
{
    const struct values *values = hass_entity_async_values(entity);

    *ret_value = values->collection;
    return true;
}

static HASS_COROUTINE int set_value(struct hass_entity *entity, const struct hass_dt *value,
                                    struct hass_error *err)
{
    struct values *values = hass_entity_async_values(entity);

    values->collection = *value;
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct date_ops date_ops =
    DATE_OPS(.native_value = native_value, .async_set_value = set_value);
static const struct hass_entity_description collection =
    HASS_ENTITY_DESCRIPTION(.name = "Bulky Waste Collection", .unique_id = "date_1",
                            .device_info = &demo_family, .icon = "mdi:sofa");

int demo_add_date(struct hass_platform *platform, struct hass_error *err)
{
    const struct values values = { .collection = { .year = 2024, .month = 4, .day = 19 } };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &collection, &date_ops, &values, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
