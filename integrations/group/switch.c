/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of switches and of binary sensors: on when any member is, or when all are.
 */
#include "switch/switch.h"

#include "binary_sensor/binary_sensor.h"
#include "group.h"

struct on_off {
    struct group group;
    struct hass_value is_on;
};

static HASS_CALLBACK void update(struct hass_entity *entity)
{
    struct on_off *on_off = hass_entity_userdata(entity);
    struct group_view view = group_look(entity);

    on_off->group.available = view.available > 0;
    on_off->is_on = group_is_on(&on_off->group, &view);
}

static struct hass_value is_on(struct hass_entity *entity)
{
    const struct on_off *on_off = hass_entity_userdata(entity);

    return on_off->is_on;
}

static HASS_COROUTINE int turn(struct hass_entity *entity, bool on, struct hass_error *err)
{
    return group_tell(entity, on ? "turn_on" : "turn_off", NULL, 0, err);
}

GROUP_SCHEMA(group_switch_schema, "Switch Group", GROUP_ALL);
GROUP_SCHEMA(group_binary_sensor_schema, "Binary Sensor Group", GROUP_ALL,
             HASS_FIELD("device_class", &hass_type_string,
                        .doc = "What on means: motion, door, …"));

static const struct switch_ops switch_ops = SWITCH_OPS(.is_on = is_on, .async_turn = turn);
const struct group_kind group_switch = {
    .domain = "switch",
    .size = sizeof(struct on_off),
    .ops = &switch_ops,
    .update = update,
};

static const struct binary_sensor_ops binary_sensor_ops = BINARY_SENSOR_OPS(.is_on = is_on);
const struct group_kind group_binary_sensor = {
    .domain = "binary_sensor",
    .size = sizeof(struct on_off),
    .ops = &binary_sensor_ops,
    .update = update,
};
