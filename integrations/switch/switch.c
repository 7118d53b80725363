/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain switch: things that are switched on and off. Services turn_on, turn_off, toggle.
 *
 * Configuration: a list of platforms (`switch: [{platform: …}]`); the domain has no options of its own.
 */
#include "switch.h"

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "switch", .name = "Switch", .version = HASS_VERSION);

static const struct switch_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static struct hass_value state(struct hass_entity *entity)
{
    return hass_value_on_off(ops_of(entity)->is_on(entity));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
};

HASS_ENTITY_OP(turn, struct switch_ops, turn, bool)

static HASS_COROUTINE int turn_on(struct hass_entity *entity, const struct hass_service_call *call,
                                  struct hass_error *err)
{
    return turn(entity, call, true, err);
}

static HASS_COROUTINE int turn_off(struct hass_entity *entity, const struct hass_service_call *call,
                                   struct hass_error *err)
{
    return turn(entity, call, false, err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    return turn(entity, call, !hass_value_is_true(ops_of(entity)->is_on(entity)), err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("turn_on", "Turns a switch on", .async_handler = turn_on),
    HASS_ENTITY_SERVICE("turn_off", "Turns a switch off", .async_handler = turn_off),
    HASS_ENTITY_SERVICE("toggle", "Turns a switch on when it is off, and off when it is on",
                        .async_handler = toggle),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "switch",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
