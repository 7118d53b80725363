/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that ask and do: their answers, and what is said to a command that is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"
#include "websocket_api/websocket_api.h"

#define YAML                                                                                       \
    "homeassistant:\n  name: Test home\n  latitude: 52.4\n  unit_system: metric\n"                 \
    "input_boolean:\n  busy:\n    name: Busy\n"                                                    \
    "demo:\n"                                                                                      \
    "logger:\n  default: warning\n"

static HASS_CALLBACK struct client *admin(void)
{
    return client_open(test_home(YAML), NULL, true);
}

static HASS_CALLBACK struct client *user(void)
{
    return client_open(test_home(YAML), "0123456789abcdef0123456789abcdef", false);
}

static const char *message_of(const json_t *answer)
{
    return hass_json_get_string(hass_json_get(answer, "error"), "message", "");
}

static const json_t *result_of(const json_t *answer)
{
    ck_assert_str_eq(hass_json_get_string(answer, "type", ""), "result");
    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s", message_of(answer));
    return hass_json_get(answer, "result");
}

/* asking */

START_TEST(ping_is_answered_by_pong_and_extra_keys_are_ignored)
{
    hass__assert_loop();
    struct client *client = admin();
    ck_assert_json(client_ask(client, "{'type':'ping'}"), "{'id':1,'type':'pong'}");
    ck_assert_json(client_ask(client, "{'type':'ping','x':[1]}"), "{'id':2,'type':'pong'}");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(get_states_is_a_list_of_full_states)
{
    hass__assert_loop();
    struct client *client = admin();
    const json_t *states = result_of(client_ask(client, "{'type':'get_states'}"));
    const json_t *busy = NULL;
    size_t index;
    json_t *state;

    json_array_foreach((json_t *)states, index, state)
        if (!strcmp(hass_json_get_string(state, "entity_id", ""), "input_boolean.busy"))
            busy = state;
    ck_assert_ptr_nonnull(busy);
    ck_assert_str_eq(hass_json_get_string(busy, "state", ""), "off");
    ck_assert_json(hass_json_get(busy, "attributes"), "{'editable':false,'friendly_name':'Busy'}");
    ck_assert_uint_eq(strlen(hass_json_get_string(hass_json_get(busy, "context"), "id", "")), 26);
    static const char *const keys[] = { "last_changed", "last_reported", "last_updated" };
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(hass_json_get_string(busy, keys[i], "") + 10 + 9, "+00:00");
    ck_assert_uint_eq(json_object_size(busy), 7);
}
END_TEST

START_TEST(get_config_tells_of_the_home)
{
    hass__assert_loop();
    struct client *client = admin();
    const json_t *config = result_of(client_ask(client, "{'type':'get_config'}"));

    ck_assert_str_eq(hass_json_get_string(config, "location_name", ""), "Test home");
    ck_assert_str_eq(hass_json_get_string(config, "version", ""), HASS_MODEL_VERSION);
    ck_assert_str_eq(hass_json_get_string(config, "state", ""), "RUNNING");
    ck_assert_str_eq(hass_json_get_string(config, "config_dir", ""), test_dir());
    ck_assert_str_eq(hass_json_get_string(config, "config_source", ""), "yaml");
    ck_assert_json(hass_json_get(config, "unit_system"),
                   "{'length':'km','accumulated_precipitation':'mm','area':'m²','mass':'g',"
                   "'pressure':'Pa','temperature':'°C','volume':'L','wind_speed':'m/s'}");
    const json_t *components = hass_json_get(config, "components");
    size_t index, found = 0;
    json_t *name;
    json_array_foreach((json_t *)components, index, name) {
        static const char *const wanted[] = { "demo", "sensor", "sensor.demo", "homeassistant",
                                              "websocket_api" };
        for (size_t i = 0; i < 5; i++)
            found += !strcmp(json_string_value(name), wanted[i]);
    }
    ck_assert_uint_eq(found, 5);
}
END_TEST

START_TEST(get_services_describes_fields_targets_and_responses)
{
    hass__assert_loop();
    struct client *client = admin();
    const json_t *services = result_of(client_ask(client, "{'type':'get_services'}"));
    const json_t *greet = hass_json_get(hass_json_get(services, "demo"), "greet");
    const json_t *turn_on = hass_json_get(hass_json_get(services, "switch"), "turn_on");

    ck_assert_str_eq(hass_json_get_string(greet, "name", ""), "Greet");
    ck_assert_json(hass_json_get(greet, "response"), "{'optional':true}");
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(greet, "fields"), "name"));
    ck_assert(json_is_object(hass_json_get(turn_on, "fields")));
    ck_assert(json_is_object(hass_json_get(turn_on, "target")));
}
END_TEST

