/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the cases of a file. All mistakes of all cases are told, each with its line, before one is run.
 */
#include <stdio.h>
#include <string.h>

#include <hass/states.h>

#include "case.h"

#define DEFAULT_DAY  "2024-06-03" /* a Monday */
#define DEFAULT_TIME "12:00:00"

HASS_SCHEMA(case_schema, HASS_FIELD("name", &hass_type_string, .required = true, .max = 200),
            HASS_FIELD("at", &hass_type_any), HASS_FIELD("time_zone", &hass_type_time_zone),
            HASS_FIELD("automation", &hass_type_string), HASS_FIELD("given", &hass_type_any),
            HASS_FIELD("when", &hass_type_any),
            HASS_FIELD("then", &hass_type_any, .required = true),
            HASS_FIELD("until", &hass_type_any), HASS_FIELD("responses", &hass_type_map));

static char *path_to(const char *path, const char *key)
{
    struct hass_buf joined = HASS_BUF_INIT;

    hass_buf_printf(&joined, "%s%s%s", path, *path ? "->" : "", key);
    return hass_buf_steal(&joined);
}

static char *path_to_item(const char *path, size_t index)
{
    char number[24];

    snprintf(number, sizeof(number), "%zu", index);
    return path_to(path, number);
}

/* what is wanted */

