/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain cover: blinds, garage doors, awnings. Services to open, close, stop and position them and their slats.
 *
 * Configuration: a list of platforms (`cover: [{platform: …}]`); the domain has no options of its own.
 */
#include "cover.h"

#include <hass/integration.h>

#define SCAN_INTERVAL 15.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "cover", .name = "Cover", .version = HASS_VERSION);

/* What the domain remembers of a cover: which way to go when it stands in between. */
struct memory {
    bool was_closing;
};

static const struct cover_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static bool is_whole(struct hass_value value, int64_t number)
{
    return value.type == HASS_VALUE_INT && value.integer == number;
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct memory *memory = hass_entity_async_domain_data(entity);
    struct cover_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (now.is_opening || now.is_closing)
        memory->was_closing = !now.is_opening;
    if (now.is_opening)
        return hass_value_string("opening");
    if (now.is_closing)
        return hass_value_string("closing");
    if (now.is_closed.type != HASS_VALUE_BOOL)
        return HASS_NONE;
    return hass_value_string(now.is_closed.boolean ? "closed" : "open");
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct cover_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (now.position.type != HASS_VALUE_NONE)
        hass_attrs_set(writer, "current_position", now.position);
    if (now.tilt_position.type != HASS_VALUE_NONE)
        hass_attrs_set(writer, "current_tilt_position", now.tilt_position);
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .state_attributes = state_attributes,
    .data_size = sizeof(struct memory),
    .has_supported_features = true,
};

HASS_ENTITY_COMMAND(carry_out, struct cover_ops, command, struct cover_command)

/* The rows are in the order of enum cover_action; the others follow. */
#define SERVICE_COUNT (COVER_ACTION_SET_TILT_POSITION + 3)
static const struct hass_entity_service_row services[SERVICE_COUNT];

static HASS_COROUTINE int act(struct hass_entity *entity, const struct hass_service_call *call,
                              struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    int64_t tilt = hass_json_get_int(data, "tilt_position", 0);
    const struct cover_command command = {
        .size = sizeof(command),
        .action = (enum cover_action)hass_service_place(services, call),
        .position = (int)hass_json_get_int(data, "position", tilt),
    };

    return carry_out(entity, call, &command, err);
}

/* One that moves is stopped when it can be; one that stands goes where it did not come from. */
static HASS_CALLBACK enum cover_action other_way(struct hass_entity *entity)
{
    const struct memory *memory = hass_entity_async_domain_data(entity);
    bool can_stop = hass_entity_description(entity)->supported_features & COVER_STOP;
    struct cover_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    if (can_stop && (now.is_opening || now.is_closing))
        return COVER_ACTION_STOP;
    if (hass_value_is_true(now.is_closed) || now.is_closing)
        return COVER_ACTION_OPEN;
    if (is_whole(now.position, 100) || now.is_opening)
        return COVER_ACTION_CLOSE;
    return memory->was_closing ? COVER_ACTION_OPEN : COVER_ACTION_CLOSE;
}

static HASS_COROUTINE int toggle(struct hass_entity *entity, const struct hass_service_call *call,
                                 struct hass_error *err)
{
    const struct cover_command command = { .size = sizeof(command), .action = other_way(entity) };

    return carry_out(entity, call, &command, err);
}

static HASS_COROUTINE int toggle_tilt(struct hass_entity *entity,
                                      const struct hass_service_call *call, struct hass_error *err)
{
    struct cover_state now;

    HASS_READ(&now, ops_of(entity)->state(entity));
    const struct cover_command command = {
        .size = sizeof(command),
        .action = is_whole(now.tilt_position, 0) ? COVER_ACTION_OPEN_TILT : COVER_ACTION_CLOSE_TILT,
    };
    return carry_out(entity, call, &command, err);
}

#define POSITION(key, doc_)                                                                        \
    HASS_FIELD(key, &hass_type_int, .max = 100, .required = true, .doc = (doc_))

HASS_SCHEMA(position_schema, POSITION("position", "0 is closed, 100 open"));
HASS_SCHEMA(tilt_position_schema, POSITION("tilt_position", "0 is closed, 100 open"));

static const struct hass_entity_service_row services[SERVICE_COUNT] = {
    [COVER_ACTION_OPEN] = HASS_ENTITY_SERVICE(
        "open_cover", "Opens covers", .required_features = COVER_OPEN, .async_handler = act),
    [COVER_ACTION_CLOSE] = HASS_ENTITY_SERVICE(
        "close_cover", "Closes covers", .required_features = COVER_CLOSE, .async_handler = act),
    [COVER_ACTION_STOP] =
        HASS_ENTITY_SERVICE("stop_cover", "Stops covers that move", .required_features = COVER_STOP,
                            .async_handler = act),
    [COVER_ACTION_SET_POSITION] = HASS_ENTITY_SERVICE(
        "set_cover_position", "Moves covers to a position", .schema = &position_schema,
        .required_features = COVER_SET_POSITION, .async_handler = act),
    [COVER_ACTION_OPEN_TILT] =
        HASS_ENTITY_SERVICE("open_cover_tilt", "Opens the slats of covers",
                            .required_features = COVER_OPEN_TILT, .async_handler = act),
    [COVER_ACTION_CLOSE_TILT] =
        HASS_ENTITY_SERVICE("close_cover_tilt", "Closes the slats of covers",
                            .required_features = COVER_CLOSE_TILT, .async_handler = act),
    [COVER_ACTION_STOP_TILT] =
        HASS_ENTITY_SERVICE("stop_cover_tilt", "Stops slats that move",
                            .required_features = COVER_STOP_TILT, .async_handler = act),
    [COVER_ACTION_SET_TILT_POSITION] =
        HASS_ENTITY_SERVICE("set_cover_tilt_position", "Turns the slats of covers to a position",
                            .schema = &tilt_position_schema,
                            .required_features = COVER_SET_TILT_POSITION, .async_handler = act),
    HASS_ENTITY_SERVICE("toggle", "Opens closed covers, closes open ones, stops those that move",
                        .required_features = COVER_OPEN | COVER_CLOSE, .async_handler = toggle),
    HASS_ENTITY_SERVICE("toggle_cover_tilt", "Opens closed slats and closes others",
                        .required_features = COVER_OPEN_TILT | COVER_CLOSE_TILT,
                        .async_handler = toggle_tilt),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "cover",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
