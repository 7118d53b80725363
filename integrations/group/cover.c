/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of covers and of valves: closed when no member is open, where the members are on the mean; what they can is what any of them
 * can, and each is told what it can.
 */
#include "cover/cover.h"

#include <string.h>

#include "group.h"
#include "valve/valve.h"

struct openings {
    struct group group;
    union {
        struct cover_state cover;
        struct valve_state valve;
    };
};

struct tally {
    size_t members, known, available, open, opening, closing;
    uint32_t features;
};

static HASS_CALLBACK struct tally count(struct hass_entity *entity)
{
    struct tally tally = { 0 };
    const struct hass_state *state;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        const char *text = hass_state_state(state);
        struct hass_value features;
        bool unavailable = strcmp(text, HASS_STATE_UNAVAILABLE) == 0;
        tally.members++;
        tally.available += !unavailable;
        tally.known += !unavailable && strcmp(text, HASS_STATE_UNKNOWN) != 0;
        tally.open += strcmp(text, "open") == 0;
        tally.opening += strcmp(text, "opening") == 0;
        tally.closing += strcmp(text, "closing") == 0;
        if (hass_state_attr(state, HASS_ATTR_SUPPORTED_FEATURES, &features) &&
            features.type == HASS_VALUE_INT)
            tally.features |= (uint32_t)features.integer;
    }
    return tally;
}

static struct hass_value is_closed(const struct tally *tally)
{
    return tally->known ? HASS_BOOL(tally->open == 0) : HASS_NONE;
}

static HASS_CALLBACK void update_cover(struct hass_entity *entity)
{
    struct openings *own = hass_entity_userdata(entity);
    struct tally tally = count(entity);

    own->group.available = tally.available > 0;
    own->group.description.supported_features = tally.features;
    own->cover = (struct cover_state){
        .size = sizeof(own->cover),
        .is_closed = is_closed(&tally),
        .is_opening = tally.opening > 0,
        .is_closing = tally.closing > 0,
        .position = group_mean(entity, "current_position", COVER_SET_POSITION),
        .tilt_position = group_mean(entity, "current_tilt_position", COVER_SET_TILT_POSITION),
    };
}

static const struct cover_state *cover_state(struct hass_entity *entity)
{
    const struct openings *own = hass_entity_userdata(entity);

    return &own->cover;
}

static HASS_COROUTINE int command_cover(struct hass_entity *entity,
                                        const struct cover_command *command, struct hass_error *err)
{
    static const struct {
        const char *service, *key;
        uint32_t feature;
    } calls[] = {
        [COVER_ACTION_OPEN] = { "open_cover", NULL, COVER_OPEN },
        [COVER_ACTION_CLOSE] = { "close_cover", NULL, COVER_CLOSE },
        [COVER_ACTION_STOP] = { "stop_cover", NULL, COVER_STOP },
        [COVER_ACTION_SET_POSITION] = { "set_cover_position", "position", COVER_SET_POSITION },
        [COVER_ACTION_OPEN_TILT] = { "open_cover_tilt", NULL, COVER_OPEN_TILT },
        [COVER_ACTION_CLOSE_TILT] = { "close_cover_tilt", NULL, COVER_CLOSE_TILT },
        [COVER_ACTION_STOP_TILT] = { "stop_cover_tilt", NULL, COVER_STOP_TILT },
        [COVER_ACTION_SET_TILT_POSITION] = { "set_cover_tilt_position", "tilt_position",
                                             COVER_SET_TILT_POSITION },
    };
    const char *key = calls[command->action].key;
    json_t *data = key ? json_pack("{s:i}", key, command->position) : NULL;

    return group_tell(entity, calls[command->action].service, data, calls[command->action].feature,
                      err);
}

GROUP_SCHEMA(group_cover_schema, "Cover Group");
static const struct cover_ops cover_ops =
    COVER_OPS(.state = cover_state, .async_command = command_cover);
const struct group_kind group_cover = {
    .domain = "cover",
    .size = sizeof(struct openings),
    .ops = &cover_ops,
    .update = update_cover,
};

/* valves */

static HASS_CALLBACK void update_valve(struct hass_entity *entity)
{
    struct openings *own = hass_entity_userdata(entity);
    struct tally tally = count(entity);
    struct hass_value position = group_mean(entity, "current_position", VALVE_SET_POSITION);

    own->group.available = tally.available > 0;
    own->group.description.supported_features = tally.features;
    own->valve = (struct valve_state){
        .size = sizeof(own->valve),
        .is_closed = is_closed(&tally),
        .is_opening = tally.opening > 0,
        .is_closing = tally.closing > 0,
        .reports_position = position.type == HASS_VALUE_INT,
        .position = position,
    };
}

static const struct valve_state *valve_state(struct hass_entity *entity)
{
    const struct openings *own = hass_entity_userdata(entity);

    return &own->valve;
}

/* A valve that can be set anywhere is told to go to 0 or 100; the members that cannot are told to close or open. */
static HASS_COROUTINE int set_position(struct hass_entity *entity, int position,
                                       struct hass_error *err)
{
    if (position == 100)
        return group_tell(entity, "open_valve", NULL, VALVE_OPEN, err);
    if (position == 0)
        return group_tell(entity, "close_valve", NULL, VALVE_CLOSE, err);
    return group_tell(entity, "set_valve_position", json_pack("{s:i}", "position", position),
                      VALVE_SET_POSITION, err);
}

static HASS_COROUTINE int command_valve(struct hass_entity *entity,
                                        const struct valve_command *command, struct hass_error *err)
{
    switch (command->action) {
    case VALVE_ACTION_OPEN:
        return group_tell(entity, "open_valve", NULL, VALVE_OPEN, err);
    case VALVE_ACTION_CLOSE:
        return group_tell(entity, "close_valve", NULL, VALVE_CLOSE, err);
    case VALVE_ACTION_STOP:
        return group_tell(entity, "stop_valve", NULL, VALVE_STOP, err);
    default:
        return set_position(entity, command->position, err);
    }
}

GROUP_SCHEMA(group_valve_schema, "Valve Group");
static const struct valve_ops valve_ops =
    VALVE_OPS(.state = valve_state, .async_command = command_valve);
const struct group_kind group_valve = {
    .domain = "valve",
    .size = sizeof(struct openings),
    .ops = &valve_ops,
    .update = update_valve,
};
