/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands on devices and registered entities: answers in the model's shapes, events, and what is refused.
 */
#include <string.h>

#include <hass/device_registry.h>
#include <hass/entity_registry.h>

#include "registry/entry.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

static struct client *client;
static char device_id[40];

static const char *message_of(const json_t *answer)
{
    return hass_json_get_string(hass_json_get(answer, "error"), "message", "");
}

/* The answer to a command; ' and @ stand for " and the device. Lent until the next. */
static HASS_CALLBACK const json_t *answer_to(const char *message)
{
    autobuf text = HASS_BUF_INIT;

    for (; *message; message++) {
        if (*message == '@')
            hass_buf_add_string(&text, device_id);
        else
            hass_buf_add_char(&text, *message);
    }
    return client_ask(client, hass_buf_string(&text));
}

/* The result of one that succeeds. */
static HASS_CALLBACK const json_t *ask(const char *message)
{
    const json_t *answer = answer_to(message);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s", message_of(answer));
    return hass_json_get(answer, "result");
}

static HASS_CALLBACK void add_entity(const char *entity_id, const char *name, const char *device)
{
    const char *dot = strchr(entity_id, '.');
    autobuf domain = HASS_BUF_INIT;

    hass_buf_add(&domain, entity_id, (size_t)(dot - entity_id));
    struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = hass_buf_string(&domain), .platform = "test",
                               .unique_id = entity_id, .entity_id = entity_id,
                               .original_name = name, .device_id = device);
    ck_assert_int_eq(
        hass_entity_registry_async_get_or_create(client_hass(client), &info, NULL, NULL), 0);
}

/* light.lamp and sensor.power on a device "Plug" of entry "e1". */
static void make_home(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    const struct hass_device *device = NULL;
    struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "test", "plug" }), .name = "Plug",
                         .manufacturer = "Acme", .sw_version = "1.2");

    hass__assert_loop();
    client = client_open(test_home("homeassistant:\n"), NULL, true);
    autounref(hass_entry) *entry = entry_new(client_hass(client), "test", "user", "e1");
    ck_assert_int_eq(entries_async_add(entry, NULL), 0);
    ck_assert_int_eq(
        hass_device_registry_async_get_or_create(client_hass(client), "e1", &info, &device, NULL),
        0);
    snprintf(device_id, sizeof(device_id), "%s", device->id);
    add_entity("light.lamp", "Lamp", device_id);
    add_entity("sensor.power", NULL, device_id);
}

/* Members of @row that are in @expected have its values. */
static void assert_has(const json_t *row, const char *expected)
{
    autojson *wanted = test_json(expected);
    const char *key;
    json_t *value;

    json_object_foreach(wanted, key, value)
        ck_assert_msg(hass_json_equal(hass_json_get(row, key), value), "%s differs", key);
}

static HASS_CALLBACK void assert_refused(const char *message, const char *code, const char *text)
{
    const json_t *answer = answer_to(message);

    ck_assert_str_eq(client_error(answer), code);
    ck_assert_msg(strstr(message_of(answer), text) != NULL, "'%s' lacks '%s'", message_of(answer),
                  text);
}

/* devices */

START_TEST(devices_are_listed_with_all_their_members)
{
    make_home();
    const json_t *list = ask("{'type':'config/device_registry/list'}");
    const json_t *device = json_array_get(list, 0);

    ck_assert_uint_eq(json_array_size(list), 1);
    assert_has(device, "{'area_id':null,'config_entries':['e1'],'config_entries_subentries':"
                       "{'e1':[null]},'configuration_url':null,'connections':[],"
                       "'disabled_by':null,'entry_type':null,'hw_version':null,"
                       "'identifiers':[['test','plug']],'labels':[],'manufacturer':'Acme',"
                       "'model':null,'model_id':null,'name':'Plug','name_by_user':null,"
                       "'primary_config_entry':'e1','serial_number':null,'sw_version':'1.2',"
                       "'via_device_id':null}");
}
END_TEST

