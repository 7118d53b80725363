/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sensors that are registered: the unit and the digits of their row, suggested or chosen.
 */
#include <string.h>

#include <hass/config.h>
#include <hass/entity_registry.h>

#include "sensor/sensor.h"
#include "support/cases.h"
#include "support/home.h"
#include "support/items.h"

/* The sensor of a test. It outlives the test function, as the home does. */
static struct fake {
    struct hass_entity_description description;
    struct sensor_suggestion suggestion;
    double value;
} fake;

static struct hass_value native_value(struct hass_entity *entity)
{
    return HASS_DOUBLE(fake.value);
}

static const struct sensor_suggestion *suggest(struct hass_entity *entity)
{
    return &fake.suggestion;
}

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
    static const struct sensor_ops sensor =
        SENSOR_OPS(.native_value = native_value, .suggestion = suggest);
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &fake.description, &sensor, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "sensor"), &entity, 1,
                                             err);
}

static void set_fake(const char *device_class, const char *unit, double value,
                     struct sensor_suggestion suggestion)
{
    fake = (struct fake){
        .description =
            HASS_ENTITY_DESCRIPTION(.name = "Fake", .unique_id = "fake",
                                    .device_class = device_class, .unit_of_measurement = unit),
        .suggestion = suggestion,
        .value = value,
    };
    fake.suggestion.size = sizeof(fake.suggestion);
}

/* A home of a unit system with the sensor registered. */
static HASS_CALLBACK struct hass *home(const char *system)
{
    struct hass_buf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "homeassistant:\n  unit_system: %s\nsensor:\n", system);
    struct hass *hass = test_home(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    test_settle(hass);
    return hass;
}

static HASS_COROUTINE int add_again(struct hass *hass, void *userdata, struct hass_error *err)
{
    int r = hass_entity_async_remove(hass_async_get_entity(hass, "sensor.fake"), err);

    return r < 0 ? r : add(hass, NULL, err);
}

/* The sensor goes, and comes back an hour later. */
static HASS_CALLBACK void come_back(struct hass *hass)
{
    test_advance(hass, 3600);
    ck_assert_int_eq(test_run_coroutine(hass, add_again, NULL), 0);
    test_settle(hass);
}

static HASS_CALLBACK void choose(struct hass *hass, const char *options)
{
    json_t *changes = json_pack("{s:o}", "options", test_json(options));

    ck_assert_int_eq(hass_entity_registry_async_update(hass, "sensor.fake", changes, NULL, NULL),
                     0);
    test_settle(hass);
}

static HASS_CALLBACK void assert_shown(struct hass *hass, const char *state, const char *unit)
{
    autojson *shown = home_attribute(hass, "sensor.fake", "unit_of_measurement");

    ck_assert_str_eq(home_state(hass, "sensor.fake"), state);
    ck_assert_msg(hass_unit_equal(json_string_value(shown), unit), "%s", json_string_value(shown));
}

static HASS_CALLBACK void assert_options(struct hass *hass, const char *wanted)
{
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, "sensor.fake");
    json_t *options = NULL;

    ck_assert_ptr_nonnull(entry);
    ck_assert_int_eq(
        hass_json_parse(entry->options, strlen(entry->options), 1 << 20, &options, NULL), 0);
    ck_assert_json(options, wanted);
    json_decref(options);
}

static const struct {
    const char *system, *device_class, *unit;
    struct sensor_suggestion suggestion;
    const char *state, *shown, *options;
} registered[] = {
    { "metric", "distance", "km", { 0 }, "10.0", "km", "{}" },
    { "us_customary",
      "distance",
      "km",
      { 0 },
      "6.21371192237334",
      "mi",
      "{'sensor.private':{'suggested_unit_of_measurement':'mi'}}" },
    { "metric",
      "energy",
      "Wh",
      { .unit_of_measurement = "kWh", .has_display_precision = true, .display_precision = 1 },
      "0.01",
      "kWh",
      "{'sensor.private':{'suggested_unit_of_measurement':'kWh'},"
      "'sensor':{'suggested_display_precision':4}}" },
    { "metric",
      "energy",
      "kWh",
      { .unit_of_measurement = "Wh", .has_display_precision = true, .display_precision = 1 },
      "10000.0",
      "Wh",
      "{'sensor.private':{'suggested_unit_of_measurement':'Wh'},"
      "'sensor':{'suggested_display_precision':1}}" },
    { "metric", "energy", "kWh", { .unit_of_measurement = "W" }, "10.0", "kWh", "{}" },
    { "us_customary", "temperature", "°C", { 0 }, "50.0", "°F", "{}" },
    { "metric",
      NULL,
      "W",
      { .has_display_precision = true, .display_precision = 2 },
      "10.0",
      "W",
      "{'sensor':{'suggested_display_precision':2}}" },
};

START_TEST(what_is_suggested_is_written_down)
{
    hass__assert_loop();
    set_fake(registered[_i].device_class, registered[_i].unit, 10, registered[_i].suggestion);
    struct hass *hass = home(registered[_i].system);

    assert_shown(hass, registered[_i].state, registered[_i].shown);
    assert_options(hass, registered[_i].options);
}
END_TEST

