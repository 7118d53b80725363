/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printing what was seen. The latest changes are remembered, since what a change has set off is seen after it: a run's context names that
 * of its cause. The same refusal again and again is printed once, and counted.
 */
#include "timeline.h"

#include <stdio.h>
#include <string.h>

#include <hass/context.h>
#include <hass/dt.h>
#include <hass/loop.h>
#include <hass/script.h>
#include <hass/states.h>
#include <hass/strmap.h>

#include "scenario_place.h"

#define CAUSES 64 /* changes that are remembered */

struct cause {
    char context[HASS_MAX_CONTEXT_ID + 1];
    char *entity_id;   /* NULL: none is remembered here */
    char *old, *state; /* texts, or NULL */
    int64_t at;
    bool printed;
};

struct timeline {
    struct timeline_options options;
    char *only;
    struct cause causes[CAUSES];
    size_t next;               /* of causes to be written over */
    int day;                   /* of the last line, as year * 400 + day of the year */
    int64_t at;                /* of the last line */
    struct hass_strmap *stops; /* size_t: how often, by "entity_id reason path" */
    struct hass_strmap *ran;   /* entity ids */
    size_t runs, calls, stopped;
};

struct timeline *timeline_create(const struct timeline_options *options)
{
    struct timeline *timeline = calloc(1, sizeof(*timeline));

    timeline->options = *options;
    timeline->stops = hass_strmap_create(free);
    timeline->ran = hass_strmap_create(NULL);
    return timeline;
}

static void cause_fini(struct cause *cause)
{
    free(cause->entity_id);
    free(cause->old);
    free(cause->state);
}

struct timeline *timeline_destroy(struct timeline *timeline)
{
    if (!timeline)
        return NULL;
    for (size_t i = 0; i < CAUSES; i++)
        cause_fini(&timeline->causes[i]);
    hass_strmap_destroy(timeline->stops);
    hass_strmap_destroy(timeline->ran);
    free(timeline->only);
    free(timeline);
    return NULL;
}

void timeline_set_only(struct timeline *timeline, const char *entity_id)
{
    free(timeline->only);
    timeline->only = strdup(entity_id);
}

/* lines */

static void print_day(struct timeline *timeline, const struct hass_dt *local)
{
    static const char *const days[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday" };
    int day = local->year * 400 + local->month * 32 + local->day;

    if (day == timeline->day)
        return;
    fprintf(timeline->options.out, "%s%s %04d-%02d-%02d\n", timeline->day ? "\n" : "",
            days[local->weekday % 7], local->year, local->month, local->day);
    timeline->day = day;
}

/* The beginning of a line: the time, once. */
static void begin_line(struct timeline *timeline, int64_t at)
{
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(at, timeline->options.zone, &local);
    print_day(timeline, &local);
    if (at / 1000 == timeline->at / 1000)
        fputs("          ", timeline->options.out);
    else
        fprintf(timeline->options.out, "%02d:%02d:%02d  ", local.hour, local.minute, local.second);
    timeline->at = at;
}

static json_t *json_line(const struct timeline *timeline, int64_t at, const char *kind)
{
    char time[HASS_DT_TEXT];

    hass_dt_iso(at, timeline->options.zone, time);
    return json_pack("{s:s, s:s}", "at", time, "kind", kind);
}

static void set_text(json_t *line, const char *key, const char *text)
{
    if (text)
        json_object_set_new(line, key, json_string(text));
}

/* @line is taken. */
static void print_json(struct timeline *timeline, json_t *line)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(line, &text);
    fprintf(timeline->options.out, "%s\n", hass_buf_string(&text));
    json_decref(line);
}

/* changes */

