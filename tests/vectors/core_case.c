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

/* A removed device is shown whole by later releases; the cases have its id. */
static json_t *data_record(struct stage *stage, const struct hass_event *event)
{
    const json_t *data = hass_event_data(event);

    if (strcmp(hass_event_type(event), HASS_EVENT_DEVICE_REGISTRY_UPDATED) != 0)
        return with_aliases(stage, data);
    (void)device_alias(stage, hass_json_get_string(data, "device_id", NULL));
    json_t *record = with_aliases(stage, data);
    json_object_del(record, "device");
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
        json_object_set_new(record, "data", data_record(stage, event));
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

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A list of sets has no order: by the text of its members. */
static json_t *sorted(const json_t *list)
{
    size_t count = json_array_size(list);
    char **texts = mem_calloc(count + 1, sizeof(*texts));
    json_t *result = json_array();

    for (size_t i = 0; i < count; i++)
        texts[i] = json_dumps(json_array_get(list, i), JSON_ENCODE_ANY | JSON_SORT_KEYS);
    qsort(texts, count, sizeof(*texts), by_text);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(result, json_loads(texts[i], JSON_DECODE_ANY, NULL));
        free(texts[i]);
    }
    free(texts);
    return result;
}

/* A copy in which sets are in order. */
static json_t *with_sorted_sets(const json_t *value)
{
    static const char sets[] = " aliases config_entries connections entries identifiers ";
    const char *key;
    json_t *member, *copy;
    size_t i;

    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)value, i, member)
            json_array_append_new(copy, with_sorted_sets(member));
        return copy;
    }
    if (!json_is_object(value))
        return hass_json_ref(value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, member) {
        autofree char *word = mem_printf(" %s ", key);
        json_object_set_new(copy, key,
                            json_is_array(member) && strstr(sets, word) ? sorted(member)
                                                                        : with_sorted_sets(member));
    }
    return copy;
}

static bool is_same(const json_t *expected, const json_t *got)
{
    autojson *left = with_sorted_sets(expected), *right = with_sorted_sets(got);

    return hass_json_equal(left, right);
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

    if (is_same(wanted, got))
        return true;
    say_difference(why, step, key, wanted, got);
    return false;
}

static const char *error_class(int code)
{
    switch (code) {
    case HASS_E_INVALID:
        return "Invalid";
    case HASS_E_TOO_LONG:
        return "MaxLengthExceeded";
    case HASS_E_INVALID_ENTITY_ID:
        return "InvalidEntityFormatError";
    case HASS_E_INVALID_STATE:
        return "InvalidStateError";
    case HASS_E_SERVICE_NOT_FOUND:
        return "ServiceNotFound";
    case HASS_E_SERVICE_VALIDATION:
        return "ServiceValidationError";
    default:
        return "HomeAssistantError";
    }
}

/* What Python calls a ValueError has several codes here, and some of them are other errors in later releases (README.md). */
static bool same_error(const char *expected, const char *got)
{
    return strcmp(expected, got) == 0 || strcmp(expected, "ValueError") == 0 ||
           (strcmp(expected, "DeviceInfoError") == 0 && strcmp(got, "Invalid") == 0);
}

static bool compare_result(const json_t *expected, int status, const json_t *value, size_t step,
                           struct hass_buf *why)
{
    const json_t *wanted = hass_json_get(expected, "result");
    const char *error = hass_json_get_string(wanted, "error", NULL);
    autojson *got = json_object();

    json_object_set_new(got, "ok", json_boolean(status >= 0));
    if (status < 0)
        json_object_set_new(got, "error", json_string(error_class(status)));
    else if (value)
        json_object_set(got, "value", (json_t *)value);
    if (status < 0 && error ? same_error(error, error_class(status)) : is_same(wanted, got))
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

static const struct operation *const all_operations[] = { core_operations, entity_operations,
                                                          registry_operations };
#define TABLES (sizeof(all_operations) / sizeof(all_operations[0]))

int stage_run(struct stage *stage, const json_t *step, json_t **ret_value, struct hass_error *err)
{
    int status = HASS_E_UNSUPPORTED;

    for (size_t i = 0; i < TABLES && status == HASS_E_UNSUPPORTED; i++)
        status = run_operation(all_operations[i], stage, step, ret_value, err);
    return status;
}

static bool knows(const struct operation *operations, const char *name)
{
    while (operations->name && strcmp(operations->name, name) != 0)
        operations++;
    return operations->name != NULL;
}

/* What a step needs that is not there, or NULL. */
static const char *missing_for(const json_t *step)
{
    const char *name = hass_json_get_string(step, "op", "");

    for (size_t i = 0; i < TABLES; i++)
        if (knows(all_operations[i], name))
            return NULL;
    return name;
}

/* Where we follow a later release, or C: README.md. */
static const struct {
    const char *id, *why;
} otherwise[] = {
    { "er-remove-restore", "what its user had set comes back, too, as in later releases" },
    { "er-generate", "nothing is made of nothing: 'light.' is no id" },
    { "dv-suggested-area", "only a new device takes a suggestion, as in later releases" },
    { "dv2-none-to-value", "in device info NULL leaves what is there" },
};

static const char *reason_to_differ(const char *id)
{
    for (size_t i = 0; i < sizeof(otherwise) / sizeof(otherwise[0]); i++)
        if (strcmp(otherwise[i].id, id) == 0)
            return otherwise[i].why;
    return NULL;
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
        .devices = json_object(),
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
    json_decref(stage->events);
    json_decref(stage->delivered);
    json_decref(stage->handled);
    json_decref(stage->kept);
    json_decref(stage->devices);
}

enum verdict core_case(const json_t *vector, struct hass_buf *why)
{
    const json_t *steps = hass_json_get(vector, "steps");
    const json_t *expected = hass_json_get(vector, "expected");
    const char *missing = missing_for_case(steps);
    struct stage stage;
    bool passed = true;

    const char *reason = reason_to_differ(hass_json_get_string(vector, "id", ""));

    if (missing || reason) {
        hass_buf_printf(why, "%s%s", missing ? missing : reason,
                        missing ? " is not there yet" : "");
        return VERDICT_SKIPPED;
    }
    stage_init(&stage, vector);
    for (size_t i = 0; i < json_array_size(steps) && passed; i++)
        passed = run_step(&stage, json_array_get(steps, i), json_array_get(expected, i), i, why);
    stage_fini(&stage);
    return passed ? VERDICT_PASSED : VERDICT_FAILED;
}
