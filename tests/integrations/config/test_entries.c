/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands on config entries and flows, with the demo: adding it by dialogue, options, disabling, removing, following.
 */
#include <string.h>

#include <hass/device_registry.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

static HASS_CALLBACK struct client *admin(const char *yaml)
{
    return client_open(test_home(yaml), NULL, true);
}

/* The result of a command that succeeds. Lent until the next. */
static HASS_CALLBACK const json_t *ask(struct client *client, const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s: %s", message,
                  hass_json_get_string(hass_json_get(answer, "error"), "message", ""));
    return hass_json_get(answer, "result");
}

/* The same with one "%s" in @format. */
static HASS_CALLBACK const json_t *ask_about(struct client *client, const char *format,
                                             const char *id)
{
    char message[512];

    snprintf(message, sizeof(message), format, id);
    return ask(client, message);
}

static HASS_CALLBACK void assert_refused(struct client *client, const char *message,
                                         const char *code)
{
    ck_assert_str_eq(client_error(client_ask(client, message)), code);
}

/* A member of the only entry, lent until the next command. */
static HASS_CALLBACK const char *of_entry(struct client *client, const char *key)
{
    const json_t *list = ask(client, "{'type': 'config_entries/get'}");

    ck_assert_uint_eq(json_array_size(list), 1);
    return hass_json_get_string(json_array_get(list, 0), key, "(none)");
}

START_TEST(the_configuration_makes_an_entry_once)
{
    hass__assert_loop();
    struct client *client = admin("demo:\n");
    autojson *entry =
        json_deep_copy(json_array_get(ask(client, "{'type': 'config_entries/get'}"), 0));
    static const char *const times[] = { "created_at", "modified_at", "entry_id" };

    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_nonnull(json_object_get(entry, times[i]));
        json_object_del(entry, times[i]);
    }
    ck_assert_json(entry,
                   "{'domain': 'demo', 'title': 'Demo', 'source': 'import', 'state': 'loaded', "
                   "'supports_options': true, 'supports_remove_device': true, "
                   "'supports_unload': true, 'supports_reconfigure': false, "
                   "'supported_subentry_types': {'thermometer': {'supports_reconfigure': "
                   "true}}, 'pref_disable_new_entities': false, "
                   "'pref_disable_polling': false, 'disabled_by': null, 'reason': null, "
                   "'error_reason_translation_key': null, "
                   "'error_reason_translation_placeholders': null, 'num_subentries': 0}");
    ck_assert_int_eq(loader_reload(client_hass(client), "demo", NULL), 0);
    test_settle(client_hass(client));
    ck_assert_str_eq(of_entry(client, "state"), "loaded");
    ck_assert_json(ask(client, "{'type': 'config_entries/get', 'domain': 'other'}"), "[]");
    ck_assert_json(ask(client, "{'type': 'config_entries/get', 'type_filter': ['helper']}"), "[]");
}
END_TEST

START_TEST(the_demo_is_added_by_dialogue)
{
    hass__assert_loop();
    struct client *client = admin("homeassistant:\n");
    const json_t *step = ask(client, "{'type': 'config_entries/flow/init', 'handler': 'demo'}");
    char id[64];

    ck_assert_str_eq(hass_json_get_string(step, "step_id", ""), "user");
    snprintf(id, sizeof(id), "%s", hass_json_get_string(step, "flow_id", ""));
    step = ask_about(client,
                     "{'type': 'config_entries/flow/configure', 'flow_id': '%s', 'user_input': "
                     "{'name': 'Cottage', 'rooms': 99}}",
                     id);
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(step, "errors"), "rooms"));
    step = ask_about(client,
                     "{'type': 'config_entries/flow/configure', 'flow_id': '%s', 'user_input': "
                     "{'name': 'Cottage', 'rooms': 3}}",
                     id);
    ck_assert_str_eq(hass_json_get_string(step, "type", ""), "menu");
    step = ask_about(client,
                     "{'type': 'config_entries/flow/configure', 'flow_id': '%s', 'user_input': "
                     "{'next_step_id': 'custom'}}",
                     id);
    ck_assert_str_eq(hass_json_get_string(step, "step_id", ""), "custom");
    step = ask_about(client,
                     "{'type': 'config_entries/flow/configure', 'flow_id': '%s', 'user_input': "
                     "{'interval': 10}}",
                     id);
    ck_assert_str_eq(hass_json_get_string(step, "type", ""), "create_entry");
    ck_assert_str_eq(hass_json_get_string(hass_json_get(step, "result"), "state", ""), "loaded");
    ck_assert_str_eq(of_entry(client, "title"), "Cottage");
    ck_assert_str_eq(home_state(client_hass(client), "switch.ac"), "off");
    /* One is enough. */
    step = ask(client, "{'type': 'config_entries/flow/init', 'handler': 'demo'}");
    ck_assert_str_eq(hass_json_get_string(step, "reason", ""), "single_instance_allowed");
}
END_TEST

