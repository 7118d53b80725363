/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sensor's value may be: each class with good and bad values, attributes, units. The sensors are made here, in the
 * domain of the built integration.
 */
#include <string.h>

#include <hass/integration.h>

#include "sensor/sensor.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

static const char *const options[] = { "idle", "busy", NULL };

/* The sensor of a test. It outlives the test function, as the home does. */
static struct fake {
    struct hass_entity_description description;
    struct sensor_ops ops;
    struct hass_value value;
    int64_t reset;
} fake;

static HASS_CALLBACK struct hass_value native_value(struct hass_entity *entity)
{
    return fake.value;
}

static int64_t last_reset(struct hass_entity *entity)
{
    return fake.reset;
}

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &fake.description, &fake.ops, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "sensor"), &entity, 1,
                                             err);
}

/* A home of @yaml with the sensor added. */
static HASS_CALLBACK struct hass *home_with(const char *yaml)
{
    struct hass *hass = test_home(yaml);

    fake.description.size = sizeof(fake.description);
    fake.description.name = "Fake";
    fake.ops.size = sizeof(fake.ops);
    fake.ops.native_value = native_value;
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    test_settle(hass);
    return hass;
}

#define STRING(t)                                                                                  \
    {                                                                                              \
        .type = HASS_VALUE_STRING, .text = {.data = (t), .length = sizeof(t) - 1 }                 \
    }
#define NUMBER(d)                                                                                  \
    {                                                                                              \
        .type = HASS_VALUE_DOUBLE, .number = (d)                                                   \
    }
#define WHOLE(i)                                                                                   \
    {                                                                                              \
        .type = HASS_VALUE_INT, .integer = (i)                                                     \
    }

static const struct {
    const char *device_class, *unit, *state_class;
    bool with_options;
    struct hass_value value;
    const char *state;   /* shown */
    const char *problem; /* logged, or NULL */
} values[] = {
    { NULL, NULL, NULL, false, STRING("anything"), "anything", NULL },
    { NULL, NULL, NULL, false, STRING(""), "", NULL },
    { NULL, NULL, NULL, false, { .type = HASS_VALUE_NONE }, "unknown", NULL },
    { NULL, "%", NULL, false, { .type = HASS_VALUE_NONE }, "unknown", NULL },
    { NULL, "%", NULL, false, WHOLE(42), "42", NULL },
    { NULL, "%", NULL, false, NUMBER(42.5), "42.5", NULL },
    { NULL, "%", NULL, false, NUMBER(42), "42.0", NULL },
    { NULL, "%", NULL, false, STRING("42.50"), "42.50", NULL },
    { NULL, "%", NULL, false, STRING("-1e3"), "-1e3", NULL },
    { NULL, "%", NULL, false, STRING("many"), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, STRING(""), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, STRING("42 %"), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, STRING("0x1F"), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, STRING("nan"), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, STRING("inf"), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, STRING("1e999"), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, NUMBER(1.0 / 0.0), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, NUMBER(0.0 / 0.0), "unknown", "is not a finite number" },
    { NULL, "%", NULL, false, { .type = HASS_VALUE_BOOL, .boolean = true }, "True", NULL },
    { NULL, NULL, "measurement", false, STRING("many"), "unknown", "is not a finite number" },
    { "power", NULL, NULL, false, STRING("many"), "unknown", "is not a finite number" },
    { "timestamp", NULL, NULL, false, STRING("2024-01-31T10:00:00.75+01:00"),
      "2024-01-31T09:00:00+00:00", NULL },
    { "timestamp", NULL, NULL, false, STRING("2024-01-31 10:00:00Z"), "2024-01-31T10:00:00+00:00",
      NULL },
    { "uptime", NULL, NULL, false, STRING("1969-12-31T23:59:58.5Z"), "1969-12-31T23:59:58+00:00",
      NULL },
    { "timestamp", NULL, NULL, false, STRING("2024-01-31T10:00:00"), "unknown",
      "is not a date and time with an offset" },
    { "timestamp", NULL, NULL, false, STRING("yesterday"), "unknown",
      "is not a date and time with an offset" },
    { "timestamp", NULL, NULL, false, WHOLE(1700000000), "unknown",
      "is not a date and time with an offset" },
    { "timestamp", "s", NULL, false, STRING("2024-01-31T10:00:00Z"), "unknown",
      "is of a class that has neither unit nor state class" },
    { "date", NULL, NULL, false, STRING("2024-02-29"), "2024-02-29", NULL },
    { "date", NULL, NULL, false, STRING("2023-02-29"), "unknown", "is not a date" },
    { "date", NULL, NULL, false, STRING("2024-1-1"), "unknown", "is not a date" },
    { "date", NULL, "measurement", false, STRING("2024-02-29"), "unknown",
      "is of a class that has neither unit nor state class" },
    { "enum", NULL, NULL, true, STRING("busy"), "busy", NULL },
    { "enum", NULL, NULL, true, STRING("Busy"), "unknown", "is not one of its options" },
    { "enum", NULL, NULL, true, WHOLE(1), "unknown", "is not one of its options" },
    { "enum", NULL, NULL, false, STRING("busy"), "unknown", "is not one of its options" },
    { "enum", "%", NULL, true, STRING("busy"), "unknown",
      "is of a class that has neither unit nor state class" },
    { NULL, NULL, NULL, true, STRING("busy"), "unknown",
      "has options, but not the device class enum" },
};

