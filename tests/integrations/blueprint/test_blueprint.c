/* SPDX-License-Identifier: Apache-2.0 */
/* Automations and scripts that are made of blueprints, and what clients do with these. */
#include <string.h>
#include <unistd.h>

#include <hass/issue_registry.h>

#include "base/mem.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/items.h"

#define BLUEPRINT                                                                                  \
    "blueprint:\n  name: B\n  domain: automation\n  input:\n    event:\n    answer:\n"             \
    "      default: done\n"                                                                        \
    "mode: restart\ntriggers:\n  trigger: event\n  event_type: !input event\n"                     \
    "actions:\n  - event: !input answer\n"
#define USE(input)                                                                                 \
    "automation:\n  - id: a\n    alias: A\n    mode: parallel\n    use_blueprint:\n"               \
    "      path: someone/b.yaml\n      input: " input "\n"

static HASS_CALLBACK void fire(struct hass *hass, const char *type)
{
    ck_assert_int_eq(hass_bus_async_fire(hass, type, NULL, NULL, NULL), 0);
    test_settle(hass);
}

START_TEST(an_automation_is_made_of_a_blueprint)
{
    hass__assert_loop();
    test_file("blueprints/automation/someone/b.yaml", BLUEPRINT);
    struct hass *hass = test_home(USE("{event: go}"));
    struct capture *done = test_capture(hass, "done");
    struct client *client = client_open(hass, NULL, true);

    fire(hass, "go");
    ck_assert_uint_eq(capture_count(done), 1);
    autojson *mode = home_attribute(hass, "automation.a", "mode");
    ck_assert_str_eq(json_string_value(mode), "parallel"); /* what stands beside wins */
    ck_assert_json(
        hass_json_get(client_ask(client, "{'type':'automation/config','entity_id':'automation.a'}"),
                      "result"),
        "{'config':{'id':'a','alias':'A','mode':'parallel','triggers':{'trigger':'event',"
        "'event_type':'go'},'actions':[{'event':'done'}]}}");
}
END_TEST

START_TEST(a_script_is_made_of_a_blueprint)
{
    hass__assert_loop();
    test_file("blueprints/script/s.yaml",
              "blueprint:\n  name: S\n  domain: script\n  input:\n    e:\n"
              "sequence:\n  - event: !input e\n");
    struct hass *hass =
        test_home("script:\n  s:\n    use_blueprint: {path: s.yaml, input: {e: done}}\n");
    struct capture *done = test_capture(hass, "done");

    ck_assert_int_eq(home_call(hass, "script", "s", "{}", NULL), 0);
    ck_assert_uint_eq(capture_count(done), 1);
}
END_TEST

static const struct {
    const char *yaml, *said, *status;
} wrong[] = {
    { USE("{}"), "missing input 'event'", "failed_blueprint" },
    { USE("{event: {a: 1}}"), "event_type", "failed_triggers" },
    { "automation:\n  - {id: a, alias: A, use_blueprint: {path: no.yaml}}\n", "no.yaml",
      "failed_blueprint" },
    { "automation:\n  - {id: a, alias: A, use_blueprint: {path: ../b.yaml}}\n", "../b.yaml",
      "failed_blueprint" },
};

START_TEST(one_that_cannot_be_made_is_unavailable)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autobuf id = HASS_BUF_INIT;

    test_file("blueprints/automation/someone/b.yaml", BLUEPRINT);
    struct hass *hass = test_home(wrong[_i].yaml);
    ck_assert_str_eq(home_state(hass, "automation.a"), "unavailable");
    const char *line = logs_find(logs, "automation 'A' is unavailable");
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strstr(line, wrong[_i].said) && strstr(line, "use_blueprint"), "%s", line);
    hass_buf_printf(&id, "automation.a_validation_%s", wrong[_i].status);
    ck_assert_ptr_nonnull(hass_issue_async_get(hass, "automation", hass_buf_string(&id)));
}
END_TEST

