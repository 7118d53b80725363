/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl runs`, `stop` and `trace`: what automations and scripts are at, and what they have done.
 */
#include "ctl_runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl_registry.h"
#include "ctl_time.h"

static const char *text_of(const json_t *row, const char *key)
{
    return hass_json_get_string(row, key, "");
}

/* runs */

static void add_run(struct table *table, const json_t *run)
{
    char since[16], until[16];
    autobuf id = HASS_BUF_INIT;

    hass_buf_printf(&id, "%.*s", CTL_RUN_DIGITS, text_of(run, "run_id"));
    ctl_age_text(text_of(run, "since"), since);
    ctl_clock_text(text_of(run, "until"), until);
    table_add(table,
              (const char *[]){ hass_buf_string(&id), text_of(run, "domain"), text_of(run, "name"),
                                text_of(run, "state"), since, *text_of(run, "until") ? until : "",
                                text_of(run, "path"), text_of(run, "step") });
}

int ctl_runs(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    static const struct table_column columns[] = {
        { "RUN", TABLE_KEEP },    { "OF", TABLE_KEEP },     { "NAME", 0 }, { "STATE", TABLE_KEEP },
        { "SINCE", TABLE_RIGHT }, { "UNTIL", TABLE_RIGHT }, { "AT", 0 },   { "STEP", 0 },
    };
    autojson *all = NULL, *shown = json_array();
    int r = ctl_ask(ctl, "hassd/runs/list", NULL, &all, err);

    if (r < 0)
        return r;
    struct table *table = table_create(columns, 8);
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *run = json_array_get(all, i);
        const char *pattern = count ? args[0] : NULL;
        if (!ctl_matches(text_of(run, "name"), pattern) &&
            !ctl_matches(text_of(run, "key"), pattern))
            continue;
        json_array_append(shown, run);
        add_run(table, run);
    }
    ctl_print_rows(ctl, shown, table);
    return CTL_OK;
}

/* stop */

void ctl_meant_fini(struct ctl_meant *meant)
{
    free(meant->entity_id);
    free(meant->key);
}

int ctl_find_meant(struct ctl *ctl, const char *word, struct ctl_meant *ret_meant,
                   struct hass_error *err)
{
    autojson *row = NULL;
    int r = ctl_ask_state(ctl, ctl_items, "automation or script", word, &row, err);

    if (r < 0)
        return r;
    const char *entity_id = text_of(row, "entity_id");
    const char *key = strncmp(entity_id, "script.", 7) == 0
                          ? entity_id + 7
                          : hass_json_get_string(row, "id", entity_id);
    *ret_meant = (struct ctl_meant){ .entity_id = strdup(entity_id), .key = strdup(key) };
    return 0;
}

bool ctl_is_of(const json_t *run, const struct ctl_meant *meant)
{
    const char *domain = text_of(run, "domain");
    size_t length = strlen(domain);

    return strncmp(meant->entity_id, domain, length) == 0 && meant->entity_id[length] == '.' &&
           strcmp(text_of(run, "key"), meant->key) == 0;
}

static int stop_run(struct ctl *ctl, const json_t *run, struct hass_error *err)
{
    autojson *result = NULL;

    return ctl_ask(ctl, "hassd/runs/stop",
                   json_pack("{s:O}", "run_id", hass_json_get(run, "run_id")), &result, err);
}

/* Those whose ids begin with @word, or all of @meant. */
static int stop_runs(struct ctl *ctl, const json_t *all, const char *word,
                     const struct ctl_meant *meant, size_t *stopped, struct hass_error *err)
{
    int r = 0;

    for (size_t i = 0; i < json_array_size(all) && r >= 0; i++) {
        const json_t *run = json_array_get(all, i);
        if (meant ? !ctl_is_of(run, meant)
                  : strncmp(text_of(run, "run_id"), word, strlen(word)) != 0)
            continue;
        r = stop_run(ctl, run, err);
        *stopped += r >= 0;
    }
    return r;
}

int ctl_stop(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *all = NULL;
    struct ctl_meant meant = { 0 };
    size_t stopped = 0;
    int r = ctl_ask(ctl, "hassd/runs/list", NULL, &all, err);

    if (r >= 0)
        r = stop_runs(ctl, all, args[0], NULL, &stopped, err);
    if (r >= 0 && !stopped) {
        r = ctl_find_meant(ctl, args[0], &meant, err);
        if (r == HASS_E_NOT_FOUND)
            hass_error_prefix(err, "there is no such run, 'hassctl runs' lists them");
        if (r >= 0)
            r = stop_runs(ctl, all, args[0], &meant, &stopped, err);
    }
    const char *of = meant.entity_id ? meant.entity_id : args[0];
    autojson *told = json_pack("{s:I}", "stopped", (json_int_t)stopped);
    if (r >= 0)
        ctl_done(ctl, told, "Stopped %zu %s of %s.", stopped, stopped == 1 ? "run" : "runs", of);
    ctl_meant_fini(&meant);
    return r < 0 ? r : CTL_OK;
}

/* trace */

static int list_traces(struct ctl *ctl, struct hass_error *err)
{
    static const struct table_column columns[] = {
        { "RUN", TABLE_KEEP }, { "OF", TABLE_KEEP },
        { "ITEM", 0 },         { "BEGAN", TABLE_RIGHT | TABLE_KEEP },
        { "RESULT", 0 },       { "SET OFF BY", 0 },
        { "LAST STEP", 0 },
    };
    static const char *const domains[] = { "automation", "script" };
    autojson *shown = json_array();
    struct table *table = table_create(columns, 7);
    int r = 0;

    for (size_t i = 0; i < 2 && r >= 0; i++) {
        autojson *traces = NULL;
        r = ctl_ask(ctl, "trace/list", json_pack("{s:s}", "domain", domains[i]), &traces, err);
        for (size_t j = 0; r >= 0 && j < json_array_size(traces); j++) {
            json_t *trace = json_array_get(traces, j);
            const char *result = text_of(trace, "script_execution");
            autobuf id = HASS_BUF_INIT;
            char began[16];
            hass_buf_printf(&id, "%.*s", CTL_RUN_DIGITS, text_of(trace, "run_id"));
            ctl_age_text(text_of(hass_json_get(trace, "timestamp"), "start"), began);
            table_add(table,
                      (const char *[]){ hass_buf_string(&id), domains[i], text_of(trace, "item_id"),
                                        began, *result ? result : text_of(trace, "state"),
                                        text_of(trace, "trigger"), text_of(trace, "last_step") });
            json_array_append(shown, trace);
        }
    }
    if (r < 0) {
        table_destroy(table);
        return r;
    }
    ctl_print_rows(ctl, shown, table);
    return CTL_OK;
}

/* The id of the run that is meant, of the item's, or of its last; owned by the caller. */
static int find_trace(struct ctl *ctl, const char *domain, const struct ctl_meant *meant,
                      const char *word, char **ret_run, struct hass_error *err)
{
    autojson *traces = NULL;
    int r = ctl_ask(ctl, "trace/list",
                    json_pack("{s:s, s:s}", "domain", domain, "item_id", meant->key), &traces, err);

    if (r < 0)
        return r;
    for (size_t i = json_array_size(traces); i-- > 0;) {
        const char *run_id = text_of(json_array_get(traces, i), "run_id");
        if (word && strncmp(run_id, word, strlen(word)) != 0)
            continue;
        *ret_run = strdup(run_id);
        return 0;
    }
    return word ? hass_fail(err, HASS_E_NOT_FOUND, "%s has no trace %s; 'hassctl trace' lists them",
                            meant->entity_id, word)
                : hass_fail(err, HASS_E_NOT_FOUND, "%s has no traces: it has not run yet",
                            meant->entity_id);
}

void ctl_print_step(const json_t *step)
{
    const json_t *result = hass_json_get(step, "result");
    const char *error = text_of(step, "error");
    autobuf text = HASS_BUF_INIT;
    char clock[16];

    ctl_clock_text(text_of(step, "timestamp"), clock);
    hass_buf_printf(&text, "%s  %-32s ", clock, text_of(step, "path"));
    if (*error)
        hass_buf_printf(&text, " error: %s", error);
    else if (result)
        hass_json_write(result, &text);
    text_print(hass_buf_string(&text), 0, stdout);
    putchar('\n');
}

/* Steps stand by their paths; people read them in the order in which they were made. */
static void insert_step(json_t *steps, json_t *step)
{
    const char *time = text_of(step, "timestamp");
    size_t at = json_array_size(steps);

    while (at > 0 && strcmp(text_of(json_array_get(steps, at - 1), "timestamp"), time) > 0)
        at--;
    json_array_insert(steps, at, step);
}

json_t *ctl_trace_steps(const json_t *trace)
{
    json_t *steps = json_array(), *of_path, *step;
    const char *path;
    size_t i;

    json_object_foreach((json_t *)hass_json_get(trace, "trace"), path, of_path)
        json_array_foreach(of_path, i, step)
            insert_step(steps, step);
    return steps;
}

static void print_trace(const json_t *trace)
{
    const json_t *times = hass_json_get(trace, "timestamp");
    const char *error = text_of(trace, "error");
    autojson *steps = ctl_trace_steps(trace);
    json_t *step;
    size_t i;
    autobuf text = HASS_BUF_INIT;
    char clock[16];

    ctl_clock_text(text_of(times, "start"), clock);
    hass_buf_printf(&text, "%s  %s", clock,
                    *text_of(trace, "trigger") ? text_of(trace, "trigger") : "started");
    text_print(hass_buf_string(&text), 0, stdout);
    putchar('\n');
    json_array_foreach(steps, i, step)
        ctl_print_step(step);
    ctl_clock_text(text_of(times, "finish"), clock);
    hass_buf_clear(&text);
    if (*text_of(times, "finish"))
        hass_buf_printf(&text, "%s  %s%s%s", clock, text_of(trace, "script_execution"),
                        *error ? ": " : "", error);
    else
        hass_buf_add_string(&text, "              it goes on");
    text_print(hass_buf_string(&text), 0, stdout);
    putchar('\n');
}

static int show_trace(struct ctl *ctl, const struct ctl_meant *meant, const char *run,
                      struct hass_error *err)
{
    autofree char *domain = strndup(meant->entity_id, strcspn(meant->entity_id, "."));
    autofree char *run_id = NULL;
    autojson *trace = NULL;

    if (strcmp(meant->key, meant->entity_id) == 0)
        return hass_fail(err, HASS_E_NOT_FOUND,
                         "%s has no traces: give it an id in the configuration", meant->entity_id);
    int r = find_trace(ctl, domain, meant, run, &run_id, err);
    if (r >= 0)
        r = ctl_ask(
            ctl, "trace/get",
            json_pack("{s:s, s:s, s:s}", "domain", domain, "item_id", meant->key, "run_id", run_id),
            &trace, err);
    if (r < 0)
        return r;
    if (ctl->json)
        ctl_print_json(trace);
    else
        print_trace(trace);
    return CTL_OK;
}

int ctl_trace(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    struct ctl_meant meant = { 0 };

    if (!count)
        return list_traces(ctl, err);
    int r = ctl_find_meant(ctl, args[0], &meant, err);
    if (r >= 0)
        r = show_trace(ctl, &meant, count > 1 ? args[1] : NULL, err);
    ctl_meant_fini(&meant);
    return r;
}