static void print_change(struct timeline *timeline, const struct cause *cause)
{
    if (timeline->options.json) {
        json_t *line = json_line(timeline, cause->at, "change");
        set_text(line, "entity_id", cause->entity_id);
        set_text(line, "from", cause->old);
        set_text(line, "to", cause->state);
        print_json(timeline, line);
        return;
    }
    begin_line(timeline, cause->at);
    if (cause->old && cause->state && strcmp(cause->old, cause->state) == 0)
        fprintf(timeline->options.out, "%s  %s, other attributes\n", cause->entity_id,
                cause->state);
    else
        fprintf(timeline->options.out, "%s  %s -> %s\n", cause->entity_id,
                cause->old ? cause->old : "nothing", cause->state ? cause->state : "nothing");
}

static char *copy_state(const struct hass_state *state)
{
    return state ? strdup(hass_state_state(state)) : NULL;
}

/* Of automations and scripts it is told that they run. */
static bool tells_of_runs(const char *entity_id)
{
    return strncmp(entity_id, "automation.", 11) == 0 || strncmp(entity_id, "script.", 7) == 0;
}

static void see_change(struct timeline *timeline, const struct scenario_seen *seen)
{
    struct cause *cause = &timeline->causes[timeline->next++ % CAUSES];

    cause_fini(cause);
    *cause = (struct cause){ .entity_id = strdup(seen->name),
                             .old = copy_state(seen->old),
                             .state = copy_state(seen->state),
                             .at = seen->at };
    snprintf(cause->context, sizeof(cause->context), "%s", hass_context_id(seen->context));
    bool same = cause->old && cause->state && strcmp(cause->old, cause->state) == 0;
    if (timeline->options.all && !timeline->only && !same && !tells_of_runs(seen->name)) {
        print_change(timeline, cause);
        cause->printed = true;
    }
}

/* The latest change with this context, or whose entity the text names; NULL. */
static struct cause *find_cause(struct timeline *timeline, const char *context, const char *text,
                                int64_t at)
{
    for (size_t i = 1; i <= CAUSES; i++) {
        struct cause *cause = &timeline->causes[(timeline->next - i) % CAUSES];
        if (cause->entity_id &&
            (context ? strcmp(cause->context, context) == 0
                     : text && cause->at == at && strstr(text, cause->entity_id)))
            return cause;
    }
    return NULL;
}

static void print_cause(struct timeline *timeline, struct cause *cause)
{
    if (!cause || cause->printed)
        return;
    print_change(timeline, cause);
    cause->printed = true;
}

/* runs */

static HASS_CALLBACK void see_run(struct timeline *timeline, struct hass *hass,
                                  const struct scenario_seen *seen)
{
    const char *parent = hass_context_parent_id(seen->context);
    autobuf place = HASS_BUF_INIT;

    timeline->runs++;
    hass_strmap_set(timeline->ran, seen->name, timeline);
    print_cause(timeline, parent ? find_cause(timeline, parent, NULL, 0) : NULL);
    bool known = scenario_place(hass, seen->name, "", &place);
    if (timeline->options.json) {
        json_t *line = json_line(timeline, seen->at, "run");
        set_text(line, "entity_id", seen->name);
        set_text(line, "name", seen->title);
        set_text(line, "trigger", seen->text);
        set_text(line, "place", known ? hass_buf_string(&place) : NULL);
        set_text(line, "context_id", hass_context_id(seen->context));
        set_text(line, "parent_id", parent);
        print_json(timeline, line);
        return;
    }
    begin_line(timeline, seen->at);
    fprintf(timeline->options.out, "> %s", seen->title);
    if (seen->text)
        fprintf(timeline->options.out, ", by %s", seen->text);
    else if (seen->run && strcmp(seen->run, seen->name) != 0)
        fprintf(timeline->options.out, ", by %s", seen->run);
    if (known)
        fprintf(timeline->options.out, "  (%s)", hass_buf_string(&place));
    fputc('\n', timeline->options.out);
}

