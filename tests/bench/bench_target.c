/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resolving targets in a home of 10,000 entities: 100 areas on 5 floors, 1,000 devices, so that an area has ten devices with
 * five entities each, and fifty entities of its own. The floor is looking at as many rows as were found,
 * in no order, and keeping their ids.
 */
#include <stdio.h>
#include <stdlib.h>

#include <hass/area_registry.h>
#include <hass/device_registry.h>
#include <hass/entity_registry.h>
#include <hass/floor_registry.h>
#include <hass/hass.h>

#include "base/mem.h"
#include "bench/bench.h"
#include "core/core.h"
#include "entity/target.h"

enum { AREAS = 100, FLOORS = 5, DEVICES = 1000, ENTITIES = 10000 };

static HASS_CALLBACK void make_areas(struct hass *hass)
{
    for (int i = 0; i < FLOORS; i++) {
        char name[32];
        snprintf(name, sizeof(name), "Floor %d", i);
        hass_floor_registry_async_create(hass, name, NULL, NULL, NULL);
    }
    for (int i = 0; i < AREAS; i++) {
        char name[32], floor[32];
        snprintf(name, sizeof(name), "Area %d", i);
        snprintf(floor, sizeof(floor), "floor_%d", i % FLOORS);
        hass_area_registry_async_create(hass, name, json_pack("{s:s}", "floor_id", floor), NULL,
                                        NULL);
    }
}

static HASS_CALLBACK void make_device(struct hass *hass, int number, char id[40])
{
    const struct hass_device *device = NULL;
    char name[32];

    snprintf(name, sizeof(name), "device %d", number);
    struct hass_device_info info =
        HASS_DEVICE_INFO(.identifiers = HASS_DEVICE_PAIRS({ "bench", name }), .name = name);
    if (hass_device_registry_async_get_or_create(hass, "entry", &info, &device, NULL) < 0)
        abort();
    snprintf(id, 40, "%s", device->id);
    snprintf(name, sizeof(name), "area_%d", number % AREAS);
    hass_device_registry_async_update(hass, id, json_pack("{s:s}", "area_id", name), NULL, NULL);
}

/* Half of them belong to devices, the other half has an area. */
static HASS_CALLBACK void make_entity(struct hass *hass, int number, const char *device_id)
{
    const struct hass_entity_entry *entry = NULL;
    char text[32];

    snprintf(text, sizeof(text), "temperature_%d", number);
    struct hass_entity_entry_info info =
        HASS_ENTITY_ENTRY_INFO(.domain = "sensor", .platform = "bench", .unique_id = text,
                               .device_id = number % 2 ? device_id : NULL);
    if (hass_entity_registry_async_get_or_create(hass, &info, &entry, NULL) < 0)
        abort();
    if (number % 2)
        return;
    snprintf(text, sizeof(text), "area_%d", number / 2 % AREAS);
    hass_entity_registry_async_update(hass, entry->entity_id, json_pack("{s:s}", "area_id", text),
                                      NULL, NULL);
}

static HASS_CALLBACK struct hass *make_home(void)
{
    struct hass *hass = NULL;
    char(*ids)[40] = mem_calloc(DEVICES, sizeof(*ids));

    if (core_create(&(struct core_options){ 0 }, &hass, NULL) < 0)
        abort();
    make_areas(hass);
    for (int i = 0; i < DEVICES; i++)
        make_device(hass, i, ids[i]);
    for (int i = 0; i < ENTITIES; i++)
        make_entity(hass, i, ids[i / 2 % DEVICES]);
    free(ids);
    return hass;
}

struct question {
    struct hass *hass;
    const char *key, *format;
    unsigned range;
    uint64_t random;
    size_t found;                                /* entities by one target */
    const struct hass_entity_entry *const *rows; /* all */
};

static HASS_CALLBACK void resolve_one(struct question *question)
{
    struct target target;
    char id[32];

    snprintf(id, sizeof(id), question->format, bench_random(&question->random) % question->range);
    autojson *data = json_pack("{s:[s]}", question->key, id);
    target_resolve(question->hass, data, true, &target);
    question->found = target.indirect.length;
    bench_use(&target);
    target_fini(&target);
}

static void resolve(void *context, size_t count)
{
    hass__assert_loop();
    while (count-- > 0)
        resolve_one(context);
}

/* The least it can cost: looking at as many rows and keeping their ids. */
static void collect(void *context, size_t count)
{
    struct question *question = context;

    while (count-- > 0) {
        HASS_VEC(const char *) ids = { 0 };
        for (size_t i = 0; i < question->found; i++) {
            const struct hass_entity_entry *entry =
                question->rows[bench_random(&question->random) % ENTITIES];
            if (entry->disabled_by == HASS_ENTITY_ENABLED)
                vec_push(&ids, entry->entity_id);
        }
        bench_use(ids.data);
        vec_fini(&ids);
    }
}

static HASS_CALLBACK void measure(struct hass *hass, const char *name, const char *key,
                                  const char *format, unsigned range,
                                  const struct hass_entity_entry *const *rows)
{
    struct question question = {
        .hass = hass, .key = key, .format = format, .range = range, .random = 1, .rows = rows
    };
    double value = bench_cpu(resolve, &question) / 1000;

    bench_report(name, value, "us", bench_cpu(collect, &question) / 1000);
}

int main(void)
{
    hass__assert_loop();
    struct hass *hass = make_home();
    const struct hass_entity_entry **rows = mem_calloc(ENTITIES, sizeof(*rows));

    for (size_t pos = 0, i = 0; hass_entity_registry_async_next(hass, &pos, &rows[i]);)
        i++;
    measure(hass, "target.area_of_10000", "area_id", "area_%u", AREAS, rows);
    measure(hass, "target.floor_of_10000", "floor_id", "floor_%u", FLOORS, rows);
    free(rows);
    core_destroy(hass);
    return 0;
}
