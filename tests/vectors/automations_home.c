/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The home of a recorded automation: configuration as a file, states and recording services before it is loaded, the built
 * integrations, and what is written down while it runs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hass/context.h>
#include <hass/dt.h>
#include <hass/loop.h>

#include "base/mem.h"
#include "support/home.h"
#include "vectors/automations.h"

json_t *play_time(const struct play *play, int64_t time)
{
    return json_real((double)(time - play->start) / 1e6);
}

static HASS_CALLBACK json_t *present(const struct play *play)
{
    return play_time(play, hass_now(play->hass));
}

/* configuration */

/* The files of cases have their keys in order of the alphabet; where groups stood is told by their states. */
static json_t *groups_in_order(const json_t *groups, const json_t *states)
{
    json_t *ordered = json_object();

    for (size_t position = 0; position < json_object_size(groups); position++) {
        const char *key;
        json_t *group;
        json_object_foreach((json_t *)groups, key, group) {
            autofree char *entity_id = mem_printf("group.%s", key);
            const json_t *attributes =
                hass_json_get(hass_json_get(states, entity_id), "attributes");
            if (hass_json_get_int(attributes, "order", -1) == (int64_t)position)
                json_object_set(ordered, key, group);
        }
    }
    json_object_update_missing(ordered, (json_t *)groups);
    return ordered;
}

static void add_domains(json_t *config, const char *const *domains)
{
    for (; *domains; domains++)
        if (!json_object_get(config, *domains))
            json_object_set_new(config, *domains, json_null());
}

void play_configure(struct play *play, const json_t *config)
{
    static const char *const group_domains[] = { "cover", "device_tracker", "light",
                                                 "lock",  "switch",         NULL };
    const json_t *place = hass_json_get(play->vector, "location");
    autojson *all = json_copy((json_t *)config);
    const json_t *groups = hass_json_get(config, "group");

    if (json_is_object(groups))
        json_object_set_new(
            all, "group",
            groups_in_order(
                groups, hass_json_get(hass_json_get(play->vector, "expected"), "final_states")));
    if (strcmp(hass_json_get_string(play->vector, "group", ""), "group") == 0)
        add_domains(all, group_domains);
    json_object_set_new(all, "homeassistant",
                        json_pack("{s:s, s:s, s:f, s:f, s:i}", "time_zone",
                                  hass_json_get_string(play->vector, "time_zone", "UTC"),
                                  "unit_system", "metric", "latitude",
                                  hass_json_get_number(place, "latitude", 52.1), "longitude",
                                  hass_json_get_number(place, "longitude", 5.2), "elevation",
                                  (int)hass_json_get_int(place, "elevation", 10)));
    autofree char *text = json_dumps(all, JSON_INDENT(1));
    test_file("configuration.yaml", text);
}

/* services that only record */

static json_t *parent_of(const struct hass_context *context)
{
    const char *parent = hass_context_parent_id(context);

    return parent ? json_string(parent) : json_null();
}

static HASS_COROUTINE int take_time(struct play *play, double seconds, json_t *record,
                                    struct hass_error *err)
{
    int r = hass_async_sleep(play->hass, seconds, err);

    if (r == -ECANCELED)
        json_object_set_new(record, "cancelled_at", present(play));
    return r;
}

static HASS_COROUTINE int record_call(const struct hass_service_call *call, void *userdata,
                                      struct hass_error *err)
{
    const struct play_mock *mock = userdata;
    const struct hass_context *context = hass_service_call_context(call);
    const char *raise = hass_json_get_string(mock->row, "raise", NULL);
    double delay = hass_json_get_number(mock->row, "delay", 0);
    const json_t *response = hass_json_get(mock->row, "response");
    json_t *record = json_pack("{s:o, s:s, s:s, s:O, s:s, s:o}", "at", present(mock->play),
                               "domain", mock->domain, "service", mock->service, "data",
                               (json_t *)hass_service_call_data(call), "context",
                               hass_context_id(context), "parent", parent_of(context));

    json_array_append_new(mock->play->calls, record);
    int r = delay > 0 ? take_time(mock->play, delay, record, err) : 0;
    if (r < 0)
        return r;
    if (raise)
        return strcmp(raise, "error") == 0 ? hass_fail(err, HASS_E_GENERAL, "it failed")
                                           : hass_fail(err, -EIO, "it has a bug");
    if (response && hass_service_call_return_response(call))
        hass_service_call_respond(call, hass_json_ref(response));
    return 0;
}

