/* SPDX-License-Identifier: Apache-2.0 */
/* What a home usually has, in one line. */
#include <hass/collection.h>
#include <hass/integration.h>

#include "support/items.h"

static const char *const domains[] = { "counter",        "input_boolean", "input_button",
                                       "input_datetime", "input_number",  "input_select",
                                       "input_text",     "person",        "schedule",
                                       "timer",          "zone" };

START_TEST(helpers_are_set_up_without_sections)
{
    hass__assert_loop();
    struct hass *hass = test_home("default_config:\n");

    ck_assert(hass_collection_async_has(hass, domains[_i]));
    ck_assert(hass_services_async_is_admin(hass, domains[_i], "reload"));
}
END_TEST

START_TEST(automations_and_scripts_can_be_made)
{
    hass__assert_loop();
    struct hass *hass = test_home("default_config:\n");

    ck_assert(hass_services_async_is_admin(hass, "automation", "reload"));
    ck_assert(hass_services_async_is_admin(hass, "script", "reload"));
    ck_assert(hass_component_loaded(hass, "trace"));
    ck_assert(hass_component_loaded(hass, "blueprint"));
}
END_TEST

START_TEST(the_sun_is_there)
{
    hass__assert_loop();
    struct hass *hass = test_home("default_config:\n");

    ck_assert_str_eq(home_state(hass, "sun.sun"), "below_horizon");
}
END_TEST

START_TEST(what_was_made_at_run_time_is_left_alone_by_sections_that_come_and_go)
{
    hass__assert_loop();
    struct hass *hass = test_home("default_config:\ncounter:\n  one:\n");

    json_decref(items_change(hass, "counter", NULL, "{'name':'Two'}", NULL));
    loader_configure("default_config:\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", "reload_all", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "counter.one"), "(none)");
    ck_assert_str_eq(home_state(hass, "counter.two"), "0");
    loader_configure("default_config:\ncounter:\n  three:\n");
    ck_assert_int_eq(home_call(hass, "homeassistant", "reload_all", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "counter.two"), "0");
    ck_assert_str_eq(home_state(hass, "counter.three"), "0");
}
END_TEST

/* What an installation of the model has in its .storage. */
static const struct {
    const char *key, *version, *item, *entity_id, *state;
} stored[] = {
    { "input_boolean", "1", "'name':'Guests','icon':'mdi:account'", "input_boolean.guests", "off" },
    { "input_button", "1", "'name':'Bell'", "input_button.bell", "unknown" },
    { "input_number", "1",
      "'name':'Volume','min':0.0,'max':100.0,'step':1.0,'mode':'slider','initial':7.0",
      "input_number.volume", "7.0" },
    { "input_select", "1", "'name':'Mode','options':['a','b'],'icon':'mdi:cog'",
      "input_select.mode", "a" },
    { "input_text", "1", "'name':'Note','min':0,'max':100,'mode':'text','initial':'x'",
      "input_text.note", "x" },
    { "input_datetime", "1", "'name':'Alarm','has_date':false,'has_time':true,'initial':'06:30:00'",
      "input_datetime.alarm", "06:30:00" },
    { "counter", "1",
      "'name':'Cups','initial':2,'step':1,'minimum':null,'maximum':null,'restore':true",
      "counter.cups", "2" },
    { "timer", "1", "'name':'Tea','duration':'0:03:00','restore':false", "timer.tea", "idle" },
    { "schedule", "1",
      "'name':'Work','monday':[{'from':'00:00:00','to':'24:00:00'}],'tuesday':[],'wednesday':[],"
      "'thursday':[],'friday':[],'saturday':[],'sunday':[]",
      "schedule.work", "on" },
    { "zone", "1",
      "'name':'Gym','latitude':52.3,'longitude':4.9,'radius':100.0,'passive':false,"
      "'icon':'mdi:dumbbell'",
      "zone.gym", "0" },
    { "person", "2", "'name':'Ada','user_id':null,'device_trackers':[],'picture':null",
      "person.ada", "unknown" },
};

START_TEST(what_an_installation_of_the_model_has_stored_is_there)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autobuf text = HASS_BUF_INIT, name = HASS_BUF_INIT;

    hass_buf_printf(&name, ".storage/%s", stored[_i].key);
    hass_buf_printf(&text,
                    "{'version':%s,'minor_version':1,'key':'%s','data':{'items':[{'id':'own_id',"
                    "%s}]}}",
                    stored[_i].version, stored[_i].key, stored[_i].item);
    for (char *c = text.data; *c; c++)
        if (*c == '\'')
            *c = '"';
    test_file(name.data, text.data);
    struct hass *hass = test_home("default_config:\n");
    ck_assert_str_eq(home_state(hass, stored[_i].entity_id), stored[_i].state);
    autojson *editable = home_attribute(hass, stored[_i].entity_id, "editable");
    ck_assert(json_is_true(editable));
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 0);
}
END_TEST

CASES_MAIN("default_config", ROWS(helpers_are_set_up_without_sections, domains),
           ONCE(automations_and_scripts_can_be_made), ONCE(the_sun_is_there),
           ROWS(what_an_installation_of_the_model_has_stored_is_there, stored),
           ONCE(what_was_made_at_run_time_is_left_alone_by_sections_that_come_and_go))