START_TEST(a_target_is_extracted)
{
    hass__assert_loop();
    struct client *client = admin();
    const json_t *extracted =
        result_of(client_ask(client, "{'type':'extract_from_target','target':{"
                                     "'entity_id':'light.x','area_id':'dungeon'}}"));

    ck_assert_json(extracted, "{'referenced_entities':['light.x'],'referenced_devices':[],"
                              "'referenced_areas':[],'missing_devices':[],"
                              "'missing_areas':['dungeon'],'missing_floors':[],"
                              "'missing_labels':[]}");
}
END_TEST

START_TEST(info_tells_of_the_daemon)
{
    hass__assert_loop();
    struct client *client = admin();
    const json_t *info = result_of(client_ask(client, "{'type':'hassd/info'}"));

    ck_assert_str_eq(hass_json_get_string(info, "version", ""), HASS_VERSION);
    ck_assert_uint_gt(json_array_size(hass_json_get(info, "integrations")), 4);
}
END_TEST

/* doing */

START_TEST(a_service_is_called_and_its_context_returned)
{
    hass__assert_loop();
    struct client *client = user();
    struct hass *hass = client_hass(client);
    const json_t *answer = client_ask(client, "{'type':'call_service','domain':'input_boolean',"
                                              "'service':'turn_on','service_data':null,"
                                              "'target':{'entity_id':'input_boolean.busy'}}");
    const json_t *context = hass_json_get(result_of(answer), "context");

    ck_assert_str_eq(home_state(hass, "input_boolean.busy"), "on");
    const struct hass_state *state = hass_states_async_get(hass, "input_boolean.busy");
    ck_assert_str_eq(hass_context_id(hass_state_context(state)),
                     hass_json_get_string(context, "id", ""));
    ck_assert_str_eq(hass_context_user_id(hass_state_context(state)),
                     "0123456789abcdef0123456789abcdef");
    ck_assert(json_is_null(hass_json_get(context, "parent_id")));
    ck_assert_ptr_null(hass_json_get(result_of(answer), "response"));
}
END_TEST

START_TEST(a_response_is_returned_when_asked_for)
{
    hass__assert_loop();
    struct client *client = user();
    const json_t *result = result_of(client_ask(client, "{'type':'call_service','domain':'demo',"
                                                        "'service':'greet','return_response':true,"
                                                        "'service_data':{'name':'Ada'}}"));

    ck_assert_json(hass_json_get(result, "response"), "{'greeting':'Hello, Ada','count':1}");
}
END_TEST

