/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables as JSON: as everybody reads them, and in a form that gives back what JSON has no form for.
 *
 * Shape of the latter: {"values": {name: value}, "typed"?: [[path, kind, value]]}: in the values, null stands where something typed goes:
 * ["trigger.to_state", "state", {…}], ["now", "time", [microseconds UTC, zone or null]], ["trigger.for", "duration", microseconds],
 * ["context", "context", {…}].
 */
#include <string.h>

#include <hass/context.h>
#include <hass/dt.h>

#include "core/core.h"
#include "helpers/template_hass.h"
#include "helpers/variables.h"
#include "template/moment.h"

/* as everybody reads them */

static json_t *duration_as_json(int64_t usec)
{
    json_t *json = json_object();

    json_object_set_new(json, "__type", json_string("<class 'datetime.timedelta'>"));
    json_object_set_new(json, "total_seconds", json_real((double)usec / 1e6));
    return json;
}

static json_t *object_as_json(const struct tmpl_value *value)
{
    const struct hass_state *state = template_state_of(value);
    const struct hass_context *context = template_context_of(value);

    return state ? hass_state_as_json(state) : context ? hass_context_as_json(context) : NULL;
}

static json_t *dict_as_json(const struct tmpl_dict *dict)
{
    json_t *object = json_object();

    for (uint32_t i = 0; i < dict->count; i++) {
        const struct tmpl_value *key = &dict->entries[i].key;
        json_object_setn_new(object, key->text, key->length,
                             variables_value_as_json(&dict->entries[i].value));
    }
    return object;
}

json_t *variables_value_as_json(const struct tmpl_value *value)
{
    json_t *json;

    switch (value->kind) {
    case TMPL_DICT:
        json = dict_as_json(value->dict);
        break;
    case TMPL_TIMEDELTA:
        json = duration_as_json(value->integer);
        break;
    case TMPL_OBJECT:
        json = object_as_json(value);
        break;
    default:
        json = tmpl_to_json(value);
    }
    return json ? json : json_null();
}

/* saving */

/* What has been met on the way through the values of a scope. */
struct saving {
    json_t *typed;
    struct hass_buf path; /* of the present value: "trigger.to_state" */
};

static json_t *time_as_json(const struct tmpl_moment *moment)
{
    json_t *pair = json_array();

    json_array_append_new(pair, json_integer(tmpl_moment_utc(moment, NULL)));
    json_array_append_new(pair,
                          moment->zone ? json_string(hass_zone_name(moment->zone)) : json_null());
    return pair;
}

/* What JSON has no form for is noted with its path; where it was stands null. */
static json_t *save_typed(struct saving *saving, const char *kind, json_t *value)
{
    json_t *row = json_array();

    json_array_append_new(row, json_stringn(saving->path.data, saving->path.length));
    json_array_append_new(row, json_string(kind));
    json_array_append_new(row, value);
    json_array_append_new(saving->typed, row);
    return json_null();
}

static json_t *save_value(struct saving *saving, const struct tmpl_value *value);

static json_t *save_dict(struct saving *saving, const struct tmpl_dict *dict)
{
    json_t *object = json_object();

    for (uint32_t i = 0; i < dict->count; i++) {
        const struct tmpl_entry *entry = &dict->entries[i];
        size_t length = saving->path.length;
        json_t *member;
        hass_buf_add_char(&saving->path, '.');
        hass_buf_add(&saving->path, entry->key.text, entry->key.length);
        /* A key with a dot cannot be found by a path: only what came as JSON has one, and nothing typed below it. */
        if (memchr(entry->key.text, '.', entry->key.length))
            member = variables_value_as_json(&entry->value);
        else
            member = save_value(saving, &entry->value);
        saving->path.length = length;
        json_object_setn_new(object, entry->key.text, entry->key.length, member);
    }
    return object;
}

static json_t *save_value(struct saving *saving, const struct tmpl_value *value)
{
    const struct hass_state *state = template_state_of(value);
    const struct hass_context *context = template_context_of(value);

    if (state)
        return save_typed(saving, "state", hass_state_as_json(state));
    if (context)
        return save_typed(saving, "context", hass_context_as_json(context));
    if (value->kind == TMPL_TIMEDELTA)
        return save_typed(saving, "duration", json_integer(value->integer));
    if (value->kind == TMPL_DATETIME && !tmpl_moment_is_naive(value->moment))
        return save_typed(saving, "time", time_as_json(value->moment));
    return value->kind == TMPL_DICT ? save_dict(saving, value->dict)
                                    : variables_value_as_json(value);
}

