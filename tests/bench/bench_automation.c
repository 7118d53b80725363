/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Automations as a home has them, through the integration: reading a thousand of realistic size, taking over one that was edited, ten
 * thousand of them, and the way from a change of state over trigger, trace, condition and script to the call of a service. The clock is
 * the real one.
 *
 *     automation.load.1000           YAML to attached triggers; the floor is reading the YAML alone
 *     automation.reload.one_of_1000  one was edited, likewise
 *     automation.load.10000, .memory for all, and bytes of each; the floor is the tree of what is written
 *     automation.run, .with_trace    a change that sets one off, to its call; the floor is the same written in C
 *     automation.run.of_10000        one of so many is concerned; the floor is the run where there is but one
 *     automation.refused             a change whose run a condition refuses, with a trace
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hass/buf.h>
#include <hass/cleanup.h>
#include <hass/yaml.h>

#include "bench/bench.h"
#include "core/core.h"
#include "support/home.h"

#define SOME  1000
#define MANY  10000
#define RUNS  5
#define FILES (MANY / SOME) /* no file is larger than 4 MiB */

/* Lists, one of each file. */
struct files {
    struct hass_buf list[FILES];
};

struct work {
    struct hass *hass;
    const char *entity_id;
    uint64_t called, round;
};

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Of the whole process: files are read on the pool. */
static double cpu_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static size_t heap_in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* what is written */

/* @edited: of one of them another alias. */
static void write_large(struct files *files, size_t count, size_t edited)
{
    for (size_t i = 0; i < count; i++)
        hass_buf_printf(
            &files->list[i / SOME],
            "- id: a%zu\n"
            "  alias: Light of room %zu%s\n"
            "  mode: restart\n"
            "  triggers:\n"
            "    - {trigger: state, entity_id: binary_sensor.motion_%zu, to: 'on', id: motion}\n"
            "    - trigger: numeric_state\n"
            "      entity_id: sensor.lux_%zu\n"
            "      below: 10\n"
            "      for: {minutes: 2}\n"
            "      id: dark\n"
            "  conditions:\n"
            "    - {condition: numeric_state, entity_id: sensor.lux_%zu, below: 40}\n"
            "    - or:\n"
            "        - {condition: state, entity_id: input_boolean.sleep, state: 'off'}\n"
            "        - \"{{ states('sensor.persons') | int(0) > %zu }}\"\n"
            "  actions:\n"
            "    - choose:\n"
            "        - conditions: {condition: trigger, id: dark}\n"
            "          sequence:\n"
            "            - action: light.turn_on\n"
            "              target: {entity_id: light.room_%zu}\n"
            "              data: {brightness_pct: 10, transition: 2}\n"
            "      default:\n"
            "        - action: light.turn_on\n"
            "          target: {entity_id: light.room_%zu}\n"
            "          data:\n"
            "            brightness_pct: \"{{ 100 - states('sensor.lux_%zu') | float(0) }}\"\n"
            "    - delay: {minutes: 2}\n"
            "    - action: light.turn_off\n"
            "      target: {entity_id: light.room_%zu}\n",
            i, i, i == edited ? ", edited" : "", i, i, i, i % 5, i, i, i, i);
}

/* @count that call test.go by one change, the first with ids and hence traces if @traced. */
static void write_small(struct files *files, size_t count, bool traced)
{
    struct hass_buf *yaml = &files->list[0];

    for (size_t i = 0; i < count; i++) {
        hass_buf_printf(yaml, "- alias: Go %zu\n", i);
        if (traced)
            hass_buf_printf(yaml, "  id: go%zu\n", i);
        hass_buf_printf(yaml,
                        "  triggers: {trigger: state, entity_id: binary_sensor.motion_%zu}\n"
                        "  conditions: {condition: state, entity_id: sensor.sun, state: up}\n"
                        "  actions:\n"
                        "    - action: test.go\n"
                        "      data: {entity_id: light.room_%zu, brightness: 200}\n",
                        i, i);
    }
}

/* loading */

/* What triggers ask for when they are attached. */
static HASS_CALLBACK void give_states(struct hass *hass)
{
    for (size_t i = 0; i < MANY; i++) {
        char id[40];
        snprintf(id, sizeof(id), "sensor.lux_%zu", i);
        hass_states_async_set(hass, id, "50", NULL, NULL, NULL);
    }
}

static void write_files(const struct files *files)
{
    for (size_t i = 0; i < FILES; i++) {
        char name[40];
        snprintf(name, sizeof(name), "automations/%zu.yaml", i);
        test_file(name, files->list[i].length ? files->list[i].data : "[]\n");
    }
}

static void files_fini(struct files *files)
{
    for (size_t i = 0; i < FILES; i++)
        hass_buf_fini(&files->list[i]);
}

