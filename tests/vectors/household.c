/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Automations as households write them (tests/golden/automations): a YAML file has the configuration, what happens and when, and the
 * calls that are wanted. It is turned into a case as those that were recorded, and played in the same home.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/schema.h>

#include "base/mem.h"
#include "data/yaml_load.h"
#include "support/test.h"
#include "vectors/automations.h"

#define DEFAULT_START "2026-01-12T00:00:00+01:00" /* a Monday */

static json_t *read_yaml(const char *path, struct hass_buf *why)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = yaml_marks_new();
    json_t *value = NULL;
    autofree char *folder = mem_strdup(path);
    char *slash = strrchr(folder, '/');

    if (slash)
        *slash = '\0';
    (void)yaml_load_file(slash ? folder : ".", path, NULL, marks, &diagnostics, &value);
    vec_foreach(&diagnostics.list, one)
        hass_buf_printf(why, "%u: %s; ", one->line, one->message);
    diagnostics_fini(&diagnostics);
    yaml_marks_unref(marks);
    if (!why->length && json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

/* What is said as people do */

static double seconds_of(const json_t *at)
{
    static const struct hass_field field = HASS_FIELD("at", &hass_type_duration);
    struct hass_error err = HASS_ERROR_INIT;
    autojson *seconds = NULL;

    test_require(hass_type_duration.check(&field, at, &seconds, &err) >= 0, "at: %s", err.message);
    return json_number_value(seconds);
}

static json_t *text_of(const json_t *value)
{
    if (json_is_boolean(value))
        return json_string(json_is_true(value) ? "on" : "off");
    if (json_is_string(value))
        return hass_json_ref(value);
    struct hass_buf buf = HASS_BUF_INIT;
    hass_json_write(value, &buf);
    json_t *text = json_string(hass_buf_string(&buf));
    hass_buf_fini(&buf);
    return text;
}

/* A state, or a map of `state` and attributes. */
static json_t *state_row(const char *entity_id, const json_t *value)
{
    json_t *attributes = json_is_object(value) ? json_copy((json_t *)value) : json_object();
    const json_t *state = json_is_object(value) ? hass_json_get(value, "state") : value;
    json_t *row = json_pack("{s:s, s:o, s:o}", "entity_id", entity_id, "state", text_of(state),
                            "attributes", attributes);

    json_object_del(attributes, "state");
    return row;
}

static json_t *state_rows(const json_t *states)
{
    json_t *rows = json_array(), *value;
    const char *entity_id;

    json_object_foreach((json_t *)states, entity_id, value)
        json_array_append_new(rows, state_row(entity_id, value));
    return rows;
}

/* steps */

static void add_step(json_t *steps, double at, const char *operation, json_t *value)
{
    json_array_append_new(steps, json_pack("{s:f, s:{s:o}}", "at", at, "do", operation, value));
}

static json_t *call_of(const char *service, const json_t *data)
{
    const char *dot = strchr(service, '.');

    test_require(dot != NULL, "call: %s is no service", service);
    return json_pack("{s:s%, s:s, s:O}", "domain", service, (size_t)(dot - service), "service",
                     dot + 1, "data", data);
}

static void add_steps(json_t *steps, const json_t *event)
{
    double at = seconds_of(hass_json_get(event, "at"));
    const json_t *gone = hass_json_get(event, "gone");
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)hass_json_get(event, "states"), key, value)
        add_step(steps, at, "set_state", state_row(key, value));
    json_object_foreach((json_t *)hass_json_get(event, "fire"), key, value)
        add_step(steps, at, "fire_event",
                 json_pack("{s:s, s:o}", "type", key, "data",
                           json_is_object(value) ? hass_json_ref(value) : json_object()));
    json_object_foreach((json_t *)hass_json_get(event, "call"), key, value) {
        autojson *data = json_is_object(value) ? hass_json_ref(value) : json_object();
        add_step(steps, at, "call_service", call_of(key, data));
    }
    if (gone)
        add_step(steps, at, "remove_state", json_pack("{s:O}", "entity_id", gone));
    json_array_append_new(steps, json_pack("{s:f, s:{}}", "at", at, "do"));
}

