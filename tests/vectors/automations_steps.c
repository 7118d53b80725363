/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of a recorded automation: each is one operation at its time; timers that are due then have run before.
 */
#include <stdlib.h>
#include <string.h>

#include <hass/area_registry.h>
#include <hass/context.h>
#include <hass/entity_registry.h>
#include <hass/loop.h>
#include <hass/task.h>

#include "base/mem.h"
#include "support/home.h"
#include "vectors/automations.h"

typedef int step_fn(struct play *play, const json_t *operation, size_t number,
                    struct hass_error *err);

/* states and events */

static HASS_CALLBACK int set_state(struct play *play, const json_t *operation, size_t number,
                                   struct hass_error *err)
{
    const char *entity_id = hass_json_get_string(operation, "entity_id", "");
    const struct hass_set_options options = {
        .size = sizeof(options),
        .force_update = hass_json_get_bool(operation, "force_update", false),
        .context = play->contexts[number],
    };

    json_object_set_new(play->touched, entity_id, json_true());
    return hass_states_async_set(
        play->hass, entity_id, hass_json_get_string(operation, "state", ""),
        hass_json_ref(hass_json_get(operation, "attributes")), &options, err);
}

static HASS_CALLBACK int remove_state(struct play *play, const json_t *operation, size_t number,
                                      struct hass_error *err)
{
    return hass_states_async_remove(play->hass, hass_json_get_string(operation, "entity_id", ""),
                                    play->contexts[number], err);
}

static HASS_CALLBACK int fire_event(struct play *play, const json_t *operation, size_t number,
                                    struct hass_error *err)
{
    return hass_bus_async_fire(play->hass, hass_json_get_string(operation, "type", ""),
                               hass_json_ref(hass_json_get(operation, "data")),
                               play->contexts[number], err);
}

/* services */

struct step_call {
    struct play *play;
    const json_t *operation;
    size_t number;
};

static HASS_COROUTINE int call(struct hass *hass, void *userdata, struct hass_error *err)
{
    const struct step_call *step = userdata;
    bool wants_response = hass_json_get_bool(step->operation, "return_response", false);
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = hass_json_get_bool(step->operation, "blocking", true),
        .return_response = wants_response,
        .context = step->play->contexts[step->number],
        .target = hass_json_ref(hass_json_get(step->operation, "target")),
    };
    struct hass_error problem = HASS_ERROR_INIT;
    autojson *response = NULL;
    int r = hass_services_async_call(hass, hass_json_get_string(step->operation, "domain", ""),
                                     hass_json_get_string(step->operation, "service", ""),
                                     hass_json_ref(hass_json_get(step->operation, "data")),
                                     &options, wants_response ? &response : NULL, &problem);
    json_t *record = json_pack("{s:I, s:o}", "step", (json_int_t)step->number, "at",
                               play_time(step->play, hass_now(hass)));

    if (r < 0)
        json_object_set_new(record, "error", json_string(problem.message));
    else if (wants_response)
        json_object_set(record, "response", response);
    json_array_append_new(step->play->responses, record);
    return 0;
}

static HASS_CALLBACK int call_service(struct play *play, const json_t *operation, size_t number,
                                      struct hass_error *err)
{
    struct step_call *step = mem_alloc(sizeof(*step));

    *step = (struct step_call){ .play = play, .operation = operation, .number = number };
    return hass_async_create_task(play->hass, HASS_JOB_COROUTINE(call, step, .destroy = free), NULL,
                                  err);
}

/* the rest */

static HASS_CALLBACK int snapshot(struct play *play, const json_t *operation, size_t number,
                                  struct hass_error *err)
{
    json_t *states = json_object();

    for (size_t i = 0; i < json_array_size(operation); i++) {
        const char *entity_id = json_string_value(json_array_get(operation, i));
        json_object_set_new(states, entity_id, play_state(play, entity_id));
    }
    json_array_append_new(play->snapshots,
                          json_pack("{s:I, s:o, s:o}", "step", (json_int_t)number, "at",
                                    play_time(play, hass_now(play->hass)), "states", states));
    return 0;
}

