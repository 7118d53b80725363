/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl automations` and `trigger`: what automations there are, and having one, or a script, run now.
 */
#include <stdio.h>
#include <string.h>

#include <hass/dt.h>

#include "ctl_registry.h"
#include "ctl_time.h"

/* Those of automation.* that match, owned by the caller. */
static int automations(struct ctl *ctl, const char *pattern, json_t **ret_states,
                       struct hass_error *err)
{
    autojson *all = NULL;
    int r = ctl_ask(ctl, "get_states", NULL, &all, err);

    if (r < 0)
        return r;
    *ret_states = json_array();
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *state = json_array_get(all, i);
        const char *entity_id = hass_json_get_string(state, "entity_id", "");
        const char *name =
            hass_json_get_string(hass_json_get(state, "attributes"), "friendly_name", "");
        if (strncmp(entity_id, "automation.", 11) == 0 &&
            (ctl_matches(entity_id, pattern) || ctl_matches(name, pattern)))
            json_array_append(*ret_states, state);
    }
    return 0;
}

static void add_row(struct table *table, const json_t *state)
{
    const json_t *attributes = hass_json_get(state, "attributes");
    int64_t current = hass_json_get_int(attributes, "current", 0);
    char age[16], runs[24];

    ctl_age_text(hass_json_get_string(attributes, "last_triggered", NULL), age);
    snprintf(runs, sizeof(runs), "%lld", (long long)current);
    table_add(table,
              (const char *[]){ hass_json_get_string(state, "entity_id", ""),
                                hass_json_get_string(state, "state", ""), age, current ? runs : "",
                                hass_json_get_string(attributes, "mode", ""),
                                hass_json_get_string(attributes, "friendly_name", "") });
}

int ctl_automations(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    static const struct table_column columns[] = {
        { "AUTOMATION", 0 },
        { "STATE", TABLE_KEEP },
        { "LAST", TABLE_RIGHT | TABLE_KEEP },
        { "RUNS", TABLE_RIGHT | TABLE_KEEP },
        { "MODE", 0 },
        { "NAME", 0 },
    };
    autojson *states = NULL;
    int r = automations(ctl, count ? args[0] : NULL, &states, err);

    if (r < 0)
        return r;
    struct table *table = table_create(columns, 6);
    for (size_t i = 0; i < json_array_size(states); i++)
        add_row(table, json_array_get(states, i));
    ctl_print_rows(ctl, states, table);
    return CTL_OK;
}

/* trigger */

/* What has kept an automation from running to its end since @since, ISO: as `why-not` tells it. 0 when nothing has. */
static int find_refusal(struct ctl *ctl, const char *entity_id, const char *since,
                        struct hass_error *err)
{
    autojson *answer = NULL;
    int r = ctl_ask(ctl, "hassd/why_not",
                    json_pack("{s:s, s:s}", "entity_id", entity_id, "since", since), &answer, err);

    for (size_t i = 0; r >= 0 && i < json_array_size(hass_json_get(answer, "attempts")); i++) {
        const json_t *attempt = json_array_get(hass_json_get(answer, "attempts"), i);
        const char *place = hass_json_get_string(attempt, "place", NULL);
        if (!hass_json_get_string(attempt, "trigger", NULL)) // by hand, not by one of its triggers
            return hass_fail(err, HASS_E_GENERAL, "%s: %s%s%s%s", entity_id,
                             hass_json_get_string(attempt, "text", ""), place ? "   [" : "",
                             place ? place : "", place ? "]" : "");
    }
    return r;
}

static int run_script(struct ctl *ctl, const char *entity_id, json_t *variables,
                      json_t **ret_result, struct hass_error *err)
{
    return ctl_ask(ctl, "call_service",
                   json_pack("{s:s, s:s, s:o}", "domain", "script", "service",
                             entity_id + strlen("script."), "service_data", variables),
                   ret_result, err);
}

/* The service is content when a run was refused or has failed: who asks here wants to know. */
static int run_automation(struct ctl *ctl, const char *entity_id, json_t *variables,
                          json_t **ret_result, struct hass_error *err)
{
    char since[HASS_DT_TEXT];

    hass_dt_iso(ctl_now(), NULL, since);
    int r =
        ctl_ask(ctl, "call_service",
                json_pack("{s:s, s:s, s:{s:s, s:o}}", "domain", "automation", "service", "trigger",
                          "service_data", "entity_id", entity_id, "variables", variables),
                ret_result, err);
    return r < 0 ? r : find_refusal(ctl, entity_id, since, err);
}

/* What is given becomes variables of the run. */
int ctl_trigger(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *variables = ctl_pairs(count - 1, args + 1);
    autojson *row = NULL, *result = NULL;

    if (!variables)
        return CTL_USAGE;
    int r = ctl_ask_state(ctl, ctl_items, "automation or script", args[0], &row, err);
    if (r < 0)
        return r;
    const char *entity_id = hass_json_get_string(row, "entity_id", "");
    bool script = strncmp(entity_id, "script.", 7) == 0;
    if (strcmp(hass_json_get_string(row, "state", ""), "unavailable") == 0)
        return hass_fail(err, HASS_E_INVALID,
                         "%s is unavailable, as its configuration is wrong; 'hassctl issues' says "
                         "where",
                         entity_id);
    r = (script ? run_script : run_automation)(ctl, entity_id, json_incref(variables), &result,
                                               err);
    if (r >= 0)
        ctl_done(ctl, result, "%s has run.", entity_id);
    return r < 0 ? r : CTL_OK;
}
