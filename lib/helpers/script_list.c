/* SPDX-License-Identifier: Apache-2.0 */
/* What others want to know of scripts and their runs: lists, the step that one is at, what it refers to. */
#include <string.h>

#include <hass/dt.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "helpers/script.h"

/* runs */

/* The run that shows where this one is: itself, or of the branches that it waits for one that stands, or the first. */
static const struct hass_script_run *innermost(const struct hass_script_run *run)
{
    const struct hass_script_run *first = NULL;

    if (run->wait != SCRIPT_BRANCHING)
        return run;
    list_foreach(&run->fork->branches, struct hass_script_run, branch, link) {
        const struct hass_script_run *inner = innermost(branch);
        if (inner->wait == SCRIPT_HALTED)
            return inner;
        first = first ? first : inner;
    }
    return first ? first : run;
}

static const char *state_of(const struct hass_script_run *run)
{
    switch ((enum script_wait)run->wait) {
    case SCRIPT_QUEUED:
        return "queued";
    case SCRIPT_DELAYED:
    case SCRIPT_WATCHING:
        return "waiting";
    case SCRIPT_HALTED:
        return timer_is_set(&run->timer) ? "running" : "stopped"; // it has been let go
    default:
        return "running";
    }
}

void script_run_id(const struct hass_script_run *run, char text[33])
{
    if (run->trace)
        snprintf(text, 33, "%.32s", hass_trace_run_id(run->trace));
    else // people are shown its beginning
        snprintf(text, 33, "%08llx%024d", (unsigned long long)run->id, 0);
}

static void set_time(json_t *object, const char *key, int64_t time)
{
    char text[HASS_DT_TEXT];

    hass_dt_iso(time, NULL, text);
    json_object_set_new(object, key, json_string(text));
}

static HASS_CALLBACK json_t *describe(const struct hass_script_run *run)
{
    const struct hass_script *script = run->script;
    const struct hass_script_run *inner = innermost(run);
    const struct script_frame *frame = inner->top;
    const struct script_step *step = frame && frame->index < frame->sequence->count
                                         ? &frame->sequence->steps[frame->index]
                                         : NULL;
    char id[33];

    script_run_id(run, id);
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s?}", "run_id", id, "domain", script->domain, "key",
        script->key ? script->key : "", "name", script->name, "state", state_of(inner), "path",
        step ? step->path : script->root, "step", step ? script_step_text(step) : "", "context_id",
        run->context ? hass_context_id(run->context) : NULL);
    set_time(object, "since", run->since);
    if (inner->until)
        set_time(object, "until", script_until(inner));
    return object;
}

json_t *hass_script_runs_async_list(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.script_runs.async_list", NULL);
    json_t *list = json_array();

    list_foreach(&script_hass(hass)->scripts, struct hass_script, script, link) {
        for (struct hass_list *at = script->runs.next; at != &script->runs; at = at->next)
            json_array_append_new(list, describe(list_entry(at, struct hass_script_run, link)));
    }
    return list;
}

struct hass_script_run *script_find_run(const struct hass_script *script, const char *wanted)
{
    char id[33];

    list_foreach(&script->runs, struct hass_script_run, run, link) {
        script_run_id(run, id);
        if (strcmp(id, wanted) == 0)
            return run;
    }
    return NULL;
}

int hass_script_runs_async_stop(struct hass *hass, const char *run_id, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.script_runs.async_stop", err);
    list_foreach(&script_hass(hass)->scripts, struct hass_script, script, link) {
        struct hass_script_run *run = script_find_run(script, run_id);
        if (!run)
            continue;
        script_run_stop(run);
        return 0;
    }
    return hass_fail(err, HASS_E_NOT_FOUND, "no run has the id %s", run_id);
}

bool hass_script_async_calling(struct hass *hass, struct hass_script_calling *ret_calling)
{
    VERIFY_LOOP_OR(hass, "hass.script.async_calling", false);
    const struct hass_script_run *run = script_hass(hass)->calling;

    if (!run)
        return false;
    *ret_calling = (struct hass_script_calling){
        .size = sizeof(*ret_calling),
        .domain = run->script->domain,
        .key = run->script->key,
        .path = script_step_of(run->top)->path,
    };
    return true;
}

/* steps */

static void add_steps(json_t *list, const struct script_sequence *sequence)
{
    for (uint32_t i = 0; i < sequence->count; i++) {
        const struct script_step *step = &sequence->steps[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:O?}", "path", step->path, "step",
                                              script_step_text(step), "config", step->config));
        for (uint32_t child = 0; child < step->child_count; child++)
            add_steps(list, step->children[child]);
    }
}

json_t *hass_script_steps_async_list(struct hass *hass, const char *domain, const char *key)
{
    VERIFY_LOOP_OR(hass, "hass.script_steps.async_list", NULL);

    list_foreach(&script_hass(hass)->scripts, struct hass_script, script, link) {
        if (!script->key || strcmp(script->domain, domain) != 0 || strcmp(script->key, key) != 0)
            continue;
        json_t *list = json_array();
        add_steps(list, script->sequence);
        return list;
    }
    return NULL;
}

const char *hass_script_async_last_action(const struct hass_script *script)
{
    VERIFY_LOOP_OR(script->hass, "hass.script.async_last_action", NULL);
    return script_last_text((struct hass_script *)script);
}

/* what it refers to */

static const struct {
    const char *key;
    const char *list;
} references[] = {
    { "entity_id", "entities" }, { "scene", "entities" },  { "device_id", "devices" },
    { "area_id", "areas" },      { "floor_id", "floors" }, { "label_id", "labels" },
};

static void note(json_t *list, const char *id)
{
    const json_t *known;
    size_t i;

    if (hass_is_template_string(id) || strcmp(id, "all") == 0 || strcmp(id, "none") == 0)
        return;
    json_array_foreach(list, i, known) {
        if (strcmp(json_string_value(known), id) == 0)
            return;
    }
    json_array_append_new(list, json_string(id));
}

static void note_all(json_t *list, const json_t *ids)
{
    const json_t *id;
    size_t i;

    if (json_is_string(ids))
        note(list, json_string_value(ids));
    json_array_foreach((json_t *)ids, i, id) {
        if (json_is_string(id))
            note(list, json_string_value(id));
    }
}

static void collect(json_t *found, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    json_array_foreach((json_t *)value, i, member)
        collect(found, member);
    json_object_foreach((json_t *)value, key, member) {
        /* What they hold is anybody's. */
        if (strcmp(key, "variables") == 0 || strcmp(key, "event_data") == 0)
            continue;
        for (i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
            if (strcmp(key, references[i].key) == 0)
                note_all(json_object_get(found, references[i].list), member);
        }
        collect(found, member);
    }
}

json_t *hass_script_async_referenced(const struct hass_script *script)
{
    VERIFY_LOOP_OR(script->hass, "hass.script.async_referenced", NULL);
    json_t *found = json_pack("{s:[], s:[], s:[], s:[], s:[]}", "entities", "devices", "areas",
                              "floors", "labels");

    collect(found, script->config);
    return found;
}