START_TEST(a_value_is_shown_or_refused_by_its_class)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    fake = (struct fake){
        .description = { .device_class = values[_i].device_class,
                         .unit_of_measurement = values[_i].unit },
        .ops = { .state_class = values[_i].state_class,
                 .options = values[_i].with_options ? options : NULL },
        .value = values[_i].value,
    };
    struct hass *hass = home_with("sensor:\n");

    ck_assert_str_eq(home_state(hass, "sensor.fake"), values[_i].state);
    if (values[_i].problem)
        ck_assert_msg(logs_find(logs, values[_i].problem) != NULL, "%s is not logged",
                      values[_i].problem);
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), values[_i].problem ? 1 : 0);
}
END_TEST

START_TEST(attributes_tell_class_unit_and_options)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .device_class = "energy", .unit_of_measurement = "kWh" },
        .ops = { .state_class = "total", .last_reset = last_reset },
        .value = NUMBER(1.5),
        .reset = INT64_C(1704067200000000),
    };
    struct hass *hass = home_with("sensor:\n");
    autojson *all = hass_state_attributes(hass_states_async_get(hass, "sensor.fake"));

    ck_assert_json(all, "{'state_class':'total','last_reset':'2024-01-01T00:00:00+00:00',"
                        "'unit_of_measurement':'kWh','device_class':'energy',"
                        "'friendly_name':'Fake'}");
}
END_TEST

START_TEST(options_are_an_attribute)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .device_class = "enum" },
        .ops = { .options = options },
        .value = STRING("idle"),
    };
    autojson *shown = home_attribute(home_with("sensor:\n"), "sensor.fake", "options");

    ck_assert_json(shown, "['idle','busy']");
}
END_TEST

static const struct {
    const char *system, *unit;
    struct hass_value value;
    const char *state, *shown;
} temperatures[] = {
    { "metric", "°C", NUMBER(21.5), "21.5", "°C" },
    { "metric", "°F", NUMBER(212), "100.0", "°C" },
    { "us_customary", "°C", NUMBER(21.5), "70.7", "°F" },
    { "us_customary", "°C", STRING("-40"), "-40.0", "°F" },
    { "us_customary", "°F", STRING("70"), "70", "°F" },
    { "us_customary", "K", WHOLE(300), "300", "K" },
};

START_TEST(temperatures_are_shown_in_the_unit_of_the_home)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .device_class = "temperature",
                         .unit_of_measurement = temperatures[_i].unit },
        .value = temperatures[_i].value,
    };
    struct hass_buf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "homeassistant:\n  unit_system: %s\nsensor:\n", temperatures[_i].system);
    struct hass *hass = home_with(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    ck_assert_str_eq(home_state(hass, "sensor.fake"), temperatures[_i].state);
    autojson *unit = home_attribute(hass, "sensor.fake", "unit_of_measurement");
    ck_assert_str_eq(json_string_value(unit), temperatures[_i].shown);
}
END_TEST

START_TEST(a_temperature_follows_the_home_to_another_unit)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .device_class = "temperature", .unit_of_measurement = "°C" },
        .value = NUMBER(21.5),
    };
    struct hass *hass = home_with("sensor:\n");

    ck_assert_int_eq(
        hass_config_async_update(hass, test_json("{'unit_system':'us_customary'}"), NULL), 0);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.fake"), "70.7");
    autojson *unit = home_attribute(hass, "sensor.fake", "unit_of_measurement");
    ck_assert_str_eq(json_string_value(unit), "°F");
}
END_TEST

/* The integration gives another value to the sensor. */
static HASS_CALLBACK void receive(struct hass *hass, struct hass_value value)
{
    fake.value = value;
    ck_assert_int_eq(
        hass_entity_async_write_ha_state(hass_async_get_entity(hass, "sensor.fake"), NULL), 0);
}

