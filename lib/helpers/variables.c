/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scopes of variables. Few names each: they are found by comparing, after a glance at a set of letters and lengths that says of
 * most scopes that they do not have it. Values are converted when somebody asks, and kept in both forms until they are set anew.
 */
#include "helpers/variables.h"

#include <string.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/template_hass.h"

struct hass_variables {
    unsigned refs;
    bool frozen;
    uint64_t glance; /* a bit for each name that is here */
    struct hass_variables *parent;
    HASS_VEC(struct variable) list;
};

/* scopes */

struct hass_variables *hass_variables_new(struct hass_variables *parent)
{
    struct hass_variables *variables = mem_zalloc(sizeof(*variables));

    variables->refs = 1;
    variables->parent = hass_variables_ref(parent);
    return variables;
}

struct hass_variables *hass_variables_ref(struct hass_variables *variables)
{
    if (variables)
        variables->refs++;
    return variables;
}

static void drop_value(struct variable *variable)
{
    json_decref(variable->json);
    hass_template_variables_destroy(variable->set);
    arena_fini(&variable->heap.arena);
}

struct hass_variables *hass_variables_unref(struct hass_variables *variables)
{
    while (variables && --variables->refs == 0) {
        struct hass_variables *parent = variables->parent;
        vec_foreach(&variables->list, variable) {
            drop_value(variable);
            free(variable->name);
        }
        vec_fini(&variables->list);
        free(variables);
        variables = parent;
    }
    return NULL;
}

void hass_variables_freeze(struct hass_variables *variables)
{
    for (; variables && !variables->frozen; variables = variables->parent)
        variables->frozen = true;
}

/* names */

static uint64_t glance_of(const char *name, size_t length)
{
    return UINT64_C(1) << ((length ? (unsigned char)name[0] * 7u : 0u) + length) % 64;
}

static struct variable *find_here(const struct hass_variables *variables, const char *name,
                                  size_t length)
{
    if (!(variables->glance & glance_of(name, length)))
        return NULL;
    vec_foreach(&variables->list, variable)
        if (variable->length == length && memcmp(variable->name, name, length) == 0)
            return variable;
    return NULL;
}

static struct variable *find(const struct hass_variables *variables, const char *name,
                             size_t length)
{
    struct variable *found = NULL;

    for (; variables && !found; variables = variables->parent)
        found = find_here(variables, name, length);
    return found;
}

/* The name without a value: what it meant here is gone. */
static struct variable *renew(struct hass_variables *variables, const char *name)
{
    size_t length = strlen(name);
    struct variable *variable = find_here(variables, name, length);

    if (variable) {
        drop_value(variable);
        *variable = (struct variable){ .name = variable->name, .length = length };
    } else {
        vec_push(&variables->list,
                 ((struct variable){ .name = mem_strdup(name), .length = length }));
        variables->glance |= glance_of(name, length);
        variable = &variables->list.data[variables->list.length - 1];
    }
    variable->heap.limit = SIZE_MAX;
    return variable;
}

/* setting */

void hass_variables_set(struct hass_variables *variables, const char *name, json_t *value)
{
    renew(variables, name)->json = value ? value : json_null();
}

void hass_variables_set_all(struct hass_variables *variables, json_t *object)
{
    autojson *taken = object;
    const char *name;
    json_t *value;

    json_object_foreach(taken, name, value)
        hass_variables_set(variables, name, json_incref(value));
}

void hass_variables_add(struct hass_variables *variables, struct hass_template_variables *more)
{
    const struct tmpl_dict *dict = template_variables_dict(more);

    for (uint32_t i = 0; i < dict->count; i++) {
        const struct tmpl_entry *entry = &dict->entries[i];
        autofree char *name = mem_strndup(entry->key.text, entry->key.length);
        struct variable *variable = renew(variables, name);
        variable->value = entry->value;
        variable->set = template_variables_share(more);
    }
    hass_template_variables_destroy(more); // each variable owns it now
}

void hass_variables_assign(struct hass_variables *variables, const char *name, json_t *value)
{
    size_t length = strlen(name);
    struct hass_variables *outermost = variables;

    for (struct hass_variables *at = variables; at && !at->frozen; at = at->parent) {
        outermost = at;
        if (find_here(at, name, length))
            break;
    }
    hass_variables_set(outermost, name, value);
}

/* asking */

static const json_t *json_of(struct variable *variable)
{
    if (!variable->json)
        variable->json = variables_value_as_json(&variable->value);
    return variable->json;
}

bool variables_find(void *scope, const char *name, size_t length, struct tmpl_value *ret_value)
{
    struct variable *variable = find(scope, name, length);

    if (!variable)
        return false;
    if (variable->value.kind == TMPL_ABSENT)
        variable->value = tmpl_from_json(&variable->heap, variable->json);
    *ret_value = variable->value;
    return true;
}

const json_t *hass_variables_get(struct hass_variables *variables, const char *name)
{
    struct variable *variable = find(variables, name, strlen(name));

    return variable ? json_of(variable) : NULL;
}

struct variable *variables_next(struct hass_variables *variables, size_t *pos)
{
    return *pos < variables->list.length ? &variables->list.data[(*pos)++] : NULL;
}

static void collect(struct hass_variables *variables, json_t *object)
{
    if (variables->parent)
        collect(variables->parent, object);
    vec_foreach(&variables->list, variable)
        json_object_set_new(object, variable->name, hass_json_ref(json_of(variable)));
}

json_t *hass_variables_as_json(struct hass_variables *variables)
{
    json_t *object = json_object();

    collect(variables, object);
    return object;
}

/* rendering */

int hass_variables_async_render(struct hass_variables *variables, struct hass *hass,
                                const json_t *templates, bool keep, bool limited,
                                struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.variables.async_render", err);
    const struct hass_template_options options = {
        .size = sizeof(options),
        .scope = variables,
        .limited = limited,
    };
    const char *name;
    json_t *template, *result;

    json_object_foreach((json_t *)templates, name, template) {
        if (keep && find_here(variables, name, strlen(name)))
            continue;
        int r = hass_template_async_render_complex(hass, template, &options, &result, err);
        if (r < 0) {
            hass_error_prefix(err, "variables->%s", name);
            return r;
        }
        hass_variables_set(variables, name, result);
    }
    return 0;
}
