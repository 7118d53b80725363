/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's hot paths: firing, setting, reading, calling, and what an entity weighs. The clock is the real one. Inputs
 * (ids, texts, attributes, data) are built inside the measured loop where a real caller would build them.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hass/buf.h>
#include <hass/hass.h>
#include <hass/schema.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "bench/bench.h"
#include "core/core.h"
#include "run/runtime.h"

/* the home */

/* Entities in an order that is not that of their creation: caches see what a real home shows them. */
struct home {
    struct hass *hass;
    size_t count;
    uint32_t *order;
    size_t next;
    unsigned round;
    uint64_t heard;
};

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    uint64_t *heard = userdata;

    ++*heard;
    return 0;
}

static struct hass *new_hass(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    struct hass *hass = NULL;

    if (core_create(&(struct core_options){ 0 }, &hass, NULL) < 0)
        abort();
    return hass;
}

/* Five attributes as a sensor has them. */
static void write_attributes(struct hass_attrs_writer *writer, const void *userdata)
{
    hass_attrs_set_string(writer, "state_class", "measurement");
    hass_attrs_set_string(writer, "unit_of_measurement", "°C");
    hass_attrs_set_string(writer, "device_class", "temperature");
    hass_attrs_set_string(writer, "friendly_name", "Living room temperature");
    hass_attrs_set(writer, "battery_level", HASS_INT(87));
}

/* "sensor.temperature_<index>", made where a caller would have it at hand: a cold text of the bench's own is no figure. */
static const char *id_of(size_t index, char id[32])
{
    char *at = id + 31;

    *at = '\0';
    do
        *--at = (char)('0' + index % 10);
    while ((index /= 10) != 0);
    at -= sizeof("sensor.temperature_") - 1;
    memcpy(at, "sensor.temperature_", sizeof("sensor.temperature_") - 1);
    return at;
}

static HASS_CALLBACK void set(struct home *home, size_t index, const char *text)
{
    char id[32];

    hass_states_async_write(home->hass, id_of(index, id), text, write_attributes, NULL, NULL, NULL);
}

static HASS_CALLBACK void home_fill(struct home *home, struct hass *hass, size_t count)
{
    uint64_t seed = 1;

    *home = (struct home){ .hass = hass, .count = count };
    home->order = mem_calloc(count, sizeof(*home->order));
    for (size_t i = 0; i < count; i++) {
        size_t other = bench_random(&seed) % (i + 1);
        home->order[i] = home->order[other];
        home->order[other] = (uint32_t)i;
        set(home, i, "20.5");
    }
}

static void home_empty(struct home *home)
{
    free(home->order);
}

static size_t next_entity(struct home *home)
{
    if (home->next == home->count) {
        home->next = 0;
        home->round++;
    }
    return home->order[home->next++];
}

/* floors */

struct floor_event {
    void (*listener)(struct floor_event *event);
    struct timespec time;
    char rest[96];
};

static void floor_listener(struct floor_event *event)
{
    bench_use(event);
}

/* The time, an object, a call. */
static void floor_fire(void *context, size_t count)
{
    while (count--) {
        struct floor_event *event = malloc(sizeof(*event));
        clock_gettime(CLOCK_REALTIME, &event->time);
        event->listener = floor_listener;
        bench_use(event);
        event->listener(event);
        free(event);
    }
}

/* Finding an id by its hash in a table of pointers to texts, and comparing it. */
struct floor_table {
    struct home *home;
    char **slots;
    size_t mask;
};

