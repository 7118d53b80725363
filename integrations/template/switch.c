/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template switches: the state is a template, or what it was last told; two actions switch.
 */
#include "switch/switch.h"

#include "parts.h"

TEMPLATE_SCHEMA(
    template_switch_schema, TEMPLATE_COMMON_FIELDS, TEMPLATE_FIELD("state", "True is on"),
    HASS_FIELD("turn_on", &template_type_actions, .required = true, .doc = "Switches on"),
    HASS_FIELD("turn_off", &template_type_actions, .required = true, .doc = "Switches off"),
    HASS_FIELD("device_class", &hass_type_string, .doc = "outlet or switch"),
    HASS_FIELD("optimistic", &hass_type_bool, .doc = "It is what it was told at once"));

struct template_switch {
    struct template_entity item;
    struct hass_value on;
};

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    template_entity_judge(item, result);
    ((struct template_switch *)item)->on = template_truth(result);
}

static const struct template_option options[] = {
    { "state", set_state },
    { NULL, NULL },
};

static struct hass_value is_on(struct hass_entity *entity)
{
    const struct template_switch *what = template_entity_of(entity);

    return what->on;
}

static HASS_COROUTINE int turn(struct hass_entity *entity, bool on, struct hass_error *err)
{
    struct template_switch *what = template_entity_of(entity);
    int r = template_entity_async_act(&what->item, on ? "turn_on" : "turn_off", NULL, err);

    if (r >= 0 && what->item.optimistic)
        what->on = HASS_BOOL(on);
    return r;
}

static const struct switch_ops ops = SWITCH_OPS(.is_on = is_on, .async_turn = turn);

static void restored(struct template_entity *item, const char *state)
{
    if (!template_entity_has(item, "state"))
        ((struct template_switch *)item)->on = HASS_BOOL(strcmp(state, HASS_STATE_ON) == 0);
}

const struct template_kind template_switch = {
    .domain = "switch",
    .default_name = "Template Switch",
    .size = sizeof(struct template_switch),
    .schema = &template_switch_schema,
    .options = options,
    .ops = &ops,
    .restored = restored,
    .assumes = true,
    .restore = true,
};
