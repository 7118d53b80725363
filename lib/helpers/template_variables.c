/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a template is given: values in a heap of their own, made once and rendered with often. Maps on a path are dicts of that heap, which
 * nobody else has seen yet when they are added to.
 */
#include <string.h>

#include <hass/bus.h>
#include <hass/context.h>
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
    HASS_VEC(const struct hass_context *) contexts;
    HASS_VEC(const struct hass_event *) events;
    unsigned owners; /* beside the first */
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
    vec_foreach(&variables->contexts, context)
        hass_context_unref(*context);
    vec_foreach(&variables->events, event)
        hass_event_unref(*event);
}

void hass_template_variables_clear(struct hass_template_variables *variables)
{
    release(variables);
    vec_clear(&variables->json);
    vec_clear(&variables->states);
    vec_clear(&variables->zones);
    vec_clear(&variables->contexts);
    vec_clear(&variables->events);
    arena_clear(&variables->heap.arena);
    variables->dict = tmpl_dict_new(&variables->heap, 8);
}

struct hass_template_variables *
hass_template_variables_destroy(struct hass_template_variables *variables)
{
    if (!variables || variables->owners--)
        return NULL;
    release(variables);
    vec_fini(&variables->json);
    vec_fini(&variables->states);
    vec_fini(&variables->zones);
    vec_fini(&variables->contexts);
    vec_fini(&variables->events);
    arena_fini(&variables->heap.arena);
    free(variables);
    return NULL;
}

struct hass_template_variables *template_variables_share(struct hass_template_variables *variables)
{
    variables->owners++;
    return variables;
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
    struct tmpl_value *member = (struct tmpl_value *)tmpl_dict_get_text(dict, path, length);
    struct tmpl_dict *inner = member && member->kind == TMPL_DICT ? (struct tmpl_dict *)member->dict
                                                                  : tmpl_dict_new(heap, 8);
    set_value(heap, inner, path + length + 1, value);
    if (member)
        *member = tmpl_dict_value(inner); // it may have grown
    else
        set_member(heap, dict, path, length, tmpl_dict_value(inner));
}

void hass_template_variables_set(struct hass_template_variables *variables, const char *path,
                                 json_t *value)
{
    vec_push(&variables->json, value);
    set_value(&variables->heap, variables->dict, path, tmpl_from_json(&variables->heap, value));
}

void template_variables_set_text(struct hass_template_variables *variables, const char *path,
                                 const char *text)
{
    struct arena *arena = &variables->heap.arena;

    set_value(&variables->heap, variables->dict, path,
              text ? tmpl_string_static(arena_strndup(arena, text, strlen(text))) : tmpl_none());
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

void hass_template_variables_set_context(struct hass_template_variables *variables,
                                         const char *path, const struct hass_context *context)
{
    struct tmpl_value value = tmpl_none();

    if (context) {
        vec_push(&variables->contexts, hass_context_ref(context));
        value = template_context_value(&variables->heap, context);
    }
    set_value(&variables->heap, variables->dict, path, value);
}

static void put(struct tmpl_heap *heap, struct tmpl_dict *dict, const char *name,
                struct tmpl_value value)
{
    tmpl_dict_set_text(heap, dict, name, strlen(name), value);
}

static struct tmpl_value state_or_none(struct tmpl_heap *heap, const struct hass_state *state)
{
    return state ? template_state_value(heap, state) : tmpl_none();
}

/* Its JSON, but states as states: those of state events are. */
static struct tmpl_value event_data(struct tmpl_heap *heap, const struct hass_event *event)
{
    const struct hass_state *old, *new;

    if (!hass_event_states(event, &old, &new))
        return tmpl_from_json(heap, hass_event_data(event));
    struct tmpl_dict *dict = tmpl_dict_new(heap, 4);
    put(heap, dict, "entity_id", tmpl_string_static(hass_event_entity_id(event)));
    if (strcmp(hass_event_type(event), HASS_EVENT_STATE_CHANGED) == 0)
        put(heap, dict, "old_state", state_or_none(heap, old));
    put(heap, dict, "new_state", state_or_none(heap, new));
    return tmpl_dict_value(dict);
}

static struct tmpl_value event_value(struct tmpl_heap *heap, const struct hass_event *event)
{
    struct tmpl_dict *dict = tmpl_dict_new(heap, 5);
    bool remote = hass_event_origin(event) == HASS_ORIGIN_REMOTE;

    put(heap, dict, "event_type", tmpl_string_static(hass_event_type(event)));
    put(heap, dict, "data", event_data(heap, event));
    put(heap, dict, "origin", tmpl_string_static(remote ? "REMOTE" : "LOCAL"));
    put(heap, dict, "time_fired", tmpl_moment_in(heap, hass_event_time_fired(event), NULL));
    put(heap, dict, "context", template_context_value(heap, hass_event_context(event)));
    return tmpl_dict_value(dict);
}

void hass_template_variables_set_event(struct hass_template_variables *variables, const char *path,
                                       const struct hass_event *event)
{
    struct tmpl_value value = tmpl_none();

    if (event) {
        vec_push(&variables->events, hass_event_ref(event));
        value = event_value(&variables->heap, event);
    }
    set_value(&variables->heap, variables->dict, path, value);
}

void hass_template_variables_set_duration(struct hass_template_variables *variables,
                                          const char *path, double seconds)
{
    set_value(&variables->heap, variables->dict, path,
              tmpl_timedelta(__builtin_llround(seconds * 1e6)));
}
