/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain lawn_mower: what mows the lawn by itself.
 *
 * Configuration: a list of platforms (`lawn_mower: [{platform: …}]`); the domain has no options of its own.
 */
#include "lawn_mower.h"

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 60.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "lawn_mower", .name = "Lawn mower", .version = HASS_VERSION);

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    static const char *const words[] = {
        [LAWN_MOWER_ERROR] = "error",         [LAWN_MOWER_PAUSED] = "paused",
        [LAWN_MOWER_MOWING] = "mowing",       [LAWN_MOWER_DOCKED] = "docked",
        [LAWN_MOWER_RETURNING] = "returning",
    };
    const struct lawn_mower_ops *ops = hass_entity_domain_ops(entity);
    unsigned activity = ops->activity(entity);

    return activity < sizeof(words) / sizeof(words[0]) ? hass_value_string(words[activity])
                                                       : HASS_NONE;
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
};

HASS_ENTITY_OP(command, struct lawn_mower_ops, command, enum lawn_mower_command)

static HASS_COROUTINE int start_mowing(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    return command(entity, call, LAWN_MOWER_DO_START, err);
}

static HASS_COROUTINE int pause_mowing(struct hass_entity *entity,
                                       const struct hass_service_call *call, struct hass_error *err)
{
    return command(entity, call, LAWN_MOWER_DO_PAUSE, err);
}

static HASS_COROUTINE int dock(struct hass_entity *entity, const struct hass_service_call *call,
                               struct hass_error *err)
{
    return command(entity, call, LAWN_MOWER_DO_DOCK, err);
}

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("start_mowing", "Starts or goes on with mowing",
                        .required_features = LAWN_MOWER_START_MOWING,
                        .async_handler = start_mowing),
    HASS_ENTITY_SERVICE("pause", "Pauses mowing", .required_features = LAWN_MOWER_PAUSE,
                        .async_handler = pause_mowing),
    HASS_ENTITY_SERVICE("dock", "Sends the mower home", .required_features = LAWN_MOWER_DOCK,
                        .async_handler = dock),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "lawn_mower",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
