/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions that say what they are for. */
#include <stdio.h>
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/conditions.h"
#include "support/home.h"

static HASS_CALLBACK struct hass *house(void)
{
    struct hass *hass = test_home("purpose:\n");

    test_set(hass, "light.on", "on", "{'brightness':128}");
    test_set(hass, "light.off", "off", NULL);
    test_set(hass, "light.gone", "unavailable", NULL);
    test_set(hass, "switch.on", "on", NULL);
    test_set(hass, "binary_sensor.door", "on", "{'device_class':'door'}");
    test_set(hass, "climate.a", "heat",
             "{'hvac_action':'heating','temperature':21,'current_temperature':19.5}");
    test_set(hass, "sensor.t", "20", "{'device_class':'temperature','unit_of_measurement':'°C'}");
    test_set(hass, "select.mode", "eco", NULL);
    test_set(hass, "person.anna", "school", NULL);
    test_set(hass, "todo.full", "3", NULL);
    test_set(hass, "todo.done", "0", NULL);
    test_set(hass, "input_text.word", "yes", NULL);
    test_set(hass, "device_tracker.phone", "home", "{'in_zones':['zone.home','zone.town']}");
    test_set(hass, "media_player.quiet", "on", "{'volume_level':0}");
    test_set(hass, "media_player.loud", "on", "{'volume_level':0.8}");
    test_set(hass, "water_heater.a", "eco", "{'temperature':50}");
    test_advance(hass, 60);
    return hass;
}

#define OF(kind, entities, options)                                                                \
    "{'condition':'" kind "','target':{'entity_id':" entities "},'options':{" options "}}"

static const struct {
    const char *condition;
    int answer;
} cases_of_house[] = {
    { OF("light.is_on", "'light.on'", ""), 1 },
    { OF("light.is_off", "'light.on'", ""), 0 },
    { OF("light.is_on", "['light.off','light.on']", ""), 1 },
    { OF("light.is_on", "['light.off','light.on']", "'behavior':'all'"), 0 },
    { OF("light.is_on", "['light.gone','light.on']", "'behavior':'all'"), 1 },
    { OF("light.is_on", "'light.gone'", ""), 0 },
    { OF("light.is_on", "'light.gone'", "'behavior':'all'"), 1 },
    { OF("light.is_on", "'switch.on'", ""), 0 }, /* no light */
    { OF("light.is_on", "'light.on'", "'for':60"), 1 },
    { OF("light.is_on", "'light.on'", "'for':'00:01:01'"), 0 },
    { OF("light.is_brightness", "'light.on'", "'threshold':{'type':'above','value':50}"), 1 },
    { OF("light.is_brightness", "'light.off'", "'threshold':{'type':'above','value':0}"), 0 },
    { OF("door.is_open", "'binary_sensor.door'", ""), 1 },
    { OF("window.is_open", "'binary_sensor.door'", ""), 0 },
    { OF("climate.is_heating", "'climate.a'", ""), 1 },
    { OF("climate.is_hvac_mode", "'climate.a'", "'hvac_mode':['auto','heat']"), 1 },
    { OF("climate.is_target_temperature", "'climate.a'", "'threshold':{'type':'below','value':21}"),
      0 },
    { OF("temperature.is_value", "['sensor.t','climate.a']",
         "'behavior':'all','threshold':{'type':'between','value_min':19,'value_max':20}"),
      1 },
    { OF("temperature.is_value", "'sensor.t'",
         "'threshold':{'type':'above','value':{'number':67,'unit_of_measurement':'°F'}}"),
      1 },
    { OF("select.is_option_selected", "'select.mode'", "'option':'eco'"), 1 },
    { OF("person.is_not_home", "'person.anna'", ""), 1 },
    { OF("todo.all_completed", "'todo.done'", ""), 1 },
    { OF("todo.all_completed", "['todo.done','todo.full']", "'behavior':'all'"), 0 },
    { OF("todo.incomplete", "'todo.full'", "'threshold':{'type':'above','value':2}"), 1 },
    { OF("text.is_equal_to", "'input_text.word'", "'value':'yes'"), 1 },
    { OF("text.is_equal_to", "'input_text.word'", "'value':'no'"), 0 },
    { OF("zone.in_zone", "'device_tracker.phone'", "'zone':'zone.town'"), 1 },
    { OF("zone.in_zone", "'device_tracker.phone'", "'zone':'zone.x'"), 0 },
    { OF("zone.not_in_zone", "'device_tracker.phone'", "'zone':'zone.x'"), 1 },
    { OF("zone.not_in_zone", "'person.anna'", "'zone':'zone.x'"), 0 }, /* no zones known */
    { OF("media_player.is_muted", "'media_player.quiet'", ""), 1 },
    { OF("media_player.is_muted", "'media_player.loud'", ""), 0 },
    { OF("media_player.is_unmuted", "'media_player.loud'", ""), 1 },
    { OF("media_player.is_unmuted", "'media_player.quiet'", ""), 0 },
    { OF("media_player.is_volume", "'media_player.loud'",
         "'threshold':{'type':'above','value':79}"),
      1 },
    { OF("water_heater.is_on", "'water_heater.a'", ""), 1 },
    { OF("water_heater.is_operation_mode", "'water_heater.a'", "'operation_mode':['eco','gas']"),
      1 },
    { OF("water_heater.is_target_temperature", "'water_heater.a'",
         "'threshold':{'type':'below','value':50}"),
      0 },
};