static HASS_CALLBACK void see_stop(struct timeline *timeline, struct hass *hass,
                                   const struct scenario_seen *seen)
{
    const char *path = hass_json_get_string(seen->data, "path", "");
    const char *trigger = hass_json_get_string(seen->data, "trigger", NULL);
    autobuf key = HASS_BUF_INIT;
    autobuf text = HASS_BUF_INIT;
    autobuf place = HASS_BUF_INIT;

    timeline->stopped++;
    hass_buf_printf(&key, "%s did not run: %s %s", seen->title, seen->text, path);
    size_t *count = hass_strmap_get(timeline->stops, hass_buf_string(&key));
    if (count && ++*count && !timeline->options.json && !timeline->options.all)
        return;
    if (!count) {
        count = malloc(sizeof(*count));
        *count = 1;
        hass_strmap_set(timeline->stops, hass_buf_string(&key), count);
    }
    print_cause(timeline, find_cause(timeline, NULL, trigger, seen->at));
    timeline_stop_text(seen->data, &text);
    bool known = scenario_place(hass, seen->name, path, &place);
    if (timeline->options.json) {
        json_t *line = json_line(timeline, seen->at, "stop");
        set_text(line, "entity_id", seen->name);
        set_text(line, "name", seen->title);
        set_text(line, "trigger", trigger);
        set_text(line, "reason", seen->text);
        set_text(line, "path", path);
        json_object_set(line, "details", (json_t *)hass_json_get(seen->data, "details"));
        set_text(line, "place", known ? hass_buf_string(&place) : NULL);
        print_json(timeline, line);
        return;
    }
    begin_line(timeline, seen->at);
    fprintf(timeline->options.out, "x %s did not run: %s%s%s%s\n", seen->title,
            hass_buf_string(&text), known ? "  (" : "", hass_buf_string(&place), known ? ")" : "");
}

static const char *shown_run(const struct timeline *timeline, const struct scenario_seen *seen)
{
    return seen->run && seen->at / 1000 != timeline->at / 1000 ? seen->run : NULL;
}

/* "  (automation.hall, automations.yaml:12)" */
static void print_origin(struct timeline *timeline, const char *run, const char *place)
{
    if (run || *place)
        fprintf(timeline->options.out, "  (%s%s%s)", run ? run : "", run && *place ? ", " : "",
                place);
    fputc('\n', timeline->options.out);
}

static HASS_CALLBACK void see_call(struct timeline *timeline, struct hass *hass,
                                   const struct scenario_seen *seen)
{
    autobuf text = HASS_BUF_INIT;
    autobuf place = HASS_BUF_INIT;
    const char *item = seen->item ? seen->item : seen->run;

    if (seen->step && item)
        (void)scenario_place(hass, item, seen->step, &place);
    timeline->calls += !seen->asked;
    if (timeline->options.json) {
        json_t *line = json_line(timeline, seen->at, seen->asked ? "asked" : "call");
        set_text(line, "action", seen->name);
        json_object_set(line, "data", (json_t *)seen->data);
        set_text(line, "entity_id", seen->run);
        set_text(line, "path", seen->step);
        set_text(line, "place", place.length ? hass_buf_string(&place) : NULL);
        set_text(line, "context_id", hass_context_id(seen->context));
        print_json(timeline, line);
        return;
    }
    timeline_call_text(seen->name, seen->data, &text);
    const char *run = shown_run(timeline, seen);
    begin_line(timeline, seen->at);
    fprintf(timeline->options.out, "%s%s", seen->asked ? "" : "  -> ", hass_buf_string(&text));
    print_origin(timeline, run, hass_buf_string(&place));
}

static void see_event(struct timeline *timeline, const struct scenario_seen *seen)
{
    autobuf data = HASS_BUF_INIT;

    if (timeline->options.json) {
        json_t *line = json_line(timeline, seen->at, "event");
        set_text(line, "event", seen->name);
        json_object_set(line, "data", (json_t *)seen->data);
        set_text(line, "entity_id", seen->run);
        print_json(timeline, line);
        return;
    }
    if (seen->data)
        hass_json_write(seen->data, &data);
    const char *run = shown_run(timeline, seen);
    begin_line(timeline, seen->at);
    fprintf(timeline->options.out, "%sevent %s %s%s%s%s\n", seen->asked ? "" : "  -> ", seen->name,
            hass_buf_string(&data), run ? "  (" : "", run ? run : "", run ? ")" : "");
}

