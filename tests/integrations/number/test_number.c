/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and their ranges, steps and units, set on the loop and on the pool.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <hass/entity_registry.h>

#include "number/number.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

struct values {
    double number;
};

/* The number of a test. It outlives the test function, as the home does. */
static struct fake {
    struct hass_entity_description description;
    struct number_ops ops;
    struct number_limits limits;
    struct hass_value value;
} fake;

static struct hass_value native_value(struct hass_entity *entity)
{
    return fake.value;
}

static const struct number_limits *limits(struct hass_entity *entity)
{
    return &fake.limits;
}

static HASS_COROUTINE int set_loop(struct hass_entity *entity, double value, struct hass_error *err)
{
    fake.value = HASS_DOUBLE(value);
    return 0;
}

static HASS_CALLBACK struct hass_value pooled_value(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_DOUBLE(values->number);
}

static HASS_BLOCKING int set_pool(struct hass_worker *worker, struct hass_entity *entity,
                                  double value, void *values, struct hass_error *err)
{
    *(struct values *)values = (struct values){ value };
    return hass_on_loop(hass_entity_hass(entity)) ? -EDEADLK : 0;
}

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = sizeof(struct values));
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &fake.description, &fake.ops, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "number"), &entity, 1,
                                             err);
}

static HASS_CALLBACK struct hass *home(const char *system)
{
    struct hass_buf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "homeassistant:\n  unit_system: %s\nnumber:\n", system);
    struct hass *hass = test_home(hass_buf_string(&yaml));
    hass_buf_fini(&yaml);
    fake.description.size = sizeof(fake.description);
    fake.description.name = "Fake";
    fake.ops.size = sizeof(fake.ops);
    if (!fake.ops.native_value)
        fake.ops.native_value = native_value;
    ck_assert_int_eq(test_run_coroutine(hass, add, NULL), 0);
    return hass;
}

static HASS_CALLBACK int set_value(struct hass *hass, const char *value, struct hass_error *err)
{
    struct hass_buf data = HASS_BUF_INIT;

    hass_buf_printf(&data, "{'entity_id':'number.fake','value':%s}", value);
    int r = home_call(hass, "number", "set_value", hass_buf_string(&data), err);
    hass_buf_fini(&data);
    return r;
}

static const struct {
    double min, max, step;
    enum number_mode mode;
    const char *attributes;
} ranges[] = {
    { 0, 0, 0, NUMBER_AUTO, "{'min':0,'max':100,'step':1,'mode':'auto','friendly_name':'Fake'}" },
    { -10, 10, 0.5, NUMBER_BOX,
      "{'min':-10,'max':10,'step':0.5,'mode':'box','friendly_name':'Fake'}" },
    { 0, 1, 0, NUMBER_SLIDER,
      "{'min':0,'max':1,'step':0.1,'mode':'slider','friendly_name':'Fake'}" },
    { 0, 0.1, 0, NUMBER_AUTO,
      "{'min':0,'max':0.1,'step':0.01,'mode':'auto','friendly_name':'Fake'}" },
    { 5, 5, 0, NUMBER_AUTO, "{'min':5,'max':5,'step':1,'mode':'auto','friendly_name':'Fake'}" },
};

START_TEST(the_range_is_in_the_attributes)
{
    hass__assert_loop();
    fake = (struct fake){
        .ops = { .limits = limits },
        .limits = NUMBER_LIMITS(.min = ranges[_i].min, .max = ranges[_i].max,
                                .step = ranges[_i].step, .mode = ranges[_i].mode),
    };
    struct hass *hass = home("metric");
    autojson *all = hass_state_attributes(hass_states_async_get(hass, "number.fake"));

    ck_assert_str_eq(home_state(hass, "number.fake"), "unknown");
    ck_assert_json(all, ranges[_i].attributes);
}
END_TEST

static const struct {
    const char *value, *state;
} good[] = {
    { "0", "0.0" },
    { "100", "100.0" },
    { "55.5", "55.5" },
    { "'4.25'", "4.25" },
};

