/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of a sequence in which texts may be templates, compiled once. What has no template in it is one node that is shared with the
 * configuration; a template is rendered where it stands.
 */
#include "base/mem.h"
#include "helpers/script.h"

struct script_value {
    json_t *constant;               /* or NULL */
    struct hass_template *template; /* or NULL: a list or a map */
    bool is_map;
    uint32_t count;
    struct script_member *members;
};

struct script_member {
    struct script_value *key; /* of a map */
    struct script_value *value;
};

struct script_value *script_value_destroy(struct script_value *value)
{
    if (!value)
        return NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        script_value_destroy(value->members[i].key);
        script_value_destroy(value->members[i].value);
    }
    free(value->members);
    json_decref(value->constant);
    hass_template_unref(value->template);
    free(value);
    return NULL;
}

static bool has_templates(const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_string(value))
        return hass_is_template_string(json_string_value(value));
    json_array_foreach((json_t *)value, i, member) {
        if (has_templates(member))
            return true;
    }
    json_object_foreach((json_t *)value, key, member) {
        if (hass_is_template_string(key) || has_templates(member))
            return true;
    }
    return false;
}

static int compile_members(struct hass *hass, const json_t *value, struct script_value *into,
                           struct hass_error *err)
{
    const char *key;
    json_t *member;
    size_t i;
    int r = 0;

    into->is_map = json_is_object(value);
    into->members =
        mem_calloc(json_object_size(value) + json_array_size(value), sizeof(*into->members));
    json_array_foreach((json_t *)value, i, member) {
        struct script_member *item = &into->members[into->count++];
        r = script_value_compile(hass, member, &item->value, err);
        if (r < 0)
            return r;
    }
    json_object_foreach((json_t *)value, key, member) {
        struct script_member *item = &into->members[into->count++];
        autojson *name = json_string(key);
        r = script_value_compile(hass, name, &item->key, err);
        if (r == 0)
            r = script_value_compile(hass, member, &item->value, err);
        if (r < 0)
            return r;
    }
    return r;
}

int script_value_compile(struct hass *hass, const json_t *value, struct script_value **ret_value,
                         struct hass_error *err)
{
    if (!value)
        return 0;
    struct script_value *compiled = mem_zalloc(sizeof(*compiled));
    int r = 0;

    if (!has_templates(value))
        compiled->constant = hass_json_ref(value);
    else if (json_is_string(value))
        r = hass_template_new(hass, json_string_value(value), &compiled->template, err);
    else
        r = compile_members(hass, value, compiled, err);
    if (r < 0)
        script_value_destroy(compiled);
    else
        *ret_value = compiled;
    return r;
}

const json_t *script_value_constant(const struct script_value *value)
{
    return value ? value->constant : NULL;
}

/* rendering */

static HASS_CALLBACK int render_key(const struct script_value *key,
                                    struct hass_variables *variables, char **ret_text,
                                    struct hass_error *err)
{
    autojson *result = NULL;

    if (key->constant) {
        *ret_text = mem_strdup(json_string_value(key->constant));
        return 0;
    }
    int r = hass_template_async_render(
        key->template, HASS_TEMPLATE_OPTIONS(.scope = variables, .parse = HASS_TEMPLATE_TEXT),
        &result, err);
    if (r == 0)
        *ret_text = mem_strdup(json_string_value(result));
    return r;
}

static HASS_CALLBACK int render_list(const struct script_value *value,
                                     struct hass_variables *variables, json_t **ret_result,
                                     struct hass_error *err)
{
    autojson *list = json_array();

    for (uint32_t i = 0; i < value->count; i++) {
        json_t *item = NULL;
        int r = script_value_render(value->members[i].value, variables, &item, err);
        if (r < 0)
            return r;
        json_array_append_new(list, item);
    }
    *ret_result = steal(list);
    return 0;
}

static HASS_CALLBACK int render_members(const struct script_value *value,
                                        struct hass_variables *variables, json_t *map,
                                        struct hass_error *err)
{
    for (uint32_t i = 0; i < value->count; i++) {
        autofree char *name = NULL;
        json_t *member = NULL;
        int r = render_key(value->members[i].key, variables, &name, err);
        if (r == 0)
            r = script_value_render(value->members[i].value, variables, &member, err);
        if (r < 0)
            return r;
        json_object_set_new(map, name, member);
    }
    return 0;
}

int script_value_render(const struct script_value *value, struct hass_variables *variables,
                        json_t **ret_result, struct hass_error *err)
{
    if (value->constant) {
        *ret_result = json_incref(value->constant);
        return 0;
    }
    if (value->template)
        return hass_template_async_render(
            value->template, HASS_TEMPLATE_OPTIONS(.scope = variables), ret_result, err);
    if (!value->is_map)
        return render_list(value, variables, ret_result, err);
    autojson *map = json_object();
    int r = render_members(value, variables, map, err);
    if (r == 0)
        *ret_result = steal(map);
    return r;
}

int script_value_render_map(const struct script_value *value, struct hass_variables *variables,
                            json_t *map, struct hass_error *err)
{
    autojson *result = NULL;

    if (!value)
        return 0;
    if (!value->constant && !value->template && value->is_map)
        return render_members(value, variables, map, err);
    int r = script_value_render(value, variables, &result, err);
    if (r < 0)
        return r;
    if (value->constant && json_is_null(result)) /* `data:` with nothing behind it */
        return 0;
    if (!json_is_object(result))
        return hass_fail(err, HASS_E_GENERAL, "it is to be a map, and is not");
    json_object_update(map, result);
    return 0;
}