START_TEST(a_device_is_changed_and_its_entities_follow)
{
    make_home();
    struct capture *seen = test_capture(client_hass(client), "device_registry_updated");
    const json_t *device = ask("{'type':'config/device_registry/update','device_id':'@',"
                               "'name_by_user':'Mine','disabled_by':'user'}");

    assert_has(device, "{'name':'Plug','name_by_user':'Mine','disabled_by':'user'}");
    ck_assert_uint_eq(capture_count(seen), 1);
    assert_has(ask("{'type':'config/entity_registry/get','entity_id':'light.lamp'}"),
               "{'disabled_by':'device'}");
    assert_refused("{'type':'config/entity_registry/update','entity_id':'light.lamp',"
                   "'disabled_by':null}",
                   "invalid_info", "Device is disabled");
}
END_TEST

START_TEST(a_device_that_nobody_gives_any_more_goes_with_its_entities)
{
    make_home();
    entries_delist(hass_entries_async_get(client_hass(client), "e1"));
    ck_assert_json(ask("{'type':'config/device_registry/remove','device_id':'@'}"), "null");
    ck_assert_uint_eq(json_array_size(ask("{'type':'config/device_registry/list'}")), 0);
    ck_assert_uint_eq(json_array_size(ask("{'type':'config/entity_registry/list'}")), 0);
}
END_TEST

START_TEST(what_is_linked_to_a_device_is_nothing)
{
    make_home();
    ck_assert_json(ask("{'type':'config/device_registry/list_linked_devices','device_id':'@'}"),
                   "{'linked_devices':[]}");
    ck_assert_json(ask("{'type':'config/device_registry/list_composite_splits'}"), "{}");
}
END_TEST

/* entities */

START_TEST(the_text_of_a_list_says_what_the_registry_s_json_says)
{
    make_home();
    struct hass *hass = client_hass(client);
    hass_entity_registry_async_update(
        hass, "light.lamp",
        test_json("{'name':'My \\\"lamp\\\"','icon':'mdi:x','aliases':['a','b'],"
                  "'hidden_by':'user','disabled_by':'user','entity_category':'config',"
                  "'options':{'light':{'n':[1,{'x':null}]}},'device_class':'y',"
                  "'categories':{'s':'c'},'capabilities':{'m':['a']}}"),
        NULL, NULL);
    const struct hass_entity_entry *entry = hass_entity_registry_async_get(hass, "light.lamp");
    autojson *listed = hass_entity_entry_as_json(entry, false);
    autojson *extended = hass_entity_entry_as_json(entry, true);
    const json_t *list = ask("{'type':'config/entity_registry/list'}");
    ck_assert_uint_eq(json_array_size(list), 2);
    ck_assert(json_equal(json_array_get(list, 0), listed));
    ck_assert(json_equal(ask("{'type':'config/entity_registry/get','entity_id':'light.lamp'}"),
                         extended));
    ck_assert_uint_eq(json_object_size(listed), 21);
    ck_assert_uint_eq(json_object_size(extended), 26);
}
END_TEST

START_TEST(several_entities_are_asked_for_at_once)
{
    make_home();
    const json_t *entries = ask("{'type':'config/entity_registry/get_entries',"
                                "'entity_ids':['light.lamp','light.nope']}");

    ck_assert_uint_eq(json_object_size(entries), 2);
    assert_has(hass_json_get(entries, "light.lamp"), "{'entity_id':'light.lamp','aliases':[]}");
    ck_assert(json_is_null(hass_json_get(entries, "light.nope")));
}
END_TEST