START_TEST(a_number_of_the_range_is_set)
{
    hass__assert_loop();
    fake = (struct fake){ .ops = { .async_set_native_value = set_loop } };
    struct hass *hass = home("metric");

    ck_assert_int_eq(set_value(hass, good[_i].value, NULL), 0);
    ck_assert_str_eq(home_state(hass, "number.fake"), good[_i].state);
}
END_TEST

START_TEST(it_is_set_on_the_pool)
{
    hass__assert_loop();
    fake = (struct fake){
        .ops = { .native_value = pooled_value, .set_native_value = set_pool },
    };
    struct hass *hass = home("metric");

    ck_assert_int_eq(set_value(hass, "7", NULL), 0);
    ck_assert_str_eq(home_state(hass, "number.fake"), "7.0");
}
END_TEST

static const struct {
    const char *value;
    int code;
} bad[] = {
    { "-0.5", HASS_E_SERVICE_VALIDATION },
    { "100.5", HASS_E_SERVICE_VALIDATION },
    { "'much'", HASS_E_INVALID },
    { "null", HASS_E_INVALID },
};

START_TEST(a_number_out_of_range_is_refused)
{
    hass__assert_loop();
    fake = (struct fake){ .ops = { .async_set_native_value = set_loop }, .value = HASS_INT(3) };
    struct hass *hass = home("metric");
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(set_value(hass, bad[_i].value, &err), bad[_i].code);
    if (bad[_i].code == HASS_E_SERVICE_VALIDATION) {
        ck_assert_str_eq(err.key, "out_of_range");
        ck_assert_ptr_nonnull(strstr(err.message, "number.fake is outside valid range 0 - 100"));
    }
    ck_assert_str_eq(home_state(hass, "number.fake"), "3");
}
END_TEST

START_TEST(one_that_cannot_be_set_says_so)
{
    hass__assert_loop();
    fake = (struct fake){ .value = HASS_INT(3) };
    struct hass *hass = home("metric");

    ck_assert_int_eq(set_value(hass, "5", NULL), HASS_E_UNSUPPORTED);
}
END_TEST

static const struct {
    const char *system, *unit;
    struct hass_value value;
    const char *state, *min, *max, *shown;
} temperatures[] = {
    { "metric", "°C", { .type = HASS_VALUE_DOUBLE, .number = 20.5 }, "20.5", "7.0", "35.0", "°C" },
    { "us_customary",
      "°C",
      { .type = HASS_VALUE_DOUBLE, .number = 20.5 },
      "68.9",
      "44.6",
      "95.0",
      "°F" },
    { "us_customary",
      "°C",
      { .type = HASS_VALUE_INT, .integer = 21 },
      "70.0",
      "44.6",
      "95.0",
      "°F" },
    { "metric", "°F", { .type = HASS_VALUE_DOUBLE, .number = 30.0 }, "-1.1", "-13.9", "1.7", "°C" },
    { "us_customary", "K", { .type = HASS_VALUE_INT, .integer = 21 }, "21", "7.0", "35.0", "K" },
};

START_TEST(temperatures_are_shown_and_set_in_the_unit_of_the_home)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .device_class = "temperature",
                         .unit_of_measurement = temperatures[_i].unit },
        .ops = { .limits = limits, .async_set_native_value = set_loop },
        .limits = NUMBER_LIMITS(.min = 7, .max = 35),
        .value = temperatures[_i].value,
    };
    struct hass *hass = home(temperatures[_i].system);
    autojson *min = home_attribute(hass, "number.fake", "min");
    autojson *max = home_attribute(hass, "number.fake", "max");
    autojson *unit = home_attribute(hass, "number.fake", "unit_of_measurement");

    ck_assert_str_eq(home_state(hass, "number.fake"), temperatures[_i].state);
    ck_assert_json(min, temperatures[_i].min);
    ck_assert_json(max, temperatures[_i].max);
    ck_assert_str_eq(json_string_value(unit), temperatures[_i].shown);
    ck_assert_int_eq(set_value(hass, temperatures[_i].min, NULL), 0);
    ck_assert_msg(fabs(fake.value.number - 7) < 1e-9, "%.17g", fake.value.number);
    ck_assert_int_eq(set_value(hass, "1000", NULL), HASS_E_SERVICE_VALIDATION);
}
END_TEST

