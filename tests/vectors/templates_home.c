/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The home of a recorded template: clock, place and units; registries, read from files that are written here; states in their order,
 * each at its time; importable templates.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hass/context.h>
#include <hass/dt.h>

#include "base/log.h"
#include "base/mem.h"
#include "core/core.h"
#include "registry/entry.h"
#include "registry/load.h"
#include "support/test.h"
#include "vectors/templates.h"

#define CONTEXT_ID "01HM6CONF0RMANCE0000000000"

static int64_t read_time(const json_t *object, const char *key, int64_t otherwise)
{
    const char *text = hass_json_get_string(object, key, NULL);
    int64_t time;

    return text && hass_dt_parse(text, NULL, &time, NULL) == 0 ? time : otherwise;
}

/* the home */

static HASS_CALLBACK void configure(struct template_stage *stage)
{
    struct hass_error err = HASS_ERROR_INIT;
    const json_t *place = hass_json_get(stage->vector, "location");
    json_t *values =
        json_pack("{s:s, s:s, s:f, s:f, s:i}", "time_zone",
                  hass_json_get_string(stage->vector, "time_zone", "UTC"), "unit_system",
                  hass_json_get_string(stage->vector, "unit_system", "metric"), "latitude",
                  hass_json_get_number(place, "latitude", 52.52), "longitude",
                  hass_json_get_number(place, "longitude", 13.405), "elevation",
                  (int)hass_json_get_int(place, "elevation", 34));

    test_require(config_async_load(stage->hass, values, "yaml", &err) == 0, "%s", err.message);
}

/* registries */

static void write_file(const char *key, int minor_version, const char *rows_key, json_t *rows)
{
    autojson *file = json_pack("{s:i, s:i, s:s, s:{s:o}}", "version", 1, "minor_version",
                               minor_version, "key", key, "data", rows_key, rows);
    autofree char *name = mem_printf(".storage/%s", key);
    autofree char *path = mem_printf("%s/%s", test_dir(), name);

    if (access(path, F_OK) < 0)
        test_file(name, ""); // makes the folder
    test_require(json_dump_file(file, path, JSON_COMPACT) == 0, "%s cannot be written", path);
}

/* The rows of a registry, each with the members of @defaults that it lacks. */
static json_t *rows_of(const json_t *registries, const char *key, const char *defaults)
{
    const json_t *given = hass_json_get(registries, key);
    json_t *rows = json_array();

    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *row = test_json(defaults);
        json_object_update(row, json_array_get(given, i));
        json_array_append_new(rows, row);
    }
    return rows;
}

/* Files have another name for its id. */
static json_t *area_rows(const json_t *registries)
{
    json_t *rows = rows_of(registries, "areas", "{'aliases': [], 'picture': null}");

    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        json_object_set(row, "id", (json_t *)hass_json_get(row, "area_id"));
        json_object_del(row, "area_id");
    }
    return rows;
}

/* One without identifiers gets one, for there are no such devices. */
static json_t *device_rows(const json_t *registries)
{
    json_t *rows = rows_of(registries, "devices",
                           "{'identifiers': [], 'connections': [], 'config_entries': []}");

    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i), *subentries = json_object();
        const json_t *entries = hass_json_get(row, "config_entries");
        for (size_t j = 0; j < json_array_size(entries); j++)
            json_object_set_new(subentries, json_string_value(json_array_get(entries, j)),
                                json_pack("[n]"));
        json_object_set_new(row, "config_entries_subentries", subentries);
        if (!json_array_size(hass_json_get(row, "identifiers")))
            json_object_set_new(row, "identifiers",
                                json_pack("[[s, s]]", "test", hass_json_get_string(row, "id", "")));
    }
    return rows;
}

/* Entities that only a source is known of are rows, too: we find sources there. */
static void add_sources(json_t *rows, const json_t *sources)
{
    const char *entity_id;
    json_t *source;

    json_object_foreach((json_t *)sources, entity_id, source) {
        json_t *row = NULL;
        for (size_t i = 0; i < json_array_size(rows) && !row; i++)
            if (strcmp(hass_json_get_string(json_array_get(rows, i), "entity_id", ""), entity_id) ==
                0)
                row = json_array_get(rows, i);
        if (!row) {
            row = json_pack("{s:s}", "entity_id", entity_id);
            json_array_append_new(rows, row);
        }
        json_object_set(row, "platform", source);
    }
}

static json_t *entity_rows(const json_t *registries)
{
    json_t *rows = rows_of(registries, "entities", "{'platform': 'test'}");

    add_sources(rows, hass_json_get(registries, "entity_sources"));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        const char *entity_id = hass_json_get_string(row, "entity_id", "");
        autofree char *id = mem_printf("r%zu", i);
        json_object_set_new(row, "unique_id", json_string(entity_id));
        json_object_set_new(row, "id", json_string(id));
    }
    return rows;
}

static HASS_CALLBACK void add_entries(struct hass *hass, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        autounref(hass_entry) *entry = entry_new(hass, hass_json_get_string(row, "domain", ""),
                                                 "user", hass_json_get_string(row, "entry_id", ""));
        entry_set_text(&entry->title, hass_json_get_string(row, "title", ""));
        test_require(entries_async_add(entry, NULL) == 0, "an entry that is none");
    }
}