START_TEST(clients_list_save_fill_and_delete_them)
{
    hass__assert_loop();
    test_file("blueprints/automation/bad.yaml", "nothing: here\n");
    struct hass *hass = test_home("automation:\n");
    struct client *client = client_open(hass, NULL, true);

    const json_t *answer = client_ask(
        client,
        "{'type':'blueprint/save','domain':'automation','path':'me/x',"
        "'source_url':'https://example.org/x','yaml':'blueprint:\\n  name: X\\n  "
        "domain: automation\\n  input: {e: }\\ntriggers: []\\nactions: [{event: !input e}]\\n'}");
    ck_assert_json(hass_json_get(answer, "result"), "{'overrides_existing':false}");
    answer = client_ask(client, "{'type':'blueprint/list','domain':'automation'}");
    const json_t *all = hass_json_get(answer, "result");
    ck_assert_ptr_nonnull(hass_json_get(hass_json_get(all, "bad.yaml"), "error"));
    ck_assert_json(hass_json_get(hass_json_get(all, "me/x.yaml"), "metadata"),
                   "{'name':'X','domain':'automation','input':{'e':null},"
                   "'source_url':'https://example.org/x'}");
    answer = client_ask(client, "{'type':'blueprint/substitute','domain':'automation',"
                                "'path':'me/x.yaml','input':{'e':'done'}}");
    ck_assert_json(hass_json_get(answer, "result"),
                   "{'substituted_config':{'triggers':[],'actions':[{'event':'done'}]}}");
    answer = client_ask(client, "{'type':'blueprint/save','domain':'automation','path':'me/x',"
                                "'yaml':'blueprint: {name: Y, domain: automation}'}");
    ck_assert_str_eq(client_error(answer), "already_exists");
    answer = client_ask(client, "{'type':'blueprint/save','domain':'automation','path':'me/y',"
                                "'yaml':'blueprint: {name: Y, domain: script}'}");
    ck_assert_str_eq(client_error(answer), "invalid_format");
    answer = client_ask(client, "{'type':'blueprint/import',"
                                "'url':'blueprints/automation/me/x.yaml'}");
    const json_t *imported = hass_json_get(answer, "result");
    ck_assert_str_eq(hass_json_get_string(imported, "suggested_filename", ""), "me/x");
    ck_assert(hass_json_get_bool(imported, "exists", false));
    answer = client_ask(client, "{'type':'blueprint/import','url':'https://example.org/x.yaml'}");
    ck_assert_str_eq(client_error(answer), "service_validation_error");
    answer = client_ask(client, "{'type':'blueprint/import','url':'/etc/passwd'}");
    ck_assert_str_eq(client_error(answer), "unauthorized");
    answer =
        client_ask(client, "{'type':'blueprint/delete','domain':'automation','path':'me/x.yaml'}");
    ck_assert(hass_json_get_bool(answer, "success", false));
    answer =
        client_ask(client, "{'type':'blueprint/delete','domain':'automation','path':'me/x.yaml'}");
    ck_assert_str_eq(client_error(answer), "not_found");
}
END_TEST

#define TINY "blueprint: {name: X, domain: automation}\n"

static const int around_limit[] = { 0, 1 }; /* one of them is beyond */

/* As many as are listed, or one more. They are copies, so that the fixture has one to remove. */
START_TEST(a_list_of_blueprints_has_an_end)
{
    hass__assert_loop();
    const char *first = test_file("blueprints/automation/many/0.yaml", TINY);
    autofree char *folder = strndup(first, strlen(first) - strlen("/0.yaml"));

    for (int i = 1; i < 2000 + around_limit[_i]; i++) {
        autofree char *name = mem_printf("%s/%d.yaml", folder, i);
        ck_assert_int_eq(link(first, name), 0);
    }
    struct hass *hass = test_home("automation:\n");
    struct client *client = client_open(hass, NULL, true);
    struct logs *logs = test_logs();

    const json_t *all = hass_json_get(
        client_ask(client, "{'type':'blueprint/list','domain':'automation'}"), "result");
    ck_assert_uint_eq(json_object_size(all), 2000);
    ck_assert_uint_eq(logs_matching(logs, "more than 2000 blueprints of automation"),
                      (size_t)around_limit[_i]);
    for (int i = 1; i < 2000 + around_limit[_i]; i++) {
        autofree char *name = mem_printf("%s/%d.yaml", folder, i);
        unlink(name);
    }
}
END_TEST

