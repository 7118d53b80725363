/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases of the core: a running hass on virtual time, steps, and after each the result and three sequences (events, what
 * listeners got, what handlers got) compared with what was recorded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/strmap.h>

#include "base/mem.h"
#include "support/test.h"
#include "vectors/vectors.h"

/* records */

static json_t *seconds_since(const struct stage *stage, int64_t time)
{
    return json_real((double)(time - stage->start) / 1e6);
}

json_t *state_record(const struct stage *stage, const struct hass_state *state)
{
    json_t *record = json_object();

    if (!state) {
        json_decref(record);
        return json_null();
    }
    json_object_set_new(record, "entity_id", json_string(hass_state_entity_id(state)));
    json_object_set_new(record, "state", json_string(hass_state_state(state)));
    json_object_set_new(record, "attributes", hass_state_attributes(state));
    json_object_set_new(record, "changed_at", seconds_since(stage, hass_state_last_changed(state)));
    json_object_set_new(record, "updated_at", seconds_since(stage, hass_state_last_updated(state)));
    return record;
}

static HASS_CALLBACK int record_event(const struct hass_event *event, void *userdata,
                                      struct hass_error *err)
{
    struct stage *stage = userdata;
    const struct hass_state *old, *new;
    json_t *record = json_object();

    json_object_set_new(record, "event", json_string(hass_event_type(event)));
    if (hass_event_states(event, &old, &new)) {
        json_object_set_new(record, "entity_id", json_string(hass_event_entity_id(event)));
        json_object_set_new(record, "old", state_record(stage, old));
        json_object_set_new(record, "new", state_record(stage, new));
    } else {
        json_object_set_new(
            record, "data",
            registry_event_data(stage, hass_event_type(event), hass_event_data(event)));
    }
    json_array_append_new(stage->events, record);
    return 0;
}

/* comparing */

static void say_difference(struct hass_buf *why, size_t step, const char *what,
                           const json_t *expected, const json_t *got)
{
    hass_buf_printf(why, "step %zu: %s: expected ", step, what);
    hass_json_write(expected, why);
    hass_buf_add_string(why, ", got ");
    hass_json_write(got, why);
}

/* The records of @expected that have @key, in order. */
static json_t *select_records(const json_t *expected, const char *key)
{
    json_t *selected = json_array();

    for (size_t i = 0; i < json_array_size(expected); i++) {
        json_t *record = json_array_get(expected, i);
        if (json_object_get(record, key))
            json_array_append(selected, record);
    }
    return selected;
}

static bool compare_sequence(const json_t *expected, const char *key, const json_t *got,
                             size_t step, struct hass_buf *why)
{
    autojson *wanted = select_records(hass_json_get(expected, "events"), key);

    if (hass_json_equal(wanted, got))
        return true;
    say_difference(why, step, key, wanted, got);
    return false;
}

/* The class is advisory where the model's own errors are what Python has: they have several numbers here. */
static const struct {
    int code;
    const char *classes[4];
} error_classes[] = {
    { HASS_E_INVALID, { "Invalid", "ValueError", "DeviceInfoError" } },
    { HASS_E_EXISTS, { "ValueError", "HomeAssistantError" } },
    { HASS_E_NOT_FOUND, { "NotFound", "KeyError", "HomeAssistantError" } },
    { HASS_E_TOO_LONG, { "MaxLengthExceeded" } },
    { HASS_E_INVALID_ENTITY_ID, { "InvalidEntityFormatError" } },
    { HASS_E_INVALID_STATE, { "InvalidStateError" } },
    { HASS_E_SERVICE_NOT_FOUND, { "ServiceNotFound" } },
    { HASS_E_SERVICE_VALIDATION, { "ServiceValidationError", "ValueError" } },
    { HASS_E_GENERAL, { "HomeAssistantError" } },
};
#define ERROR_CLASSES (sizeof(error_classes) / sizeof(*error_classes))

static const char *const *classes_of(int code)
{
    size_t i = 0;

    while (i < ERROR_CLASSES - 1 && error_classes[i].code != code)
        i++;
    return error_classes[i].classes;
}

static bool is_error(const char *expected, int code)
{
    const char *const *classes = classes_of(code);

    for (; *classes; classes++)
        if (strcmp(*classes, expected) == 0)
            return true;
    return false;
}

static bool compare_result(const json_t *expected, int status, const json_t *value, size_t step,
                           struct hass_buf *why)
{
    const json_t *wanted = hass_json_get(expected, "result");
    const char *error = hass_json_get_string(wanted, "error", NULL);
    autojson *got = json_object();

    json_object_set_new(got, "ok", json_boolean(status >= 0));
    if (status < 0)
        json_object_set_new(got, "error", json_string(*classes_of(status)));
    else if (value)
        json_object_set(got, "value", (json_t *)value);
    if (status < 0 && error ? is_error(error, status) : hass_json_equal(wanted, got))
        return true;
    say_difference(why, step, "result", wanted, got);
    return false;
}