START_TEST(for_display_there_are_short_keys_and_nothing_that_is_not_set)
{
    make_home();
    struct hass *hass = client_hass(client);
    hass_entity_registry_async_update(
        hass, "sensor.power",
        test_json("{'entity_category':'diagnostic','hidden_by':'user','name':'Watts',"
                  "'icon':'mdi:w','options':{'sensor':{'display_precision':2}}}"),
        NULL, NULL);
    const json_t *display = ask("{'type':'config/entity_registry/list_for_display'}");
    const json_t *entities = hass_json_get(display, "entities");
    autobuf expected = HASS_BUF_INIT;

    ck_assert_json(hass_json_get(display, "entity_categories"), "{'0':'config','1':'diagnostic'}");
    hass_buf_printf(&expected, "{'ei':'light.lamp','pl':'test','lb':[],'di':'%s','en':'Lamp'}",
                    device_id);
    ck_assert_json(json_array_get(entities, 0), hass_buf_string(&expected));
    hass_buf_clear(&expected);
    hass_buf_printf(&expected,
                    "{'ei':'sensor.power','pl':'test','lb':[],'di':'%s','ic':'mdi:w','ec':1,"
                    "'hb':true,'en':'Watts','dp':2}",
                    device_id);
    ck_assert_json(json_array_get(entities, 1), hass_buf_string(&expected));
}
END_TEST

START_TEST(disabled_entities_are_not_displayed)
{
    make_home();
    ask("{'type':'config/entity_registry/update','entity_id':'light.lamp','disabled_by':'user'}");
    const json_t *display = ask("{'type':'config/entity_registry/list_for_display'}");
    ck_assert_uint_eq(json_array_size(hass_json_get(display, "entities")), 1);
}
END_TEST

START_TEST(an_entity_is_changed)
{
    make_home();
    ask("{'type':'config/area_registry/create','name':'Kitchen'}");
    struct capture *seen = test_capture(client_hass(client), "entity_registry_updated");
    const json_t *result = ask("{'type':'config/entity_registry/update','entity_id':'light.lamp',"
                               "'name':'Sink','area_id':'kitchen','new_entity_id':'light.sink',"
                               "'options_domain':'light','options':{'x':1}}");
    const json_t *entry = hass_json_get(result, "entity_entry");

    assert_has(entry, "{'entity_id':'light.sink','name':'Sink','area_id':'kitchen',"
                      "'options':{'light':{'x':1}},'aliases':[]}");
    ck_assert_uint_eq(json_object_size(result), 1);
    ck_assert_uint_eq(capture_count(seen), 1);
    assert_has(hass_event_data(capture_event(seen, 0)),
               "{'action':'update','entity_id':'light.sink','old_entity_id':'light.lamp'}");
    entry = hass_json_get(ask("{'type':'config/entity_registry/update','entity_id':'light.sink',"
                              "'name':null,'options_domain':'light','options':null}"),
                          "entity_entry");
    assert_has(entry, "{'name':null,'options':{}}");
}
END_TEST

START_TEST(enabling_says_when_the_entity_will_be_there)
{
    make_home();
    ask("{'type':'config/entity_registry/update','entity_id':'light.lamp','disabled_by':'user'}");
    const json_t *result = ask("{'type':'config/entity_registry/update',"
                               "'entity_id':'light.lamp','disabled_by':null}");
    ck_assert(hass_json_get_bool(result, "require_restart", false));
}
END_TEST

START_TEST(an_entity_is_removed)
{
    make_home();
    ck_assert_json(ask("{'type':'config/entity_registry/remove','entity_id':'light.lamp'}"),
                   "null");
    assert_refused("{'type':'config/entity_registry/get','entity_id':'light.lamp'}", "not_found",
                   "Entity not found");
}
END_TEST

static const struct {
    const char *entity_id, *name, *automatic;
} automatic[] = {
    { "light.lamp", "Lamp", "light.lamp" },     { "light.other", "Lamp", "light.lamp_2" },
    { "light.lamp_2", "Lamp", "light.lamp_2" }, { "light.x", "Big Lamp", "light.big_lamp" },
    { "light.y", NULL, "light.test_light_y" },
};

START_TEST(an_id_is_suggested_as_it_would_be_made_today)
{
    autobuf message = HASS_BUF_INIT;

    make_home();
    if (strcmp(automatic[_i].entity_id, "light.lamp") != 0)
        add_entity(automatic[_i].entity_id, automatic[_i].name, NULL);
    hass_buf_printf(&message,
                    "{'type':'config/entity_registry/get_automatic_entity_ids',"
                    "'entity_ids':['%s','light.nope']}",
                    automatic[_i].entity_id);
    const json_t *ids = ask(hass_buf_string(&message));
    ck_assert_str_eq(hass_json_get_string(ids, automatic[_i].entity_id, ""),
                     automatic[_i].automatic);
    ck_assert(json_is_null(hass_json_get(ids, "light.nope")));
}
END_TEST