START_TEST(folders_of_blueprints_are_looked_into_eight_deep)
{
    hass__assert_loop();
    test_file("blueprints/automation/2/3/4/5/6/7/8/x.yaml", TINY);
    test_file("blueprints/automation/2/3/4/5/6/7/8/9/x.yaml", TINY);
    struct hass *hass = test_home("automation:\n");
    struct client *client = client_open(hass, NULL, true);
    struct logs *logs = test_logs();

    const json_t *all = hass_json_get(
        client_ask(client, "{'type':'blueprint/list','domain':'automation'}"), "result");
    ck_assert_uint_eq(json_object_size(all), 1);
    ck_assert_ptr_nonnull(hass_json_get(all, "2/3/4/5/6/7/8/x.yaml"));
    ck_assert_ptr_nonnull(logs_find(logs, "8/9/ is not looked into"));
}
END_TEST

START_TEST(a_file_that_is_imported_has_a_size)
{
    hass__assert_loop();
    size_t size = 1024 * 1024 + (size_t)_i;
    autofree char *text = malloc(size + 1);

    memset(text, '#', size);
    text[size] = '\0';
    memcpy(text, TINY, strlen(TINY));
    test_file("import.yaml", text);
    struct hass *hass = test_home("automation:\n");
    struct client *client = client_open(hass, NULL, true);

    const json_t *answer = client_ask(client, "{'type':'blueprint/import','url':'import.yaml'}");
    ck_assert(hass_json_get_bool(answer, "success", false) == !_i);
    const char *message = hass_json_get_string(hass_json_get(answer, "error"), "message", "");
    ck_assert_int_eq(strstr(message, "import.yaml has more than 1048576 bytes") != NULL, _i);
}
END_TEST

START_TEST(one_that_is_used_is_not_deleted_and_what_is_made_of_it_follows)
{
    hass__assert_loop();
    test_file("blueprints/automation/someone/b.yaml", BLUEPRINT);
    struct hass *hass = test_home(USE("{event: go}"));
    struct capture *other = test_capture(hass, "other");
    struct client *client = client_open(hass, NULL, true);

    const json_t *answer = client_ask(
        client, "{'type':'blueprint/delete','domain':'automation','path':'someone/b.yaml'}");
    ck_assert_str_eq(client_error(answer), "home_assistant_error");
    answer = client_ask(
        client,
        "{'type':'blueprint/save','domain':'automation','path':'someone/b.yaml',"
        "'allow_override':true,'yaml':'blueprint:\\n  name: B\\n  domain: automation\\n  input:\\n"
        "    event:\\ntriggers: {trigger: event, event_type: !input event}\\n"
        "actions: [{event: other}]\\n'}");
    ck_assert_json(hass_json_get(answer, "result"), "{'overrides_existing':true}");
    fire(hass, "go");
    ck_assert_uint_eq(capture_count(other), 1);
}
END_TEST

CASES_MAIN("blueprint", ONCE(an_automation_is_made_of_a_blueprint),
           ONCE(a_script_is_made_of_a_blueprint),
           ROWS(one_that_cannot_be_made_is_unavailable, wrong),
           ONCE(clients_list_save_fill_and_delete_them),
           ROWS(a_list_of_blueprints_has_an_end, around_limit),
           ONCE(folders_of_blueprints_are_looked_into_eight_deep),
           ROWS(a_file_that_is_imported_has_a_size, around_limit),
           ONCE(one_that_is_used_is_not_deleted_and_what_is_made_of_it_follows))
