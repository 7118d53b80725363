/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl runs`, `stop` and `trace`: what automations and scripts are at, and what they have done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/vec.h>

#include "ctl_registry.h"
#include "ctl_time.h"

static const char *text_of(const json_t *row, const char *key)
{
    return hass_json_get_string(row, key, "");
}

/* runs */

#define SHOWN 8 /* digits of a run's id: who types one types no more */

static void add_run(struct table *table, const json_t *run)
{
    char since[16], until[16];
    autobuf id = HASS_BUF_INIT;

    hass_buf_printf(&id, "%.*s", SHOWN, text_of(run, "run_id"));
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

/* What names the runs of an entity, owned by the caller: the id of an automation, or its entity id; the object id of a script. */
static int key_of(struct ctl *ctl, const char *entity_id, char **ret_key, struct hass_error *err)
{
    autojson *states = NULL;
    const char *id = NULL;

    if (strncmp(entity_id, "script.", 7) == 0) {
        *ret_key = strdup(entity_id + 7);
        return 0;
    }
    int r = ctl_ask(ctl, "get_states", NULL, &states, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < json_array_size(states); i++) {
        const json_t *state = json_array_get(states, i);
        if (strcmp(text_of(state, "entity_id"), entity_id) == 0)
            id = hass_json_get_string(hass_json_get(state, "attributes"), "id", entity_id);
    }
    if (!id)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no %s; 'hassctl automations' lists them",
                         entity_id);
    *ret_key = strdup(id);
    return 0;
}

static bool is_entity(const char *word)
{
    return strncmp(word, "automation.", 11) == 0 || strncmp(word, "script.", 7) == 0;
}

/* The begin of a run's id, or all runs of an entity. */
static bool is_meant(const json_t *run, const char *word, const char *key)
{
    if (!key)
        return strncmp(text_of(run, "run_id"), word, strlen(word)) == 0;
    size_t domain = strcspn(word, ".");
    return strncmp(text_of(run, "domain"), word, domain) == 0 &&
           strcmp(text_of(run, "key"), key) == 0;
}

static int stop_run(struct ctl *ctl, const json_t *run, struct hass_error *err)
{
    autojson *result = NULL;

    return ctl_ask(ctl, "hassd/runs/stop",
                   json_pack("{s:O}", "run_id", hass_json_get(run, "run_id")), &result, err);
}

int ctl_stop(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autojson *all = NULL;
    autofree char *key = NULL;
    size_t stopped = 0;
    int r = is_entity(args[0]) ? key_of(ctl, args[0], &key, err) : 0;

    if (r >= 0)
        r = ctl_ask(ctl, "hassd/runs/list", NULL, &all, err);
    for (size_t i = 0; i < json_array_size(all) && r >= 0; i++) {
        const json_t *run = json_array_get(all, i);
        if (!is_meant(run, args[0], key))
            continue;
        r = stop_run(ctl, run, err);
        stopped += r >= 0;
    }
    if (r < 0)
        return r;
    if (!stopped && !key)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no run %s; 'hassctl runs' lists them",
                         args[0]);
    autojson *told = json_pack("{s:I}", "stopped", (json_int_t)stopped);
    ctl_done(ctl, told, "Stopped %zu %s of %s.", stopped, stopped == 1 ? "run" : "runs", args[0]);
    return CTL_OK;
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
            hass_buf_printf(&id, "%.*s", SHOWN, text_of(trace, "run_id"));
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
static int find_trace(struct ctl *ctl, const char *domain, const char *item_id, const char *word,
                      char **ret_run, struct hass_error *err)
{
    autojson *traces = NULL;
    int r = ctl_ask(ctl, "trace/list",
                    json_pack("{s:s, s:s}", "domain", domain, "item_id", item_id), &traces, err);

    if (r < 0)
        return r;
    for (size_t i = json_array_size(traces); i-- > 0;) {
        const char *run_id = text_of(json_array_get(traces, i), "run_id");
        if (word && strncmp(run_id, word, strlen(word)) != 0)
            continue;
        *ret_run = strdup(run_id);
        return 0;
    }
    return hass_fail(err, HASS_E_NOT_FOUND, word ? "%s.%s has no trace %s" : "%s.%s has no traces",
                     domain, item_id, word);
}

/* One step: when, where, what came of it. */
static void print_step(const json_t *step)
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

struct steps {
    HASS_VEC(const json_t *) list;
};

/* Steps stand by their paths; people read them in the order in which they were made. */
static void insert_step(struct steps *steps, const json_t *step)
{
    size_t at = steps->list.length;

    vec_push(&steps->list, step);
    for (; at > 0 &&
           strcmp(text_of(steps->list.data[at - 1], "timestamp"), text_of(step, "timestamp")) > 0;
         at--)
        steps->list.data[at] = steps->list.data[at - 1];
    steps->list.data[at] = step;
}

static void print_trace(const json_t *trace)
{
    const json_t *times = hass_json_get(trace, "timestamp");
    const char *path, *error = text_of(trace, "error");
    struct steps steps = { 0 };
    size_t index;
    json_t *of_path, *step;
    autobuf text = HASS_BUF_INIT;
    char clock[16];

    ctl_clock_text(text_of(times, "start"), clock);
    hass_buf_printf(&text, "%s  %s", clock,
                    *text_of(trace, "trigger") ? text_of(trace, "trigger") : "started");
    text_print(hass_buf_string(&text), 0, stdout);
    putchar('\n');
    json_object_foreach((json_t *)hass_json_get(trace, "trace"), path, of_path)
        json_array_foreach(of_path, index, step)
            insert_step(&steps, step);
    vec_foreach(&steps.list, one)
        print_step(*one);
    vec_fini(&steps.list);
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

int ctl_trace(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    autofree char *key = NULL, *domain = NULL, *run_id = NULL;
    autojson *trace = NULL;

    if (!count)
        return list_traces(ctl, err);
    if (!is_entity(args[0]))
        return ctl_usage_error("'%s' is neither automation.… nor script.…", args[0]);
    int r = key_of(ctl, args[0], &key, err);
    if (r < 0)
        return r;
    if (strcmp(key, args[0]) == 0)
        return hass_fail(err, HASS_E_NOT_FOUND,
                         "%s has no traces: give it an id in the configuration", args[0]);
    domain = strndup(args[0], strcspn(args[0], "."));
    r = find_trace(ctl, domain, key, count > 1 ? args[1] : NULL, &run_id, err);
    if (r >= 0)
        r = ctl_ask(
            ctl, "trace/get",
            json_pack("{s:s, s:s, s:s}", "domain", domain, "item_id", key, "run_id", run_id),
            &trace, err);
    if (r < 0)
        return r;
    if (ctl->json)
        ctl_print_json(trace);
    else
        print_trace(trace);
    return CTL_OK;
}
