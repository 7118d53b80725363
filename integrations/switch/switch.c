/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain switch: things that are switched on and off. Services turn_on, turn_off, toggle.
 *
 * Configuration: a list of platforms (`switch: [{platform: …}]`); the domain has no options of its own.
 */
#include "switch.h"

#include <string.h>

#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "switch", .name = "Switch", .version = HASS_VERSION);

static const struct switch_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static struct hass_value state(struct hass_entity *entity)
{
    struct hass_value on = ops_of(entity)->is_on(entity);

    if (on.type != HASS_VALUE_BOOL)
        return HASS_NONE;
    return hass_value_string(on.boolean ? HASS_STATE_ON : HASS_STATE_OFF);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
};

static HASS_BLOCKING int turn_on_pool(struct hass_worker *worker, struct hass_entity *entity,
                                      void *values, void *arg, struct hass_error *err)
{
    return ops_of(entity)->turn(worker, entity, true, values, err);
}

static HASS_BLOCKING int turn_off_pool(struct hass_worker *worker, struct hass_entity *entity,
                                       void *values, void *arg, struct hass_error *err)
{
    return ops_of(entity)->turn(worker, entity, false, values, err);
}

static HASS_COROUTINE int turn(struct hass_entity *entity, bool on, struct hass_error *err)
{
    const struct switch_ops *ops = ops_of(entity);
    int r;

    if (ops->async_turn)
        r = ops->async_turn(entity, on, err);
    else if (ops->turn)
        r = hass_entity_async_work(entity, on ? turn_on_pool : turn_off_pool, NULL, NULL, err);
    else
        r = hass_fail(err, HASS_E_UNSUPPORTED, "%s cannot be switched",
                      hass_entity_async_entity_id(entity));
    return r < 0 ? r : hass_entity_async_write_ha_state(entity, err);
}

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    return turn(entity, true, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    return turn(entity, false, err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    struct hass_value on = ops_of(entity)->is_on(entity);

    return turn(entity, !(on.type == HASS_VALUE_BOOL && on.boolean), err);
}

static const struct {
    const char *name;
    struct hass_entity_service_options options;
} services[] = {
    { "turn_on",
      { .size = sizeof(struct hass_entity_service_options),
        .description = "Turns a switch on",
        .async_handler = turn_on } },
    { "turn_off",
      { .size = sizeof(struct hass_entity_service_options),
        .description = "Turns a switch off",
        .async_handler = turn_off } },
    { "toggle",
      { .size = sizeof(struct hass_entity_service_options),
        .description = "Turns a switch on when it is off, and off when it is on",
        .async_handler = toggle } },
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "switch",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };
    struct hass_component *component;
    int r = hass_component_async_create(hass, &options, config, &component, err);

    for (size_t i = 0; r >= 0 && i < sizeof(services) / sizeof(services[0]); i++)
        r = hass_component_async_register_service(component, services[i].name, &services[i].options,
                                                  err);
    return r;
}
