/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A boiler.
 */
#include "water_heater/water_heater.h"

#include <hass/domain.h>

#include "parts.h"

static const char *const operations[] = { WATER_HEATER_ECO, WATER_HEATER_PERFORMANCE, "off", NULL };

struct values {
    struct water_heater_info info;
};

static HASS_CALLBACK const struct water_heater_info *info(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return &values->info;
}

static HASS_COROUTINE int command(struct hass_entity *entity,
                                  const struct water_heater_command *told, struct hass_error *err)
{
    struct water_heater_info *now = &((struct values *)hass_entity_async_values(entity))->info;
    int operation = hass_words_find(operations, told->operation);

    if (told->what == WATER_HEATER_SET_TEMPERATURE)
        now->temperature = HASS_DOUBLE(told->temperature);
    if (told->what == WATER_HEATER_SET_AWAY)
        now->is_away = told->away;
    if (operation >= 0)
        now->operation = operations[operation];
    return 0;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
static const struct water_heater_ops water_heater =
    WATER_HEATER_OPS(.info = info, .async_command = command);
static const struct hass_entity_description boiler =
    HASS_ENTITY_DESCRIPTION(.name = "Boiler", .unique_id = "water_heater_1",
                            .device_info = &demo_water_heater, .has_supported_features = true,
                            .supported_features = WATER_HEATER_TARGET_TEMPERATURE |
                                                  WATER_HEATER_OPERATION_MODE |
                                                  WATER_HEATER_AWAY_MODE);

int demo_add_water_heater(struct hass_platform *platform, struct hass_error *err)
{
    const struct values eco = { { .size = sizeof(eco.info),
                                  .operation = WATER_HEATER_ECO,
                                  .operation_list = operations,
                                  .temperature = HASS_DOUBLE(52),
                                  .current_temperature = HASS_DOUBLE(49.5) } };
    struct hass_entity *entity =
        hass_entity_new(hass_platform_hass(platform), &ops, &boiler, &water_heater, &eco, NULL);

    return hass_platform_async_add_entities(platform, &entity, 1, false, err);
}
