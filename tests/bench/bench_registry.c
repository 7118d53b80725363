/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entity registry of a large home: reading its file of 55 MB, what it weighs, finding, creating, changing, saving. The
 * clock is the real one.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <hass/buf.h>
#include <hass/entity_registry.h>

#include "base/mem.h"
#include "base/strmap_hash.h"
#include "bench/bench.h"
#include "registry/entities.h"
#include "run/runtime.h"

enum {
    ENTITIES = 41000,
    AREA = 100, /* entities of an area */
    PIECE = 64 * 1024,
    ROW = 800,       /* bytes of a row, roughly, */
    RESIDENT = 1300, /* and with its places in the indexes */
};

static char folder[] = "/tmp/bench_registry_XXXXXX";

static struct hass *new_hass(void) HASS__ANALYSIS(assert_capability(hass_loop))
{
    struct hass *hass = NULL;

    if (core_create(&(struct core_options){ .state_dir = folder }, &hass, NULL) < 0)
        abort();
    return hass;
}

/* the file */

/* A row as a release of 2025 writes it, 1,340 bytes. */
static void write_row(size_t i, struct hass_buf *buf)
{
    hass_buf_printf(
        buf,
        "%s{\"aliases\":[],\"area_id\":\"area_%zu\",\"categories\":{},\"capabilities\":{\"state_"
        "class\":"
        "\"measurement\",\"options\":[\"idle\",\"heating\",\"cooling\"]},\"config_entry_id\":"
        "\"01JA9Z4Q8X7V6T5S4R3Q2P1N%02zu\",\"config_subentry_id\":null,\"created_at\":"
        "\"2024-08-03T09:12:44.%06zu+00:00\",\"device_class\":null,\"device_id\":"
        "\"3f2b8c1d9e4a5b6c7d8e9f0a1b2c%04zx\",\"disabled_by\":null,\"entity_category\":null,"
        "\"entity_id\":\"sensor.living_room_climate_controller_temperature_%zu\",\"hidden_by\":"
        "null,"
        "\"icon\":null,\"id\":\"a1b2c3d4e5f60718293a4b5c6d7e%04zx\",\"has_entity_name\":true,"
        "\"labels\":[\"climate\",\"ground_floor\"],\"modified_at\":\"2025-01-17T21:05:10.%06zu+00:"
        "00\","
        "\"name\":null,\"options\":{\"conversation\":{\"should_expose\":false},\"sensor\":"
        "{\"suggested_display_precision\":1,\"display_precision\":2},\"sensor.private\":"
        "{\"suggested_unit_of_measurement\":\"°C\",\"refresh_initial_entity_options\":true,"
        "\"note\":\"kept since "
        "2021\"},\"cloud.alexa\":{\"should_expose\":false},\"cloud.google_assistant\":{\"should_"
        "expose\":false}},"
        "\"original_device_class\":\"temperature\",\"original_icon\":null,\"original_name\":"
        "\"Küche Temperatur %zu\",\"platform\":\"zwave_js\",\"suggested_object_id\":"
        "\"living_room_climate_controller_temperature_%zu\",\"supported_features\":0,"
        "\"translation_key\":\"air_temperature\",\"unique_id\":"
        "\"3863312451.%zu-49-0-Air "
        "temperature-00:17:88:01:0b:d1:f5:71\",\"previous_unique_id\":null,"
        "\"unit_of_measurement\":\"°C\"}",
        i ? ",\n        " : "", i / AREA, i % 100, i % 1000000, i / 8 % 65536, i, i % 65536,
        i % 1000000, i, i, i);
}

static size_t write_file(void)
{
    autobuf buf = HASS_BUF_INIT;
    autofree char *storage = mem_printf("%s/.storage", folder);
    autofree char *path = mem_printf("%s/core.entity_registry", storage);

    hass_buf_add_string(&buf, "{\n  \"version\": 1,\n  \"minor_version\": 18,\n  \"key\": "
                              "\"core.entity_registry\",\n  \"data\": {\n    \"entities\": [\n");
    for (size_t i = 0; i < ENTITIES; i++)
        write_row(i, &buf);
    hass_buf_add_string(&buf, "],\n    \"deleted_entities\": []\n  }\n}\n");
    mkdir(storage, 0700);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(buf.data, 1, buf.length, file) != buf.length || fclose(file) != 0)
        abort();
    return buf.length;
}

