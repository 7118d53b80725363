/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breakpoints: steps at which runs stand until somebody lets them go on. A script knows whether any is set for it, so that a run that nobody
 * looks at asks one flag a step. They live in memory alone: what stood when hassd ended goes on at that step, without them.
 */
#include <string.h>

#include <hass/dispatcher.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "helpers/script.h"

#define ANY "*"

struct breakpoint {
    struct hass_list link;
    char *domain;
    char *key;
    char *run_id; /* NULL: of any run */
    char *node;
    bool step; /* SCRIPT_DEBUG_STEP has set it: not counted, as there are no more than runs */
};

static bool is_of(const struct breakpoint *breakpoint, const struct hass_script *script)
{
    return script->key && strcmp(breakpoint->key, script->key) == 0 &&
           strcmp(breakpoint->domain, script->domain) == 0;
}

static bool is_for_run(const struct breakpoint *breakpoint, const char *run_id)
{
    return breakpoint->run_id && strcmp(breakpoint->run_id, run_id) == 0;
}

static bool is_for_node(const struct breakpoint *breakpoint, const char *node)
{
    return strcmp(breakpoint->node, ANY) == 0 || strcmp(breakpoint->node, node) == 0;
}

/* which there are */

bool script_is_watched(const struct hass_script *script)
{
    list_foreach(&script->all->breakpoints, struct breakpoint, breakpoint, link) {
        if (is_of(breakpoint, script))
            return true;
    }
    return false;
}

static HASS_CALLBACK void look_again(struct script_hass *all)
{
    list_foreach(&all->scripts, struct hass_script, script, link)
        script->watched = script_is_watched(script);
}

/* "*" as the id of a run is any. */
static const char *read_run(const char *run_id)
{
    return run_id && strcmp(run_id, ANY) != 0 ? run_id : NULL;
}

static struct breakpoint *find(struct script_hass *all, const char *domain, const char *key,
                               const char *run_id, const char *node)
{
    list_foreach(&all->breakpoints, struct breakpoint, breakpoint, link) {
        bool same_run = run_id ? is_for_run(breakpoint, run_id) : !breakpoint->run_id;
        if (same_run && strcmp(breakpoint->domain, domain) == 0 &&
            strcmp(breakpoint->key, key) == 0 && strcmp(breakpoint->node, node) == 0)
            return breakpoint;
    }
    return NULL;
}

static void add(struct script_hass *all, const char *domain, const char *key, const char *run_id,
                const char *node, bool step)
{
    struct breakpoint *breakpoint = mem_alloc(sizeof(*breakpoint));

    *breakpoint = (struct breakpoint){
        .domain = mem_strdup(domain),
        .key = mem_strdup(key),
        .run_id = run_id ? mem_strdup(run_id) : NULL,
        .node = mem_strdup(node),
        .step = step,
    };
    list_append(&all->breakpoints, &breakpoint->link);
}

static void drop(struct breakpoint *breakpoint)
{
    list_remove(&breakpoint->link);
    free(breakpoint->domain);
    free(breakpoint->key);
    free(breakpoint->run_id);
    free(breakpoint->node);
    free(breakpoint);
}

void script_drop_breakpoints(struct script_hass *all)
{
    list_foreach(&all->breakpoints, struct breakpoint, breakpoint, link)
        drop(breakpoint);
}

static size_t count_set(struct script_hass *all)
{
    size_t count = 0;

    list_foreach(&all->breakpoints, struct breakpoint, breakpoint, link)
        count += !breakpoint->step;
    return count;
}

int hass_script_breakpoint_async_set(struct hass *hass, const char *domain, const char *key,
                                     const char *run_id, const char *node, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.script_breakpoint.async_set", err);
    struct script_hass *all = script_hass(hass);

    run_id = read_run(run_id);
    if (find(all, domain, key, run_id, node))
        return 0;
    if (count_set(all) >= SCRIPT_MAX_BREAKPOINTS)
        return hass_fail(err, HASS_E_LIMIT,
                         "%d breakpoints are set, which is as many as there may be: clear one",
                         SCRIPT_MAX_BREAKPOINTS);
    add(all, domain, key, run_id, node, false);
    look_again(all);
    return 0;
}

void hass_script_breakpoint_async_clear(struct hass *hass, const char *domain, const char *key,
                                        const char *run_id, const char *node)
{
    VERIFY_LOOP_OR(hass, "hass.script_breakpoint.async_clear", );
    struct script_hass *all = script_hass(hass);
    struct breakpoint *breakpoint = find(all, domain, key, read_run(run_id), node);

    if (!breakpoint)
        return;
    drop(breakpoint);
    look_again(all);
}