START_TEST(what_can_be_added_by_dialogue_is_listed)
{
    hass__assert_loop();
    struct client *client = admin("homeassistant:\n");

    ck_assert_json(ask(client, "{'type': 'config_entries/flow_handlers'}"), "['demo']");
    ck_assert_json(ask(client, "{'type': 'config_entries/flow_handlers', 'type_filter': 'helper'}"),
                   "[]");
    ck_assert_json(
        ask(client, "{'type': 'config_entries/flow_handlers', 'type_filter': ['hub', 'device']}"),
        "['demo']");
}
END_TEST

START_TEST(options_are_changed_by_dialogue)
{
    hass__assert_loop();
    struct client *client = admin("demo:\n");
    char id[64];

    snprintf(id, sizeof(id), "%s", of_entry(client, "entry_id"));
    const json_t *step =
        ask_about(client, "{'type': 'config_entries/options/flow/init', 'handler': '%s'}", id);
    snprintf(id, sizeof(id), "%s", hass_json_get_string(step, "flow_id", ""));
    step = ask_about(client,
                     "{'type': 'config_entries/options/flow/configure', 'flow_id': '%s', "
                     "'user_input': {'interval': 30}}",
                     id);
    ck_assert_json(hass_json_get(step, "options"), "{'interval': 30}");
    test_settle(client_hass(client));
    ck_assert_str_eq(of_entry(client, "state"), "loaded");
}
END_TEST

/* Begins a dialogue about a part (NULL: a new one) of entry @id, and enters @input. Lends what came of it. */
static HASS_CALLBACK const json_t *dialogue(struct client *client, const char *id, const char *part,
                                            const char *input)
{
    char message[512];

    snprintf(message, sizeof(message),
             "{'type': 'config_entries/subentries/flow/init', 'handler': ['%s', 'thermometer']"
             "%s%s%s}",
             id, part ? ", 'subentry_id': '" : "", part ? part : "", part ? "'" : "");
    const json_t *step = ask(client, message);
    snprintf(message, sizeof(message),
             "{'type': 'config_entries/subentries/flow/configure', 'flow_id': '%s', "
             "'user_input': %s}",
             hass_json_get_string(step, "flow_id", ""), input);
    return ask(client, message);
}

START_TEST(a_part_is_added_changed_and_removed)
{
    hass__assert_loop();
    struct client *client = admin("demo:\n");
    struct hass *hass = client_hass(client);
    char id[64], part[64], message[512];

    snprintf(id, sizeof(id), "%s", of_entry(client, "entry_id"));
    const json_t *step = dialogue(client, id, NULL, "{'name': 'Attic', 'offset': 5}");
    ck_assert_str_eq(hass_json_get_string(step, "type", ""), "create_entry");
    ck_assert(hass_json_get_bool(step, "result", false));
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.attic"), "20.6");
    step = dialogue(client, id, NULL, "{'name': 'Attic', 'offset': 5}");
    ck_assert_str_eq(hass_json_get_string(step, "reason", ""), "already_configured");

    const json_t *list =
        ask_about(client, "{'type': 'config_entries/subentries/list', 'entry_id': '%s'}", id);
    snprintf(part, sizeof(part), "%s",
             hass_json_get_string(json_array_get(list, 0), "subentry_id", ""));
    autojson *expected = json_pack("[{s:s, s:s, s:s, s:s}]", "subentry_id", part, "subentry_type",
                                   "thermometer", "title", "Attic", "unique_id", "Attic");
    ck_assert(json_equal(list, expected));
    step = dialogue(client, id, part, "{'name': 'Attic', 'offset': -5}");
    ck_assert_str_eq(hass_json_get_string(step, "reason", ""), "reconfigure_successful");
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.attic"), "10.6");

    snprintf(message, sizeof(message),
             "{'type': 'config_entries/subentries/update', 'entry_id': '%s', 'subentry_id': '%s', "
             "'title': 'Loft'}",
             id, part);
    ask(client, message);
    list = ask_about(client, "{'type': 'config_entries/subentries/list', 'entry_id': '%s'}", id);
    ck_assert_str_eq(hass_json_get_string(json_array_get(list, 0), "title", ""), "Loft");
    snprintf(message, sizeof(message),
             "{'type': 'config_entries/subentries/delete', 'entry_id': '%s', 'subentry_id': '%s'}",
             id, part);
    ask(client, message);
    test_settle(hass);
    ck_assert_str_eq(home_state(hass, "sensor.attic"), "(none)");
    assert_refused(client, message, "not_found");
}
END_TEST