static HASS_COROUTINE int load_registries(struct hass *hass, void *userdata, struct hass_error *err)
{
    return registries_async_load(hass, err);
}

static HASS_CALLBACK void make_registries(struct template_stage *stage)
{
    const json_t *registries = hass_json_get(stage->vector, "registries");

    if (!json_object_size(registries))
        return;
    write_file("core.floor_registry", 1, "floors",
               rows_of(registries, "floors", "{'aliases': [], 'icon': null, 'level': null}"));
    write_file("core.label_registry", 1, "labels",
               rows_of(registries, "labels", "{'color': null, 'description': null, 'icon': null}"));
    write_file("core.area_registry", 1, "areas", area_rows(registries));
    write_file("core.device_registry", 12, "devices", device_rows(registries));
    write_file("core.entity_registry", 19, "entities", entity_rows(registries));
    test_require(test_run_coroutine(stage->hass, load_registries, NULL) == 0,
                 "the registries cannot be read");
    add_entries(stage->hass, hass_json_get(registries, "config_entries"));
}

/* states */

static HASS_CALLBACK void set_state(struct hass *hass, const json_t *state, json_t *attributes,
                                    int64_t time)
{
    struct hass_error err = HASS_ERROR_INIT;
    const json_t *given = hass_json_get(state, "context");
    autounref(hass_context) const *context = hass_context_new_id(
        hass_json_get_string(given, "id", CONTEXT_ID), hass_json_get_string(given, "user_id", NULL),
        hass_json_get_string(given, "parent_id", NULL));
    const struct hass_set_options options = {
        .size = sizeof(options),
        .context = context,
        .timestamp = time,
    };

    test_require(hass_states_async_set(hass, hass_json_get_string(state, "entity_id", ""),
                                       hass_json_get_string(state, "state", ""), attributes,
                                       &options, &err) == 0,
                 "%s", err.message);
}

/* One that was updated after it had changed is set twice. */
static HASS_CALLBACK void make_state(struct hass *hass, const json_t *state)
{
    int64_t now = hass_now(hass);
    int64_t updated = read_time(state, "last_updated", 0);
    int64_t changed = read_time(state, "last_changed", updated ? updated : now);

    if (updated && updated != changed)
        set_state(hass, state, test_json("{'before': true}"), changed);
    set_state(hass, state, json_deep_copy(hass_json_get(state, "attributes")),
              updated ? updated : changed);
}

static HASS_CALLBACK void make_states(struct template_stage *stage)
{
    const json_t *states = hass_json_get(stage->vector, "states");

    for (size_t i = 0; i < json_array_size(states); i++)
        make_state(stage->hass, json_array_get(states, i));
}

/* A state among the variables. */
static HASS_CALLBACK int read_state(struct tmpl_vm *vm, const json_t *json, void *userdata,
                                    struct tmpl_value *ret_value)
{
    struct template_stage *stage = userdata;
    const struct hass_state *state;
    autojson *whole = json_copy((json_t *)json);

    if (!hass_json_get(whole, "context"))
        json_object_set_new(whole, "context", json_pack("{s:s}", "id", CONTEXT_ID));
    if (!hass_json_get(whole, "last_updated") && hass_json_get(whole, "last_changed"))
        json_object_set(whole, "last_updated", (json_t *)hass_json_get(whole, "last_changed"));
    if (state_read(stage->hass, whole, &state, NULL) < 0)
        return -1;
    vec_push(&stage->states, state);
    *ret_value = template_state_value(&vm->heap, state);
    return 0;
}

struct tmpl_value template_stage_value(struct template_stage *stage, const json_t *json)
{
    const struct tagged_reader reader = { stage->values, read_state, stage };

    return tagged_read(&reader, json);
}

/* importable templates; one that does not compile shows when it is imported */

static HASS_CALLBACK void make_custom(struct template_stage *stage)
{
    const char *name;
    json_t *source;

    json_object_foreach((json_t *)hass_json_get(stage->vector, "custom_templates"), name, source)
        (void)template_custom_async_add(stage->hass, name, json_string_value(source),
                                        json_string_length(source), NULL);
}

/* The log's buckets empty as time passes: it passes from case to case, so that no line is held back. */
static int64_t monotonic(void)
{
    static int64_t now;

    now += INT64_C(11000000);
    return now;
}

void template_stage_begin(struct template_stage *stage, const json_t *vector)
{
    int64_t now = read_time(vector, "now", 0);

    *stage = (struct template_stage){ .vector = vector, .hass = test_hass_at(now) };
    log_set_clock_hook(NULL, monotonic);
    stage->values = template_values_create();
    configure(stage);
    make_registries(stage);
    make_states(stage);
    make_custom(stage);
    logs_clear(test_logs());
}

void template_stage_end(struct template_stage *stage)
{
    tmpl_unref(stage->template);
    template_info_fini(&stage->info);
    hass_buf_fini(&stage->text);
    tmpl_vm_destroy(stage->values);
    vec_foreach(&stage->states, state)
        hass_state_unref(*state);
    vec_fini(&stage->states);
    test_destroy(stage->hass);
}
