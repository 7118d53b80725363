/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thresholds: {type: above, value: 20}. A bound is a number, {number: 20, unit_of_measurement: °C}, or an entity, as its id or as
 * {entity: sensor.x}. above and below exclude their bound, between includes both, outside is the rest.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/states.h>
#include <hass/unit.h>

#include "purpose.h"

static bool is_pair(const char *type)
{
    return strcmp(type, "between") == 0 || strcmp(type, "outside") == 0;
}

static bool is_bound(const json_t *bound)
{
    const json_t *number = json_is_object(bound) ? json_object_get(bound, "number") : bound;
    const char *entity_id = json_is_object(bound) ? hass_json_get_string(bound, "entity", NULL)
                                                  : json_string_value(bound);

    return json_is_number(number) || (entity_id && hass_valid_entity_id(entity_id));
}

static int check(const struct hass_field *field, const json_t *value, json_t **ret_value,
                 struct hass_error *err)
{
    static const char *const types[] = { "any", "above", "below", "between", "outside" };
    const char *type = hass_json_get_string(value, "type", "");
    bool known = false;

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        known = known || strcmp(type, types[i]) == 0;
    if (!known)
        return hass_fail(err, HASS_E_INVALID,
                         "expected a threshold such as {type: above, value: 20}; types are any, "
                         "above, below, between, outside");
    if (is_pair(type) && !(is_bound(hass_json_get(value, "value_min")) &&
                           is_bound(hass_json_get(value, "value_max"))))
        return hass_fail(err, HASS_E_INVALID,
                         "a threshold of type %s needs value_min and value_max: numbers or "
                         "entities",
                         type);
    if (!is_pair(type) && strcmp(type, "any") != 0 && !is_bound(hass_json_get(value, "value")))
        return hass_fail(err, HASS_E_INVALID,
                         "a threshold of type %s needs value: a number or an entity", type);
    *ret_value = hass_json_ref(value);
    return 0;
}

const struct hass_field_type purpose_type_threshold = {
    .size = sizeof(struct hass_field_type),
    .name = "a threshold",
    .check = check,
    .selector = "numeric_threshold",
};

static const char *text_attribute(const struct hass_state *state, const char *key)
{
    struct hass_value value;

    return hass_state_attr(state, key, &value) && value.type == HASS_VALUE_STRING ? value.text.data
                                                                                  : NULL;
}

/* @number, of @unit, in the unit of the state it is compared with. */
static double in_unit_of(const struct hass_state *state, double number, const char *unit)
{
    const char *own = text_attribute(state, "unit_of_measurement");
    const char *device_class = text_attribute(state, "device_class");
    const struct hass_quantity *quantity = device_class ? hass_quantity_get(device_class) : NULL;
    const struct hass_unit_class *units =
        quantity && quantity->unit_class ? hass_unit_class_get(quantity->unit_class) : NULL;
    double converted = number;

    if (own && unit && units && !hass_unit_equal(own, unit))
        (void)hass_unit_convert(units, number, unit, own, &converted, NULL);
    return converted;
}

static HASS_CALLBACK bool read_entity(struct hass *hass, const char *entity_id,
                                      const struct hass_state *compared, double *ret_number)
{
    const struct hass_state *state = hass_states_async_get(hass, entity_id);
    char *end;

    if (!state)
        return false;
    const char *text = hass_state_state(state);
    double number = strtod(text, &end);
    if (end == text || *end)
        return false;
    *ret_number = in_unit_of(compared, number, text_attribute(state, "unit_of_measurement"));
    return true;
}

static HASS_CALLBACK bool read_bound(struct hass *hass, const json_t *bound,
                                     const struct hass_state *compared, double *ret_number)
{
    const json_t *number = json_is_object(bound) ? json_object_get(bound, "number") : bound;
    const char *entity_id = json_is_object(bound) ? hass_json_get_string(bound, "entity", NULL)
                                                  : json_string_value(bound);

    if (!json_is_number(number))
        return entity_id && read_entity(hass, entity_id, compared, ret_number);
    *ret_number = in_unit_of(compared, json_number_value(number),
                             hass_json_get_string(bound, "unit_of_measurement", NULL));
    return true;
}

bool purpose_satisfies(struct hass *hass, const json_t *threshold,
                       const struct purpose_source *source, const struct hass_state *state)
{
    const char *type = hass_json_get_string(threshold, "type", "any");
    double number, low = 0, high = 0;

    if (!purpose_number(source, state, &number))
        return false;
    if (strcmp(type, "any") == 0)
        return true;
    if (!is_pair(type)) {
        if (!read_bound(hass, hass_json_get(threshold, "value"), state, &low))
            return false;
        return strcmp(type, "above") == 0 ? number > low : number < low;
    }
    if (!read_bound(hass, hass_json_get(threshold, "value_min"), state, &low) ||
        !read_bound(hass, hass_json_get(threshold, "value_max"), state, &high))
        return false;
    bool between = low <= number && number <= high;
    return strcmp(type, "between") == 0 ? between : !between;
}