START_TEST(an_entry_is_changed_disabled_reloaded_and_removed)
{
    hass__assert_loop();
    struct client *client = admin("demo:\n");
    struct hass *hass = client_hass(client);
    char id[64];

    snprintf(id, sizeof(id), "%s", of_entry(client, "entry_id"));
    ask_about(client, "{'type': 'config_entries/update', 'entry_id': '%s', 'title': 'New'}", id);
    ck_assert_str_eq(of_entry(client, "title"), "New");
    ck_assert_json(
        ask_about(client,
                  "{'type': 'config_entries/disable', 'entry_id': '%s', 'disabled_by': 'user'}",
                  id),
        "{'require_restart': false}");
    ck_assert_str_eq(of_entry(client, "state"), "not_loaded");
    ck_assert_str_eq(home_state(hass, "switch.ac"), "(none)");
    ask_about(client, "{'type': 'config_entries/disable', 'entry_id': '%s', 'disabled_by': null}",
              id);
    ck_assert_str_eq(of_entry(client, "state"), "loaded");
    ck_assert_str_eq(home_state(hass, "switch.ac"), "off");
    ck_assert_json(ask_about(client, "{'type': 'config_entries/reload', 'entry_id': '%s'}", id),
                   "{'require_restart': false}");
    ck_assert_json(
        ask_about(client, "{'type': 'config_entries/subentries/list', 'entry_id': '%s'}", id),
        "[]");
    ck_assert_json(ask_about(client, "{'type': 'config_entries/remove', 'entry_id': '%s'}", id),
                   "{'require_restart': false}");
    ck_assert_json(ask(client, "{'type': 'config_entries/get'}"), "[]");
    ck_assert_json(ask(client, "{'type': 'config/device_registry/list'}"), "[]");
    ck_assert_str_eq(home_state(hass, "switch.ac"), "(none)");
}
END_TEST

START_TEST(its_things_have_devices_and_areas)
{
    hass__assert_loop();
    struct client *client = admin("demo:\n");
    autojson *devices = json_deep_copy(ask(client, "{'type': 'config/device_registry/list'}"));

    ck_assert_uint_ge(json_array_size(devices), 15);
    ck_assert_uint_ge(json_array_size(ask(client, "{'type': 'config/area_registry/list'}")), 5);
}
END_TEST

/* The demo gives up what is none of its things. */
START_TEST(a_device_is_removed_if_its_integration_agrees)
{
    hass__assert_loop();
    struct client *client = admin("demo:\n");
    struct hass *hass = client_hass(client);
    const struct hass_device_info old =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "demo", "old" }), .name = "Old");
    static const char *const commands[] = { "remove", "remove_config_entry" };
    char id[64], message[300];

    snprintf(id, sizeof(id), "%s", of_entry(client, "entry_id"));
    for (size_t i = 0; i < 4; i++) {
        const struct hass_device *device =
            hass_device_registry_async_find(hass, HASS_DEVICE_PAIRS({ "demo", "computer" }), NULL);
        if (i % 2)
            hass_device_registry_async_get_or_create(hass, id, &old, &device, NULL);
        snprintf(message, sizeof(message),
                 "{'type': 'config/device_registry/%s', 'device_id': '%s'%s%s%s}", commands[i / 2],
                 device->id, i / 2 ? ", 'config_entry_id': '" : "", i / 2 ? id : "",
                 i / 2 ? "'" : "");
        if (i % 2)
            ck_assert_json(ask(client, message), "null");
        else
            assert_refused(client, message, "home_assistant_error");
        ck_assert_ptr_null(
            hass_device_registry_async_find(hass, HASS_DEVICE_PAIRS({ "demo", "old" }), NULL));
    }
}
END_TEST