static void see_log(struct timeline *timeline, const struct scenario_seen *seen)
{
    if (timeline->options.json) {
        json_t *line = json_line(timeline, seen->at, "log");
        set_text(line, "message", seen->text);
        print_json(timeline, line);
        return;
    }
    begin_line(timeline, seen->at);
    fprintf(timeline->options.out, "! %s\n", seen->text);
}

/* True for what the one automation that is asked for has nothing to do with. */
static bool is_others(const struct timeline *timeline, const struct scenario_seen *seen)
{
    const char *of = seen->kind == SEEN_RUN || seen->kind == SEEN_STOP ? seen->name : seen->run;

    if (!timeline->only || seen->kind == SEEN_CHANGE || seen->kind == SEEN_LOG || seen->asked)
        return false;
    /* A script that it calls has its context. */
    bool called = seen->kind == SEEN_RUN && seen->run && strcmp(seen->run, timeline->only) == 0;
    return !called && (!of || strcmp(of, timeline->only) != 0);
}

void timeline_see(struct timeline *timeline, struct hass *hass, const struct scenario_seen *seen)
{
    if (is_others(timeline, seen))
        return;
    switch (seen->kind) {
    case SEEN_CHANGE:
        see_change(timeline, seen);
        break;
    case SEEN_EVENT:
        see_event(timeline, seen);
        break;
    case SEEN_RUN:
        see_run(timeline, hass, seen);
        break;
    case SEEN_STOP:
        see_stop(timeline, hass, seen);
        break;
    case SEEN_CALL:
        see_call(timeline, hass, seen);
        break;
    case SEEN_LOG:
        see_log(timeline, seen);
        break;
    }
}

/* the end */

/* ", until 07:30:00" in the home's time. */
static void add_until(const struct timeline *timeline, const char *until, struct hass_buf *text)
{
    struct hass_dt local = { .size = sizeof(local) };
    int64_t time;

    if (!until || hass_dt_parse(until, NULL, &time, NULL) < 0)
        return;
    hass_dt_local(time, timeline->options.zone, &local);
    hass_buf_printf(text, ", until %04d-%02d-%02d %02d:%02d:%02d", local.year, local.month,
                    local.day, local.hour, local.minute, local.second);
}

static void print_pending(struct timeline *timeline, const json_t *run)
{
    autobuf until = HASS_BUF_INIT;

    if (timeline->options.json) {
        json_t *line = json_line(timeline, timeline->at, "pending");
        json_object_set(line, "run", (json_t *)run);
        print_json(timeline, line);
        return;
    }
    add_until(timeline, hass_json_get_string(run, "until", NULL), &until);
    fprintf(timeline->options.out, "%s still goes on: %s%s\n",
            hass_json_get_string(run, "name", "?"), hass_json_get_string(run, "step", "?"),
            hass_buf_string(&until));
}

static void print_stops(struct timeline *timeline)
{
    const char *text;
    size_t *count;

    strmap_foreach(timeline->stops, text, count) {
        if (*count > 1)
            fprintf(timeline->options.out, "%s (%zu times)\n", text, *count);
    }
}

void timeline_end(struct timeline *timeline, struct hass *hass)
{
    autojson *runs = hass_script_runs_async_list(hass);
    size_t i;
    json_t *run;

    timeline->at = hass_now(hass);
    if (!timeline->options.json)
        fputc('\n', timeline->options.out);
    json_array_foreach(runs, i, run)
        print_pending(timeline, run);
    if (timeline->options.json)
        return;
    if (!timeline->options.all)
        print_stops(timeline);
    size_t ran = hass_strmap_count(timeline->ran);
    fprintf(timeline->options.out, "%zu %s of %zu %s, %zu %s, %zu did not run\n", timeline->runs,
            timeline->runs == 1 ? "run" : "runs", ran,
            ran == 1 ? "automation or script" : "automations and scripts", timeline->calls,
            timeline->calls == 1 ? "call" : "calls", timeline->stopped);
}