static enum hass_supports_response response_of(const json_t *row)
{
    const char *word = hass_json_get_string(row, "supports_response",
                                            hass_json_get(row, "response") ? "optional" : "none");

    return strcmp(word, "only") == 0       ? HASS_RESPONSE_ONLY
           : strcmp(word, "optional") == 0 ? HASS_RESPONSE_OPTIONAL
                                           : HASS_RESPONSE_NONE;
}

static HASS_CALLBACK void register_mock(struct play_mock *mock)
{
    struct hass_error err = HASS_ERROR_INIT;
    const struct hass_service_options options = {
        .size = sizeof(options),
        .supports_response = response_of(mock->row),
    };

    mock->told++;
    int r = hass_services_async_register(mock->play->hass, mock->domain, mock->service, &options,
                                         HASS_JOB_COROUTINE(record_call, mock), &err);
    test_require(r == 0, "%s", err.message);
}

/* A mock takes the place of a real service, which is registered later. */
static HASS_CALLBACK int on_service_registered(const struct hass_event *event, void *userdata,
                                               struct hass_error *err)
{
    struct play *play = userdata;
    const json_t *data = hass_event_data(event);

    for (size_t i = 0; i < play->mock_count; i++) {
        struct play_mock *mock = &play->mocks[i];
        if (strcmp(mock->domain, hass_json_get_string(data, "domain", "")) != 0 ||
            strcmp(mock->service, hass_json_get_string(data, "service", "")) != 0)
            continue;
        if (mock->told > 0)
            mock->told--; // by register_mock itself
        else
            register_mock(mock);
    }
    return 0;
}

static HASS_CALLBACK void add_mocks(struct play *play)
{
    const json_t *rows = hass_json_get(play->vector, "mock_services");

    hass_bus_async_listen(play->hass, HASS_EVENT_SERVICE_REGISTERED, NULL,
                          HASS_JOB_CALLBACK(on_service_registered, play), NULL, NULL);
    play->mock_count = json_array_size(rows);
    play->mocks = mem_calloc(play->mock_count + 1, sizeof(*play->mocks));
    for (size_t i = 0; i < play->mock_count; i++) {
        const json_t *row = json_array_get(rows, i);
        struct play_mock *mock = &play->mocks[i];
        const char *name =
            json_is_string(row) ? json_string_value(row) : hass_json_get_string(row, "service", "");
        *mock = (struct play_mock){ .play = play, .row = json_is_object(row) ? row : NULL };
        test_require(sscanf(name, "%64[^.].%64s", mock->domain, mock->service) == 2, "mock %s",
                     name);
        register_mock(mock);
    }
}

/* events */

/* What is the core's own business is not recorded. */
static bool is_internal(const char *type)
{
    static const char *const types[] = {
        HASS_EVENT_CALL_SERVICE,    HASS_EVENT_COMPONENT_LOADED,   HASS_EVENT_CORE_CONFIG_UPDATE,
        HASS_EVENT_LOGGING_CHANGED, HASS_EVENT_SERVICE_REGISTERED, HASS_EVENT_SERVICE_REMOVED,
        HASS_EVENT_STATE_CHANGED,
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return strncmp(type, "homeassistant_", 14) == 0 || strstr(type, "_registry_updated");
}

static bool is_of_step(const struct play *play, const char *type, const char *context_id)
{
    const json_t *steps = hass_json_get(play->vector, "steps");

    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *fired =
            hass_json_get(hass_json_get(json_array_get(steps, i), "do"), "fire_event");
        if (fired && strcmp(hass_json_get_string(fired, "type", ""), type) == 0 &&
            strcmp(hass_context_id(play->contexts[i]), context_id) == 0)
            return true;
    }
    return false;
}

static HASS_CALLBACK int record_event(const struct hass_event *event, void *userdata,
                                      struct hass_error *err)
{
    struct play *play = userdata;
    const char *type = hass_event_type(event);
    const struct hass_context *context = hass_event_context(event);

