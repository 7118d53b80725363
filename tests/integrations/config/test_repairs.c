/* SPDX-License-Identifier: Apache-2.0 */
/* Commands on issues: what should be mended. */
#include <string.h>

#include <hass/issue_registry.h>

#include "support/cases.h"
#include "support/client.h"
#include "support/home.h"

static struct client *client;

static HASS_CALLBACK const json_t *ask(const char *message)
{
    const json_t *answer = client_ask(client, message);

    ck_assert_msg(hass_json_get_bool(answer, "success", false), "%s",
                  hass_json_get_string(hass_json_get(answer, "error"), "message", ""));
    return hass_json_get(answer, "result");
}

/* The issue demo.leak, with data for its repair. */
static void make_issue(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    struct hass_issue_options options = {
        .size = sizeof(options),
        .severity = HASS_ISSUE_ERROR,
        .translation_key = "leaking",
        .translation_placeholders = json_pack("{s:s}", "where", "kitchen"),
        .data = json_pack("{s:i}", "litres", 3),
    };

    hass__assert_loop();
    client = client_open(test_home("homeassistant:\n"), NULL, true);
    ck_assert_int_eq(hass_issue_async_create(client_hass(client), "demo", "leak", &options, NULL),
                     0);
}

/* The issue of that id as listed; NULL when it is not. */
static HASS_CALLBACK const json_t *listed(const char *issue_id)
{
    const json_t *issues = hass_json_get(ask("{'type':'repairs/list_issues'}"), "issues");

    for (size_t i = 0; i < json_array_size(issues); i++) {
        const json_t *issue = json_array_get(issues, i);
        if (strcmp(hass_json_get_string(issue, "issue_id", ""), issue_id) == 0)
            return issue;
    }
    return NULL;
}

START_TEST(issues_are_listed_with_all_their_members)
{
    make_issue();
    autojson *issue = json_copy((json_t *)listed("leak"));

    ck_assert(json_is_string(json_object_get(issue, "created")));
    json_object_del(issue, "created");
    ck_assert_json(issue, "{'domain':'demo','issue_id':'leak','issue_domain':null,"
                          "'severity':'error','is_fixable':false,'breaks_in_ha_version':null,"
                          "'dismissed_version':null,'ignored':false,'learn_more_url':null,"
                          "'translation_key':'leaking',"
                          "'translation_placeholders':{'where':'kitchen'}}");
}
END_TEST

START_TEST(an_issue_is_ignored_and_shown_again)
{
    make_issue();
    struct capture *seen = test_capture(client_hass(client), "repairs_issue_registry_updated");
    ask("{'type':'repairs/ignore_issue','domain':'demo','issue_id':'leak','ignore':true}");
    ck_assert(hass_json_get_bool(listed("leak"), "ignored", false));
    ck_assert_uint_eq(capture_count(seen), 1);
    ask("{'type':'repairs/ignore_issue','domain':'demo','issue_id':'leak','ignore':false}");
    ck_assert(!hass_json_get_bool(listed("leak"), "ignored", true));
}
END_TEST

START_TEST(what_an_issue_keeps_for_its_repair_is_asked_for)
{
    make_issue();
    ck_assert_json(ask("{'type':'repairs/get_issue_data','domain':'demo','issue_id':'leak'}"),
                   "{'issue_data':{'litres':3}}");
}
END_TEST

START_TEST(a_deleted_issue_is_not_listed)
{
    make_issue();
    hass_issue_async_delete(client_hass(client), "demo", "leak", NULL);
    ck_assert_ptr_null(listed("leak"));
}
END_TEST

