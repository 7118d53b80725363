/* SPDX-License-Identifier: Apache-2.0 */
/* Editing automations and scripts one at a time, in files that people write, too. */
#include <errno.h>
#include <string.h>

#include "base/fs.h"
#include "support/cases.h"
#include "support/client.h"
#include "support/items.h"

#define FILE_TEXT                                                                                  \
    "# the hall\n- id: a\n  alias: A # mine\n  triggers: []\n  actions: []\n\n# the rest\n"        \
    "- id: b\n  alias: B\n  triggers: []\n  actions: [{delay: 100}]\n"
#define YAML "automation: !include automations.yaml\nscript: !include scripts.yaml\n"

static HASS_CALLBACK struct hass *home(void)
{
    test_file("automations.yaml", FILE_TEXT);
    test_file("scripts.yaml", "one:\n  sequence: []\n");
    return test_home(YAML);
}

static HASS_CALLBACK void assert_file(struct hass *hass, const char *name, const char *wanted)
{
    autofree char *path = hass_config_path(hass, name);
    autofree char *text = test_read_file(path);

    ck_assert_str_eq(text, wanted);
}

#define ASK(client, verb, rest)                                                                    \
    client_ask((client), "{'type':'hassd/config/item/" verb "'," rest "}")
#define AUTOMATION(id) "'domain':'automation','item_id':'" id "'"

START_TEST(an_item_is_read_as_it_is_written)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct client *client = client_open(hass, NULL, true);

    ck_assert_json(hass_json_get(ASK(client, "get", AUTOMATION("a")), "result"),
                   "{'id':'a','alias':'A','triggers':[],'actions':[]}");
    ck_assert_json(hass_json_get(ASK(client, "get", "'domain':'script','item_id':'one'"), "result"),
                   "{'sequence':[]}");
    ck_assert_str_eq(client_error(ASK(client, "get", AUTOMATION("c"))), "not_found");
    ck_assert_str_eq(client_error(ASK(client, "get", "'domain':'scene','item_id':'x'")),
                     "not_found");
}
END_TEST

START_TEST(saving_changes_one_item_and_reloads_it_alone)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct client *client = client_open(hass, NULL, true);
    struct capture *reloaded = test_capture(hass, "automation_reloaded");

    client_command(client, "{'type':'call_service','domain':'automation','service':'trigger',"
                           "'service_data':{'entity_id':'automation.b'}}");
    test_settle(hass);
    const json_t *answer =
        ASK(client, "save",
            AUTOMATION("a") ",'config':{'alias':'New','triggers':[],'actions':[{'delay':1}]}");
    ck_assert_json(hass_json_get(answer, "result"), "{'result':'ok'}");
    assert_file(hass, "automations.yaml",
                "# the hall\n- id: a\n  alias: New\n  triggers: []\n  actions:\n    - delay: 1\n\n"
                "# the rest\n- id: b\n  alias: B\n  triggers: []\n  actions: [{delay: 100}]\n");
    autojson *name = home_attribute(hass, "automation.a", "friendly_name");
    ck_assert_str_eq(json_string_value(name), "New");
    autojson *current = home_attribute(hass, "automation.b", "current");
    ck_assert_json(current, "1"); /* it runs on */
    ck_assert_uint_eq(capture_count(reloaded), 1);
}
END_TEST

START_TEST(a_new_item_is_added)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct client *client = client_open(hass, NULL, true);

    (void)ASK(client, "save", AUTOMATION("1700") ",'config':{'triggers':[],'actions':[]}");
    assert_file(hass, "automations.yaml",
                FILE_TEXT "- id: \"1700\"\n  triggers: []\n  actions: []\n");
    ck_assert_str_eq(home_state(hass, "automation.automation_2"), "on");
    (void)ASK(client, "save",
              "'domain':'script','item_id':'two','config':{'alias':'Two','sequence':[]}");
    assert_file(hass, "scripts.yaml", "one:\n  sequence: []\ntwo:\n  alias: Two\n  sequence: []\n");
    ck_assert(hass_services_async_has(hass, "script", "two"));
}
END_TEST

START_TEST(what_is_wrong_is_not_written)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct client *client = client_open(hass, NULL, true);

    const json_t *answer = ASK(client, "save",
                               AUTOMATION("a") ",'config':{'triggers':[{'trigger':'state'}],"
                                               "'actions':[]}");
    ck_assert_str_eq(client_error(answer), "invalid_format");
    ck_assert_ptr_nonnull(
        strstr(hass_json_get_string(hass_json_get(answer, "error"), "message", ""), "triggers->0"));
    assert_file(hass, "automations.yaml", FILE_TEXT);
}
END_TEST

static int fault; /* of renaming */

static int fail_rename(enum fs_call call)
{
    return call == FS_RENAME ? fault : 0;
}

static const struct {
    int fault;
    const char *remedy;
} unwritable[] = {
    { -EROFS, "ReadWritePaths=" },
    { -EACCES, "systemd-tmpfiles --create hassd.conf" },
    { -EPERM, "belong to the user that hassd runs as" },
    { -ENOSPC, "No space left on device" },
};

START_TEST(a_file_that_cannot_be_written_is_told_with_the_remedy)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct client *client = client_open(hass, NULL, true);

    fault = unwritable[_i].fault;
    fs_set_fault(fail_rename);
    const json_t *answer =
        ASK(client, "save", AUTOMATION("a") ",'config':{'triggers':[],'actions':[]}");
    fs_set_fault(NULL);
    const char *message = hass_json_get_string(hass_json_get(answer, "error"), "message", "");
    ck_assert_msg(strstr(message, unwritable[_i].remedy) && strstr(message, "automations.yaml"),
                  "%s", message);
    assert_file(hass, "automations.yaml", FILE_TEXT);
}
END_TEST

START_TEST(deleting_takes_the_item_and_what_is_known_of_it)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct client *client = client_open(hass, NULL, true);

    ck_assert_json(hass_json_get(ASK(client, "delete", AUTOMATION("a")), "result"),
                   "{'result':'ok'}");
    assert_file(hass, "automations.yaml",
                "# the hall\n\n# the rest\n- id: b\n  alias: B\n  triggers: []\n"
                "  actions: [{delay: 100}]\n");
    ck_assert_str_eq(home_state(hass, "automation.a"), "(none)");
    ck_assert_str_eq(client_error(ASK(client, "delete", AUTOMATION("a"))), "not_found");
}
END_TEST

START_TEST(only_administrators_edit)
{
    hass__assert_loop();
    struct hass *hass = home();
    struct client *client = client_open(hass, "somebody", false);

    ck_assert_str_eq(client_error(ASK(client, "get", AUTOMATION("a"))), "unauthorized");
    ck_assert_str_eq(client_error(ASK(client, "delete", AUTOMATION("a"))), "unauthorized");
}
END_TEST

CASES_MAIN("editor", ONCE(an_item_is_read_as_it_is_written),
           ONCE(saving_changes_one_item_and_reloads_it_alone), ONCE(a_new_item_is_added),
           ONCE(what_is_wrong_is_not_written),
           ROWS(a_file_that_cannot_be_written_is_told_with_the_remedy, unwritable),
           ONCE(deleting_takes_the_item_and_what_is_known_of_it), ONCE(only_administrators_edit))
