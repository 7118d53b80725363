/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sensors write, against recorded results of the model. Two things are ours: a converted value is not rounded (later
 * releases do not round either), so it only has to round to what was recorded; and a day is a text, there being no other form.
 */
#include <math.h>
#include <string.h>

#include "sensor/sensor.h"
#include "support/cases.h"
#include "support/home.h"

#define RECORDED 58 /* lines of the file */

/* Cases of the model's own types. */
static const char *const others[] = { "sensor_state/055" };

static json_t *item; /* the case; it lives as long as the sensor */
static json_t *args; /* of it */
static struct hass_entity_description description;
static const char *options[8];
static struct sensor_ops sensor;
static struct sensor_suggestion suggestion;

static const char *text_of(const char *key)
{
    return json_string_value(json_object_get(args, key));
}

/* A date or time is text; of the two words that mark one, either may be there. */
static const char *marked(const json_t *value)
{
    const char *text = json_string_value(json_object_get(value, "$datetime"));

    return text ? text : json_string_value(json_object_get(value, "$date"));
}

static struct hass_value native_value(struct hass_entity *entity)
{
    const json_t *value = json_object_get(args, "native_value");

    if (json_is_null(value))
        return HASS_NONE;
    if (json_is_boolean(value))
        return HASS_BOOL(json_is_true(value));
    if (json_is_integer(value))
        return HASS_INT(json_integer_value(value));
    if (json_is_real(value))
        return HASS_DOUBLE(json_real_value(value));
    return hass_value_string(json_is_object(value) ? marked(value) : json_string_value(value));
}

static const struct sensor_suggestion *suggest(struct hass_entity *entity)
{
    return &suggestion;
}

/* The user's choices stand in for suggestions here: what becomes of a unit is the same. */
static void read_case(void)
{
    const json_t *precision = json_object_get(args, "suggested_display_precision");
    const json_t *list = json_object_get(args, "options");
    const char *unit = text_of("suggested_unit_of_measurement");

    description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = "T", .device_class = text_of("device_class"),
                                .unit_of_measurement = text_of("native_unit_of_measurement"));
    for (size_t i = 0; i < json_array_size(list); i++)
        options[i] = json_string_value(json_array_get(list, i));
    if (json_object_get(args, "user_unit"))
        unit = text_of("user_unit") ? text_of("user_unit") : "";
    suggestion =
        (struct sensor_suggestion)SENSOR_SUGGESTION(.unit_of_measurement = unit,
                                                    .has_display_precision = precision != NULL);
    sensor = (struct sensor_ops)SENSOR_OPS(.native_value = native_value, .suggestion = suggest,
                                           .state_class = text_of("state_class"),
                                           .options = *options ? options : NULL);
}

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
    struct hass_entity *entity = hass_entity_new(hass, &ops, &description, &sensor, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "sensor"), &entity, 1,
                                             err);
}

/* True when @text is a number that rounds to @shown with its digits. */
static bool rounds_to(const char *text, const char *shown)
{
    const char *point = strchr(shown, '.');
    double digit = pow(10, point ? -(double)strlen(point + 1) : 0);

    return fabs(strtod(text, NULL) - strtod(shown, NULL)) <= digit * 0.500001;
}

static HASS_CALLBACK void check_state(struct hass *hass)
{
    const json_t *expected = json_object_get(item, "expected");
    const char *state = json_string_value(json_object_get(expected, "state"));
    const char *wanted = json_string_value(json_object_get(expected, "unit_of_measurement"));
    autojson *unit = home_attribute(hass, "sensor.t", "unit_of_measurement");
    const char *shown = home_state(hass, "sensor.t");

    ck_assert_msg(hass_unit_equal(json_string_value(unit), wanted), "%s", shown);
    if (hass_unit_equal(wanted, text_of("native_unit_of_measurement")))
        ck_assert_str_eq(shown, state);
    else
        ck_assert_msg(rounds_to(shown, state), "%s is not %s", shown, state);
}

/* Reads the case of line @index. */
static json_t *load_case(int index)
{
    FILE *file = fopen(TEST_SOURCE "/tests/golden/sensor/states.jsonl", "re");
    json_t *found = NULL;

    ck_assert_ptr_nonnull(file);
    for (int i = 0; i <= index; i++) {
        json_decref(found);
        found = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL);
    }
    fclose(file);
    ck_assert_ptr_nonnull(found);
    return found;
}

START_TEST(the_state_is_as_recorded)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    struct hass_buf yaml = HASS_BUF_INIT;
    const char *system;

    item = load_case(_i);
    if (!strcmp(json_string_value(json_object_get(item, "id")), others[0]))
        return;
    args = json_object_get(item, "args");
    read_case();
    system = text_of("unit_system") ? text_of("unit_system") : "metric";
    hass_buf_printf(&yaml, "homeassistant:\n  unit_system: %s\nsensor:\n", system);
    struct hass *hass = test_home(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    if (json_object_get(item, "error")) {
        ck_assert_str_eq(home_state(hass, "sensor.t"), "unknown");
        ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 1);
    } else {
        check_state(hass);
        ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 0);
    }
}
END_TEST

CASES_MAIN("sensor recorded", { the_state_is_as_recorded, RECORDED })