START_TEST(an_integration_that_changes_its_mind_changes_nothing)
{
    hass__assert_loop();
    set_fake("energy", "Wh", 10, (struct sensor_suggestion){ .unit_of_measurement = "kWh" });
    struct hass *hass = home("metric");

    fake.suggestion.unit_of_measurement = "MWh";
    come_back(hass);
    assert_shown(hass, "0.01", "kWh");
}
END_TEST

START_TEST(one_that_is_registered_already_gets_no_suggestion)
{
    hass__assert_loop();
    set_fake("energy", "Wh", 10, (struct sensor_suggestion){ 0 });
    struct hass *hass = home("metric");

    fake.suggestion.unit_of_measurement = "kWh";
    come_back(hass);
    assert_shown(hass, "10.0", "Wh");
    assert_options(hass, "{}");
}
END_TEST

static const struct {
    const char *device_class, *unit, *options, *state, *shown;
} choices[] = {
    { "energy", "Wh", "{'sensor':{'unit_of_measurement':'MJ'}}", "0.036", "MJ" },
    { "energy", "Wh", "{'sensor':{'unit_of_measurement':'W'}}", "10.0", "Wh" },
    { "energy", "Wh", "{'sensor':{'unit_of_measurement':7}}", "10.0", "Wh" },
    { "energy", "Wh", "{'sensor.private':{'suggested_unit_of_measurement':'kWh'}}", "0.01", "kWh" },
    { "energy", "Wh",
      "{'sensor':{'unit_of_measurement':'MJ'},"
      "'sensor.private':{'suggested_unit_of_measurement':'kWh'}}",
      "0.036", "MJ" },
    { "temperature", "°C", "{'sensor':{'unit_of_measurement':'K'}}", "283.15", "K" },
    { "temperature", "°C", "{'sensor':{'unit_of_measurement':'°F'}}", "50.0", "°F" },
    { "power_factor", "%", "{'sensor':{'unit_of_measurement':null}}", "0.1", NULL },
    { NULL, "Wh", "{'sensor':{'unit_of_measurement':'kWh'}}", "10.0", "Wh" },
    { "distance", "km", "{'sensor':{'unit_of_measurement':'m','display_precision':0}}", "10000.0",
      "m" },
};

START_TEST(its_user_chooses_the_unit)
{
    hass__assert_loop();
    set_fake(choices[_i].device_class, choices[_i].unit, 10, (struct sensor_suggestion){ 0 });
    struct hass *hass = home("metric");

    choose(hass, choices[_i].options);
    assert_shown(hass, choices[_i].state, choices[_i].shown);
    choose(hass, "{'sensor':null,'sensor.private':null}");
    assert_shown(hass, "10.0", choices[_i].unit);
}
END_TEST

START_TEST(the_chosen_unit_is_there_when_it_comes_back)
{
    hass__assert_loop();
    set_fake("energy", "Wh", 10, (struct sensor_suggestion){ 0 });
    struct hass *hass = home("metric");

    choose(hass, "{'sensor':{'unit_of_measurement':'MJ'}}");
    come_back(hass);
    assert_shown(hass, "0.036", "MJ");
}
END_TEST

START_TEST(the_chosen_unit_survives_a_restart)
{
    hass__assert_loop();
    set_fake("energy", "Wh", 10, (struct sensor_suggestion){ 0 });
    struct hass *hass = home("metric");

    choose(hass, "{'sensor':{'unit_of_measurement':'MJ'}}");
    hass = home_restart(hass, 3600);
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    assert_shown(hass, "0.036", "MJ");
}
END_TEST

START_TEST(suggested_digits_keep_what_its_user_chose)
{
    hass__assert_loop();
    set_fake("energy", "Wh", 10, (struct sensor_suggestion){ 0 });
    struct hass *hass = home("metric");

    choose(hass, "{'sensor':{'unit_of_measurement':'kWh','display_precision':2}}");
    fake.suggestion.has_display_precision = true;
    come_back(hass);
    assert_options(hass, "{'sensor':{'unit_of_measurement':'kWh','display_precision':2,"
                         "'suggested_display_precision':3}}");
}
END_TEST

START_TEST(a_measurement_is_no_setting)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    set_fake("energy", "Wh", 10, (struct sensor_suggestion){ 0 });
    fake.description.category = HASS_ENTITY_CATEGORY_CONFIG;
    struct hass *hass = home("metric");

    ck_assert_str_eq(home_state(hass, "sensor.fake"), "(none)");
    ck_assert_ptr_nonnull(logs_find(logs, "its entity category is config"));
}
END_TEST

CASES_MAIN("sensor registered", ROWS(what_is_suggested_is_written_down, registered),
           ONCE(an_integration_that_changes_its_mind_changes_nothing),
           ONCE(one_that_is_registered_already_gets_no_suggestion),
           ROWS(its_user_chooses_the_unit, choices),
           ONCE(the_chosen_unit_is_there_when_it_comes_back),
           ONCE(the_chosen_unit_survives_a_restart),
           ONCE(suggested_digits_keep_what_its_user_chose), ONCE(a_measurement_is_no_setting))
