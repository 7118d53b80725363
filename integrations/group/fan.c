/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of fans: on when one is, at their mean speed; direction and swinging are what most show.
 */
#include "fan/fan.h"

#include <math.h>
#include <string.h>

#include "group.h"

#define OWN_FEATURES (FAN_SET_SPEED | FAN_OSCILLATE | FAN_DIRECTION)

struct fan_group {
    struct group group;
    struct fan_state state;
    struct fan_capabilities can;
};

/* Votes for one of two values. */
struct votes {
    size_t first, second;
};

static bool is_same(struct hass_value a, struct hass_value b)
{
    if (a.type != b.type)
        return false;
    return a.type == HASS_VALUE_BOOL
               ? a.boolean == b.boolean
               : a.type == HASS_VALUE_STRING && a.text.length == b.text.length &&
                     memcmp(a.text.data, b.text.data, a.text.length) == 0;
}

static HASS_CALLBACK struct votes vote(struct hass_entity *entity, uint32_t feature,
                                       const char *key, struct hass_value first,
                                       struct hass_value second)
{
    const struct hass_state *state;
    struct votes votes = { 0 };

    for (size_t i = 0; group_next(entity, &i, &state);) {
        struct hass_value value;
        if (!group_has_feature(state, feature) || !hass_state_attr(state, key, &value))
            continue;
        votes.first += is_same(value, first);
        votes.second += is_same(value, second);
    }
    return votes;
}

static HASS_CALLBACK struct hass_value oscillating(struct hass_entity *entity)
{
    struct votes votes =
        vote(entity, FAN_OSCILLATE, "oscillating", HASS_BOOL(true), HASS_BOOL(false));

    return votes.first + votes.second ? HASS_BOOL(votes.first >= votes.second) : HASS_NONE;
}

static HASS_CALLBACK const char *direction(struct hass_entity *entity)
{
    struct votes votes = vote(entity, FAN_DIRECTION, "direction", hass_value_string("forward"),
                              hass_value_string("reverse"));

    if (!votes.first && !votes.second)
        return NULL;
    return votes.first >= votes.second ? "forward" : "reverse";
}

/* That of the members when all that have speeds have as many; else 100. */
static HASS_CALLBACK unsigned speed_count(struct hass_entity *entity)
{
    const struct hass_state *state;
    double step = NAN;

    for (size_t i = 0; group_next(entity, &i, &state);) {
        double own = group_attribute(state, "percentage_step");
        if (!group_has_feature(state, FAN_SET_SPEED))
            continue;
        if (!(own > 0) || (!isnan(step) && fabs(own - step) > 1e-6))
            return 100;
        step = own;
    }
    return isnan(step) ? 100 : (unsigned)lround(100 / step);
}

static HASS_CALLBACK uint32_t features(struct hass_entity *entity)
{
    const struct hass_state *state;
    uint32_t all = 0;

    for (size_t i = 0; group_next(entity, &i, &state);)
        for (uint32_t bit = 1; bit <= OWN_FEATURES; bit <<= 1)
            all |= group_has_feature(state, bit & OWN_FEATURES) ? bit & OWN_FEATURES : 0;
    return all | FAN_TURN_OFF | FAN_TURN_ON;
}

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct fan_group *fans = hass_entity_userdata(entity);
    struct group_view view = group_look(entity);

    fans->group.available = view.available > 0;
    fans->group.description.supported_features = features(entity);
    fans->can =
        (struct fan_capabilities){ .size = sizeof(fans->can), .speed_count = speed_count(entity) };
    fans->state = (struct fan_state){
        .size = sizeof(fans->state),
        .is_on = group_is_on(&fans->group, &view),
        .percentage = group_mean(entity, "percentage", FAN_SET_SPEED),
        .oscillating = oscillating(entity),
        .direction = direction(entity),
    };
}

static const struct fan_state *state(struct hass_entity *entity)
{
    const struct fan_group *fans = hass_entity_userdata(entity);

    return &fans->state;
}

static const struct fan_capabilities *capabilities(struct hass_entity *entity)
{
    const struct fan_group *fans = hass_entity_userdata(entity);

    return &fans->can;
}

static HASS_COROUTINE int set_percentage(struct hass_entity *entity, int64_t percentage,
                                         struct hass_error *err)
{
    if (percentage == 0)
        return group_tell(entity, "turn_off", NULL, 0, err);
    return group_tell(entity, "set_percentage",
                      json_pack("{s:I}", "percentage", (json_int_t)percentage), FAN_SET_SPEED, err);
}

static HASS_COROUTINE int tell(struct hass_entity *entity, const struct fan_command *command,
                               struct hass_error *err)
{
    switch (command->action) {
    case FAN_ACTION_TURN_OFF:
        return group_tell(entity, "turn_off", NULL, 0, err);
    case FAN_ACTION_OSCILLATE:
        return group_tell(entity, "oscillate",
                          json_pack("{s:b}", "oscillating", command->oscillating), FAN_OSCILLATE,
                          err);
    case FAN_ACTION_SET_DIRECTION:
        return group_tell(entity, "set_direction",
                          json_pack("{s:s}", "direction", command->direction), FAN_DIRECTION, err);
    default:
        return command->percentage.type == HASS_VALUE_INT
                   ? set_percentage(entity, command->percentage.integer, err)
                   : group_tell(entity, "turn_on", NULL, 0, err);
    }
}

GROUP_SCHEMA(group_fan_schema, "Fan Group");
static const struct fan_ops ops =
    FAN_OPS(.state = state, .capabilities = capabilities, .async_command = tell);
const struct group_kind group_fan = {
    .domain = "fan",
    .size = sizeof(struct fan_group),
    .ops = &ops,
    .update = update,
};