struct home {
    struct hass *hass;
    double spent; /* seconds of CPU that the load took, of both threads */
    uint64_t seed;
    size_t made;
};

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* The file read in pieces, its bytes looked at once, and the memory that the rows need taken and touched. */
static void floor_load(void *context, size_t count)
{
    autofree char *path = mem_printf("%s/.storage/core.entity_registry", folder);
    static char piece[PIECE];
    static char *rows[ENTITIES];
    uint64_t sum = 0, eight;

    (void)count;
    (void)context;
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t got; (got = read(fd, piece, sizeof(piece))) > 0;) {
        for (size_t i = 0; i + sizeof(eight) <= (size_t)got; i += sizeof(eight)) {
            memcpy(&eight, piece + i, sizeof(eight));
            sum += eight;
        }
    }
    bench_use(&sum);
    for (size_t i = 0; i < ENTITIES; i++)
        rows[i] = memset(malloc(RESIDENT), 1, RESIDENT);
    for (size_t i = 0; i < ENTITIES; i++)
        free(rows[i]);
    malloc_trim(0);
}

static HASS_COROUTINE int load_task(struct hass *hass, void *userdata, struct hass_error *err)
{
    if (entities_async_load(hass, err) < 0 || hass_entity_registry_async_count(hass) != ENTITIES)
        abort();
    runtime_quit(runtime_of(hass));
    return 0;
}

static double spent(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void load(void *context, size_t count)
{
    struct home *home = context;

    (void)count;
    hass__assert_loop();
    home->hass = new_hass();
    double begin = spent();
    hass_async_create_background_task(home->hass, HASS_JOB_COROUTINE(load_task, NULL), NULL, NULL);
    runtime_run(runtime_of(home->hass));
    home->spent = spent() - begin;
}

/* The median of a few loads, without what it takes to forget them; and how much of it the loop does. */
static void bench_load(void)
{
    double all[5], loop[5], floor = bench_fixed(floor_load, NULL, 1, 5);
    struct home home = { 0 };

    for (size_t i = 0; i < 5; i++) {
        loop[i] = bench_fixed(load, &home, 1, 1);
        all[i] = home.spent;
        core_destroy(home.hass);
        malloc_trim(0);
    }
    qsort(all, 5, sizeof(*all), compare);
    qsort(loop, 5, sizeof(*loop), compare);
    bench_report("registry.load_41000", all[2] * 1e3, "ms", floor / 1e6);
    bench_report("registry.load_41000_on_loop", loop[2] / 1e6, "ms", floor / 1e6);
}

/* memory */

/* "VmHWM" or "VmRSS" in bytes. */
static double memory(const char *what)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[128];
    double kilobytes = 0;

    while (status && fgets(line, sizeof(line), status))
        if (strncmp(line, what, strlen(what)) == 0)
            kilobytes = strtod(line + strlen(what) + 1, NULL);
    if (status)
        fclose(status);
    return kilobytes * 1024;
}

static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file)
        fputs("5", file);
    if (file)
        fclose(file);
}

static void bench_memory(size_t size)
{
    struct home home = { 0 };

    malloc_trim(0);
    forget_peak();
    double before = memory("VmRSS");
    load(&home, 1);
    double after = memory("VmRSS"), peak = memory("VmHWM");
    double least = (double)size / ENTITIES; // its text
    bench_report("registry.resident_per_entity", (after - before) / ENTITIES, "bytes", least);
    bench_report("registry.load_peak_beyond_result", (peak - after) / 1024, "KiB", PIECE / 1024.0);
    core_destroy(home.hass);
}

/* one entity */

static size_t any(struct home *home)
{
    return bench_random(&home->seed) % ENTITIES;
}

static void id_of(size_t index, char id[80])
{
    snprintf(id, 80, "sensor.living_room_climate_controller_temperature_%zu", index);
}

/* Making the id, which the caller of a lookup has at hand, hashing and comparing it. */
static void floor_lookup(void *context, size_t count)
{
    struct home *home = context;
    char id[80], other[80];

    id_of(1, other);
    while (count--) {
        id_of(any(home), id);
        uint32_t hash = strmap_hash(id, strlen(id));
        int difference = strcmp(id, other);
        bench_use(&hash);
        bench_use(&difference);
    }
}

static void get(void *context, size_t count)
{
    struct home *home = context;
    char id[80];

    hass__assert_loop();
    while (count--) {
        id_of(any(home), id);
        bench_use(hass_entity_registry_async_get(home->hass, id));
    }
}

static void find(void *context, size_t count)
{
    struct home *home = context;
    char id[80];

    hass__assert_loop();
    while (count--) {
        snprintf(id, sizeof(id), "3863312451.%zu-49-0-Air temperature-00:17:88:01:0b:d1:f5:71",
                 any(home));
        bench_use(hass_entity_registry_async_find(home->hass, "sensor", "zwave_js", id));
    }
}

static void floor_area(void *context, size_t count)
{
    struct home *home = context;
    static const void *rows[AREA];

    (void)home;
    while (count--)
        for (size_t i = 0; i < AREA; i++)
            bench_use(*(const void *volatile *)&rows[i]);
}