START_TEST(a_bad_value_leaves_the_state_alone)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    fake = (struct fake){ .description = { .unit_of_measurement = "W" }, .value = NUMBER(12.5) };
    struct hass *hass = home_with("sensor:\n");

    receive(hass, hass_value_string("much"));
    ck_assert_str_eq(home_state(hass, "sensor.fake"), "12.5");
    receive(hass, HASS_NONE);
    ck_assert_str_eq(home_state(hass, "sensor.fake"), "unknown");
    receive(hass, hass_value_string("much"));
    ck_assert_str_eq(home_state(hass, "sensor.fake"), "unknown");
    receive(hass, HASS_INT(7));
    ck_assert_str_eq(home_state(hass, "sensor.fake"), "7");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_ERROR), 2);
}
END_TEST

static const struct {
    const char *device_class, *unit, *state_class, *warning;
} mismatches[] = {
    { "battery", "W", NULL,
      "sensor.fake is measured in 'W', which is no unit of device class 'battery': give it one of "
      "%, or another device class" },
    { "temperature", NULL, NULL, "one of °C, °F, K, or" },
    { "power_factor", "ppm", NULL, "one of %, none, or" },
    { "energy", "kWh", "measurement",
      "sensor.fake has state class 'measurement', which device class 'energy' does not go with: "
      "give it total or total_increasing, or leave it out" },
    { "monetary", "EUR", "total_increasing", "give it total, or" },
    { NULL, "W", "measurement", NULL },
    { "happiness", "smiles", "total", NULL },
    { "monetary", "EUR", "total", NULL },
    { "wind_direction", "°", "measurement_angle", NULL },
};

START_TEST(a_mismatch_is_warned_about_once_and_shown)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    fake = (struct fake){
        .description = { .device_class = mismatches[_i].device_class,
                         .unit_of_measurement = mismatches[_i].unit },
        .ops = { .state_class = mismatches[_i].state_class },
        .value = NUMBER(12.5),
    };
    struct hass *hass = home_with("sensor:\n");

    ck_assert_str_eq(home_state(hass, "sensor.fake"), "12.5");
    receive(hass, HASS_INT(13));
    ck_assert_str_eq(home_state(hass, "sensor.fake"), "13");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), mismatches[_i].warning ? 1 : 0);
    if (mismatches[_i].warning)
        ck_assert_msg(logs_find(logs, mismatches[_i].warning) != NULL, "%s",
                      mismatches[_i].warning);
}
END_TEST

START_TEST(a_last_reset_goes_with_a_total_only)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    fake = (struct fake){
        .description = { .unit_of_measurement = "kWh" },
        .ops = { .state_class = "total_increasing", .last_reset = last_reset },
        .value = NUMBER(1.5),
        .reset = 1,
    };
    struct hass *hass = home_with("sensor:\n");

    receive(hass, HASS_INT(2));
    ck_assert_ptr_null(home_attribute(hass, "sensor.fake", "last_reset"));
    ck_assert_uint_eq(logs_matching(logs, "sensor.fake has a last_reset"), 1);
}
END_TEST

START_TEST(the_micro_sign_is_written_as_the_greek_letter)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .device_class = "pm25", .unit_of_measurement = "\xc2\xb5g/m³" },
        .value = WHOLE(7),
    };
    struct logs *logs = test_logs();
    autojson *unit = home_attribute(home_with("sensor:\n"), "sensor.fake", "unit_of_measurement");

    ck_assert_str_eq(json_string_value(unit), "\xce\xbcg/m³");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

static struct sensor_suggestion suggestion;

static const struct sensor_suggestion *suggest(struct hass_entity *entity)
{
    return &suggestion;
}

static const struct {
    const char *device_class, *unit, *suggested;
    struct hass_value value;
    const char *state, *shown;
    bool warned;
} suggestions[] = {
    { "energy", "Wh", "kWh", NUMBER(1.1), "0.0011", "kWh", false },
    { "distance", "km", "mi", NUMBER(1.234), "0.76677205122087", "mi", false },
    { "temperature", "°C", "K", WHOLE(20), "293.15", "K", false },
    { "power_factor", "%", "", NUMBER(50), "0.5", "", false },
    { "energy_distance", "km/kWh", "kWh/100km", WHOLE(0), "0", "kWh/100km", false },
    { "energy", "Wh", "W", NUMBER(1.1), "1.1", "Wh", true },
    { NULL, "Wh", "kWh", NUMBER(1.1), "1.1", "Wh", true },
    { "temperature", "°F", "W", WHOLE(212), "100.0", "°C", true },
    { "energy", "Wh", NULL, NUMBER(1.1), "1.1", "Wh", false },
};

START_TEST(a_suggested_unit_is_shown_when_it_converts)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    suggestion = (struct sensor_suggestion)SENSOR_SUGGESTION(.unit_of_measurement =
                                                                 suggestions[_i].suggested);
    fake = (struct fake){
        .description = { .device_class = suggestions[_i].device_class,
                         .unit_of_measurement = suggestions[_i].unit },
        .ops = { .suggestion = suggest },
        .value = suggestions[_i].value,
    };
    struct hass *hass = home_with("sensor:\n");
    autojson *unit = home_attribute(hass, "sensor.fake", "unit_of_measurement");

    ck_assert_str_eq(home_state(hass, "sensor.fake"), suggestions[_i].state);
    ck_assert(hass_unit_equal(json_string_value(unit), suggestions[_i].shown));
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), suggestions[_i].warned ? 1 : 0);
}
END_TEST

