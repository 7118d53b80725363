/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain valve: water and gas. Services open_valve, close_valve, stop_valve, set_valve_position, toggle.
 *
 * Configuration: a list of platforms (`valve: [{platform: …}]`); the domain has no options of its own.
 */
#include "valve.h"

#include <hass/integration.h>

#define SCAN_INTERVAL 15.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "valve", .name = "Valve", .version = HASS_VERSION);

static const struct valve_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* Whether it is closed; one that reports positions says it by them. */
static struct hass_value is_closed(const struct valve_state *state)
{
    if (!state->reports_position)
        return state->is_closed;
    if (state->position.type != HASS_VALUE_INT)
        return HASS_NONE;
    return HASS_BOOL(state->position.integer == 0);
}

static struct hass_value state(struct hass_entity *entity)
{
    struct valve_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (now.is_opening)
        return hass_value_string("opening");
    if (now.is_closing)
        return hass_value_string("closing");
    struct hass_value closed = is_closed(&now);
    if (closed.type != HASS_VALUE_BOOL)
        return HASS_NONE;
    return hass_value_string(closed.boolean ? "closed" : "open");
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct valve_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    hass_attrs_set(writer, "current_position", now.position);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .has_supported_features = true,
};

HASS_ENTITY_COMMAND(carry_out, struct valve_ops, command, struct valve_command)

static bool supports(const struct hass_entity *entity, uint32_t feature)
{
    return hass_entity_description(entity)->supported_features & feature;
}

static HASS_COROUTINE int act_on(struct hass_entity *entity, const struct hass_service_call *call,
                                 enum valve_action action, struct hass_error *err)
{
    struct valve_command command = {
        .size = sizeof(command),
        .action = action,
        .position = (int)hass_json_get_int(hass_service_call_data(call), "position", 0),
    };

    if (action <= VALVE_ACTION_CLOSE && supports(entity, VALVE_SET_POSITION)) {
        command.action = VALVE_ACTION_SET_POSITION;
        command.position = action == VALVE_ACTION_OPEN ? 100 : 0;
    }
    return carry_out(entity, call, &command, err);
}

/* The rows are in the order of enum valve_action; toggle follows. */
#define SERVICE_COUNT (VALVE_ACTION_SET_POSITION + 2)
static const struct hass_entity_service_row services[SERVICE_COUNT];

static HASS_COROUTINE int act(struct hass_entity *entity, const struct hass_service_call *call,
                              struct hass_error *err)
{
    return act_on(entity, call, (enum valve_action)hass_service_place(services, call), err);
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    struct valve_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (supports(entity, VALVE_STOP) && (now.is_opening || now.is_closing))
        return act_on(entity, call, VALVE_ACTION_STOP, err);
    return act_on(entity, call,
                  hass_value_is_true(is_closed(&now)) ? VALVE_ACTION_OPEN : VALVE_ACTION_CLOSE,
                  err);
}

HASS_SCHEMA(position_schema, HASS_FIELD("position", &hass_type_int, .max = 100, .required = true,
                                        .doc = "0 is closed, 100 open"));

static const struct hass_entity_service_row services[SERVICE_COUNT] = {
    [VALVE_ACTION_OPEN] = HASS_ENTITY_SERVICE(
        "open_valve", "Opens valves", .required_features = VALVE_OPEN, .async_handler = act),
    [VALVE_ACTION_CLOSE] = HASS_ENTITY_SERVICE(
        "close_valve", "Closes valves", .required_features = VALVE_CLOSE, .async_handler = act),
    [VALVE_ACTION_STOP] =
        HASS_ENTITY_SERVICE("stop_valve", "Stops valves that move", .required_features = VALVE_STOP,
                            .async_handler = act),
    [VALVE_ACTION_SET_POSITION] = HASS_ENTITY_SERVICE(
        "set_valve_position", "Moves valves to a position", .schema = &position_schema,
        .required_features = VALVE_SET_POSITION, .async_handler = act),
    HASS_ENTITY_SERVICE("toggle", "Opens closed valves, closes open ones, stops those that move",
                        .required_features = VALVE_OPEN | VALVE_CLOSE, .async_handler = toggle),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "valve",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