START_TEST(a_service_reloads_the_entry_of_an_entity)
{
    hass__assert_loop();
    struct client *client = admin("demo:\n");
    struct hass *hass = client_hass(client);

    home_call(hass, "switch", "turn_on", "{'entity_id': 'switch.ac'}", NULL);
    ck_assert_int_eq(
        home_call(hass, "homeassistant", "reload_config_entry", "{'entity_id': 'switch.ac'}", NULL),
        0);
    ck_assert_str_eq(home_state(hass, "switch.ac"), "off");
    ck_assert_int_eq(
        home_call(hass, "homeassistant", "reload_config_entry", "{'entry_id': 'x'}", NULL),
        HASS_E_NOT_FOUND);
    ck_assert_int_eq(home_call(hass, "homeassistant", "reload_config_entry",
                               "{'entity_id': 'switch.none'}", NULL),
                     HASS_E_SERVICE_VALIDATION);
}
END_TEST

/* What is wrong with a message, and the model's word for it. */
static const char *const refused[][2] = {
    { "{'type': 'config_entries/get_single', 'entry_id': 'x'}", "not_found" },
    { "{'type': 'config_entries/get_single'}", "invalid_format" },
    { "{'type': 'config_entries/update', 'entry_id': 'x', 'title': 'y'}", "not_found" },
    { "{'type': 'config_entries/disable', 'entry_id': 'x', 'disabled_by': 'user'}", "not_found" },
    { "{'type': 'config_entries/disable', 'entry_id': 'x', 'disabled_by': 'me'}",
      "invalid_format" },
    { "{'type': 'config_entries/reload', 'entry_id': 'x'}", "not_found" },
    { "{'type': 'config_entries/remove', 'entry_id': 'x'}", "not_found" },
    { "{'type': 'config_entries/flow/init', 'handler': 'nowhere'}", "not_found" },
    { "{'type': 'config_entries/flow/init', 'handler': 'switch'}", "not_found" },
    { "{'type': 'config_entries/flow/init', 'handler': 5}", "not_found" },
    { "{'type': 'config_entries/flow/configure', 'flow_id': 'x'}", "not_found" },
    { "{'type': 'config_entries/flow/configure', 'flow_id': 'x', 'user_input': 5}",
      "invalid_format" },
    { "{'type': 'config_entries/flow/delete', 'flow_id': 'x'}", "not_found" },
    { "{'type': 'config_entries/options/flow/init', 'handler': 'x'}", "not_found" },
    { "{'type': 'config_entries/ignore_flow', 'flow_id': 'x', 'title': 'y'}", "not_found" },
    { "{'type': 'config_entries/subentries/list', 'entry_id': 'x'}", "not_found" },
    { "{'type': 'config_entries/subentries/update', 'entry_id': 'x', 'subentry_id': 'y', 'title': "
      "'z'}",
      "not_found" },
    { "{'type': 'config_entries/subentries/delete', 'entry_id': 'x', 'subentry_id': 'y'}",
      "not_found" },
    { "{'type': 'config_entries/subentries/flow/init', 'handler': ['x', 'room']}", "not_found" },
    { "{'type': 'config_entries/subentries/flow/init', 'handler': ['x']}", "invalid_format" },
    { "{'type': 'config_entries/subentries/flow/init', 'handler': ['x', 'y', 'z']}",
      "invalid_format" },
    { "{'type': 'config_entries/subentries/flow/init'}", "invalid_format" },
    { "{'type': 'config_entries/subentries/flow/configure', 'flow_id': 'x'}", "not_found" },
};

START_TEST(wrong_messages_are_refused)
{
    hass__assert_loop();
    struct client *client = admin("homeassistant:\n");

    assert_refused(client, refused[_i][0], refused[_i][1]);
}
END_TEST

CASES_MAIN("config entries", ONCE(the_configuration_makes_an_entry_once),
           ONCE(the_demo_is_added_by_dialogue), ONCE(what_can_be_added_by_dialogue_is_listed),
           ONCE(options_are_changed_by_dialogue), ONCE(a_part_is_added_changed_and_removed),
           ONCE(an_entry_is_changed_disabled_reloaded_and_removed),
           ONCE(its_things_have_devices_and_areas),
           ONCE(a_device_is_removed_if_its_integration_agrees),
           ONCE(a_service_reloads_the_entry_of_an_entity),
           ROWS(wrong_messages_are_refused, refused))
