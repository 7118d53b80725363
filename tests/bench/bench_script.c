/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts: a condition and a call, alone and from the change of a state that sets them off, and runs that wait in a delay. The floors are
 * the same written in C: a listener that compares and calls, a timer that is set.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/hass.h>
#include <hass/script.h>
#include <hass/trigger.h>

#include "base/mem.h"
#include "bench/bench.h"
#include "core/core.h"
#include "run/timer.h"

#define WAITING 20000

struct work {
    struct hass *hass;
    struct hass_script *script;
    uint64_t called;
};

static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    ((struct work *)userdata)->called++;
    return 0;
}

static json_t *parse(const char *text)
{
    autofree char *json = mem_strdup(text);

    for (char *at = json; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_t *value = json_loads(json, 0, NULL);
    if (!value)
        abort();
    return value;
}

static HASS_CALLBACK struct hass_script *make(struct work *work, const char *text, unsigned max)
{
    autojson *written = parse(text);
    autojson *sequence = NULL;
    struct hass_script *script = NULL;

    if (hass_script_check(work->hass, written, &sequence, NULL) < 0 ||
        hass_script_async_create(work->hass,
                                 HASS_SCRIPT_OPTIONS(.domain = "automation", .name = "bench",
                                                     .root = "action", .sequence = sequence,
                                                     .mode = HASS_SCRIPT_PARALLEL, .max = max),
                                 &script, NULL) < 0)
        abort();
    return script;
}

/* a call */

#define SEQUENCE                                                                                   \
    "[{'condition':'state','entity_id':'sun.sun','state':'up'},"                                   \
    "{'action':'light.turn_on','target':{'entity_id':'light.hall'},'data':{'brightness':200}}]"

static HASS_CALLBACK void run_script(void *context, size_t count)
{
    struct work *work = context;

    for (size_t i = 0; i < count; i++) {
        autounref(hass_context) const *cause = hass_context_new(work->hass, NULL, NULL);
        (void)hass_script_async_start(work->script, HASS_SCRIPT_START(.context = cause), NULL);
    }
}

static HASS_CALLBACK void call_by_hand(struct hass *hass)
{
    autounref(hass_context) const *cause = hass_context_new(hass, NULL, NULL);
    const struct hass_state *sun = hass_states_async_get(hass, "sun.sun");

    if (strcmp(hass_state_state(sun), "up") == 0)
        (void)hass_services_async_call_later(
            hass, "light", "turn_on",
            json_pack("{s:[s], s:i}", "entity_id", "light.hall", "brightness", 200), cause, NULL);
}

static HASS_CALLBACK void run_by_hand(void *context, size_t count)
{
    struct work *work = context;

    for (size_t i = 0; i < count; i++)
        call_by_hand(work->hass);
}

/* from a change of state to a call */

static HASS_CALLBACK void change(void *context, size_t count)
{
    struct work *work = context;

    for (size_t i = 0; i < count; i++) {
        (void)hass_states_async_set(work->hass, "binary_sensor.motion", i % 2 ? "off" : "on", NULL,
                                    NULL, NULL);
    }
}

static HASS_CALLBACK int on_trigger(struct hass *hass, struct hass_variables *variables,
                                    const struct hass_context *context, void *userdata,
                                    struct hass_error *err)
{
    struct work *work = userdata;
    autounref(hass_context) const *own =
        hass_context_new(hass, NULL, context ? hass_context_id(context) : NULL);

    return hass_script_async_start(work->script,
                                   HASS_SCRIPT_START(.variables = variables, .context = own), err);
}

static HASS_CALLBACK void attach(struct work *work)
{
    struct hass_triggers *triggers = NULL;
    autojson *written = parse("[{'trigger':'state','entity_id':'binary_sensor.motion'}]");
    autojson *config = NULL;

    if (hass_triggers_check(work->hass, written, &config, NULL) < 0 ||
        hass_triggers_async_attach(work->hass,
                                   HASS_TRIGGERS_OPTIONS(.config = config, .name = "bench",
                                                         .fired = on_trigger, .userdata = work),
                                   &triggers, NULL) != 1)
        abort();
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    call_by_hand(hass_event_hass(event));
    return 0;
}

static HASS_CALLBACK void measure_calls(struct work *work)
{
    static const char *const motion[] = { "binary_sensor.motion", NULL };
    struct hass_sub *sub = NULL;

    hass_states_async_set(work->hass, "sun.sun", "up", NULL, NULL, NULL);
    (void)hass_services_async_register(work->hass, "light", "turn_on", NULL,
                                       HASS_JOB_CALLBACK(on_call, work), NULL);
    work->script = make(work, SEQUENCE, 10);
    bench_report("script.condition_and_call", bench_cpu(run_script, work), "ns",
                 bench_cpu(run_by_hand, work));
    if (hass_async_track_state_change_event(work->hass, motion, HASS_JOB_CALLBACK(on_change, NULL),
                                            &sub, NULL) < 0)
        abort();
    double floor = bench_cpu(change, work);
    hass_sub_async_remove(sub);
    attach(work);
    work->called = 0;
    bench_report("script.state_change_to_call", bench_cpu(change, work), "ns", floor);
    if (!work->called)
        abort();
    hass_script_async_destroy(work->script);
}

/* runs that wait */

static HASS_CALLBACK void arm(void *context, size_t count)
{
    struct work *work = context;

    for (size_t i = 0; i < count; i++)
        (void)hass_script_async_start(work->script, HASS_SCRIPT_START(.context = NULL), NULL);
}

struct plain {
    struct hass *hass;
    struct timer *timers;
};

static void ignore(struct timer *timer)
{
}

static HASS_CALLBACK void arm_plain(void *context, size_t count)
{
    struct plain *plain = context;

    for (size_t i = 0; i < count; i++) {
        timer_init(&plain->timers[i], ignore);
        timer_set(plain->hass->runtime->timers, &plain->timers[i], (int64_t)i);
    }
}

static HASS_CALLBACK void cancel_plain(struct plain *plain)
{
    for (size_t i = WAITING; i > 0; i--)
        timer_cancel(&plain->timers[i - 1]);
}

static HASS_CALLBACK void measure_waiting(struct work *work)
{
    struct plain plain = { .hass = work->hass,
                           .timers = mem_calloc(WAITING, sizeof(struct timer)) };

    mallopt(M_TRIM_THRESHOLD, 256 << 20); /* the kernel's pages are not what is measured */
    work->script = make(work, "[{'delay':3600}]", WAITING);
    arm_plain(&plain, WAITING); /* the heap has grown */
    cancel_plain(&plain);
    double floor = bench_fixed(arm_plain, &plain, WAITING, 1);
    cancel_plain(&plain);
    free(plain.timers);
    arm(work, WAITING); /* the heaps have grown */
    hass_script_async_stop(work->script);
    size_t before = mallinfo2().uordblks;
    double time = bench_fixed(arm, work, WAITING, 1);
    size_t after = mallinfo2().uordblks;
    bench_report("script.arm_delay", time, "ns", floor);
    bench_report("script.waiting_run", (double)(after - before) / WAITING, "bytes",
                 sizeof(struct timer));
    hass_script_async_destroy(work->script);
}

int main(void)
{
    struct work work = { 0 };
    const struct core_options options = { .runtime = { .virtual_time = true } };

    hass__assert_loop();
    if (core_create(&options, &work.hass, NULL) < 0)
        return EXIT_FAILURE;
    measure_calls(&work);
    measure_waiting(&work);
    core_destroy(work.hass);
    return EXIT_SUCCESS;
}
