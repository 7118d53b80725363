/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl automations` and `trigger`: what automations there are, and having one, or a script, run now.
 */
#include <stdio.h>
#include <string.h>

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

/* What is given becomes variables of the run. */
int ctl_trigger(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    bool script = strncmp(args[0], "script.", 7) == 0;
    autojson *result = NULL;

    if (!script && strncmp(args[0], "automation.", 11) != 0)
        return ctl_usage_error("'%s' is neither automation.… nor script.…", args[0]);
    json_t *variables = ctl_pairs(count - 1, args + 1);
    if (!variables)
        return CTL_USAGE;
    json_t *fields =
        script ? json_pack("{s:s, s:s, s:o}", "domain", "script", "service", args[0] + 7,
                           "service_data", variables)
               : json_pack("{s:s, s:s, s:{s:s, s:o}}", "domain", "automation", "service", "trigger",
                           "service_data", "entity_id", args[0], "variables", variables);
    int r = ctl_ask(ctl, "call_service", fields, &result, err);
    if (r >= 0)
        ctl_done(ctl, result, "%s has run.", args[0]);
    return r < 0 ? r : CTL_OK;
}
