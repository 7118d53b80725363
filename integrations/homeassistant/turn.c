/* SPDX-License-Identifier: Apache-2.0 */
/*
 * homeassistant.turn_on, turn_off and toggle: each domain among the targets gets one call of its own service, all at the same
 * time, so that a slow one does not hold up the others; a domain without that service is warned about.
 */
#include "turn.h"

#include <stdlib.h>
#include <string.h>

#include <hass/platform.h>
#include <hass/vec.h>

#define IDS(key, what) HASS_FIELD(key, &hass_type_string, .list = true, .max = 1000, .doc = what)
static const struct hass_field fields[] = {
    HASS_FIELD("entity_id", &hass_type_entity_ids, .doc = "Entities of any domains, and groups"),
    IDS("device_id", "Devices with their entities"),
    IDS("area_id", "Areas with their entities"),
    IDS("floor_id", "Floors with their entities"),
    IDS("label_id", "Labels, and what has them"),
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static int check_target(const json_t *value, struct hass_error *err)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (hass_json_get(value, fields[i].key))
            return 0;
    return hass_fail(err, HASS_E_INVALID,
                     "expected entity_id, device_id, area_id, floor_id or label_id");
}

static const struct hass_schema turn_schema = {
    .size = sizeof(struct hass_schema),
    .count = FIELD_COUNT,
    .fields = fields,
    .extra = true,
    .check = check_target,
};

static void domain_of(const char *entity_id, char domain[HASS_MAX_DOMAIN + 1])
{
    size_t length = strcspn(entity_id, ".");

    if (length > HASS_MAX_DOMAIN)
        length = HASS_MAX_DOMAIN;
    memcpy(domain, entity_id, length);
    domain[length] = '\0';
}

/* {domain: [entity_id, …]}, a new object. */
static json_t *split(const json_t *ids)
{
    json_t *by_domain = json_object();
    char domain[HASS_MAX_DOMAIN + 1];
    size_t index;
    json_t *id;

    json_array_foreach((json_t *)ids, index, id) {
        domain_of(json_string_value(id), domain);
        if (!json_object_get(by_domain, domain))
            json_object_set_new(by_domain, domain, json_array());
        json_array_append(json_object_get(by_domain, domain), id);
    }
    return by_domain;
}

/* The call to one domain; owned by its task. */
struct turn {
    const struct hass_service_call *call;
    char *domain;
    json_t *ids;
};

static void turn_destroy(void *object)
{
    struct turn *turn = object;

    hass_service_call_unref(turn->call);
    free(turn->domain);
    json_decref(turn->ids);
    free(turn);
}

static HASS_COROUTINE int call_domain(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct turn *turn = userdata;
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = hass_service_call_context(turn->call),
    };
    json_t *data = json_copy((json_t *)hass_service_call_data(turn->call));

    for (size_t i = 0; i < FIELD_COUNT; i++)
        json_object_del(data, fields[i].key);
    json_object_set(data, "entity_id", turn->ids);
    return hass_services_async_call(hass, turn->domain, hass_service_call_service(turn->call), data,
                                    &options, NULL, err);
}

/* Begins the call to one domain, if that has the service. @ret_task stays untouched when it has not. */
static HASS_CALLBACK int begin(const struct hass_service_call *call, const char *domain,
                               const json_t *ids, struct hass_task **ret_task,
                               struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    const char *service = hass_service_call_service(call);

    if (!strcmp(domain, "homeassistant") || !hass_services_async_has(hass, domain, service)) {
        hass_warning("%s has no service %s; its entities are left alone", domain, service);
        return 0;
    }
    struct turn *turn = calloc(1, sizeof(*turn));
    *turn = (struct turn){ hass_service_call_ref(call), strdup(domain), hass_json_ref(ids) };
    return hass_async_create_task(
        hass, HASS_JOB_COROUTINE(call_domain, turn, .destroy = turn_destroy), ret_task, err);
}

/* Waits for all; the first failure is told. */
static HASS_COROUTINE int wait_for(struct hass *hass, struct hass_task *const tasks[], size_t count,
                                   struct hass_error *err)
{
    HASS_VEC(struct hass_future *) futures = { 0 };

    for (size_t i = 0; i < count; i++)
        vec_push(&futures, hass_task_future(tasks[i]));
    int r = hass_async_wait_all(hass, futures.data, count, HASS_FOREVER, err);
    for (size_t i = 0; i < count && r >= 0; i++)
        r = hass_future_result(futures.data[i], err);
    vec_fini(&futures);
    return r;
}

static HASS_COROUTINE int on_turn(const struct hass_service_call *call, void *userdata,
                                  struct hass_error *err)
{
    const json_t *ids = hass_json_get(hass_service_call_data(call), "entity_id");
    HASS_VEC(struct hass_task *) tasks = { 0 };
    const char *domain;
    json_t *of_domain;
    int r = 0;

    if (json_is_string(ids))
        return hass_fail(err, HASS_E_INVALID, "entity_id: name the entities, '%s' is none here",
                         json_string_value(ids));
    autojson *meant = hass_async_extract_from_target(hass_service_call_hass(call),
                                                     hass_service_call_data(call), true);
    autojson *by_domain = split(hass_json_get(meant, "referenced_entities"));
    json_object_foreach(by_domain, domain, of_domain) {
        struct hass_task *task = NULL;
        int begun = begin(call, domain, of_domain, &task, err);
        if (task)
            vec_push(&tasks, task);
        r = r < 0 ? r : begun;
    }
    int waited =
        wait_for(hass_service_call_hass(call), tasks.data, tasks.length, r < 0 ? NULL : err);
    vec_foreach(&tasks, task)
        hass_task_unref(*task);
    vec_fini(&tasks);
    return r < 0 ? r : waited;
}

int register_turn_services(struct hass *hass, struct hass_error *err)
{
    static const char *const services[][2] = {
        { "turn_on", "Turns entities of any domains on" },
        { "turn_off", "Turns entities of any domains off" },
        { "toggle", "Turns entities of any domains on or off" },
    };

    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        const struct hass_service_options options = {
            .size = sizeof(options),
            .schema = &turn_schema,
            .description = services[i][1],
        };
        int r = hass_services_async_register(hass, "homeassistant", services[i][0], &options,
                                             HASS_JOB_COROUTINE(on_turn, NULL), err);
        if (r < 0)
            return r;
    }
    return 0;
}