static const struct {
    bool admin;
    const char *message, *code, *text, *key;
} refused[] = {
    { true, "{'type':'nope'}", "unknown_command", "Unknown command.", NULL },
    { true, "{'type':''}", "unknown_command", "Unknown command.", NULL },
    { true, "{'type':'call_service','domain':'nope','service':'nope'}", "not_found",
      "nope.nope not found", "service_not_found" },
    { true, "{'type':'call_service','service':'turn_on'}", "invalid_format", "domain", NULL },
    { true, "{'type':'call_service','domain':'demo'}", "invalid_format", "service", NULL },
    { true, "{'type':'call_service','domain':'demo','service':'greet','service_data':[1]}",
      "invalid_format", "service_data", NULL },
    { true, "{'type':'call_service','domain':'demo','service':'greet','target':7}",
      "invalid_format", "target", NULL },
    { true, "{'type':'call_service','domain':'demo','service':'greet','extra':7}", "invalid_format",
      "extra", NULL },
    { true, "{'type':'call_service','domain':'demo','service':'greet','service_data':{'name':''}}",
      "invalid_format", "name", NULL },
    { true, "{'type':'call_service','domain':'input_boolean','service':'turn_on'}",
      "invalid_format", "entity_id", NULL },
    { true,
      "{'type':'call_service','domain':'logger','service':'set_default_level',"
      "'service_data':{'level':'info'},'return_response':true}",
      "service_validation_error", "response", "service_does_not_support_response" },
    { false,
      "{'type':'call_service','domain':'logger','service':'set_default_level',"
      "'service_data':{'level':'info'}}",
      "unauthorized", "Unauthorized", NULL },
    { false, "{'type':'call_service','domain':'homeassistant','service':'stop'}", "unauthorized",
      "Unauthorized", NULL },
    { false, "{'type':'call_service','domain':'HomeAssistant','service':'Stop'}", "unauthorized",
      "Unauthorized", NULL },
    { false, "{'type':'fire_event','event_type':'x'}", "unauthorized", "Unauthorized", NULL },
    { false, "{'type':'hassd/reload'}", "unauthorized", "Unauthorized", NULL },
    { false, "{'type':'subscribe_events'}", "unauthorized", "Unauthorized", NULL },
    { false, "{'type':'subscribe_events','event_type':'*'}", "unauthorized", "Unauthorized", NULL },
    { false, "{'type':'subscribe_events','event_type':'call_service'}", "unauthorized",
      "Unauthorized", NULL },
    { true, "{'type':'extract_from_target'}", "invalid_format", "target", NULL },
    { true, "{'type':'extract_from_target','target':{'room_id':'x'}}", "invalid_format", "room_id",
      NULL },
    { true, "{'type':'fire_event'}", "invalid_format", "event_type", NULL },
    { true, "{'type':'fire_event','event_type':'x','event_data':'text'}", "invalid_format",
      "event_data", NULL },
    { true,
      "{'type':'fire_event','event_type':"
      "'12345678901234567890123456789012345678901234567890123456789012345'}",
      "home_assistant_error", "64", NULL },
    { true, "{'type':'unsubscribe_events'}", "invalid_format", "subscription", NULL },
    { true, "{'type':'unsubscribe_events','subscription':'x'}", "invalid_format", "subscription",
      NULL },
    { true, "{'type':'unsubscribe_events','subscription':77}", "not_found",
      "Subscription not found.", NULL },
    { true, "{'type':'subscribe_events','event_type':'state_reported'}", "home_assistant_error",
      "filter", NULL },
    { true, "{'type':'subscribe_entities','entity_ids':{'a':1}}", "invalid_format", "entity_ids",
      NULL },
    { true, "{'type':'subscribe_entities','include':[1]}", "invalid_format", "include", NULL },
    { true, "{'type':'subscribe_entities','exclude':{'nope':[]}}", "invalid_format", "nope", NULL },
    { true, "{'type':'hassd/reload','domain':'not a slug'}", "invalid_format", "domain", NULL },
};

START_TEST(what_is_wrong_is_refused_with_code_and_text)
{
    hass__assert_loop();
    struct client *client = refused[_i].admin ? admin() : user();
    const json_t *answer = client_ask(client, refused[_i].message);

    ck_assert_str_eq(client_error(answer), refused[_i].code);
    ck_assert_msg(strstr(message_of(answer), refused[_i].text) != NULL, "'%s' lacks '%s'",
                  message_of(answer), refused[_i].text);
    const char *key = hass_json_get_string(hass_json_get(answer, "error"), "translation_key", NULL);
    if (refused[_i].key)
        ck_assert_str_eq(key, refused[_i].key);
    else
        ck_assert_ptr_null(key);
    ck_assert_json(client_ask(client, "{'type':'ping'}"), "{'id':2,'type':'pong'}");
}
END_TEST

