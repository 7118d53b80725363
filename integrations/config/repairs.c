/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of repairs: what the householder should mend.
 */
#include <hass/issue_registry.h>

#include "commands.h"

#define ISSUE_FIELDS                                                                               \
    HASS_FIELD("domain", &hass_type_string, .required = true, .doc = "Who raised it"),             \
        HASS_FIELD("issue_id", &hass_type_string, .required = true, .doc = "Which issue of his")

HASS_SCHEMA(issue_schema, ISSUE_FIELDS);
HASS_SCHEMA(ignore_schema, ISSUE_FIELDS,
            HASS_FIELD("ignore", &hass_type_bool, .required = true, .doc = "false shows it again"));

static HASS_CALLBACK int list_issues(struct websocket_request *request, struct hass_buf *result,
                                     struct hass_error *err)
{
    struct hass *hass = commands_hass(request);
    const struct hass_issue *issue;
    json_t *issues = json_array();

    for (size_t pos = 0; hass_issue_async_next(hass, &pos, &issue);) {
        if (issue->active)
            json_array_append_new(issues, hass_issue_as_json(issue));
    }
    commands_answer(json_pack("{s:o}", "issues", issues), result);
    return 0;
}

static HASS_CALLBACK int get_issue_data(struct websocket_request *request, struct hass_buf *result,
                                        struct hass_error *err)
{
    const struct hass_issue *issue =
        hass_issue_async_get(commands_hass(request), commands_text(request, "domain"),
                             commands_text(request, "issue_id"));

    if (!issue)
        return websocket_api_of(request)->refuse(request, "unknown_issue", "Issue not found");
    hass_buf_printf(result, "{\"issue_data\":%s}", issue->data ? issue->data : "null");
    return 0;
}

static HASS_CALLBACK int ignore_issue(struct websocket_request *request, struct hass_buf *result,
                                      struct hass_error *err)
{
    return hass_issue_async_ignore(commands_hass(request), commands_text(request, "domain"),
                                   commands_text(request, "issue_id"),
                                   hass_json_get_bool(commands_message(request), "ignore", false),
                                   err);
}

static const struct websocket_command commands[] = {
    WEBSOCKET_COMMAND("repairs/list_issues", list_issues),
    WEBSOCKET_COMMAND("repairs/get_issue_data", get_issue_data, .schema = &issue_schema,
                      .admin = true),
    WEBSOCKET_COMMAND("repairs/ignore_issue", ignore_issue, .schema = &ignore_schema,
                      .admin = true),
};

int repairs_add(struct hass *hass, struct hass_error *err)
{
    return COMMANDS_ADD(hass, commands, err);
}