json_t *hass_variables_save(struct hass_variables *variables)
{
    struct saving saving = { .typed = json_array() };
    json_t *values = json_object(), *saved = json_object();
    struct variable_value *value;

    for (size_t pos = 0; (value = variables_next(variables, &pos));) {
        variable_value_settle(value);
        hass_buf_clear(&saving.path);
        hass_buf_add(&saving.path, value->name, value->length);
        json_object_set_new(values, value->name,
                            value->set ? save_value(&saving, &value->value)
                                       : json_deep_copy(value->json));
    }
    hass_buf_fini(&saving.path);
    json_object_set_new(saved, "values", values);
    if (json_array_size(saving.typed))
        json_object_set_new(saved, "typed", saving.typed);
    else
        json_decref(saving.typed);
    return saved;
}

/* restoring */

typedef void restore_fn(struct hass *hass, struct hass_template_variables *variables,
                        const char *path, const json_t *value);

static void restore_state(struct hass *hass, struct hass_template_variables *variables,
                          const char *path, const json_t *value)
{
    autounref(hass_state) const *state = NULL;

    if (state_read(hass, value, &state, NULL) == 0)
        hass_template_variables_set_state(variables, path, state);
}

static void restore_context(struct hass *hass, struct hass_template_variables *variables,
                            const char *path, const json_t *value)
{
    const char *id = hass_json_get_string(value, "id", NULL);
    autounref(hass_context) const *context =
        id ? hass_context_new_id(id, hass_json_get_string(value, "user_id", NULL),
                                 hass_json_get_string(value, "parent_id", NULL))
           : NULL;

    hass_template_variables_set_context(variables, path, context);
}

static void restore_duration(struct hass *hass, struct hass_template_variables *variables,
                             const char *path, const json_t *value)
{
    hass_template_variables_set_duration(variables, path, json_number_value(value) / 1e6);
}

static void restore_time(struct hass *hass, struct hass_template_variables *variables,
                         const char *path, const json_t *value)
{
    const char *name = json_string_value(json_array_get(value, 1));
    struct hass_zone *zone = NULL;

    if (name)
        (void)hass_zone_new(name, &zone, NULL); // a zone that is no more: the same time in UTC
    hass_template_variables_set_time(variables, path, json_integer_value(json_array_get(value, 0)),
                                     zone);
    hass_zone_unref(zone);
}

static void restore_typed(struct hass *hass, struct hass_template_variables *variables,
                          const json_t *row)
{
    static const struct {
        const char *kind;
        restore_fn *restore;
    } kinds[] = {
        { "state", restore_state },
        { "context", restore_context },
        { "duration", restore_duration },
        { "time", restore_time },
    };
    const char *path = json_string_value(json_array_get(row, 0));
    const char *kind = json_string_value(json_array_get(row, 1));

    for (size_t i = 0; path && kind && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            kinds[i].restore(hass, variables, path, json_array_get(row, 2));
}

/* Is the row about @name, or a member of it? */
static bool is_about(const json_t *row, const char *name)
{
    const char *path = json_string_value(json_array_get(row, 0));
    size_t length = strlen(name);

    return path && strncmp(path, name, length) == 0 && (!path[length] || path[length] == '.');
}

/* A copy of the value with the rows of @typed about it put in. */
static void restore_with(struct hass_variables *variables, struct hass *hass, const char *name,
                         const json_t *value, const json_t *typed)
{
    struct hass_template_variables *restored = hass_template_variables_create();
    json_t *values = json_object();

    json_object_set_new(values, name, json_deep_copy(value));
    hass_template_variables_set_all(restored, values);
    for (size_t i = 0; i < json_array_size(typed); i++) {
        const json_t *row = json_array_get(typed, i);
        if (is_about(row, name))
            restore_typed(hass, restored, row);
    }
    hass_variables_add(variables, restored);
}

static bool has_typed(const json_t *typed, const char *name)
{
    for (size_t i = 0; i < json_array_size(typed); i++)
        if (is_about(json_array_get(typed, i), name))
            return true;
    return false;
}

void hass_variables_restore(struct hass_variables *variables, struct hass *hass,
                            const json_t *saved)
{
    const json_t *typed = hass_json_get(saved, "typed");
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)hass_json_get(saved, "values"), name, value) {
        if (has_typed(typed, name))
            restore_with(variables, hass, name, value, typed);
        else
            hass_variables_set(variables, name, json_deep_copy(value));
    }
}