static char **floor_find(const struct floor_table *table, const char *id)
{
    size_t at = strmap_hash(id, strlen(id)) & table->mask;

    while (table->slots[at] && strcmp(table->slots[at], id) != 0)
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

static void floor_table_fill(struct floor_table *table, struct home *home)
{
    size_t size = 64;
    char id[32];

    while (size * 2 / 3 < home->count)
        size *= 2;
    *table = (struct floor_table){ home, mem_calloc(size, sizeof(char *)), size - 1 };
    for (size_t i = 0; i < home->count; i++) {
        const char *text = id_of(i, id);
        *floor_find(table, text) = mem_strdup(text);
    }
}

static void floor_table_empty(struct floor_table *table)
{
    for (size_t i = 0; i <= table->mask; i++)
        free(table->slots[i]);
    free(table->slots);
}

static void floor_get(void *context, size_t count)
{
    const struct floor_table *table = context;
    char id[32];

    while (count--)
        bench_use(*floor_find(table, id_of(next_entity(table->home), id)));
}

/* Finding, the time, an object, a call. */
static void floor_set(void *context, size_t count)
{
    while (count--) {
        floor_get(context, 1);
        floor_fire(NULL, 1);
    }
}

static void floor_copy(void *context, size_t count)
{
    static char from[460 * 1000], to[460 * 1000];

    while (count--) {
        memcpy(to, from, sizeof(to));
        bench_use(to);
    }
}

/* the bus */

static void fire_events(void *context, size_t count)
{
    hass__assert_loop();
    while (count--)
        hass_bus_async_fire(context, "button_pressed", NULL, NULL, NULL);
}

static void fire_with_data(void *context, size_t count)
{
    hass__assert_loop();
    while (count--) {
        json_t *data = json_object();
        json_object_set_new(data, "button", json_integer((json_int_t)count));
        hass_bus_async_fire(context, "button_pressed", data, NULL, NULL);
    }
}

static void fire_unheard(void *context, size_t count)
{
    hass__assert_loop();
    while (count--)
        hass_bus_async_fire(context, "nobody_listens", NULL, NULL, NULL);
}

static HASS_CALLBACK void bench_bus(void)
{
    struct hass *hass = new_hass();
    uint64_t heard = 0;
    double floor = bench_cpu(floor_fire, NULL);

    hass_bus_async_listen(hass, "button_pressed", NULL, HASS_JOB_CALLBACK(on_event, &heard), NULL,
                          NULL);
    bench_report("bus.async_fire, one callback listener", bench_cpu(fire_events, hass), "ns",
                 floor);
    bench_report("bus.async_fire, one callback listener, data of one key",
                 bench_cpu(fire_with_data, hass), "ns", floor);
    bench_report("bus.async_fire, no listener", bench_cpu(fire_unheard, hass), "ns", floor);
    core_destroy(hass);
}

/* states */

static void set_alternating(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    while (count--) {
        size_t index = next_entity(home);
        set(home, index, home->round & 1 ? "20.5" : "21.0");
    }
}

static void set_same(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    while (count--)
        set(home, next_entity(home), "20.5");
}

static void get_states(void *context, size_t count)
{
    struct home *home = context;
    char id[32];

    hass__assert_loop();
    while (count--)
        bench_use(hass_states_async_get(home->hass, id_of(next_entity(home), id)));
}

static void write_states(void *context, size_t count)
{
    struct home *home = context;

    hass__assert_loop();
    while (count--) {
        struct hass_buf buf = HASS_BUF_INIT;
        hass_buf_reserve(&buf, 512 * home->count);
        hass_states_async_write_json(home->hass, &buf, NULL);
        bench_use(buf.data);
        hass_buf_fini(&buf);
    }
}

/* Each time after every state was replaced; the setting is taken off by the caller. */
static void write_states_cold(void *context, size_t count)
{
    while (count--) {
        struct home *home = context;
        set_alternating(context, home->count);
        write_states(context, 1);
    }
}

static HASS_CALLBACK void bench_states(size_t count, const char *size)
{
    struct hass *hass = new_hass();
    struct home home;
    struct floor_table table;
    char name[80];

    home_fill(&home, hass, count);
    floor_table_fill(&table, &home);
    double get_floor = bench_cpu(floor_get, &table);
    double set_floor = bench_cpu(floor_set, &table);

    snprintf(name, sizeof(name), "states.async_get, %s entities", size);
    bench_report(name, bench_cpu(get_states, &home), "ns", get_floor);
    snprintf(name, sizeof(name), "states.async_write, same state and attributes, %s", size);
    bench_report(name, bench_cpu(set_same, &home), "ns", get_floor);
    hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, NULL,
                          HASS_JOB_CALLBACK(on_event, &home.heard), NULL, NULL);
    snprintf(name, sizeof(name), "states.async_write, state alternating, one listener, %s", size);
    bench_report(name, bench_fixed(set_alternating, &home, count > 100000 ? count : 200 * count, 7),
                 "ns", set_floor);
    floor_table_empty(&table);
    home_empty(&home);
    core_destroy(hass);
}

