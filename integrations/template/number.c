/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template numbers.
 */
#include "number/number.h"

#include <math.h>
#include <stdlib.h>

#include "parts.h"

TEMPLATE_SCHEMA(template_number_schema, TEMPLATE_COMMON_FIELDS,
                TEMPLATE_FIELD("state", "The number"),
                TEMPLATE_FIELD("min", "Least; 0 when absent"),
                TEMPLATE_FIELD("max", "Greatest; 100 when absent"),
                TEMPLATE_FIELD("step", "Step; 1 when absent"),
                HASS_FIELD("set_value", &template_type_actions, .required = true,
                           .doc = "Gets value"),
                HASS_FIELD("unit_of_measurement", &hass_type_string, .doc = "Unit"),
                HASS_FIELD("device_class", &hass_type_string, .doc = "What is set"),
                HASS_FIELD("optimistic", &hass_type_bool, .doc = "It is what it was told at once"));

struct number {
    struct template_entity item;
    struct number_limits limits;
    struct hass_value value;
};

static HASS_CALLBACK void set_state(struct template_entity *item, const json_t *result)
{
    double number;
    bool whole = json_is_integer(result);

    template_entity_judge(item, result);
    ((struct number *)item)->value =
        !template_number_within(item, "state", result, -1e15, 1e15, &number) ? HASS_NONE
        : whole ? HASS_INT(json_integer_value(result))
                : HASS_DOUBLE(number);
}

static HASS_CALLBACK double read_limit(struct template_entity *item, const char *key,
                                       const json_t *result, double least, double otherwise)
{
    double number;

    return template_number_within(item, key, result, least, 1e15, &number) ? number : otherwise;
}

static HASS_CALLBACK void set_min(struct template_entity *item, const json_t *result)
{
    ((struct number *)item)->limits.min = read_limit(item, "min", result, -1e15, 0);
}

static HASS_CALLBACK void set_max(struct template_entity *item, const json_t *result)
{
    ((struct number *)item)->limits.max = read_limit(item, "max", result, -1e15, 100);
}

static HASS_CALLBACK void set_step(struct template_entity *item, const json_t *result)
{
    ((struct number *)item)->limits.step = read_limit(item, "step", result, 1e-9, 1);
}

static const struct template_option options[] = {
    { "min", set_min },     { "max", set_max }, { "step", set_step },
    { "state", set_state }, { NULL, NULL },
};

static struct hass_value native_value(struct hass_entity *entity)
{
    const struct number *number = template_entity_of(entity);

    return number->value;
}

static const struct number_limits *limits(struct hass_entity *entity)
{
    const struct number *number = template_entity_of(entity);

    return &number->limits;
}

static HASS_COROUTINE int set_native_value(struct hass_entity *entity, double value,
                                           struct hass_error *err)
{
    struct number *number = template_entity_of(entity);
    int r = template_entity_async_act(&number->item, "set_value",
                                      json_pack("{s:f}", "value", value), err);

    if (r >= 0 && number->item.optimistic)
        number->value = HASS_DOUBLE(value);
    return r;
}

static const struct number_ops ops = NUMBER_OPS(.native_value = native_value, .limits = limits,
                                                .async_set_native_value = set_native_value);

static void init(struct template_entity *item)
{
    ((struct number *)item)->limits =
        (struct number_limits)NUMBER_LIMITS(.min = 0, .max = 100, .step = 1);
}

static void restored(struct template_entity *item, const char *state)
{
    char *end;
    double value = strtod(state, &end);

    if (!template_entity_has(item, "state") && !*end && isfinite(value))
        ((struct number *)item)->value = HASS_DOUBLE(value);
}

const struct template_kind template_number = {
    .domain = "number",
    .default_name = "Template Number",
    .size = sizeof(struct number),
    .schema = &template_number_schema,
    .options = options,
    .ops = &ops,
    .init = init,
    .restored = restored,
    .assumes = true,
    .restore = true,
};
