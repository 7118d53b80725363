/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers: a change that concerns one of many state triggers, and what a pending `for:` costs. The clock is the real one.
 *
 *     trigger.state.one, .of_10000   from a state being set to the owner being called; the floor is setting it with nobody concerned
 *     trigger.for.arm                to arm one of 10,000; the floor is a timer that is set
 *     trigger.for.memory             bytes of one of 10,000, beside the states, which are there anyway
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include <hass/hass.h>

#include "bench/bench.h"
#include "core/core.h"
#include "helpers/trigger.h"

#define MANY 10000

struct home {
    struct hass *hass;
    struct hass_triggers *triggers[MANY];
    size_t count;
    unsigned round;
    size_t next;
    uint64_t fired;
    const struct hass_state *states[MANY];
};

static HASS_CALLBACK int on_fired(struct hass *hass, struct hass_variables *variables,
                                  const struct hass_context *context, void *userdata,
                                  struct hass_error *err)
{
    struct home *home = userdata;

    home->fired++;
    return 0;
}

/* @count owners, each with a trigger about an entity of its own. */
static struct home *home_of(size_t count, const char *period)
    HASS__ANALYSIS(assert_capability(hass_loop));
static struct home *home_of(size_t count, const char *period)
{
    struct home *home = calloc(1, sizeof(*home));

    hass__assert_loop();
    if (core_create(&(struct core_options){ 0 }, &home->hass, NULL) < 0)
        abort();
    home->count = count;
    for (size_t i = 0; i < count; i++) {
        char text[160];
        autojson *checked = NULL;
        snprintf(
            text, sizeof(text),
            "{\"trigger\":\"state\",\"entity_id\":\"binary_sensor.motion_%zu\",\"to\":\"on\"%s}", i,
            period);
        autojson *written = json_loads(text, 0, NULL);
        if (hass_triggers_check(home->hass, written, &checked, NULL) < 0 ||
            hass_triggers_async_attach(home->hass,
                                       HASS_TRIGGERS_OPTIONS(.config = checked, .name = "bench",
                                                             .fired = on_fired, .userdata = home),
                                       &home->triggers[i], NULL) < 1)
            abort();
    }
    return home;
}

static void home_destroy(struct home *home)
{
    hass__assert_loop();
    for (size_t i = 0; i < home->count; i++)
        hass_triggers_async_detach(home->triggers[i]);
    core_destroy(home->hass);
    free(home);
}

/* a change that concerns one */

static void change_motion(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    for (size_t i = 0; i < count; i++)
        hass_states_async_set(home->hass, "binary_sensor.motion_0",
                              home->round++ % 2 ? "on" : "off", NULL, NULL, NULL);
}

static void change_other(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    for (size_t i = 0; i < count; i++)
        hass_states_async_set(home->hass, "binary_sensor.other", home->round++ % 2 ? "on" : "off",
                              NULL, NULL, NULL);
}

static void bench_one_of(size_t count, const char *name)
{
    hass__assert_loop();
    struct home *home = home_of(count, "");
    double floor = bench_cpu(change_other, home);

    bench_report(name, bench_cpu(change_motion, home), "ns", floor);
    home_destroy(home);
}

/* pending */

/* Arms all of them. */
static void arm(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    for (size_t i = 0; i < count; i++) {
        struct hass_trigger *trigger = &home->triggers[i]->items[0];
        (void)hass_trigger_async_change(
            trigger,
            HASS_TRIGGER_CHANGE(.entity_id = hass_state_entity_id(home->states[i]),
                                .to = home->states[i],
                                .context = hass_state_context(home->states[i]), .seconds = 3600),
            NULL);
    }
}

static void set_timers(void *context, size_t count)
{
    struct home *home = context;
    static struct timer timers[MANY];
    struct runtime *runtime = runtime_of(home->hass);

    hass__assert_loop();
    for (size_t i = 0; i < count; i++)
        timer_set(runtime->timers, &timers[i], 3600000000 + (int64_t)i);
    for (size_t i = 0; i < count; i++)
        timer_cancel(&timers[i]);
}

static size_t heap_in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void end_all(struct home *home)
{
    hass__assert_loop();
    for (size_t i = 0; i < home->count; i++)
        (void)hass_trigger_async_disarm(&home->triggers[i]->items[0], NULL, NULL);
}

static void bench_for(void)
{
    hass__assert_loop();
    struct home *home = home_of(MANY, ",\"for\":3600");

    for (size_t i = 0; i < MANY; i++) {
        char id[64];
        snprintf(id, sizeof(id), "binary_sensor.motion_%zu", i);
        hass_states_async_set(home->hass, id, "off", NULL, NULL, NULL);
        home->states[i] = hass_state_ref(hass_states_async_get(home->hass, id));
    }
    double floor = bench_fixed(set_timers, home, MANY, 7), best = 0;
    for (int run = 0; run < 7; run++) {
        double time = bench_fixed(arm, home, MANY, 1);
        best = run == 0 || time < best ? time : best;
        end_all(home);
    }
    bench_report("trigger.for.arm", best, "ns", floor);
    size_t before = heap_in_use();
    arm(home, MANY);
    bench_report("trigger.for.memory", (double)(heap_in_use() - before) / MANY, "bytes",
                 sizeof(struct timer));
    end_all(home);
    for (size_t i = 0; i < MANY; i++)
        hass_state_unref(home->states[i]);
    home_destroy(home);
}

int main(void)
{
    hass__assert_loop();
    mallopt(M_TRIM_THRESHOLD,
            1 << 30); // what memory costs that the process has not had before is not asked here
    bench_one_of(1, "trigger.state.one");
    bench_one_of(MANY, "trigger.state.of_10000");
    bench_for();
    return 0;
}