static HASS_CALLBACK void bench_json(void)
{
    struct hass *hass = new_hass();
    struct home home;
    double floor = bench_cpu(floor_copy, NULL) / 1000;

    home_fill(&home, hass, 1000);
    write_states(&home, 1);
    bench_report("get_states, 1000 entities, cached", bench_cpu(write_states, &home) / 1000, "us",
                 floor);
    double setting = bench_fixed(set_alternating, &home, 1000, 25) * 1000;
    double both = bench_fixed(write_states_cold, &home, 10, 7);
    bench_report("get_states, 1000 entities, cold", (both - setting) / 1000, "us", floor);
    home_empty(&home);
    core_destroy(hass);
}

static size_t heap_in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static HASS_CALLBACK void bench_memory(void)
{
    enum { COUNT = 100000 };
    struct hass *hass = new_hass();
    struct home home;
    uint64_t heard = 0;

    hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, NULL, HASS_JOB_CALLBACK(on_event, &heard),
                          NULL, NULL);
    size_t before = heap_in_use();
    home_fill(&home, hass, COUNT);
    set_alternating(&home, 2 * COUNT);
    home_empty(&home);
    double packed = (double)(heap_in_use() - before) / COUNT;
    bench_report("memory an entity with five attributes, at 100k", packed, "bytes", 144);

    struct hass_buf buf = HASS_BUF_INIT;
    hass_states_async_write_json(hass, &buf, NULL);
    hass_buf_fini(&buf);
    bench_report("the same with its JSON cached", (double)(heap_in_use() - before) / COUNT, "bytes",
                 144);
    core_destroy(hass);
}

/* services */

HASS_SCHEMA(light_schema,
            HASS_FIELD("entity_id", &hass_type_entity_id, .required = true, .doc = "The light"),
            HASS_FIELD("brightness", &hass_type_int, .min = 0, .max = 255, .doc = "How bright"));

static HASS_CALLBACK int handle(const struct hass_service_call *call, void *userdata,
                                struct hass_error *err)
{
    uint64_t *calls = userdata;

    ++*calls;
    return 0;
}

static void call_plain(void *context, size_t count)
{
    struct hass_call_options options = { .size = sizeof(options), .blocking = true };

    hass__assert_coroutine();
    while (count--)
        hass_services_async_call(context, "bench", "plain", NULL, &options, NULL, NULL);
}

static void call_with_schema(void *context, size_t count)
{
    struct hass_call_options options = { .size = sizeof(options), .blocking = true };

    hass__assert_coroutine();
    while (count--) {
        json_t *data = json_object();
        json_object_set_new(data, "entity_id", json_string("light.kitchen"));
        json_object_set_new(data, "brightness", json_integer(128));
        hass_services_async_call(context, "bench", "checked", data, &options, NULL, NULL);
    }
}

static HASS_COROUTINE int bench_calls(struct hass *hass, void *userdata, struct hass_error *err)
{
    double floor = *(double *)userdata;

    bench_report("services.async_call, callback handler", bench_cpu(call_plain, hass), "ns", floor);
    bench_report("services.async_call, callback handler, schema of two keys",
                 bench_cpu(call_with_schema, hass), "ns", floor);
    runtime_quit(runtime_of(hass));
    return 0;
}

static HASS_CALLBACK void bench_services(void)
{
    struct hass *hass = new_hass();
    uint64_t calls = 0;
    double floor = bench_cpu(floor_fire, NULL);
    struct hass_service_options checked = { .size = sizeof(checked), .schema = &light_schema };

    hass_services_async_register(hass, "bench", "plain", NULL, HASS_JOB_CALLBACK(handle, &calls),
                                 NULL);
    hass_services_async_register(hass, "bench", "checked", &checked,
                                 HASS_JOB_CALLBACK(handle, &calls), NULL);
    hass_async_create_background_task(hass, HASS_JOB_COROUTINE(bench_calls, &floor), NULL, NULL);
    runtime_run(runtime_of(hass));
    core_destroy(hass);
}

int main(void)
{
    hass__assert_loop();
    bench_bus();
    bench_services();
    bench_states(1000, "1k");
    bench_states(1000000, "1M");
    bench_json();
    bench_memory();
    return 0;
}