/* what clients ask */

static const struct {
    const char *message, *key, *wanted; /* @key NULL: refused */
} questions[] = {
    { "{'type':'sensor/device_class_convertible_units','device_class':'temperature'}", "units",
      "['K','°C','°F']" },
    { "{'type':'sensor/device_class_convertible_units','device_class':'battery'}", "units", "[]" },
    { "{'type':'sensor/device_class_convertible_units','device_class':'x'}", "units", "[]" },
    { "{'type':'sensor/device_class_convertible_units'}", NULL, NULL },
};

START_TEST(clients_are_told_which_units_convert)
{
    struct hass *hass = test_home("websocket_api:\nsensor:\n");
    const json_t *answer = client_ask(client_open(hass, NULL, true), questions[_i].message);

    if (questions[_i].key)
        ck_assert_json(json_object_get(json_object_get(answer, "result"), questions[_i].key),
                       questions[_i].wanted);
    else
        ck_assert_str_eq(client_error(answer), "invalid_format");
}
END_TEST

START_TEST(clients_are_told_which_classes_are_numbers)
{
    struct hass *hass = test_home("websocket_api:\nsensor:\n");
    const json_t *answer =
        client_ask(client_open(hass, NULL, true), "{'type':'sensor/numeric_device_classes'}");
    const json_t *list =
        json_object_get(json_object_get(answer, "result"), "numeric_device_classes");
    size_t i, found = 0;
    json_t *name;

    ck_assert_uint_eq(json_array_size(list), 58);
    json_array_foreach((json_t *)list, i, name) {
        ck_assert_str_ne(json_string_value(name), "timestamp");
        found += !strcmp(json_string_value(name), "energy");
    }
    ck_assert_uint_eq(found, 1);
}
END_TEST

/* statistics */

static HASS_CALLBACK void collect(const struct sensor_statistics *sensor, void *userdata)
{
    json_array_append_new(
        userdata, json_pack("{s:s, s:s, s:s?, s:s?, s:b, s:b, s:b}", "id",
                            hass_state_entity_id(sensor->state), "class", sensor->state_class,
                            "unit", sensor->unit_of_measurement, "converts", sensor->unit_class,
                            "mean", sensor->has_mean, "sum", sensor->has_sum, "reset",
                            sensor->last_reset == INT64_C(1704067200000000)));
}

START_TEST(sensors_with_a_state_class_have_statistics)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .device_class = "energy", .unit_of_measurement = "kWh" },
        .ops = { .state_class = "total", .last_reset = last_reset },
        .value = NUMBER(1.5),
        .reset = INT64_C(1704067200000000),
    };
    struct hass *hass = home_with("sensor:\n");
    const struct sensor_api *api = hass_async_get_api(hass, "sensor");
    autojson *list = json_array();

    hass_states_async_set(hass, "sensor.mood", "good", NULL, NULL, NULL);
    hass_states_async_set(hass, "sensor.odd", "1", test_json("{'state_class':'often'}"), NULL,
                          NULL);
    hass_states_async_set(hass, "sensor.wind", "1", test_json("{'state_class':'measurement'}"),
                          NULL, NULL);
    ck_assert_int_eq(api->async_statistics(hass, collect, list, NULL), 0);
    ck_assert_json(list, "[{'id':'sensor.fake','class':'total','unit':'kWh','converts':'energy',"
                         "'mean':false,'sum':true,'reset':true},"
                         "{'id':'sensor.wind','class':'measurement','unit':null,"
                         "'converts':null,'mean':true,'sum':false,'reset':false}]");
}
END_TEST

CASES_MAIN("sensor values", ROWS(a_value_is_shown_or_refused_by_its_class, values),
           ONCE(attributes_tell_class_unit_and_options), ONCE(options_are_an_attribute),
           ROWS(temperatures_are_shown_in_the_unit_of_the_home, temperatures),
           ONCE(a_temperature_follows_the_home_to_another_unit),
           ONCE(a_bad_value_leaves_the_state_alone),
           ROWS(a_mismatch_is_warned_about_once_and_shown, mismatches),
           ONCE(a_last_reset_goes_with_a_total_only),
           ONCE(the_micro_sign_is_written_as_the_greek_letter),
           ROWS(a_suggested_unit_is_shown_when_it_converts, suggestions),
           ROWS(clients_are_told_which_units_convert, questions),
           ONCE(clients_are_told_which_classes_are_numbers),
           ONCE(sensors_with_a_state_class_have_statistics))
