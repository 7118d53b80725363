/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions about states and numbers. */
#include <stdio.h>
#include <string.h>

#include <hass/states.h>

#include "support/cases.h"
#include "support/conditions.h"

static HASS_CALLBACK struct hass *house(void)
{
    struct hass *hass = test_hass();

    test_set(hass, "light.a", "on", "{'level':5,'name':'5','list':[1,2],'none':null,'low':true}");
    test_set(hass, "light.b", "off", NULL);
    test_set(hass, "input_select.want", "on", NULL);
    test_set(hass, "sensor.a", "3", "{'t':21.5,'word':'warm'}");
    test_set(hass, "sensor.b", "4.99", NULL);
    test_set(hass, "sensor.unknown", "unknown", NULL);
    test_set(hass, "sensor.gone", "unavailable", NULL);
    test_set(hass, "sensor.word", "abc", NULL);
    test_set(hass, "sensor.padded", " 3 ", NULL);
    return hass;
}

#define STATE(rest)   "{'condition':'state'," rest "}"
#define NUMERIC(rest) "{'condition':'numeric_state'," rest "}"

static const struct {
    const char *condition;
    int answer;
} states[] = {
    { STATE("'entity_id':'light.a','state':'on'"), 1 },
    { STATE("'entity_id':'light.a','state':'On'"), 0 },
    { STATE("'entity_id':'light.a','state':['off','on']"), 1 },
    { STATE("'entity_id':['light.a','light.b'],'state':'on'"), 0 },
    { STATE("'entity_id':'light.a,light.b','state':['on','off']"), 1 },
    { STATE("'entity_id':['light.a','light.b'],'state':'on','match':'any'"), 1 },
    { STATE("'entity_id':['light.a','light.b'],'state':'x','match':'any'"), 0 },
    { STATE("'entity_id':'light.none','state':'on'"), HASS_E_CONDITION },
    { STATE("'entity_id':['light.none','light.b'],'state':'on'"), 0 },
    { STATE("'entity_id':['light.b','light.none'],'state':'on'"), 0 },
    { STATE("'entity_id':['light.a','light.none'],'state':'on'"), HASS_E_CONDITION },
    { STATE("'entity_id':['light.a','light.none'],'state':'on','match':'any'"), HASS_E_CONDITION },
    { STATE("'entity_id':'light.a','attribute':'level','state':5"), 1 },
    { STATE("'entity_id':'light.a','attribute':'level','state':5.0"), 1 },
    { STATE("'entity_id':'light.a','attribute':'level','state':'5'"), 0 },
    { STATE("'entity_id':'light.a','attribute':'name','state':'5'"), 1 },
    { STATE("'entity_id':'light.a','attribute':'list','state':[[1,2]]"), 1 },
    { STATE("'entity_id':'light.a','attribute':'low','state':true"), 1 },
    { STATE("'entity_id':'light.a','attribute':'none','state':[4,null]"), 1 },
    { STATE("'entity_id':'light.a','attribute':'absent','state':[4,null]"), 0 },
    { STATE("'entity_id':'light.a','state':'input_select.want'"), 1 },
    { STATE("'entity_id':'light.b','state':'input_select.want'"), 0 },
    { STATE("'entity_id':'light.a','state':['on','input_select.none']"), 1 },
    { STATE("'entity_id':'light.b','state':['on','input_select.none']"), HASS_E_CONDITION },

    { NUMERIC("'entity_id':'sensor.a','above':2,'below':4"), 1 },
    { NUMERIC("'entity_id':'sensor.a','above':3"), 0 },
    { NUMERIC("'entity_id':'sensor.a','below':3"), 0 },
    { NUMERIC("'entity_id':['sensor.a','sensor.b'],'below':5"), 1 },
    { NUMERIC("'entity_id':['sensor.a','sensor.b'],'above':3"), 0 },
    { NUMERIC("'entity_id':'sensor.unknown','above':3"), 0 },
    { NUMERIC("'entity_id':'sensor.gone','above':3"), 0 },
    { NUMERIC("'entity_id':'sensor.word','above':3"), HASS_E_CONDITION },
    { NUMERIC("'entity_id':'sensor.none','above':3"), HASS_E_CONDITION },
    { NUMERIC("'entity_id':['sensor.word','sensor.b'],'above':5"), 0 },
    { NUMERIC("'entity_id':'sensor.padded','above':2"), 1 },
    { NUMERIC("'entity_id':'sensor.a','attribute':'t','above':21"), 1 },
    { NUMERIC("'entity_id':'sensor.a','attribute':'word','above':21"), HASS_E_CONDITION },
    { NUMERIC("'entity_id':'sensor.a','attribute':'absent','above':21"), 0 },
    { NUMERIC("'entity_id':'light.a','attribute':'none','above':21"), 0 },
    { NUMERIC("'entity_id':'light.a','attribute':'low','above':0"), 1 },
    { NUMERIC("'entity_id':'sensor.b','above':'sensor.a'"), 1 },
    { NUMERIC("'entity_id':'sensor.a','above':'sensor.b'"), 0 },
    { NUMERIC("'entity_id':'sensor.a','above':'sensor.unknown'"), 0 },
    { NUMERIC("'entity_id':'sensor.a','above':'sensor.word'"), HASS_E_CONDITION },
    { NUMERIC("'entity_id':'sensor.a','above':'sensor.none'"), HASS_E_CONDITION },
    { NUMERIC("'entity_id':'sensor.a','above':29,'value_template':'{{ state.state|int * 10 }}'"),
      1 },
    { NUMERIC("'entity_id':'sensor.a','above':30,'value_template':'{{ state.state|int * 10 }}'"),
      0 },
    { NUMERIC("'entity_id':'sensor.a','above':1,'value_template':'{{ 1 / 0 }}'"),
      HASS_E_CONDITION },
    { NUMERIC("'entity_id':'sensor.a','above':1,'value_template':'{{ none }}'"), 0 },
};