json_t *hass_script_breakpoints_async_list(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.script_breakpoints.async_list", NULL);
    json_t *list = json_array();

    list_foreach(&script_hass(hass)->breakpoints, struct breakpoint, breakpoint, link) {
        const char *run_id = breakpoint->run_id ? breakpoint->run_id : ANY;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "domain", breakpoint->domain,
                                              "item_id", breakpoint->key, "run_id", run_id, "node",
                                              breakpoint->node));
    }
    return list;
}

/* standing */

static bool is_met(struct hass_script_run *run, const char *run_id, const char *node)
{
    list_foreach(&run->script->all->breakpoints, struct breakpoint, breakpoint, link) {
        if (is_of(breakpoint, run->script) && is_for_node(breakpoint, node) &&
            (!breakpoint->run_id || is_for_run(breakpoint, run_id)))
            return true;
    }
    return false;
}

/* Whoever is told may do anything to the run: it stands already. */
bool script_halts(struct hass_script_run *run, const struct script_step *step)
{
    const struct hass_script *script = run->script;
    char id[33];

    script_run_id(script_main(run), id);
    if (!is_met(run, id, step->path))
        return false;
    run->wait = SCRIPT_HALTED;
    json_t *told = json_pack("{s:s, s:s, s:s, s:s}", "domain", script->domain, "item_id",
                             script->key, "run_id", id, "node", step->path);
    script_log(script, HASS_LOG_DEBUG, "stands at the breakpoint %s", step->path);
    (void)hass_async_dispatcher_send(script->hass, HASS_SCRIPT_BREAKPOINT_HIT, told, NULL);
    return true;
}

void script_end_of_watched(struct hass_script_run *run)
{
    struct script_hass *all = run->script->all;
    char id[33];

    script_run_id(run, id);
    list_foreach(&all->breakpoints, struct breakpoint, breakpoint, link) {
        if (is_of(breakpoint, run->script) && is_for_run(breakpoint, id))
            drop(breakpoint);
    }
    look_again(all);
}

/* going on */

/* What of the run stands: itself, or branches of it. */
static HASS_CALLBACK void let_go(struct hass_script_run *run)
{
    if (run->wait == SCRIPT_HALTED)
        script_wake(run, SCRIPT_HALTED);
    if (run->wait != SCRIPT_BRANCHING)
        return;
    list_foreach(&run->fork->branches, struct hass_script_run, branch, link)
        let_go(branch);
}

void hass_script_breakpoints_async_clear(struct hass *hass)
{
    VERIFY_LOOP_OR(hass, "hass.script_breakpoints.async_clear", );
    struct script_hass *all = helpers_of(hass)->scripts;

    if (!all) // who listens may go when scripts have gone, or none was ever made
        return;
    script_drop_breakpoints(all);
    look_again(all);
    list_foreach(&all->scripts, struct hass_script, script, link) {
        for (struct hass_list *at = script->runs.next; at != &script->runs; at = at->next)
            let_go(list_entry(at, struct hass_script_run, link));
    }
}

static struct hass_script_run *find_run(struct script_hass *all, const char *domain,
                                        const char *key, const char *run_id)
{
    list_foreach(&all->scripts, struct hass_script, script, link) {
        if (!script->key || strcmp(script->domain, domain) != 0 || strcmp(script->key, key) != 0)
            continue;
        struct hass_script_run *run = script_find_run(script, run_id);
        if (run)
            return run;
    }
    return NULL;
}

int hass_script_runs_async_debug(struct hass *hass, const char *domain, const char *key,
                                 const char *run_id, enum hass_script_debug how,
                                 struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.script_runs.async_debug", err);
    struct script_hass *all = script_hass(hass);
    struct hass_script_run *run = find_run(all, domain, key, run_id);

    if (!run)
        return hass_fail(err, HASS_E_NOT_FOUND, "no run of %s %s has the id %s", domain, key,
                         run_id);
    struct breakpoint *every = find(all, domain, key, run_id, ANY);
    switch (how) {
    case HASS_SCRIPT_DEBUG_STEP:
        if (!every)
            add(all, domain, key, run_id, ANY, true);
        break;
    case HASS_SCRIPT_DEBUG_CONTINUE:
        if (every)
            drop(every);
        break;
    case HASS_SCRIPT_DEBUG_STOP:
        script_run_stop(run);
        return 0;
    }
    look_again(all);
    let_go(run);
    return 0;
}
