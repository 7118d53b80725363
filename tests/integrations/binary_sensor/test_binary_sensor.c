/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a binary sensor shows: on, off, or that it does not know.
 */
#include "binary_sensor/binary_sensor.h"
#include "support/cases.h"
#include "support/home.h"

static struct hass_value value; /* of the sensor; it lives as long as the home */

static struct hass_value is_on(struct hass_entity *entity)
{
    return value;
}

static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
static const struct binary_sensor_ops window_ops = BINARY_SENSOR_OPS(.is_on = is_on);
static const struct hass_entity_description window =
    HASS_ENTITY_DESCRIPTION(.name = "Window", .device_class = "window");

/* Adds the sensor of a description. */
static HASS_COROUTINE int add_one(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct hass_entity *entity = hass_entity_new(hass, &ops, userdata, &window_ops, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "binary_sensor"),
                                             &entity, 1, err);
}

static const struct {
    struct hass_value value;
    const char *state;
} states[] = {
    { { .type = HASS_VALUE_BOOL, .boolean = true }, "on" },
    { { .type = HASS_VALUE_BOOL, .boolean = false }, "off" },
    { { .type = HASS_VALUE_NONE }, "unknown" },
    { { .type = HASS_VALUE_INT, .integer = 1 }, "unknown" },
    { { .type = HASS_VALUE_STRING, .text = { "on", 2 } }, "unknown" },
};

START_TEST(only_booleans_are_on_or_off)
{
    struct hass *hass = test_home("binary_sensor:\n");

    value = states[_i].value;
    ck_assert_int_eq(test_run_coroutine(hass, add_one, (void *)&window), 0);
    ck_assert_str_eq(home_state(hass, "binary_sensor.window"), states[_i].state);
    autojson *all = hass_state_attributes(hass_states_async_get(hass, "binary_sensor.window"));
    ck_assert_json(all, "{'device_class':'window','friendly_name':'Window'}");
}
END_TEST

START_TEST(it_is_no_setting)
{
    static const struct hass_entity_description setting =
        HASS_ENTITY_DESCRIPTION(.name = "Window", .category = HASS_ENTITY_CATEGORY_CONFIG);
    struct logs *logs = test_logs();
    struct hass *hass = test_home("binary_sensor:\n");

    ck_assert_int_eq(test_run_coroutine(hass, add_one, (void *)&setting), 0);
    ck_assert_str_eq(home_state(hass, "binary_sensor.window"), "(none)");
    ck_assert_ptr_nonnull(logs_find(logs, "its entity category is config"));
}
END_TEST

CASES_MAIN("binary_sensor", ROWS(only_booleans_are_on_or_off, states), ONCE(it_is_no_setting))