START_TEST(states_and_numbers_are_compared)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;
    int r = test_conditions(house(), states[_i].condition, NULL, &err);

    ck_assert_msg(r == states[_i].answer, "%s: %d %s", states[_i].condition, r, err.message);
}
END_TEST

/* for */

START_TEST(for_asks_how_long_the_state_has_not_changed)
{
    hass__assert_loop();
    static const char condition[] =
        STATE("'entity_id':'light.a','state':'on','for':{'seconds':10}");
    struct hass *hass = house();

    test_advance(hass, 10);
    ck_assert_int_eq(test_conditions(hass, condition, NULL, NULL), 0);
    test_advance(hass, 0.1);
    ck_assert_int_eq(test_conditions(hass, condition, NULL, NULL), 1);
    test_set(hass, "light.a", "on", "{'level':6}");
    ck_assert_int_eq(test_conditions(hass, condition, NULL, NULL), 1);
    test_set(hass, "light.a", "off", NULL);
    test_set(hass, "light.a", "on", NULL);
    ck_assert_int_eq(test_conditions(hass, condition, NULL, NULL), 0);
}
END_TEST

START_TEST(for_of_an_attribute_asks_about_the_state_all_the_same)
{
    hass__assert_loop();
    static const char condition[] =
        STATE("'entity_id':'light.a','attribute':'level','state':6,'for':'00:00:10'");
    struct hass *hass = house();

    test_advance(hass, 11);
    test_set(hass, "light.a", "on", "{'level':6}");
    ck_assert_int_eq(test_conditions(hass, condition, NULL, NULL), 1);
}
END_TEST

static const struct {
    const char *period, *message; /* NULL: it lasts */
    int answer;
} periods[] = {
    { "{'seconds':'{{ s }}'}", NULL, 1 },
    { "'{{ s }}'", NULL, 1 },
    { "'00:00:{{ s + 10 }}'", NULL, 0 },
    { "'{{ -s }}'", "state: for: expected a duration of 0 or more", HASS_E_CONDITION },
    { "'{{ nothing() }}'", "state: for: UndefinedError", HASS_E_CONDITION },
};

START_TEST(for_may_be_made_of_variables)
{
    hass__assert_loop();
    struct hass *hass = house();
    struct hass_variables *variables = hass_variables_new(NULL);
    struct hass_error err = HASS_ERROR_INIT;
    char text[160];

    hass_variables_set(variables, "s", json_integer(5));
    snprintf(text, sizeof(text), STATE("'entity_id':'light.a','state':'on','for':%s"),
             periods[_i].period);
    test_advance(hass, 6);
    ck_assert_int_eq(test_conditions(hass, text, variables, &err), periods[_i].answer);
    if (periods[_i].message)
        ck_assert_ptr_nonnull(strstr(err.message, periods[_i].message));
}
END_TEST

START_TEST(a_number_that_is_none_is_shown)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;

    test_conditions(house(), NUMERIC("'entity_id':'sensor.word','above':3"), NULL, &err);
    ck_assert_str_eq(err.message, "numeric_state: sensor.word: 'abc' is no number");
}
END_TEST

CASES_MAIN("condition_state", ROWS(states_and_numbers_are_compared, states),
           ONCE(for_asks_how_long_the_state_has_not_changed),
           ONCE(for_of_an_attribute_asks_about_the_state_all_the_same),
           ROWS(for_may_be_made_of_variables, periods), ONCE(a_number_that_is_none_is_shown))
