/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain binary_sensor: things that are on or off and cannot be switched.
 *
 * Configuration: a list of platforms (`binary_sensor: [{platform: …}]`); the domain has no options of its own.
 */
#include "binary_sensor.h"

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "binary_sensor", .name = "Binary sensor", .version = HASS_VERSION);

static struct hass_value state(struct hass_entity *entity)
{
    const struct binary_sensor_ops *ops = hass_entity_domain_ops(entity);

    return hass_value_on_off(ops->is_on(entity));
}

static bool default_to_device_class_name(struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class != NULL;
}

/* Measurements are no settings. */
static int check(struct hass_entity *entity, struct hass_error *err)
{
    if (hass_entity_description(entity)->category != HASS_ENTITY_CATEGORY_CONFIG)
        return 0;
    return hass_fail(err, HASS_E_GENERAL, "its entity category is config, which it cannot be");
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .default_to_device_class_name = default_to_device_class_name,
    .check = check,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "binary_sensor",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };

    return hass_component_async_create(hass, &options, config, NULL, err);
}
