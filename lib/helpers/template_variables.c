/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a template is given: values in a heap of their own, made once and rendered with often. Maps on a path are dicts of that heap, which
 * nobody else has seen yet when they are added to.
 */
#include <string.h>

#include <hass/dt.h>
#include <hass/strmap.h>
#include <hass/template.h>

#include "base/mem.h"
#include "helpers/template_hass.h"
#include "template/moment.h"

struct hass_template_variables {
    struct tmpl_heap heap;
    struct tmpl_dict *dict;
    HASS_VEC(json_t *) json; /* whose texts are lent to values */
    HASS_VEC(const struct hass_state *) states;
    HASS_VEC(struct hass_zone *) zones;
};

struct hass_template_variables *hass_template_variables_create(void)
{
    struct hass_template_variables *variables = mem_zalloc(sizeof(*variables));

    variables->heap.limit = SIZE_MAX;
    variables->dict = tmpl_dict_new(&variables->heap, 8);
    return variables;
}

/* What the values point into. */
static void release(struct hass_template_variables *variables)
{
    vec_foreach(&variables->json, json)
        json_decref(*json);
    vec_foreach(&variables->states, state)
        hass_state_unref(*state);
    vec_foreach(&variables->zones, zone)
        hass_zone_unref(*zone);
}

void hass_template_variables_clear(struct hass_template_variables *variables)
{
    release(variables);
    vec_clear(&variables->json);
    vec_clear(&variables->states);
    vec_clear(&variables->zones);
    arena_clear(&variables->heap.arena);
    variables->dict = tmpl_dict_new(&variables->heap, 8);
}

struct hass_template_variables *
hass_template_variables_destroy(struct hass_template_variables *variables)
{
    if (!variables)
        return NULL;
    release(variables);
    vec_fini(&variables->json);
    vec_fini(&variables->states);
    vec_fini(&variables->zones);
    arena_fini(&variables->heap.arena);
    free(variables);
    return NULL;
}

const struct tmpl_dict *template_variables_dict(const struct hass_template_variables *variables)
{
    return variables ? variables->dict : NULL;
}

static void set_member(struct tmpl_heap *heap, struct tmpl_dict *dict, const char *name,
                       size_t length, struct tmpl_value value)
{
    tmpl_dict_set_text(heap, dict, arena_strndup(&heap->arena, name, length), length, value);
}

/* The dict at @path but its last name; what was there instead is replaced. */
static void set_value(struct tmpl_heap *heap, struct tmpl_dict *dict, const char *path,
                      struct tmpl_value value)
{
    size_t length = strcspn(path, ".");

    if (!path[length]) {
        set_member(heap, dict, path, length, value);
        return;
    }
    const struct tmpl_value *member = tmpl_dict_get_text(dict, path, length);
    struct tmpl_dict *inner = member && member->kind == TMPL_DICT ? (struct tmpl_dict *)member->dict
                                                                  : tmpl_dict_new(heap, 8);
    set_value(heap, inner, path + length + 1, value);
    set_member(heap, dict, path, length, tmpl_dict_value(inner)); // it may have grown
}

void hass_template_variables_set(struct hass_template_variables *variables, const char *path,
                                 json_t *value)
{
    vec_push(&variables->json, value);
    set_value(&variables->heap, variables->dict, path, tmpl_from_json(&variables->heap, value));
}

void hass_template_variables_set_all(struct hass_template_variables *variables, json_t *object)
{
    const char *name;
    json_t *value;

    vec_push(&variables->json, object);
    json_object_foreach(object, name, value)
        set_member(&variables->heap, variables->dict, name, strlen(name),
                   tmpl_from_json(&variables->heap, value));
}

void hass_template_variables_set_state(struct hass_template_variables *variables, const char *path,
                                       const struct hass_state *state)
{
    struct tmpl_value value = tmpl_none();

    if (state) {
        vec_push(&variables->states, hass_state_ref(state));
        value = template_state_value(&variables->heap, state);
    }
    set_value(&variables->heap, variables->dict, path, value);
}

void hass_template_variables_set_time(struct hass_template_variables *variables, const char *path,
                                      int64_t time, struct hass_zone *zone)
{
    if (zone)
        vec_push(&variables->zones, hass_zone_ref(zone));
    set_value(&variables->heap, variables->dict, path,
              tmpl_moment_in(&variables->heap, time, zone));
}

void hass_template_variables_set_duration(struct hass_template_variables *variables,
                                          const char *path, double seconds)
{
    set_value(&variables->heap, variables->dict, path,
              tmpl_timedelta(__builtin_llround(seconds * 1e6)));
}