/* a case */

static HASS_CALLBACK int run_operation(const struct operation *operations, struct stage *stage,
                                       const json_t *step, json_t **ret_value,
                                       struct hass_error *err)
{
    const char *name = hass_json_get_string(step, "op", "");

    for (; operations->name; operations++)
        if (strcmp(operations->name, name) == 0)
            return operations->run(stage, step, ret_value, err);
    return HASS_E_UNSUPPORTED;
}

static const struct operation *const tables[] = { core_operations, entity_operations,
                                                  registry_operations };
#define TABLES (sizeof(tables) / sizeof(*tables))

int stage_run(struct stage *stage, const json_t *step, json_t **ret_value, struct hass_error *err)
{
    int status = HASS_E_UNSUPPORTED;

    for (size_t i = 0; i < TABLES && status == HASS_E_UNSUPPORTED; i++)
        status = run_operation(tables[i], stage, step, ret_value, err);
    return status;
}

static bool knows(const char *name)
{
    for (size_t i = 0; i < TABLES; i++) {
        for (const struct operation *row = tables[i]; row->name; row++)
            if (strcmp(row->name, name) == 0)
                return true;
    }
    return false;
}

/* The operation of a step that is not known here, or NULL. */
static const char *missing_for(const json_t *step)
{
    const char *name = hass_json_get_string(step, "op", "");

    return knows(name) ? NULL : name;
}

static const char *missing_for_case(const json_t *steps)
{
    const char *missing = NULL;

    for (size_t i = 0; i < json_array_size(steps) && !missing; i++)
        missing = missing_for(json_array_get(steps, i));
    return missing;
}

static HASS_CALLBACK bool run_step(struct stage *stage, const json_t *step, const json_t *expected,
                                   size_t number, struct hass_buf *why)
{
    autojson *value = NULL;

    json_array_clear(stage->events);
    json_array_clear(stage->delivered);
    json_array_clear(stage->handled);
    int status = stage_run(stage, step, &value, NULL);
    test_settle(stage->hass);
    return compare_result(expected, status, value, number, why) &&
           compare_sequence(expected, "event", stage->events, number, why) &&
           compare_sequence(expected, "delivered_to", stage->delivered, number, why) &&
           compare_sequence(expected, "handled_by", stage->handled, number, why);
}

static HASS_CALLBACK void stage_init(struct stage *stage, const json_t *vector)
{
    *stage = (struct stage){
        .events = json_array(),
        .delivered = json_array(),
        .handled = json_array(),
        .kept = json_array(),
        .listeners = hass_strmap_create(free),
        .entities = hass_strmap_create(NULL),
        .devices = hass_strmap_create(free),
        .platforms = hass_strmap_create(NULL),
    };
    if (hass_dt_parse(hass_json_get_string(vector, "start", ""), NULL, &stage->start, NULL) < 0)
        stage->start = INT64_C(1704067200000000);
    stage->hass = test_hass_at(stage->start);
    test_start(stage->hass);
    hass_bus_async_listen(stage->hass, HASS_MATCH_ALL, NULL, HASS_JOB_CALLBACK(record_event, stage),
                          NULL, NULL);
}

static HASS_CALLBACK void stage_fini(struct stage *stage)
{
    entities_fini(stage);
    test_destroy(stage->hass);
    hass_strmap_destroy(stage->listeners);
    hass_strmap_destroy(stage->devices);
    hass_strmap_destroy(stage->platforms);
    json_decref(stage->events);
    json_decref(stage->delivered);
    json_decref(stage->handled);
    json_decref(stage->kept);
}

static HASS_CALLBACK bool run_steps(const json_t *vector, const json_t *expected,
                                    struct hass_buf *why)
{
    const json_t *steps = hass_json_get(vector, "steps");
    struct stage stage;
    bool passed = true;

    stage_init(&stage, vector);
    for (size_t i = 0; i < json_array_size(steps) && passed; i++)
        passed = run_step(&stage, json_array_get(steps, i), json_array_get(expected, i), i, why);
    stage_fini(&stage);
    return passed;
}

enum verdict core_case(const json_t *vector, struct hass_buf *why)
{
    const json_t *recorded = hass_json_get(vector, "expected");
    autojson *ours = deviation_expected(vector);
    const char *missing = missing_for_case(hass_json_get(vector, "steps"));

    if (missing) {
        hass_buf_printf(why, "%s is not there yet", missing);
        return VERDICT_SKIPPED;
    }
    if (!run_steps(vector, ours ? ours : recorded, why))
        return VERDICT_FAILED;
    if (!ours)
        return VERDICT_PASSED;
    hass_buf_add_string(why, "on purpose (README.md)");
    return VERDICT_DEVIATES;
}
