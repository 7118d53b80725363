/* SPDX-License-Identifier: Apache-2.0 */
/* Where people are, by what they carry. */
#include <string.h>

#include <hass/collection.h>

#include "base/mem.h"
#include "support/items.h"

#define YAML                                                                                       \
    "homeassistant:\n  latitude: 52.1\n  longitude: 5.2\n"                                         \
    "zone:\n"                                                                                      \
    "person:\n"                                                                                    \
    "  - id: ada\n    name: Ada L\n    user_id: u1\n    picture: /local/ada.jpg\n"                 \
    "    device_trackers: [device_tracker.phone, device_tracker.car, device_tracker.wifi,"         \
    " device_tracker.bt]\n"                                                                        \
    "  - {id: bob, name: Bob}\n"

static HASS_CALLBACK void track(struct hass *hass, const char *tracker, const char *place)
{
    autobuf id = HASS_BUF_INIT;
    bool gps = !strcmp(tracker, "phone") || !strcmp(tracker, "car");
    json_t *attributes = gps ? test_json("{'source_type':'gps','latitude':52.5,'longitude':5.5,"
                                         "'gps_accuracy':10}")
                             : test_json("{'source_type':'router'}");

    hass_buf_printf(&id, "device_tracker.%s", tracker);
    ck_assert_int_eq(hass_states_async_set(hass, id.data, place, attributes, NULL, NULL), 0);
    test_advance(hass, 1);
}

START_TEST(a_person_without_trackers_is_nobody_knows_where)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    ck_assert_str_eq(home_state(hass, "person.ada_l"), "unknown");
    items_check_attributes(
        hass, "person.ada_l",
        "{'editable':false,'id':'ada','user_id':'u1','friendly_name':'Ada L',"
        "'entity_picture':'/local/ada.jpg','device_trackers':['device_tracker.phone',"
        "'device_tracker.car','device_tracker.wifi','device_tracker.bt']}");
    track(hass, "phone", "home");
    ck_assert_str_eq(home_state(hass, "person.bob"), "unknown");
    items_check_attributes(
        hass, "person.bob",
        "{'editable':false,'id':'bob','device_trackers':[],'friendly_name':'Bob'}");
}
END_TEST

static const struct {
    const char *trackers[4][2]; /* name and state, in the order in which they come */
    const char *state, *source;
} rules[] = {
    { { { "phone", "School" } }, "School", "device_tracker.phone" },
    { { { "phone", "School" }, { "car", "not_home" } }, "not_home", "device_tracker.car" },
    { { { "wifi", "home" }, { "phone", "School" } }, "home", "device_tracker.wifi" },
    { { { "wifi", "home" }, { "bt", "home" } }, "home", "device_tracker.bt" },
    { { { "phone", "School" }, { "wifi", "not_home" } }, "School", "device_tracker.phone" },
    { { { "wifi", "not_home" }, { "bt", "not_home" } }, "not_home", "device_tracker.bt" },
    { { { "phone", "unavailable" }, { "wifi", "not_home" } }, "not_home", "device_tracker.wifi" },
    { { { "phone", "School" }, { "phone", "unknown" } }, "unknown", NULL },
    { { { "wifi", "Attic" } }, "unknown", NULL },
};

START_TEST(one_of_the_trackers_decides)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    for (size_t i = 0; i < 4 && rules[_i].trackers[i][0]; i++)
        track(hass, rules[_i].trackers[i][0], rules[_i].trackers[i][1]);
    autojson *source = home_attribute(hass, "person.ada_l", "source");
    ck_assert_str_eq(home_state(hass, "person.ada_l"), rules[_i].state);
    if (rules[_i].source)
        ck_assert_str_eq(json_string_value(source), rules[_i].source);
    else
        ck_assert_ptr_null(source);
}
END_TEST

START_TEST(coordinates_are_those_of_the_tracker_or_of_home)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    track(hass, "phone", "School");
    autojson *there = home_attribute(hass, "person.ada_l", "latitude");
    autojson *accuracy = home_attribute(hass, "person.ada_l", "gps_accuracy");
    track(hass, "wifi", "home");
    autojson *here = home_attribute(hass, "person.ada_l", "latitude");
    ck_assert_json(there, "52.5");
    ck_assert_json(accuracy, "10");
    ck_assert_json(here, "52.1");
    ck_assert_str_eq(home_state(hass, "zone.home"), "1");
}
END_TEST

START_TEST(a_reload_takes_other_trackers)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    track(hass, "phone", "School");
    track(hass, "wifi", "home");
    loader_configure("person:\n  - {id: ada, name: Ada L, device_trackers: device_tracker.car}\n");
    ck_assert_int_eq(home_call(hass, "person", "reload", "{}", NULL), 0);
    ck_assert_str_eq(home_state(hass, "person.ada_l"), "unknown");
    ck_assert_str_eq(home_state(hass, "person.bob"), "(none)");
    track(hass, "phone", "Gym");
    ck_assert_str_eq(home_state(hass, "person.ada_l"), "unknown");
    track(hass, "car", "Gym");
    ck_assert_str_eq(home_state(hass, "person.ada_l"), "Gym");
}
END_TEST

