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

struct variable {
    size_t length; /* of its name */
    struct variable_value *value;
};

struct hass_variables {
    unsigned refs;
    bool frozen;
    uint64_t glance; /* a bit for each name that is here */
    uint64_t changes;
    struct hass_variables *parent;
    HASS_VEC(struct variable) list;
};

/* values */

static struct variable_value *value_new(const char *name, size_t length)
{
    struct variable_value *value = mem_alloc(sizeof(*value) + length + 1);

    *value = (struct variable_value){ .refs = 1, .heap.limit = SIZE_MAX, .length = length };
    memcpy(value->name, name, length);
    value->name[length] = 0;
    return value;
}

struct variable_value *variable_value_ref(struct variable_value *value)
{
    value->refs++;
    return value;
}

void variable_value_unref(struct variable_value *value)
{
    if (!value || --value->refs)
        return;
    hass_state_unref(value->state);
    json_decref(value->json);
    hass_template_variables_destroy(value->set);
    if (value->source)
        value->source->destroy(value->source);
    arena_fini(&value->heap.arena);
    free(value);
}

/* The map of `this`, in which last_triggered is a time. */
static struct hass_template_variables *state_as_map(const struct hass_state *state)
{
    struct hass_template_variables *map = hass_template_variables_create();
    struct hass_value last = HASS_NONE;
    int64_t time;

    hass_template_variables_set(map, "this", hass_state_as_json(state));
    if (hass_state_attr(state, "last_triggered", &last) && last.type == HASS_VALUE_STRING &&
        hass_dt_parse(last.text.data, NULL, &time, NULL) == 0)
        hass_template_variables_set_time(map, "this.attributes.last_triggered", time, NULL);
    return map;
}

void variable_value_settle(struct variable_value *value)
{
    autounref(hass_state) const *state = steal(value->state);

    if (state)
        value->set = state_as_map(state);
    else if (value->source && !value->set)
        value->set = value->source->make(value->source);
    else
        return;
    value->value = template_variables_dict(value->set)->entries[0].value;
}

const json_t *variable_value_json(struct variable_value *value)
{
    variable_value_settle(value);
    if (!value->json)
        value->json = variables_value_as_json(&value->value);
    return value->json;
}

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

struct hass_variables *hass_variables_unref(struct hass_variables *variables)
{
    while (variables && --variables->refs == 0) {
        struct hass_variables *parent = variables->parent;
        vec_foreach(&variables->list, variable)
            variable_value_unref(variable->value);
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
        if (variable->length == length && memcmp(variable->value->name, name, length) == 0)
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

/* The name gets a fresh value, to be filled in. */
static struct variable_value *renew(struct hass_variables *variables, const char *name,
                                    size_t length)
{
    struct variable_value *value = value_new(name, length);
    struct variable *variable = find_here(variables, name, length);

    variables->changes++;
    if (variable) {
        variable_value_unref(variable->value);
        variable->value = value;
    } else {
        vec_push(&variables->list, ((struct variable){ length, value }));
        variables->glance |= glance_of(name, length);
    }
    return value;
}

/* setting */

void hass_variables_set(struct hass_variables *variables, const char *name, json_t *value)
{
    renew(variables, name, strlen(name))->json = value ? value : json_null();
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
        struct variable_value *value = renew(variables, entry->key.text, entry->key.length);
        value->value = entry->value;
        value->set = template_variables_share(more);
    }
    hass_template_variables_destroy(more); // each variable owns it now
}

void hass_variables_set_this(struct hass_variables *variables, const struct hass_state *state)
{
    struct variable_value *value = renew(variables, "this", strlen("this"));

    if (state)
        value->state = hass_state_ref(state);
    else
        value->json = json_null();
}

void variables_set_source(struct hass_variables *variables, const char *name,
                          struct variable_source *source)
{
    renew(variables, name, strlen(name))->source = source;
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

bool variables_find(void *scope, const char *name, size_t length, struct tmpl_value *ret_value)
{
    const struct variable *variable = find(scope, name, length);

    if (!variable)
        return false;
    struct variable_value *value = variable->value;
    variable_value_settle(value);
    if (value->value.kind == TMPL_ABSENT)
        value->value = tmpl_from_json(&value->heap, value->json);
    *ret_value = value->value;
    return true;
}

const json_t *hass_variables_get(struct hass_variables *variables, const char *name)
{
    const struct variable *variable = find(variables, name, strlen(name));

    return variable ? variable_value_json(variable->value) : NULL;
}

const char *hass_variables_get_text(struct hass_variables *variables, const char *name,
                                    const char *member)
{
    const struct variable *variable = find(variables, name, strlen(name));

    if (!variable)
        return NULL;
    struct variable_value *own = variable->value;
    const char *known = own->source ? own->source->text(own->source, member) : NULL;
    if (known)
        return known;
    if (own->source)
        variable_value_settle(own);
    if (!own->set) // set as JSON, or a state
        return hass_json_get_string(variable_value_json(own), member, NULL);
    const struct tmpl_value *value = &own->value;
    const struct tmpl_value *text =
        value->kind == TMPL_DICT ? tmpl_dict_get_text(value->dict, member, strlen(member)) : NULL;
    /* Texts of a set are those of its JSON, copies, or constants: they end with a NUL. */
    return text && text->kind == TMPL_STRING ? text->text : NULL;
}

uint64_t variables_changes(const struct hass_variables *variables)
{
    uint64_t changes = 0;

    for (; variables; variables = variables->parent)
        changes += variables->changes;
    return changes;
}

struct hass_variables *variables_parent(const struct hass_variables *variables)
{
    return variables->parent;
}

struct variable_value *variables_next(const struct hass_variables *variables, size_t *pos)
{
    return *pos < variables->list.length ? variables->list.data[(*pos)++].value : NULL;
}

static void collect(struct hass_variables *variables, json_t *object)
{
    if (variables->parent)
        collect(variables->parent, object);
    vec_foreach(&variables->list, variable)
        json_object_set_new(object, variable->value->name,
                            hass_json_ref(variable_value_json(variable->value)));
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