    if (is_internal(type) || is_of_step(play, type, hass_context_id(context)))
        return 0;
    json_t *data = hass_json_ref(hass_event_data(event));
    json_array_append_new(play->events,
                          json_pack("{s:o, s:s, s:o, s:s, s:o}", "at", present(play), "type", type,
                                    "data", data ? data : json_object(), "context",
                                    hass_context_id(context), "parent", parent_of(context)));
    return 0;
}

/* states */

static json_t *time_of_text(const struct play *play, const json_t *text)
{
    int64_t time;

    if (!json_is_string(text) || hass_dt_parse(json_string_value(text), NULL, &time, NULL) < 0)
        return json_null();
    return play_time(play, time);
}

json_t *play_state(struct play *play, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(play->hass, entity_id);

    if (!state)
        return json_null();
    json_t *attributes = hass_state_attributes(state);
    json_t *record =
        json_pack("{s:s, s:O, s:o}", "state", hass_state_state(state), "attributes", attributes,
                  "changed_at", play_time(play, hass_state_last_changed(state)));
    if (json_object_get(attributes, "last_triggered"))
        json_object_set_new(record, "last_triggered",
                            time_of_text(play, json_object_get(attributes, "last_triggered")));
    json_decref(attributes);
    if (strncmp(entity_id, "scene.", 6) == 0 && strcmp(hass_state_state(state), "unknown") != 0) {
        autojson *text = json_string(hass_state_state(state));
        json_object_set_new(record, "state", json_pack("{s:o}", "at", time_of_text(play, text)));
    }
    return record;
}

static HASS_CALLBACK void set_initial_states(struct play *play)
{
    const json_t *rows = hass_json_get(play->vector, "initial_states");

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *entity_id = hass_json_get_string(row, "entity_id", "");
        struct hass_error err = HASS_ERROR_INIT;
        int r = hass_states_async_set(play->hass, entity_id, hass_json_get_string(row, "state", ""),
                                      hass_json_ref(hass_json_get(row, "attributes")), NULL, &err);
        test_require(r >= 0, "%s", err.message);
        json_object_set_new(play->touched, entity_id, json_true());
    }
}

/* the whole */

static HASS_CALLBACK void make_contexts(struct play *play)
{
    size_t count = json_array_size(hass_json_get(play->vector, "steps"));

    play->contexts = mem_calloc(count + 1, sizeof(struct hass_context *));
    for (size_t i = 0; i < count; i++)
        play->contexts[i] = hass_context_new(play->hass, NULL, NULL);
}

bool play_begin(struct play *play, const json_t *vector, struct hass_buf *why)
{
    static const char *const folders[] = { TEST_BUILD "/integrations", NULL };
    struct hass_options options = loader_options();

    *play = (struct play){
        .vector = vector,
        .touched = json_object(),
        .calls = json_array(),
        .events = json_array(),
        .responses = json_array(),
        .snapshots = json_array(),
        .final_states = json_object(),
    };
    test_require(
        hass_dt_parse(hass_json_get_string(vector, "start", ""), NULL, &play->start, NULL) == 0,
        "no start");
    play_configure(play, hass_json_get(vector, "config"));
    options.plugin_dirs = folders;
    options.virtual_start = play->start;
    play->hass = loader_hass_with(&options);
    make_contexts(play);
    add_mocks(play);
    set_initial_states(play);
    hass_bus_async_listen(play->hass, HASS_MATCH_ALL, NULL, HASS_JOB_CALLBACK(record_event, play),
                          NULL, NULL);
    loader_boot(play->hass);
    test_settle(play->hass);
    if (hass_now(play->hass) == play->start)
        return true;
    hass_buf_printf(why, "it took %g s to start",
                    (double)(hass_now(play->hass) - play->start) / 1e6);
    return false;
}

void play_end(struct play *play)
{
    size_t steps = json_array_size(hass_json_get(play->vector, "steps"));

    for (size_t i = 0; i < steps; i++)
        hass_context_unref(play->contexts[i]);
    free(play->contexts);
    loader_end(play->hass);
    free(play->mocks);
    json_decref(play->touched);
    json_decref(play->calls);
    json_decref(play->events);
    json_decref(play->responses);
    json_decref(play->snapshots);
    json_decref(play->final_states);
}
