/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassd simulate`: a scenario between two times, from a history or a written list, printed as a timeline.
 */
#include "simulate.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <hass/states.h>

#include "timeline.h"

#define DAY      (24 * 3600 * HASS_USEC_PER_SEC)
#define MAX_SPAN (366 * DAY)

struct simulation {
    const struct args *args;
    struct scratch scratch;
    struct scenario_span span;
    struct scenario_items given, items;
    struct timeline *timeline;
};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * HASS_USEC_PER_SEC;
}

static int read_time(const char *option, const char *text, const struct hass_zone *zone,
                     int64_t base, int64_t *ret_time, struct hass_error *err)
{
    autojson *value = json_string(text);
    int r = scenario_time(value, zone, base, ret_time, err);

    if (r < 0)
        hass_error_prefix(err, "%s", option);
    return r;
}

/* Without times it is today; a time of the day without a date is today's. */
static int read_span(struct simulation *simulation, struct hass_error *err)
{
    const struct args *args = simulation->args;
    struct scenario_span *span = &simulation->span;
    struct hass_dt local = { .size = sizeof(local) };
    int64_t midnight;
    int r = 0;

    hass_dt_local(now(), span->zone, &local);
    local.hour = local.minute = local.second = local.microsecond = local.fold = 0;
    (void)hass_dt_utc(&local, span->zone, &midnight);
    span->from = midnight;
    if (args->from)
        r = read_time("--from", args->from, span->zone, midnight, &span->from, err);
    span->to = span->from + DAY;
    if (r == 0 && args->to)
        r = read_time("--to", args->to, span->zone, span->from, &span->to, err);
    if (r < 0)
        return r;
    if (span->to <= span->from)
        return hass_fail(err, HASS_E_INVALID, "--to: the end must be after the beginning");
    if (span->to - span->from > MAX_SPAN)
        return hass_fail(err, HASS_E_INVALID, "at most 366 days can be simulated at once");
    return 0;
}

/* What a history says of an entity counts more than what it is elsewhere. */
static int read_files(struct simulation *simulation, struct hass_error *err)
{
    const struct args *args = simulation->args;
    autobuf report = HASS_BUF_INIT;
    int r = 0;

    if (args->history)
        r = scenario_read_file(args->history, &simulation->span, &simulation->given,
                               &simulation->items, &report, err);
    if (r == 0 && args->states)
        r = scenario_read_states_file(args->states, &simulation->span, &simulation->given, &report,
                                      err);
    fputs(hass_buf_string(&report), stderr);
    return r;
}

static bool is_meant(const struct hass_state *state, const char *name)
{
    static const char *const keys[] = { "id", HASS_ATTR_FRIENDLY_NAME };
    const char *entity_id = hass_state_entity_id(state);
    struct hass_value value;

    if (strcmp(entity_id, name) == 0 || strcmp(entity_id + strlen("automation."), name) == 0)
        return true;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (hass_state_attr(state, keys[i], &value) && value.type == HASS_VALUE_STRING &&
            strcmp(value.text.data, name) == 0)
            return true;
    return false;
}

static HASS_CALLBACK int refuse_unknown(const struct hass_state_list *all, const char *name,
                                        struct hass_error *err)
{
    const char **words = calloc(all->count * 3 + 1, sizeof(*words));
    size_t count = 0;
    struct hass_value title;

    for (size_t i = 0; i < all->count; i++) {
        words[count++] = hass_state_entity_id(all->items[i]);
        words[count++] = hass_state_object_id(all->items[i]);
        if (hass_state_attr(all->items[i], HASS_ATTR_FRIENDLY_NAME, &title) &&
            title.type == HASS_VALUE_STRING)
            words[count++] = title.text.data;
    }
    const char *near = hass_nearest_word(name, words);
    int r = hass_fail(err, HASS_E_NOT_FOUND, "--automation: there is no automation '%s'%s%s%s",
                      name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    free(words);
    return r;
}

/* Finds the automation that is asked for: by entity id, alias or id. */
static HASS_CALLBACK int on_ready(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct simulation *simulation = userdata;
    const char *name = simulation->args->automation;
    struct hass_state_list all = { 0 };
    int r = name ? hass_states_async_all(hass, "automation", &all, err) : 0;
    bool found = !name;

    for (size_t i = 0; r == 0 && !found && i < all.count; i++) {
        found = is_meant(all.items[i], name);
        if (found)
            timeline_set_only(simulation->timeline, hass_state_entity_id(all.items[i]));
    }
    if (r == 0 && !found)
        r = refuse_unknown(&all, name, err);
    hass_state_list_fini(&all);
    return r;
}

static HASS_CALLBACK void on_ended(struct hass *hass, void *userdata)
{
    const struct simulation *simulation = userdata;

    timeline_end(simulation->timeline, hass);
}

static void on_seen(struct hass *hass, const struct scenario_seen *seen, void *userdata)
{
    const struct simulation *simulation = userdata;

    hass__assert_loop();
    timeline_see(simulation->timeline, hass, seen);
}

static int run(struct simulation *simulation, struct hass_error *err)
{
    const struct args *args = simulation->args;
    const struct scenario scenario = {
        .options = simulation->scratch.options,
        .from = simulation->span.from,
        .to = simulation->span.to,
        .given = &simulation->given,
        .items = &simulation->items,
        .seen = on_seen,
        .ready = on_ready,
        .ended = on_ended,
        .userdata = simulation,
    };
    bool written = simulation->items.list.length > 0 && !simulation->items.list.data[0].recorded;

    simulation->timeline = timeline_create(&(struct timeline_options){
        .json = args->json,
        .all = args->all || written,
        .zone = simulation->span.zone,
        .out = stdout,
    });
    return scenario_run(&scenario, err);
}

static int simulate(struct simulation *simulation, struct hass_error *err)
{
    int r = scratch_open(simulation->args, !simulation->args->empty, &simulation->scratch, err);

    if (r < 0)
        return r;
    r = scratch_zone(&simulation->scratch, &simulation->span.zone, err);
    if (r == 0)
        r = read_span(simulation, err);
    if (r == 0)
        r = read_files(simulation, err);
    if (r == 0)
        r = scratch_move(&simulation->scratch, &simulation->given, simulation->span.from, err);
    if (r == 0)
        r = run(simulation, err);
    scratch_close(&simulation->scratch);
    return r;
}

int simulate_command(const struct args *args)
{
    struct simulation simulation = { .args = args };
    struct hass_error err = HASS_ERROR_INIT;
    int r = simulate(&simulation, &err);

    timeline_destroy(simulation.timeline);
    scenario_items_fini(&simulation.given);
    scenario_items_fini(&simulation.items);
    hass_zone_unref(simulation.span.zone);
    if (fflush(stdout) != 0)
        r = -1;
    if (r < 0)
        fprintf(stderr, "hassd: %s\n", err.message);
    return r < 0 ? 1 : 0;
}
