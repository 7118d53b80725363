/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows and issues: a repair mends an issue, which is deleted when it ends well; an entry that must authenticate anew is an
 * issue for as long as that dialogue is in progress.
 */
#include "registry/flow_issues.h"

#include <string.h>

#include <hass/cleanup.h>
#include <hass/issue_registry.h>

#include "base/mem.h"
#include "core/core.h"
#include "registry/row.h"

/* repairs */

static const char *issue_id_of(const struct hass_flow *flow)
{
    return hass_json_get_string(flow->context, "issue_id", "");
}

/* What an issue gets whose integration has no dialogue for it: mended when its user says so. */
static HASS_COROUTINE int step_confirm(struct hass_flow *flow, const json_t *input,
                                       struct hass_error *err)
{
    const struct hass_issue *issue =
        hass_issue_async_get(flow->hass, flow->handler, issue_id_of(flow));

    if (!input)
        return hass_flow_async_show_form(
            flow, "confirm",
            HASS_FLOW_FORM(.placeholders =
                               issue ? row_text_json(issue->translation_placeholders) : NULL),
            err);
    return hass_flow_async_create_entry(flow, "", NULL, NULL, err);
}

static HASS_COROUTINE int step_init(struct hass_flow *flow, const json_t *input,
                                    struct hass_error *err)
{
    return step_confirm(flow, NULL, err);
}

const struct hass_flow_handler flow_confirm_repair =
    HASS_FLOW_HANDLER(.steps = HASS_FLOW_STEPS(HASS_FLOW_STEP("init", step_init),
                                               HASS_FLOW_STEP("confirm", step_confirm)));

int flow_check_issue(const struct hass_flow *flow, struct hass_error *err)
{
    const char *id = issue_id_of(flow);
    const struct hass_issue *issue = hass_issue_async_get(flow->hass, flow->handler, id);

    if (!issue || !issue->active)
        return hass_fail(err, HASS_E_NOT_FOUND, "%s has no issue %s", flow->handler, id);
    if (!issue->is_fixable)
        return hass_fail(err, HASS_E_UNSUPPORTED, "issue %s of %s cannot be mended by dialogue", id,
                         flow->handler);
    return 0;
}

int flow_finish_repair(const struct hass_flow *flow, struct hass_error *err)
{
    return hass_issue_async_delete(flow->hass, flow->handler, issue_id_of(flow), err);
}

/* reauth */

static char *reauth_id(const struct hass_entry *entry)
{
    return mem_printf("config_entry_reauth_%s_%s", entry->domain, entry->id);
}

void flow_raise_reauth(const struct hass_entry *entry)
{
    autofree char *id = reauth_id(entry);
    const struct hass_issue_options options = {
        .size = sizeof(options),
        .severity = HASS_ISSUE_ERROR,
        .translation_key = "config_entry_reauth",
        .translation_placeholders = json_pack("{s:s}", "name", entry->title),
        .issue_domain = entry->domain,
    };

    (void)hass_issue_async_create(entry->hass, "homeassistant", id, &options, NULL);
}

void flow_clear_reauth(const struct hass_entry *entry)
{
    autofree char *id = reauth_id(entry);

    (void)hass_issue_async_delete(entry->hass, "homeassistant", id, NULL);
}
