/* SPDX-License-Identifier: Apache-2.0 */
/* Places on the map, and who is there. */
#include <string.h>

#include "support/items.h"

#define YAML                                                                                       \
    "homeassistant:\n  name: Castle\n  latitude: 52.1\n  longitude: 5.2\n  radius: 150\n"          \
    "zone:\n"                                                                                      \
    "  - name: My School\n    latitude: 52.2\n    longitude: 5.3\n    icon: mdi:school\n"          \
    "  - {name: Trap, latitude: 52.3, longitude: 5.3, radius: 20, passive: true}\n"

static HASS_CALLBACK void be(struct hass *hass, const char *person, const char *place)
{
    if (place)
        ck_assert_int_eq(hass_states_async_set(hass, person, place, NULL, NULL, NULL), 0);
    else
        ck_assert_int_eq(hass_states_async_remove(hass, person, NULL, NULL), 1);
    test_settle(hass);
}

START_TEST(zones_are_entities_and_home_is_one)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_str_eq(home_state(hass, "zone.my_school"), "0");
    items_check_attributes(hass, "zone.my_school",
                           "{'latitude':52.2,'longitude':5.3,'radius':100,'passive':false,"
                           "'persons':[],'editable':false,'icon':'mdi:school',"
                           "'friendly_name':'My School'}");
    items_check_attributes(hass, "zone.trap",
                           "{'latitude':52.3,'longitude':5.3,'radius':20,'passive':true,"
                           "'persons':[],'editable':false,'friendly_name':'Trap'}");
    items_check_attributes(hass, "zone.home",
                           "{'latitude':52.1,'longitude':5.2,'radius':150,'passive':false,"
                           "'persons':[],'editable':true,'icon':'mdi:home',"
                           "'friendly_name':'Castle'}");
}
END_TEST

START_TEST(a_zone_called_home_takes_its_place)
{
    hass__assert_loop();
    struct hass *hass = test_home("zone:\n  - {name: Home, latitude: 1, longitude: 2}\n");
    autojson *latitude = home_attribute(hass, "zone.home", "latitude");

    ck_assert_json(latitude, "1");
    ck_assert_uint_eq(hass_states_async_count(hass, "zone"), 1);
}
END_TEST

START_TEST(home_follows_the_core_configuration)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_int_eq(
        hass_config_async_update(hass, test_json("{'latitude':1.5,'location_name':'Cabin'}"), NULL),
        0);
    test_settle(hass);
    items_check_attributes(hass, "zone.home",
                           "{'latitude':1.5,'longitude':5.2,'radius':150,'passive':false,"
                           "'persons':[],'editable':true,'icon':'mdi:home',"
                           "'friendly_name':'Cabin'}");
}
END_TEST

START_TEST(persons_are_counted)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    be(hass, "person.bob", "my school");
    be(hass, "person.ann", "My School");
    be(hass, "person.eve", "home");
    be(hass, "person.max", "not_home");
    be(hass, "device_tracker.car", "My School");
    ck_assert_str_eq(home_state(hass, "zone.my_school"), "2");
    ck_assert_str_eq(home_state(hass, "zone.home"), "1");
    autojson *persons = home_attribute(hass, "zone.my_school", "persons");
    ck_assert_json(persons, "['person.ann','person.bob']");
    be(hass, "person.bob", "unavailable");
    be(hass, "person.ann", NULL);
    be(hass, "person.eve", "Castle");
    ck_assert_str_eq(home_state(hass, "zone.my_school"), "0");
    ck_assert_str_eq(home_state(hass, "zone.home"), "1");
}
END_TEST

START_TEST(a_reload_changes_zones_in_place)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    be(hass, "person.ann", "My School");
    loader_configure("zone:\n  - {name: My School, latitude: 1, longitude: 2}\n"
                     "  - {name: Gym, latitude: 3, longitude: 4}\n");
    ck_assert_int_eq(home_call(hass, "zone", "reload", "{}", NULL), 0);
    items_check_attributes(hass, "zone.my_school",
                           "{'latitude':1,'longitude':2,'radius':100,'passive':false,"
                           "'persons':['person.ann'],'editable':false,"
                           "'friendly_name':'My School'}");
    ck_assert_str_eq(home_state(hass, "zone.trap"), "(none)");
    ck_assert_str_eq(home_state(hass, "zone.gym"), "0");
    ck_assert_str_eq(home_state(hass, "zone.home"), "0");
}
END_TEST

START_TEST(an_update_leaves_what_it_does_not_name)
{
    hass__assert_loop();
    struct hass *hass = test_home("zone:\n");

    json_decref(items_change(hass, "zone", NULL,
                             "{'name':'Gym','latitude':1,'longitude':2,'icon':'mdi:dumbbell'}",
                             NULL));
    be(hass, "person.ann", "Pool");
    autojson *item = items_change(hass, "zone", "gym", "{'name':'Pool','radius':7}", NULL);
    ck_assert_json(item, "{'id':'gym','name':'Pool','latitude':1,'longitude':2,'radius':7,"
                         "'passive':false,'icon':'mdi:dumbbell'}");
    ck_assert_str_eq(home_state(hass, "zone.gym"), "1");
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'name':'x','latitude':1}", "longitude" },
    { "{'latitude':1,'longitude':1}", "name" },
    { "{'name':'x','latitude':90.1,'longitude':1}", "latitude" },
    { "{'name':'x','latitude':1,'longitude':-181}", "longitude" },
    { "{'name':'x','latitude':1,'longitude':1,'radius':-1}", "radius" },
    { "{'name':'x','latitude':'here','longitude':1}", "latitude" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("zone", refused[_i].fields, refused[_i].said);
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("zone", "  - {name: Bad, latitude: 99, longitude: 1}\n", "latitude");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    struct hass *hass = items_check_restart(
        "zone", "{'name':'Far','latitude':1.25,'longitude':2}",
        "[{'id':'far','name':'Far','latitude':1.25,'longitude':2,'radius':100,'passive':false}]");

    ck_assert_str_eq(home_state(hass, "zone.far"), "0");
}
END_TEST

CASES_MAIN("zone", ONCE(zones_are_entities_and_home_is_one),
           ONCE(a_zone_called_home_takes_its_place), ONCE(home_follows_the_core_configuration),
           ONCE(persons_are_counted), ONCE(a_reload_changes_zones_in_place),
           ONCE(an_update_leaves_what_it_does_not_name), ROWS(a_wrong_item_is_refused, refused),
           ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart))
