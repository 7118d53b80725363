/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl debug`: lets the runs of an automation or script stop at steps, and asks what they shall do next. It looks at what runs are at
 * whenever the daemon tells of a breakpoint or of the entity, so that an event that is missed costs nothing. Its connection is its
 * subscription: when it ends, however that is, and nobody else listens, the daemon clears the breakpoints and lets runs go on; who quits does
 * that for what is his, whoever else listens.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl_registry.h"
#include "ctl_runs.h"
#include "ctl_table.h"
#include "ctl_time.h"

struct debug {
    struct ctl *ctl;
    struct ctl_meant meant;
    char *domain;
    json_t *steps; /* hassd/debug/steps */
    json_t *nodes; /* {path of a breakpoint that was set: true} */
    bool asks;     /* somebody types the commands */
    char *line;    /* the last one */
    size_t size;
    char run_id[64]; /* which run is looked at; "": none */
    char path[1100]; /* where it was seen last */
    size_t shown;    /* of its trace's steps */
};

static const char *text_of(const json_t *row, const char *key)
{
    return hass_json_get_string(row, key, "");
}

static void say(const char *text)
{
    text_print(text, 0, stdout);
    putchar('\n');
}

/* asking the daemon */

static int ask(struct debug *debug, const char *type, json_t *more, json_t **ret_result,
               struct hass_error *err)
{
    json_t *fields = json_pack("{s:s, s:s}", "domain", debug->domain, "item_id", debug->meant.key);

    if (more)
        json_object_update(fields, more);
    json_decref(more);
    return ctl_ask(debug->ctl, type, fields, ret_result, err);
}

static int ask_of_run(struct debug *debug, const char *type, json_t **ret_result,
                      struct hass_error *err)
{
    return ask(debug, type, json_pack("{s:s}", "run_id", debug->run_id), ret_result, err);
}

/* The trace of the run; NULL: it writes none. */
static json_t *trace_of(struct debug *debug)
{
    json_t *trace = NULL;

    return ask_of_run(debug, "trace/get", &trace, NULL) < 0 ? NULL : trace;
}

/* steps */

/* What of a step says more than its kind. */
static const char *detail_of(const json_t *config)
{
    static const char *const keys[] = { "action", "scene",         "delay",
                                        "stop",   "wait_template", "condition" };
    const char *text = NULL;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !text; i++)
        text = hass_json_get_string(config, keys[i], NULL);
    return text ? text : "";
}

static const json_t *find_step(const struct debug *debug, const char *path)
{
    for (size_t i = 0; i < json_array_size(debug->steps); i++) {
        const json_t *step = json_array_get(debug->steps, i);
        if (strcmp(text_of(step, "path"), path) == 0)
            return step;
    }
    return NULL;
}

static int check_node(const struct debug *debug, const char *node, struct hass_error *err)
{
    if (strcmp(node, "*") == 0 || find_step(debug, node))
        return 0;
    return hass_fail(
        err, HASS_E_NOT_FOUND, "%s has no step '%s': the first is '%s', 'list' shows all of them",
        debug->meant.entity_id, node, text_of(json_array_get(debug->steps, 0), "path"));
}

static int set_node(struct debug *debug, const char *node, struct hass_error *err)
{
    int r = check_node(debug, node, err);

    if (r >= 0)
        r = ask(debug, "trace/debug/breakpoint/set", json_pack("{s:s}", "node", node), NULL, err);
    if (r >= 0)
        json_object_set_new(debug->nodes, node, json_true());
    return r;
}

/* what is shown */

/* The steps that were done since; the one at which the run stands has nothing to show yet. */
static void show_done(struct debug *debug, const json_t *trace, bool stands)
{
    autojson *steps = ctl_trace_steps(trace);
    size_t end = json_array_size(steps) - (stands && json_array_size(steps) > 0);

    for (; debug->shown < end; debug->shown++)
        ctl_print_step(json_array_get(steps, debug->shown));
}

static void show_stop(struct debug *debug, const json_t *run)
{
    const char *path = text_of(run, "path");
    autobuf text = HASS_BUF_INIT;
    autojson *trace = trace_of(debug);

    if (debug->ctl->json) {
        ctl_print_json_line(run);
        return;
    }
    show_done(debug, trace, true);
    const char *detail = detail_of(hass_json_get(find_step(debug, path), "config"));
    hass_buf_printf(&text, "stopped at %s: %s%s%s", path, text_of(run, "step"), *detail ? " " : "",
                    detail);
    say(hass_buf_string(&text));
}

static void show_end(struct debug *debug)
{
    autojson *trace = trace_of(debug);
    const char *how = text_of(trace, "script_execution"), *error = text_of(trace, "error");
    autobuf text = HASS_BUF_INIT;

    if (!debug->ctl->json) {
        show_done(debug, trace, false);
        hass_buf_printf(&text, "run %.*s has ended: %s%s%s", CTL_RUN_DIGITS, debug->run_id,
                        *how ? how : "it writes no trace", *error ? ": " : "", error);
        say(hass_buf_string(&text));
    }
    debug->run_id[0] = '\0';
}

/* The run that is looked at goes on; said once a step. */
static void show_wait(struct debug *debug, const json_t *run)
{
    const char *path = text_of(run, "path"), *until = text_of(run, "until");
    autobuf text = HASS_BUF_INIT;
    char clock[16];

    if (debug->ctl->json || strcmp(debug->path, path) == 0)
        return;
    snprintf(debug->path, sizeof(debug->path), "%s", path);
    ctl_clock_text(until, clock);
    hass_buf_printf(&text, "%s at %s%s%s", text_of(run, "state"), path, *until ? " until " : "",
                    *until ? clock : "");
    say(hass_buf_string(&text));
}

/* commands */

enum {
    STAY, /* and ask again */
    GO,   /* the run does: look at it */
    QUIT,
};

typedef int command_fn(struct debug *debug, const char *word, struct hass_error *err);

static int do_step(struct debug *debug, const char *word, struct hass_error *err)
{
    int r = ask_of_run(debug, "trace/debug/step", NULL, err);

    return r < 0 ? r : GO;
}

static int do_continue(struct debug *debug, const char *word, struct hass_error *err)
{
    int r = ask_of_run(debug, "trace/debug/continue", NULL, err);

    return r < 0 ? r : GO;
}

static int do_stop(struct debug *debug, const char *word, struct hass_error *err)
{
    int r = ask_of_run(debug, "trace/debug/stop", NULL, err);

    return r < 0 ? r : GO;
}

static int do_list(struct debug *debug, const char *word, struct hass_error *err)
{
    static const struct table_column columns[] = {
        { "", TABLE_KEEP }, { "AT", TABLE_KEEP }, { "STEP", 0 }, { "", 0 }
    };
    struct table *table = table_create(columns, 4);

    for (size_t i = 0; i < json_array_size(debug->steps); i++) {
        const json_t *step = json_array_get(debug->steps, i);
        const char *path = text_of(step, "path");
        table_add(table, (const char *[]){ strcmp(path, debug->path) == 0 ? ">" : "", path,
                                           text_of(step, "step"),
                                           detail_of(hass_json_get(step, "config")) });
    }
    ctl_print_rows(debug->ctl, debug->steps, table);
    return STAY;
}

/* A trace says of each step what it has changed. */
static json_t *variables_of(const json_t *trace)
{
    autojson *steps = ctl_trace_steps(trace);
    json_t *variables = json_object(), *step;
    size_t i;

    json_array_foreach(steps, i, step)
        json_object_update(variables, json_object_get(step, "changed_variables"));
    return variables;
}

static int do_variables(struct debug *debug, const char *word, struct hass_error *err)
{
    autojson *trace = trace_of(debug);
    autojson *variables = variables_of(trace);
    const char *name;
    json_t *value;

    if (debug->ctl->json) {
        ctl_print_json_line(variables);
        return STAY;
    }
    json_object_foreach(variables, name, value) {
        autobuf text = HASS_BUF_INIT;
        if (*word && strcmp(word, name) != 0)
            continue;
        hass_buf_printf(&text, "%s: ", name);
        hass_json_write(value, &text);
        text_print(hass_buf_string(&text), *word ? 0 : debug->ctl->width, stdout);
        putchar('\n');
    }
    return STAY;
}

static int do_break(struct debug *debug, const char *word, struct hass_error *err)
{
    int r = set_node(debug, word, err);

    return r < 0 ? r : STAY;
}

static int do_delete(struct debug *debug, const char *word, struct hass_error *err)
{
    int r = check_node(debug, word, err);

    if (r >= 0)
        r = ask(debug, "trace/debug/breakpoint/clear", json_pack("{s:s}", "node", word), NULL, err);
    return r < 0 ? r : STAY;
}

static int do_quit(struct debug *debug, const char *word, struct hass_error *err)
{
    return QUIT;
}

static int do_help(struct debug *debug, const char *word, struct hass_error *err);

static const struct {
    const char *name;
    const char *takes; /* NULL: nothing */
    const char *help;
    command_fn *run;
} commands[] = {
    { "step", NULL, "do this step, and stop at the next one; an empty line does the same",
      do_step },
    { "continue", NULL, "go on to the next breakpoint", do_continue },
    { "stop", NULL, "end the run", do_stop },
    { "list", NULL, "show the steps", do_list },
    { "variables", "[NAME]", "show what templates see; of one all", do_variables },
    { "break", "STEP", "stop at that step, too; *: at each", do_break },
    { "delete", "STEP", "do not stop there any more", do_delete },
    { "quit", NULL, "let everything go on", do_quit },
    { "help", NULL, "show this", do_help },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int do_help(struct debug *debug, const char *word, struct hass_error *err)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-9s %-7s %s\n", commands[i].name, commands[i].takes ? commands[i].takes : "",
               commands[i].help);
    puts("The beginning of a word is enough.");
    return STAY;
}

/* What is wrong, or refused, is told, and asked for again; a daemon that is gone ends it. */
static int run_command(struct debug *debug, const char *name, const char *word,
                       struct hass_error *err)
{
    struct hass_error own = HASS_ERROR_INIT;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strncmp(commands[i].name, name, strlen(name)) != 0)
            continue;
        bool wanted = commands[i].takes && commands[i].takes[0] != '[';
        if ((*word && !commands[i].takes) || (!*word && wanted)) {
            fprintf(stderr, "hassctl: usage: %s %s\n", commands[i].name,
                    commands[i].takes ? commands[i].takes : "");
            return STAY;
        }
        int r = commands[i].run(debug, word, &own);
        if (r >= 0)
            return r;
        if (r != HASS_E_GENERAL && r != HASS_E_NOT_FOUND)
            return hass_error_copy(err, &own);
        fprintf(stderr, "hassctl: %s\n", own.message);
        return STAY;
    }
    fprintf(stderr, "hassctl: unknown command '%s'; 'help' lists them\n", name);
    return STAY;
}

/* Returns as a command does; QUIT at the end of the input. */
static int read_command(struct debug *debug, struct hass_error *err)
{
    if (debug->asks)
        fputs("(debug) ", stdout);
    if (ctl_flush() != CTL_OK || getline(&debug->line, &debug->size, stdin) < 0)
        return QUIT;
    char *rest = debug->line, *name = strsep(&rest, " \t\n");
    char *word = rest ? rest + strspn(rest, " \t") : name + strlen(name);
    word[strcspn(word, " \t\n")] = '\0';
    return run_command(debug, name, word, err);
}

/* What was set, and the run that stands: others may listen, to whom those are nothing. */
static void leave(struct debug *debug)
{
    const char *node;
    json_t *value;

    json_object_foreach(debug->nodes, node, value)
        (void)ask(debug, "trace/debug/breakpoint/clear", json_pack("{s:s}", "node", node), NULL,
                  NULL);
    if (debug->run_id[0])
        (void)ask_of_run(debug, "trace/debug/continue", NULL, NULL);
}

/* a run that stands */

static int attend(struct debug *debug, const json_t *run, struct hass_error *err)
{
    int r = STAY;

    if (strcmp(debug->run_id, text_of(run, "run_id")) != 0) {
        debug->shown = 0;
        snprintf(debug->run_id, sizeof(debug->run_id), "%s", text_of(run, "run_id"));
        if (!debug->ctl->json)
            printf("run %.*s\n", CTL_RUN_DIGITS, debug->run_id);
    }
    snprintf(debug->path, sizeof(debug->path), "%s", text_of(run, "path"));
    show_stop(debug, run);
    while (r == STAY)
        r = read_command(debug, err);
    return r;
}

/* The run that is looked at, else with @standing one that stands. */
static const json_t *find_run(const struct debug *debug, const json_t *runs, bool standing)
{
    const json_t *found = NULL;

    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);
        if (!ctl_is_of(run, &debug->meant))
            continue;
        bool same = strcmp(text_of(run, "run_id"), debug->run_id) == 0;
        bool stands = strcmp(text_of(run, "state"), "stopped") == 0;
        if (same && (stands || !standing))
            return run;
        if (standing && stands && !found)
            found = run;
    }
    return found;
}

/* Nothing stands. True when that was it. */
static bool look_on(struct debug *debug, const json_t *runs)
{
    const json_t *run = find_run(debug, runs, false);

    if (run) {
        show_wait(debug, run);
        return false;
    }
    if (!debug->run_id[0])
        return false;
    show_end(debug);
    return debug->ctl->once;
}

static int follow(struct debug *debug, struct hass_error *err)
{
    for (;;) {
        autojson *runs = NULL, *event = NULL;
        int r = ctl_ask(debug->ctl, "hassd/runs/list", NULL, &runs, err);
        if (r < 0)
            return r;
        const json_t *standing = find_run(debug, runs, true);
        if (standing) {
            r = attend(debug, standing, err);
            if (r == QUIT)
                leave(debug);
            if (r < 0 || r == QUIT)
                return r < 0 ? r : CTL_OK;
            continue;
        }
        if (look_on(debug, runs))
            return CTL_OK;
        if (ctl_flush() != CTL_OK)
            return CTL_FAILED;
        r = ctl_client_next_event(debug->ctl->client, &event, err);
        if (r < 0)
            return r;
    }
}

/* beginning */

static int listen_to(struct debug *debug, struct hass_error *err)
{
    int r = ctl_ask(debug->ctl, "trace/debug/breakpoint/subscribe", NULL, NULL, err);

    return r < 0 ? r
                 : ctl_ask(debug->ctl, "subscribe_entities",
                           json_pack("{s:[s]}", "entity_ids", debug->meant.entity_id), NULL, err);
}

static int set_all(struct debug *debug, int count, char *nodes[], struct hass_error *err)
{
    int r = 0;

    if (json_array_size(debug->steps) == 0)
        return hass_fail(err, HASS_E_INVALID, "%s has no steps to stop at", debug->meant.entity_id);
    if (count == 0)
        return set_node(debug, text_of(json_array_get(debug->steps, 0), "path"), err);
    for (int i = 0; i < count && r >= 0; i++)
        r = set_node(debug, nodes[i], err);
    return r;
}

static int begin(struct debug *debug, int count, char *args[], struct hass_error *err)
{
    int r = ctl_find_meant(debug->ctl, args[0], &debug->meant, err);

    if (r < 0)
        return r;
    debug->domain = strndup(debug->meant.entity_id, strcspn(debug->meant.entity_id, "."));
    r = ask(debug, "hassd/debug/steps", NULL, &debug->steps, err);
    if (r >= 0)
        r = listen_to(debug, err);
    if (r >= 0)
        r = set_all(debug, count - 1, args + 1, err);
    return r;
}

int ctl_debug(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    struct debug debug = { .ctl = ctl,
                           .nodes = json_object(),
                           .asks = ctl->terminal && isatty(STDIN_FILENO) };
    int r = begin(&debug, count, args, err);

    if (r >= 0 && !ctl->json)
        printf("%s stops when it runs; until then Ctrl-C ends this, and lets everything go on\n",
               debug.meant.entity_id);
    if (r >= 0)
        r = follow(&debug, err);
    ctl_meant_fini(&debug.meant);
    json_decref(debug.steps);
    json_decref(debug.nodes);
    free(debug.domain);
    free(debug.line);
    return r;
}
