/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sensors statistics are made of, for the recorder: those whose state says a state class.
 */
#include <string.h>

#include "parts.h"

/* Lends the text of an attribute, or NULL. */
static const char *text_attribute(const struct hass_state *state, const char *key)
{
    struct hass_value value;

    if (!hass_state_attr(state, key, &value) || value.type != HASS_VALUE_STRING)
        return NULL;
    return value.text.data;
}

static int64_t read_time(const char *text)
{
    int64_t time = 0;

    return text && hass_dt_parse(text, NULL, &time, NULL) == 0 ? time : 0;
}

static const char *unit_class_of(const char *device_class, const char *unit)
{
    const struct hass_quantity *quantity = hass_quantity_get(device_class);
    const struct hass_unit_class *units =
        quantity ? hass_unit_class_get(quantity->unit_class) : NULL;

    return units && hass_unit_class_has(units, unit) ? quantity->unit_class : NULL;
}

static HASS_CALLBACK int list_statistics(struct hass *hass, sensor_statistics_fn *each,
                                         void *userdata, struct hass_error *err)
{
    struct hass_state_list list = { 0 };
    int r = hass_states_async_all(hass, "sensor", &list, err);

    for (size_t i = 0; i < list.count; i++) {
        const struct hass_state *state = list.items[i];
        const char *state_class = text_attribute(state, HASS_ATTR_STATE_CLASS);
        const char *unit = text_attribute(state, HASS_ATTR_UNIT_OF_MEASUREMENT);
        uint32_t bit = hass_state_class_bit(state_class);
        if (!bit)
            continue;
        const struct sensor_statistics sensor = {
            .size = sizeof(sensor),
            .state = state,
            .state_class = state_class,
            .unit_of_measurement = unit,
            .unit_class = unit_class_of(text_attribute(state, HASS_ATTR_DEVICE_CLASS), unit),
            .has_mean = bit & (HASS_STATE_CLASS_MEASUREMENT | HASS_STATE_CLASS_MEASUREMENT_ANGLE),
            .has_sum = bit & (HASS_STATE_CLASS_TOTAL | HASS_STATE_CLASS_TOTAL_INCREASING),
            .last_reset = read_time(text_attribute(state, "last_reset")),
        };
        each(&sensor, userdata);
    }
    hass_state_list_fini(&list);
    return r;
}

const struct sensor_api sensor_api = {
    .size = sizeof(sensor_api),
    .async_statistics = list_statistics,
};