static void call_reload(struct hass *hass)
{
    struct hass_error err = HASS_ERROR_INIT;

    hass__assert_loop();
    if (home_call(hass, "automation", "reload", "{}", &err) < 0) {
        fprintf(stderr, "bench_automation: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
}

static void reload(struct hass *hass, const struct files *files)
{
    static const struct files none;

    write_files(files ? files : &none);
    call_reload(hass);
}

static double time_reload(struct hass *hass, const struct files *files)
{
    write_files(files);
    double begin = cpu_now();
    call_reload(hass);
    return cpu_now() - begin;
}

static double time_yaml(const struct files *files)
{
    double begin = cpu_now();

    for (size_t i = 0; i < FILES; i++)
        hass_yaml_destroy(hass_yaml_read_text("bench", files->list[i].data, files->list[i].length));
    return cpu_now() - begin;
}

static double median_of(double times[RUNS])
{
    qsort(times, RUNS, sizeof(*times), by_value);
    return times[RUNS / 2];
}

static void measure_some(struct hass *hass)
{
    double load[RUNS], edit[RUNS], floor[RUNS];
    struct files files = { 0 }, edited = { 0 };

    hass__assert_loop();
    write_large(&files, SOME, SIZE_MAX);
    write_large(&edited, SOME, SOME / 2);
    for (int i = 0; i < RUNS; i++) {
        floor[i] = time_yaml(&files);
        load[i] = time_reload(hass, &files);
        edit[i] = time_reload(hass, &edited);
        reload(hass, NULL);
    }
    double least = median_of(floor);
    bench_report("automation.load.1000", median_of(load), "ms", least);
    bench_report("automation.reload.one_of_1000", median_of(edit), "ms", least);
    files_fini(&files);
    files_fini(&edited);
}

/* Bytes of what is written, as a tree. */
static double tree_size(const struct files *files)
{
    json_t *trees[FILES];
    size_t before = heap_in_use();

    for (size_t i = 0; i < FILES; i++) {
        struct hass_yaml *yaml =
            hass_yaml_read_text("bench", files->list[i].data, files->list[i].length);
        trees[i] = json_deep_copy(hass_yaml_value(yaml));
        hass_yaml_destroy(yaml);
    }
    size_t after = heap_in_use();
    for (size_t i = 0; i < FILES; i++)
        json_decref(trees[i]);
    return (double)(after - before);
}

static void measure_many(struct hass *hass)
{
    struct files files = { 0 };

    hass__assert_loop();
    write_large(&files, MANY, SIZE_MAX);
    double floor = time_yaml(&files);
    double least = tree_size(&files);
    size_t before = heap_in_use();
    double time = time_reload(hass, &files);
    double memory = (double)(heap_in_use() - before);
    bench_report("automation.load.10000", time, "ms", floor);
    bench_report("automation.load.10000.each", time * 1e3 / MANY, "us", floor * 1e3 / MANY);
    bench_report("automation.memory", memory / MANY, "bytes", least / MANY);
    files_fini(&files);
    reload(hass, NULL);
}

/* running */

static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    ((struct work *)userdata)->called++;
    return 0;
}

static HASS_CALLBACK void change(void *context, size_t count)
{
    struct work *work = context;

    for (size_t i = 0; i < count; i++)
        (void)hass_states_async_set(work->hass, work->entity_id, work->round++ % 2 ? "off" : "on",
                                    NULL, NULL, NULL);
}

static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    const struct work *work = userdata;
    autounref(hass_context) const *own =
        hass_context_new(work->hass, NULL, hass_context_id(hass_event_context(event)));
    const struct hass_state *sun = hass_states_async_get(work->hass, "sensor.sun");

    if (strcmp(hass_state_state(sun), "up") == 0)
        (void)hass_services_async_call_later(
            work->hass, "test", "go",
            json_pack("{s:s, s:i}", "entity_id", "light.room_0", "brightness", 200), own, NULL);
    return 0;
}

static double time_by_hand(struct work *work)
{
    static const char *const motion[] = { "binary_sensor.by_hand", NULL };
    struct work by_hand = { .hass = work->hass, .entity_id = motion[0] };
    struct hass_sub *sub = NULL;

    hass__assert_loop();
    if (hass_async_track_state_change_event(work->hass, motion,
                                            HASS_JOB_CALLBACK(on_change, &by_hand), &sub, NULL) < 0)
        abort();
    double time = bench_cpu(change, &by_hand);
    hass_sub_async_remove(sub);
    return time;
}

/* Nanoseconds from a change to the call, with @count automations. */
static double time_runs(struct work *work, size_t count, bool traced)
{
    struct files files = { 0 };

    hass__assert_loop();
    write_small(&files, count, traced);
    reload(work->hass, &files);
    files_fini(&files);
    work->called = 0;
    work->round = 0;
    double time = bench_cpu(change, work);
    if (work->called != work->round && work->called + 1 != work->round) {
        fprintf(stderr, "bench_automation: %zu calls of %zu changes\n", (size_t)work->called,
                (size_t)work->round);
        exit(EXIT_FAILURE);
    }
    return time;
}

static void measure_runs(struct work *work)
{
    hass__assert_loop();
    hass_states_async_set(work->hass, "sensor.sun", "up", NULL, NULL, NULL);
    (void)hass_services_async_register(work->hass, "test", "go", NULL,
                                       HASS_JOB_CALLBACK(on_call, work), NULL);
    double floor = time_by_hand(work);
    double one = time_runs(work, 1, false);
    bench_report("automation.run", one, "ns", floor);
    bench_report("automation.run.of_10000", time_runs(work, MANY, false), "ns", one);
    bench_report("automation.run.with_trace", time_runs(work, 1, true), "ns", floor);
    hass_states_async_set(work->hass, "sensor.sun", "down", NULL, NULL, NULL);
    bench_report("automation.refused", bench_cpu(change, work), "ns", floor);
}

int main(void)
{
    struct hass_options options = loader_options();
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };

    hass__assert_loop();
    test_without_check();
    // What the process has not had before is not asked here.
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    options.plugin_dirs = folders;
    options.virtual_time = false;
    write_files(&(struct files){ 0 });
    loader_configure("automation: !include_dir_merge_list automations\n");
    struct work work = { .hass = loader_hass_with(&options),
                         .entity_id = "binary_sensor.motion_0" };
    loader_boot(work.hass);
    test_settle(work.hass);
    give_states(work.hass);
    measure_some(work.hass);
    measure_many(work.hass);
    measure_runs(&work);
    return EXIT_SUCCESS;
}