static const struct {
    const char *message, *code, *text;
} refused[] = {
    { "{'type':'config/device_registry/update','device_id':'nope'}", "not_found", "" },
    { "{'type':'config/device_registry/update'}", "invalid_format", "device_id" },
    { "{'type':'config/device_registry/update','device_id':'x','disabled_by':'integration'}",
      "invalid_format", "disabled_by" },
    { "{'type':'config/device_registry/remove','device_id':'nope'}", "not_found", "" },
    { "{'type':'config/device_registry/remove','device_id':'@'}", "home_assistant_error", "test" },
    { "{'type':'config/device_registry/remove_config_entry','device_id':'@','config_entry_id':"
      "'e1'}",
      "home_assistant_error", "test" },
    { "{'type':'config/device_registry/remove_config_entry','device_id':'nope','config_entry_id':"
      "'e1'}",
      "home_assistant_error", "nope" },
    { "{'type':'config/device_registry/remove_config_entry','device_id':'@','config_entry_id':"
      "'e2'}",
      "home_assistant_error", "config entry" },
    { "{'type':'config/entity_registry/get','entity_id':'light.nope'}", "not_found",
      "Entity not found" },
    { "{'type':'config/entity_registry/get'}", "invalid_format", "entity_id" },
    { "{'type':'config/entity_registry/get_entries','entity_ids':{}}", "invalid_format",
      "entity_ids" },
    { "{'type':'config/entity_registry/update','entity_id':'light.nope','name':'x'}", "not_found",
      "Entity not found" },
    { "{'type':'config/entity_registry/update','entity_id':'light.lamp','hidden_by':'device'}",
      "invalid_format", "hidden_by" },
    { "{'type':'config/entity_registry/update','entity_id':'light.lamp','options':{}}",
      "invalid_format", "options_domain" },
    { "{'type':'config/entity_registry/update','entity_id':'light.lamp','x':1}", "invalid_format",
      "x" },
    { "{'type':'config/entity_registry/update','entity_id':'light.lamp',"
      "'new_entity_id':'sensor.power'}",
      "invalid_info", "" },
    { "{'type':'config/entity_registry/update','entity_id':'light.lamp',"
      "'new_entity_id':'Not An Id'}",
      "invalid_info", "" },
    { "{'type':'config/entity_registry/update','entity_id':'light.lamp',"
      "'new_entity_id':'light.taken'}",
      "invalid_info", "already registered" },
    { "{'type':'config/entity_registry/remove','entity_id':'light.nope'}", "not_found",
      "Entity not found" },
};

START_TEST(what_is_wrong_is_refused_with_the_model_s_code)
{
    make_home();
    hass_states_async_set(client_hass(client), "light.taken", "on", NULL, NULL, NULL);
    assert_refused(refused[_i].message, refused[_i].code, refused[_i].text);
}
END_TEST

CASES_MAIN("config: devices and entities", ONCE(devices_are_listed_with_all_their_members),
           ONCE(a_device_is_changed_and_its_entities_follow),
           ONCE(a_device_that_nobody_gives_any_more_goes_with_its_entities),
           ONCE(what_is_linked_to_a_device_is_nothing),
           ONCE(the_text_of_a_list_says_what_the_registry_s_json_says),
           ONCE(several_entities_are_asked_for_at_once),
           ONCE(for_display_there_are_short_keys_and_nothing_that_is_not_set),
           ONCE(disabled_entities_are_not_displayed), ONCE(an_entity_is_changed),
           ONCE(enabling_says_when_the_entity_will_be_there), ONCE(an_entity_is_removed),
           ROWS(an_id_is_suggested_as_it_would_be_made_today, automatic),
           ROWS(what_is_wrong_is_refused_with_the_model_s_code, refused))