/* A file that cannot be read is an issue, which goes when its user has taken note. */
START_TEST(a_corrupt_file_is_mended_by_dialogue)
{
    char message[300];

    hass__assert_loop();
    test_file(".storage/core.label_registry", "{broken");
    client = client_open(test_home("homeassistant:\n"), NULL, true);
    const json_t *issues = hass_json_get(ask("{'type':'repairs/list_issues'}"), "issues");
    ck_assert_uint_eq(json_array_size(issues), 1);
    autojson *issue = json_deep_copy(json_array_get(issues, 0));
    ck_assert(hass_json_get_bool(issue, "is_fixable", false));
    ck_assert_str_eq(hass_json_get_string(issue, "severity", ""), "critical");
    ck_assert_str_eq(hass_json_get_string(issue, "translation_key", ""), "storage_corruption");
    snprintf(message, sizeof(message),
             "{'type':'repairs/issues/fix/init','handler':'homeassistant','issue_id':'%s'}",
             hass_json_get_string(issue, "issue_id", ""));
    const json_t *step = ask(message);
    ck_assert_str_eq(hass_json_get_string(step, "step_id", ""), "confirm");
    ck_assert(json_equal(hass_json_get(step, "description_placeholders"),
                         hass_json_get(issue, "translation_placeholders")));
    snprintf(message, sizeof(message),
             "{'type':'repairs/issues/fix/configure','flow_id':'%s','user_input':{}}",
             hass_json_get_string(step, "flow_id", ""));
    ck_assert_str_eq(hass_json_get_string(ask(message), "type", ""), "create_entry");
    ck_assert_ptr_null(listed(hass_json_get_string(issue, "issue_id", "")));
}
END_TEST

/* Each issue of the core has its texts, and the dialogue of one that can be mended. */
static const char *const texts[] = {
    "issues.config_entry_reauth.title",
    "issues.config_entry_reauth.description",
    "issues.config_entry_unique_id_collision.title",
    "issues.config_entry_unique_id_collision.description",
    "issues.integration_left_out.title",
    "issues.integration_left_out.description",
    "issues.storage_corruption.title",
    "issues.storage_corruption.fix_flow.step.confirm.title",
    "issues.storage_corruption.fix_flow.step.confirm.description",
    "issues.storage_failure.title",
    "issues.storage_failure.description",
    "issues.storage_newer.title",
    "issues.storage_newer.description",
};

START_TEST(an_issue_of_the_core_has_its_texts)
{
    hass__assert_loop();
    struct hass *hass = test_home("homeassistant:\n");

    ck_assert_ptr_nonnull(hass_async_translation(hass, "homeassistant", texts[_i]));
}
END_TEST

static const struct {
    const char *message, *code;
} refused[] = {
    { "{'type':'repairs/get_issue_data','domain':'demo','issue_id':'x'}", "unknown_issue" },
    { "{'type':'repairs/get_issue_data','domain':'demo'}", "invalid_format" },
    { "{'type':'repairs/ignore_issue','domain':'x','issue_id':'leak','ignore':true}", "not_found" },
    { "{'type':'repairs/ignore_issue','domain':'demo','issue_id':'leak'}", "invalid_format" },
    { "{'type':'repairs/ignore_issue','domain':'demo','issue_id':'leak','ignore':'maybe'}",
      "invalid_format" },
    { "{'type':'repairs/issues/fix/init','handler':'demo','issue_id':'leak'}", "invalid_info" },
    { "{'type':'repairs/issues/fix/init','handler':'demo','issue_id':'x'}", "not_found" },
    { "{'type':'repairs/issues/fix/init','handler':'demo'}", "not_found" },
    { "{'type':'repairs/issues/fix/configure','flow_id':'x'}", "not_found" },
    { "{'type':'repairs/issues/fix/delete','flow_id':'x'}", "not_found" },
};

START_TEST(what_is_wrong_is_refused)
{
    make_issue();
    ck_assert_str_eq(client_error(client_ask(client, refused[_i].message)), refused[_i].code);
}
END_TEST

CASES_MAIN("config: issues", ONCE(issues_are_listed_with_all_their_members),
           ONCE(an_issue_is_ignored_and_shown_again),
           ONCE(what_an_issue_keeps_for_its_repair_is_asked_for),
           ONCE(a_deleted_issue_is_not_listed), ONCE(a_corrupt_file_is_mended_by_dialogue),
           ROWS(an_issue_of_the_core_has_its_texts, texts), ROWS(what_is_wrong_is_refused, refused))