static void walk_area(void *context, size_t count)
{
    struct home *home = context;
    const struct hass_entity_entry *entry;
    char area[32];

    hass__assert_loop();
    while (count--) {
        snprintf(area, sizeof(area), "area_%zu", any(home) / AREA);
        for (size_t pos = 0;
             hass_entity_registry_async_next_of_area(home->hass, area, &pos, &entry);)
            bench_use(entry);
    }
}

/* A row is copied. */
static void floor_row(void *context, size_t count)
{
    static char row[ROW];

    (void)context;
    while (count--) {
        char *copy = malloc(sizeof(row));
        memcpy(copy, row, sizeof(row));
        bench_use(copy);
        free(copy);
    }
}

static void make(void *context, size_t count)
{
    struct home *home = context;
    char unique_id[32], name[32];
    const struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = "sensor", .platform = "demo", .unique_id = unique_id,
                               .suggested_object_id = name, .config_entry_id = "e1",
                               .original_name = name, .original_device_class = "temperature",
                               .unit_of_measurement = "°C");

    hass__assert_loop();
    while (count--) {
        snprintf(unique_id, sizeof(unique_id), "u%zu", home->made);
        snprintf(name, sizeof(name), "Temperature %zu", home->made++);
        if (hass_entity_registry_async_get_or_create(home->hass, &info, NULL, NULL) < 0)
            abort();
    }
}

static void make_again(void *context, size_t count)
{
    struct home *home = context;
    char unique_id[80];
    const struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = "sensor", .platform = "zwave_js", .unique_id = unique_id,
                               .original_device_class = "temperature", .unit_of_measurement = "°C");

    hass__assert_loop();
    while (count--) {
        snprintf(unique_id, sizeof(unique_id),
                 "3863312451.%zu-49-0-Air temperature-00:17:88:01:0b:d1:f5:71", any(home));
        if (hass_entity_registry_async_get_or_create(home->hass, &info, NULL, NULL) < 0)
            abort();
    }
}

static void update(void *context, size_t count)
{
    struct home *home = context;
    char id[80];

    hass__assert_loop();
    while (count--) {
        id_of(any(home), id);
        json_t *changes = json_pack("{s:s++}", "name", "Name ", id + 40, count % 2 ? "a" : "b");
        if (hass_entity_registry_async_update(home->hass, id, changes, NULL, NULL) < 0)
            abort();
    }
}

/* The text of all rows, as a save on the pool writes it. */
static void write_all(void *context, size_t count)
{
    struct home *home = context;
    autobuf buf = HASS_BUF_INIT;
    const struct entities *entities;
    const struct entity_item *item;

    (void)count;
    hass__assert_loop();
    entities = entities_of(home->hass);
    for (size_t pos = 0; (item = group_next(&entities->live, &pos));)
        row_write(&entity_type, ENTITY_STORED, item->row, &buf);
    bench_use(buf.data);
}

static void floor_write(void *context, size_t count)
{
    autobuf buf = HASS_BUF_INIT;
    static char row[1300];

    (void)context;
    for (size_t i = 0; i < count; i++)
        hass_buf_add(&buf, row, sizeof(row));
    bench_use(buf.data);
}

static void bench_one(void)
{
    struct home home = { .seed = 1 };

    load(&home, 1);
    double lookup = bench_cpu(floor_lookup, &home), row = bench_cpu(floor_row, &home);
    bench_report("registry.get", bench_cpu(get, &home), "ns", lookup);
    bench_report("registry.find_unique_id", bench_cpu(find, &home), "ns", lookup);
    bench_report("registry.walk_area_of_100", bench_cpu(walk_area, &home), "ns",
                 bench_cpu(floor_area, &home));
    bench_report("registry.get_or_create_known", bench_cpu(make_again, &home), "ns", row);
    bench_report("registry.update", bench_fixed(update, &home, 10000, 7), "ns", row);
    bench_report("registry.write_row", bench_fixed(write_all, &home, ENTITIES, 7), "ns",
                 bench_fixed(floor_write, &home, ENTITIES, 7));
    bench_report("registry.create", bench_fixed(make, &home, 10000, 7), "ns", row);
    core_destroy(home.hass);
}

int main(void)
{
    if (!mkdtemp(folder))
        abort();
    size_t size = write_file();
    bench_load();
    bench_memory(size);
    bench_one();
    autofree char *storage = mem_printf("%s/.storage", folder);
    autofree char *path = mem_printf("%s/core.entity_registry", storage);
    unlink(path);
    rmdir(storage);
    rmdir(folder);
    return 0;
}
