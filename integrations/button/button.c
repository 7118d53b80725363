/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain button: things that are pressed. The state is the time of the last press. Service press.
 *
 * Configuration: a list of platforms (`button: [{platform: …}]`); the domain has no options of its own.
 */
#include "button.h"

#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "button", .name = "Button", .version = HASS_VERSION);

struct data {
    char pressed[HASS_DT_TEXT]; /* "": never */
};

static const struct button_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const struct data *data = hass_entity_async_domain_data(entity);

    return *data->pressed ? hass_value_string(data->pressed) : HASS_NONE;
}

static HASS_BLOCKING int press_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                       void *values, void *arg, struct hass_error *err)
{
    return ops_of(entity)->press(worker, entity, values, err);
}

static HASS_COROUTINE int press(struct hass_entity *entity, const struct hass_service_call *call,
                                struct hass_error *err)
{
    const struct button_ops *ops = ops_of(entity);
    struct data *data = hass_entity_async_domain_data(entity);

    hass_dt_iso(hass_now(hass_entity_hass(entity)), NULL, data->pressed);
    int r = hass_entity_async_write_ha_state(entity, err);
    if (r < 0)
        return r;
    if (ops->async_press)
        return ops->async_press(entity, err);
    if (ops->press)
        return hass_entity_async_work(entity, press_on_pool, NULL, NULL, err);
    return hass_entity_unsupported(entity, call, err);
}

static bool default_to_device_class_name(struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class != NULL;
}

static HASS_COROUTINE int added_to_hass(struct hass_entity *entity, struct hass_error *err)
{
    struct data *data = hass_entity_async_domain_data(entity);

    hass_entity_restore_time(entity, data->pressed);
    return 0;
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .data_size = sizeof(struct data),
    .async_added_to_hass = added_to_hass,
    .restore = true,
    .default_to_device_class_name = default_to_device_class_name,
};

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("press", "Presses a button", .async_handler = press),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "button",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