START_TEST(entities_that_are_not_there_do_not_count)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;
    int r = test_conditions(house(), cases_of_house[_i].condition, NULL, &err);

    ck_assert_msg(r == cases_of_house[_i].answer, "%d: %s", r, err.message);
}
END_TEST

static const struct {
    const char *condition, *message;
} refused[] = {
    { "{'condition':'light.is_on'}", "required key 'target' is missing" },
    { OF("light.is_on", "'light.a'", "'behavior':'first'"), "behavior: expected one of any, all" },
    { OF("humidity.is_value", "'sensor.a'", ""), "required key 'threshold' is missing" },
    { OF("climate.is_hvac_mode", "'climate.a'", ""), "required key 'hvac_mode' is missing" },
    { OF("zone.in_zone", "'person.a'", ""), "required key 'zone' is missing" },
    { OF("text.is_equal_to", "'text.a'", ""), "required key 'value' is missing" },
};

START_TEST(mistakes_are_told)
{
    hass__assert_loop();
    struct hass_error err = HASS_ERROR_INIT;
    struct hass *hass = test_home("purpose:\n");

    ck_assert_ptr_null(test_check_conditions(hass, refused[_i].condition, &err));
    ck_assert_msg(strncmp(err.message, refused[_i].message, strlen(refused[_i].message)) == 0,
                  "'%s' does not begin with '%s'", err.message, refused[_i].message);
}
END_TEST

START_TEST(the_editor_is_told_of_all)
{
    hass__assert_loop();
    struct client *client = client_open(test_home("purpose:\n"), NULL, true);
    const json_t *answer = client_ask(client, "{'type':'condition_platforms/subscribe'}");

    ck_assert(hass_json_get_bool(answer, "success", false));
    const json_t *all = hass_json_get(client_next(client), "event");
    ck_assert_json(hass_json_get(all, "light.is_on"),
                   "{'target':{'entity':[{'domain':['light']}]},'fields':{"
                   "'behavior':{'required':true,'default':'any','selector':{'automation_behavior':"
                   "{'mode':'condition'}}},'for':{'required':true,'default':'00:00:00','selector':"
                   "{'duration':{}}}}}");
}
END_TEST

CASES_MAIN("purpose_conditions", ROWS(entities_that_are_not_there_do_not_count, cases_of_house),
           ROWS(mistakes_are_told, refused), ONCE(the_editor_is_told_of_all))
