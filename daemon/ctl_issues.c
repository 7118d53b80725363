/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl issues` and `entries`: what should be mended, and what integrations were set up with.
 */
#include <stdio.h>
#include <string.h>

#include "ctl_registry.h"
#include "ctl_time.h"

static const char *text_of(const json_t *row, const char *key)
{
    return hass_json_get_string(row, key, NULL);
}

/* issues */

/* What it is about: texts for people are the frontend's, so its key and what fills it. */
static void describe(const json_t *issue, struct hass_buf *text)
{
    const char *key;
    json_t *value;

    hass_buf_add_string(text, hass_json_get_string(issue, "translation_key", ""));
    json_object_foreach((json_t *)hass_json_get(issue, "translation_placeholders"), key, value)
        hass_buf_printf(text, " %s=%s", key, json_string_value(value));
}

static int list_issues(struct ctl *ctl, struct hass_error *err)
{
    static const struct table_column columns[] = { { "DOMAIN", 0 },
                                                   { "ISSUE", 0 },
                                                   { "SEVERITY", TABLE_KEEP },
                                                   { "SINCE", TABLE_RIGHT | TABLE_KEEP },
                                                   { "STATUS", 0 },
                                                   { "ABOUT", 0 } };
    autojson *issues = NULL;
    int r = ctl_rows(ctl, &ctl_issue, &issues, err);

    if (r < 0)
        return r;
    struct table *table = table_create(columns, 6);
    for (size_t i = 0; i < json_array_size(issues); i++) {
        const json_t *issue = json_array_get(issues, i);
        autobuf about = HASS_BUF_INIT;
        char age[16];
        ctl_age_text(text_of(issue, "created"), age);
        describe(issue, &about);
        table_add(table,
                  (const char *[]){ text_of(issue, "domain"), text_of(issue, "issue_id"),
                                    text_of(issue, "severity"), age,
                                    hass_json_get_bool(issue, "ignored", false) ? "ignored" : "",
                                    hass_buf_string(&about) });
    }
    ctl_print_rows(ctl, issues, table);
    return CTL_OK;
}

/* An issue's id is its domain's: `ISSUE`, or `DOMAIN ISSUE` where several have the same. */
static int find_issue(struct ctl *ctl, int count, char *args[], json_t **ret_fields,
                      struct hass_error *err)
{
    autojson *issues = NULL;
    autojson *of_domain = json_array();
    const json_t *issue = NULL;
    int r = ctl_rows(ctl, &ctl_issue, &issues, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < json_array_size(issues); i++) {
        json_t *one = json_array_get(issues, i);
        if (count < 2 || strcmp(hass_json_get_string(one, "domain", ""), args[0]) == 0)
            json_array_append(of_domain, one);
    }
    r = ctl_find(&ctl_issue, of_domain, args[count - 1], &issue, err);
    if (r < 0)
        return r;
    *ret_fields = json_pack("{s:s, s:s}", "domain", hass_json_get_string(issue, "domain", ""),
                            "issue_id", ctl_row_id(&ctl_issue, issue));
    return 0;
}

static int ignore(struct ctl *ctl, int count, char *args[], bool yes, struct hass_error *err)
{
    autojson *result = NULL;
    json_t *fields = NULL;
    int r = find_issue(ctl, count, args, &fields, err);

    if (r < 0)
        return r;
    json_object_set_new(fields, "ignore", json_boolean(yes));
    r = ctl_ask(ctl, "repairs/ignore_issue", fields, &result, err);
    if (r >= 0)
        ctl_done(ctl, result, yes ? "Ignored %s." : "%s is shown again.", args[count - 1]);
    return r < 0 ? r : CTL_OK;
}

static int ignore_issue(struct ctl *ctl, const void *subject, int count, char *args[],
                        struct hass_error *err)
{
    return ignore(ctl, count, args, true, err);
}

static int show_issue(struct ctl *ctl, const void *subject, int count, char *args[],
                      struct hass_error *err)
{
    return ignore(ctl, count, args, false, err);
}

static const struct ctl_verb issue_verbs[] = {
    { "ignore", 1, 2, "[DOMAIN] ISSUE", ignore_issue },
    { "show", 1, 2, "[DOMAIN] ISSUE", show_issue },
    { NULL, 0, 0, NULL, NULL },
};

int ctl_issues(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    return count ? ctl_run_verb(ctl, "issues", issue_verbs, NULL, count, args, err)
                 : list_issues(ctl, err);
}

/* entries */

static int list_entries(struct ctl *ctl, struct hass_error *err)
{
    static const struct table_column columns[] = { { "ENTRY", 0 },  { "INTEGRATION", 0 },
                                                   { "STATE", 0 },  { "SOURCE", 0 },
                                                   { "REASON", 0 }, { "ID", TABLE_KEEP } };
    autojson *entries = NULL;
    int r = ctl_rows(ctl, &ctl_entry, &entries, err);

    if (r < 0)
        return r;
    struct table *table = table_create(columns, 6);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *disabled = text_of(entry, "disabled_by");
        autobuf state = HASS_BUF_INIT;
        if (disabled)
            hass_buf_printf(&state, "disabled by %s", disabled);
        else
            hass_buf_add_string(&state, hass_json_get_string(entry, "state", ""));
        table_add(table,
                  (const char *[]){ ctl_row_name(&ctl_entry, entry), text_of(entry, "domain"),
                                    hass_buf_string(&state), text_of(entry, "source"),
                                    text_of(entry, "reason"), ctl_row_id(&ctl_entry, entry) });
    }
    ctl_print_rows(ctl, entries, table);
    return CTL_OK;
}

static int change_entry(struct ctl *ctl, const char *word, const char *type, const json_t *with,
                        const char *done, struct hass_error *err)
{
    autofree char *id = NULL;
    autojson *result = NULL;
    int r = ctl_resolve(ctl, &ctl_entry, word, &id, err);

    if (r < 0)
        return r;
    json_t *fields = json_pack("{s:s}", "entry_id", id);
    json_object_update(fields, (json_t *)with);
    r = ctl_ask(ctl, type, fields, &result, err);
    if (r >= 0)
        ctl_done(ctl, result, "%s %s.%s", done, word,
                 hass_json_get_bool(result, "require_restart", false)
                     ? " The daemon has to be started again."
                     : "");
    return r < 0 ? r : CTL_OK;
}

static int reload_entry(struct ctl *ctl, const void *subject, int count, char *args[],
                        struct hass_error *err)
{
    return change_entry(ctl, args[0], "config_entries/reload", NULL, "Loaded again:", err);
}

static int remove_entry(struct ctl *ctl, const void *subject, int count, char *args[],
                        struct hass_error *err)
{
    return change_entry(ctl, args[0], "config_entries/remove", NULL, "Removed", err);
}

static int disable_entry(struct ctl *ctl, const void *subject, int count, char *args[],
                         struct hass_error *err)
{
    autojson *with = json_pack("{s:s}", "disabled_by", "user");

    return change_entry(ctl, args[0], "config_entries/disable", with, "Disabled", err);
}

static int enable_entry(struct ctl *ctl, const void *subject, int count, char *args[],
                        struct hass_error *err)
{
    autojson *with = json_pack("{s:n}", "disabled_by");

    return change_entry(ctl, args[0], "config_entries/disable", with, "Enabled", err);
}

static const struct ctl_verb entry_verbs[] = {
    { "reload", 1, 1, "WHICH", reload_entry },
    { "disable", 1, 1, "WHICH", disable_entry },
    { "enable", 1, 1, "WHICH", enable_entry },
    { "remove", 1, 1, "WHICH", remove_entry },
    { NULL, 0, 0, NULL, NULL },
};

int ctl_entries(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    return count ? ctl_run_verb(ctl, "entries", entry_verbs, NULL, count, args, err)
                 : list_entries(ctl, err);
}