/* a command of another integration */

static HASS_CALLBACK int echo(struct websocket_request *request, struct hass_buf *result,
                              struct hass_error *err)
{
    const struct websocket_api *api = websocket_api_of(request);
    const char *word = hass_json_get_string(api->message(request), "word", NULL);

    if (!word)
        return api->refuse(request, "invalid_info", "a \"word\" is wanted");
    hass_buf_printf(result, "\"%s %s\"", (const char *)api->command(request)->userdata, word);
    return 0;
}

START_TEST(a_handler_finds_the_table_its_userdata_and_may_refuse_with_a_code)
{
    static const struct websocket_command command =
        WEBSOCKET_COMMAND("test/echo", echo, .userdata = "echo:");

    hass__assert_loop();
    struct client *client = admin();
    const struct websocket_api *api = hass_async_get_api(client_hass(client), "websocket_api");
    ck_assert_int_eq(api->add_command(client_hass(client), &command, NULL), 0);
    ck_assert_str_eq(json_string_value(result_of(client_ask(client, "{'type':'test/echo',"
                                                                    "'word':'hello'}"))),
                     "echo: hello");
    const json_t *answer = client_ask(client, "{'type':'test/echo'}");
    ck_assert_str_eq(client_error(answer), "invalid_info");
    ck_assert_str_eq(message_of(answer), "a \"word\" is wanted");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(a_fired_event_arrives_with_its_data)
{
    hass__assert_loop();
    struct client *client = admin();
    struct capture *seen = test_capture(client_hass(client), "doorbell");
    const json_t *context =
        hass_json_get(result_of(client_ask(client, "{'type':'fire_event','event_type':'doorbell',"
                                                   "'event_data':{'rings':2}}")),
                      "context");

    ck_assert_uint_eq(capture_count(seen), 1);
    ck_assert_json(hass_event_data(capture_event(seen, 0)), "{'rings':2}");
    ck_assert_str_eq(hass_context_id(hass_event_context(capture_event(seen, 0))),
                     hass_json_get_string(context, "id", ""));
    result_of(client_ask(client, "{'type':'fire_event','event_type':'doorbell',"
                                 "'event_data':null}"));
    ck_assert_json(hass_event_data(capture_event(seen, 1)), "{}");
}
END_TEST

/* ids and messages */

static const struct {
    const char *message;
    int64_t id;
} malformed[] = {
    { "{}", 0 },
    { "{'type':'ping'}", 0 },
    { "{'id':1}", 1 },
    { "{'id':0,'type':'ping'}", 0 },
    { "{'id':-3,'type':'ping'}", -3 },
    { "{'id':'1','type':'ping'}", 0 },
    { "{'id':1.0,'type':'ping'}", 0 },
    { "{'id':true,'type':'ping'}", 0 },
    { "{'id':7,'type':7}", 7 },
    { "{'id':7,'type':null}", 7 },
    { "7", 0 },
    { "null", 0 },
    { "'ping'", 0 },
    { "[7]", 0 },
    { "[[{'id':1,'type':'ping'}]]", 0 },
};

START_TEST(a_malformed_message_is_answered_with_its_id_if_it_has_one)
{
    hass__assert_loop();
    struct client *client = admin();

    client_send(client, malformed[_i].message);
    const json_t *answer = client_next(client);
    ck_assert_str_eq(client_error(answer), "invalid_format");
    ck_assert_str_eq(message_of(answer), "Message incorrectly formatted.");
    ck_assert_int_eq(hass_json_get_int(answer, "id", 99), malformed[_i].id);
    ck_assert_json(client_ask(client, "{'type':'ping'}"), "{'id':1,'type':'pong'}");
}
END_TEST

START_TEST(ids_have_to_increase_and_may_have_gaps)
{
    hass__assert_loop();
    struct client *client = admin();

    client_send(client, "{'id':5,'type':'ping'}");
    ck_assert_json(client_next(client), "{'id':5,'type':'pong'}");
    client_send(client, "{'id':5,'type':'ping'}");
    const json_t *answer = client_next(client);
    ck_assert_str_eq(client_error(answer), "id_reuse");
    ck_assert_str_eq(message_of(answer), "Identifier values have to increase.");
    client_send(client, "{'id':4,'type':'ping'}");
    ck_assert_str_eq(client_error(client_next(client)), "id_reuse");
    client_send(client, "{'id':9007199254740993,'type':'ping'}");
    ck_assert_json(client_next(client), "{'id':9007199254740993,'type':'pong'}");
}
END_TEST

START_TEST(a_command_that_is_refused_uses_its_id_up)
{
    hass__assert_loop();
    struct client *client = admin();

    client_send(client, "{'id':3,'type':'nope'}");
    ck_assert_str_eq(client_error(client_next(client)), "unknown_command");
    client_send(client, "{'id':3,'type':'ping'}");
    ck_assert_str_eq(client_error(client_next(client)), "id_reuse");
}
END_TEST

START_TEST(a_list_of_messages_is_answered_one_by_one)
{
    hass__assert_loop();
    struct client *client = admin();

    client_send(client, "[{'id':1,'type':'ping'},{'id':1,'type':'ping'},3,{'id':2,'type':'ping'}]");
    ck_assert_json(client_next(client), "{'id':1,'type':'pong'}");
    ck_assert_str_eq(client_error(client_next(client)), "id_reuse");
    ck_assert_str_eq(client_error(client_next(client)), "invalid_format");
    ck_assert_json(client_next(client), "{'id':2,'type':'pong'}");
    client_send(client, "[]");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

static const char *const no_json[] = {
    "",
    "{",
    "ping!",
    "[1,]",
    "{'id':1,'type':'ping'",
    "{'id':1,'type':'ping'}}",
    "{'id':99999999999999999999,'type':'ping'}",
};

START_TEST(what_is_no_json_is_an_error_of_the_transport)
{
    hass__assert_loop();
    struct client *client = admin();
    autofree char *text = strdup(no_json[_i]);

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    ck_assert_int_eq(client_send_text(client, text, strlen(text)), HASS_E_PARSE);
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(a_message_may_have_64_levels)
{
    hass__assert_loop();
    struct client *client = admin();
    struct hass_buf text = HASS_BUF_INIT;

    for (int levels = 62; levels <= 63; levels++) {
        hass_buf_clear(&text);
        hass_buf_printf(&text, "{\"id\":%d,\"type\":\"ping\",\"x\":", levels);
        for (int i = 0; i < levels + 1; i++)
            hass_buf_add_char(&text, '[');
        for (int i = 0; i < levels + 1; i++)
            hass_buf_add_char(&text, ']');
        hass_buf_add_char(&text, '}');
        ck_assert_int_eq(client_send_text(client, text.data, text.length),
                         levels == 62 ? 0 : HASS_E_LIMIT);
    }
    hass_buf_fini(&text);
}
END_TEST

CASES_MAIN("websocket_api commands", ONCE(ping_is_answered_by_pong_and_extra_keys_are_ignored),
           ONCE(get_states_is_a_list_of_full_states), ONCE(get_config_tells_of_the_home),
           ONCE(get_services_describes_fields_targets_and_responses), ONCE(a_target_is_extracted),
           ONCE(info_tells_of_the_daemon), ONCE(a_service_is_called_and_its_context_returned),
           ONCE(a_response_is_returned_when_asked_for), ONCE(a_fired_event_arrives_with_its_data),
           ONCE(a_handler_finds_the_table_its_userdata_and_may_refuse_with_a_code),
           ROWS(what_is_wrong_is_refused_with_code_and_text, refused),
           ROWS(a_malformed_message_is_answered_with_its_id_if_it_has_one, malformed),
           ONCE(ids_have_to_increase_and_may_have_gaps),
           ONCE(a_command_that_is_refused_uses_its_id_up),
           ONCE(a_list_of_messages_is_answered_one_by_one),
           ROWS(what_is_no_json_is_an_error_of_the_transport, no_json),
           ONCE(a_message_may_have_64_levels))