static const struct {
    const char *options, *state, *unit;
} choices[] = {
    { "{'number':{'unit_of_measurement':'h'}}", "1.5", "h" },
    { "{'number':{'unit_of_measurement':'W'}}", "90.0", "min" },
    { "{'number':{'unit_of_measurement':7}}", "90.0", "min" },
    { "{'sensor':{'unit_of_measurement':'h'}}", "90.0", "min" },
};

START_TEST(its_user_chooses_the_unit)
{
    hass__assert_loop();
    fake = (struct fake){
        .description = { .unique_id = "fake",
                         .device_class = "duration",
                         .unit_of_measurement = "min" },
        .ops = { .limits = limits, .async_set_native_value = set_loop },
        .limits = NUMBER_LIMITS(.min = 0, .max = 120),
        .value = HASS_DOUBLE(90),
    };
    struct hass *hass = home("metric");
    json_t *changes = json_pack("{s:o}", "options", test_json(choices[_i].options));

    ck_assert_int_eq(hass_entity_registry_async_update(hass, "number.fake", changes, NULL, NULL),
                     0);
    test_settle(hass);
    autojson *unit = home_attribute(hass, "number.fake", "unit_of_measurement");
    ck_assert_str_eq(home_state(hass, "number.fake"), choices[_i].state);
    ck_assert_str_eq(json_string_value(unit), choices[_i].unit);
    if (_i)
        return;
    ck_assert_int_eq(set_value(hass, "2.5", NULL), HASS_E_SERVICE_VALIDATION);
    ck_assert_int_eq(set_value(hass, "0.5", NULL), 0);
    ck_assert_msg(fabs(fake.value.number - 30) < 1e-9, "%.17g", fake.value.number);
}
END_TEST

static const struct {
    const char *message, *result; /* NULL: refused */
} questions[] = {
    { "{'type':'number/device_class_convertible_units','device_class':'duration'}",
      "{'units':['d','h','min','ms','s','w','μs']}" },
    { "{'type':'number/device_class_convertible_units','device_class':'humidity'}",
      "{'units':[]}" },
    { "{'type':'number/device_class_convertible_units','device_class':'x'}", "{'units':[]}" },
    { "{'type':'number/device_class_convertible_units'}", NULL },
};

START_TEST(clients_are_told_which_units_convert)
{
    struct hass *hass = test_home("websocket_api:\nnumber:\n");
    const json_t *answer = client_ask(client_open(hass, NULL, true), questions[_i].message);

    if (questions[_i].result)
        ck_assert_json(json_object_get(answer, "result"), questions[_i].result);
    else
        ck_assert_str_eq(client_error(answer), "invalid_format");
}
END_TEST

static const struct hass_value none[] = {
    { .type = HASS_VALUE_NONE },
    { .type = HASS_VALUE_DOUBLE, .number = NAN },
    { .type = HASS_VALUE_DOUBLE, .number = INFINITY },
};

START_TEST(what_is_no_number_is_unknown)
{
    hass__assert_loop();
    fake = (struct fake){ .value = none[_i] };

    ck_assert_str_eq(home_state(home("metric"), "number.fake"), "unknown");
}
END_TEST

CASES_MAIN("number", ROWS(the_range_is_in_the_attributes, ranges),
           ROWS(a_number_of_the_range_is_set, good), ONCE(it_is_set_on_the_pool),
           ROWS(a_number_out_of_range_is_refused, bad), ONCE(one_that_cannot_be_set_says_so),
           ROWS(temperatures_are_shown_and_set_in_the_unit_of_the_home, temperatures),
           ROWS(its_user_chooses_the_unit, choices),
           ROWS(clients_are_told_which_units_convert, questions),
           ROWS(what_is_no_number_is_unknown, none))