static json_t *steps_of(const json_t *events)
{
    json_t *steps = json_array();

    for (size_t i = 0; i < json_array_size(events); i++)
        add_steps(steps, json_array_get(events, i));
    return steps;
}

/* what is wanted */

static const json_t *call_in(const json_t *wanted, const char **ret_service)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)wanted, key, value) {
        if (strcmp(key, "at") == 0)
            continue;
        *ret_service = key;
        return value;
    }
    test_fail(__FILE__, __LINE__, "something expected names no service");
}

static json_t *calls_of(const json_t *expected)
{
    json_t *calls = json_array();

    for (size_t i = 0; i < json_array_size(expected); i++) {
        const json_t *wanted = json_array_get(expected, i);
        const char *service;
        const json_t *data = call_in(wanted, &service);
        autojson *whole = json_is_object(data) ? hass_json_ref(data) : json_object();
        json_t *call = call_of(service, whole);
        json_object_set_new(call, "at", json_real(seconds_of(hass_json_get(wanted, "at"))));
        json_array_append_new(calls, call);
    }
    return calls;
}

/* Every service that is wanted, and what else is said to be there. */
static json_t *mocks_of(const json_t *file)
{
    const json_t *more = hass_json_get(file, "services"),
                 *expected = hass_json_get(file, "expected");
    autojson *names = json_object();
    json_t *mocks = json_array(), *value;
    const char *name;
    size_t i;

    json_object_foreach((json_t *)more, name, value)
        json_object_set(names, name, value);
    json_array_foreach((json_t *)more, i, value)
        json_object_set_new(names, json_string_value(value), json_object());
    for (i = 0; i < json_array_size(expected); i++) {
        (void)call_in(json_array_get(expected, i), &name);
        if (!json_object_get(names, name))
            json_object_set_new(names, name, json_object());
    }
    json_object_foreach(names, name, value) {
        json_t *row = json_is_object(value) ? json_copy(value) : json_object();
        json_object_set_new(row, "service", json_string(name));
        json_array_append_new(mocks, row);
    }
    return mocks;
}

static json_t *final_states_of(const json_t *states)
{
    json_t *final_states = json_object(), *value;
    const char *entity_id;

    json_object_foreach((json_t *)states, entity_id, value)
        json_object_set_new(final_states, entity_id, state_row(entity_id, value));
    return final_states;
}

static void check_keys(const json_t *file)
{
    static const char *const known[] = { "configuration", "start",    "time_zone", "services",
                                         "states",        "events",   "expected",  "final_states",
                                         "problems",      "location", NULL };
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)file, key, value) {
        size_t i = 0;
        while (known[i] && strcmp(known[i], key) != 0)
            i++;
        test_require(known[i] != NULL, "the key %s is not known", key);
    }
}

static json_t *vector_of(const json_t *file)
{
    json_t *location = (json_t *)hass_json_get(file, "location");

    check_keys(file);
    return json_pack(
        "{s:b, s:s, s:s, s:O, s:o, s:o, s:o, s:s, s:{s:f, s:f}, s:O*, s:{s:o, s:o}, s:I}",
        "household", 1, "start", hass_json_get_string(file, "start", DEFAULT_START), "time_zone",
        hass_json_get_string(file, "time_zone", "Europe/Berlin"), "config",
        hass_json_get(file, "configuration"), "mock_services", mocks_of(file), "initial_states",
        state_rows(hass_json_get(file, "states")), "steps", steps_of(hass_json_get(file, "events")),
        "order", "strict", "tolerance", "early", 0.001, "late", 0.501, "location", location,
        "expected", "calls", calls_of(hass_json_get(file, "expected")), "final_states",
        final_states_of(hass_json_get(file, "final_states")), "problems",
        (json_int_t)hass_json_get_int(file, "problems", 0));
}

enum verdict household_case(const json_t *vector, struct hass_buf *why)
{
    autojson *file = read_yaml(hass_json_get_string(vector, "path", ""), why);

    if (!file)
        return VERDICT_FAILED;
    autojson *made = vector_of(file);
    test_require(made != NULL, "the file lacks its configuration");
    return automation_case(made, why);
}