START_TEST(its_list_has_both_kinds)
{
    hass__assert_loop();
    struct hass *hass = test_home("person:\n  - {id: bob, name: Bob}\n");

    json_decref(items_change(hass, "person", NULL,
                             "{'name':'Eve','user_id':null,'device_trackers':[],'picture':null}",
                             NULL));
    autojson *list = hass_collection_async_as_json(hass, "person");
    ck_assert_json(list, "{'storage':[{'id':'eve','name':'Eve','user_id':null,"
                         "'device_trackers':[],'picture':null}],"
                         "'config':[{'id':'bob','name':'Bob','device_trackers':[]}]}");
    autojson *item =
        items_change(hass, "person", "eve", "{'device_trackers':['device_tracker.x']}", NULL);
    ck_assert_json(item, "{'id':'eve','name':'Eve','user_id':null,"
                         "'device_trackers':['device_tracker.x'],'picture':null}");
}
END_TEST

START_TEST(a_user_has_one_person)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_ptr_null(items_change(hass, "person", NULL, "{'name':'Eve','user_id':'u1'}", &err));
    ck_assert_str_eq(err.message, "User already taken");
    autojson *eve = items_change(hass, "person", NULL, "{'name':'Eve','user_id':'u2'}", NULL);
    ck_assert_ptr_nonnull(eve);
    autojson *again = items_change(hass, "person", "eve", "{'user_id':'u2','name':'E'}", NULL);
    ck_assert_ptr_nonnull(again);
    ck_assert_ptr_null(items_change(hass, "person", "eve", "{'user_id':'u1'}", NULL));
}
END_TEST

static const struct {
    const char *fields, *said;
} refused[] = {
    { "{'device_trackers':[]}", "name" },
    { "{'name':'x','device_trackers':['phone']}", "phone" },
    { "{'name':'x','id':'y'}", "unknown key 'id'" },
    { "{'name':'x','user_id':''}", "user_id" },
};

START_TEST(a_wrong_item_is_refused)
{
    hass__assert_loop();
    items_check_refused("person", refused[_i].fields, refused[_i].said);
}
END_TEST

START_TEST(a_person_carries_a_hundred_trackers_and_no_more)
{
    hass__assert_loop();
    struct hass *hass = test_home("person:\n");

    for (int count = 100; count <= 101; count++) {
        autobuf fields = HASS_BUF_INIT;
        hass_buf_printf(&fields, "{'name':'x%d','device_trackers':[", count);
        for (int i = 0; i < count; i++)
            hass_buf_printf(&fields, "%s'device_tracker.t%d'", i ? "," : "", i);
        hass_buf_add_string(&fields, "]}");
        autojson *item = items_change(hass, "person", NULL, fields.data, NULL);
        ck_assert_int_eq(item != NULL, count == 100);
    }
}
END_TEST

START_TEST(a_wrong_section_is_reported)
{
    hass__assert_loop();
    items_check_section("person", "  - {name: Bad}\n", "id");
}
END_TEST

START_TEST(an_item_made_at_run_time_is_there_after_a_restart)
{
    hass__assert_loop();
    items_check_restart("person", "{'name':'Far'}",
                        "{'storage':[{'id':'far','name':'Far','device_trackers':[]}],'config':[]}");
}
END_TEST

/* As 2019's releases wrote it, and with a minor version that nobody knows. */
static const char *const files[] = {
    "{\"version\": 1, \"key\": \"person\", \"data\": {\"persons\": [{\"id\": \"old\", "
    "\"name\": \"Old\", \"user_id\": null, \"device_trackers\": []}]}}",
    "{\"version\": 2, \"minor_version\": 7, \"key\": \"person\", \"data\": {\"items\": [{\"id\": "
    "\"old\", \"name\": \"Old\", \"user_id\": null, \"device_trackers\": []}]}}",
};

START_TEST(a_file_of_another_version_is_read)
{
    hass__assert_loop();
    test_file(".storage/person", files[_i]);
    struct hass *hass = test_home("person:\n");

    ck_assert_str_eq(home_state(hass, "person.old"), "unknown");
    autofree char *path = mem_printf("%s/.storage/person", test_dir());
    autofree char *text = test_read_file(path);
    ck_assert_ptr_nonnull(strstr(text, "\"items\""));
    ck_assert_ptr_nonnull(strstr(text, "\"version\": 2"));
}
END_TEST

START_TEST(a_person_is_where_they_were_until_the_home_has_started)
{
    hass__assert_loop();
    struct hass *hass = test_home(YAML);

    track(hass, "phone", "School");
    hass = home_restart(hass, 60);
    ck_assert_str_eq(home_state(hass, "person.ada_l"), "unknown"); /* no tracker came back */
    track(hass, "phone", "Gym");
    ck_assert_str_eq(home_state(hass, "person.ada_l"), "Gym");
}
END_TEST

CASES_MAIN("person", ONCE(a_person_without_trackers_is_nobody_knows_where),
           ROWS(one_of_the_trackers_decides, rules),
           ONCE(coordinates_are_those_of_the_tracker_or_of_home),
           ONCE(a_reload_takes_other_trackers), ONCE(its_list_has_both_kinds),
           ONCE(a_user_has_one_person), ROWS(a_wrong_item_is_refused, refused),
           ONCE(a_person_carries_a_hundred_trackers_and_no_more), ONCE(a_wrong_section_is_reported),
           ONCE(an_item_made_at_run_time_is_there_after_a_restart),
           ROWS(a_file_of_another_version_is_read, files),
           ONCE(a_person_is_where_they_were_until_the_home_has_started))