static bool check_keys(struct hass_yaml *yaml, const char *path, const json_t *item)
{
    static const char *const words[] = { "action", "service", "data",  "target",
                                         "at",     "event",   "state", NULL };
    const char *key;
    json_t *value;
    bool good = true;

    json_object_foreach((json_t *)item, key, value) {
        bool known = false;
        for (const char *const *word = words; *word; word++)
            known = known || strcmp(*word, key) == 0;
        if (known)
            continue;
        autofree char *below = path_to(path, key);
        const char *near = hass_nearest_word(key, words);
        hass_yaml_complain(yaml, below, "'%s' is not known here%s%s%s", key,
                           near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        good = false;
    }
    return good;
}

static void read_states(struct hass_yaml *yaml, const char *path, const json_t *states,
                        struct automation_case *test)
{
    const char *entity_id;
    json_t *value;

    if (!json_is_object(states)) {
        hass_yaml_complain(yaml, path, "expected a map of entities and their states");
        return;
    }
    /* Read as given states are, so that `on` means the same in both. */
    struct scenario_items items = { 0 };
    struct scenario_reader reader = { .yaml = yaml, .span = &test->span };
    scenario_read_given(&reader, path, states, &items);
    scenario_items_fini(&items);
    json_object_foreach((json_t *)states, entity_id, value) {
        autofree char *below = path_to(path, entity_id);
        const char *state =
            json_is_boolean(value) ? json_is_true(value) ? "on" : "off" : json_string_value(value);
        if (json_is_object(value))
            state = hass_json_get_string(value, "state", NULL);
        if (!state && !json_is_null(value)) {
            hass_yaml_complain(yaml, below, "expected the state as a text: put it in quotes");
            continue;
        }
        vec_push(&test->wanted, ((struct wanted){
                                    .kind = WANTED_STATE,
                                    .line = hass_yaml_line(yaml, below),
                                    .name = entity_id,
                                    .state = state,
                                    .data = hass_json_get(value, "attributes"),
                                }));
    }
}

static void read_wanted(struct hass_yaml *yaml, const char *path, const json_t *item,
                        struct automation_case *test)
{
    const char *action =
        hass_json_get_string(item, "action", hass_json_get_string(item, "service", NULL));
    const char *event = hass_json_get_string(item, "event", NULL);
    const json_t *at = hass_json_get(item, "at");
    struct hass_error err = HASS_ERROR_INIT;
    struct wanted wanted = {
        .kind = action ? WANTED_ACTION : WANTED_EVENT,
        .line = hass_yaml_line(yaml, path),
        .name = action ? action : event,
        .data = hass_json_get(item, "data"),
        .target = hass_json_get(item, "target"),
    };

    if (!check_keys(yaml, path, item))
        return;
    if (hass_json_get(item, "state")) {
        autofree char *below = path_to(path, "state");
        read_states(yaml, below, hass_json_get(item, "state"), test);
    } else if (!wanted.name) {
        hass_yaml_complain(yaml, path, "expected 'action', 'event' or 'state'");
    } else if (at && scenario_time(at, test->span.zone, test->span.from, &wanted.at, &err) < 0) {
        autofree char *below = path_to(path, "at");
        hass_yaml_complain(yaml, below, "%s", err.message);
    } else {
        vec_push(&test->wanted, wanted);
    }
}

static void read_then(struct hass_yaml *yaml, const char *path, const json_t *then,
                      struct automation_case *test)
{
    if (json_is_object(then)) {
        read_wanted(yaml, path, then, test);
        return;
    }
    if (!json_is_array(then) && !json_is_null(then)) {
        hass_yaml_complain(yaml, path, "expected a list of what is wanted; [] is nothing");
        return;
    }
    for (size_t i = 0; i < json_array_size(then); i++) {
        autofree char *below = path_to_item(path, i);
        read_wanted(yaml, below, json_array_get(then, i), test);
    }
}

/* the rest of a case */

static bool read_start(struct hass_yaml *yaml, const char *path, const json_t *value,
                       struct hass_zone *zone, struct automation_case *test)
{
    autojson *noon = json_string(DEFAULT_DAY "T" DEFAULT_TIME);
    autojson *midnight = json_string(DEFAULT_DAY);
    const json_t *at = hass_json_get(value, "at");
    struct hass_error err = HASS_ERROR_INIT;
    int64_t day;

    test->time_zone = hass_json_get_string(value, "time_zone", NULL);
    if (!test->time_zone)
        test->span.zone = hass_zone_ref(zone);
    else if (hass_zone_new(test->time_zone, &test->span.zone, &err) < 0)
        return false; /* the table has told it */
    (void)scenario_time(midnight, test->span.zone, 0, &day, NULL);
    if (scenario_time(at ? at : noon, test->span.zone, day, &test->span.from, &err) == 0)
        return true;
    autofree char *below = path_to(path, "at");
    hass_yaml_complain(yaml, below, "%s", err.message);
    return false;
}

/* A second after the last thing that happens or is wanted, unless it says until when. */
static void read_end(struct hass_yaml *yaml, const char *path, const json_t *value,
                     struct automation_case *test)
{
    const json_t *until = hass_json_get(value, "until");
    struct hass_error err = HASS_ERROR_INIT;
    int64_t last = test->items.last > test->span.from ? test->items.last : test->span.from;

    vec_foreach(&test->items.list, item)
        last = item->at > last ? item->at : last;
    vec_foreach(&test->wanted, wanted)
        last = wanted->at > last ? wanted->at : last;
    test->span.to = last + HASS_USEC_PER_SEC;
    if (!until || scenario_time(until, test->span.zone, last, &test->span.to, &err) == 0)
        return;
    autofree char *below = path_to(path, "until");
    hass_yaml_complain(yaml, below, "%s", err.message);
}

static void read_case(struct hass_yaml *yaml, const char *path, struct hass_zone *zone,
                      struct automation_cases *cases)
{
    struct automation_case test = { .line = hass_yaml_line(yaml, path) };
    autofree char *given = path_to(path, "given");
    autofree char *when = path_to(path, "when");
    autofree char *then = path_to(path, "then");
    json_t *value = NULL;

    if (hass_yaml_check(yaml, path, &case_schema, &value) < 0)
        return;
    json_array_append_new(cases->kept, value);
    test.name = hass_json_get_string(value, "name", "");
    test.automation = hass_json_get_string(value, "automation", NULL);
    test.responses = hass_json_get(value, "responses");
    test.failures = json_array();
    if (read_start(yaml, path, value, zone, &test)) {
        struct scenario_reader reader = { .yaml = yaml,
                                          .span = &test.span,
                                          .base = test.span.from };
        if (hass_json_get(value, "given"))
            scenario_read_given(&reader, given, hass_json_get(value, "given"), &test.given);
        if (hass_json_get(value, "when"))
            scenario_read_list(&reader, when, hass_json_get(value, "when"), &test.items);
        read_then(yaml, then, hass_json_get(value, "then"), &test);
        read_end(yaml, path, value, &test);
    }
    vec_push(&cases->list, test);
}

void cases_read(struct hass_yaml *yaml, struct hass_zone *zone, struct automation_cases *ret_cases)
{
    const json_t *all = hass_yaml_value(yaml);
    const char *path = "";

    ret_cases->kept = json_array();
    if (json_is_object(all)) {
        path = "cases";
        all = hass_json_get(all, path);
    }
    if (json_array_size(all) == 0)
        hass_yaml_complain(yaml, path, "expected a list of cases");
    for (size_t i = 0; i < json_array_size(all); i++) {
        autofree char *below = path_to_item(path, i);
        read_case(yaml, below, zone, ret_cases);
    }
}

static void case_fini(struct automation_case *test)
{
    vec_foreach(&test->calls, call) {
        free(call->name);
        free(call->run);
        json_decref(call->data);
    }
    vec_fini(&test->calls);
    vec_fini(&test->wanted);
    scenario_items_fini(&test->given);
    scenario_items_fini(&test->items);
    hass_zone_unref(test->span.zone);
    json_decref(test->failures);
    free(test->happened);
}

void cases_fini(struct automation_cases *cases)
{
    vec_foreach(&cases->list, test)
        case_fini(test);
    vec_fini(&cases->list);
    json_decref(steal(cases->kept));
}
