/* SPDX-License-Identifier: Apache-2.0 */
/* Items of collections over the API, of a helper for all others. */
#include <string.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

#define YAML "input_boolean:\n  fixed:\n    name: Fixed\n"

static HASS_CALLBACK struct client *admin(void)
{
    return client_open(test_home(YAML), NULL, true);
}

static const char *message_of(const json_t *answer)
{
    return hass_json_get_string(hass_json_get(answer, "error"), "message", "");
}

static HASS_CALLBACK const json_t *ask(struct client *client, const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s", message_of(answer));
    return hass_json_get(answer, "result");
}

START_TEST(an_item_is_created_listed_updated_and_deleted)
{
    hass__assert_loop();
    struct client *client = admin();
    struct hass *hass = client_hass(client);

    ck_assert_json(ask(client, "{'type':'input_boolean/list'}"), "[]");
    ck_assert_json(ask(client, "{'type':'input_boolean/create','name':'At home','initial':true}"),
                   "{'id':'at_home','name':'At home','initial':true}");
    ck_assert_str_eq(home_state(hass, "input_boolean.at_home"), "on");
    ck_assert_json(ask(client, "{'type':'input_boolean/list'}"),
                   "[{'id':'at_home','name':'At home','initial':true}]");
    ck_assert_json(ask(client, "{'type':'input_boolean/update','input_boolean_id':'at_home',"
                               "'name':'Away','icon':'mdi:fire'}"),
                   "{'id':'at_home','name':'Away','icon':'mdi:fire'}");
    autojson *icon = home_attribute(hass, "input_boolean.at_home", "icon");
    ck_assert_json(icon, "'mdi:fire'");
    ck_assert_json(ask(client, "{'type':'input_boolean/delete','input_boolean_id':'at_home'}"),
                   "null");
    ck_assert_str_eq(home_state(hass, "input_boolean.at_home"), "(none)");
    ck_assert_json(ask(client, "{'type':'input_boolean/list'}"), "[]");
}
END_TEST

START_TEST(who_subscribes_is_told_of_all_items_and_their_changes)
{
    hass__assert_loop();
    struct client *client = admin();

    ask(client, "{'type':'input_boolean/create','name':'One'}");
    ask(client, "{'type':'input_boolean/subscribe'}");
    ck_assert_json(hass_json_get(client_next(client), "event"),
                   "[{'change_type':'added','input_boolean_id':'one',"
                   "'item':{'id':'one','name':'One'}}]");
    client_command(client, "{'type':'input_boolean/delete','input_boolean_id':'one'}");
    const json_t *event = client_next(client);
    ck_assert_int_eq(hass_json_get_int(event, "id", 0), 2);
    ck_assert_json(hass_json_get(event, "event"),
                   "[{'change_type':'removed','input_boolean_id':'one',"
                   "'item':{'id':'one','name':'One'}}]");
    ck_assert(hass_json_get_bool(client_next(client), "success", false));
    ask(client, "{'type':'unsubscribe_events','subscription':2}");
    ask(client, "{'type':'input_boolean/create','name':'Two'}");
    ck_assert_ptr_null(client_next(client));
}
END_TEST

START_TEST(users_who_are_no_administrators_read_only)
{
    hass__assert_loop();
    struct client *client = client_open(test_home(YAML), "0123456789abcdef0123456789abcdef", false);
    static const char *const refused[] = {
        "{'type':'input_boolean/create','name':'One'}",
        "{'type':'input_boolean/update','input_boolean_id':'fixed','name':'One'}",
        "{'type':'input_boolean/delete','input_boolean_id':'fixed'}",
    };

    ck_assert_json(ask(client, "{'type':'input_boolean/list'}"), "[]");
    ask(client, "{'type':'input_boolean/subscribe'}");
    ck_assert_json(hass_json_get(client_next(client), "event"), "[]");
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        ck_assert_str_eq(client_error(client_ask(client, refused[i])), "unauthorized");
}
END_TEST

static const struct {
    const char *message, *code, *text;
} wrong[] = {
    { "{'type':'input_boolean/create'}", "invalid_format", "required key 'name' is missing" },
    { "{'type':'input_boolean/create','name':7,'icon':'fire'}", "invalid_format", "icon" },
    { "{'type':'input_boolean/create','name':'x','to':1}", "invalid_format", "unknown key 'to'" },
    { "{'type':'input_boolean/update','name':'x'}", "invalid_format",
      "required key 'input_boolean_id' is missing" },
    { "{'type':'input_boolean/update','input_boolean_id':7,'name':'x'}", "invalid_format",
      "required key 'input_boolean_id' is missing" },
    { "{'type':'input_boolean/update','input_boolean_id':'x','name':'x'}", "not_found",
      "Unable to find input_boolean_id x" },
    { "{'type':'input_boolean/delete','input_boolean_id':'fixed'}", "not_found",
      "Unable to find input_boolean_id fixed" },
    { "{'type':'input_boolean/delete'}", "invalid_format",
      "required key 'input_boolean_id' is missing" },
    { "{'type':'input_boolean/delete','input_boolean_id':'x','name':'x'}", "invalid_format",
      "unknown key 'name'" },
    { "{'type':'input_boolean/polish'}", "unknown_command", "Unknown command." },
    { "{'type':'input_boolean/'}", "unknown_command", "Unknown command." },
    { "{'type':'/list'}", "unknown_command", "Unknown command." },
    { "{'type':'homeassistant/list'}", "unknown_command", "Unknown command." },
};

START_TEST(what_is_wrong_is_refused_with_code_and_text)
{
    hass__assert_loop();
    struct client *client = admin();
    const json_t *answer = client_ask(client, wrong[_i].message);

    ck_assert_str_eq(client_error(answer), wrong[_i].code);
    ck_assert_msg(strstr(message_of(answer), wrong[_i].text) != NULL, "'%s' lacks '%s'",
                  message_of(answer), wrong[_i].text);
    ck_assert_json(ask(client, "{'type':'input_boolean/list'}"), "[]");
}
END_TEST

START_TEST(a_domain_that_has_gone_has_no_commands)
{
    hass__assert_loop();
    struct client *client = admin();

    ask(client, "{'type':'input_boolean/subscribe'}");
    client_next(client);
    ck_assert_int_eq(loader_unload(client_hass(client), "input_boolean", NULL), 0);
    ck_assert_str_eq(client_error(client_ask(client, "{'type':'input_boolean/list'}")),
                     "unknown_command");
    ck_assert_int_eq(loader_set_up(client_hass(client), "input_boolean", NULL), 0);
    client_command(client, "{'type':'input_boolean/create','name':'One'}");
    ck_assert_str_eq(hass_json_get_string(client_next(client), "type", ""), "event");
}
END_TEST

CASES_MAIN("websocket_api collections", ONCE(an_item_is_created_listed_updated_and_deleted),
           ONCE(who_subscribes_is_told_of_all_items_and_their_changes),
           ONCE(users_who_are_no_administrators_read_only),
           ROWS(what_is_wrong_is_refused_with_code_and_text, wrong),
           ONCE(a_domain_that_has_gone_has_no_commands))
