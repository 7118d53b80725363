/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entities: writing the state of one that is registered, with device class, unit and five attributes of its own, and setting
 * up a platform of ten thousand. The clock is the real one; the state differs each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hass/const.h>
#include <hass/hass.h>
#include <hass/platform.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "bench/bench.h"
#include "core/core.h"
#include "run/runtime.h"

#define MANY 10000
#define SOME 1000 /* as in a home: more than the caches near the processor hold */

/* the entities: a sensor as an integration writes it */

struct values {
    double temperature;
    int battery;
    bool charging;
};

struct thing {
    struct hass_entity_description description;
    struct hass_entity *entity; /* a reference */
    char name[40];
    char unique_id[32];
};

static HASS_CALLBACK struct hass_value state_of(struct hass_entity *entity)
{
    const struct values *values = hass_entity_async_values(entity);

    return HASS_DOUBLE(values->temperature);
}

static void write_capabilities(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass_attrs_set_string(writer, HASS_ATTR_STATE_CLASS, "measurement");
}

static void write_extra(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    hass__assert_loop();
    const struct values *values = hass_entity_async_values(entity);

    hass_attrs_set(writer, "battery_level", HASS_INT(values->battery));
    hass_attrs_set(writer, "charging", HASS_BOOL(values->charging));
    hass_attrs_set_string(writer, "room", "Living room");
    hass_attrs_set_string(writer, "firmware", "1.22.333");
}

static const struct hass_entity_ops ops =
    HASS_ENTITY_OPS(.values_size = sizeof(struct values), .extra_state_attributes = write_extra);
static const struct hass_domain_ops domain_ops = {
    .size = sizeof(domain_ops),
    .state = state_of,
    .capability_attributes = write_capabilities,
};

static void thing_make(struct hass *hass, struct thing *thing, size_t index)
{
    const struct values values = { .temperature = 20.5, .battery = 87 };

    snprintf(thing->name, sizeof(thing->name), "Temperature %zu", index);
    snprintf(thing->unique_id, sizeof(thing->unique_id), "t%zu", index);
    thing->description =
        (struct hass_entity_description)HASS_ENTITY_DESCRIPTION(.name = thing->name,
                                                                .unique_id = thing->unique_id,
                                                                .device_class = "temperature",
                                                                .unit_of_measurement = "°C");
    thing->entity = hass_entity_new(hass, &ops, &thing->description, NULL, &values, NULL);
}

/* the home */

struct home {
    struct hass *hass;
    size_t count;
    struct thing *things;
    size_t next;
    uint64_t heard;
    double added; /* nanoseconds for all */
};

static double cpu_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    ++*(uint64_t *)userdata;
    return 0;
}

static HASS_COROUTINE int add_all(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct home *home = userdata;
    struct hass_component_options options = { .size = sizeof(options),
                                              .domain = "sensor",
                                              .ops = &domain_ops };
    struct hass_component *component;
    struct hass_entity **entities = mem_calloc(home->count, sizeof(struct hass_entity *));
    int r = hass_component_async_create(hass, &options, NULL, &component, err);

    double begin = cpu_now();
    for (size_t i = 0; i < home->count; i++) {
        thing_make(hass, &home->things[i], i);
        entities[i] = hass_entity_ref(home->things[i].entity);
    }
    if (r >= 0)
        r = hass_component_async_add_entities(component, entities, home->count, err);
    home->added = cpu_now() - begin;
    free(entities);
    runtime_quit(runtime_of(hass));
    return r;
}

static HASS_CALLBACK void home_make(struct home *home, size_t count)
{
    *home = (struct home){ .count = count, .things = mem_calloc(count, sizeof(struct thing)) };
    if (core_create(&(struct core_options){ 0 }, &home->hass, NULL) < 0)
        abort();
    hass_bus_async_listen(home->hass, HASS_EVENT_STATE_CHANGED, NULL,
                          HASS_JOB_CALLBACK(on_event, &home->heard), NULL, NULL);
    hass_async_create_background_task(home->hass, HASS_JOB_COROUTINE(add_all, home), NULL, NULL);
    runtime_run(runtime_of(home->hass));
    if (home->heard != home->count)
        abort();
}

static HASS_CALLBACK void home_destroy(struct home *home)
{
    for (size_t i = 0; i < home->count; i++)
        hass_entity_unref(home->things[i].entity);
    core_destroy(home->hass);
    free(home->things);
}

/* floors */

/* What any way to tell a change costs: finding the entity, the time, an object, a call. */
static void floor_write(void *context, size_t count)
{
    struct home *home = context;

    while (count--) {
        const struct thing *thing = &home->things[home->next];
        uint64_t hash = strmap_hash(thing->name, strlen(thing->name));
        struct timespec time;
        home->next = (home->next + 1) % home->count;
        clock_gettime(CLOCK_REALTIME, &time);
        void *object = malloc(128);
        memset(object, (int)hash, 128);
        bench_use(object);
        free(object);
    }
}

/* figures */

static void write_changed(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    while (count--) {
        struct hass_entity *entity = home->things[home->next].entity;
        struct values *values = hass_entity_async_values(entity);
        home->next = (home->next + 1) % home->count;
        values->temperature = values->temperature < 21 ? 21.5 : 20.5;
        hass_entity_async_write_ha_state(entity, NULL);
    }
}

static void write_same(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    while (count--) {
        hass_entity_async_write_ha_state(home->things[home->next].entity, NULL);
        home->next = (home->next + 1) % home->count;
    }
}

static HASS_CALLBACK void bench_writes(void)
{
    struct home home;

    home_make(&home, SOME);
    double floor = bench_cpu(floor_write, &home);
    bench_report("entity.async_write_ha_state, state differs, one listener",
                 bench_cpu(write_changed, &home), "ns", floor);
    bench_report("entity.async_write_ha_state, nothing differs", bench_cpu(write_same, &home), "ns",
                 floor);
    home_destroy(&home);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static HASS_CALLBACK void bench_set_up(void)
{
    enum { RUNS = 7 };
    double times[RUNS], floor = 0;
    struct home home;

    for (int i = 0; i < RUNS; i++) {
        home_make(&home, MANY);
        times[i] = home.added;
        if (i == 0)
            floor = bench_fixed(floor_write, &home, MANY, RUNS) * MANY;
        home_destroy(&home);
    }
    qsort(times, RUNS, sizeof(*times), by_value);
    bench_report("set up 10,000 entities of one platform", times[RUNS / 2] / 1e6, "ms",
                 floor / 1e6);
}

int main(void)
{
    hass__assert_loop();
    bench_writes();
    bench_set_up();
    return 0;
}