static HASS_CALLBACK int set_config(struct play *play, const json_t *operation, size_t number,
                                    struct hass_error *err)
{
    play_configure(play, operation);
    return 0;
}

static HASS_CALLBACK int area_create(struct play *play, const json_t *operation, size_t number,
                                     struct hass_error *err)
{
    const struct hass_area *area;

    return hass_area_registry_async_create(play->hass, hass_json_get_string(operation, "name", ""),
                                           json_object(), &area, err);
}

static HASS_CALLBACK int entity_registry_update(struct play *play, const json_t *operation,
                                                size_t number, struct hass_error *err)
{
    const struct hass_entity_entry *entry;
    json_t *changes = json_copy((json_t *)operation);

    json_object_del(changes, "entity_id");
    return hass_entity_registry_async_update(
        play->hass, hass_json_get_string(operation, "entity_id", ""), changes, &entry, err);
}

static const struct {
    const char *name;
    step_fn *run;
} operations[] = {
    { "set_state", set_state },     { "remove_state", remove_state },
    { "fire_event", fire_event },   { "call_service", call_service },
    { "snapshot", snapshot },       { "set_config", set_config },
    { "area_create", area_create }, { "entity_registry_update", entity_registry_update },
};
#define OPERATIONS (sizeof(operations) / sizeof(*operations))

static step_fn *find_operation(const char *name)
{
    for (size_t i = 0; i < OPERATIONS; i++)
        if (strcmp(operations[i].name, name) == 0)
            return operations[i].run;
    return NULL;
}

const char *play_missing(const json_t *vector)
{
    const json_t *steps = hass_json_get(vector, "steps");

    for (size_t i = 0; i < json_array_size(steps); i++) {
        const char *name;
        json_t *operation;
        json_object_foreach((json_t *)hass_json_get(json_array_get(steps, i), "do"), name,
                            operation)
            if (!find_operation(name))
                return name;
    }
    return NULL;
}

static HASS_CALLBACK void advance_to(struct play *play, double at)
{
    int64_t left = play->start + (int64_t)(at * 1e6 + 0.5) - hass_now(play->hass);

    if (left > 0)
        test_advance(play->hass, (double)left / 1e6);
    test_settle(play->hass);
}

static HASS_CALLBACK void run_step(struct play *play, const json_t *step, size_t number)
{
    struct hass_error err = HASS_ERROR_INIT;
    const char *name;
    json_t *operation;

    advance_to(play, hass_json_get_number(step, "at", 0));
    json_object_foreach((json_t *)hass_json_get(step, "do"), name, operation) {
        int r = find_operation(name)(play, operation, number, &err);
        test_require(r >= 0, "step %zu: %s", number, err.message);
    }
    test_settle(play->hass);
}

/* States that the home itself has made. */
static HASS_CALLBACK void take_final_states(struct play *play)
{
    const json_t *wanted = hass_json_get(play->expected, "final_states");
    struct hass_state_list list;

    hass_states_async_all(play->hass, NULL, &list, NULL);
    for (size_t i = 0; i < list.count; i++) {
        const char *entity_id = hass_state_entity_id(list.items[i]);
        if (hass_json_get(wanted, entity_id) ||
            !(hass_json_get(play->touched, entity_id) || strcmp(entity_id, "zone.home") == 0 ||
              strcmp(entity_id, "sun.sun") == 0))
            json_object_set_new(play->final_states, entity_id, play_state(play, entity_id));
    }
    hass_state_list_fini(&list);
}

void play_steps(struct play *play)
{
    const json_t *steps = hass_json_get(play->vector, "steps");

    for (size_t i = 0; i < json_array_size(steps); i++)
        run_step(play, json_array_get(steps, i), i);
    take_final_states(play);
}
