/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a case: its calls and events are collected, its states looked at at the end, and a timeline is kept for who asks what went wrong.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hass/states.h>

#include "case.h"
#include "timeline.h"

struct running {
    struct automation_case *test;
    struct timeline *timeline;
};

void case_fail(struct automation_case *test, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    json_array_append_new(test->failures, json_string(text));
    free(text);
}

/* True for what an automation does that the case is not about. */
static bool is_others(const struct automation_case *test, const char *run)
{
    const char *name = test->automation;

    if (!name)
        return false;
    return !run || (strcmp(run, name) != 0 &&
                    (strncmp(run, "automation.", 11) != 0 || strcmp(run + 11, name) != 0));
}

static void on_seen(struct hass *hass, const struct scenario_seen *seen, void *userdata)
{
    const struct running *running = userdata;
    struct automation_case *test = running->test;

    hass__assert_loop();
    timeline_see(running->timeline, hass, seen);
    if ((seen->kind != SEEN_CALL && seen->kind != SEEN_EVENT) || seen->asked ||
        is_others(test, seen->run))
        return;
    vec_push(&test->calls, ((struct happened){
                               .is_event = seen->kind == SEEN_EVENT,
                               .name = strdup(seen->name),
                               .data = hass_json_ref(seen->data),
                               .run = seen->run ? strdup(seen->run) : NULL,
                               .at = seen->at,
                           }));
}

static void compare_attributes(struct automation_case *test, const struct wanted *wanted,
                               const struct hass_state *state)
{
    autojson *attributes = hass_state_attributes(state);
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)wanted->data, key, value) {
        const json_t *got = hass_json_get(attributes, key);
        if (got && hass_json_equal(got, value))
            continue;
        autobuf want = HASS_BUF_INIT;
        autobuf have = HASS_BUF_INIT;
        hass_json_write(value, &want);
        if (got)
            hass_json_write(got, &have);
        case_fail(test, "line %u: wanted: %s of %s is %s\n         got: %s", wanted->line, key,
                  wanted->name, hass_buf_string(&want), got ? hass_buf_string(&have) : "nothing");
    }
}

static HASS_CALLBACK void compare_state(struct hass *hass, struct automation_case *test,
                                        const struct wanted *wanted)
{
    const struct hass_state *state = hass_states_async_get(hass, wanted->name);
    const char *got = state ? hass_state_state(state) : NULL;

    if (wanted->state ? got && strcmp(got, wanted->state) == 0 : !got) {
        if (state && wanted->data)
            compare_attributes(test, wanted, state);
        return;
    }
    case_fail(test, "line %u: wanted: %s is %s\n         got: %s", wanted->line, wanted->name,
              wanted->state ? wanted->state : "not there", got ? got : "there is none");
}

static HASS_CALLBACK void on_ended(struct hass *hass, void *userdata)
{
    const struct running *running = userdata;

    vec_foreach(&running->test->wanted, wanted)
        if (wanted->kind == WANTED_STATE)
            compare_state(hass, running->test, wanted);
    timeline_end(running->timeline, hass);
}

/* A case about an automation that is not there would always find nothing called. */
static HASS_CALLBACK int on_ready(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct running *running = userdata;
    const char *name = running->test->automation;
    autobuf entity_id = HASS_BUF_INIT;

    if (!name)
        return 0;
    hass_buf_printf(&entity_id, "%s%s", strchr(name, '.') ? "" : "automation.", name);
    if (hass_states_async_get(hass, hass_buf_string(&entity_id)))
        return 0;
    return hass_fail(err, HASS_E_NOT_FOUND, "there is no automation '%s'", name);
}

int case_run(struct automation_case *test, const struct scratch *scratch, struct hass_error *err)
{
    size_t size;
    FILE *out = open_memstream(&test->happened, &size);
    struct running running = {
        .test = test,
        .timeline = timeline_create(
            &(struct timeline_options){ .all = true, .zone = test->span.zone, .out = out }),
    };
    const struct scenario scenario = {
        .options = scratch->options,
        .from = test->span.from,
        .to = test->span.to,
        .time_zone = test->time_zone,
        .given = &test->given,
        .items = &test->items,
        .responses = test->responses,
        .seen = on_seen,
        .ready = on_ready,
        .ended = on_ended,
        .userdata = &running,
    };
    int r = scenario_run(&scenario, err);

    timeline_destroy(running.timeline);
    fclose(out);
    if (r == 0)
        case_compare(test);
    return r;
}
